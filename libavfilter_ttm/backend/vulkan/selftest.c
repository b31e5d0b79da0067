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
 * Self-test of a tier when a device is opened: a linear layer, a convolution and
 * an attention with ragged edges, and a gated layer of whole tiles, compared with
 * the host's own arithmetic. Drivers have bugs, most of all in the youngest
 * extensions.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/vulkan/program.h"

#define ROWS      120       /* nearly one large tile */
#define COLUMNS   152
#define DEPTH     72
#define GATED_ROWS  128     /* whole tiles, but for the last columns */
#define GATED_WIDTH 160
#define GATED_DEPTH 128
#define HEIGHT    9
#define WIDTH     7
#define IN        16
#define OUT       24
#define PATCH     (3 * 3 * IN)
#define TOKENS    75        /* more than one pass over the keys */
#define HEADS     2
#define DIM       40
#define TENSORS   8         /* four inputs, four outputs */

/** Values, and what must come out. */
typedef struct SelfTest {
    float x[ROWS * DEPTH], weight[COLUMNS * DEPTH], bias[COLUMNS];
    float gated_x[GATED_ROWS * GATED_DEPTH];
    float gated_weight[2 * GATED_WIDTH * GATED_DEPTH];
    float image[HEIGHT * WIDTH * IN], kernel[OUT * PATCH], kernel_bias[OUT];
    float tokens[TOKENS * HEADS * DIM];
    float linear[ROWS * COLUMNS], gated[GATED_ROWS * GATED_WIDTH];
    float conv[HEIGHT * WIDTH * OUT];
    float attention[TOKENS * HEADS * DIM];
    float result[GATED_ROWS * GATED_WIDTH];     /* the largest */
} SelfTest;

/** Multiples of 1/8 from -1 to 1, which every type holds exactly. */
static void fill(float *data, size_t count, uint32_t *state)
{
    for (size_t i = 0; i < count; i++) {
        *state  = *state * 1664525u + 1013904223u;
        data[i] = (float)((int)(*state >> 24) % 17 - 8) / 8;
    }
}

static void expect_linear(SelfTest *t)
{
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            float sum = t->bias[j];

            for (int k = 0; k < DEPTH; k++)
                sum += t->x[i * DEPTH + k] * t->weight[j * DEPTH + k];
            t->linear[i * COLUMNS + j] = sum;
        }
}

/** GEGLU: the second half of the columns are the gates of the first. */
static void expect_gated(SelfTest *t)
{
    for (int i = 0; i < GATED_ROWS; i++)
        for (int j = 0; j < GATED_WIDTH; j++) {
            const float *x      = t->gated_x + i * GATED_DEPTH;
            const float *weight = t->gated_weight + j * GATED_DEPTH;
            float value = 0, gate = 0;

            for (int k = 0; k < GATED_DEPTH; k++) {
                value += x[k] * weight[k];
                gate  += x[k] * weight[GATED_WIDTH * GATED_DEPTH + k];
            }
            t->gated[i * GATED_WIDTH + j] = value * 0.5f * gate *
                                            (1 + erff(gate * 0.70710678f));
        }
}

/** 3x3, padded by one; the kernel is [OUT, IN, 3, 3]. */
static void expect_conv(SelfTest *t)
{
    for (int at = 0; at < HEIGHT * WIDTH; at++)
        for (int o = 0; o < OUT; o++) {
            float sum = t->kernel_bias[o];

            for (int tap = 0; tap < 9; tap++) {
                int y = at / WIDTH + tap / 3 - 1, x = at % WIDTH + tap % 3 - 1;

                if (y < 0 || x < 0 || y >= HEIGHT || x >= WIDTH)
                    continue;
                for (int c = 0; c < IN; c++)
                    sum += t->image[(y * WIDTH + x) * IN + c] *
                           t->kernel[(o * IN + c) * 9 + tap];
            }
            t->conv[at * OUT + o] = sum;
        }
}

