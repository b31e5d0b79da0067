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

/** @file Cases of linear layers, convolutions and norms. */

#include <math.h>

#include "cases.h"

static TTMNodeId build_linear(CaseGraph *g, const int64_t *p)
{
    const int64_t m = p[0], k = p[1], n = p[2];
    int64_t out     = p[3] == TTM_ACT_GEGLU ? n / 2 : n;
    TTMNodeId x = case_input(g, TTM_SHAPE(m, k), 1);
    TTMNodeId w = case_weight(g, TTM_SHAPE(n, k), 1 / sqrt(k), 0);
    TTMNodeId b = p[4] ? case_weight(g, TTM_SHAPE(n), 0.5, 0) : TTM_NO_NODE;
    TTMNodeId r = p[5] ? case_input(g, TTM_SHAPE(m, out), 1) : TTM_NO_NODE;

    return ttm_graph_linear(g->graph, x, w, b, r, p[3]);
}

static double linear_operations(const int64_t *p)
{
    return 2.0 * p[0] * p[1] * p[2];
}

static const int64_t linear_rows[][CASE_MAX_PARAMETERS] = {
    /* m, k, n, activation, bias, residual */
    {    1,    1,    1, TTM_ACT_NONE, 0, 0 },
    {    1,    7,    3, TTM_ACT_NONE, 1, 0 },
    {    1,  320, 1280, TTM_ACT_SILU, 1, 0 },
    {    2,   33,   65, TTM_ACT_GELU, 1, 1 },
    {   77,   64,   64, TTM_ACT_QUICK_GELU, 1, 0 },
    {   77,   64,   64, TTM_ACT_GELU_TANH, 0, 1 },
    {   13,  100,   17, TTM_ACT_RELU, 1, 1 },
    {   13,  100,   17, TTM_ACT_TANH, 1, 0 },
    {  100,   40,   10, TTM_ACT_GEGLU, 1, 0 },
    {  100,   40,  160, TTM_ACT_GEGLU, 0, 1 },
    {    1,   40,   22, TTM_ACT_GEGLU, 1, 1 },
    {  129,  160,  161, TTM_ACT_NONE, 1, 1 },
    {  512,  512,  512, TTM_ACT_NONE, 0, 1 },
    { 1024,  320,  320, TTM_ACT_NONE, 1, 1 },
    { 4096,  320, 2560, TTM_ACT_GEGLU, 1, 0 },
    { 4096, 1280,  320, TTM_ACT_NONE, 1, 1 },
    { 4096,  320,  320, TTM_ACT_NONE, 0, 0 },
    { 2048, 2048, 2048, TTM_ACT_NONE, 0, 0 },
    { 1024, 640, 5120, TTM_ACT_GEGLU, 1, 0 },
};

const CaseOp case_linear = {
    "linear", { "m", "k", "n", "act", "bias", "res" }, build_linear,
    linear_operations,
    { { 1e-11, 2e-5 }, { 5e-7, 2e-3 }, { 2e-5, 1.5e-2 } },
    CASE_ROWS(linear_rows, 5)
};

static TTMNodeId build_conv2d(CaseGraph *g, const int64_t *p)
{
    const int64_t n = p[0], h = p[1], w = p[2], in = p[3], out = p[4], k = p[5];
    const int pad = k / 2, low = p[8] ? 0 : pad;
    TTMConv2d c = { p[6], low, low, pad, pad, p[7], p[9] };
    int64_t oh = (h * p[7] + low + pad - k) / p[6] + 1;
    int64_t ow = (w * p[7] + low + pad - k) / p[6] + 1;
    TTMNodeId x = case_input(g, TTM_SHAPE(n, h, w, in), 1);
    TTMNodeId weight = case_weight(g, TTM_SHAPE(out, in, k, k),
                                   1 / sqrt(in * k * k), 0);
    TTMNodeId b = p[10] ? case_weight(g, TTM_SHAPE(out), 0.5, 0) : TTM_NO_NODE;
    TTMNodeId s = p[11] ? case_input(g, TTM_SHAPE(1, out), 0.5) : TTM_NO_NODE;
    TTMNodeId r = p[12] ? case_input(g, TTM_SHAPE(n, oh, ow, out), 1)
                        : TTM_NO_NODE;

    return ttm_graph_conv2d(g->graph, x, weight, b, s, r, &c);
}

