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

/** @file Ids and shapes at any moment of a trajectory. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "motion/forms.h"
#include "motion/moment.h"
#include "ttm.h"

#define F       16
#define SIDE    64
#define PIXELS  (SIDE * SIDE)
#define PI      3.14159265358979323846

static TTMFit fit;
static TTMMotion motion[F];
static uint8_t ids[F][PIXELS];

/* A disc that moves 1.5 pixels to the right a frame, and its ids. */
static TTMCourse begin(void)
{
    TTMCourse c;

    fit = (TTMFit){ .frames = F, .objects = 1, .width = SIDE, .height = SIDE,
                    .motion = motion };
    for (int t = 0; t < F; t++) {
        motion[t] = (TTMMotion){ 20 + 1.5f * (float)t, 30, 1, 0 };
        for (int i = 0; i < PIXELS; i++)
            ids[t][i] = hypot(i % SIDE + 0.5 - motion[t].x, i / SIDE + 0.5 - 30) < 8;
    }
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    return c;
}

/* At any moment ids are the disc, there; in frames they are exactly those. */
static void test_ids(void **state)
{
    TTMCourse c = begin();
    TTMMoment m;

    (void)state;
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], F, 1 }), 0);
    assert_memory_equal(m.ids, ids[0], PIXELS);
    for (int i = 0; i <= 4 * (F + 4); i++) {
        const double when = i / 4.0;
        double sum = 0, nb = 0;

        assert_int_equal(ttm_moment_go(&m, when), 0);
        for (int n = 0; n < PIXELS; n++) {
            sum += m.ids[PIXELS + n] * (n % SIDE + 0.5);
            nb  += m.ids[PIXELS + n];
        }
        if (i % 4 == 0 && i < 4 * F)
            assert_memory_equal(m.ids + PIXELS, ids[i / 4], PIXELS);
        assert_true(nb > 0.9 * PI * 64);
        assert_true(fabs(sum / nb - 20 - 1.5 * when) < 0.6);
    }
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

/* Without refining ids are those of the nearest frame, behind the end of the last. */
static void test_nearest(void **state)
{
    static const struct {
        double at;
        int frame;
    } known[] = { { 0.4, 0 }, { 0.6, 1 }, { 7.4, 7 }, { 7.6, 8 }, { 14.6, 15 }, { 99, 15 } };
    TTMCourse c = begin();
    TTMMoment m;

    (void)state;
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], F, 0 }), 0);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        assert_int_equal(ttm_moment_go(&m, known[i].at), 0);
        assert_memory_equal(m.ids + PIXELS, ids[known[i].frame], PIXELS);
    }
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

/* Frames of the networks are told to a moment, which are others than the course's. */
static void test_network_frames(void **state)
{
    TTMCourse c = begin();
    TTMMoment m;
    int frame;

    (void)state;
    for (int t = 0; t < 6; t++)
        memset(ids[t], t, sizeof(ids[t]));
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], 6, 0 }), 0);
    for (int t = 0; t < 6; t++) {
        const double when = ttm_course_position(t, 6, F);

        assert_true(ttm_moment_frame(&m, when) == t);
        assert_int_equal(ttm_moment_go(&m, when), 0);
        assert_true(ttm_moment_is_frame(&m, &frame));
        assert_int_equal(frame, t);
        assert_int_equal(m.ids[PIXELS + 77], t);
    }
    assert_true(ttm_moment_frame(&m, 1) > 0.3 && ttm_moment_frame(&m, 1) < 0.4);
    assert_true(ttm_moment_frame(&m, 99) == 5);
    assert_int_equal(ttm_moment_go(&m, F - 0.5), 0);    /* behind the end is none */
    assert_false(ttm_moment_is_frame(&m, &frame));
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

/* Whatever the numbers of frames are, each frame of the networks is exactly met. */
static void test_numbers(void **state)
{
    TTMFit any = { 0 };
    const TTMCourse c = { &any, NULL };

    (void)state;
    for (any.frames = 1; any.frames <= 130; any.frames++)
        for (int frames = 1; frames <= 130; frames++) {
            const TTMMoment m = { .s = { .course = &c, .frames = frames } };

            /* of a course of one frame all is its end */
            for (int t = any.frames > 1 ? 0 : frames - 1; t < frames; t++)
                assert_true(ttm_moment_frame(&m, ttm_course_position(t, frames,
                                                                     any.frames)) == t);
        }
}

/* Shapes go along; where they are torn is that of the nearest frame. */
static void test_forms(void **state)
{
    enum { CORNERS = 3, CELLS = 2 };
    static float corners[F][CORNERS][2];
    static uint8_t torn[F][CELLS];
    TTMForm form[2] = { { .deforms = 1, .frames = F,
                          .lattice = { .nb_corners = CORNERS, .nb_cells = CELLS },
                          .corners = corners[0], .torn = torn[0] } };
    struct TTMForms forms = { .frames = F, .objects = 2, .width = SIDE, .height = SIDE,
                              .object = form };
    static TTMMotion both[2 * F];
    static const double when[] = { 3.4, 3.6, 14.6, 40, 7 };
    static const int nearest[] = { 3, 4, 15, 15, 7 };
    TTMCourse c = begin();
    float expected[CORNERS][2];
    TTMMoment m;

    (void)state;
    ttm_course_free(&c);
    for (int t = 0; t < F; t++) {
        both[t] = both[F + t] = motion[t];
        for (int i = 0; i < CORNERS; i++) {
            corners[t][i][0] = motion[t].x + (float)(i * i);
            corners[t][i][1] = 20 + (float)(t * i);
        }
        torn[t][0] = (uint8_t)t;
        torn[t][1] = (uint8_t)(100 + t);
    }
    fit.objects = 2;
    fit.motion  = both;
    fit.forms   = &forms;
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], F, 0 }), 0);
    assert_false(m.fit.forms->object[1].deforms);
    assert_memory_equal(m.fit.forms->object[0].corners, corners[0], sizeof(corners[0]));
    assert_memory_equal(m.fit.forms->object[0].torn, torn[0], CELLS);
    for (size_t i = 0; i < sizeof(when) / sizeof(when[0]); i++) {
        assert_int_equal(ttm_moment_go(&m, when[i]), 0);
        ttm_course_corners(&c, 1, when[i], &m.fit.motion[1], expected);
        assert_memory_equal(m.fit.forms->object[0].corners + CORNERS, expected,
                            sizeof(expected));
        assert_memory_equal(m.fit.forms->object[0].torn + CELLS, torn[nearest[i]], CELLS);
    }
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

/* A moment that was given up is nowhere; the one before is made anew. */
static void test_given_up(void **state)
{
    static uint8_t before[PIXELS];
    TTMCancel cancel = { .asked = 0 };
    TTMCourse c = begin();
    TTMMoment m;

    (void)state;
    fit.cancel = &cancel;
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], F, 1 }), 0);
    assert_int_equal(ttm_moment_go(&m, 2.5), 0);
    memcpy(before, m.ids + PIXELS, PIXELS);
    atomic_store(&cancel.asked, 1);
    assert_int_equal(ttm_moment_go(&m, 9.5), TTM_ERR_CANCELLED);
    atomic_store(&cancel.asked, 0);
    assert_int_equal(ttm_moment_go(&m, 2.5), 0);
    assert_memory_equal(m.ids + PIXELS, before, PIXELS);
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),            cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_network_frames), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_forms),          cmocka_unit_test(test_given_up),
    };

    return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
