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

/** @file Memory plan: nothing alive is overwritten, little is taken. */

#include "unit.h"

#include <stdlib.h>

#include "graph/plan.h"

#define KB 1024

static TTMGraph *make(void)
{
    return ttm_graph_create(NULL, "net", TTM_DTYPE_F32);
}

static TTMNodeId input(TTMGraph *g, int64_t count)
{
    return ttm_graph_input(g, "x", TTM_SHAPE(count), TTM_DTYPE_F32);
}

/** Last position in the order at which each value is read. */
static int last_use(const TTMPlan *plan, const TTMGraph *g, TTMNodeId node)
{
    int last = -1;

    for (int i = 0; i < plan->nb_order; i++) {
        const TTMNode *n = &g->nodes[plan->order[i]];

        if (plan->order[i] == node && last < 0)
            last = i;
        for (int k = 0; k < n->nb_inputs; k++)
            if (n->input[k] >= 0 && ttm_graph_root(g, n->input[k]) == node)
                last = i;
    }
    return last;
}

/** No two values that are alive at once share a byte. */
static void assert_sound(const TTMPlan *plan, const TTMGraph *g, int64_t alignment)
{
    for (int i = 0; i < plan->nb_order; i++) {
        const TTMPlacement *a = &plan->placement[plan->order[i]];
        int64_t a_bytes = ttm_shape_count(&g->nodes[plan->order[i]].shape) * 4;

        if (a->place != TTM_PLACE_ARENA)
            continue;
        assert_int_equal(a->offset % alignment, 0);
        assert_true(a->offset + a_bytes <= (int64_t)plan->arena_bytes);
        for (int j = i + 1; j < plan->nb_order; j++) {
            const TTMPlacement *b = &plan->placement[plan->order[j]];
            int64_t b_bytes = ttm_shape_count(&g->nodes[plan->order[j]].shape) * 4;

            if (b->place != TTM_PLACE_ARENA ||
                last_use(plan, g, plan->order[i]) < j)
                continue;
            assert_true(a->offset + a_bytes <= b->offset ||
                        b->offset + b_bytes <= a->offset);
        }
    }
}

static void test_chain(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, KB / 4);
    TTMPlan *plan;

    (void)state;
    for (int i = 0; i < 10; i++)
        x = ttm_graph_scale(g, x, 2, 0);
    ttm_graph_output(g, x);
    assert_int_equal(ttm_plan_create(&plan, g, 64), 0);
    assert_int_equal(plan->nb_order, 10);
    assert_int_equal(plan->nb_inputs, 1);
    assert_int_equal(plan->nb_outputs, 1);
    assert_int_equal(plan->arena_bytes, 2 * KB);    /* two take turns */
    assert_int_equal(plan->placement[0].place, TTM_PLACE_EXTERNAL);
    assert_int_equal(plan->placement[0].offset, 0);
    assert_int_equal(plan->placement[x].place, TTM_PLACE_EXTERNAL);
    assert_int_equal(plan->placement[x].offset, 1);
    assert_sound(plan, g, 64);
    ttm_plan_free(&plan);
    assert_null(plan);
    ttm_graph_free(&g);
}

static void test_places(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, 100), y, alias, again, unused, w, never;
    TTMPlan *plan;

    (void)state;
    w      = ttm_graph_constant(g, "w", TTM_SHAPE(100), calloc(100, 4));
    never  = ttm_graph_constant(g, "v", TTM_SHAPE(50), calloc(50, 4));
    y      = ttm_graph_add(g, x, w);
    unused = ttm_graph_scale(g, y, 1, 1);
    alias  = ttm_graph_reshape(g, y, TTM_SHAPE(10, 10));
    again  = ttm_graph_reshape(g, alias, TTM_SHAPE(5, 20));
    ttm_graph_output(g, ttm_graph_scale(g, again, 3, 0));
    assert_int_equal(ttm_plan_create(&plan, g, 256), 0);
    assert_int_equal(plan->nb_order, 2);
    assert_int_equal(plan->placement[unused].place, TTM_PLACE_UNUSED);
    assert_int_equal(plan->placement[never].place, TTM_PLACE_UNUSED);
    assert_int_equal(plan->placement[w].place, TTM_PLACE_WEIGHT);
    assert_int_equal(plan->placement[alias].place, TTM_PLACE_ALIAS);
    assert_int_equal(plan->placement[again].place, TTM_PLACE_ALIAS);
    assert_int_equal(plan->placement[again].offset, y);
    assert_int_equal(plan->weight_bytes, 400);
    assert_int_equal(plan->arena_bytes, 512);
    ttm_plan_free(&plan);
    ttm_graph_free(&g);
}

