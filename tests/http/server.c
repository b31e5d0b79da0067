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

/** @file A small HTTP server with bad habits. */

#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct Connection {
    HttpServer *server;
    int socket;
} Connection;

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static int is_stopped(HttpServer *s)
{
    int stop;

    pthread_mutex_lock(&s->lock);
    stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

/* 0, or -1 where nobody listens any more. */
static int put(int socket, const char *data, size_t size)
{
    while (size) {
        ssize_t n = send(socket, data, size, MSG_NOSIGNAL);

        if (n <= 0)
            return -1;
        data += n;
        size -= (size_t)n;
    }
    return 0;
}

static int put_text(int socket, const char *text)
{
    return put(socket, text, strlen(text));
}

/* Head and body of an answer; @p length is announced. */
static void answer(int socket, int status, const char *more, const char *body, size_t length)
{
    char head[512];

    snprintf(head, sizeof(head), "HTTP/1.1 %d Some Words\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\nConnection: close\r\n%s\r\n", status, length, more);
    if (put_text(socket, head) == 0)
        put_text(socket, body);
}

/* A JSON string of a text. */
static char *quoted(const char *text)
{
    char *out = malloc(6 * strlen(text) + 3), *to = out;

    if (!out)
        abort();
    *to++ = '"';
    for (; *text; text++)
        to += sprintf(to, (unsigned char)*text < ' ' || *text == '"' || *text == '\\' ?
                      "\\u%04x" : "%c", (unsigned char)*text);
    strcpy(to, "\"");
    return out;
}

/* A chat completion as llama.cpp's server writes it. */
static void complete(int socket, const char *content)
{
    static const char form[] = "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,"
        "\"model\":\"tiny\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
        "{\"role\":\"assistant\",\"content\":%s}}],\"usage\":{\"total_tokens\":9}}";
    char *text = quoted(content), *body = malloc(strlen(text) + sizeof(form));

    if (!body)
        abort();
    sprintf(body, form, text);
    answer(socket, 200, "", body, strlen(body));
    free(body);
    free(text);
}

/* Send something over and over, until the other side or the server ends. */
static void repeat(HttpServer *s, int socket, const char *text, long ms)
{
    while (!is_stopped(s) && put_text(socket, text) == 0)
        if (ms)
            wait_ms(ms);
}

static void send_hostile(int socket)
{
    const size_t size = 1000000;
    char *text = malloc(size + 200);

    if (!text)
        abort();
    memset(text, 'x', size);
    for (size_t i = 0; i < size; i += 1000)
        text[i] = (char)(i / 1000 % 31 + 1);
    text[size] = 0;
    /* the text has control characters, which JSON must not have as they are */
    complete(socket, "{\"objects\":[{\"name\":\"\\u001b[2Jball\\u0007\",\"prompt\":\"");
    put(socket, text, size);
    free(text);
}

static void send_name(int socket)
{
    complete(socket, "{\"objects\":[{\"name\":\"wizard\\u001b[2J\",\"prompt\":\"the wizard "
             "flies\"}]}");
}

static void echo_key(int socket, const char *request)
{
    const char *at = strcasestr(request, "\r\nAuthorization: ");
    char body[1024];
    size_t length = at ? strcspn(at += 17, "\r\n") : 0;

    snprintf(body, sizeof(body), "{\"error\":{\"message\":\"you said %.*s.\"}}",
             (int)(length < 800 ? length : 800), at ? at : "");
    answer(socket, 400, "", body, strlen(body));
}

static void behave(HttpServer *s, int socket, const char *way, const char *request)
{
    static const char error[] = "{\"error\":{\"message\":\"as you wished\"}}";
    char *block;

    if (!strcmp(way, "right")) {
        complete(socket, s->content);
    } else if (!strcmp(way, "plain")) {
        if (strstr(request, "response_format"))
            answer(socket, 400, "", error, strlen(error));
        else
            complete(socket, s->content);
    } else if (!strcmp(way, "chunked")) {
        put_text(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n");
        wait_ms(20);
        put_text(socket, "1\r\n}\r\n0\r\n\r\n");
    } else if (!strcmp(way, "slow")) {
        for (int i = 0; i < 1200 && !is_stopped(s); i++)
            wait_ms(50);
    } else if (!strcmp(way, "trickle")) {
        put_text(socket, "HTTP/1.1 200 OK\r\n\r\n");
        repeat(s, socket, " ", 50);
    } else if (!strcmp(way, "half")) {
        answer(socket, 200, "", "{\"choices\":", 1000);
    } else if (!strcmp(way, "garbage")) {
        put_text(socket, "220 mail.example.org ESMTP\r\n");
    } else if (!strcmp(way, "headers")) {
        put_text(socket, "HTTP/1.1 200 OK\r\n");
        repeat(s, socket, "X-More: and more and more and more and more\r\n", 0);
    } else if (!strcmp(way, "huge") || !strcmp(way, "full")) {
        const size_t size = *way == 'h' ? 2 << 20 : 4096;

        block = malloc(size + 1);
        if (!block)
            abort();
        memset(block, ' ', size);
        block[size] = 0;
        answer(socket, 200, "", block, size);
        free(block);
    } else if (!strcmp(way, "endless")) {
        put_text(socket, "HTTP/1.1 200 OK\r\n\r\n");
        repeat(s, socket, "{ and on and on and on and on and on and on and on and on ", 0);
    } else if (!strcmp(way, "redirect")) {
        answer(socket, 302, "Location: /right/v1/chat/completions\r\n", "", 0);
    } else if (!strcmp(way, "echo")) {
        echo_key(socket, request);
    } else if (!strcmp(way, "401") || !strcmp(way, "500")) {
        answer(socket, atoi(way), "", error, strlen(error));
    } else if (!strcmp(way, "html")) {
        answer(socket, 200, "", "<html>hello</html>", 18);
    } else if (!strcmp(way, "hostile")) {
        send_hostile(socket);
    } else if (!strcmp(way, "wizard")) {
        send_name(socket);
    } else if (strcmp(way, "closes") != 0) {
        answer(socket, 404, "", "", 0);
    }
}

/* Read a request: its head, and as much as that announces. */
static void read_request(int socket, char *request)
{
    size_t used = 0, wanted = 0;

    request[0] = 0;
    while (used < SERVER_REQUEST - 1 && (!wanted || used < wanted)) {
        ssize_t n = recv(socket, request + used, SERVER_REQUEST - 1 - used, 0);
        const char *end, *length;

        if (n <= 0)
            break;
        used += (size_t)n;
        request[used] = 0;
        end    = strstr(request, "\r\n\r\n");
        length = strcasestr(request, "Content-Length: ");
        if (end && !wanted)
            wanted = (size_t)(end + 4 - request) +
                     (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
    }
}

static void *talk(void *opaque)
{
    Connection *c = opaque;
    HttpServer *s = c->server;
    char *request = malloc(SERVER_REQUEST), way[32] = "";

    if (!request)
        abort();
    read_request(c->socket, request);
    sscanf(request, "POST /%31[a-z0-9]", way);
    pthread_mutex_lock(&s->lock);
    s->nb++;
    strcpy(s->request, request);
    if (s->log) {
        FILE *log = fopen(s->log, "a");

        if (log) {
            fprintf(log, "%s\n", request);
            fclose(log);
        }
    }
    pthread_mutex_unlock(&s->lock);
    behave(s, c->socket, way, request);
    /* what is not read yet would make a reset of the end */
    shutdown(c->socket, SHUT_WR);
    close(c->socket);
    free(request);
    free(c);
    return NULL;
}

static void *serve(void *opaque)
{
    HttpServer *s = opaque;

    for (;;) {
        int socket = accept(s->socket, NULL, NULL);
        pthread_t thread;
        Connection *c;

        if (socket < 0)
            return NULL;
        c = malloc(sizeof(*c));
        if (!c)
            abort();
        *c = (Connection){ s, socket };
        if (pthread_create(&thread, NULL, talk, c))
            abort();
        pthread_detach(thread);
    }
}

int http_server_start(HttpServer *s, const char *content, const char *log)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);

    memset(s, 0, sizeof(*s));
    s->content = content;
    s->log     = log;
    pthread_mutex_init(&s->lock, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (s->socket < 0 || bind(s->socket, (struct sockaddr *)&address, size) ||
        listen(s->socket, 64) || getsockname(s->socket, (struct sockaddr *)&address, &size) ||
        pthread_create(&s->thread, NULL, serve, s))
        return -1;
    s->port = ntohs(address.sin_port);
    return 0;
}

int http_server_seen(HttpServer *s, char request[SERVER_REQUEST])
{
    int nb;

    pthread_mutex_lock(&s->lock);
    nb = s->nb;
    if (request)
        strcpy(request, s->request);
    pthread_mutex_unlock(&s->lock);
    return nb;
}

void http_server_stop(HttpServer *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = 1;
    pthread_mutex_unlock(&s->lock);
    shutdown(s->socket, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->socket);
    wait_ms(200);       /* those that talk see it */
}
