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

/** @file Dense fits of objects that change their shape, with shapes that are known. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/field.h"
#include "motion/course.h"
#include "motion/forms.h"
#include "motion/register.h"
#include "util/sample.h"

#define W 192
#define H 128
#define F 6
#define PIXELS (W * H)

static uint8_t clip[F * PIXELS];

/* Everything background. */
static void clear(void)
{
    memset(clip, 0, sizeof(clip));
}

static void box(int t, int id, double x0, double y0, double x1, double y1)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            if (x + 0.5 >= x0 && x + 0.5 < x1 && y + 0.5 >= y0 && y + 0.5 < y1)
                clip[t * PIXELS + y * W + x] = (uint8_t)id;
}

/* A bar 24 wide from (40, 64) on, bent into an arc by so much a pixel of its length. */
static void bent_bar(int t, int id, double bend)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double dx = x + 0.5 - 40, dy = y + 0.5 - 64, along = dx, across = dy;

            if (bend > 0) {
                const double r = 1 / bend, to = hypot(dx, dy - r);

                along  = atan2(dx, r - dy) * r;
                across = to - r;
            }
            if (along >= 0 && along < 110 && fabs(across) < 12)
                clip[t * PIXELS + y * W + x] = (uint8_t)id;
        }
}

/* Similarities to what is drawn, then shapes. */
static struct TTMForms *fit_shapes(TTMFit *fit, int objects)
{
    static const uint8_t colours[2][3] = { { 255, 0, 0 }, { 0, 255, 0 } };
    static uint8_t rgb[3 * F * PIXELS];
    const TTMDrawn drawn = { W, H, W, H, rgb, clip, 0, colours };

    memset(rgb, 0, sizeof(rgb));
    for (int i = 0; i < F * PIXELS; i++)
        if (clip[i])
            memcpy(rgb + 3 * i, colours[clip[i] - 1], 3);
    assert_int_equal(ttm_fit_create(fit, clip, clip, F, H, W, objects, NULL), 0);
    assert_int_equal(ttm_fit_register(fit, clip, W, H, &drawn), 0);
    assert_int_equal(ttm_forms_create(&fit->forms, fit, clip, W, H, 1, clip, W, H),
                     0);
    return fit->forms;
}

/* Is object @p id, carried along, at (x, y)? @p rows are those of the frame. */
static int is_there(const TTMFit *fit, const float *rows, int id, float x, float y)
{
    const TTMFieldShape field = ttm_fit_field(fit);
    float qx, qy, share;

    share = ttm_field_source(rows + ttm_fit_row_size(fit) * (size_t)(id - 1), &field,
                             x, y, &qx, &qy);
    qx = floorf(qx);
    qy = floorf(qy);
    return share >= 0.5f && qx >= 0 && qy >= 0 && qx < W && qy < H &&
           clip[(int)qy * W + (int)qx] == id;
}

/* How often object 1's field jumps between (x0, y0) and (x1, y1), in the clip's pixels. */
static int count_torn(const TTMFit *fit, const float *rows, double x0, double y0,
                      double x1, double y1)
{
    const TTMFieldShape field = ttm_fit_field(fit);
    int count = 0;

    for (int i = 0; i < field.width * field.height; i++) {
        const double x = (i % field.width + 1.0) / field.step_x;
        const double y = (i / field.width + 1.0) / field.step_y;

        if (x > x0 && x < x1 && y > y0 && y < y1)
            count += rows[6 + TTM_FIELD_PART * i + 2] >= TTM_FIELD_TORN;
    }
    return count;
}

/* IoU of an object's mask, carried along, with that of frame @p t. */
static double carried_iou(const TTMFit *fit, int id, int t)
{
    float *rows = calloc((size_t)fit->objects * ttm_fit_row_size(fit),
                         sizeof(*rows));
    int both = 0, any = 0;

    assert_non_null(rows);
    ttm_fit_rows(fit, t, rows);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const int there = is_there(fit, rows, id, (float)x + 0.5f,
                                       (float)y + 0.5f);

            both += there && clip[t * PIXELS + y * W + x] == id;
            any += there || clip[t * PIXELS + y * W + x] == id;
        }
    free(rows);
    return any ? (double)both / any : 1;
}

