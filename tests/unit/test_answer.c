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
 * Answers of language models: the bodies of requests and answers, and what of an answer is
 * believed (prompt/chat.h, prompt/answer.h); addresses (util/url.h).
 */

#include "unit.h"

#include <stdlib.h>

#include "io/json.h"
#include "prompt/answer.h"
#include "prompt/chat.h"
#include "util/url.h"

static void addresses(void **state)
{
    static const struct {
        const char *text, *wrong, *server;
        int secure, local;
    } cases[] = {
        { "http://localhost:8080", NULL, "localhost:8080", 0, 1 },
        { "HTTPS://Api.Example.org/v1", NULL, "Api.Example.org", 1, 0 },
        { "http://127.0.0.1", NULL, "127.0.0.1", 0, 1 },
        { "http://[::1]:11434/v1", NULL, "[::1]:11434", 0, 1 },
        { "http://[fe80::1]", NULL, "[fe80::1]", 0, 0 },
        { "http://127.0.0.1.example.org", NULL, "127.0.0.1.example.org", 0, 0 },
        { "http://localhost.example.org", NULL, "localhost.example.org", 0, 0 },
        { "http://localhosts", NULL, "localhosts", 0, 0 },
        { "https://h/openai?api-version=1", NULL, "h", 1, 0 },
        { "ftp://localhost", "http://", NULL, 0, 0 },
        { "localhost:8080", "http://", NULL, 0, 0 },
        { "file:///etc/passwd", "http://", NULL, 0, 0 },
        { "http://", "no host", NULL, 0, 0 },
        { "http:///v1", "no host", NULL, 0, 0 },
        { "http://me:secret@host", "TTM_LLM_KEY", NULL, 0, 0 },
        { "http://me@host/v1", "TTM_LLM_KEY", NULL, 0, 0 },
        { "http://host/v1@2", NULL, "host", 0, 0 },
        { "http://host:0", "port", NULL, 0, 0 },
        { "http://host:65536", "port", NULL, 0, 0 },
        { "http://host:123456789", "port", NULL, 0, 0 },
        { "http://host:x", "port", NULL, 0, 0 },
        { "http://host:", "port", NULL, 0, 0 },
        { "http://[::1", "no host", NULL, 0, 0 },
        { "http://ho st/", "blank", NULL, 0, 0 },
        { "http://host/\r\nX: y", "blank", NULL, 0, 0 },
        { "http://host\\@other", "blank", NULL, 0, 0 },
        { "http://h\xc3\xb6st", "blank", NULL, 0, 0 },
        { "http://host/#a", "'#'", NULL, 0, 0 },
        { "http://host;x", "port", NULL, 0, 0 },
    };
    char text[3000] = "http://";
    TTMUrl url;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong = ttm_url_read(&url, cases[i].text);

        if (cases[i].wrong) {
            assert_non_null(wrong);
            assert_contains(wrong, cases[i].wrong);
            assert_null(strstr(wrong, "secret"));
            continue;
        }
        assert_null(wrong);
        assert_string_equal(url.server, cases[i].server);
        assert_int_equal(url.secure, cases[i].secure);
        assert_int_equal(url.local, cases[i].local);
    }
    memset(text + 7, 'a', 300);
    assert_contains(ttm_url_read(&url, text), "no host");
    memset(text + 7, 'a', 2900);
    assert_contains(ttm_url_read(&url, text), "longer");
}

