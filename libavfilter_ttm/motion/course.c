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

/** @file A trajectory as a function of time. */

#include "motion/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/forms.h"
#include "ttm.h"
#include "util/mem.h"

#define MOVES     0.05f         /* pixels, and radians, that are a motion */
#define CLOSED    0.25f         /* of its extent that a motion may end beside its begin */
#define LIKE      0.5f          /* of its greatest step that two speeds differ */
#define AT_REST   0.15f         /* of its greatest step: it, or its shape, has come to rest */
#define CAME_BACK 0.6f          /* of its way that is as far as it went */
#define LITTLE    0.046f        /* of the diagonal: it moves in place */
#define BY_SHAPE  1.5f          /* of the greatest change of a shape, as far as its centre moves */
#define LITTLE_TURN 1.0f        /* radians, the same */
#define LIKE_FORM 0.5f          /* of the greatest change of a shape: it repeats itself */
#define LAST      3             /* steps that the last speed is the mean of */
#define SETTLE    0.25f         /* of the frames in which a scale comes to rest */

/* A place in a sequence that goes on: that of frame `base`, and `share` of what the last
 * period ends beside its begin. */
typedef struct Sample {
    int base;
    float share;
} Sample;

static const TTMMotion *motions(const TTMCourse *c, int id)
{
    return c->fit->motion + (size_t)(id - 1) * (size_t)c->fit->frames;
}

/* Frame @p k, which may lie behind the end, of what repeats or returns or rests. */
static Sample sample(enum TTMAfter way, int period, int frames, int64_t k)
{
    const int last = frames - 1;
    const int64_t n = k - last;

    if (n <= 0)
        return (Sample){ (int)k, 0 };
    if (way == TTM_AFTER_REPEAT) {
        const int into = (int)(n % period);

        return (Sample){ last - period + into, 1 - (float)into / (float)period };
    }
    if (way == TTM_AFTER_RETURN)
        return (Sample){ abs(last - (int)(n % (2 * (int64_t)last))), 0 };
    return (Sample){ last, 0 };
}

static float closed(float base, float begin, float end, float share)
{
    return base + share * (end - begin);
}

static TTMMotion motion_at(const TTMCourse *c, int id, int64_t k)
{
    const TTMMotion *m = motions(c, id);
    const TTMGoing *g = &c->going[id - 1];
    const int frames = c->fit->frames;
    const Sample s = sample(g->way, g->period, frames, k);
    const TTMMotion *end = &m[frames - 1];
    const float n = (float)(k - frames + 1);
    TTMMotion out = m[s.base];

    if (n <= 0)
        return out;
    if (g->way == TTM_AFTER_GO_ON) {
        const float settle = fmaxf(SETTLE * (float)frames, 1);
        const float eased = settle * (1 - expf(-n / settle));

        out.x     = end->x + g->speed.x * n;
        out.y     = end->y + g->speed.y * n;
        out.turn  = end->turn + g->speed.turn * n;
        out.scale = end->scale * expf(g->speed.scale * eased);
    } else if (g->way == TTM_AFTER_REPEAT) {
        const TTMMotion *begin = end - g->period;
        const float rounds = (float)((k - frames + 1) / g->period);

        out.x     = closed(out.x, begin->x, end->x, s.share);
        out.y     = closed(out.y, begin->y, end->y, s.share);
        out.scale = closed(out.scale, begin->scale, end->scale, s.share);
        out.turn  = g->turns_on ? out.turn + (1 + rounds) * (end->turn - begin->turn) :
                    closed(out.turn, begin->turn, end->turn, s.share);
    }
    return out;
}

/* Slope at the middle of three values. */
static float slope(float before, float at, float after)
{
    const float left = at - before, right = after - at;
    const float least = fminf(fminf(fabsf(left), fabsf(right)),
                              0.25f * fabsf(left + right));

    return left * right <= 0 ? 0 : left > 0 ? 2 * least : -2 * least;
}

