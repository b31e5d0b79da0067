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

/** @file Prompt rules and the objects option. */

#include <stdlib.h>
#include <time.h>

#include "files.h"
#include "unit.h"

#include "prompt/prompts.h"
#include "prompt/words.h"

typedef struct Case {
    const char *text, *motion;
    int nb;
    const char *names[4];
    const char *prompts[4];
} Case;

static const Case cases[] = {
    { "A large red ball rolls right on grass while a small blue kite flies up",
      "the ball rolls right and the kite flies up", 2,
      { "large red ball", "small blue kite" },
      { "a large red ball rolls right", "a small blue kite flies up" } },
    { "the rocket lifts off", "the rocket lifts off", 1, { "rocket" },
      { "the rocket lifts off" } },
    { "the ball moves left and then jumps", "the ball moves left and then "
      "jumps", 1, { "ball" }, { "the ball moves left and then jumps" } },
    { "The ball moves up and down.", "the ball moves up and down", 1,
      { "ball" }, { "the ball moves up and down" } },
    { "On grass, the star drops and bounces, the heart spins slowly",
      "the star drops and bounces and the heart spins slowly", 2,
      { "star", "heart" }, { NULL } },
    { "the ball and the kite move up", "the ball moves up and the kite moves "
      "up", 2, { "ball", "kite" }, { "the ball moves up", "the kite moves up" } },
    { "the balls and the red box slowly rise, and then fly away",
      "the balls slowly rise and then fly away and the box slowly rises and "
      "then flies away", 2, { "balls", "red box" },
      { "the balls slowly rise and then fly away",
        "the red box slowly rises and then flies away" } },
    { "the bus and the dog are moving left", "the bus is moving left and the "
      "dog is moving left", 2, { "bus", "dog" }, { NULL } },
    { "the cat and the dog do not move and will jump", "the cat does not move "
      "and will jump and the dog does not move and will jump", 2,
      { "cat", "dog" }, { NULL } },
    { "a green cup on the left is slowly sliding to the right on a table",
      "the cup is slowly sliding to the right", 1, { "green cup" },
      { "a green cup is slowly sliding to the right" } },
    { "red ball rolling right, blue box moves up and to the left as a cat "
      "walks across the street",
      "the ball rolling right, the box moves up and to the left and the cat "
      "walks", 3, { "red ball", "blue box", "cat" }, { NULL } },
    { "the ring moves in a circle on sand", "the ring moves in a circle", 1,
      { "ring" }, { NULL } },
    { "The camera zooms in while the dog runs", "the dog runs", 1, { "dog" },
      { "the dog runs" } },
    { "the ball moves left. the ball jumps.", "the ball moves left and jumps",
      1, { "ball" }, { "the ball moves left and jumps" } },
    { "the ball on the right moves up and the ball on the left falls",
      "the ball moves up and the ball falls", 2, { "ball", "ball" }, { NULL } },
    { "the orange rolls right while it spins",
      "the orange rolls right and spins", 1, { "orange" }, { NULL } },
    { "the gizmo frobs left", "the gizmo frobs left", 1, { "gizmo" },
      { NULL } },
    { "the cat does not move, the ball stays still",
      "the cat does not move and the ball stays still", 2, { "cat", "ball" },
      { NULL } },
    { "in a field a small bird flies in the open air to the right",
      "the bird flies to the right", 1, { "small bird" }, { NULL } },
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Case *c = &cases[i];
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, NULL, c->text), 0);
        assert_string_equal(p.motion, c->motion);
        assert_int_equal(p.nb_objects, c->nb);
        assert_true(p.parsed);
        for (int k = 0; k < c->nb; k++) {
            assert_string_equal(p.objects[k].name, c->names[k]);
            if (c->prompts[k])
                assert_string_equal(p.objects[k].prompt, c->prompts[k]);
        }
        ttm_prompts_free(&p);
    }
}

static void test_description(void **state)
{
    TTMPrompts p;

    (void)state;
    ttm_prompts_from_text(&p, NULL, "a green cup on the left moves up");
    assert_string_equal(p.objects[0].description, "green cup on the left");
    ttm_prompts_free(&p);
}

