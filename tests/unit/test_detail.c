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

#include "render/cover.h"
#include "render/detail.h"
#include "render/pictures.h"
#include "util/image.h"
#include "util/sample.h"

#define W 96
#define H 64
#define SMALL_W 24
#define SMALL_H 16
#define FRAMES 3
#define SCALE 4

/* A textured still with an object. */
typedef struct Scene {
    TTMDetailSource source;
    TTMBackend *backend;
    TTMTensor still_tensor, decoded_tensor, pictures;
    TTMImage still;
    TTMFit fit;
    uint8_t ids[W * H], first[SMALL_W * SMALL_H];
    uint8_t trajectory[FRAMES * SMALL_W * SMALL_H];
    float small[3 * SMALL_W * SMALL_H], net[3 * SMALL_W * SMALL_H];  /* 0 .. 1 */
    TTMImage out;
} Scene;

static int in_square(int x, int y, int shift)
{
    return x >= 24 + shift && x < 48 + shift && y >= 20 && y < 44;
}

/* A square that moves 8 pixels (2 small ones) a frame. */
static int moving_square(int x, int y, int t)
{
    return in_square(x, y, 8 * t);
}

/* A bar around (36, 32) that turns by a quarter a frame. */
static int turning_bar(int x, int y, int t)
{
    int along = t & 1 ? y - 32 : x - 36, across = t & 1 ? x - 36 : y - 32;

    return along >= -20 && along < 20 && across >= -4 && across < 4;
}

/* Values 0 .. 1 into a tensor of -1 .. 1, made where there is none. */
static void put(Scene *s, TTMTensor *tensor, TTMShape shape, const float *data)
{
    float values[3 * SMALL_W * SMALL_H];

    for (int i = 0; i < 3 * SMALL_W * SMALL_H; i++)
        values[i] = data[i] * 2 - 1;
    if (!tensor->buffer)
        assert_int_equal(ttm_tensor_create(s->backend, tensor, shape,
                                           TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_write(s->backend, tensor, values,
                                      TTM_DTYPE_F32), 0);
}

/* @p inside: is (x, y) in the object in frame t. */
static Scene *make_scene_of(int (*inside)(int x, int y, int t), float amount,
                            int refined, int threads)
{
    const TTMBackendRequest request = { "cpu:plain", TTM_DTYPE_F32, threads,
                                        threads };
    Scene *s = calloc(1, sizeof(*s));

    assert_int_equal(ttm_backend_open(&s->backend, NULL, &request), 0);
    assert_int_equal(ttm_image_alloc(&s->still, TTM_PIXEL_RGB8, W, H), 0);
    assert_int_equal(ttm_image_alloc(&s->out, TTM_PIXEL_RGB8, W, H), 0);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            uint8_t *p = (uint8_t *)s->still.data + 3 * (y * W + x);
            int in = inside(x, y, 0);

            p[0] = (uint8_t)(in ? 180 + (x * 7 + y * 5) % 60 : 60);
            p[1] = (uint8_t)(in ? 30 : 90 + (x * 3 + y * 11) % 40);
            p[2] = (uint8_t)(in ? 20 : 160);
            s->ids[y * W + x] = (uint8_t)in;
        }
    ttm_ids_resize(s->ids, W, H, s->first, SMALL_W, SMALL_H);
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < SMALL_W * SMALL_H; i++)
            s->trajectory[t * SMALL_W * SMALL_H + i] = (uint8_t)
                inside(SCALE * (i % SMALL_W), SCALE * (i / SMALL_W), t);
    assert_int_equal(ttm_image_resample(&s->still, SMALL_W, SMALL_H, 1, 0,
                                        s->small, NULL), 0);
    assert_int_equal(ttm_fit_create(&s->fit, s->first, s->trajectory, FRAMES,
                                    SMALL_H, SMALL_W, 1, NULL), 0);
    s->source.ids        = s->ids;
    s->source.fit        = &s->fit;
    s->source.first      = s->first;
    assert_int_equal(ttm_picture_upload(s->backend, &s->still,
                                        &s->still_tensor), 0);
    put(s, &s->decoded_tensor, TTM_SHAPE(1, SMALL_H, SMALL_W, 3), s->small);
    assert_int_equal(ttm_tensor_create(s->backend, &s->pictures,
                                       TTM_SHAPE(FRAMES, SMALL_H, SMALL_W, 3),
                                       TTM_DTYPE_F32), 0);
    s->source.backend  = s->backend;
    s->source.still    = &s->still_tensor;
    s->source.bytes    = 1;
    s->source.decoded  = &s->decoded_tensor;
    s->source.pictures = &s->pictures;
    s->source.threads    = threads;
    s->source.refined    = s->source.matted = refined;
    s->source.amount     = amount;
    return s;
}

