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

/** @file A segmenter is asked where an object is: by what hints, in which part of the still. */

#include "segment/ask.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/image.h"
#include "util/mem.h"
#include "util/sample.h"

static float sigmoid(float x)
{
    return 1 / (1 + expf(-x));
}

/* A side of the crop as a network has it. */
static int fitted(const TTMSegmenter *f, int side, int longest)
{
    const double wanted = (double)side * f->side / longest / f->multiple;
    const int most = f->side / f->multiple;
    const int units = (int)lrint(wanted);

    return (units < 1 ? 1 : units > most ? most : units) * f->multiple;
}

/* Swap left and right of [height, width, @p channels]. */
static void mirror(float *values, int width, int height, int channels)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width / 2; x++)
            for (int c = 0; c < channels; c++) {
                float *left  = values + (y * width + x) * channels + c;
                float *right = values + (y * width + width - 1 - x) * channels + c;
                const float kept = *left;

                *left  = *right;
                *right = kept;
            }
}

/*
 * Pictures go in as (value - mean) / deviation; @p rgb is 0 .. 1 and stays. @p mirrored: left
 * and right are swapped.
 */
static int write_picture(TTMNetwork *network, const TTMSegmenter *f, const float *rgb,
                         int width, int height, int mirrored)
{
    const size_t pixels = (size_t)width * (size_t)height;
    float *values = ttm_array_alloc(pixels, 3 * sizeof(*values));
    int ret = values ? 0 : TTM_ERR_MEMORY;

    for (size_t i = 0; ret >= 0 && i < 3 * pixels; i++)
        values[i] = (rgb[i] - f->mean[i % 3]) / f->deviation[i % 3];
    if (ret >= 0 && mirrored)
        mirror(values, width, height, 3);
    if (ret >= 0)
        ret = ttm_network_write(network, "image", values, TTM_DTYPE_F32);
    free(values);
    return ret;
}

/* Largest of the bells around points, at (x, y) of the part. */
static float bells(const TTMWork *part, const float (*points)[2], int nb, float x, float y)
{
    float nearest = INFINITY;

    for (int i = 0; i < nb; i++) {
        const float px = (floorf(points[i][0]) + 0.5f - (float)part->x) *
                         (float)part->width / (float)part->part_width;
        const float py = (floorf(points[i][1]) + 0.5f - (float)part->y) *
                         (float)part->height / (float)part->part_height;
        const float d = (x - px) * (x - px) + (y - py) * (y - py);

        nearest = d < nearest ? d : nearest;
    }
    return expf(-nearest / (2 * TTM_HINT_SIGMA * TTM_HINT_SIGMA));
}

static int write_maps(TTMNetwork *network, const TTMWork *part, const TTMQuestion *q,
                      int mirrored)
{
    const int count = part->width * part->height;
    float *maps = ttm_array_alloc((size_t)count, TTM_HINT_MAPS_NB * sizeof(*maps));
    int ret;

    if (!maps)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++) {
        const float x = (float)(i % part->width) + 0.5f;
        const float y = (float)(i / part->width) + 0.5f;
        const float sx = (float)part->x + x * (float)part->part_width / (float)part->width;
        const float sy = (float)part->y + y * (float)part->part_height / (float)part->height;
        float *map = maps + (size_t)TTM_HINT_MAPS_NB * (size_t)i;

        map[TTM_HINT_BOX]  = q->box && sx >= (float)q->box[0] && sy >= (float)q->box[1] &&
                             sx < (float)q->box[2] && sy < (float)q->box[3];
        map[TTM_HINT_ON]   = bells(part, q->on, q->nb_on, x, y);
        map[TTM_HINT_OFF]  = bells(part, q->off, q->nb_off, x, y);
        map[TTM_HINT_MASK] = q->before ? ttm_answer_at(q->before, sx, sy) : 0;
    }
    if (mirrored)
        mirror(maps, part->width, part->height, TTM_HINT_MAPS_NB);
    ret = ttm_network_write(network, "hints", maps, TTM_DTYPE_F32);
    free(maps);
    return ret;
}

/** What a network gave: masks [height, width, nb] of logits, a score each. */
typedef struct Given {
    float *masks;
    int width, height, nb;
    float scores[16];
} Given;

/* Means over the positions of "scores". */
static int read_scores(TTMNetwork *network, Given *g)
{
    const int index = ttm_network_find_output(network, "scores");
    size_t count;
    float *values;
    int ret;

    if (index < 0)
        return index;
    count  = (size_t)ttm_shape_count(&ttm_network_output(network, index)->shape);
    values = ttm_array_alloc(count, sizeof(*values));
    if (!values)
        return TTM_ERR_MEMORY;
    ret = ttm_network_read(network, index, values, TTM_DTYPE_F32);
    for (size_t i = 0; ret >= 0 && i < count; i++)
        g->scores[i % (size_t)g->nb] += values[i] * (float)g->nb / (float)count;
    free(values);
    return ret;
}