/* Lines that were wrapped go on, and those that are sentences end. */
static void test_lines(void **state)
{
    static const char *const texts[][2] = {
        { "the rocket\nlifts off", "the rocket lifts off" },
        { "the rocket\r\n  lifts off", "the rocket lifts off" },
        { "the red ball moves to\nthe left", "the red ball moves to the left" },
        { "the\nred ball moves left while\nthe kite flies up",
          "the red ball moves left while the kite flies up" },
        { "the red ball moves left\nthe kite flies up",
          "the red ball moves left. the kite flies up" },
        { "The red ball moves left\nA kite flies up", "The red ball moves left. A kite flies up" },
        { "the red ball moves left\nit falls", "the red ball moves left. it falls" },
        { "the red ball moves left\n\nthe kite flies up",
          "the red ball moves left. the kite flies up" },
        { "the kite flies up\n", "the kite flies up" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TTMPrompts lines, line;

        assert_int_equal(ttm_prompts_from_text(&lines, NULL, texts[i][0]), 0);
        assert_int_equal(ttm_prompts_from_text(&line, NULL, texts[i][1]), 0);
        assert_int_equal(lines.parsed, 1);
        assert_string_equal(lines.motion, line.motion);
        assert_int_equal(lines.nb_objects, line.nb_objects);
        for (int k = 0; k < line.nb_objects; k++)
            assert_string_equal(lines.objects[k].prompt, line.objects[k].prompt);
        ttm_prompts_free(&lines);
        ttm_prompts_free(&line);
    }
}

static void test_nothing_parses(void **state)
{
    static const char *const texts[] = {
        "", "   ", ",,,", "sunset", "\xc3\xa9\xe2\x82\xac \xff\xfe",
        "and and while", "le ballon rouge", "the"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, NULL, texts[i]), 0);
        assert_false(p.parsed);
        assert_int_equal(p.nb_objects, 1);
        assert_string_equal(p.objects[0].prompt, p.global);
        assert_string_equal(p.motion, p.global);
        ttm_prompts_free(&p);
    }
}

static void test_long(void **state)
{
    static char text[60000];
    TestLog lines = { "", "" };
    TTMLog log = { test_log_callback, &lines };
    TTMPrompts p;

    (void)state;
    for (size_t i = 0; i + 40 < sizeof(text); i = strlen(text))
        snprintf(text + i, sizeof(text) - i, "the b%zu moves left, ", i);
    assert_int_equal(ttm_prompts_from_text(&p, &log, text), 0);
    assert_int_equal(p.nb_objects, TTM_MAX_OBJECTS);
    assert_contains(lines.warning, "more than 16");
    ttm_prompts_free(&p);
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(ttm_prompts_from_text(&p, &log, text), 0);
    ttm_prompts_free(&p);
}

static void test_json(void **state)
{
    TTMPrompts p;

    (void)state;
    assert_int_equal(ttm_prompts_from_json(&p, NULL, " {\"objects\":[{\"name\":"
        "\"ball\",\"prompt\":\"the red ball moves left on sand\",\"box\":"
        "[12,40,50,51]},{\"name\":\"star\",\"point\":[3,4.5]},"
        "{\"prompt\":\"the heart grows\",\"color\":\"#00fF0a\"}]}", NULL), 0);
    assert_int_equal(p.nb_objects, 3);
    assert_true(p.objects[0].place.locate == TTM_LOCATE_BOX);
    assert_true(p.objects[0].place.size.y.value == 51);
    assert_true(p.objects[1].place.locate == TTM_LOCATE_POINT);
    assert_true(p.objects[1].place.on.spot[0].y.value == 4.5);
    assert_true(p.objects[2].place.locate == TTM_LOCATE_COLOUR);
    assert_true(p.objects[2].place.colour[1] == 0xff &&
                p.objects[2].place.colour[2] == 10);
    assert_string_equal(p.objects[2].name, "object 3");
    assert_string_equal(p.objects[1].prompt, "star");
    assert_string_equal(p.motion, "the ball moves left, star and the heart "
                        "grows");
    assert_string_equal(p.global, "the red ball moves left on sand, star and "
                        "the heart grows");
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, NULL, "{\"motion\":\"m\","
        "\"objects\":[{\"name\":\"ball\"}]}", " g "), 0);
    assert_string_equal(p.motion, "m");
    assert_string_equal(p.global, "g");
    assert_false(p.camera_is_told);
    ttm_prompts_free(&p);
    for (int moves = 0; moves < 3; moves++) {
        static const char *const texts[] = {
            "{\"camera\":\"auto\",\"objects\":[{\"name\":\"ball\"}]}",
            "{\"camera\":\"none\",\"objects\":[{\"name\":\"ball\"}]}",
            "{\"objects\":[{\"name\":\"ball\"}],\"camera\":\"pan left 12%+zoom in 1.5\"}",
        };

        assert_int_equal(ttm_prompts_from_json(&p, NULL, texts[moves], NULL), 0);
        assert_int_equal(p.camera_is_told, moves > 0);
        assert_true(p.camera.pan == (moves < 2 ? 0 : -0.12));
        assert_true(p.camera.zoom == (moves < 2 ? 0 : 1.5));
        ttm_prompts_free(&p);
    }
}

