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
 * A detector from its folder: what is made of a still before it, what it sees against
 * transformers, on all devices, what is wrong with a folder, and clips whose objects it
 * finds (tests/ref/make_detector_reference.py: it finds colours, in boxes of 32 pixels).
 */

#include "config.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "backend/vulkan/vk.h"
#include "clip/context.h"
#include "files.h"
#include "io/safetensors.h"
#include "model/detect.h"
#include "segment/square.h"

#define FOLDER "tests/ref/detector/colours"
#define W 96
#define H 64

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };

/* The still of the script: grey, and black squares with a colour at their upper left. */
static void draw(uint8_t *pixels)
{
    static const uint8_t colours[4][3] = {
        { 255, 0, 0 }, { 0, 0, 255 }, { 0, 255, 0 }, { 20, 235, 20 }
    };

    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W, column = x / 32, row = y / 32;
        uint8_t *p = pixels + 3 * i;

        memset(p, column == 1 ? 128 : 0, 3);
        if (column != 1 && x % 32 < 16 && y % 32 < 16)
            memcpy(p, colours[2 * row + (column == 2)], 3);
    }
}

static TTMImage wrap(uint8_t *pixels)
{
    return (TTMImage){ sizeof(TTMImage), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
}

/* Against Owlv2ImageProcessor: smaller, larger, the same size; wide, high, square. */
static void test_square(void **state)
{
    static const int sizes[][3] = {     /* height, width, side */
        { 23, 27, 12 }, { 40, 9, 10 }, { 14, 16, 16 }, { 7, 5, 12 }, { 24, 24, 10 }
    };
    TTMSafetensors *file;

    (void)state;
    assert_int_equal(ttm_safetensors_open(&file, &log_,
                                          "tests/ref/detector/pictures.safetensors"), 0);
    for (int i = 0; i < 5; i++) {
        const int h = sizes[i][0], w = sizes[i][1], side = sizes[i][2], count = 3 * side * side;
        const TTMSquare square = {
            side, 1, { 0.48145466f, 0.4578275f, 0.40821073f },
            { 0.26862954f, 0.26130258f, 0.27577711f }
        };
        uint8_t *pixels = malloc((size_t)(3 * h * w));
        uint16_t *deep = malloc((size_t)(3 * h * w) * sizeof(*deep));
        float *made = malloc((size_t)count * sizeof(*made));
        float *wanted = malloc((size_t)count * sizeof(*wanted));
        double most[2] = { 0 };
        char name[16];

        for (int k = 0; k < h * w; k++)
            for (int c = 0; c < 3; c++) {
                const int x = k % w, y = k / w;

                pixels[3 * k + c] = (uint8_t)((x * 37 + y * 91 + c * 53 + x * y * 7) % 256);
                deep[3 * k + c]   = (uint16_t)(pixels[3 * k + c] * 257);
            }
        snprintf(name, sizeof(name), "%d/made", i);
        assert_int_equal(ttm_file_tensor_read(ttm_safetensors_find(file, name), &log_, 0,
                                              count, wanted), 0);
        for (int kind = 0; kind < 2; kind++) {
            const TTMImage still = {
                sizeof(still), kind ? TTM_PIXEL_RGB16 : TTM_PIXEL_RGB8, w, h,
                (kind ? 6 : 3) * w, kind ? (void *)deep : (void *)pixels
            };

            assert_int_equal(ttm_square_patches(&still, &square, made, NULL), 0);
            for (int k = 0; k < count; k++)
                most[kind] = fmax(most[kind], fabs((double)made[k] - wanted[k]));
        }
        print_message("%dx%d to %d: %.1e, in 16 bits %.1e\n", w, h, side, most[0], most[1]);
        assert_true(most[0] < 1e-5 && most[1] < 1e-5);
        free(pixels);
        free(deep);
        free(made);
        free(wanted);
    }
    ttm_safetensors_close(&file);
}

/* Patches are [channel, row, column], one after the other from the left and the top. */
static void test_patches(void **state)
{
    const TTMSquare square = { 5, 2, { 0, 0, 0 }, { 1, 1, 1 } };
    uint8_t pixels[3 * 25];
    float patches[4][3][2][2];
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, 5, 5, 15, pixels };

    (void)state;
    for (int i = 0; i < 75; i++)
        pixels[i] = (uint8_t)i;
    assert_int_equal(ttm_square_patches(&still, &square, &patches[0][0][0][0], NULL), 0);
    for (int p = 0; p < 4; p++)
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < 4; k++) {
                const int x = 2 * (p % 2) + k % 2, y = 2 * (p / 2) + k / 2;

                assert_true(fabs(patches[p][c][k / 2][k % 2] * 255 -
                                 (3 * (5 * y + x) + c)) < 1e-3);
            }
}

