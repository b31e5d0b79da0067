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

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clip/timing.h"
#include "files.h"
#include "motion/course.h"
#include "motion/moment.h"
#include "run.h"
#include "util/choices.h"

#define F 16
#define PI 3.14159265358979323846

/* A bundle of clips of 4 frames at 8 a second, whose networks make no more. */
static char *bundle;

static TTMFit fit;
static TTMMotion motion[F];

/* A loop of one object that moves as @p path tells. */
static TTMCourse begin(void (*path)(double at, TTMMotion *m), int returns)
{
    TTMCourse c;

    fit = (TTMFit){ .frames = F, .objects = 1, .width = 64, .height = 64,
                    .motion = motion };
    for (int t = 0; t < F; t++) {
        motion[t] = (TTMMotion){ 20, 30, 1, 0 };
        path(t, &motion[t]);
    }
    assert_int_equal(ttm_course_create(&c, &fit, returns), 0);
    return c;
}

static TTMMotion at(const TTMCourse *c, double time)
{
    TTMMotion m;

    ttm_course_round_motion(c, 1, time, &m);
    return m;
}

static void line(double t, TTMMotion *m)
{
    m->x += (float)(1.5 * t);
}

static void rolls(double t, TTMMotion *m)       /* away, with one turn */
{
    m->x    += (float)(1.5 * t);
    m->turn += (float)(2 * PI * t / (F - 1));
}

static void slows(double t, TTMMotion *m)
{
    m->x += (float)(20 * (1 - exp(-t / 3)));
}

