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

#include "motion/posture.h"
#include "ttm.h"
#include "util/mem.h"

#define PI     3.14159265358979323846
#define SETTLE 0.25f    /* of the frames in which a scale comes to rest */

/* An object on its way along a trajectory, or, with a round that has a span, in a loop. */
typedef struct Walker {
    const TTMCourse *course;
    int id;
    const TTMRound *round;      /* NULL: no loop */
} Walker;

/* A place in a sequence that goes on: that of frame `base`, and `share` of what frame `end`
 * ends beside frame `begin`. */
typedef struct Sample {
    int base;
    float share;
    int begin, end;
} Sample;

/* Frame @p k, which may lie behind the end, of what repeats or returns or rests. */
static Sample sample(enum TTMAfter way, int period, int frames, int64_t k)
{
    const int last = frames - 1;
    const int64_t n = k - last;

    if (n <= 0)
        return (Sample){ .base = (int)k };
    if (way == TTM_AFTER_REPEAT) {
        const int into = (int)(n % period);

        return (Sample){ last - period + into, 1 - (float)into / (float)period,
                         last - period, last };
    }
    if (way == TTM_AFTER_RETURN)
        return (Sample){ .base = abs(last - (int)(n % (2 * (int64_t)last))) };
    return (Sample){ .base = last };
}

/* How many whole spans lie before frame @p k, which may be negative. */
static int64_t rounds_before(int span, int64_t k)
{
    return k >= 0 ? k / span : -((-k + span - 1) / span);
}

/* Frame @p k of a span that repeats, from the first frame on. */
static Sample sample_round(const TTMRound *round, int64_t k)
{
    const int into = (int)(k - rounds_before(round->span, k) * round->span);

    return (Sample){ into, -(float)into / (float)round->span, 0, round->span };
}

static float closed(float base, float begin, float end, float share)
{
    return base + share * (end - begin);
}

/* Frame @p k of a round: it ends where and as it began, but for whole turns. */
static TTMMotion round_motion_at(const Walker *w, int64_t k)
{
    const TTMMotion *m = ttm_fit_motions(w->course->fit, w->id);
    const Sample s = sample_round(w->round, k);
    const TTMMotion *begin = &m[s.begin], *end = &m[s.end], *base = &m[s.base];
    const double whole = (double)w->round->span * w->round->times;
    const double turned = (double)rounds_before(w->round->span, k) *
                          (end->turn - begin->turn) + (double)k / whole * w->round->turn;

    return (TTMMotion){
        closed(base->x, begin->x, end->x, s.share),
        closed(base->y, begin->y, end->y, s.share),
        closed(base->scale, begin->scale, end->scale, s.share),
        (float)(base->turn + turned)
    };
}

