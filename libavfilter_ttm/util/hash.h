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

/** @file Fast hash of bytes, not for security. */

#ifndef TTM_UTIL_HASH_H
#define TTM_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

/** XXH64 (the published algorithm of xxHash) of @p size bytes. */
uint64_t ttm_hash64(const void *data, size_t size, uint64_t seed);

/** Bytes that the hash takes at once. */
#define TTM_HASH64_BLOCK 32

/** The same of data that comes piece by piece. */
typedef struct TTMHash64 {
    uint64_t lane[4], seed;
    uint64_t size;              ///< bytes so far
} TTMHash64;

void ttm_hash64_begin(TTMHash64 *state, uint64_t seed);
/** @p size is a multiple of TTM_HASH64_BLOCK. */
void ttm_hash64_add(TTMHash64 *state, const void *data, size_t size);
/** The rest, of less than a block. */
uint64_t ttm_hash64_end(const TTMHash64 *state, const void *data, size_t size);

#endif /* TTM_UTIL_HASH_H */
