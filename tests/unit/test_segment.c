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

/** @file Objects from masks, boxes, points and descriptions. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "util/image.h"
#include "util/palette.h"
#include "segment/segment.h"

#define W 160
#define H 120

typedef struct Picture {
    TTMImage image;
    uint8_t truth[W * H], ids[W * H];
    TTMFound found[TTM_MAX_OBJECTS];
    uint8_t background[3];
    TTMPrompts prompts;
    TestLog lines;
    TTMLog log;
} Picture;

static Picture *make_picture(const char *prompt)
{
    Picture *p = calloc(1, sizeof(*p));

    p->log = (TTMLog){ test_log_callback, &p->lines };
    assert_int_equal(ttm_image_alloc(&p->image, TTM_PIXEL_RGB8, W, H), 0);
    if (*prompt == '{')
        assert_int_equal(ttm_prompts_from_json(&p->prompts, NULL, prompt,
                                               NULL), 0);
    else
        assert_int_equal(ttm_prompts_from_text(&p->prompts, NULL, prompt), 0);
    return p;
}

static void free_picture(Picture *p)
{
    ttm_prompts_free(&p->prompts);
    free(p->image.data);
    free(p);
}

/* Two discs on a noisy grey-green ground: 1 red at left, 2 blue at right. */
static void draw_discs(Picture *p)
{
    uint32_t random = 1;

    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W, noise;
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        random = random * 1664525u + 1013904223u;
        noise = (int)(random >> 28) - 8;
        p->truth[i] = 0;
        rgb[0] = (uint8_t)(110 + noise);
        rgb[1] = (uint8_t)(125 + noise + y / 8);
        rgb[2] = (uint8_t)(100 + noise);
        if ((x - 45) * (x - 45) + (y - 60) * (y - 60) < 20 * 20) {
            p->truth[i] = 1;
            rgb[0] = (uint8_t)(200 + noise - (x - 45));
            rgb[1] = (uint8_t)(35 + noise);
            rgb[2] = (uint8_t)(30 + noise);
        } else if ((x - 115) * (x - 115) + (y - 70) * (y - 70) < 24 * 24) {
            p->truth[i] = 2;
            rgb[0] = (uint8_t)(35 + noise);
            rgb[1] = (uint8_t)(70 + noise);
            rgb[2] = (uint8_t)(200 + noise - (y - 70) / 2);
        }
    }
}

/* Intersection over union of found id @p id and true id @p truth. */
static double overlap(const Picture *p, int id, int truth)
{
    int both = 0, any = 0;

    for (int i = 0; i < W * H; i++) {
        both += p->ids[i] == id && p->truth[i] == truth;
        any += p->ids[i] == id || p->truth[i] == truth;
    }
    return any ? (double)both / any : 0;
}

static void find(Picture *p)
{
    draw_discs(p);
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                       p->found, NULL), 0);
    ttm_segment_report(&p->log, &p->prompts, p->ids, W, H, p->found);
}

static void test_finder_colours(void **state)
{
    Picture *p = make_picture("a blue ball moves up while the red ball falls");

    (void)state;
    find(p);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_true(overlap(p, 1, 2) > 0.9);
    assert_true(overlap(p, 2, 1) > 0.9);
    assert_true(p->found[0].sure && p->found[1].sure);
    assert_true(p->found[1].share > 0.05 && p->found[1].share < 0.08);
    assert_in_range(p->found[1].box[0], 22, 28);
    free_picture(p);
}

/* A thing that is red in its lower part only is found as a whole. */
static void test_finder_parts_of_other_colours(void **state)
{
    Picture *p = make_picture("the red ball falls");

    (void)state;
    draw_discs(p);
    for (int i = 0; i < W * H; i++) {
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        if (p->truth[i] == 1 && i / W < 65)
            rgb[0] = rgb[1] = rgb[2] = 245;
    }
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                       p->found, NULL), 0);
    assert_true(overlap(p, 1, 1) > 0.9);
    free_picture(p);
}