/** The tokens are queries, keys and values alike. */
static void expect_attention(SelfTest *t, float scale)
{
    for (int at = 0; at < TOKENS * HEADS; at++) {
        const int head   = at % HEADS;
        const float *q   = t->tokens + at * DIM;
        float *out       = t->attention + at * DIM;
        float score[TOKENS], most = -INFINITY, total = 0;

        for (int j = 0; j < TOKENS; j++) {
            const float *k = t->tokens + (j * HEADS + head) * DIM;

            score[j] = 0;
            for (int d = 0; d < DIM; d++)
                score[j] += q[d] * k[d] * scale;
            most = fmaxf(most, score[j]);
        }
        memset(out, 0, DIM * sizeof(*out));
        for (int j = 0; j < TOKENS; j++)
            total += score[j] = expf(score[j] - most);
        for (int j = 0; j < TOKENS; j++)
            for (int d = 0; d < DIM; d++)
                out[d] += score[j] / total * t->tokens[(j * HEADS + head) * DIM + d];
    }
}

static TTMGraph *make_graph(TTMBackend *backend, const SelfTest *t)
{
    const TTMConv2d conv = { 1, 1, 1, 1, 1, 1, TTM_ACT_NONE };
    const TTMAttention attention = {
        .heads = HEADS, .scale = 1, .outer = 1, .tokens = TOKENS, .inner = 1,
        .key_outer = 1, .key_tokens = TOKENS, .regions = TTM_NO_NODE,
        .query_sets = TTM_NO_NODE, .key_sets = TTM_NO_NODE,
    };
    const enum TTMDType type = backend->precision;
    TTMGraph *g = ttm_graph_create(backend->log, "self-test", type);
    TTMNodeId x = ttm_graph_input(g, "x", TTM_SHAPE(ROWS, DEPTH), type);
    TTMNodeId gated  = ttm_graph_input(g, "gated", TTM_SHAPE(GATED_ROWS, GATED_DEPTH),
                                       type);
    TTMNodeId image  = ttm_graph_input(g, "image", TTM_SHAPE(1, HEIGHT, WIDTH, IN),
                                       type);
    TTMNodeId tokens = ttm_graph_input(g, "tokens", TTM_SHAPE(TOKENS, HEADS * DIM),
                                       type);
    TTMNodeId weight = ttm_graph_weight(g, "linear.weight", TTM_SHAPE(COLUMNS, DEPTH),
                                        t->weight, TTM_DTYPE_F32);
    TTMNodeId bias   = ttm_graph_weight(g, "linear.bias", TTM_SHAPE(COLUMNS),
                                        t->bias, TTM_DTYPE_F32);

    ttm_graph_output(g, ttm_graph_linear(g, x, weight, bias, TTM_NO_NODE,
                                         TTM_ACT_NONE));
    weight = ttm_graph_weight(g, "gated.weight", TTM_SHAPE(2 * GATED_WIDTH, GATED_DEPTH),
                              t->gated_weight, TTM_DTYPE_F32);
    ttm_graph_output(g, ttm_graph_linear(g, gated, weight, TTM_NO_NODE, TTM_NO_NODE,
                                         TTM_ACT_GEGLU));
    weight = ttm_graph_weight(g, "conv.weight", TTM_SHAPE(OUT, IN, 3, 3), t->kernel,
                              TTM_DTYPE_F32);
    bias   = ttm_graph_weight(g, "conv.bias", TTM_SHAPE(OUT), t->kernel_bias,
                              TTM_DTYPE_F32);
    ttm_graph_output(g, ttm_graph_conv2d(g, image, weight, bias, TTM_NO_NODE,
                                         TTM_NO_NODE, &conv));
    ttm_graph_output(g, ttm_graph_attention(g, tokens, tokens, tokens, &attention));
    return g;
}

/** 1 when @p result is what a device in this precision must give. */
static int agrees(const float *result, const float *expected, size_t count,
                  enum TTMDType type)
{
    const float limit = type == TTM_DTYPE_F16  ? 4e-3f :
                        type == TTM_DTYPE_BF16 ? 3.2e-2f : 1e-4f;

    for (size_t i = 0; i < count; i++)
        if (!(fabsf(result[i] - expected[i]) <= limit * (1 + fabsf(expected[i]))))
            return 0;
    return 1;
}

