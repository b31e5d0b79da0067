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
 * The properties of code points that CLIP's tokenizer asks for, as the
 * tokenizers library knows them (see tests/ref/tokenizer_tables.py).
 */

#ifndef TTM_PROMPT_TOKENIZER_UNICODE_H
#define TTM_PROMPT_TOKENIZER_UNICODE_H

#include <stddef.h>
#include <stdint.h>

int ttm_unicode_is_letter(uint32_t c);
int ttm_unicode_is_number(uint32_t c);
int ttm_unicode_is_space(uint32_t c);

/** Small letters of @p c, one or two; returns their number. */
int ttm_unicode_lower(uint32_t c, uint32_t small[2]);

/**
 * Normalisation form C (Unicode standard annex 15) of @p nb code points.
 * *@p out is malloc'ed, *@p nb_out its length.
 * @return 0 or TTM_ERR_MEMORY, without a log line
 */
int ttm_unicode_nfc(const uint32_t *text, size_t nb, uint32_t **out,
                    size_t *nb_out);

#endif /* TTM_PROMPT_TOKENIZER_UNICODE_H */
