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

/** @file Fuzz target: files of a tokenizer (first byte 0 to 2), and texts for one (others). */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/tokenizer.h"

static const char *const files[] = { "vocab.json", "merges.txt", "tokenizer_config.json" };

static void encode(const TTMTokenizer *tokenizer, const char *text)
{
    const int length = ttm_tokenizer_length(tokenizer);
    int32_t *ids = malloc((size_t)length * sizeof(*ids));
    int nb = 0, truncated = 0;

    fuzz_assert(ids != NULL, "memory");
    fuzz_check(ttm_tokenizer_encode(tokenizer, text, ids, &nb, &truncated));
    fuzz_assert(nb >= 2 && nb <= length, "there are a start and an end");
    free(ids);
}

/* A small one: that of the bundle has 49 408 words. */
static void write_rest(int but)
{
    static const char *const texts[] = {
        "{\"<|startoftext|>\": 0, \"<|endoftext|>\": 1, \"a\": 2, \"b\": 3, \"a</w>\": 4, "
        "\"b</w>\": 5, \"ab</w>\": 6, \"aa\": 7}",
        "#version: 0.2\na b</w>\na a\n",
        "{\"model_max_length\": 8, \"bos_token\": \"<|startoftext|>\", \"eos_token\": "
        "\"<|endoftext|>\", \"pad_token\": \"<|endoftext|>\", \"unk_token\": "
        "\"<|endoftext|>\"}"
    };

    for (int i = 0; i < 3; i++)
        if (i != but)
            fuzz_write(files[i], texts[i], strlen(texts[i]));
}

void fuzz_one(const uint8_t *data, size_t size)
{
    const int which = fuzz_byte(&data, &size) % 4;
    TTMTokenizer *tokenizer;
    char *text;
    int ret;

    write_rest(which);
    if (which < 3)
        fuzz_write(files[which], data, size);
    ret = ttm_tokenizer_create(&tokenizer, &fuzz_log, fuzz_folder());
    fuzz_check(ret);
    fuzz_assert(which < 3 || ret >= 0, "the tokenizer of the test is one");
    text = which < 3 ? fuzz_text((const uint8_t *)"ab aab ba", 9) : fuzz_text(data, size);
    if (ret >= 0)
        encode(tokenizer, text);
    free(text);
    ttm_tokenizer_free(&tokenizer);
}
