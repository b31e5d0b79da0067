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


/** @file Tints of trajectories, and the turns that are read from them. */

#include "reference.h"

#include <math.h>
#include <string.h>

#include "motion/tint.h"
#include "motion/turn.h"
#include "util/palette.h"

#define CASE_W      56
#define CASE_H      40
#define CASE_F      14
#define CASE_L      6
#define CASE_PIXELS (CASE_W * CASE_H)
#define CASE_SEEN   (CASE_L * CASE_F)

typedef struct Case {
    TTMJson *json;
    uint8_t ids[CASE_F * CASE_PIXELS], levels[CASE_F * CASE_PIXELS];
    TTMTintSeen seen[CASE_SEEN];
    TTMFit fit;
} Case;

static void open_case(Case *r)
{
    assert_int_equal(ttm_json_load(&r->json, NULL, "tests/ref/turn_cases.json"),
                     0);
    reference_ids(r->json, "ids", r->ids, CASE_F * CASE_PIXELS);
    reference_ids(r->json, "levels", r->levels, CASE_F * CASE_PIXELS);
    assert_int_equal(ttm_fit_create(&r->fit, r->ids, r->ids, CASE_F, CASE_H,
                                    CASE_W, CASE_L, NULL), 0);
}

static void close_case(Case *r)
{
    ttm_fit_free(&r->fit);
    ttm_json_free(&r->json);
}

static void test_seen(void **state)
{
    static Case r;
    float means[CASE_SEEN], pixels[CASE_SEEN];

    (void)state;
    open_case(&r);
    reference_numbers(r.json, "means", means, CASE_SEEN);
    reference_numbers(r.json, "pixels", pixels, CASE_SEEN);
    ttm_tints_seen(r.ids, r.levels, CASE_F, CASE_W, CASE_H, CASE_L, r.seen, NULL);
    for (int i = 0; i < CASE_SEEN; i++) {
        assert_true(fabs(r.seen[i].level - (double)means[i]) < 1e-5);
        assert_int_equal(r.seen[i].pixels, (int)pixels[i]);
    }
    close_case(&r);
}

/* Turns that differ from the reference's when levels are moved by columns. */
static int count_different(int columns, int *turning)
{
    static Case r;
    float turns[CASE_SEEN];
    int different = 0;

    open_case(&r);
    reference_numbers(r.json, "turns", turns, CASE_SEEN);
    memmove(r.levels + columns, r.levels, sizeof(r.levels) - (size_t)columns);
    ttm_tints_seen(r.ids, r.levels, CASE_F, CASE_W, CASE_H, CASE_L, r.seen, NULL);
    assert_int_equal(ttm_turns_fit(&r.fit, r.seen), 0);
    *turning = 0;
    for (int i = 0; i < CASE_SEEN; i++) {
        /* exactly 0 where the reference is */
        different += turns[i] == 0 ? r.fit.motion[i].turn != 0 :
                     !(fabsf(r.fit.motion[i].turn - turns[i]) < 1e-4f);
        *turning += r.fit.motion[i].turn != 0;
    }
    close_case(&r);
    return different;
}

static void test_reference(void **state)
{
    int turning;

    (void)state;
    assert_int_equal(count_different(0, &turning), 0);
    /* two of the six, in all frames but the first */
    assert_int_equal(turning, 2 * (CASE_F - 1));
    assert_true(count_different(1, &turning) > 0);
}

static void test_first_rows(void **state)
{
    uint8_t ids[CASE_F * CASE_PIXELS], rows[CASE_PIXELS], levels[CASE_PIXELS];
    float expected[CASE_PIXELS];
    TTMJson *json = NULL;

    (void)state;
    assert_int_equal(ttm_json_load(&json, NULL, "tests/ref/turn_cases.json"), 0);
    reference_ids(json, "ids", ids, CASE_F * CASE_PIXELS);
    reference_numbers(json, "rows", expected, CASE_PIXELS);
    ttm_tint_first(ids, CASE_PIXELS, rows);
    for (int i = 0; i < CASE_PIXELS; i++)
        assert_int_equal(rows[i], (int)expected[i]);
    ttm_tints_split(rows, levels, CASE_PIXELS);
    assert_memory_equal(rows, ids, CASE_PIXELS);
    for (int i = 0; i < CASE_PIXELS; i++)
        assert_int_equal(levels[i], ids[i] ? TTM_TINT_REST : 0);
    ttm_json_free(&json);
}

/* Levels and turns are each other's inverse, up to a turn and a quarter. */
static void test_levels(void **state)
{
    const double full = 7.853981633974483;
    double before = 0;

    (void)state;
    assert_true(ttm_tint_level(0) == TTM_TINT_REST);
    for (int i = -20; i <= 20; i++) {
        double turn = full * i / 20, level = ttm_tint_level(turn);

        assert_true(fabs(ttm_tint_turn(level) - turn) < 1e-9);
        assert_true(level >= 1 && level <= TTM_TINTS - 2 && level > before);
        before = level;
    }
    assert_true(ttm_tint_level(99) == ttm_tint_level(full));
    assert_true(ttm_tint_level(-99) == ttm_tint_level(-full));
    assert_true(fabs(ttm_tint_turn(0) + full) < 1e-9);
    assert_true(fabs(ttm_tint_turn(TTM_TINTS - 1) - full) < 1e-9);
}

