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

/** @file Trajectories of other colours and backgrounds than ttm's own. */

#include "unit.h"

#include "motion/repaint.h"
#include "util/palette.h"

#define W 64
#define H 48

static const uint8_t black[3] = { 0 };

/* A square of 20 pixels at (x, 14), its edge mixed with what is there. */
static void draw(uint8_t *rgb, const uint8_t colour[3], int x)
{
    for (int j = 13; j < 35; j++)
        for (int i = x - 1; i <= x + 20; i++) {
            int edge = j == 13 || j == 34 || i == x - 1 || i == x + 20;

            for (int c = 0; c < 3; c++) {
                uint8_t *at = rgb + 3 * (j * W + i) + c;

                *at = (uint8_t)(edge ? (colour[c] + *at) / 2 : colour[c]);
            }
        }
}

static void fill(uint8_t *rgb, const uint8_t colour[3])
{
    for (int i = 0; i < W * H; i++)
        memcpy(rgb + 3 * i, colour, 3);
}

/* Whether what is within the squares has their colours, all else none. */
static void assert_squares(const uint8_t *rgb, int edges)
{
    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W, id = y < 14 || y >= 34 ? 0 :
                x >= 6 && x < 26 ? 1 : x >= 36 && x < 56 ? 2 : 0;
        int near = y >= 13 && y < 35 && ((x >= 5 && x < 27) ||
                                         (x >= 35 && x < 57));

        if (id || !near)
            assert_memory_equal(rgb + 3 * i, ttm_object_colour(id), 3);
        else if (edges)
            for (int c = 0; c < 3; c++)
                assert_in_range(rgb[3 * i + c], 0, 130);
        else
            for (int c = 0; c < 3; c++)
                assert_true(rgb[3 * i + c] == 0 || rgb[3 * i + c] == 255);
    }
}

static void test_backgrounds(void **state)
{
    static const uint8_t colours[2][3] = { { 0, 0, 0 }, { 200, 30, 20 } };
    static const uint8_t ground[3] = { 255, 255, 255 };
    const TTMPaints paints = { colours, 2, { 255, 255, 255 } };
    uint8_t rgb[3 * W * H];

    (void)state;
    fill(rgb, ground);
    draw(rgb, colours[0], 6);
    draw(rgb, colours[1], 36);
    assert_true(ttm_repaint_needed(&paints));
    assert_int_equal(ttm_repaint(&paints, rgb, W, H, rgb), 0);
    assert_squares(rgb, 1);
    /* a soft edge shines through by half */
    assert_in_range(rgb[3 * (20 * W + 5)], 120, 130);
    assert_in_range(rgb[3 * (20 * W + 35) + 1], 120, 130);
}

/* The edges of the lighter one have the colour of the darker one. */
static void test_dark_shades(void **state)
{
    static const uint8_t colours[2][3] = { { 128, 0, 0 }, { 64, 0, 0 } };
    const TTMPaints paints = { colours, 2, { 0 } };
    uint8_t rgb[3 * W * H];

    (void)state;
    fill(rgb, black);
    draw(rgb, colours[0], 6);
    draw(rgb, colours[1], 36);
    assert_true(ttm_repaint_needed(&paints));
    assert_int_equal(ttm_repaint(&paints, rgb, W, H, rgb), 0);
    assert_squares(rgb, 0);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < 30; x++)
            assert_memory_not_equal(rgb + 3 * (y * W + x),
                                    ttm_object_colour(2), 3);
}

static void test_label_maps(void **state)
{
    static const uint8_t colours[2][3] = { { 1, 1, 1 }, { 2, 2, 2 } };
    const TTMPaints paints = { colours, 2, { 0 } };
    uint8_t rgb[3 * W * H];

    (void)state;
    fill(rgb, black);
    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W;

        if (y >= 14 && y < 34)
            memset(rgb + 3 * i, x >= 6 && x < 26 ? 1 :
                                x >= 36 && x < 56 ? 2 : 0, 3);
    }
    assert_true(ttm_repaint_needed(&paints));
    assert_int_equal(ttm_repaint(&paints, rgb, W, H, rgb), 0);
    assert_squares(rgb, 0);
}

/* Colours that the nearest tells stay as they are, and ttm's own. */
static void test_not_needed(void **state)
{
    static const uint8_t apart[2][3] = { { 200, 20, 10 }, { 10, 20, 200 } };
    uint8_t own[TTM_MAX_OBJECTS][3];

    (void)state;
    for (int id = 1; id <= TTM_MAX_OBJECTS; id++)
        memcpy(own[id - 1], ttm_object_colour(id), 3);
    assert_false(ttm_repaint_needed(&(TTMPaints){ apart, 2, { 3, 0, 4 } }));
    assert_false(ttm_repaint_needed(&(TTMPaints){ (const uint8_t (*)[3])own,
                                                  TTM_MAX_OBJECTS, { 0 } }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_backgrounds), cmocka_unit_test(test_dark_shades),
        cmocka_unit_test(test_label_maps), cmocka_unit_test(test_not_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
