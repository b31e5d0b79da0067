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

/** @file The flat colours that a picture of masks was painted with. */

#include "segment/flat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define CANDIDATES      256     ///< exact colours that are looked at
#define FEW             48      ///< more in a picture with noise are noise
#define PALETTE         64      ///< shades of a picture that is not noisy
#define PHOTOGRAPH      100000  ///< shades of what is no masks, most of them thin
#define NOISY_MOST      32      ///< colours of a noisy picture
#define MIXED           40      ///< RGB distance of a soft edge from the line
#define WINDOW          2       ///< a pixel and so many around it on each side
#define FLAT_RANGE      24      ///< of a channel in the window of a flat pixel
#define PEAK            8       ///< RGB distance around a peak
#define BAND            24      ///< a soft edge's shade is no wider, in pixels
#define EXACT_LEAST     9       ///< pixels
#define NOISY_LEAST     25
#define LEAST_SHARE     100000  ///< of the picture, one in so many

int ttm_flat_nearest(const TTMFlat *flat, const int *rgb, int *distance2)
{
    int best = 0;

    *distance2 = 4 * 255 * 255;
    for (int i = 0; i < flat->nb; i++) {
        int d = ttm_shade_distance2(rgb, flat->colour[i].rgb);

        if (d < *distance2) {
            *distance2 = d;
            best = i;
        }
    }
    return best;
}

int ttm_flat_is_mixture(const TTMFlat *flat, const int *rgb)
{
    for (int i = 1; i < flat->nb; i++) {
        for (int k = 0; k < i; k++) {
            const int *a = flat->colour[i].rgb, *b = flat->colour[k].rgb;
            double length2 = ttm_shade_distance2(a, b), along = 0, off = 0;

            for (int c = 0; c < 3; c++)
                along += (double)(rgb[c] - b[c]) * (a[c] - b[c]);
            along /= length2;
            for (int c = 0; c < 3; c++) {
                double d = rgb[c] - (b[c] + along * (a[c] - b[c]));

                off += d * d;
            }
            if (along > 0 && along < 1 && off < MIXED * MIXED)
                return 1;
        }
    }
    return 0;
}

int64_t ttm_flat_least(const TTMFlatColour *colour, int width, int height)
{
    int64_t least = (int64_t)width * height / LEAST_SHARE;
    int64_t pixels = colour->exact ? EXACT_LEAST : NOISY_LEAST;

    return colour->claimed ? 1 : least > pixels ? least : pixels;
}

/* Add a colour unless it is there. */
static void add_colour(TTMFlat *flat, const int *rgb, int exact)
{
    TTMFlatColour *c = &flat->colour[flat->nb];
    int d;

    ttm_flat_nearest(flat, rgb, &d);
    if (!d)
        return;
    if (flat->nb == TTM_FLAT_MAX) {
        flat->many = 1;
        return;
    }
    memset(c, 0, sizeof(*c));
    memcpy(c->rgb, rgb, sizeof(c->rgb));
    c->exact = exact;
    flat->nb++;
}

static int compare_shades(const void *a, const void *b)
{
    const TTMShade *x = *(const TTMShade *const *)a;
    const TTMShade *y = *(const TTMShade *const *)b;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return memcmp(x->rgb, y->rgb, sizeof(x->rgb));
}

int ttm_flat_is_thin(const TTMShade *shade)
{
    return 5 * shade->core < shade->count;
}

/* A band between one that is hardly darker and one hardly lighter. */
static int is_ramp(const TTMShade *s)
{
    return 20 * s->lower >= 7 * s->rim && 20 * s->higher >= 7 * s->rim &&
           2 * s->count <= BAND * s->rim;
}

/* Whether there is hardly any noise around a shade. */
static int is_clean(const TTMShades *shades, const TTMShade *s, int distance2)
{
    int reach = distance2 > TTM_SHADES_STEP * TTM_SHADES_STEP ? distance2 :
                TTM_SHADES_STEP * TTM_SHADES_STEP;
    int64_t noise = 0;

    for (int i = 0; i < shades->nb; i++) {
        const TTMShade *other = &shades->list[i];

        if (other != s && ttm_flat_is_thin(other) &&
            ttm_shade_distance2(other->rgb, s->rgb) <= reach)
            noise += other->count;
    }
    return 20 * noise <= 3 * s->count;
}

