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

/** @file XXH64, written from its published description. */

#include <string.h>

#include "util/hash.h"

static const uint64_t prime1 = 0x9E3779B185EBCA87u, prime2 = 0xC2B2AE3D27D4EB4Fu,
                      prime3 = 0x165667B19E3779F9u, prime4 = 0x85EBCA77C2B2AE63u,
                      prime5 = 0x27D4EB2F165667C5u;

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

/* Little-endian whatever the machine; compilers make one load of each. */
static uint64_t read_4(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static uint64_t read_8(const uint8_t *p)
{
    return (uint64_t)p[0]       | (uint64_t)p[1] << 8  |
           (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
           (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static uint64_t mix_round(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * prime2, 31) * prime1;
}

void ttm_hash64_begin(TTMHash64 *state, uint64_t seed)
{
    *state = (TTMHash64){
        .lane = { seed + prime1 + prime2, seed + prime2, seed, seed - prime1 },
        .seed = seed,
    };
}

void ttm_hash64_add(TTMHash64 *state, const void *data, size_t size)
{
    uint64_t *lane = state->lane;

    for (const uint8_t *p = data, *end = p + size; p < end; p += TTM_HASH64_BLOCK)
        for (int i = 0; i < 4; i++)
            lane[i] = mix_round(lane[i], read_8(p + 8 * i));
    state->size += size;
}

uint64_t ttm_hash64_end(const TTMHash64 *state, const void *data, size_t size)
{
    const uint8_t *p = data, *end = p + size;
    const uint64_t *lane = state->lane;
    uint64_t hash;

    if (state->size) {
        hash = rotate(lane[0], 1) + rotate(lane[1], 7) +
               rotate(lane[2], 12) + rotate(lane[3], 18);
        for (int i = 0; i < 4; i++)
            hash = (hash ^ mix_round(0, lane[i])) * prime1 + prime4;
    } else {
        hash = state->seed + prime5;
    }
    hash += state->size + size;
    for (; end - p >= 8; p += 8)
        hash = rotate(hash ^ mix_round(0, read_8(p)), 27) * prime1 + prime4;
    if (end - p >= 4) {
        hash = rotate(hash ^ read_4(p) * prime1, 23) * prime2 + prime3;
        p += 4;
    }
    for (; p < end; p++)
        hash = rotate(hash ^ *p * prime5, 11) * prime1;
    hash = (hash ^ hash >> 33) * prime2;
    hash = (hash ^ hash >> 29) * prime3;
    return hash ^ hash >> 32;
}

uint64_t ttm_hash64(const void *data, size_t size, uint64_t seed)
{
    const size_t blocks = size / TTM_HASH64_BLOCK * TTM_HASH64_BLOCK;
    TTMHash64 state;

    ttm_hash64_begin(&state, seed);
    ttm_hash64_add(&state, data, blocks);
    return ttm_hash64_end(&state, (const uint8_t *)data + blocks, size - blocks);
}
