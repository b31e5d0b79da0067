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

#include "model/detect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/bundle.h"
#include "nets/network_class.h"
#include "prompt/tokenizer.h"
#include "run/network.h"
#include "segment/square.h"
#include "util/clock.h"
#include "util/file.h"
#include "util/mem.h"

/* A detector at work. */
typedef struct Detector {
    TTMBackend *backend;
    const TTMLog *log;
    const TTMDetectRequest *request;
    TTMPart *part;
    TTMTokenizer *tokenizer;
    TTMNetModel model;
    TTMDetector facts;
    TTMSquare square;
    int tokens;                 /* of every text */
    float *queries;             /* [texts, width] */
    TTMNetwork *network;        /* the one that is there */
} Detector;

static int out_of_memory(const Detector *d)
{
    return ttm_fail(d->log, TTM_ERR_MEMORY, "%s: out of memory", d->request->folder);
}

/* A list of three numbers of preprocessor_config.json, all of which may be left out. */
static int read_three(const Detector *d, const TTMJson *config, const char *path,
                      const char *key, const float fallback[3], float out[3])
{
    const TTMJson *list = ttm_json_get(config, key);

    for (int i = 0; i < 3; i++) {
        out[i] = (float)ttm_json_number(ttm_json_at(list, i), list ? NAN : fallback[i]);
        if (!isfinite(out[i]) || (list && ttm_json_count(list) != 3))
            return ttm_fail(d->log, TTM_ERR_FORMAT, "%s: '%s' must be a list of three "
                            "numbers", path, key);
    }
    return 0;
}

/* What is done to pictures must be what this library does. */
static int check_steps(const Detector *d, const TTMJson *config, const char *path)
{
    static const char *const steps[] = {
        "do_pad", "do_resize", "do_rescale", "do_normalize"
    };
    const TTMJson *size = ttm_json_get(config, "size");
    double scale, height, width, side = d->facts.side;
    int is, ret;

    if (ttm_json_type(config) != TTM_JSON_OBJECT)
        return ttm_fail(d->log, TTM_ERR_FORMAT, "%s: not a JSON object", path);
    if (size && ttm_json_type(size) != TTM_JSON_OBJECT &&
        ttm_json_type(size) != TTM_JSON_NULL)
        return ttm_fail(d->log, TTM_ERR_FORMAT, "%s: 'size' must be an object with 'height' "
                        "and 'width'", path);
    if (size && ttm_json_type(size) == TTM_JSON_OBJECT)
        side = 0;               /* which has both */
    if ((ret = ttm_json_get_double(config, d->log, path, "rescale_factor", 1.0 / 255,
                                   &scale)) < 0 ||
        (ret = ttm_json_get_double(size, d->log, path, "height", side, &height)) < 0 ||
        (ret = ttm_json_get_double(size, d->log, path, "width", side, &width)) < 0)
        return ret;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        ret = ttm_json_get_bool(config, d->log, path, steps[i], 1, &is);
        if (ret < 0)
            return ret;
        if (!is)
            return ttm_fail(d->log, TTM_ERR_UNSUPPORTED, "%s: '%s' is false, but the "
                            "picture must be padded to a square, resized, scaled and "
                            "normalised", path, steps[i]);
    }
    if (fabs(scale * 255 - 1) > 1e-6)
        return ttm_fail(d->log, TTM_ERR_UNSUPPORTED, "%s: 'rescale_factor' is %g, but "
                        "only 1/255 is possible", path, scale);
    if (height != d->facts.side || width != d->facts.side)
        return ttm_fail(d->log, TTM_ERR_FORMAT, "%s: 'size' is %gx%g, but config.json's "
                        "'image_size' is %d", path, width, height, d->facts.side);
    return 0;
}

