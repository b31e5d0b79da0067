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

/** @file What pulls an object's lattice to its outline in a frame. */

#include "motion/pulls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

#define INSIDE_STEP   4         /* between points inside */

/* Weights and ranges of pulls, chosen on clips of photographs (docs/shape.md). */
#define PULL_OUT     0.3f       /* the still's outline to the frame's */
#define PULL_IN      1.0f       /* the frame's to the still's, along its normal */
#define PULL_POINT   0.1f       /* the same in all directions */
#define PULL_INSIDE  0.3f       /* points inside that lie outside */
#define PULL_HIDDEN  0.2f       /* where another object may be in front */
#define RANGE_OUT    8.0f
#define RANGE_IN     15.0f
#define RANGE_HIDDEN 5.0f
#define REACH        30.0f
#define LEAST_LIKE   0.3f       /* cosine of normals that may belong together */
#define TURNED_COST  6.0f
#define CONTACT_LIKE  0.8f
#define CONTACT_REACH 12.0f

/* 1 / (1 + (x / range)^2) */
static float fade(float x, float range)
{
    return 1 / (1 + x * x / (range * range));
}

int ttm_pulls_create(TTMPulls *p, const TTMLattice *l, const TTMOutline *o)
{
    const size_t across = (size_t)o->width / INSIDE_STEP + 1;
    const size_t down   = (size_t)o->height / INSIDE_STEP + 1;

    p->marks  = ttm_array_alloc((size_t)o->nb_points, sizeof(*p->marks));
    p->inside = ttm_array_alloc(across * down, sizeof(*p->inside));
    if (!p->marks || !p->inside)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < o->nb_points; i++) {
        TTMMark *m = &p->marks[p->nb_marks];

        m->point = &o->points[i];
        ttm_lattice_pin(l, m->point->x, m->point->y,
                        (int)(m->point->x + 0.5f * m->point->normal[0]),
                        (int)(m->point->y + 0.5f * m->point->normal[1]),
                        &m->pin);
        p->nb_marks++;
    }
    for (int y = INSIDE_STEP / 2; y < o->height; y += INSIDE_STEP)
        for (int x = INSIDE_STEP / 2; x < o->width; x += INSIDE_STEP)
            if (o->own.distance[(size_t)y * (size_t)o->width + (size_t)x] > 0)
                ttm_lattice_pin(l, (float)x + 0.5f, (float)y + 0.5f, x, y,
                                &p->inside[p->nb_inside++]);
    return 0;
}

void ttm_pulls_free(TTMPulls *p)
{
    free(p->marks);
    free(p->inside);
    memset(p, 0, sizeof(*p));
}

void ttm_pulls_place(TTMPulls *p, const TTMLattice *l, const float (*at)[2])
{
    for (int i = 0; i < p->nb_marks; i++) {
        TTMMark *m = &p->marks[i];
        const TTMLatticeCell *c = &l->cells[m->pin.cell];
        const float *n = m->point->normal;

        ttm_lattice_position(l, at, &m->pin, m->at);
        m->normal[0] = c->c * n[0] - c->s * n[1];
        m->normal[1] = c->s * n[0] + c->c * n[1];
    }
}

/* Direction of a slope; how much of one it is, 0 .. 1. */
static float direct(const float slope[2], float along[2])
{
    const float length = hypotf(slope[0], slope[1]);

    along[0] = slope[0] / (length + 1e-6f);
    along[1] = slope[1] / (length + 1e-6f);
    return fminf(2 * length, 1);
}

