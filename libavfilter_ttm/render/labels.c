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

/** @file Numbers and names beside the objects of a picture. */

#include "render/labels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/glyphs.h"
#include "util/mem.h"

/* In units of the pen. */
#define PAD         2           /* beside text, and above it */
#define FOOT        1           /* below it: few letters hang as far down */
#define GAP         2           /* between a label and its object */
#define MARGIN      1           /* between a label and the picture's border */
#define LONGEST     180         /* of a name */
#define HEIGHT      (PAD + TTM_GLYPH_ROWS + FOOT)

#define DOTS        "..."
#define PLATE       0.75f       /* how far the ground of a name covers the picture */
#define LIGHT       0.5f        /* from here on a colour has black text on it */

/* What a place costs, a share of the label that lies on something, or a line of way. */
#define ON_LABEL    100
#define ON_MARK     5
#define ON_OTHER    2
#define ON_OWN      1
#define FAR         0.2
#define LATER       0.01        /* places are tried from the best on */

#define SAMPLES_X   12          /* of the ids below a place */
#define SAMPLES_Y   4

static void number_of(const TTMLabel *l, char text[8])
{
    snprintf(text, 8, "%d", l->id);
}

/* Columns of text on its own ground, with what is beside it. */
static int padded(int columns)
{
    return 2 * PAD + columns;
}

/* Sets how much of the name is shown; returns the columns of the label, or 0. */
static int fit_name(TTMLabel *l, int room)
{
    char number[8];
    int fixed, left;

    number_of(l, number);
    fixed = padded(ttm_glyphs_columns(number)) +
            (l->sure ? 0 : padded(ttm_glyphs_columns("?")));
    if (fixed > room)
        return 0;
    left = room - fixed - padded(0);
    left = left < LONGEST ? left : LONGEST;
    l->columns = ttm_glyphs_columns(l->name);
    if (l->columns > left) {
        const int dots = ttm_glyphs_columns(DOTS) + 1;

        /* as much as goes in before the dots, if anything does */
        l->columns = left > dots && ttm_glyphs_fit(l->name, left - dots) ? left : 0;
    }
    return fixed + (l->columns ? padded(l->columns) : 0);
}

static double overlap(const int a[4], const int b[4])
{
    const int x0 = a[0] > b[0] ? a[0] : b[0], y0 = a[1] > b[1] ? a[1] : b[1];
    const int x1 = a[2] < b[2] ? a[2] : b[2], y1 = a[3] < b[3] ? a[3] : b[3];

    return x1 > x0 && y1 > y0 ? (double)(x1 - x0) * (y1 - y0) : 0;
}

/* How far apart two rectangles are, in pixels, across or down. */
static double apart(const int a[4], const int b[4])
{
    const double x = fmax(0, fmax(a[0] - b[2], b[0] - a[2]));
    const double y = fmax(0, fmax(a[1] - b[3], b[1] - a[3]));

    return hypot(x, y);
}

/* What it costs to lie on objects. */
static double cost_of_ids(const TTMLabelled *on, const int place[4], int id)
{
    double cost = 0;

    for (int i = 0; i < SAMPLES_X * SAMPLES_Y; i++) {
        const int x = place[0] + (2 * (i % SAMPLES_X) + 1) * (place[2] - place[0]) /
                      (2 * SAMPLES_X);
        const int y = place[1] + (2 * (i / SAMPLES_X) + 1) * (place[3] - place[1]) /
                      (2 * SAMPLES_Y);
        const int below = on->ids[(size_t)y * (size_t)on->width + (size_t)x];

        cost += !below ? 0 : below == id ? ON_OWN : ON_OTHER;
    }
    return cost / (SAMPLES_X * SAMPLES_Y);
}

static double cost_of(const TTMLabelled *on, const TTMLabel *labels, int index,
                      const int place[4])
{
    const double area = (double)(place[2] - place[0]) * (place[3] - place[1]);
    const TTMLabel *l = &labels[index];
    double cost = cost_of_ids(on, place, l->id) +
                  FAR * apart(place, l->box) / (place[3] - place[1]);

    for (int i = 0; i < index; i++)
        cost += ON_LABEL * overlap(place, labels[i].place) / area;
    for (int i = 0; i < on->nb_avoid; i++)
        cost += ON_MARK * overlap(place, on->avoid[i]) / area;
    return cost;
}