static int read_steps(Detector *d)
{
    /* OPENAI_CLIP_MEAN and _STD of transformers */
    static const float mean[3] = { 0.48145466f, 0.4578275f, 0.40821073f };
    static const float deviation[3] = { 0.26862954f, 0.26130258f, 0.27577711f };
    char *path = ttm_asprintf("%s/preprocessor_config.json", d->request->folder);
    TTMJson *config = NULL;
    int ret = path ? ttm_json_load(&config, d->log, path) : out_of_memory(d);

    d->square = (TTMSquare){ .side = d->facts.side, .patch = d->facts.patch };
    if (ret >= 0)
        ret = check_steps(d, config, path);
    if (ret >= 0)
        ret = read_three(d, config, path, "image_mean", mean, d->square.mean);
    if (ret >= 0)
        ret = read_three(d, config, path, "image_std", deviation, d->square.deviation);
    for (int i = 0; ret >= 0 && i < 3; i++)
        if (!(d->square.deviation[i] > 0))
            ret = ttm_fail(d->log, TTM_ERR_FORMAT, "%s: 'image_std' must be above 0", path);
    ttm_json_free(&config);
    free(path);
    return ret;
}

static int open_tokenizer(Detector *d)
{
    int ret = ttm_tokenizer_create(&d->tokenizer, d->log, d->request->folder);

    if (ret < 0)
        return ret;
    d->tokens = ttm_tokenizer_length(d->tokenizer);
    if (d->tokens > d->facts.tokens)
        return ttm_fail(d->log, TTM_ERR_FORMAT, "%s/tokenizer_config.json: "
                        "model_max_length %d is more than the 'max_position_embeddings' "
                        "%d of config.json", d->request->folder, d->tokens,
                        d->facts.tokens);
    return 0;
}

static TTMNetSizes sizes_of(const Detector *d)
{
    return (TTMNetSizes){ .batch = d->request->nb_texts, .tokens = d->tokens };
}

static int build(Detector *d, const char *name, TTMGraph **graph)
{
    const TTMNetSizes sizes = sizes_of(d);
    char title[32];

    snprintf(title, sizeof(title), "detector.%s", name);
    *graph = ttm_graph_create(d->log, title, d->backend->precision);
    return *graph ? ttm_net_build(&d->model, name, *graph, d->part, &sizes) :
           out_of_memory(d);
}

/* Both networks are described, before the first is made, and the larger one fits. */
static int plan(Detector *d)
{
    static const char *const names[] = { "text", "picture" };
    const size_t mebibyte = 1 << 20;
    size_t most = 0;
    int ret = 0;

    for (int i = 0; i < 2 && ret >= 0; i++) {
        TTMGraph *graph = NULL;
        size_t bytes = 0;

        ret = build(d, names[i], &graph);
        if (ret >= 0)
            ret = ttm_program_bytes(d->backend, graph, &bytes);
        most = bytes > most ? bytes : most;
        ttm_graph_free(&graph);
    }
    if (ret >= 0)
        ret = ttm_part_check_all_used(d->part);
    if (ret < 0)
        return ret;
    most += d->backend->spare;
    if (most > d->request->budget)
        return ttm_fail(d->log, TTM_ERR_MEMORY, "the detector %s needs %zu MiB of memory, "
                        "%zu may be used: use %sanother device, or boxes in the option "
                        "objects", d->request->folder, most / mebibyte + 1,
                        d->request->budget / mebibyte,
                        d->backend->precision == TTM_DTYPE_F32 ? "precision=f16, " : "");
    ttm_log(d->log, TTM_LOG_INFO, "detector: %zu MiB, %d %s in %dx%d", most / mebibyte + 1,
            d->request->nb_texts, d->request->nb_texts > 1 ? "texts" : "text",
            d->facts.side, d->facts.side);
    return 0;
}

/* A folder with a network: other parts would do with other files. */
static int check_folder(const Detector *d)
{
    const char *folder = d->request->folder;
    char *config = ttm_asprintf("%s/config.json", folder);
    int ret = config ? ttm_folder_exists(d->log, folder) : out_of_memory(d);

    if (!ret)
        ret = ttm_fail(d->log, TTM_ERR_FILE, "%s: no such folder; the option detector must "
                       "name that of an OWLv2 model as transformers saves it", folder);
    if (ret > 0 && !(ret = ttm_file_exists(d->log, config)))
        ret = ttm_fail(d->log, TTM_ERR_FILE, "%s: no such file; the option detector must "
                       "name the folder of an OWLv2 model as transformers saves it",
                       config);
    free(config);
    return ret;
}

