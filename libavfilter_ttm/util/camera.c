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

#include "util/camera.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/parse.h"

#define PI 3.14159265358979323846

enum Kind { PAN, TILT, ZOOM, SHAKE };

/* The words of moves; the sign says which way. */
static const struct {
    const char *words;
    enum Kind kind;
    int sign;
} moves[] = {
    { "pan left",   PAN,   -1 }, { "pan right", PAN,   1 },
    { "tilt up",    TILT,  -1 }, { "tilt down", TILT,  1 },
    { "zoom in",    ZOOM,   1 }, { "zoom out",  ZOOM, -1 },
    { "push in",    ZOOM,   1 }, { "pull back", ZOOM, -1 },
    { "shake",      SHAKE,  1 },
};

/* Amounts of a kind: how it is written, what it is by itself, and its range. */
static const struct {
    const char *name, *unit;
    double scale, usual, least, most;
} amounts[] = {
    [PAN]   = { "pan",   "%", 100, TTM_CAMERA_PAN,   0.001, TTM_CAMERA_MOST_PAN },
    [TILT]  = { "tilt",  "%", 100, TTM_CAMERA_PAN,   0.001, TTM_CAMERA_MOST_PAN },
    [ZOOM]  = { "zoom",  "",    1, TTM_CAMERA_ZOOM,  1.001, TTM_CAMERA_MOST_ZOOM },
    [SHAKE] = { "shake", "%", 100, TTM_CAMERA_SHAKE, 0.0005, TTM_CAMERA_MOST_SHAKE },
};

static double *value(TTMCamera *camera, enum Kind kind)
{
    return kind == PAN ? &camera->pan : kind == TILT ? &camera->tilt :
           kind == ZOOM ? &camera->zoom : &camera->shake;
}

/* The words of a move at the begin of the item, any blanks between them; what is behind. */
static const char *match(const char *item, const char *words)
{
    for (; *words; words++) {
        if (*words == ' ') {
            if (*item != ' ')
                return NULL;
            item += strspn(item, " ");
        } else if (*item++ != *words) {
            return NULL;
        }
    }
    return *item && *item != ' ' ? NULL : item + strspn(item, " ");
}

/* One move, without blanks around it. */
static int read_move(TTMCamera *camera, const char *item, char *wrong, size_t size)
{
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        const char *behind = match(item, moves[i].words);
        const enum Kind kind = moves[i].kind;
        double number = amounts[kind].usual * amounts[kind].scale;
        double *to = value(camera, kind);

        if (!behind)
            continue;
        if (*behind) {
            char *end = NULL;

            if (ttm_parse_double(behind, &end, &number) < 0) {
                snprintf(wrong, size, "out of memory");
                return TTM_ERR_MEMORY;
            }
            if (end == behind || strcmp(end, amounts[kind].unit) != 0) {
                snprintf(wrong, size, "'%s' is no amount of '%s': write a number%s", behind,
                         moves[i].words, *amounts[kind].unit ? " and %" : "");
                return TTM_ERR_ARGUMENT;
            }
        }
        number /= amounts[kind].scale;
        if (!(number >= amounts[kind].least - 1e-9 && number <= amounts[kind].most + 1e-9)) {
            snprintf(wrong, size, "'%s' is out of range: %s goes from %g%s to %g%s", item,
                     amounts[kind].name, amounts[kind].least * amounts[kind].scale,
                     amounts[kind].unit, amounts[kind].most * amounts[kind].scale,
                     amounts[kind].unit);
            return TTM_ERR_ARGUMENT;
        }
        if (*to != 0) {
            snprintf(wrong, size, "%s is there twice", amounts[kind].name);
            return TTM_ERR_ARGUMENT;
        }
        *to = moves[i].sign * number;
        return 0;
    }
    snprintf(wrong, size, "'%s' is no move: pan left, pan right, tilt up, tilt down, zoom in, "
             "zoom out or shake, joined by '+', or none", item);
    return TTM_ERR_ARGUMENT;
}

