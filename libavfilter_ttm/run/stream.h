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
 * What a network remembers from run to run. An autoencoder of videos goes through
 * its frames in order, and what it makes of one depends on those before: each of its
 * graphs gives outputs "state.X", and those for later frames have inputs of the same
 * names. A stream is one video on its way: it holds these states, so that one network
 * serves several videos in turn, and may be freed and made again between two runs.
 */

#ifndef TTM_RUN_STREAM_H
#define TTM_RUN_STREAM_H

#include "run/network.h"

/** Beginning of the names of inputs and outputs that are states. */
#define TTM_STATE_PREFIX "state."

typedef struct TTMState {
    char *name;
    TTMTensor tensor;
} TTMState;

/** Zeroed, it is before its first frame: all states are zero. */
typedef struct TTMStream {
    TTMState *states;
    int nb;
    size_t capacity;
} TTMStream;

/**
 * Run @p network, which says @p what it does in messages, as the next one of
 * @p stream: as ttm_network_run_checked(), from the stream's states to new ones. States
 * that an earlier network has not left begin as zeros.
 */
int ttm_stream_run(TTMStream *stream, TTMBackend *backend, TTMNetwork *network,
                   const char *what);
/** Frees the states and clears the stream. */
void ttm_stream_free(TTMStream *stream, TTMBackend *backend);

/** Bytes of the states that a network of @p graph reads. */
size_t ttm_stream_bytes(const TTMGraph *graph);

#endif /* TTM_RUN_STREAM_H */
