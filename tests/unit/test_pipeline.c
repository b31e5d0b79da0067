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

/** @file Whole clips on a tiny bundle: modes, order, seeds, cancel. */

#include "run.h"

#include <stdlib.h>

#include <math.h>

#include "files.h"
#include "io/json.h"
#include "util/palette.h"

static void test_full(void **state)
{
    Run *a = run_open(NULL), *b;
    uint8_t first[FRAMES][BYTES];
    TTMImage small = { sizeof(TTMImage), TTM_PIXEL_RGB8, 8, 8, 24, a->masks };
    int moved = 0;

    (void)state;
    run_begin(a, 1);
    assert_int_equal(run_finish(a), 0);
    assert_memory_equal(a->frames[0], a->still, BYTES);
    for (int t = 1; t < FRAMES; t++)
        moved |= memcmp(a->frames[t], a->still, BYTES) != 0;
    assert_true(moved);
    assert_int_equal(ttm_step(a->ctx, NULL), 0);
    assert_int_equal(ttm_get_frame(a->ctx, FRAMES, &small), TTM_ERR_STATE);
    assert_int_equal(ttm_get_frame(a->ctx, 0, &small), TTM_ERR_ARGUMENT);
    memcpy(first, a->frames, sizeof(first));

    /* the same again on kept networks, then with another seed */
    memset(a->frames, 0, sizeof(a->frames));
    run_begin(a, 1);
    assert_int_equal(run_finish(a), 0);
    assert_memory_equal(a->frames, first, sizeof(first));
    assert_int_equal(ttm_set_option(a->ctx, "seed", "6"), 0);
    run_begin(a, 1);
    assert_int_equal(run_finish(a), 0);
    assert_true(memcmp(a->frames, first, sizeof(first)) != 0);
    run_close(a);

    /* and on a fresh context */
    b = run_open(NULL);
    run_begin(b, 1);
    assert_int_equal(run_finish(b), 0);
    assert_memory_equal(b->frames, first, sizeof(first));
    run_close(b);
}

static double psnr(const uint8_t *a, const uint8_t *b, int count)
{
    double sum = 0;

    for (int i = 0; i < count; i++)
        sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
    return 10 * log10(255.0 * 255 * count / (sum + 1e-6));
}

/*
 * What plan emits, render takes: the clip that full makes in one go, exactly
 * with the predicted shapes, nearly with moved ones (their fit is found again).
 */
static void test_plan_then_render(void **state)
{
    static const char *const refine[] = { "none", "similarity" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *options[] = { "prompt", "the red box moves right",
                                  "refine", refine[i], "mode", "full", NULL };
        Run *full = run_open(options), *plan, *render;

        options[5] = "plan";
        plan = run_open(options);
        options[5] = "render";
        render = run_open(options);
        for (int k = 0; k < W * H; k++)
            if (full->masks[3 * k + 1])
                memset(full->masks + 3 * k, 0, 3);
        memcpy(plan->masks, full->masks, BYTES);
        run_begin(full, 1);
        assert_int_equal(run_finish(full), 0);
        run_begin(plan, 1);
        assert_int_equal(run_finish(plan), 0);
        run_begin(render, 0);
        for (int t = 0; t < FRAMES; t++) {
            TTMImage frame = run_wrap(plan->frames[t]);

            assert_int_equal(ttm_add_trajectory_frame(render->ctx, &frame), 0);
        }
        assert_int_equal(run_finish(render), 0);
        assert_true(psnr(full->frames[0], full->frames[FRAMES - 1], BYTES) <
                    40);
        print_message("%s: %.1f dB\n", refine[i],
                      psnr(*full->frames, *render->frames, FRAMES * BYTES));
        if (i == 0)
            assert_memory_equal(full->frames, render->frames,
                                sizeof(full->frames));
        assert_true(psnr(*full->frames, *render->frames, FRAMES * BYTES) >= 45);
        run_close(full);
        run_close(plan);
        run_close(render);
    }
}

