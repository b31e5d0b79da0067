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

/** @file Builder of graphs: shapes that come out, mistakes that are named. */

#include "unit.h"

#include <stdlib.h>

#include "graph/build_pictures.h"
#include "graph/graph.h"

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

static TTMGraph *make(void)
{
    memset(&messages, 0, sizeof(messages));
    return ttm_graph_create(&log_to, "net", TTM_DTYPE_F32);
}

static TTMNodeId input(TTMGraph *g, const char *name, TTMShape shape)
{
    return ttm_graph_input(g, name, shape, TTM_DTYPE_F32);
}

static TTMNodeId weight(TTMGraph *g, const char *name, TTMShape shape)
{
    return ttm_graph_constant(g, name, shape,
                              calloc(ttm_shape_count(&shape), sizeof(float)));
}

static void assert_shape(const TTMGraph *g, TTMNodeId node, TTMShape shape)
{
    char text[80], wanted[80];

    assert_true(node >= 0);
    assert_string_equal(ttm_shape_string(ttm_graph_shape(g, node), text,
                                         sizeof(text)),
                        ttm_shape_string(&shape, wanted, sizeof(wanted)));
}

static void test_layers(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, "x", TTM_SHAPE(2, 9, 11, 6));
    TTMNodeId w = weight(g, "block.conv.weight", TTM_SHAPE(8, 6, 3, 3));
    TTMNodeId fc = weight(g, "fc.weight", TTM_SHAPE(10, 6));
    TTMNodeId shift = input(g, "shift", TTM_SHAPE(1, 8));
    TTMConv2d c = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    TTMNodeId y;

    (void)state;
    y = ttm_graph_conv2d(g, x, w, -1, shift, -1, &c);
    assert_shape(g, y, TTM_SHAPE(2, 9, 11, 8));
    assert_string_equal(g->nodes[y].name, "block.conv");
    c.stride = 2;
    assert_shape(g, ttm_graph_conv2d(g, x, w, -1, -1, -1, &c),
                 TTM_SHAPE(2, 5, 6, 8));
    c.pad_top = c.pad_left = 0;
    assert_shape(g, ttm_graph_conv2d(g, x, w, -1, -1, -1, &c),
                 TTM_SHAPE(2, 4, 5, 8));
    c = (TTMConv2d){ 1, 1, 1, 1, 1, 2, TTM_ACT_NONE };
    assert_shape(g, ttm_graph_conv2d(g, x, w, -1, -1, -1, &c),
                 TTM_SHAPE(2, 18, 22, 8));
    assert_shape(g, ttm_graph_linear(g, x, fc, -1, -1, TTM_ACT_SILU),
                 TTM_SHAPE(2, 9, 11, 10));
    assert_shape(g, ttm_graph_linear(g, x, fc, -1, -1, TTM_ACT_GEGLU),
                 TTM_SHAPE(2, 9, 11, 5));
    assert_shape(g, ttm_graph_group_norm(g, x, -1, -1,
                                         &(TTMGroupNorm){ 3, 2, 1e-5f, 0 }),
                 TTM_SHAPE(2, 9, 11, 6));
    assert_int_equal(g->error, 0);
    ttm_graph_free(&g);
    assert_null(g);
}

