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

/** @file Files and folder lists by POSIX calls. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/hash.h"
#include "util/mem.h"

/** Bytes that are hashed at once; a multiple of TTM_HASH64_BLOCK. */
#define HASHED_BYTES ((size_t)256 << 10)

/* Check what is open and note how it is. */
static int examine(TTMFile *file, const TTMLog *log)
{
    struct stat info;

    if (fstat(file->descriptor, &info) < 0)
        return ttm_fail(log, TTM_ERR_FILE, "%s: %s", file->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return ttm_fail(log, TTM_ERR_FILE, "%s: not a regular file", file->path);
    file->size       = (uint64_t)info.st_size;
    file->written[0] = info.st_mtim.tv_sec;
    file->written[1] = info.st_mtim.tv_nsec;
    return 0;
}

int ttm_file_open(TTMFile *file, const TTMLog *log, const char *path)
{
    int ret;

    memset(file, 0, sizeof(*file));
    file->path = ttm_strdup(path);
    if (!file->path)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    /* O_NONBLOCK: a named pipe must not stop us before fstat() */
    file->descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->descriptor < 0) {
        ret = ttm_fail(log, TTM_ERR_FILE, "%s: %s", path, strerror(errno));
        free(file->path);
        memset(file, 0, sizeof(*file));
        return ret;
    }
    ret = examine(file, log);
    if (ret < 0)
        ttm_file_close(file);
    return ret;
}

void ttm_file_close(TTMFile *file)
{
    if (file->path)
        close(file->descriptor);
    free(file->path);
    memset(file, 0, sizeof(*file));
}

/* What was read counts only if the file is still as it was opened. */
static int check_unchanged(const TTMFile *file, const TTMLog *log)
{
    struct stat info;

    if (fstat(file->descriptor, &info) < 0)
        return ttm_fail(log, TTM_ERR_FILE, "%s: %s", file->path, strerror(errno));
    if ((uint64_t)info.st_size != file->size)
        return ttm_fail(log, TTM_ERR_FILE, "%s: changed from %llu to %llu bytes while "
                        "it was in use; start again with a file that stays as it is",
                        file->path, (unsigned long long)file->size,
                        (unsigned long long)info.st_size);
    if (info.st_mtim.tv_sec != file->written[0] ||
        info.st_mtim.tv_nsec != file->written[1])
        return ttm_fail(log, TTM_ERR_FILE, "%s: was written while it was in use; "
                        "start again with a file that stays as it is", file->path);
    return 0;
}

int ttm_file_read(const TTMFile *file, const TTMLog *log, uint64_t offset,
                  void *to, size_t size)
{
    uint8_t *p = to;

    while (size) {
        /* systems read at most 2 GiB at once */
        size_t some = size < INT_MAX / 2 ? size : INT_MAX / 2;
        ssize_t got = pread(file->descriptor, p, some, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ttm_fail(log, TTM_ERR_FILE, "%s: %s", file->path,
                            strerror(errno));
        if (!got)
            break;
        p      += got;
        size   -= (size_t)got;
        offset += (uint64_t)got;
    }
    if (check_unchanged(file, log) < 0)
        return TTM_ERR_FILE;
    return size ? ttm_fail(log, TTM_ERR_FILE, "%s: ends %zu bytes too early",
                           file->path, size) : 0;
}

int ttm_file_load(const TTMFile *file, const TTMLog *log, uint8_t **data)
{
    int ret;

    *data = file->size < SIZE_MAX ? malloc((size_t)file->size + 1) : NULL;
    if (!*data)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory for %llu bytes",
                        file->path, (unsigned long long)file->size);
    ret = ttm_file_read(file, log, 0, *data, (size_t)file->size);
    if (ret < 0) {
        free(*data);
        *data = NULL;
        return ret;
    }
    (*data)[file->size] = 0;
    return 0;
}

int ttm_file_hash(const TTMFile *file, const TTMLog *log, TTMCancel *cancel,
                  uint64_t *hash)
{
    uint8_t *bytes = malloc(HASHED_BYTES);
    TTMHash64 state;
    int ret = bytes ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory",
                                   file->path);

    ttm_hash64_begin(&state, *hash);
    for (uint64_t at = 0; ret >= 0;) {
        uint64_t left = file->size - at;
        size_t size   = left < HASHED_BYTES ? (size_t)left : HASHED_BYTES;
        size_t blocks = size / TTM_HASH64_BLOCK * TTM_HASH64_BLOCK;

        ret = ttm_cancelled(cancel) ? TTM_ERR_CANCELLED :
              ttm_file_read(file, log, at, bytes, size);
        if (ret < 0)
            break;
        ttm_hash64_add(&state, bytes, blocks);
        at += size;
        if (at == file->size) {
            *hash = ttm_hash64_end(&state, bytes + blocks, size - blocks);
            break;
        }
    }
    free(bytes);
    return ret;
}

/* 1 if something of type @p type is there, 0 if not. */
static int exists(const TTMLog *log, const char *path, mode_t type)
{
    struct stat info;

    if (!stat(path, &info))
        return (info.st_mode & S_IFMT) == type;
    return errno == ENOENT || errno == ENOTDIR ? 0 :
           ttm_fail(log, TTM_ERR_FILE, "%s: %s", path, strerror(errno));
}

int ttm_file_exists(const TTMLog *log, const char *path)
{
    return exists(log, path, S_IFREG);
}

int ttm_folder_exists(const TTMLog *log, const char *path)
{
    return exists(log, path, S_IFDIR);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* 1 if the entry is wanted, 0 if not, negative after a line */
static int is_wanted(const TTMLog *log, const char *folder, const char *name)
{
    char *path;
    int wanted;

    if (name[0] == '.')
        return 0;
    path = ttm_asprintf("%s/%s", folder, name);
    if (!path)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);
    wanted = ttm_file_exists(log, path);
    free(path);
    return wanted;
}

static int grow(char ***list, size_t *capacity, size_t needed, const TTMLog *log,
                const char *folder)
{
    int ret = ttm_array_grow(list, capacity, needed, sizeof(**list));

    return ret < 0 ? ttm_fail(log, ret, "%s: out of memory", folder) : 0;
}

int ttm_folder_list(char ***names, const TTMLog *log, const char *folder)
{
    size_t nb = 0, capacity = 0;
    struct dirent *entry;
    char **list = NULL;
    DIR *dir;
    int ret;

    *names = NULL;
    dir = opendir(folder);
    if (!dir)
        return ttm_fail(log, TTM_ERR_FILE, "%s: %s", folder, strerror(errno));
    ret = grow(&list, &capacity, 1, log, folder);
    while (ret >= 0 && (errno = 0, entry = readdir(dir))) {
        ret = is_wanted(log, folder, entry->d_name);
        if (ret <= 0)
            continue;
        ret = grow(&list, &capacity, nb + 2, log, folder);
        if (ret < 0)
            break;
        list[nb] = ttm_strdup(entry->d_name);
        if (list[nb])
            nb++;
        else
            ret = ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);
    }
    if (ret >= 0 && errno)
        ret = ttm_fail(log, TTM_ERR_FILE, "%s: %s", folder, strerror(errno));
    closedir(dir);
    if (ret < 0) {
        ttm_list_free(&list);
        return ret;
    }
    qsort(list, nb, sizeof(*list), compare_names);
    *names = list;
    return 0;
}

void ttm_list_free(char ***names)
{
    if (*names)
        for (size_t i = 0; (*names)[i]; i++)
            free((*names)[i]);
    free(*names);
    *names = NULL;
}