/* How exact the colours of a picture are. */
typedef struct Exactness {
    int pure;                   /* there is hardly any noise, nor a soft edge */
    int palette;                /* or there are few colours */
    int any;                    /* or some */
    int none;                   /* it is a photograph */
} Exactness;

/* Shades that are not thin into @p list, the most frequent first; their number. */
static int find_candidates(const TTMShades *shades, const TTMShade **list,
                           Exactness *e)
{
    int64_t pixels = 0, thin = 0, most = 0;
    int nb = 0;

    for (int i = 0; i < shades->nb; i++) {
        const TTMShade *s = &shades->list[i];

        pixels += s->count;
        most = s->count > most ? s->count : most;
        if (ttm_flat_is_thin(s))
            thin += s->count;
        else if (s->count >= EXACT_LEAST)
            list[nb++] = s;
    }
    qsort(list, (size_t)nb, sizeof(*list), compare_shades);
    e->pure    = 500 * thin <= pixels - most;
    e->palette = e->pure || shades->nb <= PALETTE;
    e->any     = e->pure || nb <= FEW;
    e->none    = shades->nb > PHOTOGRAPH && 2 * thin > pixels;
    return nb;
}

/*
 * Colours that come as exactly one colour. Blocks of a codec are level too, but
 * of many colours, and with noise between them.
 */
static int find_exact(TTMFlat *flat, const TTMShades *shades, Exactness *e)
{
    const TTMShade **list = ttm_array_alloc((size_t)shades->nb,
                                            sizeof(*list));
    int nb;

    if (!list)
        return TTM_ERR_MEMORY;
    nb = find_candidates(shades, list, e);
    flat->many = e->none;
    for (int i = 0; i < nb && i < CANDIDATES && !flat->many; i++) {
        const TTMShade *s = list[i];
        int near, reach, clean;

        ttm_flat_nearest(flat, s->rgb, &near);
        reach = near < TTM_FLAT_APART * TTM_FLAT_APART ? near : 0;
        clean = e->pure ||
                (e->any && !is_ramp(s) && is_clean(shades, s, reach) &&
                 (e->palette || near >= TTM_FLAT_NOISE * TTM_FLAT_NOISE));
        if (clean || (near >= TTM_FLAT_APART * TTM_FLAT_APART &&
                      !ttm_flat_is_mixture(flat, s->rgb)))
            add_colour(flat, s->rgb, clean);
    }
    free(list);
    return 0;
}

/* Squared distance from a shade to the nearest flat colour. */
static int distance_to(const TTMFlat *flat, const TTMShade *s)
{
    int d;

    ttm_flat_nearest(flat, s->rgb, &d);
    return d;
}

/* Mean of what was chosen within a distance of a colour; its weight. */
static int64_t mean_chosen(const TTMShades *shades, const int *around,
                           int reach, int *rgb)
{
    double sum[3] = { 0 };
    int64_t total = 0;

    for (int i = 0; i < shades->nb; i++) {
        const TTMShade *s = &shades->list[i];

        if (!s->chosen ||
            ttm_shade_distance2(s->rgb, around) > reach * reach)
            continue;
        total += s->chosen;
        for (int c = 0; c < 3; c++)
            sum[c] += (double)s->chosen * s->rgb[c];
    }
    for (int c = 0; c < 3 && total; c++)
        rgb[c] = (int)(sum[c] / (double)total + 0.5);
    return total;
}

/* Pixels of the border as chosen. */
static int64_t choose_border(TTMShades *shades, const TTMImage *image,
                             int *row)
{
    for (int i = 0; i < shades->nb; i++)
        shades->list[i].chosen = 0;
    for (int y = 0; y < image->height && !ttm_cancelled(shades->cancel); y++) {
        int step = y == 0 || y + 1 == image->height || image->width < 2 ? 1 :
                   image->width - 1;

        ttm_shades_row(shades, image, y, row);
        for (int x = 0; x < image->width; x += step)
            shades->list[row[x]].chosen++;
    }
    return 2 * ((int64_t)image->width + image->height) - 4;
}

