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

/** @file A pool of threads for parallel loops over an index range. */

#ifndef TTM_UTIL_THREAD_H
#define TTM_UTIL_THREAD_H

#include "util/cancel.h"

/** Runs one index of a loop; called by several threads at once. */
typedef void (*TTMPoolTask)(void *opaque, int index, int nb);

/** Threads that wait for loops; belongs to one context, never global. */
typedef struct TTMPool TTMPool;

/** Number of CPU cores that this process may run on, at least 1. */
int ttm_cpu_count(void);

/**
 * Threads that are taken where @p wished are asked for; 0: one a core, 256 at most.
 * More than a core each gain nothing: no more than that, or 16 where it is less.
 */
int ttm_thread_count(int wished);

/**
 * Start a pool. The thread that calls ttm_pool_run() takes part, so that
 * ttm_thread_count(@p threads) - 1 are started. Fewer start where the system gives no
 * more. The threads receive no signals.
 * @return NULL when memory is short
 */
TTMPool *ttm_pool_create(int threads);

/** Stop the threads and free; *pool becomes NULL. NULL is legal. */
void ttm_pool_free(TTMPool **pool);

/**
 * What gives up the loops of this pool: indices that are left are not handed out
 * once it says so. Not while a loop runs; NULL: nothing does, as at the start.
 */
void ttm_pool_set_cancel(TTMPool *pool, TTMCancel *cancel);

/** What was set; NULL for NULL. */
TTMCancel *ttm_pool_cancel(const TTMPool *pool);

/** Number of threads that share a loop, the caller included; 1 for NULL. */
int ttm_pool_threads(const TTMPool *pool);

/**
 * Call @p task for every index in [0, nb) and return when all are done, or given up. The
 * order is open; indices are handed out one by one, so each should be worth
 * some microseconds. A NULL pool, and a call from inside a task or while
 * another thread's loop is running, works through the range in the calling
 * thread.
 */
void ttm_pool_run(TTMPool *pool, TTMPoolTask task, void *opaque, int nb);

#endif /* TTM_UTIL_THREAD_H */