static void test_finder_places(void **state)
{
    Picture *p = make_picture("the ball on the right moves up and the ball on "
                              "the left moves down");

    (void)state;
    find(p);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_true(overlap(p, 1, 2) > 0.9);
    assert_true(overlap(p, 2, 1) > 0.9);
    free_picture(p);
}

/* A thing that nearly fills the picture is found whole. */
static void test_finder_large(void **state)
{
    Picture *p = make_picture("the orange planet shrinks");

    (void)state;
    draw_discs(p);
    for (int i = 0; i < W * H; i++) {
        int x = i % W - W / 2, y = i / W - H / 2, far = x * x + y * y;
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        p->truth[i] = far < 55 * 55;
        rgb[0] = (uint8_t)(p->truth[i] ? 205 - far / 70 : 8);
        rgb[1] = (uint8_t)(p->truth[i] ? 120 - far / 90 : 8);
        rgb[2] = (uint8_t)(p->truth[i] ? 70 : 10);
    }
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                       p->found, NULL), 0);
    assert_true(overlap(p, 1, 1) > 0.9);
    free_picture(p);
}

/* A tower that stands in the picture's border is scenery, however dark. */
static void test_finder_scenery(void **state)
{
    Picture *p = make_picture("the rocket lifts off");

    (void)state;
    for (int i = 0; i < W * H; i++) {
        int x = i % W, y = i / W, tower = x >= 14 && x < 54 &&
                                          (x + y) % 12 < 9;
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        p->truth[i] = x >= 78 && x < 84 && y >= 40 && y < 90;
        rgb[0] = (uint8_t)(p->truth[i] ? 170 : tower ? 20 : 50);
        rgb[1] = (uint8_t)(p->truth[i] ? 165 : tower ? 12 : 65 + y / 4);
        rgb[2] = (uint8_t)(p->truth[i] ? 160 : tower ? 10 : 110 + y / 4);
    }
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                       p->found, NULL), 0);
    assert_true(overlap(p, 1, 1) > 0.85);
    free_picture(p);
}

/* Two things are as good: it takes one of them and says that it is unsure. */
static void test_finder_unsure(void **state)
{
    Picture *p = make_picture("the ball moves up");

    (void)state;
    find(p);
    assert_int_equal(p->prompts.nb_objects, 1);
    assert_true(overlap(p, 1, 2) > 0.9 || overlap(p, 1, 1) > 0.9);
    assert_contains(p->lines.warning, "not sure");
    free_picture(p);
}

/* A few red discs of radius 14, and the blue one. */
static void draw_red_discs(Picture *p, int nb)
{
    static const int at[4][2] = { { 24, 30 }, { 60, 90 }, { 80, 28 }, { 138, 18 } };

    draw_discs(p);
    for (int i = 0; i < W * H; i++) {
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        if (p->truth[i] == 1) {         /* the large red one is overpainted */
            memcpy(rgb, (uint8_t *)p->image.data + 3 * (i % 8), 3);
            p->truth[i] = 0;
        }
        for (int k = 0; k < nb; k++) {
            int x = i % W - at[k][0], y = i / W - at[k][1];

            if (x * x + y * y >= 14 * 14)
                continue;
            p->truth[i] = (uint8_t)(10 + k);
            rgb[0] = (uint8_t)(205 - x);
            rgb[1] = 35;
            rgb[2] = 30;
        }
    }
}

