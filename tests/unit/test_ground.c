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

/** @file Which objects are ground, water or sky. */

#include "unit.h"

#include <string.h>

#include "motion/ground.h"
#include "motion/limit.h"
#include "util/regions.h"

#define W 60
#define H 40
#define F 3
#define PIXELS (W * H)

enum { GROUND = 1, THING = 2 };

static uint8_t clip[F * PIXELS];

static void box(int t, int id, int x0, int y0, int x1, int y1)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            clip[t * PIXELS + y * W + x] = (uint8_t)id;
}

/* Ground from row @p top[t] on in frame t, a thing that walks over it. */
static void draw(const int top[F])
{
    memset(clip, 0, sizeof(clip));
    for (int t = 0; t < F; t++) {
        box(t, GROUND, 0, top[t], W, H);
        box(t, THING, 10 + 12 * t, 18, 20 + 12 * t, 34);
    }
}

/* What is found in the clip, at its own size, all objects having moved by 5. */
static TTMFit found(void)
{
    TTMFit fit;

    assert_int_equal(ttm_fit_create(&fit, clip, clip, F, H, W, 2, NULL), 0);
    for (int i = 0; i < 2 * F; i++)
        fit.motion[i] = (TTMMotion){ fit.motion[i / F * F].x + (i % F ? 5 : 0),
                                     fit.motion[i / F * F].y, 1.5f, 0.1f };
    ttm_ground_find(&fit, clip, W, H, clip, W, H);
    return fit;
}

/* 200 pixels of border count: a sixth of them is enough, one less is not. */
static void test_wide(void **state)
{
    uint8_t wide[256];

    (void)state;
    memset(clip, 0, sizeof(clip));
    box(0, GROUND, 0, H - 1, 33, H);            /* its corner counts twice: 34 */
    box(0, THING, 20, 10, 50, 30);              /* large, but inside */
    ttm_regions_wide(clip, W, H, wide);
    assert_int_equal(wide[GROUND], 1);
    assert_int_equal(wide[THING], 0);
    assert_int_equal(wide[0], 0);               /* background is no object */
    box(0, 0, 31, H - 1, 33, H);                /* 32 of 200 */
    ttm_regions_wide(clip, W, H, wide);
    assert_int_equal(wide[GROUND], 0);
}

/* What things only walk over stays where it is; the things move on. */
static void test_walked_over(void **state)
{
    TTMFit fit;

    (void)state;
    draw((const int[F]){ 24, 24, 24 });
    fit = found();
    assert_int_equal(fit.ground[GROUND], 1);
    assert_int_equal(fit.ground[THING], 0);
    for (int t = 1; t < F; t++) {
        const TTMMotion *ground = fit.motion, *thing = fit.motion + F;

        assert_true(ground[t].x == ground[0].x && ground[t].y == ground[0].y);
        assert_true(ground[t].scale == 1 && ground[t].turn == 0);
        assert_true(thing[t].x == thing[0].x + 5 && thing[t].scale == 1.5f);
    }
    ttm_fit_free(&fit);
}

/* A wide object that itself changes by more than a quarter is none. */
static void test_itself_changes(void **state)
{
    TTMFit fit;

    (void)state;
    draw((const int[F]){ 24, 28, 24 });         /* 4 of 16 rows go: noise */
    fit = found();
    assert_int_equal(fit.ground[GROUND], 1);
    ttm_fit_free(&fit);
    draw((const int[F]){ 24, 30, 24 });         /* 6 go, in one frame */
    fit = found();
    assert_int_equal(fit.ground[GROUND], 0);
    assert_true(fit.motion[1].x == fit.motion[0].x + 5);
    ttm_fit_free(&fit);
    draw((const int[F]){ 24, 24, 18 });         /* 6 come */
    fit = found();
    assert_int_equal(fit.ground[GROUND], 0);
    ttm_fit_free(&fit);
}

/* A still of another size than the trajectory. */
static void test_sizes(void **state)
{
    static uint8_t still[4 * PIXELS];
    TTMFit fit;

    (void)state;
    draw((const int[F]){ 24, 24, 24 });
    for (int t = 0; t < F; t++)                 /* not as wide as the picture */
        box(t, 0, 40, 0, W, H);
    for (int i = 0; i < 4 * PIXELS; i++)
        still[i] = clip[i / (2 * W) / 2 * W + i % (2 * W) / 2];
    assert_int_equal(ttm_fit_create(&fit, clip, clip, F, H, W, 2, NULL), 0);
    ttm_ground_find(&fit, still, 2 * W, 2 * H, clip, W, H);
    assert_int_equal(fit.ground[GROUND], 1);
    assert_int_equal(fit.ground[THING], 0);
    ttm_fit_free(&fit);
}

/* Of a predicted trajectory: a wide object that does not move, and no other. */
static void test_kept(void **state)
{
    TTMFit fit;

    (void)state;
    draw((const int[F]){ 24, 24, 24 });
    assert_int_equal(ttm_fit_create(&fit, clip, clip, F, H, W, 2, NULL), 0);
    ttm_fit_hold(&fit, GROUND);
    ttm_fit_hold(&fit, THING);
    for (int t = 0; t < F; t++)
        assert_true(fit.motion[t].x == fit.motion[0].x && fit.motion[t].scale == 1);
    ttm_ground_keep(&fit, clip, W, H);
    assert_int_equal(fit.ground[GROUND], 1);
    assert_int_equal(fit.ground[THING], 0);
    fit.ground[GROUND] = 0;
    fit.motion[2].scale = 1.01f;
    ttm_ground_keep(&fit, clip, W, H);
    assert_int_equal(fit.ground[GROUND], 0);
    ttm_fit_free(&fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide), cmocka_unit_test(test_walked_over),
        cmocka_unit_test(test_itself_changes), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