/* Between p[1] and p[2]; p[0] is p[1] where nothing comes before. */
static float between(const float p[4], int at_begin, float share)
{
    const float step = p[2] - p[1], to = slope(p[1], p[2], p[3]);
    float from = slope(p[0], p[1], p[2]);

    if (at_begin) {
        from = 1.5f * step - 0.5f * (p[3] - p[2]);
        from = from * step <= 0 ? 0 : fabsf(from) > 2 * fabsf(step) ? 2 * step : from;
    }
    return p[1] + share * (from + share * (3 * step - 2 * from - to +
                                           share * (from + to - 2 * step)));
}

void ttm_course_motion(const TTMCourse *c, int id, double at, TTMMotion *motion)
{
    const int64_t low = (int64_t)floor(at);
    const float share = (float)(at - (double)low);
    TTMMotion m[4];

    *motion = motion_at(c, id, low);
    if (share <= 0)
        return;
    for (int k = 0; k < 4; k++)
        m[k] = motion_at(c, id, low + k > 0 ? low + k - 1 : 0);
    motion->x     = between((float[]){ m[0].x, m[1].x, m[2].x, m[3].x }, !low, share);
    motion->y     = between((float[]){ m[0].y, m[1].y, m[2].y, m[3].y }, !low, share);
    motion->scale = between((float[]){ m[0].scale, m[1].scale, m[2].scale, m[3].scale },
                            !low, share);
    motion->turn  = between((float[]){ m[0].turn, m[1].turn, m[2].turn, m[3].turn },
                            !low, share);
}

/* Moves a place of the forms' grid with an object, or back (@p sign -1). */
typedef struct Carrier {
    float x, y, scale_x, scale_y, cosine, sine, first_x, first_y, scale;
} Carrier;

static Carrier carrier(const TTMCourse *c, int id, const TTMMotion *m)
{
    const TTMMotion *first = motions(c, id);

    return (Carrier){
        m->x, m->y, (float)c->fit->width / (float)c->fit->forms->width,
        (float)c->fit->height / (float)c->fit->forms->height, cosf(m->turn),
        sinf(m->turn), first->x, first->y, m->scale
    };
}

static void carry_back(const Carrier *k, const float p[2], float out[2])
{
    const float x = p[0] * k->scale_x - k->x, y = p[1] * k->scale_y - k->y;

    out[0] = (k->first_x + (k->cosine * x + k->sine * y) / k->scale) / k->scale_x;
    out[1] = (k->first_y + (k->cosine * y - k->sine * x) / k->scale) / k->scale_y;
}

static void carry_on(const Carrier *k, const float p[2], float out[2])
{
    const float x = p[0] * k->scale_x - k->first_x, y = p[1] * k->scale_y - k->first_y;

    out[0] = (k->x + (k->cosine * x - k->sine * y) * k->scale) / k->scale_x;
    out[1] = (k->y + (k->cosine * y + k->sine * x) * k->scale) / k->scale_y;
}

static const TTMForm *form_of(const TTMCourse *c, int id)
{
    const TTMForm *form = c->fit->forms ? &c->fit->forms->object[id - 1] : NULL;

    return form && form->deforms ? form : NULL;
}

/* Corner @p i in frame @p t, as if the object had not moved: its shape alone. */
static void shape_at(const TTMCourse *c, int id, int t, int i, float out[2])
{
    const TTMForm *form = form_of(c, id);
    const Carrier k = carrier(c, id, motions(c, id) + t);

    carry_back(&k, form->corners[(size_t)t * (size_t)form->lattice.nb_corners +
                                 (size_t)i], out);
}

/* Corner @p i of frame @p k, which may lie behind the end, as if the object had not moved. */
static void shape_sample(const TTMCourse *c, int id, int64_t k, int i, float out[2])
{
    const TTMGoing *g = &c->going[id - 1];
    const int last = c->fit->frames - 1;
    const Sample s = sample(g->shape, g->shape_period, last + 1, k);
    float end[2], begin[2];

    shape_at(c, id, s.base, i, out);
    if (s.share <= 0)
        return;
    shape_at(c, id, last, i, end);
    shape_at(c, id, last - g->shape_period, i, begin);
    for (int axis = 0; axis < 2; axis++)
        out[axis] = closed(out[axis], begin[axis], end[axis], s.share);
}

