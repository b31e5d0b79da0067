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

/** @file A graph on a device: plan, program and named inputs and outputs. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/network.h"
#include "util/finite.h"
#include "util/mem.h"

struct TTMNetwork {
    TTMBackend *backend;
    TTMGraph *graph;
    TTMPlan *plan;
    TTMProgram *program;
    TTMTensor *own;         ///< one an external; empty where never needed
    TTMTensor *bound;       ///< what runs use: own, or a caller's
    int nb_inputs, nb_outputs;
};

/** The network's own tensor for an external, created where there is none. */
static int own_tensor(TTMNetwork *network, int index)
{
    const TTMExternal *e = &network->program->externals[index];
    int ret;

    if (network->own[index].buffer)
        return 0;
    ret = ttm_tensor_create(network->backend, &network->own[index], e->shape,
                            e->dtype);
    if (ret >= 0)
        network->bound[index] = network->own[index];
    return ret;
}

int ttm_network_create(TTMNetwork **network, TTMBackend *backend,
                       TTMGraph *graph)
{
    TTMNetwork *n = calloc(1, sizeof(*n));
    int nb, ret;

    *network = NULL;
    if (!n) {
        ttm_graph_free(&graph);
        return ttm_fail(backend->log, TTM_ERR_MEMORY,
                        "out of memory for a network");
    }
    n->backend = backend;
    n->graph   = graph;
    ret = ttm_graph_finish(graph);
    if (ret < 0)
        goto fail;
    ret = ttm_program_create(backend, graph, &n->program, &n->plan);
    if (ret < 0)
        goto fail;
    n->nb_inputs  = n->plan->nb_inputs;
    n->nb_outputs = n->plan->nb_outputs;
    nb       = n->nb_inputs + n->nb_outputs;
    n->own   = ttm_array_alloc(nb, sizeof(*n->own));
    n->bound = ttm_array_alloc(nb, sizeof(*n->bound));
    if (!n->own || !n->bound) {
        ret = ttm_fail(backend->log, TTM_ERR_MEMORY,
                       "%s: out of memory for its tensors", graph->name);
        goto fail;
    }
    for (int i = 0; i < nb; i++) {
        ret = own_tensor(n, i);
        if (ret < 0)
            goto fail;
    }
    *network = n;
    return 0;

fail:
    ttm_network_free(&n);
    return ret;
}

void ttm_network_free(TTMNetwork **network)
{
    TTMNetwork *n = *network;

    if (!n)
        return;
    for (int i = 0; n->own && i < n->nb_inputs + n->nb_outputs; i++)
        ttm_tensor_free(n->backend, &n->own[i]);
    free(n->own);
    free(n->bound);
    ttm_program_free(n->backend, &n->program);
    ttm_plan_free(&n->plan);
    ttm_graph_free(&n->graph);
    free(n);
    *network = NULL;
}

/** Index of the input @p name, or -1. */
static int look_up_input(const TTMNetwork *network, const char *name)
{
    for (int i = 0; i < network->nb_inputs; i++)
        if (!strcmp(network->program->externals[i].name, name))
            return i;
    return -1;
}

int ttm_network_has_input(const TTMNetwork *network, const char *name)
{
    return look_up_input(network, name) >= 0;
}

/** Index of the input @p name, or a negative code after a log line. */
static int find_input(const TTMNetwork *network, const char *name)
{
    const int index = look_up_input(network, name);

    return index >= 0 ? index : ttm_fail(network->backend->log, TTM_ERR_ARGUMENT,
                    "%s: there is no input '%s'", network->graph->name, name);
}

/** Index of output @p index among the externals, or a negative code. */
static int find_output(const TTMNetwork *network, int index)
{
    if (index >= 0 && index < network->nb_outputs)
        return network->nb_inputs + index;
    return ttm_fail(network->backend->log, TTM_ERR_ARGUMENT,
                    "%s: there is no output %d", network->graph->name, index);
}

int ttm_network_find_output(const TTMNetwork *network, const char *name)
{
    for (int i = 0; i < network->nb_outputs; i++)
        if (!strcmp(ttm_network_output_name(network, i), name))
            return i;
    return ttm_fail(network->backend->log, TTM_ERR_ARGUMENT,
                    "%s: there is no output '%s'", network->graph->name, name);
}

