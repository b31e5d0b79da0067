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

/** @file Similarity fit and refined ids against PyTorch. */

#include "reference.h"

#include <math.h>

#include "motion/fit.h"
#include "motion/register.h"

/* Number of values of fit and refined ids that differ from the reference's when
   the frames are moved by so many columns and the objects turned further. */
static int count_different(int columns, float turn)
{
    uint8_t ids[REF_F * REF_PIXELS], first[REF_PIXELS];
    uint8_t expected[REF_F * REF_PIXELS], refined[REF_F * REF_PIXELS];
    float centres[REF_L * REF_F * 2], scales[REF_L * REF_F];
    float turns[REF_L * REF_F];
    TTMJson *json = reference_load();
    int different = 0;
    TTMFit fit;

    reference_ids(json, "ids", ids, REF_F * REF_PIXELS);
    memmove(ids + columns, ids, sizeof(ids) - columns);
    reference_ids(json, "first", first, REF_PIXELS);
    reference_ids(json, "refined", expected, REF_F * REF_PIXELS);
    reference_numbers(json, "centres", centres, REF_L * REF_F * 2);
    reference_numbers(json, "scales", scales, REF_L * REF_F);
    assert_int_equal(ttm_fit_create(&fit, first, ids, REF_F, REF_H, REF_W,
                                    REF_L, NULL), 0);
    for (int i = 0; i < REF_L * REF_F; i++) {
        different += !(fabsf(fit.motion[i].x - centres[2 * i]) < 1e-4f);
        different += !(fabsf(fit.motion[i].y - centres[2 * i + 1]) < 1e-4f);
        different += !(fabsf(fit.motion[i].scale - scales[i]) < 1e-4f);
    }
    ttm_fit_refine(&fit, first, ids, refined);
    for (size_t i = 0; i < sizeof(refined); i++)
        different += refined[i] != expected[i];
    reference_ids(json, "turned", expected, REF_F * REF_PIXELS);
    reference_numbers(json, "turns", turns, REF_L * REF_F);
    for (int i = 0; i < REF_L * REF_F; i++) {
        different += fit.motion[i].turn != 0;
        fit.motion[i].turn = turns[i] + turn;
    }
    fit.motion[3].scale = 1.25f;
    fit.motion[REF_F + 3].scale = 0.75f;
    ttm_fit_refine(&fit, first, ids, refined);
    for (size_t i = 0; i < sizeof(refined); i++)
        different += refined[i] != expected[i];
    ttm_fit_free(&fit);
    ttm_json_free(&json);
    return different;
}

static void test_reference(void **state)
{
    (void)state;
    assert_int_equal(count_different(0, 0), 0);
}

/* The comparison sees frames that are one pixel, and turns that are 6 degrees off. */
static void test_perturbed(void **state)
{
    (void)state;
    assert_true(count_different(1, 0) > 0);
    assert_true(count_different(0, 0.1f) > 0);
}

#define SIZES_W 48
#define SIZES_H 32
#define SIZES_F 12
#define SIZES_L 3

/* As count_different(), for the clip in which objects change their size. */
static int count_different_sizes(int columns)
{
    static uint8_t ids[SIZES_F * SIZES_H * SIZES_W];
    float centres[SIZES_L * SIZES_F * 2], scales[SIZES_L * SIZES_F];
    TTMJson *json = reference_load();
    const TTMJson *sizes = ttm_json_get(json, "sizes");
    int different = 0, changing = 0;
    TTMFit fit;

    reference_ids(sizes, "ids", ids, SIZES_F * SIZES_H * SIZES_W);
    memmove(ids + columns, ids, sizeof(ids) - (size_t)columns);
    reference_numbers(sizes, "centres", centres, SIZES_L * SIZES_F * 2);
    reference_numbers(sizes, "scales", scales, SIZES_L * SIZES_F);
    assert_int_equal(ttm_fit_create(&fit, ids, ids, SIZES_F, SIZES_H, SIZES_W,
                                    SIZES_L, NULL), 0);
    for (int i = 0; i < SIZES_L * SIZES_F; i++) {
        different += !(fabsf(fit.motion[i].x - centres[2 * i]) < 1e-4f);
        different += !(fabsf(fit.motion[i].y - centres[2 * i + 1]) < 1e-4f);
        different += !(fabsf(fit.motion[i].scale - scales[i]) < 1e-5f);
        changing += fit.motion[i].scale != 1;
    }
    /* two of the three, in all frames but the first */
    assert_true(columns || changing == 2 * (SIZES_F - 1));
    ttm_fit_free(&fit);
    ttm_json_free(&json);
    return different;
}

