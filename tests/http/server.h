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

/**
 * @file
 * A server of chat completions on this machine, as servers are and as they should not be.
 * The first folder of the path says how it behaves:
 *
 * right      200, what a model would say in a chat completion
 * plain      the same, but 400 where a form of the answer is asked for
 * chunked    200 and "{}", in pieces
 * slow       nothing for a minute
 * trickle    a byte each 50 ms, without an end
 * half       half of what it announces
 * closes     nothing, and hangs up
 * garbage    what is not HTTP
 * headers    a header without an end
 * huge       announces 2 MiB and sends them
 * endless    does not say how much, and goes on
 * full       exactly 4096 bytes
 * redirect   302, to "right"
 * echo       400, the header Authorization in an error message
 * 401, 500   that status, an error message
 * html       200, a page
 * hostile    200, a MiB with control characters in a chat completion
 * wizard     200, an object that the prompt does not have
 */

#ifndef TTM_TESTS_HTTP_SERVER_H
#define TTM_TESTS_HTTP_SERVER_H

#include <pthread.h>

#define SERVER_REQUEST 65536

typedef struct HttpServer {
    int socket, port;
    const char *content;            ///< what the model of "right" says, as JSON text
    const char *log;                ///< file that requests are appended to, or NULL
    pthread_t thread;
    pthread_mutex_t lock;           ///< of what follows
    int nb;                         ///< requests
    int stop;
    char request[SERVER_REQUEST];   ///< the last one, with its head
} HttpServer;

/** Listen on a free port of 127.0.0.1. 0, or -1. */
int http_server_start(HttpServer *server, const char *content, const char *log);

/** Requests until now, and a copy of the last one in @p request (may be NULL). */
int http_server_seen(HttpServer *server, char request[SERVER_REQUEST]);

void http_server_stop(HttpServer *server);

#endif /* TTM_TESTS_HTTP_SERVER_H */
