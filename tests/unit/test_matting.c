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

/** @file Edges of objects estimated from stills with a known alpha. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/islands.h"
#include "render/matting.h"
#include "render/trimap.h"

#define W 96
#define H 80
#define RADIUS 6

static const uint8_t all[256] = { 0, 1, 1, 1 };

/* A picture of an object before something, whose alpha is known. */
typedef struct Case {
    float alpha[W * H];
    float own[3 * W * H];       ///< 0 .. 255
    uint8_t pixels[3 * W * H], ids[W * H];
} Case;

/* A colour with some texture that no other has. */
static float texture(int x, int y, int c, const int base[3])
{
    return (float)base[c] + (float)((x * 13 + y * 29 + c * 7) % 17) - 8;
}

static Case *make(float (*alpha)(int x, int y), const int object[3], const int behind[3])
{
    Case *c = calloc(1, sizeof(*c));

    assert_non_null(c);
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        const float a = alpha(x, y);

        c->alpha[i] = a;
        c->ids[i]   = a > 0.5f;
        for (int k = 0; k < 3; k++) {
            c->own[3 * i + k] = texture(x, y, k, object);
            c->pixels[3 * i + k] = (uint8_t)lrintf(a * c->own[3 * i + k] +
                                                   (1 - a) * texture(y, x, k, behind));
        }
    }
    return c;
}

static TTMMatting estimate(const Case *c, int threads)
{
    const TTMMattingSource source = {
        .pixels = c->pixels, .bytes = 1, .width = W, .height = H, .ids = c->ids,
        .wanted = all, .radius = RADIUS,
    };
    TTMPool *pool = threads ? ttm_pool_create(threads) : NULL;
    TTMMatting m;

    assert_int_equal(ttm_matting_estimate(&m, &source, pool), 0);
    ttm_pool_free(&pool);
    return m;
}

/* Alpha of a pixel of the still, 0 .. 1. */
static float alpha_at(const TTMMatting *m, int x, int y)
{
    if (x < m->x || y < m->y || x >= m->x + m->width || y >= m->y + m->height)
        return 0;
    return (float)m->alpha[(y - m->y) * m->width + x - m->x] / 255;
}

/* Mean error of alpha where it is neither 0 nor 1, or ours or the mask's is not. */
static float alpha_error(const Case *c, const TTMMatting *m)
{
    float sum = 0;
    int nb = 0;

    for (int i = 0; i < W * H; i++) {
        const float ours = m ? alpha_at(m, i % W, i / W) : c->ids[i];

        if (ours <= 0 && c->alpha[i] <= 0)
            continue;
        if (ours >= 1 && c->alpha[i] >= 1)
            continue;
        sum += fabsf(ours - c->alpha[i]);
        nb++;
    }
    return nb ? sum / (float)nb : 0;
}

/* Root mean square error of alpha times the own colour, where it is a mixture. */
static float colour_error(const Case *c, const TTMMatting *m)
{
    double sum = 0;
    int nb = 0;

    for (int i = 0; i < W * H; i++) {
        const int x = i % W - m->x, y = i / W - m->y;

        if (c->alpha[i] <= 0 || c->alpha[i] >= 1)
            continue;
        for (int k = 0; k < 3; k++) {
            const float own = (float)c->pixels[3 * i + k] +
                              2 * (float)m->tint[3 * (y * m->width + x) + k];
            const float e = alpha_at(m, i % W, i / W) * own - c->alpha[i] * c->own[3 * i + k];

            sum += (double)(e * e);
            nb++;
        }
    }
    return (float)sqrt(sum / nb);
}

static const int orange[3] = { 220, 140, 40 }, blue[3] = { 40, 80, 200 };

/* A disc out of focus: from whole to nothing within 8 pixels. */
static float blurred(int x, int y)
{
    const float d = hypotf((float)x - 45, (float)y - 38);

    return fminf(fmaxf((26 - d) / 8, 0), 1);
}

static void test_blur(void **state)
{
    Case *c = make(blurred, orange, blue);
    TTMMatting m = estimate(c, 0);

    (void)state;
    assert_true(alpha_error(c, NULL) > 0.2f);
    assert_true(alpha_error(c, &m) < 0.06f);
    /* the old background would be 60 off where it shines through by half */
    assert_true(colour_error(c, &m) < 8);
    ttm_matting_free(&m);
    free(c);
}

/* A square with hairs of a pixel, which a mask has lost. */
static float hairy(int x, int y)
{
    if (x >= 30 && x < 66 && y >= 30 && y < 60)
        return 1;
    return x >= 32 && x < 64 && x % 5 == 0 && y >= 25 && y < 30 ? 0.8f : 0;
}

