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

/** @file Plain C attention: one query and head at a time, all keys, in double. */

#include <math.h>

#include "backend/cpu/element.h"
#include "backend/cpu/plain.h"

/** Scores of one worker: key_tokens doubles behind each other. */
static int attention_prepare(TTMCpuStep *step)
{
    step->scratch_bytes = step->cpu->threads *
                          step->node->attention.key_tokens * sizeof(double);
    return 1;
}

/** Keys [*first, *last) of token @p t: all, or those of its sorted region. */
static void key_range(const TTMCpuStep *step, int64_t t, int64_t *first,
                      int64_t *last)
{
    const uint32_t *starts = step->in[3];
    int region = 0;

    *first = 0;
    *last  = step->node->attention.key_tokens;
    if (!starts || ttm_cpu_dtype(step, 3) != TTM_DTYPE_U32)
        return;
    while (starts[region + 1] <= t)
        region++;
    *first = starts[region];
    *last  = starts[region + 1];
}

/** 1 when query @p row (token @p t) may see key @p key_row (token @p k). */
static int allowed(const TTMCpuStep *step, int64_t row, int64_t t,
                   int64_t key_row, int64_t k)
{
    const uint8_t *regions = step->in[3];
    const uint32_t *query_sets = step->in[4], *key_sets = step->in[5];

    if (step->node->attention.causal)
        return k <= t;
    if (regions && ttm_cpu_dtype(step, 3) == TTM_DTYPE_U8)
        return regions[row] == regions[key_row];
    if (query_sets)
        return (query_sets[row] & key_sets[k]) != 0;
    return 1;
}

static void attend(const TTMCpuStep *step, double *scores, int64_t row, int head)
{
    const TTMAttention *p = &step->node->attention;
    const enum TTMDType dtype = step->graph->dtype;
    const TTMShape *qs = ttm_cpu_shape(step, 0), *vs = ttm_cpu_shape(step, 2);
    const int64_t qc = qs->dim[qs->rank - 1], vc = vs->dim[vs->rank - 1];
    const int64_t d = qc / p->heads, dv = vc / p->heads;
    const int64_t inner = row % p->inner, t = row / p->inner % p->tokens;
    const int64_t outer = p->key_outer == 1 ? 0 : row / (p->inner * p->tokens);
    const int64_t base  = outer * p->key_tokens * p->inner + inner;
    double biggest = -INFINITY, sum = 0;
    int64_t first, last;

    key_range(step, t, &first, &last);
    for (int64_t k = first; k < last; k++) {
        int64_t key_row = base + k * p->inner;
        double s = 0;

        scores[k] = -INFINITY;
        if (!allowed(step, row, t, key_row, k))
            continue;
        for (int64_t c = 0; c < d; c++)
            s += (double)ttm_load(step->in[0], dtype, row * qc + head * d + c) *
                 ttm_load(step->in[1], dtype, key_row * qc + head * d + c);
        scores[k] = s * p->scale;
        biggest   = fmax(biggest, scores[k]);
    }
    for (int64_t k = first; k < last; k++) {
        scores[k] = scores[k] == -INFINITY ? 0 : exp(scores[k] - biggest);
        sum      += scores[k];
    }
    for (int64_t c = 0; c < dv; c++) {
        double y = 0;

        for (int64_t k = first; k < last; k++)
            if (scores[k] > 0)
                y += scores[k] * ttm_load(step->in[2], dtype,
                                          (base + k * p->inner) * vc +
                                          head * dv + c);
        ttm_store(step->out, dtype, row * vc + head * dv + c,
                  sum > 0 ? y / sum : 0);
    }
}

static void attention_rows(void *opaque, int worker, int64_t begin, int64_t end)
{
    const TTMCpuStep *step = opaque;
    const TTMAttention *p  = &step->node->attention;
    double *scores = (double *)step->scratch + worker * p->key_tokens;

    for (int64_t row = begin; row < end; row++)
        for (int head = 0; head < p->heads; head++)
            attend(step, scores, row, head);
}

static int attention_run(const TTMCpuStep *step)
{
    ttm_cpu_for(step->cpu, ttm_cpu_rows(&step->node->shape), 1, attention_rows,
                (void *)step);
    return 0;
}

const TTMCpuKernel ttm_plain_attention = { attention_prepare, attention_run,
                                           NULL };
