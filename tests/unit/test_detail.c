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

/** @file Frames at the output's resolution: exact background, moved objects. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/cover.h"
#include "pipeline/detail.h"
#include "pipeline/membrane.h"
#include "segment/image.h"

#define W 96
#define H 64
#define SMALL_W 24
#define SMALL_H 16
#define FRAMES 3
#define SCALE 4

/* A textured still with a square that moves 8 pixels (2 small ones) a frame. */
typedef struct Scene {
    TTMDetailSource source;
    TTMFit fit;
    uint8_t ids[W * H], first[SMALL_W * SMALL_H];
    uint8_t trajectory[FRAMES * SMALL_W * SMALL_H];
    float small[3 * SMALL_W * SMALL_H], net[3 * SMALL_W * SMALL_H];
    TTMImage out;
} Scene;

static int in_square(int x, int y, int shift)
{
    return x >= 24 + shift && x < 48 + shift && y >= 20 && y < 44;
}

static Scene *make_scene(float amount, int refined)
{
    Scene *s = calloc(1, sizeof(*s));

    assert_int_equal(ttm_image_alloc(&s->source.still, TTM_PIXEL_RGB8, W, H),
                     0);
    assert_int_equal(ttm_image_alloc(&s->out, TTM_PIXEL_RGB8, W, H), 0);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            uint8_t *p = (uint8_t *)s->source.still.data + 3 * (y * W + x);
            int in = in_square(x, y, 0);

            p[0] = (uint8_t)(in ? 180 + (x * 7 + y * 5) % 60 : 60);
            p[1] = (uint8_t)(in ? 30 : 90 + (x * 3 + y * 11) % 40);
            p[2] = (uint8_t)(in ? 20 : 160);
            s->ids[y * W + x] = (uint8_t)in;
        }
    ttm_ids_resize(s->ids, W, H, s->first, SMALL_W, SMALL_H);
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < SMALL_W * SMALL_H; i++)
            s->trajectory[t * SMALL_W * SMALL_H + i] = (uint8_t)
                in_square(SCALE * (i % SMALL_W), SCALE * (i / SMALL_W), 8 * t);
    assert_int_equal(ttm_image_resample(&s->source.still, SMALL_W, SMALL_H, 1,
                                        0, s->small), 0);
    assert_int_equal(ttm_fit_create(&s->fit, s->first, s->trajectory, FRAMES,
                                    SMALL_H, SMALL_W, 1), 0);
    s->source.ids        = s->ids;
    s->source.fit        = &s->fit;
    s->source.first      = s->first;
    s->source.trajectory = s->trajectory;
    s->source.decoded    = s->small;
    s->source.small      = s->small;
    s->source.refined    = refined;
    s->source.amount     = amount;
    return s;
}

/* What a perfect network would give at its own size, and a bit darker. */
static void make_net(Scene *s, int t)
{
    for (int i = 0; i < SMALL_W * SMALL_H; i++) {
        int from = s->trajectory[t * SMALL_W * SMALL_H + i] ? i - 2 * t : i;
        int hole = s->first[i] && !s->trajectory[t * SMALL_W * SMALL_H + i];

        for (int c = 0; c < 3; c++)
            s->net[3 * i + c] = (hole ? s->small[c] : s->small[3 * from + c]) -
                                0.04f;
    }
}

static void free_scene(Scene *s)
{
    free(s->source.still.data);
    free(s->out.data);
    ttm_fit_free(&s->fit);
    free(s);
}

static int difference(const Scene *s, int x, int y, int from_x)
{
    const uint8_t *a = (const uint8_t *)s->out.data + 3 * (y * W + x);
    const uint8_t *b = (const uint8_t *)s->source.still.data +
                       3 * (y * W + from_x);
    int most = 0;

    for (int c = 0; c < 3; c++)
        most = abs(a[c] - b[c]) > most ? abs(a[c] - b[c]) : most;
    return most;
}

