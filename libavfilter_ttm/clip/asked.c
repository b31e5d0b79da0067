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

/** @file Asking the server of the option llm. */

#include "clip/asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clip/context.h"
#include "prompt/answer.h"
#include "prompt/chat.h"
#include "prompt/complete.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/url.h"

/** Room for a reason: what a server says, and a sentence around it. */
#define WHY (TTM_CHAT_WHY + 160)

int ttm_asked_check(const TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;

    if (!s->llm || !*s->llm || s->post)
        return 0;
    return ttm_fail(&ctx->log, TTM_ERR_UNSUPPORTED, "option llm: this program was built "
                    "without libcurl and cannot reach a server: build ttm where it is there "
                    "(package libcurl4-gnutls-dev), or leave llm out, and the built-in rules "
                    "read the prompt");
}

void ttm_asked_free(TTMAsked *asked)
{
    free(asked->caption);
    free(asked->answer);
    memset(asked, 0, sizeof(*asked));
}

void ttm_asked_begin(TTMAsked *asked)
{
    if (!asked->answer)
        ttm_asked_free(asked);
}

static int stopped(void *opaque)
{
    return ttm_cancelled(opaque);
}

/* One request. 0 with any status, else why there is none in @p why. */
static int post(TTMContext *ctx, const TTMUrl *url, const char *address, const char *caption,
                int plain, double timeout, TTMReply *reply, char why[WHY])
{
    const TTMSettings *s = &ctx->settings;
    char *body = ttm_chat_request(s->llm_model, caption, plain);
    TTMPost request = {
        .struct_size    = sizeof(request),
        .url            = address,
        .local          = url->local,
        .body           = body,
        .body_size      = body ? strlen(body) : 0,
        .timeout        = timeout,
        .most           = TTM_MAX_CHAT_REPLY,
        .stopped        = stopped,
        .stopped_opaque = &ctx->cancel,
    };
    int ret;

    *reply = (TTMReply){ .struct_size = sizeof(*reply) };
    ret = body ? s->post(s->post_opaque, &request, reply) : TTM_ERR_MEMORY;
    free(body);
    reply->message[sizeof(reply->message) - 1] = 0;
    if (ret < 0)
        snprintf(why, WHY, "%s", *reply->message ? reply->message : "no answer");
    return ret;
}

/* What an HTTP status other than 200 means. */
static void explain_status(const TTMReply *reply, char why[WHY])
{
    char said[TTM_CHAT_WHY] = "";
    const char *hint = "";

    switch (reply->status) {
    case 401:
    case 403:       /* what it says may repeat the key */
        hint = ": it does not take the key of the environment variable TTM_LLM_KEY, or wants "
               "one";
        break;
    case 301: case 302: case 303: case 307: case 308:
        hint = ": it is somewhere else, and redirects are not followed";
        break;
    case 404:
        hint = ": the address or the model of llm_model is not there";
        break;
    case 429:
        hint = ": it has too much to do";
        break;
    default:
        if (reply->body)
            ttm_chat_error(reply->body, reply->body_size, said);
    }
    snprintf(why, WHY, "HTTP %d%s%s%s", reply->status, hint, *said ? ": " : "", said);
}

/* Servers that do not know a member of the request say one of these. */
static int may_be_form(int status)
{
    return status == 400 || status == 415 || status == 422 || status == 500 || status == 501;
}

/* Ask, once more in plain words if need be. 1: *@p answer, 0: @p why. */
static int ask(TTMContext *ctx, const TTMUrl *url, const char *caption, char **answer,
               char why[WHY])
{
    const double end = ttm_clock_seconds() + ctx->settings.llm_timeout;
    char *address = ttm_chat_address(ctx->settings.llm), *text = NULL;
    TTMReply reply = { 0 };
    int ret = address ? 0 : TTM_ERR_MEMORY;

    for (int plain = 0; ret >= 0 && plain < 2; plain++) {
        const double left = end - ttm_clock_seconds();

        if (plain && (!may_be_form(reply.status) || left < 0.05))
            break;
        free(reply.body);
        ret = post(ctx, url, address, caption, plain, left, &reply, why);
    }
    free(address);
    if (ret >= 0 && (reply.status != 200 || !reply.body)) {
        explain_status(&reply, why);
        ret = TTM_ERR_FORMAT;
    }
    if (ret >= 0)
        ret = ttm_chat_read(&text, reply.body, reply.body_size, why);
    if (ret >= 0) {
        char wrong[TTM_ANSWER_WHY];

        ret = ttm_answer_check(answer, text, caption, wrong);
        if (ret == TTM_ERR_FORMAT)
            snprintf(why, WHY, "the answer of its model %s", wrong);
    }
    free(text);
    free(reply.body);
    return ret;
}

/* Fill ctx->asked for the prompt, unless that is what it is about. */
static int ask_for(TTMContext *ctx, const char *caption)
{
    TTMAsked *a = &ctx->asked;
    const TTMSettings *s = &ctx->settings;
    char why[WHY] = "";
    TTMUrl url;
    int ret;

    if (a->caption && !strcmp(a->caption, caption))
        return 0;
    ttm_asked_free(a);
    a->caption = ttm_strdup(caption);
    if (!a->caption)
        return TTM_ERR_MEMORY;
    ttm_url_read(&url, s->llm);     /* which the settings have checked */
    if (strlen(caption) > TTM_MAX_CHAT_PROMPT) {
        snprintf(why, WHY, "the prompt has more than the %d bytes that are sent",
                 TTM_MAX_CHAT_PROMPT);
        ret = TTM_ERR_FORMAT;
    } else {
        ttm_log(&ctx->log, TTM_LOG_INFO, url.local ?
                "option llm: the words of the prompt go to %s, on this machine, over %s; the "
                "picture does not" : "option llm: the words of the prompt leave this machine, "
                "for %s over %s; the picture does not", url.server,
                url.secure ? "https" : url.local ? "http" :
                "http, which others on the way can read");
        ret = ask(ctx, &url, caption, &a->answer, why);
    }
    if (ret == TTM_ERR_CANCELLED || ret == TTM_ERR_MEMORY || ret >= 0)
        return ret;
    ttm_log(&ctx->log, TTM_LOG_WARNING, "option llm: %s: %s; the built-in rules read the "
            "prompt", url.server, why);
    return 0;
}

int ttm_asked_prompts(TTMContext *ctx, TTMPrompts *prompts)
{
    const TTMGiven *g = &ctx->clip.given;
    const char *llm = ctx->settings.llm, *prompt = g->prompt ? g->prompt : "";
    char *caption;
    int ret;

    if (g->objects)
        return ttm_prompts_from_json(prompts, &ctx->log, g->objects, g->prompt);
    if (!llm || !*llm || !*prompt)
        return ttm_prompts_from_text(prompts, &ctx->log, prompt);
    caption = ttm_text_clean(prompt);
    ret = caption ? ask_for(ctx, caption) : TTM_ERR_MEMORY;
    free(caption);
    if (ret == TTM_ERR_CANCELLED)
        return ret;
    if (ret < 0)
        return ttm_fail(&ctx->log, ret, "out of memory for the prompt");
    return ctx->asked.answer ?
           ttm_prompts_from_answer(prompts, &ctx->log, ctx->asked.answer, ctx->asked.caption) :
           ttm_prompts_from_text(prompts, &ctx->log, prompt);
}
