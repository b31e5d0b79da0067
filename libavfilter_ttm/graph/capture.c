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

/** @file Looking into a graph: nodes captured by name. */

#include "graph/graph.h"

/** 1 when @p text matches @p pattern, where '*' stands for any text. */
static int matches(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text) {
        if (*pattern == '*') {
            star   = ++pattern;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text    = ++resume;
        } else {
            return 0;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

int ttm_graph_capture(TTMGraph *graph, const char *pattern)
{
    int nb_nodes = graph->nb_nodes, count = 0;

    for (int i = 0; i < nb_nodes && !graph->error; i++) {
        const TTMNode *node = &graph->nodes[i];

        if (node->op == TTM_OP_INPUT || node->op == TTM_OP_WEIGHT ||
            node->op == TTM_OP_RESHAPE || !matches(pattern, node->name))
            continue;
        ttm_graph_output(graph, i);
        count++;
    }
    return count;
}
