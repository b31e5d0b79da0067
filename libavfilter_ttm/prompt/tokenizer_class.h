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

/** @file What a class of tokenizers must do; the table of them is in tokenizer.c. */

#ifndef TTM_PROMPT_TOKENIZER_CLASS_H
#define TTM_PROMPT_TOKENIZER_CLASS_H

#include <stddef.h>
#include <stdint.h>

#include "io/json.h"
#include "util/log.h"

/** How the tokens of a prompt are found. States are read-only once they are made. */
typedef struct TTMTokenizerClass {
    const char *name;           ///< "tokenizer_class" of tokenizer_config.json
    size_t state_size;
    int least_length;           ///< ids that it needs whatever the text
    /**
     * Fill the zeroed @p state from the files of @p folder and from @p config, which
     * is the file @p path. A negative code after a log line; what was made is freed
     * in any case.
     */
    int (*read)(void *state, const TTMLog *log, const char *folder,
                const char *path, const TTMJson *config);
    void (*free)(void *state);
    /**
     * Encode valid UTF-8 to exactly @p length ids, cut or padded; tells how many are
     * before the padding, and whether it cut. TTM_ERR_MEMORY without a log line.
     */
    int (*encode)(const void *state, const char *text, int32_t *ids, int length,
                  int *nb_tokens, int *truncated);
} TTMTokenizerClass;

extern const TTMTokenizerClass ttm_tokenizer_clip;

#endif /* TTM_PROMPT_TOKENIZER_CLASS_H */