/** A reshape that is used late keeps what it reshapes alive. */
static void test_alias_life(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, 64), y, alias, z;
    TTMPlan *plan;

    (void)state;
    y     = ttm_graph_scale(g, x, 2, 0);
    alias = ttm_graph_reshape(g, y, TTM_SHAPE(8, 8));
    z     = ttm_graph_scale(g, x, 3, 0);
    z     = ttm_graph_scale(g, z, 3, 0);
    z     = ttm_graph_reshape(g, z, TTM_SHAPE(8, 8));
    ttm_graph_output(g, ttm_graph_add(g, alias, z));
    assert_int_equal(ttm_plan_create(&plan, g, 16), 0);
    assert_sound(plan, g, 16);
    assert_int_equal(plan->arena_bytes, 3 * 256);
    ttm_plan_free(&plan);
    ttm_graph_free(&g);
}

/** A value reshaped as an output lives in the output's memory. */
static void test_output_alias(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, 64), y = ttm_graph_scale(g, x, 2, 0);
    TTMPlan *plan;

    (void)state;
    ttm_graph_output(g, ttm_graph_reshape(g, y, TTM_SHAPE(8, 8)));
    assert_int_equal(ttm_plan_create(&plan, g, 16), 0);
    assert_int_equal(plan->placement[y].place, TTM_PLACE_EXTERNAL);
    assert_int_equal(plan->placement[y].offset, 1);
    assert_int_equal(plan->arena_bytes, 0);
    ttm_plan_free(&plan);
    ttm_graph_free(&g);
}

/** Random graphs with long lives, as the skip connections of a U-Net have. */
static void test_random(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 30; round++) {
        TTMGraph *g = make();
        TTMNodeId values[80] = { input(g, 64) };
        size_t total = 0;
        TTMPlan *plan;

        for (int i = 1; i < 80; i++) {
            int from = i - 1;
            int64_t count = 64;

            seed = seed * 1664525u + 1013904223u;
            if (seed >> 29 == 0)
                from = (seed >> 8) % i;
            if (seed >> 30 == 1)
                count = 64 * (1 + (seed >> 12) % 9);
            values[i] = ttm_graph_scale(g, values[from], 2, 0);
            if (ttm_graph_shape(g, values[i])->dim[0] != count)
                values[i] = ttm_graph_slice(
                    g, ttm_graph_repeat(
                        g, ttm_graph_slice(g, values[i], 0, 0, 1), count),
                    0, 0, count);
            total += count * 4;
        }
        ttm_graph_output(g, values[79]);
        ttm_graph_output(g, values[40]);
        assert_int_equal(ttm_plan_create(&plan, g, 64), 0);
        assert_sound(plan, g, 64);
        assert_true(plan->arena_bytes < total / 2);
        ttm_plan_free(&plan);
        ttm_graph_free(&g);
    }
}

static void test_failed_graph(void **state)
{
    TTMGraph *g = make();
    TTMPlan *plan;

    (void)state;
    ttm_graph_output(g, 12);
    assert_int_equal(ttm_plan_create(&plan, g, 64), TTM_ERR_ARGUMENT);
    assert_null(plan);
    ttm_graph_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_alias_life),
        cmocka_unit_test(test_output_alias),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_failed_graph),
    };

    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
