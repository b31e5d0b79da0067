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

#include "run/stream.h"
#include "util/mem.h"

static const char *const stage_names[TTM_STAGE_NB] = {
    "image_to_motion", "motion_to_video"
};

static const char *const steady_names[TTM_STAGE_NB] = {
    "image_to_motion.texts", "motion_to_video.texts"
};

static void free_made(TTMMadeNetwork *made)
{
    ttm_network_free(&made->network);
    ttm_network_free(&made->steady);
}

void ttm_models_free_segmenter(TTMModels *m)
{
    for (int i = 0; i < 2; i++)
        free_made(&m->segmenter_network[i]);
}

/* All networks but the segmenter's. */
static void free_stages(TTMModels *m)
{
    free_made(&m->text_network);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        free_made(&m->encoder[i]);
        free_made(&m->decoder[i]);
        free_made(&m->next_encoder[i]);
        free_made(&m->next_decoder[i]);
        free_made(&m->stage_network[i]);
    }
}

void ttm_models_free_networks(TTMModels *m)
{
    free_stages(m);
    ttm_models_free_segmenter(m);
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
    m->measure->bytes  += bytes;
    m->measure->states += ret < 0 ? 0 : ttm_stream_bytes(graph);
    ttm_graph_free(&graph);
    return ret;
}

/* Create the network of a graph that @p built says is complete. */
static int make(TTMModels *m, TTMGraph *graph, int built, TTMNetwork **network)
{
    if (built < 0) {
        ttm_graph_free(&graph);
        return built;
    }
    if (m->measure)
        return measure(m, graph, network);
    return ttm_network_create(network, m->backend, graph);
}

static int sizes_equal(const TTMNetSizes *a, const TTMNetSizes *b)
{
    return a->batch == b->batch && a->frames == b->frames &&
           a->height == b->height && a->width == b->width &&
           a->tokens == b->tokens && a->objects == b->objects &&
           a->points == b->points;
}

/**
 * Make the network @p graph_name of a model, called @p name in messages, unless
 * it is there in these sizes. With @p steady_name what denoisers need once is
 * split off.
 */
static int demand(TTMModels *m, TTMMadeNetwork *made, const TTMNetModel *model,
                  TTMPart *part, const char *graph_name, const char *name,
                  const char *steady_name, const TTMNetSizes *sizes)
{
    TTMGraph *graph, *steady = NULL;
    int ret;

    if (made->network && sizes_equal(&made->sizes, sizes))
        return 0;
    free_made(made);
    ret = new_graph(m, name, &graph);
    if (ret < 0)
        return ret;
    ret = ttm_net_build(model, graph_name, graph, part, sizes);
    if (ret >= 0 && steady_name)
        ret = ttm_graph_split(graph, model->facts.denoiser.steady, steady_name,
                              &steady);
    if (ret >= 0 && m->measure) {
        ttm_graph_effort(graph, &m->measure->effort);
        if (steady)
            ttm_graph_effort(steady, &m->measure->once);
    }
    ret = make(m, graph, ret, &made->network);
    if (ret < 0)
        ttm_graph_free(&steady);
    else if (steady)
        ret = make(m, steady, ret, &made->steady);
    if (ret < 0)
        ttm_network_free(&made->network);
    made->sizes = *sizes;
    return ret;
}

int ttm_models_text(TTMModels *m, TTMNetwork **network)
{
    const TTMNetSizes sizes = { .batch = 1, .tokens = m->tokens };
    int ret = demand(m, &m->text_network, &m->text_model, m->text_part, "text",
                     "text_encoder", NULL, &sizes);

    *network = m->text_network.network;
    return ret;
}

