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
#include <stdlib.h>
#include <string.h>

#include "motion/course.h"

#define F 16
#define PI 3.14159265358979323846

static TTMFit fit;
static TTMMotion motion[F];

/* A fit of one object that moves as @p path tells. */
static TTMCourse begin(void (*path)(double at, TTMMotion *m))
{
    TTMCourse c;

    fit = (TTMFit){ .frames = F, .objects = 1, .width = 64, .height = 64,
                    .motion = motion };
    for (int t = 0; t < F; t++) {
        motion[t] = (TTMMotion){ 20, 30, 1, 0 };
        path(t, &motion[t]);
    }
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    return c;
}

static TTMMotion at(const TTMCourse *c, double when)
{
    TTMMotion m;

    ttm_course_motion(c, 1, when, &m);
    return m;
}

static void line(double t, TTMMotion *m)
{
    m->x    += (float)(1.5 * t);
    m->turn += (float)(0.2 * t);
}

static void slows(double t, TTMMotion *m)
{
    m->x += (float)(20 * (1 - exp(-t / 3)));
}

static void swings(double t, TTMMotion *m)
{
    m->y    += (float)(3 * sin(2 * PI * t / 7.5));
    m->turn += (float)(0.4 * sin(2 * PI * t / 7.5));
}

static void hops(double t, TTMMotion *m)
{
    m->y -= (float)(8 * fabs(sin(PI * t / 10)));
}

static void turns_back(double t, TTMMotion *m)  /* and is on its way when it ends */
{
    m->y -= (float)(8 * sin(PI * t / 20));
}

static void spins(double t, TTMMotion *m)
{
    m->turn += (float)(2 * PI * t / 8);
}

static void circles(double t, TTMMotion *m)
{
    m->x += (float)(9 * cos(2 * PI * t / (F - 1)));
    m->y += (float)(9 * sin(2 * PI * t / (F - 1)));
}

static void comes_nearer(double t, TTMMotion *m)
{
    m->scale = (float)(1 + 0.05 * t);
    m->x += (float)(0.8 * t);
}

static void leans(double t, TTMMotion *m)   /* in place, and is on its way when it ends */
{
    m->x    += (float)(0.15 * t);
    m->turn += (float)(0.03 * t);
}

static void nods(double t, TTMMotion *m)    /* the same, about its middle */
{
    m->turn += (float)(0.03 * t);
}

static void pendulum(double t, TTMMotion *m)
{
    m->turn += (float)(0.3 * sin(2 * PI * t / 5));
}

static void swings_wide(double t, TTMMotion *m)     /* and a little further each time */
{
    m->turn += (float)(0.7 * sin(2 * PI * t / 5) + 0.01 * t);
}

static void drifts(double t, TTMMotion *m)  /* circles, and ends a little beside its begin */
{
    m->x     += (float)(8 * sin(2 * PI * t / (F - 1)) + 0.1 * t);
    m->y     += (float)(8 * cos(2 * PI * t / (F - 1)) + 0.05 * t);
    m->scale += (float)(0.2 * sin(2 * PI * t / (F - 1)) + 0.002 * t);
    m->turn  += (float)(0.3 * sin(2 * PI * t / (F - 1)) + 0.01 * t);
}

static void stays(double t, TTMMotion *m)
{
    (void)t;
    (void)m;
}

static void (*const all[])(double, TTMMotion *) = {
    line, slows, swings, hops, turns_back, spins, circles, comes_nearer, leans, nods,
    pendulum, swings_wide, drifts, stays,
};

#define NB_ALL (sizeof(all) / sizeof(all[0]))

static void jerks(double t, TTMMotion *m)   /* a little forth, then far back */
{
    m->x += (float)(t < 2 ? t : 9 - 8 * t);
}

static void bolts(double t, TTMMotion *m)
{
    m->x     += (float)(t < 2 ? t : 5 * t - 4);
    m->scale += (float)(t < 2 ? 0.01 * t : 0.05 * t - 0.04);
}

