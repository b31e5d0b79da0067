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
 * The pipeline cache on disk: $XDG_CACHE_HOME/ttm/vulkan-KEY.bin, where KEY is
 * of the device, the driver and all shaders: a hash of the rest in 8 bytes,
 * then what the driver gave. A cache that cannot be read or written only costs
 * time.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/vulkan/kernels.h"
#include "util/hash.h"
#include "util/mem.h"

/** Largest file that is read: a damaged one must not fill the memory. */
#define MAX_BYTES ((long)64 << 20)

static uint64_t cache_key(const TTMVk *vk)
{
    uint64_t key = ttm_hash64(vk->cache_id, sizeof(vk->cache_id), 0);

    key = ttm_hash64(vk->driver, strlen(vk->driver), key);
    for (int i = 0; i < TTM_VK_KERNEL_NB; i++)
        for (int t = 0; t < TTM_DTYPE_NB; t++) {
            const TTMVkCode *code = &ttm_vk_kernels[i].code[t];

            if (code->words)
                key = ttm_hash64(code->words, *code->bytes, key);
        }
    return key;
}

/** Path of the file, NULL when there is no place for it. */
static char *cache_path(const TTMVk *vk)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    unsigned long long key = cache_key(vk);

    if (base && *base == '/')
        return ttm_asprintf("%s/ttm/vulkan-%016llx.bin", base, key);
    if (home && *home == '/')
        return ttm_asprintf("%s/.cache/ttm/vulkan-%016llx.bin", home, key);
    return NULL;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    void *data = NULL;
    long bytes;

    if (!file)
        return NULL;
    if (!fseek(file, 0, SEEK_END) && (bytes = ftell(file)) > 0 &&
        bytes <= MAX_BYTES && !fseek(file, 0, SEEK_SET) &&
        (data = malloc(bytes))) {
        *size = bytes;
        if (fread(data, 1, bytes, file) != (size_t)bytes) {
            free(data);
            data = NULL;
        }
    }
    fclose(file);
    return data;
}

void ttm_vk_cache_load(TTMVk *vk)
{
    VkPipelineCacheCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
    };
    size_t size = 0;
    char *data  = NULL;
    uint64_t hash;

    vk->cache_path = cache_path(vk);
    if (vk->cache_path)
        data = read_file(vk->cache_path, &size);
    /* drivers check their header only, so look for damage here */
    if (data && size > sizeof(hash)) {
        memcpy(&hash, data, sizeof(hash));
        if (hash == ttm_hash64(data + sizeof(hash), size - sizeof(hash), 0)) {
            info.initialDataSize = size - sizeof(hash);
            info.pInitialData    = data + sizeof(hash);
        }
    }
    if (vk->fn.CreatePipelineCache(vk->device, &info, NULL, &vk->cache) !=
        VK_SUCCESS) {
        info.initialDataSize = 0;
        info.pInitialData    = NULL;
        if (vk->fn.CreatePipelineCache(vk->device, &info, NULL, &vk->cache) !=
            VK_SUCCESS)
            vk->cache = VK_NULL_HANDLE;
    }
    free(data);
}

/** Create the folders above @p path; errors show when the file is written. */
static void make_folders(char *path)
{
    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = 0;
            mkdir(path, 0777);
            *p = '/';
        }
}

/**
 * Write to a file that nobody else has, be it in another process or thread, then give
 * it the name: readers see all or nothing.
 */
static int write_file(const char *path, const void *data, size_t size)
{
    char *part = ttm_asprintf("%s.XXXXXX", path);
    int number = part ? mkstemp(part) : -1, ret = -1;
    FILE *file = number >= 0 ? fdopen(number, "wb") : NULL;

    if (file) {
        ret = fwrite(data, 1, size, file) == size ? 0 : -1;
        if (fclose(file))
            ret = -1;
        if (!ret)
            ret = rename(part, path);
    } else if (number >= 0) {
        close(number);
    }
    if (ret && number >= 0) {
        int error = errno;

        unlink(part);
        errno = error;
    }
    free(part);
    return ret;
}

void ttm_vk_cache_save(TTMVk *vk)
{
    size_t size = 0;
    char *data  = NULL;
    uint64_t hash;

    if (vk->cache && vk->cache_path && vk->cache_changed &&
        vk->fn.GetPipelineCacheData(vk->device, vk->cache, &size, NULL) ==
            VK_SUCCESS && size && (data = malloc(sizeof(hash) + size)) &&
        vk->fn.GetPipelineCacheData(vk->device, vk->cache, &size,
                                    data + sizeof(hash)) == VK_SUCCESS) {
        hash = ttm_hash64(data + sizeof(hash), size, 0);
        memcpy(data, &hash, sizeof(hash));
        make_folders(vk->cache_path);
        if (write_file(vk->cache_path, data, sizeof(hash) + size) < 0)
            ttm_log(vk->log, TTM_LOG_VERBOSE, "vulkan: the pipeline cache %s "
                    "cannot be written (%s), the next start takes longer",
                    vk->cache_path, strerror(errno));
    }
    free(data);
    free(vk->cache_path);
    vk->cache_path = NULL;
}
