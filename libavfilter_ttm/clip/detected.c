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

#include "clip/detected.h"

#include <stdlib.h>
#include <string.h>

#include "clip/budget.h"
#include "clip/context.h"
#include "model/detect.h"
#include "prompt/query.h"

/* What is asked for the objects; objects may have one text. */
typedef struct Texts {
    char *text[TTM_MAX_OBJECTS], *brief[TTM_MAX_OBJECTS];
    int nb;
    int query[TTM_MAX_OBJECTS];     /* of each object; -1: its place is given */
} Texts;

static void free_texts(Texts *t)
{
    for (int i = 0; i < t->nb; i++) {
        free(t->text[i]);
        free(t->brief[i]);
    }
}

static int make_texts(Texts *t, const TTMPrompts *prompts)
{
    t->nb = 0;
    for (int i = 0; i < prompts->nb_objects; i++) {
        const TTMPromptObject *o = &prompts->objects[i];
        int same = 0;

        t->query[i] = -1;
        if (o->place.locate != TTM_LOCATE_WORDS)
            continue;
        t->text[t->nb]  = ttm_query_text(o, 0);
        t->brief[t->nb] = ttm_query_text(o, 1);
        t->nb++;
        if (!t->text[t->nb - 1] || !t->brief[t->nb - 1])
            return TTM_ERR_MEMORY;
        while (strcmp(t->text[same], t->text[t->nb - 1]) != 0)
            same++;
        t->query[i] = same;
        if (same < t->nb - 1) {
            t->nb--;
            free(t->text[t->nb]);
            free(t->brief[t->nb]);
        }
    }
    return 0;
}

int ttm_clip_detect(TTMContext *ctx, const TTMImage *still, TTMPrompts *prompts)
{
    const char *folder = ctx->settings.detector;
    TTMSightings found = { 0 };
    Texts texts;
    int ret;

    if (!folder || !*folder)
        return 0;
    ret = make_texts(&texts, prompts);
    if (ret >= 0 && texts.nb) {
        const TTMDetectRequest request = {
            .folder = folder, .still = still, .budget = ttm_clip_allowed_memory(ctx),
            .texts = (const char *const *)texts.text, .nb_texts = texts.nb,
            .brief = (const char *const *)texts.brief,
        };

        for (int i = 0; i < texts.nb; i++)
            ttm_log(&ctx->log, TTM_LOG_VERBOSE, "detector: '%s'", texts.text[i]);
        ttm_models_free_networks(&ctx->models);     /* those of an earlier clip */
        ctx->held = 0;
        ret = ttm_detect(ctx->backend, &ctx->log, &request, &found);
        if (ret < 0) {          /* which has said it */
            free_texts(&texts);
            return ret;
        }
        ret = ttm_sightings_place(&ctx->log, prompts, texts.query, found.list, found.nb,
                                  still->width, still->height);
    }
    free_texts(&texts);
    free(found.list);
    return ret < 0 ? ttm_fail(&ctx->log, ret, "out of memory for the objects") : 0;
}
