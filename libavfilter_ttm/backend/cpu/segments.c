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

/** @file Masks of attention as lists of queries that see the same keys. */

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/segments.h"
#include "util/mem.h"

/** One sequence: rows base + token * stride of q and of k. */
typedef struct Sequence {
    int64_t query_base, key_base, stride;
    int64_t tokens, key_tokens;
} Sequence;

static int add_segment(TTMSegments *s)
{
    if (ttm_array_grow(&s->segment, &s->segment_capacity, s->nb_segments + 1,
                       sizeof(*s->segment)) < 0)
        return TTM_ERR_MEMORY;
    s->segment[s->nb_segments++] = (TTMSegment){
        .query = s->nb_queries, .key = s->nb_keys,
    };
    return 0;
}

static int reserve(TTMSegments *s, int64_t queries, int64_t keys)
{
    if (ttm_array_grow(&s->queries, &s->query_capacity, s->nb_queries + queries,
                       sizeof(*s->queries)) < 0 ||
        ttm_array_grow(&s->keys, &s->key_capacity, s->nb_keys + keys,
                       sizeof(*s->keys)) < 0)
        return TTM_ERR_MEMORY;
    return 0;
}

static void add_query(TTMSegments *s, int64_t row)
{
    s->queries[s->nb_queries++] = (int32_t)row;
    s->segment[s->nb_segments - 1].nb_queries++;
}

static void add_key(TTMSegments *s, int64_t row)
{
    s->keys[s->nb_keys++] = (int32_t)row;
    s->segment[s->nb_segments - 1].nb_keys++;
}

/** All queries see all keys. */
static int add_dense(TTMSegments *s, const Sequence *q)
{
    if (add_segment(s) < 0 || reserve(s, q->tokens, q->key_tokens) < 0)
        return TTM_ERR_MEMORY;
    for (int64_t t = 0; t < q->tokens; t++)
        add_query(s, q->query_base + t * q->stride);
    for (int64_t t = 0; t < q->key_tokens; t++)
        add_key(s, q->key_base + t * q->stride);
    return 0;
}

/** A segment a region; regions that do not occur take no work. */
static int add_regions(TTMSegments *s, const Sequence *q, const uint32_t *starts)
{
    if (reserve(s, q->tokens, q->tokens) < 0)
        return TTM_ERR_MEMORY;
    for (int region = 0; region + 1 < TTM_SORT_STARTS; region++) {
        if (starts[region] == starts[region + 1])
            continue;
        if (add_segment(s) < 0)
            return TTM_ERR_MEMORY;
        for (int64_t t = starts[region]; t < starts[region + 1]; t++) {
            add_query(s, t);
            add_key(s, t);
        }
    }
    return 0;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/** A segment for each distinct set that a query has. */
static int add_sets(TTMSegments *s, const Sequence *q, const uint32_t *query_sets,
                    const uint32_t *key_sets)
{
    /* set in the high half, token in the low half: equal sets keep order */
    uint64_t *sorted = ttm_array_alloc(q->tokens, sizeof(*sorted));
    int ret          = sorted ? 0 : TTM_ERR_MEMORY;

    for (int64_t t = 0; sorted && t < q->tokens; t++)
        sorted[t] = (uint64_t)query_sets[q->query_base + t * q->stride] << 32 |
                    (uint64_t)t;
    if (sorted)
        qsort(sorted, q->tokens, sizeof(*sorted), by_value);
    for (int64_t i = 0; ret >= 0 && i < q->tokens; i++) {
        uint32_t set = sorted[i] >> 32;

        if (!i || set != sorted[i - 1] >> 32) {
            if (add_segment(s) < 0 || reserve(s, q->tokens, q->key_tokens) < 0) {
                ret = TTM_ERR_MEMORY;
                break;
            }
            for (int64_t k = 0; k < q->key_tokens; k++)
                if (key_sets[k] & set)
                    add_key(s, q->key_base + k * q->stride);
        }
        add_query(s, q->query_base + (int64_t)(sorted[i] & 0xffffffff) * q->stride);
    }
    free(sorted);
    return ret;
}

int ttm_segments_build(TTMSegments *segments, const TTMAttention *p,
                       const uint32_t *starts, const uint32_t *query_sets,
                       const uint32_t *key_sets)
{
    int64_t outers = p->outer, tokens = p->tokens;
    int ret = 0;

    segments->nb_segments = segments->nb_queries = segments->nb_keys = 0;
    if (p->key_outer == 1 && p->inner == 1 && !p->causal && !starts) {
        /* keys are shared: all queries are one sequence */
        tokens *= outers;
        outers  = 1;
    }
    for (int64_t outer = 0; outer < outers && ret >= 0; outer++)
        for (int64_t inner = 0; inner < p->inner && ret >= 0; inner++) {
            Sequence q = {
                outer * tokens * p->inner + inner,
                (p->key_outer == 1 ? 0 : outer) * p->key_tokens * p->inner + inner,
                p->inner, tokens, p->key_tokens,
            };

            ret = starts ? add_regions(segments, &q, starts) :
                  query_sets ? add_sets(segments, &q, query_sets, key_sets) :
                  add_dense(segments, &q);
        }
    return ret;
}

void ttm_segments_free(TTMSegments *segments)
{
    free(segments->segment);
    free(segments->queries);
    free(segments->keys);
    memset(segments, 0, sizeof(*segments));
}
