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

/** @file A whole clip against the pipeline in PyTorch: ids and pixels. */

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "io/json.h"
#include "clip/context.h"
#include "util/palette.h"

#define SIZE    32
#define PIXELS  (SIZE * SIZE)

static void draw(uint8_t *still, uint8_t *masks)
{
    const uint8_t colours[3][3] = { { 90, 110, 100 }, { 210, 40, 30 },
                                    { 40, 60, 220 } };

    for (int i = 0; i < PIXELS; i++) {
        int x = i % SIZE, y = i / SIZE;
        int id = x >= 5 && x < 14 && y >= 9 && y < 22 ? 1 :
                 x >= 19 && x < 27 && y >= 12 && y < 25 ? 2 : 0;

        for (int c = 0; c < 3; c++) {
            still[3 * i + c] = (uint8_t)(colours[id][c] + (x * 3 + y * 5) % 17);
            masks[3 * i + c] = ttm_object_colour(id)[c];
        }
    }
}

static TTMContext *open_context(TestLog *lines, const char *model,
                                const char *prompt, int frames)
{
    TTMContext *ctx = NULL;
    TTMSettings s;

    ttm_settings_default(&s);
    s.log        = test_log_callback;
    s.log_opaque = lines;
    s.model      = (char *)(uintptr_t)model;
    s.device     = "cpu";
    s.threads    = 1;
    s.precision  = 1;
    s.seed       = 5;
    s.frames     = frames;
    s.detail     = 0;
    s.prompt     = (char *)(uintptr_t)prompt;
    assert_int_equal(ttm_open(&ctx, &s), 0);
    return ctx;
}

static int hex_byte(const char *text)
{
    const char part[3] = { text[0], text[1], 0 };

    return (int)strtol(part, NULL, 16);
}

/* Number of ids that differ from the digits of @p text. */
static int count_different(const uint8_t *ids, const char *text, int count)
{
    int different = 0;

    assert_int_equal(strlen(text), count);
    for (int i = 0; i < count; i++)
        different += ids[i] != text[i] - '0';
    return different;
}

/** How far a clip is from the stored one. */
typedef struct Distance {
    int predicted, trajectory;  ///< pixels with other ids
    int most;                   ///< largest difference of a byte of the frames
    int moved;                  ///< the stored frames are not all the same
} Distance;

/** The clip that the bundle @p model gives against the one stored in @p file. */
static Distance compare(const char *model, const char *file)
{
    static uint8_t still[3 * PIXELS], masks[3 * PIXELS], frame[3 * PIXELS];
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, still };
    TTMImage mask  = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, masks };
    TTMImage out   = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, frame };
    TestLog lines = { "", "" };
    TTMJson *json = NULL;
    Distance d    = { 0 };
    TTMContext *ctx;
    const char *video;
    int frames, ret;

    assert_int_equal(ttm_json_load(&json, NULL, file), 0);
    frames = (int)ttm_json_number(ttm_json_get(json, "frames"), 0);
    ctx = open_context(&lines, model,
                       ttm_json_string(ttm_json_get(json, "prompt"), ""), frames);
    draw(still, masks);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    assert_int_equal(ttm_set_masks(ctx, &mask), 0);
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE) ;
    assert_int_equal(ret, 0);
    d.predicted = count_different(ctx->clip.made.trajectory.predicted,
                                  ttm_json_string(ttm_json_get(json, "predicted"),
                                                  ""), frames * PIXELS);
    d.trajectory = count_different(ctx->clip.made.trajectory.ids,
                                   ttm_json_string(ttm_json_get(json, "ids"), ""),
                                   frames * PIXELS);
    video = ttm_json_string(ttm_json_get(json, "video"), "");
    assert_int_equal(strlen(video), 2 * frames * 3 * PIXELS);
    for (int t = 0; t < frames; t++) {
        assert_int_equal(ttm_get_frame(ctx, t, &out), 0);
        for (int i = 0; i < 3 * PIXELS; i++) {
            int expected = hex_byte(video + 2 * (t * 3 * PIXELS + i));
            int difference = abs(frame[i] - expected);

            d.most   = difference > d.most ? difference : d.most;
            d.moved |= expected != hex_byte(video + 2 * i);
        }
    }
    ttm_close(&ctx);
    ttm_json_free(&json);
    return d;
}

/** Within what rounding may do; a pixel halfway between two colours may fall
 * either way. */
static int is_near(const Distance *d)
{
    return d->predicted <= 8 && d->trajectory <= 24 && d->most <= 2;
}