/** 1 when the current tier computes what it should, 0 when not, or an error. */
static int test_tier(TTMBackend *backend, SelfTest *t, const char **wrong)
{
    struct {
        const char *name;
        float *data;
        TTMShape shape;
    } tensors[TENSORS] = {
        { "", t->x, TTM_SHAPE(ROWS, DEPTH) },
        { "", t->gated_x, TTM_SHAPE(GATED_ROWS, GATED_DEPTH) },
        { "", t->image, TTM_SHAPE(1, HEIGHT, WIDTH, IN) },
        { "", t->tokens, TTM_SHAPE(TOKENS, HEADS * DIM) },
        { "linear layers", t->linear, TTM_SHAPE(ROWS, COLUMNS) },
        { "gated linear layers", t->gated, TTM_SHAPE(GATED_ROWS, GATED_WIDTH) },
        { "convolutions", t->conv, TTM_SHAPE(1, HEIGHT, WIDTH, OUT) },
        { "attention", t->attention, TTM_SHAPE(TOKENS, HEADS * DIM) },
    };
    TTMTensor external[TENSORS] = { { NULL } };
    TTMGraph *graph     = make_graph(backend, t);
    TTMProgram *program = NULL;
    TTMPlan *plan       = NULL;
    int ret = ttm_program_create(backend, graph, &program, &plan), good = 1;

    for (int i = 0; i < TENSORS && ret >= 0; i++) {
        ret = ttm_tensor_create(backend, &external[i], tensors[i].shape,
                                backend->precision);
        if (ret >= 0 && i < TENSORS / 2)
            ret = ttm_tensor_write(backend, &external[i], tensors[i].data,
                                   TTM_DTYPE_F32);
    }
    if (ret >= 0)
        ret = ttm_program_run(backend, program, external, TENSORS);
    for (int i = TENSORS / 2; i < TENSORS && ret >= 0 && good; i++) {
        ret  = ttm_tensor_read(backend, &external[i], t->result, TTM_DTYPE_F32);
        good = ret >= 0 && agrees(t->result, tensors[i].data,
                                  ttm_shape_count(&tensors[i].shape),
                                  backend->precision);
        *wrong = tensors[i].name;
    }
    for (int i = 0; i < TENSORS; i++)
        if (external[i].buffer)
            ttm_tensor_free(backend, &external[i]);
    ttm_program_free(backend, &program);
    ttm_plan_free(&plan);
    ttm_graph_free(&graph);
    return ret < 0 ? ret : good;
}

int ttm_vk_self_test(TTMBackend *backend)
{
    TTMVk *vk    = backend->private_data;
    SelfTest *t  = malloc(sizeof(*t));
    int busy     = vk->busy_groups, ret;
    uint32_t seed = 1;

    if (!t)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    fill(t->x, sizeof(t->x) / sizeof(float), &seed);
    fill(t->weight, sizeof(t->weight) / sizeof(float), &seed);
    fill(t->bias, COLUMNS, &seed);
    fill(t->gated_x, sizeof(t->gated_x) / sizeof(float), &seed);
    fill(t->gated_weight, sizeof(t->gated_weight) / sizeof(float), &seed);
    fill(t->image, sizeof(t->image) / sizeof(float), &seed);
    fill(t->kernel, sizeof(t->kernel) / sizeof(float), &seed);
    fill(t->kernel_bias, OUT, &seed);
    fill(t->tokens, sizeof(t->tokens) / sizeof(float), &seed);
    expect_linear(t);
    expect_gated(t);
    expect_conv(t);
    expect_attention(t, 1);
    vk->busy_groups = 1;    /* the tiles of large matrices */
    for (;;) {
        const char *wrong = "programs";

        ret = test_tier(backend, t, &wrong);
        if (ret > 0 && vk->tier == TTM_VK_TIER_COOP2) {
            /* what does not pay there is done as on the matrices of a subgroup */
            vk->tier = TTM_VK_TIER_COOP;
            ret      = test_tier(backend, t, &wrong);
            vk->tier = TTM_VK_TIER_COOP2;
        }
        if (ret > 0)
            break;
        /* a driver that fails to compile or run a tier is as bad */
        vk->tiers &= ~(1u << vk->tier);
        if (!vk->tiers) {
            ret = ttm_fail(backend->log, TTM_ERR_DEVICE, "vulkan: %s computes wrong "
                           "results in the start-up test (%s, %s kernels): update "
                           "its driver (%s), or use device=cpu", vk->name, wrong,
                           ttm_vk_tier_name(vk->tier), vk->driver);
            break;
        }
        ttm_log(backend->log, TTM_LOG_WARNING, "vulkan: the %s kernels of %s fail "
                "the start-up test (%s) and are not used; driver %s",
                ttm_vk_tier_name(vk->tier), vk->name, wrong, vk->driver);
        vk->tier = ttm_vk_tier_best(vk);
    }
    vk->busy_groups = busy;
    free(t);
    return ret < 0 ? ret : 0;
}
