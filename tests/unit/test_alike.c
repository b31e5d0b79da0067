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

/** @file Several things of a kind: found apart where they touch, and no more than there are. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "segment/lobes.h"
#include "segment/segment.h"
#include "segment/work.h"
#include "util/image.h"

#define W 160
#define H 120

/* A disc: position, radius, and its number in the truth. */
typedef struct Disc {
    int x, y, radius, number;
} Disc;

static const Disc pair[] = { { 45, 60, 26, 1 }, { 92, 60, 26, 2 }, { 0 } };
static const Disc three[] = { { 34, 60, 22, 1 }, { 74, 60, 22, 2 }, { 114, 60, 22, 3 }, { 0 } };
static const Disc apart[] = { { 35, 60, 22, 1 }, { 120, 60, 22, 2 }, { 0 } };
static const Disc small[] = { { 60, 60, 30, 1 }, { 97, 60, 9, 2 }, { 0 } };
/* two things with a waist each */
static const Disc waists[] = { { 30, 40, 16, 1 }, { 30, 69, 16, 1 }, { 120, 40, 16, 2 },
                               { 120, 69, 16, 2 }, { 0 } };
/* one thing: a head that is small beside its body; a bulge that is not narrow */
static const Disc figure[] = { { 80, 78, 34, 1 }, { 80, 36, 12, 1 }, { 0 } };
static const Disc bulge[] = { { 66, 60, 30, 1 }, { 94, 60, 30, 1 }, { 0 } };

static void draw(const Disc *discs, uint8_t *truth)
{
    memset(truth, 0, (size_t)W * H);
    for (; discs->radius; discs++)
        for (int i = 0; i < W * H; i++) {
            const int dx = i % W - discs->x, dy = i / W - discs->y;

            if (dx * dx + dy * dy < discs->radius * discs->radius && !truth[i])
                truth[i] = (uint8_t)discs->number;
        }
}

/* Parts that @p mask has, and 0 in it where it was divided. */
static int divided(const Disc *discs, int hole)
{
    uint8_t *truth = malloc((size_t)W * H), *mask = malloc((size_t)W * H);
    int *labels = malloc((size_t)W * H * sizeof(*labels));
    TTMComponent parts[16];
    int nb;

    draw(discs, truth);
    for (int i = 0; i < W * H; i++)
        mask[i] = truth[i] != 0;
    for (int i = 0; i < hole * hole; i++)   /* in the middle of the first one */
        mask[(discs->y + i / hole) * W + discs->x + i % hole] = 0;
    assert_true(ttm_divide_lobes(mask, W, H) >= 0);
    nb = ttm_components(mask, W, H, NULL, labels, parts, 16);
    for (int i = 0; i < W * H; i++)
        assert_true(!mask[i] || truth[i]);
    for (int i = 0; i < hole * hole; i++)   /* which is filled */
        assert_true(mask[(discs->y + i / hole) * W + discs->x + i % hole]);
    free(truth);
    free(mask);
    free(labels);
    return nb;
}

/** Parts are divided where they are narrow between lobes of like size, and nowhere else. */
static void test_lobes(void **state)
{
    uint8_t all[9], none[9] = { 0 };

    (void)state;
    assert_int_equal(divided(pair, 0), 2);
    assert_int_equal(divided(pair, 5), 2);      /* a hole is no neck */
    assert_int_equal(divided(three, 0), 3);
    assert_int_equal(divided(apart, 0), 2);
    assert_int_equal(divided(figure, 0), 1);
    assert_int_equal(divided(bulge, 0), 1);
    memset(all, 1, sizeof(all));
    assert_int_equal(ttm_divide_lobes(all, 3, 3), 0);
    assert_int_equal(ttm_divide_lobes(none, 3, 3), 0);
    for (int i = 0; i < 9; i++)
        assert_true(all[i] && !none[i]);
}

