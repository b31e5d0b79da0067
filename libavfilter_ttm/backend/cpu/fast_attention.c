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
 * Attention in blocks of queries and keys with a running softmax (Milakov and
 * Gimelshein, "Online normalizer calculation for softmax", 2018; the blocking
 * of FlashAttention, Dao et al. 2022). Scores never leave the cache; sums and
 * softmax are f32 whatever the tensors are.
 *
 * A job is one segment and one head. With many jobs each is done by one worker,
 * who also packs its keys and values; with few, all workers pack for a batch of
 * jobs and then share the blocks of queries.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/convert.h"
#include "backend/cpu/fast.h"
#include "backend/cpu/fast_math.h"
#include "backend/cpu/gemm.h"
#include "backend/cpu/lanes.h"
#include "backend/cpu/segments.h"
#include "util/mem.h"

/** Queries in a block: a multiple of TTM_GEMM_ROWS. */
#define QUERIES 48
/** Keys in a block: a multiple of TTM_GEMM_WIDTH. */
#define KEYS 512
/** Floats of packed keys and values that a batch of jobs may take. */
#define BATCH_FLOATS (6 << 20)
/** Jobs a worker from which on each is done by one worker. */
#define MANY_JOBS 12
/** Above this head size the compiler's stack buffers would not do. */
#define MAX_HEAD 1024

typedef struct State {
    TTMSegments segments;
    void *masks;                ///< copy of the masks that segments were made of
    size_t mask_bytes;
    int built;
    int64_t batch_floats;       ///< memory for packed keys and values
} State;

/** What the tasks of one run share. */
typedef struct Attention {
    const TTMCpuStep *step;
    const TTMSegments *segments;
    enum TTMDType dtype;
    int64_t q_stride, v_stride;         ///< elements of a row of q, k and of v
    int64_t d, dv, dv_columns;
    float *pack;                        ///< of the batch, or of all workers
    int64_t pack_floats;                ///< of one worker
    float *tiles;
    int64_t tile_floats;                ///< of one worker
    int64_t first_job, nb_jobs;         ///< of the batch
    int64_t *pack_at;                   ///< offset of each job of the batch
    int64_t *block_at;                  ///< first block of each, nb_jobs + 1
} Attention;

static int64_t job_floats(const Attention *a, const TTMSegment *segment)
{
    return ttm_gemm_columns(segment->nb_keys) * a->d +
           segment->nb_keys * a->dv_columns;
}

static const TTMSegment *job_segment(const Attention *a, int64_t job)
{
    return &a->segments->segment[job / a->step->node->attention.heads];
}

static int64_t job_head(const Attention *a, int64_t job)
{
    return job % a->step->node->attention.heads;
}

/** Pack keys [begin, end) of a job; begin is a multiple of the panel width. */
static void pack_keys(const Attention *a, int64_t job, float *pack, float *rows,
                      int64_t begin, int64_t end)
{
    const TTMSegment *s = job_segment(a, job);
    const int32_t *keys = a->segments->keys + s->key;
    const int64_t head  = job_head(a, job);
    float *values       = pack + ttm_gemm_columns(s->nb_keys) * a->d;

    for (int64_t k = begin; k < end; k += TTM_GEMM_WIDTH) {
        int width     = ttm_gemm_panel(s->nb_keys, k);
        int64_t count = ttm_min64(TTM_GEMM_WIDTH, end - k);

        for (int64_t j = 0; j < count; j++)
            ttm_cpu_load_row(rows + j * a->d, a->step->in[1], a->dtype,
                             keys[k + j] * a->q_stride + head * a->d, a->d);
        ttm_gemm_pack_rows(pack + k * a->d, width, rows, a->d, count, a->d);
    }
    for (int64_t k = begin; k < end; k++) {
        ttm_cpu_load_row(rows, a->step->in[2], a->dtype,
                         keys[k] * a->v_stride + head * a->dv, a->dv);
        for (int64_t c = 0; c < a->dv; c += TTM_GEMM_WIDTH) {
            int width     = ttm_gemm_panel(a->dv, c);
            float *to     = values + c * s->nb_keys + k * width;
            int64_t count = ttm_min64(width, a->dv - c);

            memcpy(to, rows + c, count * sizeof(*to));
            memset(to + count, 0, (width - count) * sizeof(*to));
        }
    }
}

/**
 * Turn @p count scores into weights against the running maximum, and scale what
 * has been summed so far. Scores from @p visible on are masked.
 */
