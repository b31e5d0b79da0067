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

/** @file The end of what a clip holds. */

#include <string.h>

#include "clip/context.h"
#include "clip/report.h"

void ttm_made_free(TTMMade *m, TTMBackend *backend)
{
    ttm_output_free(&m->output, backend);
    ttm_pictures_free(&m->pictures, backend);
    ttm_trajectory_free(&m->trajectory, backend);
    ttm_denoised_free(&m->denoised, backend);
    ttm_encoded_free(&m->encoded, backend);
    ttm_texts_free(&m->texts, backend);
    ttm_objects_free(&m->objects, backend);
    memset(m, 0, sizeof(*m));
}

void ttm_clip_drop(TTMContext *ctx)
{
    TTMClip *c = &ctx->clip;

    ttm_report_end(ctx);
    ttm_profile_free(&ctx->profile);
    ttm_made_free(&c->made, ctx->backend);
    ttm_saved_free(&c->saved);
    ttm_given_free(&c->given);
    memset(c, 0, sizeof(*c));
}
