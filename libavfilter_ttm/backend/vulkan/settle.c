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


/** @file Waiting for the batch of copies, see transfer.c. */

#include "backend/vulkan/vk.h"

/** 1 while the batch waits, is at work, or is not known to be done. */
static int is_pending(const TTMVk *vk)
{
    return vk->transfers.state != TTM_VK_BATCH_NONE ||
           vk->transfers.value > vk->timeline_done;
}

int ttm_vk_transfers_flush(TTMVk *vk)
{
    int ret = 0;

    if (vk->transfers.state != TTM_VK_BATCH_NONE)
        ret = ttm_vk_submit(vk, VK_NULL_HANDLE);
    if (ret >= 0 && is_pending(vk))
        ret = ttm_vk_wait(vk, vk->transfers.value);
    return ret;
}

int ttm_vk_transfers_settle(TTMVk *vk, const TTMVkBuffer *buffer)
{
    return buffer->batch == vk->transfers.batch && is_pending(vk) ?
           ttm_vk_transfers_flush(vk) : 0;
}

void ttm_vk_transfers_release(TTMVk *vk, const TTMVkBuffer *buffer)
{
    if (vk->lost || ttm_vk_transfers_settle(vk, buffer) < 0) {
        vk->lost = 1;       /* the batch cannot be submitted without the buffer */
        vk->transfers.state = TTM_VK_BATCH_NONE;
        if (is_pending(vk))
            ttm_vk_wait_idle(vk);
        vk->transfers.value = 0;
    }
}
