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

/** @file Regions that move within their outlines. */

#include "motion/flow.h"

#include <math.h>
#include <stdlib.h>

#include "graph/graph.h"
#include "motion/field.h"
#include "motion/forms.h"
#include "motion/limit.h"
#include "motion/outline.h"
#include "ttm.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/sample.h"

#define PI        3.14159265358979323846
#define USUAL     90.0f         /* side of a region of size 1, in the grid's pixels */
#define WAY       26.0f         /* that one picture of a region travels */
#define SHORTER   0.6f          /* of the room before the region's end */
#define ROUNDS    4             /* of smoothing ways from element to element */

#define NB_WAVES  3
#define MARGIN    6.0f          /* from the outline to where all of it moves */
#define MOST_FOLD 0.9f          /* of the pixels' distance that waves take, at most */
#define LONGEST   44.0f         /* wave in a region of size 1 */

/* Waves from long to short: length, periods, where they begin, slant, share. */
static const struct {
    float length, periods, begin, slant, share;
} waves[NB_WAVES] = {
    { 1.0f, 1, 0.00f, 0.10f, 0.5f }, { 0.55f, 2, 0.37f, -0.17f, 0.3f },
    { 0.32f, 3, 0.71f, 0.31f, 0.2f },
};

/* Where a flow goes, and how much of its waves is across that. */
static const struct {
    float way[2], across;
} kinds[] = {
    [TTM_FLOW_LEFT]  = { { -1, 0 }, 0 },
    [TTM_FLOW_RIGHT] = { { 1, 0 }, 0 },
    [TTM_FLOW_UP]    = { { 0, -1 }, 0 },
    [TTM_FLOW_DOWN]  = { { 0, 1 }, 0 },
    [TTM_FLOW_WAVES] = { { 0, 1 }, 0.4f },
    [TTM_FLOW_SWAYS] = { { 1, 0 }, 0.1f },
};

/* What is known while a field is made. */
typedef struct Field {
    const TTMFlowing *f;
    int layer;
    double time;                /* 1: the motion is over */
} Field;

/*
 * Place of a layer on its way, 0 .. 1, at @p across the flow. Neighbours are not at one
 * place at one time, so that the picture does not fade all at once.
 */
static float phase_at(const Field *d, float across)
{
    const double pattern = 0.14 * sin(2 * PI * across / 90 + 1) +
                           0.07 * sin(2 * PI * across / 47 + 2.4);
    const double ahead = pattern * (0.5 - 0.5 * cos(2 * PI * d->time));
    const double p = 0.5 + 0.5 * d->layer + d->f->periods * d->time + ahead;

    return (float)(p - floor(p));
}

/* Source and share of what goes one way. */
static void travel(const Field *d, float x, float y, const float reach[2],
                   float out[3])
{
    const float *way = kinds[d->f->flow.way].way;
    const float p = phase_at(d, way[0] != 0 ? y : x);
    const float full = (p - 0.5f) * WAY * d->f->size;
    const float most = full > 0 ? reach[0] : reach[1];
    const float gone = full * fminf(most / (0.5f * WAY * d->f->size), 1);

    out[0] = -gone * way[0];
    out[1] = -gone * way[1];
    out[2] = d->layer ? 1 : 1 - fabsf(2 * p - 1);
}

/* The same of waves. */
static void swing(const Field *d, float x, float y, float share, float out[3])
{
    const float *way = kinds[d->f->flow.way].way;
    const float s = x * way[0] + y * way[1], n = y * way[0] - x * way[1];
    float along = 0, across = 0;

    for (int i = 0; i < NB_WAVES; i++) {
        const double k = 2 * PI / (LONGEST * d->f->size * waves[i].length);
        const double phase = k * (s + waves[i].slant * n) -
                             2 * PI * waves[i].begin;
        const double turn = 2 * PI * d->time * d->f->periods * waves[i].periods;
        /* A wave and where it was in frame 0 are apart by twice its reach at most. */
        const double reach = waves[i].share * MOST_FOLD / (2 * k);

        along  += (float)(reach * (sin(phase - turn) - sin(phase)));
        across += (float)(reach * (cos(phase - turn) - cos(phase)));
    }
    across *= kinds[d->f->flow.way].across;
    out[0] = -share * (along * way[0] - across * way[1]);
    out[1] = -share * (along * way[1] + across * way[0]);
    out[2] = 1;
}

void ttm_flow_field(const struct TTMForms *forms, const TTMFit *fit,
                    const TTMFlowing *f, int layer, double time, float *field)
{
    const Field d = { f, layer, time };
    const float scale_x = (float)fit->width / (float)forms->width;
    const float scale_y = (float)fit->height / (float)forms->height;
    int width, height;

    ttm_field_size(forms, &width, &height);
    for (int i = 0; i < width * height; i++, field += TTM_FIELD_ROW) {
        const float x = ((float)(i % width) + 0.5f) * (float)forms->width /
                        (float)width;
        const float y = ((float)(i / width) + 0.5f) * (float)forms->height /
                        (float)height;

        if (f->layers > 1)
            travel(&d, x, y, f->reach[i], field);
        else
            swing(&d, x, y, f->reach[i][0], field);
        field[0] *= scale_x;
        field[1] *= scale_y;
    }
}

