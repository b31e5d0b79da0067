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
 * Networks that do not fit their files: every mistake in config.json and every
 * missing, extra or mis-shaped tensor is an error that names it.
 */

#include "netcase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A copy of a case with one change in its network's config.json. */
typedef struct Change {
    const char *name;       ///< of the case
    const char *part;
    const char *from, *to;  ///< text in config.json
    int code;               ///< of the builder, or of the check for extra tensors
    const char *message;    ///< part of the error line
} Change;

static const Change changes[] = {
    /* tensors */
    { "clip_quick_gelu", "text_encoder", "\"num_hidden_layers\": 2",
      "\"num_hidden_layers\": 3", TTM_ERR_FORMAT, "encoder.layers.2.layer_norm1" },
    { "clip_quick_gelu", "text_encoder", "\"num_hidden_layers\": 2",
      "\"num_hidden_layers\": 1", TTM_ERR_FORMAT, "encoder.layers.1." },
    { "clip_quick_gelu", "text_encoder", "\"intermediate_size\": 64",
      "\"intermediate_size\": 60", TTM_ERR_FORMAT,
      "encoder.layers.0.mlp.fc1.weight" },
    { "unet_masked_self", "motion_to_video", "\"cross_attention_dim\": 8",
      "\"cross_attention_dim\": 9", TTM_ERR_FORMAT, "attn2.to_k.weight" },
    { "unet_masked_self", "motion_to_video", "\"masked_blocks\": 1",
      "\"masked_blocks\": 0", TTM_ERR_FORMAT, "masked_attn1" },
    { "unet_masked_self", "motion_to_video", "\"masked_cross_attention\": false",
      "\"masked_cross_attention\": true", TTM_ERR_FORMAT, "masked_norm2" },
    { "vae_kl", "vae", "\"use_quant_conv\": true", "\"use_quant_conv\": false",
      TTM_ERR_FORMAT, "quant_conv" },
    /* values */
    { "clip_gelu", "text_encoder", "\"hidden_act\": \"gelu\"",
      "\"hidden_act\": \"swiglu\"", TTM_ERR_UNSUPPORTED, "'hidden_act' is 'swiglu'" },
    { "clip_gelu", "text_encoder", "\"num_attention_heads\": 3",
      "\"num_attention_heads\": 5", TTM_ERR_FORMAT, "'num_attention_heads' 5" },
    { "clip_gelu", "text_encoder", "\"layer_norm_eps\": 0.001",
      "\"layer_norm_eps\": -1", TTM_ERR_FORMAT, "'layer_norm_eps'" },
    { "vae_wan", "vae", "\"is_residual\": false", "\"is_residual\": true",
      TTM_ERR_UNSUPPORTED, "only the autoencoder of Wan 2.1" },
    { "vae_wan", "vae", "\"scale_factor_temporal\": 4", "\"scale_factor_temporal\": 2",
      TTM_ERR_FORMAT, "'scale_factor_temporal' is 2, but the layers make it 4" },
    { "vae_wan", "vae", "\"in_channels\": 3", "\"in_channels\": 12",
      TTM_ERR_FORMAT, "\"in_channels\" is 12" },
    { "vae_wan", "vae", "\"z_dim\": 4", "\"z_dim\": 5", TTM_ERR_FORMAT,
      "'latents_mean' must be a list of 5" },
    { "vae_wan", "vae", "1.483", "1e-60", TTM_ERR_FORMAT,
      "element 0 of 'latents_std' is no number above 0" },
    { "vae_wan", "vae", "\"base_dim\": 4", "\"base_dims\": 4", TTM_ERR_UNSUPPORTED,
      "'base_dims'" },
    { "vae_kl", "vae", "\"norm_num_groups\": 4", "\"norm_num_groups\": 3",
      TTM_ERR_FORMAT, "'norm_num_groups'" },
    { "vae_kl", "vae", "\"act_fn\": \"silu\"", "\"act_fn\": \"mish\"",
      TTM_ERR_UNSUPPORTED, "'act_fn' is 'mish'" },
    { "vae_kl", "vae", "\"DownEncoderBlock2D\"", "\"AttnDownEncoderBlock2D\"",
      TTM_ERR_UNSUPPORTED, "'AttnDownEncoderBlock2D'" },
    { "vae_kl", "vae", "\"latents_mean\": null", "\"latents_mean\": [0, 0, 0, 0]",
      TTM_ERR_UNSUPPORTED, "'latents_mean'" },
    { "vae_kl", "vae", "\"scaling_factor\": 0.18215", "\"scaling_factor\": 0",
      TTM_ERR_FORMAT, "'scaling_factor'" },
    { "vae_kl", "vae", "\"sample_size\": 32", "\"window_size\": 32",
      TTM_ERR_UNSUPPORTED, "'window_size'" },
    { "vae_tiny", "vae", "\"upsample_fn\": \"nearest\"",
      "\"upsample_fn\": \"bilinear\"", TTM_ERR_UNSUPPORTED, "'upsample_fn'" },
    { "vae_tiny", "vae", "\"upsampling_scaling_factor\": 2",
      "\"upsampling_scaling_factor\": 4", TTM_ERR_FORMAT,
      "upsampling_scaling_factor" },
    { "unet_stage1", "image_to_motion", "\"CrossAttnUpBlockMotion\"",
      "\"AttnUpBlock2D\"", TTM_ERR_UNSUPPORTED, "'AttnUpBlock2D'" },
    { "unet_stage1", "image_to_motion", "\"downsample_padding\": 1",
      "\"downsample_padding\": 0", TTM_ERR_FORMAT, "downsample_padding" },
    { "unet_stage1", "image_to_motion", "\"encoder_hid_dim_type\": null",
      "\"encoder_hid_dim_type\": \"ip_image_proj\"", TTM_ERR_UNSUPPORTED,
      "'encoder_hid_dim_type'" },
    { "unet_stage1", "image_to_motion",
      "\"reverse_transformer_layers_per_block\": null",
      "\"reverse_transformer_layers_per_block\": [[2], [1]]", TTM_ERR_FORMAT,
      "element 0 of 'reverse_transformer_layers_per_block'" },
    { "unet_stage1", "image_to_motion",
      "\"reverse_transformer_layers_per_block\": null",
      "\"reverse_transformer_layers_per_block\": [1]", TTM_ERR_FORMAT,
      "'reverse_transformer_layers_per_block' has 1" },
    { "unet_stage1", "image_to_motion",
      "\"reverse_transformer_layers_per_block\": null",
      "\"reverse_transformer_layers_per_block\": [1, 3]", TTM_ERR_FORMAT,
      "up_blocks.1.attentions.0.transformer_blocks.2.norm1" },
    { "unet_stage1", "image_to_motion",
      "\"reverse_motion_num_attention_heads\": null",
      "\"reverse_motion_num_attention_heads\": [4, 2]", TTM_ERR_UNSUPPORTED,
      "'reverse_motion_num_attention_heads'" },
    { "unet_stage1", "image_to_motion", "\"addition_embed_type\": null",
      "\"addition_embed_type\": \"text_time\"", TTM_ERR_UNSUPPORTED,
      "'addition_embed_type'" },
    { "unet_stage1", "image_to_motion", "\"cross_attention_dim\": 12",
      "\"cross_attention_dim\": [12, 16]", TTM_ERR_UNSUPPORTED,
      "'cross_attention_dim'" },
    { "unet_stage1", "image_to_motion", "\"act_fn\": \"silu\"",
      "\"act_fn\": \"gelu\"", TTM_ERR_UNSUPPORTED, "'act_fn' is 'gelu'" },
    { "unet_stage1", "image_to_motion", "\"in_channels\": 12", "\"in_channels\": 8",
      TTM_ERR_FORMAT, "'in_channels' is 8" },
    { "unet_stage1", "image_to_motion", "\"norm_num_groups\": 2",
      "\"norm_num_groups\": 3", TTM_ERR_FORMAT, "'norm_num_groups'" },
    { "unet_stage1", "image_to_motion", "\"prediction\": \"sample\"",
      "\"prediction\": \"score\"", TTM_ERR_UNSUPPORTED,
      "'ttm.prediction' is 'score'" },
    { "unet_stage1", "image_to_motion", "\"prediction\": \"sample\",", "",
      TTM_ERR_FORMAT, "'ttm.prediction' is missing" },
    { "unet_stage1", "image_to_motion", "\"residual\": \"mask\"",
      "\"residual\": \"carried\"", TTM_ERR_FORMAT, "'ttm.residual' is 'carried'" },
    { "unet_stage1", "image_to_motion", "\"masked_blocks\": 2",
      "\"masked_blocks\": 3", TTM_ERR_FORMAT, "'ttm.masked_blocks' is 3" },
    { "unet_stage1", "image_to_motion", "\"first_frame\": \"given\"",
      "\"first_frames\": \"given\"", TTM_ERR_UNSUPPORTED, "'ttm.first_frames'" },
    { "unet_stage1", "image_to_motion", "\"first_frame\": \"given\"",
      "\"first_frame\": \"given\", \"trajectory\": \"flow\"",
      TTM_ERR_UNSUPPORTED, "'ttm.trajectory' is 'flow', but only 'masks' or "
      "'tinted' is possible" },
    { "unet_stage1", "image_to_motion", "\"first_frame\": \"given\"",
      "\"first_frame\": \"given\", \"trajectory\": 5", TTM_ERR_UNSUPPORTED,
      "'ttm.trajectory'" },
    { "unet_stage1", "image_to_motion", "\"cross_regions\": \"masks\",", "",
      TTM_ERR_FORMAT, "'ttm.cross_regions' is missing" },
    { "unet_stage1", "image_to_motion", "\"noise\"", "\"depth\"",
      TTM_ERR_UNSUPPORTED, "'depth'" },
    { "unet_stage1", "image_to_motion", "\"noise\"", "\"mask\"",
      TTM_ERR_FORMAT, "'mask' twice" },
    { "segmenter", "segmenter", "\"score_channels\": 6", "\"score_channels\": 7",
      TTM_ERR_FORMAT, "score_head.conv_1.weight" },
    { "segmenter", "segmenter", "\"score_channels\": 6", "\"score_channel\": 6",
      TTM_ERR_UNSUPPORTED, "'score_channel'" },
    { "segmenter", "segmenter", "\"in_channels\": 7", "\"in_channels\": 3",
      TTM_ERR_FORMAT, "\"in_channels\" is 3" },
    { "segmenter", "segmenter", "\"layers_per_block\": 1", "\"layers_per_block\": 2",
      TTM_ERR_FORMAT, "\"layers_per_block\" is 2" },
    { "segmenter", "segmenter", "\"norm_num_groups\": 4", "\"norm_num_groups\": 3",
      TTM_ERR_FORMAT, "'norm_num_groups' 3" },
    { "segmenter", "segmenter", "\"attention_head_dim\": 8",
      "\"attention_head_dim\": 6", TTM_ERR_FORMAT, "'attention_head_dim' 6" },
    { "segmenter", "segmenter", "\"sample_size\": 32", "\"sample_size\": 4",
      TTM_ERR_FORMAT, "\"sample_size\" is 4" },
    { "segmenter", "segmenter", "\"sample_size\": 32", "\"sample_size\": 36",
      TTM_ERR_FORMAT, "'sample_size' 36 is not a multiple of 8" },
    { "segmenter", "segmenter", "\"sample_size\": 32", "\"sample_size\": 1e999",
      TTM_ERR_FORMAT, "\"sample_size\" must be an integer, but is too large" },
    { "segmenter", "segmenter", "\"sample_size\": 32,\n \"in_channels\": 7,\n "
      "\"block_out_channels\": [", "\"block_out_channels\": [8, 8, 8, ",
      TTM_ERR_FORMAT, "'sample_size' 160 is not a multiple of 64" },
    { "segmenter", "segmenter", "\"block_out_channels\": [",
      "\"block_out_channels\": [8, 8, 8, 8, 8, 8, ", TTM_ERR_FORMAT,
      "'block_out_channels' must be a list of 1 to 8" },
    { "segmenter", "segmenter", "\"block_out_channels\": [",
      "\"block_out_channels\": [-8, ", TTM_ERR_FORMAT,
      "element 0 of 'block_out_channels' must be an integer from 1" },
    { "segmenter", "segmenter", "\"score_channels\": 6", "\"score_channels\": \"6\"",
      TTM_ERR_FORMAT, "\"score_channels\" must be an integer, but is \"6\"" },
    { "clip_gelu", "text_encoder", "\"layer_norm_eps\": 0.001",
      "\"layer_norm_eps\": 1e-60", TTM_ERR_FORMAT, "'layer_norm_eps' is 1e-60" },
};

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 65536);

    assert_true(file && text);
    assert_true(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/** Make @p copy, a folder of links to the case with the changed config. */
static void make_copy(const Change *change, const char *copy)
{
    static const char *const linked[] = {
        "%s/diffusion_pytorch_model.safetensors", "%s/model.safetensors"
    };
    char from[1024], to[1024], root[512], part[600];
    char *text, *found, *changed;

    assert_non_null(getcwd(root, sizeof(root)));
    snprintf(part, sizeof(part), "%s/%s", copy, change->part);
    snprintf(from, sizeof(from), "mkdir -p '%s'", part);
    assert_int_equal(system(from), 0);
    for (int i = 0; i < 4; i++) {
        char relative[256];

        if (i < 2)
            snprintf(relative, sizeof(relative), linked[i], change->part);
        else
            snprintf(relative, sizeof(relative), "%s",
                     i == 2 ? "reference" : "model_index.json");
        snprintf(from, sizeof(from), "%s/tests/ref/nets/%s/%s", root, change->name,
                 relative);
        snprintf(to, sizeof(to), "%s/%s", copy, relative);
        if (!access(from, R_OK))
            assert_int_equal(symlink(from, to), 0);
    }
    snprintf(from, sizeof(from), "tests/ref/nets/%s/%s/config.json", change->name,
             change->part);
    snprintf(to, sizeof(to), "%s/config.json", part);
    text  = read_text(from);
    found = strstr(text, change->from);
    if (!found)
        fail_msg("%s has no '%s'", from, change->from);
    changed = calloc(1, 65536 + 256);
    assert_non_null(changed);
    memcpy(changed, text, found - text);
    strcat(changed, change->to);
    strcat(changed, found + strlen(change->from));
    write_text(to, changed);
    free(text);
    free(changed);
}

static void remove_copy(const char *copy)
{
    char command[600];

    snprintf(command, sizeof(command), "rm -r '%s'", copy);
    assert_int_equal(system(command), 0);
}

/** Build every run of a case, then look for tensors that none has used. */
static int build_all(NetCase *c)
{
    int ret = 0;

    for (int run = 0; ret >= 0 && run < netcase_runs(c); run++) {
        TTMGraph *graph = NULL;

        ret = netcase_build(c, run, TTM_DTYPE_F32, &graph);
        ttm_graph_free(&graph);
    }
    return ret < 0 ? ret : ttm_part_check_all_used(c->part);
}

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        const Change *change = &changes[i];
        char copy[]          = "/tmp/ttm-nets-XXXXXX";
        NetCase c;
        int ret;

        assert_non_null(mkdtemp(copy));
        make_copy(change, copy);
        ret = netcase_open(&c, copy);
        if (ret >= 0)
            ret = build_all(&c);
        if (ret != change->code || !strstr(c.messages, change->message))
            fail_msg("%s with %s: code %d and\n%sinstead of code %d and '%s'",
                     change->name, change->to, ret, c.messages, change->code,
                     change->message);
        if (strchr(c.messages, '\n') != strrchr(c.messages, '\n'))
            fail_msg("%s with %s: more than one line:\n%s", change->name,
                     change->to, c.messages);
        netcase_close(&c);
        remove_copy(copy);
    }
}

