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

/** @file The carried image of a clip, as the condition of its second stage. */

#include "run.h"

#include <math.h>
#include <stdlib.h>

#include "util/palette.h"

#define NB 4                    /* of its frames */

/* Latents of the carried image, which the caller frees; @p nb: values of a frame. */
static float *carried(Run *r, size_t *nb)
{
    const TTMTensor *latents = &r->ctx->clip.made.encoded.carried;
    size_t count;
    float *values;

    assert_int_equal(run_finish(r), 0);
    count  = (size_t)ttm_shape_count(&latents->shape);
    values = calloc(count, sizeof(*values));
    assert_non_null(values);
    assert_int_equal(ttm_tensor_read(r->ctx->backend, latents, values, TTM_DTYPE_F32), 0);
    *nb = count / NB;
    return values;
}

static double apart(const float *a, const float *b, size_t nb)
{
    double sum = 0;

    for (size_t i = 0; i < nb; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum / (double)nb);
}

static Run *render(const char *refine)
{
    return run_open((const char *[]){ "mode", "render", "frames", "4", "steps", "1",
                                      "refine", refine, "prompt", "the red box moves right",
                                      NULL });
}

/* The red box moves right by 12 pixels in so many frames. */
static float *carry_right(const char *refine, int frames, size_t *nb)
{
    Run *r = render(refine);
    float *values;

    run_begin(r, 0);
    for (int t = 0; t < frames; t++) {
        TTMImage mask = run_wrap(r->masks);

        for (int i = 0; i < W * H; i++) {
            const int x = i % W - 12 * t / (frames - 1), y = i / W;

            memcpy(r->masks + 3 * i, ttm_object_colour(x >= 12 && x < 30 && y >= 14 &&
                                                       y < 34), 3);
        }
        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask), 0);
    }
    values = carried(r, nb);
    run_close(r);
    return values;
}

/* A trajectory of more frames is carried to the same places. */
static void test_resampled(void **state)
{
    static const char *const refine[] = { "none", "similarity" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        size_t nb;
        float *four = carry_right(refine[i], 4, &nb);
        float *seven = carry_right(refine[i], 7, &nb);

        for (size_t t = 1; t < NB; t++) {
            const double step = apart(four + t * nb, four + (t - 1) * nb, nb);

            assert_true(step > 0);
            assert_true(apart(four + t * nb, seven + t * nb, nb) < 0.1 * step);
        }
        free(four);
        free(seven);
    }
}

/* The red box becomes all of the picture, in the last frame; the background is so bright. */
static float *carry_all(const char *refine, uint8_t brightness, size_t *nb)
{
    Run *r = render(refine);
    TTMImage mask = run_wrap(r->masks);
    float *values;

    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const int inside = x >= 12 && x < 30 && y >= 14 && y < 34;

        if (!inside)
            memset(r->still + 3 * i, brightness, 3);
        memcpy(r->masks + 3 * i, ttm_object_colour(inside), 3);
    }
    run_begin(r, 0);
    for (int t = 0; t < NB; t++) {
        for (int i = 0; t == NB - 1 && i < W * H; i++)
            memcpy(r->masks + 3 * i, ttm_object_colour(1), 3);
        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask), 0);
    }
    values = carried(r, nb);
    run_close(r);
    return values;
}

/* Without refining, what an object has from outside of it is grey, not the background. */
static void test_outside(void **state)
{
    size_t nb;
    float *dark = carry_all("none", 40, &nb), *light = carry_all("none", 220, &nb);

    (void)state;
    assert_true(apart(dark, light, nb) > 0.1);
    /* but for the pixels of the box's border, which have both colours */
    assert_true(apart(dark + (NB - 1) * nb, light + (NB - 1) * nb, nb) <
                0.5 * apart(dark, light, nb));
    free(dark);
    free(light);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resampled), cmocka_unit_test(test_outside),
    };

    return cmocka_run_group_tests_name("carried", tests, NULL, NULL);
}
