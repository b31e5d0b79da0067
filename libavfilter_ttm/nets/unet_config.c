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

/** @file config.json of a U-Net: diffusers' keys. */

#include "nets/unet.h"

#include <string.h>

/** 1 in @p values for each block of the list @p key with cross-attention. */
static int block_types(const TTMPart *part, const char *key, const char *with,
                       const char *without, int count, int *values)
{
    const TTMJson *json = ttm_json_get(part->config, key);

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY ||
        ttm_json_count(json) != count)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of %d "
                        "names, one for each of 'block_out_channels'",
                        part->config_path, key, count);
    for (int i = 0; i < count; i++) {
        const char *type = ttm_json_string(ttm_json_at(json, i), "(not a text)");

        values[i] = !strcmp(type, with);
        if (!values[i] && strcmp(type, without))
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: '%s' has '%s', "
                            "but only '%s' or '%s' is possible",
                            part->config_path, key, type, with, without);
    }
    return 0;
}

/**
 * Layers of the up path, innermost first: @p key, or where that is not given
 * those of the down path in reverse order.
 */
static int up_layers(const TTMPart *part, const char *key, int count,
                     const int *down, int *values)
{
    const TTMJson *json = ttm_json_get(part->config, key);

    if (json && ttm_json_type(json) != TTM_JSON_NULL)
        return ttm_config_levels(part, key, count, 1, 64, 1, values);
    for (int i = 0; i < count; i++)
        values[i] = down[count - 1 - i];
    return 0;
}

/** Integers that diffusers lets be a list, but that must agree here. */
static int same_for_all(const TTMPart *part, const char *key, int count, int max,
                        int fallback, int *value)
{
    int values[TTM_UNET_MAX_LEVELS];
    int ret = ttm_config_levels(part, key, count, 1, max, fallback, values);

    for (int i = 1; ret >= 0 && i < count; i++) {
        if (values[i] != values[0])
            ret = ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: the elements of "
                           "'%s' differ, which is not supported",
                           part->config_path, key);
    }
    if (ret >= 0)
        *value = values[0];
    return ret;
}

/** The keys that are numbers of channels, groups and heads must divide. */
static int check_divisors(const TTMUnetConfig *c, const TTMPart *part)
{
    for (int i = 0; i < c->nb_levels; i++) {
        const char *key = NULL;

        if (c->channels[i] % c->groups)
            key = "norm_num_groups";
        else if (c->channels[i] % c->motion_heads[i])
            key = "motion_num_attention_heads";
        else if (c->channels[i] % c->heads[i])
            key = "num_attention_heads";
        if (key)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: %d of "
                            "'block_out_channels' is not a multiple of '%s'",
                            part->config_path, c->channels[i], key);
    }
    if (c->channels[0] % 2)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: the first of "
                        "'block_out_channels' must be even", part->config_path);
    return 0;
}