/* Least Jacobian and largest ratio of singular values of 99 % of the cells. */
static void measure(const TTMForm *f, int t, double *least, double *ratio)
{
    const TTMLattice *l = &f->lattice;
    const float (*at)[2] = (const float (*)[2])f->corners + t * l->nb_corners;
    int over = 0;

    *least = 1e9;
    for (int i = 0; i < l->nb_cells; i++) {
        float s[2];

        ttm_lattice_strain(l, at, i, s);
        *least = fmin(*least, s[0] * s[1]);
        over += !(s[0] < 2 * s[1]);
    }
    *ratio = (double)over / l->nb_cells;
}

/* What moves, grows and is partly hidden or cut stays a similarity, bit for bit. */
static void test_rigid(void **state)
{
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++) {
        box(t, 1, 20 + 9 * t, 30 + 3 * t, 60 + 9 * t, 60 + 3 * t);
        box(t, 1, 30 + 9 * t, 20 + 3 * t, 40 + 9 * t, 30 + 3 * t);
    }
    assert_null(fit_shapes(&fit, 1));
    assert_int_equal(ttm_fit_field(&fit).width, 0);
    assert_int_equal(ttm_fit_row_size(&fit), 6);
    ttm_fit_free(&fit);
    clear();
    for (int t = 0; t < F; t++) {       /* behind another one, and out */
        box(t, 1, 20 + 25 * t, 30, 80 + 25 * t, 70);
        box(t, 2, 100, 10, 120, 110);
    }
    assert_null(fit_shapes(&fit, 2));
    ttm_fit_free(&fit);
}

static void test_bend(void **state)
{
    struct TTMForms *forms;
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++)
        bent_bar(t, 1, 0.002 * t);
    forms = fit_shapes(&fit, 1);
    assert_non_null(forms);
    assert_true(forms->object[0].deforms);
    for (int t = 1; t < F; t++) {
        double least, ratio;

        measure(&forms->object[0], t, &least, &ratio);
        assert_true(carried_iou(&fit, 1, t) > 0.93);
        assert_true(least > 0.5);
        assert_true(ratio < 0.01);
    }
    /* The end of the bar is where the arc has it. */
    {
        const TTMLattice *l = &forms->object[0].lattice;
        const float (*at)[2] = (const float (*)[2])forms->object[0].corners +
                               (F - 1) * l->nb_corners;
        const float side = (float)forms->width / W;
        const double bend = 0.002 * (F - 1), angle = 105 * bend;
        float p[2];
        TTMPin pin;

        ttm_lattice_pin(l, 145 * side, 64 * side, (int)(145 * side),
                        (int)(64 * side), &pin);
        ttm_lattice_position(l, at, &pin, p);
        assert_true(fabs(p[0] / side - (40 + sin(angle) / bend)) < 5);
        assert_true(fabs(p[1] / side - (64 + (1 - cos(angle)) / bend)) < 5);
    }
    ttm_fit_free(&fit);
}

/* An upright bar of 120 x 24 in the middle, @p size times that, turned clockwise. */
static void turned_bar(int t, double size, double angle)
{
    const double c = cos(angle), s = sin(angle);

    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double dx = x + 0.5 - W / 2, dy = y + 0.5 - H / 2;

            if (fabs(c * dx + s * dy) < 12 * size && fabs(c * dy - s * dx) < 60 * size)
                clip[t * PIXELS + y * W + x] = 1;
        }
}

/* First place from the middle at @p x on, upwards or down, without the bar. */
static double edge_of(const TTMFit *fit, const float *rows, double x, int way)
{
    double y = H / 2;

    while (fabs(y - H / 2) < 30 && is_there(fit, rows, 1, (float)x, (float)y))
        y += 0.0625 * way;
    return y;
}

/*
 * A bar that lies down and goes away keeps its straight edges: its similarity
 * knows of no turn, so that all of it is in the field, whose steps are large.
 */
