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

/** @file Attention, and the sort of tokens by region that lets it skip pairs. */

#include <string.h>

#include "backend/vulkan/program.h"
#include "util/mem.h"

/**
 * The worklist of an order for tiles of @p tile queries, made when first asked
 * for. How many entries the regions need is known on the device only: there is
 * room for the most.
 */
static int find_worklist(TTMVkProgram *program, const TTMAttention *p, uint32_t tile,
                         TTMVkWorklist *worklist)
{
    const int64_t regions = p->tokens < TTM_VK_REGIONS ? p->tokens : TTM_VK_REGIONS;
    TTMNodeId order  = ttm_graph_root(program->graph, p->regions);
    TTMVkWorklist *w = worklist;
    TTMVkRegionsWorkPush push;
    TTMVkCall call = {
        .kernel = TTM_VK_REGIONS_WORK, .dtype = TTM_DTYPE_U32,
        .constants = { TTM_VK_REGIONS }, .nb_constants = 1, .push = &push,
        .groups = { 1, 1, 1 },
    };

    for (size_t i = 0; i < program->nb_worklists; i++) {
        *w = program->worklists[i];
        if (w->order == order && w->tile == tile)
            return 0;
    }
    *w = (TTMVkWorklist){ .order = order, .tile = tile,
                          .nb_entries = p->tokens / tile + regions };
    w->entries = ttm_vk_scratch(program, w->nb_entries * 8);
    if (ttm_array_grow(&program->worklists, &program->worklists_capacity,
                       program->nb_worklists + 1, sizeof(*program->worklists)) < 0)
        return ttm_fail(program->vk->log, TTM_ERR_MEMORY, "vulkan: out of memory");
    program->worklists[program->nb_worklists++] = *w;
    push = (TTMVkRegionsWorkPush){ tile, w->nb_entries };
    call.ranges[0] = ttm_vk_range(program, p->regions);
    call.ranges[1] = w->entries;
    call.work      = 16.0 * w->nb_entries;
    return ttm_vk_call(program, &call);
}

static enum TTMVkMask choose_mask(const TTMVkProgram *program, const TTMAttention *p)
{
    if (p->causal)
        return TTM_VK_MASK_CAUSAL;
    if (p->query_sets != TTM_NO_NODE)
        return TTM_VK_MASK_SETS;
    if (p->regions == TTM_NO_NODE)
        return TTM_VK_MASK_NONE;
    return program->graph->nodes[p->regions].dtype == TTM_DTYPE_U32 ?
           TTM_VK_MASK_SORTED : TTM_VK_MASK_REGIONS;
}

/** Dispatches of bounded work for all workgroups of @p call. */
static int call_groups(TTMVkProgram *program, TTMVkCall *call,
                       TTMVkAttentionPush *push, int64_t groups, double work)
{
    int64_t chunk = ttm_vk_chunk(program, groups, 1, work, NULL, 0, 65535);
    int ret = chunk < 0 ? chunk : 0;

    call->push = push;
    for (int64_t first = 0; first < groups && ret >= 0; first += chunk) {
        int64_t nb = groups - first < chunk ? groups - first : chunk;

        push->first     = first;
        call->groups[0] = nb;
        call->groups[1] = call->groups[2] = 1;
        call->work      = work * nb;
        ret = ttm_vk_call(program, call);
    }
    return ret;
}

/** Kernel of an attention, and how its workgroups are cut. */
typedef struct Form {
    enum TTMVkKernelId kernel;
    uint32_t queries, keys;         ///< of a workgroup, of a pass
    uint32_t constants[TTM_VK_MAX_CONSTANTS];
    int nb_constants;
} Form;

/** Matrices of a query and of its output that registers have room for. */
#define MAX_MATRICES 24

/**
 * Channels of a head that registers have room for in attention_coop2.glsl; on the
 * matrices of a subgroup, which are for tests, more compile for long.
 */
#define MAX_COOP2_DIM     192
#define MAX_SUBGROUP_DIM  40

/** Shared memory of attention_coop.comp. */
static size_t coop_shared(const TTMVk *vk, uint32_t bq, uint32_t bk,
                          uint32_t steps, uint32_t chunks)
{
    const size_t pitch_k = steps * vk->coop_k / 8 + 1;
    const size_t pitch_v = chunks * vk->coop_n / 8 + 1;
    const size_t keys_values = bk * (pitch_k + pitch_v), queries = bq * pitch_k;

    return 16 * (keys_values > queries ? keys_values : queries) + bq * (bk + 4) * 4 +
           bq * vk->coop_n * 4 + bq * 4 + bk * 4;
}

/** 1 when shared memory and, of a lane, registers hold what attention_coop.comp keeps. */
static int coop_fits(const TTMVk *vk, uint32_t bq, uint32_t bk, uint32_t steps,
                     uint32_t chunks)
{
    const uint32_t lanes = vk->subgroup_size, m = vk->coop_m;
    const uint32_t queries = steps * m * vk->coop_k / 2, sums = chunks * m * vk->coop_n;

    return coop_shared(vk, bq, bk, steps, chunks) <=
               vk->limits.maxComputeSharedMemorySize &&
           (queries + sums + m * bk) / lanes + TTM_VK_OTHER_REGISTERS <=
               vk->lane_registers;
}

