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

#include "motion/going.h"

#include <math.h>

#include "motion/forms.h"
#include "motion/posture.h"

#define PI        3.14159265358979323846
#define MOVES     0.05f         /* pixels, and radians, that are a motion */
#define CLOSED    0.25f         /* of its extent that a motion may end beside its begin */
#define LIKE      0.5f          /* of its greatest step that two speeds differ */
#define AT_REST   0.15f         /* of its greatest step: it, or its shape, has come to rest */
#define CAME_BACK 0.6f          /* of its way that is as far as it went */
#define LITTLE    0.046f        /* of the diagonal: it moves in place */
#define BY_SHAPE  1.5f          /* of the greatest change of a shape, as far as its centre moves */
#define LITTLE_TURN 1.0f        /* radians, the same */
#define LIKE_FORM 0.5f          /* of the greatest change of a shape: it repeats itself */
#define WHOLE     0.75f         /* of its extent that a motion reaches in a round */
#define LAST      3             /* steps that the last speed is the mean of */

static float apart(const TTMMotion *a, const TTMMotion *b)
{
    return hypotf(a->x - b->x, a->y - b->y);
}

/* How the step from @p a to @p b differs from that from @p c to @p d, with turns as arcs
 * of @p arm pixels. */
static float steps_apart(const TTMMotion *a, const TTMMotion *b, const TTMMotion *c,
                         const TTMMotion *d, float arm)
{
    const float x = b->x - a->x, y = b->y - a->y, u = d->x - c->x, v = d->y - c->y;
    const float turn = arm * (b->turn - a->turn - d->turn + c->turn);
    const float scale = arm * (b->scale - a->scale - d->scale + c->scale);

    return sqrtf((x - u) * (x - u) + (y - v) * (y - v) + turn * turn + scale * scale);
}

/* The same of the steps to frames @p a and @p b. */
static float step_apart(const TTMMotion *m, int a, int b, float arm)
{
    return steps_apart(&m[a - 1], &m[a], &m[b - 1], &m[b], arm);
}

/* How far a shape differs between two frames: root of the mean square, in grid pixels. */
static float shape_apart(const TTMFit *fit, int id, int a, int b)
{
    const int nb = ttm_posture_form(fit, id)->lattice.nb_corners;
    double sum = 0;

    for (int i = 0; i < nb; i++) {
        float p[2], q[2];

        ttm_posture_at(fit, id, a, i, p);
        ttm_posture_at(fit, id, b, i, q);
        sum += (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]);
    }
    return (float)sqrt(sum / (nb ? nb : 1));
}

