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

/** @file Bundles: parts, shards, used tensors, hash. */

#include <stdlib.h>
#include <unistd.h>

#include "files.h"
#include "io/bundle.h"
#include "unit.h"

#define INDEX \
    "{\"_class_name\": \"ThroughTheMaskPipeline\", \"ttm\": {\"version\": 1, " \
    "\"name\": \"x\"}, \"vae\": [\"diffusers\", \"AutoencoderKL\"], " \
    "\"text_encoder\": [\"transformers\", \"CLIPTextModel\"], " \
    "\"segmenter\": [null, null], \"gone\": null, " \
    "\"scheduler\": [\"diffusers\", \"DDIMScheduler\"], " \
    "\"safety_checker\": [\"x\", \"Y\"]}"

#define TWO \
    "{\"w\": {\"dtype\": \"F16\", \"shape\": [2, 2], \"data_offsets\": [0, 8]}," \
    "\"b\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [8, 16]}}"

#define CONSTANTS \
    "{\"t.position_ids\": {\"dtype\": \"I64\", \"shape\": [1], " \
    "\"data_offsets\": [0, 8]}, " \
    "\"m.pos_embed.pe\": {\"dtype\": \"F32\", \"shape\": [1, 2], " \
    "\"data_offsets\": [8, 16]}}"

static const uint8_t data[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x80, 0x3f };

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };
static char *folder;
static TTMBundle *bundle;

static void no_line(void)
{
    memset(&lines, 0, sizeof(lines));
}

static int begin(void **state)
{
    (void)state;
    no_line();
    folder = test_make_folder();
    test_write_text(folder, "model_index.json", INDEX);
    test_write_text(folder, "vae/config.json", "{\"_class_name\": \"Other\"}");
    test_write_safetensors(folder, "vae/diffusion_pytorch_model.safetensors", TWO,
                           data, 16);
    test_write_text(folder, "text_encoder/config.json",
                    "{\"architectures\": [\"CLIPTextModel\"]}");
    test_write_safetensors(folder, "text_encoder/model.safetensors", CONSTANTS,
                           data, 16);
    test_write_text(folder, "scheduler/scheduler_config.json",
                    "{\"num_train_timesteps\": 1000}");
    return ttm_bundle_open(&bundle, &log_, folder);
}

static int end(void **state)
{
    (void)state;
    ttm_bundle_close(&bundle);
    test_remove_folder(folder);
    return 0;
}

static void lists_parts(void **state)
{
    (void)state;
    assert_true(ttm_bundle_has_part(bundle, "vae"));
    assert_true(ttm_bundle_has_part(bundle, "scheduler"));
    assert_false(ttm_bundle_has_part(bundle, "segmenter"));
    assert_false(ttm_bundle_has_part(bundle, "gone"));
    assert_false(ttm_bundle_has_part(bundle, "ttm"));
    assert_false(ttm_bundle_has_part(bundle, "_class_name"));
    assert_false(ttm_bundle_has_part(bundle, "none"));
}

static void opens_parts(void **state)
{
    TTMPart *part;

    (void)state;
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), 0);
    assert_string_equal(part->name, "vae");
    assert_string_equal(part->class_name, "AutoencoderKL");
    assert_string_equal(part->config_path, test_path(folder, "vae/config.json"));
    assert_non_null(part->weights);
    ttm_part_close(&part);
    assert_null(part);

    assert_int_equal(ttm_part_open(&part, bundle, "scheduler"), 0);
    assert_true(ttm_json_number(ttm_json_get(part->config, "num_train_timesteps"),
                                0) == 1000);
    assert_null(part->weights);
    assert_null(ttm_part_find(part, "w"));
    assert_int_equal(ttm_part_check_all_used(part), 0);
    ttm_part_close(&part);
}

