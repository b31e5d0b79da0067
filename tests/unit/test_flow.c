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

/** @file Regions that flow: where their pixels come from. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "motion/flow.h"
#include "motion/forms.h"

#define SIDE    128
#define FRAMES  16

/* A region of SIDE x SIDE pixels that flows, and what it is in each frame. */
typedef struct Flowing {
    TTMFit fit;
    TTMMotion motion[FRAMES];
    uint8_t ids[SIDE * SIDE];
    float *rows;
    TTMFieldShape field;
} Flowing;

/* A box, of which what is right of @p step is only half as high. */
static Flowing *begin_stepped(int x0, int y0, int x1, int y1, int step, const char *way)
{
    Flowing *f = calloc(1, sizeof(*f));
    TTMFlowStill still = { NULL, SIDE, SIDE, 1 };
    TTMFlow flow;

    assert_non_null(f);
    f->fit = (TTMFit){ FRAMES, 1, SIDE, SIDE, f->motion };
    for (int t = 0; t < FRAMES; t++)    /* a network led it away */
        f->motion[t] = (TTMMotion){ 64.0f + (float)t, 64, 1, 0.1f * (float)t };
    for (int y = y0; y < y1; y++)
        memset(f->ids + (size_t)y * SIDE + x0, 1,
               (size_t)((y < (y0 + y1) / 2 ? step : x1) - x0));
    f->fit.ground[1] = 1;               /* as wide as it may be */
    still.ids = f->ids;
    assert_int_equal(ttm_flow_read(&flow, way), 0);
    assert_int_equal(ttm_flow_add(&f->fit, 1, &flow, &still, 2), 0);
    assert_true(ttm_fit_flows(&f->fit, 1));
    assert_int_equal(f->fit.ground[1], 0);
    f->field = ttm_fit_field(&f->fit);
    f->rows  = calloc((size_t)ttm_fit_layers(&f->fit) * ttm_fit_row_size(&f->fit),
                      sizeof(float));
    assert_non_null(f->rows);
    return f;
}

static Flowing *begin(int x0, int y0, int x1, int y1, const char *way)
{
    return begin_stepped(x0, y0, x1, y1, x1, way);
}

static void end(Flowing *f)
{
    ttm_forms_free(&f->fit.forms);
    free(f->rows);
    free(f);
}

/* How far from (x, y) its pixel in a layer comes, after ttm_fit_layer_rows(); share. */
static float source(const Flowing *f, int layer, float x, float y, float offset[2])
{
    const float share = ttm_field_source(f->rows + (size_t)layer *
                                         ttm_fit_row_size(&f->fit), &f->field, x, y,
                                         &offset[0], &offset[1]);

    offset[0] -= x;
    offset[1] -= y;
    return share;
}

