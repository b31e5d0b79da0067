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

/** @file One HTTP POST by libcurl. */

#include "ttm_http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

/** How long nothing happens before it is asked whether to stop, in milliseconds. */
#define POLL_MS 100
/** Characters of the longest key. */
#define MAX_KEY 4096

/** An answer that comes in. */
typedef struct Body {
    char *data;
    size_t size, room, most;
    int too_long, no_memory;
} Body;

/* libcurl's own initialization, once a process: before 7.84 it must not run twice at once. */
static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t receive(char *data, size_t size, size_t nb, void *opaque)
{
    Body *body = opaque;

    size *= nb;
    if (size > body->most - body->size) {
        body->too_long = 1;
        return 0;
    }
    if (body->size + size + 1 > body->room) {
        const size_t room = 2 * (body->size + size) + 4096;
        char *more = realloc(body->data, room);

        if (!more) {
            body->no_memory = 1;
            return 0;
        }
        body->data = more;
        body->room = room;
    }
    memcpy(body->data + body->size, data, size);
    body->size += size;
    body->data[body->size] = 0;
    return size;
}

/* The key as a header, NULL where there is none; *@p ret is negative where it is wrong. */
static char *key_header(const char *key, int *ret, TTMReply *reply)
{
    static const char begin[] = "Authorization: Bearer ";
    size_t length = key ? strlen(key) : 0;
    char *header;

    *ret = 0;
    for (const char *c = key; c && *c; c++)
        if (*c <= ' ' || *c > '~' || length > MAX_KEY) {
            snprintf(reply->message, sizeof(reply->message), "the environment variable "
                     "TTM_LLM_KEY is no key: it is too long, or has a blank, a line break or "
                     "a character that is not ASCII");
            *ret = TTM_ERR_ARGUMENT;
            return NULL;
        }
    if (!length)
        return NULL;
    header = malloc(sizeof(begin) + length);
    if (header) {
        memcpy(header, begin, sizeof(begin) - 1);
        memcpy(header + sizeof(begin) - 1, key, length + 1);
    } else {
        *ret = TTM_ERR_MEMORY;
    }
    return header;
}

/* What the server may have repeated of the key. */
static void hide_key(Body *body, const char *key)
{
    const size_t length = key ? strlen(key) : 0;
    char *at = body->data;

    for (size_t left = body->size; length && left >= length; at++, left--)
        if (!memcmp(at, key, length))
            memset(at, '*', length);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *header, int *ret)
{
    struct curl_slist *more = curl_slist_append(list, header);

    if (!more)
        *ret = TTM_ERR_MEMORY;
    return more ? more : list;
}

/* Settings of a transfer; what is not set here is left at libcurl's defaults. */
static int configure(CURL *curl, const TTMPost *post, struct curl_slist *headers, Body *body,
                     char error[CURL_ERROR_SIZE])
{
    const long timeout = (long)(post->timeout * 1000);
    const long connect = TTM_HTTP_CONNECT_SECONDS * 1000L;
    CURLcode code = CURLE_OK;

#define SET(option, value) \
    if (code == CURLE_OK) \
        code = curl_easy_setopt(curl, option, value)
    SET(CURLOPT_ERRORBUFFER, error);
    SET(CURLOPT_URL, post->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, timeout > 0 ? timeout : 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, timeout > 0 && timeout < connect ? timeout : connect);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body_size);
    SET(CURLOPT_POSTFIELDS, post->body);
    SET(CURLOPT_HTTPHEADER, headers);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);     /* none of them for a proxy */
    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_WRITEDATA, body);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* A name that is still looked up is not waited for at the end. */
    SET(CURLOPT_QUICK_EXIT, 1L);
#endif
    if (post->local)
        SET(CURLOPT_NOPROXY, "*");
#undef SET
    return code == CURLE_OK ? 0 : code == CURLE_OUT_OF_MEMORY ? TTM_ERR_MEMORY : TTM_ERR_FILE;
}

