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
 * What a language model is asked of a prompt, and where its words are in the answer: the
 * bodies of "chat completions" as OpenAI's interface has them, and llama.cpp, Ollama and
 * vLLM after it.
 */

#ifndef TTM_PROMPT_CHAT_H
#define TTM_PROMPT_CHAT_H

#include <stddef.h>

/** Bytes of the longest prompt that is sent. */
#define TTM_MAX_CHAT_PROMPT 8192
/** Bytes of an answer of a server that are read. */
#define TTM_MAX_CHAT_REPLY  (1 << 20)
/** Room for what ttm_chat_read() says is wrong. */
#define TTM_CHAT_WHY        256

/**
 * The address to POST to for the option llm: "/v1/chat/completions" goes behind a server,
 * "/chat/completions" behind a path that does not end in it. malloc; NULL: out of memory.
 *
 * @param llm  an address that ttm_url_read() takes
 */
char *ttm_chat_address(const char *llm);

/**
 * The body of the request, one line of JSON; malloc, NULL: out of memory.
 *
 * @param model    NULL or empty: not named
 * @param caption  valid UTF-8 (ttm_text_clean())
 * @param plain    only what every server takes: no JSON schema, no temperature, no limit
 */
char *ttm_chat_request(const char *model, const char *caption, int plain);

/**
 * What the model has said: the text of the first choice without blanks, thoughts in
 * <think> and a Markdown fence around it.
 *
 * @param body  @p size bytes and a 0
 * @param text  malloc
 * @return 0, TTM_ERR_FORMAT and what is wrong in @p why, TTM_ERR_MEMORY
 */
int ttm_chat_read(char **text, const char *body, size_t size, char why[TTM_CHAT_WHY]);

/** What a server says of its error, without control characters; empty: nothing. */
void ttm_chat_error(const char *body, size_t size, char why[TTM_CHAT_WHY]);

#endif /* TTM_PROMPT_CHAT_H */
