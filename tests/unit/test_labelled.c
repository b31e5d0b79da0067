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

/** @file mode=objects: one frame that shows what was found, and no network. */

#include "run.h"

#include <stdlib.h>

#include "files.h"
#include "io/json.h"
#include "util/image.h"
#include "util/palette.h"

static int has_colour(const uint8_t *frame, int x, int y, int id)
{
    return !memcmp(frame + 3 * (W * y + x), ttm_object_colour(id), 3);
}

/* Whether the colour of an object is anywhere in the frame. */
static int is_shown(const uint8_t *frame, int id)
{
    for (int i = 0; i < W * H; i++)
        if (has_colour(frame, i % W, i / W, id))
            return 1;
    return 0;
}

/* Boxes of the masks of run_draw(): x0, y0, x1, y1. */
static const int boxes[2][4] = { { 12, 14, 30, 34 }, { 44, 20, 60, 40 } };

/* Names have room in frames that are so many times as large. */
#define TIMES 4
#define LARGE "288x192"

static int is_object(const uint8_t *pixels, int x, int y, int id)
{
    return !memcmp(pixels + 3 * (TIMES * W * y + x), ttm_object_colour(id), 3);
}

/* The frame of a run with the option size, which the caller frees. */
static uint8_t *draw_sized(Run *r, int width, int height)
{
    uint8_t *p = calloc((size_t)width * (size_t)height, 3);
    TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, width, height, 3 * width, p, { 0, 0 } };

    assert_non_null(p);
    while (ttm_step(r->ctx, NULL) == TTM_MORE)
        ;
    assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), 0);
    return p;
}

static uint8_t *draw_large(Run *r)
{
    return draw_sized(r, TIMES * W, TIMES * H);
}

/* Outlines of the frame of a run of the size LARGE with the masks. */
static void check_outlines(Run *r)
{
    uint8_t *p = draw_large(r);

    for (int i = 0; i < 2; i++) {
        const int x0 = TIMES * boxes[i][0], y0 = TIMES * boxes[i][1];
        const int x1 = TIMES * boxes[i][2], y1 = TIMES * boxes[i][3];

        for (int y = y0; y < y1; y++)
            assert_true(is_object(p, x0, y, i + 1) && is_object(p, x1 - 1, y, i + 1) &&
                        !is_object(p, x0 - 1, y, i + 1) && !is_object(p, x1, y, i + 1));
        for (int x = x0; x < x1; x++)
            assert_true(is_object(p, x, y0, i + 1) && is_object(p, x, y1 - 1, i + 1) &&
                        !is_object(p, x, y0 - 1, i + 1) && !is_object(p, x, y1, i + 1));
        assert_false(is_object(p, (x0 + x1) / 2, (y0 + y1) / 2, i + 1));
    }
    free(p);
}

/* One frame; the units of work are the objects and the report. */
static void test_one_frame(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "size", LARGE, NULL });
    const TTMMade *m = &r->ctx->clip.made;
    TTMImage frame = run_wrap(r->frames[0]);
    int steps = 1;

    (void)state;
    assert_int_equal(ttm_frame_count(r->ctx), 1);
    run_begin(r, 1);
    assert_int_equal(ttm_frame_count(r->ctx), 1);
    assert_contains(r->lines.info, "without stages");
    while (ttm_step(r->ctx, NULL) == TTM_MORE) {
        steps++;
        assert_int_equal(ttm_frames_ready(r->ctx), 1);
    }
    assert_int_equal(steps, 2);
    assert_string_equal(r->lines.warning, "");
    assert_int_equal(ttm_get_frame(r->ctx, 1, &frame), TTM_ERR_STATE);
    assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), TTM_ERR_ARGUMENT);
    check_outlines(r);
    /* nothing was made of the networks, nor for them */
    assert_null(m->objects.first[0]);
    assert_null(m->objects.small[1].buffer);
    assert_null(m->texts.locals.buffer);
    assert_null(m->trajectory.ids);
    assert_null(r->ctx->models.text_network.network);
    assert_int_equal(ttm_frame_rate(r->ctx).num, r->ctx->models.defaults.fps);
    run_close(r);
}

