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
 * Prompts as ids of tokens. What a bundle's tokenizer_config.json calls
 * "tokenizer_class" is looked up in one table (tokenizer.c): a tokenizer of another
 * kind is a file with a TTMTokenizerClass, and a row there.
 */

#ifndef TTM_PROMPT_TOKENIZER_H
#define TTM_PROMPT_TOKENIZER_H

#include <stdint.h>

#include "util/log.h"

/** Read-only after creation: may be shared by threads. */
typedef struct TTMTokenizer TTMTokenizer;

/**
 * Read tokenizer_config.json of @p folder and the files of its class: vocab.json and
 * merges.txt, or tokenizer.json, of CLIPTokenizer. @p log is copied, and used by ttm_tokenizer_encode()
 * too. A class that is not known is an error that names it and what is known; files
 * that name none are CLIPTokenizer's.
 */
int ttm_tokenizer_create(TTMTokenizer **tokenizer, const TTMLog *log,
                         const char *folder);
void ttm_tokenizer_free(TTMTokenizer **tokenizer);

/** model_max_length: number of ids that ttm_tokenizer_encode() writes. */
int ttm_tokenizer_length(const TTMTokenizer *tokenizer);

/**
 * Encode UTF-8 @p text (invalid bytes are replaced as Python's "replace"
 * does) to exactly ttm_tokenizer_length() ids, those of CLIP being start, tokens cut
 * to fit, end, padding. @p nb_tokens (may be NULL): number before padding; a longer text
 * is cut and *truncated (may be NULL) set. TTM_ERR_MEMORY after a line.
 */
int ttm_tokenizer_encode(const TTMTokenizer *tokenizer, const char *text,
                         int32_t *ids, int *nb_tokens, int *truncated);

#endif /* TTM_PROMPT_TOKENIZER_H */
