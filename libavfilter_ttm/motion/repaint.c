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

/** @file Trajectories as people draw them, in ttm's own colours on black. */

#include "motion/repaint.h"

#include <stdlib.h>
#include <string.h>

#include "util/log.h"
#include "util/mem.h"
#include "util/palette.h"

#define APART   60              ///< RGB distance of colours that noise cannot mix up
#define BLACK   44              ///< of black that is not quite
#define MIXED   40              ///< of a soft edge from the line between two

static double distance2(const uint8_t *a, const uint8_t *b)
{
    double sum = 0;

    for (int c = 0; c < 3; c++)
        sum += ((double)a[c] - b[c]) * ((double)a[c] - b[c]);
    return sum;
}

/* Colour of an object, 0: the background. */
static const uint8_t *colour_of(const TTMPaints *p, int id)
{
    return id ? p->colours[id - 1] : p->background;
}

/* Share of @p b on the way from @p a to it, and the squared distance from it. */
static double share_between(const uint8_t *a, const uint8_t *b,
                            const uint8_t *rgb, double *off2)
{
    double length2 = distance2(a, b), along = 0;

    for (int c = 0; c < 3; c++)
        along += ((double)rgb[c] - a[c]) * ((double)b[c] - a[c]);
    along = length2 > 0 ? along / length2 : 0;
    along = along > 0 ? along < 1 ? along : 1 : 0;
    *off2 = 0;
    for (int c = 0; c < 3; c++) {
        double d = rgb[c] - (a[c] + along * ((double)b[c] - a[c]));

        *off2 += d * d;
    }
    return along;
}

/* Whether an object's colour is a mixture of two others. */
static int is_mixture(const TTMPaints *p, int id)
{
    for (int i = 0; i <= p->objects; i++)
        for (int k = 0; k < i; k++) {
            double off2, share;

            if (i == id || k == id)
                continue;
            share = share_between(colour_of(p, k), colour_of(p, i),
                                  colour_of(p, id), &off2);
            if (share > 0 && share < 1 && off2 < MIXED * MIXED)
                return 1;
        }
    return 0;
}

static int is_near_another(const TTMPaints *p)
{
    for (int i = 0; i <= p->objects; i++)
        for (int k = 0; k < i; k++)
            if (distance2(colour_of(p, i), colour_of(p, k)) < APART * APART)
                return 1;
    return 0;
}

/* Whether all colours are about those that ttm paints with. */
static int is_own(const TTMPaints *p)
{
    for (int i = 1; i <= p->objects; i++) {
        int own = 0;

        for (int id = 1; id <= TTM_MAX_OBJECTS; id++)
            own |= distance2(colour_of(p, i), ttm_object_colour(id)) < 32 * 32;
        if (!own)
            return 0;
    }
    return 1;
}

int ttm_repaint_needed(const TTMPaints *p)
{
    if (distance2(p->background, ttm_object_colour(0)) >= BLACK * BLACK)
        return 1;
    if (is_own(p))
        return 0;
    for (int id = 1; id <= p->objects; id++)
        if (is_mixture(p, id))
            return 1;
    return is_near_another(p);
}

/* Id of the nearest colour, of which one may be left out (-1: none). */
static int nearest(const TTMPaints *p, const uint8_t *rgb, int without)
{
    double least = 4.0 * 255 * 255;
    int best = 0;

    for (int id = 0; id <= p->objects; id++) {
        double d = distance2(rgb, colour_of(p, id));

        if (id != without && d < least) {
            least = d;
            best  = id;
        }
    }
    return best;
}

/* Whether the 3 x 3 around a pixel are all of one object. */
static int is_solid(const uint8_t *ids, int width, int height, int x, int y)
{
    const uint8_t *at = ids + (size_t)y * (size_t)width + (size_t)x;

    if (x < 1 || y < 1 || x + 1 >= width || y + 1 >= height)
        return 0;
    for (int j = -1; j <= 1; j++)
        for (int i = -1; i <= 1; i++)
            if (at[(ptrdiff_t)j * width + i] != *at)
                return 0;
    return 1;
}

/* Take an object's thin rims away, if something remains. */
static void open_object(const TTMPaints *p, const uint8_t *rgb, int width,
                        int height, int id, uint8_t *ids, uint8_t *solid)
{
    int any = 0;

    memset(solid, 0, (size_t)width * (size_t)height);
    for (int y = 0; y < height && !ttm_cancelled(p->cancel); y++)
        for (int x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;

            if (ids[at] != id || !is_solid(ids, width, height, x, y))
                continue;
            any = 1;
            for (int j = -1; j <= 1; j++)
                memset(solid + at + (ptrdiff_t)j * width - 1, 1, 3);
        }
    for (size_t i = 0; any && i < (size_t)width * (size_t)height; i++)
        if (ids[i] == id && !solid[i])
            ids[i] = (uint8_t)nearest(p, rgb + 3 * i, id);
}

/* Object and share of a pixel that may be its edge on the background. */
static int soft_edge(const TTMPaints *p, const uint8_t *rgb, double *share)
{
    double least = MIXED * MIXED;
    int of = -1;

    for (int i = 1; i <= p->objects; i++) {
        double off2, s = share_between(p->background, colour_of(p, i), rgb,
                                       &off2);

        if (off2 >= least)
            continue;
        least  = off2;
        of     = i;
        *share = s;
    }
    return of;
}

static void paint(int id, double share, uint8_t *out)
{
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(share * ttm_object_colour(id)[c] + 0.5);
}

/* Colours of which none is mixed of others: edges tell how much there is. */
static void repaint_soft(const TTMPaints *p, const uint8_t *rgb, size_t pixels,
                         uint8_t *out)
{
    for (size_t i = 0; i < pixels; i++) {
        double share = 1;
        int id = soft_edge(p, rgb + 3 * i, &share);

        paint(id < 0 ? nearest(p, rgb + 3 * i, -1) : id, share, out + 3 * i);
    }
}

int ttm_repaint(const TTMPaints *p, const uint8_t *rgb, int width, int height,
                uint8_t *out)
{
    const size_t pixels = (size_t)width * (size_t)height;
    const size_t row = 3 * (size_t)width;
    uint8_t *ids, *solid;
    int mixed = is_near_another(p);

    for (int id = 1; id <= p->objects; id++)
        mixed |= is_mixture(p, id);
    if (!mixed) {
        for (int y = 0; y < height && !ttm_cancelled(p->cancel); y++)
            repaint_soft(p, rgb + (size_t)y * row, (size_t)width,
                         out + (size_t)y * row);
        return ttm_cancelled(p->cancel) ? TTM_ERR_CANCELLED : 0;
    }
    ids   = ttm_array_alloc(pixels, 1);
    solid = ttm_array_alloc(pixels, 1);
    if (!ids || !solid) {
        free(ids);
        free(solid);
        return TTM_ERR_MEMORY;
    }
    for (size_t i = 0; i < pixels; i++) {
        if (i % (size_t)width == 0 && ttm_cancelled(p->cancel))
            break;
        ids[i] = (uint8_t)nearest(p, rgb + 3 * i, -1);
    }
    for (int id = 1; id <= p->objects; id++)
        if (is_mixture(p, id))
            open_object(p, rgb, width, height, id, ids, solid);
    for (size_t i = 0; i < pixels; i++)
        paint(ids[i], 1, out + 3 * i);
    free(ids);
    free(solid);
    return ttm_cancelled(p->cancel) ? TTM_ERR_CANCELLED : 0;
}