/* "The red balls" are all of them, each an object with the same prompt. */
static void test_several(void **state)
{
    static const struct {
        const char *prompt;
        int drawn, found;
    } cases[] = {
        { "The red balls move left", 1, 1 }, { "The red balls move left", 2, 2 },
        { "The red balls move left", 4, 4 }, { "two red balls move left", 4, 2 },
        { "the red ball moves left", 3, 1 }, { "three red balls move left", 2, 3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Picture *p = make_picture(cases[i].prompt);
        int covered = 0;

        draw_red_discs(p, cases[i].drawn);
        assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                           p->found, NULL), 0);
        if (cases[i].found > cases[i].drawn) {
            assert_contains(p->lines.warning, "speaks of 3");
            assert_int_equal(p->prompts.nb_objects, cases[i].drawn);
        } else {
            assert_int_equal(p->prompts.nb_objects, cases[i].found);
        }
        for (int id = 1; id <= p->prompts.nb_objects; id++) {
            assert_string_equal(p->prompts.objects[id - 1].prompt,
                                p->prompts.objects[0].prompt);
            for (int k = 0; k < cases[i].drawn; k++)
                covered += overlap(p, id, 10 + k) > 0.85;
        }
        assert_int_equal(covered, p->prompts.nb_objects);
        free_picture(p);
    }
}

static void test_boxes_and_points(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"box\":"
                              "[20,35,52,50]},{\"name\":\"b\",\"point\":"
                              "[120,66]}]}");

    (void)state;
    find(p);
    assert_true(overlap(p, 1, 1) > 0.9);
    assert_true(overlap(p, 2, 2) > 0.9);
    assert_string_equal(p->found[0].how, "box");
    assert_string_equal(p->found[1].how, "point");
    free_picture(p);
}

/* All discs are red here, so that only places tell them apart. */
static void find_alike(Picture *p)
{
    draw_discs(p);
    for (int i = 0; i < W * H; i++)
        if (p->truth[i] == 2) {
            uint8_t *rgb = (uint8_t *)p->image.data + 3 * i, blue = rgb[2];

            rgb[2] = rgb[0];
            rgb[0] = blue;
        }
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                       p->found, NULL), 0);
    ttm_segment_report(&p->log, &p->prompts, p->ids, W, H, p->found);
}

/* Two points of two things are one object; a point that is not it takes one away. */
static void test_several_points(void **state)
{
    static const struct { const char *place; double one, two; } cases[] = {
        { "\"points\":[[45,60],[115,70]]", 1, 1 },
        { "\"points\":[[45,60],[50,50]],\"not\":[[120,76]]", 1, 0 },
        { "\"box\":[20,35,52,50],\"points\":[[45,60],[40,70]]", 1, 0 },
        { "\"box\":[20,35,60,50],\"not\":[[75,80]]", 1, 0 },
        { "\"box\":[15,25,135,80],\"point\":[45,60],\"not\":[[110,70],[80,40],[70,80]]", 1, 0 },
        { "\"point\":[115,70],\"not\":[[45,60]]", 0, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200];
        int in[3] = { 0 }, all[3] = { 0 };
        Picture *p;

        snprintf(text, sizeof(text), "{\"objects\":[{\"name\":\"a\",%s}]}",
                 cases[i].place);
        p = make_picture(text);
        find_alike(p);
        for (int k = 0; k < W * H; k++) {
            all[p->truth[k]]++;
            in[p->truth[k]] += p->ids[k] == 1;
        }
        if (fabs(in[1] - cases[i].one * all[1]) > 0.1 * all[1] ||
            fabs(in[2] - cases[i].two * all[2]) > 0.1 * all[2] || in[0] > all[0] / 50)
            fail_msg("%s: %d of %d, %d of %d and %d pixels of the ground", text, in[1],
                     all[1], in[2], all[2], in[0]);
        free_picture(p);
    }
}

/* Two points of one disc, one of which is said not to be it, divide it between them. */
static void test_divided(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[35,60],"
                              "\"not\":[[56,60]]}]}");
    int left = 0, right = 0;

    (void)state;
    find(p);
    for (int i = 0; i < W * H; i++) {
        if (p->truth[i] != 1 || p->ids[i] != 1)
            continue;
        left  += i % W < 42;
        right += i % W > 50;
    }
    assert_in_range(left, 300, 600);
    assert_in_range(right, 0, 60);
    free_picture(p);
}

