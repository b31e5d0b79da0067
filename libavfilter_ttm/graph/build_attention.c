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

/** @file Shape rules of attention and its masks. */

#include "graph/builder.h"

static int64_t rows(const TTMShape *shape)
{
    return ttm_shape_count(shape) / ttm_shape_last(shape);
}

/** A mask of the given type and length, or none; else the graph is failed. */
static int check_mask(TTMGraph *graph, TTMNodeId id, enum TTMDType dtype,
                      int64_t count, const char *what)
{
    char text[80];
    const TTMNode *node;

    if (id == TTM_NO_NODE)
        return 1;
    if (!ttm_graph_has(graph, TTM_OP_ATTENTION, id))
        return 0;
    node = &graph->nodes[id];
    if (node->dtype == dtype && ttm_shape_count(&node->shape) == count)
        return 1;
    ttm_graph_reject(graph, TTM_OP_ATTENTION, id, "%s must be %s with %lld "
                     "elements, not %s %s", what, ttm_dtype_name(dtype),
                     (long long)count, ttm_dtype_name(node->dtype),
                     ttm_shape_string(&node->shape, text, sizeof(text)));
    return 0;
}

static int is_order(const TTMGraph *graph, TTMNodeId id)
{
    return id >= 0 && id < graph->nb_nodes &&
           graph->nodes[id].dtype == TTM_DTYPE_U32;
}

int ttm_graph_has_order(TTMGraph *graph, enum TTMOp op, TTMNodeId id,
                        const TTMShape *shape)
{
    char text[80];
    const TTMNode *node;

    if (id == TTM_NO_NODE)
        return 1;
    if (!ttm_graph_has(graph, op, id))
        return 0;
    node = &graph->nodes[id];
    if (node->dtype == TTM_DTYPE_U32 &&
        ttm_shape_count(&node->shape) == TTM_SORT_STARTS + rows(shape))
        return 1;
    ttm_graph_reject(graph, op, id, "the order of %lld rows must be u32 with "
                     "%lld elements, not %s %s", (long long)rows(shape),
                     (long long)(TTM_SORT_STARTS + rows(shape)),
                     ttm_dtype_name(node->dtype),
                     ttm_shape_string(&node->shape, text, sizeof(text)));
    return 0;
}

TTMNodeId ttm_graph_sort_regions(TTMGraph *graph, TTMNodeId regions)
{
    const enum TTMOp op = TTM_OP_SORT_REGIONS;
    int64_t count;

    if (!ttm_graph_has(graph, op, regions))
        return TTM_NO_NODE;
    if (graph->nodes[regions].dtype != TTM_DTYPE_U8)
        return ttm_graph_reject(graph, op, regions, "regions must be u8, not %s",
                                ttm_dtype_name(graph->nodes[regions].dtype));
    count = ttm_shape_count(&graph->nodes[regions].shape);
    if (!ttm_graph_append(graph, op, NULL, TTM_SHAPE(TTM_SORT_STARTS + count),
                          TTM_DTYPE_U32, &regions, 1))
        return TTM_NO_NODE;
    return graph->nb_nodes - 1;
}

TTMNodeId ttm_graph_attention(TTMGraph *graph, TTMNodeId q, TTMNodeId k,
                              TTMNodeId v, const TTMAttention *parameters)
{
    const enum TTMOp op = TTM_OP_ATTENTION;
    const TTMAttention *p = parameters;
    const TTMNodeId inputs[] = { q, k, v, p->regions, p->query_sets, p->key_sets };
    char q_text[80], k_text[80], v_text[80];
    const TTMShape *qs, *ks, *vs;
    TTMShape shape;
    TTMNode *node;
    int64_t queries, keys;
    int masks = (p->causal != 0) + (p->regions != TTM_NO_NODE) +
                (p->query_sets != TTM_NO_NODE);

    if (!ttm_graph_has_value(graph, op, q) ||
        !ttm_graph_has_value(graph, op, k) ||
        !ttm_graph_has_value(graph, op, v))
        return TTM_NO_NODE;
    qs      = &graph->nodes[q].shape;
    ks      = &graph->nodes[k].shape;
    vs      = &graph->nodes[v].shape;
    queries = p->outer * p->tokens * p->inner;
    keys    = p->key_outer * p->key_tokens * p->inner;
    if (p->heads < 1 || p->outer < 1 || p->tokens < 1 || p->inner < 1 ||
        p->key_tokens < 1 || (p->key_outer != 1 && p->key_outer != p->outer))
        return ttm_graph_reject(graph, op, q, "%d heads, outer %lld, tokens "
                                "%lld, inner %lld, key_outer %lld or key_tokens "
                                "%lld is out of range", p->heads,
                                (long long)p->outer, (long long)p->tokens,
                                (long long)p->inner, (long long)p->key_outer,
                                (long long)p->key_tokens);
    if (rows(qs) != queries || rows(ks) != keys || rows(vs) != keys ||
        ttm_shape_last(qs) % p->heads || ttm_shape_last(vs) % p->heads ||
        ttm_shape_last(qs) != ttm_shape_last(ks))
        return ttm_graph_reject(graph, op, q, "q %s, k %s, v %s do not fit "
                                "%lld queries, %lld keys and %d heads",
                                ttm_shape_string(qs, q_text, sizeof(q_text)),
                                ttm_shape_string(ks, k_text, sizeof(k_text)),
                                ttm_shape_string(vs, v_text, sizeof(v_text)),
                                (long long)queries, (long long)keys, p->heads);
    if (masks > 1 ||
        (p->query_sets == TTM_NO_NODE) != (p->key_sets == TTM_NO_NODE))
        return ttm_graph_reject(graph, op, q, "give one kind of mask: causal, "
                                "regions, or both query_sets and key_sets");
    if ((p->causal || p->regions != TTM_NO_NODE) &&
        (p->key_outer != p->outer || p->key_tokens != p->tokens))
        return ttm_graph_reject(graph, op, q, "causal attention and regions need "
                                "as many keys as queries");
    if (is_order(graph, p->regions) && (p->outer != 1 || p->inner != 1))
        return ttm_graph_reject(graph, op, q, "sorted regions need outer and inner "
                                "1, not %lld and %lld", (long long)p->outer,
                                (long long)p->inner);
    if (!(is_order(graph, p->regions) ?
          ttm_graph_has_order(graph, op, p->regions, qs) :
          check_mask(graph, p->regions, TTM_DTYPE_U8, queries, "regions")) ||
        !check_mask(graph, p->query_sets, TTM_DTYPE_U32, queries, "query_sets") ||
        !check_mask(graph, p->key_sets, TTM_DTYPE_U32, p->key_tokens, "key_sets"))
        return TTM_NO_NODE;
    shape = *qs;
    shape.dim[shape.rank - 1] = ttm_shape_last(vs);
    node = ttm_graph_append(graph, op, NULL, shape, graph->dtype, inputs, 6);
    if (!node)
        return TTM_NO_NODE;
    node->attention = *p;
    return graph->nb_nodes - 1;
}
