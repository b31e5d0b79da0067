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
 * oneDNN as the rest of the CPU backend sees it. Without oneDNN the same
 * functions exist and open nothing.
 */

#ifndef TTM_BACKEND_CPU_ONEDNN_H
#define TTM_BACKEND_CPU_ONEDNN_H

#include "backend/cpu/cpu.h"

/**
 * Open the CPU engine. *onednn stays NULL, without an error, in a build
 * without oneDNN.
 */
int ttm_onednn_open(TTMOnednn **onednn, const TTMLog *log, int threads);
void ttm_onednn_close(TTMOnednn **onednn);

/**
 * 1 when oneDNN's own threads can run our loops as well, so that two sets of
 * threads do not compete for the cores. NULL is legal.
 */
int ttm_onednn_has_threads(const TTMOnednn *onednn);

/** As ttm_pool_run(), on oneDNN's threads. */
void ttm_onednn_run(TTMOnednn *onednn, TTMPoolTask task, void *opaque, int nb);

/**
 * Make the calling thread's oneDNN calls use the device's number of threads;
 * returns what to hand to ttm_onednn_leave(). NULL is legal.
 */
int ttm_onednn_enter(const TTMOnednn *onednn);
void ttm_onednn_leave(const TTMOnednn *onednn, int saved);

#endif /* TTM_BACKEND_CPU_ONEDNN_H */
