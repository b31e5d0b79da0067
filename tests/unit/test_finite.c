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

#include "clip/context.h"
#include "files.h"
#include "util/choices.h"
#include "util/finite.h"

#define BUNDLE  "tests/ref/bundle"
#define WEIGHTS "diffusion_pytorch_model.safetensors"
#define W       72
#define H       48

#define NOT_A_NUMBER 0xffff
#define LARGEST      0x7bff     ///< 65504; a sum of such is more than f16 holds

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

/** The bundle with f16 @p bits as every element of a tensor of a part. */
static char *damage(const char *part, const char *tensor, uint16_t bits)
{
    char *folder = test_link_bundle(BUNDLE), *entry;
    char from[320], name[256], quoted[256];
    long begin, end;
    uint64_t header;
    uint8_t *data;
    size_t size;

    snprintf(name, sizeof(name), "%s/%s", part, strcmp(part, "text_encoder") ?
             WEIGHTS : "model.safetensors");
    snprintf(from, sizeof(from), BUNDLE "/%s", name);
    snprintf(quoted, sizeof(quoted), "\"%s\"", tensor);
    data = test_read(from, &size);
    memcpy(&header, data, sizeof(header));
    entry = strstr((char *)data + 8, quoted);
    assert_non_null(entry);
    assert_memory_equal(strstr(entry, "\"dtype\"") + 8, "\"F16\"", 5);
    entry = strchr(strstr(entry, "\"data_offsets\""), '[') + 1;
    begin = strtol(entry, &entry, 10);
    end   = strtol(entry + 1, NULL, 10);
    assert_true(begin < end && 8 + (long)header + end <= (long)size);
    for (long i = begin; i < end; i += 2)
        memcpy(data + 8 + header + i, &bits, sizeof(bits));
    assert_int_equal(remove(test_path(folder, name)), 0);
    test_write(folder, name, data, size);
    free(data);
    return folder;
}

/** As test_log_callback(); of warnings that of the precision is kept. */
static void keep_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    TestLog *lines = opaque;

    if (level != TTM_LOG_WARNING || !strstr(lines->warning, "precision"))
        test_log_callback(lines, level, message);
}

/**
 * Run a clip on the CPU to its end or error; the last lines are in @p lines. With
 * @p chosen the precision is as if precision=auto had chosen it.
 */
static int run(const char *bundle, const char *precision, int chosen,
               TestLog *lines)
{
    static uint8_t pixels[3 * W * H];
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;
    int ret;

    for (int i = 0; i < 3 * W * H; i++)
        pixels[i] = (uint8_t)(i % 251);
    assert_non_null(settings);
    ttm_settings_set_log(settings, keep_line, lines);
    assert_int_equal(ttm_settings_set(settings, "model", bundle), 0);
    assert_int_equal(ttm_settings_set(settings, "device", "cpu"), 0);
    assert_int_equal(ttm_settings_set(settings, "precision", precision), 0);
    assert_int_equal(ttm_settings_set(settings, "prompt", "it moves left"), 0);
    assert_int_equal(ttm_open(&ctx, settings), 0);
    if (chosen)
        ctx->settings.precision = TTM_PRECISION_AUTO;
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    ttm_close(&ctx);
    ttm_settings_free(&settings);
    return ret;
}

static void test_damaged(void **state)
{
    static const struct { const char *part, *tensor, *message, *rest; } cases[] = {
        { "image_to_motion", "conv_out.weight", "stage 1 (image_to_motion)",
          "not finite after step 1, computed in f32" },
        { "motion_to_video", "conv_out.weight", "stage 2 (motion_to_video)",
          "not finite after step 1, computed in f32" },
        { "vae", "decoder.conv_out.weight", "stage 1, frame 1: ",
          "of vae.decoder are not finite, computed in f32" },
        { "vae", "encoder.conv_out.weight", "stage 1, input 0: ",
          "of vae.encoder are not finite, computed in f32" },
        { "text_encoder", "text_model.final_layer_norm.weight", "prompts: ",
          "of text_encoder are not finite, computed in f32" },
    };

    (void)state;
    for (int i = 0; i < 5; i++) {
        TestLog lines = { "", "", "" };
        char *folder = damage(cases[i].part, cases[i].tensor, NOT_A_NUMBER);

        assert_int_equal(run(folder, "f32", 0, &lines), TTM_ERR_FORMAT);
        assert_contains(lines.error, cases[i].message);
        assert_contains(lines.error, cases[i].rest);
        test_remove_folder(folder);
    }
}

/** More than f16 holds: said where f16 was asked for, else computed in f32. */
static void test_precision(void **state)
{
    TestLog lines = { "", "", "" };
    char *folder = damage("image_to_motion", "conv_out.weight", LARGEST);

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(run(folder, "f32", 0, &lines), 0);
        assert_int_equal(run(folder, "f16", 0, &lines), TTM_ERR_PRECISION);
        assert_contains(lines.error, "computed in f16");
        assert_contains(lines.error, "precision=f32");
        lines.error[0] = lines.warning[0] = 0;
        assert_int_equal(run(folder, "f16", 1, &lines), 0);
        assert_contains(lines.warning, "precision=auto goes from f16 to f32");
        test_remove_folder(folder);
        folder = damage("vae", "decoder.conv_out.weight", LARGEST);
    }
    test_remove_folder(folder);
}

/** The same bundle as it is. */
static void test_whole(void **state)
{
    TestLog lines = { "", "", "" };

    (void)state;
    assert_int_equal(run(BUNDLE, "f32", 0, &lines), 0);
    assert_string_equal(lines.error, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_precision),
        cmocka_unit_test(test_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