/* Make colour @p index the first. */
static void put_first(TTMFlat *flat, int index)
{
    TTMFlatColour other = flat->colour[0];

    flat->colour[0] = flat->colour[index];
    flat->colour[index] = other;
}

static int is_claimed(const int *rgb, const uint8_t (*claimed)[3], int nb)
{
    for (int i = 0; i < nb; i++) {
        const int wanted[3] = { claimed[i][0], claimed[i][1], claimed[i][2] };

        if (ttm_shade_distance2(rgb, wanted) <
            TTM_FLAT_APART * TTM_FLAT_APART)
            return 1;
    }
    return 0;
}

/* Index of the darkest colour that counts as black, or -1. */
static int find_black(const TTMFlat *flat)
{
    const int black[3] = { 0 };
    int best = -1, least = TTM_FLAT_BLACK * TTM_FLAT_BLACK;

    for (int i = 0; i < flat->nb; i++) {
        int d = ttm_shade_distance2(flat->colour[i].rgb, black);

        if (d < least) {
            least = d;
            best  = i;
        }
    }
    return best;
}

/* A noisy picture's border: the colour of most of it, or black. */
static void add_border(TTMFlat *flat, TTMShades *shades, int64_t border)
{
    const int black[3] = { 0 };
    int rgb[3] = { 0 }, most[3] = { 0 };
    int64_t dark = mean_chosen(shades, black, TTM_FLAT_BLACK, rgb), best = 0;

    if (100 * dark < border) {
        for (int i = 0; i < shades->nb && i < 4096 && !ttm_cancelled(shades->cancel);
             i++) {
            int mean[3];
            int64_t around;

            if (!shades->list[i].chosen)
                continue;
            around = mean_chosen(shades, shades->list[i].rgb,
                                 TTM_FLAT_APART, mean);
            if (around > best) {
                best = around;
                memcpy(most, mean, sizeof(most));
            }
        }
        if (5 * best >= 3 * border)
            memcpy(rgb, most, sizeof(rgb));
    }
    add_colour(flat, rgb, 0);
}

/* Which colour is the background: it comes first. */
static void choose_background(TTMFlat *flat, TTMShades *shades,
                              int64_t border, const uint8_t (*claimed)[3],
                              int nb_claimed)
{
    int64_t share[TTM_FLAT_MAX] = { 0 }, explained = 0;
    int black = find_black(flat), most = 0;

    for (int i = 0; i < shades->nb && flat->nb; i++) {
        const TTMShade *s = &shades->list[i];
        int d, at = ttm_flat_nearest(flat, s->rgb, &d);

        if (d >= TTM_FLAT_APART * TTM_FLAT_APART)
            continue;
        share[at] += s->chosen;
        explained += s->chosen;
    }
    for (int i = 0; i < flat->nb; i++)
        if (share[i] > share[most])
            most = i;
    if (2 * explained < border && black < 0) {
        int nb = flat->nb;

        add_border(flat, shades, border);
        if (flat->nb > nb)
            put_first(flat, nb);
    } else if (black >= 0 && 100 * share[black] >= border) {
        put_first(flat, black);
    } else if (5 * share[most] >= 3 * border &&
               !is_claimed(flat->colour[most].rgb, claimed, nb_claimed)) {
        put_first(flat, most);
    } else if (black >= 0) {
        put_first(flat, black);
    } else {
        const int none[3] = { 0 };
        int nb = flat->nb;

        add_colour(flat, none, 1);
        if (flat->nb > nb)
            put_first(flat, nb);
    }
}

/* Range of a channel over a window of rows, and whether it is within bounds. */
static int is_level(const TTMShades *shades, int *const rows[], int nb, int x,
                    int width)
{
    int low[3] = { 255, 255, 255 }, high[3] = { 0 };

    for (int k = 0; k < nb; k++)
        for (int i = x - WINDOW; i <= x + WINDOW; i++) {
            int at = i < 0 ? 0 : i >= width ? width - 1 : i;
            const int *rgb = shades->list[rows[k][at]].rgb;

            for (int c = 0; c < 3; c++) {
                low[c]  = rgb[c] < low[c] ? rgb[c] : low[c];
                high[c] = rgb[c] > high[c] ? rgb[c] : high[c];
                if (high[c] - low[c] > FLAT_RANGE)
                    return 0;
            }
        }
    return 1;
}

