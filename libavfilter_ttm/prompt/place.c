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

#include "prompt/place.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/parse.h"

int ttm_member_error(const TTMMember *at, const char *member, const char *what)
{
    return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: objects[%d].%s %s",
                    at->origin, at->index, member, what);
}

/* 12, 4.5 or "25%". 0, or TTM_ERR_ARGUMENT or TTM_ERR_MEMORY without a message. */
static int read_length(const TTMJson *json, TTMLength *length)
{
    const char *text = ttm_json_string(json, "");
    char *end;

    if (ttm_json_type(json) == TTM_JSON_NUMBER) {
        *length = (TTMLength){ ttm_json_number(json, 0), 0 };
    } else {
        int ret = ttm_parse_double(text, &end, &length->value);

        if (ret < 0)
            return ret;
        if (end == text || !strchr("-.0123456789", *text) || strcmp(end, "%"))
            return TTM_ERR_ARGUMENT;
        length->percent = 1;
    }
    return length->value >= -1e6 && length->value <= 1e6 ? 0 : TTM_ERR_ARGUMENT;
}

/* A list of two lengths from element @p first on. */
static int read_spot(const TTMJson *list, int first, TTMSpot *spot)
{
    int ret = read_length(ttm_json_at(list, first), &spot->x);

    return ret < 0 ? ret : read_length(ttm_json_at(list, first + 1), &spot->y);
}

/* What is wrong, or that there is no memory. */
static int reject(const TTMMember *at, int ret, const char *member, const char *what)
{
    return ret == TTM_ERR_MEMORY ? ttm_fail(at->log, ret, "out of memory") :
           ttm_member_error(at, member, what);
}

static int is_list(const TTMJson *json, int least, int most)
{
    return ttm_json_type(json) == TTM_JSON_ARRAY && ttm_json_count(json) >= least &&
           ttm_json_count(json) <= most;
}

/* [[x, y], ...]; @p what says what it must be. */
static int read_spots(const TTMMember *at, const char *member, const TTMJson *list,
                      int least, int most, const char *what, TTMSpots *spots)
{
    const int nb = is_list(list, least, most) ? ttm_json_count(list) : 0;

    if (!nb)
        return ttm_member_error(at, member, what);
    spots->spot = ttm_array_alloc((size_t)nb, sizeof(*spots->spot));
    if (!spots->spot)
        return ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
    memset(spots->spot, 0, (size_t)nb * sizeof(*spots->spot));
    for (const TTMJson *item = ttm_json_first(list); item; item = ttm_json_next(item)) {
        int ret = is_list(item, 2, 2) ? read_spot(item, 0, &spots->spot[spots->nb++]) :
                  TTM_ERR_ARGUMENT;

        if (ret < 0)
            return reject(at, ret, member, what);
    }
    return 0;
}

/* "point", a list by itself. */
static int read_point(const TTMMember *at, const TTMJson *json, TTMSpots *spots)
{
    int ret = TTM_ERR_ARGUMENT;

    if (spots->nb)
        return ttm_member_error(at, "point", "comes on top of points: give one of "
                                "the two");
    if (is_list(json, 2, 2)) {
        spots->spot = ttm_array_alloc(1, sizeof(*spots->spot));
        if (!spots->spot)
            return ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
        memset(spots->spot, 0, sizeof(*spots->spot));
        spots->nb = 1;
        ret       = read_spot(json, 0, spots->spot);
    }
    return ret >= 0 ? 0 : reject(at, ret, "point", "must be [x, y] in pixels of the "
                                 "input, or in percent as [\"40%\", \"25%\"]");
}

static int read_box(const TTMMember *at, const TTMJson *json, TTMObjectPlace *place)
{
    int ret = is_list(json, 4, 4) ? read_spot(json, 0, &place->corner) :
              TTM_ERR_ARGUMENT;

    if (ret >= 0)
        ret = read_spot(json, 2, &place->size);
    if (ret < 0)
        return reject(at, ret, "box", "must be [x, y, width, height] in pixels of the "
                      "input, or in percent as [\"10%\", \"20%\", \"30%\", \"40%\"]");
    return place->size.x.value > 0 && place->size.y.value > 0 ? 0 :
           ttm_member_error(at, "box", "must have a width and a height above 0");
}