static void endpoints(void **state)
{
    static const char *const cases[][2] = {
        { "http://localhost:8080", "http://localhost:8080/v1/chat/completions" },
        { "http://localhost:8080/", "http://localhost:8080/v1/chat/completions" },
        { "https://api.example.org/v1", "https://api.example.org/v1/chat/completions" },
        { "https://api.example.org/v1/", "https://api.example.org/v1/chat/completions" },
        { "http://h/v1/chat/completions", "http://h/v1/chat/completions" },
        { "http://h/a/b?v=1", "http://h/a/b/chat/completions?v=1" },
        { "http://h?v=1", "http://h/v1/chat/completions?v=1" },
        { "http://h/chat/completions?v=1", "http://h/chat/completions?v=1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *address = ttm_chat_address(cases[i][0]);

        assert_non_null(address);
        assert_string_equal(address, cases[i][1]);
        free(address);
    }
}

/* What is sent: the words and the task, in the form of the interface. */
static void requests(void **state)
{
    for (int plain = 0; plain < 2; plain++) {
        char *text = ttm_chat_request(plain ? "" : "some:model", "the \"ball\" \\ rolls",
                                      plain);
        const TTMJson *list, *last;
        TTMJson *root = NULL;

        (void)state;
        assert_non_null(text);
        assert_null(strchr(text, '\n'));
        assert_int_equal(ttm_json_parse(&root, NULL, text, "request"), 0);
        list = ttm_json_get(root, "messages");
        assert_int_equal(ttm_json_count(list), 8);
        assert_string_equal(ttm_json_string(ttm_json_get(ttm_json_at(list, 0), "role"), ""),
                            "system");
        last = ttm_json_at(list, 7);
        assert_string_equal(ttm_json_string(ttm_json_get(last, "role"), ""), "user");
        assert_string_equal(ttm_json_string(ttm_json_get(last, "content"), ""),
                            "the \"ball\" \\ rolls");
        assert_int_equal(ttm_json_bool(ttm_json_get(root, "stream"), 1), 0);
        assert_string_equal(ttm_json_string(ttm_json_get(root, "model"), "none"),
                            plain ? "none" : "some:model");
        assert_int_equal(ttm_json_get(root, "response_format") == NULL, plain);
        assert_int_equal(ttm_json_get(root, "max_tokens") == NULL, plain);
        assert_int_equal(ttm_json_get(root, "temperature") == NULL, plain);
        if (!plain)
            assert_string_equal(ttm_json_string(ttm_json_get(ttm_json_get(root,
                                "response_format"), "type"), ""), "json_schema");
        ttm_json_free(&root);
        free(text);
    }
}

/* The examples that a model is shown pass the check that its answers have to pass. */
static void examples_pass(void **state)
{
    char *text = ttm_chat_request(NULL, "x", 1);
    TTMJson *root = NULL;
    const TTMJson *list;

    (void)state;
    assert_int_equal(ttm_json_parse(&root, NULL, text, "request"), 0);
    list = ttm_json_get(root, "messages");
    for (int i = 1; i < 7; i += 2) {
        const char *caption = ttm_json_string(ttm_json_get(ttm_json_at(list, i), "content"), "");
        const char *said = ttm_json_string(ttm_json_get(ttm_json_at(list, i + 1), "content"), "");
        char why[TTM_ANSWER_WHY], *json;
        int ret = ttm_answer_check(&json, said, caption, why);

        if (i == 5) {
            assert_int_equal(ret, TTM_ERR_FORMAT);
            assert_contains(why, "no object");
            continue;
        }
        if (ret < 0)
            fprintf(stderr, "%s\n%s\n", caption, why);
        assert_int_equal(ret, 0);
        assert_contains(json, "\"motion\"");
        free(json);
    }
    ttm_json_free(&root);
    free(text);
}

static void bodies(void **state)
{
    static const struct {
        const char *body, *text, *why;
    } cases[] = {
        { "{\"choices\":[{\"message\":{\"content\":\" {\\\"a\\\":1}\\n\"}}]}", "{\"a\":1}", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"```json\\n{}\\n```\"}}]}", "{}\n", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"```\\n{}```\\n\"}}]}", "{}", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"<think>\\nso\\n</think>\\n\\n{}\"}}]}", "{}",
          NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"<think>\\n</think>```json\\n{}\\n```\"}}]}",
          "{}\n", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"<think> for ever\"}}]}",
          "<think> for ever", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"```\"}}]}", "```", NULL },
        { "{\"choices\":[{\"message\":{\"content\":\"``````\\n\"}}]}", "``````", NULL },
        { "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"{\"}}]}", NULL,
          "cut off" },
        { "{\"choices\":[]}", NULL, "no text" },
        { "{\"choices\":{}}", NULL, "no text" },
        { "{\"choices\":[1]}", NULL, "no text" },
        { "{\"choices\":[{\"message\":{\"content\":null}}]}", NULL, "no text" },
        { "{\"choices\":[{\"message\":{\"content\":[]}}]}", NULL, "no text" },
        { "{\"choices\":[{\"message\":\"x\"}]}", NULL, "no text" },
        { "[]", NULL, "no text" },
        { "{\"choices\":[{\"message\":{\"content\":\"a\\u0000b\"}}]}", NULL, "not JSON" },
        { "<html>", NULL, "not JSON" },
        { "", NULL, "not JSON" },
    };
    static const char hidden[] = "{}\0{}";
    char why[TTM_CHAT_WHY], *text;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int ret = ttm_chat_read(&text, cases[i].body, strlen(cases[i].body), why);

        assert_int_equal(ret, cases[i].text ? 0 : TTM_ERR_FORMAT);
        if (cases[i].text)
            assert_string_equal(text, cases[i].text);
        else
            assert_contains(why, cases[i].why);
        free(text);
    }
    assert_int_equal(ttm_chat_read(&text, hidden, sizeof(hidden) - 1, why), TTM_ERR_FORMAT);
}

static void errors_of_servers(void **state)
{
    static const char *const cases[][2] = {
        { "{\"error\":{\"message\":\"no such model\"}}", "no such model" },
        { "{\"error\":\"bad\\u001b[31m\\r\\nthing\"}", "bad [31m  thing" },
        { "{\"error\":{}}", "" }, { "{\"error\":7}", "" }, { "[1]", "" }, { "oops", "" },
    };
    char why[TTM_CHAT_WHY], body[2000] = "{\"error\":\"";

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ttm_chat_error(cases[i][0], strlen(cases[i][0]), why);
        assert_string_equal(why, cases[i][1]);
    }
    /* cut between characters */
    for (int i = 0; i < 300; i++)
        strcat(body, "\xc3\xa4");
    strcat(body, "\"}");
    ttm_chat_error(body, strlen(body), why);
    assert_int_equal(strlen(why), 254);
}

