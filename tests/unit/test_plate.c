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

/** @file Holes in pictures filled, known answers. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/membrane.h"
#include "render/plate.h"
#include "render/rim.h"

#define W 96
#define H 72

/* A picture with a hole that shows what is nowhere else. */
typedef struct Case {
    uint8_t pixels[3 * W * H], filled[3 * W * H], place[W * H];
} Case;

static void make(Case *c, int (*value)(int x, int y), int (*hole)(int x, int y))
{
    static const uint8_t wrong[3] = { 255, 0, 255 };

    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;

        c->place[i] = hole(x, y) ? TTM_FILL_HOLE : TTM_FILL_KNOWN;
        memset(c->pixels + 3 * i, value(x, y), 3);
        memcpy(c->filled + 3 * i, c->place[i] ? wrong : c->pixels + 3 * i, 3);
    }
}

static void fill(Case *c)
{
    assert_int_equal(ttm_plate_fill(c->filled, NULL, 1, W, H, c->place, NULL), 0);
    for (int i = 0; i < W * H; i++)
        if (c->place[i] != TTM_FILL_HOLE)
            assert_memory_equal(c->filled + 3 * i, c->pixels + 3 * i, 3);
}

/* The largest difference from the truth in the hole. */
static int worst(const Case *c)
{
    int most = 0;

    for (int i = 0; i < 3 * W * H; i++) {
        const int d = abs(c->filled[i] - c->pixels[i]);

        most = d > most ? d : most;
    }
    return most;
}

static int disc(int x, int y)
{
    return (x - 50) * (x - 50) + (y - 36) * (y - 36) <= 16 * 16;
}

static int at_border(int x, int y)
{
    return x < 20 && y >= 52;
}

static int one_pixel(int x, int y)
{
    return x == 40 && y == 30;
}

static int corner_pixel(int x, int y)
{
    return x == W - 1 && !y;
}

static int flat(int x, int y)
{
    (void)x;
    (void)y;
    return 77;
}

static int pattern(int x, int y)
{
    return (x % 8 < 3 ? 40 : 160) + (y % 6 < 2 ? 60 : 0);
}

/* A slanting edge, and light that grows across it. */
static int edge(int x, int y)
{
    return (4 * y > 2 * x + 40 ? 180 : 40) + x / 4;
}

static int horizon(int x, int y)
{
    (void)x;
    return y < 36 ? 200 : 50;
}

static int (*const holes[])(int, int) = {
    disc, at_border, one_pixel, corner_pixel,
};

#define NB(array) (sizeof(array) / sizeof(*(array)))

/* What is constant stays so, and what repeats goes on in step. */
static void test_exact(void **state)
{
    static Case c;

    (void)state;
    for (size_t i = 0; i < NB(holes); i++) {
        make(&c, flat, holes[i]);
        fill(&c);
        assert_int_equal(worst(&c), 0);
        make(&c, pattern, holes[i]);
        fill(&c);
        assert_in_range(worst(&c), 0, 3);
        make(&c, horizon, holes[i]);
        fill(&c);
        assert_in_range(worst(&c), 0, 3);
    }
}

/* An edge goes straight through a hole; light goes on on both of its sides. */
static void test_edge(void **state)
{
    static Case c;
    int wrong = 0, asked = 0;

    (void)state;
    make(&c, edge, disc);
    fill(&c);
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W, d = abs(4 * y - (2 * x + 40));
        const int error = abs(c.filled[3 * i] - c.pixels[3 * i]);

        if (c.place[i] != TTM_FILL_HOLE)
            continue;
        asked++;
        wrong += error > 12;
        /* within two pixels of the edge it may be moved */
        if (d > 12)
            assert_in_range(error, 0, 12);
    }
    assert_true(wrong <= asked / 20);
}