static void grows(double t, TTMMotion *m)
{
    m->scale += (float)(0.05 * t);
}

static void swells(double t, TTMMotion *m)  /* and shrinks to what it was */
{
    m->scale += (float)(0.3 * sin(PI * t / (F - 1)));
}

static void speeds_up(double t, TTMMotion *m)
{
    m->x += (float)(0.1 * t * t);
}

static void lands(double t, TTMMotion *m)   /* on its way, but turns no more */
{
    m->x    += (float)(1.5 * t);
    m->turn += (float)(1.5 * (1 - exp(-t / 3)));
}

static void settles(double t, TTMMotion *m)
{
    m->x += (float)(4 * (1 - exp(-t / 4)));
}

static void creeps(double t, TTMMotion *m)
{
    m->x += (float)(0.35 * t);
}

static void rolls(double t, TTMMotion *m)   /* hardly on its way, but far around */
{
    m->x    += (float)(0.15 * t);
    m->turn += (float)(0.1 * t);
}

static void whirls(double t, TTMMotion *m)  /* faster and faster; the place is not quite still */
{
    m->x    += (float)(0.001 * ((int)t % 2));
    m->turn += (float)(0.02 * exp(t / 3));
}

static void halts(double t, TTMMotion *m)   /* far forth, a little back */
{
    m->x += (float)(t <= 13 ? t : 26 - t);
}

static void check_within(float value, float a, float b)
{
    assert_true(value >= fminf(a, b) - 1e-4f && value <= fmaxf(a, b) + 1e-4f);
}

/* Frames are exactly themselves, and between them is no jump, and nothing beyond them. */
static void test_between(void **state)
{
    (void)state;
    for (size_t k = 0; k < NB_ALL + 2; k++) {
        TTMCourse c = begin(k < NB_ALL ? all[k] : k == NB_ALL ? jerks : bolts);

        for (int t = 0; t < F; t++) {
            const TTMMotion m = at(&c, t);

            assert_memory_equal(&m, &motion[t], sizeof(m));
        }
        for (int i = 0; i < 20 * (F - 1); i++) {
            const TTMMotion m = at(&c, i / 20.0);
            const TTMMotion *a = &motion[i / 20], *b = a + 1;

            check_within(m.x, a->x, b->x);
            check_within(m.y, a->y, b->y);
            check_within(m.scale, a->scale, b->scale);
            check_within(m.turn, a->turn, b->turn);
        }
        ttm_course_free(&c);
    }
}

/* An even motion stays even; a curve is nearer to what it is of than straight lines. */
static void test_curves(void **state)
{
    TTMCourse c = begin(line);
    double curved = 0, straight = 0;

    (void)state;
    for (int i = 0; i < 10 * (F - 1); i++) {
        const TTMMotion m = at(&c, i / 10.0);

        assert_true(fabs(m.x - 20 - 0.15 * i) < 1e-4);
        assert_true(fabs(m.turn - 0.02 * i) < 1e-5);
    }
    ttm_course_free(&c);
    c = begin(circles);
    for (int i = 0; i < F - 1; i++) {
        const TTMMotion m = at(&c, i + 0.5);
        TTMMotion is = { 20, 30, 1, 0 };

        circles(i + 0.5, &is);
        curved   += hypot(m.x - is.x, m.y - is.y);
        straight += hypot((motion[i].x + motion[i + 1].x) / 2 - is.x,
                          (motion[i].y + motion[i + 1].y) / 2 - is.y);
    }
    assert_true(curved < 0.6 * straight);
    ttm_course_free(&c);
}

/* No step behind the end is larger than the largest before it, nor are two steps beside
 * each other more unlike. */