/** The unchanged cases build and leave no tensor unused. */
static void test_all_used(void **state)
{
    static const char *const names[] = {
        "clip_quick_gelu", "clip_gelu", "vae_kl", "vae_kl_plain",
        "vae_kl_old_names", "vae_tiny", "unet_plain", "unet_stage1",
        "unet_stage2", "unet_masked_self", "segmenter", "segmenter_one"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        NetCase c;

        if (netcase_open(&c, names[i]) < 0 || build_all(&c) < 0)
            fail_msg("%s", c.messages);
        assert_string_equal(c.messages, "");
        netcase_close(&c);
    }
}

/** Sizes, or a graph's name, that the network of @p name cannot do. */
static void check_refused(const char *name, const char *graph_name,
                          TTMNetSizes sizes, const char *message)
{
    TTMNetModel model;
    TTMGraph *graph;
    NetCase c;

    assert_int_equal(netcase_open(&c, name), 0);
    assert_int_equal(ttm_net_open(&model, c.part, netcase_task(&c)), 0);
    graph = ttm_graph_create(&c.log, "refused", TTM_DTYPE_F32);
    assert_int_equal(ttm_net_build(&model, graph_name, graph, c.part, &sizes),
                     TTM_ERR_ARGUMENT);
    if (!strstr(c.messages, message))
        fail_msg("%s: '%s' instead of '%s'", name, c.messages, message);
    ttm_graph_free(&graph);
    ttm_net_close(&model);
    netcase_close(&c);
}