/* What a plan looks like, and what render wants. */
static void test_plan_render(void **state)
{
    Run *plan = run_open((const char *[]){ "mode", "plan", "refine", "none",
                                           NULL });
    Run *render = run_open((const char *[]){ "mode", "render", NULL });
    TTMImage frame = run_wrap(plan->frames[0]);

    (void)state;
    run_begin(plan, 1);
    assert_int_equal(run_finish(plan), 0);
    assert_memory_equal(plan->frames[0], plan->masks, BYTES);
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < W * H; i++) {
            int known = 0;

            for (int id = 0; id <= 2; id++)
                known |= !memcmp(plan->frames[t] + 3 * i,
                                 ttm_object_colour(id), 3);
            assert_true(known);
        }
    run_begin(render, 0);
    for (int t = 0; t < FRAMES; t++) {
        frame = run_wrap(plan->frames[t]);
        assert_int_equal(ttm_add_trajectory_frame(render->ctx, &frame), 0);
    }
    assert_int_equal(run_finish(render), 0);
    assert_memory_equal(render->frames[0], render->still, BYTES);
    assert_int_equal(ttm_add_trajectory_frame(render->ctx, &frame),
                     TTM_ERR_STATE);
    run_begin(render, 0);
    assert_int_equal(ttm_step(render->ctx, NULL), TTM_ERR_STATE);
    assert_contains(render->lines.error, "trajectory");
    run_close(plan);
    run_close(render);
}

/* Units up to the last one of a phase. */
static void step_to(Run *r, const char *phase)
{
    TTMProgress p = { .struct_size = sizeof(p) };

    do {
        assert_int_equal(ttm_step(r->ctx, &p), TTM_MORE);
    } while (strcmp(p.phase, phase) || p.step < p.steps);
}

/* A piece of an object that is predicted far from it goes; a drawn one stays. */
static void test_stray(void **state)
{
    Run *plan = run_open((const char *[]){ "mode", "plan", "refine", "none",
                                           "frames", "16", NULL });
    Run *render = run_open((const char *[]){ "mode", "render", "refine", "none",
                                             NULL });
    TTMClip *c = &plan->ctx->clip;
    TTMImage mask = run_wrap(render->masks);
    size_t pixels;

    (void)state;
    run_begin(plan, 1);
    step_to(plan, "trajectory");
    pixels = (size_t)c->given.width[0] * (size_t)c->given.height[0];
    for (size_t t = 1; t < 16; t++)
        memcpy(c->made.trajectory.predicted + t * pixels, c->made.trajectory.predicted, pixels);
    memset(c->made.trajectory.predicted + 6 * pixels - 4, 1, 4);    /* the end of frame 5 */
    step_to(plan, "fit");
    pixels = (size_t)c->given.width[1] * (size_t)c->given.height[1];
    for (size_t t = 1; t < 16; t++)
        assert_memory_equal(c->made.trajectory.ids + t * pixels, c->made.trajectory.ids, pixels);
    run_close(plan);

    c = &render->ctx->clip;
    run_begin(render, 0);
    for (int t = 0; t < 16; t++) {
        for (int i = 0; t == 5 && i < 10 * 10; i++)
            memcpy(render->masks + 3 * (W * (H - 1 - i / 10) + W - 1 - i % 10),
                   ttm_object_colour(1), 3);
        assert_int_equal(ttm_add_trajectory_frame(render->ctx, &mask), 0);
        run_draw(render);
    }
    step_to(render, "fit");
    for (size_t t = 0; t < 16; t++)
        assert_int_equal(c->made.trajectory.ids[(t + 1) * pixels - 1], t == 5);
    run_close(render);
}

/* A trajectory of @p frames frames: the red box moves right, a third of its width. */
static void add_trajectory(Run *r, int frames)
{
    for (int t = 0; t < frames; t++) {
        TTMImage mask = run_wrap(r->masks);
        int shift = frames > 1 ? 6 * t / (frames - 1) : 0;

        for (int i = 0; i < W * H; i++) {
            int x = i % W, y = i / W;
            int id = x >= 12 + shift && x < 30 + shift && y >= 14 && y < 34;

            memcpy(r->masks + 3 * i, ttm_object_colour(id), 3);
        }
        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask), 0);
    }
}

/* Where object 1 is in the last frame, in pixels of the still from where it was. */
static double moved(const Run *r)
{
    const TTMFit *fit = &r->ctx->clip.made.trajectory.fit;
    const TTMMotion *m = fit->motion;

    return (double)(m[fit->frames - 1].x - m[0].x) * W / fit->width;
}

