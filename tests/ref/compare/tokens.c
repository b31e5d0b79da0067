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

/** @file Token ids of many texts, for a comparison with CLIPTokenizer's. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "prompt/tokenizer.h"
#include "util/file.h"

int compare_tokens(int argc, char **argv)
{
    const TTMLog log = { compare_log, NULL };
    TTMTokenizer *tokenizer = NULL;
    TTMFile file  = { 0 };
    uint8_t *data = NULL;
    const char *text, *end;
    int32_t *ids = NULL;
    int length, ret;

    (void)argc;
    ret = ttm_tokenizer_create(&tokenizer, &log, argv[0]);
    if (ret >= 0)
        ret = ttm_file_open(&file, &log, argv[1]);
    if (ret >= 0)
        ret = ttm_file_load(&file, &log, &data);
    if (ret < 0)
        goto end;
    length = ttm_tokenizer_length(tokenizer);
    ids    = calloc(length, sizeof(*ids));
    if (!ids || !file.size || data[file.size - 1]) {
        ret = TTM_ERR_FORMAT;
        goto end;
    }
    end = (const char *)data + file.size;
    for (text = (const char *)data; text < end && ret >= 0; text += strlen(text) + 1) {
        ret = ttm_tokenizer_encode(tokenizer, text, ids, NULL, NULL);
        for (int i = 0; i < length; i++)
            printf("%d%c", (int)ids[i], i + 1 < length ? ' ' : '\n');
    }
end:
    free(ids);
    free(data);
    ttm_file_close(&file);
    ttm_tokenizer_free(&tokenizer);
    return ret;
}
