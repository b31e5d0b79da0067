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

/** @file Pieces far from their objects: known answers, and models/train/stray.py. */

#include "reference.h"

#include <string.h>

#include "motion/stray.h"

#define EDGE    50
#define STEP    4               /* pixels a frame: 0.08 of EDGE */
#define PIXELS  (EDGE * EDGE)
#define FRAMES  16

/* A clip as predicted and as it should become. */
typedef struct Clip {
    uint8_t ids[FRAMES][PIXELS], want[FRAMES][PIXELS];
    int turns;                  ///< quarter turns of all that is put
} Clip;

static void set_rect(const Clip *c, uint8_t *frame, int x, int y, int w, int h,
                     uint8_t id)
{
    for (int v = y; v < y + h; v++)
        for (int u = x; u < x + w; u++) {
            int place[2] = { u, v };

            for (int i = 0; i < c->turns; i++) {
                int old = place[0];

                place[0] = EDGE - 1 - place[1];
                place[1] = old;
            }
            frame[place[1] * EDGE + place[0]] = id;
        }
}

/* A rectangle that is to stay in frame t. */
static void put(Clip *c, int t, int x, int y, int w, int h, uint8_t id)
{
    set_rect(c, c->ids[t], x, y, w, h, id);
    set_rect(c, c->want[t], x, y, w, h, id);
}

/* One that is not. */
static void put_stray(Clip *c, int t, int x, int y, int w, int h, uint8_t id)
{
    set_rect(c, c->ids[t], x, y, w, h, id);
}

static Clip *start(int turns)
{
    static Clip clip;

    memset(&clip, 0, sizeof(clip));
    clip.turns = turns;
    return &clip;
}

static void check(Clip *c, int frames, int objects)
{
    assert_int_equal(ttm_stray_drop(c->ids[0], frames, EDGE, EDGE, objects, NULL), 0);
    for (int t = 0; t < frames; t++)
        for (int i = 0; i < PIXELS; i++)
            if (c->ids[t][i] != c->want[t][i])
                fail_msg("%d quarter turns, frame %d, x %d, y %d: %d, not %d",
                         c->turns, t, i % EDGE, i / EDGE, c->ids[t][i],
                         c->want[t][i]);
}

/* A second piece is kept up to a step away, whatever its size. */
static void test_far_piece(void **state)
{
    (void)state;
    for (int turns = 0; turns < 4; turns++) {
        Clip *c = start(turns);

        for (int t = 0; t < FRAMES; t++)
            put(c, t, 20, 20, 8, 8, 1);
        put_stray(c, 3, 20, 40, 9, 9, 1);
        put_stray(c, 4, 28 + STEP, 20, 8, 8, 1);
        put_stray(c, 5, 28 + STEP, 28 + STEP, 1, 1, 1);
        put(c, 6, 28 + STEP - 1, 20, 8, 8, 1);
        put(c, 8, 28 + STEP - 1, 28 + STEP - 1, 1, 1, 1);
        check(c, FRAMES, 1);
    }
}

/* Pixels that touch at a corner are one piece; what it reaches is not cut off. */
static void test_corners(void **state)
{
    Clip *c = start(0);

    (void)state;
    for (int t = 0; t < FRAMES; t++)
        put(c, t, 5, 5, 10, 10, 1);
    for (int i = 15; i < 40; i++)
        put(c, 2, i, i, 1, 1, 1);
    put_stray(c, 2, 41, 41, 1, 1, 1);
    check(c, FRAMES, 1);
}

/* What another object passes in front of is in two pieces for a while. */
static void test_behind(void **state)
{
    (void)state;
    for (int turns = 0; turns < 4; turns++) {
        Clip *c = start(turns);

        for (int t = 0; t < FRAMES; t++) {
            put(c, t, 16, 20, 15, 8, 1);
            put(c, t, 2 + 2 * t, 15, 5, 20, 2);
            put_stray(c, t, 2, 45, 3, 3, t ? 1 : 0);
            put_stray(c, t, 45, 2, 3, 3, t ? 2 : 0);
        }
        check(c, FRAMES, 2);
    }
}

/* Out over the border and in again there, also a little along; never elsewhere. */
static void test_border(void **state)
{
    (void)state;
    for (int turns = 0; turns < 4; turns++)
        for (int back = 0; back < 2; back++) {
            Clip *c = start(turns);

            for (int t = 0; t < 3; t++)
                put(c, t, 20, 4 - 2 * t, 6, 6, 1);
            for (int t = 3; t < FRAMES - back; t++)
                put_stray(c, t, 20, 44, 6, 6, 1);
            put_stray(c, FRAMES - 2, 20, 6 + STEP, 6, 3, 1);
            if (back)
                put(c, FRAMES - 1, 35, 0, 6, 3, 1);
            check(c, FRAMES, 1);
        }
}

/* In a corner both borders are ones that it may go along. */
static void test_corner_of_frame(void **state)
{
    (void)state;
    for (int turns = 0; turns < 4; turns++) {
        Clip *c = start(turns);

        put(c, 0, 0, 0, 5, 5, 1);
        put(c, 6, 20, 0, 5, 5, 1);
        put_stray(c, 6, 20, 20, 5, 5, 1);
        put(c, 7, 20, 0, 5, 5, 1);
        check(c, FRAMES, 1);
        c = start(turns);
        put(c, 0, 0, 0, 5, 5, 1);
        put(c, 6, 0, 20, 5, 5, 1);
        put_stray(c, 6, 20, 20, 5, 5, 1);
        check(c, FRAMES, 1);
    }
}