static void test_no_seam(void **state)
{
    (void)state;
    for (size_t k = 0; k < NB_ALL; k++) {
        TTMCourse c = begin(all[k]);
        double most[4] = { 0 }, change[4] = { 0 };

        for (int i = 1; i < 10 * 6 * F; i++) {
            const TTMMotion a = at(&c, (i - 1) / 10.0), b = at(&c, i / 10.0);
            const TTMMotion d = at(&c, (i + 1) / 10.0);
            const double step[] = { b.x - a.x, b.y - a.y, b.scale - a.scale,
                                    b.turn - a.turn };
            const double next[] = { d.x - b.x, d.y - b.y, d.scale - b.scale,
                                    d.turn - b.turn };

            for (int n = 0; n < 4; n++) {
                if (i <= 10 * (F - 2)) {
                    most[n]   = fmax(most[n], fabs(step[n]));
                    change[n] = fmax(change[n], fabs(next[n] - step[n]));
                    continue;
                }
                assert_true(fabs(step[n]) <= 1.5 * most[n] + 1e-3);
                assert_true(fabs(next[n] - step[n]) <= 2 * change[n] + 0.03);
            }
        }
        ttm_course_free(&c);
    }
}

/* What each motion does behind its end. */
static void test_after(void **state)
{
    static const struct {
        void (*path)(double, TTMMotion *);
        enum TTMAfter way;
        int period;
    } cases[] = {
        { line, TTM_AFTER_GO_ON, 0 }, { slows, TTM_AFTER_GO_ON, 0 },
        { swings, TTM_AFTER_REPEAT, 15 }, { circles, TTM_AFTER_REPEAT, 15 },
        { spins, TTM_AFTER_REPEAT, -1 }, { hops, TTM_AFTER_REPEAT, 10 },
        { turns_back, TTM_AFTER_RETURN, 0 }, { leans, TTM_AFTER_RETURN, 0 },
        { comes_nearer, TTM_AFTER_GO_ON, 0 }, { stays, TTM_AFTER_REST, 0 },
        { nods, TTM_AFTER_RETURN, 0 }, { pendulum, TTM_AFTER_REPEAT, -1 },
        { swings_wide, TTM_AFTER_REPEAT, 5 },
        { drifts, TTM_AFTER_REPEAT, 15 }, { grows, TTM_AFTER_GO_ON, 0 },
        { swells, TTM_AFTER_GO_ON, 0 }, { speeds_up, TTM_AFTER_GO_ON, 0 },
        { lands, TTM_AFTER_GO_ON, 0 }, { settles, TTM_AFTER_GO_ON, 0 },
        { creeps, TTM_AFTER_GO_ON, 0 }, { rolls, TTM_AFTER_GO_ON, 0 },
        { whirls, TTM_AFTER_GO_ON, 0 }, { halts, TTM_AFTER_GO_ON, 0 },
    };
    TTMCourse c;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = begin(cases[i].path);
        assert_int_equal(c.going[0].way, cases[i].way);
        if (cases[i].period >= 0)
            assert_int_equal(c.going[0].period, cases[i].period);
        ttm_course_free(&c);
    }
    c = begin(line);            /* as far in twice the time, and as far turned */
    assert_true(fabs(at(&c, 2 * (F - 1)).x - 20 - 2 * 1.5 * (F - 1)) < 1e-3);
    assert_true(fabs(at(&c, 2 * (F - 1)).turn - 2 * 0.2 * (F - 1)) < 1e-3);
    ttm_course_free(&c);
    c = begin(speeds_up);       /* at the mean of its last three steps */
    assert_true(fabs(at(&c, F - 1 + 10).x - motion[F - 1].x - 10 * 2.7) < 1e-3);
    ttm_course_free(&c);
    c = begin(slows);           /* has come to rest */
    assert_true(fabs(at(&c, 1000).x - at(&c, F - 1).x) < 1e-3);
    ttm_course_free(&c);
    c = begin(settles);
    assert_true(at(&c, 1000).x == motion[F - 1].x);
    ttm_course_free(&c);
    c = begin(lands);
    assert_true(at(&c, 1000).x > 1000 && at(&c, 1000).turn == motion[F - 1].turn);
    ttm_course_free(&c);
    c = begin(spins);           /* goes on turning the same way */
    assert_true(fabs(at(&c, 80).turn - 2 * PI * 80 / 8) < 0.2);
    ttm_course_free(&c);
    c = begin(swings);          /* stays where it swings */
    for (int i = 0; i < 500; i++)
        assert_true(fabs(at(&c, i).y - 30) < 3.2);
    assert_true(fabs(at(&c, 15 * 40 + 2).y - motion[2].y) < 1e-3);
    ttm_course_free(&c);
    c = begin(comes_nearer);    /* grows by what it would in a quarter of the frames */
    assert_true(fabs(at(&c, 2000).scale - 1.75 * pow(1.75 / 1.6, F / 4 / 3.0)) < 1e-3);
    assert_true(at(&c, 2000).scale == at(&c, 3000).scale);
    ttm_course_free(&c);
    for (int k = 0; k < 2; k++) {       /* back along its way, and forth */
        c = begin(k ? nods : turns_back);
        for (int i = 0; i < 4 * (F - 1); i++) {
            const TTMMotion m = at(&c, F - 1 + i), *was = &motion[abs(F - 1 - i % (2 * F - 2))];

            assert_memory_equal(&m, was, sizeof(m));
        }
        ttm_course_free(&c);
    }
}

