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

/** @file The safetensors reader against good and damaged files. */

#include <stdlib.h>
#include <unistd.h>

#include "files.h"
#include "io/safetensors.h"
#include "unit.h"

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };
static char *folder;

static int begin(void **state)
{
    (void)state;
    memset(&lines, 0, sizeof(lines));
    folder = test_make_folder();
    return 0;
}

static int end(void **state)
{
    (void)state;
    test_remove_folder(folder);
    return 0;
}

static void reads_tensors(void **state)
{
    static const uint8_t data[26] = {
        0, 0, 0x80, 0x3f, 0, 0, 0, 0x40,    /* b: 1, 2 */
        1, 2, 3, 4, 5, 6,                   /* a */
        7, 0, 0, 0, 0, 0, 0, 0,             /* position_ids */
        9, 0, 0, 0                          /* scalar */
    };
    const char *path = test_write_safetensors(folder, "x.safetensors",
        "{\"__metadata__\": {\"format\": \"pt\"},"
        "\"b\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]},"
        "\"a\": {\"dtype\": \"BF16\", \"shape\": [3, 1], \"data_offsets\": [8, 14]},"
        "\"p\": {\"dtype\": \"I64\", \"shape\": [1, 1], \"data_offsets\": [14, 22]},"
        "\"s\": {\"dtype\": \"I32\", \"shape\": [], \"data_offsets\": [22, 26]},"
        "\"e\": {\"dtype\": \"F16\", \"shape\": [0, 4], \"data_offsets\": [26, 26]}}   ",
        data, sizeof(data));
    TTMSafetensors *file;
    TTMFileTensor *tensor;
    float values[2];

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_, path), 0);
    assert_int_equal(ttm_safetensors_count(file), 5);
    assert_string_equal(ttm_safetensors_at(file, 0)->name, "a");
    assert_string_equal(ttm_safetensors_at(file, 4)->name, "s");

    tensor = ttm_safetensors_find(file, "b");
    assert_non_null(tensor);
    assert_int_equal(tensor->dtype, TTM_DTYPE_F32);
    assert_true(ttm_shape_equal(&tensor->shape, &TTM_SHAPE(2)));
    assert_int_equal(ttm_file_tensor_read(tensor, &log_, 0, 2, values), 0);
    assert_true(values[0] == 1 && values[1] == 2);
    assert_string_equal(tensor->path, path);
    assert_false(tensor->used);

    tensor = ttm_safetensors_find(file, "a");
    assert_int_equal(tensor->dtype, TTM_DTYPE_BF16);
    assert_true(ttm_shape_equal(&tensor->shape, &TTM_SHAPE(3, 1)));
    assert_int_equal(ttm_file_tensor_read(tensor, &log_, 0, 3, values), 0);
    assert_memory_equal(values, data + 8, 6);
    assert_int_equal(tensor->size, 6);

    tensor = ttm_safetensors_find(file, "p");
    assert_int_equal(tensor->dtype, TTM_DTYPE_NB);
    assert_string_equal(tensor->dtype_name, "I64");
    assert_true(ttm_shape_equal(&ttm_safetensors_find(file, "s")->shape,
                                &TTM_SHAPE(1)));
    assert_int_equal(ttm_safetensors_find(file, "e")->size, 0);
    assert_null(ttm_safetensors_find(file, "c"));
    assert_null(ttm_safetensors_find(file, "__metadata__"));
    ttm_safetensors_close(&file);
    assert_null(file);
    ttm_safetensors_close(&file);
}

static void no_tensors_is_a_file_too(void **state)
{
    TTMSafetensors *file;

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_, test_write_safetensors(
                     folder, "x.safetensors", "{}", NULL, 0)), 0);
    assert_int_equal(ttm_safetensors_count(file), 0);
    assert_null(ttm_safetensors_find(file, "a"));
    ttm_safetensors_close(&file);
}

/* One tensor "a" with these members. */
#define ONE(dtype, shape, offsets) \
    "{\"a\": {\"dtype\": " dtype ", \"shape\": " shape ", \"data_offsets\": " \
    offsets "}}"

