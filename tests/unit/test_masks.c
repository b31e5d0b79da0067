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

/** @file Masks as people have them: lossy, soft, dark, small, near, on white. */

#include "unit.h"

#include <stdlib.h>

#include "segment/segment.h"
#include "util/image.h"

#define W 320
#define H 240

/** A shape of one colour; later ones lie over earlier ones. */
typedef struct Shape {
    int rgb[3];
    int x, y, radius;           ///< a disc; radius < 0: a square
} Shape;

typedef struct Picture {
    uint8_t rgb[3 * W * H], truth[W * H], ids[W * H], background[3];
    TTMFound found[TTM_MAX_OBJECTS];
    TTMPrompts prompts;
    TestLog lines;
    char warnings[4096];        ///< all of them
} Picture;

static void keep_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    Picture *p = opaque;
    size_t length = strlen(p->warnings);

    test_log_callback(&p->lines, level, message);
    if (level == TTM_LOG_WARNING)
        snprintf(p->warnings + length, sizeof(p->warnings) - length, "%s\n",
                 message);
}

/* Paint shapes on a colour; the truth is the number of the shape. */
static Picture *paint(const int ground[3], const Shape *shapes, int nb)
{
    Picture *p = calloc(1, sizeof(*p));

    for (int i = 0; i < W * H; i++) {
        const int *colour = ground;

        for (int k = 0; k < nb; k++) {
            int dx = i % W - shapes[k].x, dy = i / W - shapes[k].y;
            int r = abs(shapes[k].radius);

            if (shapes[k].radius < 0 ? abs(dx) > r || abs(dy) > r :
                dx * dx + dy * dy > r * r)
                continue;
            colour = shapes[k].rgb;
            p->truth[i] = (uint8_t)(k + 1);
        }
        for (int c = 0; c < 3; c++)
            p->rgb[3 * i + c] = (uint8_t)colour[c];
    }
    return p;
}

/* Mean of the pixels within reach on a row or a column of one channel. */
static void blur(uint8_t *rgb, int reach, int channel)
{
    static uint8_t copy[3 * W * H];

    for (int pass = 0; pass < 2; pass++) {
        memcpy(copy, rgb, sizeof(copy));
        for (int i = 0; i < W * H; i++) {
            int sum = 0, n = 0;

            for (int k = -reach; k <= reach; k++) {
                int x = i % W + (pass ? 0 : k), y = i / W + (pass ? k : 0);

                if (x < 0 || y < 0 || x >= W || y >= H)
                    continue;
                sum += copy[3 * (y * W + x) + channel];
                n++;
            }
            rgb[3 * i + channel] = (uint8_t)((2 * sum + n) / (2 * n));
        }
    }
}

static void soften(Picture *p, int reach)
{
    for (int c = 0; c < 3; c++)
        blur(p->rgb, reach, c);
}

