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


/** @file Clips of bundles whose trajectory is tinted: mode plan and render. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "files.h"
#include "clip/context.h"
#include "motion/tint.h"
#include "util/palette.h"

#define BUNDLE  "tests/ref/bundle"
#define TINTED  "\"ttm\": { \"trajectory\": \"tinted\","
#define SIZE    96
#define PIXELS  (SIZE * SIZE)
#define FRAMES  4

typedef struct Run {
    TTMContext *ctx;
    TestLog lines;
    uint8_t still[3 * PIXELS], masks[3 * PIXELS], frames[FRAMES][3 * PIXELS];
} Run;

static TTMImage wrap(uint8_t *pixels)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
}

static char *tinted_bundle(void)
{
    char *folder = test_link_bundle(BUNDLE);

    test_edit(BUNDLE, folder, "image_to_motion/config.json", "\"ttm\": {", TINTED);
    return folder;
}

static int open_context(Run *r, const char *model, const char *mode,
                        const char *refine)
{
    TTMSettings s;
    int ret;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &r->lines;
    ttm_settings_set(&s, "model", model);
    ttm_settings_set(&s, "device", "cpu");
    ttm_settings_set(&s, "threads", "1");
    ttm_settings_set(&s, "precision", "f32");
    ttm_settings_set(&s, "seed", "5");
    ttm_settings_set(&s, "mode", mode);
    ttm_settings_set(&s, "refine", refine);
    ttm_settings_set(&s, "prompt", "the red ball rolls right while the blue box "
                     "swings");
    ret = ttm_open(&r->ctx, &s);
    ttm_settings_uninit(&s);
    return ret;
}

/* A disc and an L. */
static Run *open_run(const char *model, const char *mode, const char *refine,
                     int masks)
{
    Run *r = calloc(1, sizeof(*r));
    TTMImage still = wrap(r->still), mask = wrap(r->masks);

    assert_int_equal(open_context(r, model, mode, refine), 0);
    for (int i = 0; i < PIXELS; i++) {
        int x = i % SIZE, y = i / SIZE, dx = x - 30, dy = y - 34;
        int id = dx * dx + dy * dy < 324 ? 1 :
                 x >= 54 && x < 82 && y >= 40 && y < 76 && (x < 64 || y > 62) ? 2 :
                 0;
        const uint8_t colours[3][3] = { { 90, 110, 100 }, { 210, 40, 30 },
                                        { 40, 60, 220 } };

        for (int c = 0; c < 3; c++) {
            r->still[3 * i + c] = (uint8_t)(colours[id][c] +
                                            (x * 3 + y * 5) % 17);
            r->masks[3 * i + c] = ttm_object_colour(id)[c];
        }
    }
    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    if (masks)
        assert_int_equal(ttm_set_masks(r->ctx, &mask), 0);
    return r;
}

static void close_run(Run *r)
{
    ttm_close(&r->ctx);
    free(r);
}

/* What stage 1 is made to have predicted: these networks predict noise. */
static void turn(TTMClip *c)
{
    for (int id = 1; id <= 2; id++)
        for (int t = 1; t < FRAMES; t++)
            c->made.trajectory.fit.motion[(id - 1) * FRAMES + t].turn =
                (id == 1 ? 0.9f : -0.35f) * (float)t;
}

static void move(TTMClip *c)
{
    TTMFit *fit = &c->made.trajectory.fit;

    for (int id = 1; id <= 2; id++)
        for (int t = 1; t < FRAMES; t++) {
            TTMMotion *m = fit->motion + (id - 1) * FRAMES;

            m[t].x     = m[0].x + (id == 1 ? 2.3f : -0.4f) * (float)t;
            m[t].y     = m[0].y + (id == 1 ? 0.3f : -1.1f) * (float)t;
            m[t].scale = 1;
        }
    ttm_fit_refine(fit, c->made.objects.first[1], c->made.trajectory.ids, c->made.trajectory.ids);
}

static void move_and_turn(TTMClip *c)
{
    turn(c);
    move(c);
}

/* To the end; where the fit is made it is changed, unless that is NULL. */
static void finish(Run *r, void (*change)(TTMClip *c))
{
    TTMProgress p = { .struct_size = sizeof(p) };
    int ret;

    while ((ret = ttm_step(r->ctx, &p)) == TTM_MORE)
        if (change && !strcmp(p.phase, "fit"))
            change(&r->ctx->clip);
    assert_int_equal(ret, 0);
    for (int t = 0; t < FRAMES; t++) {
        TTMImage frame = wrap(r->frames[t]);

        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    }
}

