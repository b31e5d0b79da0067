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
 * names of kernels that not every device has run those, in f16.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "netcase.h"

/*
 * Relative L2 distance in f32, which is summed in another order than PyTorch's;
 * in f16 the distance over PyTorch's own, as in test_nets.c.
 */
#define F32_LIMIT 2e-5
#define HALF_LIMIT 1.25

static const char *const names[] = {
    "clip_quick_gelu", "clip_gelu", "vae_kl", "vae_kl_plain", "vae_kl_old_names",
    "vae_tiny", "unet_plain", "unet_stage1", "unet_stage2", "unet_masked_self",
};

static const char *only;    ///< NULL: all precisions

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
    if ((only && strcmp(only, name)) || !opens(0, precision, kernels))
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
    return cmocka_run_group_tests_name("nets on Vulkan", tests, NULL, NULL);
}
