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

/** @file A fit and the ids of a frame at any moment of a trajectory. */

#include "motion/moment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/forms.h"
#include "ttm.h"
#include "util/mem.h"

/* Forms with corners of two frames; lattices and flows are those of @p from. */
static int create_forms(struct TTMForms **forms, const struct TTMForms *from)
{
    struct TTMForms *s = ttm_array_alloc(1, sizeof(*s));

    *forms = s;
    if (!s)
        return TTM_ERR_MEMORY;
    *s = *from;
    s->frames = 2;
    s->object = ttm_array_alloc((size_t)from->objects, sizeof(*s->object));
    if (!s->object)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < from->objects; i++) {
        const TTMForm *o = &from->object[i];
        const size_t corners = (size_t)o->lattice.nb_corners;
        TTMForm *own = &s->object[i];

        *own = *o;
        own->frames  = 2;
        own->corners = NULL;
        own->torn    = NULL;
        if (!o->deforms)
            continue;
        own->corners = ttm_array_alloc(2 * corners, sizeof(*own->corners));
        own->torn    = ttm_array_alloc(2, (size_t)o->lattice.nb_cells);
        if (!own->corners || !own->torn)
            return TTM_ERR_MEMORY;
        memcpy(own->corners, o->corners, corners * sizeof(*own->corners));
        memcpy(own->torn, o->torn, (size_t)o->lattice.nb_cells);
    }
    return 0;
}

static void free_forms(struct TTMForms **forms)
{
    struct TTMForms *s = *forms;

    for (int i = 0; s && s->object && i < s->objects; i++) {
        free(s->object[i].corners);
        free(s->object[i].torn);
    }
    if (s)
        free(s->object);
    free(s);
    *forms = NULL;
}

int ttm_moment_create(TTMMoment *m, const TTMMomentSource *source)
{
    const TTMFit *fit = source->course->fit;
    const size_t pixels = (size_t)fit->width * (size_t)fit->height;

    *m = (TTMMoment){ .s = *source, .fit = *fit, .at = -1, .round = -1 };
    m->fit.frames = 2;
    m->fit.forms  = NULL;
    m->fit.motion = ttm_array_alloc(2 * (size_t)fit->objects, sizeof(*m->fit.motion));
    m->ids = ttm_array_alloc(2, pixels);
    if (!m->fit.motion || !m->ids ||
        (fit->forms && create_forms(&m->fit.forms, fit->forms) < 0)) {
        ttm_moment_free(m);
        return TTM_ERR_MEMORY;
    }
    for (int i = 0; i < fit->objects; i++)
        m->fit.motion[2 * i] = fit->motion[(size_t)i * (size_t)fit->frames];
    memcpy(m->ids, source->first, pixels);
    return 0;
}

void ttm_moment_free(TTMMoment *moment)
{
    free(moment->fit.motion);
    free_forms(&moment->fit.forms);
    free(moment->ids);
    memset(moment, 0, sizeof(*moment));
}

double ttm_moment_frame(const TTMMoment *m, double at)
{
    const int last = m->s.course->fit->frames - 1;
    double frame, nearest;

    if (at >= last)
        return m->s.frames - 1;
    frame   = at * (m->s.frames - 1) / last;
    nearest = floor(frame + 0.5);
    return fabs(frame - nearest) < 1e-9 * m->s.frames ? nearest : frame;
}

/* The networks' frame that is at @p at, or -1. */
static int frame_at(const TTMMoment *m, double at)
{
    const double frame = ttm_moment_frame(m, at);

    return frame == floor(frame) && at <= m->s.course->fit->frames - 1 ? (int)frame : -1;
}

int ttm_moment_is_frame(const TTMMoment *m, int *frame)
{
    *frame = m->round > 0 ? -1 : frame_at(m, m->at);
    return *frame >= 0;
}

/* Corners of an object, and where it is torn: as in the frame that is nearest. */
static void bend(TTMMoment *m, int id, double at, double round)
{
    const TTMCourse *course = m->s.course;
    const TTMForm *from = &m->s.course->fit->forms->object[id - 1];
    TTMForm *to = &m->fit.forms->object[id - 1];
    const size_t corners = (size_t)from->lattice.nb_corners;
    const size_t cells = (size_t)from->lattice.nb_cells;
    const double last = from->frames - 1;
    const TTMMotion *now = &m->fit.motion[2 * id - 1];
    const double like = round < 0 ? at : ttm_course_round_frame(course, id, round);
    const size_t nearest = (size_t)floor(fmin(like, last) + 0.5);

    if (!from->deforms)
        return;
    if (round < 0)
        ttm_course_corners(course, id, at, now, to->corners + corners);
    else
        ttm_course_round_corners(course, id, round, now, to->corners + corners);
    memcpy(to->torn + cells, from->torn + nearest * cells, cells);
}

/* Go to position @p at of the trajectory or, from 0 on, to @p round of a loop. */
static int go(TTMMoment *m, double at, double round)
{
    const TTMCourse *course = m->s.course;
    const size_t pixels = (size_t)m->fit.width * (size_t)m->fit.height;
    const double frame = ttm_moment_frame(m, at);
    uint8_t *ids = m->ids + pixels;
    int ret = 0;

    if (m->at == at && m->round == round)
        return 0;
    m->at = -1;
    for (int id = 1; id <= m->fit.objects; id++) {
        TTMMotion *now = &m->fit.motion[2 * id - 1];

        if (round < 0)
            ttm_course_motion(course, id, at, now);
        else
            ttm_course_round_motion(course, id, round, now);
        if (m->fit.forms)
            bend(m, id, at, round);
    }
    memcpy(ids, m->s.ids + (size_t)floor(frame + 0.5) * pixels, pixels);
    if (m->s.refined && (frame_at(m, at) < 0 || round > 0))
        ret = ttm_fit_refine(&m->fit, m->s.first, m->ids, m->ids);
    if (ret >= 0) {
        m->at    = at;
        m->round = round;
    }
    return ret;
}

int ttm_moment_go(TTMMoment *m, double at)
{
    return go(m, at, -1);
}

int ttm_moment_go_round(TTMMoment *m, double time)
{
    const TTMCourse *course = m->s.course;

    return go(m, ttm_course_returning(course->fit->frames, course->returns, time), time);
}