/* The same where it is. */
static void corner_sample(const TTMCourse *c, int id, int64_t k, const Carrier *to, int i,
                          float out[2])
{
    const TTMForm *form = form_of(c, id);
    float shape[2];

    if (k < c->fit->frames) {
        memcpy(out, form->corners[k * form->lattice.nb_corners + i], sizeof(shape));
        return;
    }
    shape_sample(c, id, k, i, shape);
    carry_on(to, shape, out);
}

void ttm_course_corners(const TTMCourse *c, int id, double at, const TTMMotion *now,
                        float (*corners)[2])
{
    const int64_t low = (int64_t)floor(at);
    const float share = (float)(at - (double)low);
    const Carrier to = carrier(c, id, now);
    TTMMotion m[4];
    Carrier there[4];
    int64_t frame[4];
    int turns = 0;

    for (int k = 0; k < 4; k++) {
        frame[k] = low + k > 0 ? low + k - 1 : 0;
        m[k]     = motion_at(c, id, frame[k]);
        there[k] = carrier(c, id, &m[k]);
        turns   |= m[k].turn != m[0].turn;
    }
    for (int i = 0; i < form_of(c, id)->lattice.nb_corners; i++) {
        float p[4][2], out[2];

        /* What turns keeps its shape between frames; else what stands stays where it is. */
        for (int k = 0; k < 4; k++)
            if (turns && share > 0)
                shape_sample(c, id, frame[k], i, p[k]);
            else
                corner_sample(c, id, frame[k], &there[k], i, p[k]);
        for (int axis = 0; axis < 2; axis++)
            out[axis] = share <= 0 ? p[1][axis] :
                        between((float[]){ p[0][axis], p[1][axis], p[2][axis], p[3][axis] },
                                !low, share);
        if (turns && share > 0)
            carry_on(&to, out, corners[i]);
        else
            memcpy(corners[i], out, sizeof(out));
    }
}

static float apart(const TTMMotion *a, const TTMMotion *b)
{
    return hypotf(a->x - b->x, a->y - b->y);
}

/* How a motion differs from another in speed, with turns as arcs of @p arm pixels. */
static float step_apart(const TTMMotion *m, int a, int b, float arm)
{
    const float x = m[a].x - m[a - 1].x, y = m[a].y - m[a - 1].y;
    const float u = m[b].x - m[b - 1].x, v = m[b].y - m[b - 1].y;
    const float turn = arm * (m[a].turn - m[a - 1].turn - m[b].turn + m[b - 1].turn);
    const float scale = arm * (m[a].scale - m[a - 1].scale - m[b].scale + m[b - 1].scale);

    return sqrtf((x - u) * (x - u) + (y - v) * (y - v) + turn * turn + scale * scale);
}

/* How far a shape differs between two frames: root of the mean square, in grid pixels. */
static float shape_apart(const TTMCourse *c, int id, int a, int b)
{
    const int nb = form_of(c, id)->lattice.nb_corners;
    double sum = 0;

    for (int i = 0; i < nb; i++) {
        float p[2], q[2];

        shape_at(c, id, a, i, p);
        shape_at(c, id, b, i, q);
        sum += (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]);
    }
    return (float)sqrt(sum / (nb ? nb : 1));
}

/* What a motion does from frame @p begin on: how far it goes from there, its greatest
 * step and the length of its way. */
typedef struct Extent {
    float wide, turn, scale, step, way;
} Extent;