/* A number of frames that is asked for is told not to be heeded. */
static void test_frames(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "frames", "7", "fps", "25",
                                        NULL });
    Run *one = run_open((const char *[]){ "mode", "objects", "frames", "1", NULL });

    (void)state;
    run_begin(r, 1);
    assert_contains(r->lines.warning, "option frames: mode objects gives one frame, not 7");
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_frame_count(r->ctx), 1);
    assert_int_equal(ttm_frame_rate(r->ctx).num, 25);
    run_begin(one, 1);
    assert_string_equal(one->lines.warning, "");
    run_close(r);
    run_close(one);
}

/* Boxes, points and points that are not the object are drawn; masks win over them. */
static void test_places(void **state)
{
    static const char objects[] =
        "{\"objects\": ["
        "{\"name\": \"red\", \"prompt\": \"it moves left\", \"box\": [8, 10, 26, 28]},"
        "{\"name\": \"blue\", \"prompt\": \"it jumps\", \"points\": [[52, 30]],"
        " \"not\": [[65, 25]]}]}";
    Run *r = run_open((const char *[]){ "mode", "objects", "objects", objects, NULL });

    (void)state;
    run_begin(r, 0);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(r->ctx->clip.made.objects.nb, 2);
    for (int y = 22; y < 38; y++)
        assert_true(has_colour(r->frames[0], 8, y, 1) &&
                    has_colour(r->frames[0], 33, y, 1));
    assert_true(has_colour(r->frames[0], 20, 37, 1));
    /* upright, and slanted */
    assert_true(has_colour(r->frames[0], 52, 30, 2) && has_colour(r->frames[0], 55, 30, 2) &&
                !has_colour(r->frames[0], 54, 32, 2));
    assert_true(has_colour(r->frames[0], 65, 25, 2) && has_colour(r->frames[0], 67, 27, 2) &&
                !has_colour(r->frames[0], 68, 25, 2));
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_true(has_colour(r->frames[0], 12, 33, 1));
    assert_false(has_colour(r->frames[0], 8, 24, 1) || has_colour(r->frames[0], 65, 25, 2));
    run_close(r);
}

/* Boxes end with the picture, and take all of a pixel that they have a part of. */
static void test_clipped(void **state)
{
    static const char objects[] =
        "{\"objects\": ["
        "{\"name\": \"red\", \"prompt\": \"it moves left\","
        " \"box\": [\"10%\", 12, \"33%\", 24]},"
        "{\"name\": \"blue\", \"prompt\": \"it jumps\", \"box\": [40, 18, 50, 60]}]}";
    static const char before[] =
        "{\"objects\": ["
        "{\"name\": \"other\", \"prompt\": \"it jumps\", \"box\": [-5, -4, 40, 12]}]}";
    Run *r = run_open((const char *[]){ "mode", "objects", "objects", objects, NULL });

    (void)state;
    run_begin(r, 0);
    assert_int_equal(run_finish(r), 0);
    for (int y = 26; y < 34; y++) {     /* from 7.2 to 30.96 */
        assert_true(has_colour(r->frames[0], 7, y, 1) && has_colour(r->frames[0], 30, y, 1));
        assert_false(has_colour(r->frames[0], 6, y, 1) || has_colour(r->frames[0], 31, y, 1));
    }
    for (int y = 30; y < H; y++)
        assert_true(has_colour(r->frames[0], W - 1, y, 2));
    for (int x = 45; x < W; x++)
        assert_true(has_colour(r->frames[0], x, H - 1, 2));
    run_close(r);
    r = run_open((const char *[]){ "mode", "objects", "objects", before, NULL });
    run_begin(r, 0);
    assert_int_equal(run_finish(r), 0);
    for (int y = 0; y < 8; y++)
        assert_true(has_colour(r->frames[0], 0, y, 1));
    for (int x = 0; x < 35; x++)
        assert_true(has_colour(r->frames[0], x, 0, 1));
    run_close(r);
}

