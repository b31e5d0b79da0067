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

/** @file The CPU as a device: memory is the host's, programs are in program.c. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "backend/cpu/cpu.h"
#include "backend/cpu/features.h"
#include "backend/cpu/onednn.h"
#include "util/hostmem.h"
#include "util/mem.h"

/** Of buffers, in bytes. */
#define ALIGNMENT 64

static void cpu_close(TTMBackend *backend)
{
    TTMCpu *cpu = backend->private_data;

    if (!cpu)
        return;
    ttm_onednn_close(&cpu->onednn);
    ttm_pool_free(&cpu->pool);
    ttm_pool_free(&cpu->wide);
    free(cpu);
    backend->private_data = NULL;
}

/** Level that the part of "cpu:LEVEL" behind the colon asks for. */
static int parse_level(TTMBackend *backend, const char *device,
                       enum TTMCpuLevel *level)
{
    static const struct {
        const char *name;
        enum TTMCpuLevel level;
    } levels[] = {
        { "cpu",           TTM_CPU_ONEDNN },
        { "cpu:reference", TTM_CPU_PLAIN },
        { "cpu:plain",     TTM_CPU_FAST },
    };

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        if (!strcmp(device, levels[i].name)) {
            *level        = levels[i].level;
            backend->name = levels[i].name;
            return 0;
        }
    return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "there is no device '%s': "
                    "use cpu, cpu:plain (without oneDNN) or cpu:reference",
                    device);
}

static int cpu_open(TTMBackend *backend, const TTMBackendRequest *request)
{
    TTMCpu *cpu = calloc(1, sizeof(*cpu));
    int ret;

    backend->private_data = cpu;
    if (!cpu)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    cpu->log     = backend->log;
    cpu->threads = ttm_thread_count(request->threads);
    if (cpu->threads < request->threads)
        ttm_log(cpu->log, TTM_LOG_INFO, "%d threads are asked for, but there are %d "
                "cores: %d threads", request->threads, ttm_cpu_count(), cpu->threads);
    ret = parse_level(backend, request->device, &cpu->level);
    if (ret < 0)
        goto fail;
    if (cpu->level == TTM_CPU_ONEDNN) {
        ret = ttm_onednn_open(&cpu->onednn, cpu->log, cpu->threads);
        if (ret < 0)
            goto fail;
    }
    if (!ttm_onednn_has_threads(cpu->onednn)) {
        cpu->pool = ttm_pool_create(cpu->threads);
        if (!cpu->pool) {
            ret = ttm_fail(cpu->log, TTM_ERR_MEMORY,
                           "out of memory for %d threads", cpu->threads);
            goto fail;
        }
        cpu->threads = ttm_pool_threads(cpu->pool);
    }
    cpu->wide = ttm_pool_create(request->picture_threads);
    if (!cpu->wide) {
        ret = ttm_fail(cpu->log, TTM_ERR_MEMORY, "out of memory for threads");
        goto fail;
    }
    backend->threads         = cpu->threads;
    backend->picture_threads = ttm_pool_threads(cpu->wide);
    backend->precision       = request->precision;
    if (backend->precision == TTM_DTYPE_NB)
        backend->precision = cpu->onednn && ttm_cpu_has_bf16() ? TTM_DTYPE_BF16
                                                               : TTM_DTYPE_F32;
    return 0;

fail:
    cpu_close(backend);
    return ret;
}

static void cpu_describe(TTMBackend *backend, char *text, size_t size)
{
    static const char *const names[TTM_CPU_LEVEL_NB] = {
        [TTM_CPU_PLAIN]  = "reference C",
        [TTM_CPU_FAST]   = "plain C",
        [TTM_CPU_ONEDNN] = "oneDNN",
    };
    const TTMCpu *cpu = backend->private_data;
    enum TTMCpuLevel level = cpu->level;

    if (level == TTM_CPU_ONEDNN && !cpu->onednn)
        level = TTM_CPU_FAST;
    snprintf(text, size, "cpu: %s, %d threads, %s", names[level], cpu->threads,
             ttm_dtype_name(backend->precision));
}