static int run(TTMNetwork *network, const TTMSegmenter *f, const char *what, Given *g)
{
    int index, ret = ttm_network_run_checked(network, what);
    const TTMShape *shape;

    if (ret < 0)
        return ret;
    index = ttm_network_find_output(network, "masks");
    if (index < 0)
        return index;
    shape = &ttm_network_output(network, index)->shape;
    *g = (Given){ NULL, (int)shape->dim[2], (int)shape->dim[1], f->masks, { 0 } };
    g->masks = ttm_array_alloc((size_t)ttm_shape_count(shape), sizeof(*g->masks));
    if (!g->masks)
        return TTM_ERR_MEMORY;
    ret = ttm_network_read(network, index, g->masks, TTM_DTYPE_F32);
    return ret < 0 ? ret : read_scores(network, g);
}

/* Whether the first mask is sure of itself, as Sam2MaskDecoder has it. */
static int is_stable(const Given *g, const TTMSegmenter *f)
{
    const int count = g->width * g->height;
    int inner = 0, outer = 0;

    for (int i = 0; i < count; i++) {
        inner += g->masks[i * g->nb] > f->stability_delta;
        outer += g->masks[i * g->nb] > -f->stability_delta;
    }
    return !outer || (float)inner >= f->stability_threshold * (float)outer;
}

/* The mask that is meant: what a single point says may be of several sizes. */
static int choose(const Given *g, const TTMSegmenter *f, int single)
{
    int best;

    single = single || !is_stable(g, f);
    best   = single && g->nb > 1 ? 1 : 0;
    for (int i = best + 1; single && i < g->nb; i++)
        best = g->scores[i] > g->scores[best] ? i : best;
    return best;
}

/* The part of the answer from a mask of @p covered: x, y, width, height of the still. */
static int take_mask(TTMAnswer *answer, const Given *g, int mask, const int covered[4],
                     const TTMSegmenter *f)
{
    const TTMWork *part = &answer->part;
    const int count = part->width * part->height;

    answer->figure = ttm_array_alloc((size_t)count, sizeof(*answer->figure));
    if (!answer->figure)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < count; i++) {
        const float x = (float)part->x + ((float)(i % part->width) + 0.5f) *
                        (float)part->part_width / (float)part->width;
        const float y = (float)part->y + ((float)(i / part->width) + 0.5f) *
                        (float)part->part_height / (float)part->height;
        float value;

        ttm_sample_linear(g->masks + mask, g->width, g->height, g->nb, 1,
                          (x - (float)covered[0]) * (float)g->width / (float)covered[2],
                          (y - (float)covered[1]) * (float)g->height / (float)covered[3],
                          &value);
        answer->figure[i] = sigmoid(value);
    }
    answer->score = f->score == TTM_SCORE_LOGIT ? sigmoid(g->scores[mask]) :
                    g->scores[mask];
    return 0;
}

/* The means of what two passes gave, the second one of the mirror image, in the first. */
static void average(Given *g, Given *mirrored)
{
    mirror(mirrored->masks, g->width, g->height, g->nb);
    for (int i = 0; i < g->width * g->height * g->nb; i++)
        g->masks[i] = (g->masks[i] + mirrored->masks[i]) / 2;
    for (int i = 0; i < g->nb; i++)
        g->scores[i] = (g->scores[i] + mirrored->scores[i]) / 2;
}

static int ask_maps(TTMAsker *a, const TTMImage *still, const char *what,
                    const TTMQuestion *q, TTMAnswer *answer, TTMCancel *cancel)
{
    const TTMSegmenter *f = a->facts;
    const int covered[4] = { q->crop[0], q->crop[1], q->crop[2] - q->crop[0],
                             q->crop[3] - q->crop[1] };
    const int longest = covered[2] > covered[3] ? covered[2] : covered[3];
    const int width = fitted(f, covered[2], longest), height = fitted(f, covered[3], longest);
    TTMNetwork *network;
    Given given[2] = { { 0 } };
    int ret = ttm_work_create_sized(&answer->part, still, covered, width, height, cancel);

    if (ret >= 0)
        ret = a->network(a->opaque, width, height, 0, &network);
    for (int mirrored = 0; ret >= 0 && mirrored < 2; mirrored++) {
        ret = write_picture(network, f, answer->part.rgb, width, height, mirrored);
        if (ret >= 0)
            ret = write_maps(network, &answer->part, q, mirrored);
        if (ret >= 0)
            ret = run(network, f, what, &given[mirrored]);
    }
    if (ret >= 0) {
        average(&given[0], &given[1]);
        ret = take_mask(answer, &given[0], 0, covered, f);
    }
    free(given[0].masks);
    free(given[1].masks);
    return ret;
}

/* The still as the network's features, once. */
static int encode(TTMAsker *a, const TTMImage *still, const char *what, TTMCancel *cancel)
{
    const int side = a->facts->side;
    const size_t pixels = (size_t)side * (size_t)side;
    TTMNetwork *encoder;
    float *rgb;
    int ret = a->network(a->opaque, side, side, 0, &encoder);

    if (ret < 0 || a->encoded)
        return ret;
    rgb = ttm_array_alloc(pixels, 3 * sizeof(*rgb));
    if (!rgb)
        return TTM_ERR_MEMORY;
    /* as transformers' Sam2ImageProcessor */
    ret = ttm_image_resample_linear(still, side, side, rgb, cancel);
    if (ret >= 0)
        ret = write_picture(encoder, a->facts, rgb, side, side, 0);
    if (ret >= 0)
        ret = ttm_network_run_checked(encoder, what);
    free(rgb);
    a->encoded = ret >= 0;
    return ret;
}