/* Run the transfer to its end. */
static int transfer(CURLM *multi, CURL *curl, const TTMPost *post, CURLcode *result)
{
    CURLMcode code = curl_multi_add_handle(multi, curl);
    int running = 1, stop = 0, left;

    *result = CURLE_OK;
    while (code == CURLM_OK && running && !stop) {
        code = curl_multi_perform(multi, &running);
        stop = post->stopped && post->stopped(post->stopped_opaque);
        if (code == CURLM_OK && running && !stop)
            code = curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
    }
    for (const CURLMsg *m; code == CURLM_OK && (m = curl_multi_info_read(multi, &left));)
        if (m->msg == CURLMSG_DONE)
            *result = m->data.result;
    curl_multi_remove_handle(multi, curl);
    return stop ? TTM_ERR_CANCELLED : code == CURLM_OK ? 0 :
           code == CURLM_OUT_OF_MEMORY ? TTM_ERR_MEMORY : TTM_ERR_FILE;
}

/* Why there is no answer. */
static int explain(CURLcode code, const Body *body, const TTMPost *post, const char *error,
                   TTMReply *reply)
{
    const size_t size = sizeof(reply->message);

    if (body->no_memory || code == CURLE_OUT_OF_MEMORY)
        return TTM_ERR_MEMORY;
    if (body->too_long) {
        snprintf(reply->message, size, "its answer has more than %zu bytes", post->most);
        return TTM_ERR_FORMAT;
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
        snprintf(reply->message, size, "no answer in %.3g s", post->timeout);
    else if (code == CURLE_PARTIAL_FILE || code == CURLE_GOT_NOTHING ||
             code == CURLE_RECV_ERROR)
        snprintf(reply->message, size, "it hung up before its answer was complete");
    else
        snprintf(reply->message, size, "%s", *error ? error : curl_easy_strerror(code));
    return TTM_ERR_FILE;
}

static int run(CURLM *multi, CURL *curl, const TTMPost *post, struct curl_slist *headers,
               Body *body, TTMReply *reply)
{
    char error[CURL_ERROR_SIZE] = "";
    CURLcode code = CURLE_OK;
    long status = 0;
    int ret = configure(curl, post, headers, body, error);

    if (ret >= 0)
        ret = transfer(multi, curl, post, &code);
    if (ret < 0 || code != CURLE_OK)
        return ret < 0 ? ret : explain(code, body, post, error, reply);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    reply->status = (int)status;
    return 0;
}

int ttm_http_post(void *opaque, const TTMPost *post, TTMReply *reply)
{
    const char *key = getenv("TTM_LLM_KEY");
    struct curl_slist *headers = NULL;
    Body body = { .most = post->most };
    char *header;
    CURLM *multi;
    CURL *curl;
    int ret;

    (void)opaque;
    pthread_once(&curl_once, init_curl);
    header = key_header(key, &ret, reply);
    multi  = curl_multi_init();
    curl   = curl_easy_init();
    if (ret >= 0 && (!multi || !curl))
        ret = TTM_ERR_MEMORY;
    headers = add_header(headers, "Content-Type: application/json", &ret);
    headers = add_header(headers, "Accept: application/json", &ret);
    headers = add_header(headers, "User-Agent: ttm", &ret);
    headers = add_header(headers, "Expect:", &ret);     /* no wait for "100 Continue" */
    if (header)
        headers = add_header(headers, header, &ret);
    if (ret >= 0)
        ret = run(multi, curl, post, headers, &body, reply);
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    free(header);
    if (ret >= 0 && !body.data)
        body.data = calloc(1, 1);
    if (ret >= 0 && !body.data)
        ret = TTM_ERR_MEMORY;
    if (ret < 0) {
        free(body.data);
        return ret;
    }
    hide_key(&body, key);
    reply->body      = body.data;
    reply->body_size = body.size;
    return 0;
}