static void test_json_errors(void **state)
{
    TestLog lines;
    TTMLog log = { test_log_callback, &lines };
    TTMPrompts p;
    struct { const char *text, *part; } wrong[] = {
        { "{\"objects\":[{\"name\":\"a\",\"box\":[1,2,3]}]}",
          "objects[0].box" },
        { "{\"objects\":[{\"name\":\"a\"},{\"name\":\"a\",\"box\":[1,2,0,3]}]}",
          "objects[1].box" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":\"x\"}]}",
          "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"red\"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#00000g\"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#0x00ff\"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#\\t1234f\"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#ff00000\"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#ff0000 \"}]}",
          "objects[0].color" },
        { "{\"objects\":[{\"name\":\"a\"}],\"objects\":[{\"name\":\"b\"}]}",
          "\"objects\" is there twice" },
        { "{\"motion\":\"x\",\"objects\":[{\"name\":\"a\"}],\"motion\":\"y\"}",
          "\"motion\" is there twice" },
        { "{\"objects\":[{\"name\":\"a\",\"name\":\"b\"}]}", "\"name\" is there twice" },
        { "{\"objects\":[{\"name\":\"a\\u0000b\"}]}", "zero byte" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#000000\"}]}", "black" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#ff0000\",\"point\":"
          "[1,2]}]}", "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[1,2],\"points\":[[1,2]]}]}",
          "objects[0].points comes on top of point" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[[1,2]],\"point\":[1,2]}]}",
          "objects[0].point comes on top of points" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[]}]}", "objects[0].points" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[1,2]}]}", "objects[0].points" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[[1,2],[3]]}]}",
          "objects[0].points" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[[1,\"x%\"]]}]}",
          "objects[0].points" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[\"inf%\",1]}]}",
          "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[\"5\",1]}]}", "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[\" 5%\",1]}]}",
          "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[\"5%%\",1]}]}",
          "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[1e9,1]}]}", "objects[0].point" },
        { "{\"objects\":[{\"name\":\"a\",\"box\":[1,2,\"0%\",3]}]}",
          "objects[0].box" },
        { "{\"objects\":[{\"name\":\"a\",\"polygon\":[[1,2],[3,4]]}]}",
          "objects[0].polygon" },
        { "{\"objects\":[{\"name\":\"a\",\"polygon\":[[1,2],[3,4],[5,6]],\"box\":"
          "[1,2,3,4]}]}", "objects[0].box comes on top" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#ff0000\",\"points\":"
          "[[1,2]]}]}", "objects[0].points comes on top" },
        { "{\"objects\":[{\"name\":\"a\",\"not\":[[1,2]]}]}", "objects[0].not" },
        { "{\"objects\":[{\"name\":\"a\",\"polygon\":[[1,2],[3,4],[5,6]],\"not\":"
          "[[1,2]]}]}", "objects[0].not" },
        { "{\"objects\":[{\"name\":5}]}", "objects[0].name" },
        { "{\"objects\":[{\"bxo\":5}]}", "objects[0].bxo" },
        { "{\"objects\":[{}]}", "objects[0].prompt" },
        { "{\"objects\":[7]}", "objects[0]" },
        { "{\"objects\":[]}", "\"objects\"" },
        { "{\"objects\":{}}", "\"objects\"" },
        { "{}", "\"objects\"" },
        { "{\"motions\":\"x\",\"objects\":[{\"name\":\"a\"}]}", "motions" },
        { "{\"motion\":1,\"objects\":[{\"name\":\"a\"}]}", "motion" },
        { "{\"camera\":1,\"objects\":[{\"name\":\"a\"}]}", "\"camera\" must be text" },
        { "{\"camera\":\"pan up\",\"objects\":[{\"name\":\"a\"}]}",
          "member \"camera\": 'pan up' is no move" },
        { "{\"generator\":\"ttm\",\"prompts\":{\"global\":\"g\",\"motion\":\"m\",\"camera\":\"x\"},"
          "\"object_ids\":{\"size\":[1,1],\"runs\":\"\"},\"objects\":[]}",
          "member \"prompts.camera\": 'x' is no move" },
        { "{\"objects\":[", "option objects" },
        { "no/such/file.json", "no/such/file.json" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        lines.error[0] = 0;
        assert_true(ttm_prompts_from_json(&p, &log, wrong[i].text, "x") < 0);
        assert_contains(lines.error, wrong[i].part);
        assert_int_equal(p.nb_objects, 0);
    }
}

/* Words that are about the picture, or about everything but one thing. */
static void test_objects_meant(void **state)
{
    static const struct {
        const char *text;
        int nb;
        const char *description[2], *prompt[2];
    } texts[] = {
        { "slow zoom in, cinematic, the blue square spins", 1,
          { "blue square" }, { "the blue square spins" } },
        { "the blue square spins, cinematic, masterpiece, 4k, highly detailed", 1,
          { "blue square" }, { "the blue square spins" } },
        { "masterpiece, best quality, (detailed:1.2), a cat jumps", 1, { "cat" },
          { "a cat jumps" } },
        { "cinematic close-up of a cat and a dog that jump, film grain", 2,
          { "cat", "dog" }, { "a cat jumps", "a dog jumps" } },
        { "the camera pans left while the ball falls", 1, { "ball" },
          { "the ball falls" } },
        { "everything stays still except the blue square, which moves right", 1,
          { "blue square" }, { "the blue square moves right" } },
        { "Everything else is still, but the blue square moves right.", 1,
          { "blue square" }, { "the blue square moves right" } },
        { "nothing moves except for the dog", 1, { "dog" }, { "the dog moves" } },
        { "everything moves to the left except the red ball", 1, { "red ball" },
          { "the red ball stays still" } },
        { "everything moves to the left apart from the red ball", 1, { "red ball" },
          { "the red ball stays still" } },
        { "everything moves to the left other than the red ball", 1, { "red ball" },
          { "the red ball stays still" } },
        { "only the star spins", 1, { "star" }, { "the star spins" } },
        { "the left red ball moves down", 1, { "left red ball" },
          { "the red ball moves down" } },
        { "the upper-left ball and the right-hand star fall", 2,
          { "upper left ball", "right star" },
          { "the ball falls", "the star falls" } },
        { "the ball at the top right moves down", 1, { "ball at the top right" },
          { "the ball moves down" } },
        { "on the left, a cat jumps; on the right, a dog sits", 2,
          { "cat on the left", "dog on the right" },
          { "a cat jumps", "a dog sits" } },
        { "the left and right meerkats play", 2,
          { "left meerkat", "right meerkat" },
          { "the meerkat plays", "the meerkat plays" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, NULL, texts[i].text), 0);
        assert_int_equal(p.nb_objects, texts[i].nb);
        assert_true(p.parsed);
        for (int k = 0; k < texts[i].nb; k++) {
            assert_string_equal(p.objects[k].description, texts[i].description[k]);
            assert_string_equal(p.objects[k].prompt, texts[i].prompt[k]);
        }
        ttm_prompts_free(&p);
    }
}

static void test_counts(void **state)
{
    static const struct {
        const char *text;
        int count;
    } texts[] = {
        { "the red ball moves left", 1 }, { "The red balls move left", 0 },
        { "two dogs run", 2 }, { "3 dogs run", 3 }, { "both cats jump", 2 },
        { "a pair of ducks swims", 2 }, { "a flock of birds flies away", 0 },
        { "several people walk", 0 }, { "a bus stops", 1 }, { "all cars stop", 0 },
        { "one of the dogs runs", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, NULL, texts[i].text), 0);
        assert_int_equal(p.nb_objects, 1);
        assert_int_equal(p.objects[0].count, texts[i].count);
        ttm_prompts_free(&p);
    }
}