static uint32_t bits_at(int x, int y)
{
    uint32_t bits = (uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u;

    bits = (bits ^ bits >> 13) * 0x5bd1e995u;
    return bits ^ bits >> 15;
}

static int noise(int x, int y)
{
    return 64 + (int)(bits_at(x, y) & 127);
}

/* Noise is filled with noise as strong: no flat patch, no smear. */
static void test_noise(void **state)
{
    static Case c;
    double sum[2] = { 0 }, square[2] = { 0 }, count[2] = { 0 };

    (void)state;
    make(&c, noise, disc);
    fill(&c);
    for (int i = 0; i < W * H; i++) {
        const int hole = c.place[i] == TTM_FILL_HOLE;

        count[hole]++;
        sum[hole]    += c.filled[3 * i];
        square[hole] += c.filled[3 * i] * c.filled[3 * i];
    }
    for (int k = 0; k < 2; k++) {
        sum[k]   /= count[k];
        square[k] = sqrt(square[k] / count[k] - sum[k] * sum[k]);
    }
    assert_true(fabs(sum[0] - sum[1]) < 6);
    assert_true(square[1] > 0.5 * square[0]);
}

/* Nothing is copied from what is foreign, though it lies at the hole. */
static void test_foreign(void **state)
{
    static Case c;

    (void)state;
    make(&c, flat, disc);
    for (int i = 0; i < W * H; i++)
        if (i % W < 30 && i / W > 10 && i / W < 60) {
            c.place[i] = TTM_FILL_FOREIGN;
            memset(c.pixels + 3 * i, noise(i % W, i / W), 3);
            memset(c.filled + 3 * i, noise(i % W, i / W), 3);
        }
    fill(&c);
    assert_in_range(worst(&c), 0, 3);
}

static int everywhere(int x, int y)
{
    return x >= 0 && y >= 0;
}

static int but_a_strip(int x, int y)
{
    (void)y;
    return x >= 4;
}

/* Without a patch to copy what is known is continued, else all is one colour. */
static void test_nothing_to_copy(void **state)
{
    static Case c;

    (void)state;
    make(&c, horizon, but_a_strip);
    fill(&c);
    assert_in_range(c.filled[3 * (5 * W + 6)], 190, 200);
    assert_in_range(c.filled[3 * ((H - 5) * W + 6)], 50, 60);
    make(&c, flat, everywhere);
    fill(&c);
    for (int i = 0; i < W * H; i++) {
        assert_in_range(c.filled[3 * i], 254, 255);
        assert_int_equal(c.filled[3 * i + 1], 0);
    }
}

/* Pictures of a few pixels, whatever of them is a hole. */
static void test_tiny(void **state)
{
    uint8_t pixels[3 * 9 * 9], place[9 * 9];

    (void)state;
    for (int w = 1; w <= 9; w++)
        for (int h = 1; h <= 9; h++)
            for (int hole = 0; hole < w * h; hole += 5) {
                memset(pixels, 90, sizeof(pixels));
                memset(place, TTM_FILL_KNOWN, sizeof(place));
                memset(pixels + 3 * hole, 0, 3);
                place[hole] = TTM_FILL_HOLE;
                assert_int_equal(ttm_plate_fill(pixels, NULL, 1, w, h, place, NULL), 0);
                if (w * h > 1)
                    assert_in_range(pixels[3 * hole + 1], 89, 90);
            }
}

static void paint(uint8_t *pixels, uint16_t *wide, uint8_t *place, int w, int h)
{
    for (int i = 0; i < w * h; i++) {
        const int x = i % w, y = i / w, hole = hypot(x - w / 2, y - h / 2) < h / 5;

        place[i] = hole ? TTM_FILL_HOLE : TTM_FILL_KNOWN;
        for (int c = 0; c < 3; c++) {
            pixels[3 * i + c] = (uint8_t)(hole ? 0 : (int)(bits_at(x / 3, y / (c + 2)) &
                                                        63) + x / 4 + 40 * c);
            if (wide)
                wide[3 * i + c] = (uint16_t)(pixels[3 * i + c] * 257);
        }
    }
}

/* Any number of threads, and 16 bits, give the same fill. */
static void test_threads(void **state)
{
    enum { w = 230, h = 170 };
    static uint8_t one[3 * w * h], other[3 * w * h], place[w * h];
    static uint16_t wide[3 * w * h];

    (void)state;
    paint(one, wide, place, w, h);
    assert_int_equal(ttm_plate_fill(one, NULL, 1, w, h, place, NULL), 0);
    for (int threads = 2; threads <= 5; threads += 3) {
        TTMPool *pool = ttm_pool_create(threads);

        assert_non_null(pool);
        paint(other, NULL, place, w, h);
        assert_int_equal(ttm_plate_fill(other, NULL, 1, w, h, place, pool), 0);
        assert_memory_equal(one, other, sizeof(one));
        ttm_pool_free(&pool);
    }
    assert_int_equal(ttm_plate_fill(wide, NULL, 2, w, h, place, NULL), 0);
    for (int i = 0; i < 3 * w * h; i++)
        assert_true(fabsf((float)wide[i] / 257 - (float)one[i]) <= 0.51f);
}

/* Of a picture too large to be searched whole all of the hole is filled. */
static void test_large(void **state)
{
    enum { w = 2400, h = 1800 };
    uint8_t *pixels = malloc(3 * w * h), *place = calloc(w, h);

    (void)state;
    for (int i = 0; i < w * h; i++) {
        const int x = i % w, y = i / w;

        memset(pixels + 3 * i, x / 24 % 2 ? 60 : 190, 3);
        if (hypot(x - 1200, y - 900) < 60 || (y == 300 && x > 300 && x < 700)) {
            place[i] = TTM_FILL_HOLE;
            memset(pixels + 3 * i, 0, 3);
        }
    }
    assert_int_equal(ttm_plate_fill(pixels, NULL, 1, w, h, place, NULL), 0);
    for (int i = 0; i < w * h; i++)
        assert_in_range(abs(pixels[3 * i] - (i % w / 24 % 2 ? 60 : 190)), 0, 12);
    free(pixels);
    free(place);
}

/* A shadow around an object leaves with it; background at its other side stays. */
static void test_rim(void **state)
{
    static Case c;
    static uint16_t wide[3 * W * H];
    static uint8_t places[W * H];

    (void)state;
    make(&c, pattern, disc);
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const double r = hypot(x - 50, y - 36);

        if (r > 16 && r <= 24) {
            c.place[i] = TTM_FILL_DOUBTFUL;
            for (int k = 0; k < 3 && x < 50; k++)
                c.filled[3 * i + k] = (uint8_t)(c.pixels[3 * i + k] * 6 / 10);
        }
        for (int k = 0; k < 3; k++)
            wide[3 * i + k] = (uint16_t)(c.filled[3 * i + k] * 257);
    }
    memcpy(places, c.place, sizeof(places));
    assert_int_equal(ttm_rim_settle(c.filled, 1, W, H, c.place, NULL), 0);
    assert_int_equal(ttm_rim_settle(wide, 2, W, H, places, NULL), 0);
    assert_memory_equal(c.place, places, sizeof(places));
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const double r = hypot(x - 50, y - 36);

        assert_int_not_equal(c.place[i], TTM_FILL_DOUBTFUL);
        if (r <= 16 || (r <= 24 && x < 46))
            assert_int_equal(c.place[i], TTM_FILL_HOLE);
        if (r > 24 || (r > 17 && x > 54))
            assert_int_equal(c.place[i], TTM_FILL_KNOWN);
    }
    assert_int_equal(ttm_plate_fill(c.filled, NULL, 1, W, H, c.place, NULL), 0);
    assert_in_range(worst(&c), 0, 4);
}