/* The still's outline to the frame's, along the frame's distances. */
static void pull_out(const TTMPulls *all, TTMLattice *l, const TTMOutline *frame)
{
    for (int i = 0; i < all->nb_marks; i++) {
        const TTMMark *m = &all->marks[i];
        float slope[2], far, weight;
        TTMPull pull = { { 0 }, { 0 }, 0, 0 };
        int hidden;

        if (!ttm_outline_in(frame, m->at))
            continue;
        far = ttm_distance_at(&frame->own, m->at[0], m->at[1], slope);
        weight = PULL_OUT * direct(slope, pull.along);
        hidden = ttm_outline_hidden(frame, m->at[0], m->at[1]);
        /* Far outside whatever lies that way; else what looks the same way. */
        if ((hidden || far > 0) && pull.along[0] * m->normal[0] +
                                   pull.along[1] * m->normal[1] < LEAST_LIKE)
            continue;
        if (hidden)
            weight *= PULL_HIDDEN * fade(far, RANGE_HIDDEN);
        else if (far > 0)
            weight *= fade(far, RANGE_OUT);
        /* The still does not show where the object ends there. */
        if (m->point->contact && far > 0)
            continue;
        for (int a = 0; a < 2; a++)
            pull.to[a] = m->at[a] - far * pull.along[a];
        pull.line = weight;
        ttm_lattice_pull(l, &m->pin, &pull);
    }
}

/* What was inside stays inside, or may be hidden. */
static void pull_inside(const TTMPulls *all, TTMLattice *l,
                        const TTMOutline *frame, const float (*at)[2])
{
    for (int i = 0; i < all->nb_inside; i++) {
        TTMPull pull = { { 0 }, { 0 }, 0, 0 };
        float p[2], slope[2], far;

        ttm_lattice_position(l, at, &all->inside[i], p);
        if (!ttm_outline_in(frame, p))
            continue;
        far = fmaxf(ttm_distance_at(&frame->room, p[0], p[1], slope), -REACH);
        if (far >= 0)
            continue;
        pull.line = PULL_INSIDE * direct(slope, pull.along);
        for (int a = 0; a < 2; a++)
            pull.to[a] = p[a] - far * pull.along[a];
        ttm_lattice_pull(l, &all->inside[i], &pull);
    }
}

/* The mark of the still that belongs to a point of the frame, or NULL. */
static const TTMMark *nearest(const TTMPulls *all, const TTMOutlinePoint *p)
{
    const TTMMark *found = NULL;
    /* Where something may hide it, only what clearly belongs there. */
    const float alike = p->contact ? CONTACT_LIKE : LEAST_LIKE;
    float least = p->contact ? CONTACT_REACH : REACH;

    for (int i = 0; i < all->nb_marks; i++) {
        const TTMMark *m = &all->marks[i];
        const float dx = p->x - m->at[0], dy = p->y - m->at[1];
        float like, cost;

        if (dx * dx + dy * dy >= least * least)
            continue;
        like = p->normal[0] * m->normal[0] + p->normal[1] * m->normal[1];
        cost = sqrtf(dx * dx + dy * dy) + TURNED_COST * (1 - like);
        if (like > alike && cost < least) {
            least = cost;
            found = m;
        }
    }
    return found;
}

/* The frame's outline takes the still's nearest along. */
static void pull_in(const TTMPulls *all, TTMLattice *l, const TTMOutline *frame)
{
    for (int i = 0; i < frame->nb_points; i++) {
        const TTMOutlinePoint *p = &frame->points[i];
        const TTMMark *m = nearest(all, p);
        float dx, dy, far, along, weight;
        TTMPull pull;

        if (!m)
            continue;
        dx = p->x - m->at[0];
        dy = p->y - m->at[1];
        far    = hypotf(dx, dy);
        along  = dx * p->normal[0] + dy * p->normal[1];
        weight = fade(far, RANGE_IN);
        /* It may go on behind what hides it, and beyond the border. */
        if (p->contact && along > 0)
            weight *= p->border ? 0 : PULL_HIDDEN * fade(far, RANGE_HIDDEN);
        /* What the still does not show of it may come out. */
        if (m->point->contact && along < 0)
            continue;
        pull = (TTMPull){ { p->x, p->y }, { p->normal[0], p->normal[1] },
                          PULL_IN * weight, PULL_POINT * weight };
        ttm_lattice_pull(l, &m->pin, &pull);
    }
}

void ttm_pulls_add(const TTMPulls *pulls, TTMLattice *l,
                   const TTMOutline *frame, const float (*at)[2])
{
    pull_out(pulls, l, frame);
    pull_inside(pulls, l, frame, at);
    pull_in(pulls, l, frame);
}
