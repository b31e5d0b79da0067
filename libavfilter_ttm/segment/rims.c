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

/** @file Pixels of a picture of masks, each to a flat colour. */

#include "segment/rims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment/parts.h"
#include "util/mem.h"

#define BAND        24          ///< a soft edge's shade is no wider, in pixels
#define RIM_WIDTH   8           ///< a rim of one colour is no wider, in pixels
#define RIM_LENGTH  64          ///< its border squared is as often its area
#define EDGE_LENGTH 48          ///< the same of a soft edge
#define ALONE       40          ///< RGB distance of ripples within one other
#define DIFFERENT   14          ///< RGB distance of means: another object?
#define UNLIKE      9           ///< the most that codecs make of one colour

typedef struct Rims {
    const TTMLog *log;
    const TTMImage *image;
    TTMShades *shades;
    TTMFlat *flat;
    uint8_t *labels;
    TTMParts parts;
} Rims;

/* Counts of the two labels that are touched most. */
static void touched_most(const int64_t *touching, int nb, int64_t most[2])
{
    most[0] = most[1] = 0;
    for (int i = 0; i < nb; i++) {
        if (touching[i] > most[0]) {
            most[1] = most[0];
            most[0] = touching[i];
        } else if (touching[i] > most[1]) {
            most[1] = touching[i];
        }
    }
}

static void touched_by_part(const Rims *r, const TTMPart *p, int64_t most[2])
{
    int64_t touching[TTM_FLAT_MAX];

    for (int i = 0; i < r->flat->nb; i++)
        touching[i] = p->touching[i];
    touched_most(touching, r->flat->nb, most);
}

/* A soft edge between two others whose shade happens to be near a third. */
static int is_edge(const Rims *r, const TTMPart *p)
{
    int64_t most[2];

    if (2 * p->near >= p->area)
        return 0;
    if (!p->core)
        return 1;
    touched_by_part(r, p, most);
    return 2 * p->area <= BAND * p->border && 10 * most[1] >= 3 * p->border;
}

/* Soft edges; the part of a colour that has most of its paint stays. */
static void drop_edges(Rims *r)
{
    int most[TTM_FLAT_MAX];

    memset(most, -1, sizeof(most));
    for (int i = 0; i < r->parts.nb; i++) {
        int *best = &most[r->parts.list[i].label];

        if (*best < 0 || r->parts.list[i].near > r->parts.list[*best].near)
            *best = i;
    }
    for (int i = 0; i < r->parts.nb; i++)
        r->parts.list[i].dropped = i != most[r->parts.list[i].label] &&
                              is_edge(r, &r->parts.list[i]);
}

/* What is left of a colour. */
typedef struct Whole {
    int64_t area, near, core, border, touching[TTM_FLAT_MAX];
    int64_t most[2];            /* of touching */
} Whole;

static void measure_whole(const Rims *r, int label, Whole *w)
{
    memset(w, 0, sizeof(*w));
    for (int i = 0; i < r->parts.nb; i++) {
        const TTMPart *p = &r->parts.list[i];

        if (p->label != label || p->dropped)
            continue;
        w->area += p->area;
        w->near += p->near;
        w->core += p->core;
        w->border += p->border;
        for (int k = 0; k < r->flat->nb; k++)
            w->touching[k] += p->touching[k];
    }
    touched_most(w->touching, r->flat->nb, w->most);
}

/* A colour of thin rims between others, such as a border of "void". */
static int is_rim(const Rims *r, int label)
{
    Whole w;

    measure_whole(r, label, &w);
    return w.area && 4 * w.core < w.area &&
           2 * w.area <= RIM_WIDTH * w.border &&
           w.border * w.border > RIM_LENGTH * w.area &&
           4 * w.most[0] <= 3 * w.border;
}

/*
 * Squared distance from a colour to the nearest mixture of others (Frank and
 * Wolfe: step after step towards the colour that helps most).
 */