static Scene *make_scene(float amount, int refined, int threads)
{
    return make_scene_of(moving_square, amount, refined, threads);
}

/* What a perfect network would give at its own size, and darker by so much. */
static void make_darker(Scene *s, int t, float by)
{
    for (int i = 0; i < SMALL_W * SMALL_H; i++) {
        int from = s->trajectory[t * SMALL_W * SMALL_H + i] ? i - 2 * t : i;
        int hole = s->first[i] && !s->trajectory[t * SMALL_W * SMALL_H + i];

        for (int c = 0; c < 3; c++)
            s->net[3 * i + c] = (hole ? s->small[c] : s->small[3 * from + c]) -
                                by;
    }
}

static void make_net(Scene *s, int t)
{
    make_darker(s, t, 0.04f);
}

static void free_scene(Scene *s)
{
    ttm_tensor_free(s->backend, &s->still_tensor);
    ttm_tensor_free(s->backend, &s->decoded_tensor);
    ttm_tensor_free(s->backend, &s->pictures);
    ttm_backend_close(&s->backend);
    free(s->still.data);
    free(s->out.data);
    ttm_fit_free(&s->fit);
    free(s);
}

/* Frame @p t from s->net into s->out. */
static void compose(Scene *s, int t)
{
    float values[FRAMES * 3 * SMALL_W * SMALL_H];
    const TTMTensor *frame;
    TTMDetail *detail;

    for (int i = 0; i < FRAMES * 3 * SMALL_W * SMALL_H; i++)
        values[i] = i / (3 * SMALL_W * SMALL_H) == t ?
                    s->net[i % (3 * SMALL_W * SMALL_H)] * 2 - 1 : 1;
    assert_int_equal(ttm_tensor_write(s->backend, &s->pictures, values,
                                      TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_detail_create(&detail, &s->source), 0);
    assert_int_equal(ttm_detail_compose(detail, &(TTMDetailFrame){
        .fit = &s->fit, .t = t, .time = (double)t / FRAMES,
        .ids = s->trajectory + t * SMALL_W * SMALL_H, .untouched = t == 0, .picture = t }, &frame), 0);
    assert_int_equal(ttm_picture_download(s->backend, frame, &s->out), 0);
    ttm_detail_free(&detail);
}

static int difference(const Scene *s, int x, int y, int from_x)
{
    const uint8_t *a = (const uint8_t *)s->out.data + 3 * (y * W + x);
    const uint8_t *b = (const uint8_t *)s->still.data +
                       3 * (y * W + from_x);
    int most = 0;

    for (int c = 0; c < 3; c++)
        most = abs(a[c] - b[c]) > most ? abs(a[c] - b[c]) : most;
    return most;
}

static void test_moved(void **state)
{
    Scene *s = make_scene(1, 1, 1);
    int worst_hole = 0;

    (void)state;
    make_net(s, 2);
    compose(s, 2);
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
            /* came to light: levelled to the background, no red left */
            if (x > 28 && x < 36 && y > 24 && y < 40) {
                const uint8_t *p = (uint8_t *)s->out.data + 3 * (y * W + x);

                worst_hole = abs(p[0] - 60) > worst_hole ? abs(p[0] - 60) :
                             worst_hole;
            }
        }
    }
    assert_true(worst_hole <= 12);
    free_scene(s);
}

/*
 * Detail of the still, light of the network; but what is no more than a network's
 * error leaves an object as the still has it.
 */