static void test_shapes(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, "x", TTM_SHAPE(3, 4, 5));
    TTMNodeId one = input(g, "one", TTM_SHAPE(1, 4, 5));
    TTMNodeId ids = ttm_graph_input(g, "ids", TTM_SHAPE(7), TTM_DTYPE_I32);
    TTMNodeId time = input(g, "time", TTM_SHAPE(1));
    TTMNodeId parts[2] = { x, one }, y;

    (void)state;
    assert_shape(g, ttm_graph_concat(g, parts, 2, 0), TTM_SHAPE(4, 4, 5));
    assert_shape(g, ttm_graph_slice(g, x, 1, 1, 2), TTM_SHAPE(3, 2, 5));
    assert_shape(g, ttm_graph_repeat(g, one, 6), TTM_SHAPE(6, 4, 5));
    assert_shape(g, ttm_graph_reshape(g, x, TTM_SHAPE(12, 5)), TTM_SHAPE(12, 5));
    assert_shape(g, ttm_graph_embedding(g, weight(g, "t", TTM_SHAPE(9, 2)), ids),
                 TTM_SHAPE(7, 2));
    assert_shape(g, ttm_graph_timestep(g, time, &(TTMTimestep){ 32, 1, 0, 1e4f }),
                 TTM_SHAPE(32));
    y = ttm_graph_fourier(g, input(g, "c", TTM_SHAPE(3, 2)), input(g, "m", TTM_SHAPE(2, 8)));
    assert_shape(g, y, TTM_SHAPE(3, 16));
    assert_shape(g, ttm_graph_product(g, x, input(g, "k", TTM_SHAPE(9, 5))),
                 TTM_SHAPE(3, 4, 9));
    y = ttm_graph_window_split(g, input(g, "w", TTM_SHAPE(2, 9, 7, 3)), 4);
    assert_shape(g, y, TTM_SHAPE(2 * 3 * 2, 4, 4, 3));
    assert_shape(g, ttm_graph_window_join(g, y, 9, 7), TTM_SHAPE(2, 9, 7, 3));
    assert_shape(g, ttm_graph_window_max(g, y, 2), TTM_SHAPE(12, 2, 2, 3));
    y = ttm_graph_add(g, x, input(g, "p", TTM_SHAPE(3, 1, 5)));
    assert_shape(g, y, TTM_SHAPE(3, 4, 5));
    assert_int_equal(g->nodes[y].add.outer, 3);
    assert_int_equal(g->nodes[y].add.middle, 4);
    assert_int_equal(g->nodes[y].add.inner, 5);
    y = ttm_graph_add(g, x, input(g, "q", TTM_SHAPE(4, 5)));
    assert_int_equal(g->nodes[y].add.middle * g->nodes[y].add.outer, 3);
    assert_int_equal(g->nodes[y].add.inner, 20);
    assert_int_equal(g->error, 0);
    ttm_graph_free(&g);
}

static TTMAttention spatial(int64_t outer, int64_t tokens, int64_t keys)
{
    return (TTMAttention){ 2, 1, outer, tokens, 1, outer, keys, 0, -1, -1, -1 };
}

static void test_attention(void **state)
{
    TTMGraph *g = make();
    TTMNodeId q = input(g, "q", TTM_SHAPE(2, 6, 8));
    TTMNodeId k = input(g, "k", TTM_SHAPE(2, 3, 8));
    TTMNodeId v = input(g, "v", TTM_SHAPE(2, 3, 4));
    TTMNodeId regions = ttm_graph_input(g, "r", TTM_SHAPE(12), TTM_DTYPE_U8);
    TTMAttention a = spatial(2, 6, 3);

    (void)state;
    assert_shape(g, ttm_graph_attention(g, q, k, v, &a), TTM_SHAPE(2, 6, 4));
    a.regions = regions;
    assert_int_equal(ttm_graph_attention(g, q, k, v, &a), TTM_NO_NODE);
    assert_contains(messages.error, "as many keys as queries");
    ttm_graph_free(&g);
}

/** Rows in the order of their regions, and back. */
static void test_sorted(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x = input(g, "x", TTM_SHAPE(3, 2, 2, 4));
    TTMNodeId w = weight(g, "w", TTM_SHAPE(4, 4));
    TTMNodeId regions = ttm_graph_input(g, "r", TTM_SHAPE(3, 4), TTM_DTYPE_U8);
    TTMNodeId order = ttm_graph_sort_regions(g, regions), y;
    TTMAttention a = spatial(1, 12, 12);

    (void)state;
    assert_shape(g, order, TTM_SHAPE(TTM_SORT_STARTS + 12));
    assert_int_equal(g->nodes[order].dtype, TTM_DTYPE_U32);
    y = ttm_graph_layer_norm_sorted(g, x, -1, -1, order, 0);
    a.regions = order;
    y = ttm_graph_attention(g, y, y, y, &a);
    assert_shape(g, ttm_graph_linear_unsorted(g, y, w, -1, x, order, 0),
                 TTM_SHAPE(3, 2, 2, 4));
    a.outer  = a.key_outer = 3;
    a.tokens = a.key_tokens = 4;
    assert_int_equal(ttm_graph_attention(g, y, y, y, &a), TTM_NO_NODE);
    assert_contains(messages.error, "need outer and inner 1");
    ttm_graph_free(&g);
}

