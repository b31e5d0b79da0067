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
 * Clips whose prompt a language model reads (clip/asked.h): what is sent, when it is not
 * asked, and that every failure ends in one warning and the rules. No connection is made: a
 * function of this file is the server.
 */

#include "redbox.h"

#include <stdlib.h>

#include "files.h"
#include "io/json.h"
#include "util/mem.h"

#define SERVER "http://127.0.0.1:8080"

/** A server that is a function, and what it has seen. */
typedef struct Server {
    int status;                 ///< of HTTP, or an error below 0
    const char *content;        ///< what the model says; NULL: `body` is sent
    const char *body;
    int refuses_form;           ///< 400 where a form of the answer is asked for
    int stops;                  ///< ttm_cancel() while it works
    int nb;                     ///< requests
    int nb_plain;               ///< those without a form
    char url[256];
    char request[16384];
    double timeout;
    int local;
    TTMContext *ctx;
} Server;

static char *wrap(const char *content)
{
    TTMJson *root = ttm_json_new_object(), *list = ttm_json_new_array();
    TTMJson *choice = ttm_json_new_object(), *message = ttm_json_new_object();
    char *text;

    ttm_json_add_string(message, "content", content);
    ttm_json_add(choice, "message", message);
    ttm_json_add(list, NULL, choice);
    ttm_json_add(root, "choices", list);
    text = ttm_json_print(root);
    ttm_json_free(&root);
    return text;
}

static int serve(void *opaque, const TTMPost *post, TTMReply *reply)
{
    Server *s = opaque;
    const int plain = !strstr(post->body, "response_format");

    assert_int_equal(post->struct_size, sizeof(*post));
    assert_int_equal(reply->struct_size, sizeof(*reply));
    assert_int_equal(post->body_size, strlen(post->body));
    assert_true(post->most >= 1 << 16);
    assert_false(post->stopped(post->stopped_opaque));
    s->nb++;
    s->nb_plain += plain;
    s->timeout = post->timeout;
    s->local   = post->local;
    snprintf(s->url, sizeof(s->url), "%s", post->url);
    snprintf(s->request, sizeof(s->request), "%s", post->body);
    if (s->stops) {
        ttm_cancel(s->ctx);
        assert_true(post->stopped(post->stopped_opaque));
        return TTM_ERR_CANCELLED;
    }
    if (s->status < 0) {
        snprintf(reply->message, sizeof(reply->message), "%s", s->body);
        return s->status;
    }
    reply->status    = s->refuses_form && !plain ? 400 : s->status;
    reply->body      = s->content ? wrap(s->content) : ttm_strdup(s->body);
    reply->body_size = strlen(reply->body);
    return 0;
}

/* What the log says at a level, line by line. */
typedef struct Lines {
    char info[4096], warning[4096], error[1024];
} Lines;

static void add_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    Lines *l = opaque;
    char *to = level == TTM_LOG_INFO ? l->info : level == TTM_LOG_WARNING ? l->warning :
               level == TTM_LOG_ERROR ? l->error : NULL;
    const size_t size = to == l->error ? sizeof(l->error) : sizeof(l->info);

    if (to)
        snprintf(to + strlen(to), size - strlen(to), "%s\n", message);
}

/* How many lines of @p text are about the option. */
static int count_lines(const char *text)
{
    int nb = 0;

    for (; (text = strstr(text, "option llm")); text++)
        nb++;
    return nb;
}

#define PROMPT "a red box moves right and a lamp swings"
#define GOOD "{\"objects\":[{\"name\":\"red box\",\"prompt\":\"the red box moves right\"}]," \
             "\"motion\":\"the box moves right\"}"

static TTMContext *open_with(Server *server, Lines *lines, const char *const *options)
{
    const char *const own[] = { "prompt", PROMPT, "llm", SERVER, NULL };
    TestLog unused = { "" };
    TTMSettings *s = redbox_settings(own, &unused);

    memset(lines, 0, sizeof(*lines));
    ttm_settings_set_log(s, add_line, lines);
    for (; *options; options += 2)
        assert_int_equal(ttm_settings_set(s, options[0], options[1]), 0);
    ttm_settings_set_post(s, serve, server);
    server->nb = server->nb_plain = 0;
    if (ttm_open(&server->ctx, s) < 0)
        server->ctx = NULL;
    ttm_settings_free(&s);
    return server->ctx;
}