static void test_hair(void **state)
{
    Case *c = make(hairy, orange, blue);
    TTMMatting m;

    (void)state;
    for (int i = 0; i < 30 * W; i++)
        c->ids[i] = 0;
    for (int red = 0; red < 2; red++) {         /* of all colours, and of one only */
        for (int i = 0; red && i < 3 * W * H; i++)
            if (i % 3)
                c->pixels[i] = 0;
        m = estimate(c, 0);
        for (int y = 25; y < 30; y++)
            for (int x = 32; x < 64; x++)
                assert_true(fabsf(alpha_at(&m, x, y) - (x % 5 ? 0 : 0.8f)) < 0.15f);
        ttm_matting_free(&m);
    }
    free(c);
}

static float square(int x, int y)
{
    return x >= 30 && x < 66 && y >= 30 && y < 60;
}

/* Where colours do not tell it is the mask, its edge a pixel soft. */
static void test_alike(void **state)
{
    static const int grey[3] = { 120, 120, 120 };
    Case *c = make(square, grey, grey);
    TTMMatting m;

    (void)state;
    memset(c->pixels, 120, sizeof(c->pixels));
    m = estimate(c, 0);
    for (int y = 36; y < 54; y++)
        for (int x = 0; x < W; x++) {
            const float inside = fminf((float)x - 29.5f, 65.5f - (float)x);
            const float a = alpha_at(&m, x, y);

            if (fabsf(inside) > 3)
                assert_true(inside > 0 ? a > 0.97f : a < 0.03f);
            else if (fabsf(inside) < 1)
                assert_true(inside > 0 ? a > 0.55f : a < 0.45f);
        }
    ttm_matting_free(&m);
    free(c);
}

/* What looks like the object beside it, or like what is behind in it, changes sides nowhere. */
static void test_look_alikes(void **state)
{
    Case *c = make(square, orange, blue);
    TTMMatting m;

    (void)state;
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 9; i++) {
            const int beside = (40 + i / 3) * W + 69 + i % 3, in = (44 + i / 3) * W + 61 + i % 3;

            c->pixels[3 * beside + k] = (uint8_t)orange[k];
            c->pixels[3 * in + k]     = (uint8_t)blue[k];
        }
    }
    m = estimate(c, 0);
    assert_true(alpha_at(&m, 70, 41) < 0.05f);
    assert_true(alpha_at(&m, 62, 45) > 0.95f);
    ttm_matting_free(&m);
    free(c);
}

/* A hundredth of the object in what is behind it is none. */
static void test_faint(void **state)
{
    Case *c = make(square, orange, blue);
    TTMMatting m;

    (void)state;
    for (int i = 0; i < W * H; i++) {
        c->pixels[3 * i] = c->ids[i] ? 200 : i % 3 ? 0 : 2;
        c->pixels[3 * i + 1] = c->pixels[3 * i + 2] = 0;
    }
    m = estimate(c, 0);
    for (int i = 0; i < W * H; i++)
        assert_true(alpha_at(&m, i % W, i / W) == (float)c->ids[i]);
    ttm_matting_free(&m);
    free(c);
}

/* Sharp edges stay sharp, and the colours of what is whole are the still's. */
static void test_sharp(void **state)
{
    Case *c = make(square, orange, blue);
    TTMMatting m = estimate(c, 0);

    (void)state;
    for (int y = 34; y < 56; y++)
        for (int x = 20; x < 76; x++)
            assert_true(fabsf(alpha_at(&m, x, y) - square(x, y)) < 0.1f);
    for (int i = 0; i < 3 * m.width * m.height; i++)
        if (m.alpha[i / 3] == 255)
            assert_in_range(abs(m.tint[i]), 0, 1);
    ttm_matting_free(&m);
    free(c);
}

/* Two objects that touch: there is no background between them to look for. */
static void test_touching(void **state)
{
    Case *c = make(square, orange, blue);
    TTMMatting m;

    (void)state;
    for (int i = 0; i < W * H; i++)
        if (c->ids[i] && i % W >= 48)
            c->ids[i] = 2;
    m = estimate(c, 0);
    for (int y = 40; y < 50; y++)
        for (int x = 36; x < 60; x++) {
            const size_t at = (size_t)((y - m.y) * m.width + x - m.x);

            assert_int_equal(m.alpha[at], 255);
            assert_int_equal(m.label[at], x < 48 ? 1 : 2);
        }
    /* the band outside is that of the nearer one */
    assert_int_equal(m.label[(45 - m.y) * m.width + 27 - m.x], 1);
    assert_int_equal(m.label[(45 - m.y) * m.width + 68 - m.x], 2);
    ttm_matting_free(&m);
    free(c);
}