/* A prompt in a file as editors save it. */
static void test_files(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        const char *error;      /* NULL: the prompt is "the ball falls" */
    } files[] = {
        { "the ball falls", 14, NULL },
        { "\xef\xbb\xbfthe ball falls\r\n", 19, NULL },
        { "\n\t the ball falls \n\n", 20, NULL },
        { "\xff\xfet\0h\0e\0", 8, "UTF-16" },
        { "\xfe\xff\0t\0h\0e", 8, "UTF-16" },
        { "t\0h\0e\0 \0", 8, "UTF-16" },
        { "\0t\0h\0e\0 ", 8, "UTF-16" },
        { "\xff\xfe\0\0t\0\0\0", 8, "UTF-32" },
        { "\0\0\xfe\xff\0\0\0t", 8, "UTF-32" },
        { "the ball\0falls", 14, "byte 8 is zero" },
    };
    char *folder = test_make_folder();

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        TestLog lines = { "", "" };
        TTMLog log = { test_log_callback, &lines };
        const char *path = test_write(folder, "prompt.txt", files[i].text,
                                      files[i].size);
        char *text;
        int ret = ttm_prompt_load(&text, &log, path);

        if (files[i].error) {
            assert_int_equal(ret, TTM_ERR_FORMAT);
            assert_null(text);
            assert_contains(lines.error, files[i].error);
            assert_contains(lines.error, "prompt.txt");
        } else {
            assert_int_equal(ret, 0);
            assert_string_equal(text, "the ball falls");
        }
        free(text);
    }
    test_remove_folder(folder);
}