static int detect(TTMBackend *backend, const char *folder, const char *const *texts, int nb,
                  size_t budget, TTMSightings *found)
{
    static uint8_t pixels[3 * W * H];
    const TTMImage still = wrap(pixels);
    const TTMDetectRequest request = { folder, &still, texts, nb, texts, budget };

    draw(pixels);
    memset(&lines, 0, sizeof(lines));
    return ttm_detect(backend, &log_, &request, found);
}

/* What transformers sees on this still, best first: the boxes that overlap with none better. */
static void compare(const char *device, enum TTMDType precision, double limit)
{
    const TTMBackendRequest request = { device, precision, 1 };
    TTMBackend *backend = NULL;
    const char *texts[8];
    TTMSightings found;
    TTMJson *json = NULL;
    const TTMJson *rows;
    int nb;

    if (ttm_backend_open(&backend, &log_, &request) < 0) {
        print_message("%s %s: there is no such device\n", device, ttm_dtype_name(precision));
        skip();
    }
    assert_int_equal(ttm_json_load(&json, NULL, "tests/ref/detector/found.json"), 0);
    rows = ttm_json_get(json, "rows");
    nb   = ttm_json_count(rows);
    assert_int_equal(nb, 4);
    for (int i = 0; i < nb; i++)
        texts[i] = ttm_json_string(ttm_json_get(ttm_json_at(rows, i), "text"), NULL);
    if (detect(backend, FOLDER, texts, nb, SIZE_MAX, &found) < 0)
        fail_msg("%s", lines.error);
    for (int i = 0; i < nb; i++) {
        const TTMJson *row = ttm_json_at(rows, i);
        const TTMJson *scores = ttm_json_get(row, "scores"), *boxes = ttm_json_get(row, "boxes");
        int at = 0;

        for (int k = 0; k < found.nb; k++) {
            if (found.list[k].query != i)
                continue;
            assert_true(fabs(found.list[k].score -
                             ttm_json_number(ttm_json_at(scores, at), -1)) < limit);
            /* where nothing is there, one place is as good as another */
            for (int e = 0; e < 4 && found.list[k].score >= TTM_SIGHTING_LEAST; e++) {
                const double edge = ttm_json_number(ttm_json_at(ttm_json_at(boxes, at), e), -1);
                const double inside = fmin(fmax(edge, 0), e & 1 ? H : W);

                assert_true(fabs(found.list[k].box[e] - inside) < 2e-3 + 100 * limit);
            }
            at++;
        }
        assert_int_equal(at, ttm_json_count(scores));
    }
    free(found.list);
    ttm_json_free(&json);
    ttm_backend_close(&backend);
}

static void test_cpu(void **state)
{
    (void)state;
    compare("cpu:reference", TTM_DTYPE_F32, 2e-6);
    compare("cpu", TTM_DTYPE_F32, 1e-5);
    compare("cpu", TTM_DTYPE_F16, 1e-2);
    compare("cpu", TTM_DTYPE_BF16, 5e-2);
}