/* What goes one way does, and never shows what is outside the region. */
static void test_ways(void **state)
{
    static const struct {
        const char *way;
        int axis, sign;
    } cases[] = {
        { "down", 1, 1 }, { "up", 1, -1 }, { "right", 0, 1 }, { "left slowly", 0, -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Flowing *f = begin(20, 20, 108, 108, cases[i].way);
        const int axis = cases[i].axis;
        float last[2] = { 0 }, first_step = 0, at_end = 0;

        assert_int_equal(ttm_fit_layers(&f->fit), 2);
        assert_int_equal(ttm_fit_layer_object(&f->fit, 1), 1);
        for (int t = 0; t < FRAMES; t++) {
            ttm_fit_layer_rows(&f->fit, t, (double)t / f->fit.frames, f->rows);
            for (int layer = 0; layer < 2; layer++) {
                float o[2], share;

                for (int k = 0; k < 44; k++) {
                    const float x = 20.5f + 2 * (float)k, at[2] = { x, 127 - x };

                    share = source(f, layer, at[0], at[1], o);
                    assert_true(share >= 0 && share <= 1);
                    assert_true(fabsf(o[1 - axis]) < 1e-4f);
                    assert_in_range(at[axis] + o[axis], 19, 108);
                    /* Frame 0 is the still. */
                    if (t == 0 && layer == 0)
                        assert_true(share > 0.999f && fabsf(o[axis]) < 1e-3f);
                }
                share = source(f, layer, 64, 64, o);
                if (layer) {
                    assert_true(share == 1);
                } else if (t == 1) {
                    first_step = 1 - share;
                } else if (t == FRAMES - 1) {
                    at_end = 1 - share;
                }
                /* The source goes back where the picture goes on, but for its jumps. */
                if (t && fabsf(o[axis] - last[layer]) < 4)
                    assert_true((o[axis] - last[layer]) * (float)cases[i].sign < 0);
                last[layer] = o[axis];
            }
        }
        /* It ends as near to the still as it began. */
        assert_true(at_end > 0 && at_end < 1.7f * first_step);
        end(f);
    }
}

/* Where the region ends sooner beside itself the picture bends and is not cut. */
static void test_step(void **state)
{
    Flowing *f = begin_stepped(20, 20, 108, 108, 64, "down");
    float most = 0, apart = 0;

    (void)state;
    for (int t = 0; t < FRAMES; t++) {
        float o[2], least = 100, highest = -100, before = 0;
        int is_seen = 0;

        ttm_fit_layer_rows(&f->fit, t, (double)t / f->fit.frames, f->rows);
        for (int x = 24; x < 104; x++) {
            /* where it jumps back it is hardly there */
            const int is_there = source(f, 0, (float)x + 0.5f, 70, o) > 0.2f;

            if (is_there && is_seen)
                most = fmaxf(most, fabsf(o[1] - before));
            if (is_there) {
                least   = fminf(least, o[1]);
                highest = fmaxf(highest, o[1]);
            }
            before  = o[1];
            is_seen = is_there;
        }
        apart = fmaxf(apart, highest - least);
    }
    print_message("beside each other %.2f apart at most, of %.2f\n", (double)most,
                  (double)apart);
    assert_true(apart > 4);
    assert_true(most < 2.5f);
    end(f);
}

/* Networks are told nothing of it, and where it led is undone. */
static void test_untold(void **state)
{
    Flowing *f = begin(20, 20, 108, 108, "down");
    float o[2];

    (void)state;
    for (int t = 0; t < FRAMES; t += 5) {
        ttm_fit_rows(&f->fit, t, f->rows);
        assert_true(source(f, 0, 50, 60, o) == 1);
        assert_true(fabsf(o[0]) < 1e-4f && fabsf(o[1]) < 1e-4f);
    }
    end(f);
}

/* Waves begin in the still, fold nothing, rest at the outline and lead back. */
static void test_waves(void **state)
{
    Flowing *f = begin(20, 20, 108, 108, "waves");
    float most[2] = { 0 }, step = 0, last = 0, was[SIDE] = { 0 };

    (void)state;
    assert_int_equal(ttm_fit_layers(&f->fit), 1);
    for (int t = 0; t < FRAMES; t++) {
        float before = 0, o[2];

        ttm_fit_layer_rows(&f->fit, t, (double)t / f->fit.frames, f->rows);
        for (int i = 20; i < 108; i++) {
            const float at = (float)i + 0.5f;

            assert_true(source(f, 0, 64.5f, at, o) == 1);
            assert_true(at + o[1] > before);
            before  = at + o[1];
            most[0] = fmaxf(most[0], fabsf(o[0]));
            most[1] = fmaxf(most[1], fabsf(o[1]));
            if (t == 0)
                assert_true(fabsf(o[1]) < 1e-3f && fabsf(o[0]) < 1e-3f);
            else
                step = fmaxf(step, fabsf(o[1] - was[i]));
            if (i == 20 || i == 107)
                assert_true(fabsf(o[1]) < 0.3f);
            if (t == FRAMES - 1)
                last = fmaxf(last, fabsf(o[1]));
            was[i] = o[1];
        }
    }
    assert_true(most[1] > 1.5f && most[1] < 8);
    assert_true(most[0] > 0.3f && most[0] < most[1]);
    assert_true(last > 0 && last <= 1.01f * step);
    end(f);
}

/* At the picture's border waves go on, and what sways rests at its foot. */
static void test_borders(void **state)
{
    Flowing *f = begin(0, 0, SIDE, SIDE, "waves");
    float top = 0, foot = 0, o[2];

    (void)state;
    for (int t = 1; t < FRAMES; t++) {
        ttm_fit_layer_rows(&f->fit, t, (double)t / f->fit.frames, f->rows);
        source(f, 0, 64, 1, o);
        top = fmaxf(top, fabsf(o[1]));
    }
    assert_true(top > 0.5f);
    end(f);
    f = begin(10, 30, 118, SIDE, "sways");
    top = 0;
    for (int t = 0; t < FRAMES; t++) {
        ttm_fit_layer_rows(&f->fit, t, (double)t / f->fit.frames, f->rows);
        for (int x = 30; x < 100; x += 3) {
            source(f, 0, (float)x, 45, o);
            top = fmaxf(top, fabsf(o[0]));
            source(f, 0, (float)x, SIDE - 3, o);
            foot = fmaxf(foot, fabsf(o[0]));
        }
    }
    assert_true(top > 1 && foot < top / 4);
    end(f);
    /* One pixel is a region too. */
    f = begin(64, 64, 65, 65, "up quickly");
    ttm_fit_layer_rows(&f->fit, 3, (double)3 / f->fit.frames, f->rows);
    source(f, 0, 64.5f, 64.5f, o);
    assert_true(fabsf(o[1]) < 1);
    end(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways), cmocka_unit_test(test_step),
        cmocka_unit_test(test_untold),
        cmocka_unit_test(test_waves), cmocka_unit_test(test_borders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