#define FRAMES 12

/* What is seen of one object, and its fit. */
typedef struct Clip {
    double turn[FRAMES];
    TTMTintSeen seen[FRAMES];
    TTMMotion motion[FRAMES];
    TTMFit fit;
} Clip;

static void make(Clip *clip, double speed)
{
    clip->fit = (TTMFit){ .frames = FRAMES, .objects = 1, .motion = clip->motion };
    for (int t = 0; t < FRAMES; t++) {
        clip->turn[t]   = speed * t;
        clip->seen[t]   = (TTMTintSeen){ ttm_tint_level(speed * t), 100 };
        clip->motion[t] = (TTMMotion){ .scale = 1 };
    }
}

/* The furthest that a turn of the fit is from that of the clip. */
static double fit_clip(Clip *clip)
{
    double most = 0;

    assert_int_equal(ttm_turns_fit(&clip->fit, clip->seen), 0);
    assert_true(clip->motion[0].turn == 0);
    for (int t = 0; t < clip->fit.frames; t++)
        most = fmax(most, fabs((double)clip->motion[t].turn - clip->turn[t]));
    return most;
}

/* Whether all turns are exactly 0. */
static int is_upright(const Clip *clip)
{
    for (int t = 0; t < FRAMES; t++)
        if (clip->motion[t].turn != 0)
            return 0;
    return 1;
}

static void test_spin(void **state)
{
    Clip clip;

    (void)state;
    make(&clip, 0.5);
    assert_true(fit_clip(&clip) < 0.08);
    /* lost for a while, whatever its pixels say */
    for (int t = 5; t < 7; t++)
        clip.seen[t] = (TTMTintSeen){ 3, 29 };
    assert_true(fit_clip(&clip) < 0.1);
    /* with a pixel more they pull */
    clip.seen[5].pixels = clip.seen[6].pixels = 30;
    assert_true(fit_clip(&clip) > 0.1);
    /* darker and darker is no turn: so is what a network is not sure of */
    make(&clip, -0.5);
    fit_clip(&clip);
    assert_true(is_upright(&clip));
}

/* Further than tints tell: it goes on as it turned before. */
static void test_end_of_scale(void **state)
{
    Clip clip;

    (void)state;
    make(&clip, 1.0);
    assert_true(clip.turn[FRAMES - 1] > TTM_TINT_FULL + 3);
    assert_true(fit_clip(&clip) < 0.6);
}

/* What wavers does not turn, nor does what one frame says, or few frames. */
static void test_upright(void **state)
{
    Clip clip;

    (void)state;
    make(&clip, 0);
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    for (int t = 1; t < FRAMES; t++)
        clip.seen[t].level += t % 3 - 1;
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    make(&clip, 0);
    clip.seen[6].level = 13;
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    make(&clip, 0);
    for (int t = 0; t < FRAMES; t++)        /* there and back */
        clip.seen[t].level = ttm_tint_level(4 * sin(3.14159 * t / (FRAMES - 1)));
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    for (int t = 0; t < FRAMES; t++)        /* too late to be steady */
        clip.seen[t].level = ttm_tint_level(7 * pow(t / (FRAMES - 1.0), 6));
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    make(&clip, 2.4 / (FRAMES - 1));
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    make(&clip, 2.6 / (FRAMES - 1));
    fit_clip(&clip);
    assert_true(!is_upright(&clip));
    for (int t = 1; t < FRAMES; t++)
        clip.seen[t].pixels = t > 6 ? 100 : 0;
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    clip.seen[6].pixels = 100;
    fit_clip(&clip);
    assert_true(!is_upright(&clip));
}

/* Too small, too short, and not there at all. */
static void test_little(void **state)
{
    Clip clip;

    (void)state;
    make(&clip, 0.4);
    for (int t = 0; t < FRAMES; t++)
        clip.seen[t].pixels = 11;
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    for (int t = 0; t < FRAMES; t++)
        clip.seen[t].pixels = 12;
    assert_true(fit_clip(&clip) < 0.1);
    make(&clip, 0.4);
    for (int t = 0; t < FRAMES; t++)
        clip.seen[t] = (TTMTintSeen){ 0, 0 };
    fit_clip(&clip);
    assert_true(is_upright(&clip));
    make(&clip, 3.2);
    clip.fit.frames = 1;
    assert_true(fit_clip(&clip) == 0);
    clip.fit.frames = 2;
    assert_true(fit_clip(&clip) < 0.1);
}

