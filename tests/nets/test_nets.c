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
 * The networks against diffusers and transformers: outputs and intermediates
 * of tiny networks (tests/ref/make_net_references.py), on the plain and the
 * fast CPU paths.
 */

#include <math.h>

#include "netcase.h"

/*
 * Relative L2 distances. The references are exact to the last digit of f32, so
 * that the plain path's limit leaves room for some ten roundings a layer. In
 * f16 and bf16 the distance may be 1.25 times what PyTorch loses on the same
 * network, as root mean square over the networks, and twice that for one of
 * them: these are so small that few roundings decide. tests/ref/check has more.
 */
#define PLAIN_LIMIT 1e-5
#define FAST_LIMIT  1e-4
#define HALF_LIMIT  1.25

typedef struct Row {
    const char *name;
    int run;
    const char *perturb;    ///< a weight that must matter
} Row;

static const Row rows[] = {
    { "clip_quick_gelu",   0, "encoder.layers.1.self_attn.v_proj.weight" },
    { "clip_gelu",         0, "text_model.embeddings.position_embedding.weight" },
    { "vae_kl",            0, "quant_conv.weight" },
    { "vae_kl",            1, "decoder.mid_block.attentions.0.to_k.weight" },
    { "vae_kl_plain",      0, "encoder.down_blocks.2.downsamplers.0.conv.weight" },
    { "vae_kl_plain",      1, "decoder.up_blocks.1.upsamplers.0.conv.weight" },
    { "vae_kl_old_names",  0, "encoder.mid_block.attentions.0.proj_attn.bias" },
    { "vae_kl_old_names",  1, "decoder.mid_block.attentions.0.query.weight" },
    { "vae_tiny",          0, "encoder.layers.2.weight" },
    { "vae_tiny",          1, "decoder.layers.9.conv.4.weight" },
    { "unet_plain",        0, "up_blocks.1.motion_modules.2.transformer_blocks.0."
                              "attn2.to_q.weight" },
    { "unet_stage1",       0, "down_blocks.1.attentions.0.transformer_blocks.0."
                              "masked_attn1.to_v.weight" },
    { "unet_stage2",       0, "down_blocks.2.attentions.0.transformer_blocks.0."
                              "masked_attn2.to_k.weight" },
    { "unet_stage2",       1, "down_blocks.1.attentions.1.transformer_blocks.0."
                              "masked_attn2.to_out.0.bias" },
    { "unet_masked_self",  0, "down_blocks.0.attentions.0.transformer_blocks.0."
                              "masked_norm1.bias" },
    /* tests/ref/make_segmenter_references.py */
    { "segmenter",         0, "down_blocks.2.resnets.0.conv1.weight" },
    { "segmenter",         1, "up_blocks.1.upsamplers.0.conv.weight" },
    { "segmenter_one",     0, "mid_block.attentions.0.to_v.bias" },
    /* tests/ref/make_sam2_references.py */
    { "sam2",              0, "vision_encoder.backbone.blocks.3.attn.qkv.v.weight" },
    { "sam2",              1, "mask_decoder.transformer.layers.1."
                              "cross_attn_image_to_token.o_proj.bias" },
    { "sam2",              2, "prompt_encoder.point_embed.weight" },
    { "sam2",              3, "mask_decoder.upscale_conv1.weight" },
    /* tests/ref/make_owlv2_references.py */
    { "owlv2",             0, "owlv2.text_projection.weight" },
    { "owlv2",             1, "owlv2.vision_model.embeddings.class_embedding" },
    { "owlv2_gelu",        0, "owlv2.text_model.encoder.layers.0.mlp.fc1.bias" },
    { "owlv2_gelu",        1, "owlv2.vision_model.embeddings.patch_embedding.weight" },
    /* tests/ref/make_import_references.py */
    { "import_stage1",     0, "conv_in.weight" },
    { "import_stage2",     0, "mid_block.attentions.0.proj_out.weight" },
    /* tests/ref/make_lora_references.py */
    { "lora_unet",         0, "lora" },
    { "lora_unet",         1, "lora" },
    { "lora_unet",         2, "lora" },
    { "lora_unet",         3, "lora" },
    { "lora_unet",         4, "lora" },
    { "lora_clip",         0, "lora" },
    { "lora_clip",         1, "lora" },
};
#define NB_ROWS (sizeof(rows) / sizeof(*rows))

static void compare_all(const char *device, enum TTMDType precision, double limit)
{
    for (size_t i = 0; i < NB_ROWS; i++)
        netcase_compare(rows[i].name, rows[i].run, device, precision, limit, NULL);
}

static void test_plain(void **state)
{
    (void)state;
    compare_all("cpu:reference", TTM_DTYPE_F32, PLAIN_LIMIT);
}

static void test_fast(void **state)
{
    (void)state;
    compare_all("cpu", TTM_DTYPE_F32, FAST_LIMIT);
}

static void compare_half(const char *device, enum TTMDType precision)
{
    const TTMBackendRequest request = { device, precision, 1 };
    double sum = 0;

    for (size_t i = 0; i < NB_ROWS; i++) {
        double ratio = netcase_ratio(rows[i].name, rows[i].run, &request);

        if (!(ratio <= 2 * HALF_LIMIT))
            fail_msg("%s: %.2f times as far as PyTorch", rows[i].name, ratio);
        sum += ratio * ratio;
    }
    print_message("%s %s: %.2f times PyTorch's distances\n", device,
                  ttm_dtype_name(precision), sqrt(sum / NB_ROWS));
    if (!(sqrt(sum / NB_ROWS) <= HALF_LIMIT))
        fail_msg("%s %s is less exact than PyTorch", device,
                 ttm_dtype_name(precision));
}

static void test_half(void **state)
{
    (void)state;
    compare_half("cpu", TTM_DTYPE_BF16);
    compare_half("cpu", TTM_DTYPE_F16);
    compare_half("cpu:plain", TTM_DTYPE_BF16);
    compare_half("cpu:plain", TTM_DTYPE_F16);
}

/** The comparison sees one changed element of one weight. */
static void test_perturbed(void **state)
{
    (void)state;
    for (size_t i = 0; i < NB_ROWS; i++)
        netcase_compare(rows[i].name, rows[i].run, "cpu:reference", TTM_DTYPE_F32,
                        PLAIN_LIMIT, rows[i].perturb);
}

/** All stored runs are in the table above, so that none is forgotten. */
static void test_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < NB_ROWS; i++) {
        NetCase c;

        assert_int_equal(netcase_open(&c, rows[i].name), 0);
        if (i + 1 == NB_ROWS || rows[i + 1].run == 0)
            assert_int_equal(netcase_runs(&c), rows[i].run + 1);
        netcase_close(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_perturbed),
        cmocka_unit_test(test_fast),
        cmocka_unit_test(test_half),
    };

    return cmocka_run_group_tests_name("nets", tests, NULL, NULL);
}
