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

/** @file Resampling, sizes and conversion of pictures. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "motion/ids.h"
#include "util/image.h"
#include "util/sample.h"

static void test_check(void **state)
{
    uint8_t pixels[64] = { 0 };
    TTMImage good = { sizeof(TTMImage), TTM_PIXEL_RGB8, 4, 4, 12, pixels }, image;

    (void)state;
    assert_int_equal(ttm_image_check(&good), 0);
    assert_true(ttm_image_check(NULL) < 0);
    image = good; image.width = 0;
    assert_true(ttm_image_check(&image) < 0);
    image = good; image.stride = 11;
    assert_true(ttm_image_check(&image) < 0);
    image = good; image.stride = -12;
    assert_int_equal(ttm_image_check(&image), 0);
    image = good; image.height = 20000;
    assert_true(ttm_image_check(&image) < 0);
    image = good; image.data = NULL;
    assert_true(ttm_image_check(&image) < 0);
    image = good; image.format = 7;
    assert_true(ttm_image_check(&image) < 0);
}

static void test_round_trip(void **state)
{
    TTMImage a, b;
    float rgb[3];

    (void)state;
    assert_int_equal(ttm_image_alloc(&a, TTM_PIXEL_RGB8, 256, 1), 0);
    for (int i = 0; i < 256 * 3; i++)
        ((uint8_t *)a.data)[i] = (uint8_t)(i / 3);
    assert_int_equal(ttm_image_copy(&b, &a), 0);
    for (int x = 0; x < 256; x++) {
        ttm_image_pixel(&a, x, 0, rgb);
        ttm_image_set_pixel(&b, x, 0, rgb);
    }
    assert_memory_equal(a.data, b.data, 256 * 3);
    free(b.data);
    assert_int_equal(ttm_image_alloc(&b, TTM_PIXEL_RGB16, 1, 1), 0);
    for (int v = 0; v < 65536; v += 13) {
        ((uint16_t *)b.data)[0] = (uint16_t)v;
        ttm_image_pixel(&b, 0, 0, rgb);
        ttm_image_set_pixel(&b, 0, 0, rgb);
        assert_int_equal(((uint16_t *)b.data)[0], v);
    }
    rgb[0] = NAN; rgb[1] = -3; rgb[2] = 9;
    ttm_image_set_pixel(&a, 0, 0, rgb);
    assert_int_equal(((uint8_t *)a.data)[0], 0);
    assert_int_equal(((uint8_t *)a.data)[1], 0);
    assert_int_equal(((uint8_t *)a.data)[2], 255);
    free(a.data);
    free(b.data);
}

static void test_resample(void **state)
{
    static const int sizes[][2] = { { 1, 1 }, { 3, 50 }, { 64, 64 },
                                    { 333, 7 }, { 61, 67 } };
    float *out = malloc(sizeof(*out) * 3 * 128 * 128);
    TTMImage image;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int w = sizes[i][0], h = sizes[i][1];
        double sum = 0;

        assert_int_equal(ttm_image_alloc(&image, TTM_PIXEL_RGB8, w, h), 0);
        memset(image.data, 51, (size_t)(3 * w * h));
        assert_int_equal(ttm_image_resample(&image, 32, 48, 2, -1, out, NULL), 0);
        for (int k = 0; k < 3 * 32 * 48; k++)
            assert_true(fabsf(out[k] + 0.6f) < 1e-4f);
        /* a ramp keeps its mean and its direction */
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                memset((uint8_t *)image.data + 3 * (y * w + x), 255 * x / w,
                       3);
        assert_int_equal(ttm_image_resample(&image, 16, 16, 1, 0, out, NULL), 0);
        for (int k = 0; k < 3 * 256; k++)
            sum += out[k];
        if (w > 16) {
            assert_true(fabs(sum / (3 * 256) - 0.5) < 0.03);
            assert_true(out[0] < 0.1f && out[45] > 0.9f);
        }
        /* the same size is the same image */
        if (w <= 128 && h <= 128) {
            assert_int_equal(ttm_image_resample(&image, w, h, 255, 0, out, NULL), 0);
            for (int k = 0; k < 3 * w * h; k++)
                assert_true(fabsf(out[k] - ((uint8_t *)image.data)[k]) < 0.01f);
        }
        free(image.data);
    }
    free(out);
}