static void test_light(void **state)
{
    Scene *s = make_scene(1, 1, 1);

    (void)state;
    make_darker(s, 2, 0.12f);
    compose(s, 2);
    assert_true(difference(s, 52, 32, 36) >= 18);
    assert_true(difference(s, 52, 32, 36) <= 29);
    make_darker(s, 2, 0.04f);
    compose(s, 2);
    for (int y = 22; y < 42; y++)
        for (int x = 42; x < 62; x++)
            assert_true(difference(s, x, y, x - 16) <= 1);
    free_scene(s);
}

/* Stripes of a width, and so much light of them. */
static int stripe(int x, int wide, int part)
{
    return (x / wide % 2 ? 150 : 70) * part / 100;
}

/* Put stripes behind the object, and a shadow within 5 pixels of it. */
static void set_stripes(Scene *s, int wide, int (*shadow)(int x, int y))
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            if (!s->ids[y * W + x])
                memset((uint8_t *)s->still.data + 3 * (y * W + x),
                       stripe(x, wide, shadow(x, y) ? 60 : 100), 3);
    ttm_tensor_free(s->backend, &s->still_tensor);
    assert_int_equal(ttm_picture_upload(s->backend, &s->still,
                                        &s->still_tensor), 0);
    assert_int_equal(ttm_image_resample(&s->still, SMALL_W, SMALL_H, 1, 0,
                                        s->small, NULL), 0);
    put(s, &s->decoded_tensor, TTM_SHAPE(1, SMALL_H, SMALL_W, 3), s->small);
}

/*
 * Sum of the squared errors of rows 22 to 41 of the frame against the stripes, by
 * that of a plain patch; without texture, or with stripes out of step, it is as much.
 */
static double stripe_error(const Scene *s, int wide, int from_x, int to_x,
                           int64_t *light)
{
    int64_t error = 0, plain = 0;

    for (int y = 22; y < 42; y++)
        for (int x = from_x; x < to_x; x++) {
            const uint8_t *p = (uint8_t *)s->out.data + 3 * (y * W + x);
            int true_value = stripe(x, wide, 100);
            int wrong = p[1] - true_value, mean = 110 - true_value;

            error  += wrong * wrong;
            plain  += mean * mean;
            *light += p[1];
        }
    return (double)error / (double)plain;
}

static int is_shadow(int x, int y)
{
    return x >= 19 && x < 53 && y >= 15 && y < 49;
}

/*
 * An object with a shadow on stripes moves away: the stripes go on behind it,
 * its shadow does not stay.
 */
static void test_texture(void **state)
{
    Scene *s = make_scene(1, 1, 1);
    int64_t light = 0;

    (void)state;
    set_stripes(s, 6, is_shadow);
    make_net(s, 2);
    compose(s, 2);
    assert_true(stripe_error(s, 6, 22, 38, &light) < 1.0 / 3);
    /* A shadow that goes on into the uncovered place takes 5 % more of the light. */
    assert_true(light > 100 * 16 * 20);
    free_scene(s);
}

static int moving_bar(int x, int y, int t)
{
    return x >= 8 + 8 * t && x < 72 + 8 * t && y >= 20 && y < 44;
}

static int no_shadow(int x, int y)
{
    (void)x;
    (void)y;
    return 0;
}

/* Behind an object that leaves no room for itself a piece is repeated. */
static void test_repeated_texture(void **state)
{
    Scene *s = make_scene_of(moving_bar, 1, 1, 1);
    int64_t light = 0;

    (void)state;
    set_stripes(s, 8, no_shadow);
    make_net(s, 2);
    compose(s, 2);
    assert_true(stripe_error(s, 8, 10, 22, &light) < 1.0 / 3);
    free_scene(s);
}

