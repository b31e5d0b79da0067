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

#include "motion/posture.h"

#include <math.h>

TTMPlacing ttm_placing(const TTMFit *fit, int id, const TTMMotion *m)
{
    const TTMMotion *first = ttm_fit_motions(fit, id);

    return (TTMPlacing){
        m->x, m->y, (float)fit->width / (float)fit->forms->width,
        (float)fit->height / (float)fit->forms->height, cosf(m->turn),
        sinf(m->turn), first->x, first->y, m->scale
    };
}

void ttm_placing_undo(const TTMPlacing *k, const float p[2], float out[2])
{
    const float x = p[0] * k->scale_x - k->x, y = p[1] * k->scale_y - k->y;

    out[0] = (k->first_x + (k->cosine * x + k->sine * y) / k->scale) / k->scale_x;
    out[1] = (k->first_y + (k->cosine * y - k->sine * x) / k->scale) / k->scale_y;
}

void ttm_placing_apply(const TTMPlacing *k, const float p[2], float out[2])
{
    const float x = p[0] * k->scale_x - k->first_x, y = p[1] * k->scale_y - k->first_y;

    out[0] = (k->x + (k->cosine * x - k->sine * y) * k->scale) / k->scale_x;
    out[1] = (k->y + (k->cosine * y + k->sine * x) * k->scale) / k->scale_y;
}

const TTMForm *ttm_posture_form(const TTMFit *fit, int id)
{
    const TTMForm *form = fit->forms ? &fit->forms->object[id - 1] : NULL;

    return form && form->deforms ? form : NULL;
}

void ttm_posture_at(const TTMFit *fit, int id, int t, int i, float out[2])
{
    const TTMForm *form = ttm_posture_form(fit, id);
    const TTMPlacing k = ttm_placing(fit, id, ttm_fit_motions(fit, id) + t);

    ttm_placing_undo(&k, form->corners[(size_t)t * (size_t)form->lattice.nb_corners +
                                       (size_t)i], out);
}
