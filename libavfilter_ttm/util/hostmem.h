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

#ifndef TTM_UTIL_HOSTMEM_H
#define TTM_UTIL_HOSTMEM_H

#include <stddef.h>

/**
 * Bytes that this process can still get without paging: the least of what the machine
 * has, of the limits of its control groups (version 1 and 2, with all above them), where
 * caches of files count as free, and of RLIMIT_AS. 0 where nobody tells; at least 1
 * where a limit is used up.
 */
size_t ttm_host_memory(void);

/** The same as files below the folder @p root say, which stands for "/". */
size_t ttm_host_memory_of(const char *root);

/**
 * Give memory that was freed back to the system, where the C library keeps it: after
 * work that took much.
 */
void ttm_host_trim(void);

#endif /* TTM_UTIL_HOSTMEM_H */