/* A clip to its end; what its report says of the prompts is in @p json. */
static void make(TTMContext *ctx, uint8_t *frames, const char *report, TTMJson **json)
{
    assert_int_equal(redbox_begin(ctx), 0);
    assert_int_equal(redbox_finish(ctx, 1000, frames), 0);
    *json = NULL;
    if (report)
        assert_int_equal(ttm_json_load(json, NULL, report), 0);
}

static const char *made_by(const TTMJson *report)
{
    return ttm_json_string(ttm_json_get(ttm_json_get(report, "prompts"), "made_by"), "");
}

/* The answer makes the objects; its report gives the same clip, and nothing is asked. */
static void an_answer(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    static uint8_t frames[REDBOX_BYTES], again[REDBOX_BYTES];
    static const char address[] = SERVER "/v1?key=hidden";
    Server server = { .status = 200, .content = GOOD };
    TTMJson *json = NULL;
    const TTMJson *object;
    Lines lines;
    TTMContext *ctx;

    (void)state;
    ctx = open_with(&server, &lines, (const char *[]){
        "report", path, "llm", address, "llm_model", "tiny", NULL });
    assert_non_null(ctx);
    make(ctx, frames, path, &json);
    assert_int_equal(server.nb, 1);
    assert_string_equal(server.url, SERVER "/v1/chat/completions?key=hidden");
    assert_true(server.local && server.timeout > 59 && server.timeout <= 60);
    assert_contains(server.request, PROMPT);
    assert_contains(server.request, "\"model\":\"tiny\"");
    /* a line says where the words go, of which the picture is none */
    assert_int_equal(count_lines(lines.info), 1);
    assert_contains(lines.info, "go to 127.0.0.1:8080, on this machine");
    assert_contains(lines.info, "over http; the picture does not");
    assert_int_equal(count_lines(lines.warning), 0);
    assert_string_equal(made_by(json), "llm");
    assert_int_equal(ttm_json_count(ttm_json_get(json, "objects")), 1);
    object = ttm_json_at(ttm_json_get(json, "objects"), 0);
    assert_string_equal(ttm_json_string(ttm_json_get(object, "name"), ""), "red box");
    assert_string_equal(ttm_json_string(ttm_json_get(ttm_json_get(json, "options"), "llm"), ""),
                        SERVER "/v1");
    ttm_json_free(&json);
    /* the next clip of the same prompt is not asked for */
    make(ctx, again, NULL, &json);
    assert_int_equal(server.nb, 1);
    assert_memory_equal(frames, again, sizeof(frames));
    ttm_close(&ctx);

    ctx = open_with(&server, &lines, (const char *[]){ "objects", path, NULL });
    assert_non_null(ctx);
    memset(again, 0, sizeof(again));
    make(ctx, again, NULL, &json);
    assert_int_equal(server.nb, 0);
    assert_int_equal(count_lines(lines.info), 0);
    assert_memory_equal(frames, again, sizeof(frames));
    ttm_close(&ctx);
    test_remove_folder(folder);
}

/* Words leave the machine: it is told where they go to, and whether others can read them. */
static void other_machines(void **state)
{
    static const char *const cases[][2] = {
        { "https://llm.example.org/v1", "leave this machine, for llm.example.org over https;" },
        { "http://llm.example.org:81", "leave this machine, for llm.example.org:81 over http, "
                                       "which others" },
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        Server server = { .status = 200, .content = GOOD };
        Lines lines;
        TTMContext *ctx = open_with(&server, &lines, (const char *[]){ "llm", cases[i][0],
                                                                        "mode", "objects", NULL });

        assert_non_null(ctx);
        assert_int_equal(redbox_begin(ctx), 0);
        assert_int_equal(redbox_finish(ctx, 1000, NULL), 0);
        assert_contains(lines.info, cases[i][1]);
        assert_false(server.local);
        ttm_close(&ctx);
    }
}