int ttm_models_encoder(TTMModels *m, int stage, int width, int height, int next,
                       TTMNetwork **network)
{
    const TTMNetSizes sizes = { .batch = 1, .height = height, .width = width };
    TTMMadeNetwork *made = next ? &m->next_encoder[stage] : &m->encoder[stage];
    int ret = demand(m, made, &m->vae_model, m->vae_part,
                     next ? "next_encoder" : "encoder",
                     next ? "vae.next_encoder" : "vae.encoder", NULL, &sizes);

    *network = made->network;
    return ret;
}

int ttm_models_decoder(TTMModels *m, int stage, int width, int height, int next,
                       TTMNetwork **network)
{
    const TTMNetSizes sizes = { .batch = 1, .height = height, .width = width };
    TTMMadeNetwork *made = next ? &m->next_decoder[stage] : &m->decoder[stage];
    int ret = demand(m, made, &m->vae_model, m->vae_part,
                     next ? "next_decoder" : "decoder",
                     next ? "vae.next_decoder" : "vae.decoder", NULL, &sizes);

    *network = made->network;
    return ret;
}

int ttm_models_denoiser(TTMModels *m, int stage, int frames, int width,
                        int height, int objects, TTMNetwork **network,
                        TTMNetwork **steady)
{
    const TTMNetSizes sizes = {
        .frames = frames, .height = height, .width = width,
        .tokens = m->tokens, .objects = objects
    };
    int ret = demand(m, &m->stage_network[stage], &m->stage_model[stage],
                     m->stage_part[stage], "denoiser", stage_names[stage],
                     steady_names[stage], &sizes);

    *network = m->stage_network[stage].network;
    *steady  = m->stage_network[stage].steady;
    return ret;
}

int ttm_models_segmenter(TTMModels *m, int width, int height, int points,
                         TTMNetwork **network)
{
    const TTMSegmenter *s = &m->segmenter;
    const int maps = s->hints == TTM_HINT_MAPS;
    const TTMNetSizes sizes = {
        .batch = 1, .height = maps ? height : s->side, .width = maps ? width : s->side,
        .points = maps ? 0 : points
    };
    TTMMadeNetwork *made = &m->segmenter_network[!maps && points];
    const char *graph = maps ? "segmenter" : points ? "decoder" : "encoder";
    const char *name = maps ? "segmenter" : points ? "segmenter.decoder" :
                       "segmenter.encoder";
    const int alone = m->one_at_a_time;
    int ret;

    /* The other networks make room for both of these, which are there together. */
    if (alone && !m->measure)
        free_stages(m);
    m->one_at_a_time = 0;
    ret = demand(m, made, &m->segmenter_model, m->segmenter_part, graph, name, NULL, &sizes);
    m->one_at_a_time = alone;
    *network = made->network;
    return ret;
}

int ttm_models_multiple(const TTMModels *m, int stage)
{
    return m->vae.block_scale * m->denoiser[stage].multiple;
}

double ttm_models_denoiser_cost(const TTMModels *m, int stage, int frames,
                                int width, int height)
{
    const TTMNetSizes sizes = {
        .frames = frames, .height = height, .width = width
    };

    return ttm_net_cost(&m->stage_model[stage], &sizes);
}

int ttm_models_hash(TTMModels *m, TTMCancel *cancel)
{
    return m->hash[0] ? 0 : ttm_bundle_hash(m->bundle, cancel, m->hash);
}

void ttm_models_close(TTMModels *m)
{
    ttm_models_free_networks(m);
    for (int i = 0; i < TTM_STAGE_NB; i++) {
        ttm_net_close(&m->stage_model[i]);
        ttm_part_close(&m->stage_part[i]);
    }
    ttm_net_close(&m->segmenter_model);
    ttm_part_close(&m->segmenter_part);
    ttm_net_close(&m->text_model);
    ttm_net_close(&m->vae_model);
    ttm_tokenizer_free(&m->tokenizer);
    ttm_part_close(&m->text_part);
    ttm_part_close(&m->vae_part);
    ttm_part_close(&m->scheduler_part);
    ttm_bundle_close(&m->bundle);
    memset(m, 0, sizeof(*m));
}