/* Every pixel of an object that turned is there, and where it must be. */
static void test_turned(void **state)
{
    Scene *s = make_scene_of(turning_bar, 1, 1, 1);
    const uint8_t *still = s->still.data, *out = s->out.data;

    (void)state;
    for (int t = 1; t < FRAMES; t++) {
        assert_true(s->fit.motion[t].scale == 1);
        s->fit.motion[t].turn = (float)t * 1.5707963f;
        /* The network's light and colour: the still's, turned, and darker. */
        for (int i = 0; i < SMALL_W * SMALL_H; i++) {
            int x = i % SMALL_W, y = i / SMALL_W, from = i;

            if (s->trajectory[t * SMALL_W * SMALL_H + i])
                from = t == 1 ? (16 - x) * SMALL_W + y + 1 :
                       (15 - y) * SMALL_W + 17 - x;
            else if (s->first[i])
                from = 0;
            for (int c = 0; c < 3; c++)
                s->net[3 * i + c] = s->small[3 * from + c] - 0.04f;
        }
        compose(s, t);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const uint8_t *p = out + 3 * (y * W + x), *q;
                int near = (x >= 8 && x < 64 && y >= 20 && y < 44) ||
                           (t == 1 && x >= 24 && x < 48 && y >= 4 && y < 60);

                /* background that nothing comes near: the still, exactly */
                if (!near) {
                    assert_memory_equal(p, still + 3 * (y * W + x), 3);
                    continue;
                }
                if (!turning_bar(x - 1, y, t) || !turning_bar(x + 1, y, t) ||
                    !turning_bar(x, y - 1, t) || !turning_bar(x, y + 1, t))
                    continue;
                /* clockwise: what was on the right is below, then left */
                q = still + 3 * (t == 1 ? (67 - x) * W + y + 4 :
                                 (63 - y) * W + 71 - x);
                for (int c = 0; c < 3; c++)
                    assert_in_range(p[c] + 14 - q[c], 0, 16);
            }
    }
    free_scene(s);
}

static void test_first_frame(void **state)
{
    Scene *s = make_scene(1, 1, 1);

    (void)state;
    make_net(s, 0);
    compose(s, 0);
    assert_memory_equal(s->out.data, s->still.data, 3 * W * H);
    free_scene(s);
}

/* The object stays where it is. */
static void hold(Scene *s)
{
    for (int i = 0; i < SMALL_W * SMALL_H; i++)
        for (int t = 1; t < FRAMES; t++)
            s->trajectory[t * SMALL_W * SMALL_H + i] = s->first[i];
    ttm_fit_free(&s->fit);
    assert_int_equal(ttm_fit_create(&s->fit, s->first, s->trajectory, FRAMES,
                                    SMALL_H, SMALL_W, 1, NULL), 0);
}

/* An object that stays has no halo, in any frame. */
static void test_unmoved(void **state)
{
    Scene *s = make_scene(1, 1, 1);
    int worst = 0;

    (void)state;
    hold(s);
    memcpy(s->net, s->small, sizeof(s->net));
    compose(s, 1);
    for (int i = 0; i < W * H; i++)
        worst = difference(s, i % W, i / W, i % W) > worst ?
                difference(s, i % W, i / W, i % W) : worst;
    assert_true(worst <= 1);
    free_scene(s);
}

/* How far the square is there, out of focus: from whole to nothing within 6 pixels. */
static float soft_square(int x, int y, int shift)
{
    const float beyond_x = fmaxf(23.5f + (float)shift - (float)x, (float)x - 47.5f - (float)shift);
    const float beyond_y = fmaxf(19.5f - (float)y, (float)y - 43.5f);

    return fminf(fmaxf(0.5f - fmaxf(beyond_x, beyond_y) / 6, 0), 1);
}

/* The square before a dark ground where it is now, and a bright one where it goes. */
static uint8_t soft_pixel(int x, int y, int shift, int c)
{
    static const int object[3] = { 220, 30, 20 };
    const int dark = 20 + (x * 3 + y * 11) % 7, bright = 220 + (x * 3 + y * 11) % 7;
    const float a = soft_square(x, y, shift);

    return (uint8_t)lrintf(a * (float)object[c] + (1 - a) * (float)(x < 66 ? dark : bright));
}

/* A still of the square out of focus, and nothing of a network's. */
static Scene *make_soft_scene(int matted)
{
    Scene *s = make_scene(1, 1, 1);

    for (int i = 0; i < 3 * W * H; i++)
        ((uint8_t *)s->still.data)[i] = soft_pixel(i / 3 % W, i / 3 / W, 0, i % 3);
    ttm_tensor_free(s->backend, &s->still_tensor);
    assert_int_equal(ttm_picture_upload(s->backend, &s->still, &s->still_tensor), 0);
    s->source.matted = matted;
    s->source.pictures = s->source.decoded = NULL;
    return s;
}