/* Crosses are in the middle of a point's pixel, and labels leave them free. */
static void test_crosses(void **state)
{
    static const char objects[] =
        "{\"objects\": ["
        "{\"name\": \"blue\", \"prompt\": \"it jumps\", \"points\": [[52, 30]],"
        " \"not\": [[52, 17]]}]}";
    Run *r = run_open((const char *[]){ "mode", "objects", "objects", objects, "size", LARGE,
                                        NULL });
    uint8_t *p;

    (void)state;
    run_begin(r, 0);
    p = draw_large(r);
    for (int i = -4; i <= 4; i++)
        assert_true(is_object(p, 210 + i, 122, 1) && is_object(p, 210, 122 + i, 1));
    assert_false(is_object(p, 205, 122, 1) || is_object(p, 210, 127, 1));
    for (int i = -3; i <= 3; i++)
        assert_true(is_object(p, 210 + i, 70 + i, 1) && is_object(p, 210 + i, 70 - i, 1));
    free(p);
    run_close(r);
}

/* Where the output's pixels are shown narrower than high the pen is wider. */
static void test_aspect(void **state)
{
    static const char objects[] =
        "{\"objects\": ["
        "{\"name\": \"blue\", \"prompt\": \"it jumps\", \"points\": [[52, 30]]}]}";
    Run *r = run_open((const char *[]){ "mode", "objects", "objects", objects, "size",
                                        "1440x480", NULL });
    const uint8_t *blue = ttm_object_colour(1);
    uint8_t *p, *middle;

    (void)state;
    run_begin(r, 0);
    p      = draw_sized(r, 1440, 480);
    middle = p + 3 * (1440 * 305 + 1050);
    /* arms of 4 units of 4 x 2 pixels, and half of one */
    for (int i = 0; i <= 17; i++)
        assert_memory_equal(middle + 3 * i, blue, 3);
    assert_memory_not_equal(middle + 3 * 19, blue, 3);
    for (int i = 0; i <= 8; i++)
        assert_memory_equal(middle + 3 * 1440 * i, blue, 3);
    assert_memory_not_equal(middle + 3 * 1440 * 10, blue, 3);
    free(p);
    run_close(r);
}

/* Pixels in the colour of an object which are not its own: of its label. */
static int count_label(const Run *r, const uint8_t *large, int id)
{
    const uint8_t *ids = r->ctx->clip.made.objects.ids;
    int nb = 0;

    for (int y = 0; y < TIMES * H; y++)
        for (int x = 0; x < TIMES * W; x++)
            nb += ids[y / TIMES * W + x / TIMES] != id && is_object(large, x, y, id);
    return nb;
}

/* Only the object that is not sure, here the second, is told so. */
static void test_second(void **state)
{
    static const char objects[] =
        "{\"objects\": ["
        "{\"name\": \"red\", \"prompt\": \"it moves left\", \"points\": [[20, 24]]},"
        "{\"name\": \"green ball\", \"prompt\": \"it jumps\"}]}";
    Run *r = run_open((const char *[]){ "mode", "objects", "objects", objects, "size", LARGE,
                                        NULL });
    const TTMFound *found = r->ctx->clip.made.objects.found;
    int drawn[2] = { 0 }, gaps[2] = { 0 };
    uint8_t *p;

    (void)state;
    run_begin(r, 0);
    p = draw_large(r);
    assert_true(found[0].sure && !found[1].sure);
    for (int i = W + 1; i < W * (H - 1) - 1; i++) {
        const uint8_t *id = r->ctx->clip.made.objects.ids + i;

        if (*id && id[-W] != *id)       /* an upper edge */
            for (int x = 0; x < TIMES; x++)
                (is_object(p, i % W * TIMES + x, i / W * TIMES, *id) ? drawn :
                 gaps)[*id - 1]++;
    }
    assert_true(drawn[0] > 20 && gaps[0] == 0);
    assert_true(drawn[1] > 20 && gaps[1] > 5);
    /* its label has a question mark in its colour */
    assert_true(count_label(r, p, 2) > count_label(r, p, 1) + 50);
    free(p);
    run_close(r);
}