int ttm_camera_parse(TTMCamera *camera, const char *text, char *wrong, size_t size)
{
    char item[TTM_CAMERA_TEXT];
    int ret;

    *camera = (TTMCamera){ 0 };
    if (!strcmp(text, "none"))
        return 0;
    for (;;) {
        size_t length, kept;

        text  += strspn(text, " ");
        length = strcspn(text, "+,");
        for (kept = length; kept && text[kept - 1] == ' '; kept--)
            ;
        if (kept >= sizeof(item))
            kept = sizeof(item) - 1;        /* no move is as long */
        memcpy(item, text, kept);
        item[kept] = 0;
        ret = read_move(camera, item, wrong, size);
        if (ret < 0)
            return ret;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

/* Up to three digits behind the point, which it is in every locale. */
static void print_amount(char *text, size_t size, double amount)
{
    const long thousandths = lrint(1000 * amount);
    int length = snprintf(text, size, "%ld.%03ld", thousandths / 1000, thousandths % 1000);

    while (text[length - 1] == '0')
        text[--length] = 0;
    if (text[length - 1] == '.')
        text[--length] = 0;
}

void ttm_camera_format(const TTMCamera *camera, char text[TTM_CAMERA_TEXT])
{
    TTMCamera copy = *camera;
    size_t length = 0;

    *text = 0;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        const enum Kind kind = moves[i].kind;
        const double number = *value(&copy, kind) * moves[i].sign;
        char amount[32];

        if (number <= 0)
            continue;
        *value(&copy, kind) = 0;            /* of moves with two names the first */
        print_amount(amount, sizeof(amount), number * amounts[kind].scale);
        length += (size_t)snprintf(text + length, TTM_CAMERA_TEXT - length, "%s%s %s%s",
                                   length ? "+" : "", moves[i].words, amount,
                                   amounts[kind].unit);
    }
    if (!length)
        snprintf(text, TTM_CAMERA_TEXT, "none");
}

int ttm_camera_moves(const TTMCamera *c)
{
    return c->pan != 0 || c->tilt != 0 || c->zoom != 0 || c->shake != 0;
}

/* Between -1 and 1, three waves that are of no common rhythm, as a hand has them. */
static double tremble(double seconds, double period, int axis)
{
    static const struct { double rate, share, begin[2]; } waves[] = {
        { 1.3, 0.5, { 0.1, 0.6 } }, { 2.9, 0.3, { 0.4, 0.9 } }, { 4.7, 0.2, { 0.7, 0.2 } },
    };
    double sum = 0;

    for (size_t i = 0; i < sizeof(waves) / sizeof(waves[0]); i++) {
        double rate = waves[i].rate;

        if (period > 0)
            rate = fmax(rint(rate * period), 1) / period;
        sum += waves[i].share * sin(2 * PI * (rate * seconds + waves[i].begin[axis]));
    }
    return sum;
}

TTMWindow ttm_camera_window(const TTMCamera *c, double progress, int eased,
                            double seconds, double period)
{
    const double way = eased ? progress : progress * progress * (3 - 2 * progress);
    const double room_x = 1 - fabs(c->pan), room_y = 1 - fabs(c->tilt);
    /* The largest window that has room for the way and the shaking, then the zoom. */
    const double most = fmin(room_x, room_y) * (1 - 2 * c->shake);
    const double zoom = c->zoom > 0 ? pow(c->zoom, -way) :
                        c->zoom < 0 ? pow(-c->zoom, way - 1) : 1;
    TTMWindow w = { .size = most * zoom };
    double centre[2] = { 0.5 + c->pan * (way - 0.5), 0.5 + c->tilt * (way - 0.5) };

    if (c->shake > 0) {
        centre[0] += c->shake * most * tremble(seconds, period, 0);
        centre[1] += c->shake * most * tremble(seconds, period, 1);
    }
    w.x = fmin(fmax(centre[0] - w.size / 2, 0), 1 - w.size);
    w.y = fmin(fmax(centre[1] - w.size / 2, 0), 1 - w.size);
    return w;
}