static float at_border(int x, int y)
{
    return x < 20 && y >= 50;
}

/* Along the still's border there is no edge. */
static void test_border(void **state)
{
    Case *c = make(at_border, orange, blue);
    TTMMatting m = estimate(c, 0);

    (void)state;
    for (int y = 60; y < H; y++)
        assert_true(alpha_at(&m, 0, y) > 0.99f);
    for (int x = 0; x < 12; x++)
        assert_true(alpha_at(&m, x, H - 1) > 0.99f);
    ttm_matting_free(&m);
    free(c);
}

static float everywhere(int x, int y)
{
    (void)x;
    (void)y;
    return 1;
}

/* Masks that leave nothing to compare with, and none. */
static void test_extremes(void **state)
{
    Case *c = make(everywhere, orange, blue);
    TTMMatting m = estimate(c, 0);

    (void)state;
    for (int i = 0; i < W * H; i++)
        assert_int_equal(m.alpha[i], 255);
    ttm_matting_free(&m);

    memset(c->ids, 0, sizeof(c->ids));
    m = estimate(c, 0);
    assert_int_equal(m.width, 0);
    assert_null(m.alpha);
    ttm_matting_free(&m);

    c->ids[40 * W + 50] = 1;    /* one pixel */
    m = estimate(c, 0);
    assert_true(alpha_at(&m, 50, 40) > 0.5f);
    assert_true(alpha_at(&m, 57, 40) <= 0);
    ttm_matting_free(&m);

    memset(c->ids, 4, sizeof(c->ids));  /* an object that is not asked for */
    m = estimate(c, 0);
    assert_int_equal(m.width, 0);
    ttm_matting_free(&m);
    free(c);
}

/* A limb of three pixels and a gap of three stay what they are at their middle. */
static void test_thin(void **state)
{
    uint8_t *ids = calloc(W * H, 1);
    TTMTrimap t;

    (void)state;
    for (int y = 20; y < 60; y++)
        for (int x = 20; x < 70; x++)
            ids[y * W + x] = x < 50 ? x < 30 || x >= 33 : y >= 38 && y < 41;
    assert_int_equal(ttm_trimap_create(&t, ids, W, H, all, RADIUS, NULL), 0);
    for (int x = 55; x < 65; x++)
        assert_int_equal(t.value[(39 - t.y) * t.width + x - t.x], TTM_TRIMAP_OBJECT);
    for (int y = 30; y < 50; y++)
        assert_int_equal(t.value[(y - t.y) * t.width + 31 - t.x], TTM_TRIMAP_BACKGROUND);
    /* the edge lies between two pixels; deep inside and far outside all is sure */
    assert_true(fabsf(t.edge[(39 - t.y) * t.width + 20 - t.x] - 0.5f) < 1e-6f);
    assert_true(fabsf(t.edge[(39 - t.y) * t.width + 19 - t.x] + 0.5f) < 1e-6f);
    assert_int_equal(t.value[(30 - t.y) * t.width + 42 - t.x], TTM_TRIMAP_OBJECT);
    /* the band is half the radius wide inside, however thick the object is */
    assert_int_equal(t.value[(30 - t.y) * t.width + 46 - t.x], TTM_TRIMAP_OBJECT);
    assert_int_equal(t.value[(30 - t.y) * t.width + 47 - t.x], TTM_TRIMAP_UNKNOWN);
    assert_int_equal(t.value[(39 - t.y) * t.width + 12 - t.x], TTM_TRIMAP_BACKGROUND);
    assert_int_equal(t.value[(39 - t.y) * t.width + 15 - t.x], TTM_TRIMAP_UNKNOWN);
    assert_int_equal(t.label[(39 - t.y) * t.width + 15 - t.x], 1);
    assert_int_equal(t.label[(39 - t.y) * t.width + 10 - t.x], 0);
    /* the nearest sure pixels of a row */
    assert_int_equal(t.background[(39 - t.y) * t.width + 15 - t.x],
                     (39 - t.y) * t.width + 13 - t.x);
    ttm_trimap_free(&t);
    free(ids);
}

