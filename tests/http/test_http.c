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
 * libttm-http against a server on this machine that does what servers do and what they
 * should not (server.h). With arguments it is that server:
 *     test_http --serve CONTENT LOG
 * prints its port, appends requests to LOG, and ends with its standard input.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hosts/http/ttm_http.h"
#include "server.h"

#define BODY  "{\"a\":1}"
#define ASKED "/v1/chat/completions"

static HttpServer server;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** Asked whether to stop: so from a moment on, never where it is 0. */
typedef struct Stop {
    double at;
    int asked;
} Stop;

static int stopped(void *opaque)
{
    Stop *stop = opaque;

    stop->asked++;
    return stop->at > 0 && now() >= stop->at;
}

/* One request to a way of the server, "host:port" for another one. */
static int ask(const char *way, const TTMPost *how, Stop *stop, TTMReply *reply)
{
    char url[256];
    TTMPost post = {
        .struct_size = sizeof(post), .url = url, .local = 1, .body = BODY,
        .body_size = strlen(BODY), .timeout = 10, .most = 1 << 20,
        .stopped = stopped, .stopped_opaque = stop,
    };
    Stop never = { 0, 0 };

    if (how && how->timeout > 0)
        post.timeout = how->timeout;
    if (how && how->most)
        post.most = how->most;
    if (how && how->local < 0)
        post.local = 0;
    if (!stop)
        post.stopped_opaque = &never;
    if (strchr(way, ':'))
        snprintf(url, sizeof(url), "%s", way);
    else
        snprintf(url, sizeof(url), "http://127.0.0.1:%d/%s%s", server.port, way, ASKED);
    *reply = (TTMReply){ .struct_size = sizeof(*reply) };
    return ttm_http_post(NULL, &post, reply);
}

static void answers(void **state)
{
    static char request[SERVER_REQUEST];
    const int before = http_server_seen(&server, NULL);
    TTMReply reply;

    (void)state;
    assert_int_equal(ask("right", NULL, NULL, &reply), 0);
    assert_int_equal(reply.status, 200);
    assert_int_equal(strlen(reply.body), reply.body_size);
    assert_non_null(strstr(reply.body, "chat.completion"));
    free(reply.body);
    /* what is sent is what was given, and no more */
    assert_int_equal(http_server_seen(&server, request), before + 1);
    assert_int_equal(strncmp(request, "POST /right" ASKED " HTTP/1.1\r\n", 40), 0);
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\n\r\n" BODY));
    assert_null(strcasestr(request, "Authorization"));
    assert_null(strcasestr(request, "Expect"));
    assert_null(strcasestr(request, "Cookie"));
    assert_int_equal(ask("chunked", NULL, NULL, &reply), 0);
    assert_string_equal(reply.body, "{}");
    free(reply.body);
    assert_int_equal(ask("500", NULL, NULL, &reply), 0);
    assert_int_equal(reply.status, 500);
    assert_non_null(strstr(reply.body, "as you wished"));
    free(reply.body);
    assert_int_equal(ask("nowhere", NULL, NULL, &reply), 0);
    assert_int_equal(reply.status, 404);
    assert_string_equal(reply.body, "");
    free(reply.body);
}

static void key(void **state)
{
    static const char *const wrong[] = { "two words", "line\r\nX-Other: header", "\x7f", "k\xe9" };
    static char request[SERVER_REQUEST];
    char *longer = malloc(5001);
    TTMReply reply;
    int before;

    (void)state;
    assert_non_null(longer);
    setenv("TTM_LLM_KEY", "sk-top-secret", 1);
    assert_int_equal(ask("right", NULL, NULL, &reply), 0);
    free(reply.body);
    http_server_seen(&server, request);
    assert_non_null(strstr(request, "\r\nAuthorization: Bearer sk-top-secret\r\n"));
    /* a server that repeats it */
    assert_int_equal(ask("echo", NULL, NULL, &reply), 0);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(reply.body, "you said Bearer *************."));
    assert_null(strstr(reply.body, "secret"));
    free(reply.body);
    /* what is no key makes no connection */
    before = http_server_seen(&server, NULL);
    memset(longer, 'k', 5000);
    longer[5000] = 0;
    for (size_t i = 0; i <= sizeof(wrong) / sizeof(wrong[0]); i++) {
        setenv("TTM_LLM_KEY", i < sizeof(wrong) / sizeof(wrong[0]) ? wrong[i] : longer, 1);
        assert_int_equal(ask("right", NULL, NULL, &reply), TTM_ERR_ARGUMENT);
        assert_non_null(strstr(reply.message, "TTM_LLM_KEY"));
        assert_null(strstr(reply.message, "two words"));
    }
    assert_int_equal(http_server_seen(&server, NULL), before);
    setenv("TTM_LLM_KEY", "", 1);
    assert_int_equal(ask("right", NULL, NULL, &reply), 0);
    free(reply.body);
    http_server_seen(&server, request);
    assert_null(strcasestr(request, "Authorization"));
    unsetenv("TTM_LLM_KEY");
    free(longer);
}