static double mixture_distance2(const TTMFlat *of, const int *rgb)
{
    double x[3], off2 = 0;

    for (int c = 0; c < 3; c++)
        x[c] = of->colour[0].rgb[c];
    for (int step = 0; step < 64; step++) {
        double best = 0, length2 = 0;
        int at = -1;

        for (int i = 0; i < of->nb; i++) {
            double along = 0;

            for (int c = 0; c < 3; c++)
                along += (rgb[c] - x[c]) * (of->colour[i].rgb[c] - x[c]);
            if (along > best) {
                best = along;
                at   = i;
            }
        }
        if (at < 0)
            break;
        for (int c = 0; c < 3; c++)
            length2 += (of->colour[at].rgb[c] - x[c]) *
                       (of->colour[at].rgb[c] - x[c]);
        for (int c = 0; c < 3; c++)
            x[c] += (best < length2 ? best / length2 : 1) *
                    (of->colour[at].rgb[c] - x[c]);
    }
    for (int c = 0; c < 3; c++)
        off2 += (rgb[c] - x[c]) * (rgb[c] - x[c]);
    return off2;
}

/* A colour of noise that runs along the others: their soft edges. */
static int is_soft(const Rims *r, int label, const Whole *w)
{
    const TTMFlatColour *c = &r->flat->colour[label];
    TTMFlat around = { .nb = 0 };
    int reach;

    if (c->exact || c->claimed || !w->area ||
        w->border * w->border <= EDGE_LENGTH * w->area)
        return 0;
    if (4 * w->near >= 3 * w->area && 4 * w->area > BAND * w->border)
        return 0;               /* as broad as few edges, and level */
    for (int i = 0; i < r->flat->nb; i++)
        if (20 * w->touching[i] >= w->border)
            around.colour[around.nb++] = r->flat->colour[i];
    reach = around.nb > 1 ? TTM_FLAT_APART : ALONE;
    return mixture_distance2(&around, c->rgb) < reach * reach;
}

/* The smallest soft edge among the colours, 0: none. */
static int find_soft(const Rims *r)
{
    int64_t least = INT64_MAX;
    int best = 0;

    for (int k = 1; k < r->flat->nb && !ttm_cancelled(r->shades->cancel); k++) {
        Whole w;

        measure_whole(r, k, &w);
        if (w.area < least && is_soft(r, k, &w)) {
            least = w.area;
            best  = k;
        }
    }
    return best;
}

static void drop_colours(Rims *r)
{
    TTMFlat *flat = r->flat;

    for (int k = 0; k < flat->nb; k++)
        flat->colour[k].count = 0;
    for (int i = 0; i < r->parts.nb; i++) {
        const TTMPart *p = &r->parts.list[i];
        TTMFlatColour *c = &flat->colour[p->label];

        if (p->dropped)
            continue;
        if (!c->count)
            memcpy(c->box, p->box, sizeof(c->box));
        c->count += p->area;
        c->box[0] = p->box[0] < c->box[0] ? p->box[0] : c->box[0];
        c->box[2] = p->box[2] > c->box[2] ? p->box[2] : c->box[2];
        c->box[3] = p->box[3] > c->box[3] ? p->box[3] : c->box[3];
    }
    for (int k = 1; k < flat->nb; k++) {
        TTMFlatColour *c = &flat->colour[k];

        if (c->count < ttm_flat_least(c, r->image->width, r->image->height))
            c->dropped = TTM_FLAT_SMALL;
        else if (!c->claimed && is_rim(r, k))
            c->dropped = TTM_FLAT_RIM;
    }
    for (int i = 0; i < r->parts.nb; i++)
        r->parts.list[i].dropped |= flat->colour[r->parts.list[i].label].dropped !=
                               TTM_FLAT_KEPT;
}

