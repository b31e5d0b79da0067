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

/** @file Outlines, boxes, points and labels that are drawn into a picture. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "render/labels.h"
#include "util/glyphs.h"
#include "util/image.h"

#define W     96
#define H     72
#define BACK  150               /* grey of the picture */

static uint8_t ids[W * H];

static int id_at(int x, int y)
{
    return x >= 0 && y >= 0 && x < W && y < H ? ids[y * W + x] : -1;
}

/* A disc with a hole, a box at the picture's border, and another that touches that one. */
static void draw_ids(void)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const double r = hypot(x - 30, y - 34);

            ids[y * W + x] = r < 20 && r > 5 ? 1 : x >= 70 && y >= 40 ? 3 :
                             x >= 80 && y >= 10 && y < 40 ? 4 : 0;
        }
}

static TTMImage grey(enum TTMPixelFormat format)
{
    const float rgb[3] = { BACK / 255.0f, BACK / 255.0f, BACK / 255.0f };
    TTMImage image;

    assert_int_equal(ttm_image_alloc(&image, format, W, H), 0);
    for (int i = 0; i < W * H; i++)
        ttm_image_set_pixel(&image, i % W, i / W, rgb);
    return image;
}

static int has_colour(const TTMImage *image, int x, int y, int id)
{
    float rgb[3];

    ttm_image_pixel(image, x, y, rgb);
    for (int c = 0; c < 3; c++)
        if (fabsf(rgb[c] - (float)ttm_object_colour(id)[c] / 255) > 0.001f)
            return 0;
    return 1;
}

/* Whether a pixel is one of the outermost of its object. */
static int is_border(int x, int y)
{
    const int id = id_at(x, y);

    return id_at(x - 1, y) != id || id_at(x + 1, y) != id || id_at(x, y - 1) != id ||
           id_at(x, y + 1) != id;
}

/* How far the nearest pixel is, from middle to middle, that is not of the same object. */
static double depth(int x, int y)
{
    double nearest = 1000;

    for (int v = -1; v <= H; v++)
        for (int u = -1; u <= W; u++)
            if (id_at(u, v) != id_at(x, y))
                nearest = fmin(nearest, hypot(u - x, v - y));
    return nearest;
}

static int is_light(const TTMImage *image, int x, int y)
{
    float rgb[3];

    ttm_image_pixel(image, x, y, rgb);
    return rgb[0] > 0.55f;
}

/* Whether a pixel is the grey of the picture, mixed with so much of a colour. */
static int is_mixed(const TTMImage *image, int x, int y, const uint8_t *colour, float share)
{
    float rgb[3];

    ttm_image_pixel(image, x, y, rgb);
    for (int c = 0; c < 3; c++)
        if (fabsf(255 * rgb[c] - BACK - share * (float)(colour[c] - BACK)) > 1)
            return 0;
    return 1;
}

/* Black or white, as lies beside the colour of an object. */
static const uint8_t *beside(int id)
{
    static const uint8_t black[3] = { 0, 0, 0 }, white[3] = { 255, 255, 255 };

    return ttm_marks_light(ttm_object_colour(id)) < 0.28f ? white : black;
}

/* An outline is the outermost pixels of its object, and no other has its colour. */
static void test_outlines(void **state)
{
    static const enum TTMPixelFormat formats[] = { TTM_PIXEL_RGB8, TTM_PIXEL_RGB16 };
    static const uint8_t black[3] = { 0, 0, 0 };

    (void)state;
    draw_ids();
    assert_int_equal(ttm_pen_thickness((TTMPen){ 2, 2 }), 3);
    for (int f = 0; f < 4; f++) {
        const TTMPen pen = { f < 2 ? 2 : 4, f < 2 ? 2 : 4 };
        const int thickness = ttm_pen_thickness(pen);
        TTMImage image = grey(formats[f % 2]);

        assert_int_equal(ttm_marks_objects(&image, ids, 0, pen, NULL), 0);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const int id = id_at(x, y);
                const double d = depth(x, y);

                for (int k = 1; k <= 4; k++)
                    if (k != id)
                        assert_false(has_colour(&image, x, y, k));
                if (!id)
                    continue;
                if (d < thickness - 0.5)
                    assert_true(has_colour(&image, x, y, id));
                else if (d > thickness + 0.5)
                    assert_false(has_colour(&image, x, y, id));
                assert_true(!is_border(x, y) || has_colour(&image, x, y, id));
            }
        /* what is no object is darker, what is one is tinted */
        assert_true(is_mixed(&image, 2, 2, black, 0.55f));
        assert_true(is_mixed(&image, 84, 58, ttm_object_colour(3), 0.12f));
        /* a line of white lies beside what is dark */
        assert_false(is_light(&image, 65, 50));
        assert_true(is_light(&image, 69, 50));
        assert_false(is_light(&image, 9, 34));
        free(image.data);
    }
}

