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

/** @file Conversion between floating types, a row or a tensor at a time. */

#include <stdlib.h>
#include <string.h>

#include "backend/cpu/clones.h"
#include "backend/cpu/convert.h"
#include "backend/cpu/element.h"
#include "io/safetensors.h"
#include "util/mem.h"

TTM_CLONES
void ttm_cpu_load_row(float *restrict to, const void *restrict from,
                      enum TTMDType dtype, int64_t first, int64_t count)
{
    const uint16_t *half = (const uint16_t *)from + first;

    if (dtype == TTM_DTYPE_F32)
        memcpy(to, (const float *)from + first, count * sizeof(*to));
    else if (dtype == TTM_DTYPE_BF16)
        for (int64_t i = 0; i < count; i++)
            to[i] = ttm_from_bf16(half[i]);
    else
        for (int64_t i = 0; i < count; i++)
            to[i] = ttm_from_f16(half[i]);
}

TTM_CLONES
void ttm_cpu_store_row(void *restrict to, enum TTMDType dtype, int64_t first,
                       const float *restrict from, int64_t count)
{
    uint16_t *half = (uint16_t *)to + first;

    if (dtype == TTM_DTYPE_F32)
        memcpy((float *)to + first, from, count * sizeof(*from));
    else if (dtype == TTM_DTYPE_BF16)
        for (int64_t i = 0; i < count; i++)
            half[i] = ttm_to_bf16(from[i]);
    else
        for (int64_t i = 0; i < count; i++)
            half[i] = ttm_to_f16(from[i]);
}

typedef struct Conversion {
    void *to;
    const void *from;
    enum TTMDType to_type, from_type;
} Conversion;

static void convert(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Conversion *c = opaque;
    float row[512];

    (void)worker;
    if (c->to_type == c->from_type) {
        size_t size = ttm_dtype_size(c->to_type);

        memcpy((char *)c->to + begin * size, (const char *)c->from + begin * size,
               (end - begin) * size);
        return;
    }
    for (int64_t i = begin; i < end; i += 512) {
        int64_t count = ttm_min64(512, end - i);

        ttm_cpu_load_row(row, c->from, c->from_type, i, count);
        ttm_cpu_store_row(c->to, c->to_type, i, row, count);
    }
}

void ttm_cpu_convert(TTMCpu *cpu, void *to, enum TTMDType to_type,
                     const void *from, enum TTMDType from_type, int64_t count)
{
    Conversion c = { to, from, to_type, from_type };

    ttm_cpu_for(cpu, count, 16384, convert, &c);
}

/** Elements of a weight that are read at once. */
#define READ_COUNT ((int64_t)1 << 18)

int ttm_cpu_convert_weight(TTMCpu *cpu, const TTMGraph *graph, TTMNodeId id,
                           enum TTMDType dtype, void *to)
{
    const TTMNode *node = &graph->nodes[id];
    const int64_t count = ttm_shape_count(&node->shape);
    void *some;
    int ret = 0;

    if (node->host_data) {
        ttm_cpu_convert(cpu, to, dtype, node->host_data, node->host_dtype, count);
        return 0;
    }
    if (node->host_dtype == dtype)
        return ttm_graph_read_weight(graph, id, 0, count, to);
    some = ttm_aligned_alloc(ttm_min64(count, READ_COUNT) *
                             ttm_dtype_size(node->host_dtype));
    if (!some)
        return ttm_fail(cpu->log, TTM_ERR_MEMORY, "%s: out of memory for tensor '%s'",
                        graph->name, node->name);
    for (int64_t i = 0; i < count && ret >= 0; i += READ_COUNT) {
        const int64_t nb = ttm_min64(READ_COUNT, count - i);

        ret = ttm_graph_read_weight(graph, id, i, nb, some);
        if (ret >= 0)
            ttm_cpu_convert(cpu, (char *)to + i * ttm_dtype_size(dtype), dtype, some,
                            node->host_dtype, nb);
    }
    free(some);
    return ret;
}