static int open_all(Detector *d)
{
    int ret = check_folder(d);

    if (ret >= 0)
        ret = ttm_part_open_folder(&d->part, d->log, d->request->folder);
    if (ret >= 0)
        ret = ttm_net_open(&d->model, d->part, TTM_NET_DETECTOR);
    if (ret < 0)
        return ret;
    d->facts = d->model.facts.detector;
    ret = read_steps(d);
    if (ret >= 0)
        ret = open_tokenizer(d);
    return ret < 0 ? ret : plan(d);
}

static int make(Detector *d, const char *name)
{
    TTMGraph *graph = NULL;
    int ret = build(d, name, &graph);

    if (ret < 0) {
        ttm_graph_free(&graph);
        return ret;
    }
    return ttm_network_create(&d->network, d->backend, graph);
}

/* The ids of all texts, [texts, tokens]. */
static int encode(const Detector *d, int32_t *ids)
{
    const TTMDetectRequest *r = d->request;

    for (int i = 0; i < r->nb_texts; i++) {
        int32_t *of = ids + (size_t)i * (size_t)d->tokens;
        int cut, ret = ttm_tokenizer_encode(d->tokenizer, r->texts[i], of, NULL, &cut);

        if (ret >= 0 && cut)
            ret = ttm_tokenizer_encode(d->tokenizer, r->brief[i], of, NULL, &cut);
        if (ret < 0)
            return ret;
        if (cut)
            ttm_log(d->log, TTM_LOG_WARNING, "'%.60s' is longer than the %d tokens of the "
                    "detector; its end is not read", r->brief[i], d->tokens);
        for (int k = 0; k < d->tokens; k++)
            if (of[k] >= d->facts.vocabulary)
                return ttm_fail(d->log, TTM_ERR_FORMAT, "%s: the tokenizer's id %d is not "
                                "below config.json's 'vocab_size' %d: it is of another "
                                "model", r->folder, of[k], d->facts.vocabulary);
    }
    return 0;
}

static int read_texts(Detector *d)
{
    const size_t texts = (size_t)d->request->nb_texts, tokens = (size_t)d->tokens;
    const size_t width = (size_t)d->facts.width;
    int32_t *ids = ttm_array_alloc(texts * tokens, sizeof(*ids));
    float *states = ttm_array_alloc(texts * tokens, width * sizeof(*states));
    int ret;

    d->queries = ttm_array_alloc(texts, width * sizeof(*d->queries));
    ret = ids && states && d->queries ? encode(d, ids) : out_of_memory(d);
    if (ret >= 0)
        ret = make(d, "text");
    if (ret >= 0)
        ret = ttm_network_write(d->network, "ids", ids, TTM_DTYPE_I32);
    if (ret >= 0)
        ret = ttm_network_run_checked(d->network, "detector, texts");
    if (ret >= 0)
        ret = ttm_network_read(d->network, 0, states, TTM_DTYPE_F32);
    for (size_t i = 0; ret >= 0 && i < texts; i++)
        ttm_detector_query(&d->facts, ids + i * tokens, d->tokens,
                           states + i * tokens * width, d->queries + i * width);
    ttm_network_free(&d->network);
    free(ids);
    free(states);
    return ret;
}

/* A place's box in pixels of the still, in so far as it is there; 0 where it is not. */
static int still_box(const TTMImage *still, const float at[4], double box[4])
{
    const double whole = still->width > still->height ? still->width : still->height;
    const double x = at[0] * whole, y = at[1] * whole;

    for (int i = 0; i < 4; i++) {
        const double middle = i & 1 ? y : x, half = at[2 + (i & 1)] * whole / 2;
        const double most = i & 1 ? still->height : still->width;

        box[i] = fmin(fmax(middle + (i < 2 ? -half : half), 0), most);
    }
    return x < still->width && y < still->height && box[2] - box[0] >= 1 &&
           box[3] - box[1] >= 1;
}