/* Whatever goes wrong is one warning, and the clip that the rules make. */
static void failures(void **state)
{
    static const struct {
        Server server;
        const char *why;
        int nb;
    } cases[] = {
        { { .status = TTM_ERR_FILE, .body = "Connection refused" }, "Connection refused", 1 },
        { { .status = TTM_ERR_FILE, .body = "" }, "no answer", 1 },
        { { .status = TTM_ERR_FORMAT, .body = "too long" }, "too long", 1 },
        { { .status = 500, .body = "{\"error\":{\"message\":\"out\\nof luck\"}}" },
          "HTTP 500: out of luck", 2 },
        { { .status = 400, .body = "{\"error\":\"no model\"}" }, "HTTP 400: no model", 2 },
        { { .status = 401, .body = "{\"error\":\"bad key sk-1234\"}" }, "TTM_LLM_KEY", 1 },
        { { .status = 403, .body = "" }, "TTM_LLM_KEY", 1 },
        { { .status = 404, .body = "" }, "llm_model", 1 },
        { { .status = 429, .body = "" }, "too much to do", 1 },
        { { .status = 302, .body = "" }, "redirects are not followed", 1 },
        { { .status = 204, .body = "" }, "HTTP 204", 1 },
        { { .status = 200, .body = "" }, "not JSON", 1 },
        { { .status = 200, .body = "<html></html>" }, "not JSON", 1 },
        { { .status = 200, .body = "{}" }, "no text", 1 },
        { { .status = 200, .content = "I cannot do that." }, "is not JSON", 1 },
        { { .status = 200, .content = "{\"objects\":[{\"name\":\"wizard\",\"prompt\":"
                                      "\"the wizard flies\"}]}" }, "'wizard'", 1 },
        { { .status = 200, .content = "{\"objects\":[]}" }, "names no object", 1 },
    };
    static uint8_t rules[REDBOX_BYTES], frames[REDBOX_BYTES];
    Server none = { 0 };
    TTMJson *json;
    Lines lines;
    TTMContext *ctx = open_with(&none, &lines, (const char *[]){ "llm", "", NULL });

    (void)state;
    assert_non_null(ctx);
    make(ctx, rules, NULL, &json);
    assert_int_equal(none.nb, 0);
    ttm_close(&ctx);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Server server = cases[i].server;

        ctx = open_with(&server, &lines, (const char *[]){ NULL });
        assert_non_null(ctx);
        memset(frames, 0, sizeof(frames));
        make(ctx, frames, NULL, &json);
        if (server.nb != cases[i].nb || count_lines(lines.warning) != 1 ||
            !strstr(lines.warning, cases[i].why))
            fprintf(stderr, "%zu: %d requests\n%s", i, server.nb, lines.warning);
        assert_int_equal(server.nb, cases[i].nb);
        assert_int_equal(count_lines(lines.warning), 1);
        assert_contains(lines.warning, cases[i].why);
        assert_contains(lines.warning, "127.0.0.1:8080");
        assert_contains(lines.warning, "the built-in rules read the prompt");
        assert_null(strstr(lines.warning, "sk-1234"));
        assert_memory_equal(frames, rules, sizeof(frames));
        /* the next clip tries again */
        make(ctx, frames, NULL, &json);
        assert_int_equal(server.nb, 2 * cases[i].nb);
        ttm_close(&ctx);
    }
}

/* A server that knows no form of the answer is asked once more, in plain words. */
static void plain_words(void **state)
{
    Server server = { .status = 200, .content = "```json\n" GOOD "\n```", .refuses_form = 1 };
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    TTMJson *json;
    Lines lines;
    TTMContext *ctx = open_with(&server, &lines, (const char *[]){ "report", path, NULL });

    (void)state;
    assert_non_null(ctx);
    make(ctx, NULL, path, &json);
    assert_int_equal(server.nb, 2);
    assert_int_equal(server.nb_plain, 1);
    assert_int_equal(count_lines(lines.warning), 0);
    assert_string_equal(made_by(json), "llm");
    ttm_json_free(&json);
    ttm_close(&ctx);
    test_remove_folder(folder);
}

