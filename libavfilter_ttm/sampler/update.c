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

/** @file Guidance and the scheduler's update as one graph. */

#include "sampler/update.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ttm_guidance_weights(double image, double text, float weights[TTM_PASS_NB])
{
    weights[TTM_PASS_NONE]  = (float)(1 - image);
    weights[TTM_PASS_IMAGE] = (float)(image - text);
    weights[TTM_PASS_FULL]  = (float)text;
}

static const char *const output_names[TTM_PASS_NB] = {
    [TTM_PASS_NONE] = "output.0", [TTM_PASS_IMAGE] = "output.1",
    [TTM_PASS_FULL] = "output.2"
};

static TTMGraph *build(TTMBackend *backend, const TTMUpdateShape *s)
{
    TTMGraph *graph = ttm_graph_create(backend->log, "update",
                                       backend->precision);
    TTMShape full  = TTM_SHAPE(s->frames, s->height, s->width, s->channels);
    TTMShape frame = TTM_SHAPE(1, s->height, s->width, s->channels);
    TTMNodeId values[2 + TTM_PASS_NB], coefficients, first = TTM_NO_NODE;
    int nb = 1 + s->nb_outputs + (s->base_frames > 0);

    if (!graph)
        return NULL;
    coefficients = ttm_graph_input(graph, "coefficients", s->rows > 1 ?
                                   TTM_SHAPE(s->rows, nb) : TTM_SHAPE(nb),
                                   TTM_DTYPE_F32);
    values[0] = ttm_graph_input(graph, "latents", full, graph->dtype);
    for (int i = 0; i < s->nb_outputs && i < TTM_PASS_NB; i++)
        values[1 + i] = ttm_graph_input(graph, output_names[i], full,
                                        graph->dtype);
    if (s->base_frames)
        values[nb - 1] = ttm_graph_input(graph, "base", s->base_frames == 1 ?
                                         frame : full, graph->dtype);
    if (s->first_given)
        first = ttm_graph_input(graph, "first", frame, graph->dtype);
    ttm_graph_output(graph, ttm_graph_combine(graph, coefficients, values, nb, first));
    return graph;
}

/* Weighted sum of @p nb tensors of latents, called "value.0" and so on. */
static int create_sum(TTMNetwork **network, TTMBackend *backend,
                      const TTMUpdateShape *s, int nb, int first_given)
{
    const TTMShape full = TTM_SHAPE(s->frames, s->height, s->width, s->channels);
    TTMGraph *graph = ttm_graph_create(backend->log, "multistep",
                                       backend->precision);
    TTMNodeId values[3 + TTM_MAX_ORDER], coefficients, first = TTM_NO_NODE;

    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    coefficients = ttm_graph_input(graph, "coefficients", TTM_SHAPE(nb),
                                   TTM_DTYPE_F32);
    for (int i = 0; i < nb; i++) {
        char name[24];

        snprintf(name, sizeof(name), "value.%d", i);
        values[i] = ttm_graph_input(graph, name, full, graph->dtype);
    }
    if (first_given)
        first = ttm_graph_input(graph, "first",
                                TTM_SHAPE(1, s->height, s->width, s->channels),
                                graph->dtype);
    ttm_graph_output(graph, ttm_graph_combine(graph, coefficients, values, nb,
                                              first));
    return ttm_network_create(network, backend, graph);
}

static int create_history(TTMUpdate *u)
{
    const TTMUpdateShape *s = &u->shape;
    const TTMShape full = TTM_SHAPE(s->frames, s->height, s->width, s->channels);
    TTMHistory *h = &u->history;
    int ret = create_sum(&u->correct, u->backend, s, 3 + s->order, 0);

    if (ret >= 0)
        ret = create_sum(&u->advance, u->backend, s, 2 + s->order,
                         s->first_given);
    for (int i = 0; ret >= 0 && i < 2; i++)
        ret = ttm_tensor_create(u->backend, &h->corrected[i], full,
                                u->backend->precision);
    for (int i = 0; ret >= 0 && i <= s->order; i++)
        ret = ttm_tensor_create(u->backend, &h->estimate[i], full,
                                u->backend->precision);
    return ret;
}

int ttm_update_create(TTMUpdate *update, TTMBackend *backend,
                      const TTMUpdateShape *shape)
{
    TTMGraph *graph;
    int ret;

    memset(update, 0, sizeof(*update));
    if (shape->order && shape->rows > 1)
        return ttm_fail(backend->log, TTM_ERR_UNSUPPORTED, "a multistep solver cannot "
                        "give frames times of their own: set sampler=euler");
    graph = build(backend, shape);
    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    update->shape      = *shape;
    update->shape.rows = shape->rows > 1 ? shape->rows : 1;
    update->backend    = backend;
    update->coefficients = ttm_array_alloc((size_t)update->shape.rows,
                                           (2 + TTM_PASS_NB) *
                                           sizeof(*update->coefficients));
    if (!update->coefficients) {
        ttm_graph_free(&graph);
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    }
    ret = ttm_network_create(&update->network, backend, graph);
    if (ret >= 0 && shape->order)
        ret = create_history(update);
    if (ret < 0)
        ttm_update_free(update);
    return ret;
}

void ttm_update_free(TTMUpdate *update)
{
    TTMHistory *h = &update->history;

    free(update->coefficients);
    update->coefficients = NULL;
    ttm_network_free(&update->network);
    ttm_network_free(&update->correct);
    ttm_network_free(&update->advance);
    for (int i = 0; i < 2; i++)
        ttm_tensor_free(update->backend, &h->corrected[i]);
    for (int i = 0; i <= TTM_MAX_ORDER; i++)
        ttm_tensor_free(update->backend, &h->estimate[i]);
}