/* In a line: no more than the least on the way to the object. */
static void test_islands(void **state)
{
    enum { B = TTM_TRIMAP_BACKGROUND, O = TTM_TRIMAP_OBJECT, U = TTM_TRIMAP_UNKNOWN };
    const uint8_t value[10] = { B, U, U, U, U, U, U, U, U, O };
    uint8_t alpha[10] = { 0, 10, 200, 90, 240, 150, 255, 100, 250, 255 };
    static const uint8_t wanted[10] = { 0, 10, 90, 90, 100, 100, 100, 100, 250, 255 };

    (void)state;
    assert_int_equal(ttm_islands_remove(alpha, value, 10, 1, NULL), 0);
    assert_memory_equal(alpha, wanted, 10);
}

/* A dip that no way of such values leads to from the background is filled; a bay is not. */
static void test_holes(void **state)
{
    enum { B = TTM_TRIMAP_BACKGROUND, O = TTM_TRIMAP_OBJECT, U = TTM_TRIMAP_UNKNOWN };
    static const uint8_t row[6] = { O, U, U, U, U, B };
    static const uint8_t wanted[30] = {
        255, 250, 250, 250, 60, 0,
        255, 250, 250, 250, 60, 0,
        255, 250, 250, 250, 60, 0,
        255, 250, 250, 250, 60, 0,
        255, 250, 250,  20, 20, 0,
    };
    uint8_t value[30], alpha[30];

    (void)state;
    memcpy(alpha, wanted, sizeof(alpha));
    alpha[2 * 6 + 2] = 10;
    for (int i = 0; i < 30; i++)
        value[i] = row[i % 6];
    assert_int_equal(ttm_islands_remove(alpha, value, 6, 5, NULL), 0);
    assert_memory_equal(alpha, wanted, 30);
}

/* 16 bits say the same, and any number of threads bit for bit. */
static void test_depth_and_threads(void **state)
{
    Case *c = make(blurred, orange, blue);
    TTMMatting one = estimate(c, 1), four = estimate(c, 4), deep;
    const size_t count = (size_t)one.width * (size_t)one.height;
    uint16_t *pixels = malloc(3 * W * H * sizeof(*pixels));
    const TTMMattingSource source = {
        .pixels = pixels, .bytes = 2, .width = W, .height = H, .ids = c->ids, .wanted = all,
        .radius = RADIUS,
    };

    (void)state;
    assert_memory_equal(one.alpha, four.alpha, count);
    assert_memory_equal(one.tint, four.tint, 3 * count);
    for (int i = 0; i < 3 * W * H; i++)
        pixels[i] = (uint16_t)(c->pixels[i] * 257);
    assert_int_equal(ttm_matting_estimate(&deep, &source, NULL), 0);
    for (size_t i = 0; i < count; i++)
        assert_in_range(abs(one.alpha[i] - deep.alpha[i]), 0, 1);
    ttm_matting_free(&one);
    ttm_matting_free(&four);
    ttm_matting_free(&deep);
    free(pixels);
    free(c);
}

/* A radius as large as the picture. */
static void test_wide(void **state)
{
    Case *c = make(square, orange, blue);
    TTMMattingSource source = {
        .pixels = c->pixels, .bytes = 1, .width = W, .height = H, .ids = c->ids,
        .wanted = all, .radius = 200,
    };
    TTMMatting m;

    (void)state;
    assert_int_equal(ttm_matting_estimate(&m, &source, NULL), 0);
    assert_true(alpha_at(&m, 48, 45) > 0.9f && alpha_at(&m, 5, 5) < 0.1f);
    ttm_matting_free(&m);
    free(c);
}

static void test_cancel(void **state)
{
    Case *c = make(blurred, orange, blue);
    const TTMMattingSource source = {
        .pixels = c->pixels, .bytes = 1, .width = W, .height = H, .ids = c->ids,
        .wanted = all, .radius = RADIUS,
    };
    TTMCancel cancel = { .asked = 1 };
    TTMPool *pool = ttm_pool_create(1);
    TTMMatting m;

    (void)state;
    ttm_pool_set_cancel(pool, &cancel);
    assert_int_equal(ttm_matting_estimate(&m, &source, pool), TTM_ERR_CANCELLED);
    assert_null(m.alpha);
    ttm_pool_free(&pool);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blur), cmocka_unit_test(test_hair),
        cmocka_unit_test(test_alike), cmocka_unit_test(test_look_alikes),
        cmocka_unit_test(test_faint),
        cmocka_unit_test(test_sharp), cmocka_unit_test(test_touching),
        cmocka_unit_test(test_border), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_thin), cmocka_unit_test(test_islands),
        cmocka_unit_test(test_holes),
        cmocka_unit_test(test_depth_and_threads), cmocka_unit_test(test_wide),
        cmocka_unit_test(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
