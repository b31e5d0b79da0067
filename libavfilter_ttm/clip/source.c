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

/** @file The file that the still was read from. */

#include "clip/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/utf8.h"

/* What is behind the last slash, but for those at the end. */
static char *last_part(const char *path)
{
    size_t end = strlen(path), begin;

    while (end && path[end - 1] == '/')
        end--;
    for (begin = end; begin && path[begin - 1] != '/'; begin--)
        ;
    return ttm_strndup(path + begin, end - begin);
}

int ttm_source_take(TTMSource *source, const TTMLog *log, const char *path)
{
    char *part;

    ttm_source_free(source);
    if (!path)
        return 0;
    part = last_part(path);
    if (part && !*part) {
        free(part);
        return 0;
    }
    source->path = ttm_strdup(path);
    source->name = part ? ttm_utf8_repair(part) : NULL;
    free(part);
    if (source->path && source->name)
        return 0;
    ttm_source_free(source);
    return ttm_fail(log, TTM_ERR_MEMORY, "out of memory for the name of the still");
}

void ttm_source_free(TTMSource *source)
{
    free(source->path);
    free(source->name);
    memset(source, 0, sizeof(*source));
}

/* What is wrong with the file does not end the clip. */
static void warn(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)level;
    ttm_log(opaque, TTM_LOG_WARNING, "the still's file is named without a hash: %s", message);
}

int ttm_source_read(TTMSource *source, const TTMLog *log, TTMCancel *cancel)
{
    union { const TTMLog *log; void *opaque; } to = { log };
    const TTMLog warnings = { warn, to.opaque };
    uint64_t hash = 0;
    TTMFile file;
    int ret;

    if (!source->path || *source->hash)
        return 0;
    ret = ttm_file_open(&file, &warnings, source->path);
    if (ret >= 0)
        ret = ttm_file_hash(&file, &warnings, cancel, &hash);
    ttm_file_close(&file);
    if (ret >= 0)
        snprintf(source->hash, sizeof(source->hash), "%016" PRIx64, hash);
    if (ret == TTM_ERR_MEMORY)
        ttm_log(log, TTM_LOG_ERROR, "out of memory for the hash of the still's file");
    return ret == TTM_ERR_MEMORY || ret == TTM_ERR_CANCELLED ? ret : 0;
}

int ttm_source_add(const TTMSource *source, TTMJson *root)
{
    TTMJson *json;
    int ret;

    if (!source->path)
        return 0;
    json = ttm_json_new_object();
    ret  = ttm_json_add(root, "source", json);
    if (!json || ret < 0)
        return TTM_ERR_MEMORY;
    ret = ttm_json_add_string(json, "name", source->name);
    return ret >= 0 && *source->hash ? ttm_json_add_string(json, "hash", source->hash) : ret;
}
