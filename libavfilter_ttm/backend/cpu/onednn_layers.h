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

/** @file What linear layers and convolutions by oneDNN share. */

#ifndef TTM_BACKEND_CPU_ONEDNN_LAYERS_H
#define TTM_BACKEND_CPU_ONEDNN_LAYERS_H

#include "backend/cpu/onednn_internal.h"

#define TTM_ONEDNN_CALLS 4

/** How the nearest-neighbour enlargement before a convolution is done. */
enum TTMOnednnUpsample {
    TTM_ONEDNN_UPSAMPLE_NONE,
    TTM_ONEDNN_UPSAMPLE_COPY,   ///< the enlarged input is written out first
    /**
     * The four pixels that come from one see only 2x2 source pixels, with sums
     * of the 3x3 weights: four small convolutions, 16 multiplications instead
     * of 36.
     */
    TTM_ONEDNN_UPSAMPLE_PHASES,
};

/** State of a step. */
typedef struct TTMOnednnLayer {
    TTMOnednnCall call[TTM_ONEDNN_CALLS];   ///< linear with GEGLU: gate, then values
    int nb_calls;
    enum TTMDType compute;          ///< f32 where oneDNN lacks the graph's type
    enum TTMOnednnUpsample upsample;
    int64_t frames, rows;           ///< that a call does, see ttm_onednn_part()
    size_t x_at, y_at, residual_at, gate_at, bias_at, pad_at;   ///< in scratch
    size_t sorted_at;               ///< rows that are not where they belong yet
    size_t strip_at;                ///< rows of a frame and those beyond its border
} TTMOnednnLayer;

/** Where a layer reads and writes: the graph's values, or f32 copies. */
typedef struct TTMOnednnViews {
    const void *x, *residual;
    void *y, *pad;
} TTMOnednnViews;

/**
 * How many of @p total equal pieces of work, of @p operations each, a call does: so
 * few that the wish to stop is seen soon, whatever the size, and all where that is
 * little work. Calls do as many each; the last one begins earlier where they do not
 * come out even, and does some again.
 */
int64_t ttm_onednn_part(int64_t total, double operations);

/** Take @p bytes of the step's scratch memory; returns where. */
size_t ttm_onednn_reserve(TTMCpuStep *step, size_t bytes);

/** Whether the node has no input @p index. */
int ttm_onednn_is_absent(const TTMCpuStep *step, int index);

/**
 * Prepare in the graph's type, else in f32, by @p make, which makes all calls from the
 * plain weights: 1, 0 where oneDNN cannot, or negative after a line. @p residual is the
 * index of that input. Returns the same.
 */
int ttm_onednn_prepare(TTMCpuStep *step, int residual,
                       int (*make)(TTMCpuStep *step, TTMOnednnLayer *layer,
                                   const void *weights));
void ttm_onednn_release(TTMCpuStep *step);

/** Begin and end a run; @p ok: 0 where a call failed. */
TTMOnednnViews ttm_onednn_open_views(const TTMCpuStep *step, int residual);
int ttm_onednn_close_views(const TTMCpuStep *step, const TTMOnednnViews *views,
                           int ok);

#endif /* TTM_BACKEND_CPU_ONEDNN_LAYERS_H */