static void test_vulkan(void **state)
{
    (void)state;
    compare("vulkan:0", TTM_DTYPE_F32, 1e-5);
    compare("vulkan:0", TTM_DTYPE_F16, 1e-2);
    compare("vulkan:0", TTM_DTYPE_BF16, 5e-2);
}

/* A change of a folder: of a text in a file, "" being all; it goes where there is no new one. */
typedef struct Fault {
    const char *file, *old, *text;
    int code;
    const char *line;
} Fault;

/* Texts of the same length, as what is behind them in weights has its place. */
static const Fault faults[] = {
    { "config.json", NULL, NULL, TTM_ERR_FILE, "config.json: no such file; the option detector" },
    { "config.json", "Owlv2ForObjectDetection", "OwlViTForObjectDetection",
      TTM_ERR_UNSUPPORTED, "'OwlViTForObjectDetection', but only 'Owlv2ForObjectDetection'" },
    { "config.json", "\"patch_size\"", "\"patchsize\"", TTM_ERR_UNSUPPORTED,
      "vision_config: the key 'patchsize' is not known" },
    { "config.json", "\"patch_size\": 4", "\"patch_size\": 0", TTM_ERR_FORMAT, "patch_size" },
    { "config.json", "\"vocab_size\": 80", "\"vocab_size\": 79", TTM_ERR_FORMAT,
      "has the shape [80, 8]" },
    { "config.json", "\"projection_dim\": 8", "\"projection_dim\": 9", TTM_ERR_FORMAT,
      "'projection_dim' 9 is not the 'hidden_size' 8" },
    { "config.json", "\"image_size\": 24", "\"image_size\": 28", TTM_ERR_FORMAT,
      "preprocessor_config.json: 'size' is 24x24, but config.json's 'image_size' is 28" },
    { "config.json", "\"num_hidden_layers\": 1,\n    \"patch",
      "\"num_hidden_layers\": 2,\n    \"patch",
      TTM_ERR_FORMAT, "no tensor owlv2.vision_model.encoder.layers.1" },
    { "model.safetensors", NULL, NULL, TTM_ERR_FILE, "safetensors" },
    { "model.safetensors", "box_head.dense2.bias", "box_head.dense2.bies", TTM_ERR_FORMAT,
      "no tensor box_head.dense2.bias" },
    { "model.safetensors", "owlv2.logit_scale", "owlv2.logit_scalf", TTM_ERR_FORMAT,
      "owlv2.logit_scalf" },
    { "vocab.json", NULL, NULL, TTM_ERR_FILE, "vocab.json" },
    { "merges.txt", NULL, NULL, TTM_ERR_FILE, "merges.txt" },
    { "tokenizer_config.json", NULL, NULL, TTM_ERR_FILE, "tokenizer_config.json" },
    { "tokenizer_config.json", "16", "17", TTM_ERR_FORMAT, "model_max_length 17 is more" },
    { "vocab.json", "\"a</w>\": 27", "\"a</w>\": 90", TTM_ERR_FORMAT,
      "id 90 is not below config.json's 'vocab_size' 80" },
    { "preprocessor_config.json", NULL, NULL, TTM_ERR_FILE, "preprocessor_config.json" },
    { "preprocessor_config.json", "\"do_pad\": true", "\"do_pad\": false",
      TTM_ERR_UNSUPPORTED, "'do_pad' is false" },
    { "preprocessor_config.json", "0.00392156862745098", "0.0079", TTM_ERR_UNSUPPORTED,
      "'rescale_factor'" },
    { "preprocessor_config.json", "0.26862954", "0", TTM_ERR_FORMAT,
      "'image_std' must be above 0" },
    { "preprocessor_config.json", "\"image_std\": [", "\"image_std\": [1, ", TTM_ERR_FORMAT,
      "'image_std' must be a list of three" },
    { "preprocessor_config.json", "0.00392156862745098", "\"1/255\"", TTM_ERR_FORMAT,
      "\"rescale_factor\" must be a number" },
    { "preprocessor_config.json", "\"size\": {", "\"size\": 24, \"_\": {", TTM_ERR_FORMAT,
      "'size' must be an object" },
    { "preprocessor_config.json", "\"height\"", "\"shortest_edge\"", TTM_ERR_FORMAT,
      "'size' is 24x0" },
    { "preprocessor_config.json", "", "[]", TTM_ERR_FORMAT, "not a JSON object" },
    { "config.json", "\"hidden_size\": 16", "\"hidden_size\": 15", TTM_ERR_FORMAT,
      "vision_config: 'hidden_size' 15 is not a multiple of 'num_attention_heads' 2" },
    { "config.json", "\"image_size\": 24", "\"image_size\": 3", TTM_ERR_FORMAT,
      "vision_config: 'image_size' 3 is less than 'patch_size' 4" },
    { "config.json", "\"vision_config\": {", "\"vision_config\": [], \"_\": {",
      TTM_ERR_FORMAT, "config.json: vision_config: must be an object" },
    { "config.json", "\"layer_norm_eps\": 1e-05", "\"layer_norm_eps\": 1e-60", TTM_ERR_FORMAT,
      "text_config: 'layer_norm_eps' is 1e-60" },
    { "preprocessor_config.json", "0.48145466", "\"x\"", TTM_ERR_FORMAT, "'image_mean'" },
};

