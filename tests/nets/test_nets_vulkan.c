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
 * Skipped where there is no device. An argument is the only network to run.
 */

#include <stdio.h>
#include <string.h>

#include "netcase.h"

/*
 * Relative L2 distances. f32 is summed in another order than PyTorch's; f16
 * must stay well below what the coarser bf16 loses.
 */
#define F32_LIMIT 2e-5
#define F16_LIMIT 2e-2

static const char *const names[] = {
    "clip_quick_gelu", "clip_gelu", "vae_kl", "vae_kl_plain", "vae_kl_old_names",
    "vae_tiny", "unet_plain", "unet_stage1", "unet_stage2", "unet_masked_self",
};

static const char *only;    ///< NULL: all networks

/** 1 when device number @p index opens in @p precision. */
static int opens(int index, enum TTMDType precision)
{
    char device[32];
    TTMBackendRequest request = { device, precision, 0 };
    TTMBackend *backend = NULL;

    snprintf(device, sizeof(device), "vulkan:%d", index);
    ttm_backend_open(&backend, NULL, &request);
    if (!backend)
        return 0;
    ttm_backend_close(&backend);
    return 1;
}

static void compare_all(enum TTMDType precision, double limit)
{
    if (!opens(0, precision))
        skip();
    for (int d = 0; opens(d, precision); d++)
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
            char device[32];
            NetCase c;
            int nb;

            if (only && strcmp(only, names[i]))
                continue;
            snprintf(device, sizeof(device), "vulkan:%d", d);
            assert_int_equal(netcase_open(&c, names[i]), 0);
            nb = netcase_runs(&c);
            netcase_close(&c);
            for (int run = 0; run < nb; run++)
                netcase_compare(names[i], run, device, precision, limit, NULL);
        }
}

static void test_f32(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F32, F32_LIMIT);
}

static void test_f16(void **state)
{
    (void)state;
    compare_all(TTM_DTYPE_F16, F16_LIMIT);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_f32),
        cmocka_unit_test(test_f16),
    };

    if (argc > 1)
        only = argv[1];
    return cmocka_run_group_tests_name("nets on Vulkan", tests, NULL, NULL);
}