static Extent measure(const TTMMotion *m, int begin, int last, float arm)
{
    float low[2] = { m[begin].turn, m[begin].scale }, high[2] = { low[0], low[1] };
    Extent e = { 0 };

    for (int t = begin + 1; t <= last; t++) {
        const float turn = arm * (m[t].turn - m[t - 1].turn);
        const float scale = arm * (m[t].scale - m[t - 1].scale);
        const float move = apart(&m[t], &m[t - 1]);
        const float value[2] = { m[t].turn, m[t].scale };

        e.way += move;
        e.step = fmaxf(e.step, sqrtf(move * move + turn * turn + scale * scale));
        e.wide = fmaxf(e.wide, apart(&m[t], &m[begin]));
        for (int k = 0; k < 2; k++) {
            low[k]  = fminf(low[k], value[k]);
            high[k] = fmaxf(high[k], value[k]);
        }
    }
    e.turn  = high[0] - low[0];
    e.scale = high[1] - low[1];
    return e;
}

/* How far a shape was from its last one, at most. */
static float shape_change(const TTMCourse *c, int id)
{
    const int last = c->fit->frames - 1;
    float most = 0;

    for (int t = 0; t < last; t++)
        most = fmaxf(most, shape_apart(c, id, last, t));
    return most;
}

/* The period with which a shape repeats itself best, of its change in it; 0: none. */
static int shape_period(const TTMCourse *c, int id)
{
    const int last = c->fit->frames - 1;
    const int shortest = last / 4 > 3 ? last / 4 : 3;
    int best = 0;
    float least = LIKE_FORM, wide = 0;

    for (int period = 1; period < last; period++) {
        const float off = shape_apart(c, id, last, last - period);
        const float before = shape_apart(c, id, last - 1, last - period - 1);

        wide = fmaxf(wide, off);
        if (period < shortest || wide <= MOVES || (off + before) / wide >= least)
            continue;
        least = (off + before) / wide;
        best  = period;
    }
    return best;
}

static int shape_is_at_rest(const TTMCourse *c, int id)
{
    const int last = c->fit->frames - 1, nb = last < LAST ? last : LAST;
    float step = 0;

    for (int t = 1; t <= last; t++)
        step = fmaxf(step, shape_apart(c, id, t, t - 1));
    return shape_apart(c, id, last, last - nb) < AT_REST * step * (float)nb;
}

/* What a shape that changes by @p most does where its place does not tell. */
static enum TTMAfter shape_after(const TTMCourse *c, int id, float most, int period)
{
    if (most <= MOVES)
        return TTM_AFTER_REST;
    return period ? TTM_AFTER_REPEAT : shape_is_at_rest(c, id) ? TTM_AFTER_REST :
           TTM_AFTER_RETURN;
}

static int is_spin(const Extent *e)
{
    return e->turn > LITTLE_TURN;
}

/*
 * The same of places, turns and scales, with the shape where there is one, which changes
 * by @p most, of a motion that does @p all. Only spins end further turned than they began.
 */
static int find_period(const TTMCourse *c, int id, const Extent *all, float arm, float most)
{
    const TTMMotion *m = motions(c, id);
    const int last = c->fit->frames - 1;
    const int shortest = last / 4 > 3 ? last / 4 : 3;
    int best = 0;
    float least = INFINITY;

    for (int period = shortest; period <= last; period++) {
        const int begin = last - period;
        const Extent e = measure(m, begin, last, arm);
        const float off = e.wide > MOVES ? apart(&m[last], &m[begin]) / e.wide : 0;
        const float scale = arm * e.scale > MOVES ?
                            fabsf(m[last].scale - m[begin].scale) / e.scale : 0;
        const float arc = fmaxf(e.wide, arm * e.turn);
        const float turn = arc > MOVES ? arm * fabsf(m[last].turn - m[begin].turn) / arc : 0;
        const float speed = step_apart(m, last, begin > 0 ? begin : 1, arm) / all->step;
        const float shape = most > 0 ? shape_apart(c, id, last, begin) / most : 0;

        if (off > CLOSED || scale > CLOSED || (turn > CLOSED && !is_spin(all)) ||
            speed > LIKE || shape > LIKE_FORM ||
            off + scale + turn + speed + shape >= least)
            continue;
        least = off + scale + turn + speed + shape;
        best  = period;
    }
    return best;
}