#define BALL "the red ball rolls right while the blue square moves up"
#define OBJECT(name, prompt) "{\"name\":\"" name "\",\"prompt\":\"" prompt "\"}"
#define ANSWER(objects, motion) "{\"objects\":[" objects "],\"motion\":\"" motion "\"}"
#define PLAIN(objects) "{\"objects\":[" objects "]}"
#define BOTH OBJECT("red ball", "the red ball rolls right") "," \
             OBJECT("blue square", "the blue square moves up")

static const struct {
    const char *caption, *said;
    const char *why;        /* NULL: it passes */
    const char *json;       /* as it comes out; NULL: as it was said */
} answers[] = {
    { BALL, ANSWER(BOTH, "the ball rolls right and the square moves up"), NULL, NULL },
    { BALL, PLAIN(BOTH), NULL, NULL },
    { BALL, ANSWER(BOTH, "The ball rolls to the right, and the square moves upward"), NULL,
      NULL },
    /* its motion prompt must have no colours and places, and all objects */
    { BALL, ANSWER(BOTH, "the red ball rolls right and the square moves up"), NULL,
      ANSWER(BOTH, "the ball rolls right and the square moves up") },
    { BALL, ANSWER(BOTH, "the ball rolls right on the grass and the square moves up"), NULL,
      ANSWER(BOTH, "the ball rolls right and the square moves up") },
    { BALL, ANSWER(BOTH, "the ball rolls right"), NULL, PLAIN(BOTH) },
    { BALL, ANSWER(BOTH, "magic"), NULL, PLAIN(BOTH) },
    { BALL, ANSWER(BOTH, ""), NULL, PLAIN(BOTH) },
    /* what is not asked for is left out */
    { BALL, "{\"camera\":\"pan\",\"objects\":[{\"name\":\"red ball\",\"box\":[1,2,3,4],"
            "\"prompt\":\"the red ball rolls right\",\"color\":\"red\"}]}", NULL,
      PLAIN(OBJECT("red ball", "the red ball rolls right")) },
    /* number and forms */
    { "two dogs run to the left", PLAIN(OBJECT("dog", "the dog runs to the left")), NULL, NULL },
    { "the left dog runs and the right dog jumps",
      PLAIN(OBJECT("dog on the left", "the left dog runs") ","
            OBJECT("rightmost dog", "the right dog jumps")), NULL, NULL },
    { "a man walks and another man runs",
      PLAIN(OBJECT("man", "a man walks") "," OBJECT("man", "another man runs")), NULL, NULL },
    { "the boxes fall", PLAIN(OBJECT("box", "the box falls") "," OBJECT("box", "the box falls")),
      NULL, NULL },
    { "The Ball ROLLS left", PLAIN(OBJECT("BALL", "The ball rolls left")), NULL, NULL },
    { "the man in the hat waves", PLAIN(OBJECT("man in the hat", "the man in the hat waves")),
      NULL, NULL },
    { "a woman wearing a red dress dances",
      PLAIN(OBJECT("woman wearing a red dress", "the woman wearing a red dress dances")), NULL,
      NULL },
    { "the parked car stays still", PLAIN(OBJECT("parked car", "the parked car stays still")),
      NULL, NULL },
    /* what the prompt does not say */
    { BALL, PLAIN(OBJECT("wizard", "the wizard flies")), "'wizard', which is not in the prompt",
      NULL },
    { BALL, PLAIN(BOTH "," OBJECT("grass", "the grass sways")), "'grass'", NULL },
    { "a balloon flies", PLAIN(OBJECT("ball", "the ball flies")), "'ball'", NULL },
    { BALL, PLAIN(OBJECT("green ball", "the ball rolls right")), "'green ball'", NULL },
    { BALL, PLAIN(OBJECT("left ball", "the ball rolls right")), "'left ball'", NULL },
    { "the ball rolls", PLAIN(OBJECT("ball", "the ball rolls left")), "'left'", NULL },
    { "the ball rolls", PLAIN(OBJECT("ball", "the huge ball rolls")), "'huge'", NULL },
    /* another adjective does no harm */
    { "the dog runs", PLAIN(OBJECT("dog", "the friendly dog runs")), NULL, NULL },
    { BALL, PLAIN(OBJECT("red ball", "the blue square moves up")), "something else", NULL },
    { BALL, PLAIN(OBJECT("the", "the ball rolls")), "no noun", NULL },
    { BALL, PLAIN(OBJECT("\\\"ball\\\"", "the ball rolls")), "no noun", NULL },
    { BALL, PLAIN(OBJECT("red ball", "the red ball rolls right") ","
                  OBJECT("Red ball", "the red ball rolls right")), "more often", NULL },
    { "the car does not move while the truck drives off to the left",
      PLAIN(OBJECT("car", "the car drives off to the left")), "stays still", NULL },
    { "the car does not move while the truck drives off to the left",
      PLAIN(OBJECT("car", "the car stays still")), NULL, NULL },
    /* what is no answer */
    { BALL, "", "is not JSON", NULL },
    { BALL, "Sure! Here you are: {}", "is not JSON", NULL },
    { BALL, "{\"objects\":[", "is not JSON", NULL },
    { BALL, "[]", "no JSON object", NULL },
    { BALL, "\"red ball\"", "no JSON object", NULL },
    { BALL, "{}", "no list", NULL },
    { BALL, "{\"objects\":{}}", "no list", NULL },
    { BALL, "{\"objects\":[]}", "names no object", NULL },
    { BALL, "{\"objects\":[1]}", "that is none", NULL },
    { BALL, "{\"objects\":[{\"name\":\"red ball\"}]}", "without name or prompt", NULL },
    { BALL, "{\"objects\":[{\"name\":7,\"prompt\":\"x\"}]}", "without name or prompt", NULL },
    { BALL, PLAIN(OBJECT("  ", "the ball rolls")), "without name or prompt", NULL },
    { BALL, "{\"objects\":[],\"objects\":[]}", "is not JSON", NULL },
};

