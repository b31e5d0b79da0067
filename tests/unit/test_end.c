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

/** @file Objects between the frames of a trajectory, and behind its end. */

#include "unit.h"

#include <math.h>
#include <string.h>

#include "clip/context.h"
#include "clip/timing.h"
#include "run.h"
#include "util/palette.h"

#define FIRST  "\"name\": \"red box\", \"prompt\": \"the red box moves\", \"box\": [12, 14, 18, 20]"
#define SECOND "\"name\": \"blue box\", \"prompt\": \"the blue box moves\", \"box\": [44, 20, 16, 20]"

/* The picture of the end: the boxes of the still elsewhere, drawn in @p colours. */
static void draw_end(uint8_t *out, const uint8_t colours[3][3])
{
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const int id = x >= 22 && x < 40 && y >= 24 && y < 44 ? 1 :
                       x >= 48 && x < 64 && y >= 4 && y < 24 ? 2 : 0;

        memcpy(out + 3 * i, colours[id], 3);
    }
}

static void draw_masks(uint8_t *out)
{
    uint8_t colours[3][3];

    for (int id = 0; id < 3; id++)
        memcpy(colours[id], ttm_object_colour(id), 3);
    draw_end(out, (const uint8_t (*)[3])colours);
}

static void draw_photograph(uint8_t *out)
{
    static const uint8_t colours[3][3] = { { 98, 118, 108 }, { 218, 48, 38 },
                                           { 48, 68, 228 } };

    draw_end(out, colours);
}

/* Where object @p id is in frame @p index, in pixels of the still from where it was. */
static void moved(Run *r, int index, int id, double *x, double *y)
{
    TTMMoment *m = &r->ctx->clip.made.trajectory.moment;
    const TTMMotion *from = &m->fit.motion[2 * id - 2], *to = from + 1;
    uint8_t pixels[BYTES];
    TTMImage frame = run_wrap(pixels);

    assert_int_equal(ttm_get_frame(r->ctx, index, &frame), 0);
    *x = (to->x - from->x) * W / m->fit.width;
    *y = (to->y - from->y) * H / m->fit.height;
}

static void assert_arrived(Run *r, int id, double x, double y)
{
    const int last = ttm_frame_count(r->ctx) - 1;
    double dx, dy;

    moved(r, 0, id, &dx, &dy);
    assert_true(fabs(dx) < 1e-6 && fabs(dy) < 1e-6);
    moved(r, last, id, &dx, &dy);
    assert_true(fabs(dx - x) < 0.6 && fabs(dy - y) < 0.6);
}

static void give_end(Run *r, void (*draw)(uint8_t *))
{
    uint8_t pixels[BYTES];
    TTMImage end = run_wrap(pixels);

    draw(pixels);
    assert_int_equal(ttm_set_end(r->ctx, &end), 0);
    memset(pixels, 7, sizeof(pixels));      /* it was copied */
}

/* Masks of both: places are those of the masks, the second object's too. */
static void test_masks(void **state)
{
    static const char *const refine[] = { "similarity", "shape" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = run_open((const char *[]){ "end", "1", "frames", "9", "refine", refine[i],
                                            NULL });
        double x, y, before = 0, steps[8];

        run_begin(r, 1);
        give_end(r, draw_masks);
        assert_int_equal(run_finish(r), 0);
        assert_int_equal(ttm_frame_count(r->ctx), 9);
        assert_arrived(r, 1, 10, 10);
        assert_arrived(r, 2, 4, -16);
        /* it sets off and arrives slowly */
        for (int t = 1; t < 9; t++, before = x) {
            moved(r, t, 1, &x, &y);
            steps[t - 1] = x - before;
            assert_true(steps[t - 1] > 0 && fabs(x - y) < 0.6);
        }
        assert_true(steps[0] < 0.4 * steps[4] && steps[7] < 0.4 * steps[3]);
        run_close(r);
    }
}

/* A photograph: by names and, where the JSON says it, by places in it. */
static void test_photograph(void **state)
{
    static const char *const objects[] = {
        NULL,
        "{\"objects\": [{" FIRST ", \"end\": {\"box\": [22, 24, 18, 20]}}, {" SECOND
        ", \"end\": {\"point\": [56, 14]}}]}",
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = run_open((const char *[]){ "end", "1", "refine", "similarity",
                                            objects[i] ? "objects" : NULL, objects[i],
                                            NULL });

        run_begin(r, 0);
        give_end(r, draw_photograph);
        assert_int_equal(run_finish(r), 0);
        assert_int_equal(r->ctx->clip.made.objects.nb, 2);
        assert_arrived(r, 1, 10, 10);
        assert_arrived(r, 2, 4, -16);
        assert_null(strstr(r->lines.warning, "is not found"));
        run_close(r);
    }
}

/* A place in the end wins over the name: here each goes to where the other one is. */
static void test_places(void **state)
{
    Run *r = run_open((const char *[]){ "end", "1", "refine", "similarity", "objects",
        "{\"objects\": [{" FIRST ", \"end\": {\"box\": [48, 4, 16, 20]}}, {" SECOND
        ", \"end\": {\"box\": [22, 24, 18, 20]}}]}", NULL });
    double x, y;

    (void)state;
    run_begin(r, 0);
    give_end(r, draw_photograph);
    assert_int_equal(run_finish(r), 0);
    moved(r, ttm_frame_count(r->ctx) - 1, 1, &x, &y);
    assert_true(fabs(x - 35) < 2 && fabs(y + 10) < 2);
    moved(r, ttm_frame_count(r->ctx) - 1, 2, &x, &y);
    assert_true(fabs(x + 21) < 2 && fabs(y - 4) < 2);
    run_close(r);
}

