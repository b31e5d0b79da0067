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


/** @file Where texture for uncovered background comes from, known answers. */

#include "unit.h"

#include <math.h>
#include <string.h>

#include "graph/graph.h"
#include "render/texture.h"

#define W 64
#define H 48

/* Stripes of two periods to the left and to the right of the middle. */
static float stripes(int x, int y)
{
    return x < W / 2 ? (float)(y % 4 < 2) : (float)(x % 6 < 3);
}

static void set_rect(uint8_t *ids, int x, int y, int w, int h, uint8_t id)
{
    for (int j = y; j < y + h; j++)
        memset(ids + j * W + x, id, (size_t)w);
}

typedef struct Case {
    float small[W * H * 3], smooth[W * H * 4];
    uint8_t first[W * H], hole[W * H];
    TTMTexture textures[3];
} Case;

static void run(Case *c, int objects, float (*value)(int x, int y))
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int k = 0; k < 3; k++)
                c->small[3 * (y * W + x) + k] =
                    c->first[y * W + x] ? 0.9f : value(x, y) - 0.5f;
    ttm_texture_hole(c->first, W, H, c->hole);
    assert_int_equal(ttm_texture_create(c->small, c->first, W, H, objects,
                                        c->smooth, c->textures), 0);
}

/* Every object finds its own kind of stripes, in step with those around it. */
static void test_like_to_like(void **state)
{
    static Case c;

    (void)state;
    set_rect(c.first, 10, 10, 6, 6, 1);
    set_rect(c.first, 46, 30, 6, 6, 2);
    run(&c, 2, stripes);
    for (int id = 1; id <= 2; id++) {
        const TTMTexture *t = &c.textures[id - 1];
        const int x0 = id == 1 ? 10 : 46, y0 = id == 1 ? 10 : 30;

        assert_true(t->dx || t->dy);
        assert_true(t->limit > 0.5f);
        for (int y = y0 - 1; y < y0 + 7; y++)
            for (int x = x0 - 1; x < x0 + 7; x++) {
                int from = (y + t->dy) * W + x + t->dx;

                assert_int_equal(c.hole[from], 0);
                assert_true(stripes(x, y) ==
                            stripes(x + t->dx, y + t->dy));
            }
    }
}

static float flat(int x, int y)
{
    (void)x;
    (void)y;
    return 0.75f;
}

/* Nothing is added where nothing is; what is smoothed knows no object. */
static void test_flat(void **state)
{
    static Case c;

    (void)state;
    set_rect(c.first, 20, 20, 8, 8, 1);
    run(&c, 1, flat);
    assert_true(c.textures[0].limit < 1e-3f);
    for (int i = 0; i < W * H; i++) {
        assert_true(c.smooth[4 * i + 3] == (c.hole[i] ? 0 : 1));
        if (!c.hole[i])
            assert_true(fabsf(c.smooth[4 * i] - 0.625f) < 1e-4f);
    }
}

static float thing(int x, int y)
{
    return x >= 24 ? (float)((x / 3 + y / 3) & 1) : 0.5f;
}

/* A thing is no texture for a plain place, also where nothing else has room. */
static void test_thing(void **state)
{
    static Case c;
    int of_thing = 0;

    (void)state;
    set_rect(c.first, 6, 2, 14, 34, 1);
    run(&c, 1, thing);
    for (int y = 2; y < 36; y++)
        for (int x = 6; x < 20; x++)
            of_thing += thing(x + c.textures[0].dx, y + c.textures[0].dy) !=
                        0.5f;
    assert_true(of_thing < 14 * 34 / 5);
}

static float slope(int x, int y)
{
    (void)x;
    return (float)y / (H - 1);
}

/* Beside the object, and the other way up from there on. */
static float upside_down(int x, int y)
{
    return slope(x, x < 27 ? y : H - 1 - y);
}

/* Where all that has room is unlike the surroundings, nothing is taken. */
static void test_unlike(void **state)
{
    static Case c;

    (void)state;
    set_rect(c.first, 4, 4, 20, 40, 1);
    run(&c, 1, slope);
    assert_true(c.textures[0].dx > 0);
    run(&c, 1, upside_down);
    assert_int_equal(c.textures[0].dx, 0);
    assert_int_equal(c.textures[0].dy, 0);
}

static float noise(int x, int y)
{
    uint32_t bits = (uint32_t)(x * 73856093 ^ y * 19349663);

    bits = (bits ^ bits >> 13) * 0x5bd1e995u;
    return (float)((bits ^ bits >> 15) & 255) / 255;
}

/* Noise to the left, to the right much less of it. */
static float noise_to_the_left(int x, int y)
{
    return x < 2 * W / 3 ? noise(x, y) : 0.45f + 0.1f * noise(x, y);
}