static int cpu_buffer_create(TTMBackend *backend, size_t bytes,
                             TTMBuffer **buffer)
{
    TTMCpuBuffer *b = calloc(1, sizeof(*b));

    /* zeroed when it is touched first, where it is large */
    if (b && bytes < SIZE_MAX - ALIGNMENT)
        b->memory = ttm_array_alloc(1, bytes + ALIGNMENT);
    if (!b || !b->memory) {
        free(b);
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory for a "
                        "tensor of %zu bytes: use a smaller size or fewer "
                        "frames", bytes);
    }
    b->data = (char *)b->memory + (ALIGNMENT - (uintptr_t)b->memory % ALIGNMENT);
    *buffer = &b->base;
    return 0;
}

static int cpu_buffer_borrow(TTMBackend *backend, void *data, TTMBuffer **buffer)
{
    TTMCpuBuffer *b = calloc(1, sizeof(*b));

    if (!b)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    b->data = data;
    *buffer = &b->base;
    return 0;
}

static void *cpu_buffer_data(TTMBuffer *buffer)
{
    return ((TTMCpuBuffer *)buffer)->data;
}

static void cpu_buffer_free(TTMBackend *backend, TTMBuffer *buffer)
{
    (void)backend;
    free(((TTMCpuBuffer *)buffer)->memory);
    free(buffer);
}

static int cpu_buffer_write(TTMBackend *backend, TTMBuffer *buffer,
                            size_t offset, const void *data, size_t bytes)
{
    (void)backend;
    memcpy((char *)((TTMCpuBuffer *)buffer)->data + offset, data, bytes);
    return 0;
}

static int cpu_buffer_read(TTMBackend *backend, TTMBuffer *buffer,
                           size_t offset, void *data, size_t bytes)
{
    (void)backend;
    memcpy(data, (char *)((TTMCpuBuffer *)buffer)->data + offset, bytes);
    return 0;
}

static int cpu_buffer_copy(TTMBackend *backend, TTMBuffer *to, size_t to_offset,
                           TTMBuffer *from, size_t from_offset, size_t bytes)
{
    (void)backend;
    memcpy((char *)((TTMCpuBuffer *)to)->data + to_offset,
           (const char *)((TTMCpuBuffer *)from)->data + from_offset, bytes);
    return 0;
}

/** The plain kernels take every op in every type. */
static int cpu_supports(TTMBackend *backend, const TTMGraph *graph,
                        TTMNodeId node)
{
    if ((unsigned)graph->nodes[node].op < TTM_OP_NB)
        return 0;
    return ttm_fail(backend->log, TTM_ERR_UNSUPPORTED, "%s: op %d of '%s' is "
                    "not known to the CPU backend", graph->name,
                    graph->nodes[node].op, graph->nodes[node].name);
}

static size_t free_memory(TTMBackend *backend)
{
    (void)backend;
    return ttm_host_memory();
}

const TTMBackendFunctions ttm_backend_cpu = {
    .name           = "cpu",
    .open           = cpu_open,
    .close          = cpu_close,
    .describe       = cpu_describe,
    .buffer_create  = cpu_buffer_create,
    .buffer_free    = cpu_buffer_free,
    .buffer_borrow  = cpu_buffer_borrow,
    .buffer_data    = cpu_buffer_data,
    .buffer_write   = cpu_buffer_write,
    .buffer_read    = cpu_buffer_read,
    .buffer_copy    = cpu_buffer_copy,
    .supports       = cpu_supports,
    .free_memory    = free_memory,
    .program_bytes  = ttm_cpu_program_bytes,
    .program_create = ttm_cpu_program_create,
    .program_free   = ttm_cpu_program_free,
    .program_run    = ttm_cpu_program_run,
};