static void test_sizes(void **state)
{
    (void)state;
    assert_int_equal(count_different_sizes(0), 0);
    assert_true(count_different_sizes(1) > 0);
}

/* Clips too short for a bend, and an object that frame 0 does not show. */
static void test_short(void **state)
{
    uint8_t ids[3 * 64] = { 0 };

    (void)state;
    for (int t = 0; t < 3; t++)
        ids[64 * t + 18 + t] = ids[64 * t + 19 + t] = 1;
    ids[64 + 50] = ids[128 + 51] = 2;
    for (int frames = 1; frames <= 3; frames++) {
        TTMFit fit;

        assert_int_equal(ttm_fit_create(&fit, ids, ids, frames, 8, 8, 2, NULL), 0);
        for (int i = 0; i < 2 * frames; i++) {
            assert_true(fit.motion[i].scale == 1);
            assert_true(isfinite(fit.motion[i].x) && isfinite(fit.motion[i].y));
        }
        assert_true(fit.motion[0].x == 3 && fit.motion[0].y == 2.5f);
        assert_true(fabsf(fit.motion[frames - 1].x - 2 - (float)frames) < 1e-5f);
        ttm_fit_free(&fit);
    }
}

/* Frames after frame 0 that hold nothing: the object stays where it was. */
static void test_lost_everywhere(void **state)
{
    uint8_t first[64] = { 0 }, ids[4 * 64] = { 0 }, refined[4 * 64];
    TTMFit fit;

    (void)state;
    first[18] = first[19] = first[26] = 1;
    assert_int_equal(ttm_fit_create(&fit, first, ids, 4, 8, 8, 2, NULL), 0);
    ttm_fit_refine(&fit, first, ids, refined);
    for (int t = 0; t < 4; t++)
        assert_memory_equal(refined + 64 * t, first, 64);
    for (int i = 0; i < 8; i++)
        assert_true(fit.motion[i].scale == 1);
    ttm_fit_free(&fit);
}

#define TURN_W 24
#define TURN_H 24

/*
 * An L that turns by quarters, clockwise, and moves; at last it is twice as
 * large: its outline to the pixel.
 */
static void test_quarters(void **state)
{
    static const char shape[4][4][5] = {
        { "#...", "#...", "#...", "###." }, { "####", "#...", "#...", "...." },
        { ".###", "...#", "...#", "...#" }, { "....", "...#", "...#", "####" },
    };
    static uint8_t ids[6][TURN_H][TURN_W], refined[6][TURN_H][TURN_W];
    TTMMotion motion[6];
    const TTMFit fit = { 6, 1, TURN_W, TURN_H, motion };

    (void)state;
    for (int t = 0; t < 6; t++) {
        int size = t == 5 ? 2 : 1, count = 0, sum_x = 0, sum_y = 0;

        for (int y = 0; y < 4 * size; y++)
            for (int x = 0; x < 4 * size; x++) {
                int in = shape[t % 4][y / size][x / size] == '#';

                ids[t][10 + y][5 + t + x] = (uint8_t)in;
                count += in;
                sum_x += in * (5 + t + x);
                sum_y += in * (10 + y);
            }
        motion[t] = (TTMMotion){
            (float)sum_x / (float)count + 0.5f,
            (float)sum_y / (float)count + 0.5f, (float)size,
            (float)t * 1.5707963f
        };
    }
    ttm_fit_refine(&fit, **ids, **ids, **refined);
    for (int t = 0; t < 6; t++)
        assert_memory_equal(refined[t], ids[t], sizeof(ids[t]));
}

