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

/** @file The table of backends, and the choice of one. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "backend/backend.h"

/** Backends in the order in which "auto" tries them. */
static const TTMBackendFunctions *const backends[] = {
#if HAVE_VULKAN
    &ttm_backend_vulkan,
#endif
    &ttm_backend_cpu,
};

#define NB_BACKENDS ((int)(sizeof(backends) / sizeof(backends[0])))

/** 1 when @p device is @p name, or @p name and a colon with more behind it. */
static int names_backend(const char *device, const char *name)
{
    size_t length = strlen(name);

    return !strncmp(device, name, length) &&
           (!device[length] || device[length] == ':');
}

static int open_one(TTMBackend **backend, const TTMLog *log,
                    const TTMBackendFunctions *functions,
                    const TTMBackendRequest *request)
{
    TTMBackend *b = calloc(1, sizeof(*b));
    int ret;

    if (!b)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory for device '%s'",
                        request->device);
    b->functions = functions;
    b->log       = log;
    b->alignment = 64;
    ret = functions->open(b, request);
    if (ret < 0) {
        free(b);
        return ret;
    }
    *backend = b;
    return 0;
}

/** The first device that opens by itself; it is silent, as none is no error. */
static const char *find_device(const TTMBackendRequest *request)
{
    for (int i = 0; i < NB_BACKENDS - 1; i++) {
        TTMBackendRequest asked = *request;
        TTMBackend *backend = NULL;

        asked.device = backends[i]->name;
        if (open_one(&backend, NULL, backends[i], &asked) >= 0) {
            ttm_backend_close(&backend);
            return backends[i]->name;
        }
    }
    return backends[NB_BACKENDS - 1]->name;
}

#if HAVE_VULKAN
/**
 * The caller's device for "auto", where it is a GPU; else *backend is NULL. Whoever
 * lends a device need not know that it is software: drivers list it as any other.
 */
static int open_lent(TTMBackend **backend, const TTMLog *log,
                     const TTMBackendRequest *request)
{
    TTMBackendRequest asked = *request;
    char text[300];
    int ret;

    asked.device = ttm_backend_vulkan.name;
    ret = open_one(backend, log, &ttm_backend_vulkan, &asked);
    if (ret < 0 || !(*backend)->is_software)
        return ret;
    ttm_backend_describe(*backend, text, sizeof(text));
    ttm_backend_close(backend);
    ttm_log(log, TTM_LOG_INFO, "the device that was given is software (%s), which "
            "the CPU's own kernels beat: device=auto takes device=cpu, use "
            "device=vulkan to work on it all the same", text);
    return 0;
}
#endif

int ttm_backend_open(TTMBackend **backend, const TTMLog *log,
                     const TTMBackendRequest *request)
{
    TTMBackendRequest asked = *request;

    *backend = NULL;
    if (asked.precision != TTM_DTYPE_NB && !ttm_dtype_is_float(asked.precision))
        return ttm_fail(log, TTM_ERR_ARGUMENT, "precision %s is not possible: "
                        "use auto, f32, f16 or bf16",
                        ttm_dtype_name(asked.precision));
    if (asked.threads < 0)
        return ttm_fail(log, TTM_ERR_ARGUMENT, "%d threads are not possible: "
                        "use 0 for one a core", asked.threads);
    if (!asked.device || !*asked.device || !strcmp(asked.device, "auto")) {
#if HAVE_VULKAN
        int ret = asked.vulkan ? open_lent(backend, log, &asked) : 0;

        if (ret < 0 || *backend)
            return ret;
#endif
        asked.device = asked.vulkan ? ttm_backend_cpu.name : find_device(&asked);
    }
    for (int i = 0; i < NB_BACKENDS; i++)
        if (names_backend(asked.device, backends[i]->name))
            return open_one(backend, log, backends[i], &asked);
    if (names_backend(asked.device, "vulkan"))
        return ttm_fail(log, TTM_ERR_DEVICE, "device '%s': this build has no "
                        "Vulkan backend, use device=cpu", asked.device);
    return ttm_fail(log, TTM_ERR_ARGUMENT, "there is no device '%s': use auto, "
                    "cpu, vulkan, vulkan:NUMBER or vulkan:NAME", asked.device);
}