static void waits(double t, TTMMotion *m)       /* and leaves */
{
    m->x += (float)(t > 5 ? 2 * (t - 5) : 0);
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

static void hops_once(double t, TTMMotion *m)
{
    m->y -= (float)(8 * sin(PI * t / (F - 1)));
}

static void bounces_aside(double t, TTMMotion *m)
{
    m->x += (float)(8 * sin(PI * t / (F - 1)));
}

static void spins(double t, TTMMotion *m)
{
    m->turn += (float)(2 * PI * t / 8);
}

static void spins_slowly(double t, TTMMotion *m)
{
    m->turn += (float)(0.02 * t);
}

static void circles(double t, TTMMotion *m)
{
    m->x += (float)(9 * cos(2 * PI * t / (F - 1)));
    m->y += (float)(9 * sin(2 * PI * t / (F - 1)));
}

static void nearly_circles(double t, TTMMotion *m)
{
    m->x += (float)(9 * cos(2 * PI * t / (F - 1)) + 0.15 * t);
    m->y += (float)(9 * sin(2 * PI * t / (F - 1)));
}

static void breathes(double t, TTMMotion *m)
{
    m->scale = (float)(1.1 - 0.1 * cos(2 * PI * t / 5));
}

static void comes_nearer(double t, TTMMotion *m)
{
    m->scale = (float)(1 + 0.05 * t);
}

static void stays(double t, TTMMotion *m)
{
    (void)t;
    (void)m;
}

static const struct {
    void (*path)(double t, TTMMotion *m);
    int span;           /* least and */
    int longest;        /* greatest, frames; 0: there and back */
    int turns;          /* whole turns of a loop that goes there and back once */
} all[] = {
    { line, 0, 0, 0 },          { rolls, 0, 0, 0 },     { slows, 0, 0, 0 },
    { waits, 0, 0, 0 },         { swings, 7, 15, 0 },   { hops, 10, 10, 0 },
    { hops_once, 15, 15, 0 },   { bounces_aside, 0, 0, 0 },
    { spins, 3, 15, 4 },        { spins_slowly, 0, 0, 0 },
    { circles, 15, 15, 0 },     { nearly_circles, 14, 15, 0 },
    { breathes, 5, 15, 0 },     { comes_nearer, 0, 0, 0 },
    { stays, 0, 0, 0 },
};

#define NB_ALL (sizeof(all) / sizeof(all[0]))

static double step(const TTMMotion *a, const TTMMotion *b)
{
    const double turn = remainder(b->turn - a->turn, 2 * PI);

    return hypot(b->x - a->x, b->y - a->y) + 10 * fabs(turn) +
           10 * fabs(b->scale - a->scale);
}

/* What comes back repeats as it was; everything begins at the still and jumps nowhere. */
static void test_rounds(void **state)
{
    (void)state;
    for (size_t k = 0; k < NB_ALL; k++)
        for (int returns = 1; returns < 4; returns++) {
            TTMCourse c = begin(all[k].path, returns);
            const TTMRound *r = &c.round[0];
            TTMMotion first = at(&c, 0), before = first, m;
            double most = 0, fastest = 0;

            assert_in_range(r->span, all[k].span, all[k].longest);
            assert_memory_equal(&first, &motion[0], sizeof(first));
            for (int t = 1; t < F; t++)
                fastest = fmax(fastest, step(&motion[t - 1], &motion[t]));
            for (int i = 1; i <= 2000; i++) {
                m = at(&c, i / 2000.0);
                most = fmax(most, step(&before, &m));
                before = m;
            }
            /* no faster than it was, but for what makes it whole, and slow at both ends */
            assert_true(most * 2000 / (2 * returns * (F - 1)) <= 2.1 * fastest + 1e-3);
            assert_true(step(&m, &first) < 1e-3);
            if (returns == 1)
                assert_true(fabs(m.turn - first.turn - 2 * PI * all[k].turns) < 1e-3);
            ttm_course_free(&c);
        }
}

/* There and back: the end of the way is in the middle, and both ways are the same. */
static void test_there_and_back(void **state)
{
    TTMCourse c = begin(rolls, 2);
    TTMMotion m = at(&c, 0.25);

    (void)state;
    assert_memory_equal(&m, &motion[F - 1], sizeof(m));
    m = at(&c, 0.75);
    assert_true(step(&m, &motion[F - 1]) < 1e-3);
    for (int i = 0; i < 100; i++) {
        const TTMMotion there = at(&c, i / 400.0), back = at(&c, 0.5 - i / 400.0);

        assert_true(step(&there, &back) < 1e-3);
        assert_true(fabs(ttm_course_round_frame(&c, 1, i / 400.0) -
                         (F - 1) * (0.5 - 0.5 * cos(PI * i / 100))) < 1e-9);
    }
    ttm_course_free(&c);
}

/* Frames of a period that are the trajectory's own are so in each round. */
static void test_repeats(void **state)
{
    TTMCourse c = begin(hops, 1);
    const TTMRound r = c.round[0];

    (void)state;
    assert_int_equal(r.span, 10);
    assert_int_equal(r.times, 3);
    for (int round = 0; round < 3; round++)
        for (int t = 0; t < 10; t++) {
            const TTMMotion m = at(&c, (round + (t + 1e-9) / 10) / 3);

            assert_true(step(&m, &motion[t]) < 1e-3);
        }
    ttm_course_free(&c);
}

/* What a round ends beside its begin is spread over it. */
static void test_closes(void **state)
{
    TTMCourse c = begin(nearly_circles, 1);
    const TTMRound r = c.round[0];
    const float off = motion[r.span].x - motion[0].x;

    (void)state;
    assert_true(off > 1);
    for (int t = 0; t < r.span; t++) {
        const TTMMotion m = at(&c, (t + 1e-9) / r.span / r.times);

        assert_true(fabsf(m.x - motion[t].x + off * (float)t / (float)r.span) < 1e-3f);
    }
    ttm_course_free(&c);
}

static void hops_quickly(double t, TTMMotion *m)    /* in the middle of a loop it stands */
{
    m->y -= (float)(8 * fabs(sin(PI * t / 8)));
}

/* The ids are where the object is, not where the trajectory's are. */
static void test_moment(void **state)
{
    static uint8_t ids[F][64 * 64];
    TTMCourse c = begin(hops_quickly, 1);
    TTMMoment m;
    int frame;

    (void)state;
    for (int t = 0; t < F; t++)
        for (int i = 0; i < 64 * 64; i++)
            ids[t][i] = hypot(i % 64 + 0.5 - motion[t].x, i / 64 + 0.5 - motion[t].y) < 8;
    assert_int_equal(ttm_moment_create(&m, &(TTMMomentSource){
        &c, ids[0], ids[0], F, 1 }), 0);
    for (int i = 0; i < 60; i++) {
        double sum = 0, nb = 0;

        assert_int_equal(ttm_moment_go_round(&m, i / 60.0), 0);
        for (int n = 0; n < 64 * 64; n++) {
            sum += m.ids[64 * 64 + n] * (n / 64 + 0.5);
            nb  += m.ids[64 * 64 + n];
        }
        assert_true(fabs(sum / nb - at(&c, i / 60.0).y) < 0.6);
        /* its pictures are those of the networks at the begin only */
        assert_int_equal(ttm_moment_is_frame(&m, &frame), i == 0);
    }
    /* from a loop to the same place of the trajectory */
    assert_int_equal(ttm_moment_go_round(&m, 0.5), 0);
    assert_int_equal(ttm_moment_go(&m, F - 1), 0);
    assert_memory_equal(m.ids + 64 * 64, ids[F - 1], 64 * 64);
    assert_true(ttm_moment_is_frame(&m, &frame) && frame == F - 1);
    ttm_moment_free(&m);
    ttm_course_free(&c);
}

static void test_table(void **state)
{
    static const struct {
        TTMTimes asked;
        int mode, drawn;
        int frames, moving, generated, returns;
    } cases[] = {
        { { .loop = 1 }, TTM_MODE_FULL, 0, 6, 4, 4, 1 },
        { { .fps = { 16, 1 }, .loop = 1 }, TTM_MODE_FULL, 0, 14, 8, 4, 1 },
        { { .fps = { 2, 1 }, .loop = 1 }, TTM_MODE_FULL, 0, 1, 1, 1, 1 },
        { { .frames = 1, .loop = 1 }, TTM_MODE_FULL, 0, 1, 1, 1, 1 },
        { { .frames = 2, .loop = 1 }, TTM_MODE_FULL, 0, 2, 2, 2, 1 },
        { { .frames = 7, .loop = 1 }, TTM_MODE_FULL, 0, 7, 4, 4, 1 },
        /* as often as there is time, and no slower than other clips */
        { { .frames = 100, .loop = 1 }, TTM_MODE_FULL, 0, 100, 8, 4, 7 },
        { { .fps = { 25, 1 }, .duration = 3, .motion_time = 0.52, .loop = 1 },
          TTM_MODE_PLAN, 0, 75, 13, 4, 3 },
        { { .frames = 6, .motion_time = 2, .loop = 1 }, TTM_MODE_FULL, 0, 6, 16, 4, 1 },
        /* of what was drawn, there and back */
        { { .loop = 1 }, TTM_MODE_RENDER, 6, 10, 6, 4, 1 },
        { { .loop = 1 }, TTM_MODE_DRAFT, 1, 1, 1, 1, 1 },
        { { .frames = 90, .loop = 1 }, TTM_MODE_DRAFT, 6, 90, 46, 6, 1 },
        { { .loop = 1 }, TTM_MODE_OBJECTS, 0, 1, 1, 1, 0 },
    };
    Run *r = run_open((const char *[]){ "model", bundle, NULL });

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMTimes asked = cases[i].asked;
        TTMTiming t;

        asked.fps.den = 1;
        t = ttm_timing(r->ctx, &asked, cases[i].mode, cases[i].drawn);
        assert_int_equal(t.frames, cases[i].frames);
        assert_int_equal(t.moving, cases[i].moving);
        assert_int_equal(t.generated, cases[i].generated);
        assert_int_equal(t.returns, cases[i].returns);
    }
    run_close(r);
}