/* Drawn turns are as drawn; on a line where nothing tells them. */
static void test_drawn(void **state)
{
    Clip clip;

    (void)state;
    make(&clip, -0.5);
    ttm_turns_drawn(&clip.fit, clip.seen);
    for (int t = 0; t < FRAMES; t++)
        assert_true(fabs((double)clip.motion[t].turn - clip.turn[t]) < 1e-6);
    clip.seen[4].level = 0.4;               /* in its plain colour */
    clip.seen[5] = (TTMTintSeen){ 13, 9 };  /* hidden */
    clip.seen[FRAMES - 1].pixels = 0;
    ttm_turns_drawn(&clip.fit, clip.seen);
    for (int t = 0; t < FRAMES - 1; t++)
        assert_true(fabs((double)clip.motion[t].turn - clip.turn[t]) < 1e-5);
    assert_true(clip.motion[FRAMES - 1].turn == clip.motion[FRAMES - 2].turn);
    make(&clip, 0.018 / FRAMES);
    ttm_turns_drawn(&clip.fit, clip.seen);
    assert_true(is_upright(&clip));
    make(&clip, 0.4);
    for (int t = 0; t < FRAMES; t++)
        clip.seen[t].level = 0;
    ttm_turns_drawn(&clip.fit, clip.seen);
    assert_true(is_upright(&clip));
}

/* Two objects, a disc with an edge mixed with black and a thin line, and grey. */
static void test_drawn_colours(void **state)
{
    enum { EDGE = 24, COUNT = EDGE * EDGE };
    static uint8_t rgb[2 * 3 * COUNT], ids[2 * COUNT];
    const uint8_t colours[3][3] = { { 0, 128, 255 }, { 255, 0, 0 },
                                    { 128, 128, 128 } };
    const TTMDrawn drawn = { EDGE, EDGE, EDGE, EDGE, rgb, ids, 1, colours };
    const float level[3] = { 9.3f, 4.7f, 11 };
    TTMTintSeen seen[6];

    (void)state;
    for (int i = 0; i < 2 * COUNT; i++) {
        int x = i % EDGE, y = i % COUNT / EDGE;
        float dx = (float)x - 9, dy = (float)y - 9, tint[3], share = 1;
        float far = dx * dx + dy * dy;

        ids[i] = far < 49 ? 1 : y == 20 && x < 15 ? 2 : x > 18 && y < 9 ? 3 : 0;
        if (!ids[i])
            continue;
        if (ids[i] == 1 && far > 36)
            share = 0.6f;
        ttm_tint_colour(colours[ids[i] - 1], i < COUNT ? 7 : level[ids[i] - 1],
                        tint);
        for (int k = 0; k < 3; k++)
            rgb[3 * i + k] = (uint8_t)(share * tint[k] + 0.5f);
    }
    ttm_tints_drawn(&drawn, 2, 3, seen, NULL);
    assert_true(fabs(seen[0].level - 7) < 0.05);
    assert_true(fabs(seen[1].level - 9.3) < 0.05);
    assert_true(fabs(seen[3].level - 4.7) < 0.05);
    assert_true(seen[4].level == 0 && seen[5].level == 0);
    assert_int_equal(seen[2].pixels, 15);
    assert_int_equal(seen[5].pixels, 45);
}

/* Colours of all objects at all levels, mixed with black, and back. */
static void test_unmix(void **state)
{
    TTMTintTable table;
    uint8_t rgb[3];

    (void)state;
    ttm_tint_table(&table, NULL, TTM_MAX_OBJECTS, 1);
    assert_int_equal(table.rows, TTM_TINTS * TTM_MAX_OBJECTS + 1);
    assert_true(table.rows <= 256);
    for (int row = 0; row < table.rows; row++) {
        int id = ttm_tint_id(&table, row), level = row ? (row - 1) % TTM_TINTS : 0;
        const uint8_t *colour = ttm_object_colour(id);
        int grey = colour[0] == colour[1] && colour[1] == colour[2];
        float share, found;

        assert_int_equal(id, row ? (row - 1) / TTM_TINTS + 1 : 0);
        /* white has no tints */
        assert_int_equal(ttm_tint_nearest(&table, table.rgb[row]),
                         id == 9 ? row - level : row);
        for (int k = 0; k < 3; k++)
            rgb[k] = (uint8_t)(0.7f * table.rgb[row][k] + 0.5f);
        assert_int_equal(ttm_tint_unmix(colour, rgb, &share, &found), !grey);
        assert_true(grey || (fabsf(share - 0.7f) < 0.01f &&
                             fabsf(found - (float)level) < 0.2f));
    }
    ttm_tint_table(&table, NULL, TTM_MAX_OBJECTS, 0);
    assert_int_equal(table.rows, TTM_MAX_OBJECTS + 1);
    for (int id = 0; id <= TTM_MAX_OBJECTS; id++)
        assert_int_equal(ttm_tint_nearest(&table, table.rgb[id]), id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seen), cmocka_unit_test(test_reference),
        cmocka_unit_test(test_first_rows), cmocka_unit_test(test_levels),
        cmocka_unit_test(test_spin), cmocka_unit_test(test_end_of_scale),
        cmocka_unit_test(test_upright),
        cmocka_unit_test(test_little), cmocka_unit_test(test_drawn),
        cmocka_unit_test(test_drawn_colours), cmocka_unit_test(test_unmix),
    };

    return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
