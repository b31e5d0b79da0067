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
 * Philox and Box-Muller. The logarithm, sine and cosine are our own sums of
 * products in double precision: those of the C libraries differ in the last
 * bit, and a seed has to give the same clip everywhere.
 */

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "util/rng.h"

/* GCC obeys -std=c11 instead, which excludes contraction. */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

void ttm_philox(const uint32_t counter[4], const uint32_t key[2],
                uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int i = 0; i < 10; i++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;

        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/*
 * Natural logarithm of a normal double above 0: x = 2^e m with m within
 * sqrt(1/2) and sqrt(2), ln m = 2 atanh(t), t = (m - 1) / (m + 1).
 */
static double logarithm(double x)
{
    double m, t, square, sum = 0.0;
    uint64_t bits;
    int exponent;

    memcpy(&bits, &x, sizeof(bits));
    exponent = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
    memcpy(&m, &bits, sizeof(m));
    if (m > 1.4142135623730951) {
        m *= 0.5;
        exponent++;
    }
    t = (m - 1.0) / (m + 1.0);
    square = t * t;
    /* |t| < 0.172: the term t^23 / 23 is below 1e-18 */
    for (int i = 21; i >= 1; i -= 2)
        sum = sum * square + 1.0 / i;
    return exponent * 0.69314718055994530942 + 2.0 * t * sum;
}

/*
 * Cosine and sine of v turns, v = word / 2^32: the two top bits, rounded, are
 * the quarter; the rest is within an eighth of a turn and takes Taylor sums.
 */
static void turn(uint32_t word, double *cosine, double *sine)
{
    uint32_t quarter = (word + 0x20000000u) >> 30;
    int32_t rest = (int32_t)(word - (quarter << 30));
    double angle = rest * (6.28318530717958647693 / 4294967296.0);
    double square = angle * angle, c = 0.0, s = 0.0;

    for (int i = 18; i >= 2; i -= 2) {
        c = (1.0 - c) * square / (i * (i - 1));
        s = (1.0 - s) * square / (i * (i + 1));
    }
    c = 1.0 - c;
    s = angle * (1.0 - s);
    *cosine = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
    *sine   = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
}

/* The four values of a block. */
static void normal_block(uint64_t seed, uint32_t stream, uint64_t block,
                         float out[4])
{
    uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32), stream, 0 };
    uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    uint32_t words[4];

    ttm_philox(counter, key, words);
    for (int pair = 0; pair < 2; pair++) {
        double u = (words[2 * pair] + 1.0) / 4294967296.0;
        double radius = sqrt(-2.0 * logarithm(u)), cosine, sine;

        turn(words[2 * pair + 1], &cosine, &sine);
        out[2 * pair]     = (float)(radius * cosine);
        out[2 * pair + 1] = (float)(radius * sine);
    }
}

void ttm_rng_normal(uint64_t seed, uint32_t stream, uint64_t first, float *out,
                    int64_t count)
{
    int64_t done = 0;

    while (done < count) {
        uint64_t element = first + (uint64_t)done;
        float values[4];

        normal_block(seed, stream, element / 4, values);
        for (int i = (int)(element % 4); i < 4 && done < count; i++)
            out[done++] = values[i];
    }
}

int64_t ttm_rng_random_seed(void)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    uint64_t seed = 0;
    ssize_t nb = fd < 0 ? -1 : read(fd, &seed, sizeof(seed));

    if (fd >= 0)
        close(fd);
    if (nb != (ssize_t)sizeof(seed)) {
        struct timespec now = { 0 };
        uint32_t counter[4], words[4], key[2] = { (uint32_t)getpid(), 0 };

        clock_gettime(CLOCK_REALTIME, &now);
        counter[0] = (uint32_t)now.tv_nsec;
        counter[1] = (uint32_t)now.tv_sec;
        counter[2] = counter[3] = 0;
        ttm_philox(counter, key, words);
        seed = (uint64_t)words[0] << 32 | words[1];
    }
    return (int64_t)(seed & TTM_MAX_SEED);
}