static void finds_and_checks_tensors(void **state)
{
    const TTMFileTensor *tensor;
    uint8_t read[8];
    TTMPart *part;

    (void)state;
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), 0);
    assert_non_null(ttm_part_find(part, "b"));
    assert_null(ttm_part_find(part, "none"));
    assert_string_equal(lines.error, "");

    assert_int_equal(ttm_part_tensor(part, "w", &TTM_SHAPE(2, 2), &tensor), 0);
    assert_int_equal(tensor->dtype, TTM_DTYPE_F16);
    assert_int_equal(ttm_file_tensor_read(tensor, NULL, 0, 4, read), 0);
    assert_memory_equal(read, data, 8);

    assert_int_equal(ttm_part_check_all_used(part), TTM_ERR_FORMAT);
    assert_contains(lines.error, "tensor b has no place");
    assert_contains(lines.error, "diffusion_pytorch_model.safetensors");

    no_line();
    assert_int_equal(ttm_part_tensor(part, "b", &TTM_SHAPE(2, 1), &tensor),
                     TTM_ERR_FORMAT);
    assert_null(tensor);
    assert_contains(lines.error, "tensor b has the shape [2]");
    assert_contains(lines.error, "[2, 1]");
    assert_contains(lines.error, "diffusion_pytorch_model.safetensors");
    assert_int_equal(ttm_part_check_all_used(part), TTM_ERR_FORMAT);

    no_line();
    assert_int_equal(ttm_part_tensor(part, "x.y", &TTM_SHAPE(4), &tensor),
                     TTM_ERR_FORMAT);
    assert_contains(lines.error, "no tensor x.y [4]");

    assert_int_equal(ttm_part_tensor(part, "b", &TTM_SHAPE(2), &tensor), 0);
    assert_int_equal(ttm_part_check_all_used(part), 0);
    ttm_part_close(&part);
}

static void constants_need_no_place(void **state)
{
    const TTMFileTensor *tensor;
    TTMPart *part;

    (void)state;
    assert_int_equal(ttm_part_open(&part, bundle, "text_encoder"), 0);
    assert_int_equal(ttm_part_check_all_used(part), 0);
    assert_int_equal(ttm_part_tensor(part, "t.position_ids", &TTM_SHAPE(1),
                                     &tensor), TTM_ERR_FORMAT);
    assert_contains(lines.error, "t.position_ids is I64");
    ttm_part_close(&part);
}

static void class_from_the_config(void **state)
{
    TTMPart *part;

    (void)state;
    ttm_bundle_close(&bundle);
    test_write_text(folder, "model_index.json", "{\"vae\": [\"diffusers\", \"\"]}");
    assert_int_equal(ttm_bundle_open(&bundle, &log_, folder), 0);
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), 0);
    assert_string_equal(part->class_name, "Other");
    ttm_part_close(&part);
    test_write_text(folder, "vae/config.json", "{\"architectures\": [\"Net\"]}");
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), 0);
    assert_string_equal(part->class_name, "Net");
    ttm_part_close(&part);
}

static void incomplete_bundles(void **state)
{
    TTMBundle *other;
    TTMPart *part;

    (void)state;
    assert_int_equal(ttm_bundle_open(&other, &log_, test_path(folder, "none")),
                     TTM_ERR_FILE);
    assert_null(other);
    assert_contains(lines.error, "none: no such folder");
    assert_contains(lines.error, "option model");
    assert_int_equal(ttm_bundle_open(&other, &log_, test_path(folder, "vae")),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "vae/model_index.json: no such file");

    assert_int_equal(ttm_part_open(&part, bundle, "segmenter"), TTM_ERR_FORMAT);
    assert_null(part);
    assert_contains(lines.error, "lists no part \"segmenter\"");
    assert_int_equal(ttm_part_open(&part, bundle, "../vae"), TTM_ERR_FORMAT);
    assert_int_equal(ttm_part_open(&part, bundle, "safety_checker"), TTM_ERR_FILE);
    assert_contains(lines.error, "safety_checker: no such folder");

    assert_int_equal(unlink(test_path(
        folder, "vae/diffusion_pytorch_model.safetensors")), 0);
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), TTM_ERR_FILE);
    assert_contains(lines.error, "vae: no weights");
    test_write_text(folder, "vae/config.json", "{\n\"a\" }");
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), TTM_ERR_FORMAT);
    assert_contains(lines.error, "vae/config.json: line 2");
    test_write_text(folder, "vae/config.json", "[]");
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), TTM_ERR_FORMAT);
    assert_contains(lines.error, "not a JSON object");
    assert_int_equal(unlink(test_path(folder, "vae/config.json")), 0);
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), TTM_ERR_FILE);
    assert_contains(lines.error, "no config.json");

    test_write_text(folder, "model_index.json", "[]");
    assert_int_equal(ttm_bundle_open(&other, &log_, folder), TTM_ERR_FORMAT);
    assert_null(other);
}

