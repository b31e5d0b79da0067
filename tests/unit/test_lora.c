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


/** @file LoRA files: naming, alphas, sums, errors, the option, the report. */

#include "unit.h"

#include <stdlib.h>

#include "files.h"
#include "io/lora.h"
#include "model/loras.h"
#include "ttm.h"

#define W(name, type, shape, begin, end) \
    "\"" name "\": {\"dtype\": \"" type "\", \"shape\": " shape ", " \
    "\"data_offsets\": [" #begin ", " #end "]}"
#define F(name, shape, begin, end) W(name, "F32", shape, begin, end)

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };
static char *folder;

/** A network: a linear layer, a 1x1 convolution in f16, a 3x3 convolution. */
static TTMBundle *make_bundle(void)
{
    static const char header[] =
        "{" F("a.b.weight", "[2, 3]", 0, 24) ", "
        W("c.weight", "F16", "[2, 2, 1, 1]", 24, 32) ", "
        F("e_0.weight", "[1, 1, 3, 3]", 32, 68) ", "
        F("n.weight", "[2]", 68, 76) "}";
    uint8_t data[76] = { 0 };
    const float a[6] = { 1, 2, 3, 4, 5, 6 };
    const uint16_t c[4] = { ttm_f32_to_f16(1), ttm_f32_to_f16(2048), 0, 0 };
    TTMBundle *bundle;

    memcpy(data, a, sizeof(a));
    memcpy(data + 24, c, sizeof(c));
    test_write_text(folder, "model_index.json",
                    "{\"unet\": [\"diffusers\", \"UNetMotionModel\"]}");
    test_write_text(folder, "unet/config.json", "{}");
    test_write_safetensors(folder, "unet/diffusion_pytorch_model.safetensors",
                           header, data, sizeof(data));
    assert_int_equal(ttm_bundle_open(&bundle, &log_, folder), 0);
    return bundle;
}

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

/** A rank-2 LoRA of a.b: down [2, 3] and up [2, 2]. */
static const float linear[] = { 1, 0, 2,  0, 1, 0,      // down
                                1, 3,  0, -1 };         // up
#define LINEAR(down, up) \
    "{" F(down, "[2, 3]", 0, 24) ", " F(up, "[2, 2]", 24, 40) "}"

static TTMLora *open_lora(const char *name, const char *header, const void *data,
                          size_t size)
{
    TTMLora *lora;

    test_write_safetensors(folder, name, header, data, size);
    if (ttm_lora_open(&lora, &log_, test_path(folder, name)) < 0)
        fail_msg("%s", lines.error);
    return lora;
}

/** The weights of the part after a merge of @p nb files. */
static void merge(TTMPart **part, TTMLora *const *loras, const double *amounts,
                  int nb, int *counts)
{
    TTMBundle *bundle = make_bundle();

    assert_int_equal(ttm_part_open(part, bundle, "unet"), 0);
    assert_int_equal(ttm_lora_merge(loras, amounts, nb, *part, TTM_LORA_UNET,
                                    NULL, counts), 0);
    ttm_bundle_close(&bundle);
}

static void expect_floats(TTMPart *part, const char *name, const float *values)
{
    const TTMFileTensor *tensor = ttm_part_find(part, name);
    float is[16];
    int64_t count = ttm_shape_count(&tensor->shape);

    assert_in_range(count, 1, 16);
    assert_int_equal(ttm_file_tensor_convert(tensor, NULL, count, TTM_DTYPE_F32, is), 0);
    for (int64_t i = 0; i < count; i++)
        if (is[i] != values[i])
            fail_msg("%s[%d] is %g, not %g", name, (int)i, is[i], values[i]);
}

