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


/** @file Run a program: submit its commands one after the other. */

#include "backend/vulkan/program.h"

/** Split the dispatches anew; a program that cannot be made so runs as it is. */
static int rebuild(TTMBackend *backend, TTMVkProgram *p)
{
    const TTMLog *log  = p->vk->log;
    const size_t bytes = p->base.bytes;
    int ret;

    p->rebuild = 0;
    p->vk->log = NULL;          /* that it fails is no error */
    ret = ttm_vk_program_rebuild(p);
    p->vk->log = log;
    if (ret < 0 && p->vk->lost)
        return ttm_fail(log, TTM_ERR_DEVICE, "vulkan: %s: the driver has reset the "
                        "device (VK_ERROR_DEVICE_LOST)", p->graph->name);
    if (ret < 0) {
        p->nb_rebuilds = TTM_VK_MOST_REBUILDS;
        ttm_log(log, TTM_LOG_VERBOSE, "vulkan: %s: its submissions stay as long as "
                "they are: %s", p->graph->name, ttm_error_string(ret));
        return 0;
    }
    backend->bytes_allocated += p->base.bytes - bytes;
    if (backend->bytes_allocated > backend->bytes_peak)
        backend->bytes_peak = backend->bytes_allocated;
    return 0;
}

int ttm_vk_program_run(TTMBackend *backend, TTMProgram *program,
                       const TTMTensor *externals, int nb_externals)
{
    TTMVk *vk       = backend->private_data;
    TTMVkProgram *p = (TTMVkProgram *)program;
    int ret = p->rebuild ? rebuild(backend, p) : 0, wait;

    if (ret >= 0)
        ret = ttm_vk_recording_choose(p, externals, nb_externals,
                             backend->profile && vk->tick > 0);
    for (size_t i = 0; ret >= 0 && i < p->current->nb_commands; i++) {
        if (ttm_cancelled(backend->cancel)) {
            ret = TTM_ERR_CANCELLED;
            break;
        }
        ret = ttm_vk_submit(vk, p->current->commands[i].buffer);
        /* two at work: this one and the one before */
        if (ret >= 0 && i > 0)
            ret = ttm_vk_wait(vk, vk->timeline_value - 1);
    }
    if (vk->lost) {     /* what was submitted before must let go of its memory */
        ttm_vk_wait_idle(vk);
        return ret;
    }
    wait = ttm_vk_wait(vk, vk->timeline_value);
    if (ret < 0 || wait < 0)
        return ret < 0 ? ret : wait;
    ttm_vk_timing_read(p, backend->profile);
    return 0;
}
