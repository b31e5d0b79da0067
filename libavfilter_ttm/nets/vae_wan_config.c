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
 * Configuration of diffusers AutoencoderKLWan. Those of Wan 2.2 have the same class;
 * what they have more is refused by name.
 */

#include <math.h>

#include "nets/vae_wan.h"

/** A list of @p count finite numbers greater than @p above. Required. */
static int read_floats(const TTMPart *part, const char *key, double above, int count,
                       float *values)
{
    const TTMJson *json = ttm_json_get(part->config, key);

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY || ttm_json_count(json) != count)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of %d "
                        "numbers, one for each of 'z_dim'", part->config_path, key,
                        count);
    for (int i = 0; i < count; i++) {
        const float value = (float)ttm_json_number(ttm_json_at(json, i), NAN);

        if (!isfinite(value) || !(value > above))
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of '%s' is no "
                            "number%s", part->config_path, i, key,
                            above < 0 ? "" : " above 0");
        values[i] = value;
    }
    return 0;
}

/** "temperal_downsample": whether time is halved behind each level but the last. */
static int read_temporal(TTMWanVaeConfig *c, const TTMPart *part)
{
    const char *key = "temperal_downsample";
    const TTMJson *json = ttm_json_get(part->config, key);

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY ||
        ttm_json_count(json) != c->nb_levels - 1)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of %d "
                        "booleans, one less than 'dim_mult' has", part->config_path,
                        key, c->nb_levels - 1);
    c->frame_scale = 1;
    for (int i = 0; i < c->nb_levels - 1; i++) {
        const TTMJson *item = ttm_json_at(json, i);

        if (ttm_json_type(item) != TTM_JSON_BOOL)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of '%s' must "
                            "be true or false", part->config_path, i, key);
        c->temporal[i] = ttm_json_bool(item, 0);
        c->frame_scale <<= c->temporal[i];
    }
    return 0;
}

/** "attn_scales": levels of the encoder with attention, by their size: 1, 0.5, 0.25 ... */
static int read_attention(TTMWanVaeConfig *c, const TTMPart *part)
{
    const TTMJson *json = ttm_json_get(part->config, "attn_scales");

    if (!json || ttm_json_type(json) == TTM_JSON_NULL)
        return 0;
    if (ttm_json_type(json) != TTM_JSON_ARRAY)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'attn_scales' must be a list",
                        part->config_path);
    for (int i = 0; i < ttm_json_count(json); i++) {
        const double scale = ttm_json_number(ttm_json_at(json, i), NAN);
        int level = 0;

        while (level < c->nb_levels && scale != ldexp(1, -level))
            level++;
        if (level == c->nb_levels)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: element %d of 'attn_scales' "
                            "is the scale of no level: 1, 0.5, 0.25 ...",
                            part->config_path, i);
        c->attention[level] = 1;
    }
    return 0;
}

/** A number that the configuration may state, but that follows from the others. */
static int check_stated(const TTMPart *part, const char *key, int is)
{
    int stated, ret = ttm_config_int(part, key, 1, 1 << 16, is, &stated);

    return ret < 0 || stated == is ? ret :
           ttm_fail(part->log, TTM_ERR_FORMAT, "%s: '%s' is %d, but the layers make "
                    "it %d", part->config_path, key, stated, is);
}

/** What Wan 2.2 has: residual levels, patches of pixels. */
static int check_version(const TTMPart *part)
{
    int residual, channels, ret;

    if ((ret = ttm_config_bool(part, "is_residual", 0, &residual)) < 0 ||
        (ret = ttm_config_int(part, "patch_size", 1, 1, 1, &channels)) < 0 ||
        (ret = ttm_config_int(part, "in_channels", 3, 3, 3, &channels)) < 0 ||
        (ret = ttm_config_int(part, "out_channels", 3, 3, 3, &channels)) < 0)
        return ret;
    return !residual ? 0 :
           ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: 'is_residual' is true, as in Wan "
                    "2.2, but only the autoencoder of Wan 2.1 is possible",
                    part->config_path);
}

int ttm_wan_vae_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    static const char *const known[] = {
        "base_dim", "decoder_base_dim", "z_dim", "dim_mult", "num_res_blocks",
        "attn_scales", "temperal_downsample", "dropout", "latents_mean", "latents_std",
        "is_residual", "in_channels", "out_channels", "patch_size",
        "scale_factor_temporal", "scale_factor_spatial", NULL
    };
    TTMWanVaeConfig *c = config;
    int ret;

    if ((ret = ttm_config_known(part, part->config, "", known)) < 0 ||
        (ret = check_version(part)) < 0 ||
        (ret = ttm_config_int(part, "z_dim", 1, TTM_WAN_LATENTS, 16,
                              &c->latent_channels)) < 0 ||
        (ret = ttm_config_int(part, "base_dim", 1, 1 << 16, 96, &c->base)) < 0 ||
        (ret = ttm_config_int(part, "decoder_base_dim", 1, 1 << 16, c->base,
                              &c->decoder_base)) < 0 ||
        (ret = ttm_config_list(part, "dim_mult", 1, 64, TTM_WAN_LEVELS, c->multiple,
                               &c->nb_levels)) < 0 ||
        (ret = ttm_config_int(part, "num_res_blocks", 1, 64, 2, &c->blocks)) < 0 ||
        (ret = read_temporal(c, part)) < 0 || (ret = read_attention(c, part)) < 0 ||
        (ret = read_floats(part, "latents_mean", -INFINITY, c->latent_channels,
                           c->mean)) < 0 ||
        (ret = read_floats(part, "latents_std", 0, c->latent_channels, c->std)) < 0)
        return ret;
    c->block_scale = 1 << (c->nb_levels - 1);
    if ((ret = check_stated(part, "scale_factor_temporal", c->frame_scale)) < 0 ||
        (ret = check_stated(part, "scale_factor_spatial", c->block_scale)) < 0)
        return ret;
    facts->autoencoder = (TTMAutoencoder){
        .latent_channels = c->latent_channels, .block_scale = c->block_scale,
        .frame_scale = c->frame_scale, .causal = 1,
    };
    return 0;
}