#define SHARD_A "vae/m-1.safetensors"
#define SHARD_B "vae/m-2.safetensors"
#define SHARDS "vae/diffusion_pytorch_model.safetensors.index.json"

static void write_shards(const char *map)
{
    unlink(test_path(folder, "vae/diffusion_pytorch_model.safetensors"));
    test_write_safetensors(folder, SHARD_A, TWO, data, 16);
    test_write_safetensors(folder, SHARD_B, "{\"c\": {\"dtype\": \"F32\", \"shape\": "
                           "[2], \"data_offsets\": [0, 8]}}", data + 8, 8);
    test_write_text(folder, SHARDS, map);
}

static void reads_shards(void **state)
{
    const TTMFileTensor *tensor;
    uint8_t read[8];
    TTMPart *part;

    (void)state;
    write_shards("{\"metadata\": {}, \"weight_map\": {\"b\": \"m-1.safetensors\", "
                 "\"c\": \"m-2.safetensors\", \"w\": \"m-1.safetensors\"}}");
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), 0);
    assert_int_equal(ttm_part_tensor(part, "c", &TTM_SHAPE(2), &tensor), 0);
    assert_int_equal(ttm_file_tensor_read(tensor, NULL, 0, 2, read), 0);
    assert_memory_equal(read, data + 8, 8);
    assert_int_equal(ttm_part_tensor(part, "w", &TTM_SHAPE(2, 2), &tensor), 0);
    assert_int_equal(ttm_part_check_all_used(part), TTM_ERR_FORMAT);
    assert_contains(lines.error, "tensor b has");
    assert_int_equal(ttm_part_tensor(part, "b", &TTM_SHAPE(2), &tensor), 0);
    assert_int_equal(ttm_part_check_all_used(part), 0);
    ttm_part_close(&part);
}

static void wrong_shards(void **state)
{
    static const struct {
        const char *map, *part;
        int code;
    } cases[] = {
        { "{\"weight_map\": {\"b\": \"m-1.safetensors\", \"w\": \"m-1.safetensors\", "
          "\"c\": \"m-3.safetensors\"}}", "m-3.safetensors", TTM_ERR_FILE },
        { "{\"weight_map\": {\"b\": \"m-1.safetensors\", \"c\": "
          "\"m-1.safetensors\"}}", "tensor c is not in", TTM_ERR_FORMAT },
        { "{\"weight_map\": {\"b\": \"m-1.safetensors\"}}",
          "tensor w is not listed", TTM_ERR_FORMAT },
        { "{\"weight_map\": {\"b\": \"m-1.safetensors\", \"b\": "
          "\"m-1.safetensors\"}}", "\"b\" is there twice", TTM_ERR_FORMAT },
        { "{\"weight_map\": {\"b\": \"../vae/m-1.safetensors\"}}",
          "not a file name", TTM_ERR_FORMAT },
        { "{\"weight_map\": {\"b\": 1}}", "not a file name", TTM_ERR_FORMAT },
        { "{\"weight_map\": {}}", "weight_map", TTM_ERR_FORMAT },
        { "{}", "weight_map", TTM_ERR_FORMAT },
        { "[1", "line 1", TTM_ERR_FORMAT },
    };
    TTMPart *part;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        no_line();
        write_shards(cases[i].map);
        assert_int_equal(ttm_part_open(&part, bundle, "vae"), cases[i].code);
        assert_null(part);
        assert_contains(lines.error, cases[i].part);
    }
    /* one name in two shards, each listed */
    write_shards("{\"weight_map\": {\"b\": \"m-1.safetensors\", \"w\": "
                 "\"m-1.safetensors\", \"b\": \"m-2.safetensors\"}}");
    test_write_safetensors(folder, SHARD_B, "{\"b\": {\"dtype\": \"F32\", \"shape\": "
                           "[2], \"data_offsets\": [0, 8]}}", data + 8, 8);
    assert_int_equal(ttm_part_open(&part, bundle, "vae"), TTM_ERR_FORMAT);
    assert_contains(lines.error, "\"b\" is there twice");
}