/* What is said in percent is what is said in pixels. */
static void test_percent(void **state)
{
    static const char *const pairs[][2] = {
        { "\"box\":[20,36,52,48]", "\"box\":[\"12.5%\",\"30%\",\"32.5%\",\"40%\"]" },
        { "\"point\":[120,66]", "\"point\":[\"75%\",66]" },
        { "\"points\":[[40,60],[48,54]],\"not\":[[80,60]]",
          "\"points\":[[\"25%\",\"50%\"],[\"30%\",\"45%\"]],\"not\":[[\"50%\",\"50%\"]]" },
        { "\"polygon\":[[16,12],[80,12],[80,60]]",
          "\"polygon\":[[\"10%\",\"10%\"],[\"50%\",\"10%\"],[\"50%\",\"50%\"]]" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        Picture *p[2];

        for (int k = 0; k < 2; k++) {
            char text[200];

            snprintf(text, sizeof(text), "{\"objects\":[{\"name\":\"a\",%s}]}",
                     pairs[i][k]);
            p[k] = make_picture(text);
            find(p[k]);
        }
        assert_memory_equal(p[0]->ids, p[1]->ids, W * H);
        free_picture(p[0]);
        free_picture(p[1]);
    }
}

/*
 * A polygon is exact, whatever its colours, and comes before what is only cut out: pixels
 * whose middle is inside, by the even-odd rule, what lies outside the still left out.
 */
static void test_polygon(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"disc\",\"box\":[20,35,52,50]},"
                              "{\"name\":\"a\",\"polygon\":[[40.5,20],[-20,20],"
                              "[-20,60],[40.5,60]]},"
                              "{\"name\":\"star\",\"polygon\":[[100,20],[140,20],"
                              "[140,60],[100,60],[100,20],[110,30],[110,50],[130,50],"
                              "[130,30],[110,30]]},"
                              "{\"name\":\"under\",\"polygon\":[[0,30],[20,30],"
                              "[20,40]]}]}");

    (void)state;
    find(p);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const int left = x <= 40 && y >= 20 && y < 60;
            const int ring = x >= 100 && x < 140 && y >= 20 && y < 60;
            const int hole = x >= 110 && x < 130 && y >= 30 && y < 50;
            const int id = p->ids[y * W + x];

            /* the corner at 40.5 lies on the middle of pixel 40, which is not inside */
            assert_int_equal(id == 2, left && x < 40);
            assert_int_equal(id == 3, ring && !hole);
            if (id == 1)
                assert_false(left && x < 40);
        }
    assert_string_equal(p->found[1].how, "polygon");
    assert_int_equal(p->found[1].sure, 1);
    assert_int_equal(p->prompts.nb_objects, 3);
    assert_contains(p->lines.warning, "'under' was not found");
    free_picture(p);
}

static void test_wrong_places(void **state)
{
    static const struct { const char *text, *part; } wrong[] = {
        { "{\"objects\":[{\"name\":\"a\",\"box\":[160,0,9,9]}]}", "box" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[3,120]}]}", "point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[-1,1]}]}", "point" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[\"100%\",1]}]}", "[160, 1]" },
        { "{\"objects\":[{\"name\":\"a\",\"points\":[[1,1],[1,1000]]}]}", "[1, 1000]" },
        { "{\"objects\":[{\"name\":\"a\",\"point\":[1,1],\"not\":[[1,-3]]}]}",
          "[1, -3]" },
        { "{\"objects\":[{\"name\":\"a\",\"box\":[\"-9%\",0,\"9%\",9]}]}", "box" },
        { "{\"objects\":[{\"name\":\"a\",\"polygon\":[[200,0],[300,0],[200,9]]}]}",
          "polygon" },
        { "{\"objects\":[{\"name\":\"a\",\"polygon\":[[1,1],[50,1],[99,1]]}]}",
          "polygon" },
        { "{\"objects\":[{\"name\":\"a\",\"color\":\"#ff0000\"}]}", "masks" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        Picture *p = make_picture(wrong[i].text);

        draw_discs(p);
        assert_true(ttm_segment_still(&p->log, &p->image, &p->prompts, NULL, p->ids,
                                      p->found, NULL) < 0);
        assert_contains(p->lines.error, wrong[i].part);
        assert_contains(p->lines.error, "objects[0]");
        free_picture(p);
    }
}

