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

/** @file Objects of a picture made visible: outlines, boxes and points drawn into it. */

#include "render/marks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/image.h"
#include "util/mem.h"
#include "util/palette.h"

#define UNITS       220         /* of a pen, in the shorter side */
#define DIM         0.45f       /* what is left of the light of the background */
#define TINT        0.12f       /* of an object, by its colour */
#define RIM         0.8f        /* of a line beside an outline, how far it covers */
#define DARK        0.28f       /* colours below stand out from white, not from black */
#define DASH        7           /* in thicknesses: of a stroke, and the gap behind it */
#define GAP         4
#define ARM         4           /* of a cross, in units */

/* Of a pixel: its way to the border of its object, in thirds of a pixel, and two marks. */
#define STRAIGHT    3
#define SLANTED     4
#define FARTHEST    0x3fff
#define IS_GAP      0x4000      /* nearest to a gap of a dashed outline */
#define IS_DONE     0x8000      /* its upper edge was followed */

static const uint8_t black[3] = { 0, 0, 0 }, white[3] = { 255, 255, 255 };

TTMPen ttm_pen(int width, int height, double aspect)
{
    const double unit = fmax(1, round(fmin(width * aspect, height) / UNITS));

    return (TTMPen){ (int)fmax(1, round(unit / aspect)), (int)unit };
}

int ttm_pen_thickness(TTMPen pen)
{
    return (3 * (pen.x + pen.y) + 2) / 4;
}

float ttm_marks_light(const uint8_t colour[3])
{
    return (0.299f * (float)colour[0] + 0.587f * (float)colour[1] +
            0.114f * (float)colour[2]) / 255;
}

/* Black or white, whichever a colour stands out from. */
static const uint8_t *contrast(const uint8_t colour[3])
{
    return ttm_marks_light(colour) < DARK ? white : black;
}

static void mix(TTMImage *image, int x, int y, const uint8_t colour[3], float share)
{
    float rgb[3];

    ttm_image_pixel(image, x, y, rgb);
    for (int c = 0; c < 3; c++)
        rgb[c] += share * ((float)colour[c] / 255 - rgb[c]);
    ttm_image_set_pixel(image, x, y, rgb);
}

void ttm_marks_fill(TTMImage *image, const int box[4], const uint8_t colour[3],
                    float share)
{
    const int x0 = box[0] > 0 ? box[0] : 0, y0 = box[1] > 0 ? box[1] : 0;
    const int x1 = box[2] < image->width ? box[2] : image->width;
    const int y1 = box[3] < image->height ? box[3] : image->height;

    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            mix(image, x, y, colour, share);
}

/** The ids of a picture and the ways of their pixels to the borders. */
typedef struct Borders {
    const uint8_t *ids;
    uint16_t *ways;             ///< [height, width]
    int width, height;
} Borders;

static size_t index_of(const Borders *b, int x, int y)
{
    return (size_t)y * (size_t)b->width + (size_t)x;
}

static int is_id(const Borders *b, int x, int y, int id)
{
    return x >= 0 && y >= 0 && x < b->width && y < b->height &&
           b->ids[index_of(b, x, y)] == id;
}

/* Whether a pixel has a side at a border; that of the picture is none of the background's. */
static int is_at_border(const Borders *b, int x, int y)
{
    const uint8_t *at = b->ids + index_of(b, x, y);

    if (!*at)
        return (x && at[-1]) || (x + 1 < b->width && at[1]) ||
               (y && at[-b->width]) || (y + 1 < b->height && at[b->width]);
    return !is_id(b, x - 1, y, *at) || !is_id(b, x + 1, y, *at) ||
           !is_id(b, x, y - 1, *at) || !is_id(b, x, y + 1, *at);
}

/*
 * Follow a border of an object, which lies on the right, from the upper edge of the pixel
 * at (@p x, @p y) until that edge comes again, and mark the gaps.
 */
