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

/** @file A context on the tiny bundle with a still of two boxes, and its frames. */

#include "run.h"

#include <stdlib.h>

#include "util/palette.h"

void run_draw(Run *r)
{
    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W;
        int id = x >= 12 && x < 30 && y >= 14 && y < 34 ? 1 :
                 x >= 44 && x < 60 && y >= 20 && y < 40 ? 2 : 0;
        const uint8_t colours[3][3] = { { 90, 110, 100 }, { 210, 40, 30 },
                                        { 40, 60, 220 } };

        for (int c = 0; c < 3; c++) {
            r->still[3 * i + c] = (uint8_t)(colours[id][c] +
                                            (x * 3 + y * 5) % 17);
            r->masks[3 * i + c] = ttm_object_colour(id)[c];
        }
    }
}

TTMImage run_wrap(uint8_t *pixels)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
}

/* Options as name, value, ..., NULL. */
Run *run_open(const char *const *options)
{
    Run *r = calloc(1, sizeof(*r));
    TTMSettings s;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &r->lines;
    ttm_settings_set(&s, "model", BUNDLE);
    ttm_settings_set(&s, "device", "cpu");
    ttm_settings_set(&s, "threads", "1");
    ttm_settings_set(&s, "precision", "f32");
    ttm_settings_set(&s, "seed", "5");
    ttm_settings_set(&s, "prompt", "the red box moves right while the blue "
                     "box jumps");
    for (; options && *options; options += 2)
        assert_int_equal(ttm_settings_set(&s, options[0], options[1]), 0);
    assert_int_equal(ttm_open(&r->ctx, &s), 0);
    ttm_settings_uninit(&s);
    run_draw(r);
    return r;
}

void run_close(Run *r)
{
    ttm_close(&r->ctx);
    free(r);
}

int run_has_device(const char *model, const char *device)
{
    TTMContext *ctx = NULL;
    TTMSettings s;
    int ret;

    ttm_settings_default(&s);
    ttm_settings_set(&s, "model", model);
    ttm_settings_set(&s, "device", device);
    ret = ttm_open(&ctx, &s);
    ttm_close(&ctx);
    ttm_settings_uninit(&s);
    return ret >= 0;
}

void run_begin(Run *r, int masks)
{
    TTMImage still = run_wrap(r->still), mask = run_wrap(r->masks);

    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    if (masks)
        assert_int_equal(ttm_set_masks(r->ctx, &mask), 0);
}

/* Step to the end; checks that progress only grows. */
int run_finish(Run *r)
{
    TTMProgress p = { .struct_size = sizeof(p), .fraction = -1 };
    double last = -1;
    int ready = 0, ret;

    while ((ret = ttm_step(r->ctx, &p)) == TTM_MORE) {
        assert_non_null(p.phase);
        assert_in_range(p.step, 1, p.steps);
        assert_true(p.fraction >= last && p.fraction <= 1);
        assert_true(ttm_frames_ready(r->ctx) >= ready);
        last  = p.fraction;
        ready = ttm_frames_ready(r->ctx);
    }
    if (ret < 0)
        return ret;
    assert_true(p.fraction == 1);
    assert_int_equal(ttm_frames_ready(r->ctx), ttm_frame_count(r->ctx));
    for (int t = 0; t < ttm_frame_count(r->ctx) && t < FRAMES; t++) {
        TTMImage frame = run_wrap(r->frames[t]);

        assert_int_equal(ttm_get_frame(r->ctx, t, &frame), 0);
    }
    return ret;
}