/** The same change in each way of naming it. */
static void test_naming(void **state)
{
    static const char *const headers[] = {
        LINEAR("unet.a.b.lora_A.weight", "unet.a.b.lora_B.weight"),
        LINEAR("a.b.lora_A.default.weight", "a.b.lora_B.default.weight"),
        LINEAR("unet.a.b.lora.down.weight", "unet.a.b.lora.up.weight"),
        LINEAR("lora_unet_a_b.lora_down.weight", "lora_unet_a_b.lora_up.weight"),
        LINEAR("unet.a.processor.b_lora.down.weight",
               "unet.a.processor.b_lora.up.weight"),
    };
    /* a.b + 2 * up down */
    static const float sum[6] = { 3, 8, 7, 4, 3, 6 };
    const double amount = 2;

    (void)state;
    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
        TTMLora *lora = open_lora("l.safetensors", headers[i], linear,
                                  sizeof(linear));
        TTMPart *part;
        int count;

        assert_true(lora->layers[0].scale == 1);
        merge(&part, &lora, &amount, 1, &count);
        assert_int_equal(count, 1);
        assert_int_equal(ttm_lora_check_merged(lora), 0);
        expect_floats(part, "a.b.weight", sum);
        ttm_lora_close(&lora);
        ttm_part_close(&part);
    }
}

/** Only what a LoRA touches is copied; two of them are rounded once. */
static void test_sums(void **state)
{
    /* rank 1: down [1, 2], up [2, 1], alpha 1 */
    static const char header[] =
        "{" F("lora_unet_c.lora_down.weight", "[1, 2, 1, 1]", 0, 8) ", "
        F("lora_unet_c.lora_up.weight", "[2, 1, 1, 1]", 8, 16) ", "
        F("lora_unet_c.alpha", "[]", 16, 20) "}";
    /* half a unit in the last place of 2048 each: together they count */
    static const float data[5] = { 0, 0.5f, 1, 2, 1 };
    static const float sum[4] = { 1, 2050, 0, 4 };
    static const float same[6] = { 1, 2, 3, 4, 5, 6 };
    const double amounts[2] = { 2, 2 };
    TTMLora *loras[2];
    TTMPart *part;
    int counts[2];

    (void)state;
    loras[0] = open_lora("1.safetensors", header, data, sizeof(data));
    loras[1] = open_lora("2.safetensors", header, data, sizeof(data));
    merge(&part, loras, amounts, 2, counts);
    assert_int_equal(counts[0] + counts[1], 2);
    expect_floats(part, "c.weight", sum);
    assert_int_equal(ttm_part_find(part, "c.weight")->dtype, TTM_DTYPE_F16);
    assert_non_null(ttm_part_find(part, "c.weight")->replaced);
    expect_floats(part, "a.b.weight", same);
    assert_null(ttm_part_find(part, "a.b.weight")->replaced);
    assert_null(ttm_part_find(part, "e_0.weight")->replaced);
    ttm_lora_close(&loras[0]);
    ttm_lora_close(&loras[1]);
    ttm_part_close(&part);
}

/** A 3x3 convolution, its alpha a quarter of the rank. */
static void test_convolution(void **state)
{
    static const char header[] =
        "{" F("lora_unet_e_0.lora_down.weight", "[4, 1, 3, 3]", 0, 144) ", "
        F("lora_unet_e_0.lora_up.weight", "[1, 4, 1, 1]", 144, 160) ", "
        W("lora_unet_e_0.alpha", "F16", "[1]", 160, 162) "}";
    uint8_t bytes[162];
    float values[40], sum[9];
    const uint16_t alpha = ttm_f32_to_f16(1);
    const double amount = -1;
    TTMLora *lora;
    TTMPart *part;
    int count;

    (void)state;
    for (int i = 0; i < 40; i++)
        values[i] = i < 36 ? i : i - 35;
    for (int i = 0; i < 9; i++)
        sum[i] = -(i + 2 * (i + 9) + 3 * (i + 18) + 4 * (i + 27)) / 4.0f;
    memcpy(bytes, values, sizeof(values));
    memcpy(bytes + 160, &alpha, 2);
    lora = open_lora("l.safetensors", header, bytes, sizeof(bytes));
    assert_true(lora->layers[0].scale == 0.25);
    merge(&part, &lora, &amount, 1, &count);
    expect_floats(part, "e_0.weight", sum);
    ttm_lora_close(&lora);
    ttm_part_close(&part);
}