static void test_sample(void **state)
{
    float image[5 * 4 * 3], a[3], b[3];

    (void)state;
    for (int i = 0; i < 20; i++)
        for (int c = 0; c < 3; c++)
            image[3 * i + c] = (float)(i % 5) + 10 * (float)(i / 5) +
                               (float)c;
    ttm_sample_cubic(image, 5, 4, 3, 2.5f, 1.5f, a);
    assert_true(fabsf(a[0] - 12) < 1e-4f && fabsf(a[2] - 14) < 1e-4f);
    ttm_sample_linear(image, 5, 4, 3, 3, 2.75f, 1.75f, b);
    assert_true(fabsf(b[1] - 15.75f + 0) < 1e-3f);
    ttm_sample_linear(image, 5, 4, 3, 3, -1e6f, 1e6f, b);
    assert_true(b[0] == 30);
    ttm_sample_cubic(image, 5, 4, 3, -1e9f, 1e9f, b);
    assert_true(isfinite(b[0]));
}

static void test_generation_size(void **state)
{
    static const struct { int iw, ih, w, h, multiple, ow, oh; } cases[] = {
        { 640, 640, 128, 128, 32, 128, 128 },
        { 1920, 1080, 128, 128, 32, 160, 96 },
        { 1, 1, 64, 64, 16, 64, 64 },
        { 8000, 6000, 64, 64, 16, 64, 48 },
        { 1080, 1920, 512, 512, 64, 384, 704 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int w, h;

        ttm_generation_size((double)cases[i].iw / cases[i].ih, cases[i].w, cases[i].h,
                            cases[i].multiple, &w, &h);
        assert_int_equal(w, cases[i].ow);
        assert_int_equal(h, cases[i].oh);
    }
    for (int iw = 1; iw < 20000; iw = iw * 3 + 1) {
        int w, h;

        ttm_generation_size(iw / 100.0, 128, 128, 32, &w, &h);
        assert_true(w % 32 == 0 && h % 32 == 0 && w >= 32 && h >= 32);
        assert_true(w * h <= 2 * 128 * 128);
    }
}

static void test_pixel_aspect(void **state)
{
    static const struct { TTMRational ratio; double aspect; } cases[] = {
        { { 0, 0 }, 1 }, { { 0, 1 }, 1 }, { { 1, 0 }, 1 }, { { 1, 1 }, 1 },
        { { 9, 9 }, 1 }, { { 64, 45 }, 64.0 / 45 }, { { 1, 2 }, 0.5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const TTMImage image = { .sample_aspect_ratio = cases[i].ratio };

        assert_true(ttm_image_pixel_aspect(&image) == cases[i].aspect);
    }
}

static void test_ids(void **state)
{
    uint8_t ids[64] = { 0 }, out[4], big[256];

    (void)state;
    ids[63] = 1;
    assert_int_equal(ttm_ids_reduce(ids, 8, 8, 1, out, 2, 2), 0);
    assert_int_equal(out[0] + out[1] + out[2], 0);
    assert_int_equal(out[3], 1);
    ttm_ids_resize(ids, 8, 8, big, 16, 16);
    assert_int_equal(big[255] + big[254] + big[239] + big[238], 4);
    assert_int_equal(big[253], 0);
    assert_int_equal(ttm_ids_reduce(ids, 8, 8, 1, big, 16, 16), 0);
    assert_int_equal(big[238], 1);
}

/** torch's interpolate(mode="bilinear", antialias=True) by hand. */
static void test_linear(void **state)
{
    static const uint8_t row[] = { 0, 35, 70, 175 };
    /* a half: 0.75, 0.75 and 0.25 over their sum */
    static const float half[] = { (35 * 3 + 70) / 7.0f, (35 + 70 * 3 + 175 * 3) / 7.0f };
    /* twice: a quarter and three of the neighbours, the outermost as they are */
    static const float twice[] = { 0, 35 / 4.0f, 35 * 3 / 4.0f, 35 + 35 / 4.0f,
                                   35 + 35 * 3 / 4.0f, 70 + 105 / 4.0f,
                                   70 + 105 * 3 / 4.0f, 175 };
    float out[3 * 8 * 3];
    TTMImage image;

    (void)state;
    assert_int_equal(ttm_image_alloc(&image, TTM_PIXEL_RGB8, 4, 3), 0);
    for (int i = 0; i < 4 * 3 * 3; i++)
        ((uint8_t *)image.data)[i] = row[i / 3 % 4];
    assert_int_equal(ttm_image_resample_linear(&image, 2, 3, out, NULL), 0);
    for (int i = 0; i < 2 * 3 * 3; i++)
        assert_true(fabsf(out[i] * 255 - half[i / 3 % 2]) < 1e-3f);
    assert_int_equal(ttm_image_resample_linear(&image, 8, 3, out, NULL), 0);
    for (int i = 0; i < 8 * 3 * 3; i++)
        assert_true(fabsf(out[i] * 255 - twice[i / 3 % 8]) < 1e-3f);
    free(image.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_resample), cmocka_unit_test(test_sample),
        cmocka_unit_test(test_generation_size), cmocka_unit_test(test_pixel_aspect),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