const TTMTensor *ttm_network_input(TTMNetwork *network, const char *name)
{
    int index = find_input(network, name);

    return index < 0 ? NULL : &network->bound[index];
}

const TTMTensor *ttm_network_output(TTMNetwork *network, int index)
{
    index = find_output(network, index);
    return index < 0 ? NULL : &network->bound[index];
}

int ttm_network_nb_outputs(const TTMNetwork *network)
{
    return network->nb_outputs;
}

const char *ttm_network_output_name(const TTMNetwork *network, int index)
{
    return network->program->externals[network->nb_inputs + index].name;
}

static int bind_tensor(TTMNetwork *network, int index, const TTMTensor *tensor)
{
    const TTMExternal *e;
    char text[80], wanted[80];
    int ret;

    if (index < 0)
        return index;
    if (!tensor) {
        ret = own_tensor(network, index);
        if (ret >= 0)
            network->bound[index] = network->own[index];
        return ret;
    }
    e = &network->program->externals[index];
    if (!tensor->buffer || tensor->dtype != e->dtype ||
        !ttm_shape_equal(&tensor->shape, &e->shape))
        return ttm_fail(network->backend->log, TTM_ERR_ARGUMENT, "%s: '%s' needs "
                        "a tensor %s %s, not %s %s", network->graph->name, e->name,
                        ttm_dtype_name(e->dtype),
                        ttm_shape_string(&e->shape, wanted, sizeof(wanted)),
                        ttm_dtype_name(tensor->dtype),
                        ttm_shape_string(&tensor->shape, text, sizeof(text)));
    network->bound[index] = *tensor;
    if (tensor->buffer != network->own[index].buffer)
        ttm_tensor_free(network->backend, &network->own[index]);
    return 0;
}

int ttm_network_bind_input(TTMNetwork *network, const char *name,
                           const TTMTensor *tensor)
{
    return bind_tensor(network, find_input(network, name), tensor);
}

int ttm_network_bind_output(TTMNetwork *network, int index,
                            const TTMTensor *tensor)
{
    return bind_tensor(network, find_output(network, index), tensor);
}

int ttm_network_write(TTMNetwork *network, const char *name, const void *data,
                      enum TTMDType dtype)
{
    int index = find_input(network, name);

    return index < 0 ? index : ttm_tensor_write(network->backend,
                                                &network->bound[index], data,
                                                dtype);
}

int ttm_network_read(TTMNetwork *network, int index, void *data,
                     enum TTMDType dtype)
{
    index = find_output(network, index);
    return index < 0 ? index : ttm_tensor_read(network->backend,
                                               &network->bound[index], data,
                                               dtype);
}

int ttm_network_run(TTMNetwork *network)
{
    return ttm_program_run(network->backend, network->program, network->bound,
                           network->nb_inputs + network->nb_outputs);
}

int ttm_network_run_checked(TTMNetwork *network, const char *what)
{
    const TTMBackend *backend = network->backend;
    const int64_t count = ttm_shape_count(&ttm_network_output(network, 0)->shape);
    const int exact = backend->precision == TTM_DTYPE_F32;
    float *values;
    int64_t wrong;
    int ret = ttm_network_run(network);

    if (ret < 0)
        return ret;
    values = ttm_array_alloc((size_t)count, sizeof(*values));
    if (!values)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "%s: out of memory",
                        network->graph->name);
    ret   = ttm_network_read(network, 0, values, TTM_DTYPE_F32);
    wrong = ret < 0 ? 0 : ttm_count_not_finite(values, count);
    free(values);
    return !wrong ? ret :
           ttm_fail(backend->log, exact ? TTM_ERR_FORMAT : TTM_ERR_PRECISION,
                    "%s: %" PRId64 " of %" PRId64 " values of %s are not finite, "
                    "computed in %s: %s", what, wrong, count, network->graph->name,
                    ttm_dtype_name(backend->precision), exact ?
                    "the weights are damaged" : "the network needs precision=f32, or "
                    "its weights are damaged");
}