/* Frames of the first way are there as soon as the networks' that they lie between are, and
 * none before. */
static void test_ready(void **state)
{
    (void)state;
    for (int generated = 1; generated <= 16; generated++)
        for (int frames = 1; frames <= 60; frames++)
            for (int returns = 1; returns < 5; returns++) {
                const TTMTiming t = { { 8, 1 }, frames, 16, generated, returns };
                const int way = frames / (2 * returns);

                for (int made = 0; made <= generated; made++) {
                    int ready = 0;

                    while (ready < frames && made > 0 &&
                           (made == generated ||
                            ttm_course_returning(generated, returns,
                                                 ttm_timing_round(&t, ready)) <=
                                made - 1 + 1e-7))
                        ready++;
                    if (ready <= way)
                        assert_int_equal(ttm_timing_ready(&t, made), ready);
                    else
                        assert_in_range(ttm_timing_ready(&t, made), way, ready);
                }
            }
}

/* Regions that flow have flowed whole periods. */
static void test_phase(void **state)
{
    (void)state;
    for (int frames = 1; frames < 200; frames += 7)
        for (int returns = 1; returns < 5; returns++) {
            const TTMTiming t = { { 8, 1 }, frames, 16, 16, returns };

            assert_true(fabs(ttm_timing_phase(&t, frames) - 2 * returns) < 1e-9);
            assert_true(ttm_timing_phase(&t, 0) == 0);
        }
}