#define GIVEN_W 90
#define GIVEN_H 60
#define GIVEN_F 4

/* Share of a pixel that an ellipse covers, by 4 x 4 points. */
static float ellipse(float cx, float cy, float rx, float ry, int x, int y)
{
    int count = 0;

    for (int k = 0; k < 16; k++) {
        float dx = ((float)x + ((float)(k % 4) + 0.5f) / 4 - cx) / rx;
        float dy = ((float)y + ((float)(k / 4) + 0.5f) / 4 - cy) / ry;

        count += dx * dx + dy * dy < 1;
    }
    return (float)count / 16;
}

/*
 * A drawn trajectory whose motion is known: to fractions of a pixel, also where
 * the border or another object hides a part, and with another size.
 */
static void test_register(void **state)
{
    static const float path[GIVEN_F][3] = {
        { 30, 30, 1 }, { 33.4f, 28.3f, 1 }, { 36.7f, 9.2f, 1 },
        { 52.3f, 30.6f, 1 }
    };
    static const uint8_t colours[2][3] = { { 255, 0, 0 }, { 0, 0, 255 } };
    static uint8_t rgb[GIVEN_F][GIVEN_H * GIVEN_W][3];
    static uint8_t ids[GIVEN_F][GIVEN_H * GIVEN_W];
    static uint8_t small[GIVEN_F][GIVEN_H / 3 * GIVEN_W / 3];

    (void)state;
    for (int grows = 0; grows < 2; grows++) {
        const TTMDrawn drawn = { GIVEN_W, GIVEN_H, GIVEN_W, GIVEN_H, **rgb,
                                 *ids, 0, colours };
        TTMFit fit;

        for (int t = 0; t < GIVEN_F; t++) {
            float scale = grows ? 1 + 0.2f * (float)t : 1;

            for (int i = 0; i < GIVEN_H * GIVEN_W; i++) {
                int x = i % GIVEN_W, y = i / GIVEN_W;
                float a = ellipse(path[t][0], path[t][1], 14 * scale,
                                  10 * scale, x, y);
                int other = x >= 60 && x < 80 && y >= 20 && y < 50;

                /* frame 0 is the still's mask: hard */
                ids[t][i] = (uint8_t)(other ? 2 : a >= 0.5f);
                a = t ? a : ids[t][i];
                rgb[t][i][0] = (uint8_t)(other ? 0 : 255 * a);
                rgb[t][i][1] = 0;
                rgb[t][i][2] = (uint8_t)(other ? 255 : 0);
                if (x % 3 == 1 && y % 3 == 1)
                    small[t][y / 3 * (GIVEN_W / 3) + x / 3] = ids[t][i];
            }
        }
        assert_int_equal(ttm_fit_create(&fit, small[0], *small, GIVEN_F,
                                        GIVEN_H / 3, GIVEN_W / 3, 2, NULL), 0);
        assert_int_equal(ttm_fit_register(&fit, ids[0], GIVEN_W, GIVEN_H,
                                          &drawn), 0);
        for (int t = 0; t < GIVEN_F; t++) {
            float qx, qy, scale = grows ? 1 + 0.2f * (float)t : 1;

            /* the ellipse's centre comes from the ellipse's centre */
            ttm_fit_source(&fit, 1, t, path[t][0] / 3, path[t][1] / 3, &qx,
                           &qy);
            /* (from frame 2 on a part of it is hidden) */
            assert_true(fabsf(3 * qx - path[0][0]) < (t > 1 ? 0.2f : 0.1f));
            assert_true(fabsf(3 * qy - path[0][1]) < (t > 1 ? 0.2f : 0.1f));
            if (grows)
                assert_true(fabsf(fit.motion[t].scale - scale) < 0.02f);
            else
                assert_true(fit.motion[t].scale == 1);
            assert_true(fabsf(fit.motion[GIVEN_F + t].x -
                              fit.motion[GIVEN_F].x) < 0.02f);
        }
        ttm_fit_free(&fit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_perturbed),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_lost_everywhere),
        cmocka_unit_test(test_quarters),
        cmocka_unit_test(test_register),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