/* Middle of an object's pixels in a row, or of its box where it has none. */
static int middle_of_row(const TTMLabelled *on, const TTMLabel *l, int y)
{
    int64_t sum = 0, count = 0;

    for (int x = l->box[0]; y >= 0 && y < on->height && x < l->box[2]; x++)
        if (x >= 0 && x < on->width &&
            on->ids[(size_t)y * (size_t)on->width + (size_t)x] == l->id) {
            sum += x;
            count++;
        }
    return count ? (int)(sum / count) : (l->box[0] + l->box[2]) / 2;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/** The best place so far of a label of a size. */
typedef struct Search {
    const TTMLabelled *on;
    TTMLabel *labels;
    int index, width, height;
    int tried;
    double best;
} Search;

/* Try the place with its upper left corner there, or as near as the border leaves it. */
static void try_place(Search *s, int x, int y)
{
    const TTMLabelled *on = s->on;
    const int margin_x = MARGIN * on->pen.x, margin_y = MARGIN * on->pen.y;
    int place[4];
    double cost;

    place[0] = clamp(x, margin_x, on->width - margin_x - s->width);
    place[1] = clamp(y, margin_y, on->height - margin_y - s->height);
    place[2] = place[0] + s->width;
    place[3] = place[1] + s->height;
    cost = cost_of(on, s->labels, s->index, place) + LATER * s->tried++;
    if (s->best >= 0 && cost >= s->best)
        return;
    s->best = cost;
    memcpy(s->labels[s->index].place, place, sizeof(place));
}

/* Beside the object, in it, and, where these are taken, anywhere. */
static void place_label(Search *s)
{
    const TTMLabel *l = &s->labels[s->index];
    const int gap_x = GAP * s->on->pen.x, gap_y = GAP * s->on->pen.y;
    const int *box = l->box, w = s->width, h = s->height;
    const int top = middle_of_row(s->on, l, box[1]);
    const int foot = middle_of_row(s->on, l, box[3] - 1);
    const int around[][2] = {
        { top - w / 2, box[1] - gap_y - h }, { box[0], box[1] - gap_y - h },
        { foot - w / 2, box[3] + gap_y }, { box[0], box[3] + gap_y },
        { box[2] + gap_x, box[1] }, { box[2] + gap_x, (box[1] + box[3] - h) / 2 },
        { box[0] - gap_x - w, box[1] }, { box[0] - gap_x - w, (box[1] + box[3] - h) / 2 },
        { box[2] - w, box[1] - gap_y - h }, { box[2] - w, box[3] + gap_y },
        { box[0] + 2 * gap_x, box[1] + 2 * gap_y },
        { (box[0] + box[2] - w) / 2, (box[1] + box[3] - h) / 2 },
    };

    s->tried = 0;
    s->best  = -1;
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
        try_place(s, around[i][0], around[i][1]);
    for (int y = 0; y < s->on->height; y += h)
        for (int x = 0; x < s->on->width; x += (w + 1) / 2) {
            s->tried = (int)(sizeof(around) / sizeof(around[0]));
            try_place(s, x, y);
        }
}

void ttm_labels_place(const TTMLabelled *on, TTMLabel *labels, int nb)
{
    const int room = on->width / on->pen.x - 2 * MARGIN;
    Search s = { .on = on, .labels = labels };

    for (int i = 0; i < nb; i++) {
        const int columns = fit_name(&labels[i], room);

        memset(labels[i].place, 0, sizeof(labels[i].place));
        if (!columns || on->height / on->pen.y < HEIGHT + 2 * MARGIN)
            continue;
        s.index  = i;
        s.width  = columns * on->pen.x;
        s.height = HEIGHT * on->pen.y;
        place_label(&s);
    }
}

/* One ground with its text; returns where the next one begins. */
static int draw_part(TTMImage *image, const int place[4], int x, TTMPen pen,
                     const char *text, const uint8_t *ground, float share,
                     const uint8_t *colour)
{
    const int columns = ttm_glyphs_columns(text);
    const int box[4] = { x, place[1], x + padded(columns) * pen.x, place[3] };
    const TTMTextPlane cover = {
        ttm_array_alloc((size_t)columns * (size_t)pen.x,
                        TTM_GLYPH_ROWS * (size_t)pen.y),
        columns * pen.x, TTM_GLYPH_ROWS * pen.y
    };

    if (!cover.pixels)
        return TTM_ERR_MEMORY;
    ttm_marks_fill(image, box, ground, share);
    ttm_glyphs_draw(&cover, text, 0, 0, pen.x, pen.y);
    for (int i = 0; i < cover.width * cover.height; i++) {
        const int at_x = x + PAD * pen.x + i % cover.width;
        const int at_y = place[1] + PAD * pen.y + i / cover.width;
        const int at[4] = { at_x, at_y, at_x + 1, at_y + 1 };

        if (cover.pixels[i])
            ttm_marks_fill(image, at, colour, (float)cover.pixels[i] / 255);
    }
    free(cover.pixels);
    return box[2];
}

int ttm_label_draw(TTMImage *image, const TTMLabel *l, TTMPen pen)
{
    static const uint8_t black[3] = { 0, 0, 0 }, white[3] = { 255, 255, 255 };
    const uint8_t *colour = ttm_object_colour(l->id);
    const uint8_t *on_colour = ttm_marks_light(colour) < LIGHT ? white : black;
    char number[8], *name;
    int x = l->place[0];

    if (l->place[2] <= l->place[0])
        return 0;
    number_of(l, number);
    x = draw_part(image, l->place, x, pen, number, colour, 1, on_colour);
    if (x >= 0 && l->columns) {
        const int whole = ttm_glyphs_columns(l->name) <= l->columns;
        const int dots = whole ? 0 : ttm_glyphs_columns(DOTS) + 1;

        name = ttm_asprintf("%.*s%s", (int)ttm_glyphs_fit(l->name, l->columns - dots),
                            l->name, whole ? "" : DOTS);
        x = name ? draw_part(image, l->place, x, pen, name, black, PLATE, white) :
            TTM_ERR_MEMORY;
        free(name);
    }
    if (x >= 0 && !l->sure)
        x = draw_part(image, l->place, x, pen, "?", colour, 1, on_colour);
    return x < 0 ? x : 0;
}
