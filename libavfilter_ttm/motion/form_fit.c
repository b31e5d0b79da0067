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

/** @file How one object changes its shape, fitted to its masks. */

#include "motion/form_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/outline.h"
#include "motion/pulls.h"
#include "ttm.h"
#include "util/mem.h"

/* Lengths are pixels of a grid of TTM_FORMS_SIDE. */
#define LEAST_AREA    30        /* pixels that are enough to tell a shape */
#define LEAST_STEP    3.0f      /* between corners */
#define MOST_CELLS    600
#define MOST_CONTACT  0.1f      /* of an outline, where a centre tells its place */
#define TEAR_STIFF    1.0f      /* stiffness from which on cells may tear */
#define TEAR_LENGTH   1.6f
#define HEAL_LENGTH   1.3f
#define TEAR_OUTSIDE  3.0f
#define PULL_TIME     0.1f      /* to the mean of the neighbours in time */
#define SWEEPS        2         /* with the neighbours in time */

/* Stiffness by and by; the last one stays for the sweeps. */
static const float stiffness[] = { 8, 4, 2, 1, 0.5f, 0.35f };
#define NB_STIFFNESS ((int)(sizeof(stiffness) / sizeof(stiffness[0])))
#define ROUNDS 4                /* with each */

/* Deviation of an outline that noise of a mask's pixel explains: mean, most. */
#define NOISE_MEAN 0.8f
#define NOISE_MOST 2.0f
#define NOISE_OFF  0.02        /* share of points beyond the most */

#define MOST_LEFT  0.7          /* of the way between outlines, by a shape that is worth it */

/* Frames whose outlines are kept; others are measured again where needed. */
#define KEPT 48

/* The work on one object. */
typedef struct Task {
    TTMFormTask g;              ///< what was given
    TTMForm *object;
    TTMOutline still;
    TTMOutline *outlines;       ///< [frames]
    TTMPulls pulls;
    float contact;              ///< share of the last frame's outline
    uint8_t *seen;              ///< [frames], its mask tells its shape
    float *x, *y;               ///< [frames], its mask's centre
    float (*mean)[2];           ///< [nb_corners], between the neighbours in time
} Task;

/* The outline of frame @p t, or NULL: no memory. */
static const TTMOutline *take(Task *k, int t)
{
    TTMOutline *o = &k->outlines[t];
    const size_t pixels = (size_t)k->still.width * (size_t)k->still.height;

    if (o->hiding)
        return o;
    return ttm_outline_create(o, k->g.ids + (size_t)t * pixels, k->still.width,
                              k->still.height, k->g.id, k->g.hides) < 0 ? NULL : o;
}

static void give(Task *k, int t)
{
    if (t >= KEPT)
        ttm_outline_free(&k->outlines[t]);
}

/* Point (x, y) of the still, moved as the similarity of frame @p t says. */
static void move_rigid(const Task *k, int t, int back, float p[2])
{
    const TTMMotion *m = k->g.fit->motion +
                         (size_t)(k->g.id - 1) * (size_t)k->g.frames;
    const float c = cosf(m[t].turn), s = sinf(m[t].turn), size = m[t].scale;
    const float *from = back ? &m[t].x : &m[0].x;
    const float *to   = back ? &m[0].x : &m[t].x;
    const float dx = p[0] / k->g.scale_x - from[0];
    const float dy = p[1] / k->g.scale_y - from[1];

    if (back) {
        p[0] = k->g.scale_x * (to[0] + (c * dx + s * dy) / size);
        p[1] = k->g.scale_y * (to[1] + (c * dy - s * dx) / size);
    } else {
        p[0] = k->g.scale_x * (to[0] + (c * dx - s * dy) * size);
        p[1] = k->g.scale_y * (to[1] + (c * dy + s * dx) * size);
    }
}

static float (*corners_of(const Task *k, int t))[2]
{
    return k->object->corners + (size_t)t * (size_t)k->object->lattice.nb_corners;
}

static uint8_t *torn_of(const Task *k, int t)
{
    return k->object->torn + (size_t)t * (size_t)k->object->lattice.nb_cells;
}

/* Corners @p at in frame @p t as in frame @p from, moved on by the similarities. */
static void move_to(const Task *k, int from, int t, float (*at)[2])
{
    const int nb = k->object->lattice.nb_corners;

    memcpy(at, corners_of(k, from), (size_t)nb * sizeof(*at));
    for (int i = 0; i < nb; i++) {
        move_rigid(k, from, 1, at[i]);
        move_rigid(k, t, 0, at[i]);
    }
}