static uint8_t clip(double v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

/*
 * What video does: brightness sharp, colour at half the size, and ripples where
 * there are edges.
 */
static void subsample(Picture *p, int noise)
{
    static uint8_t full[3 * W * H], half[3 * W * H];
    uint32_t random = 7;

    memcpy(full, p->rgb, sizeof(full));
    for (int i = 0; i < W * H; i++) {
        int x = i % W / 2 * 2, y = i / W / 2 * 2;

        for (int c = 0; c < 3; c++)
            half[3 * i + c] = (uint8_t)((full[3 * (y * W + x) + c] +
                                         full[3 * (y * W + x + 1) + c] +
                                         full[3 * ((y + 1) * W + x) + c] +
                                         full[3 * ((y + 1) * W + x + 1) + c] +
                                         2) / 4);
    }
    for (int i = 0; i < W * H; i++) {
        const uint8_t *f = full + 3 * i, *h = half + 3 * i;
        double light = 0.299 * (f[0] - h[0]) + 0.587 * (f[1] - h[1]) +
                       0.114 * (f[2] - h[2]);
        int edge = 0;

        for (int k = -6; k <= 6; k++) {
            int x = i % W + k, y = i / W + k;

            edge |= x >= 0 && x < W && p->truth[i / W * W + x] != p->truth[i];
            edge |= y >= 0 && y < H && p->truth[y * W + i % W] != p->truth[i];
        }
        for (int c = 0; c < 3; c++) {
            random = random * 1664525u + 1013904223u;
            p->rgb[3 * i + c] = clip(h[c] + light +
                                     (edge ? (int)(random >> 16) %
                                             (2 * noise + 1) - noise : 0));
        }
    }
}

static int read(Picture *p, const char *prompt)
{
    TTMLog log = { keep_line, p };
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, W, H, 3 * W, p->rgb };

    ttm_prompts_free(&p->prompts);
    memset(&p->lines, 0, sizeof(p->lines));
    *p->warnings = 0;
    if (*prompt == '{')
        assert_int_equal(ttm_prompts_from_json(&p->prompts, NULL, prompt,
                                               NULL), 0);
    else
        assert_int_equal(ttm_prompts_from_text(&p->prompts, NULL, prompt), 0);
    return ttm_segment_masks(&log, &image, W, H, &p->prompts, p->ids, p->found,
                             p->background, NULL);
}

static void release(Picture *p)
{
    ttm_prompts_free(&p->prompts);
    free(p);
}

/* Intersection over union of id and shape. */
static double overlap(const Picture *p, int id, int shape)
{
    int both = 0, any = 0;

    for (int i = 0; i < W * H; i++) {
        both += p->ids[i] == id && p->truth[i] == shape;
        any += p->ids[i] == id || p->truth[i] == shape;
    }
    return any ? (double)both / any : 0;
}

/* Reads as so many objects, from left to right, each nearly as painted. */
static void assert_objects(Picture *p, int nb, const int *shapes, double least)
{
    static const char *const prompts[] = {
        "", "the ball rolls", "the ball rolls and the cat jumps",
        "the ball rolls, the cat jumps and the dog runs",
    };

    assert_int_equal(read(p, prompts[nb]), 0);
    assert_int_equal(p->prompts.nb_objects, nb);
    assert_string_equal(p->lines.warning, "");
    for (int i = 0; i < nb; i++)
        assert_true(overlap(p, i + 1, shapes[i]) >= least);
}

static const int black[3] = { 0 }, white[3] = { 255, 255, 255 };
static const int in_order[] = { 1, 2, 3 };

static const Shape three[] = {
    { { 200, 0, 0 }, 60, 70, 40 }, { { 0, 200, 0 }, 160, 150, -45 },
    { { 0, 0, 200 }, 260, 80, 38 },
};

static void test_soft_edges(void **state)
{
    (void)state;
    for (int reach = 1; reach <= 8; reach++) {
        Picture *p = paint(black, three, 3);

        soften(p, reach);
        assert_objects(p, 3, in_order, 0.95);
        release(p);
    }
}

static void test_chroma_subsampling(void **state)
{
    (void)state;
    for (int noise = 2; noise <= 16; noise += 7) {
        Picture *p = paint(black, three, 3);

        subsample(p, noise);
        assert_objects(p, 3, in_order, 0.95);
        soften(p, 3);
        assert_objects(p, 3, in_order, 0.93);
        release(p);
    }
}

/* The first and the eighth colour of the palette of VOC and DAVIS. */
static void test_dark_shades(void **state)
{
    static const Shape shapes[] = { { { 64, 0, 0 }, 60, 90, 16 },
                                    { { 128, 0, 0 }, 200, 120, -60 } };
    static const Shape touching[] = { { { 128, 0, 0 }, 120, 120, -60 },
                                      { { 64, 0, 0 }, 200, 120, 40 } };
    Picture *p = paint(black, shapes, 2);

    (void)state;
    assert_objects(p, 2, in_order, 1);
    soften(p, 2);
    assert_objects(p, 2, in_order, 0.9);
    release(p);
    p = paint(black, shapes, 2);
    subsample(p, 4);
    assert_objects(p, 2, in_order, 0.9);
    release(p);
    p = paint(black, touching, 2);
    assert_objects(p, 2, in_order, 1);
    release(p);
}

