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
 * Configuration of transformers Sam2Model and Sam2VideoModel: objects in an object, any key
 * of which may be left out where it has its default, that of SAM 2.1 Hiera-tiny.
 */

#include <stdio.h>
#include <string.h>

#include "nets/sam2.h"

/** Values of a table of positions, at most: the largest published model has 9437184. */
#define MOST_POSITIONS (1 << 25)
/** Channels between the two layers of a block, at most. */
#define MOST_HIDDEN (1 << 18)

/** An object inside of a part's config, read like a part. */
typedef struct Section {
    TTMPart part;
    char path[4096];
} Section;

/** What any configuration of transformers may have, and what changes nothing here. */
static const char *const generic[] = {
    "architectures", "chunk_size_feed_forward", "dtype", "id2label", "initializer_range",
    "is_encoder_decoder", "label2id", "model_type", "output_attentions",
    "output_hidden_states", "problem_type", "return_dict", "torch_dtype",
    "transformers_version", "attn_implementation", "add_cross_attention", "bad_words_ids",
    "begin_suppress_tokens", "bos_token_id", "cross_attention_hidden_size",
    "decoder_start_token_id", "diversity_penalty", "do_sample", "early_stopping",
    "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty",
    "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "is_decoder",
    "length_penalty", "max_length", "min_length", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_return_sequences", "output_scores", "pad_token_id", "prefix",
    "pruned_heads", "remove_invalid_values", "repetition_penalty",
    "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params",
    "temperature", "tf_legacy_loss", "tie_encoder_decoder", "tie_word_embeddings",
    "tokenizer_class", "top_k", "top_p", "torchscript", "typical_p", "use_bfloat16", NULL
};

/** Of Sam2VideoModel: its memory, which a single picture has no use for. */
static const char *const of_video[] = {
    "enable_occlusion_spatial_embedding",
    "enable_temporal_pos_encoding_for_object_pointers", "image_size", "max_cond_frame_num",
    "max_object_pointers_in_encoder", "multimask_max_pt_num", "multimask_min_pt_num",
    "multimask_output_for_tracking", "multimask_output_in_sam", "num_maskmem",
    "rope_parameters", "sigmoid_bias_for_mem_enc", "sigmoid_scale_for_mem_enc", NULL
};

static int is_listed(const char *const *list, const char *key)
{
    while (*list && strcmp(*list, key))
        list++;
    return *list != NULL;
}

/** Every key must be one of @p known or of those above. */
static int check_keys(const TTMPart *part, const char *const *known, int outermost)
{
    const TTMJson *member = ttm_json_first(part->config);

    for (; member; member = ttm_json_next(member)) {
        const char *key = ttm_json_name(member);

        if (key[0] == '_' || ttm_json_type(member) == TTM_JSON_NULL ||
            is_listed(known, key) || is_listed(generic, key))
            continue;
        if (outermost && (is_listed(of_video, key) || !strncmp(key, "memory_", 7) ||
                          !strncmp(key, "mask_downsampler_", 17)))
            continue;
        return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: the key '%s' is not known; "
                        "remove it if it changes nothing", part->config_path, key);
    }
    return 0;
}

/** The object @p key of @p outer; one that is not there is like one without keys. */
static int open_section(Section *s, const TTMPart *outer, const char *key,
                        const char *const *known)
{
    const TTMJson *object = ttm_json_get(outer->config, key);

    if (object && ttm_json_type(object) == TTM_JSON_NULL)
        object = NULL;
    if (object && ttm_json_type(object) != TTM_JSON_OBJECT)
        return ttm_fail(outer->log, TTM_ERR_FORMAT, "%s: '%s' must be an object",
                        outer->config_path, key);
    s->part = *outer;
    /* the section only reads it */
    s->part.config = (TTMJson *)object;
    snprintf(s->path, sizeof(s->path), "%s: %s", outer->config_path, key);
    s->part.config_path = s->path;
    return check_keys(&s->part, known, 0);
}

/** 1 where @p key is there and is no null. */
static int has(const TTMPart *part, const char *key)
{
    const TTMJson *json = ttm_json_get(part->config, key);

    return json && ttm_json_type(json) != TTM_JSON_NULL;
}