/* Small and fast: 1.6 of the height in 16 frames, there and back. */
static void test_fast(void **state)
{
    (void)state;
    for (int turns = 0; turns < 4; turns++) {
        Clip *c = start(turns);

        for (int t = 0; t < FRAMES; t++)
            put(c, t, 1 + 5 * (t < 9 ? t : 16 - t), 20, 2, 2, 1);
        check(c, FRAMES, 1);
    }
}

/* Hidden inside the frame: a step more for every frame. */
static void test_hidden(void **state)
{
    (void)state;
    for (int unseen = 1; unseen < 6; unseen++) {
        Clip *c = start(unseen % 4);

        put(c, 0, 10, 10, 6, 6, 1);
        put_stray(c, unseen, 16 + STEP * unseen, 10, 6, 6, 1);
        put(c, unseen + 1, 15 + STEP * (unseen + 1), 10, 6, 6, 1);
        put_stray(c, unseen + 2, 10, 10, 6, 6, 1);
        check(c, FRAMES, 1);
    }
}

/* A crumb of less than a tenth stays but does not hold the object. */
static void test_crumb(void **state)
{
    for (int size = 9; size < 11; size++) {
        Clip *c = start(0);

        (void)state;
        put(c, 0, 10, 10, 10, 10, 1);
        put(c, 1, 10, 10, size, 1, 1);
        put_stray(c, 1, 27, 10, 10, 10, 1);
        if (size < 10)
            put(c, 2, 27, 10, 10, 10, 1);
        else
            put_stray(c, 2, 27, 10, 10, 10, 1);
        check(c, FRAMES, 1);
    }
}

/* Another object near a piece does not help it; nor is it harmed. */
static void test_several(void **state)
{
    Clip *c = start(0);

    (void)state;
    for (int t = 0; t < FRAMES; t++) {
        put(c, t, 2, 2, 8, 8, 1);
        put(c, t, 40 - t, 40, 8, 8, 2);
        put(c, t, 2 + 2 * t, 25, 5, 5, 3);
        put_stray(c, t, 38 - t, 40, 2, 8, t ? 1 : 0);
        put_stray(c, t, 10, 2, 3, 8, t ? 3 : 0);
    }
    check(c, FRAMES, 3);
    /* objects that are not counted are left alone */
    c = start(0);
    put(c, 0, 2, 2, 8, 8, 2);
    put(c, 1, 40, 40, 8, 8, 2);
    check(c, FRAMES, 1);
}

/* With fewer frames things go further in each: 2.25 times with 11. */
static void test_few_frames(void **state)
{
    Clip *c = start(0);

    (void)state;
    put(c, 0, 2, 2, 4, 4, 1);
    put(c, 1, 5 + 9, 2, 4, 4, 1);
    put_stray(c, 2, 18 + 9, 2, 1, 1, 1);
    check(c, 11, 1);
    c = start(0);
    put(c, 0, 0, 0, 4, 4, 1);
    put(c, 1, 46, 46, 4, 4, 1);
    check(c, 2, 1);
}

/* One frame, nothing, and what frame 0 does not have. */
static void test_little(void **state)
{
    Clip *c = start(0);

    (void)state;
    put(c, 0, 2, 2, 4, 4, 1);
    put(c, 0, 40, 40, 4, 4, 1);
    put(c, 1, 20, 20, 4, 4, 1);
    check(c, 1, 1);
    c = start(0);
    check(c, FRAMES, 0);
    check(c, FRAMES, 3);
    put(c, 3, 30, 30, 4, 4, 2);
    put(c, 3, 5, 5, 4, 4, 2);
    put(c, 4, 6, 5, 4, 4, 2);
    put_stray(c, 5, 30, 30, 4, 4, 2);
    check(c, FRAMES, 2);
}

#define CASE_W      44
#define CASE_H      30
#define CASE_F      16
#define CASE_SHORT  11
#define CASE_L      4

/* Number of bytes that the reference has otherwise; @p dropped by it. */
static int compare(const TTMJson *json, const char *from, const char *to,
                   int frames, int objects, int *dropped)
{
    static uint8_t ids[CASE_F * CASE_W * CASE_H], want[CASE_F * CASE_W * CASE_H];
    const int count = frames * CASE_W * CASE_H;
    int different = 0;

    reference_ids(json, from, ids, count);
    reference_ids(json, to, want, count);
    *dropped = 0;
    for (int i = 0; i < count; i++)
        *dropped += ids[i] != want[i];
    assert_int_equal(ttm_stray_drop(ids, frames, CASE_H, CASE_W, objects, NULL), 0);
    for (int i = 0; i < count; i++)
        different += ids[i] != want[i];
    return different;
}

static void test_reference(void **state)
{
    TTMJson *json = NULL;
    int dropped;

    (void)state;
    assert_int_equal(ttm_json_load(&json, NULL, "tests/ref/stray_cases.json"), 0);
    assert_int_equal(compare(json, "ids", "kept", CASE_F, CASE_L, &dropped), 0);
    assert_true(dropped > 500);
    assert_true(compare(json, "ids", "kept", CASE_F, CASE_L - 1, &dropped) > 0);
    assert_int_equal(compare(json, "short_ids", "short_kept", CASE_SHORT, CASE_L,
                             &dropped), 0);
    assert_true(dropped > 50);
    ttm_json_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_far_piece), cmocka_unit_test(test_corners),
        cmocka_unit_test(test_behind), cmocka_unit_test(test_border),
        cmocka_unit_test(test_corner_of_frame), cmocka_unit_test(test_fast),
        cmocka_unit_test(test_hidden), cmocka_unit_test(test_crumb),
        cmocka_unit_test(test_several), cmocka_unit_test(test_few_frames),
        cmocka_unit_test(test_little), cmocka_unit_test(test_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