/* One that has hardly moved keeps its edge, which rises by 32 in a pixel. */
static void test_hardly_moved(void **state)
{
    Scene *s = make_soft_scene(1);

    (void)state;
    hold(s);
    s->fit.motion[1].x += 0.6f / SCALE;
    compose(s, 1);
    for (int i = 0; i < W * H; i++)
        assert_in_range(difference(s, i % W, i / W, i % W), 0, 25);
    free_scene(s);
}

/*
 * A square out of focus goes from dark to bright ground: its edge is mixed with where it is,
 * and takes nothing along from where it was.
 */
static void test_soft_edge(void **state)
{
    double error[2] = { 0 };

    (void)state;
    for (int matted = 0; matted < 2; matted++) {
        Scene *s = make_soft_scene(matted);

        compose(s, 2);
        /* its right edge, which has gone from 48 to 64 and beyond */
        for (int y = 24; y < 40; y++)
            for (int x = 58; x < 70; x++)
                for (int c = 0; c < 3; c++) {
                    const int made = ((uint8_t *)s->out.data)[3 * (y * W + x) + c];
                    const int wrong = made - soft_pixel(x, y, 16, c);

                    error[matted] += wrong * wrong / (16.0 * 12 * 3);
                }
        free_scene(s);
    }
    assert_true(sqrt(error[0]) > 12);
    assert_true(sqrt(error[1]) < 7);
}

/* Without detail the frame is the network's, enlarged. */
static void test_no_detail(void **state)
{
    for (int refined = 0; refined < 2; refined++) {
        Scene *s = make_scene(0, refined, 1);

        (void)state;
        make_net(s, 2);
        compose(s, 2);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const uint8_t *p = (uint8_t *)s->out.data + 3 * (y * W + x);
                float rgb[3];

                ttm_sample_cubic(s->net, SMALL_W, SMALL_H, 3,
                                 ((float)x + 0.5f) / SCALE,
                                 ((float)y + 0.5f) / SCALE, rgb);
                for (int c = 0; c < 3; c++)
                    assert_true(fabsf((float)p[c] - 255 *
                                      fminf(fmaxf(rgb[c], 0), 1)) < 1);
            }
        free_scene(s);
    }
}

/* Predicted shapes: the same background, the object where it is predicted. */
static void test_predicted(void **state)
{
    Scene *s = make_scene(1, 0, 1);

    (void)state;
    make_net(s, 1);
    compose(s, 1);
    for (int y = 0; y < H; y++)
        assert_int_equal(difference(s, 90, y, 90), 0);
    assert_true(difference(s, 44, 32, 36) <= 14);
    assert_true(((uint8_t *)s->out.data)[3 * (32 * W + 51)] > 120);
    free_scene(s);
}

/* Any number of threads, and 16 bits, give the same frame. */
static void test_threads(void **state)
{
    uint8_t one[3 * W * H];

    (void)state;
    for (int i = 0; i < 3; i++) {
        Scene *s = make_scene(1, 1, i == 1 ? 3 : 1);

        make_net(s, 2);
        if (i == 2) {
            free(s->out.data);
            assert_int_equal(ttm_image_alloc(&s->out, TTM_PIXEL_RGB16, W, H),
                             0);
            s->source.bytes = 2;
        }
        compose(s, 2);
        if (i == 0)
            memcpy(one, s->out.data, sizeof(one));
        else if (i == 1)
            assert_memory_equal(one, s->out.data, sizeof(one));
        for (int k = 0; i == 2 && k < 3 * W * H; k++)
            assert_true(fabsf((float)((uint16_t *)s->out.data)[k] / 257 -
                              (float)one[k]) <= 0.51f);
        free_scene(s);
    }
}