/** Alphas of PEFT's file beside it and of diffusers' metadata. */
static void test_alphas(void **state)
{
    static const char peft[] =
        LINEAR("base_model.model.a.b.lora_A.weight",
               "base_model.model.a.b.lora_B.weight");
    static const char diffusers[] =
        "{\"__metadata__\": {\"lora_adapter_metadata\": "
        "\"{\\\"unet.lora_alpha\\\": 6, \\\"unet.r\\\": 2, "
        "\\\"text_encoder.lora_alpha\\\": 9}\"}, "
        F("unet.a.b.lora_A.weight", "[2, 3]", 0, 24) ", "
        F("unet.a.b.lora_B.weight", "[2, 2]", 24, 40) "}";
    static const struct { const char *json; double scale; } adapters[] = {
        { "{\"lora_alpha\": 8, \"r\": 2}", 4 },
        { "{\"lora_alpha\": 8, \"alpha_pattern\": {\"b\": 3}}", 1.5 },
        { "{\"lora_alpha\": 8, \"alpha_pattern\": {\"x.b\": 3}}", 4 },
        { "{\"lora_alpha\": 8, \"alpha_pattern\": null}", 4 },
    };
    static const char *const wrong[][2] = {
        { "{\"lora_alpha\": \"8\"}", "\"lora_alpha\" must be a number" },
        { "{\"lora_alpha\": 1e999}", "\"lora_alpha\" must be a number, but is too large" },
        { "{\"alpha_pattern\": {\"b\": []}}", "\"b\" must be a number" },
        { "{\"alpha_pattern\": [3]}", "\"alpha_pattern\" must be an object" },
        { "{\"use_rslora\": 1}", "\"use_rslora\" must be true or false" },
        { "{\"use_dora\": \"no\"}", "\"use_dora\" must be true or false" },
        { "[8]", "not a JSON object" },
    };
    TTMLora *lora;

    (void)state;
    for (size_t i = 0; i < sizeof(adapters) / sizeof(*adapters); i++) {
        test_write_text(folder, "adapter_config.json", adapters[i].json);
        lora = open_lora("l.safetensors", peft, linear, sizeof(linear));
        assert_true(lora->layers[0].scale == adapters[i].scale);
        ttm_lora_close(&lora);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        test_write_text(folder, "adapter_config.json", wrong[i][0]);
        assert_int_equal(ttm_lora_open(&lora, &log_, test_path(folder, "l.safetensors")),
                         TTM_ERR_FORMAT);
        assert_contains(lines.error, "adapter_config.json: ");
        assert_contains(lines.error, wrong[i][1]);
    }
    test_write_text(folder, "adapter_config.json",
                    "{\"lora_alpha\": 8, \"use_rslora\": true}");
    lora = open_lora("l.safetensors", peft, linear, sizeof(linear));
    assert_true(lora->layers[0].scale > 5.6 && lora->layers[0].scale < 5.7);
    ttm_lora_close(&lora);
    test_write_text(folder, "adapter_config.json", "{\"use_dora\": true}");
    assert_int_equal(ttm_lora_open(&lora, &log_,
                                   test_path(folder, "l.safetensors")),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(lines.error, "DoRA");
    lora = open_lora("d.safetensors", diffusers, linear, sizeof(linear));
    assert_true(lora->layers[0].scale == 3);
    ttm_lora_close(&lora);
}

static void test_bad_files(void **state)
{
    static const struct { const char *header; int code; const char *says; } bad[] = {
        { "{}", TTM_ERR_FORMAT, "no tensors" },
        { "{" F("unet.a.b.weight", "[10]", 0, 40) "}", TTM_ERR_UNSUPPORTED,
          "unet.a.b.weight" },
        { "{" F("lora_unet_a_b.hada_w1_a", "[10]", 0, 40) "}",
          TTM_ERR_UNSUPPORTED, "hada_w1_a" },
        { "{" F("lora_unet_a_b.lora_down.weight", "[2, 5]", 0, 40) "}",
          TTM_ERR_FORMAT, "lacks its up" },
        { "{" F("lora_unet_a_b.lora_up.weight", "[2, 5]", 0, 40) "}",
          TTM_ERR_FORMAT, "lacks its down" },
        { "{" F("lora_unet_a_b.lora_down.weight", "[2, 3]", 0, 24) ", "
          F("lora_unet_a_b.lora_up.weight", "[4]", 24, 40) "}",
          TTM_ERR_FORMAT, "one rank" },
        { "{" F("lora_unet_a_b.lora_down.weight", "[3, 2]", 0, 24) ", "
          F("lora_unet_a_b.lora_up.weight", "[2, 2]", 24, 40) "}",
          TTM_ERR_FORMAT, "[3, 2]" },
        { "{" W("lora_unet_a_b.lora_down.weight", "I32", "[2, 3]", 0, 24) ", "
          F("lora_unet_a_b.lora_up.weight", "[2, 2]", 24, 40) "}",
          TTM_ERR_FORMAT, "I32" },
        { "{" F("unet.a.b.lora_A.weight", "[2, 2]", 0, 16) ", "
          F("unet.a.b.lora.down.weight", "[2, 2]", 16, 32) ", "
          F("unet.a.b.lora_B.weight", "[1, 2]", 32, 40) "}",
          TTM_ERR_FORMAT, "same matrix" },
        { "{" F("unet.a.b.lora_A.weight", "[2, 2]", 0, 16) ", "
          F("unet.a.b.alpha", "[2]", 16, 24) ", "
          F("unet.a.b.lora_B.weight", "[2, 2]", 24, 40) "}",
          TTM_ERR_FORMAT, "alpha" },
        { LINEAR("base_model.model.a.b.lora_A.weight",
                 "base_model.model.a.b.lora_B.weight"),
          TTM_ERR_FILE, "adapter_config.json" },
    };
    TTMLora *lora;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        test_write_safetensors(folder, "bad.safetensors", bad[i].header, linear,
                               i ? sizeof(linear) : 0);
        lines.error[0] = 0;
        assert_int_equal(ttm_lora_open(&lora, &log_,
                                       test_path(folder, "bad.safetensors")),
                         bad[i].code);
        assert_null(lora);
        assert_contains(lines.error, bad[i].says);
    }
    assert_int_equal(ttm_lora_open(&lora, &log_, test_path(folder, "none")),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "lora");
    test_write_text(folder, "t.safetensors", "this is text, not tensors");
    assert_int_equal(ttm_lora_open(&lora, &log_,
                                   test_path(folder, "t.safetensors")),
                     TTM_ERR_FORMAT);
    assert_contains(lines.error, "not a safetensors");
}

