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

/* Text of 20 columns at most, at scale 1, as rows of '#' and '.', each ended by '/'. */
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

/* Is one glyph the other, seen in a mirror? */
static int mirrored(char one, char other)
{
    const TTMGlyph a = ttm_glyph((uint8_t)one), b = ttm_glyph((uint8_t)other);

    for (int y = 0; y < TTM_GLYPH_ROWS; y++)
        for (int x = 0; x < a.columns; x++)
            if ((a.rows[y] >> x & 1) != (b.rows[y] >> (a.columns - 1 - x) & 1))
                return 0;
    return a.columns == b.columns;
}

/* Letters and signs are as symmetric as they should be. */
static void test_symmetry(void **state)
{
    static const char even[] = "!\"#'*+-.8:=AHIMOTUVWXY^_ovwx|";
    static const char pairs[][2] = {
        { '(', ')' }, { '/', '\\' }, { '<', '>' }, { '[', ']' }, { '{', '}' }, { 'b', 'd' },
        { 'p', 'q' },
    };
    static const char upside_down[] = "#()*+-38:<=>BCDEHIKOX[]{|}";

    (void)state;
    for (const char *c = even; *c; c++)
        assert_true(mirrored(*c, *c));
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_true(mirrored(pairs[i][0], pairs[i][1]));
    for (const char *c = upside_down; *c; c++) {
        const TTMGlyph g = ttm_glyph((uint8_t)*c);

        for (int y = 0; y < 7; y++)
            assert_int_equal(g.rows[y], g.rows[6 - y]);
    }
    for (const char *c = "NSZ"; *c; c++) {      /* turned by half a turn */
        const TTMGlyph g = ttm_glyph((uint8_t)*c);

        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 5; x++)
                assert_int_equal(g.rows[y] >> x & 1, g.rows[6 - y] >> (4 - x) & 1);
    }
}

static void test_fit(void **state)
{
    (void)state;
    assert_int_equal(ttm_glyphs_columns(""), 0);
    assert_int_equal(ttm_glyphs_columns("A"), 5);
    assert_int_equal(ttm_glyphs_columns("AA"), 11);
    assert_int_equal(ttm_glyphs_columns(" "), 3);
    assert_int_equal(ttm_glyphs_columns("A A"), 15);
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

                assert_true(!set || p == 255);
                between += !set && p;
                /* far from the strokes there is nothing */
                if (y / sy >= 7 || (y / sy < 2 && x / sx == 3))
                    assert_int_equal(p, 0);
            }
        assert_true(sx == 1 ? between == 0 : between > 0);
        free(pixels);
    }
}

/* How far the steps of a slash are covered; where strokes meet in a corner there is none. */
static void test_steps(void **state)
{
    uint8_t pixels[10 * 18] = { 0 }, tall[10 * 36] = { 0 };
    const TTMTextPlane cover = { pixels, 10, 18 }, other = { tall, 10, 36 };

    (void)state;
    ttm_glyphs_draw(&cover, "/", 0, 0, 2, 2);
    /*
     * The cell left of the stroke in row 1, which is above the stroke of row 2: of 4 x 4
     * samples of the pixel in the corner, 13 are nearer than 0.7 of a column and a row
     * together, of those beside it 1.
     */
    assert_int_equal(pixels[3 * 10 + 7], 13 * 255 / 16);
    assert_int_equal(pixels[3 * 10 + 6], 255 / 16);
    assert_int_equal(pixels[2 * 10 + 7], 255 / 16);
    assert_int_equal(pixels[2 * 10 + 6], 0);
    /* and the cell on the other side */
    assert_int_equal(pixels[4 * 10 + 8], 13 * 255 / 16);
    assert_int_equal(pixels[5 * 10 + 9], 0);
    /* in rows of 4 pixels samples of one lie closer, down */
    ttm_glyphs_draw(&other, "/", 0, 0, 2, 4);
    assert_int_equal(tall[7 * 10 + 7], 255);
    assert_int_equal(tall[6 * 10 + 7], 10 * 255 / 16);
    memset(pixels, 0, sizeof(pixels));
    ttm_glyphs_draw(&cover, "L", 0, 0, 2, 2);
    for (size_t i = 0; i < sizeof(pixels); i++)
        assert_true(pixels[i] == 0 || pixels[i] == 255);
}

/* Letters stand an empty column apart, which is as wide as the others. */
static void test_distance(void **state)
{
    static const char expected[] = "###...###";
    uint8_t pixels[9 * 2 * TTM_GLYPH_ROWS] = { 0 };
    const TTMTextPlane cover = { pixels, 9, 2 * TTM_GLYPH_ROWS };

    (void)state;
    ttm_glyphs_draw(&cover, "||", 0, 0, 3, 2);
    for (int i = 0; i < 9 * 14; i++)
        assert_int_equal(pixels[i], expected[i % 9] == '#' ? 255 : 0);
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
        cmocka_unit_test(test_symmetry), cmocka_unit_test(test_fit),
        cmocka_unit_test(test_scales), cmocka_unit_test(test_steps),
        cmocka_unit_test(test_distance), cmocka_unit_test(test_borders),
    };

    return cmocka_run_group_tests_name("glyphs", tests, NULL, NULL);
}
