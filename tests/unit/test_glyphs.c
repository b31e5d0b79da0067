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

/** @file The font of text in pictures. */

#include "unit.h"

#include <stdlib.h>

#include "util/glyphs.h"

#define WIDTH  64
#define HEIGHT 24

/* Text at scale 1 as rows of '#' and '.', each ended by '/'; no more than 200 of them. */
static const char *drawn(const char *text)
{
    static char art[240];
    uint8_t pixels[WIDTH * TTM_GLYPH_ROWS] = { 0 };
    const int columns = ttm_glyphs_columns(text);
    const TTMTextPlane cover = { pixels, columns, TTM_GLYPH_ROWS };
    char *at = art;

    assert_in_range(columns, 1, 20);
    ttm_glyphs_draw(&cover, text, 0, 0, 1, 1);
    for (int y = 0; y < TTM_GLYPH_ROWS; y++) {
        for (int x = 0; x < columns; x++)
            *at++ = pixels[y * columns + x] ? '#' : '.';
        *at++ = '/';
    }
    *at = 0;
    return art;
}

static void test_letters(void **state)
{
    static const char box[] = "#####/#...#/#...#/#...#/#...#/#...#/#####/...../...../";

    (void)state;
    assert_string_equal(drawn("A"),
                        ".###./#...#/#...#/#####/#...#/#...#/#...#/...../...../");
    assert_string_equal(drawn("g"),
                        "...../...../.####/#...#/#...#/#...#/.####/....#/.###./");
    assert_string_equal(drawn("1"), ".#./##./.#./.#./.#./.#./###/.../.../");
    assert_string_equal(drawn("?"),
                        ".###./#...#/....#/...#./..#../...../..#../...../...../");
    /* narrow ones stand close, with one empty column between them */
    assert_string_equal(drawn("i."), ".#..../....../##..../.#..../.#..../.#..##/###.##/"
                        "....../....../");
    /* what there is no glyph for: one box a character, and one for each wrong sequence */
    assert_string_equal(drawn("\xc3\xa4"), box);
    assert_string_equal(drawn("\xe2\x98\x83"), box);
    assert_string_equal(drawn("\n"), box);
    assert_string_equal(drawn("\xff"), box);
    assert_int_equal(ttm_glyphs_columns("\xc3\xa4\xe2\x98\x83"), 11);
}

/* Every printable character has a glyph of its own. */
static void test_all(void **state)
{
    const TTMGlyph unknown = ttm_glyph(0xfffd);

    (void)state;
    for (uint32_t a = 0x20; a < 0x7f; a++) {
        const TTMGlyph g = ttm_glyph(a);

        assert_in_range(g.columns, 1, TTM_GLYPH_COLUMNS);
        assert_true(memcmp(g.rows, unknown.rows, sizeof(g.rows)) != 0);
        for (int i = 0; i < TTM_GLYPH_ROWS; i++)
            assert_true(g.rows[i] < 1 << g.columns);
        for (uint32_t b = 0x20; b < a; b++) {
            const TTMGlyph other = ttm_glyph(b);

            /* without regard to where the columns begin */
            assert_true(g.columns != other.columns ||
                        memcmp(g.rows, other.rows, sizeof(g.rows)) != 0);
        }
    }
    assert_int_equal(ttm_glyph(0x7f).rows[1], unknown.rows[1]);
    assert_int_equal(ttm_glyph(0x1f).rows[1], unknown.rows[1]);
    assert_int_equal(ttm_glyph(UINT32_MAX).rows[1], unknown.rows[1]);
}

static void test_fit(void **state)
{
    (void)state;
    assert_int_equal(ttm_glyphs_columns(""), 0);
    assert_int_equal(ttm_glyphs_columns("A"), 5);
    assert_int_equal(ttm_glyphs_columns("AA"), 11);
    assert_int_equal(ttm_glyphs_fit("AA", 11), 2);
    assert_int_equal(ttm_glyphs_fit("AA", 10), 1);
    assert_int_equal(ttm_glyphs_fit("AA", 4), 0);
    assert_int_equal(ttm_glyphs_fit("AA", -1), 0);
    assert_int_equal(ttm_glyphs_fit("", 9), 0);
    /* a character of several bytes stays whole */
    assert_int_equal(ttm_glyphs_fit("\xe2\x98\x83\xe2\x98\x83", 10), 3);
}

/* Larger text: what was set is, steps are filled in part, nothing else. */
static void test_scales(void **state)
{
    static const int scales[][2] = { { 2, 2 }, { 3, 3 }, { 7, 7 }, { 3, 2 }, { 1, 4 } };

    (void)state;
    for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        const int sx = scales[i][0], sy = scales[i][1];
        const int width = TTM_GLYPH_COLUMNS * sx, height = TTM_GLYPH_ROWS * sy;
        const TTMGlyph g = ttm_glyph('N');
        uint8_t *pixels = calloc((size_t)width, (size_t)height);
        const TTMTextPlane cover = { pixels, width, height };
        int between = 0;

        assert_non_null(pixels);
        ttm_glyphs_draw(&cover, "N", 0, 0, sx, sy);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const int set = g.rows[y / sy] >> (4 - x / sx) & 1;
                const uint8_t p = pixels[y * width + x];

                assert_true(set ? p == 255 : p < 255 || sx > 1);
                between += !set && p;
                /* far from the strokes there is nothing */
                if (y / sy >= 7 || (y / sy < 2 && x / sx == 3))
                    assert_int_equal(p, 0);
            }
        assert_true(sx == 1 ? between == 0 : between > 0);
        free(pixels);
    }
}

/* What lies outside of the picture is left out; nothing beside it is written. */
static void test_borders(void **state)
{
    uint8_t all[(HEIGHT + 2) * WIDTH], whole[HEIGHT * WIDTH] = { 0 };
    const TTMTextPlane cover = { all + WIDTH, WIDTH, HEIGHT };
    const TTMTextPlane other = { whole, WIDTH, HEIGHT };
    static const int places[][2] = {
        { -7, -5 }, { 50, 12 }, { -200, 3 }, { 3, -100 }, { 64, 0 }, { 0, 24 },
        { -7, 20 }, { 58, -3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        memset(all, 0, sizeof(all));
        memset(all, 0xaa, WIDTH);
        memset(all + (HEIGHT + 1) * WIDTH, 0xaa, WIDTH);
        ttm_glyphs_draw(&cover, "Wagon", places[i][0], places[i][1], 3, 3);
        for (int x = 0; x < WIDTH; x++) {
            assert_int_equal(all[x], 0xaa);
            assert_int_equal(all[(HEIGHT + 1) * WIDTH + x], 0xaa);
        }
    }
    /* what is inside is what it would be without the border */
    memset(all, 0, sizeof(all));
    ttm_glyphs_draw(&cover, "on", -9, -6, 3, 3);
    ttm_glyphs_draw(&other, "on", 0, 0, 3, 3);
    for (int y = 0; y < HEIGHT - 6; y++)
        assert_memory_equal(cover.pixels + y * WIDTH, whole + (y + 6) * WIDTH + 9,
                            WIDTH - 9);
    /* drawing adds to what is there */
    whole[0] = 77;
    ttm_glyphs_draw(&other, "on", 0, 0, 3, 3);
    assert_int_equal(whole[0], 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters), cmocka_unit_test(test_all),
        cmocka_unit_test(test_fit), cmocka_unit_test(test_scales),
        cmocka_unit_test(test_borders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
