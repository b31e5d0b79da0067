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

/**
 * @file
 * Stills whose pixels are not square: what turns in the picture as displayed. A
 * square-pixel still and the same, squeezed, with the trajectory squeezed as well.
 */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "clip/context.h"
#include "files.h"
#include "motion/tint.h"
#include "util/palette.h"

#define BUNDLE  "tests/ref/bundle"
#define TINTED  "\"ttm\": { \"trajectory\": \"tinted\","
#define W       192             ///< of the still as displayed
#define H       96
#define FRAMES  4
#define TURN    0.5             ///< radians a frame
#define BEND    0.003           ///< by its length squared, a frame

/**
 * Least PSNR of squeezed frames, turned and also bent. Turned in the pixels
 * themselves they have 20.8 dB, and 28.5 where only the shape is fitted in those.
 */
static const double least_psnr[] = { 38, 34 };

/** Squeezed frames are that much, in dB, further from the true ones at most. */
#define WORSE 0.5

typedef struct Run {
    TTMContext *ctx;
    TestLog lines;
    int width;
    uint8_t still[3 * W * H], frames[FRAMES][3 * W * H];
} Run;

static TTMImage wrap(const Run *r, uint8_t *pixels)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, r->width, H, 3 * r->width,
                       pixels };
}

/* How a frame has the L: turned, and bent by so much a squared pixel. */
typedef struct Pose {
    double turn, bend;
} Pose;

/* Whether the display's (x, y) is of the L in a pose; its own place. */
static int inside(double x, double y, Pose p, double *u, double *v)
{
    const double dx = x - 90, dy = y - 48;

    *u = cos(p.turn) * dx + sin(p.turn) * dy;
    *v = cos(p.turn) * dy - sin(p.turn) * dx - p.bend * *u * *u;
    return fabs(*u) < 28 && fabs(*v) < 20 && (*u < -8 || *v > 4);
}

/* The picture at the display's (x, y). */
static void picture(double x, double y, Pose p, double rgb[3])
{
    double u, v;
    const int object = inside(x, y, p, &u, &v);

    rgb[0] = object ? 190 + 50 * sin(u / 6) : 80 + 20 * sin(x / 20);
    rgb[1] = object ? 60 + 40 * cos(v / 5) : 100 + 20 * cos(y / 15);
    rgb[2] = object ? 40 : 110;
}

/* A frame of the picture, @p width pixels wide: the mean over each pixel. */
static void draw_picture(uint8_t *pixels, int width, Pose p)
{
    const int parts = 4 * W / width;

    for (int y = 0; y < H; y++)
        for (int x = 0; x < width; x++, pixels += 3) {
            double sum[3] = { 0 }, rgb[3];

            for (int k = 0; k < 4 * parts; k++) {
                picture((x + (k % parts + 0.5) / parts) * W / width,
                        y + (k / parts + 0.5) / 4, p, rgb);
                for (int c = 0; c < 3; c++)
                    sum[c] += rgb[c] / (4 * parts);
            }
            for (int c = 0; c < 3; c++)
                pixels[c] = (uint8_t)lrint(sum[c]);
        }
}

/* A frame of its trajectory: the true mask, and its turn as the tint. */
static void draw_mask(uint8_t *pixels, int width, Pose p)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < width; x++, pixels += 3) {
            double u, v;
            const int id = inside((x + 0.5) * W / width, y + 0.5, p, &u, &v);
            float rgb[3];

            ttm_tint_colour(ttm_object_colour(id),
                            id && p.turn > 0 ? (float)ttm_tint_level(p.turn) : 0, rgb);
            for (int c = 0; c < 3; c++)
                pixels[c] = (uint8_t)lrintf(rgb[c]);
        }
}

/* A clip of a still @p width wide; NULL: there is no such device. */
static Run *render(const char *bundle, const char *device, const char *refine,
                   double bend, int width, TTMRational aspect)
{
    Run *r = calloc(1, sizeof(*r));
    TTMSettings s;
    TTMImage image;
    int ret;

    assert_non_null(r);
    r->width = width;
    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = &r->lines;
    ttm_settings_set(&s, "model", bundle);
    ttm_settings_set(&s, "device", device);
    ttm_settings_set(&s, "threads", "1");
    ttm_settings_set(&s, "precision", "f32");
    ttm_settings_set(&s, "seed", "5");
    ttm_settings_set(&s, "mode", "render");
    ttm_settings_set(&s, "refine", refine);
    ttm_settings_set(&s, "prompt", "the red letter turns");
    ret = ttm_open(&r->ctx, &s);
    ttm_settings_uninit(&s);
    if (ret == TTM_ERR_DEVICE || ret == TTM_ERR_UNSUPPORTED) {
        print_message("%s\n", r->lines.error);
        free(r);
        return NULL;
    }
    assert_int_equal(ret, 0);
    draw_picture(r->still, width, (Pose){ 0, 0 });
    image = wrap(r, r->still);
    image.sample_aspect_ratio = aspect;
    assert_int_equal(ttm_set_image(r->ctx, &image), 0);
    for (int t = 0; t < FRAMES; t++) {
        image = wrap(r, r->frames[t]);
        draw_mask(r->frames[t], width, (Pose){ TURN * t, bend * t });
        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &image), 0);
    }
    while ((ret = ttm_step(r->ctx, NULL)) == TTM_MORE)
        ;
    assert_int_equal(ret, 0);
    assert_int_equal(ttm_frame_count(r->ctx), FRAMES);
    for (int t = 0; t < FRAMES; t++) {
        image = wrap(r, r->frames[t]);
        assert_int_equal(ttm_get_frame(r->ctx, t, &image), 0);
    }
    return r;
}

