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

/** @file Shapes that bend, as functions of time: between frames and behind the end. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "motion/course.h"
#include "motion/forms.h"

#define F       16
#define LAST    (F - 1)
#define NB      4               /* corners */
#define PI      3.14159265358979323846

/* The grid of the corners has two columns a pixel. */
#define WIDTH   64
#define HEIGHT  48
#define GRID    128

/* Frame -1, of which nothing may be made, comes before the others. */
static TTMMotion motion[1 + F];
static float corners[1 + F][NB][2];
static TTMForm form;
static struct TTMForms forms;
static TTMFit fit;

typedef TTMMotion (*Path)(double t);
typedef double (*Bend)(double t);

/* Corner @p i of a shape that is so far bent, of an object that moves as @p m tells. */
static void expect(const TTMMotion *m, double bend, int i, float out[2])
{
    const double x = i & 1 ? 10 + bend : -10, y = i & 2 ? 6 - bend : -6;
    const double c = cos(m->turn), s = sin(m->turn);

    out[0] = (float)((m->x + m->scale * (c * x - s * y)) * GRID / WIDTH);
    out[1] = (float)(m->y + m->scale * (c * y + s * x));
}

static TTMCourse begin(Path path, Bend bend)
{
    TTMCourse c;

    for (int t = -1; t < F; t++) {
        motion[1 + t] = path(t);
        for (int i = 0; i < NB; i++)
            expect(&motion[1 + t], bend(t), i, corners[1 + t][i]);
    }
    form  = (TTMForm){ .deforms = 1, .frames = F, .lattice = { .nb_corners = NB },
                       .corners = corners[1] };
    forms = (struct TTMForms){ .frames = F, .objects = 1, .width = GRID, .height = HEIGHT,
                               .object = &form };
    fit   = (TTMFit){ .frames = F, .objects = 1, .width = WIDTH, .height = HEIGHT,
                      .motion = motion + 1, .forms = &forms };
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    return c;
}

static TTMMotion go(const TTMCourse *c, double at, float (*to)[2])
{
    TTMMotion now;

    ttm_course_motion(c, 1, at, &now);
    ttm_course_corners(c, 1, at, &now, to);
    return now;
}

/* At @p at the object has moved as the course says, and is bent so far. */
static void check_bent(const TTMCourse *c, double at, double bend)
{
    float is[NB][2], expected[2];
    const TTMMotion now = go(c, at, is);

    for (int i = 0; i < NB; i++) {
        expect(&now, bend, i, expected);
        assert_true(hypotf(is[i][0] - expected[0], is[i][1] - expected[1]) < 2e-3f);
    }
}

/* At @p at all is as in frame @p t, nearly. */
static void check_frame(const TTMCourse *c, double at, int t)
{
    float is[NB][2];

    go(c, at, is);
    for (int i = 0; i < NB; i++)
        assert_true(hypotf(is[i][0] - corners[1 + t][i][0],
                           is[i][1] - corners[1 + t][i][1]) < 2e-3f);
}

static TTMMotion stays(double t)
{
    (void)t;
    return (TTMMotion){ 20, 24, 1, 0 };
}

static TTMMotion walks(double t)
{
    return (TTMMotion){ (float)(20 + 1.5 * t), 24, 1, 0 };
}

static TTMMotion rolls(double t)
{
    return (TTMMotion){ (float)(20 + 1.5 * t), 24, 1, (float)(0.5 * t) };
}

static TTMMotion comes_nearer(double t)
{
    return (TTMMotion){ (float)(20 + 0.7 * t), 24, (float)(1 + 0.03 * t), (float)(0.02 * t) };
}

static TTMMotion slows(double t)        /* and comes nearer */
{
    return (TTMMotion){ (float)(20 + 15 * (1 - exp(-t / 3))), 24, (float)(1 + 0.03 * t), 0 };
}

static TTMMotion creeps(double t)
{
    return (TTMMotion){ (float)(20 + 0.3 * t), 24, 1, 0 };
}

static TTMMotion circles(double t)
{
    return (TTMMotion){ (float)(30 + 9 * cos(2 * PI * t / LAST)),
                        (float)(24 + 9 * sin(2 * PI * t / LAST)), 1, 0 };
}

static TTMMotion turns_back(double t)   /* and is on its way when it ends */
{
    return (TTMMotion){ 20, (float)(30 - 8 * sin(PI * t / 20)), 1, 0 };
}

static double straight(double t)
{
    return 0 * t;
}

static double steps(double t)           /* with a period of 6, a little wider each time */
{
    return 3 * sin(PI * t / 3) + 0.05 * t;
}

static double bends(double t)
{
    return 0.3 * t;
}

static double gives_way(double t)       /* by and by less */
{
    return 4 * (1 - exp(-t / 5));
}

static double waves(double t)           /* once */
{
    return 3 * sin(2 * PI * t / LAST);
}

static double snaps(double t)           /* back to what it was, in the last frame */
{
    return 4 * fmod(t + LAST, LAST) / LAST;
}

