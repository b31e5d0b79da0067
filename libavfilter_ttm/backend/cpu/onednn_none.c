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

/** @file A build without oneDNN: the same functions, nothing opens. */

#include "config.h"

#if !HAVE_ONEDNN

#include "backend/cpu/onednn.h"

int ttm_onednn_open(TTMOnednn **onednn, const TTMLog *log, int threads)
{
    (void)log;
    (void)threads;
    *onednn = NULL;
    return 0;
}

void ttm_onednn_close(TTMOnednn **onednn)
{
    *onednn = NULL;
}

int ttm_onednn_has_threads(const TTMOnednn *onednn)
{
    (void)onednn;
    return 0;
}

void ttm_onednn_run(TTMOnednn *onednn, TTMPoolTask task, void *opaque, int nb)
{
    (void)onednn;
    ttm_pool_run(NULL, task, opaque, nb);
}

int ttm_onednn_enter(const TTMOnednn *onednn)
{
    (void)onednn;
    return 0;
}

void ttm_onednn_leave(const TTMOnednn *onednn, int saved)
{
    (void)onednn;
    (void)saved;
}

void ttm_cpu_kernels_onednn(TTMCpuKernels *kernels)
{
    (void)kernels;
}


#endif
