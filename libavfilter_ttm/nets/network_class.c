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

/** @file The table of classes of networks. */

#include "nets/network_class.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nets/clip_text.h"
#include "nets/owlv2.h"
#include "nets/sam2.h"
#include "nets/segmenter_unet.h"
#include "nets/unet.h"
#include "nets/vae.h"
#include "nets/vae_wan.h"
#include "util/mem.h"

static const TTMNetClass classes[] = {
    { "CLIPTextModel", TTM_NET_TEXT, sizeof(TTMClipTextConfig),
      ttm_clip_text_read, { { "text", ttm_clip_text_build } } },
    { "AutoencoderKL", TTM_NET_AUTOENCODER, sizeof(TTMVaeConfig), ttm_vae_read,
      { { "encoder", ttm_vae_encoder_build },
        { "decoder", ttm_vae_decoder_build } } },
    { "AutoencoderTiny", TTM_NET_AUTOENCODER, sizeof(TTMVaeConfig), ttm_vae_read,
      { { "encoder", ttm_vae_encoder_build },
        { "decoder", ttm_vae_decoder_build } } },
    { "AutoencoderKLWan", TTM_NET_AUTOENCODER, sizeof(TTMWanVaeConfig),
      ttm_wan_vae_read,
      { { "encoder", ttm_wan_encoder_build }, { "decoder", ttm_wan_decoder_build },
        { "next_encoder", ttm_wan_next_encoder_build },
        { "next_decoder", ttm_wan_next_decoder_build } } },
    { "UNetMotionModel", TTM_NET_DENOISER, sizeof(TTMUnetConfig), ttm_unet_read,
      { { "denoiser", ttm_unet_build } }, ttm_unet_cost },
    { "TTMSegmenter", TTM_NET_SEGMENTER, sizeof(TTMSegmenterConfig),
      ttm_segmenter_read, { { "segmenter", ttm_segmenter_build } } },
    { "Sam2Model", TTM_NET_SEGMENTER, sizeof(TTMSam2Config), ttm_sam2_read,
      { { "encoder", ttm_sam2_encoder_build }, { "decoder", ttm_sam2_decoder_build } } },
    { "Sam2VideoModel", TTM_NET_SEGMENTER, sizeof(TTMSam2Config), ttm_sam2_read,
      { { "encoder", ttm_sam2_encoder_build }, { "decoder", ttm_sam2_decoder_build } } },
    { "Owlv2ForObjectDetection", TTM_NET_DETECTOR, sizeof(TTMOwlv2Config),
      ttm_owlv2_read,
      { { "text", ttm_owlv2_text_build }, { "picture", ttm_owlv2_picture_build } } },
};

#define NB_CLASSES (sizeof(classes) / sizeof(classes[0]))

/** The names of the classes of a task, "'A' or 'B'". */
static void list_classes(enum TTMNetTask task, char *text, size_t size)
{
    size_t used = 0;

    *text = 0;
    for (size_t i = 0; i < NB_CLASSES && used < size; i++)
        if (classes[i].task == task)
            used += (size_t)snprintf(text + used, size - used, "%s'%s'",
                                     used ? " or " : "", classes[i].name);
}

int ttm_net_open(TTMNetModel *model, const TTMPart *part, enum TTMNetTask task)
{
    const char *name = part->class_name && *part->class_name ? part->class_name :
                       "not given";
    const TTMNetClass *c = NULL;
    char known[256];
    int ret;

    memset(model, 0, sizeof(*model));
    for (size_t i = 0; i < NB_CLASSES; i++)
        if (classes[i].task == task && !strcmp(classes[i].name, name))
            c = &classes[i];
    if (!c) {
        list_classes(task, known, sizeof(known));
        return ttm_fail(part->log, TTM_ERR_UNSUPPORTED, "%s: the class is '%s', "
                        "but only %s is possible here", part->config_path, name,
                        known);
    }
    model->config = ttm_array_alloc(1, c->config_size);
    if (!model->config)
        return ttm_fail(part->log, TTM_ERR_MEMORY, "%s: out of memory",
                        part->config_path);
    model->of_class = c;
    ret = c->read(model->config, part, &model->facts);
    if (ret < 0)
        ttm_net_close(model);
    return ret;
}

void ttm_net_close(TTMNetModel *model)
{
    free(model->config);
    memset(model, 0, sizeof(*model));
}

int ttm_net_build(const TTMNetModel *model, const char *name, TTMGraph *graph,
                  TTMPart *part, const TTMNetSizes *sizes)
{
    const TTMNetClass *c = model->of_class;

    for (int i = 0; i < 4 && c->graphs[i].name; i++)
        if (!strcmp(c->graphs[i].name, name))
            return c->graphs[i].build(graph, part, model->config, sizes);
    graph->error = ttm_fail(part->log, TTM_ERR_ARGUMENT, "%s: %s has no graph "
                            "'%s'", part->config_path, c->name, name);
    return graph->error;
}

double ttm_net_cost(const TTMNetModel *model, const TTMNetSizes *sizes)
{
    return model->of_class->cost ?
           model->of_class->cost(model->config, sizes) : 0;
}
