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

/** @file Networks of a bundle, made on demand. */

#include "model/networks.h"

#include <string.h>

#include "util/mem.h"

static const char *const stage_names[TTM_STAGE_NB] = {
    "image_to_motion", "motion_to_video"
};

static const char *const steady_names[TTM_STAGE_NB] = {
    "image_to_motion.texts", "motion_to_video.texts"
};

void ttm_models_free_networks(TTMModels *m)
{
    ttm_network_free(&m->text_network);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        ttm_network_free(&m->encoder[i].network);
        ttm_network_free(&m->decoder[i].network);
        ttm_network_free(&m->unet_network[i].network);
        ttm_network_free(&m->unet_network[i].steady);
    }
}

static int new_graph(TTMModels *m, const char *name, TTMGraph **graph)
{
    if (m->one_at_a_time && !m->measure)
        ttm_models_free_networks(m);
    *graph = m->measure ?
             ttm_graph_create(m->measure->log, name, m->measure->precision) :
             ttm_graph_create(m->log, name, m->backend->precision);
    return *graph ? 0 : ttm_fail(m->log, TTM_ERR_MEMORY, "out of memory");
}

/* Count what the network of a graph would take. */
static int measure(TTMModels *m, TTMGraph *graph, TTMNetwork **network)
{
    size_t bytes = 0;
    int ret = ttm_graph_finish(graph);

    *network = NULL;
    if (ret >= 0)
        ret = ttm_program_bytes(m->backend, graph, &bytes);
    m->measure->bytes += bytes;
    ttm_graph_free(&graph);
    return ret;
}

/* Create the network of a part's graph that @p built says is complete. */
static int make(TTMModels *m, const TTMPart *part, TTMGraph *graph, int built,
                TTMNetwork **network)
{
    int ret;

    if (built < 0) {
        ttm_graph_free(&graph);
        return built;
    }
    if (m->measure)
        return measure(m, graph, network);
    ret = ttm_network_create(network, m->backend, graph);
    ttm_part_release(part);
    return ret;
}

int ttm_models_text(TTMModels *m, TTMNetwork **network)
{
    TTMGraph *graph;
    int ret = 0;

    if (!m->text_network) {
        ret = new_graph(m, "text_encoder", &graph);
        if (ret < 0)
            return ret;
        ret = ttm_clip_text_build(graph, m->text_part, &m->text, 1, m->tokens);
        ret = make(m, m->text_part, graph, ret, &m->text_network);
    }
    *network = m->text_network;
    return ret;
}

static int vae_network(TTMModels *m, TTMVaeNetwork *v, const char *name,
                       int (*build)(TTMGraph *, TTMPart *,
                                    const TTMVaeConfig *, int, int, int),
                       int width, int height, TTMNetwork **network)
{
    TTMGraph *graph;
    int ret = 0;

    if (!v->network || v->width != width || v->height != height) {
        ttm_network_free(&v->network);
        ret = new_graph(m, name, &graph);
        if (ret < 0)
            return ret;
        ret = build(graph, m->vae_part, &m->vae, 1, height, width);
        ret = make(m, m->vae_part, graph, ret, &v->network);
        v->width  = width;
        v->height = height;
    }
    *network = v->network;
    return ret;
}

int ttm_models_encoder(TTMModels *m, int stage, int width, int height,
                       TTMNetwork **network)
{
    return vae_network(m, &m->encoder[stage], "vae.encoder",
                       ttm_vae_encoder_build, width, height, network);
}

int ttm_models_decoder(TTMModels *m, int stage, int width, int height,
                       TTMNetwork **network)
{
    return vae_network(m, &m->decoder[stage], "vae.decoder",
                       ttm_vae_decoder_build, width, height, network);
}

int ttm_models_unet(TTMModels *m, int stage, int frames, int width,
                    int height, int objects, TTMNetwork **network,
                    TTMNetwork **steady)
{
    static const char *const inputs[] = { "text", "locals", "regions.", NULL };
    TTMUnetNetwork *u = &m->unet_network[stage];
    TTMGraph *graph, *texts = NULL;
    int ret = 0;

    if (!u->network || u->frames != frames || u->width != width ||
        u->height != height || u->objects != objects) {
        ttm_network_free(&u->network);
        ttm_network_free(&u->steady);
        ret = new_graph(m, stage_names[stage], &graph);
        if (ret < 0)
            return ret;
        ret = ttm_unet_build(graph, m->unet_part[stage], &m->unet[stage],
                             frames, height, width, m->tokens, objects);
        if (ret >= 0)
            ret = ttm_graph_split(graph, inputs, steady_names[stage], &texts);
        ret = make(m, m->unet_part[stage], graph, ret, &u->network);
        if (ret < 0)
            ttm_graph_free(&texts);
        else if (texts)
            ret = make(m, m->unet_part[stage], texts, ret, &u->steady);
        if (ret < 0)
            ttm_network_free(&u->network);
        u->frames  = frames;
        u->width   = width;
        u->height  = height;
        u->objects = objects;
    }
    *network = u->network;
    *steady  = u->steady;
    return ret;
}

int ttm_models_multiple(const TTMModels *m, int stage)
{
    return m->vae.block_scale << (m->unet[stage].nb_levels - 1);
}

double ttm_models_unet_cost(const TTMModels *m, int stage, int frames,
                            int width, int height)
{
    const TTMUnetConfig *u = &m->unet[stage];
    double positions = (double)frames * width * height, cost = 0;

    for (int i = 0; i < u->nb_levels; i++, positions /= 4)
        cost += positions * u->channels[i] * u->channels[i] * 60.0 *
                (u->layers_per_block[i] + 1);
    return cost;
}

void ttm_models_close(TTMModels *m)
{
    ttm_models_free_networks(m);
    for (int i = 0; i < TTM_STAGE_NB; i++)
        ttm_part_close(&m->unet_part[i]);
    ttm_tokenizer_free(&m->tokenizer);
    ttm_part_close(&m->text_part);
    ttm_part_close(&m->vae_part);
    ttm_part_close(&m->scheduler_part);
    ttm_bundle_close(&m->bundle);
    memset(m, 0, sizeof(*m));
}