/* Whether nothing in the window is known. */
static int is_open(const TTMShades *shades, int *const rows[], int nb, int x,
                   int width)
{
    if (x < WINDOW || x + WINDOW >= width || nb <= 2 * WINDOW)
        return 0;
    for (int k = 0; k < nb; k++)
        for (int i = x - WINDOW; i <= x + WINDOW; i++)
            if (shades->list[rows[k][i]].known)
                return 0;
    return 1;
}

/*
 * Choose the pixels of shades that are not known whose window is flat, or has
 * nothing that is known; their number. @p rows has 2 * WINDOW + 1 of them.
 */
static int64_t choose(TTMShades *shades, const TTMImage *image, int *buffer,
                      int flat)
{
    enum { ROWS = 2 * WINDOW + 1 };
    const size_t width = (size_t)image->width;
    int64_t chosen = 0;

    for (int i = 0; i < shades->nb; i++)
        shades->list[i].chosen = 0;
    for (int y = 0; y < image->height + WINDOW; y++) {
        int *rows[ROWS], nb = 0;
        const int *here;

        if (ttm_cancelled(shades->cancel))
            return 0;
        if (y < image->height)
            ttm_shades_row(shades, image, y,
                           buffer + (size_t)(y % ROWS) * width);
        if (y < WINDOW)
            continue;
        for (int k = y - 2 * WINDOW; k <= y; k++)
            if (k >= 0 && k < image->height)
                rows[nb++] = buffer + (size_t)(k % ROWS) * width;
        here = buffer + (size_t)((y - WINDOW) % ROWS) * width;
        for (int x = 0; x < image->width; x++) {
            TTMShade *s = &shades->list[here[x]];

            if (s->known || !(flat ? is_level(shades, rows, nb, x,
                                              image->width) :
                              is_open(shades, rows, nb, x, image->width)))
                continue;
            s->chosen++;
            chosen++;
        }
    }
    return chosen;
}

/* The chosen shade around which most are chosen, if that is a peak. */
static int find_peak(const TTMShades *shades, const TTMFlat *flat, int *rgb)
{
    const TTMShade *top[64];
    int64_t best = 0;
    int nb = 0;

    for (int i = 0; i < shades->nb; i++) {
        const TTMShade *s = &shades->list[i];
        int at;

        if (!s->chosen || distance_to(flat, s) <= TTM_FLAT_NOISE *
                                                  TTM_FLAT_NOISE)
            continue;
        for (at = nb; at > 0 && top[at - 1]->chosen < s->chosen; at--)
            if (at < 64)
                top[at] = top[at - 1];
        if (at < 64)
            top[at] = s;
        nb += nb < 64;
    }
    for (int i = 0; i < nb && !ttm_cancelled(shades->cancel); i++) {
        int peak[3], around[3];
        int64_t n = mean_chosen(shades, top[i]->rgb, PEAK, peak);
        int64_t wide = mean_chosen(shades, top[i]->rgb, 3 * PEAK, around);

        if (n > best && n >= NOISY_LEAST && n >= 2 * (wide - n) &&
            distance_to(flat, top[i]) > TTM_FLAT_NOISE * TTM_FLAT_NOISE) {
            best = n;
            memcpy(rgb, peak, sizeof(peak));
        }
    }
    return best > 0;
}

/* Flat places whose colour is not yet there, were it a mixture of others. */
static void find_peaks(TTMFlat *flat, TTMShades *shades, const TTMImage *image,
                       int *buffer)
{
    int rgb[3];

    for (int i = 0; i < shades->nb; i++)
        shades->list[i].known = distance_to(flat, &shades->list[i]) <=
                                TTM_FLAT_NOISE * TTM_FLAT_NOISE;
    choose(shades, image, buffer, 1);
    while (!flat->many && find_peak(shades, flat, rgb))
        add_colour(flat, rgb, 0);
}