/** An integer, or a list of two that must be the same. */
static int read_square(const TTMPart *part, const char *key, int min, int max,
                       int fallback, int *value)
{
    const TTMJson *json = ttm_json_get(part->config, key);
    int both[2], ret;

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY)
        return ttm_config_int(part, key, min, max, fallback, value);
    ret = ttm_config_levels(part, key, 2, min, max, fallback, both);
    if (ret >= 0 && both[0] != both[1])
        ret = ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: '%s' is %d and %d, but only "
                       "squares are possible", part->config_path, key, both[0], both[1]);
    *value = both[0];
    return ret;
}

/** One integer for each of @p count stages, or @p fallback of the four of Hiera-tiny. */
static int read_stages(const TTMPart *part, const char *key, int count, int min, int max,
                       const int fallback[4], int *values)
{
    if (has(part, key))
        return ttm_config_levels(part, key, count, min, max, min, values);
    if (count != 4)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' is missing, but "
                        "'blocks_per_stage' has %d elements", part->config_path, key, count);
    memcpy(values, fallback, 4 * sizeof(*values));
    return 0;
}

/** Blocks that see all positions: they must be there, or none is said. */
static int read_global(TTMSam2Config *c, const TTMPart *part)
{
    const TTMJson *list = ttm_json_get(part->config, "global_attention_blocks");
    int blocks = 0;

    if (!has(part, "global_attention_blocks"))
        return 0;
    c->nb_global = 0;
    if (ttm_json_type(list) == TTM_JSON_ARRAY && !ttm_json_count(list))
        return 0;
    for (int i = 0; i < c->nb_stages; i++)
        blocks += c->blocks[i];
    return ttm_config_list(part, "global_attention_blocks", 0, blocks - 1, TTM_SAM2_GLOBAL,
                           c->global, &c->nb_global);
}

static int read_backbone(TTMSam2Config *c, const TTMPart *part)
{
    static const char *const activations[] = { "gelu", NULL };
    static const int blocks[] = { 1, 2, 7, 2 }, channels[] = { 96, 192, 384, 768 };
    static const int heads[] = { 1, 2, 4, 8 }, windows[] = { 8, 4, 14, 7 };
    float ratio;
    int ret, unused, hidden;

    c->nb_stages = 4;
    memcpy(c->blocks, blocks, sizeof(blocks));
    memcpy(c->global, (const int[]){ 5, 7, 9 }, 3 * sizeof(int));
    c->nb_global     = 3;
    c->background[0] = c->background[1] = 7;
    if ((ret = read_square(part, "image_size", 1, 1 << 14, 1024, &c->side)) < 0 ||
        (ret = ttm_config_int(part, "num_channels", 3, 3, 3, &unused)) < 0 ||
        (ret = read_square(part, "patch_kernel_size", 1, 64, 7, &c->kernel)) < 0 ||
        (ret = read_square(part, "patch_stride", 1, 64, 4, &c->stride)) < 0 ||
        (ret = read_square(part, "patch_padding", 0, 63, 3, &c->padding)) < 0 ||
        (ret = read_square(part, "query_stride", 2, 2, 2, &unused)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "hidden_act", activations, 0,
                                 &unused)) < 0 ||
        (has(part, "blocks_per_stage") &&
         (ret = ttm_config_list(part, "blocks_per_stage", 1, 256, TTM_SAM2_STAGES,
                                c->blocks, &c->nb_stages)) < 0) ||
        (ret = read_stages(part, "embed_dim_per_stage", c->nb_stages, 1, 1 << 14, channels,
                           c->channels)) < 0 ||
        (ret = read_stages(part, "num_attention_heads_per_stage", c->nb_stages, 1, 1 << 10,
                           heads, c->heads)) < 0 ||
        (ret = read_stages(part, "window_size_per_stage", c->nb_stages, 1, 1 << 10,
                           windows, c->windows)) < 0 ||
        (ret = ttm_config_int(part, "num_query_pool_stages", 0, TTM_SAM2_STAGES, 3,
                              &c->pooled)) < 0 ||
        (ret = ttm_config_int(part, "hidden_size", 1, 1 << 14, c->channels[0],
                              &hidden)) < 0 ||
        (has(part, "window_positional_embedding_background_size") &&
         (ret = ttm_config_levels(part, "window_positional_embedding_background_size", 2, 1,
                                  1 << 10, 7, c->background)) < 0) ||
        (ret = ttm_config_float(part, "mlp_ratio", 0, 4, &ratio)) < 0 ||
        (ret = ttm_config_float(part, "layer_norm_eps", 0, 1e-6, &c->epsilon)) < 0)
        return ret;
    if (hidden != c->channels[0])
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'hidden_size' is %d, but "
                        "'embed_dim_per_stage' begins with %d", part->config_path, hidden,
                        c->channels[0]);
    for (int i = 0; i < c->nb_stages; i++) {
        const double wide = (double)c->channels[i] * ratio;

        if (!(wide >= 1 && wide <= MOST_HIDDEN))
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'mlp_ratio' %g makes %g of the "
                            "%d channels of stage %d; 1 to %d are possible",
                            part->config_path, ratio, wide, c->channels[i], i, MOST_HIDDEN);
        c->hidden[i] = (int64_t)wide;
    }
    return read_global(c, part);
}

