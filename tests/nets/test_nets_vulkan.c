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

/**
 * @file
 * The tiny networks of test_nets.c on every Vulkan device found, against what
 * PyTorch gave: all ops in the combinations that the networks make of them.
 * Skipped where there is no device. An argument is the only precision to run; the
 * names of kernels that not every device has run those, in f16. With TTM_SAMPLE f32 is
 * run and one of the others that the device has, drawn by TTM_SEED.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "netcase.h"

/*
 * Relative L2 distance in f32, which is summed in another order than PyTorch's;
 * in f16 the distance over PyTorch's own, as in test_nets.c.
 */
#define F32_LIMIT 2e-5
#define HALF_LIMIT 1.25

static const char *const names[] = {
    "clip_quick_gelu", "clip_gelu", "vae_kl", "vae_kl_plain", "vae_kl_old_names",
    "vae_tiny", "sam2", "unet_plain", "unet_stage1", "unet_stage2", "unet_masked_self",
    "segmenter", "segmenter_one",
    "owlv2", "owlv2_gelu",
};

static const char *only;    ///< NULL: all precisions
static const char *drawn;   ///< NULL: all; else what is run besides f32

/** 1 when device number @p index opens so. */
static int opens(int index, enum TTMDType precision, int kernels)
{
    char device[32];
    TTMBackendRequest request = { device, precision, .kernels = kernels };
    TTMBackend *backend = NULL;

    snprintf(device, sizeof(device), "vulkan:%d", index);
    ttm_backend_open(&backend, NULL, &request);
    if (!backend)
        return 0;
    ttm_backend_close(&backend);
    return 1;
}

/** Compare all runs on @p device; in f16 and bf16 returns the mean of the squared ratios. */
static double compare_device(const char *device, enum TTMDType precision,
                             int kernels)
{
    const TTMBackendRequest request = { device, precision, 1, .kernels = kernels };
    double sum = 0;
    int count  = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        NetCase c;
        int nb;

        assert_int_equal(netcase_open(&c, names[i]), 0);
        nb = netcase_runs(&c);
        netcase_close(&c);
        for (int run = 0; run < nb; run++, count++) {
            double ratio = 0;

            if (precision == TTM_DTYPE_F32)
                netcase_compare(names[i], run, device, precision, F32_LIMIT, NULL);
            else
                ratio = netcase_ratio(names[i], run, &request);
            if (!(ratio <= 2 * HALF_LIMIT))
                fail_msg("%s: %.2f times as far as PyTorch", names[i], ratio);
            sum += ratio * ratio;
        }
    }
    return count ? sum / count : 0;
}

/** @p kernels: of the option of this name, 0: what the device takes itself. */
static void compare_all(enum TTMDType precision, const char *name, int kernels)
{
    if ((only && strcmp(only, name)) || (drawn && strcmp(drawn, name) && strcmp(name, "f32")) ||
        !opens(0, precision, kernels))
        skip();
    for (int d = 0; opens(d, precision, kernels); d++) {
        char device[32];
        double ratio;

        snprintf(device, sizeof(device), "vulkan:%d", d);
        ratio = sqrt(compare_device(device, precision, kernels));
        if (!(ratio <= HALF_LIMIT))
            fail_msg("%s: %.2f times as far as PyTorch", device, ratio);
    }
}

static void test_f32(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F32, "f32", 0);
}

static void test_f16(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F16, "f16", 0);
}

static void test_bf16(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_BF16, "bf16", 0);
}

static void test_cooperative(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F16, "cooperative", 3);
}

static void test_cooperative2(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F16, "cooperative2", 4);
}

static void draw(void)
{
    static const struct { const char *name; enum TTMDType precision; int kernels; } forms[] = {
        { "f16", TTM_DTYPE_F16, 0 }, { "bf16", TTM_DTYPE_BF16, 0 },
        { "cooperative", TTM_DTYPE_F16, 3 }, { "cooperative2", TTM_DTYPE_F16, 4 },
    };
    const char *seed_text = getenv("TTM_SEED");
    const unsigned seed = seed_text ? (unsigned)atol(seed_text) : (unsigned)time(NULL);
    const char *found[4] = { NULL };
    unsigned nb = 0;

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
        if (opens(0, forms[i].precision, forms[i].kernels))
            found[nb++] = forms[i].name;
    drawn = nb ? found[seed % nb] : NULL;
    if (drawn)
        printf("# seed %u: f32 and %s\n", seed, drawn);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_f16),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_cooperative),
        cmocka_unit_test(test_cooperative2),
    };

    only = argc > 1 ? argv[1] : NULL;
    if (!only && getenv("TTM_SAMPLE"))
        draw();
    return cmocka_run_group_tests_name("nets on Vulkan", tests, NULL, NULL);
}