/* Where it is not sure the outline has gaps, all around, and others have none. */
static void test_dashes(void **state)
{
    const TTMPen pen = { 1, 1 };
    int drawn[2][2] = { { 0 } }, of_hole[2] = { 0 };
    TTMImage image = grey(TTM_PIXEL_RGB8);

    (void)state;
    draw_ids();
    assert_int_equal(ttm_marks_objects(&image, ids, 1u << 0, pen, NULL), 0);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const int id = id_at(x, y);

            if (!id || !is_border(x, y))
                continue;
            drawn[id > 1][has_colour(&image, x, y, id)]++;
            if (id == 1 && hypot(x - 30, y - 34) < 10)
                of_hole[has_colour(&image, x, y, id)]++;
        }
    assert_int_equal(drawn[1][0], 0);
    assert_true(drawn[1][1] > 100);
    assert_true(drawn[0][0] > 0.2 * drawn[0][1] && drawn[0][0] < drawn[0][1]);
    assert_true(of_hole[0] > 0 && of_hole[1] > of_hole[0]);
    free(image.data);
}

/* A picture in the middle of a larger one, which stays as it is. */
static void test_places(void **state)
{
    enum { SIDE = 40, ALL = 60, IN = 10 };
    static const int spots[][2] = {
        { 20, 20 }, { 0, 0 }, { SIDE - 1, SIDE - 1 }, { -3, 50 }, { 500, -500 },
    };
    uint8_t all[ALL * ALL * 3];
    TTMImage image = {
        sizeof(image), TTM_PIXEL_RGB8, SIDE, SIDE, 3 * ALL,
        all + 3 * (IN * ALL + IN), { 0, 0 }
    };
    const int box[4] = { 5, 6, 30, 26 };

    (void)state;
    for (int pen = 1; pen <= 3; pen++)
        for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++)
            for (int off = 0; off < 2; off++) {
                memset(all, 77, sizeof(all));
                ttm_marks_point(&image, spots[i][0], spots[i][1], off, 2,
                                (TTMPen){ pen, pen });
                ttm_marks_box(&image, (const int[]){ -9, 3, 99, 30 }, 2,
                              (TTMPen){ pen, pen });
                for (int k = 0; k < ALL * ALL; k++)
                    if (k % ALL < IN || k / ALL < IN || k % ALL >= IN + SIDE ||
                        k / ALL >= IN + SIDE)
                        assert_int_equal(all[3 * k], 77);
            }
    memset(all, 77, sizeof(all));
    ttm_marks_point(&image, 20, 20, 0, 2, (TTMPen){ 1, 1 });
    assert_true(has_colour(&image, 20, 20, 2) && has_colour(&image, 23, 20, 2) &&
                has_colour(&image, 20, 17, 2) && !has_colour(&image, 22, 22, 2));
    memset(all, 77, sizeof(all));
    ttm_marks_point(&image, 20, 20, 1, 2, (TTMPen){ 1, 1 });
    assert_true(has_colour(&image, 20, 20, 2) && has_colour(&image, 22, 22, 2) &&
                has_colour(&image, 22, 18, 2) && !has_colour(&image, 23, 20, 2));
    memset(all, 77, sizeof(all));
    ttm_marks_box(&image, box, 2, (TTMPen){ 1, 1 });
    for (int x = 5; x < 30; x++)
        assert_true(has_colour(&image, x, 6, 2) && has_colour(&image, x, 25, 2));
    for (int y = 6; y < 26; y++)
        assert_true(has_colour(&image, 5, y, 2) && has_colour(&image, 29, y, 2));
    assert_false(has_colour(&image, 4, 6, 2) || has_colour(&image, 6, 7, 2) ||
                 has_colour(&image, 30, 25, 2));
}

