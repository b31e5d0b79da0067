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
#include <string.h>

void ttm_guidance_weights(double image, double text, float weights[TTM_PASS_NB])
{
    weights[TTM_PASS_NONE]  = (float)(1 - image);
    weights[TTM_PASS_IMAGE] = (float)(image - text);
    weights[TTM_PASS_FULL]  = (float)text;
}

static const char *output_name(int index)
{
    static const char *const names[TTM_PASS_NB] = {
        "output.0", "output.1", "output.2"
    };

    return names[index];
}

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
    coefficients = ttm_graph_input(graph, "coefficients", TTM_SHAPE(nb),
                                   TTM_DTYPE_F32);
    values[0] = ttm_graph_input(graph, "latents", full, graph->dtype);
    for (int i = 0; i < s->nb_outputs; i++)
        values[1 + i] = ttm_graph_input(graph, output_name(i), full,
                                        graph->dtype);
    if (s->base_frames)
        values[nb - 1] = ttm_graph_input(graph, "base", s->base_frames == 1 ?
                                         frame : full, graph->dtype);
    if (s->first_given)
        first = ttm_graph_input(graph, "first", frame, graph->dtype);
    ttm_graph_output(graph, ttm_graph_combine(graph, coefficients, values, nb, first));
    return graph;
}

int ttm_update_create(TTMUpdate *update, TTMBackend *backend,
                      const TTMUpdateShape *shape)
{
    TTMGraph *graph = build(backend, shape);

    memset(update, 0, sizeof(*update));
    if (!graph)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    update->shape = *shape;
    return ttm_network_create(&update->network, backend, graph);
}

void ttm_update_free(TTMUpdate *update)
{
    ttm_network_free(&update->network);
}

int ttm_update_run(TTMUpdate *update, const TTMSchedulerStep *step,
                   const float *weights, const TTMTensor *latents,
                   const TTMTensor *const *outputs, const TTMTensor *base,
                   const TTMTensor *first, const TTMTensor *next)
{
    const TTMUpdateShape *s = &update->shape;
    TTMNetwork *network = update->network;
    float coefficients[2 + TTM_PASS_NB] = { step->keep };
    int ret;

    for (int i = 0; i < s->nb_outputs; i++)
        coefficients[1 + i] = step->add * weights[i];
    coefficients[1 + s->nb_outputs] = step->base;
    ret = ttm_network_write(network, "coefficients", coefficients,
                            TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_bind_input(network, "latents", latents);
    for (int i = 0; ret >= 0 && i < s->nb_outputs; i++)
        ret = ttm_network_bind_input(network, output_name(i), outputs[i]);
    if (ret >= 0 && s->base_frames)
        ret = ttm_network_bind_input(network, "base", base);
    if (ret >= 0 && s->first_given)
        ret = ttm_network_bind_input(network, "first", first);
    if (ret >= 0)
        ret = ttm_network_bind_output(network, 0, next);
    if (ret >= 0)
        ret = ttm_network_run(network);
    return ret;
}
