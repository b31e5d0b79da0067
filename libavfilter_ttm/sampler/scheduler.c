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

/** @file Choice of the scheduler and what all kinds share. */

#include "sampler/scheduler.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *class_name;
    const char *choices;        ///< for messages
    int (*load)(TTMScheduler *scheduler, const TTMLog *log,
                const TTMJson *config);
    int (*steps)(const TTMScheduler *scheduler, const TTMLog *log,
                 enum TTMPrediction prediction, int nb_steps,
                 TTMSchedulerStep *steps);
} kinds[] = {
    [TTM_SCHEDULER_DDIM] = { "DDIMScheduler", "ddim",
                             ttm_ddim_load, ttm_ddim_steps },
    [TTM_SCHEDULER_FLOW] = { "FlowMatchEulerDiscreteScheduler",
                             "euler, linear_quadratic or unipc",
                             ttm_flow_load, ttm_flow_steps },
    [TTM_SCHEDULER_UNIPC] = { "UniPCMultistepScheduler", "unipc",
                              ttm_unipc_load, ttm_unipc_steps },
};

#define NB_KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

static const char *const choice_names[] = {
    [TTM_SAMPLER_AUTO] = "auto", [TTM_SAMPLER_DDIM] = "ddim",
    [TTM_SAMPLER_EULER] = "euler",
    [TTM_SAMPLER_LINEAR_QUADRATIC] = "linear_quadratic",
    [TTM_SAMPLER_UNIPC] = "unipc",
};

static int choice_fits(enum TTMSchedulerKind kind, int choice)
{
    switch (choice) {
    case TTM_SAMPLER_AUTO:  return 1;
    case TTM_SAMPLER_DDIM:  return kind == TTM_SCHEDULER_DDIM;
    case TTM_SAMPLER_UNIPC: return kind != TTM_SCHEDULER_DDIM;
    default:                return kind == TTM_SCHEDULER_FLOW;
    }
}

int ttm_scheduler_load(TTMScheduler *scheduler, const TTMLog *log,
                       const TTMJson *config, const char *origin,
                       const char *class_name, int choice)
{
    int64_t train_steps;
    int kind, ret;

    memset(scheduler, 0, sizeof(*scheduler));
    snprintf(scheduler->origin, sizeof(scheduler->origin), "%s", origin);
    for (kind = 0; kind < NB_KINDS; kind++)
        if (class_name && !strcmp(kinds[kind].class_name, class_name))
            break;
    if (kind == NB_KINDS)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: scheduler class \"%s\" is "
                        "unknown; there are DDIMScheduler, "
                        "FlowMatchEulerDiscreteScheduler and "
                        "UniPCMultistepScheduler", origin,
                        class_name ? class_name : "");
    if (!choice_fits(kind, choice))
        return ttm_fail(log, TTM_ERR_ARGUMENT, "option sampler: %s does not "
                        "fit the bundle, whose networks were trained for %s; "
                        "use auto or %s",
                        choice_names[choice],
                        kinds[kind].class_name, kinds[kind].choices);
    scheduler->kind = kind;
    scheduler->linear_quadratic = choice == TTM_SAMPLER_LINEAR_QUADRATIC;
    if (choice == TTM_SAMPLER_UNIPC) {
        scheduler->order = 2;
        scheduler->lower_order_final = 1;
    }
    ret = ttm_json_get_int(config, log, origin, "num_train_timesteps", 2,
                           TTM_MAX_TRAIN_STEPS, 1000, &train_steps);
    if (ret < 0)
        return ret;
    scheduler->train_steps = (int)train_steps;
    return kinds[kind].load(scheduler, log, config);
}

int ttm_scheduler_steps(const TTMScheduler *scheduler, const TTMLog *log,
                        enum TTMPrediction prediction, int nb_steps,
                        TTMSchedulerStep *steps)
{
    if (nb_steps < 1 || nb_steps > TTM_MAX_STEPS ||
        nb_steps > scheduler->train_steps)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%d steps: the scheduler allows "
                        "1 to %d", nb_steps,
                        scheduler->train_steps < TTM_MAX_STEPS ?
                        scheduler->train_steps : TTM_MAX_STEPS);
    return (scheduler->order ? ttm_unipc_steps : kinds[scheduler->kind].steps)(
        scheduler, log, prediction, nb_steps, steps);
}

int ttm_scheduler_row_steps(const TTMScheduler *scheduler, const TTMLog *log,
                            enum TTMPrediction prediction, int nb_steps,
                            const float *times, int nb_rows,
                            TTMSchedulerStep *steps)
{
    if (scheduler->kind == TTM_SCHEDULER_FLOW)
        return ttm_flow_row_steps(scheduler, log, prediction, nb_steps, times,
                                  nb_rows, steps);
    return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: a network whose frames have times "
                    "of their own needs FlowMatchEulerDiscreteScheduler, sampler=euler",
                    scheduler->origin);
}

int ttm_scheduler_order(const TTMScheduler *scheduler)
{
    return scheduler->order;
}