/* Networks make 32 frames at most; longer ones have others between them. */
static void test_render_lengths(void **state)
{
    Run *r = run_open((const char *[]){ "mode", "render", "steps", "1",
                                        "prompt", "the red box moves right",
                                        NULL });

    (void)state;
    for (int frames = 1; frames <= 70; frames += frames < 34 ? 1 : 12) {
        run_begin(r, 0);
        add_trajectory(r, frames);
        assert_int_equal(ttm_frame_count(r->ctx), frames);
        assert_int_equal(run_finish(r), 0);
        assert_int_equal(ttm_frame_count(r->ctx), frames);
        assert_true(frames == 1 || fabs(moved(r) - 6) < 0.7);
        assert_int_equal(r->ctx->clip.given.frames, frames < 32 ? frames : 32);
    }
    assert_string_equal(r->lines.warning, "");
    run_begin(r, 0);
    add_trajectory(r, 1024);
    add_trajectory(r, 0);
    {
        TTMImage mask = run_wrap(r->masks);

        assert_int_equal(ttm_add_trajectory_frame(r->ctx, &mask),
                         TTM_ERR_ARGUMENT);
    }
    assert_contains(r->lines.error, "1024");
    run_close(r);
}

/* Trajectories of another length than option frames says. */
static void test_render_resampled(void **state)
{
    static const char *const refine[] = { "none", "similarity" };
    static const int lengths[] = { 1, 2, 3, 5, 8, 32, 60 };
    char wanted[64];

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r = run_open((const char *[]){ "mode", "render", "frames", "4",
                                            "steps", "1", "refine", refine[i],
                                            "prompt", "the red box moves right",
                                            NULL });

        for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
            run_begin(r, 0);
            add_trajectory(r, lengths[k]);
            assert_int_equal(ttm_frame_count(r->ctx), 4);
            assert_int_equal(run_finish(r), 0);
            assert_int_equal(ttm_frame_count(r->ctx), 4);
            snprintf(wanted, sizeof(wanted), "%d frames: it is resampled to the 4",
                     lengths[k]);
            assert_contains(r->lines.warning, wanted);
            assert_true(lengths[k] == 1 || fabs(moved(r) - 6) < 0.7);
            r->lines.warning[0] = 0;
        }
        run_begin(r, 0);
        add_trajectory(r, 4);
        assert_int_equal(run_finish(r), 0);
        assert_string_equal(r->lines.warning, "");
        run_close(r);
    }
}

/**
 * How far object 1 goes from where it was, of the frame's diagonal: given by a
 * mask, or looked for in a picture of one colour.
 */
static double furthest(const char *bundle, const char *prompt, int masks)
{
    const char *options[] = { "model", bundle, "prompt", prompt, NULL };
    Run *r = run_open(options);
    const TTMFit *fit = &r->ctx->clip.made.trajectory.fit;
    double most = 0;

    if (!masks)
        memset(r->still, 128, sizeof(r->still));
    run_begin(r, masks);
    assert_int_equal(run_finish(r), 0);
    assert_true(fit->frames == FRAMES && fit->objects >= 1);
    for (int t = 1; t < fit->frames; t++)
        most = fmax(most, hypot(fit->motion[t].x - fit->motion[0].x,
                                fit->motion[t].y - fit->motion[0].y));
    most /= hypot(fit->width, fit->height);
    run_close(r);
    return most;
}

/*
 * The networks are random: they move whatever there is. What moves in place stays
 * within 5 % of the diagonal, and so does what was found and may be something else.
 */
static void test_in_place(void **state)
{
    char *bundle = test_link_bundle(BUNDLE);

    (void)state;
    test_edit(BUNDLE, bundle, "model_index.json", "\"license\": \"CC0-1.0\",",
              "\"license\": \"CC0-1.0\", \"prompts\": \"motions\",");
    assert_true(furthest(bundle, "the red box moves right", 1) > 0.06);
    assert_true(furthest(bundle, "the red box strums", 1) < 0.0501);
    assert_true(furthest(bundle, "the red box moves right", 0) < 0.0501);
    test_remove_folder(bundle);
}

static void test_cancel(void **state)
{
    Run *r = run_open(NULL);

    (void)state;
    run_begin(r, 1);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_MORE);
    ttm_cancel(r->ctx);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_CANCELLED);
    assert_int_equal(ttm_step(r->ctx, NULL), TTM_ERR_STATE);
    run_begin(r, 1);
    assert_int_equal(run_finish(r), 0);
    run_close(r);
}

