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

/** @file What a network remembers from run to run. */

#include "run/stream.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static int is_state(const char *name)
{
    return !strncmp(name, TTM_STATE_PREFIX, sizeof(TTM_STATE_PREFIX) - 1);
}

/* The state @p name, zeros like @p like where there was none. */
static int find(TTMStream *s, TTMBackend *backend, const char *name,
                const TTMTensor *like, TTMState **state)
{
    TTMState new = { 0 };
    int ret;

    for (int i = 0; i < s->nb; i++) {
        if (!strcmp(s->states[i].name, name)) {
            *state = &s->states[i];
            return 0;
        }
    }
    new.name = ttm_strdup(name);
    if (!new.name || ttm_array_grow(&s->states, &s->capacity, (size_t)s->nb + 1,
                                    sizeof(*s->states)) < 0) {
        free(new.name);
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    }
    ret = ttm_tensor_create(backend, &new.tensor, like->shape, like->dtype);
    if (ret < 0) {
        free(new.name);
        return ret;
    }
    s->states[s->nb] = new;
    *state = &s->states[s->nb++];
    return 0;
}

/* Bind the stream's states where @p network reads them. */
static int bind(TTMStream *s, TTMBackend *backend, TTMNetwork *network)
{
    for (int i = 0; i < ttm_network_nb_outputs(network); i++) {
        const char *name = ttm_network_output_name(network, i);
        TTMState *state;
        int ret;

        if (!is_state(name) || !ttm_network_has_input(network, name))
            continue;
        ret = find(s, backend, name, ttm_network_output(network, i), &state);
        if (ret >= 0)
            ret = ttm_network_bind_input(network, name, &state->tensor);
        if (ret < 0)
            return ret;
    }
    return 0;
}

/* Keep what the network has left. */
static int keep(TTMStream *s, TTMBackend *backend, TTMNetwork *network)
{
    for (int i = 0; i < ttm_network_nb_outputs(network); i++) {
        const char *name = ttm_network_output_name(network, i);
        const TTMTensor *left = ttm_network_output(network, i);
        TTMState *state;
        int ret;

        if (!is_state(name))
            continue;
        ret = find(s, backend, name, left, &state);
        if (ret >= 0)
            ret = ttm_tensor_copy(backend, &state->tensor, 0, left, 0,
                                  ttm_shape_count(&left->shape));
        if (ret < 0)
            return ret;
    }
    return 0;
}

int ttm_stream_run(TTMStream *stream, TTMBackend *backend, TTMNetwork *network,
                   const char *what)
{
    int ret = bind(stream, backend, network);

    if (ret >= 0)
        ret = ttm_network_run_checked(network, what);
    return ret < 0 ? ret : keep(stream, backend, network);
}

void ttm_stream_free(TTMStream *stream, TTMBackend *backend)
{
    for (int i = 0; i < stream->nb; i++) {
        ttm_tensor_free(backend, &stream->states[i].tensor);
        free(stream->states[i].name);
    }
    free(stream->states);
    memset(stream, 0, sizeof(*stream));
}

size_t ttm_stream_bytes(const TTMGraph *graph)
{
    size_t bytes = 0;

    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];

        if (node->op == TTM_OP_INPUT && is_state(node->name))
            bytes += (size_t)ttm_shape_count(&node->shape) *
                     ttm_dtype_size(node->dtype);
    }
    return bytes;
}