/* Of each text the places that score enough, else the best one. */
static int collect(const Detector *d, const float *logits, const float *boxes,
                   TTMSightings *found)
{
    const int places = ttm_detector_places(&d->facts), texts = d->request->nb_texts;
    size_t capacity = 0;

    for (int q = 0; q < texts; q++) {
        TTMSighting best = { .query = q, .score = -1 };
        const int before = found->nb;

        for (int p = 0; p < places; p++) {
            TTMSighting s = {
                .query = q,
                .score = ttm_detector_sigmoid(logits[(size_t)p * (size_t)texts +
                                                     (size_t)q]),
            };

            if (!still_box(d->request->still, boxes + 4 * (size_t)p, s.box))
                continue;
            best = s.score > best.score ? s : best;
            if (s.score < TTM_SIGHTING_LEAST)
                continue;
            if (ttm_array_grow(&found->list, &capacity, (size_t)found->nb + 1,
                               sizeof(s)) < 0)
                return out_of_memory(d);
            found->list[found->nb++] = s;
        }
        if (found->nb > before || best.score < 0)
            continue;
        if (ttm_array_grow(&found->list, &capacity, (size_t)found->nb + 1,
                           sizeof(best)) < 0)
            return out_of_memory(d);
        found->list[found->nb++] = best;
    }
    found->nb = ttm_sightings_thin(found->list, found->nb);
    return 0;
}

/* Values of the outputs of the picture's network, as f32. */
static int read_heads(Detector *d, float *values[5])
{
    static const char *const names[5] = {
        "classes", "shift", "scale", "boxes", "objectness"
    };
    int ret = 0;

    for (int i = 0; ret >= 0 && i < 5; i++) {
        const int output = ttm_network_find_output(d->network, names[i]);
        const TTMTensor *tensor;

        if (output < 0)
            return output;
        tensor    = ttm_network_output(d->network, output);
        values[i] = ttm_array_alloc((size_t)ttm_shape_count(&tensor->shape),
                                    sizeof(float));
        ret = values[i] ? ttm_network_read(d->network, output, values[i], TTM_DTYPE_F32) :
              out_of_memory(d);
    }
    return ret;
}

static int look(Detector *d, TTMSightings *found)
{
    const size_t places = (size_t)ttm_detector_places(&d->facts);
    const size_t patch = 3 * (size_t)d->facts.patch * (size_t)d->facts.patch;
    float *patches = ttm_array_alloc(places, patch * sizeof(float));
    float *logits = ttm_array_alloc(places, (size_t)d->request->nb_texts * sizeof(float));
    float *boxes = ttm_array_alloc(places, 4 * sizeof(float)), *values[5] = { NULL };
    int ret = patches && logits && boxes ?
              ttm_square_patches(d->request->still, &d->square, patches,
                                 d->backend->cancel) : TTM_ERR_MEMORY;

    if (ret == TTM_ERR_MEMORY)
        out_of_memory(d);
    if (ret >= 0)
        ret = make(d, "picture");
    if (ret >= 0)
        ret = ttm_network_write(d->network, "patches", patches, TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_run_checked(d->network, "detector, picture");
    if (ret >= 0)
        ret = read_heads(d, values);
    ttm_network_free(&d->network);
    if (ret >= 0) {
        const TTMDetectorHeads heads = { values[0], values[1], values[2], values[3],
                                         values[4] };

        ttm_detector_logits(&d->facts, &heads, d->queries, d->request->nb_texts, logits);
        ttm_detector_boxes(&d->facts, &heads, boxes);
        ret = collect(d, logits, boxes, found);
    }
    for (int i = 0; i < 5; i++)
        free(values[i]);
    free(patches);
    free(logits);
    free(boxes);
    return ret;
}

int ttm_detect(TTMBackend *backend, const TTMLog *log, const TTMDetectRequest *request,
               TTMSightings *found)
{
    const double start = ttm_clock_seconds();
    Detector d = { .backend = backend, .log = log, .request = request };
    int ret;

    memset(found, 0, sizeof(*found));
    ret = open_all(&d);
    if (ret >= 0)
        ret = read_texts(&d);
    if (ret >= 0)
        ret = look(&d, found);
    if (ret >= 0)
        ttm_log(log, TTM_LOG_VERBOSE, "detector: %d boxes, %.1f s", found->nb,
                ttm_clock_seconds() - start);
    ttm_network_free(&d.network);
    free(d.queries);
    ttm_net_close(&d.model);
    ttm_tokenizer_free(&d.tokenizer);
    ttm_part_close(&d.part);
    if (ret < 0) {
        free(found->list);
        memset(found, 0, sizeof(*found));
    }
    return ret;
}