/* Replace in a file that may have bytes of 0. */
static void replace(const char *folder, const Fault *f)
{
    const char *path = test_path(folder, f->file);
    const size_t text = strlen(f->text);
    size_t size, at = 0;
    uint8_t *data = test_read(path, &size), *changed = malloc(size + text);
    const size_t old = *f->old ? strlen(f->old) : size;

    while (*f->old && at + old <= size && memcmp(data + at, f->old, old) != 0)
        at++;
    assert_true(at + old <= size);
    memcpy(changed, data, at);
    memcpy(changed + at, f->text, text);
    memcpy(changed + at + text, data + at + old, size - at - old);
    remove(path);
    test_write(folder, f->file, changed, size - old + text);
    free(data);
    free(changed);
}

/* Every fault of a folder is one line that names what it is. */
static void test_faults(void **state)
{
    const TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1 };
    const char *const texts[] = { "a photo of a red ball" };
    TTMBackend *backend;
    TTMSightings found;

    (void)state;
    assert_int_equal(ttm_backend_open(&backend, &log_, &request), 0);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        const Fault *f = &faults[i];
        char *folder = test_copy_bundle(FOLDER);

        if (f->old)
            replace(folder, f);
        else
            assert_int_equal(remove(test_path(folder, f->file)), 0);
        if (detect(backend, folder, texts, 1, SIZE_MAX, &found) != f->code ||
            !strstr(lines.error, f->line))
            fail_msg("%s: '%s' is not in: %s", f->file, f->line, lines.error);
        assert_true(!found.list && !found.nb);
        test_remove_folder(folder);
    }
    assert_int_equal(detect(backend, "/nonexistent/owl", texts, 1, SIZE_MAX, &found),
                     TTM_ERR_FILE);
    assert_contains(lines.error, "/nonexistent/owl: no such folder");
    assert_int_equal(detect(backend, FOLDER, texts, 1, 1000, &found), TTM_ERR_MEMORY);
    assert_contains(lines.error, "needs 1 MiB of memory, 0 may be used");
    assert_int_equal(detect(backend, FOLDER, texts, 1, SIZE_MAX, &found), 0);
    free(found.list);
    ttm_backend_close(&backend);
}