static void test_moved(void **state)
{
    Scene *s = make_scene(1, 1);
    TTMDetail *detail;
    int worst_hole = 0;

    (void)state;
    assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
    make_net(s, 2);
    assert_int_equal(ttm_detail_compose(detail, 2, s->net, &s->out), 0);
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            int near = x >= 16 && x < 72 && y >= 12 && y < 52;

            /* background that nothing comes near: the still, exactly */
            if (!near)
                assert_int_equal(difference(s, x, y, x), 0);
            /* rim of the object: the still's own pixels, sharp */
            if (in_square(x - 1, y, 16) && in_square(x + 1, y, 16) &&
                in_square(x, y - 1, 16) && in_square(x, y + 1, 16) &&
                !in_square(x - 4, y, 16))
                assert_true(difference(s, x, y, x - 16) <= 2);
            /* inside: detail of the still, brightness of the network */
            if (x == 52 && y == 32)
                assert_true(difference(s, x, y, x - 16) >= 6 &&
                            difference(s, x, y, x - 16) <= 14);
            /* came to light: levelled to the background, no red left */
            if (x > 28 && x < 36 && y > 24 && y < 40) {
                const uint8_t *p = (uint8_t *)s->out.data + 3 * (y * W + x);

                worst_hole = abs(p[0] - 60) > worst_hole ? abs(p[0] - 60) :
                             worst_hole;
            }
        }
    }
    assert_true(worst_hole <= 12);
    ttm_detail_free(&detail);
    free_scene(s);
}

static void test_first_frame(void **state)
{
    Scene *s = make_scene(1, 1);
    TTMDetail *detail;

    (void)state;
    assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
    make_net(s, 0);
    assert_int_equal(ttm_detail_compose(detail, 0, s->net, &s->out), 0);
    assert_memory_equal(s->out.data, s->source.still.data, 3 * W * H);
    ttm_detail_free(&detail);
    free_scene(s);
}

/* An object that stays has no halo, in any frame. */
static void test_unmoved(void **state)
{
    Scene *s = make_scene(1, 1);
    TTMDetail *detail;
    int worst = 0;

    (void)state;
    for (int i = 0; i < SMALL_W * SMALL_H; i++)
        for (int t = 1; t < FRAMES; t++)
            s->trajectory[t * SMALL_W * SMALL_H + i] = s->first[i];
    ttm_fit_free(&s->fit);
    assert_int_equal(ttm_fit_create(&s->fit, s->first, s->trajectory, FRAMES,
                                    SMALL_H, SMALL_W, 1), 0);
    assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
    memcpy(s->net, s->small, sizeof(s->net));
    assert_int_equal(ttm_detail_compose(detail, 1, s->net, &s->out), 0);
    for (int i = 0; i < W * H; i++)
        worst = difference(s, i % W, i / W, i % W) > worst ?
                difference(s, i % W, i / W, i % W) : worst;
    assert_true(worst <= 1);
    ttm_detail_free(&detail);
    free_scene(s);
}

/* Without detail the frame is the network's, enlarged. */
static void test_no_detail(void **state)
{
    for (int refined = 0; refined < 2; refined++) {
        Scene *s = make_scene(0, refined);
        TTMDetail *detail;

        (void)state;
        assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
        make_net(s, 2);
        assert_int_equal(ttm_detail_compose(detail, 2, s->net, &s->out), 0);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const uint8_t *p = (uint8_t *)s->out.data + 3 * (y * W + x);
                float rgb[3];

                ttm_sample_cubic(s->net, SMALL_W, SMALL_H,
                                 ((float)x + 0.5f) / SCALE,
                                 ((float)y + 0.5f) / SCALE, rgb);
                for (int c = 0; c < 3; c++)
                    assert_true(fabsf((float)p[c] - 255 *
                                      fminf(fmaxf(rgb[c], 0), 1)) < 1);
            }
        ttm_detail_free(&detail);
        free_scene(s);
    }
}