/** Tables of positions are made of the picture's size, which no weight tells. */
static int check_positions(const TTMSam2Config *c, const TTMPart *part)
{
    const int64_t fine = ttm_sam2_level_side(c, 0);
    const int64_t coarse = ttm_sam2_level_side(c, TTM_SAM2_LEVELS - 1);

    if (fine * fine * c->channels[0] <= MOST_POSITIONS &&
        coarse * coarse * c->pyramid <= MOST_POSITIONS)
        return 0;
    return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'image_size' %d in steps of "
                    "'patch_stride' %d makes %dx%d positions, which is out of range",
                    part->config_path, c->side, c->stride, (int)fine, (int)fine);
}

/** What must hold between the values of the backbone. */
static int check_backbone(const TTMSam2Config *c, const TTMPart *part)
{
    const int side = c->side / c->stride;

    if (c->side % c->stride || side % c->windows[0])
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'image_size' %d must be a multiple "
                        "of 'patch_stride' %d times the first of 'window_size_per_stage', "
                        "%d", part->config_path, c->side, c->stride, c->windows[0]);
    if ((c->side + 2 * c->padding - c->kernel) / c->stride + 1 != side)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'patch_kernel_size' %d with "
                        "'patch_padding' %d does not make 'image_size' / 'patch_stride' "
                        "patches", part->config_path, c->kernel, c->padding);
    if (c->nb_stages < TTM_SAM2_LEVELS || c->pooled < c->nb_stages - 1)
        return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: 'blocks_per_stage' has %d, of "
                        "which 'num_query_pool_stages' %d are halved: there must be at "
                        "least %d, each but the first halved", part->config_path, c->nb_stages,
                        c->pooled, TTM_SAM2_LEVELS);
    for (int i = 0; i < c->nb_stages; i++) {
        if (c->channels[i] % c->heads[i])
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of "
                            "'embed_dim_per_stage' is %d, not a multiple of the %d of "
                            "'num_attention_heads_per_stage'", part->config_path, i,
                            c->channels[i], c->heads[i]);
        if (i && (c->windows[i - 1] % 2 || c->channels[i] == c->channels[i - 1] ||
                  side >> (i - 1) & 1))
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: stage %d cannot be halved: "
                            "'window_size_per_stage' before it, %d, and the side, %d, must "
                            "be even, and 'embed_dim_per_stage' must change",
                            part->config_path, i, c->windows[i - 1], side >> (i - 1));
    }
    return 0;
}

/** Lists that follow from the backbone: they may be stated, but not otherwise. */
static int check_lists(const TTMSam2Config *c, const TTMPart *part)
{
    const TTMJson *sizes = ttm_json_get(part->config, "backbone_feature_sizes");
    int list[TTM_SAM2_STAGES], ret;

    if (has(part, "backbone_channel_list")) {
        ret = ttm_config_levels(part, "backbone_channel_list", c->nb_stages, 1, 1 << 14, 1,
                                list);
        if (ret < 0)
            return ret;
        for (int i = 0; i < c->nb_stages; i++)
            if (list[i] != c->channels[c->nb_stages - 1 - i])
                return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of "
                                "'backbone_channel_list' is %d, but 'embed_dim_per_stage' "
                                "has %d", part->config_path, i, list[i],
                                c->channels[c->nb_stages - 1 - i]);
    }
    for (int i = 0; i < TTM_SAM2_LEVELS && has(part, "backbone_feature_sizes"); i++) {
        const TTMJson *size = ttm_json_at(sizes, i);
        const double height = ttm_json_number(ttm_json_at(size, 0), 0);
        const double width  = ttm_json_number(ttm_json_at(size, 1), 0);

        if (height != ttm_sam2_level_side(c, i) || width != ttm_sam2_level_side(c, i))
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of "
                            "'backbone_feature_sizes' is %gx%g, but the backbone makes "
                            "%dx%d", part->config_path, i, height, width,
                            ttm_sam2_level_side(c, i), ttm_sam2_level_side(c, i));
    }
    return 0;
}