TTM_CLONES
static void soften(float *restrict scores, int64_t visible, int64_t count,
                   float *restrict maximum, float *restrict sum,
                   float *restrict out, int64_t columns)
{
    const float biggest = ttm_row_max(scores, visible, *maximum);
    float scale;

    for (int64_t i = 0; i < visible; i++)
        scores[i] = ttm_fast_exp(scores[i] - biggest);
    memset(scores + visible, 0, (count - visible) * sizeof(*scores));
    if (biggest > *maximum) {
        scale = *sum > 0 ? ttm_fast_exp(*maximum - biggest) : 0;
        for (int64_t c = 0; c < columns; c++)
            out[c] *= scale;
        *sum *= scale;
        *maximum = biggest;
    }
    *sum += ttm_row_sum(scores, visible);
}

/** Queries [begin, end), at most QUERIES, of a job whose keys are packed. */
static void attend(const Attention *a, int64_t job, const float *pack,
                   float *tiles, int64_t begin, int64_t end)
{
    const TTMAttention *p  = &a->step->node->attention;
    const TTMSegment *s    = job_segment(a, job);
    const int32_t *queries = a->segments->queries + s->query;
    const int64_t head = job_head(a, job), rows = end - begin;
    const int64_t padded = ttm_gemm_round_rows(rows);
    const int64_t nb_keys = p->causal ? ttm_min64(s->nb_keys, end) : s->nb_keys;
    const float *values = pack + ttm_gemm_columns(s->nb_keys) * a->d;
    float *q = tiles, *scores = q + QUERIES * a->d;
    float *out = scores + QUERIES * KEYS;
    float maximum[QUERIES], sum[QUERIES];

    memset(q, 0, padded * a->d * sizeof(*q));
    memset(out, 0, padded * a->dv_columns * sizeof(*out));
    for (int64_t i = 0; i < rows; i++) {
        float *row = q + i * a->d;

        ttm_cpu_load_row(row, a->step->in[0], a->dtype,
                         queries[begin + i] * a->q_stride + head * a->d, a->d);
        for (int64_t c = 0; c < a->d; c++)
            row[c] *= p->scale;
        maximum[i] = -INFINITY;
        sum[i]     = 0;
    }
    for (int64_t k = 0; k < nb_keys; k += KEYS) {
        int64_t count = ttm_min64(KEYS, nb_keys - k);

        if (ttm_cancelled(a->step->cpu->cancel))
            return;
        for (int64_t j = 0; j < count; j += TTM_GEMM_WIDTH)
            ttm_gemm_panel_product(scores + j, KEYS, q, a->d,
                                   pack + (k + j) * a->d,
                                   ttm_gemm_panel(s->nb_keys, k + j), rows, a->d,
                                   0);
        for (int64_t i = 0; i < rows; i++) {
            int64_t visible = count;

            if (p->causal)
                visible = begin + i < k ? 0 : ttm_min64(count, begin + i - k + 1);
            soften(scores + i * KEYS, visible, count, &maximum[i], &sum[i],
                   out + i * a->dv_columns, a->dv_columns);
        }
        for (int64_t c = 0; c < a->dv; c += TTM_GEMM_WIDTH) {
            int width = ttm_gemm_panel(a->dv, c);

            ttm_gemm_panel_product(out + c, a->dv_columns, scores, KEYS,
                                   values + c * s->nb_keys + k * width, width,
                                   rows, count, 1);
        }
    }
    for (int64_t i = 0; i < rows; i++) {
        float *row  = out + i * a->dv_columns;
        float scale = sum[i] > 0 ? 1 / sum[i] : 0;

        for (int64_t c = 0; c < a->dv; c++)
            row[c] *= scale;
        ttm_cpu_store_row(a->step->out, a->dtype,
                          queries[begin + i] * a->v_stride + head * a->dv, row,
                          a->dv);
    }
}

/** Whole jobs, packed into the worker's own memory. */
static void do_jobs(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Attention *a = opaque;
    TTMCancel *cancel  = a->step->cpu->cancel;
    float *pack  = a->pack + worker * a->pack_floats;
    float *tiles = a->tiles + worker * a->tile_floats;

    for (int64_t job = begin; job < end; job++) {
        const TTMSegment *s = job_segment(a, job);

        for (int64_t k = 0; k < s->nb_keys && !ttm_cancelled(cancel); k += KEYS)
            pack_keys(a, job, pack, tiles, k, ttm_min64(k + KEYS, s->nb_keys));
        for (int64_t q = 0; q < s->nb_queries && !ttm_cancelled(cancel); q += QUERIES)
            attend(a, job, pack, tiles, q, ttm_min64(q + QUERIES, s->nb_queries));
    }
}