static void test_lies_down(void **state)
{
    double rough = 0, off = 0;
    int count = 0;
    float *rows;
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++)
        turned_bar(t, 1 - 0.12 * t, t * 1.57079633 / (F - 1));
    assert_non_null(fit_shapes(&fit, 1));
    rows = calloc(ttm_fit_row_size(&fit), sizeof(*rows));
    assert_non_null(rows);
    ttm_fit_rows(&fit, F - 1, rows);
    for (int way = -1; way <= 1; way += 2)
        for (double x = W / 2 - 20; x < W / 2 + 20; x += 0.25, count++) {
            const double edge = edge_of(&fit, rows, x, way);

            rough += fabs(edge_of(&fit, rows, x + 0.25, way) - edge);
            off += fabs(edge - (H / 2 + 4.8 * way));
        }
    /* and is whole between them */
    assert_int_equal(count_torn(&fit, rows, W / 2 - 20, H / 2 - 4, W / 2 + 20, H / 2 + 4),
                     0);
    free(rows);
    assert_true(off < 0.5 * count);
    assert_true(rough < 0.05 * count);
    for (int t = 1; t < F; t++)
        assert_true(carried_iou(&fit, 1, t) > 0.9);
    ttm_fit_free(&fit);
}

/* One object becomes two pieces. */
static void test_split(void **state)
{
    TTMFit fit;

    (void)state;
    clear();
    box(0, 1, 60, 40, 130, 80);
    for (int t = 1; t < F; t++) {
        box(t, 1, 60 - 4 * t, 40, 93 - 4 * t, 80);
        box(t, 1, 97 + 4 * t, 40, 130 + 4 * t, 80);
    }
    assert_non_null(fit_shapes(&fit, 1));
    for (int t = 1; t < F; t++)
        assert_true(carried_iou(&fit, 1, t) > 0.9);
    ttm_fit_free(&fit);
}

/* Two limbs with a gap thinner than a cell move apart on their own. */
static void test_limbs(void **state)
{
    struct TTMForms *forms;
    TTMFit fit;
    double least, ratio;
    float *rows;

    (void)state;
    clear();
    for (int t = 0; t < F; t++) {
        box(t, 1, 60, 70, 120, 110);
        for (int y = 20; y < 70; y++) {
            const double out = 0.012 * t * (70 - y);

            box(t, 1, 69 - out * 10, y, 89 - out * 10, y + 1);
            box(t, 1, 90 + out * 10, y, 110 + out * 10, y + 1);
        }
    }
    forms = fit_shapes(&fit, 1);
    assert_non_null(forms);
    for (int t = 1; t < F; t++) {
        assert_true(carried_iou(&fit, 1, t) > 0.88);
        measure(&forms->object[0], t, &least, &ratio);
        assert_true(least > 0.1);
    }
    /* from one to the other there is no way, where they are 37 apart */
    rows = calloc(ttm_fit_row_size(&fit), sizeof(*rows));
    assert_non_null(rows);
    ttm_fit_rows(&fit, F - 1, rows);
    assert_true(count_torn(&fit, rows, 72, 38, 107, 42) > 0);
    free(rows);
    ttm_fit_free(&fit);
}

/* Arms that lay before the body come out and rise: no reason to bend the body. */
static void test_arms_from_nothing(void **state)
{
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++) {
        const double angle = 0.3 * t;

        box(t, 1, 76, 40, 104, 116);
        for (int side = -1; side <= 1; side += 2)
            for (int along = 0; along < 34 && t; along++) {
                const double x = 90 + side * (10 + along * sin(angle));
                const double y = 46 + along * cos(angle);

                box(t, 1, x - 3, y - 3, x + 3, y + 3);
            }
    }
    assert_null(fit_shapes(&fit, 1));
    ttm_fit_free(&fit);
}

