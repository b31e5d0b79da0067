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


/** @file Shades of trajectories, and the turns that are read from them. */

#include "reference.h"

#include <math.h>
#include <string.h>

#include "pipeline/shades.h"
#include "pipeline/turn.h"
#include "segment/palette.h"

#define CASE_W      56
#define CASE_H      40
#define CASE_F      14
#define CASE_L      5
#define CASE_PIXELS (CASE_W * CASE_H)

static TTMJson *load_case(void)
{
    TTMJson *json = NULL;

    assert_int_equal(ttm_json_load(&json, NULL, "tests/ref/turn_cases.json"), 0);
    return json;
}

/* Turns that differ from the reference's when levels are moved by columns. */
static int count_different(int columns, int *turning)
{
    static uint8_t ids[CASE_F * CASE_PIXELS], levels[CASE_F * CASE_PIXELS];
    float turns[CASE_L * CASE_F];
    TTMJson *json = load_case();
    int different = 0;
    TTMFit fit;

    reference_ids(json, "ids", ids, CASE_F * CASE_PIXELS);
    reference_ids(json, "levels", levels, CASE_F * CASE_PIXELS);
    reference_numbers(json, "turns", turns, CASE_L * CASE_F);
    memmove(levels + columns, levels, sizeof(levels) - (size_t)columns);
    assert_int_equal(ttm_fit_create(&fit, ids, ids, CASE_F, CASE_H, CASE_W,
                                    CASE_L), 0);
    assert_int_equal(ttm_turns_fit(&fit, ids, ids, levels), 0);
    *turning = 0;
    for (int i = 0; i < CASE_L * CASE_F; i++) {
        /* exactly 0 where the reference is */
        different += turns[i] == 0 ? fit.motion[i].turn != 0 :
                     !(fabsf(fit.motion[i].turn - turns[i]) < 1e-5f);
        *turning += fit.motion[i].turn != 0;
    }
    ttm_fit_free(&fit);
    ttm_json_free(&json);
    return different;
}

static void test_reference(void **state)
{
    int turning;

    (void)state;
    assert_int_equal(count_different(0, &turning), 0);
    /* three of the five, in all frames but the first */
    assert_int_equal(turning, 3 * (CASE_F - 1));
    assert_true(count_different(1, &turning) > 0);
}

static void test_first_rows(void **state)
{
    uint8_t ids[CASE_F * CASE_PIXELS], levels[CASE_PIXELS];
    float rows[CASE_PIXELS];
    TTMJson *json = load_case();

    (void)state;
    reference_ids(json, "ids", ids, CASE_F * CASE_PIXELS);
    reference_numbers(json, "rows", rows, CASE_PIXELS);
    ttm_shade_first(ids, CASE_W, CASE_H, CASE_L, ids + CASE_PIXELS);
    for (int i = 0; i < CASE_PIXELS; i++)
        assert_int_equal(ids[CASE_PIXELS + i], (int)rows[i]);
    ttm_shades_split(ids + CASE_PIXELS, levels, CASE_PIXELS);
    assert_memory_equal(ids + CASE_PIXELS, ids, CASE_PIXELS);
    for (int i = 0; i < CASE_PIXELS; i++)
        assert_int_equal(levels[i], ids[i] ? ((int)rows[i] - 1) % TTM_SHADES : 0);
    ttm_json_free(&json);
}

#define EDGE    40
#define PIXELS  (EDGE * EDGE)
#define FRAMES  12

/* A clip of one object, shaded as it turns. */
typedef struct Clip {
    uint8_t ids[FRAMES][PIXELS], levels[FRAMES][PIXELS];
    float turn[FRAMES];
    TTMFit fit;
} Clip;

static int in_disc(float dx, float dy)
{
    return dx * dx + dy * dy < 81;
}

static int in_corner(float dx, float dy)
{
    return fabsf(dx) < 9 && fabsf(dy) < 9 && !(dx > -3 && dy < 3);
}

static int in_pixel(float dx, float dy)
{
    return fabsf(dx) < 0.5f && fabsf(dy) < 0.5f;
}

/* Object in frame t at (x, y), turned by turn[t]; half of the noise is up. */
static void draw(Clip *clip, int t, int (*shape)(float dx, float dy), float x,
                 float y, int noise)
{
    const float c = cosf(clip->turn[t]), s = sinf(clip->turn[t]);
    unsigned random = 12345 + 77u * (unsigned)t;
    TTMShading shading;

    memset(clip->ids[t], 0, PIXELS);
    memset(clip->levels[t], 0, PIXELS);
    for (int i = 0; i < PIXELS; i++) {
        float dx = (float)(i % EDGE) + 0.5f - x, dy = (float)(i / EDGE) + 0.5f - y;

        clip->ids[t][i] = (uint8_t)shape(c * dx + s * dy, c * dy - s * dx);
    }
    ttm_shadings(clip->ids[0], EDGE, EDGE, 1, &shading);
    for (int i = 0; i < PIXELS; i++) {
        float dx = (float)(i % EDGE) + 0.5f - x, dy = (float)(i / EDGE) + 0.5f - y;
        int level = ttm_shade_step(&shading, (float)shading.y + c * dy - s * dx);

        random = random * 1664525u + 1013904223u;
        level += noise && random >> 24 < 64 ? (random >> 16 & 1 ? 2 : -2) : 0;
        level = level < 0 ? 0 : level >= TTM_SHADES ? TTM_SHADES - 1 : level;
        clip->levels[t][i] = (uint8_t)(clip->ids[t][i] ? level : 0);
    }
}