static void draw_nothing(uint8_t *out)
{
    memset(out, 90, BYTES);
}

/* What is not there stays where it is, and is named. */
static void test_not_found(void **state)
{
    Run *r = run_open((const char *[]){ "end", "1", "refine", "similarity", NULL });

    (void)state;
    run_begin(r, 0);
    give_end(r, draw_nothing);
    assert_int_equal(run_finish(r), 0);
    assert_contains(r->lines.warning, "is not found for sure in the picture of the end");
    assert_arrived(r, 1, 0, 0);
    assert_arrived(r, 2, 0, 0);
    run_close(r);
}

/* The first stage neither runs nor takes memory; as long as the bundle's clips are. */
static void test_stages(void **state)
{
    Run *r = run_open((const char *[]){ "end", "1", NULL });
    TTMProgress p = { .struct_size = sizeof(p) };
    int ret;

    (void)state;
    run_begin(r, 1);
    give_end(r, draw_masks);
    while ((ret = ttm_step(r->ctx, &p)) == TTM_MORE)
        assert_null(strstr(p.phase, "1/2"));
    assert_int_equal(ret, 0);
    assert_int_equal(ttm_frame_count(r->ctx), FRAMES);
    /* the same context, another clip */
    run_begin(r, 1);
    give_end(r, draw_masks);
    assert_int_equal(run_finish(r), 0);
    run_close(r);
}

/* Frames are there as soon as the networks' that they lie between are; the way is eased. */
static void test_timing(void **state)
{
    (void)state;
    for (int generated = 1; generated <= 16; generated += 5)
        for (int frames = generated; frames <= 60; frames += 7) {
            const TTMTiming t = { { 8, 1 }, frames, frames, generated, 0, 1 };

            for (int made = 0; made <= generated; made++) {
                int ready = 0;

                while (ready < frames && made > 0 &&
                       (made == generated ||
                        ttm_timing_position(&t, ready, generated) <= made - 1))
                    ready++;
                assert_int_equal(ttm_timing_ready(&t, made), ready);
            }
            for (int i = 0; frames > 1 && i < frames; i++) {
                const double u = (double)i / (frames - 1);

                assert_true(fabs(ttm_timing_position(&t, i, 16) - 15 * (3 * u * u -
                                 2 * u * u * u)) < 1e-9);
            }
            assert_true(ttm_timing_position(&t, frames + 3, 16) == 15);
        }
}

static void test_wrong(void **state)
{
    static const struct {
        const char *name, *value, *line;
    } cases[] = {
        { "mode", "plan", "option end is of mode full" },
        { "mode", "draft", "option end is of mode full" },
        { "mode", "objects", "option end is of mode full" },
        { "loop", "1", "options end and loop are both set" },
    };
    uint8_t pixels[4 * BYTES];
    TTMImage end = run_wrap(pixels);
    Run *r;

    (void)state;
    memset(pixels, 0, sizeof(pixels));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMImage still;

        r = run_open((const char *[]){ "end", "1", cases[i].name, cases[i].value, NULL });
        still = run_wrap(r->still);
        assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
        assert_contains(r->lines.error, cases[i].line);
        run_close(r);
    }
    /* not given; before the still; without the option; a trajectory instead; with alpha */
    r = run_open((const char *[]){ "end", "1", NULL });
    assert_int_equal(ttm_set_end(r->ctx, &end), TTM_ERR_STATE);
    run_begin(r, 1);
    assert_int_equal(ttm_add_trajectory_frame(r->ctx, &end), TTM_ERR_STATE);
    end.format = TTM_PIXEL_RGBA8;
    end.stride = 4 * W;
    assert_int_equal(ttm_set_end(r->ctx, &end), TTM_ERR_UNSUPPORTED);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_STATE);
    assert_contains(r->lines.error, "there is no picture of the end");
    run_close(r);
    r = run_open((const char *[]){ NULL });
    run_begin(r, 1);
    end = run_wrap(pixels);
    assert_int_equal(ttm_set_end(r->ctx, &end), TTM_ERR_STATE);
    assert_contains(r->lines.error, "with the option end");
    run_close(r);
}

/* Places in the end are read as carefully as those in the still. */
static void test_wrong_json(void **state)
{
    static const char *const cases[][2] = {
        { "\"end\": 3", ".end must be an object" },
        { "\"end\": {\"bax\": [1, 2, 3, 4]}", "member that is unknown" },
        { "\"end\": {\"color\": \"#ff0000\"}", "member that is unknown" },
        { "\"end\": {\"box\": [1, 2]}", "box" },
        { "\"end\": {\"not\": [[1, 2]]}", "give one of them" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[400];
        Run *r;

        snprintf(text, sizeof(text), "{\"objects\": [{" FIRST ", %s}]}", cases[i][0]);
        r = run_open((const char *[]){ "end", "1", "objects", text, NULL });
        run_begin(r, 0);
        give_end(r, draw_photograph);
        assert_int_equal(run_finish(r), TTM_ERR_ARGUMENT);
        assert_contains(r->lines.error, cases[i][1]);
        run_close(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks),     cmocka_unit_test(test_photograph),
        cmocka_unit_test(test_places),    cmocka_unit_test(test_not_found), cmocka_unit_test(test_stages),
        cmocka_unit_test(test_timing),    cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_wrong_json),
    };

    return cmocka_run_group_tests_name("end", tests, NULL, NULL);
}