/* A bending bar whose middle is hidden keeps its length. */
static void test_hidden(void **state)
{
    struct TTMForms *forms;
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++) {
        bent_bar(t, 1, 0.0016 * t);
        if (t)
            box(t, 2, 80, 20, 110, 120);
        else
            box(t, 2, 80, 2, 110, 40);
    }
    forms = fit_shapes(&fit, 2);
    assert_non_null(forms);
    assert_true(forms->object[0].deforms);
    for (int t = 1; t < F; t++) {
        const TTMLattice *l = &forms->object[0].lattice;
        const float (*at)[2] = (const float (*)[2])forms->object[0].corners +
                               t * l->nb_corners;

        for (int i = 0; i < l->nb_cells; i++) {
            float s[2];

            ttm_lattice_strain(l, at, i, s);
            assert_true(s[1] > 0.6f && s[0] < 1.6f);
        }
    }
    ttm_fit_free(&fit);
}

/* Frames without the object lie between those that have it. */
static void test_empty(void **state)
{
    struct TTMForms *forms;
    const TTMForm *f;
    TTMFit fit;

    (void)state;
    clear();
    for (int t = 0; t < F; t++)
        if (t != 2 && t != 3)
            bent_bar(t, 1, 0.002 * t);
    forms = fit_shapes(&fit, 1);
    assert_non_null(forms);
    f = &forms->object[0];
    for (int i = 0; i < f->lattice.nb_corners; i++)
        for (int k = 0; k < 2; k++) {
            const float (*c)[2] = (const float (*)[2])f->corners;
            const int nb = f->lattice.nb_corners;

            for (int t = 2; t < 4; t++)
                assert_true(isfinite(c[t * nb + i][k]));
        }
    ttm_fit_free(&fit);
    /* nowhere in the still; nowhere later */
    clear();
    box(1, 1, 30, 30, 60, 60);
    assert_null(fit_shapes(&fit, 1));
    ttm_fit_free(&fit);
    clear();
    box(0, 1, 30, 30, 60, 60);
    assert_null(fit_shapes(&fit, 1));
    ttm_fit_free(&fit);
}

/* The same again is the same; between two frames a shape is between those. */
static void test_repeat(void **state)
{
    struct TTMForms *a, *b;
    TTMCourse course;
    TTMMotion now;
    TTMFit one, two;
    float (*corners)[2], furthest = 0;
    size_t nb;

    (void)state;
    clear();
    for (int t = 0; t < F; t++)
        bent_bar(t, 1, 0.002 * t);
    a = fit_shapes(&one, 1);
    b = fit_shapes(&two, 1);
    nb = (size_t)a->object[0].lattice.nb_corners;
    assert_memory_equal(a->object[0].corners, b->object[0].corners,
                        F * nb * sizeof(float[2]));
    corners = calloc(nb, sizeof(*corners));
    assert_int_equal(ttm_course_create(&course, &one, 0), 0);
    for (int t = 0; t < F - 1; t++) {
        ttm_course_motion(&course, 1, t, &now);
        ttm_course_corners(&course, 1, t, &now, corners);
        assert_memory_equal(corners, a->object[0].corners + (size_t)t * nb,
                            nb * sizeof(*corners));
        ttm_course_motion(&course, 1, t + 0.5, &now);
        ttm_course_corners(&course, 1, t + 0.5, &now, corners);
        for (size_t i = 0; i < nb; i++) {
            const float *p = a->object[0].corners[(size_t)t * nb + i];
            const float *q = a->object[0].corners[(size_t)(t + 1) * nb + i];

            for (int k = 0; k < 2; k++)
                assert_true(corners[i][k] > fminf(p[k], q[k]) - 0.1f &&
                            corners[i][k] < fmaxf(p[k], q[k]) + 0.1f);
        }
    }
    for (size_t i = 0; i < F * nb; i++)
        furthest = fmaxf(furthest, hypotf(a->object[0].corners[i][0] -
                                          a->object[0].corners[i % nb][0],
                                          a->object[0].corners[i][1] -
                                          a->object[0].corners[i % nb][1]));
    /* Behind the end it stays where it was: it unbends, and bends again. */
    for (int t = F; t < 20 * F; t++) {
        ttm_course_motion(&course, 1, t + 0.3, &now);
        ttm_course_corners(&course, 1, t + 0.3, &now, corners);
        for (size_t i = 0; i < nb; i++)
            assert_true(hypotf(corners[i][0] - a->object[0].corners[i][0],
                               corners[i][1] - a->object[0].corners[i][1]) <
                        1.05f * furthest);
    }
    free(corners);
    ttm_course_free(&course);
    ttm_fit_free(&one);
    ttm_fit_free(&two);
}

