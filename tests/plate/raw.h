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

/** @file Raw pictures in files. Both functions end the program after a line if that fails. */

#ifndef TTM_TESTS_PLATE_RAW_H
#define TTM_TESTS_PLATE_RAW_H

#include <stddef.h>

/** The first @p size bytes of a file, which the caller frees. */
void *raw_read(const char *path, size_t size);

void raw_write(const char *path, const void *data, size_t size);

#endif /* TTM_TESTS_PLATE_RAW_H */
