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

/** @file Unit of work: hidden states of all prompts. */

#include "clip/texts.h"

#include <stdlib.h>

#include "clip/context.h"
#include "util/mem.h"

/* Hidden states of @p count prompts, on the device. */
static int make_states(TTMContext *ctx, int count, TTMTensor *states)
{
    return ttm_tensor_create(ctx->backend, states,
                             TTM_SHAPE(count, ctx->models.tokens,
                                       ctx->models.text.hidden_size),
                             ctx->backend->precision);
}

/* Hidden states of one prompt, as numbers @p first to @p last of @p states. */
static int encode_prompt(TTMContext *ctx, const char *text, const TTMTensor *states,
                         int first, int last)
{
    TTMModels *m = &ctx->models;
    const int64_t size = (int64_t)m->tokens * m->text.hidden_size;
    TTMNetwork *network;
    int32_t *ids = ttm_array_alloc((size_t)m->tokens, sizeof(*ids));
    int truncated = 0, ret;

    if (!ids)
        return ttm_fail(&ctx->log, TTM_ERR_MEMORY, "out of memory");
    ret = ttm_models_text(m, &network);
    if (ret >= 0)
        ret = ttm_tokenizer_encode(m->tokenizer, text, ids, NULL, &truncated);
    if (ret >= 0 && truncated)
        ttm_log(&ctx->log, TTM_LOG_WARNING, "the prompt '%.60s...' is longer "
                "than %d tokens; its end is not read", text, m->tokens);
    if (ret >= 0)
        ret = ttm_network_write(network, "ids", ids, TTM_DTYPE_I32);
    if (ret >= 0)
        ret = ttm_network_run_checked(network, "prompts");
    for (int i = first; ret >= 0 && i <= last; i++)
        ret = ttm_tensor_copy(ctx->backend, states, i * size,
                              ttm_network_output(network, 0), 0, size);
    free(ids);
    return ret;
}

int ttm_clip_encode_texts(TTMContext *ctx, int unit)
{
    const TTMPrompts *p = &ctx->clip.made.objects.prompts;
    const int objects = ctx->clip.made.objects.nb;
    TTMTexts *t = &ctx->clip.made.texts;
    const struct {
        TTMTensor *states;
        const char *text;
    } prompts[] = {
        { &t->stage[TTM_STAGE_MOTION], p->motion },
        { &t->stage[TTM_STAGE_VIDEO],  p->global },
        { &t->empty,             ctx->clip.given.negative_prompt },
    };
    int ret = 0;

    (void)unit;
    for (size_t i = 0; ret >= 0 && i < sizeof(prompts) / sizeof(prompts[0]); i++) {
        ret = make_states(ctx, 1, prompts[i].states);
        if (ret >= 0)
            ret = encode_prompt(ctx, prompts[i].text, prompts[i].states, 0, 0);
    }
    if (ret < 0 || !objects)
        return ret;
    ret = make_states(ctx, objects, &t->locals);
    if (ret >= 0)
        ret = make_states(ctx, objects, &t->locals_empty);
    if (ret >= 0)
        ret = encode_prompt(ctx, "", &t->locals_empty, 0, objects - 1);
    for (int i = 0; ret >= 0 && i < objects; i++)
        ret = encode_prompt(ctx, p->objects[i].prompt, &t->locals, i, i);
    return ret;
}

void ttm_texts_free(TTMTexts *texts, TTMBackend *backend)
{
    for (int i = 0; i < TTM_STAGE_NB; i++)
        ttm_tensor_free(backend, &texts->stage[i]);
    ttm_tensor_free(backend, &texts->empty);
    ttm_tensor_free(backend, &texts->locals);
    ttm_tensor_free(backend, &texts->locals_empty);
}