static float noise_around(int x, int y)
{
    int near = x >= 19 && x < 35 && y >= 15 && y < 31;

    return near ? noise(x, y) : 0.45f + 0.1f * noise(x, y);
}

/* Of noise any part will do, though no pixel is alike; but only of such noise. */
static void test_any_noise(void **state)
{
    static Case c;
    int x;

    (void)state;
    set_rect(c.first, 4, 18, 10, 10, 1);
    run(&c, 1, noise_to_the_left);
    x = 4 + c.textures[0].dx;
    assert_true(c.textures[0].dx || c.textures[0].dy);
    assert_true(x >= 0 && x + 6 <= 2 * W / 3);
    memset(c.first, 0, sizeof(c.first));
    set_rect(c.first, 22, 18, 10, 10, 1);
    run(&c, 1, noise_around);
    assert_int_equal(c.textures[0].dx, 0);
    assert_int_equal(c.textures[0].dy, 0);
    assert_true(c.textures[0].limit == 0);
}

/* Strength that the surroundings have is not taken away from a texture. */
static float spots(int x, int y)
{
    return noise(x, y) > 0.97f ? 1.0f : 0.1f + 0.05f * noise(y, x);
}

static void test_limit(void **state)
{
    static Case c;

    (void)state;
    set_rect(c.first, 26, 18, 10, 10, 1);
    run(&c, 1, spots);
    for (int y = 17; y < 29; y++)
        for (int x = 25; x < 37; x++) {
            int from = (y + c.textures[0].dy) * W + x + c.textures[0].dx;
            float d = 0.5f * c.small[3 * from] + 0.5f - c.smooth[4 * from];

            assert_true(sqrtf(3) * fabsf(d) <= 1.3f * c.textures[0].limit);
        }
    assert_true(c.textures[0].limit > 0.3f);
}

/* Beside what leaves no room a strip is left; it is repeated, in step. */
static void test_repeated(void **state)
{
    static Case c;
    const TTMTexture *t = &c.textures[0];
    int found = 0, asked = 0;

    (void)state;
    set_rect(c.first, 2, 6, 40, 36, 1);
    run(&c, 1, stripes);
    assert_true(hypotf((float)t->dx, (float)t->dy) >= 0.15f * H);
    for (int y = 6; y < 42; y++)
        for (int x = 34; x < 42; x++, asked++)
            for (int k = 1, u, v; k <= TTM_TEXTURE_TIMES; k++) {
                u = x + k * t->dx;
                v = y + k * t->dy;
                if (u < 0 || v < 0 || u >= W || v >= H)
                    break;
                if (c.hole[v * W + u])
                    continue;
                found += stripes(u, v) == stripes(x, y);
                break;
            }
    assert_true(found > 0.8 * asked);
    /* A strip too thin to be more than a pattern of its own. */
    memset(c.first, 0, sizeof(c.first));
    set_rect(c.first, 0, 0, W - 5, H, 1);
    run(&c, 1, stripes);
    assert_int_equal(t->dx, 0);
    assert_int_equal(t->dy, 0);
}

/* Shadows lie within reach of the mask, and nowhere else. */
static void test_hole(void **state)
{
    static uint8_t first[160 * 128], hole[160 * 128];

    (void)state;
    assert_int_equal(ttm_texture_reach(160, 128), 4);
    assert_int_equal(ttm_texture_reach(8, 8), 1);
    first[64 * 160 + 80] = 3;
    ttm_texture_hole(first, 160, 128, hole);
    for (int y = 0; y < 128; y++)
        for (int x = 0; x < 160; x++) {
            int far = (x - 80) * (x - 80) + (y - 64) * (y - 64);

            assert_int_equal(hole[y * 160 + x], far <= 16);
        }
}

/* An object that fills the still, one that is not there, one at the border. */
static void test_no_room(void **state)
{
    static Case c;

    (void)state;
    memset(c.first, 1, sizeof(c.first));
    run(&c, 2, flat);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(c.textures[i].dx, 0);
        assert_int_equal(c.textures[i].dy, 0);
    }
    memset(c.first, 0, sizeof(c.first));
    set_rect(c.first, 0, 0, 5, 5, 3);
    run(&c, 3, stripes);
    assert_int_equal(c.textures[0].dx, 0);
    assert_true(c.textures[2].dx >= 0 && c.textures[2].dy >= 0);
    assert_true(c.textures[2].dx || c.textures[2].dy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_to_like),
        cmocka_unit_test(test_flat),
        cmocka_unit_test(test_any_noise),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_thing),
        cmocka_unit_test(test_unlike),
        cmocka_unit_test(test_hole),
        cmocka_unit_test(test_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
