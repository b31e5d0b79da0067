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

/** @file A whole clip against the pipeline in PyTorch: ids and pixels. */

#include "unit.h"

#include <stdlib.h>

#include "io/json.h"
#include "pipeline/pipeline.h"
#include "segment/palette.h"

#define SIZE    32
#define FRAMES  4
#define PIXELS  (SIZE * SIZE)

static void draw(uint8_t *still, uint8_t *masks)
{
    const uint8_t colours[3][3] = { { 90, 110, 100 }, { 210, 40, 30 },
                                    { 40, 60, 220 } };

    for (int i = 0; i < PIXELS; i++) {
        int x = i % SIZE, y = i / SIZE;
        int id = x >= 5 && x < 14 && y >= 9 && y < 22 ? 1 :
                 x >= 19 && x < 27 && y >= 12 && y < 25 ? 2 : 0;

        for (int c = 0; c < 3; c++) {
            still[3 * i + c] = (uint8_t)(colours[id][c] + (x * 3 + y * 5) % 17);
            masks[3 * i + c] = ttm_object_colour(id)[c];
        }
    }
}

static TTMContext *open_context(TestLog *lines, const char *prompt)
{
    TTMContext *ctx = NULL;
    TTMSettings s;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = lines;
    s.model      = "tests/ref/bundle";
    s.device     = "cpu";
    s.threads    = 1;
    s.precision  = 1;
    s.seed       = 5;
    s.detail     = 0;
    s.prompt     = (char *)(uintptr_t)prompt;
    assert_int_equal(ttm_open(&ctx, &s), 0);
    return ctx;
}

static int hex_byte(const char *text)
{
    const char part[3] = { text[0], text[1], 0 };

    return (int)strtol(part, NULL, 16);
}

/* Number of ids that differ from the digits of @p text. */
static int count_different(const uint8_t *ids, const char *text, int count)
{
    int different = 0;

    assert_int_equal(strlen(text), count);
    for (int i = 0; i < count; i++)
        different += ids[i] != text[i] - '0';
    return different;
}

static void test_clip(void **state)
{
    static uint8_t still[3 * PIXELS], masks[3 * PIXELS], frame[3 * PIXELS];
    TTMImage image = { TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, still };
    TTMImage mask  = { TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, masks };
    TTMImage out   = { TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, frame };
    TestLog lines = { "", "" };
    TTMJson *json = NULL;
    TTMContext *ctx;
    const char *video;
    int ret, most = 0, moved = 0;

    (void)state;
    assert_int_equal(ttm_json_load(&json, NULL,
                                   "tests/ref/pipeline_case.json"), 0);
    ctx = open_context(&lines, ttm_json_string(ttm_json_get(json, "prompt"),
                                               ""));
    draw(still, masks);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    assert_int_equal(ttm_set_masks(ctx, &mask), 0);
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE) ;
    assert_int_equal(ret, 0);

    /* a pixel halfway between two colours may fall either way */
    ret = count_different(ctx->clip.predicted,
                          ttm_json_string(ttm_json_get(json, "predicted"), ""),
                          FRAMES * PIXELS);
    assert_in_range(ret, 0, 8);
    ret = count_different(ctx->clip.trajectory,
                          ttm_json_string(ttm_json_get(json, "ids"), ""),
                          FRAMES * PIXELS);
    assert_in_range(ret, 0, 24);
    video = ttm_json_string(ttm_json_get(json, "video"), "");
    assert_int_equal(strlen(video), 2 * FRAMES * 3 * PIXELS);
    for (int t = 0; t < FRAMES; t++) {
        assert_int_equal(ttm_get_frame(ctx, t, &out), 0);
        for (int i = 0; i < 3 * PIXELS; i++) {
            int expected = hex_byte(video + 2 * (t * 3 * PIXELS + i));
            int difference = abs(frame[i] - expected);

            most = difference > most ? difference : most;
            moved |= expected != hex_byte(video + 2 * i);
        }
    }
    assert_true(moved);
    assert_in_range(most, 0, 2);
    ttm_close(&ctx);
    ttm_json_free(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_clip) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
