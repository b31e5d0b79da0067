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

/**
 * @file
 * Fuzz target: what a language model's server answers. The first line is the prompt, the
 * rest an answer: of the server, and of its model.
 */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/answer.h"
#include "prompt/chat.h"
#include "prompt/complete.h"

static void check_line(const char *why, size_t size)
{
    fuzz_assert(strlen(why) < size, "a reason fits");
    for (; *why; why++)
        fuzz_assert((unsigned char)*why >= ' ' && *why != 0x7f, "a reason is one line");
}

static void check_answer(const char *said, const char *caption)
{
    char why[TTM_ANSWER_WHY], *json;
    int ret = ttm_answer_check(&json, said, caption, why);
    TTMPrompts p;

    fuzz_assert(ret == 0 || ret == TTM_ERR_FORMAT, "an answer is taken or refused");
    check_line(why, sizeof(why));
    fuzz_assert((ret < 0) == (*why != 0) && (ret < 0) == !json, "what is refused has a reason");
    if (ret < 0)
        return;
    /* what was taken is JSON for the option objects */
    fuzz_assert(ttm_prompts_from_answer(&p, &fuzz_log, json, caption) == 0, "it is prompts");
    fuzz_assert(p.nb_objects >= 1 && p.nb_objects <= TTM_MAX_OBJECTS && p.global && p.motion,
                "prompts are complete");
    for (int i = 0; i < p.nb_objects; i++)
        fuzz_assert(p.objects[i].name && p.objects[i].prompt && p.objects[i].description &&
                    p.objects[i].count >= 0, "objects are complete");
    ttm_prompts_free(&p);
    free(json);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    const size_t first = end ? (size_t)(end - data) : size;
    char *line = fuzz_text(data, first), *caption = ttm_text_clean(line);
    char *body = end ? fuzz_text(end + 1, size - first - 1) : fuzz_text(data, 0);
    char why[TTM_CHAT_WHY], *text;
    int ret = ttm_chat_read(&text, body, strlen(body), why);

    fuzz_assert(caption != NULL, "there is memory");
    fuzz_assert(ret == 0 || ret == TTM_ERR_FORMAT, "a body is taken or refused");
    fuzz_assert((ret < 0) == !text, "and has a text then");
    check_line(why, sizeof(why));
    if (text)
        check_answer(text, caption);
    check_answer(body, caption);
    ttm_chat_error(body, strlen(body), why);
    check_line(why, sizeof(why));
    free(text);
    free(body);
    free(caption);
    free(line);
}