/* What is not sent: nothing where there is no prompt, and no book. */
static void what_is_not_sent(void **state)
{
    static const char wrong[] = " the red box\n\x1b" "caf\xe9 moves right ";
    Server server = { .status = 200, .content = GOOD };
    char *text = malloc(9000);
    TTMJson *json;
    Lines lines;
    TTMContext *ctx;

    (void)state;
    assert_non_null(text);
    strcpy(text, PROMPT " and");
    while (strlen(text) < 8500)
        strcat(text, " softly");
    ctx = open_with(&server, &lines, (const char *[]){ "prompt", text, NULL });
    assert_non_null(ctx);
    make(ctx, NULL, NULL, &json);
    assert_int_equal(server.nb, 0);
    assert_int_equal(count_lines(lines.info), 0);
    assert_contains(lines.warning, "more than the 8192 bytes that are sent");
    ttm_close(&ctx);
    free(text);
    /* control characters and bytes that are no UTF-8 are not sent */
    ctx = open_with(&server, &lines, (const char *[]){ "prompt", wrong, "mode", "objects",
                                                       NULL });
    assert_non_null(ctx);
    assert_int_equal(redbox_begin(ctx), 0);
    assert_int_equal(redbox_finish(ctx, 1000, NULL), 0);
    assert_int_equal(server.nb, 1);
    assert_contains(server.request, "\"the red box  caf\xef\xbf\xbd moves right\"");
    ttm_close(&ctx);
}

/* A wish to stop reaches the request, ends the clip, and no rules are asked. */
static void cancelling(void **state)
{
    Server server = { .status = 200, .content = GOOD, .stops = 1 };
    Lines lines;
    TTMJson *json;
    TTMContext *ctx = open_with(&server, &lines, (const char *[]){ NULL });

    (void)state;
    assert_non_null(ctx);
    assert_int_equal(redbox_begin(ctx), 0);
    assert_int_equal(redbox_finish(ctx, 1000, NULL), TTM_ERR_CANCELLED);
    assert_int_equal(server.nb, 1);
    assert_int_equal(count_lines(lines.warning), 0);
    assert_string_equal(lines.error, "");
    server.stops = 0;
    make(ctx, NULL, NULL, &json);
    assert_int_equal(server.nb, 2);
    ttm_close(&ctx);
}

/* Addresses that are none, and programs that can ask nobody, are told at once. */
static void wrong_settings(void **state)
{
    TestLog lines = { "" };
    TTMSettings *s = redbox_settings((const char *[]){ "llm", SERVER, NULL }, &lines);
    TTMContext *ctx;

    (void)state;
    assert_int_equal(ttm_open(&ctx, s), TTM_ERR_UNSUPPORTED);
    assert_null(ctx);
    assert_contains(lines.error, "option llm");
    assert_contains(lines.error, "libcurl4-gnutls-dev");
    assert_contains(lines.error, "leave llm out");
    assert_int_equal(ttm_settings_set(s, "llm", "ftp://host"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "option llm: the address must begin with http://");
    assert_int_equal(ttm_settings_set(s, "llm", "http://me:secret@host"), TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "TTM_LLM_KEY");
    assert_null(strstr(lines.error, "secret"));
    assert_int_equal(ttm_settings_set(s, "llm_timeout", "0"), TTM_ERR_ARGUMENT);
    assert_int_equal(ttm_settings_set(s, "llm_timeout", "3601"), TTM_ERR_ARGUMENT);
    ttm_settings_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer), cmocka_unit_test(other_machines),
        cmocka_unit_test(failures), cmocka_unit_test(plain_words),
        cmocka_unit_test(what_is_not_sent), cmocka_unit_test(cancelling),
        cmocka_unit_test(wrong_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