/** Work on object ids: shapes, and what is out of range. */
static void test_masks(void **state)
{
    static const char *const wanted[] = {
        "ids must be u8 with 3 axes", "33 objects (at most 32)", "4 corners",
        "0x8 cells", "the table must be f32 with 2 axes", "not of 4",
        "boxes must be i32", "0 objects",
    };
    TTMGraph *g = make();
    TTMNodeId ids = ttm_graph_input(g, "ids", TTM_SHAPE(2, 9, 7), TTM_DTYPE_U8);
    TTMNodeId table = input(g, "table", TTM_SHAPE(4, 3)), boxes;

    (void)state;
    assert_shape(g, ttm_graph_cells(g, ids, 3, 4, 5), TTM_SHAPE(2, 4, 5));
    assert_shape(g, ttm_graph_mask_sets(g, ids, 3, 4, 5), TTM_SHAPE(2, 4, 5));
    boxes = ttm_graph_boxes(g, ids, 3);
    assert_shape(g, boxes, TTM_SHAPE(2, 3, 4));
    assert_shape(g, ttm_graph_box_sets(g, boxes, 9, 7, 4, 5), TTM_SHAPE(2, 4, 5));
    assert_shape(g, ttm_graph_paint(g, ids, table), TTM_SHAPE(2, 9, 7, 3));
    assert_shape(g, ttm_graph_nearest(g, input(g, "x", TTM_SHAPE(1, 9, 7, 3)), table),
                 TTM_SHAPE(1, 9, 7));
    assert_int_equal(g->error, 0);
    ttm_graph_free(&g);
    for (int i = 0; i < (int)(sizeof(wanted) / sizeof(wanted[0])); i++) {
        TTMNodeId x, y = 0;

        g     = make();
        ids   = ttm_graph_input(g, "ids", TTM_SHAPE(2, 9, 7), TTM_DTYPE_U8);
        boxes = ttm_graph_input(g, "boxes", TTM_SHAPE(2, 3, 5), TTM_DTYPE_I32);
        table = input(g, "table", TTM_SHAPE(4, 3));
        x     = input(g, "x", TTM_SHAPE(6, 4));
        switch (i) {
        case 0: y = ttm_graph_cells(g, x, 3, 4, 5); break;
        case 1: y = ttm_graph_cells(g, ids, 33, 4, 5); break;
        case 2: y = ttm_graph_box_sets(g, boxes, 9, 7, 4, 5); break;
        case 3: y = ttm_graph_mask_sets(g, ids, 3, 8, 0); break;
        case 4: y = ttm_graph_paint(g, ids, ids); break;
        case 5: y = ttm_graph_nearest(g, x, table); break;
        case 6: y = ttm_graph_box_sets(g, ids, 9, 7, 4, 5); break;
        case 7: y = ttm_graph_boxes(g, ids, 0); break;
        }
        assert_int_equal(y, TTM_NO_NODE);
        assert_contains(messages.error, wanted[i]);
        ttm_graph_free(&g);
    }
}

/** A picture op of one kind; up to four inputs, the first -1 ends them. */
static TTMNodeId picture(TTMGraph *g, const TTMPicture *p, TTMNodeId a,
                         TTMNodeId b, TTMNodeId c, TTMNodeId d)
{
    const TTMNodeId inputs[] = { a, b, c, d };
    int nb = 0;

    while (nb < 4 && inputs[nb] >= 0)
        nb++;
    return ttm_graph_picture(g, p, inputs, nb);
}