/* The estimate of @p ago steps before the current one, or NULL. */
static const TTMTensor *estimate_of(const TTMUpdate *u, int ago)
{
    const TTMHistory *h = &u->history;

    return ago <= h->steps && ago <= u->shape.order ?
           &h->estimate[(h->steps - ago) % (u->shape.order + 1)] : NULL;
}

/* Run a sum of create_sum(); values that are not there have the weight 0. */
static int run_sum(TTMNetwork *network, const float *coefficients,
                   const TTMTensor *const *values, int nb,
                   const TTMTensor *first, const TTMTensor *sum)
{
    int ret = ttm_network_write(network, "coefficients", coefficients,
                                TTM_DTYPE_F32);

    for (int i = 0; ret >= 0 && i < nb; i++) {
        char name[24];

        snprintf(name, sizeof(name), "value.%d", i);
        ret = ttm_network_bind_input(network, name,
                                     values[i] ? values[i] : values[0]);
    }
    if (ret >= 0 && first)
        ret = ttm_network_bind_input(network, "first", first);
    if (ret >= 0)
        ret = ttm_network_bind_output(network, 0, sum);
    return ret < 0 ? ret : ttm_network_run(network);
}

/* From latents and the current estimate to the next latents. */
static int run_multistep(TTMUpdate *u, const TTMMultistep *step,
                         const TTMTensor *latents, const TTMTensor *first,
                         const TTMTensor *next)
{
    const int order = u->shape.order;
    TTMHistory *h = &u->history;
    const TTMTensor *corrected = &h->corrected[h->steps % 2];
    const TTMTensor *values[3 + TTM_MAX_ORDER] = {
        latents, h->steps ? &h->corrected[(h->steps + 1) % 2] : NULL,
        estimate_of(u, 0)
    };
    float coefficients[3 + TTM_MAX_ORDER] = {
        step->latents, step->last, step->estimate
    };
    int ret;

    for (int i = 0; i < order; i++) {
        values[3 + i]       = estimate_of(u, 1 + i);
        coefficients[3 + i] = step->past[i];
    }
    ret = run_sum(u->correct, coefficients, values, 3 + order, NULL, corrected);
    if (ret < 0)
        return ret;
    values[1] = corrected;
    coefficients[1] = step->next;
    coefficients[2] = step->next_estimate;
    memcpy(coefficients + 3, step->next_past, (size_t)order * sizeof(float));
    ret = run_sum(u->advance, coefficients + 1, values + 1, 2 + order,
                  u->shape.first_given ? first : NULL, next);
    if (ret >= 0)
        h->steps++;
    return ret;
}

int ttm_update_run(TTMUpdate *update, const TTMSchedulerStep *step,
                   const float *weights, const TTMTensor *latents,
                   const TTMTensor *const *outputs, const TTMTensor *base,
                   const TTMTensor *first, const TTMTensor *next)
{
    const TTMUpdateShape *s = &update->shape;
    TTMNetwork *network = update->network;
    float *to = update->coefficients;
    int ret;

    for (int row = 0; row < s->rows; row++) {
        *to++ = step[row].keep;
        for (int i = 0; i < s->nb_outputs; i++)
            *to++ = step[row].add * weights[i];
        if (s->base_frames)
            *to++ = step[row].base;
    }
    ret = ttm_network_write(network, "coefficients", update->coefficients,
                            TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_bind_input(network, "latents", latents);
    for (int i = 0; ret >= 0 && i < s->nb_outputs && i < TTM_PASS_NB; i++)
        ret = ttm_network_bind_input(network, output_names[i], outputs[i]);
    if (ret >= 0 && s->base_frames)
        ret = ttm_network_bind_input(network, "base", base);
    if (ret >= 0 && s->first_given)
        ret = ttm_network_bind_input(network, "first", first);
    if (ret >= 0)
        ret = ttm_network_bind_output(network, 0,
                                      s->order ? estimate_of(update, 0) : next);
    if (ret >= 0)
        ret = ttm_network_run(network);
    if (ret >= 0 && s->order)
        ret = run_multistep(update, &step->multistep, latents, first, next);
    return ret;
}

/* What former steps left: the last corrected latents, and estimates, the latest first. */
static const TTMTensor *saved_tensor(const TTMUpdate *u, int index)
{
    return index ? estimate_of(u, index) :
           &u->history.corrected[(u->history.steps + 1) % 2];
}

int64_t ttm_update_saved(const TTMUpdate *update)
{
    const TTMUpdateShape *s = &update->shape;

    return s->order ? (int64_t)(1 + s->order) * s->frames * s->height *
                      s->width * s->channels : 0;
}

int ttm_update_save(TTMUpdate *update, float *saved)
{
    const int order = update->shape.order;
    const int64_t size = ttm_update_saved(update) / (1 + order);
    int ret = 0;

    for (int i = 0; ret >= 0 && order && i <= order; i++) {
        const TTMTensor *tensor = saved_tensor(update, i);

        if (tensor)
            ret = ttm_tensor_read(update->backend, tensor, saved + i * size,
                                  TTM_DTYPE_F32);
    }
    return ret;
}

int ttm_update_load(TTMUpdate *update, const float *saved, int steps)
{
    const int order = update->shape.order;
    const int64_t size = ttm_update_saved(update) / (1 + order);
    int ret = 0;

    update->history.steps = steps;
    for (int i = 0; ret >= 0 && order && i <= order; i++) {
        const TTMTensor *tensor = saved_tensor(update, i);

        if (tensor)
            ret = ttm_tensor_write(update->backend, tensor, saved + i * size,
                                   TTM_DTYPE_F32);
    }
    return ret;
}