static int read_top_down(TTMSam2Config *c, const TTMPart *part)
{
    int levels[TTM_SAM2_STAGES] = { 2, 3 }, nb = 2, ret = 0;
    const TTMJson *list = ttm_json_get(part->config, "fpn_top_down_levels");

    if (has(part, "fpn_top_down_levels")) {
        nb = 0;
        if (ttm_json_type(list) != TTM_JSON_ARRAY || ttm_json_count(list))
            ret = ttm_config_list(part, "fpn_top_down_levels", 0, c->nb_stages - 1,
                                  TTM_SAM2_STAGES, levels, &nb);
    }
    for (int i = 0; ret >= 0 && i < nb; i++)
        c->top_down[levels[i]] = 1;
    return ret;
}

static int read_vision(TTMSam2Config *c, const TTMPart *outer)
{
    static const char *const known[] = {
        "backbone_config", "backbone_channel_list", "backbone_feature_sizes",
        "fpn_hidden_size", "fpn_kernel_size", "fpn_stride", "fpn_padding",
        "fpn_top_down_levels", "num_feature_levels", "hidden_act", "layer_norm_eps", NULL
    };
    static const char *const of_backbone[] = {
        "hidden_size", "num_attention_heads", "num_channels", "image_size",
        "patch_kernel_size", "patch_stride", "patch_padding", "query_stride",
        "window_positional_embedding_background_size", "num_query_pool_stages",
        "blocks_per_stage", "embed_dim_per_stage", "num_attention_heads_per_stage",
        "window_size_per_stage", "global_attention_blocks", "mlp_ratio", "hidden_act",
        "layer_norm_eps", NULL
    };
    Section vision, backbone;
    int ret, unused;

    if ((ret = open_section(&vision, outer, "vision_config", known)) < 0 ||
        (ret = open_section(&backbone, &vision.part, "backbone_config",
                            of_backbone)) < 0 ||
        (ret = read_backbone(c, &backbone.part)) < 0 ||
        (ret = check_backbone(c, &backbone.part)) < 0 ||
        (ret = ttm_config_int(&vision.part, "fpn_hidden_size", 8, 1 << 14, 256,
                              &c->pyramid)) < 0 ||
        (ret = check_positions(c, &backbone.part)) < 0 ||
        (ret = ttm_config_int(&vision.part, "fpn_kernel_size", 1, 1, 1, &unused)) < 0 ||
        (ret = ttm_config_int(&vision.part, "fpn_stride", 1, 1, 1, &unused)) < 0 ||
        (ret = ttm_config_int(&vision.part, "fpn_padding", 0, 0, 0, &unused)) < 0 ||
        (ret = ttm_config_int(&vision.part, "num_feature_levels", TTM_SAM2_LEVELS,
                              TTM_SAM2_LEVELS, TTM_SAM2_LEVELS, &unused)) < 0 ||
        (ret = read_top_down(c, &vision.part)) < 0)
        return ret;
    return check_lists(c, &vision.part);
}

/** The width of another part, which must be the pyramid's also where it is left out. */
static int check_width(const TTMSam2Config *c, const TTMPart *part)
{
    int width, ret = ttm_config_int(part, "hidden_size", 1, 1 << 14, 256, &width);

    if (ret >= 0 && width != c->pyramid)
        ret = ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'hidden_size' is %d, but "
                       "'fpn_hidden_size' of vision_config %d", part->config_path, width,
                       c->pyramid);
    return ret;
}

static int read_prompts(const TTMSam2Config *c, const TTMPart *outer)
{
    static const char *const known[] = {
        "hidden_size", "image_size", "patch_size", "mask_input_channels",
        "num_point_embeddings", "hidden_act", "layer_norm_eps", "scale", NULL
    };
    Section s;
    int ret, side, patch, unused;

    if ((ret = open_section(&s, outer, "prompt_encoder_config", known)) < 0 ||
        (ret = check_width(c, &s.part)) < 0 ||
        (ret = read_square(&s.part, "image_size", 1, 1 << 14, 1024, &side)) < 0 ||
        (ret = read_square(&s.part, "patch_size", 1, 1 << 14, 16, &patch)) < 0 ||
        (ret = ttm_config_int(&s.part, "num_point_embeddings", 4, 4, 4, &unused)) < 0)
        return ret;
    if (side != c->side || side / patch != ttm_sam2_level_side(c, TTM_SAM2_LEVELS - 1))
        return ttm_fail(outer->log, TTM_ERR_FORMAT, "%s: 'image_size' %d in steps of "
                        "'patch_size' %d, but the backbone makes %d of %d", s.path, side, patch,
                        ttm_sam2_level_side(c, TTM_SAM2_LEVELS - 1), c->side);
    return 0;
}

