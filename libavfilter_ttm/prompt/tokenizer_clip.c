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
 * CLIPTokenizer of transformers: special tokens are found in the text as it
 * is; what lies between is put into normalisation form C, white space
 * becomes one space, letters become small, words are cut by CLIP's pattern
 *
 *     <|startoftext|> <|endoftext|> 's 't 're 've 'm 'll 'd
 *     [letters]+  [number]  [neither space nor letter nor number]+
 *
 * and each word is encoded by byte pairs.
 */

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "prompt/tokenizer_bpe.h"
#include "prompt/tokenizer_class.h"
#include "prompt/tokenizer_unicode.h"
#include "util/mem.h"
#include "util/utf8.h"

#define START "<|startoftext|>"
#define END   "<|endoftext|>"

enum { BEGIN, FINISH, UNKNOWN, PADDING, NB_SPECIAL };

static const struct {
    const char *key, *fallback;
} specials[NB_SPECIAL] = {
    [BEGIN]   = { "bos_token", START },
    [FINISH]  = { "eos_token", END   },
    [UNKNOWN] = { "unk_token", END   },
    [PADDING] = { "pad_token", END   },
};

typedef struct ClipTokenizer {
    TTMBpe *bpe;
    char *text[NB_SPECIAL];
    int32_t id[NB_SPECIAL];
} ClipTokenizer;

/* The text of a special token: a string, or an object with its flags. */
static int find_special(ClipTokenizer *tokenizer, const TTMLog *log,
                        const char *path, const TTMJson *config, int i)
{
    const TTMJson *value = ttm_json_get(config, specials[i].key);
    const char *text;

    if (!value || ttm_json_type(value) == TTM_JSON_NULL)
        text = specials[i].fallback;
    else if (ttm_json_type(value) == TTM_JSON_OBJECT)
        text = ttm_json_string(ttm_json_get(value, "content"), NULL);
    else
        text = ttm_json_string(value, NULL);
    if (!text || !text[0])
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"%s\" must be a token", path,
                        specials[i].key);
    tokenizer->text[i] = ttm_strdup(text);
    if (!tokenizer->text[i])
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    tokenizer->id[i] = ttm_bpe_find(tokenizer->bpe, text);
    if (tokenizer->id[i] < 0)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: the %s \"%s\" is not in vocab.json",
                        path, specials[i].key, text);
    return 0;
}

static void free_state(void *state)
{
    ClipTokenizer *tokenizer = state;

    for (int i = 0; i < NB_SPECIAL; i++)
        free(tokenizer->text[i]);
    ttm_bpe_free(&tokenizer->bpe);
}

static int read_state(void *state, const TTMLog *log, const char *folder,
                      const char *path, const TTMJson *config)
{
    ClipTokenizer *tokenizer = state;
    int ret = ttm_bpe_create(&tokenizer->bpe, log, folder);

    for (int i = 0; ret >= 0 && i < NB_SPECIAL; i++)
        ret = find_special(tokenizer, log, path, config, i);
    return ret;
}

/* What a text is cut from: ids found, and how many are of use. */
typedef struct Encoder {
    const ClipTokenizer *tokenizer;
    TTMIds found;
    size_t wanted;              /* one more than fits, to notice a cut */
} Encoder;

static int is_full(const Encoder *encoder)
{
    return encoder->found.nb >= encoder->wanted;
}

/*
 * UTF-8 of the small letters of text, NFC, with single spaces; malloc.
 * At most 4 bytes for each of at most 4 * 2 code points a byte of the text.
 */
static char *normalise(const char *text, size_t size, size_t *size_out)
{
    uint32_t *points = ttm_array_alloc(size, sizeof(*points)), *composed = NULL;
    size_t nb = 0, used = 0, length;
    char *out = NULL;

    if (!points)
        return NULL;
    for (size_t i = 0; i < size; i += length)
        points[nb++] = ttm_utf8_decode(text + i, size - i, &length);
    if (ttm_unicode_nfc(points, nb, &composed, &nb) >= 0)
        out = ttm_array_alloc(nb, 8);
    for (size_t i = 0; out && i < nb; i++) {
        uint32_t small[2];
        int count;

        if (ttm_unicode_is_space(composed[i])) {
            if (!i || !ttm_unicode_is_space(composed[i - 1]))
                out[used++] = ' ';
            continue;
        }
        count = ttm_unicode_lower(composed[i], small);
        for (int j = 0; j < count; j++)
            used += ttm_utf8_encode(small[j], out + used);
    }
    *size_out = used;
    free(points);
    free(composed);
    return out;
}

enum Class { SPACE, LETTER, NUMBER, OTHER };

static enum Class class_at(const char *text, size_t size, size_t *length)
{
    uint32_t c = ttm_utf8_decode(text, size, length);