static void test_arguments(void **state)
{
    const TTMNetSizes long_text = { .batch = 1, .tokens = 13 };
    const TTMNetSizes odd = { .batch = 1, .height = 16, .width = 18 };
    const TTMNetSizes long_clip = {
        .frames = 5, .height = 8, .width = 8, .tokens = 4, .objects = 1
    };

    (void)state;
    check_refused("clip_gelu", "text", long_text, "max_position_embeddings");
    check_refused("vae_kl", "encoder", odd, "multiples of 4");
    check_refused("unet_stage2", "denoiser", long_clip,
                  "'motion_max_seq_length' is 4");
    check_refused("segmenter", "segmenter", (TTMNetSizes){ .height = 16, .width = 20 },
                  "20x16: both sides must be multiples of 8");
    check_refused("unet_stage2", "decoder", long_clip,
                  "UNetMotionModel has no graph 'decoder'");
}

/** A class that there is, but for another task. */
static void test_task(void **state)
{
    TTMNetModel model;
    NetCase c;

    (void)state;
    assert_int_equal(netcase_open(&c, "vae_tiny"), 0);
    assert_int_equal(ttm_net_open(&model, c.part, TTM_NET_DENOISER),
                     TTM_ERR_UNSUPPORTED);
    assert_non_null(strstr(c.messages, "the class is 'AutoencoderTiny', but "
                           "only 'UNetMotionModel' is possible here"));
    assert_null(model.config);
    c.messages[0] = 0;
    assert_int_equal(ttm_net_open(&model, c.part, TTM_NET_TEXT),
                     TTM_ERR_UNSUPPORTED);
    netcase_close(&c);
}