/** A pixel well inside of one, and one of what touches it, if that is not small. */
static void test_points(void **state)
{
    static const struct { const Disc *discs; int number, beside; } rows[] = {
        { pair, 1, 1 }, { pair, 2, 1 }, { apart, 1, 0 }, { small, 1, 0 }, { small, 2, 1 },
    };

    (void)state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
        const Disc *own = &rows[k].discs[rows[k].number - 1];
        const Disc *other = &rows[k].discs[2 - rows[k].number];
        uint8_t *truth = malloc((size_t)W * H), *region = malloc((size_t)W * H);
        int inside, beside;

        draw(rows[k].discs, truth);
        for (int i = 0; i < W * H; i++)
            region[i] = truth[i] == rows[k].number;
        assert_int_equal(ttm_lobe_points(truth, region, W, H, &inside, &beside), 0);
        assert_true(hypot(inside % W - own->x, inside / W - own->y) < 4);
        assert_int_equal(beside >= 0, rows[k].beside);
        if (beside >= 0)
            assert_true(hypot(beside % W - other->x, beside / W - other->y) < 4);
        memset(region, 0, (size_t)W * H);
        assert_int_equal(ttm_lobe_points(truth, region, W, H, &inside, &beside), 0);
        assert_true(inside < 0 && beside < 0);
        free(truth);
        free(region);
    }
}

/* The discs in red on a noisy ground, and what a prompt finds in that. */
static void find_by(const char *prompt, const Disc *discs, const int *overlaps, int nb)
{
    static TTMFound found[TTM_MAX_OBJECTS];
    uint8_t *truth = malloc((size_t)W * H), *ids = malloc((size_t)W * H), *rgb;
    TTMPrompts prompts = { 0 };
    TestLog lines = { 0 };
    TTMLog log = { test_log_callback, &lines };
    uint32_t random = 1;
    TTMImage image;
    int turn;

    draw(discs, truth);
    assert_int_equal(ttm_image_alloc(&image, TTM_PIXEL_RGB8, W, H), 0);
    rgb = image.data;
    for (int i = 0; i < W * H; i++) {
        int noise;

        random = random * 1664525u + 1013904223u;
        noise = (int)(random >> 28) - 8;
        rgb[3 * i]     = (uint8_t)((truth[i] ? 200 : 110) + noise);
        rgb[3 * i + 1] = (uint8_t)((truth[i] ? 35 : 125) + noise + i / W / 8);
        rgb[3 * i + 2] = (uint8_t)((truth[i] ? 30 : 100) + noise);
    }
    assert_int_equal(*prompt == '{' ? ttm_prompts_from_json(&prompts, NULL, prompt, NULL) :
                     ttm_prompts_from_text(&prompts, NULL, prompt), 0);
    assert_int_equal(ttm_segment_still(&log, &image, &prompts, NULL, ids, found, NULL), 0);
    if (prompts.nb_objects != nb)
        fail_msg("'%s': %d objects, not %d", prompt, prompts.nb_objects, nb);
    /* which of two alike comes first is not said */
    turn = !strstr(prompt, "left") && *prompt != '{' && ids[discs->y * W + discs->x] == 2;
    for (int id = 1; id <= nb; id++) {
        int both = 0, any = 0;

        for (int i = 0; i < W * H; i++) {
            const int wanted = overlaps[turn ? nb - id : id - 1];
            const int is = wanted ? truth[i] == wanted : truth[i] != 0;

            both += is && ids[i] == id;
            any  += is || ids[i] == id;
        }
        if (both < 0.8 * any)
            fail_msg("'%s': object %d has %d of %d pixels", prompt, id, both, any);
    }
    ttm_prompts_free(&prompts);
    free(image.data);
    free(truth);
    free(ids);
}

/** Words: as many as are said or seen, each by itself; one alone stays whole. */
static void test_words(void **state)
{
    static const int both[] = { 1, 2 }, turned[] = { 2, 1 }, whole[] = { 0 };

    (void)state;
    find_by("the left and right balls jump", pair, both, 2);
    find_by("the right ball jumps and the left ball rolls", pair, turned, 2);
    find_by("the left and right balls jump", apart, both, 2);
    find_by("two red balls jump", pair, both, 2);
    find_by("two balls jump", apart, both, 2);
    find_by("the balls jump", pair, both, 2);
    find_by("two balls jump", waists, both, 2);
    find_by("the left and right balls jump", waists, both, 2);
    find_by("the ball jumps", pair, whole, 1);
    find_by("the red ball jumps", pair, whole, 1);
    find_by("the balls jump", figure, whole, 1);
    find_by("the left ball jumps", figure, whole, 1);
}

/** Points: each object's are what the others are not. */
static void test_given(void **state)
{
    static const int both[] = { 1, 2 };

    (void)state;
    find_by("{\"objects\":[{\"name\":\"a\",\"point\":[45,60]},{\"name\":\"b\",\"point\":[92,60]}]}",
            pair, both, 2);
    find_by("{\"objects\":[{\"name\":\"a\",\"box\":[15,30,110,62]},"
            "{\"name\":\"b\",\"point\":[92,60]}]}", pair, both, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lobes),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
