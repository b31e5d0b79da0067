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

/** @file Dense, non-rigid fit of the still's masks to a trajectory. */

#include "motion/forms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "motion/field.h"
#include "motion/form_fit.h"
#include "ttm.h"
#include "util/image.h"
#include "util/mem.h"
#include "util/regions.h"

int ttm_forms_begin(struct TTMForms **forms, const TTMFit *fit,
                    const uint8_t *still, int still_width, int still_height,
                    double pixel_aspect)
{
    const float shown_width = (float)(still_width * pixel_aspect);
    const float side = fmaxf(shown_width, (float)still_height);
    struct TTMForms *s = ttm_array_alloc(1, sizeof(*s));

    *forms = s;
    if (!s)
        return TTM_ERR_MEMORY;
    /* As wide as high, as displayed: what is rigid in the still is so in the grid. */
    s->width  = (int)fmaxf(rintf(TTM_FORMS_SIDE * shown_width / side), 2);
    s->height = (int)fmaxf(rintf(TTM_FORMS_SIDE * (float)still_height / side), 2);
    s->frames  = fit->frames;
    s->objects = fit->objects;
    s->first  = ttm_array_alloc((size_t)s->width * (size_t)s->height, 1);
    s->object = ttm_array_alloc((size_t)s->objects, sizeof(*s->object));
    s->work   = ttm_array_alloc(ttm_field_work(s), 1);
    if (s->first && s->object && s->work) {
        ttm_ids_resize(still, still_width, still_height, s->first, s->width,
                       s->height);
        return 0;
    }
    ttm_forms_free(forms);
    return TTM_ERR_MEMORY;
}

int ttm_forms_create(struct TTMForms **forms, const TTMFit *fit,
                     const uint8_t *still, int still_width, int still_height,
                     double pixel_aspect, const uint8_t *ids, int width,
                     int height)
{
    uint8_t hides[256], *frames;
    struct TTMForms *s;
    int deforms = 0, ret = ttm_forms_begin(&s, fit, still, still_width, still_height,
                                           pixel_aspect);
    size_t pixels;
    TTMFormTask task;

    *forms = NULL;
    if (ret < 0)
        return ret;
    pixels = (size_t)s->width * (size_t)s->height;
    frames = ttm_array_alloc((size_t)s->frames, pixels);
    if (!frames)
        ret = TTM_ERR_MEMORY;
    for (int t = 1; ret >= 0 && t < s->frames; t++)
        ttm_ids_resize(ids + (size_t)t * (size_t)width * (size_t)height, width,
                       height, frames + (size_t)t * pixels, s->width, s->height);
    ttm_regions_wide(s->first, s->width, s->height, hides);
    for (int id = 0; id < 256; id++)
        hides[id] = !hides[id];
    task = (TTMFormTask){
        .frames = s->frames, .fit = fit, .ids = frames, .hides = hides,
        .width = s->width, .height = s->height, .first = s->first,
        .scale_x = (float)s->width / (float)fit->width,
        .scale_y = (float)s->height / (float)fit->height,
        .noise = fmaxf(pixel_aspect < 1 ? (float)s->height / (float)height :
                       (float)s->width / (float)width, 1),
    };
    for (int id = 1; ret >= 0 && id <= s->objects; id++) {
        if (ttm_cancelled(fit->cancel))
            ret = TTM_ERR_CANCELLED;
        if (ret < 0 || fit->ground[id])
            continue;
        task.id = id;
        ret = ttm_form_fit(&s->object[id - 1], &task);
        deforms |= ret >= 0 && s->object[id - 1].deforms;
    }
    free(frames);
    if (ret >= 0 && ttm_cancelled(fit->cancel))
        ret = TTM_ERR_CANCELLED;
    if (ret < 0 || !deforms)
        ttm_forms_free(&s);
    *forms = s;
    return ret;
}

void ttm_form_free(TTMForm *form)
{
    ttm_lattice_free(&form->lattice);
    free(form->corners);
    free(form->torn);
    free(form->thickness);
    if (form->flowing)
        free(form->flowing->reach);
    free(form->flowing);
    memset(form, 0, sizeof(*form));
}

void ttm_forms_free(struct TTMForms **forms)
{
    struct TTMForms *s = *forms;

    if (!s)
        return;
    for (int i = 0; s->object && i < s->objects; i++)
        ttm_form_free(&s->object[i]);
    free(s->object);
    free(s->work);
    free(s->first);
    free(s);
    *forms = NULL;
}