/* Boxes and crosses have a second line that stands out from their colour. */
static void test_contrast(void **state)
{
    const int box[4] = { 5, 6, 30, 26 };

    (void)state;
    for (int id = 1; id <= TTM_MAX_OBJECTS; id++) {
        TTMImage image = grey(TTM_PIXEL_RGB8);

        ttm_marks_box(&image, box, id, (TTMPen){ 1, 1 });
        ttm_marks_point(&image, 60, 40, 0, id, (TTMPen){ 1, 1 });
        ttm_marks_point(&image, 80, 40, 1, id, (TTMPen){ 1, 1 });
        assert_true(is_mixed(&image, 6, 7, beside(id), 1));
        assert_true(is_mixed(&image, 28, 24, beside(id), 1));
        assert_true(is_mixed(&image, 62, 41, beside(id), 1));
        assert_true(is_mixed(&image, 81, 40, beside(id), 1));
        assert_true(is_mixed(&image, 8, 9, beside(id), 0));
        free(image.data);
    }
}

static int overlap(const int a[4], const int b[4])
{
    return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/* Nothing but the pixels of a rectangle differs from the grey. */
static void check_inside(const TTMImage *image, const int box[4])
{
    static const uint8_t any[3];

    for (int i = 0; i < W * H; i++) {
        const int at[4] = { i % W, i / W, i % W + 1, i / W + 1 };

        assert_true(overlap(at, box) || is_mixed(image, i % W, i / W, any, 0));
    }
}

/* However small a box is, its frame is inside; a cross is where it says. */
static void test_inside(void **state)
{
    const uint8_t colour[3] = { 10, 20, 30 };
    TTMImage image = grey(TTM_PIXEL_RGB8);

    (void)state;
    ttm_marks_fill(&image, (const int[]){ -9, -9, W + 9, H + 9 }, colour, 1);
    for (int i = 0; i < W * H; i++)
        assert_true(is_mixed(&image, i % W, i / W, colour, 1));
    free(image.data);
    for (int pen = 1; pen <= 4; pen++)
        for (int k = 0; k < 2 * 9 * 9 + 2; k++) {
            const int box[4] = { 20, 30, 20 + k % 9, 30 + k / 9 % 9 };
            int all[4];

            image = grey(TTM_PIXEL_RGB8);
            if (k < 9 * 9) {
                ttm_marks_box(&image, box, 2, (TTMPen){ pen, 1 });
                check_inside(&image, box);
            } else if (k < 2 * 9 * 9) {
                ttm_marks_box(&image, box, 2, (TTMPen){ 1, pen });
                check_inside(&image, box);
            } else {
                ttm_marks_point(&image, 40, 35, k % 2, 2, (TTMPen){ pen, pen });
                ttm_marks_point_box(40, 35, (TTMPen){ pen, pen }, all);
                check_inside(&image, all);
            }
            free(image.data);
        }
}

static void test_pens(void **state)
{
    static const struct {
        int width, height;
        double aspect;
        TTMPen pen;
    } known[] = {
        { 1, 1, 1, { 1, 1 } }, { 256, 256, 1, { 1, 1 } }, { 640, 427, 1, { 2, 2 } },
        { 4000, 3000, 1, { 14, 14 } }, { 3000, 4000, 1, { 14, 14 } },
        { 320, 427, 2, { 1, 2 } }, { 1280, 240, 0.5, { 2, 1 } },
        { 16384, 16384, 1, { 74, 74 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const TTMPen pen = ttm_pen(known[i].width, known[i].height, known[i].aspect);

        assert_int_equal(pen.x, known[i].pen.x);
        assert_int_equal(pen.y, known[i].pen.y);
    }
}

/* A label begins with the number, black or white on the colour of its object. */
static void check_number(const TTMImage *image, const int place[4], int id)
{
    const uint8_t *colour = ttm_object_colour(id);
    const int is_dark = ttm_marks_light(colour) < 0.5f;
    int nb = 0;

    assert_true(has_colour(image, place[0], place[1], id));
    for (int y = place[1]; y < place[3]; y++)
        for (int x = place[0]; x < place[0] + 5; x++) {
            float rgb[3];

            ttm_image_pixel(image, x, y, rgb);
            nb += is_dark ? rgb[0] + rgb[1] + rgb[2] > 2.9f :
                  rgb[0] + rgb[1] + rgb[2] < 0.1f;
        }
    assert_in_range(nb, 5, 30);
}

/* Objects as boxes: place and draw their labels and check what holds of all. */
static void check_labels(int width, int height, TTMPen pen, TTMLabel *labels, int nb)
{
    uint8_t *map = calloc((size_t)width, (size_t)height);
    TTMLabelled on = { map, width, height, pen, NULL, 0 };
    TTMImage image;

    assert_non_null(map);
    assert_int_equal(ttm_image_alloc(&image, TTM_PIXEL_RGB8, width, height), 0);
    for (int i = 0; i < nb; i++)
        for (int y = labels[i].box[1]; y < labels[i].box[3]; y++)
            memset(map + y * width + labels[i].box[0], labels[i].id,
                   (size_t)(labels[i].box[2] - labels[i].box[0]));
    ttm_labels_place(&on, labels, nb);
    for (int i = 0; i < nb; i++) {
        const int *p = labels[i].place;
        uint8_t *pixels = image.data;

        if (p[2] > p[0])        /* off the border, by the width of the pen */
            assert_true(p[0] >= pen.x && p[1] >= pen.y && p[2] <= width - pen.x &&
                        p[3] <= height - pen.y);
        memset(pixels, 9, (size_t)width * (size_t)height * 3);
        assert_int_equal(ttm_label_draw(&image, &labels[i], pen), 0);
        for (int k = 0; k < width * height; k++)
            if (k % width < p[0] || k % width >= p[2] || k / width < p[1] ||
                k / width >= p[3])
                assert_int_equal(pixels[3 * k], 9);
        if (p[2] > p[0])
            check_number(&image, p, labels[i].id);
    }
    free(image.data);
    free(map);
}

/* Labels are in the picture, and off each other where there is room. */
static void test_labels(void **state)
{
    static const int boxes[][4] = {
        { 0, 0, 60, 40 }, { 200, 100, 256, 160 }, { 100, 100, 140, 140 },
        { 102, 104, 150, 150 }, { 100, 142, 180, 192 }, { 0, 150, 20, 192 },
        { 240, 0, 256, 10 }, { 120, 0, 130, 192 },
    };
    TTMLabel labels[TTM_MAX_OBJECTS] = { 0 };

    (void)state;
    for (int i = 0; i < 8; i++) {
        labels[i] = (TTMLabel){ .id = i + 1, .name = i % 3 ? "ball" : "large dog",
                                .sure = i & 1 };
        memcpy(labels[i].box, boxes[i], sizeof(boxes[i]));
    }
    check_labels(256, 192, (TTMPen){ 1, 1 }, labels, 8);
    for (int i = 0; i < 8; i++) {
        assert_true(labels[i].place[2] > labels[i].place[0]);
        for (int k = 0; k < i; k++)
            assert_false(overlap(labels[i].place, labels[k].place));
    }
    /* the one in the open stands right above its object */
    assert_in_range(labels[1].place[3], 90, 100);
    assert_true(labels[1].place[0] < 256 && labels[1].place[2] > 200);
    /* not sure: longer, by the mark */
    assert_int_equal(labels[1].place[2] - labels[1].place[0] + 9,
                     labels[2].place[2] - labels[2].place[0]);
    /* all at one place, more than can stand beside it */
    for (int i = 0; i < TTM_MAX_OBJECTS; i++)
        labels[i] = (TTMLabel){ .id = i + 1, .name = "thing", .sure = 1,
                                .box = { 90, 60, 110, 70 } };
    check_labels(256, 192, (TTMPen){ 1, 1 }, labels, TTM_MAX_OBJECTS);
    for (int i = 0; i < TTM_MAX_OBJECTS; i++)
        for (int k = 0; k < i; k++)
            assert_false(overlap(labels[i].place, labels[k].place));
}

/* Names that are too long are cut; where there is no room there is no label. */
static void test_narrow(void **state)
{
    static char name[3000];
    const int mark[1][4] = { { 20, 0, 256, 60 } };
    uint8_t map[256 * 100] = { 0 };
    TTMLabelled on = { map, 256, 100, { 1, 1 }, mark, 1 };
    TTMLabel label = { .id = 12, .name = name, .box = { 100, 70, 110, 80 } };
    const int dots = ttm_glyphs_columns("...") + 1;

    (void)state;
    memset(name, 'W', sizeof(name) - 1);
    for (int width = 4; width < 250; width += width < 60 ? 1 : 3)
        for (int height = 4; height < 40; height += 5) {
            TTMLabel one = { .id = 12, .name = name,
                             .box = { 0, 0, width / 2, height / 2 } };

            check_labels(width, height, (TTMPen){ 1, 1 }, &one, 1);
            if (width > 60 && height > 20)
                assert_true(one.columns > 0 && one.place[2] > 30);
            /* before the dots there is a letter */
            if (one.columns)
                assert_true(ttm_glyphs_fit(name, one.columns - dots) > 0);
            /* the number needs 9 columns, the mark 5, each with 2 on its sides */
            assert_true((one.place[2] > 0) == (height >= 14 && width >= 24));
        }
    /* a long name is cut where there is room, too */
    label.box[0] = label.box[2] = 400;
    check_labels(800, 60, (TTMPen){ 1, 1 }, &label, 1);
    assert_int_equal(label.columns, 180);
    label.box[0] = 100;
    label.box[2] = 110;
    /* a name without letters */
    label.name = "";
    ttm_labels_place(&on, &label, 1);
    assert_true(label.place[2] > label.place[0] && !label.columns);
    /* what should stay free does */
    label.name = "ball";
    ttm_labels_place(&on, &label, 1);
    assert_true(label.place[1] >= 60 || label.place[2] <= 20);
}

/* A label of object 1 at @p box where object 2 is all from @p left to @p right. */
static TTMLabel place_on(const int box[4], int left, int right)
{
    enum { WIDTH = 256, HEIGHT = 192 };
    static uint8_t map[WIDTH * HEIGHT];
    const TTMLabelled on = { map, WIDTH, HEIGHT, { 1, 1 }, NULL, 0 };
    TTMLabel label = { .id = 1, .name = "ball", .sure = 1 };

    memcpy(label.box, box, sizeof(label.box));
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        const int at[4] = { i % WIDTH, i / WIDTH, i % WIDTH + 1, i / WIDTH + 1 };

        map[i] = overlap(at, box) ? 1 : i % WIDTH >= left && i % WIDTH < right ? 2 : 0;
    }
    ttm_labels_place(&on, &label, 1);
    return label;
}

/* Off other objects first, then near its own, then off that. */
static void test_order(void **state)
{
    const int small[4] = { 150, 90, 170, 110 }, large[4] = { 60, 60, 160, 130 };
    TTMLabel l = place_on(small, 50, 200);

    (void)state;
    assert_true(l.place[0] >= 195);     /* the nearer of both sides that are free */
    assert_in_range(l.place[1], 70, 120);
    l = place_on(large, 0, 256);        /* nothing is free: on its own */
    assert_true(l.place[0] >= 60 && l.place[2] <= 160 && l.place[1] >= 60 &&
                l.place[3] <= 130);
    l = place_on(large, 0, 0);
    assert_false(overlap(l.place, large));
}

/* Above the middle of what is uppermost of an object, not of all of it. */
static void test_tip(void **state)
{
    static uint8_t map[256 * 100];
    const TTMLabelled on = { map, 256, 100, { 1, 1 }, NULL, 0 };
    TTMLabel label = { .id = 1, .name = "cat", .sure = 1, .box = { 40, 40, 200, 90 } };

    (void)state;
    for (int y = 40; y < 90; y++)
        for (int x = 200 - 3 * (y - 30); x < 200; x++)
            map[y * 256 + x] = 1;
    ttm_labels_place(&on, &label, 1);
    assert_in_range((label.place[0] + label.place[2]) / 2, 183, 187);
    assert_in_range(label.place[3], 37, 39);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outlines), cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_places), cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_inside), cmocka_unit_test(test_pens),
        cmocka_unit_test(test_labels), cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_order),  cmocka_unit_test(test_tip),
    };

    return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
