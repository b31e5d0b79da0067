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

/** @file Values that are not numbers end a clip, with a line that names the network. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "files.h"
#include "ttm.h"
#include "util/finite.h"

#define BUNDLE  "tests/ref/bundle"
#define WEIGHTS "diffusion_pytorch_model.safetensors"
#define W       72
#define H       48

static void test_count(void **state)
{
    const float values[] = {
        0, -0.0f, 1e-45f, 3.4e38f, -3.4e38f, NAN, INFINITY, -INFINITY, -NAN
    };

    (void)state;
    assert_int_equal(ttm_count_not_finite(values, 5), 0);
    assert_int_equal(ttm_count_not_finite(values, 9), 4);
    assert_int_equal(ttm_count_not_finite(values, 0), 0);
}

/** The bundle with a NaN as the last element of a network's last tensor. */
static char *damage(const char *part)
{
    char *folder = test_link_bundle(BUNDLE);
    char from[256], name[256];
    uint8_t *data;
    FILE *file;
    long size;

    snprintf(from, sizeof(from), BUNDLE "/%s/" WEIGHTS, part);
    snprintf(name, sizeof(name), "%s/" WEIGHTS, part);
    file = fopen(from, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    assert_true(size > 4);
    rewind(file);
    data = malloc((size_t)size);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)size, file), size);
    fclose(file);
    memset(data + size - 4, 0xff, 4);   /* NaN in f32, f16 and bf16 */
    assert_int_equal(remove(test_path(folder, name)), 0);
    test_write(folder, name, data, (size_t)size);
    free(data);
    return folder;
}

/** Run a clip to its end or error; the last lines are in @p lines. */
static int run(const char *bundle, TestLog *lines)
{
    static uint8_t pixels[3 * W * H];
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;
    int ret;

    for (int i = 0; i < 3 * W * H; i++)
        pixels[i] = (uint8_t)(i % 251);
    assert_non_null(settings);
    ttm_settings_set_log(settings, test_log_callback, lines);
    assert_int_equal(ttm_settings_set(settings, "model", bundle), 0);
    assert_int_equal(ttm_settings_set(settings, "device", "cpu"), 0);
    assert_int_equal(ttm_settings_set(settings, "precision", "f32"), 0);
    assert_int_equal(ttm_settings_set(settings, "prompt", "it moves left"), 0);
    assert_int_equal(ttm_open(&ctx, settings), 0);
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    ttm_close(&ctx);
    ttm_settings_free(&settings);
    return ret;
}

static void test_damaged(void **state)
{
    static const struct { const char *part, *message; } cases[] = {
        { "image_to_motion", "stage 1 (image_to_motion)" },
        { "motion_to_video", "stage 2 (motion_to_video)" },
    };

    (void)state;
    for (int i = 0; i < 2; i++) {
        TestLog lines = { "", "", "" };
        char *folder = damage(cases[i].part);

        assert_int_equal(run(folder, &lines), TTM_ERR_FORMAT);
        assert_contains(lines.error, cases[i].message);
        assert_contains(lines.error, "not finite after step 1, computed in f32");
        test_remove_folder(folder);
    }
}

/** The same bundle as it is. */
static void test_whole(void **state)
{
    TestLog lines = { "", "", "" };

    (void)state;
    assert_int_equal(run(BUNDLE, &lines), 0);
    assert_string_equal(lines.error, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