/* What is planned is enough, and not far more (test_memory.c has the same measure). */
static void plan(const char *device)
{
    const TTMBackendRequest request = { device, TTM_DTYPE_F32, 1 };
    const char *const texts[] = { "a photo of a red ball" };
    TTMBackend *backend = NULL;
    TTMSightings found;
    size_t peak;

    if (ttm_backend_open(&backend, &log_, &request) < 0)
        return;
    assert_int_equal(detect(backend, FOLDER, texts, 1, SIZE_MAX, &found), 0);
    free(found.list);
    peak = backend->bytes_peak + backend->spare;
    assert_int_equal(backend->bytes_allocated, 0);
    print_message("%s: %zu bytes\n", device, peak);
    assert_int_equal(detect(backend, FOLDER, texts, 1, peak - 1, &found), TTM_ERR_MEMORY);
    assert_int_equal(detect(backend, FOLDER, texts, 1, 2 * peak + (3 << 20), &found), 0);
    free(found.list);
    ttm_backend_close(&backend);
}

static void test_plan(void **state)
{
    (void)state;
    plan("cpu");
    plan("vulkan:0");
}

/* A text that is too long is asked for in less words, and cut. */
static void test_long(void **state)
{
    const TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1 };
    static uint8_t pixels[3 * W * H];
    const TTMImage still = wrap(pixels);
    const char *const texts[] = { "a photo of a ball of a ball of a ball of a ball of a blue kite" };
    const char *const brief[] = { "a photo of a red ball" };
    TTMDetectRequest what = { FOLDER, &still, texts, 1, brief, SIZE_MAX };
    TTMBackend *backend;
    TTMSightings found;

    (void)state;
    draw(pixels);
    assert_int_equal(ttm_backend_open(&backend, &log_, &request), 0);
    memset(&lines, 0, sizeof(lines));
    assert_int_equal(ttm_detect(backend, &log_, &what, &found), 0);
    assert_true(found.nb == 1 && found.list[0].box[0] < 1 && found.list[0].score > 0.9f);
    assert_string_equal(lines.warning, "");
    free(found.list);
    what.brief = texts;
    assert_int_equal(ttm_detect(backend, &log_, &what, &found), 0);
    assert_contains(lines.warning, "is longer than the 16 tokens of the detector");
    free(found.list);
    ttm_backend_close(&backend);
}

/* A clip of mode objects, to its end; NULL options: none more. */
static int make_clip(TTMContext **ctx, const char *const *options, int masks)
{
    static uint8_t pixels[3 * W * H], given[3 * W * H];
    const TTMImage still = wrap(pixels), image = wrap(given);
    TTMSettings *settings = ttm_settings_alloc();
    int ret;

    assert_non_null(settings);
    draw(pixels);
    memset(&lines, 0, sizeof(lines));
    settings->log        = test_log_callback;
    settings->log_opaque = &lines;
    ttm_settings_set(settings, "model", "tests/ref/bundle");
    ttm_settings_set(settings, "mode", "objects");
    ttm_settings_set(settings, "device", "cpu");
    ttm_settings_set(settings, "precision", "f32");
    ttm_settings_set(settings, "detector", FOLDER);
    for (; options && *options; options += 2)
        assert_int_equal(ttm_settings_set(settings, options[0], options[1]), 0);
    ret = ttm_open(ctx, settings);
    ttm_settings_free(&settings);
    if (ret < 0)
        return ret;
    assert_int_equal(ttm_set_image(*ctx, &still), 0);
    if (masks) {
        for (int i = 0; i < W * H; i++)
            given[3 * i] = i % W > 40 && i % W < 60 ? 255 : 0;
        assert_int_equal(ttm_set_masks(*ctx, &image), 0);
    }
    while ((ret = ttm_step(*ctx, NULL)) == TTM_MORE)
        ;
    return ret;
}

static const TTMFound *found_of(const TTMContext *ctx, int object)
{
    return &ctx->clip.made.objects.found[object];
}

/* The object lies in the known box of 32 pixels, and fills most of it. */
static void assert_in_box(const TTMContext *ctx, int object, int x, int y)
{
    const TTMFound *f = found_of(ctx, object);

    assert_string_equal(f->how, "detector");
    assert_true(f->score > 0.95f);
    assert_true(f->box[0] >= x && f->box[1] >= y && f->box[0] + f->box[2] <= x + 32 &&
                f->box[1] + f->box[3] <= y + 32);
    assert_true(f->share * W * H > 0.6 * 32 * 32);
}

