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
 * Timestamps: what submissions took, so that their size fits the device, and
 * what every dispatch took, for a profile. Queries 2 n and 2 n + 1 are around
 * command buffer n; those of the dispatches come behind them.
 */

#include <math.h>
#include <stdlib.h>

#include "backend/vulkan/program.h"
#include "util/mem.h"

/** What a submission should take: shorter than any desktop or watchdog minds. */
#define SUBMIT_SECONDS 0.05

/** Measures within this factor of the aim change nothing. */
#define TOLERANCE 2

/** A single measure changes the size of submissions by no more than this. */
#define LARGEST_STEP 8

/** Limits of submit_work, against measures that mean nothing. */
#define LEAST_WORK 1e5
#define MOST_WORK  1e15

int ttm_vk_timing_prepare(TTMVkProgram *program)
{
    TTMVk *vk = program->vk;
    const VkQueryPoolCreateInfo info = {
        .sType      = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
        .queryType  = VK_QUERY_TYPE_TIMESTAMP,
        .queryCount = 4 * program->nb_dispatches,
    };
    VkResult result;

    if (vk->tick <= 0 || !program->nb_dispatches)
        return 0;
    result = vk->fn.CreateQueryPool(vk->device, &info, NULL, &program->queries);
    return result == VK_SUCCESS ? 0 : ttm_vk_fail(vk, result, "making timestamps");
}

void ttm_vk_timing_free(TTMVkProgram *program)
{
    if (program->queries)
        program->vk->fn.DestroyQueryPool(program->vk->device, program->queries, NULL);
    program->queries = VK_NULL_HANDLE;
}

static void begin(TTMVkProgram *p, VkCommandBuffer commands, size_t query,
                  VkPipelineStageFlagBits stage)
{
    p->vk->fn.CmdResetQueryPool(commands, p->queries, query, 2);
    p->vk->fn.CmdWriteTimestamp(commands, stage, p->queries, query);
}

static void end(TTMVkProgram *p, VkCommandBuffer commands, size_t query)
{
    p->vk->fn.CmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                                p->queries, query + 1);
}

void ttm_vk_timing_begin(TTMVkProgram *program, VkCommandBuffer commands,
                         size_t index)
{
    if (program->queries)
        begin(program, commands, 2 * index, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT);
}

void ttm_vk_timing_end(TTMVkProgram *program, VkCommandBuffer commands,
                       size_t index)
{
    if (program->queries)
        end(program, commands, 2 * index);
}

void ttm_vk_timing_dispatch(TTMVkProgram *program, VkCommandBuffer commands,
                            size_t index, int is_end)
{
    size_t query = 2 * (program->nb_dispatches + index);

    if (!program->queries || !program->current->profiled)
        return;
    if (is_end)
        end(program, commands, query);
    else    /* what came before is over: a profile has a barrier everywhere */
        begin(program, commands, query, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT);
}

/** Seconds between timestamps 2 n and 2 n + 1. */
static double seconds(const TTMVk *vk, const uint64_t *ticks, size_t n)
{
    return ((ticks[2 * n + 1] - ticks[2 * n]) & vk->tick_mask) * vk->tick;
}

/** @p nb pairs of timestamps from pair @p first; NULL when they are not there. */
static uint64_t *read_ticks(TTMVkProgram *p, size_t first, size_t nb)
{
    uint64_t *ticks = ttm_array_alloc(2 * nb, sizeof(*ticks));

    if (ticks &&
        p->vk->fn.GetQueryPoolResults(p->vk->device, p->queries, 2 * first, 2 * nb,
                                      2 * nb * sizeof(*ticks), ticks,
                                      sizeof(*ticks), VK_QUERY_RESULT_64_BIT) !=
        VK_SUCCESS) {
        free(ticks);
        ticks = NULL;
    }
    return ticks;
}

/*
 * The longest of the full submissions should take SUBMIT_SECONDS. The next run
 * records accordingly, and programs made later split their dispatches so; a
 * dispatch that is too long by itself makes this program split them again.
 */
static void calibrate(TTMVkProgram *p, const uint64_t *ticks)
{
    double longest = 0, factor;
    int alone = 0;

    for (size_t i = 0; i < p->current->nb_commands; i++) {
        double time = seconds(p->vk, ticks, i);

        if (p->current->commands[i].nb_dispatches == 1 &&
            p->nb_rebuilds == TTM_VK_MOST_REBUILDS)
            continue;
        if (time > longest && (time > SUBMIT_SECONDS ||
                               p->current->commands[i].work * 2 > p->submit_work)) {
            longest = time;
            alone   = p->current->commands[i].nb_dispatches == 1;
        }
    }
    if (longest <= 0 || (longest <= SUBMIT_SECONDS * TOLERANCE &&
                         longest >= SUBMIT_SECONDS / TOLERANCE))
        return;
    factor = fmin(fmax(SUBMIT_SECONDS / longest, 1.0 / LARGEST_STEP), LARGEST_STEP);
    p->submit_work     = fmin(fmax(p->submit_work * factor, LEAST_WORK), MOST_WORK);
    p->vk->submit_work = p->submit_work;
    for (int i = 0; i < TTM_VK_RECORDINGS; i++)
        p->recordings[i].nb_commands = 0;
    p->rebuild         = alone && factor < 1;
    p->nb_rebuilds    += p->rebuild;
    ttm_log(p->vk->log, TTM_LOG_DEBUG, "vulkan: %s: a submission took %.1f ms, now "
            "%.3g operations each", p->graph->name, longest * 1e3, p->submit_work);
}

static void add_dispatches(const TTMVkProgram *p, const uint64_t *ticks,
                           TTMProfile *profile)
{
    for (size_t i = 0; i < p->nb_dispatches; i++) {
        const TTMVkDispatch *d = &p->dispatches[i];
        double bytes = 0;

        for (int k = 0; k < TTM_VK_MAX_BINDINGS; k++)
            if (k < ttm_vk_kernels[d->pipeline->kernel].nb_bindings &&
                d->ranges[k].slot != TTM_VK_SLOT_ABSENT)
                bytes += d->ranges[k].bytes;
        ttm_profile_add(profile, p->graph->name,
                        ttm_vk_kernels[d->pipeline->kernel].name,
                        seconds(p->vk, ticks, i), d->work, bytes);
    }
}

void ttm_vk_timing_read(TTMVkProgram *program, TTMProfile *profile)
{
    uint64_t *ticks;

    if (!program->queries || !program->current->nb_commands)
        return;
    if (profile && program->current->profiled) {
        ticks = read_ticks(program, program->nb_dispatches, program->nb_dispatches);
        if (ticks)
            add_dispatches(program, ticks, profile);
        free(ticks);
    }
    ticks = read_ticks(program, 0, program->current->nb_commands);
    if (ticks)
        calibrate(program, ticks);
    free(ticks);
}