/* How far each element of the region may look against the flow [0] and with it [1]. */
static void measure_ways(TTMFlowing *f, const uint8_t *ids, int id, int width,
                         int height, float step)
{
    const float *way = kinds[f->flow.way].way;
    const int ahead = way[0] + way[1] > 0;
    const int length = way[0] != 0 ? width : height;
    const int lines = width + height - length;
    const float most = 0.5f * WAY * f->size;

    for (int side = 0; side < 2; side++)
        for (int line = 0; line < lines; line++) {
            const int first = way[0] != 0 ? line * width : line;
            const int jump = way[0] != 0 ? 1 : width;
            const int back = ahead == side;
            int run = 0;

            for (int k = 0; k < length; k++) {
                const int at = first + (back ? length - 1 - k : k) * jump;

                run = ids[at] == id ? run + 1 : 0;
                f->reach[at][side] = fminf(SHORTER * (float)run * step, most);
            }
        }
}

/* Waves: how much of the motion an element makes. */
static void measure_rest(TTMFlowing *f, const TTMOutline *o, int width, int height,
                         float step)
{
    const float margin = MARGIN * fminf(f->size, 1);

    for (int i = 0; i < width * height; i++) {
        const float y = ((float)(i / width) + 0.5f) * step;
        float share = ttm_distance_at(&o->own, ((float)(i % width) + 0.5f) * step,
                                      y, NULL) / margin;

        share = fminf(fmaxf(share, 0), 1);
        share *= share * (3 - 2 * share);
        if (f->flow.way == TTM_FLOW_SWAYS)
            share *= (f->bottom - y) / fmaxf(f->bottom - f->top, 1);
        f->reach[i][0] = fmaxf(share, 0);
    }
}

/* Lines beside each other go nearly as far. */
static void smooth(float (*reach)[2], float *line, int width, int height)
{
    for (int pass = 0; pass < 2 * ROUNDS; pass++)
        for (int n = 0; n < (pass % 2 ? height : width); n++) {
            const int count = pass % 2 ? width : height;
            const int jump = pass % 2 ? 1 : width, first = pass % 2 ? n * width : n;

            for (int side = 0; side < 2; side++) {
                for (int i = 0; i < count; i++)
                    line[i] = reach[first + i * jump][side];
                for (int i = 0; i < count; i++)
                    reach[first + i * jump][side] =
                        (line[i > 0 ? i - 1 : i] + 2 * line[i] +
                         line[i + 1 < count ? i + 1 : i]) / 4;
            }
        }
}

/* Everything of a region but its words. */
static int measure(TTMFlowing *f, const struct TTMForms *forms, int id)
{
    static const uint8_t hides[256] = { 0 };
    TTMOutline outline = { 0 };
    int width, height, ret;
    uint8_t *ids;
    float *line;
    float step;

    ttm_field_size(forms, &width, &height);
    step = (float)forms->width / (float)width;
    ids  = ttm_array_alloc((size_t)width, (size_t)height);
    line = ttm_array_alloc((size_t)width + (size_t)height, sizeof(*line));
    f->reach = ttm_array_alloc((size_t)width * (size_t)height, sizeof(*f->reach));
    ret = ids && line && f->reach ?
          ttm_outline_create(&outline, forms->first, forms->width, forms->height, id,
                             hides) : TTM_ERR_MEMORY;
    if (ret >= 0) {
        f->size = fminf(fmaxf(sqrtf((float)outline.area) / USUAL, 0.4f), 1.6f);
        ttm_ids_resize(forms->first, forms->width, forms->height, ids, width, height);
        f->top = (float)forms->height;
        for (int i = 0; i < width * height; i++)
            if (ids[i] == id) {
                f->top    = fminf(f->top, (float)(i / width) * step);
                f->bottom = ((float)(i / width) + 1) * step;
            }
        if (f->layers > 1) {
            measure_ways(f, ids, id, width, height, step);
            smooth(f->reach, line, width, height);
        } else {
            measure_rest(f, &outline, width, height, step);
        }
    }
    ttm_outline_free(&outline);
    free(ids);
    free(line);
    return ret;
}

int ttm_flow_add(TTMFit *fit, int id, const TTMFlow *flow,
                 const TTMFlowStill *still, double seconds)
{
    const int waves_only = flow->way == TTM_FLOW_WAVES || flow->way == TTM_FLOW_SWAYS;
    /* Pictures travel for a second, the longest wave takes two. */
    const double pace = flow->pace < 0 ? 0.5 : flow->pace > 0 ? 2 : 1;
    TTMFlowing *f;
    TTMForm *form;
    int ret = 0;

    if (!fit->forms)
        ret = ttm_forms_begin(&fit->forms, fit, still->ids, still->width,
                              still->height, still->pixel_aspect);
    if (ret < 0)
        return ret;
    /* which forms_begin() made */
    form = &fit->forms->object[id - 1];     // NOLINT(clang-analyzer-core.NullDereference)
    ttm_form_free(form);
    f = form->flowing = ttm_array_alloc(1, sizeof(*f));
    if (!f)
        return TTM_ERR_MEMORY;
    f->flow    = *flow;
    f->layers  = waves_only ? 1 : TTM_FLOW_LAYERS;
    f->periods = fmax(rint(seconds * pace / (waves_only ? 2 : 1)), 1);
    ret = measure(f, fit->forms, id);
    if (ret < 0) {
        ttm_form_free(form);
        return ret;
    }
    fit->ground[id] = 0;
    ttm_fit_hold(fit, id);
    return 0;
}