/* A LoRA of one stage: the trajectory stays, the video changes. */
static void test_lora(void **state)
{
    static const char header[] =
        "{\"lora_unet_mid_block_resnets_0_conv1.lora_down.weight\": "
        "{\"dtype\": \"F32\", \"shape\": [1, 16, 3, 3], "
        "\"data_offsets\": [0, 576]}, "
        "\"lora_unet_mid_block_resnets_0_conv1.lora_up.weight\": "
        "{\"dtype\": \"F32\", \"shape\": [16, 1, 1, 1], "
        "\"data_offsets\": [576, 640]}}";
    char *folder = test_make_folder(), option[512];
    const char *path;
    float data[160];
    Run *plain = run_open(NULL), *changed;
    TTMJson *json = NULL;
    const TTMJson *item;

    (void)state;
    for (int i = 0; i < 160; i++)
        data[i] = (i * 7 % 11 - 5) / 5.0f;
    snprintf(option, sizeof(option), "%s:0.5:video",
             test_write_safetensors(folder, "l.safetensors", header, data,
                                    sizeof(data)));
    path = test_path(folder, "report.json");
    changed = run_open((const char *[]){ "lora", option, "report", path, NULL });
    run_begin(plain, 1);
    assert_int_equal(run_finish(plain), 0);
    run_begin(changed, 1);
    assert_int_equal(run_finish(changed), 0);
    assert_memory_equal(changed->ctx->clip.made.trajectory.ids,
                        plain->ctx->clip.made.trajectory.ids,
                        FRAMES * plain->ctx->clip.given.width[1] *
                        plain->ctx->clip.given.height[1]);
    assert_true(memcmp(plain->frames, changed->frames, sizeof(plain->frames)));
    assert_int_equal(ttm_json_load(&json, NULL, path), 0);
    item = ttm_json_get(json, "lora");
    assert_int_equal(ttm_json_count(item), 1);
    item = ttm_json_at(item, 0);
    assert_contains(option, ttm_json_string(ttm_json_get(item, "file"), "?"));
    assert_int_equal(strlen(ttm_json_string(ttm_json_get(item, "hash"), "")), 16);
    assert_true(ttm_json_number(ttm_json_get(item, "weight"), 0) == 0.5);
    assert_int_equal(ttm_json_number(ttm_json_get(item, "stage1_layers"), -1), 0);
    assert_int_equal(ttm_json_number(ttm_json_get(item, "stage2_layers"), -1), 1);
    ttm_json_free(&json);
    run_close(plain);
    run_close(changed);
    test_remove_folder(folder);
}