static void move_on(const Task *k, int from, int t)
{
    move_to(k, from, t, corners_of(k, t));
}

/* Share of an outline that something may hide. */
static float contact_share(const TTMOutline *o)
{
    int count = 0;

    for (int i = 0; i < o->nb_points; i++)
        count += o->points[i].contact;
    return (float)count / (float)(o->nb_points > 0 ? o->nb_points : 1);
}

/*
 * Where a frame begins: that before it, moved by its centre; by the similarities
 * where what hides the object moves its centre.
 */
static void begin_frame(Task *k, const TTMOutline *frame, int from, int t)
{
    const int nb = k->object->lattice.nb_corners;
    const float share = contact_share(frame), before = k->contact;

    k->contact = share;
    if (before > MOST_CONTACT || share > MOST_CONTACT) {
        move_on(k, from, t);
        return;
    }
    for (int i = 0; i < nb; i++) {
        corners_of(k, t)[i][0] = corners_of(k, from)[i][0] + k->x[t] - k->x[from];
        corners_of(k, t)[i][1] = corners_of(k, from)[i][1] + k->y[t] - k->y[from];
    }
}

/*
 * Cells that are pulled long over what the frame shows empty are torn; they heal
 * where their sides come together. @p torn [nb_cells] says which, of this frame.
 */
static void tear(TTMLattice *l, const TTMOutline *frame, const float (*at)[2],
                 uint8_t *torn)
{
    static const TTMPin middle = { 0, { 0.25f, 0.25f, 0.25f, 0.25f } };

    for (int i = 0; i < l->nb_cells; i++) {
        TTMPin pin = middle;
        float strain[2], p[2];

        pin.cell = i;
        ttm_lattice_strain(l, at, i, strain);
        if (torn[i])
            torn[i] = strain[0] > HEAL_LENGTH;
        else if (strain[0] > TEAR_LENGTH) {
            ttm_lattice_position(l, at, &pin, p);
            torn[i] = ttm_outline_in(frame, p) &&
                      ttm_distance_at(&frame->room, p[0], p[1], NULL) <
                          -TEAR_OUTSIDE;
        }
    }
}

static void set_torn(TTMLattice *l, const uint8_t *torn)
{
    for (int i = 0; i < l->nb_cells; i++)
        l->cells[i].torn = torn[i];
}

/* @p rounds of a frame; @p mean: where its neighbours want it, or NULL. */
static void fit_rounds(Task *k, const TTMOutline *frame, float stiff,
                       int rounds, float (*at)[2], const float (*mean)[2],
                       uint8_t *torn)
{
    TTMLattice *l = &k->object->lattice;

    for (int n = 0; n < rounds && !ttm_cancelled(k->g.fit->cancel); n++) {
        if (stiff <= TEAR_STIFF)
            tear(l, frame, (const float (*)[2])at, torn);
        set_torn(l, torn);
        ttm_lattice_update(l, (const float (*)[2])at);
        ttm_pulls_place(&k->pulls, l, (const float (*)[2])at);
        ttm_lattice_begin(l, stiff);
        ttm_pulls_add(&k->pulls, l, frame, (const float (*)[2])at);
        for (int i = 0; i < l->nb_corners; i++)
            ttm_lattice_hold(l, i, mean ? mean[i] : at[i],
                             mean ? PULL_TIME : 1e-4f);
        ttm_lattice_solve(l, at);
    }
}

/* What a frame wants by what lies before and after it. */
static void set_mean(Task *k, int t)
{
    const float (*before)[2] = (const float (*)[2])corners_of(k, t - 1);
    const float (*after)[2] =
        (const float (*)[2])corners_of(k, t + 1 < k->g.frames ? t + 1 : t);

    if (t + 1 >= k->g.frames)
        before = after;
    for (int i = 0; i < k->object->lattice.nb_corners; i++)
        for (int a = 0; a < 2; a++)
            k->mean[i][a] = (before[i][a] + after[i][a]) / 2;
}

/* Frames that do not tell a shape lie between their neighbours that do. */
static void fill_unseen(Task *k)
{
    const int nb = k->object->lattice.nb_corners;

    for (int t = 1, before = 0; t < k->g.frames; t++) {
        int after = t;

        if (k->seen[t]) {
            before = t;
            continue;
        }
        move_on(k, before, t);
        memcpy(torn_of(k, t), torn_of(k, before),
               (size_t)k->object->lattice.nb_cells);
        while (after < k->g.frames && !k->seen[after])
            after++;
        for (int i = 0; after < k->g.frames && i < nb; i++) {
            const float part = (float)(t - before) / (float)(after - before);
            float p[2] = { corners_of(k, after)[i][0],
                           corners_of(k, after)[i][1] };

            move_rigid(k, after, 1, p);
            move_rigid(k, t, 0, p);
            for (int a = 0; a < 2; a++)
                corners_of(k, t)[i][a] += part * (p[a] - corners_of(k, t)[i][a]);
        }
    }
}

