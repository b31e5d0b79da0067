/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file Addresses of servers. */

#include "util/url.h"

#include <string.h>
#include <strings.h>

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the host at the beginning of @p text; 0 where it is none. */
static size_t host_size(const char *text, size_t size)
{
    size_t n = 0;

    if (size && *text == '[') {     /* IPv6 */
        for (n = 1; n < size && (is_digit(text[n]) || is_letter(text[n]) ||
                                 text[n] == ':' || text[n] == '.'); n++)
            ;
        return n > 2 && n < size && text[n] == ']' ? n + 1 : 0;
    }
    while (n < size && (is_digit(text[n]) || is_letter(text[n]) || text[n] == '-' ||
                        text[n] == '.' || text[n] == '_'))
        n++;
    return n;
}

/* Whether ":PORT" or nothing. */
static int is_port(const char *text, size_t size)
{
    int port = 0;

    if (!size)
        return 1;
    if (*text != ':' || size < 2 || size > 6)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if (!is_digit(text[i]))
            return 0;
        port = 10 * port + text[i] - '0';
    }
    return port >= 1 && port <= 65535;
}

const char *ttm_url_read(TTMUrl *url, const char *text)
{
    size_t authority, host;

    memset(url, 0, sizeof(*url));
    if (strlen(text) > TTM_MAX_URL)
        return "is longer than 2048 characters";
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '\\' || *c == '"')
            return "has a blank or another character that addresses do not have";
    url->secure = !strncasecmp(text, "https://", 8);
    if (!url->secure && strncasecmp(text, "http://", 7) != 0)
        return "must begin with http:// or https://";
    text += url->secure ? 8 : 7;
    authority = strcspn(text, "/?#");
    if (memchr(text, '@', authority))
        return "must not hold a user name or a password: a key belongs into the "
               "environment variable TTM_LLM_KEY";
    if (strchr(text, '#'))
        return "must not have a '#'";
    host = host_size(text, authority);
    if (!host || host > TTM_MAX_HOST)
        return "names no host";
    if (!is_port(text + host, authority - host))
        return "has no port from 1 to 65535 behind its host";
    memcpy(url->server, text, authority);
    url->local = !strncasecmp(text, "localhost", 9) ? host == 9 :
                 !strncmp(text, "127.", 4) ? strspn(text, "0123456789.") == host :
                 host == 5 && !strncmp(text, "[::1]", 5);
    url->path      = text + authority;
    url->path_size = (int)strcspn(url->path, "?");
    return NULL;
}