/** diffusers' own keys, with the defaults of the class. */
static int read_unet(TTMUnetConfig *c, const TTMPart *part)
{
    static const char *const known[] = {
        "sample_size", "in_channels", "out_channels", "down_block_types",
        "up_block_types", "block_out_channels", "layers_per_block",
        "downsample_padding", "mid_block_scale_factor", "act_fn",
        "norm_num_groups", "norm_eps", "cross_attention_dim",
        "transformer_layers_per_block", "reverse_transformer_layers_per_block",
        "temporal_transformer_layers_per_block",
        "reverse_temporal_transformer_layers_per_block",
        "transformer_layers_per_mid_block",
        "temporal_transformer_layers_per_mid_block", "use_linear_projection",
        "num_attention_heads", "motion_max_seq_length",
        "motion_num_attention_heads", "use_motion_mid_block", "mid_block_layers",
        "encoder_hid_dim", "time_cond_proj_dim", "ttm",
        /* refused with a message of their own by the list below */
        "reverse_motion_num_attention_heads", "encoder_hid_dim_type",
        "addition_embed_type", "addition_time_embed_dim",
        "projection_class_embeddings_input_dim", NULL
    };
    static const char *const unused[] = {
        "reverse_motion_num_attention_heads", "encoder_hid_dim_type",
        "addition_embed_type", "addition_time_embed_dim",
        "projection_class_embeddings_input_dim", NULL
    };
    static const char *const activations[] = { "silu", "swish", NULL };
    int n, last, activation, ret;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = ttm_config_unused(part, unused)) < 0 ||
        (ret = ttm_config_list(part, "block_out_channels", 1, 1 << 16,
                               TTM_UNET_MAX_LEVELS, c->channels,
                               &c->nb_levels)) < 0)
        return ret;
    n    = c->nb_levels;
    last = n - 1;
    if ((ret = block_types(part, "down_block_types", "CrossAttnDownBlockMotion",
                           "DownBlockMotion", n, c->cross_attention_levels)) < 0 ||
        (ret = block_types(part, "up_block_types", "CrossAttnUpBlockMotion",
                           "UpBlockMotion", n, c->up_cross_attention_levels)) < 0 ||
        (ret = ttm_config_int(part, "in_channels", 1, 4096, 4,
                              &c->in_channels)) < 0 ||
        (ret = ttm_config_int(part, "out_channels", 1, 4096, 4,
                              &c->out_channels)) < 0 ||
        (ret = ttm_config_levels(part, "layers_per_block", n, 1,
                                 TTM_UNET_MAX_LAYERS, 2, c->layers_per_block)) < 0 ||
        (ret = ttm_config_int(part, "downsample_padding", 1, 1, 1,
                              &c->downsample_padding)) < 0 ||
        (ret = ttm_config_float(part, "mid_block_scale_factor", 0, 1,
                                &c->mid_scale)) < 0 ||
        (ret = ttm_config_choice(part, part->config, "", "act_fn", activations, 0,
                                 &activation)) < 0 ||
        (ret = ttm_config_int(part, "norm_num_groups", 1, 1 << 16, 32,
                              &c->groups)) < 0 ||
        (ret = ttm_config_float(part, "norm_eps", 0, 1e-5, &c->epsilon)) < 0 ||
        (ret = same_for_all(part, "cross_attention_dim", n, 1 << 16, 1280,
                            &c->cross_attention_dim)) < 0)
        return ret;
    if ((ret = ttm_config_levels(part, "transformer_layers_per_block", n, 1, 64, 1,
                                 c->transformer_layers)) < 0 ||
        (ret = up_layers(part, "reverse_transformer_layers_per_block", n,
                         c->transformer_layers, c->up_transformer_layers)) < 0 ||
        (ret = ttm_config_levels(part, "temporal_transformer_layers_per_block", n,
                                 1, 64, 1, c->motion_layers)) < 0 ||
        (ret = up_layers(part, "reverse_temporal_transformer_layers_per_block", n,
                         c->motion_layers, c->up_motion_layers)) < 0 ||
        (ret = ttm_config_bool(part, "use_linear_projection", 0,
                               &c->linear_projection)) < 0 ||
        (ret = ttm_config_levels(part, "num_attention_heads", n, 1, 1024, 8,
                                 c->heads)) < 0 ||
        (ret = ttm_config_levels(part, "motion_num_attention_heads", n, 1, 1024, 8,
                                 c->motion_heads)) < 0 ||
        (ret = ttm_config_int(part, "motion_max_seq_length", 1, 1 << 16, 32,
                              &c->motion_max_length)) < 0 ||
        (ret = ttm_config_bool(part, "use_motion_mid_block", 1,
                               &c->mid_motion)) < 0 ||
        (ret = ttm_config_int(part, "mid_block_layers", 1, TTM_UNET_MAX_LEVELS, 1,
                              &c->mid_layers)) < 0 ||
        (ret = ttm_config_levels(part, "transformer_layers_per_mid_block",
                                 c->mid_layers, 1, 64, c->transformer_layers[last],
                                 c->mid_transformer_layers)) < 0 ||
        (ret = ttm_config_levels(part, "temporal_transformer_layers_per_mid_block",
                                 c->mid_layers, 1, 64, 1,
                                 c->motion_mid_layers)) < 0 ||
        (ret = ttm_config_int(part, "time_cond_proj_dim", 0, 1 << 16, 0,
                              &c->time_cond_proj_dim)) < 0)
        return ret;
    /* not keys of this class, which always takes these */
    c->flip_sin_to_cos = 1;
    c->frequency_shift = 0;
    c->motion_mid_heads = c->motion_heads[last];
    return check_divisors(c, part);
}

/** Number of spatial attention blocks of the down path. */
static int count_spatial_blocks(const TTMUnetConfig *c)
{
    int count = 0;

    for (int i = 0; i < c->nb_levels; i++)
        count += c->cross_attention_levels[i] ? c->layers_per_block[i] : 0;
    return count;
}

/** What stages need to know, from the architecture. */
static void fill_denoiser(TTMUnetConfig *c)
{
    static const char *const steady[] = { "text", "locals", "regions.", NULL };
    TTMDenoiser *d = &c->denoiser;

    d->latent_channels = c->out_channels;
    d->text_width      = c->cross_attention_dim;
    d->max_frames      = c->motion_max_length;
    d->multiple        = 1 << (c->nb_levels - 1);
    d->steady          = steady;
    for (int i = 0; i < c->masked_blocks; i++) {
        const int level = ttm_unet_masked_level(c, i);

        if (level >= 0)
            d->masked_levels |= 1u << level;
    }
}

int ttm_unet_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    TTMUnetConfig *c = config;
    int ret;

    if ((ret = read_unet(c, part)) < 0 ||
        (ret = ttm_denoiser_read(&c->denoiser, part, count_spatial_blocks(c),
                                 &c->masked_blocks)) < 0)
        return ret;
    fill_denoiser(c);
    if (c->in_channels != c->denoiser.nb_inputs * c->out_channels)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'in_channels' is %d, but "
                        "%d inputs of 'out_channels' %d need %d",
                        part->config_path, c->in_channels,
                        c->denoiser.nb_inputs, c->out_channels,
                        c->denoiser.nb_inputs * c->out_channels);
    facts->denoiser = c->denoiser;
    return 0;
}

double ttm_unet_cost(const void *config, const TTMNetSizes *sizes)
{
    const TTMUnetConfig *c = config;
    double positions = (double)sizes->frames * sizes->width * sizes->height;
    double cost = 0;

    for (int i = 0; i < c->nb_levels; i++) {
        cost += positions * c->channels[i] * c->channels[i] * 60.0 *
                (c->layers_per_block[i] + 1);
        positions /= 4;
    }
    return cost;
}

int ttm_unet_masked_level(const TTMUnetConfig *config, int block)
{
    if (block < 0 || block >= config->masked_blocks)
        return -1;
    for (int i = 0; i < config->nb_levels; i++) {
        if (!config->cross_attention_levels[i])
            continue;
        if (block < config->layers_per_block[i])
            return i;
        block -= config->layers_per_block[i];
    }
    return -1;
}