static void damaged_headers_are_refused(void **state)
{
    static const struct {
        const char *header;
        size_t size;
        const char *part;
    } cases[] = {
        { "{\n\n!", 0, "line 3" },
        { "[]", 0, "not a JSON object" },
        { "", 0, "JSON" },
        { "{\"a\": 5}", 0, "tensor a" },
        { ONE("\"F33\"", "[2]", "[0, 8]"), 8, "tensor a: unknown dtype \"F33\"" },
        { ONE("7", "[2]", "[0, 8]"), 8, "unknown dtype" },
        { "{\"a\": {\"shape\": [2], \"data_offsets\": [0, 8]}}", 8, "unknown dtype" },
        { "{\"a\": {\"dtype\": \"F32\", \"data_offsets\": [0, 8]}}", 8, "shape" },
        { "{\"a\": {\"dtype\": \"F32\", \"shape\": [2]}}", 8, "data_offsets" },
        { ONE("\"F32\"", "2", "[0, 8]"), 8, "tensor a: the shape" },
        { ONE("\"F32\"", "[-2]", "[0, 8]"), 8, "shape" },
        { ONE("\"F32\"", "[1.5]", "[0, 6]"), 6, "shape" },
        { ONE("\"F32\"", "[\"2\"]", "[0, 8]"), 8, "shape" },
        { ONE("\"F32\"", "[1, 1, 1, 1, 1, 2]", "[0, 8]"), 8, "at most 5" },
        { ONE("\"F32\"", "[4294967296, 4294967296]", "[0, 8]"), 8, "shape" },
        { ONE("\"F32\"", "[4294967296, 1073741824, 1]", "[0, 0]"), 0, "shape" },
        { ONE("\"F32\"", "[2]", "[0]"), 8, "two integers" },
        { ONE("\"F32\"", "[2]", "[0, 8, 9]"), 8, "two integers" },
        { ONE("\"F32\"", "[2]", "[0, \"8\"]"), 8, "two integers" },
        { ONE("\"F32\"", "[2]", "[0, 12]"), 8, "not within the 8 bytes" },
        { ONE("\"F32\"", "[2]", "[-8, 0]"), 8, "not within" },
        { ONE("\"F32\"", "[2]", "[8, 0]"), 8, "not within" },
        { ONE("\"F32\"", "[2]", "[1e300, 1e301]"), 8, "two integers" },
        { ONE("\"F32\"", "[3]", "[0, 8]"), 8, "8 bytes do not hold F32 [3]" },
        { ONE("\"F16\"", "[2]", "[0, 8]"), 8, "do not hold F16 [2]" },
        { ONE("\"F32\"", "[2]", "[4, 12]"), 12, "tensor a leaves a hole" },
        { ONE("\"F32\"", "[2]", "[0, 8]"), 9, "1 bytes at the end" },
        { "{\"a\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [0, 4]},"
          "\"b\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [2, 6]}}", 6,
          "tensor b overlaps a" },
        { "{\"a\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [0, 4]},"
          "\"b\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [5, 9]}}", 9,
          "tensor b leaves a hole behind a" },
        { "{\"a\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [0, 4]},"
          "\"a\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [4, 8]}}", 8,
          "\"a\" is there twice" },
    };
    static const uint8_t zeros[16];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMSafetensors *file = (TTMSafetensors *)&lines;

        memset(&lines, 0, sizeof(lines));
        assert_int_equal(ttm_safetensors_open(&file, &log_, test_write_safetensors(
                         folder, "bad.safetensors", cases[i].header, zeros,
                         cases[i].size)), TTM_ERR_FORMAT);
        assert_null(file);
        assert_contains(lines.error, "bad.safetensors");
        assert_contains(lines.error, cases[i].part);
    }
}

static void every_truncation_is_noticed(void **state)
{
    static const uint8_t data[8];
    const char *path = test_write_safetensors(folder, "x.safetensors",
        ONE("\"F32\"", "[2]", "[0, 8]"), data, 8);
    long size = 8 + (long)strlen(ONE("\"F32\"", "[2]", "[0, 8]")) + 8;
    TTMSafetensors *file;

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_, path), 0);
    ttm_safetensors_close(&file);
    while (--size >= 0) {
        memset(&lines, 0, sizeof(lines));
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(ttm_safetensors_open(&file, &log_, path), TTM_ERR_FORMAT);
        assert_contains(lines.error, "x.safetensors");
        assert_null(file);
    }
}

static void wrong_header_sizes(void **state)
{
    static const uint8_t huge[10] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '{', '}'
    };
    static const uint8_t zero[13] = { 4, 0, 0, 0, 0, 0, 0, 0, '{', '}', 0, ' ' };
    TTMSafetensors *file;
    const char *path;

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_, test_write(folder,
                     "x.safetensors", huge, sizeof(huge))), TTM_ERR_FORMAT);
    assert_contains(lines.error, "passes the end");
    assert_int_equal(ttm_safetensors_open(&file, &log_, test_write(folder,
                     "x.safetensors", zero, sizeof(zero))), TTM_ERR_FORMAT);
    assert_contains(lines.error, "0 byte");
    /* a header size that fits the (sparse) file, but not the format */
    path = test_write(folder, "y.safetensors", "\0\0\0\x10\0\0\0\0{}", 10);
    assert_int_equal(truncate(path, 1L << 29), 0);
    assert_int_equal(ttm_safetensors_open(&file, &log_, path), TTM_ERR_FORMAT);
    assert_contains(lines.error, "the format allows");
}

static void missing_files(void **state)
{
    TTMSafetensors *file;

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_, test_path(folder, "none")),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "none");
    assert_int_equal(ttm_safetensors_open(&file, &log_, folder), TTM_ERR_FILE);
    assert_contains(lines.error, "not a regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_tensors, begin, end),
        cmocka_unit_test_setup_teardown(no_tensors_is_a_file_too, begin, end),
        cmocka_unit_test_setup_teardown(damaged_headers_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(every_truncation_is_noticed, begin, end),
        cmocka_unit_test_setup_teardown(wrong_header_sizes, begin, end),
        cmocka_unit_test_setup_teardown(missing_files, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