/* Two large parts whose means differ by more than noise does. */
static int check_parts(const Rims *r)
{
    const TTMPart *largest[TTM_FLAT_MAX] = { 0 };
    int told[TTM_FLAT_MAX] = { 0 };

    for (int i = 0; i < r->parts.nb; i++) {
        const TTMPart *p = &r->parts.list[i], **best = &largest[p->label];

        if (!p->dropped && p->label && (!*best || p->core > (*best)->core))
            *best = p;
    }
    for (int i = 0; i < r->parts.nb; i++) {
        const TTMPart *p = &r->parts.list[i], *other = largest[p->label];
        char where[128];
        int a[3], b[3], apart;

        if (p->dropped || !p->label || p == other || p->core < 100)
            continue;
        for (int c = 0; c < 3; c++) {
            a[c] = (int)(other->sum[c] / (double)other->core + 0.5);
            b[c] = (int)(p->sum[c] / (double)p->core + 0.5);
        }
        apart = ttm_shade_distance2(a, b);
        snprintf(where, sizeof(where), "the masks have nearly one colour at "
                 "%d,%d (#%02x%02x%02x) and at %d,%d (#%02x%02x%02x)",
                 other->first[0], other->first[1], (unsigned)a[0],
                 (unsigned)a[1], (unsigned)a[2], p->first[0], p->first[1],
                 (unsigned)b[0], (unsigned)b[1], (unsigned)b[2]);
        if (apart > DIFFERENT * DIFFERENT)
            return ttm_fail(r->log, TTM_ERR_ARGUMENT, "%s: one object or two? "
                            "Give two objects colours that are %d apart, or "
                            "one object one colour", where, TTM_FLAT_APART);
        if (apart > UNLIKE * UNLIKE && !told[p->label]++)
            ttm_log(r->log, TTM_LOG_WARNING, "%s: taken for one object; two "
                    "need colours that are %d apart", where, TTM_FLAT_APART);
    }
    return 0;
}

/* Pixels without a label, in the order in which they get one. */
typedef struct Front {
    uint32_t *pixel;
    size_t nb;
} Front;

#define NO_LABEL 255

/*
 * Label of the neighbour (of 8) with the nearest colour, or, for a colour that
 * is none of the others' (@p rgb NULL), of most of them; NO_LABEL: none yet.
 */
static int join_pixel(const Rims *r, size_t at, const int *rgb)
{
    int votes[TTM_FLAT_MAX] = { 0 };
    const int width = r->image->width, height = r->image->height;
    const int x = (int)(at % (size_t)width), y = (int)(at / (size_t)width);
    int best = NO_LABEL, least = 0;

    for (int k = 0; k < 9; k++) {
        int i = x + k % 3 - 1, j = y + k / 3 - 1, label, d;

        if (k == 4 || i < 0 || j < 0 || i >= width || j >= height)
            continue;
        label = r->labels[(size_t)j * (size_t)width + (size_t)i];
        if (label == NO_LABEL)
            continue;
        d = rgb ? ttm_shade_distance2(rgb, r->flat->colour[label].rgb) :
            -++votes[label];
        if (best == NO_LABEL || d < least) {
            best  = label;
            least = d;
        }
    }
    return best;
}

/* What was dropped goes to what is around it, layer by layer. */
static int join(Rims *r)
{
    const size_t width = (size_t)r->image->width;
    int *row = ttm_array_alloc(width, sizeof(*row));
    uint8_t *next;
    size_t nb = 0, left = 0;
    Front f;

    for (int i = 0; i < r->parts.nb_runs; i++)
        if (r->parts.list[r->parts.runs[i].parent].dropped)
            nb += (size_t)(r->parts.runs[i].x1 - r->parts.runs[i].x0);
    f = (Front){ ttm_array_alloc(nb ? nb : 1, sizeof(*f.pixel)), 0 };
    next = ttm_array_alloc(nb ? nb : 1, 1);
    if (!row || !f.pixel || !next) {
        free(row);
        free(f.pixel);
        free(next);
        return TTM_ERR_MEMORY;
    }
    for (int i = 0; i < r->parts.nb_runs; i++) {
        const TTMRun *run = &r->parts.runs[i];

        if (!r->parts.list[run->parent].dropped)
            continue;
        for (int x = run->x0; x < run->x1; x++) {
            size_t at = (size_t)run->y * width + (size_t)x;

            f.pixel[f.nb++] = (uint32_t)at;
            r->labels[at] = NO_LABEL;
        }
    }
    while (f.nb && f.nb != left && !ttm_cancelled(r->shades->cancel)) {
        int y = -1;

        left = f.nb;
        for (size_t i = 0; i < f.nb; i++) {
            size_t at = f.pixel[i];
            const TTMShade *s;

            if ((int)(at / width) != y && ttm_cancelled(r->shades->cancel))
                break;
            if ((int)(at / width) != y)
                ttm_shades_row(r->shades, r->image, y = (int)(at / width),
                               row);
            s = &r->shades->list[row[at % width]];
            next[i] = (uint8_t)join_pixel(r, at, r->flat->colour[s->label].
                                          dropped ? NULL : s->rgb);
        }
        f.nb = 0;
        for (size_t i = 0; i < left; i++) {
            if (next[i] == NO_LABEL)
                f.pixel[f.nb++] = f.pixel[i];
            else
                r->labels[f.pixel[i]] = next[i];
        }
    }
    for (size_t i = 0; i < f.nb; i++)
        r->labels[f.pixel[i]] = 0;
    free(row);
    free(f.pixel);
    free(next);
    return 0;
}

