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


/** @file Memory of the machine. */

#include "util/hostmem.h"

#include <stdio.h>
#include <unistd.h>

size_t ttm_host_memory(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib;
    size_t bytes = 0;
    char line[128];

    while (file && !bytes && fgets(line, sizeof(line), file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            bytes = (size_t)kib << 10;
    if (file)
        fclose(file);
#ifdef _SC_PHYS_PAGES
    if (!bytes && sysconf(_SC_PHYS_PAGES) > 0)
        bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
#endif
    return bytes;
}
