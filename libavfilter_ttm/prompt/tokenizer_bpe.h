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

/** @file Byte-pair encoding of single words with CLIP's vocabulary and merges. */

#ifndef TTM_PROMPT_TOKENIZER_BPE_H
#define TTM_PROMPT_TOKENIZER_BPE_H

#include <stddef.h>
#include <stdint.h>

#include "util/log.h"

/** Vocabulary and merges; read-only after creation. */
typedef struct TTMBpe TTMBpe;

/** Read vocab.json and merges.txt of @p folder or, where these are not, tokenizer.json. */
int ttm_bpe_create(TTMBpe **bpe, const TTMLog *log, const char *folder);
void ttm_bpe_free(TTMBpe **bpe);

/** Id of a token, -1 where there is none. */
int32_t ttm_bpe_find(const TTMBpe *bpe, const char *token);

/** A growing list of ids; zero-filled at first, free ids with free(). */
typedef struct TTMIds {
    int32_t *ids;
    size_t nb, capacity;
} TTMIds;

/**
 * Append the ids of one word of @p size bytes (at least 1). A byte whose
 * symbol is not in the vocabulary becomes @p unknown.
 * @return 0 or TTM_ERR_MEMORY, without a log line
 */
int ttm_bpe_encode(const TTMBpe *bpe, const char *word, size_t size,
                   int32_t unknown, TTMIds *ids);

#endif /* TTM_PROMPT_TOKENIZER_BPE_H */