static void checks(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const char *json = answers[i].json ? answers[i].json : answers[i].said;
        char why[TTM_ANSWER_WHY], *got;
        int ret = ttm_answer_check(&got, answers[i].said, answers[i].caption, why);

        if (answers[i].why ? ret != TTM_ERR_FORMAT || !strstr(why, answers[i].why) :
                             ret != 0 || strcmp(got, json) != 0) {
            fprintf(stderr, "%s\n%s\nwanted: %s\nfound:  %d %s %s\n", answers[i].caption,
                    answers[i].said, answers[i].why ? answers[i].why : json, ret, why,
                    got ? got : "");
            wrong++;
        }
        free(got);
    }
    assert_int_equal(wrong, 0);
}

/* Texts as they would have to be to do harm. */
static void hostile_answers(void **state)
{
    const size_t size = 1 << 20;
    char *text = malloc(size + 200), why[TTM_ANSWER_WHY], *json;
    size_t used;

    (void)state;
    assert_non_null(text);
    /* control characters, which are blanks then */
    assert_int_equal(ttm_answer_check(&json, PLAIN(OBJECT("red\\u001b ball\\r\\n",
                     "the red ball\\trolls\\u007f right")), BALL, why), 0);
    assert_string_equal(json, PLAIN(OBJECT("red  ball", "the red ball rolls  right")));
    free(json);
    /* what a message repeats is short, and one line */
    assert_int_equal(ttm_answer_check(&json, PLAIN(OBJECT("wizard\\n\\u001b[2J of a name that goes "
                     "on and on and on, as it may do", "the wizard flies")), BALL, why),
                     TTM_ERR_FORMAT);
    for (const char *at = why; *at; at++)
        assert_true((unsigned char)*at >= ' ');
    assert_true(strlen(why) < 120);
    /* a name, a prompt, a motion of a MiB */
    for (int member = 0; member < 3; member++) {
        static const char *const begin[] = {
            "{\"objects\":[{\"prompt\":\"the ball rolls\",\"name\":\"ball",
            "{\"objects\":[{\"name\":\"ball\",\"prompt\":\"the ball rolls",
            "{\"objects\":[{\"name\":\"ball\",\"prompt\":\"the ball rolls\"}],\"motion\":\"the ",
        };

        used = (size_t)sprintf(text, "%s", begin[member]);
        memset(text + used, 'l', size - used);
        strcpy(text + size, member == 2 ? "\"}" : "\"}]}");
        assert_int_equal(ttm_answer_check(&json, text, BALL, why), TTM_ERR_FORMAT);
        assert_contains(why, "more than");
    }
    /* 16 objects are taken, 17 and a million are not */
    for (int nb = 16; nb <= 17; nb++) {
        used = (size_t)sprintf(text, "{\"objects\":[");
        for (int i = 0; i < nb; i++)
            used += (size_t)sprintf(text + used, "%s" OBJECT("box", "the box falls"),
                                    i ? "," : "");
        strcpy(text + used, "]}");
        assert_int_equal(ttm_answer_check(&json, text, "the boxes fall", why),
                         nb == 16 ? 0 : TTM_ERR_FORMAT);
        assert_contains(nb == 16 ? "more objects" : why, "more objects");
        free(json);
    }
    used = (size_t)sprintf(text, "{\"objects\":[0");
    while (used < size)
        used += (size_t)sprintf(text + used, ",0");
    strcpy(text + used, "]}");
    assert_int_equal(ttm_answer_check(&json, text, BALL, why), TTM_ERR_FORMAT);
    /* lists in lists */
    memset(text, '[', size);
    text[size] = 0;
    assert_int_equal(ttm_answer_check(&json, text, BALL, why), TTM_ERR_FORMAT);
    assert_contains(why, "not JSON");
    free(text);
}

