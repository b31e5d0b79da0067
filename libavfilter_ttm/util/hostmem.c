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


/** @file Memory of the machine, and what limits let this process have of it. */

#include "util/hostmem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "util/mem.h"

/** Where no limit is set; version 1 says so with a number near 2^63. */
#define NO_LIMIT (UINT64_MAX >> 2)

/** Where a version of control groups keeps its numbers. */
typedef struct Groups {
    const char *folder, *limit, *used, *cache;
} Groups;

static const Groups version1 = {
    "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
    "total_inactive_file "
};

static const Groups version2 = {
    "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file "
};

static FILE *open_file(const char *root, const char *folder, const char *group,
                       const char *name)
{
    char *path = ttm_asprintf("%s%s%s/%s", root, folder, group, name);
    FILE *file = path ? fopen(path, "r") : NULL;

    free(path);
    return file;
}

/* Number behind @p key at the start of a line; NO_LIMIT: there is none. */
static uint64_t read_number(FILE *file, const char *key)
{
    const size_t length = strlen(key);
    uint64_t number = NO_LIMIT;
    char line[256], *end;

    while (file && number == NO_LIMIT && fgets(line, sizeof(line), file)) {
        unsigned long long value;

        if (strncmp(line, key, length))
            continue;
        value = strtoull(line + length, &end, 10);
        if (end != line + length && value < NO_LIMIT)
            number = value;
    }
    if (file)
        fclose(file);
    return number;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t rest(uint64_t limit, uint64_t used)
{
    return limit == NO_LIMIT ? limit : limit > used ? limit - used : 1;
}

/* What one control group leaves. */
static uint64_t group_rest(const char *root, const Groups *g, const char *group)
{
    uint64_t limit = read_number(open_file(root, g->folder, group, g->limit), "");
    uint64_t used  = read_number(open_file(root, g->folder, group, g->used), "");
    uint64_t cache = read_number(open_file(root, g->folder, group,
                                           "memory.stat"), g->cache);

    used = used == NO_LIMIT ? 0 : used;
    if (cache != NO_LIMIT)
        used = used > cache ? used - cache : 0;
    return rest(limit, used);
}

/*
 * A group and all above it. In a container the path may be the host's, of which there
 * is only the end, or nothing, below the folder: groups that are not there say nothing.
 */
static uint64_t groups_rest(const char *root, const Groups *g, char *group)
{
    uint64_t bytes = group_rest(root, g, "");

    while (*group == '/' && group[1]) {
        bytes = least(bytes, group_rest(root, g, group));
        *strrchr(group, '/') = 0;
    }
    return bytes;
}

static uint64_t control_groups(const char *root)
{
    FILE *file = open_file(root, "/proc", "/self", "cgroup");
    uint64_t bytes = NO_LIMIT;
    char line[4096];

    /* NUMBER:CONTROLLERS:PATH, with no controllers in version 2 */
    while (file && fgets(line, sizeof(line), file)) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;

        if (!path)
            continue;
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        controllers++;
        if (!*controllers)
            bytes = least(bytes, groups_rest(root, &version2, path));
        else if (!strcmp(controllers, "memory") ||
                 strstr(controllers, "memory,") || strstr(controllers, ",memory"))
            bytes = least(bytes, groups_rest(root, &version1, path));
    }
    if (file)
        fclose(file);
    return bytes;
}

static uint64_t address_space(const char *root)
{
    uint64_t limit = read_number(open_file(root, "/proc", "/self", "limits"),
                                 "Max address space");
    uint64_t pages = read_number(open_file(root, "/proc", "/self", "statm"), "");

    return rest(limit, pages == NO_LIMIT ? 0 :
                pages * (uint64_t)sysconf(_SC_PAGESIZE));
}

size_t ttm_host_memory_of(const char *root)
{
    uint64_t bytes = read_number(open_file(root, "/proc", "", "meminfo"),
                                 "MemAvailable:");

    if (bytes != NO_LIMIT)
        bytes <<= 10;
#ifdef _SC_PHYS_PAGES
    else if (!*root && sysconf(_SC_PHYS_PAGES) > 0)
        bytes = (uint64_t)sysconf(_SC_PHYS_PAGES) *
                (uint64_t)sysconf(_SC_PAGESIZE);
#endif
    bytes = least(bytes, least(control_groups(root), address_space(root)));
    return bytes >= NO_LIMIT ? 0 : bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes;
}

size_t ttm_host_memory(void)
{
    return ttm_host_memory_of("");
}

void ttm_host_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
