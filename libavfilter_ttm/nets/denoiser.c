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

/** @file The "ttm" object in the config.json of a stage's network. */

#include "nets/denoiser.h"

#include <string.h>

#include "nets/net.h"

const char *const ttm_condition_names[TTM_CONDITION_NB + 1] = {
    [TTM_CONDITION_NOISE] = "noise", [TTM_CONDITION_IMAGE] = "image",
    [TTM_CONDITION_MASK] = "mask", [TTM_CONDITION_CARRIED] = "carried",
};

int ttm_denoiser_has(const TTMDenoiser *denoiser, enum TTMCondition condition)
{
    for (int i = 0; i < denoiser->nb_inputs; i++)
        if (denoiser->inputs[i] == condition)
            return 1;
    return 0;
}

/** "inputs": what the channels are, in order. */
static int read_inputs(TTMDenoiser *c, const TTMPart *part, const TTMJson *ttm)
{
    const TTMJson *json = ttm_json_get(ttm, "inputs");
    unsigned seen = 0;

    c->nb_inputs = json && ttm_json_type(json) == TTM_JSON_ARRAY ?
                   ttm_json_count(json) : 0;
    if (c->nb_inputs < 1 || c->nb_inputs > TTM_CONDITION_NB)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.inputs' must be a "
                        "list of 1 to %d names", part->config_path,
                        TTM_CONDITION_NB);
    for (int i = 0; i < c->nb_inputs; i++) {
        const char *name = ttm_json_string(ttm_json_at(json, i), "(not a text)");
        int kind = 0;

        while (ttm_condition_names[kind] && strcmp(ttm_condition_names[kind], name))
            kind++;
        if (!ttm_condition_names[kind])
            return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: 'ttm.inputs' has "
                            "'%s', but only 'noise', 'image', 'mask' or 'carried' "
                            "is possible", part->config_path, name);
        if (seen & 1u << kind)
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.inputs' has '%s' "
                            "twice", part->config_path, name);
        seen |= 1u << kind;
        c->inputs[i] = kind;
    }
    if (!(seen & 1u << TTM_CONDITION_NOISE))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.inputs' must have "
                        "'noise'", part->config_path);
    if (c->residual >= 0 && !(seen & 1u << c->residual))
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.residual' is '%s', "
                        "which is not one of 'ttm.inputs'", part->config_path,
                        ttm_condition_names[c->residual]);
    return 0;
}

static int read_size(TTMDenoiser *c, const TTMPart *part, const TTMJson *ttm)
{
    const TTMJson *json = ttm_json_get(ttm, "size");
    double size[2];

    if (!json || ttm_json_type(json) == TTM_JSON_NULL)
        return 0;
    for (int i = 0; i < 2; i++) {
        size[i] = ttm_json_type(json) == TTM_JSON_ARRAY && ttm_json_count(json) == 2 ?
                  ttm_json_number(ttm_json_at(json, i), 0) : 0;
        if (!(size[i] >= 1 && size[i] <= 1 << 15) || size[i] != (int)size[i])
            return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.size' must be "
                            "[width, height]", part->config_path);
    }
    c->width  = size[0];
    c->height = size[1];
    return 0;
}

/** "masked_blocks" and what belongs to it. */
static int read_masked(TTMDenoiser *c, const TTMPart *part, const TTMJson *ttm,
                       int blocks, int *masked)
{
    static const char *const regions[] = { "first_frame", "trajectory", NULL };
    static const char *const cross[]   = { "masks", "boxes", NULL };
    const char *const path = part->config_path;
    int64_t count;
    int ret;

    if ((ret = ttm_json_get_int(ttm, part->log, path, "masked_blocks", 0, 1 << 16,
                                0, &count)) < 0 ||
        (ret = ttm_json_get_bool(ttm, part->log, path, "masked_self_attention",
                                 count > 0, &c->masked_self)) < 0 ||
        (ret = ttm_json_get_bool(ttm, part->log, path, "masked_cross_attention",
                                 count > 0, &c->masked_cross)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "regions", regions,
                                 count > 0 ? -1 : 0, &c->trajectory_regions)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "cross_regions", cross,
                                 count > 0 && c->masked_cross ? -1 : 0,
                                 &c->cross_boxes)) < 0)
        return ret;
    if (count > blocks)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm.masked_blocks' is "
                        "%d, but the down path has only %d spatial attention "
                        "blocks", path, (int)count, blocks);
    *masked = (int)count;
    if (!count)
        c->masked_self = c->masked_cross = 0;
    return 0;
}

int ttm_denoiser_read(TTMDenoiser *c, const TTMPart *part, int blocks,
                      int *masked)
{
    static const char *const known[] = {
        "inputs", "size", "prediction", "residual", "first_frame",
        "masked_blocks", "masked_self_attention", "masked_cross_attention",
        "cross_regions", "regions", "trajectory", NULL
    };
    static const char *const trajectories[] = { "masks", "tinted", NULL };
    static const char *const first_frames[] = { "denoised", "given", NULL };
    /* in the order of enum TTMCondition */
    static const char *const residuals[] = { "none", "image", "mask", "carried",
                                             NULL };
    const TTMJson *ttm = ttm_json_get(part->config, "ttm");
    int ret, prediction, residual;

    c->nb_inputs  = 1;
    c->inputs[0]  = TTM_CONDITION_NOISE;
    c->prediction = TTM_PREDICT_EPSILON;
    c->residual   = -1;
    *masked       = 0;
    if (!ttm || ttm_json_type(ttm) == TTM_JSON_NULL)
        return 0;
    if (ttm_json_type(ttm) != TTM_JSON_OBJECT)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'ttm' must be an object",
                        part->config_path);
    if ((ret = ttm_config_known(part, ttm, "ttm.", known)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "prediction", ttm_prediction_names,
                                 -1, &prediction)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "residual", residuals, 0,
                                 &residual)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "first_frame", first_frames, 0,
                                 &c->first_frame_given)) < 0 ||
        (ret = ttm_config_choice(part, ttm, "ttm.", "trajectory", trajectories, 0,
                                 &c->tinted)) < 0)
        return ret;
    c->prediction = prediction;
    c->residual   = residual ? residual : -1;
    if (c->residual >= 0 && c->prediction != TTM_PREDICT_SAMPLE)
        return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: 'ttm.residual' needs "
                        "'ttm.prediction' to be 'sample'", part->config_path);
    if ((ret = read_inputs(c, part, ttm)) < 0 ||
        (ret = read_size(c, part, ttm)) < 0)
        return ret;
    return read_masked(c, part, ttm, blocks, masked);
}
