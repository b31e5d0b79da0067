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

/** @file Keys of a scheduler's configuration that all kinds treat alike. */

#include "sampler/scheduler.h"

int ttm_scheduler_refuse(const TTMScheduler *scheduler, const TTMLog *log,
                         const TTMJson *config, const char *const *keys)
{
    for (; *keys; keys++) {
        int value, ret;

        ret = ttm_json_get_bool(config, log, scheduler->origin, *keys, 0,
                                &value);
        if (ret < 0)
            return ret;
        if (value)
            return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"%s\": true is not "
                            "supported; set it to false if the networks were "
                            "trained without it", scheduler->origin, *keys);
    }
    return 0;
}