/* Where the objects are in the end. */
static void measure_colours(Rims *r)
{
    const int width = r->image->width, height = r->image->height;
    TTMFlatColour old[TTM_FLAT_MAX];

    memcpy(old, r->flat->colour, sizeof(old));
    for (int k = 0; k < r->flat->nb; k++) {
        TTMFlatColour *c = &r->flat->colour[k];

        c->count = 0;
        c->x = 0;
        c->box[0] = width;
        c->box[1] = height;
        c->box[2] = c->box[3] = 0;
    }
    for (int y = 0; y < height && !ttm_cancelled(r->shades->cancel); y++)
        for (int x = 0; x < width; x++) {
            TTMFlatColour *c = &r->flat->colour[r->labels[(size_t)y *
                                                          (size_t)width +
                                                          (size_t)x]];

            c->count++;
            c->x += x;
            c->box[0] = x < c->box[0] ? x : c->box[0];
            c->box[1] = y < c->box[1] ? y : c->box[1];
            c->box[2] = x + 1 > c->box[2] ? x + 1 : c->box[2];
            c->box[3] = y + 1;
        }
    for (int k = 0; k < r->flat->nb; k++) {
        TTMFlatColour *c = &r->flat->colour[k];

        if (c->dropped) {
            *c   = old[k];
            c->x = (c->box[0] + c->box[2] - 1) / 2.0;
        } else if (c->count) {
            c->x /= (double)c->count;
        }
    }
}

/* Every pixel to the nearest colour, and the parts of that. */
static int label_pixels(Rims *r)
{
    int *row = ttm_array_alloc((size_t)r->image->width, sizeof(*row));
    uint8_t *labels = r->labels;
    int ret = row ? 0 : TTM_ERR_MEMORY;

    for (int i = 0; i < r->shades->nb; i++) {
        TTMShade *s = &r->shades->list[i];
        int d;

        s->label = (uint8_t)ttm_flat_nearest(r->flat, s->rgb, &d);
    }
    for (int y = 0; ret >= 0 && y < r->image->height; y++) {
        if (ttm_cancelled(r->shades->cancel))
            ret = TTM_ERR_CANCELLED;
        ttm_shades_row(r->shades, r->image, y, row);
        for (int x = 0; x < r->image->width; x++)
            *labels++ = r->shades->list[row[x]].label;
    }
    free(row);
    if (ret >= 0)
        ret = ttm_parts_find(&r->parts, r->labels, r->image, r->shades, r->flat);
    if (ret < 0)
        return ret;
    r->flat->many |= !r->parts.list ||
                     3 * r->parts.near < (int64_t)r->image->width *
                                         r->image->height;
    if (!r->flat->many)
        drop_edges(r);
    return 0;
}

/* Soft edges that were taken for colours go. */
static int remove_soft(Rims *r)
{
    TTMFlat *flat = r->flat;
    int soft, ret = label_pixels(r);

    while (ret >= 0 && !flat->many && (soft = find_soft(r))) {
        flat->nb--;
        memmove(&flat->colour[soft], &flat->colour[soft + 1],
                (size_t)(flat->nb - soft) * sizeof(flat->colour[0]));
        ret = label_pixels(r);
    }
    return ret;
}

int ttm_rims_join(const TTMLog *log, const TTMImage *image, TTMShades *shades,
                  TTMFlat *flat, uint8_t *labels)
{
    Rims r = { .log = log, .image = image, .shades = shades, .flat = flat,
               .labels = labels };
    int ret = remove_soft(&r);

    if (ret >= 0 && ttm_cancelled(shades->cancel))
        ret = TTM_ERR_CANCELLED;
    if (ret >= 0 && !flat->many) {
        drop_colours(&r);
        ret = check_parts(&r);
        if (ret >= 0)
            ret = join(&r);
        if (ret >= 0)
            measure_colours(&r);
    }
    ttm_parts_free(&r.parts);
    return ret >= 0 && ttm_cancelled(shades->cancel) ? TTM_ERR_CANCELLED : ret;
}