/** Layers that name no weight, one of another shape, one of a text encoder. */
static void test_misfits(void **state)
{
    static const struct { const char *header, *says; } misfits[] = {
        { LINEAR("unet.a.x.lora_A.weight", "unet.a.x.lora_B.weight"), "a.x" },
        { LINEAR("unet.c.lora_A.weight", "unet.c.lora_B.weight"), "[2, 2, 1, 1]" },
        { LINEAR("unet.n.lora_A.weight", "unet.n.lora_B.weight"), "layer n" },
        { LINEAR("text_encoder.a.b.lora_A.weight",
                 "text_encoder.a.b.lora_B.weight"), "a.b" },
        { LINEAR("lora_te_a_b.lora_down.weight", "lora_te_a_b.lora_up.weight"),
          "a_b" },
    };
    const double amount = 1;

    (void)state;
    for (size_t i = 0; i < sizeof(misfits) / sizeof(*misfits); i++) {
        TTMLora *lora = open_lora("l.safetensors", misfits[i].header, linear,
                                  sizeof(linear));
        TTMPart *part;
        int count;

        merge(&part, &lora, &amount, 1, &count);
        assert_int_equal(count, 0);
        assert_int_equal(ttm_lora_check_merged(lora), TTM_ERR_FORMAT);
        assert_contains(lines.error, misfits[i].says);
        assert_contains(lines.error, "another model");
        ttm_lora_close(&lora);
        ttm_part_close(&part);
    }
}