static void follow(const Borders *b, int x, int y, int thickness)
{
    /* east, south, west, north; from a corner, where the pixels right and left lie */
    static const int step[4][2] = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } };
    static const int right[4][2] = { { 0, 0 }, { -1, 0 }, { -1, -1 }, { 0, -1 } };
    static const int left[4][2] = { { 0, -1 }, { 0, 0 }, { -1, 0 }, { -1, -1 } };
    const int id = b->ids[index_of(b, x, y)];
    const int period = (DASH + GAP) * thickness;
    int way = 0;

    for (int length = 0;; length = (length + 1) % period) {
        uint16_t *at = b->ways + index_of(b, x + right[way][0], y + right[way][1]);

        if (way == 0 && *at & IS_DONE)
            return;
        *at |= (uint16_t)((way == 0 ? IS_DONE : 0) |
                          (length >= DASH * thickness ? IS_GAP : 0));
        x += step[way][0];
        y += step[way][1];
        if (!is_id(b, x + right[way][0], y + right[way][1], id))
            way = (way + 1) % 4;
        else if (is_id(b, x + left[way][0], y + left[way][1], id))
            way = (way + 3) % 4;
    }
}

/* Marks at the borders of the objects that are not sure. */
static void make_gaps(const Borders *b, uint32_t unsure, int thickness, TTMCancel *cancel)
{
    for (int y = 0; unsure && y < b->height && !ttm_cancelled(cancel); y++)
        for (int x = 0; x < b->width; x++) {
            const size_t i = index_of(b, x, y);
            const int id = b->ids[i];

            if (id && unsure >> (id - 1) & 1 && !(b->ways[i] & IS_DONE) &&
                !is_id(b, x, y - 1, id))
                follow(b, x, y, thickness);
        }
}

/* The way by a neighbour, where that is of the same object, and nearer. */
static void relax(const Borders *b, int x, int y, int dx, int dy)
{
    uint16_t *at = b->ways + index_of(b, x, y);
    const int id = b->ids[index_of(b, x, y)];
    uint16_t other;
    int way;

    if (!is_id(b, x + dx, y + dy, id))
        return;
    other = b->ways[index_of(b, x + dx, y + dy)];
    way   = (other & FARTHEST) + (dx && dy ? SLANTED : STRAIGHT);
    if (way < (*at & FARTHEST))
        *at = (uint16_t)(way | (other & IS_GAP));
}

/* Ways of all pixels, by two passes over them (Borgefors 1986). */
static void measure(const Borders *b, TTMCancel *cancel)
{
    for (int y = 0; y < b->height && !ttm_cancelled(cancel); y++)
        for (int x = 0; x < b->width; x++) {
            uint16_t *at = b->ways + index_of(b, x, y);

            if (is_at_border(b, x, y)) {
                *at = (uint16_t)(STRAIGHT | (*at & IS_GAP));
                continue;
            }
            *at = FARTHEST;
            relax(b, x, y, -1, 0);
            relax(b, x, y, -1, -1);
            relax(b, x, y, 0, -1);
            relax(b, x, y, 1, -1);
        }
    for (int y = b->height - 1; y >= 0 && !ttm_cancelled(cancel); y--)
        for (int x = b->width - 1; x >= 0; x--) {
            relax(b, x, y, 1, 0);
            relax(b, x, y, 1, 1);
            relax(b, x, y, 0, 1);
            relax(b, x, y, -1, 1);
        }
}

/* The colour of the line beside an object, at a pixel of the background within reach. */
static const uint8_t *rim_colour(const Borders *b, int x, int y, int reach)
{
    int nearest = 2 * reach * reach + 1, id = 0;

    for (int dy = -reach; dy <= reach; dy++)
        for (int dx = -reach; dx <= reach; dx++) {
            const int far = dx * dx + dy * dy;

            if (far < nearest && x + dx >= 0 && y + dy >= 0 && x + dx < b->width &&
                y + dy < b->height && b->ids[index_of(b, x + dx, y + dy)]) {
                nearest = far;
                id      = b->ids[index_of(b, x + dx, y + dy)];
            }
        }
    return contrast(ttm_object_colour(id));
}

int ttm_marks_objects(TTMImage *image, const uint8_t *ids, uint32_t unsure, TTMPen pen,
                      TTMCancel *cancel)
{
    const int thickness = ttm_pen_thickness(pen), rim = (thickness + 1) / 2;
    Borders b = { ids, NULL, image->width, image->height };

    b.ways = ttm_array_alloc((size_t)b.width * (size_t)b.height, sizeof(*b.ways));
    if (!b.ways)
        return TTM_ERR_MEMORY;
    make_gaps(&b, unsure, thickness, cancel);
    measure(&b, cancel);
    for (int y = 0; y < b.height && !ttm_cancelled(cancel); y++)
        for (int x = 0; x < b.width; x++) {
            const uint16_t way = b.ways[index_of(&b, x, y)];
            const int id = ids[index_of(&b, x, y)];

            if (!id) {
                mix(image, x, y, black, 1 - DIM);
                if ((way & FARTHEST) <= STRAIGHT * rim)
                    mix(image, x, y, rim_colour(&b, x, y, rim), RIM);
            } else {
                mix(image, x, y, ttm_object_colour(id),
                    (way & FARTHEST) <= STRAIGHT * thickness && !(way & IS_GAP) ? 1 : TINT);
            }
        }
    free(b.ways);
    return ttm_cancelled(cancel) ? TTM_ERR_CANCELLED : 0;
}