/* What the finder is not sure of is dashed. */
static void test_unsure(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "prompt",
                                        "the green ball rolls left", NULL });
    int gaps = 0, drawn = 0;

    (void)state;
    run_begin(r, 0);
    assert_int_equal(run_finish(r), 0);
    assert_contains(r->lines.warning, "not sure that this is 'green ball'");
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const uint8_t *id = r->ctx->clip.made.objects.ids + y * W + x;

            if (!*id || (x && id[-1] && x + 1 < W && id[1] && y && id[-W] &&
                         y + 1 < H && id[W]))
                continue;
            gaps  += !has_colour(r->frames[0], x, y, 1);
            drawn += has_colour(r->frames[0], x, y, 1);
        }
    assert_true(gaps > 5 && drawn > gaps);
    run_close(r);
}

/* Without a prompt masks will do; without both there is nothing to show. */
static void test_nothing(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "prompt", "", "size", LARGE,
                                        NULL });

    (void)state;
    run_begin(r, 1);
    check_outlines(r);
    assert_string_equal(r->lines.warning, "");
    run_begin(r, 0);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_ARGUMENT);
    assert_contains(r->lines.error, "option prompt, promptfile or objects, or give masks");
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_STATE);
    run_close(r);
}

/* What goes wrong with the objects does so as in mode full. */
static void test_errors(void **state)
{
    static const char *const objects[] = {
        "{\"objects\": [{\"prompt\": \"it jumps\", \"box\": [900, 0, 9, 9]}]}",
        "{\"objects\": [{\"prompt\": \"it jumps\", \"point\": [3, -4]}]}",
        "{\"objects\": [{\"prompt\": \"it jumps\", \"color\": \"#123456\"}]}",
        "{\"objects\": []}",
        NULL,                   /* black masks */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        Run *shown = run_open((const char *[]){ "mode", "objects", "objects", objects[i],
                                                NULL });
        Run *full = run_open((const char *[]){ "mode", "full", "objects", objects[i],
                                               NULL });
        int ret;

        if (!objects[i]) {
            memset(shown->masks, 0, BYTES);
            memset(full->masks, 0, BYTES);
        }
        run_begin(shown, !objects[i]);
        run_begin(full, !objects[i]);
        ret = ttm_step(full->ctx, NULL);
        assert_true(ret < 0);
        assert_int_equal(ttm_step(shown->ctx, NULL), ret);
        assert_string_not_equal(shown->lines.error, "");
        assert_string_equal(shown->lines.error, full->lines.error);
        run_close(shown);
        run_close(full);
    }
}

static void test_refused(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "emit", "mask", NULL });
    Run *drawn = run_open((const char *[]){ "mode", "objects", NULL });
    Run *large = run_open((const char *[]){ "mode", "objects", "memory", "8K", NULL });
    TTMImage still = run_wrap(r->still), mask = run_wrap(r->masks);

    (void)state;
    assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
    assert_contains(r->lines.error, "mode draft");
    run_begin(drawn, 0);
    assert_int_equal(ttm_add_trajectory_frame(drawn->ctx, &mask), TTM_ERR_STATE);
    assert_contains(drawn->lines.error, "render and draft");
    run_begin(large, 1);
    assert_int_equal(ttm_step(large->ctx, NULL), TTM_ERR_MEMORY);
    assert_contains(large->lines.error, "MiB of memory");
    assert_null(strstr(large->lines.error, "frames="));
    run_close(r);
    run_close(drawn);
    run_close(large);
}