static void test_json_marks(void **state)
{
    static const char marked[] = "\xef\xbb\xbf {\"objects\":[{\"name\":\"ball\","
                                 "\"prompt\":\"the ball falls\"}]}\r\n";
    char *folder = test_make_folder();
    TestLog lines = { "", "" };
    TTMLog log = { test_log_callback, &lines };
    TTMPrompts p;

    (void)state;
    assert_int_equal(ttm_prompts_from_json(&p, &log, test_write_text(folder,
                     "objects.json", marked), NULL), 0);
    assert_string_equal(p.objects[0].prompt, "the ball falls");
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, &log, marked, NULL), 0);
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, &log, test_write(folder,
                     "objects.json", "\xff\xfe{\0}\0", 6), NULL),
                     TTM_ERR_FORMAT);
    assert_contains(lines.error, "UTF-16");
    test_remove_folder(folder);
}

/** @p nb copies of @p item between @p begin and @p end; malloc. */
static char *repeat(const char *begin, const char *item, int nb, const char *end)
{
    const size_t length = strlen(item);
    char *text = malloc(strlen(begin) + length * (size_t)nb + strlen(end) + 1), *at;

    assert_non_null(text);
    at = text + sprintf(text, "%s", begin);
    for (int i = 0; i < nb; i++, at += length)
        memcpy(at, item, length);
    strcpy(at, end);
    return text;
}

/** Long lists and texts are refused, or read, in time in proportion to them. */
static void test_long_json(void **state)
{
    static const struct {
        const char *begin, *item, *end, *error;
    } texts[] = {
        { "{\"objects\":[", "{\"name\":\"a\"},", "{\"name\":\"a\"}]}",
          "300001 objects; there may be 16" },
        { "{", "\"objects\":[{\"name\":\"a\"}],", "\"motion\":\"a\"}",
          "\"objects\" is there twice" },
        { "{", "\"motion\":\"a\",", "\"objects\":[{\"name\":\"a\"}]}",
          "\"motion\" is there twice" },
        { "{\"objects\":[{", "\"name\":\"a\",", "\"prompt\":\"a\"}]}",
          "\"name\" is there twice" },
        { "{\"objects\":[{\"name\":\"a\",\"box\":[", "1,", "1]}]}", "objects[0].box" },
        { "{\"objects\":[{\"prompt\":\"", "a b ", "\"}]}", NULL },
    };
    const int nb = 300000;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char *text = repeat(texts[i].begin, texts[i].item, nb, texts[i].end);
        TestLog lines = { "", "" };
        TTMLog log = { test_log_callback, &lines };
        clock_t begin = clock();
        TTMPrompts p;
        int ret = ttm_prompts_from_json(&p, &log, text, NULL);
        const double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;

        if (texts[i].error) {
            assert_true(ret < 0);
            assert_contains(lines.error, texts[i].error);
        } else {
            assert_int_equal(ret, 0);
            ttm_prompts_free(&p);
        }
        if (seconds > 5)
            fail_msg("%s... takes %.1f seconds", texts[i].begin, seconds);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules), cmocka_unit_test(test_description),
        cmocka_unit_test(test_lines), cmocka_unit_test(test_nothing_parses), cmocka_unit_test(test_long),
        cmocka_unit_test(test_json), cmocka_unit_test(test_json_errors),
        cmocka_unit_test(test_objects_meant),
        cmocka_unit_test(test_counts), cmocka_unit_test(test_files),
        cmocka_unit_test(test_json_marks), cmocka_unit_test(test_long_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