static int read_decoder(TTMSam2Config *c, const TTMPart *outer)
{
    static const char *const known[] = {
        "hidden_size", "hidden_act", "mlp_dim", "num_hidden_layers",
        "num_attention_heads", "attention_downsample_rate", "num_multimask_outputs",
        "iou_head_depth", "iou_head_hidden_dim", "dynamic_multimask_via_stability",
        "dynamic_multimask_stability_delta", "dynamic_multimask_stability_thresh", NULL
    };
    Section s;
    int ret, masks, stability;

    if ((ret = open_section(&s, outer, "mask_decoder_config", known)) < 0 ||
        (ret = check_width(c, &s.part)) < 0 ||
        (ret = ttm_config_int(&s.part, "mlp_dim", 1, 1 << 16, 2048, &c->mlp)) < 0 ||
        (ret = ttm_config_int(&s.part, "num_hidden_layers", 1, 64, 2, &c->layers)) < 0 ||
        (ret = ttm_config_int(&s.part, "num_attention_heads", 1, 1 << 10, 8,
                              &c->decoder_heads)) < 0 ||
        (ret = ttm_config_int(&s.part, "attention_downsample_rate", 1, 64, 2,
                              &c->downsample)) < 0 ||
        (ret = ttm_config_int(&s.part, "num_multimask_outputs", 1, TTM_MAX_INPUTS - 1, 3,
                              &masks)) < 0 ||
        (ret = ttm_config_int(&s.part, "iou_head_depth", 2, 16, 3, &c->iou_depth)) < 0 ||
        (ret = ttm_config_int(&s.part, "iou_head_hidden_dim", 1, 1 << 14, 256,
                              &c->iou_hidden)) < 0 ||
        (ret = ttm_config_bool(&s.part, "dynamic_multimask_via_stability", 1,
                               &stability)) < 0 ||
        (ret = ttm_config_float(&s.part, "dynamic_multimask_stability_delta", 0, 0.05,
                                &c->stability_delta)) < 0 ||
        (ret = ttm_config_float(&s.part, "dynamic_multimask_stability_thresh", 0, 0.98,
                                &c->stability_threshold)) < 0)
        return ret;
    if (c->stability_threshold > 1)
        return ttm_fail(outer->log, TTM_ERR_FORMAT, "%s: "
                        "'dynamic_multimask_stability_thresh' is %g, but a part of a mask "
                        "is 1 at most", s.path, c->stability_threshold);
    c->masks = masks + 1;
    if (!stability)
        c->stability_threshold = 0;
    if (c->pyramid % 8 || c->pyramid % (c->downsample * c->decoder_heads))
        return ttm_fail(outer->log, TTM_ERR_FORMAT, "%s: 'hidden_size' %d must be a "
                        "multiple of 8, and of 'attention_downsample_rate' %d times "
                        "'num_attention_heads' %d", s.path, c->pyramid, c->downsample,
                        c->decoder_heads);
    return 0;
}

int ttm_sam2_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    static const char *const known[] = {
        "vision_config", "prompt_encoder_config", "mask_decoder_config", NULL
    };
    TTMSam2Config *c = config;
    int ret;

    if ((ret = check_keys(part, known, 1)) < 0 || (ret = read_vision(c, part)) < 0 ||
        (ret = read_prompts(c, part)) < 0 || (ret = read_decoder(c, part)) < 0)
        return ret;
    facts->segmenter = (TTMSegmenter){
        .hints = TTM_HINT_POINTS, .side = c->side, .multiple = 1, .mask_scale = c->stride,
        .masks = c->masks, .score = TTM_SCORE_IOU, .needs_hint = 1,
        .stability_delta = c->stability_delta,
        .stability_threshold = c->stability_threshold,
        /* ImageNet's, as transformers' Sam2ImageProcessor has them */
        .mean = { 0.485f, 0.456f, 0.406f }, .deviation = { 0.229f, 0.224f, 0.225f },
    };
    return 0;
}