/** Job of the batch that block @p block belongs to. */
static int64_t find_job(const Attention *a, int64_t block)
{
    int64_t low = 0, high = a->nb_jobs;

    while (high - low > 1) {
        int64_t middle = (low + high) / 2;

        if (a->block_at[middle] <= block)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/** Blocks of KEYS keys of the jobs of a batch. */
static void pack_blocks(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Attention *a = opaque;

    for (int64_t block = begin; block < end; block++) {
        int64_t i = find_job(a, block);
        int64_t k = (block - a->block_at[i]) * KEYS;
        int64_t nb_keys = job_segment(a, a->first_job + i)->nb_keys;

        pack_keys(a, a->first_job + i, a->pack + a->pack_at[i],
                  a->tiles + worker * a->tile_floats, k,
                  ttm_min64(k + KEYS, nb_keys));
    }
}

/** Blocks of QUERIES queries of the jobs of a batch. */
static void attend_blocks(void *opaque, int worker, int64_t begin, int64_t end)
{
    const Attention *a = opaque;

    for (int64_t block = begin; block < end; block++) {
        int64_t i = find_job(a, block);
        int64_t q = (block - a->block_at[i]) * QUERIES;
        const TTMSegment *s = job_segment(a, a->first_job + i);

        attend(a, a->first_job + i, a->pack + a->pack_at[i],
               a->tiles + worker * a->tile_floats, q,
               ttm_min64(q + QUERIES, s->nb_queries));
    }
}

/** Number the blocks of a batch, @p size queries or keys each. */
static int64_t number_blocks(Attention *a, int of_keys, int size)
{
    int64_t nb = 0;

    for (int64_t i = 0; i < a->nb_jobs; i++) {
        const TTMSegment *s = job_segment(a, a->first_job + i);
        int64_t count       = of_keys ? s->nb_keys : s->nb_queries;

        a->block_at[i] = nb;
        nb += (count + size - 1) / size;
    }
    a->block_at[a->nb_jobs] = nb;
    return nb;
}

/** All jobs in batches whose keys and values fit into the scratch memory. */
static int do_batches(Attention *a, int64_t nb_jobs, int64_t batch_floats)
{
    TTMCpu *cpu = a->step->cpu;

    a->pack_at  = ttm_array_alloc(nb_jobs, sizeof(*a->pack_at));
    a->block_at = ttm_array_alloc(nb_jobs + 1, sizeof(*a->block_at));
    if (!a->pack_at || !a->block_at) {
        free(a->pack_at);
        free(a->block_at);
        return ttm_fail(cpu->log, TTM_ERR_MEMORY, "%s: out of memory in '%s'",
                        a->step->graph->name, a->step->node->name);
    }
    for (int64_t job = 0; job < nb_jobs; job += a->nb_jobs) {
        int64_t floats = 0;

        a->first_job = job;
        a->nb_jobs   = 0;
        while (job + a->nb_jobs < nb_jobs) {
            int64_t more = job_floats(a, job_segment(a, job + a->nb_jobs));

            if (a->nb_jobs && floats + more > batch_floats)
                break;
            a->pack_at[a->nb_jobs++] = floats;
            floats += more;
        }
        ttm_cpu_for(cpu, number_blocks(a, 1, KEYS), 1, pack_blocks, a);
        ttm_cpu_for(cpu, number_blocks(a, 0, QUERIES), 1, attend_blocks, a);
    }
    free(a->pack_at);
    free(a->block_at);
    return 0;
}

static void set_shapes(Attention *a, const TTMCpuStep *step)
{
    const TTMShape *q = ttm_cpu_shape(step, 0), *v = ttm_cpu_shape(step, 2);
    int64_t key_rows;

    a->step       = step;
    a->dtype      = step->graph->dtype;
    a->q_stride   = q->dim[q->rank - 1];
    a->v_stride   = v->dim[v->rank - 1];
    a->d          = a->q_stride / step->node->attention.heads;
    a->dv         = a->v_stride / step->node->attention.heads;
    a->dv_columns = ttm_gemm_columns(a->dv);
    /* queries, scores and sums; packing keeps a panel of rows there */
    a->tile_floats = QUERIES * (a->d + KEYS + a->dv_columns);
    key_rows       = a->d > a->dv ? a->d : a->dv;
    if (a->tile_floats < TTM_GEMM_WIDTH * key_rows)
        a->tile_floats = TTM_GEMM_WIDTH * key_rows;
    a->tile_floats = (a->tile_floats + 15) / 16 * 16;
    a->pack_floats = ttm_gemm_columns(step->node->attention.key_tokens) *
                     (a->d + a->dv_columns);
}

static void release(TTMCpuStep *step)
{
    State *state = step->state;

    if (!state)
        return;
    ttm_segments_free(&state->segments);
    free(state->masks);
    free(state);
    step->state = NULL;
}

static int prepare(TTMCpuStep *step)
{
    const TTMAttention *p = &step->node->attention;
    Attention a = { 0 };
    State *state;
    int64_t pack, all;

    set_shapes(&a, step);
    /* regions that are not sorted are the reference: the plain kernel's */
    if (p->regions != TTM_NO_NODE && ttm_cpu_dtype(step, 3) == TTM_DTYPE_U8)
        return 0;
    if (a.d > MAX_HEAD || a.dv > MAX_HEAD ||
        ttm_cpu_rows(&step->node->shape) > INT32_MAX ||
        ttm_cpu_rows(ttm_cpu_shape(step, 1)) > INT32_MAX)
        return 0;
    step->state = state = calloc(1, sizeof(*state));
    if (!state)
        return ttm_fail(step->cpu->log, TTM_ERR_MEMORY, "%s: out of memory",
                        step->graph->name);
    /* each worker's own, or a batch: at least one job, at most all */
    pack = a.pack_floats;
    all  = p->outer * p->inner * p->heads * pack;
    if (pack < ttm_min64(BATCH_FLOATS, all))
        pack = ttm_min64(BATCH_FLOATS, all);
    if (pack < a.pack_floats * step->cpu->threads)
        pack = a.pack_floats * step->cpu->threads;
    state->batch_floats = pack;
    step->scratch_bytes = (pack + a.tile_floats * step->cpu->threads + 64) *
                          sizeof(float);
    return 1;
}

/** Copy @p bytes of a mask; returns 1 when it was different before. */
static int update(char *to, const void *from, size_t bytes)
{
    if (!from || !memcmp(to, from, bytes))
        return 0;
    memcpy(to, from, bytes);
    return 1;
}

/** Segments of this run; kept as long as the masks stay the same. */
static int find_segments(const TTMCpuStep *step)
{
    const TTMAttention *p = &step->node->attention;
    State *state = step->state;
    size_t rows  = ttm_cpu_rows(&step->node->shape);
    size_t region_bytes = step->in[3] ? TTM_SORT_STARTS * 4 : 0;
    size_t query_bytes  = step->in[4] ? rows * 4 : 0;
    size_t key_bytes    = step->in[5] ? p->key_tokens * 4 : 0;
    char *masks;
    int changed = !state->built;

    if (!state->masks)
        state->masks = ttm_array_alloc(region_bytes + query_bytes + key_bytes, 1);
    masks = state->masks;
    if (!masks)
        return TTM_ERR_MEMORY;
    changed |= update(masks, step->in[3], region_bytes);
    changed |= update(masks + region_bytes, step->in[4], query_bytes);
    changed |= update(masks + region_bytes + query_bytes, step->in[5], key_bytes);
    if (!changed)
        return 0;
    state->built = 0;
    if (ttm_segments_build(&state->segments, p, step->in[3], step->in[4],
                           step->in[5]) < 0)
        return TTM_ERR_MEMORY;
    state->built = 1;
    return 0;
}

static int run(const TTMCpuStep *step)
{
    const State *state = step->state;
    TTMCpu *cpu = step->cpu;
    Attention a = { 0 };
    int64_t nb_jobs;

    if (find_segments(step) < 0)
        return ttm_fail(cpu->log, TTM_ERR_MEMORY, "%s: out of memory in '%s'",
                        step->graph->name, step->node->name);
    set_shapes(&a, step);
    a.segments = &state->segments;
    a.tiles    = step->scratch;
    a.pack     = a.tiles + a.tile_floats * cpu->threads;
    nb_jobs    = (int64_t)state->segments.nb_segments *
                 step->node->attention.heads;
    if (cpu->threads > 1 && nb_jobs < MANY_JOBS * cpu->threads)
        return do_batches(&a, nb_jobs, state->batch_floats);
    ttm_cpu_for(cpu, nb_jobs, nb_jobs / (cpu->threads * 64) + 1, do_jobs, &a);
    return 0;
}

const TTMCpuKernel ttm_fast_attention = { prepare, run, release };