/** The form on cooperative matrices; 0 when they do not serve. */
static int coop_form(const TTMVkProgram *program, const TTMAttention *p, int64_t dim,
                     int64_t value_dim, uint32_t mask, Form *form)
{
    const TTMVk *vk      = program->vk;
    const uint32_t lanes = vk->subgroup_size, m = vk->coop_m;
    uint32_t bk = 4 * vk->coop_n, bq, least, steps, chunks;
    int64_t rows;

    /* other tiers have no matrices: their sizes are 0 */
    if ((vk->tier != TTM_VK_TIER_COOP && vk->tier != TTM_VK_TIER_COOP2) ||
        program->graph->dtype != TTM_DTYPE_F16 || dim % 8 || value_dim % 8 || lanes % m)
        return 0;
    rows   = ttm_vk_ceil(p->tokens, m);
    bq     = m * (rows < 4 ? rows : 4);
    steps  = ttm_vk_ceil(dim, vk->coop_k);
    chunks = ttm_vk_ceil(value_dim, vk->coop_n);
    if (steps + chunks > MAX_MATRICES)
        return 0;
    /* a lane has 8 scores at least */
    least = 8 * (lanes / m) > 16 ? 8 * (lanes / m) : 16;
    while (bk > least && (p->key_tokens <= bk / 2 ||
                          !coop_fits(vk, bq, bk, steps, chunks)))
        bk /= 2;
    if (bk < least || !coop_fits(vk, bq, bk, steps, chunks))
        return 0;
    *form = (Form){
        TTM_VK_ATTENTION_COOP, bq, bk,
        { bq / m * lanes, bq, bk, mask, chunks, lanes, m, vk->coop_n, vk->coop_k,
          steps }, 10,
    };
    return 1;
}

/**
 * The form on matrices of VK_NV_cooperative_matrix2; 0 when they do not serve. Few
 * queries are better in the small matrices of the other extension.
 */
static int coop2_form(const TTMVkProgram *program, const TTMAttention *p, int64_t dim,
                      int64_t value_dim, uint32_t mask, Form *form)
{
    const TTMVk *vk = program->vk;
    const int64_t most = vk->has_tensors ? MAX_COOP2_DIM : MAX_SUBGROUP_DIM;
    const TTMVkFlexible *f = vk->flexible;
    uint32_t bq, bk, padded, padded_value;

    if (vk->tier != TTM_VK_TIER_COOP2 || program->graph->dtype != TTM_DTYPE_F16 ||
        dim % 8 || value_dim % 8 || value_dim > most || dim > most)
        return 0;
    for (int i = 1; i < vk->nb_flexible; i++)   /* the smallest workgroup */
        if (vk->flexible[i].threads < f->threads)
            f = &vk->flexible[i];
    /* Mesa 26.1 adds up the first row of a subgroup's matrices only */
    bq = vk->has_tensors ? 64 : f->m;
    bk = vk->has_tensors && value_dim <= 96 && p->key_tokens > 32 ? 64 :
         vk->has_tensors ? 32 : 16;
    padded       = ttm_vk_ceil(dim, f->k) * f->k;
    padded_value = ttm_vk_ceil(value_dim, f->n) * f->n;
    if (p->tokens <= bq / 4 || bq % f->m || bk % f->n || bk % f->k ||
        bq > vk->flexible_most || bk > vk->flexible_most ||
        padded > vk->flexible_most || padded_value > vk->flexible_most)
        return 0;
    *form = (Form){
        vk->has_tensors ? TTM_VK_ATTENTION_COOP2 : TTM_VK_ATTENTION_COOP2_SUBGROUP,
        bq, bk, { f->threads, bq, bk, mask, padded_value / 8, padded }, 6,
    };
    return 1;
}

static Form choose_form(const TTMVkProgram *program, const TTMAttention *p,
                        int64_t dim, int64_t value_dim, uint32_t mask)
{
    const uint32_t lanes = program->vk->subgroup_size;
    const int small      = p->tokens <= 16 || value_dim > 160;
    Form form;

    if (coop2_form(program, p, dim, value_dim, mask, &form) ||
        coop_form(program, p, dim, value_dim, mask, &form))
        return form;
    if (program->vk->tier == TTM_VK_TIER_SOFT && dim % 4 == 0 &&
        value_dim % 4 == 0 && value_dim <= 512)
        form = (Form){ TTM_VK_ATTENTION_SOFT, 8, 4 * lanes,
                       { lanes, 8, 4 * lanes, mask, ttm_vk_ceil(value_dim, 4 * lanes) } };
    else
        form = (Form){ TTM_VK_ATTENTION, small ? 16 : 32, p->key_tokens <= 16 ? 16 : 32,
                       { 128, small ? 16 : 32, p->key_tokens <= 16 ? 16 : 32, mask,
                         ttm_vk_ceil(value_dim, 32) } };
    form.nb_constants = 5;
    return form;
}