/* Turns and scales move the edge of a thing of usual size by so many pixels. */
static float arm_of(const TTMFit *fit)
{
    return 0.1f * (float)(fit->width < fit->height ? fit->width : fit->height);
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

/* Frames of the shortest period in a motion with frame @p last. */
static int shortest_period(int last)
{
    return last / 4 > 3 ? last / 4 : 3;
}

/* How far the shape of frame @p frame is from the most unlike of those up to @p last. */
static float greatest_change(const TTMFit *fit, int id, int frame, int last)
{
    float most = 0;

    for (int t = 0; t <= last; t++)
        most = fmaxf(most, shape_apart(fit, id, frame, t));
    return most;
}

/* The period with which a shape repeats itself best, of its change in it; 0: none. */
static int shape_period(const TTMFit *fit, int id)
{
    const int last = fit->frames - 1;
    int best = 0;
    float least = LIKE_FORM, wide = 0;

    for (int period = 1; period < last; period++) {
        const float off = shape_apart(fit, id, last, last - period);
        const float before = shape_apart(fit, id, last - 1, last - period - 1);

        wide = fmaxf(wide, off);
        if (period < shortest_period(last) || wide <= MOVES || (off + before) / wide >= least)
            continue;
        least = (off + before) / wide;
        best  = period;
    }
    return best;
}

static int shape_is_at_rest(const TTMFit *fit, int id)
{
    const int last = fit->frames - 1, nb = last < LAST ? last : LAST;
    float step = 0;

    for (int t = 1; t <= last; t++)
        step = fmaxf(step, shape_apart(fit, id, t, t - 1));
    return shape_apart(fit, id, last, last - nb) < AT_REST * step * (float)nb;
}

/* What a shape that changes by @p most does where its place does not tell. */
static enum TTMAfter shape_after(const TTMFit *fit, int id, float most, int period)
{
    if (most <= MOVES)
        return TTM_AFTER_REST;
    return period ? TTM_AFTER_REPEAT : shape_is_at_rest(fit, id) ? TTM_AFTER_REST :
           TTM_AFTER_RETURN;
}

static int is_spin(const Extent *e)
{
    return e->turn > LITTLE_TURN;
}

/*
 * How far frame @p last is from being frame @p begin once more, by place, turn, scale and
 * shape, each as a share of what it changes by, and by @p speed, that share of the greatest
 * step by which their speeds differ; INFINITY where one is too far. Only what spins may
 * end further turned than it began.
 */
static float unlike(const TTMFit *fit, int id, int begin, int last, float speed, float arm,
                    float most, int spins)
{
    const TTMMotion *m = ttm_fit_motions(fit, id);
    const Extent e = measure(m, begin, last, arm);
    const float off = e.wide > MOVES ? apart(&m[last], &m[begin]) / e.wide : 0;
    const float scale = arm * e.scale > MOVES ?
                        fabsf(m[last].scale - m[begin].scale) / e.scale : 0;
    const float arc = fmaxf(e.wide, arm * e.turn);
    const float turn = arc > MOVES ? arm * fabsf(m[last].turn - m[begin].turn) / arc : 0;
    const float shape = most > 0 ? shape_apart(fit, id, last, begin) / most : 0;

    return off > CLOSED || scale > CLOSED || (turn > CLOSED && !spins) || speed > LIKE ||
           shape > LIKE_FORM ? INFINITY : off + scale + turn + speed + shape;
}

/* The same of places, turns and scales, with the shape where there is one, which changes
 * by @p most, of a motion that does @p all. */
static int find_period(const TTMFit *fit, int id, const Extent *all, float arm, float most)
{
    const TTMMotion *m = ttm_fit_motions(fit, id);
    const int last = fit->frames - 1;
    int best = 0;
    float least = INFINITY;

    for (int period = shortest_period(last); period <= last; period++) {
        const int begin = last - period;
        const float speed = step_apart(m, last, begin > 0 ? begin : 1, arm) / all->step;
        const float off = unlike(fit, id, begin, last, speed, arm, most, is_spin(all));

        if (off < least) {
            least = off;
            best  = period;
        }
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

void ttm_going_find(const TTMFit *fit, int id, TTMGoing *g)
{
    const TTMMotion *m = ttm_fit_motions(fit, id);
    const int last = fit->frames - 1;
    const float arm = arm_of(fit);
    Extent e, period;
    float most = 0;
    int came_back;

    if (last < 1)
        return;
    e = measure(m, 0, last, arm);
    if (ttm_posture_form(fit, id)) {
        most            = greatest_change(fit, id, last, last);
        g->shape_period = shape_period(fit, id);
        g->shape        = shape_after(fit, id, most, g->shape_period);
    }
    if (e.step <= MOVES / 4)
        return;
    g->period = find_period(fit, id, &e, arm, most);
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
    if (came_back || (is_little(fit, &e, most) && has_speed(&g->speed))) {
        g->way   = TTM_AFTER_RETURN;
        g->shape = most > MOVES ? TTM_AFTER_RETURN : TTM_AFTER_REST;
    } else {
        g->way   = TTM_AFTER_GO_ON;
        g->reach = INFINITY;
    }
}

/* The step behind frame @p frame, or that to it where it is the last of @p last. */
static int step_at(int frame, int last)
{
    return frame < last ? frame + 1 : last;
}

/* Does a shape change in frame @p span, behind which frame 1 would come, as fast as there? */
static int shape_goes_on(const TTMFit *fit, int id, int span)
{
    const int nb = ttm_posture_form(fit, id)->lattice.nb_corners;
    const int next = step_at(span, fit->frames - 1);
    double differ = 0, greatest = 0;

    for (int t = 1; t <= next; t++) {
        double sum = 0;

        for (int i = 0; i < nb; i++) {
            float p[2], before[2], q[2], first[2];

            ttm_posture_at(fit, id, t, i, p);
            ttm_posture_at(fit, id, t - 1, i, before);
            sum += pow(p[0] - before[0], 2) + pow(p[1] - before[1], 2);
            if (t < next)
                continue;
            ttm_posture_at(fit, id, 1, i, q);
            ttm_posture_at(fit, id, 0, i, first);
            differ += pow(p[0] - before[0] - q[0] + first[0], 2) +
                      pow(p[1] - before[1] - q[1] + first[1], 2);
        }
        greatest = fmax(greatest, sum);
    }
    return differ <= LIKE * LIKE * greatest;
}

/* Does an object come down in frame @p span to where it stood? */
static int lands(const TTMMotion *m, int span)
{
    float low = m[0].y, high = low;

    for (int t = 1; t <= span; t++) {
        low  = fmaxf(low, m[t].y);
        high = fminf(high, m[t].y);
    }
    return low - high > MOVES && low - m[0].y <= (1 - WHOLE) * (low - high) &&
           m[1].y < m[0].y && m[span].y > m[span - 1].y;
}

/* By how much the speed at frame @p span differs from that at frame 0, which would come
 * behind it; what lands may jump off again. */
static float round_speed_apart(const TTMMotion *m, int span, int last, float arm)
{
    const float apart = step_apart(m, step_at(span, last), 1, arm);
    TTMMotion jump[2];

    if (!lands(m, span))
        return apart;
    jump[0] = m[span - 1];
    jump[1] = m[span];
    jump[1].y = 2 * m[span - 1].y - m[span].y;
    return fminf(apart, steps_apart(&jump[0], &jump[1], &m[0], &m[1], arm));
}

/* Turns on in frames 0 to @p span, in which it turns by @p turn at its greatest. */
static int turns_on(const TTMMotion *m, int span, float turn)
{
    return fabsf(m[span].turn - m[0].turn) > CLOSED * turn;
}

/* Has a motion been as far as it goes, @p all, which counts @p arm times in pixels? */
static int is_whole(float part, float all, float arm)
{
    return arm * all <= MOVES || part >= WHOLE * all;
}

/* How often @p span frames come in a loop in which all of them come 2 @p returns times. */
static int times_of(int span, int last, int returns)
{
    const double times = rint(2.0 * returns * last / span);

    return times > 1 ? (int)times : 1;
}

/* Whole turns of a loop of one that turns by @p turn each of @p times. */
static double whole_turns(double turn, int times)
{
    return rint(times * turn / (2 * PI));
}

void ttm_round_find(const TTMFit *fit, int id, int returns, TTMRound *r)
{
    const TTMMotion *m = ttm_fit_motions(fit, id);
    const int last = fit->frames - 1, bends = ttm_posture_form(fit, id) != NULL;
    const float arm = arm_of(fit);
    float least = INFINITY, most;
    Extent all;

    *r = (TTMRound){ 0 };
    if (last < 1)
        return;
    all  = measure(m, 0, last, arm);
    most = bends ? greatest_change(fit, id, 0, last) : 0;
    if (all.step <= MOVES / 4)
        all.step = 0;
    if (most <= MOVES)
        most = 0;
    for (int span = shortest_period(last); span <= last; span++) {
        const Extent e = measure(m, 0, span, arm);
        const float turn = m[span].turn - m[0].turn;
        const int times = times_of(span, last, returns), on = is_spin(&all) && turns_on(m, span, e.turn);
        const float speed = all.step > 0 ?
                            round_speed_apart(m, span, last, arm) / all.step : 0;
        const float off = unlike(fit, id, 0, span, speed, arm, most,
                                 is_spin(&all));

        /* It is no round before the motion has been as far as it goes. */
        if (off >= least || !is_whole(e.wide, all.wide, 1) ||
            !is_whole(e.scale, all.scale, arm) ||
            (on ? !whole_turns(turn, times) : !is_whole(e.turn, all.turn, arm)) ||
            (most > 0 && (!is_whole(greatest_change(fit, id, 0, span), most, 1) ||
                          !shape_goes_on(fit, id, span))))
            continue;
        least = off;
        *r = (TTMRound){ span, times,
                         (float)((on ? 2 * PI * whole_turns(turn, times) : 0) -
                                 times * turn) };
    }
    if (all.step <= 0 && most <= 0)
        r->span = 0;
}