static TTMMotion motion_at(const Walker *w, int64_t k)
{
    const TTMMotion *m = ttm_fit_motions(w->course->fit, w->id);
    const TTMGoing *g = &w->course->going[w->id - 1];
    const int frames = w->course->fit->frames;
    const Sample s = sample(g->way, g->period, frames, k);
    const TTMMotion *end = &m[frames - 1];
    const float n = (float)(k - frames + 1);
    TTMMotion out = m[s.base];

    if (w->round)
        return round_motion_at(w, k);
    if (n <= 0)
        return out;
    if (g->way == TTM_AFTER_GO_ON) {
        const float settle = fmaxf(SETTLE * (float)frames, 1);
        const float eased = settle * (1 - expf(-n / settle));
        const float far = isinf(g->reach) ? n :
                          g->reach > 0 ? g->reach * (1 - expf(-n / g->reach)) : 0;

        out.x     = end->x + g->speed.x * far;
        out.y     = end->y + g->speed.y * far;
        out.turn  = end->turn + g->speed.turn * far;
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

/* The four frames about @p low; a trajectory has none before its first. */
static void frames_about(const Walker *w, int64_t low, int64_t frame[4])
{
    for (int k = 0; k < 4; k++)
        frame[k] = w->round || low + k > 0 ? low + k - 1 : 0;
}

static void walk(const Walker *w, double at, TTMMotion *motion)
{
    const int64_t low = (int64_t)floor(at);
    const float share = (float)(at - (double)low);
    const int begins = !w->round && !low;
    int64_t frame[4];
    TTMMotion m[4];

    *motion = motion_at(w, low);
    if (share <= 0)
        return;
    frames_about(w, low, frame);
    for (int k = 0; k < 4; k++)
        m[k] = motion_at(w, frame[k]);
    motion->x     = between((float[]){ m[0].x, m[1].x, m[2].x, m[3].x }, begins, share);
    motion->y     = between((float[]){ m[0].y, m[1].y, m[2].y, m[3].y }, begins, share);
    motion->scale = between((float[]){ m[0].scale, m[1].scale, m[2].scale, m[3].scale },
                            begins, share);
    motion->turn  = between((float[]){ m[0].turn, m[1].turn, m[2].turn, m[3].turn },
                            begins, share);
}

/* Corner @p i of frame @p k, which may lie behind the end, as if the object had not moved. */
static void shape_sample(const Walker *w, int64_t k, int i, float out[2])
{
    const TTMFit *fit = w->course->fit;
    const TTMGoing *g = &w->course->going[w->id - 1];
    const Sample s = w->round ? sample_round(w->round, k) :
                     sample(g->shape, g->shape_period, fit->frames, k);
    float end[2], begin[2];

    ttm_posture_at(fit, w->id, s.base, i, out);
    if (s.share == 0)
        return;
    ttm_posture_at(fit, w->id, s.end, i, end);
    ttm_posture_at(fit, w->id, s.begin, i, begin);
    for (int axis = 0; axis < 2; axis++)
        out[axis] = closed(out[axis], begin[axis], end[axis], s.share);
}

/* The same where it is. */
static void corner_sample(const Walker *w, int64_t k, const TTMPlacing *to, int i,
                          float out[2])
{
    const TTMForm *form = ttm_posture_form(w->course->fit, w->id);
    const int64_t nb = form->lattice.nb_corners;
    float shape[2];

    if (w->round) {
        const Sample s = sample_round(w->round, k);

        for (int axis = 0; axis < 2; axis++)
            out[axis] = closed(form->corners[s.base * nb + i][axis],
                               form->corners[s.begin * nb + i][axis],
                               form->corners[s.end * nb + i][axis], s.share);
    } else if (k < w->course->fit->frames) {
        memcpy(out, form->corners[k * nb + i], sizeof(shape));
    } else {
        shape_sample(w, k, i, shape);
        ttm_placing_apply(to, shape, out);
    }
}

static void bend(const Walker *w, double at, const TTMMotion *now, float (*corners)[2])
{
    const TTMFit *fit = w->course->fit;
    const int64_t low = (int64_t)floor(at);
    const float share = (float)(at - (double)low);
    const TTMPlacing to = ttm_placing(fit, w->id, now);
    TTMMotion m[4];
    TTMPlacing there[4];
    int64_t frame[4];
    int turns = 0;

    frames_about(w, low, frame);
    for (int k = 0; k < 4; k++) {
        m[k]     = motion_at(w, frame[k]);
        there[k] = ttm_placing(fit, w->id, &m[k]);
        turns   |= m[k].turn != m[0].turn;
    }
    for (int i = 0; i < ttm_posture_form(fit, w->id)->lattice.nb_corners; i++) {
        float p[4][2], out[2];

        /* What turns keeps its shape between frames; else what stands stays where it is. */
        for (int k = 0; k < 4; k++)
            if (turns && share > 0)
                shape_sample(w, frame[k], i, p[k]);
            else
                corner_sample(w, frame[k], &there[k], i, p[k]);
        for (int axis = 0; axis < 2; axis++)
            out[axis] = share <= 0 ? p[1][axis] :
                        between((float[]){ p[0][axis], p[1][axis], p[2][axis], p[3][axis] },
                                !w->round && !low, share);
        if (turns && share > 0)
            ttm_placing_apply(&to, out, corners[i]);
        else
            memcpy(corners[i], out, sizeof(out));
    }
}

void ttm_course_motion(const TTMCourse *c, int id, double at, TTMMotion *motion)
{
    walk(&(Walker){ c, id, NULL }, at, motion);
}

void ttm_course_corners(const TTMCourse *c, int id, double at, const TTMMotion *now,
                        float (*corners)[2])
{
    bend(&(Walker){ c, id, NULL }, at, now, corners);
}

double ttm_course_returning(int frames, int returns, double time)
{
    return (frames - 1) * (0.5 - 0.5 * cos(2 * PI * returns * time));
}

/* An object of a loop at @p time, and in which frame of its way. */
static Walker walker_at(const TTMCourse *c, int id, double time, double *at)
{
    const TTMRound *r = &c->round[id - 1];

    *at = r->span ? time * r->times * r->span :
          ttm_course_returning(c->fit->frames, c->returns, time);
    return (Walker){ c, id, r->span ? r : NULL };
}

double ttm_course_round_frame(const TTMCourse *c, int id, double time)
{
    double at;
    const Walker w = walker_at(c, id, time, &at);

    return w.round ? fmod(at, w.round->span) : at;
}

void ttm_course_round_motion(const TTMCourse *c, int id, double time, TTMMotion *motion)
{
    double at;
    const Walker w = walker_at(c, id, time, &at);

    walk(&w, at, motion);
}

void ttm_course_round_corners(const TTMCourse *c, int id, double time,
                              const TTMMotion *now, float (*corners)[2])
{
    double at;
    const Walker w = walker_at(c, id, time, &at);

    bend(&w, at, now, corners);
}

int ttm_course_create(TTMCourse *c, const TTMFit *fit, int returns)
{
    const size_t nb = fit->objects > 0 ? (size_t)fit->objects : 1;

    *c = (TTMCourse){ .fit = fit, .returns = returns };
    c->going = ttm_array_alloc(nb, sizeof(*c->going));
    if (returns)
        c->round = ttm_array_alloc(nb, sizeof(*c->round));
    if (!c->going || (returns && !c->round)) {
        ttm_course_free(c);
        return TTM_ERR_MEMORY;
    }
    for (int id = 1; id <= fit->objects && !ttm_cancelled(fit->cancel); id++) {
        ttm_going_find(fit, id, &c->going[id - 1]);
        if (returns)
            ttm_round_find(fit, id, returns, &c->round[id - 1]);
    }
    return ttm_cancelled(fit->cancel) ? TTM_ERR_CANCELLED : 0;
}

void ttm_course_free(TTMCourse *course)
{
    free(course->going);
    free(course->round);
    memset(course, 0, sizeof(*course));
}