#define BUNDLE  "tests/ref/bundle"
#define CLIP    "tests/ref/pipeline_case.json"
#define TINTED  "tests/ref/pipeline_tinted.json"
#define VIDEO   "tests/ref/pipeline_video.json"

static void test_clip(void **state)
{
    const Distance d = compare(BUNDLE, CLIP);

    (void)state;
    assert_true(d.moved);
    if (!is_near(&d))
        fail_msg("%d predicted ids, %d of the trajectory and bytes by %d differ",
                 d.predicted, d.trajectory, d.most);
}

/** The same networks with a tinted trajectory; without, they give another clip. */
static void test_tinted(void **state)
{
    char *copy = test_link_bundle(BUNDLE);
    Distance d;

    (void)state;
    test_edit(BUNDLE, copy, "image_to_motion/config.json", "\"ttm\": {",
              "\"ttm\": { \"trajectory\": \"tinted\",");
    d = compare(copy, TINTED);
    assert_true(d.moved);
    if (!is_near(&d))
        fail_msg("%d predicted ids, %d of the trajectory and bytes by %d differ",
                 d.predicted, d.trajectory, d.most);
    d = compare(BUNDLE, TINTED);
    assert_false(is_near(&d));
    test_remove_folder(copy);
}

/** Copy FROM to TO/NAME with the sign of all elements of @p tensor changed. */
static void copy_negated(const char *from, const char *to, const char *name,
                         const char *tensor)
{
    size_t size;
    char quoted[256], *bytes = (char *)test_read(from, &size), *entry;
    long begin, end;
    uint64_t header;

    memcpy(&header, bytes, sizeof(header));
    snprintf(quoted, sizeof(quoted), "\"%s\":", tensor);
    entry = strstr(bytes + 8, quoted);
    assert_non_null(entry);
    assert_true(entry <= bytes + 8 + header);
    entry = strstr(entry, "\"data_offsets\":[");
    assert_non_null(entry);
    assert_int_equal(sscanf(entry, "\"data_offsets\":[%ld,%ld]", &begin, &end), 2);
    for (long i = begin + 1; i < end; i += 2)       // the high bytes of f16
        bytes[8 + header + i] ^= (char)0x80;
    test_write(to, name, bytes, size);
    free(bytes);
}

/** Latent frames of four pictures, which depend on those before. */
static void test_video(void **state)
{
    const char *name = "vae/diffusion_pytorch_model.safetensors";
    const char *from = "tests/ref/nets/vae_wan/vae/diffusion_pytorch_model.safetensors";
    char *copy = test_video_bundle();
    Distance d = compare(copy, VIDEO);

    (void)state;
    assert_true(d.moved);
    if (!is_near(&d))
        fail_msg("%d predicted ids, %d of the trajectory and bytes by %d differ",
                 d.predicted, d.trajectory, d.most);
    /* what a latent frame takes from those before it counts */
    assert_int_equal(remove(test_path(copy, name)), 0);
    copy_negated(from, copy, name, "decoder.up_blocks.0.upsamplers.0.time_conv.weight");
    d = compare(copy, VIDEO);
    assert_false(is_near(&d));
    test_remove_folder(copy);
}

/** The comparison sees one wrong tensor, in whichever part it is. */
static void test_perturbed(void **state)
{
    static const struct {
        const char *file, *tensor;
    } rows[] = {
        { "text_encoder/model", "text_model.final_layer_norm.weight" },
        { "vae/diffusion_pytorch_model", "encoder.conv_in.weight" },
        { "vae/diffusion_pytorch_model", "decoder.conv_out.weight" },
        { "image_to_motion/diffusion_pytorch_model", "conv_out.weight" },
        { "motion_to_video/diffusion_pytorch_model",
          "down_blocks.0.attentions.0.transformer_blocks.0.masked_attn1.to_v.weight" },
        { "motion_to_video/diffusion_pytorch_model",
          "up_blocks.1.motion_modules.0.transformer_blocks.0.attn1.to_v.weight" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *copy = test_link_bundle(BUNDLE), name[256], from[512];
        Distance d;

        snprintf(name, sizeof(name), "%s.safetensors", rows[i].file);
        snprintf(from, sizeof(from), BUNDLE "/%s", name);
        assert_int_equal(remove(test_path(copy, name)), 0);
        copy_negated(from, copy, name, rows[i].tensor);
        d = compare(copy, CLIP);
        if (is_near(&d))
            fail_msg("%s: a wrong '%s' goes unnoticed (bytes differ by %d)",
                     rows[i].file, rows[i].tensor, d.most);
        test_remove_folder(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clip),
        cmocka_unit_test(test_tinted),
        cmocka_unit_test(test_video),
        cmocka_unit_test(test_perturbed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