static int read_colour(const TTMMember *at, const TTMJson *json, unsigned char *rgb)
{
    const char *text = ttm_json_string(json, "");
    unsigned long value;

    if (strlen(text) != 7 || text[0] != '#' ||
        strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return ttm_member_error(at, "color", "must be \"#rrggbb\", the object's "
                                "colour in the masks input");
    value = strtoul(text + 1, NULL, 16);
    if (!value)
        return ttm_member_error(at, "color", "must not be black, which is the "
                                "background");
    rgb[0] = (unsigned char)(value >> 16);
    rgb[1] = (unsigned char)(value >> 8 & 0xff);
    rgb[2] = (unsigned char)(value & 0xff);
    return 0;
}

/* The place is of one kind; points may come on top of a box. */
static int set_kind(const TTMMember *at, TTMObjectPlace *place, const char *key,
                    enum TTMLocate kind)
{
    const int both = (kind == TTM_LOCATE_BOX && place->locate == TTM_LOCATE_POINT) ||
                     (kind == TTM_LOCATE_POINT && place->locate == TTM_LOCATE_BOX);

    if (both || place->locate == kind)
        kind = both ? TTM_LOCATE_BOX : kind;
    else if (place->locate != TTM_LOCATE_WORDS)
        return ttm_member_error(at, key, "comes on top of another place: give one of "
                                "box, point or points, polygon and color; only box and "
                                "points go together");
    place->locate = kind;
    return 0;
}

int ttm_place_read(TTMObjectPlace *place, const TTMMember *at, const char *key,
                   const TTMJson *value)
{
    static const struct {
        const char *key;
        enum TTMLocate kind;
    } members[] = {
        { "box", TTM_LOCATE_BOX }, { "point", TTM_LOCATE_POINT },
        { "points", TTM_LOCATE_POINT }, { "polygon", TTM_LOCATE_POLYGON },
        { "color", TTM_LOCATE_COLOUR }, { "not", TTM_LOCATE_WORDS },
    };
    int i = 0, ret = 0;

    while (i < 6 && strcmp(key, members[i].key))
        i++;
    if (i == 6)
        return 0;
    if (members[i].kind != TTM_LOCATE_WORDS)
        ret = set_kind(at, place, key, members[i].kind);
    if (ret < 0)
        return ret;
    if (!strcmp(key, "box"))
        ret = read_box(at, value, place);
    else if (!strcmp(key, "point"))
        ret = read_point(at, value, &place->on);
    else if (!strcmp(key, "color"))
        ret = read_colour(at, value, place->colour);
    else if (!strcmp(key, "polygon"))
        ret = read_spots(at, key, value, 3, TTM_MAX_CORNERS, "must be a list of 3 to "
                         "4096 corners [x, y]", &place->outline);
    else if (!strcmp(key, "points") && place->on.nb)
        ret = ttm_member_error(at, key, "comes on top of point: give one of the two");
    else
        ret = read_spots(at, key, value, 1, TTM_MAX_POINTS, "must be a list of 1 to 64 "
                         "points [x, y]", *key == 'n' ? &place->off : &place->on);
    return ret < 0 ? ret : 1;
}

int ttm_place_check(const TTMObjectPlace *place, const TTMMember *at)
{
    if (!place->off.nb || place->locate == TTM_LOCATE_BOX ||
        place->locate == TTM_LOCATE_POINT)
        return 0;
    return ttm_member_error(at, "not", "tells what a box or points have too much: give "
                            "one of them");
}

double ttm_length_pixels(TTMLength length, int whole)
{
    return length.percent ? length.value * whole / 100 : length.value;
}

void ttm_place_free(TTMObjectPlace *place)
{
    free(place->on.spot);
    free(place->off.spot);
    free(place->outline.spot);
    memset(place, 0, sizeof(*place));
}