static double conv2d_operations(const int64_t *p)
{
    return 2.0 * p[0] * p[1] * p[2] * p[7] * p[7] / (p[6] * p[6]) * p[3] * p[4] *
           p[5] * p[5];
}

static const int64_t conv2d_rows[][CASE_MAX_PARAMETERS] = {
    /* frames, h, w, in, out, kernel, stride, up, asymmetric, act, bias, shift, residual */
    { 1,  1,  1,   1,   1, 1, 1, 1, 0, TTM_ACT_NONE, 0, 0, 0 },
    { 1,  1,  1,   3,   5, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 2,  5,  7,   4,  32, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 2,  9,  7,  32,   4, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1, 17, 13,   3,  64, 3, 1, 1, 0, TTM_ACT_RELU, 1, 0, 1 },
    { 3,  8,  8,  12,  24, 3, 1, 1, 0, TTM_ACT_SILU, 1, 1, 1 },
    { 2,  9, 11,  17,  19, 3, 1, 1, 0, TTM_ACT_NONE, 0, 1, 0 },
    { 2,  8, 10,  32,  32, 3, 2, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 2,  9, 11,  32,  48, 3, 2, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1,  8, 10,  16,  16, 3, 2, 1, 1, TTM_ACT_NONE, 1, 0, 0 },
    { 1,  9, 11,  16,  16, 3, 2, 1, 1, TTM_ACT_RELU, 0, 0, 0 },
    { 2,  5,  6,  32,  32, 3, 1, 2, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1,  1,  1,   8,  16, 3, 1, 2, 0, TTM_ACT_SILU, 1, 1, 0 },
    { 1,  3,  5,  10,  14, 3, 1, 2, 0, TTM_ACT_RELU, 1, 0, 1 },
    { 1,  3,  5,  10,  14, 1, 1, 2, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1,  6,  6,  10,  14, 3, 2, 2, 0, TTM_ACT_NONE, 0, 0, 0 },
    { 2, 16, 16,  64,  32, 1, 1, 1, 0, TTM_ACT_NONE, 1, 0, 1 },
    { 1,  8,  8,  16,  16, 5, 1, 1, 0, TTM_ACT_TANH, 1, 0, 0 },
    { 2, 32, 32,  64,  64, 3, 1, 1, 0, TTM_ACT_SILU, 1, 1, 1 },
    { 1, 64, 64, 320, 320, 3, 1, 1, 0, TTM_ACT_NONE, 1, 1, 1 },
    { 1, 32, 32, 640, 640, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 8, 32, 32, 128, 128, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1, 32, 32, 640, 640, 3, 1, 2, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1, 64, 64, 320, 320, 3, 2, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1, 128, 128, 128, 128, 3, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
    { 1, 64, 64, 640, 320, 1, 1, 1, 0, TTM_ACT_NONE, 1, 0, 0 },
};

const CaseOp case_conv2d = {
    "conv2d",
    { "f", "h", "w", "in", "out", "k", "stride", "up", "asym", "act", "bias",
      "shift", "res" }, build_conv2d, conv2d_operations,
    { { 1e-11, 3e-5 }, { 5e-7, 2e-3 }, { 1.2e-5, 2e-2 } },
    CASE_ROWS(conv2d_rows, 7)
};

static TTMNodeId build_group_norm(CaseGraph *g, const int64_t *p)
{
    const TTMGroupNorm norm = { p[3], p[4], 1e-5f, p[5] };
    TTMNodeId x = case_input(g, TTM_SHAPE(p[0], p[1], p[2]), 1);
    TTMNodeId w = p[6] ? case_weight(g, TTM_SHAPE(p[2]), 0.3, 1) : TTM_NO_NODE;
    TTMNodeId b = p[6] ? case_weight(g, TTM_SHAPE(p[2]), 0.3, 0) : TTM_NO_NODE;

    return ttm_graph_group_norm(g->graph, ttm_graph_scale(g->graph, x, 3, p[7]),
                                w, b, &norm);
}

static double norm_operations(const int64_t *p)
{
    return 8.0 * p[0] * p[1] * p[2];
}

static const int64_t group_norm_rows[][CASE_MAX_PARAMETERS] = {
    /* frames, positions, channels, groups, pool, activation, affine, mean */
    { 1,    1,   1,  1, 1, TTM_ACT_NONE, 1, 0 },
    { 1,    1,  32, 32, 1, TTM_ACT_SILU, 1, 0 },
    { 1,    1,  64, 32, 1, TTM_ACT_SILU, 1, 2 },
    { 2,   35,  12,  4, 1, TTM_ACT_NONE, 1, 5 },
    { 4,   35,  40,  8, 2, TTM_ACT_SILU, 1, -3 },
    { 4,   64,  96, 32, 4, TTM_ACT_NONE, 0, 0 },
    { 3,  100, 130,  2, 3, TTM_ACT_SILU, 1, 1 },
    { 2,  257,  64,  1, 1, TTM_ACT_NONE, 1, 0 },
    { 2, 1024, 320, 32, 1, TTM_ACT_SILU, 1, 100 },
    { 1, 4096, 320, 32, 1, TTM_ACT_SILU, 1, 0 },
    { 16, 1024, 128, 32, 16, TTM_ACT_NONE, 1, 0 },
};

const CaseOp case_group_norm = {
    "group_norm",
    { "f", "pos", "c", "groups", "pool", "act", "affine", "mean" },
    build_group_norm, norm_operations,
    { { 1e-9, 2e-4 }, { 2e-6, 6e-3 }, { 1e-5, 1.5e-2 } },
    CASE_ROWS(group_norm_rows, 2)
};

static TTMNodeId build_layer_norm(CaseGraph *g, const int64_t *p)
{
    TTMNodeId x = case_input(g, TTM_SHAPE(p[0], p[1]), 1);
    TTMNodeId w = p[2] ? case_weight(g, TTM_SHAPE(p[1]), 0.3, 1) : TTM_NO_NODE;
    TTMNodeId b = p[2] && !p[4] ? case_weight(g, TTM_SHAPE(p[1]), 0.3, 0) : TTM_NO_NODE;

    x = ttm_graph_scale(g->graph, x, 2, p[3]);
    return p[4] ? ttm_graph_rms_norm(g->graph, x, w, 1e-24f) :
                  ttm_graph_layer_norm(g->graph, x, w, b, 1e-5f);
}

static double layer_norm_operations(const int64_t *p)
{
    return 8.0 * p[0] * p[1];
}

static const int64_t layer_norm_rows[][CASE_MAX_PARAMETERS] = {
    /* rows, channels, affine, mean, whether it stays */
    {    1,    1, 1, 0 },
    {    1,   17, 1, 3 },
    {   77,  768, 1, 0 },
    {  100,  320, 0, -2 },
    {    3, 1280, 1, 50 },
    {    5,   33, 1, 0 },
    {    1,    1, 1, 2, 1 },
    {   77,    3, 1, 0, 1 },
    {  100,  384, 1, -2, 1 },
    {    7, 1280, 0, 5, 1 },
    { 16384, 128, 1, 0 },
    { 4096,  320, 1, 0 },
};

const CaseOp case_layer_norm = {
    "layer_norm", { "rows", "c", "affine", "mean", "rms" }, build_layer_norm,
    layer_norm_operations,
    { { 1e-9, 1e-4 }, { 2e-6, 6e-3 }, { 2e-5, 1.5e-2 } },
    CASE_ROWS(layer_norm_rows, 2)
};