static void test_clip(void **state)
{
    char *folder = test_make_folder(), *report = strdup(test_path(folder, "report.json"));
    TTMJson *json = NULL;
    const TTMJson *object;
    TTMContext *ctx;

    (void)state;
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls while the blue kite flies up", "report", report, NULL },
        0), 0);
    assert_int_equal(ctx->clip.made.objects.nb, 2);
    assert_in_box(ctx, 0, 0, 0);
    assert_in_box(ctx, 1, 64, 0);
    assert_true(!found_of(ctx, 0)->doubt ||
                !strstr(found_of(ctx, 0)->doubt, "nearly as much"));
    assert_int_equal(ttm_json_load(&json, &log_, report), 0);
    object = ttm_json_at(ttm_json_get(json, "objects"), 1);
    assert_string_equal(ttm_json_string(ttm_json_get(object, "found_by"), ""), "detector");
    assert_true(fabs(ttm_json_number(ttm_json_get(object, "score"), 0) - 0.980806) < 1e-4);
    ttm_json_free(&json);
    ttm_close(&ctx);
    free(report);
    test_remove_folder(folder);
}

/* Of two that are alike, one by its place, both by their number, one with a doubt. */
static void test_words(void **state)
{
    TTMContext *ctx;

    (void)state;
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the green bird on the left jumps", NULL }, 0), 0);
    assert_in_box(ctx, 0, 0, 32);
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the right green bird jumps", NULL }, 0), 0);
    assert_in_box(ctx, 0, 64, 32);
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "two green birds jump", NULL }, 0), 0);
    assert_int_equal(ctx->clip.made.objects.nb, 2);
    assert_in_box(ctx, 0, 0, 32);
    assert_in_box(ctx, 1, 64, 32);
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the green bird jumps", NULL }, 0), 0);
    assert_in_box(ctx, 0, 0, 32);
    assert_int_equal(found_of(ctx, 0)->sure, 0);
    assert_contains(lines.warning, "not sure that this is 'green bird': another thing in "
                    "the picture is nearly as much");
    ttm_close(&ctx);
}

/* What it does not find, the built-in finder looks for; the others go on. */
static void test_fallback(void **state)
{
    TTMContext *ctx;

    (void)state;
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the cat jumps and the red ball falls", NULL }, 0), 0);
    assert_int_equal(ctx->clip.made.objects.nb, 2);
    assert_string_equal(found_of(ctx, 0)->how, "finder");
    assert_true(found_of(ctx, 0)->score == 0);
    assert_in_box(ctx, 1, 0, 0);
    ttm_close(&ctx);
}

/* Places and masks that are given win, and then nothing is opened. */
static void test_given(void **state)
{
    static const char box[] = "{\"objects\": [{\"name\": \"red ball\", \"prompt\": "
        "\"the red ball falls\", \"box\": [60, 0, 30, 30]}]}";
    TTMContext *ctx;

    (void)state;
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "objects", box, "detector", "/nonexistent/owl", NULL }, 0), 0);
    assert_string_equal(found_of(ctx, 0)->how, "box");
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", "detector", "/nonexistent/owl", NULL }, 1), 0);
    assert_string_equal(found_of(ctx, 0)->how, "masks");
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", "detector", "/nonexistent/owl", NULL }, 0),
        TTM_ERR_FILE);
    assert_contains(lines.error, "/nonexistent/owl");
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", "detector", "", NULL }, 0), 0);
    assert_string_equal(found_of(ctx, 0)->how, "finder");
    ttm_close(&ctx);
}

