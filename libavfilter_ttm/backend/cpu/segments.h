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
 * Masks of attention as lists: a segment is a set of queries that all see the
 * same keys. What a mask forbids is thereby never computed.
 */

#ifndef TTM_BACKEND_CPU_SEGMENTS_H
#define TTM_BACKEND_CPU_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "graph/graph.h"

/** Ranges of TTMSegments.queries and .keys; no keys: the result is zero. */
typedef struct TTMSegment {
    int64_t query, nb_queries;
    int64_t key, nb_keys;
} TTMSegment;

typedef struct TTMSegments {
    TTMSegment *segment;
    size_t nb_segments, segment_capacity;
    int32_t *queries;           ///< rows of q, grouped by segment
    size_t nb_queries, query_capacity;
    int32_t *keys;              ///< rows of k and v
    size_t nb_keys, key_capacity;
} TTMSegments;

/**
 * List the segments of @p p; masks are NULL where there are none. @p starts are
 * those of sorted regions. Within a
 * segment rows keep their order; causal attention gives one segment a
 * sequence. Returns 0 or TTM_ERR_MEMORY (no log line).
 */
int ttm_segments_build(TTMSegments *segments, const TTMAttention *p,
                       const uint32_t *starts, const uint32_t *query_sets,
                       const uint32_t *key_sets);

void ttm_segments_free(TTMSegments *segments);

#endif /* TTM_BACKEND_CPU_SEGMENTS_H */