static double apart(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int i = 0; i < BYTES; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum / BYTES);
}

/* @p frames frames of the clip of @p options, of which there are as many. */
static void make(const char *const *options, int frames, uint8_t (*out)[BYTES])
{
    Run *r = run_open(options);

    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(ttm_frame_count(r->ctx), frames);
    for (int t = 0; t < frames; t++) {
        TTMImage frame = run_wrap(out[t]);

        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    }
    run_close(r);
}

/* Whole clips, in each way of fitting: the last frame is as near to the first as others. */
static void test_clip(void **state)
{
    static const char *const refine[] = { "none", "similarity", "shape" };
    static uint8_t frames[24][BYTES];

    (void)state;
    for (int i = 0; i < 3; i++)
        for (int nb = 6; nb <= 24; nb += 18) {
            double most = 0;

            make((const char *[]){ "model", bundle, "refine", refine[i], "loop", "1",
                                   "frames", nb == 6 ? "0" : "24", NULL }, nb, frames);
            for (int t = 1; t < nb; t++)
                most = fmax(most, apart(frames[t - 1], frames[t]));
            assert_true(most > 1);
            assert_true(apart(frames[nb - 1], frames[0]) <= most);
        }
}

/* On a device as on the CPU. */
static void test_vulkan(void **state)
{
    static const char *const devices[] = { "cpu", "vulkan:0" };
    static uint8_t frames[2][12][BYTES];

    (void)state;
    if (!run_has_device(bundle, "vulkan:0"))
        skip();
    for (int i = 0; i < 2; i++)
        make((const char *[]){ "model", bundle, "device", devices[i], "loop", "1",
                               "frames", "12", NULL }, 12, frames[i]);
    for (int t = 0; t < 12; t++)
        assert_true(apart(frames[0][t], frames[1][t]) < 0.6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounds), cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_repeats), cmocka_unit_test(test_closes), cmocka_unit_test(test_moment),
        cmocka_unit_test(test_table),  cmocka_unit_test(test_ready),
        cmocka_unit_test(test_phase),  cmocka_unit_test(test_clip),
        cmocka_unit_test(test_vulkan),
    };
    int ret;

    bundle = test_link_bundle(BUNDLE);
    test_edit(BUNDLE, bundle, "model_index.json", "\"generated_frames\": 32",
              "\"generated_frames\": 4");
    ret = cmocka_run_group_tests_name("loop", tests, NULL, NULL);
    test_remove_folder(bundle);
    return ret;
}