/* The decoder's inputs: the encoder's outputs, and the points. */
static int write_points(TTMNetwork *encoder, TTMNetwork *decoder, const float *points,
                        const int32_t *labels)
{
    int ret = ttm_network_write(decoder, "points", points, TTM_DTYPE_F32);

    if (ret >= 0)
        ret = ttm_network_write(decoder, "labels", labels, TTM_DTYPE_I32);
    for (int i = 0; ret >= 0 && i < ttm_network_nb_outputs(encoder); i++)
        ret = ttm_network_bind_input(decoder, ttm_network_output_name(encoder, i),
                                     ttm_network_output(encoder, i));
    return ret;
}

/* Points and corners of the question, in pixels of the stretched still. */
static int32_t *list_points(const TTMQuestion *q, const TTMImage *still, int side,
                            float *points, int *nb)
{
    const float sx = (float)side / (float)still->width;
    const float sy = (float)side / (float)still->height;
    const size_t most = (size_t)q->nb_on + (size_t)q->nb_off + 2;
    int32_t *labels = ttm_array_alloc(most, sizeof(*labels));
    int n = 0;

    for (int i = 0; labels && i < q->nb_on + q->nb_off; i++, n++) {
        const float *at = i < q->nb_on ? q->on[i] : q->off[i - q->nb_on];

        points[2 * n]     = (floorf(at[0]) + 0.5f) * sx;
        points[2 * n + 1] = (floorf(at[1]) + 0.5f) * sy;
        labels[n] = i < q->nb_on ? TTM_POINT_ON : TTM_POINT_OFF;
    }
    for (int i = 0; labels && q->box && i < 2; i++, n++) {
        points[2 * n]     = (float)q->box[2 * i] * sx;
        points[2 * n + 1] = (float)q->box[2 * i + 1] * sy;
        labels[n] = i ? TTM_POINT_OPPOSITE : TTM_POINT_CORNER;
    }
    *nb = n;
    return labels;
}

static int ask_points(TTMAsker *a, const TTMImage *still, const char *what,
                      const TTMQuestion *q, TTMAnswer *answer, TTMCancel *cancel)
{
    const TTMSegmenter *f = a->facts;
    const int covered[4] = { 0, 0, still->width, still->height };
    const size_t most = (size_t)q->nb_on + (size_t)q->nb_off + 2;
    float *points = ttm_array_alloc(most, 2 * sizeof(*points));
    TTMNetwork *encoder, *decoder;
    int32_t *labels = NULL;
    Given given = { 0 };
    int nb = 0, ret = points ? 0 : TTM_ERR_MEMORY;

    if (ret >= 0) {
        labels = list_points(q, still, f->side, points, &nb);
        ret = labels ? ttm_work_create(&answer->part, still, q->crop[0], q->crop[1],
                                       q->crop[2] - q->crop[0], q->crop[3] - q->crop[1],
                                       cancel) : TTM_ERR_MEMORY;
    }
    if (ret >= 0)
        ret = encode(a, still, what, cancel);
    if (ret >= 0)
        ret = a->network(a->opaque, f->side, f->side, nb, &decoder);
    if (ret >= 0)               /* which is where it was */
        ret = a->network(a->opaque, f->side, f->side, 0, &encoder);
    if (ret >= 0)
        ret = write_points(encoder, decoder, points, labels);
    if (ret >= 0)
        ret = run(decoder, f, what, &given);
    if (ret >= 0)
        ret = take_mask(answer, &given, choose(&given, f, nb == 1), covered, f);
    free(given.masks);
    free(points);
    free(labels);
    return ret;
}

int ttm_ask(TTMAsker *asker, const TTMImage *still, const char *what,
            const TTMQuestion *question, TTMAnswer *answer, TTMCancel *cancel)
{
    memset(answer, 0, sizeof(*answer));
    if (ttm_cancelled(cancel))
        return TTM_ERR_CANCELLED;
    return asker->facts->hints == TTM_HINT_MAPS ?
           ask_maps(asker, still, what, question, answer, cancel) :
           ask_points(asker, still, what, question, answer, cancel);
}

void ttm_answer_free(TTMAnswer *answer)
{
    free(answer->figure);
    ttm_work_free(&answer->part);
    memset(answer, 0, sizeof(*answer));
}

float ttm_answer_at(const TTMAnswer *answer, float x, float y)
{
    const TTMWork *part = &answer->part;
    const float px = (x - (float)part->x) * (float)part->width / (float)part->part_width;
    const float py = (y - (float)part->y) * (float)part->height / (float)part->part_height;
    float value;

    if (px < 0 || py < 0 || px >= (float)part->width || py >= (float)part->height)
        return 0;
    ttm_sample_linear(answer->figure, part->width, part->height, 1, 1, px, py, &value);
    return value;
}