/* The four sides of a frame, so thick across and down, inside of @p box. */
static void draw_frame(TTMImage *image, const int box[4], int thick_x, int thick_y,
                       const uint8_t colour[3])
{
    const int inner_x0 = box[0] + thick_x < box[2] ? box[0] + thick_x : box[2];
    const int inner_x1 = box[2] - thick_x > inner_x0 ? box[2] - thick_x : inner_x0;
    const int inner_y0 = box[1] + thick_y < box[3] ? box[1] + thick_y : box[3];
    const int inner_y1 = box[3] - thick_y > inner_y0 ? box[3] - thick_y : inner_y0;
    const int sides[4][4] = {
        { box[0], box[1], box[2], inner_y0 }, { box[0], inner_y1, box[2], box[3] },
        { box[0], inner_y0, inner_x0, inner_y1 }, { inner_x1, inner_y0, box[2], inner_y1 },
    };

    for (int i = 0; i < 4; i++)
        ttm_marks_fill(image, sides[i], colour, 1);
}

void ttm_marks_box(TTMImage *image, const int box[4], int id, TTMPen pen)
{
    const uint8_t *colour = ttm_object_colour(id);
    const int x = (pen.x + 1) / 2, y = (pen.y + 1) / 2;
    const int inner[4] = { box[0] + x, box[1] + y, box[2] - x, box[3] - y };

    if (inner[2] > inner[0] && inner[3] > inner[1])
        draw_frame(image, inner, x, y, contrast(colour));
    draw_frame(image, box, x, y, colour);
}

void ttm_marks_point_box(int x, int y, TTMPen pen, int box[4])
{
    /* from its middle to the end of the thicker cross, in halves of a pixel */
    const int across = (2 * ARM + 3) * pen.x, down = (2 * ARM + 3) * pen.y;

    box[0] = x + 1 - (across + 1) / 2;
    box[1] = y + 1 - (down + 1) / 2;
    box[2] = x + 1 + across / 2;
    box[3] = y + 1 + down / 2;
}

/* A rectangle around a place of a stroke. */
static void dab(TTMImage *image, double x, double y, double half_x, double half_y,
                const uint8_t colour[3])
{
    const int box[4] = { (int)floor(x - half_x + 0.5), (int)floor(y - half_y + 0.5),
                         (int)floor(x + half_x + 0.5), (int)floor(y + half_y + 0.5) };

    ttm_marks_fill(image, box, colour, 1);
}

/* A cross whose strokes are so many units thicker on each side. */
static void draw_cross(TTMImage *image, int x, int y, int off, TTMPen pen, double grown,
                       const uint8_t colour[3])
{
    const double half_x = pen.x * (0.5 + grown), half_y = pen.y * (0.5 + grown);
    const int steps = off ? ARM * (pen.x > pen.y ? pen.x : pen.y) : 0;

    if (!off) {
        dab(image, x + 0.5, y + 0.5, half_x + ARM * pen.x, half_y, colour);
        dab(image, x + 0.5, y + 0.5, half_x, half_y + ARM * pen.y, colour);
    }
    for (int i = -steps; off && i <= steps; i++) {
        const double dx = (double)i * 0.8 * ARM * pen.x / steps;
        const double dy = (double)i * 0.8 * ARM * pen.y / steps;

        dab(image, x + 0.5 + dx, y + 0.5 + dy, half_x, half_y, colour);
        dab(image, x + 0.5 + dx, y + 0.5 - dy, half_x, half_y, colour);
    }
}

void ttm_marks_point(TTMImage *image, int x, int y, int off, int id, TTMPen pen)
{
    const uint8_t *colour = ttm_object_colour(id);

    draw_cross(image, x, y, off, pen, 1, contrast(colour));
    draw_cross(image, x, y, off, pen, 0, colour);
}