/* Frames are exactly themselves. */
static void test_frames(void **state)
{
    static const Path paths[] = { stays, walks, rolls, comes_nearer };

    (void)state;
    for (size_t k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {
        TTMCourse c = begin(paths[k], steps);
        float is[NB][2];

        for (int t = 0; t < F; t++) {
            go(&c, t, is);
            assert_memory_equal(is, corners[1 + t], sizeof(is));
        }
        ttm_course_free(&c);
    }
}

/* What turns does not shrink between two frames, nor behind the end. */
static void test_rolls(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        TTMCourse c = begin(k ? rolls : comes_nearer, straight);

        assert_int_equal(c.going[0].shape, TTM_AFTER_REST);
        for (int i = 0; i < 10 * 4 * F; i++)
            check_bent(&c, i / 10.0, 0);
        ttm_course_free(&c);
    }
}

/* A corner that stands stays where it is, though the object is on its way. */
static void test_stands(void **state)
{
    TTMCourse c = begin(slows, straight);
    float is[NB][2];

    (void)state;
    for (int t = 0; t < F; t++)
        corners[1 + t][3][0] = 77;
    for (int i = 0; i <= 10 * LAST; i++) {
        go(&c, i / 10.0, is);
        assert_true(is[3][0] == 77);
    }
    ttm_course_free(&c);
}

/* Shapes have a period of their own; what it ends beside its begin is spread over it. */
static void test_walks(void **state)
{
    TTMCourse c = begin(walks, steps);

    (void)state;
    assert_int_equal(c.going[0].way, TTM_AFTER_GO_ON);
    assert_int_equal(c.going[0].shape, TTM_AFTER_REPEAT);
    assert_int_equal(c.going[0].shape_period, 6);
    for (int t = LAST; t < 20 * F; t++)
        check_bent(&c, t, 3 * sin(PI * t / 3) + 0.05 * LAST);
    ttm_course_free(&c);
    c = begin(walks, bends);            /* none: back, and forth */
    assert_int_equal(c.going[0].way, TTM_AFTER_GO_ON);
    assert_int_equal(c.going[0].shape, TTM_AFTER_RETURN);
    for (int i = 0; i < 20 * F; i++)
        check_bent(&c, LAST + i, bends(abs(LAST - i % (2 * LAST))));
    ttm_course_free(&c);
    c = begin(walks, gives_way);        /* has come to rest */
    assert_int_equal(c.going[0].shape, TTM_AFTER_REST);
    check_bent(&c, 500, gives_way(LAST));
    ttm_course_free(&c);
}

/* Where places repeat themselves shapes do so with them, or neither does. */
static void test_together(void **state)
{
    TTMCourse c = begin(circles, waves);

    (void)state;
    assert_int_equal(c.going[0].way, TTM_AFTER_REPEAT);
    assert_int_equal(c.going[0].shape, TTM_AFTER_REPEAT);
    assert_int_equal(c.going[0].shape_period, LAST);
    for (int i = 0; i < 10 * F; i++)
        check_frame(&c, LAST + i, i % LAST);
    ttm_course_free(&c);
    c = begin(circles, bends);
    assert_int_equal(c.going[0].way, TTM_AFTER_RETURN);
    for (int i = 0; i < 10 * F; i++)
        check_frame(&c, LAST + i, abs(LAST - i % (2 * LAST)));
    ttm_course_free(&c);
    for (int k = 0; k < 2; k++) {
        c = begin(turns_back, k ? steps : gives_way);
        assert_int_equal(c.going[0].way, TTM_AFTER_RETURN);
        for (int i = 0; i < 10 * F; i++)
            check_frame(&c, LAST + i, abs(LAST - i % (2 * LAST)));
        ttm_course_free(&c);
    }
    c = begin(turns_back, straight);
    assert_int_equal(c.going[0].way, TTM_AFTER_RETURN);
    assert_int_equal(c.going[0].shape, TTM_AFTER_REST);
    ttm_course_free(&c);
}

/* What bends more than it moves is in place; the same way alone is one that goes on. */
static void test_in_place(void **state)
{
    TTMCourse c = begin(creeps, bends);

    (void)state;
    assert_int_equal(c.going[0].way, TTM_AFTER_RETURN);
    ttm_course_free(&c);
    c = begin(creeps, straight);
    assert_int_equal(c.going[0].way, TTM_AFTER_GO_ON);
    ttm_course_free(&c);
}

/* The frame before a period is looked at too, so there must be one. */
static void test_first_frame(void **state)
{
    TTMCourse c = begin(stays, snaps);

    (void)state;
    assert_int_equal(c.going[0].way, TTM_AFTER_REST);
    assert_int_equal(c.going[0].shape, TTM_AFTER_RETURN);
    ttm_course_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames),   cmocka_unit_test(test_rolls),
        cmocka_unit_test(test_stands),   cmocka_unit_test(test_walks),
        cmocka_unit_test(test_together), cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_first_frame),
    };

    return cmocka_run_group_tests_name("course_shapes", tests, NULL, NULL);
}