/* Mean of the last steps; none of what has come to rest. */
static TTMMotion last_speed(const TTMMotion *m, int last, const Extent *e, float arm)
{
    const int nb = last < LAST ? last : LAST;
    const TTMMotion *from = &m[last - nb];
    TTMMotion speed = {
        (m[last].x - from->x) / (float)nb, (m[last].y - from->y) / (float)nb,
        logf(m[last].scale / from->scale) / (float)nb,
        (m[last].turn - from->turn) / (float)nb
    };

    if (hypotf(speed.x, speed.y) < AT_REST * e->step)
        speed.x = speed.y = 0;
    if (arm * fabsf(speed.turn) < AT_REST * e->step)
        speed.turn = 0;
    return speed;
}

/*
 * Is a motion one in place? What it is of is not on its way anywhere, or its centre moves
 * no further than its shape changes, @p most grid pixels.
 */
static int is_little(const TTMFit *fit, const Extent *e, float most)
{
    if (most > 0 && e->wide * (float)fit->forms->width / (float)fit->width <=
                    BY_SHAPE * most)
        return 1;
    return e->wide <= LITTLE * hypotf((float)fit->width, (float)fit->height) &&
           !is_spin(e);
}

static int has_speed(const TTMMotion *speed)
{
    return speed->x != 0 || speed->y != 0 || speed->turn != 0;
}

static void find_going(const TTMCourse *c, int id, TTMGoing *g)
{
    const TTMMotion *m = motions(c, id);
    const int last = c->fit->frames - 1;
    /* Turns and scales move the edge of a thing of usual size by so much. */
    const float arm = 0.1f * (float)(c->fit->width < c->fit->height ? c->fit->width :
                                     c->fit->height);
    Extent e, period;
    float most = 0;
    int came_back;

    if (last < 1)
        return;
    e = measure(m, 0, last, arm);
    if (form_of(c, id)) {
        most            = shape_change(c, id);
        g->shape_period = shape_period(c, id);
        g->shape        = shape_after(c, id, most, g->shape_period);
    }
    if (e.step <= MOVES / 4)
        return;
    g->period = find_period(c, id, &e, arm, most);
    if (g->period) {
        period = measure(m, last - g->period, last, arm);
        g->way      = TTM_AFTER_REPEAT;
        g->turns_on = is_spin(&e) && fabsf(m[last].turn - m[last - g->period].turn) >
                                     CLOSED * period.turn;
        if (most > MOVES) {
            g->shape        = TTM_AFTER_REPEAT;
            g->shape_period = g->period;
        }
        return;
    }
    g->speed = last_speed(m, last, &e, arm);
    came_back = e.way > MOVES && apart(&m[last], &m[0]) < CAME_BACK * e.way;
    if (came_back || (is_little(c->fit, &e, most) && has_speed(&g->speed))) {
        g->way   = TTM_AFTER_RETURN;
        g->shape = most > MOVES ? TTM_AFTER_RETURN : TTM_AFTER_REST;
    } else {
        g->way = TTM_AFTER_GO_ON;
    }
}

int ttm_course_create(TTMCourse *c, const TTMFit *fit)
{
    const size_t nb = fit->objects > 0 ? (size_t)fit->objects : 1;

    *c = (TTMCourse){ fit, ttm_array_alloc(nb, sizeof(*c->going)) };
    if (!c->going)
        return TTM_ERR_MEMORY;
    for (int id = 1; id <= fit->objects && !ttm_cancelled(fit->cancel); id++)
        find_going(c, id, &c->going[id - 1]);
    return ttm_cancelled(fit->cancel) ? TTM_ERR_CANCELLED : 0;
}

void ttm_course_free(TTMCourse *course)
{
    free(course->going);
    memset(course, 0, sizeof(*course));
}