/* Edges of two colours that look like a third go to the two. */
static void test_edges_like_a_third(void **state)
{
    static const Shape shapes[] = { { { 255, 0, 0 }, 70, 80, -50 },
                                    { { 0, 0, 255 }, 171, 80, -50 },
                                    { { 128, 0, 128 }, 270, 180, 30 } };

    (void)state;
    for (int reach = 0; reach <= 6; reach += 2) {
        Picture *p = paint(black, shapes, 3);
        int strays = 0;

        if (reach)
            soften(p, reach);
        assert_objects(p, 3, in_order, 0.93);
        for (int i = 0; i < W * H; i++)
            strays += p->ids[i] == 3 && i % W < 200;
        assert_int_equal(strays, 0);
        release(p);
    }
}

static void test_label_maps(void **state)
{
    static const Shape shapes[] = { { { 1, 1, 1 }, 70, 80, 50 },
                                    { { 2, 2, 2 }, 110, 80, 40 },
                                    { { 3, 3, 3 }, 250, 180, -30 } };
    Picture *p = paint(black, shapes, 3);

    (void)state;
    assert_objects(p, 3, in_order, 1);
    /* more labels than there can be objects */
    for (int i = 0; i < 3 * W * H; i++)
        p->rgb[i] = (uint8_t)(i / 3 % W / 16);
    assert_int_equal(read(p, "the ball rolls"), TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "19");
    assert_contains(p->lines.error, "16");
    release(p);
}