    if (ttm_unicode_is_space(c))
        return SPACE;
    if (ttm_unicode_is_letter(c))
        return LETTER;
    return ttm_unicode_is_number(c) ? NUMBER : OTHER;
}

/* Length of the literal alternative of CLIP's pattern at text, or 0. */
static size_t literal_at(const char *text, size_t size)
{
    static const char *const literals[] = {
        START, END, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", NULL
    };

    for (const char *const *literal = literals; *literal; literal++) {
        size_t length = strlen(*literal);

        if (length <= size && !memcmp(text, *literal, length))
            return length;
    }
    return 0;
}

/* Length of the run of one class at text. */
static size_t run_at(const char *text, size_t size, enum Class class)
{
    size_t used = 0, length;

    while (used < size && class_at(text + used, size - used, &length) == class) {
        used += length;
        if (class == NUMBER)
            break;
    }
    return used;
}

static int encode_word(Encoder *encoder, const char *text, size_t size)
{
    return ttm_bpe_encode(encoder->tokenizer->bpe, text, size,
                          encoder->tokenizer->id[UNKNOWN], &encoder->found);
}

/*
 * "<|endoftext|>" only arises here from capital letters, as the token itself
 * was found before. The pattern takes it as one, but the byte-level step cuts
 * it again, at its letters.
 */
static int encode_literal(Encoder *encoder, const char *text, size_t size)
{
    int ret;

    if (text[0] != '<')
        return encode_word(encoder, text, size);
    ret = encode_word(encoder, text, 2);
    if (ret >= 0)
        ret = encode_word(encoder, text + 2, size - 4);
    if (ret >= 0)
        ret = encode_word(encoder, text + size - 2, 2);
    return ret;
}

/* Encode text without special tokens. */
static int encode_plain(Encoder *encoder, const char *text, size_t size)
{
    char *clean = normalise(text, size, &size);
    size_t length, step;
    int ret = clean ? 0 : TTM_ERR_MEMORY;

    for (size_t i = 0; ret >= 0 && i < size && !is_full(encoder); i += length) {
        length = literal_at(clean + i, size - i);
        if (length) {
            ret = encode_literal(encoder, clean + i, length);
        } else {
            enum Class class = class_at(clean + i, size - i, &step);

            length = run_at(clean + i, size - i, class);
            if (class != SPACE)
                ret = encode_word(encoder, clean + i, length);
        }
    }
    free(clean);
    return ret;
}

/* First special token in text (the longest of several), or NULL. */
static const char *find_first(const ClipTokenizer *tokenizer, const char *text,
                              int *which)
{
    const char *first = NULL;

    for (int i = 0; i < NB_SPECIAL; i++) {
        const char *found = strstr(text, tokenizer->text[i]);

        if (!found || (first && found > first) ||
            (found == first &&
             strlen(tokenizer->text[i]) <= strlen(tokenizer->text[*which])))
            continue;
        first  = found;
        *which = i;
    }
    return first;
}

static int encode_all(Encoder *encoder, const char *text)
{
    const ClipTokenizer *tokenizer = encoder->tokenizer;
    int ret = 0, which = 0;

    while (ret >= 0 && *text && !is_full(encoder)) {
        const char *special = find_first(tokenizer, text, &which);
        size_t before = special ? (size_t)(special - text) : strlen(text);

        if (before)
            ret = encode_plain(encoder, text, before);
        text += before;
        if (ret < 0 || !special)
            continue;
        ret = ttm_array_grow(&encoder->found.ids, &encoder->found.capacity,
                             encoder->found.nb + 1, sizeof(int32_t));
        if (ret >= 0)
            encoder->found.ids[encoder->found.nb++] = tokenizer->id[which];
        text += strlen(tokenizer->text[which]);
    }
    return ret;
}

static int encode(const void *state, const char *text, int32_t *ids, int length,
                  int *nb_tokens, int *truncated)
{
    const ClipTokenizer *tokenizer = state;
    size_t room = (size_t)length - 2;
    Encoder encoder = { .tokenizer = tokenizer, .wanted = room + 1 };
    int ret   = encode_all(&encoder, text);
    size_t nb = encoder.found.nb;

    if (ret >= 0) {
        int used = 0;

        *truncated = nb > room;
        if (nb > room)
            nb = room;
        ids[used++] = tokenizer->id[BEGIN];
        for (size_t i = 0; i < nb; i++)
            ids[used++] = encoder.found.ids[i];
        ids[used++] = tokenizer->id[FINISH];
        *nb_tokens = used;
        while (used < length)
            ids[used++] = tokenizer->id[PADDING];
    }
    free(encoder.found.ids);
    return ret;
}

const TTMTokenizerClass ttm_tokenizer_clip = {
    "CLIPTokenizer", sizeof(ClipTokenizer), 3, read_state, free_state, encode
};