/* What an answer becomes is what the rules make of such a sentence. */
static void prompts_of_answers(void **state)
{
    static const struct {
        const char *caption, *json, *name, *description;
        int count;
    } cases[] = {
        { "the left dog runs", PLAIN(OBJECT("left dog", "the left dog runs")), "dog",
          "left dog", 1 },
        { "two red birds fly", PLAIN(OBJECT("two red birds", "the two red birds fly")),
          "red birds", "red birds", 2 },
        { "a pair of swans glides left", PLAIN(OBJECT("swans", "the swans glide left")),
          "swans", "swans", 2 },
        { "the balls roll left", PLAIN(OBJECT("balls", "the balls roll left")), "balls",
          "balls", 0 },
        { "the dog on the left runs", PLAIN(OBJECT("dog on the left", "the dog runs")), "dog",
          "dog on the left", 1 },
        { "the gizmo frobs", PLAIN(OBJECT("gizmo", "the gizmo frobs")), "gizmo", "gizmo", 1 },
    };
    TTMPrompts p;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ttm_prompts_from_answer(&p, NULL, cases[i].json, cases[i].caption), 0);
        assert_int_equal(p.nb_objects, 1);
        assert_true(p.answered && p.parsed);
        assert_string_equal(p.global, cases[i].caption);
        assert_string_equal(p.objects[0].name, cases[i].name);
        assert_string_equal(p.objects[0].description, cases[i].description);
        assert_int_equal(p.objects[0].count, cases[i].count);
        ttm_prompts_free(&p);
    }
    /* without a motion prompt it is made of the others, as with the option objects */
    assert_int_equal(ttm_prompts_from_answer(&p, NULL, PLAIN(BOTH), BALL), 0);
    assert_string_equal(p.motion, "the ball rolls right and the square moves up");
    ttm_prompts_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses), cmocka_unit_test(endpoints), cmocka_unit_test(requests),
        cmocka_unit_test(examples_pass), cmocka_unit_test(bodies),
        cmocka_unit_test(errors_of_servers), cmocka_unit_test(checks),
        cmocka_unit_test(hostile_answers), cmocka_unit_test(prompts_of_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