/* Whatever is neither near a colour nor a mixture of two, furthest first. */
static void find_rest(TTMFlat *flat, TTMShades *shades, const TTMImage *image,
                      int *buffer)
{
    while (!flat->many) {
        const TTMShade *seed = NULL;
        int rgb[3], far = -1, nb = flat->nb;

        for (int i = 0; i < shades->nb && !ttm_cancelled(shades->cancel); i++) {
            TTMShade *s = &shades->list[i];

            s->known = s->known || distance_to(flat, s) < TTM_FLAT_APART *
                                                          TTM_FLAT_APART ||
                       ttm_flat_is_mixture(flat, s->rgb);
        }
        if (!choose(shades, image, buffer, 0))
            return;
        for (int i = 0; i < shades->nb; i++) {
            const TTMShade *s = &shades->list[i];
            int d = s->chosen ? distance_to(flat, s) : -1;

            if (d > far) {
                far  = d;
                seed = s;
            }
        }
        if (!seed)
            return;
        memcpy(rgb, seed->rgb, sizeof(rgb));
        for (int round = 0; round < 3; round++) {
            int around[3];

            memcpy(around, rgb, sizeof(around));
            mean_chosen(shades, around, TTM_FLAT_APART, rgb);
        }
        add_colour(flat, rgb, 0);
        flat->many |= flat->nb > NOISY_MOST;
        if (flat->nb == nb)
            return;
    }
}

/* Thin lines and specks where colours are exact. */
static void find_specks(TTMFlat *flat, const TTMShades *shades)
{
    for (int i = 0; i < shades->nb && flat->nb < TTM_FLAT_MAX &&
         !ttm_cancelled(shades->cancel); i++) {
        const TTMShade *s = &shades->list[i];

        if (distance_to(flat, s) >= TTM_FLAT_APART * TTM_FLAT_APART &&
            !ttm_flat_is_mixture(flat, s->rgb))
            add_colour(flat, s->rgb, 1);
    }
}

/* Colours that objects ask for and that are there, be it in few pixels. */
static void find_claimed(TTMFlat *flat, const TTMShades *shades,
                         const uint8_t (*claimed)[3], int nb)
{
    for (int i = 0; i < nb; i++) {
        const int rgb[3] = { claimed[i][0], claimed[i][1], claimed[i][2] };
        const TTMShade *best = NULL;
        int least = TTM_FLAT_APART * TTM_FLAT_APART, d, at;

        at = ttm_flat_nearest(flat, rgb, &d);
        if (d < least) {
            flat->colour[at].claimed = 1;
            continue;
        }
        for (int k = 0; k < shades->nb; k++) {
            d = ttm_shade_distance2(shades->list[k].rgb, rgb);
            if (d < least) {
                least = d;
                best  = &shades->list[k];
            }
        }
        if (best) {
            add_colour(flat, best->rgb, 0);
            flat->colour[flat->nb - 1].claimed = 1;
        }
    }
}

int ttm_flat_find(TTMFlat *flat, TTMShades *shades, const TTMImage *image,
                  const uint8_t (*claimed)[3], int nb_claimed)
{
    int *buffer = ttm_array_alloc((size_t)image->width,
                                  (2 * WINDOW + 1) * sizeof(*buffer));
    Exactness e;
    int64_t border;
    int ret = buffer ? 0 : TTM_ERR_MEMORY;

    memset(flat, 0, sizeof(*flat));
    if (ret >= 0)
        ret = find_exact(flat, shades, &e);
    if (ret >= 0 && !flat->many) {
        border = choose_border(shades, image, buffer);
        choose_background(flat, shades, border, claimed, nb_claimed);
        find_peaks(flat, shades, image, buffer);
        if (e.palette)
            find_specks(flat, shades);
        find_rest(flat, shades, image, buffer);
        find_claimed(flat, shades, claimed, nb_claimed);
        flat->colour[0].claimed = 1;
    }
    free(buffer);
    return ret >= 0 && ttm_cancelled(shades->cancel) ? TTM_ERR_CANCELLED : ret;
}