/* Predicted shapes: the same background, the object where it is predicted. */
static void test_predicted(void **state)
{
    Scene *s = make_scene(1, 0);
    TTMDetail *detail;

    (void)state;
    assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
    make_net(s, 1);
    assert_int_equal(ttm_detail_compose(detail, 1, s->net, &s->out), 0);
    for (int y = 0; y < H; y++)
        assert_int_equal(difference(s, 90, y, 90), 0);
    assert_true(difference(s, 44, 32, 36) <= 14);
    assert_true(((uint8_t *)s->out.data)[3 * (32 * W + 51)] > 120);
    ttm_detail_free(&detail);
    free_scene(s);
}

static void test_threads(void **state)
{
    Scene *s = make_scene(1, 1);
    uint8_t *one = malloc(3 * W * H);
    TTMPool *pool = ttm_pool_create(3);

    (void)state;
    make_net(s, 2);
    for (int i = 0; i < 2; i++) {
        TTMDetail *detail;

        s->source.pool = i ? pool : NULL;
        assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
        assert_int_equal(ttm_detail_compose(detail, 2, s->net, &s->out), 0);
        if (!i)
            memcpy(one, s->out.data, 3 * W * H);
        ttm_detail_free(&detail);
    }
    assert_memory_equal(one, s->out.data, 3 * W * H);
    ttm_pool_free(&pool);
    free(one);
    free_scene(s);
}

static void test_membrane(void **state)
{
    float image[3 * 15 * 9], weight[15 * 9];

    (void)state;
    for (int i = 0; i < 15 * 9; i++) {
        int x = i % 15, y = i / 15;

        weight[i] = !(x > 4 && x < 10 && y > 2 && y < 6);
        for (int c = 0; c < 3; c++)
            image[3 * i + c] = weight[i] != 0 ? (float)x : 1e6f;
    }
    assert_int_equal(ttm_membrane_fill(image, weight, 15, 9), 0);
    for (int i = 0; i < 15 * 9; i++) {
        if (weight[i] != 0)
            assert_true(image[3 * i] == (float)(i % 15));
        else
            assert_true(fabsf(image[3 * i] - (float)(i % 15)) < 3);
    }
    memset(weight, 0, sizeof(weight));
    assert_int_equal(ttm_membrane_fill(image, weight, 15, 9), 0);
    for (int i = 0; i < 3 * 15 * 9; i++)
        assert_true(image[i] == 0);
}

static void test_cover(void **state)
{
    uint8_t ids[20 * 10] = { 0 };
    TTMCover cover;

    (void)state;
    for (int y = 0; y < 5; y++)
        for (int x = 6; x < 12; x++)
            ids[y * 20 + x] = 2;
    assert_int_equal(ttm_cover_create(&cover, ids, 20, 10, 2, 1), 0);
    assert_true(ttm_cover_alpha(&cover, 9, 2) > 0.99f);
    /* soft at its edges, but not where the picture ends */
    assert_true(ttm_cover_alpha(&cover, 9.5f, 0.5f) > 0.99f);
    assert_true(ttm_cover_alpha(&cover, 9.5f, 5) < 0.8f);
    assert_true(ttm_cover_alpha(&cover, 9.5f, 5) > 0.2f);
    assert_true(ttm_cover_alpha(&cover, 17, 8) == 0);
    assert_true(ttm_cover_spread(&cover, 12, 2) > 0.9f);
    assert_true(ttm_cover_spread(&cover, 18, 8) == 0);
    ttm_cover_free(&cover);
    assert_int_equal(ttm_cover_create(&cover, ids, 20, 10, 3, 1), 0);
    assert_true(ttm_cover_alpha(&cover, 9, 2) == 0);
    ttm_cover_free(&cover);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moved), cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_unmoved), cmocka_unit_test(test_no_detail),
        cmocka_unit_test(test_predicted), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_membrane), cmocka_unit_test(test_cover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