static void get_hash(char hash[17])
{
    assert_int_equal(ttm_bundle_hash(bundle, NULL, hash), 0);
    assert_int_equal(strlen(hash), 16);
    assert_int_equal(strspn(hash, "0123456789abcdef"), 16);
}

/* It may take long: every weight is read. */
static void hash_can_be_cancelled(void **state)
{
    TTMCancel cancel = { 0 };
    char hash[17], whole[17];

    (void)state;
    get_hash(whole);
    assert_int_equal(ttm_bundle_hash(bundle, &cancel, hash), 0);
    assert_string_equal(hash, whole);
    atomic_store(&cancel.asked, 1);
    assert_int_equal(ttm_bundle_hash(bundle, &cancel, hash), TTM_ERR_CANCELLED);
    assert_string_equal(hash, "");
}

static void hash_sees_every_change(void **state)
{
    char first[17], next[17], *moved;
    uint8_t changed[16];

    (void)state;
    get_hash(first);
    get_hash(next);
    assert_string_equal(first, next);

    /* notes and hidden files are not part of the model */
    test_write_text(folder, "vae/README.md", "x");
    test_write_text(folder, "vae/.cache.json", "x");
    test_write_text(folder, "elsewhere/config.json", "{}");
    get_hash(next);
    assert_string_equal(first, next);

    memcpy(changed, data, 16);
    changed[15] ^= 1;
    test_write_safetensors(folder, "vae/diffusion_pytorch_model.safetensors", TWO,
                           changed, 16);
    get_hash(next);
    assert_string_not_equal(first, next);
    test_write_safetensors(folder, "vae/diffusion_pytorch_model.safetensors", TWO,
                           data, 16);
    get_hash(next);
    assert_string_equal(first, next);

    test_write_text(folder, "scheduler/scheduler_config.json",
                    "{\"num_train_timesteps\": 1001}");
    get_hash(next);
    assert_string_not_equal(first, next);
    test_write_text(folder, "scheduler/scheduler_config.json",
                    "{\"num_train_timesteps\": 1000}");
    assert_int_equal(rename(test_path(folder, "scheduler/scheduler_config.json"),
                            test_path(folder, "scheduler/other.json")), 0);
    get_hash(next);
    assert_string_not_equal(first, next);
    assert_int_equal(rename(test_path(folder, "scheduler/other.json"),
                            test_path(folder, "scheduler/scheduler_config.json")), 0);

    /* the place does not matter */
    ttm_bundle_close(&bundle);
    moved = test_make_folder();
    rmdir(moved);
    assert_int_equal(rename(folder, moved), 0);
    free(folder);
    folder = moved;
    assert_int_equal(ttm_bundle_open(&bundle, &log_, folder), 0);
    get_hash(next);
    assert_string_equal(first, next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_parts, begin, end),
        cmocka_unit_test_setup_teardown(opens_parts, begin, end),
        cmocka_unit_test_setup_teardown(finds_and_checks_tensors, begin, end),
        cmocka_unit_test_setup_teardown(constants_need_no_place, begin, end),
        cmocka_unit_test_setup_teardown(class_from_the_config, begin, end),
        cmocka_unit_test_setup_teardown(incomplete_bundles, begin, end),
        cmocka_unit_test_setup_teardown(reads_shards, begin, end),
        cmocka_unit_test_setup_teardown(wrong_shards, begin, end),
        cmocka_unit_test_setup_teardown(hash_sees_every_change, begin, end),
        cmocka_unit_test_setup_teardown(hash_can_be_cancelled, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