static void test_backgrounds(void **state)
{
    static const Shape shapes[] = { { { 0, 0, 0 }, 70, 80, 40 },
                                    { { 200, 30, 20 }, 220, 100, 50 } };
    static const int grounds[][3] = { { 255, 255, 255 }, { 20, 60, 200 },
                                      { 128, 128, 128 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        Picture *p = paint(grounds[i], shapes, 2);

        assert_objects(p, 2, in_order, 1);
        for (int c = 0; c < 3; c++)
            assert_int_equal(p->background[c], grounds[i][c]);
        soften(p, 3);
        assert_objects(p, 2, in_order, 0.95);
        subsample(p, 8);
        assert_objects(p, 2, in_order, 0.93);
        release(p);
    }
}

/* Where black touches the border it is the background, also of much white. */
static void test_black_background(void **state)
{
    static const Shape shapes[] = { { { 255, 255, 255 }, 170, 120, -150 } };
    Picture *p = paint(black, shapes, 1);

    (void)state;
    assert_objects(p, 1, in_order, 1);
    assert_memory_equal(p->background, ((uint8_t[3]){ 0 }), 3);
    release(p);
    /* and a colour that an object asks for is none */
    p = paint(white, (const Shape[]){ { { 0, 0, 0 }, 70, 80, 40 } }, 1);
    assert_int_equal(read(p, "{\"objects\":[{\"name\":\"wall\",\"color\":"
                             "\"#ffffff\"}]}"), 0);
    assert_true(overlap(p, 1, 0) == 1);
    release(p);
}

static void test_void_rims(void **state)
{
    static const Shape shapes[] = { { { 224, 224, 192 }, 70, 80, 43 },
                                    { { 128, 0, 0 }, 70, 80, 40 },
                                    { { 224, 224, 192 }, 220, 150, 53 },
                                    { { 0, 128, 0 }, 220, 150, 50 } };
    Picture *p = paint(black, shapes, 4);

    (void)state;
    assert_int_equal(read(p, "the ball rolls and the cat jumps"), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_true(overlap(p, 1, 2) > 0.9 && overlap(p, 2, 4) > 0.9);
    assert_contains(p->lines.warning, "#e0e0c0");
    assert_contains(p->lines.warning, "rim");
    release(p);
}

/* What is too small is named and keeps its object. */
static void test_small(void **state)
{
    static const Shape shapes[] = { { { 255, 0, 0 }, 40, 60, -1 },
                                    { { 0, 255, 0 }, 200, 120, 60 } };
    static const char *const prompt = "the ball rolls and the cat jumps";
    Picture *p = paint(black, shapes, 2);

    (void)state;
    assert_objects(p, 2, in_order, 1);         /* 9 pixels */
    p->rgb[3 * (61 * W + 41)] = 0;             /* 8 */
    assert_int_equal(read(p, prompt), 0);
    assert_int_equal(p->prompts.nb_objects, 1);
    assert_string_equal(p->prompts.objects[0].name, "cat");
    assert_true(overlap(p, 1, 2) == 1);
    assert_contains(p->warnings, "#ff0000");
    assert_contains(p->warnings, "8 pixels");
    assert_contains(p->warnings, "'ball'");
    assert_contains(p->warnings, "at least 9");
    /* a speck that nobody speaks of takes nobody's prompt */
    assert_int_equal(read(p, "the cat jumps"), 0);
    assert_string_equal(p->prompts.objects[0].name, "cat");
    assert_true(overlap(p, 1, 2) == 1);
    /* and where its color is asked for it counts */
    assert_int_equal(read(p, "{\"objects\":[{\"name\":\"dot\",\"color\":"
                             "\"#ff0000\"},{\"name\":\"cat\"}]}"), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_int_equal(p->ids[60 * W + 40], 1);
    assert_true(overlap(p, 2, 2) == 1);
    release(p);
}

/* Two objects of nearly one colour are two, or refused, or named. */
static void test_near_colours(void **state)
{
    static const Shape shapes[] = { { { 255, 0, 0 }, 70, 80, 50 },
                                    { { 240, 0, 0 }, 220, 100, 60 } };
    static const Shape nearer[] = { { { 255, 0, 0 }, 70, 80, 50 },
                                    { { 243, 0, 0 }, 220, 100, 60 } };
    static const Shape farther[] = { { { 255, 0, 0 }, 110, 100, 60 },
                                     { { 205, 0, 0 }, 190, 110, 60 } };
    Picture *p = paint(black, shapes, 2);

    (void)state;
    assert_objects(p, 2, in_order, 1);
    subsample(p, 6);
    assert_int_equal(read(p, "the ball rolls and the cat jumps"),
                     TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "one object or two");
    assert_contains(p->lines.error, "60");
    release(p);
    p = paint(black, nearer, 2);
    assert_objects(p, 2, in_order, 1);
    subsample(p, 6);
    assert_int_equal(read(p, "the ball rolls"), 0);
    assert_int_equal(p->prompts.nb_objects, 1);
    assert_contains(p->lines.warning, "taken for one object");
    release(p);
    p = paint(black, farther, 2);
    subsample(p, 6);
    assert_objects(p, 2, in_order, 0.93);
    release(p);
}

/* Of more masks than the prompt names things the ground is left out, not the thing. */
static void test_ground_last(void **state)
{
    static const Shape shapes[] = { { { 230, 25, 75 }, 0, 240, -120 },
                                    { { 60, 180, 75 }, 190, 70, 50 } };
    Picture *p = paint(black, shapes, 2);

    (void)state;
    for (int i = 0; i < W * H; i++)     /* snow all along the foot of the picture */
        if (i / W >= 150) {
            p->truth[i] = 1;
            memcpy(p->rgb + 3 * i, (uint8_t[]){ 230, 25, 75 }, 3);
        }
    assert_int_equal(read(p, "the fox strolls"), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_string_equal(p->prompts.objects[0].name, "fox");
    assert_true(overlap(p, 1, 2) == 1);
    assert_string_equal(p->prompts.objects[1].prompt, "the object stays still");
    /* but where each has its own, and where scenery is spoken of, by place */
    assert_int_equal(read(p, "the snow falls and the fox strolls"), 0);
    assert_true(overlap(p, 1, 1) == 1);
    assert_int_equal(read(p, "the water ripples"), 0);
    assert_string_equal(p->prompts.objects[0].name, "water");
    assert_true(overlap(p, 1, 1) == 1);
    release(p);
}

/* A photograph is no masks. */
static void test_no_masks(void **state)
{
    Picture *p = paint(black, three, 3);
    uint32_t random = 3;

    (void)state;
    for (int i = 0; i < 3 * W * H; i++) {
        random = random * 1664525u + 1013904223u;
        p->rgb[i] = (uint8_t)(i / 3 % W * (1 + i % 3) / 4 + i / 3 / W / 3 +
                              (random >> 28));
    }
    assert_int_equal(read(p, "the ball rolls"), TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "flat colour");
    memset(p->rgb, 200, sizeof(p->rgb));
    assert_int_equal(read(p, "the ball rolls"), TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "all #c8c8c8");
    release(p);
}

/* The red of discs as two shades, by chance or (least 256) in turns, which are given. */
static Picture *paint_dithered(uint8_t dark, uint8_t light, unsigned least)
{
    Picture *p = paint(black, three, 3);
    uint32_t random = 5;

    for (int i = 0; i < W * H; i++) {
        random = random * 1664525u + 1013904223u;
        if (p->truth[i])
            p->rgb[3 * i] = (least > 255 ? (i + i / W) % 2 == 0 : random >> 24 < least) ?
                            dark : light;
        p->rgb[3 * i + 1] = p->rgb[3 * i + 2] = 0;
    }
    return p;
}

/* What dithering to a palette leaves is told as what it is; dots and lines are not that. */
static void test_dithered(void **state)
{
    static const int dots[3] = { 255, 0, 0 };
    Picture *p = paint_dithered(0x6c, 0x90, 120);

    (void)state;
    read(p, "the ball rolls, the cat jumps and the dog runs");
    assert_contains(p->warnings, "speckles");
    assert_contains(p->warnings, "format=rgb24");
    release(p);

    for (int dark = 0; dark <= 0x24; dark += 0x24) {    /* shades of a palette for all */
        p = paint_dithered((uint8_t)dark, 0x30, 128);
        assert_int_equal(read(p, "the ball rolls"), TTM_ERR_ARGUMENT);
        assert_contains(p->lines.error, "no flat colour but black");
        assert_contains(p->lines.error, "speckles");
        assert_contains(p->lines.error, "format=rgb24");
        release(p);
    }

    p = paint(black, three, 0);
    for (int i = 0; i < W * H; i++)     /* balls of nine pixels, and a thin frame */
        if ((i % 40 >= 10 && i % 40 < 13 && i / W % 40 >= 10 && i / W % 40 < 13) ||
            ((i % W == 4 || i % W == W - 5) && i / W > 4 && i / W < H - 5))
            for (int c = 0; c < 3; c++)
                p->rgb[3 * i + c] = (uint8_t)dots[c];
    read(p, "the ball rolls");
    assert_null(strstr(p->warnings, "speckles"));
    release(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_soft_edges),
        cmocka_unit_test(test_chroma_subsampling),
        cmocka_unit_test(test_dark_shades),
        cmocka_unit_test(test_edges_like_a_third),
        cmocka_unit_test(test_label_maps), cmocka_unit_test(test_backgrounds),
        cmocka_unit_test(test_black_background),
        cmocka_unit_test(test_void_rims), cmocka_unit_test(test_small),
        cmocka_unit_test(test_near_colours), cmocka_unit_test(test_ground_last),
        cmocka_unit_test(test_no_masks), cmocka_unit_test(test_dithered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
