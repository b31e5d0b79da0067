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

/** @file Colour-coded masks <-> object ids, on each kind of device. */

#include "unit.h"

#include <math.h>

#include "render/colours.h"
#include "motion/tint.h"

#define NB 17

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

static void check(const char *device)
{
    TTMBackendRequest request = { .device = device, .precision = TTM_DTYPE_F32,
                                  .threads = 1 };
    TTMBackend *backend;
    TTMColours colours = { 0 }, few = { 0 };
    uint8_t ids[NB], back[NB];
    float values[NB * 3];
    TTMTensor image = { 0 };

    if (ttm_backend_open(&backend, &log_to, &request) < 0) {
        assert_contains(device, "vulkan");
        return;
    }
    for (int i = 0; i < NB; i++)
        ids[i] = (uint8_t)i;
    assert_int_equal(ttm_tensor_create(backend, &image, TTM_SHAPE(1, 1, NB, 3),
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_colours_paint(&colours, backend, ids, &image), 0);
    assert_int_equal(ttm_tensor_read(backend, &image, values, TTM_DTYPE_F32), 0);
    assert_true(values[0] == -1 && values[3] == 1 && values[4] == -1);
    /* nearest, not equal */
    for (int i = 0; i < NB * 3; i++)
        values[i] += i % 2 ? 0.1f : -0.1f;
    assert_int_equal(ttm_tensor_write(backend, &image, values, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_colours_nearest(&colours, backend, 16, &image, back), 0);
    assert_memory_equal(ids, back, NB);
    /* colours of objects that the clip does not have go elsewhere */
    assert_int_equal(ttm_colours_nearest(&few, backend, 2, &image, back), 0);
    for (int i = 0; i < NB; i++)
        assert_true(back[i] <= 2);
    assert_true(back[1] == 1 && back[2] == 2);
    ttm_colours_free(&colours);
    ttm_colours_free(&few);
    ttm_tensor_free(backend, &image);
    ttm_backend_close(&backend);
}

#define ROWS (1 + 16 * TTM_TINTS)

/* All tints of all objects, through colours and back. */
static void check_tinted(const char *device)
{
    TTMBackendRequest request = { .device = device, .precision = TTM_DTYPE_F32,
                                  .threads = 1 };
    TTMColours colours = { .tinted = 1 };
    uint8_t rows[ROWS], back[ROWS], levels[ROWS];
    float values[ROWS * 3];
    TTMTensor image = { 0 };
    TTMBackend *backend;

    if (ttm_backend_open(&backend, &log_to, &request) < 0) {
        assert_contains(device, "vulkan");
        return;
    }
    for (int i = 0; i < ROWS; i++)
        rows[i] = (uint8_t)i;
    assert_int_equal(ttm_tensor_create(backend, &image, TTM_SHAPE(1, 1, ROWS, 3),
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_colours_paint(&colours, backend, rows, &image), 0);
    assert_int_equal(ttm_tensor_read(backend, &image, values, TTM_DTYPE_F32), 0);
    /* the lightest red: 0.75 of the way to white */
    assert_true(values[45] == 1 && fabsf(values[46] - 0.5f) < 1e-6f &&
                fabsf(values[47] - 0.5f) < 1e-6f);
    for (int i = 0; i < ROWS * 3; i++)
        values[i] += i % 2 ? 0.01f : -0.01f;
    assert_int_equal(ttm_tensor_write(backend, &image, values, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_colours_nearest(&colours, backend, 16, &image, back), 0);
    for (int i = 0; i < ROWS; i++)      /* white, of object 9, has no tints */
        assert_int_equal(back[i], i > 121 && i <= 135 ? 121 : i);
    ttm_tints_split(back, levels, ROWS);
    for (int i = 1; i < ROWS; i++) {
        assert_int_equal(back[i], (i - 1) / TTM_TINTS + 1);
        assert_int_equal(levels[i], back[i] == 9 ? 0 : (i - 1) % TTM_TINTS);
    }
    assert_true(back[0] == 0 && levels[0] == 0);
    ttm_colours_free(&colours);
    ttm_tensor_free(backend, &image);
    ttm_backend_close(&backend);
}

static void test_colours(void **state)
{
    (void)state;
    check("cpu:reference");
    check("cpu");
    check("vulkan:0");
}

static void test_tinted(void **state)
{
    (void)state;
    check_tinted("cpu:reference");
    check_tinted("cpu");
    check_tinted("vulkan:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_colours),
                                        cmocka_unit_test(test_tinted) };

    return cmocka_run_group_tests_name("colours", tests, NULL, NULL);
}
