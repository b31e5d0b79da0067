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

/** @file How fast a device is, measured with a little work. */

#ifndef TTM_RUN_SPEED_H
#define TTM_RUN_SPEED_H

#include "backend/backend.h"
#include "graph/cost.h"

/** Work a second of a device in its precision, and of the host. */
typedef struct TTMSpeed {
    int known;                  ///< 0: the values are those of some processor
    double linear, conv, attention; ///< operations a second
    double norm;                ///< bytes a second of group normalizations
    double bytes;               ///< moved a second by other nodes
    double node;                ///< seconds that a node takes however small it is
    double pixel;               ///< seconds of the host for a pixel of ttm_image_resample()
} TTMSpeed;

/**
 * Measure a device: a linear layer, a convolution, an attention, a group
 * normalization, a layer normalization and many small nodes, each made larger until it
 * takes some milliseconds, or would take more than @p limit bytes. The fastest of
 * several runs counts.
 *
 * The CPU is measured on the calling thread alone, in the processor time that the
 * thread has, so that whoever else uses the machine changes little; the speed is that of
 * one thread. A GPU is measured by its own timestamps; of one that is software, or has
 * none, the speed is not known. Profile and peak memory of the backend stay as they are.
 */
int ttm_speed_measure(TTMSpeed *speed, TTMBackend *backend, size_t limit);

/** Seconds that a device takes for @p effort on one thread, its weights included. */
double ttm_speed_seconds(const TTMSpeed *speed, const TTMEffort *effort);

/** How many times as fast @p threads are as one. */
double ttm_speed_threads(int threads);

#endif /* TTM_RUN_SPEED_H */