static void test_option(void **state)
{
    static const char *const bad[] = {
        "a.safetensors:x", "a.safetensors:", "a.safetensors:1e9", "|a",
        "a||b", ":0.5", "a.safetensors:nan", "a:0.5:both", ":video",
    };
    TTMLoras l;

    (void)state;
    assert_int_equal(ttm_loras_parse(&l, &log_, NULL), 0);
    assert_int_equal(l.nb, 0);
    assert_int_equal(ttm_loras_parse(&l, &log_, ""), 0);
    assert_int_equal(l.nb, 0);
    assert_int_equal(ttm_loras_parse(&l, &log_, "a.safetensors:0.8|/x:y/b.st|"
                                     "C:\\c.safetensors:-1:video|d:motion"), 0);
    assert_int_equal(l.nb, 4);
    assert_string_equal(l.uses[0].path, "a.safetensors");
    assert_true(l.uses[0].weight == 0.8);
    assert_true(l.uses[0].stage[0] && l.uses[0].stage[1]);
    assert_string_equal(l.uses[1].path, "/x:y/b.st");
    assert_true(l.uses[1].weight == 1);
    assert_string_equal(l.uses[2].path, "C:\\c.safetensors");
    assert_true(l.uses[2].weight == -1);
    assert_true(!l.uses[2].stage[0] && l.uses[2].stage[1]);
    assert_string_equal(l.uses[3].path, "d");
    assert_true(l.uses[3].stage[0] && !l.uses[3].stage[1]);
    ttm_loras_free(&l);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        lines.error[0] = 0;
        assert_int_equal(ttm_loras_parse(&l, &log_, bad[i]), TTM_ERR_ARGUMENT);
        assert_contains(lines.error, "option lora");
        ttm_loras_free(&l);
    }
}

static TTMContext *open_context(const char *lora, int mode)
{
    TTMContext *ctx;
    TTMSettings s;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &lines;
    s.model      = "tests/ref/bundle";
    s.device     = "cpu";
    s.lora       = (char *)(uintptr_t)lora;
    s.mode       = mode;
    s.threads    = 1;
    ttm_open(&ctx, &s);
    return ctx;
}

static void test_context(void **state)
{
    static const char header[] =
        "{" F("lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight",
              "[1, 8, 1, 1]", 0, 32) ", "
        F("lora_unet_down_blocks_0_attentions_0_proj_in.lora_up.weight",
          "[8, 1, 1, 1]", 32, 64) ", "
        F("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight",
          "[1, 16]", 64, 128) ", "
        F("lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight",
          "[64, 1]", 128, 384) "}";
    float data[96] = { 1, 2, 3 };
    char option[512];
    TTMContext *ctx;

    (void)state;
    test_write_safetensors(folder, "l.safetensors", header, data, sizeof(data));
    snprintf(option, sizeof(option), "%s:0.5:video",
             test_path(folder, "l.safetensors"));
    ctx = open_context(option, TTM_MODE_FULL);
    if (!ctx)
        fail_msg("%s", lines.error);
    assert_string_equal(ttm_metadata(ctx, "lora"), option);
    ttm_close(&ctx);
    /* a LoRA for the stage that a mode leaves out is no error */
    ctx = open_context(option, TTM_MODE_PLAN);
    if (!ctx)
        fail_msg("%s", lines.error);
    ttm_close(&ctx);
    ctx = open_context(NULL, TTM_MODE_FULL);
    assert_null(ttm_metadata(ctx, "lora"));
    ttm_close(&ctx);
    assert_null(open_context("nothing.safetensors", TTM_MODE_FULL));
    assert_contains(lines.error, "nothing.safetensors");
    assert_null(open_context("tests/ref/bundle/vae/"
                             "diffusion_pytorch_model.safetensors:0.5",
                             TTM_MODE_FULL));
    assert_contains(lines.error, "no part of a LoRA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_naming, begin, end),
        cmocka_unit_test_setup_teardown(test_sums, begin, end),
        cmocka_unit_test_setup_teardown(test_convolution, begin, end),
        cmocka_unit_test_setup_teardown(test_alphas, begin, end),
        cmocka_unit_test_setup_teardown(test_bad_files, begin, end),
        cmocka_unit_test_setup_teardown(test_misfits, begin, end),
        cmocka_unit_test_setup_teardown(test_option, begin, end),
        cmocka_unit_test_setup_teardown(test_context, begin, end),
    };

    return cmocka_run_group_tests_name("lora", tests, NULL, NULL);
}