static void finish(Run *r)
{
    ttm_close(&r->ctx);
    free(r);
}

/* Frame @p t of @p wide, squeezed to half its width, against that of @p narrow. */
static double squeezed_psnr(const Run *wide, const Run *narrow, int t)
{
    const uint8_t *a = wide->frames[t], *b = narrow->frames[t];
    double sum = 0;

    for (int i = 0; i < W / 2 * H; i++)
        for (int c = 0; c < 3; c++) {
            const double d = (a[6 * i + c] + a[6 * i + 3 + c]) / 2.0 - b[3 * i + c];

            sum += d * d;
        }
    return 10 * log10(255.0 * 255 * 3 * (W / 2 * H) / (sum + 1e-6));
}

/* A frame against the true one, which is drawn in that pose. */
static double true_psnr(const Run *r, int t, Pose p)
{
    uint8_t *truth = malloc((size_t)3 * r->width * H);
    double sum = 0;

    assert_non_null(truth);
    draw_picture(truth, r->width, p);
    for (int i = 0; i < 3 * r->width * H; i++) {
        const double d = (double)r->frames[t][i] - truth[i];

        sum += d * d;
    }
    free(truth);
    return 10 * log10(255.0 * 255 * 3 * r->width * H / (sum + 1e-6));
}

static char *tinted_bundle(void)
{
    char *folder = test_link_bundle(BUNDLE);

    test_edit(BUNDLE, folder, "image_to_motion/config.json", "\"ttm\": {", TINTED);
    return folder;
}

static void test_turns(void **state)
{
    static const char *const devices[] = { "cpu", "vulkan:0" };
    static const char *const refine[] = { "similarity", "shape" };
    char *bundle = tinted_bundle();

    (void)state;
    for (int i = 0; i < 4; i++) {
        Run *wide = render(bundle, devices[i / 2], refine[i % 2], i % 2 * BEND,
                           W, (TTMRational){ 1, 1 }), *narrow;
        const TTMClip *a, *b;

        if (!wide)
            continue;       /* there is no such device */
        narrow = render(bundle, devices[i / 2], refine[i % 2], i % 2 * BEND, W / 2,
                        (TTMRational){ 2, 1 });
        assert_non_null(narrow);
        a = &wide->ctx->clip;
        b = &narrow->ctx->clip;
        for (int k = 0; k < TTM_STAGE_NB; k++) {
            assert_int_equal(a->given.width[k], b->given.width[k]);
            assert_int_equal(a->given.height[k], b->given.height[k]);
        }
        for (int t = 0; t < FRAMES; t++) {
            const TTMMotion *m = &a->made.trajectory.fit.motion[t];
            const TTMMotion *n = &b->made.trajectory.fit.motion[t];
            const Pose pose = { TURN * t, i % 2 * BEND * t };
            const double like = squeezed_psnr(wide, narrow, t);
            const double truth[] = { true_psnr(wide, t, pose), true_psnr(narrow, t, pose) };

            print_message("%s, %s, frame %d: %.1f dB, to the true one %.1f and %.1f dB\n",
                          devices[i / 2], refine[i % 2], t, like, truth[0], truth[1]);
            assert_true(fabs(n->turn - TURN * t) < 0.05);
            assert_true(hypotf(m->x - n->x, m->y - n->y) < 0.3f);
            assert_true(fabsf(n->scale - m->scale) < 0.02f);
            assert_true(like >= least_psnr[i % 2]);
            assert_true(!t || truth[1] >= truth[0] - WORSE);
        }
        /* It moves by more than that. */
        memcpy(wide->frames[0], wide->frames[FRAMES - 1], sizeof(wide->frames[0]));
        assert_true(squeezed_psnr(wide, narrow, 0) < 20);
        finish(wide);
        finish(narrow);
    }
    test_remove_folder(bundle);
}

/* Square pixels, whatever says so, and what is not known: one clip. */
static void test_square(void **state)
{
    static const TTMRational square[] = { { 1, 1 }, { 7, 7 }, { 0, 1 }, { 0, 0 },
                                          { 3, 0 } };
    char *bundle = tinted_bundle();
    Run *first = render(bundle, "cpu", "shape", BEND, W / 2, square[0]);

    (void)state;
    assert_non_null(first);
    for (size_t i = 1; i < sizeof(square) / sizeof(square[0]); i++) {
        Run *r = render(bundle, "cpu", "shape", BEND, W / 2, square[i]);

        assert_non_null(r);
        assert_memory_equal(first->frames, r->frames, sizeof(r->frames));
        finish(r);
    }
    finish(first);
    test_remove_folder(bundle);
}

/* Ratios that no picture has give a clip of a size that networks can make. */
static void test_extremes(void **state)
{
    static const TTMRational ratios[] = { { 2147483647, 1 }, { 1, 2147483647 } };
    char *bundle = tinted_bundle();

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = render(bundle, "cpu", "shape", 0, W / 2, ratios[i]);
        const TTMGiven *g;

        assert_non_null(r);
        g = &r->ctx->clip.given;
        assert_true(g->width[1] > 0 && g->height[1] > 0);
        assert_true(g->width[1] * g->height[1] <= 2 * W * H);
        assert_memory_equal(r->frames[0], r->still, 3 * (size_t)r->width * H);
        finish(r);
    }
    test_remove_folder(bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_square),
        cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests_name("pixel aspect", tests, NULL, NULL);
}