static void give(Run *render, uint8_t (*frames)[3 * PIXELS])
{
    for (int t = 0; t < FRAMES; t++) {
        TTMImage frame = wrap(frames[t]);

        assert_int_equal(ttm_add_trajectory_frame(render->ctx, &frame), 0);
    }
}

static double psnr(const uint8_t *a, const uint8_t *b, int count)
{
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
    return 10 * log10(255.0 * 255 * count / (sum + 1e-6));
}

/*
 * Pixels of stage 2's size whose ids differ: one whose centre an outline goes
 * through falls either way, and networks of noise make much of it. Without any
 * the frames are the same.
 */
static int compare_frame(Run *full, Run *render, int t)
{
    const TTMClip *a = &full->ctx->clip, *b = &render->ctx->clip;
    const size_t pixels = (size_t)a->given.width[1] * (size_t)a->given.height[1];
    int flipped = 0;

    for (size_t i = 0; i < pixels; i++)
        flipped += a->made.trajectory.ids[(size_t)t * pixels + i] !=
                   b->made.trajectory.ids[(size_t)t * pixels + i];
    assert_true(flipped ||
                psnr(full->frames[t], render->frames[t], 3 * PIXELS) >= 55);
    return flipped;
}

static int count_plain(const uint8_t *frame, int id)
{
    int count = 0;

    for (int i = 0; i < PIXELS; i++)
        count += !memcmp(frame + 3 * i, ttm_object_colour(id), 3);
    return count;
}

/* What turns in a plan turns as much in the clip that is rendered from it. */
static void test_plan_then_render(void **state)
{
    char *bundle = tinted_bundle();

    (void)state;
    for (int turning = 0; turning < 2; turning++) {
        Run *full = open_run(bundle, "full", "similarity", 1);
        Run *plan = open_run(bundle, "plan", "similarity", 1);
        Run *render = open_run(bundle, "render", "similarity", 0);
        const TTMMotion *m, *found;
        int flipped = 0;

        finish(full, turning ? move_and_turn : move);
        finish(plan, turning ? move_and_turn : move);
        assert_memory_equal(plan->frames[0], plan->masks, 3 * PIXELS);
        /* what does not turn keeps its plain colour */
        assert_int_equal(count_plain(plan->frames[1], 1) > 900, !turning);
        give(render, plan->frames);
        finish(render, NULL);
        m     = plan->ctx->clip.made.trajectory.fit.motion;
        found = render->ctx->clip.made.trajectory.fit.motion;
        for (int i = 0; i < 2 * FRAMES; i++) {
            assert_true(turning ? fabsf(found[i].turn - m[i].turn) < 0.003f :
                        found[i].turn == 0);
            assert_true(fabsf(found[i].x - m[i].x) < 0.02f);
            assert_true(fabsf(found[i].y - m[i].y) < 0.02f);
            assert_true(found[i].scale == 1);
        }
        for (int t = 0; t < FRAMES; t++)
            flipped += compare_frame(full, render, t);
        assert_true(flipped <= 6);
        close_run(full);
        close_run(plan);
        close_run(render);
    }
    test_remove_folder(bundle);
}

/* Shapes as predicted, turned as the fit has it: the clip that full makes. */
static void test_predicted_shapes(void **state)
{
    char *bundle = tinted_bundle();
    Run *full = open_run(bundle, "full", "none", 1);
    Run *plan = open_run(bundle, "plan", "none", 1);
    Run *render = open_run(bundle, "render", "none", 0);
    const TTMClip *a = &plan->ctx->clip, *b = &render->ctx->clip;

    (void)state;
    finish(full, turn);
    finish(plan, turn);
    assert_memory_equal(plan->frames[0], plan->masks, 3 * PIXELS);
    give(render, plan->frames);
    finish(render, NULL);
    assert_memory_equal(a->made.trajectory.ids, b->made.trajectory.ids,
                        (size_t)(FRAMES * a->given.width[1] * a->given.height[1]));
    for (int i = 0; i < 2 * FRAMES; i++) {
        assert_true(fabsf(a->made.trajectory.fit.motion[i].turn - b->made.trajectory.fit.motion[i].turn) < 0.003f);
    }
    for (int t = 0; t < FRAMES; t++)
        assert_true(psnr(full->frames[t], render->frames[t], 3 * PIXELS) >= 40);
    close_run(full);
    close_run(plan);
    close_run(render);
    test_remove_folder(bundle);
}

