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

/** @file Noise: known values, independence of cutting, distribution; hash. */

#include <math.h>
#include <stdlib.h>

#include "unit.h"
#include "util/hash.h"
#include "util/rng.h"

/* Known answers published with the authors' Random123 library. */
static void philox_known_answers(void **state)
{
    static const uint32_t counters[3][4] = {
        { 0, 0, 0, 0 },
        { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
        { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
    };
    static const uint32_t keys[3][2] = {
        { 0, 0 }, { 0xffffffff, 0xffffffff }, { 0xa4093822, 0x299f31d0 },
    };
    static const uint32_t words[3][4] = {
        { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
        { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
        { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 },
    };
    uint32_t out[4];

    (void)state;
    for (int i = 0; i < 3; i++) {
        ttm_philox(counters[i], keys[i], out);
        assert_memory_equal(out, words[i], sizeof(out));
    }
}

/* The documented formula with the C library's functions. */
static void normal_values_follow_the_formula(void **state)
{
    const double pi = acos(-1.0);
    static float values[4096];
    uint64_t seed = 0x123456789abcdefu, first = 0x3fffffff0u;

    (void)state;
    ttm_rng_normal(seed, 7, first, values, 4096);
    for (uint32_t i = 0; i < 4096; i++) {
        uint64_t block = (first + i) / 4, lane = (first + i) % 4;
        uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32), 7, 0 };
        uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) }, x[4];
        double radius, angle, expected;

        ttm_philox(counter, key, x);
        radius = sqrt(-2 * log((x[lane & 2] + 1.0) / 4294967296.0));
        angle  = 2 * pi * x[(lane & 2) + 1] / 4294967296.0;
        expected = radius * (lane & 1 ? sin(angle) : cos(angle));
        assert_true(fabs(values[i] - expected) <= 4e-7);
    }
}

/* Bit for bit: these are part of what a seed means. */
static void values_of_a_seed_are_fixed(void **state)
{
    static const float expected[8] = {
        2.12769103f,  2.16137385f,   -0.408270836f, -1.65975308f,
        2.02131915f, -0.108216509f,   0.322616398f,  2.09557438f
    };
    float values[8];

    (void)state;
    ttm_rng_normal(42, 1, 0, values, 8);
    assert_memory_equal(values, expected, sizeof(values));
}

static void any_cut_gives_the_same(void **state)
{
    enum { NB = 1000 };
    static float whole[NB], parts[NB];

    (void)state;
    ttm_rng_normal(5, 2, 13, whole, NB);
    for (int step = 1; step < 12; step++) {
        memset(parts, 0, sizeof(parts));
        for (int i = 0; i < NB; i += step)
            ttm_rng_normal(5, 2, 13 + (uint64_t)i, parts + i,
                           step < NB - i ? step : NB - i);
        assert_memory_equal(parts, whole, sizeof(whole));
    }
}

static void seeds_and_streams_differ(void **state)
{
    float a[4], b[4];

    (void)state;
    ttm_rng_normal(1, 0, 0, a, 4);
    ttm_rng_normal(2, 0, 0, b, 4);
    assert_memory_not_equal(a, b, sizeof(a));
    ttm_rng_normal(1, 1, 0, b, 4);
    assert_memory_not_equal(a, b, sizeof(a));
    ttm_rng_normal(1 + (1ull << 32), 0, 0, b, 4);
    assert_memory_not_equal(a, b, sizeof(a));
    ttm_rng_normal(1, 0, 1ull << 34, b, 4);
    assert_memory_not_equal(a, b, sizeof(a));
}

static void distribution_is_normal(void **state)
{
    enum { NB = 1 << 20 };
    float *values = malloc(NB * sizeof(*values));
    double sum = 0, square = 0, fourth = 0, neighbours = 0;

    (void)state;
    assert_non_null(values);
    ttm_rng_normal(9, 0, 0, values, NB);
    for (int i = 0; i < NB; i++) {
        double x = values[i];

        assert_true(isfinite(x));
        sum    += x;
        square += x * x;
        fourth += x * x * x * x;
        neighbours += i ? x * values[i - 1] : 0;
    }
    /* within 5 standard errors */
    assert_true(fabs(sum / NB) < 5.0 / 1024);
    assert_true(fabs(square / NB - 1) < 5 * 1.4143 / 1024);
    assert_true(fabs(fourth / NB - 3) < 5 * 9.8 / 1024);
    assert_true(fabs(neighbours / NB) < 5.0 / 1024);
    free(values);
}

static void random_seeds_differ_and_are_positive(void **state)
{
    int64_t a = ttm_rng_random_seed(), b = ttm_rng_random_seed();

    (void)state;
    assert_true(a >= 0 && b >= 0);
    assert_true(a != b);
}

/* Published values of XXH64. */
static void hash_known_answers(void **state)
{
    uint8_t data[100];

    (void)state;
    assert_true(ttm_hash64("", 0, 0) == 0xef46db3751d8e999u);
    assert_true(ttm_hash64("a", 1, 0) == 0xd24ec4f1a98c6e5bu);
    assert_true(ttm_hash64("abc", 3, 0) == 0x44bc2cf5ad770999u);
    assert_true(ttm_hash64("abc", 3, 1) != ttm_hash64("abc", 3, 0));
    for (int i = 0; i < 100; i++)
        data[i] = (uint8_t)i;
    /* every byte counts, at every length */
    for (size_t size = 1; size <= 100; size++) {
        uint64_t hash = ttm_hash64(data, size, 0);

        assert_true(hash != ttm_hash64(data, size - 1, 0));
        for (size_t i = 0; i < size; i++) {
            data[i] ^= 1;
            assert_true(ttm_hash64(data, size, 0) != hash);
            data[i] ^= 1;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(normal_values_follow_the_formula),
        cmocka_unit_test(values_of_a_seed_are_fixed),
        cmocka_unit_test(any_cut_gives_the_same),
        cmocka_unit_test(seeds_and_streams_differ),
        cmocka_unit_test(distribution_is_normal),
        cmocka_unit_test(random_seeds_differ_and_are_positive),
        cmocka_unit_test(hash_known_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