/* Behind the end periods follow each other; what they end beside their begin is spread. */
static void test_periods(void **state)
{
    TTMCourse c = begin(pendulum);

    (void)state;
    assert_int_equal(c.going[0].period % 5, 0);
    for (int i = 0; i < 500; i++)
        assert_true(fabs(at(&c, i).turn - 0.3 * sin(2 * PI * i / 5)) < 1e-4);
    ttm_course_free(&c);
    c = begin(swings_wide);
    for (int i = 0; i < 500; i++)
        assert_true(fabs(at(&c, F - 1 + i).turn - 0.7 * sin(2 * PI * i / 5) - 0.15) < 1e-4);
    ttm_course_free(&c);
    c = begin(drifts);
    for (int i = 0; i < 500; i++) {
        const TTMMotion m = at(&c, F - 1 + i);
        const double angle = 2 * PI * i / (F - 1);

        assert_true(fabs(m.x - 8 * sin(angle) - 21.5) < 1e-3);
        assert_true(fabs(m.y - 8 * cos(angle) - 30.75) < 1e-3);
        assert_true(fabs(m.scale - 0.2 * sin(angle) - 1.03) < 1e-4);
        assert_true(fabs(m.turn - 0.3 * sin(angle) - 0.15) < 1e-4);
    }
    ttm_course_free(&c);
}

/* Fits of one and two frames, and none of an object; one that is given up. */
static void test_short(void **state)
{
    TTMCancel cancel = { .asked = 1 };
    TTMCourse c;
    TTMMotion m;

    (void)state;
    motion[0] = (TTMMotion){ 1, 2, 1, 0 };
    motion[1] = (TTMMotion){ 4, 2, 1, 0 };
    fit = (TTMFit){ .frames = 1, .objects = 1, .width = 8, .height = 8, .motion = motion };
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    m = at(&c, 7.5);
    assert_memory_equal(&m, &motion[0], sizeof(m));
    ttm_course_free(&c);
    fit.frames = 2;
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    assert_true(fabs(at(&c, 0.5).x - 2.5) < 1e-5 && fabs(at(&c, 2).x - 7) < 1e-5);
    ttm_course_free(&c);
    fit.objects = 0;
    assert_int_equal(ttm_course_create(&c, &fit, 0), 0);
    ttm_course_free(&c);
    fit.cancel = &cancel;
    assert_int_equal(ttm_course_create(&c, &fit, 0), TTM_ERR_CANCELLED);
    ttm_course_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_between), cmocka_unit_test(test_curves),
        cmocka_unit_test(test_no_seam), cmocka_unit_test(test_after),
        cmocka_unit_test(test_periods), cmocka_unit_test(test_short),
    };

    return cmocka_run_group_tests_name("course", tests, NULL, NULL);
}