/*
 * A drawing with noise, as video that was compressed has: a tint is the mean of
 * its pixels. What is plain stays upright.
 */
static void test_noisy_drawing(void **state)
{
    static uint8_t drawn[FRAMES][3 * PIXELS];
    char *bundle = tinted_bundle();
    Run *r = open_run(bundle, "render", "similarity", 0);
    unsigned random = 1;
    TTMMotion *m;

    (void)state;
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < PIXELS; i++) {
            int id = r->masks[3 * i] ? 1 : r->masks[3 * i + 1] ? 2 : 0;
            float level = t && id == 1 ? (float)ttm_tint_level(0.7 * t) : 0;
            float rgb[3];

            ttm_tint_colour(ttm_object_colour(id), level, rgb);
            for (int c = 0; c < 3; c++) {
                random = random * 1664525u + 1013904223u;
                rgb[c] += (float)(random >> 28) - 7;
                drawn[t][3 * i + c] = (uint8_t)fminf(fmaxf(rgb[c], 0), 255);
            }
        }
    memcpy(drawn[0], r->masks, sizeof(drawn[0]));
    give(r, drawn);
    finish(r, NULL);
    m = r->ctx->clip.made.trajectory.fit.motion;
    for (int t = 0; t < FRAMES; t++) {
        assert_true(fabsf(m[t].turn - 0.7f * (float)t) < 0.2f);
        assert_true(m[FRAMES + t].turn == 0);
    }
    close_run(r);
    test_remove_folder(bundle);
}

/* Flat colours that a user drew: as with a bundle that knows no others. */
static void test_flat_drawing(void **state)
{
    static uint8_t drawn[FRAMES][3 * PIXELS];
    char *bundle = tinted_bundle();
    Run *flat = open_run(BUNDLE, "render", "similarity", 0);
    Run *tinted = open_run(bundle, "render", "similarity", 0);

    (void)state;
    for (int t = 0; t < FRAMES; t++)
        for (int y = 0; y < SIZE; y++)
            for (int x = 5 * t; x < SIZE; x++)
                memcpy(drawn[t] + 3 * (y * SIZE + x),
                       flat->masks + 3 * (y * SIZE + x - 5 * t), 3);
    give(flat, drawn);
    finish(flat, NULL);
    give(tinted, drawn);
    finish(tinted, NULL);
    assert_memory_equal(flat->frames, tinted->frames, sizeof(flat->frames));
    for (int i = 0; i < 2 * FRAMES; i++)
        assert_true(tinted->ctx->clip.made.trajectory.fit.motion[i].turn == 0);
    assert_true(memcmp(flat->frames[0], flat->frames[FRAMES - 1], 3 * PIXELS));
    close_run(flat);
    close_run(tinted);
    test_remove_folder(bundle);
}

/* Only stage 1 has tints; a mode that does without it reads that all the same. */
static void test_bad_settings(void **state)
{
    static const char *const modes[] = { "full", "plan", "render" };
    Run *r = calloc(1, sizeof(*r));
    char *bundle = test_link_bundle(BUNDLE);

    (void)state;
    test_edit(BUNDLE, bundle, "motion_to_video/config.json", "\"ttm\": {", TINTED);
    for (int i = 0; i < 3; i++) {
        r->lines.error[0] = 0;
        assert_int_equal(open_context(r, bundle, modes[i], "auto"),
                         TTM_ERR_FORMAT);
        assert_contains(r->lines.error, "motion_to_video/config.json");
        assert_contains(r->lines.error, "\"trajectory\"");
    }
    test_remove_folder(bundle);
    bundle = test_link_bundle(BUNDLE);
    test_edit(BUNDLE, bundle, "image_to_motion/config.json", "\"ttm\": {",
              "\"ttm\": { \"trajectory\": \"striped\",");
    for (int i = 0; i < 3; i++) {
        r->lines.error[0] = 0;
        assert_int_equal(open_context(r, bundle, modes[i], "auto"),
                         TTM_ERR_UNSUPPORTED);
        assert_contains(r->lines.error, "image_to_motion/config.json");
        assert_contains(r->lines.error, "'ttm.trajectory' is 'striped'");
    }
    test_remove_folder(bundle);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_then_render),
        cmocka_unit_test(test_predicted_shapes),
        cmocka_unit_test(test_noisy_drawing),
        cmocka_unit_test(test_flat_drawing), cmocka_unit_test(test_bad_settings),
    };

    return cmocka_run_group_tests_name("tinted", tests, NULL, NULL);
}