/* 16 bits, and alpha, which is gone: the frame is opaque. */
static void test_formats(void **state)
{
    static const enum TTMPixelFormat formats[] = {
        TTM_PIXEL_RGBA16, TTM_PIXEL_PRGBA8, TTM_PIXEL_RGB16
    };
    Run *r = run_open((const char *[]){ "mode", "objects", "size", LARGE, NULL });
    TTMImage still, mask = run_wrap(r->masks);

    (void)state;
    assert_int_equal(ttm_image_alloc(&still, TTM_PIXEL_RGBA16, W, H), 0);
    for (int i = 0; i < W * H; i++)
        for (int c = 0; c < 4; c++)
            ((uint16_t *)still.data)[4 * i + c] = (uint16_t)
                (c == 3 ? (i % W < 6 ? 0 : 65535) : 257 * r->still[3 * i + c]);
    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    assert_int_equal(ttm_set_masks(r->ctx, &mask), 0);
    check_outlines(r);
    for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
        const int samples = ttm_image_samples(formats[f]);
        const int deep = ttm_image_depth(formats[f]) == 2, most = deep ? 65535 : 255;
        TTMImage frame;

        assert_int_equal(ttm_image_alloc(&frame, formats[f], TIMES * W, TIMES * H), 0);
        assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), 0);
        for (int i = 0; i < TIMES * TIMES * W * H; i++) {
            const int at = samples * i;

            if (samples == 4)
                assert_int_equal(deep ? ((uint16_t *)frame.data)[at + 3] :
                                 ((uint8_t *)frame.data)[at + 3], most);
            /* the ground, a little darker, where the still is transparent */
            if (i == TIMES * W * (TIMES * H - 1) + 2) {
                const int v = deep ? ((uint16_t *)frame.data)[at] :
                              ((uint8_t *)frame.data)[at];

                assert_in_range(v, most / 6, most / 3);
            }
        }
        free(frame.data);
    }
    free(still.data);
    run_close(r);
}

/* The report has the objects, and a clip that is made of it is what it would have been. */
static void test_report(void **state)
{
    char *folder = test_make_folder();
    const char *path = test_path(folder, "report.json");
    Run *r = run_open((const char *[]){ "mode", "objects", "report", path, NULL });
    Run *full = run_open(NULL);
    Run *again = run_open((const char *[]){ "objects", path, NULL });
    TTMJson *json = NULL;
    const TTMJson *object;

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    ttm_close(&r->ctx);
    assert_int_equal(ttm_json_load(&json, NULL, path), 0);
    assert_string_equal(ttm_json_string(ttm_json_get(ttm_json_get(json, "settings"),
                                                     "mode"), ""), "objects");
    assert_int_equal(ttm_json_bool(ttm_json_get(json, "complete"), 0), 1);
    assert_true(ttm_json_number(ttm_json_get(json, "frames_delivered"), 0) == 1);
    object = ttm_json_at(ttm_json_get(json, "objects"), 1);
    for (int i = 0; i < 4; i++)
        assert_true(ttm_json_number(ttm_json_at(ttm_json_get(object, "box"), i), -1) ==
                    (i < 2 ? boxes[1][i] : boxes[1][i] - boxes[1][i - 2]));
    assert_true(ttm_json_number(ttm_json_get(object, "share"), 0) > 0.09);
    ttm_json_free(&json);
    run_begin(again, 0);
    run_begin(full, 1);
    assert_int_equal(run_finish(again), 0);
    assert_int_equal(run_finish(full), 0);
    assert_memory_equal(again->frames, full->frames, sizeof(full->frames));
    run_close(r);
    run_close(again);
    run_close(full);
    test_remove_folder(folder);
}

/* Stills that follow each other are shown each by itself, also after one that fails. */
static void test_next(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "objects", "prompt", "", NULL });

    (void)state;
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    run_begin(r, 0);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_ARGUMENT);
    memset(r->masks + 3 * W * 20, 0, BYTES - 3 * W * 20);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_true(is_shown(r->frames[0], 1));
    assert_false(is_shown(r->frames[0], 2));
    run_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_frame), cmocka_unit_test(test_frames),
        cmocka_unit_test(test_places), cmocka_unit_test(test_clipped),
        cmocka_unit_test(test_crosses), cmocka_unit_test(test_aspect),
        cmocka_unit_test(test_second), cmocka_unit_test(test_unsure),
        cmocka_unit_test(test_nothing), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_formats),
        cmocka_unit_test(test_report), cmocka_unit_test(test_next),
    };

    return cmocka_run_group_tests_name("labelled", tests, NULL, NULL);
}