/* A grey picture, and pictures of hardly any pixels. */
static void test_nothing_there(void **state)
{
    static const int sizes[][2] = { { 1, 1 }, { 2, 1 }, { 1, 30 }, { 7, 5 },
                                    { W, H } };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        Picture *p = make_picture("the cat jumps and the red dog runs");
        int any = 0;

        p->image.width  = sizes[i][0];
        p->image.height = sizes[i][1];
        memset(p->image.data, 128, 3 * W * H);
        assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts,
                                           NULL, p->ids, p->found, NULL), 0);
        assert_true(p->prompts.nb_objects >= 1);
        assert_true(*p->lines.warning);
        for (int k = 0; k < sizes[i][0] * sizes[i][1]; k++)
            any |= p->ids[k];
        assert_true(any);
        free_picture(p);
    }
}

/* Paint the truth of draw_discs() in two colours, with noise of +- 10. */
static void draw_masks(Picture *p, const int colours[2][3])
{
    uint32_t random = 5;

    draw_discs(p);
    for (int i = 0; i < W * H; i++)
        for (int c = 0; c < 3; c++) {
            int value = p->truth[i] ? colours[p->truth[i] - 1][c] : 0;

            random = random * 1664525u + 1013904223u;
            value += (int)(random >> 16) % 21 - 10;
            ((uint8_t *)p->image.data)[3 * i + c] =
                (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
}

static int masks(Picture *p, int width, int height)
{
    return ttm_segment_masks(&p->log, &p->image, width, height, &p->prompts,
                             p->ids, p->found, p->background, NULL);
}

static void test_masks_order(void **state)
{
    /* ttm's colours: in their order; others: from left to right */
    static const int palette[2][3] = { { 0, 255, 0 }, { 255, 0, 0 } };
    static const int others[2][3]  = { { 90, 200, 90 }, { 200, 120, 160 } };
    Picture *p = make_picture("a ball rolls and a cat jumps");

    (void)state;
    draw_masks(p, palette);
    assert_int_equal(masks(p, W, H), 0);
    assert_true(overlap(p, 2, 1) == 1 && overlap(p, 1, 2) == 1);
    draw_masks(p, others);
    assert_int_equal(masks(p, W, H), 0);
    assert_true(overlap(p, 1, 1) == 1 && overlap(p, 2, 2) == 1);
    assert_int_equal(p->prompts.nb_objects, 2);
    free_picture(p);
}

static void test_masks_colours(void **state)
{
    static const int colours[2][3] = { { 0, 0, 255 }, { 255, 255, 0 } };
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"color\":"
                              "\"#ffff00\"},{\"name\":\"b\"}]}");

    (void)state;
    draw_masks(p, colours);
    assert_int_equal(masks(p, W, H), 0);
    assert_true(overlap(p, 1, 2) == 1 && overlap(p, 2, 1) == 1);
    free_picture(p);
    p = make_picture("{\"objects\":[{\"name\":\"a\",\"color\":\"#00ff00\"}]}");
    draw_masks(p, colours);
    assert_true(masks(p, W, H) < 0);
    assert_contains(p->lines.error, "#00ff00");
    free_picture(p);
}

static void test_masks_numbers(void **state)
{
    static const int colours[2][3] = { { 255, 0, 0 }, { 0, 255, 0 } };
    Picture *p = make_picture("the ball rolls");

    (void)state;
    draw_masks(p, colours);
    assert_int_equal(masks(p, W, H), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_string_equal(p->prompts.objects[1].prompt,
                        "the object stays still");
    assert_contains(p->lines.warning, "more objects");
    free_picture(p);
    p = make_picture("the ball rolls, the cat jumps and the dog runs");
    draw_masks(p, colours);
    assert_int_equal(masks(p, W, H), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_string_equal(p->prompts.objects[1].name, "cat");
    assert_contains(p->lines.warning, "dog");
    free_picture(p);
}

/* Several things of one name take several masks. */
static void test_masks_several(void **state)
{
    static const struct {
        const char *prompt;
        const char *names[2], *prompts[2];
    } cases[] = {
        { "the balls roll", { "balls", "balls" },
          { "the balls roll", "the balls roll" } },
        { "two balls roll", { "balls", "balls" },
          { "two balls roll", "two balls roll" } },
        { "the cat jumps and the balls roll", { "cat", "balls" },
          { "the cat jumps", "the balls roll" } },
        { "two cats jump and the ball rolls", { "cats", "ball" },
          { "two cats jump", "the ball rolls" } },
    };
    static const int colours[2][3] = { { 255, 0, 0 }, { 0, 255, 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Picture *p = make_picture(cases[i].prompt);

        draw_masks(p, colours);
        assert_int_equal(masks(p, W, H), 0);
        assert_int_equal(p->prompts.nb_objects, 2);
        for (int k = 0; k < 2; k++) {
            assert_string_equal(p->prompts.objects[k].name, cases[i].names[k]);
            assert_string_equal(p->prompts.objects[k].prompt, cases[i].prompts[k]);
        }
        assert_string_equal(p->lines.warning, "");
        free_picture(p);
    }
}

static void test_masks_extremes(void **state)
{
    static const int colours[2][3] = { { 255, 0, 0 }, { 0, 255, 0 } };
    Picture *p = make_picture("the ball rolls and the cat jumps");
    uint8_t *pixels = p->image.data;

    (void)state;
    assert_int_equal(masks(p, W, H), TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "black");
    for (int i = 0; i < W * H; i++)
        for (int c = 0; c < 3; c++)
            pixels[3 * i + c] = (uint8_t)(i % W / 8 * (c ? c == 1 ? 57 : 91 :
                                                       13) + 60);
    assert_int_equal(masks(p, W, H), TTM_ERR_ARGUMENT);
    assert_contains(p->lines.error, "16");
    draw_masks(p, colours);
    assert_int_equal(masks(p, 80, 60), 0);
    assert_contains(p->lines.warning, "resized");
    assert_int_equal(p->ids[30 * 80 + 22], 1);
    assert_int_equal(p->ids[35 * 80 + 57], 2);
    assert_int_equal(p->ids[0], 0);
    free_picture(p);
}

/* Every one of ttm's own colours is told from every other. */
static void test_masks_palette(void **state)
{
    Picture *p = make_picture("the ball rolls");

    (void)state;
    for (int i = 0; i < W * H; i++) {
        int id = i % W / 10 + 1;

        p->truth[i] = (uint8_t)(i / W < 10 ? 0 : id);
        memcpy((uint8_t *)p->image.data + 3 * i,
               ttm_object_colour(p->truth[i]), 3);
    }
    assert_int_equal(masks(p, W, H), 0);
    assert_int_equal(p->prompts.nb_objects, TTM_MAX_OBJECTS);
    assert_memory_equal(p->ids, p->truth, W * H);
    free_picture(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finder_colours),
        cmocka_unit_test(test_finder_parts_of_other_colours),
        cmocka_unit_test(test_finder_places),
        cmocka_unit_test(test_finder_large),
        cmocka_unit_test(test_finder_scenery),
        cmocka_unit_test(test_finder_unsure),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_boxes_and_points),
        cmocka_unit_test(test_several_points),
        cmocka_unit_test(test_divided),
        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_polygon),
        cmocka_unit_test(test_wrong_places),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_masks_order),
        cmocka_unit_test(test_masks_colours),
        cmocka_unit_test(test_masks_numbers),
        cmocka_unit_test(test_masks_several),
        cmocka_unit_test(test_masks_extremes),
        cmocka_unit_test(test_masks_palette),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