/* A plane through the rim is what the membrane is, nearly. */
static void test_membrane(void **state)
{
    static float values[3 * W * H], bends[3 * W * H];
    static uint8_t cells[W * H];

    (void)state;
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const int rim = !x || !y || x == W - 1 || y == H - 1;

        cells[i] = rim ? TTM_MEMBRANE_FIXED : TTM_MEMBRANE_FREE;
        for (int c = 0; c < 3; c++)
            values[3 * i + c] = rim ? (float)(c * x + y) : 1000;
    }
    assert_int_equal(ttm_membrane_solve(cells, W, H, values, bends, NULL), 0);
    for (int i = 0; i < W * H; i++)
        for (int c = 0; c < 3; c++)
            assert_true(fabsf(values[3 * i + c] - (float)(c * (i % W) + i / W)) < 4);
    memset(cells, TTM_MEMBRANE_FREE, sizeof(cells));
    assert_int_equal(ttm_membrane_solve(cells, W, H, values, bends, NULL), 0);
    for (int i = 0; i < 3 * W * H; i++)
        assert_true(values[i] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact), cmocka_unit_test(test_edge),
        cmocka_unit_test(test_noise), cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_nothing_to_copy), cmocka_unit_test(test_tiny),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_large),
        cmocka_unit_test(test_membrane), cmocka_unit_test(test_rim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
