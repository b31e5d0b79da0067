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

/** @file Object ids of a picture as text: runs of equal ids. */

#ifndef TTM_UTIL_RUNS_H
#define TTM_UTIL_RUNS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Text of @p nb ids, row by row: "ID*COUNT ID*COUNT ...". The caller frees it; NULL
 * when memory is short.
 */
char *ttm_runs_write(const uint8_t *ids, size_t nb);

/**
 * Ids [nb] from such a text. Returns -1 where it is no such text, has another number
 * of ids or one above @p most, else 0.
 */
int ttm_runs_read(const char *text, uint8_t *ids, size_t nb, int most);

#endif /* TTM_UTIL_RUNS_H */
