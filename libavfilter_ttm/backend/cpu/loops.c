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

/** @file Loops of kernels over the threads of the CPU device. */

#include <stdatomic.h>

#include "backend/cpu/cpu.h"
#include "backend/cpu/onednn.h"

/** A loop that is shared out in blocks. */
typedef struct Loop {
    TTMCpuTask task;
    void *opaque;
    int64_t total, grain;
    TTMCancel *cancel;          ///< what is left is not done where it says so
    atomic_llong next;
} Loop;

static void work(void *opaque, int index, int nb)
{
    Loop *loop = opaque;

    (void)nb;
    for (;;) {
        int64_t begin = atomic_fetch_add(&loop->next, loop->grain);

        if (begin >= loop->total || ttm_cancelled(loop->cancel))
            return;
        loop->task(loop->opaque, index, begin,
                   ttm_min64(begin + loop->grain, loop->total));
    }
}

void ttm_cpu_for_wide(TTMCpu *cpu, int64_t total, int64_t grain,
                      TTMCpuTask task, void *opaque)
{
    Loop loop = { task, opaque, total, grain > 0 ? grain : 1, cpu->cancel, 0 };
    int64_t blocks = (total + loop.grain - 1) / loop.grain;

    ttm_pool_run(cpu->wide, work, &loop,
                 (int)ttm_min64(ttm_pool_threads(cpu->wide), blocks));
}

void ttm_cpu_for(TTMCpu *cpu, int64_t total, int64_t grain, TTMCpuTask task,
                 void *opaque)
{
    Loop loop = { task, opaque, total, grain > 0 ? grain : 1, cpu->cancel, 0 };
    int64_t blocks = (total + loop.grain - 1) / loop.grain;
    int workers    = (int)ttm_min64(cpu->threads, blocks);

    if (workers <= 1) {
        for (int64_t begin = 0; begin < total && !ttm_cancelled(loop.cancel);
             begin += loop.grain)
            task(opaque, 0, begin, ttm_min64(begin + loop.grain, total));
        return;
    }
    if (cpu->pool)
        ttm_pool_run(cpu->pool, work, &loop, workers);
    else
        ttm_onednn_run(cpu->onednn, work, &loop, workers);
}