static void what_fails(void **state)
{
    static const struct {
        const char *way, *message;
        int ret;
    } cases[] = {
        { "half", "hung up before", TTM_ERR_FILE },
        { "closes", "hung up before", TTM_ERR_FILE },
        { "garbage", "", TTM_ERR_FILE },
        { "headers", "", TTM_ERR_FILE },
        { "huge", "more than 1048576 bytes", TTM_ERR_FORMAT },
        { "endless", "more than 1048576 bytes", TTM_ERR_FORMAT },
        { "http://127.0.0.1:1/v1", "127.0.0.1", TTM_ERR_FILE },
        { "http://nobody.invalid:80/v1", "nobody.invalid", TTM_ERR_FILE },
        { "ftp://127.0.0.1:1/v1", "", TTM_ERR_FILE },
        { "file:///etc/passwd", "", TTM_ERR_FILE },
        { "http://me:you@127.0.0.1:1/v1", "", TTM_ERR_FILE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMReply reply;
        const double begin = now();
        int ret = ask(cases[i].way, NULL, NULL, &reply);

        if (ret != cases[i].ret || !*reply.message || !strstr(reply.message, cases[i].message))
            fprintf(stderr, "%s: %d %s\n", cases[i].way, ret, reply.message);
        assert_int_equal(ret, cases[i].ret);
        assert_true(*reply.message);
        assert_non_null(strstr(reply.message, cases[i].message));
        assert_null(reply.body);
        assert_true(now() - begin < 9);
    }
}

/* As many bytes as are allowed are no error, one more is. */
static void limits(void **state)
{
    TTMReply reply;

    (void)state;
    assert_int_equal(ask("full", &(TTMPost){ .most = 4096 }, NULL, &reply), 0);
    assert_int_equal(reply.body_size, 4096);
    free(reply.body);
    assert_int_equal(ask("full", &(TTMPost){ .most = 4095 }, NULL, &reply), TTM_ERR_FORMAT);
    assert_non_null(strstr(reply.message, "4095"));
}

static void redirects(void **state)
{
    const int before = http_server_seen(&server, NULL);
    TTMReply reply;

    (void)state;
    assert_int_equal(ask("redirect", NULL, NULL, &reply), 0);
    assert_int_equal(reply.status, 302);
    free(reply.body);
    assert_int_equal(http_server_seen(&server, NULL), before + 1);
}

static void timeouts(void **state)
{
    static const char *const ways[] = { "slow", "trickle" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const double begin = now();
        TTMReply reply;

        assert_int_equal(ask(ways[i], &(TTMPost){ .timeout = 0.5 }, NULL, &reply), TTM_ERR_FILE);
        assert_string_equal(reply.message, "no answer in 0.5 s");
        assert_true(now() - begin >= 0.45 && now() - begin < 3);
    }
}

/* A wish to stop is heard in whatever happens, soon. */
static void stops(void **state)
{
    static const char *const ways[] = { "slow", "trickle", "endless" };
    double slowest = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        Stop stop = { now() + (i < 2 ? 0.3 : 1e-6), 0 };
        TTMReply reply;

        assert_int_equal(ask(ways[i], &(TTMPost){ .most = SIZE_MAX / 4 }, &stop, &reply),
                         TTM_ERR_CANCELLED);
        assert_true(stop.asked > 0);
        slowest = now() - stop.at > slowest ? now() - stop.at : slowest;
    }
    printf("# a wish to stop is heard within %.3f s\n", slowest);
    assert_true(slowest < 1);
}

/* The proxy of the environment, but not to this machine. */
static void proxies(void **state)
{
    TTMReply reply;

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_int_equal(ask("right", NULL, NULL, &reply), 0);
    free(reply.body);
    assert_int_equal(ask("right", &(TTMPost){ .local = -1 }, NULL, &reply), TTM_ERR_FILE);
    unsetenv("http_proxy");
}

static void *ask_often(void *opaque)
{
    int *good = opaque;

    for (int i = 0; i < 10; i++) {
        TTMReply reply;

        *good += ask("right", NULL, NULL, &reply) == 0 && reply.status == 200;
        free(reply.body);
    }
    return NULL;
}

static void threads(void **state)
{
    pthread_t thread[8];
    int good[8] = { 0 };

    (void)state;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_often, &good[i]), 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(good[i], 10);
    }
}

static int be_server(const char *content, const char *log)
{
    if (http_server_start(&server, content, log) < 0)
        return 1;
    printf("%d\n", server.port);
    fflush(stdout);
    while (getchar() != EOF)
        ;
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(key), cmocka_unit_test(what_fails),
        cmocka_unit_test(limits), cmocka_unit_test(redirects), cmocka_unit_test(timeouts),
        cmocka_unit_test(stops), cmocka_unit_test(proxies), cmocka_unit_test(threads),
    };
    int ret;

    if (argc == 4 && !strcmp(argv[1], "--serve"))
        return be_server(argv[2], argv[3]);
    unsetenv("TTM_LLM_KEY");
    if (http_server_start(&server, "{}", NULL) < 0)
        return 1;
    ret = cmocka_run_group_tests(tests, NULL, NULL);
    http_server_stop(&server);
    return ret;
}