/* Options that change what is computed: each gives a whole clip. */
static void test_options(void **state)
{
    static const char *const options[][3] = {
        { "refine", "none", NULL }, { "detail", "0", NULL },
        { "guidance", "1", NULL }, { "image_guidance", "2", NULL },
        { "sampler", "linear_quadratic", NULL }, { "steps", "1", NULL },
        { "frames", "1", NULL }, { "negative_prompt", "blur", NULL },
        { "precision", "bf16", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        Run *r = run_open(options[i]);

        run_begin(r, 1);
        assert_int_equal(run_finish(r), 0);
        run_close(r);
    }
}

/* The output's size is one thing, that of the networks' frames another. */
static void test_generation_size(void **state)
{
    Run *r = run_open((const char *[]){ "generation_size", "64x32", NULL });
    int w, h, width[TTM_STAGE_NB], height[TTM_STAGE_NB];

    (void)state;
    run_begin(r, 0);
    assert_int_equal(r->ctx->clip.given.width[TTM_STAGE_VIDEO], 64);
    assert_int_equal(r->ctx->clip.given.height[TTM_STAGE_VIDEO], 32);
    assert_int_equal(ttm_output_size(r->ctx, W, H, &w, &h), 0);
    assert_true(w == W && h == H);
    /* Twice as wide as high, and the still is not: that is said with a remedy. */
    assert_contains(r->lines.warning, "another aspect");
    assert_contains(r->lines.warning, "55x37");
    run_close(r);
    /* what it says is as it should be */
    r = run_open((const char *[]){ "generation_size", "55x37", NULL });
    run_begin(r, 0);
    assert_string_equal(r->lines.warning, "");
    run_close(r);
    r = run_open(NULL);
    run_begin(r, 0);
    assert_string_equal(r->lines.warning, "");
    memcpy(width, r->ctx->clip.given.width, sizeof(width));
    memcpy(height, r->ctx->clip.given.height, sizeof(height));
    run_close(r);
    r = run_open((const char *[]){ "size", "1920x1080", NULL });
    run_begin(r, 0);
    assert_memory_equal(r->ctx->clip.given.width, width, sizeof(width));
    assert_memory_equal(r->ctx->clip.given.height, height, sizeof(height));
    assert_int_equal(ttm_output_size(r->ctx, W, H, &w, &h), 0);
    assert_true(w == 1920 && h == 1080);
    run_close(r);
}

static void test_size(void **state)
{
    Run *r = run_open((const char *[]){ "size", "50x30", NULL });
    uint8_t pixels[3 * 50 * 30];
    TTMImage frame = { sizeof(TTMImage), TTM_PIXEL_RGB8, 50, 30, 150, pixels };
    int w, h;

    (void)state;
    assert_int_equal(ttm_output_size(r->ctx, W, H, &w, &h), 0);
    assert_true(w == 50 && h == 30);
    run_begin(r, 0);
    while (ttm_step(r->ctx, NULL) == TTM_MORE) ;
    assert_int_equal(ttm_frames_ready(r->ctx), FRAMES);
    assert_int_equal(ttm_get_frame(r->ctx, 3, &frame), 0);
    run_close(r);
}

/* One pixel, and 16 bits. */
static void test_extreme_images(void **state)
{
    uint16_t pixel[3] = { 65535, 300, 12345 }, out[3];
    TTMImage still = { sizeof(TTMImage), TTM_PIXEL_RGB16, 1, 1, 6, pixel };
    TTMImage frame = { sizeof(TTMImage), TTM_PIXEL_RGB16, 1, 1, 6, out };
    Run *r = run_open(NULL);

    (void)state;
    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    while (ttm_step(r->ctx, NULL) == TTM_MORE) ;
    assert_int_equal(ttm_frames_ready(r->ctx), FRAMES);
    assert_int_equal(ttm_get_frame(r->ctx, 0, &frame), 0);
    assert_memory_equal(pixel, out, sizeof(out));
    assert_int_equal(ttm_get_frame(r->ctx, 3, &frame), 0);
    run_close(r);
    r = run_open((const char *[]){ "generation_size", "16384x16384", NULL });
    assert_int_equal(ttm_set_image(r->ctx, &still), 0);
    run_close(r);
    r = run_open((const char *[]){ "generation_size", "16384x16384", "frames", "16",
                                   NULL });
    assert_int_equal(ttm_set_image(r->ctx, &still), TTM_ERR_ARGUMENT);
    assert_contains(r->lines.error, "generation_size");
    run_close(r);
}

/* An option that has become part of the prompt is told. */
static void test_options_in_prompt(void **state)
{
    static const struct {
        const char *prompt, *part;      /* NULL: no line about an option */
    } prompts[] = {
        { "the red box and the blue box fall:seed=7", "':seed='" },
        { "the red box and the blue box fall :steps=2:seed=7", "':seed='" },
        { "the red box falls: seed, then the blue box falls", NULL },
        { "the red box and the blue box fall:speed=7", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        const char *options[] = { "prompt", prompts[i].prompt, NULL };
        Run *r = run_open(options);

        run_begin(r, 1);
        assert_true(ttm_step(r->ctx, NULL) >= 0);
        assert_true(ttm_step(r->ctx, NULL) >= 0);
        if (prompts[i].part)
            assert_contains(r->lines.warning, prompts[i].part);
        else
            assert_null(strstr(r->lines.warning, "meant as an option"));
        run_close(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full), cmocka_unit_test(test_plan_render),
        cmocka_unit_test(test_plan_then_render), cmocka_unit_test(test_stray),
        cmocka_unit_test(test_render_lengths),
        cmocka_unit_test(test_render_resampled),
        cmocka_unit_test(test_in_place), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_lora),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_options_in_prompt),
        cmocka_unit_test(test_size), cmocka_unit_test(test_generation_size), cmocka_unit_test(test_extreme_images),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