/* The furthest that a turn of the fit is from that of the clip. */
static float fit_clip(Clip *clip, int frames)
{
    float most = 0;

    assert_int_equal(ttm_fit_create(&clip->fit, clip->ids[0], clip->ids[0],
                                    frames, EDGE, EDGE, 1), 0);
    assert_int_equal(ttm_turns_fit(&clip->fit, clip->ids[0], clip->ids[0],
                                   clip->levels[0]), 0);
    assert_true(clip->fit.motion[0].turn == 0);
    for (int t = 0; t < frames; t++)
        most = fmaxf(most, fabsf(clip->fit.motion[t].turn - clip->turn[t]));
    ttm_fit_free(&clip->fit);
    return most;
}

/* Spins by more than a quarter of a turn between two frames that are seen. */
static void test_spin(void **state)
{
    static Clip clip;

    (void)state;
    for (int noise = 0; noise < 2; noise++)
        for (int way = -1; way < 2; way += 2) {
            for (int t = 0; t < FRAMES; t++) {
                clip.turn[t] = 0.6f * (float)(way * t);
                draw(&clip, t, in_disc, 15 + 0.4f * (float)t, 20, noise);
            }
            assert_true(fit_clip(&clip, FRAMES) < (noise ? 0.15f : 0.08f));
            for (int t = 5; t < 7; t++)
                memset(clip.ids[t], 0, PIXELS);
            assert_true(fit_clip(&clip, FRAMES) < (noise ? 0.25f : 0.1f));
        }
}

/* What does not turn is turned by exactly 0, with noise and without shades. */
static void test_upright(void **state)
{
    static Clip clip;

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        for (int t = 0; t < FRAMES; t++) {
            clip.turn[t] = 0;
            draw(&clip, t, in_corner, 12 + 1.1f * (float)t, 14 + 0.5f * (float)t,
                 kind == 1);
            if (kind == 2)
                memset(clip.levels[t], 3, PIXELS);
        }
        assert_true(fit_clip(&clip, FRAMES) == 0);
    }
}

/* The part that the border leaves, or another object, tells it too. */
static void test_cut(void **state)
{
    static Clip clip;

    (void)state;
    for (int t = 0; t < FRAMES; t++) {
        clip.turn[t] = 0.4f * (float)t;
        draw(&clip, t, in_disc, 30 + 0.9f * (float)t, 20, 0);
    }
    assert_true(fit_clip(&clip, FRAMES) < 0.2f);
}

/* Too small, too short, and not there at all. */
static void test_little(void **state)
{
    static Clip clip;

    (void)state;
    for (int t = 0; t < FRAMES; t++) {
        clip.turn[t] = 0;
        draw(&clip, t, in_pixel, 20.5f, 20.5f, 0);
        assert_int_equal(clip.ids[t][20 * EDGE + 20], 1);
        clip.levels[t][20 * EDGE + 20] = (uint8_t)(t % TTM_SHADES);
    }
    assert_true(fit_clip(&clip, FRAMES) == 0);
    for (int t = 0; t < FRAMES; t++)
        draw(&clip, t, in_disc, 20, 20, 0);
    assert_true(fit_clip(&clip, 1) == 0);
    clip.turn[1] = 1;
    draw(&clip, 1, in_disc, 20, 20, 0);
    assert_true(fit_clip(&clip, 2) < 0.15f);
    memset(clip.ids, 0, sizeof(clip.ids));
    clip.turn[1] = 0;
    assert_true(fit_clip(&clip, FRAMES) == 0);
}

/* Colours of all objects at all levels, mixed with black, and back. */
static void test_unmix(void **state)
{
    TTMShadeTable table;
    uint8_t rgb[3];

    (void)state;
    ttm_shade_table(&table, NULL, TTM_MAX_OBJECTS, 1);
    assert_int_equal(table.rows, TTM_SHADES * TTM_MAX_OBJECTS + 1);
    for (int row = 0; row < table.rows; row++) {
        int id = ttm_shade_id(&table, row), level = row ? (row - 1) % TTM_SHADES : 0;
        const uint8_t *colour = ttm_object_colour(id);
        int grey = colour[0] == colour[1] && colour[1] == colour[2];
        float share, found;

        assert_int_equal(id, row ? (row - 1) / TTM_SHADES + 1 : 0);
        /* white has no shades */
        assert_int_equal(ttm_shade_nearest(&table, table.rgb[row]),
                         id == 9 ? row - level : row);
        for (int k = 0; k < 3; k++)
            rgb[k] = (uint8_t)(0.7f * table.rgb[row][k] + 0.5f);
        assert_int_equal(ttm_shade_unmix(colour, rgb, &share, &found), !grey);
        assert_true(grey || (fabsf(share - 0.7f) < 0.01f &&
                             fabsf(found - (float)level) < 0.1f));
    }
    ttm_shade_table(&table, NULL, TTM_MAX_OBJECTS, 0);
    assert_int_equal(table.rows, TTM_MAX_OBJECTS + 1);
    for (int id = 0; id <= TTM_MAX_OBJECTS; id++)
        assert_int_equal(ttm_shade_nearest(&table, table.rgb[id]), id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference), cmocka_unit_test(test_first_rows),
        cmocka_unit_test(test_spin), cmocka_unit_test(test_upright),
        cmocka_unit_test(test_cut), cmocka_unit_test(test_little),
        cmocka_unit_test(test_unmix),
    };

    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