/* A picture whose rows are further apart goes up and down unchanged. */
static void test_strides(void **state)
{
    Scene *s = make_scene(1, 1, 1);
    TTMImage in = s->still, out = s->out;
    uint8_t *wide = malloc((3 * W + 5) * H);
    TTMTensor packed;

    (void)state;
    for (int y = 0; y < H; y++)
        memcpy(wide + (3 * W + 5) * y, (uint8_t *)in.data + 3 * W * y, 3 * W);
    in.data   = wide;
    in.stride = 3 * W + 5;
    assert_int_equal(ttm_picture_upload(s->backend, &in, &packed), 0);
    assert_int_equal(ttm_picture_download(s->backend, &packed, &out), 0);
    assert_memory_equal(out.data, s->still.data, 3 * W * H);
    memset(wide, 0, (3 * W + 5) * H);
    assert_int_equal(ttm_picture_download(s->backend, &packed, &in), 0);
    for (int y = 0; y < H; y++) {
        assert_memory_equal(wide + (3 * W + 5) * y,
                            (uint8_t *)s->still.data + 3 * W * y, 3 * W);
        assert_int_equal(wide[(3 * W + 5) * y + 3 * W], 0);
    }
    ttm_tensor_free(s->backend, &packed);
    free(wide);
    free_scene(s);
}

/* The same resampling as on the host. */
static void test_resize(void **state)
{
    float expected[3 * 37 * 21], out[3 * 37 * 21];
    Scene *s = make_scene(1, 1, 2);
    TTMTensor small, packed;
    uint16_t pixels[3 * 37 * 21];

    (void)state;
    assert_int_equal(ttm_image_resample(&s->still, 37, 21, 2, -1, expected, NULL), 0);
    assert_int_equal(ttm_picture_resize(s->backend, &s->still_tensor, 37, 21,
                                        -1, 0, &small), 0);
    assert_int_equal(ttm_tensor_read(s->backend, &small, out, TTM_DTYPE_F32),
                     0);
    assert_int_equal(ttm_picture_resize(s->backend, &s->still_tensor, 37, 21,
                                        0, 2, &packed), 0);
    assert_int_equal(ttm_tensor_read(s->backend, &packed, pixels,
                                     TTM_DTYPE_U8), 0);
    for (int i = 0; i < 3 * 37 * 21; i++) {
        assert_true(fabsf(out[i] - expected[i]) < 1e-6f);
        assert_true(fabsf((float)pixels[i] / 65535 * 2 - 1 - expected[i]) <
                    4e-5f);
    }
    ttm_tensor_free(s->backend, &small);
    ttm_tensor_free(s->backend, &packed);
    free_scene(s);
}

static uint8_t at(const TTMCover *c, const uint8_t *plane, int x, int y)
{
    return x < c->x || y < c->y || x >= c->x + c->width ||
           y >= c->y + c->height ? 0 :
           plane[(y - c->y) * c->width + x - c->x];
}

static void test_cover(void **state)
{
    uint8_t ids[20 * 10] = { 0 };
    TTMCover cover;

    (void)state;
    for (int y = 0; y < 5; y++)
        for (int x = 6; x < 12; x++)
            ids[y * 20 + x] = 2;
    assert_int_equal(ttm_cover_create(&cover, ids, 20, 10, 2, 1, NULL, NULL), 0);
    assert_int_equal(at(&cover, cover.alpha, 8, 2), 255);
    /* soft at its edges, but not where the picture ends */
    assert_int_equal(at(&cover, cover.alpha, 9, 0), 255);
    assert_in_range(at(&cover, cover.alpha, 9, 4), 128, 204);
    assert_in_range(at(&cover, cover.alpha, 9, 5), 51, 127);
    assert_int_equal(at(&cover, cover.alpha, 16, 8), 0);
    assert_in_range(at(&cover, cover.spread, 12, 2), 230, 255);
    assert_int_equal(at(&cover, cover.spread, 18, 8), 0);
    ttm_cover_free(&cover);
    assert_int_equal(ttm_cover_create(&cover, ids, 20, 10, 3, 1, NULL, NULL), 0);
    assert_int_equal(cover.width, 0);
    ttm_cover_free(&cover);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_light),
        cmocka_unit_test(test_texture),
        cmocka_unit_test(test_repeated_texture), cmocka_unit_test(test_turned),
        cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_unmoved),
        cmocka_unit_test(test_hardly_moved), cmocka_unit_test(test_no_detail),
        cmocka_unit_test(test_predicted), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_strides), cmocka_unit_test(test_resize),
        cmocka_unit_test(test_cover), cmocka_unit_test(test_soft_edge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