/** What other layers are told of a network. */
static TTMNetFacts facts(const char *name)
{
    TTMNetModel model;
    TTMNetFacts result;
    NetCase c;

    assert_int_equal(netcase_open(&c, name), 0);
    assert_int_equal(ttm_net_open(&model, c.part, netcase_task(&c)), 0);
    result = model.facts;
    ttm_net_close(&model);
    netcase_close(&c);
    return result;
}

static void test_facts(void **state)
{
    TTMDenoiser d = facts("unet_stage1").denoiser;
    TTMAutoencoder a = facts("vae_kl").autoencoder;
    TTMSegmenter s = facts("segmenter").segmenter;

    (void)state;
    assert_int_equal(d.nb_inputs, 3);
    assert_int_equal(d.inputs[0], TTM_CONDITION_NOISE);
    assert_int_equal(d.inputs[1], TTM_CONDITION_IMAGE);
    assert_int_equal(d.inputs[2], TTM_CONDITION_MASK);
    assert_true(ttm_denoiser_has(&d, TTM_CONDITION_MASK));
    assert_false(ttm_denoiser_has(&d, TTM_CONDITION_CARRIED));
    assert_int_equal(d.width, 64);
    assert_int_equal(d.height, 64);
    assert_int_equal(d.prediction, TTM_PREDICT_SAMPLE);
    assert_int_equal(d.residual, TTM_CONDITION_MASK);
    assert_true(d.first_frame_given && d.masked_self && d.masked_cross);
    assert_false(d.cross_boxes || d.trajectory_regions);
    assert_int_equal(d.masked_levels, 1 << 0 | 1 << 1);

    d = facts("unet_stage2").denoiser;
    assert_int_equal(d.prediction, TTM_PREDICT_VELOCITY);
    assert_int_equal(d.residual, -1);
    assert_int_equal(d.first_frame_given, 0);
    assert_true(d.cross_boxes && d.trajectory_regions);
    assert_int_equal(d.width, 0);
    assert_int_equal(d.max_frames, 4);
    assert_int_equal(d.masked_levels, 1 << 1 | 1 << 2);

    d = facts("unet_plain").denoiser;
    assert_int_equal(d.nb_inputs, 1);
    assert_int_equal(d.prediction, TTM_PREDICT_EPSILON);
    assert_int_equal(d.masked_levels, 0);

    assert_int_equal(s.hints, TTM_HINT_MAPS);
    assert_int_equal(s.side, 32);
    assert_int_equal(s.multiple, 8);
    assert_int_equal(s.masks, 1);
    assert_false(s.needs_hint);

    assert_int_equal(facts("clip_gelu").text.max_tokens, 12);
    assert_int_equal(a.block_scale, 4);
    assert_int_equal(ttm_latent_frames(&a, 16), 16);
    a.frame_scale = 4;          /* of a video autoencoder: 1 + 4 n pictures */
    assert_int_equal(ttm_latent_frames(&a, 1), 1);
    assert_int_equal(ttm_latent_frames(&a, 17), 5);
    assert_int_equal(ttm_latent_frames(&a, 18), 6);
    assert_int_equal(ttm_latent_pictures(&a, 1), 1);
    assert_int_equal(ttm_latent_pictures(&a, 5), 17);
    assert_int_equal(ttm_latent_start(&a, 0), 0);
    assert_int_equal(ttm_latent_start(&a, 1), 1);
    assert_int_equal(ttm_latent_start(&a, 5), 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_used),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_task),
        cmocka_unit_test(test_facts),
    };

    return cmocka_run_group_tests_name("net errors", tests, NULL, NULL);
}