/* How far outlines are apart. */
typedef struct Apart {
    double sum, off, count;
    float noise;
} Apart;

static void add_apart(Apart *a, float far)
{
    a->sum += fabsf(far);
    a->off += fabsf(far) > NOISE_MOST * a->noise;
    a->count++;
}

/* The still's outline from a frame's, where it is with the corners @p at. */
static void add_marks(Task *k, const TTMOutline *o, const float (*at)[2], Apart *apart)
{
    ttm_pulls_place(&k->pulls, &k->object->lattice, at);
    for (int i = 0; i < k->pulls.nb_marks; i++) {
        const TTMMark *m = &k->pulls.marks[i];

        if (!m->point->contact && ttm_outline_in(o, m->at) &&
            !ttm_outline_hidden(o, m->at[0], m->at[1]))
            add_apart(apart, ttm_distance_at(&o->own, m->at[0], m->at[1], NULL));
    }
}

/* Does the similarity of frame @p t bring the outlines together? */
static int fits_rigid(Task *k, const TTMOutline *o, int t)
{
    Apart apart = { .noise = k->g.noise };

    move_on(k, 0, t);
    add_marks(k, o, (const float (*)[2])corners_of(k, t), &apart);
    for (int i = 0; i < o->nb_points; i++) {
        float q[2] = { o->points[i].x, o->points[i].y };

        move_rigid(k, t, 1, q);
        if (!o->points[i].contact && ttm_outline_in(&k->still, q) &&
            !ttm_outline_hidden(&k->still, q[0], q[1]))
            add_apart(&apart, ttm_distance_at(&k->still.own, q[0], q[1], NULL));
    }
    return apart.sum <= NOISE_MEAN * k->g.noise * apart.count &&
           apart.off <= NOISE_OFF * apart.count;
}

/*
 * Which frames tell a shape, and whether the similarities alone explain all of
 * them; TTM_ERR_MEMORY where it runs out.
 */
static int is_rigid(Task *k)
{
    const TTMLattice *l = &k->object->lattice;
    int rigid = 1;

    ttm_lattice_update(&k->object->lattice, (const float (*)[2])l->rest);
    for (int t = 1; t < k->g.frames && !ttm_cancelled(k->g.fit->cancel); t++) {
        const TTMOutline *o = take(k, t);

        if (!o)
            return TTM_ERR_MEMORY;
        k->seen[t] = o->area >= LEAST_AREA && o->area * 20 >= k->still.area;
        if (k->seen[t] && rigid)
            rigid = fits_rigid(k, o, t);
        k->x[t] = o->x;
        k->y[t] = o->y;
        give(k, t);
    }
    return rigid;
}

/* How thick the object is around each corner: thin parts lie in front. */
static void set_thickness(Task *k)
{
    const TTMLattice *l = &k->object->lattice;
    float *thick = k->object->thickness;

    for (int i = 0; i < l->nb_corners; i++)
        thick[i] = fmaxf(ttm_distance_at(&k->still.own, l->rest[i][0],
                                         l->rest[i][1], NULL), 0);
    /* Grown over the lattice, so that a part is as thick as its middle. */
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < l->nb_cells; i++)
            for (int n = 0; n < 16; n++) {
                const int *c = l->cells[i].corner;

                thick[c[n / 4]] = fmaxf(thick[c[n / 4]],
                                        thick[c[n % 4]] - l->step);
            }
}

/* The next frame behind @p t that tells a shape, its outline taken; 0: no more. */
static int next_frame(Task *k, int t, const TTMOutline **o)
{
    for (t++; t < k->g.frames && !ttm_cancelled(k->g.fit->cancel); t++) {
        if (!k->seen[t])
            continue;
        *o = take(k, t);
        return *o ? t : TTM_ERR_MEMORY;
    }
    return 0;
}

/* Each frame from the one before that tells a shape. */
static int fit_frames(Task *k)
{
    const TTMOutline *o;
    int from = 0, t;

    k->contact = contact_share(&k->still);
    for (t = next_frame(k, 0, &o); t > 0; t = next_frame(k, t, &o)) {
        begin_frame(k, o, from, t);
        memcpy(torn_of(k, t), torn_of(k, from),
               (size_t)k->object->lattice.nb_cells);
        for (int i = 0; i < NB_STIFFNESS; i++)
            fit_rounds(k, o, stiffness[i], ROUNDS, corners_of(k, t), NULL,
                       torn_of(k, t));
        give(k, t);
        from = t;
    }
    fill_unseen(k);
    return t;
}

