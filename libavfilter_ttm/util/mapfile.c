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

/** @file Mapped files and folder lists by POSIX calls. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/mapfile.h"
#include "util/mem.h"

int ttm_mapfile_open(TTMMapFile *file, const TTMLog *log, const char *path)
{
    /* mmap() refuses empty files, which some readers want to report better */
    static const uint8_t empty[1];
    struct stat info;
    void *data;
    int fd, ret = 0;

    memset(file, 0, sizeof(*file));
    /* O_NONBLOCK: a named pipe must not stop us before fstat() */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ttm_fail(log, TTM_ERR_FILE, "%s: %s", path, strerror(errno));
    if (fstat(fd, &info) < 0) {
        ret = ttm_fail(log, TTM_ERR_FILE, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        ret = ttm_fail(log, TTM_ERR_FILE, "%s: not a regular file", path);
    } else if ((uint64_t)info.st_size > SIZE_MAX) {
        ret = ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: too large to map", path);
    } else if (!info.st_size) {
        file->data = empty;
    } else {
        data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            ret = ttm_fail(log, errno == ENOMEM ? TTM_ERR_MEMORY : TTM_ERR_FILE,
                           "%s: cannot map: %s", path, strerror(errno));
        } else {
            file->data = data;
            file->size = (size_t)info.st_size;
        }
    }
    close(fd);
    return ret;
}

void ttm_mapfile_release(const TTMMapFile *file)
{
    if (file->size)
        madvise((void *)file->data, file->size, MADV_DONTNEED);
}

void ttm_mapfile_close(TTMMapFile *file)
{
    if (file->size)
        munmap((void *)file->data, file->size);
    memset(file, 0, sizeof(*file));
}

int ttm_file_exists(const char *path)
{
    struct stat info;

    return !stat(path, &info) && S_ISREG(info.st_mode);
}

int ttm_folder_exists(const char *path)
{
    struct stat info;

    return !stat(path, &info) && S_ISDIR(info.st_mode);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* 1 if the entry is wanted, 0 if not, negative when memory is short */
static int is_wanted(const char *folder, const char *name)
{
    char *path;
    int wanted;

    if (name[0] == '.')
        return 0;
    path = ttm_asprintf("%s/%s", folder, name);
    if (!path)
        return TTM_ERR_MEMORY;
    wanted = ttm_file_exists(path);
    free(path);
    return wanted;
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
    ret = ttm_array_grow(&list, &capacity, 1, sizeof(*list));
    while (ret >= 0 && (errno = 0, entry = readdir(dir))) {
        ret = is_wanted(folder, entry->d_name);
        if (ret <= 0)
            continue;
        ret = ttm_array_grow(&list, &capacity, nb + 2, sizeof(*list));
        if (ret >= 0 && !(list[nb] = ttm_strdup(entry->d_name)))
            ret = TTM_ERR_MEMORY;
        if (ret >= 0)
            nb++;
    }
    if (ret < 0)
        ttm_fail(log, ret, "%s: out of memory", folder);
    else if (errno)
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