/**
 * Iterations of a thread's loops, see TTM_VK_MAX_LOOPS. The number for a tile of
 * keys is an upper bound, measured on Mesa 22.3.
 */
static int64_t count_loops(const TTMVk *vk, const Form *form, int64_t keys,
                           int64_t dim, int64_t value_dim)
{
    const int64_t lanes = vk->subgroup_size;
    const int64_t loops =
        form->kernel == TTM_VK_ATTENTION_SOFT ? dim / 4 + 4 * (lanes + 2) + 8 :
        form->kernel == TTM_VK_ATTENTION_COOP ? (dim + value_dim) / 8 + form->keys + 20 :
        form->kernel == TTM_VK_ATTENTION_COOP2_SUBGROUP ?
        form->keys * (dim + value_dim) / lanes + 2 * form->keys + 20 :
        dim + 20 * ttm_vk_ceil(dim, 32) + 40 * ttm_vk_ceil(value_dim, 32) +
        form->keys + 8;

    return ttm_vk_ceil(keys, form->keys) * loops;
}

int ttm_vk_op_attention(TTMVkProgram *program)
{
    const TTMNode *node   = program->node;
    const TTMAttention *p = &node->attention;
    const TTMShape *qs    = &ttm_vk_input(program, 0)->shape;
    const TTMShape *vs    = &ttm_vk_input(program, 2)->shape;
    const size_t size     = ttm_dtype_size(program->graph->dtype);
    const int64_t width   = qs->dim[qs->rank - 1];
    const int64_t value_width = vs->dim[vs->rank - 1];
    const int64_t dim = width / p->heads, value_dim = value_width / p->heads;
    const enum TTMVkMask mask = choose_mask(program, p);
    const int split_keys = p->key_outer > 1;
    const TTMVkRange q = ttm_vk_range(program, node->input[0]);
    const TTMVkRange k = ttm_vk_range(program, node->input[1]);
    const TTMVkRange v = ttm_vk_range(program, node->input[2]);
    const TTMVkRange y = ttm_vk_range(program, node - program->graph->nodes);
    const TTMVkRange sets = ttm_vk_range(program, mask == TTM_VK_MASK_SETS ?
                                         p->query_sets : p->regions);
    const int64_t queries = p->tokens * p->inner, keys = p->key_tokens * p->inner;
    const size_t strides[] = {
        queries * width * size, split_keys * keys * width * size,
        split_keys * keys * value_width * size, queries * value_width * size,
        mask == TTM_VK_MASK_SETS ? queries * 4 : 0,
    };
    const Form form   = choose_form(program, p, dim, value_dim, mask);
    const double work = 2.0 * form.queries * p->key_tokens * (dim + value_dim);
    const int sorted  = mask == TTM_VK_MASK_SORTED;
    int64_t tiles     = ttm_vk_ceil(p->tokens, form.queries);
    TTMVkWorklist worklist;
    TTMVkCall call = {
        .kernel = form.kernel, .dtype = program->graph->dtype,
        .nb_constants = form.nb_constants,
    };
    int64_t chunk;
    int ret = 0;

    memcpy(call.constants, form.constants, sizeof(call.constants));
    call.loops = count_loops(program->vk, &form, p->key_tokens, dim, value_dim);
    if (sorted) {
        ret   = find_worklist(program, p, form.queries, &worklist);
        tiles = worklist.nb_entries;
    }
    if (ret < 0)
        return ret;
    /* masks of regions are indexed by the whole, so they are not split */
    chunk = p->regions != TTM_NO_NODE ? p->outer :
            ttm_vk_chunk(program, p->outer, 1, 0, strides, 5, p->outer);
    if (chunk < 0)
        return chunk;
    for (int64_t first = 0; first < p->outer && ret >= 0; first += chunk) {
        int64_t nb = p->outer - first < chunk ? p->outer - first : chunk;
        TTMVkAttentionPush push = {
            .tokens = p->tokens, .key_tokens = p->key_tokens, .inner = p->inner,
            .keys_per_outer = split_keys ? keys : 0, .heads = p->heads,
            .dim = dim, .value_dim = value_dim, .query_tiles = tiles,
            .scale = p->scale,
        };

        call.ranges[0] = ttm_vk_part(q, strides[0], first, nb);
        call.ranges[1] = split_keys ? ttm_vk_part(k, strides[1], first, nb) : k;
        call.ranges[2] = split_keys ? ttm_vk_part(v, strides[2], first, nb) : v;
        call.ranges[3] = strides[4] ? ttm_vk_part(sets, strides[4], first, nb) : sets;
        call.ranges[4] = ttm_vk_range(program, p->key_sets);
        call.ranges[5] = sorted ? worklist.entries : TTM_VK_ABSENT;
        call.ranges[6] = sorted ? sets : TTM_VK_ABSENT;
        call.ranges[7] = ttm_vk_part(y, strides[3], first, nb);
        ret = call_groups(program, &call, &push,
                          nb * p->inner * p->heads * tiles, work);
    }
    return ret;
}