/* Once more, with the neighbours in time. */
static int sweep_frames(Task *k)
{
    const TTMOutline *o;
    int t;

    for (t = next_frame(k, 0, &o); t > 0; t = next_frame(k, t, &o)) {
        set_mean(k, t);
        fit_rounds(k, o, stiffness[NB_STIFFNESS - 1], 1, corners_of(k, t),
                   (const float (*)[2])k->mean, torn_of(k, t));
        give(k, t);
    }
    fill_unseen(k);
    return t;
}

/*
 * Does the bent lattice bring the still's outline clearly nearer to the frames' than the
 * similarities do? Where it does not, it was bent to fill what the still cannot: a limb
 * that lay before the body, or came from nowhere.
 */
static int is_nearer(Task *k)
{
    Apart bent = { .noise = k->g.noise }, rigid = bent;
    const TTMOutline *o;
    int t;

    for (t = next_frame(k, 0, &o); t > 0; t = next_frame(k, t, &o)) {
        add_marks(k, o, (const float (*)[2])corners_of(k, t), &bent);
        move_to(k, 0, t, k->mean);
        add_marks(k, o, (const float (*)[2])k->mean, &rigid);
        give(k, t);
    }
    return t < 0 ? t : !rigid.count || !bent.count ||
           bent.sum / bent.count < MOST_LEFT * rigid.sum / rigid.count;
}

static int fit_object(Task *k)
{
    int ret;

    memcpy(corners_of(k, 0), k->object->lattice.rest,
           (size_t)k->object->lattice.nb_corners * sizeof(*k->mean));
    ret = is_rigid(k);
    if (ret != 0)
        return ret;
    ret = fit_frames(k);
    for (int i = 0; i < SWEEPS && ret >= 0; i++)
        ret = sweep_frames(k);
    if (ret >= 0)
        ret = is_nearer(k);
    k->object->deforms = ret > 0;
    return ret;
}

/* What work on one object needs, beside the outlines of its frames. */
static int prepare(Task *k)
{
    const uint8_t *first = k->g.first;
    const int width = k->g.width, height = k->g.height;
    TTMForm *o = k->object;
    TTMLattice *l = &o->lattice;
    const size_t frames = (size_t)k->g.frames;
    int ret;

    k->outlines = ttm_array_alloc(frames, sizeof(*k->outlines));
    k->seen = ttm_array_alloc(frames, 1);
    k->x    = ttm_array_alloc(frames, sizeof(*k->x));
    k->y    = ttm_array_alloc(frames, sizeof(*k->y));
    if (!k->outlines || !k->seen || !k->x || !k->y)
        return TTM_ERR_MEMORY;
    ret = ttm_outline_create(&k->still, first, width, height, k->g.id, k->g.hides);
    if (ret < 0 || k->still.area < LEAST_AREA)
        return ret;
    k->x[0] = k->still.x;
    k->y[0] = k->still.y;
    ret = ttm_lattice_create(l, first, width, height, k->g.id,
                             fmaxf(sqrtf((float)k->still.area / MOST_CELLS),
                                   LEAST_STEP));
    if (ret < 0)
        return ret;
    o->corners = ttm_array_alloc(frames * (size_t)l->nb_corners,
                                 sizeof(*o->corners));
    o->torn = ttm_array_alloc(frames * (size_t)l->nb_cells, 1);
    o->thickness = ttm_array_alloc((size_t)l->nb_corners, sizeof(float));
    k->mean = ttm_array_alloc((size_t)l->nb_corners, sizeof(*k->mean));
    if (!o->corners || !o->torn || !o->thickness || !k->mean ||
        ttm_pulls_create(&k->pulls, l, &k->still) < 0)
        return TTM_ERR_MEMORY;
    set_thickness(k);
    return 1;
}

int ttm_form_fit(TTMForm *form, const TTMFormTask *task)
{
    Task k = { .g = *task, .object = form };
    int ret;

    form->frames = task->frames;
    ret = prepare(&k);
    if (ret > 0)
        ret = fit_object(&k);
    for (int t = 0; k.outlines && t < task->frames; t++)
        ttm_outline_free(&k.outlines[t]);
    free(k.outlines);
    ttm_outline_free(&k.still);
    ttm_pulls_free(&k.pulls);
    free(k.seen);
    free(k.x);
    free(k.y);
    free(k.mean);
    return ret < 0 ? ret : 0;
}