static double corners_apart(float (*a)[2], float (*b)[2], size_t nb)
{
    double sum = 0;

    for (size_t i = 0; i < nb; i++)
        sum += pow(a[i][0] - b[i][0], 2) + pow(a[i][1] - b[i][1], 2);
    return sqrt(sum / (double)nb);
}

/* Corners at @p time of a loop. */
static void bend_round(const TTMCourse *c, double time, float (*corners)[2])
{
    TTMMotion now;

    ttm_course_round_motion(c, 1, time, &now);
    ttm_course_round_corners(c, 1, time, &now, corners);
}

/* In a loop a shape that comes back repeats, another bends and unbends. */
static void test_loop(void **state)
{
    (void)state;
    for (int comes_back = 0; comes_back < 2; comes_back++) {
        struct TTMForms *forms;
        float (*at[3])[2];
        double step, most = 0;
        TTMCourse c;
        TTMFit fit;
        size_t nb;

        clear();
        for (int t = 0; t < F; t++)
            bent_bar(t, 1, comes_back ? (t % 3 ? 0.006 : 0) : 0.002 * t);
        forms = fit_shapes(&fit, 1);
        assert_non_null(forms);
        assert_int_equal(ttm_course_create(&c, &fit, 1), 0);
        assert_int_equal(c.round[0].span, comes_back ? 3 : 0);
        nb = (size_t)forms->object[0].lattice.nb_corners;
        for (int i = 0; i < 3; i++)
            at[i] = calloc(nb, sizeof(**at));
        /* The still's own at the begin, and no jump where it begins again. */
        bend_round(&c, 0, at[0]);
        assert_memory_equal(at[0], forms->object[0].corners, nb * sizeof(*at[0]));
        memcpy(at[1], at[0], nb * sizeof(*at[0]));
        for (int i = 1; i < 60; i++) {
            bend_round(&c, i / 60.0, at[2]);
            most = fmax(most, corners_apart(at[1], at[2], nb));
            memcpy(at[1], at[2], nb * sizeof(*at[1]));
        }
        step = corners_apart(at[0], at[1], nb);
        assert_true(most > 0.1 && step <= 1.05 * most);
        /* As at the begin once more, or, in the middle, the whole bend. */
        bend_round(&c, comes_back ? 1.0 / 3 : 0.5, at[1]);
        if (comes_back) {
            assert_int_equal(c.round[0].times, 3);
            assert_true(corners_apart(at[0], at[1], nb) < 1e-3);
        } else {
            assert_memory_equal(at[1], forms->object[0].corners + (F - 1) * nb,
                                nb * sizeof(*at[1]));
        }
        for (int i = 0; i < 3; i++)
            free(at[i]);
        ttm_course_free(&c);
        ttm_fit_free(&fit);
    }
}

/* Sizes of nearly nothing. */
static void test_small(void **state)
{
    uint8_t ids[2 * 3] = { 1, 0, 0, 0, 1, 1 };
    TTMFit fit;

    (void)state;
    assert_int_equal(ttm_fit_create(&fit, ids, ids, 2, 1, 3, 1, NULL), 0);
    assert_int_equal(ttm_forms_create(&fit.forms, &fit, ids, 3, 1, 1, ids, 3, 1), 0);
    ttm_fit_free(&fit);
    assert_int_equal(ttm_fit_create(&fit, ids, ids, 2, 1, 1, 1, NULL), 0);
    assert_int_equal(ttm_forms_create(&fit.forms, &fit, ids, 1, 1, 1, ids, 1, 1), 0);
    ttm_fit_free(&fit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rigid), cmocka_unit_test(test_bend),
        cmocka_unit_test(test_lies_down),
        cmocka_unit_test(test_split), cmocka_unit_test(test_limbs),
        cmocka_unit_test(test_arms_from_nothing),
        cmocka_unit_test(test_hidden), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_repeat), cmocka_unit_test(test_loop), cmocka_unit_test(test_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