static void test_pictures(void **state)
{
    static const char *const wanted[] = {
        "there is no kind", "carry has 3 inputs", "carry cannot use f32",
        "carry cannot use u8", "carry cannot use f32", "resample does not fit",
        "resample does not fit", "pack does not fit",
        "compose cannot use u8 [4, 6, 6] as input 1", "values does not fit",
        "carry cannot use f32 [2, 5] as input 3",
    };

    (void)state;
    for (int i = -1; i < (int)(sizeof(wanted) / sizeof(wanted[0])); i++) {
        TTMGraph *g = make();
        TTMPicture p = { .kind = TTM_PICTURE_CARRY, .bytes = 2 };
        TTMNodeId rgb = input(g, "rgb", TTM_SHAPE(4, 6, 3)), y = 0;
        TTMNodeId seven = input(g, "seven", TTM_SHAPE(4, 6, 7));
        TTMNodeId ids = ttm_graph_input(g, "ids", TTM_SHAPE(4, 6),
                                        TTM_DTYPE_U8);
        TTMNodeId wide = ttm_graph_input(g, "wide", TTM_SHAPE(4, 7),
                                         TTM_DTYPE_U8);
        TTMNodeId bytes = ttm_graph_input(g, "bytes", TTM_SHAPE(4, 6, 3),
                                          TTM_DTYPE_U8);
        TTMNodeId deep = ttm_graph_input(g, "deep", TTM_SHAPE(4, 6, 6),
                                         TTM_DTYPE_U8);
        TTMNodeId motion = input(g, "motion", TTM_SHAPE(2, 6));
        TTMNodeId filter = input(g, "filter", TTM_SHAPE(9, 1 + 5));

        switch (i) {
        case -1:
            assert_shape(g, picture(g, &p, rgb, ids, ids, motion),
                         TTM_SHAPE(4, 6, 3));
            p.kind = TTM_PICTURE_PACK;
            y = picture(g, &p, rgb, -1, -1, -1);
            assert_shape(g, y, TTM_SHAPE(4, 6, 6));
            assert_int_equal(g->nodes[y].dtype, TTM_DTYPE_U8);
            p.kind = TTM_PICTURE_RESAMPLE;
            p.axis = 1;
            y = picture(g, &p, y, filter, -1, -1);
            assert_shape(g, y, TTM_SHAPE(4, 9, 3));
            ttm_graph_output(g, y);
            assert_int_equal(ttm_graph_finish(g), 0);
            ttm_graph_free(&g);
            continue;
        case 0: p.kind = TTM_PICTURE_NB; break;
        case 1: motion = -1; break;
        case 2: ids = rgb; break;
        case 3: ids = wide; break;
        case 4: rgb = seven; break;
        case 5: p.kind = TTM_PICTURE_RESAMPLE; p.axis = 2; break;
        case 6: p.kind = TTM_PICTURE_RESAMPLE; break;
        case 7: p.kind = TTM_PICTURE_PACK; p.bytes = 3; break;
        case 8: p.kind = TTM_PICTURE_COMPOSE; break;
        case 9: p.kind = TTM_PICTURE_VALUES; break;
        case 10: motion = input(g, "short", TTM_SHAPE(2, 5)); break;
        }
        switch (p.kind) {
        case TTM_PICTURE_RESAMPLE: y = picture(g, &p, bytes, filter, -1, -1);
            break;
        case TTM_PICTURE_PACK:     y = picture(g, &p, rgb, -1, -1, -1); break;
        case TTM_PICTURE_COMPOSE:  y = picture(g, &p, bytes, deep, -1, -1);
            break;
        case TTM_PICTURE_VALUES:   y = picture(g, &p, ids, -1, -1, -1); break;
        default:                   y = picture(g, &p, rgb, ids, ids, motion);
        }
        assert_int_equal(y, TTM_NO_NODE);
        assert_contains(messages.error, wanted[i]);
        ttm_graph_free(&g);
    }
}

