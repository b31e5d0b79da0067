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

/**
 * @file
 * Counter-based noise: element i of a stream depends on nothing but the seed,
 * the stream and i, and is the same on every machine.
 */

#ifndef TTM_UTIL_RNG_H
#define TTM_UTIL_RNG_H

#include <stdint.h>

/**
 * Largest seed: every whole number up to it is exact as a double, which is what
 * FFmpeg's options and most readers of JSON make of numbers.
 */
#define TTM_MAX_SEED (((int64_t)1 << 53) - 1)

/**
 * Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
 * 2011): four random words from a 128-bit counter and a 64-bit key.
 */
void ttm_philox(const uint32_t counter[4], const uint32_t key[2],
                uint32_t out[4]);

/**
 * Standard normal values @p first .. @p first + @p count - 1 of a stream.
 * Block b = i / 4 is Philox of counter (b low, b high, stream, 0) and key
 * (seed low, seed high); its words x give two Box-Muller pairs:
 * u = (x[2p] + 1) / 2^32, v = x[2p + 1] / 2^32, r = sqrt(-2 ln u),
 * element 2p = r cos(2 pi v), 2p + 1 = r sin(2 pi v). The range may be cut
 * anywhere: the values stay the same.
 */
void ttm_rng_normal(uint64_t seed, uint32_t stream, uint64_t first, float *out,
                    int64_t count);

/**
 * A seed from the system's random source (the clock, where there is none):
 * 0 .. TTM_MAX_SEED.
 */
int64_t ttm_rng_random_seed(void);

#endif /* TTM_UTIL_RNG_H */