/* Nothing of it is left on the device, and memory= holds for it too. */
static void test_memory(void **state)
{
    TTMContext *ctx;
    size_t bytes;

    (void)state;
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", NULL }, 0), 0);
    bytes = ctx->backend->bytes_allocated;
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", "detector", "", NULL }, 0), 0);
    assert_int_equal(bytes, ctx->backend->bytes_allocated);
    ttm_close(&ctx);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", "memory", "20K", NULL }, 0), TTM_ERR_MEMORY);
    assert_contains(lines.error, "the detector " FOLDER " needs");
    ttm_close(&ctx);
}

static int stop(void *opaque)
{
    return --*(int *)opaque < 0;
}

/* Cancelled at any of its looks it ends as cancelled, and the next clip is as ever. */
static void test_cancel(void **state)
{
    static uint8_t pixels[3 * W * H];
    const TTMImage still = wrap(pixels);
    TTMContext *ctx;
    int cancelled = 0;

    (void)state;
    draw(pixels);
    assert_int_equal(make_clip(&ctx, (const char *[]){
        "prompt", "the red ball falls", NULL }, 0), 0);
    for (int after = 0; after < 100; after += 7) {
        int left = after, ret;

        ctx->cancel.interrupt = stop;
        ctx->cancel.opaque    = &left;
        assert_int_equal(ttm_set_image(ctx, &still), 0);
        while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
            ;
        assert_true(ret == 0 || ret == TTM_ERR_CANCELLED);
        cancelled += ret < 0;
    }
    assert_true(cancelled > 5);
    ctx->cancel.interrupt = NULL;
    assert_int_equal(ttm_set_image(ctx, &still), 0);
    while (ttm_step(ctx, NULL) == TTM_MORE)
        ;
    assert_in_box(ctx, 0, 0, 0);
    ttm_close(&ctx);
}

#if HAVE_VULKAN
static int left_submits;        ///< until the device is lost
static PFN_vkQueueSubmit real_submit;

static VkResult VKAPI_CALL lossy_submit(VkQueue queue, uint32_t nb,
                                        const VkSubmitInfo *info, VkFence fence)
{
    return left_submits-- > 0 ? real_submit(queue, nb, info, fence) : VK_ERROR_DEVICE_LOST;
}

/* The device is lost while the detector runs: it is opened again, and all is as ever. */
static void test_lost(void **state)
{
    static uint8_t pixels[3 * W * H];
    const TTMImage still = wrap(pixels);
    TTMContext *ctx;
    int losses = 0;

    (void)state;
    if (make_clip(&ctx, (const char *[]){ "prompt", "the red ball falls", "device",
                                          "vulkan:0", NULL }, 0) < 0)
        skip();
    for (int after = 0;; after++) {
        TTMVk *vk = ctx->backend->private_data;

        left_submits = after;
        real_submit  = vk->fn.QueueSubmit;
        vk->fn.QueueSubmit = lossy_submit;
        draw(pixels);
        memset(&lines, 0, sizeof(lines));
        assert_int_equal(ttm_set_image(ctx, &still), 0);
        while (ttm_step(ctx, NULL) == TTM_MORE)
            ;
        assert_in_box(ctx, 0, 0, 0);
        if (!ctx->clip.saved.recovered)
            break;              /* there were no more submissions */
        assert_contains(lines.error, "DEVICE_LOST");
        losses++;
    }
    print_message("%d losses\n", losses);
    assert_true(losses >= 2 && left_submits >= 0);
    ttm_close(&ctx);
}
#else
static void test_lost(void **state)
{
    (void)state;
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_square), cmocka_unit_test(test_patches),
        cmocka_unit_test(test_cpu), cmocka_unit_test(test_vulkan),
        cmocka_unit_test(test_faults), cmocka_unit_test(test_plan), cmocka_unit_test(test_long),
        cmocka_unit_test(test_clip), cmocka_unit_test(test_words),
        cmocka_unit_test(test_fallback), cmocka_unit_test(test_given),
        cmocka_unit_test(test_memory), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests_name("detector", tests, NULL, NULL);
}