/** Every mistake fails the graph, names the node, and is the only message. */
static void test_mistakes(void **state)
{
    static const char *const wanted[] = {
        "does not fit x", "larger than the padded", "missing", "residual",
        "does not repeat", "does not join", "lie outside", "must be 1",
        "cannot be seen", "heads", "two inputs", "must be a weight",
        "4 elements", "bf16, but the graph", "groups", "regions must be u8",
        "order of 4 rows", "order of 4 rows", "out of range",
        "9223372036854775807 elements from 9223372036854775807 of axis 0 lie outside",
    };
    const TTMConv2d c = { 1, 0, 0, 0, 0, 1, TTM_ACT_NONE };

    (void)state;
    for (int i = 0; i < (int)(sizeof(wanted) / sizeof(wanted[0])); i++) {
        TTMGraph *g = make();
        TTMNodeId x = input(g, "x", TTM_SHAPE(1, 2, 2, 4));
        TTMNodeId z = input(g, "z", TTM_SHAPE(3, 5));
        TTMNodeId w = weight(g, "w", TTM_SHAPE(4, 4));
        TTMNodeId w3 = weight(g, "w3", TTM_SHAPE(4, 4, 3, 3)), y = 0;
        TTMNodeId half = ttm_graph_input(g, "half", TTM_SHAPE(1, 4),
                                         TTM_DTYPE_BF16);
        TTMNodeId ids = ttm_graph_input(g, "ids", TTM_SHAPE(5), TTM_DTYPE_U8);
        TTMNodeId order = ttm_graph_sort_regions(g, ids);
        TTMAttention a = spatial(1, 4, 4);

        ttm_graph_scope(g, "scope");
        switch (i) {
        case 0:  y = ttm_graph_linear(g, z, w, -1, -1, 0); break;
        case 1:  y = ttm_graph_conv2d(g, x, w3, -1, -1, -1, &c); break;
        case 2:  y = ttm_graph_linear(g, x, -1, -1, -1, 0); break;
        case 3:  y = ttm_graph_linear(g, x, w, -1, z, 0); break;
        case 4:  y = ttm_graph_add(g, x, z); break;
        case 5:  y = ttm_graph_concat(g, (TTMNodeId[]){ x, z }, 2, 0); break;
        case 6:  y = ttm_graph_slice(g, x, 3, 3, 2); break;
        case 7:  y = ttm_graph_repeat(g, z, 2); break;
        case 8:  y = ttm_graph_reshape(g, x, TTM_SHAPE(17)); break;
        case 9:  a.heads = 3; y = ttm_graph_attention(g, x, x, x, &a); break;
        case 10: y = input(g, "x", TTM_SHAPE(1)); break;
        case 11: y = ttm_graph_linear(g, x, x, -1, -1, 0); break;
        case 12: y = ttm_graph_linear(g, x, w, w, -1, 0); break;
        case 13: y = ttm_graph_activate(g, half, TTM_ACT_SILU); break;
        case 14: y = ttm_graph_group_norm(g, x, -1, -1,
                                          &(TTMGroupNorm){ 3, 1, 0, 0 }); break;
        case 15: y = ttm_graph_sort_regions(g, x); break;
        case 16: y = ttm_graph_layer_norm_sorted(g, x, -1, -1, order, 0); break;
        case 17: y = ttm_graph_linear_unsorted(g, x, w, -1, -1, ids, 0); break;
        case 18: y = input(g, "huge", TTM_SHAPE(1LL << 40, 1LL << 40)); break;
        case 19: y = ttm_graph_slice(g, x, 0, INT64_MAX, INT64_MAX); break;
        }
        assert_int_equal(y, TTM_NO_NODE);
        assert_int_equal(g->error, TTM_ERR_ARGUMENT);
        assert_contains(messages.error, wanted[i]);
        assert_contains(messages.error, "net: ");
        /* later calls are quiet and fail too */
        messages.error[0] = 0;
        assert_int_equal(ttm_graph_scale(g, x, 1, 0), TTM_NO_NODE);
        ttm_graph_output(g, x);
        assert_int_equal(ttm_graph_finish(g), TTM_ERR_ARGUMENT);
        assert_string_equal(messages.error, "");
        ttm_graph_free(&g);
    }
}

static void test_outputs(void **state)
{
    TTMGraph *g = make();
    TTMNodeId x, y;

    (void)state;
    assert_int_equal(ttm_graph_finish(g), TTM_ERR_ARGUMENT);
    assert_contains(messages.error, "no output");
    ttm_graph_free(&g);

    g = make();
    x = input(g, "x", TTM_SHAPE(4));
    ttm_graph_scope(g, "down.0");
    y = ttm_graph_scale(g, x, 2, 0);
    assert_string_equal(g->nodes[y].name, "down.0.scale");
    ttm_graph_output(g, y);
    ttm_graph_output(g, ttm_graph_reshape(g, y, TTM_SHAPE(2, 2)));
    ttm_graph_output(g, x);
    assert_int_equal(g->nb_outputs, 3);
    assert_int_equal(g->outputs[0], y);
    /* one value has one memory: the others are copies */
    assert_int_equal(g->nodes[g->outputs[1]].op, TTM_OP_SLICE);
    assert_int_equal(g->nodes[g->outputs[2]].op, TTM_OP_SLICE);
    assert_shape(g, g->outputs[1], TTM_SHAPE(2, 2));
    assert_int_equal(ttm_graph_capture(g, "down.*.scale"), 1);
    assert_int_equal(ttm_graph_capture(g, "up*"), 0);
    assert_int_equal(g->nb_outputs, 4);
    assert_int_equal(ttm_graph_finish(g), 0);
    ttm_graph_free(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_outputs),
    };

    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
