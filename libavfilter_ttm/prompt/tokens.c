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


/** @file Words of a prompt. */

#include "prompt/tokens.h"

#include <string.h>

#include "util/utf8.h"

#define MAX_QUOTE 400           /* bytes; a mark without its pair is none */

int ttm_token_is(const TTMTokens *tokens, int i, unsigned kinds)
{
    return i >= 0 && i < tokens->nb && (tokens->token[i].kind & kinds);
}

int ttm_token_in(const TTMTokens *tokens, int i, const char *list)
{
    return i >= 0 && i < tokens->nb &&
           ttm_word_in(list, tokens->token[i].word,
                       strlen(tokens->token[i].word));
}

int ttm_token_begins(const TTMTokens *tokens, int i)
{
    return !i || tokens->token[i - 1].stop ||
           ttm_token_is(tokens, i - 1, TTM_WORD_SEPARATOR);
}

void ttm_tokens_remove(TTMTokens *tokens, int i, int nb)
{
    if (nb > tokens->nb - i)
        nb = tokens->nb - i;
    tokens->nb -= nb;
    memmove(&tokens->token[i], &tokens->token[i + nb],
            (size_t)(tokens->nb - i) * sizeof(tokens->token[0]));
}

void ttm_tokens_put(TTMTokens *tokens, int i, const char *word)
{
    TTMToken *token = &tokens->token[i];

    memset(token, 0, sizeof(*token));
    strcpy(token->word, word);
    token->kind = ttm_word_class(word);
    if (token->kind & (TTM_WORD_VERB | TTM_WORD_VERB_FORM))
        ttm_verb_find(&token->verb, word);
}

static TTMToken *add_token(TTMTokens *tokens)
{
    TTMToken *t;

    if (tokens->nb == TTM_MAX_WORDS) {
        tokens->cut = 1;
        return NULL;
    }
    t = &tokens->token[tokens->nb++];
    memset(t, 0, sizeof(*t));
    return t;
}

static void add_stop(TTMTokens *tokens, char stop)
{
    TTMToken *t = add_token(tokens);

    if (t)
        t->stop = stop;
}

/* Whether token i is something that is done to leaves. */
static int gathers(const TTMTokens *tokens, int i)
{
    return ttm_token_in(tokens, i, " eat eats eating nibble nibbles nibbling munch munches munching "
                                   "chew chews chewing rake rakes raking sweep sweeps sweeping "
                                   "gather gathers gathering collect collects collecting pick picks "
                                   "picking pluck plucks plucking drop drops dropping shed sheds ");
}

static void add_plain(TTMTokens *tokens, const char *word)
{
    const size_t length = strlen(word);
    TTMToken *t = add_token(tokens);

    if (!t)
        return;
    memcpy(t->word, word, length < TTM_MAX_WORD ? length : TTM_MAX_WORD - 1);
    t->kind = ttm_word_class(t->word);
    /* "eats leaves", "sweeps up leaves": no verb */
    if (!strcmp(t->word, "leaves") && (gathers(tokens, tokens->nb - 2) ||
                                       (ttm_token_in(tokens, tokens->nb - 2, " up ") &&
                                        gathers(tokens, tokens->nb - 3))))
        t->kind &= ~(unsigned)(TTM_WORD_VERB | TTM_WORD_VERB_FORM);
    if (t->kind & (TTM_WORD_VERB | TTM_WORD_VERB_FORM))
        ttm_verb_find(&t->verb, t->word);
}

/* "doesn't" is "does not", "it's" is "it is"; an owner keeps its 's. */
static void add_short_form(TTMTokens *tokens, char *word)
{
    static const char subjects[] = " it that there he she who what here let ";
    static const struct {
        const char *end, *whole;
    } forms[] = {
        { "'re", "are" }, { "'ve", "have" }, { "'ll", "will" }, { "'m", "am" },
    };
    size_t length = strlen(word);

    if (!strcmp(word, "can't") || !strcmp(word, "cannot")) {
        add_plain(tokens, "can");
        add_plain(tokens, "not");
        return;
    }
    if (!strcmp(word, "won't")) {
        add_plain(tokens, "will");
        add_plain(tokens, "not");
        return;
    }
    if (length > 3 && !strcmp(word + length - 3, "n't")) {
        word[length - 3] = 0;
        add_plain(tokens, word);
        add_plain(tokens, "not");
        return;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (length > strlen(forms[i].end) &&
            !strcmp(word + length - strlen(forms[i].end), forms[i].end)) {
            word[length - strlen(forms[i].end)] = 0;
            add_plain(tokens, word);
            add_plain(tokens, forms[i].whole);
            return;
        }
    if (ttm_word_ends(word, "'s") &&
        ttm_word_in(subjects, word, length - 2)) {
        word[length - 2] = 0;
        add_plain(tokens, word);
        add_plain(tokens, "is");
        return;
    }
    add_plain(tokens, word);
}

/* "upper-left" is two words where both say a place; "push-ups" is one. */
static int all_places(const char *word)
{
    while (*word) {
        char part[TTM_MAX_WORD];
        size_t length = strcspn(word, "-");
        int x, y;

        memcpy(part, word, length);
        part[length] = 0;
        if (!ttm_word_position(part, &x, &y) &&
            !ttm_word_in(" hand most side ", part, length))
            return 0;
        word += length + (word[length] == '-');
    }
    return 1;
}

static void add_word(TTMTokens *tokens, char *word)
{
    size_t length = strlen(word);

    if (strspn(word, "-") == length)
        add_stop(tokens, ',');      /* a dash between parts of a sentence */
    while (length && strchr("'-", word[length - 1]))
        word[--length] = 0;
    while (*word && strchr("'-", *word))
        word++;
    if (!*word)
        return;
    if (strchr(word, '-') && all_places(word)) {
        while (*word) {
            size_t part = strcspn(word, "-");
            int more = word[part] == '-';

            word[part] = 0;
            /* "the right-hand ball" */
            if (!ttm_word_in(" hand most side ", word, part))
                add_plain(tokens, word);
            word += part + (size_t)more;
        }
        return;
    }
    add_short_form(tokens, word);
}

/* What a code point that is no letter stands for: itself in ASCII, 0: a letter. */
static char plain_sign(uint32_t c)
{
    if (c == 0x2019 || c == 0x2018 || c == 0x2bc)
        return '\'';
    if (c == 0x201c || c == 0x201d || c == 0xab || c == 0xbb)
        return '"';
    if (c == 0x2010 || c == 0x2011)
        return '-';
    if (c == 0x2013 || c == 0x2014 || c == 0x3001 || c == 0xff0c)
        return ',';
    if (c == 0x2026 || c == 0x3002)
        return '.';
    if (c == 0xa0 || (c >= 0x2000 && c <= 0x200d) || c == 0x202f || c == 0xfeff)
        return ' ';
    return 0;
}

static int is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '\'' || c == '-' || c >= 0x80;
}

/* Bytes up to behind the closing mark of a quotation, 0: there is none. */
static size_t quotation(const char *text, size_t size)
{
    size_t length;

    for (size_t i = 0; i < size && i < MAX_QUOTE; i += length) {
        uint32_t c = ttm_utf8_decode(text + i, size - i, &length);

        if (c == '"' || plain_sign(c) == '"')
            return i + length;
    }
    return 0;
}

/*
 * Does a sentence end with a line? Not one that goes on with its next word, as texts that
 * were wrapped do: the line ends with a word that wants another, or the next one begins with
 * a small letter that begins no noun phrase.
 */
static int line_ends_sentence(const TTMTokens *tokens, const char *next)
{
    char word[TTM_MAX_WORD];
    size_t length;

    next += strspn(next, " \t\r");
    if (tokens->nb && ttm_token_is(tokens, tokens->nb - 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE |
                                   TTM_WORD_WAY | TTM_WORD_SEPARATOR | TTM_WORD_AUXILIARY))
        return *next == '\n';           /* unless nothing follows */
    length = strspn(next, "abcdefghijklmnopqrstuvwxyz");
    if (!length || length >= sizeof(word))
        return 1;
    memcpy(word, next, length);
    word[length] = 0;
    return (ttm_word_class(word) & (TTM_WORD_DETERMINER | TTM_WORD_PRONOUN)) != 0;
}

void ttm_tokens_read(TTMTokens *tokens, const char *text)
{
    size_t size = strlen(text), used = 0, length;
    char word[TTM_MAX_WORD];

    tokens->nb = tokens->cut = 0;
    for (size_t i = 0; i <= size && !tokens->cut; i += length) {
        uint32_t c = 0;
        char sign;

        length = 1;
        if (i < size)
            c = ttm_utf8_decode(text + i, size - i, &length);
        sign = plain_sign(c);
        if (sign)
            c = (uint32_t)sign;
        if (is_letter(c)) {
            /* a wrong byte is encoded as U+FFFD */
            if (used + 4 < sizeof(word))
                used += ttm_utf8_encode(c >= 'A' && c <= 'Z' ? c + 32 : c,
                                        word + used);
            continue;
        }
        word[used] = 0;
        if (used)
            add_word(tokens, word);
        used = 0;
        if (c == '"')
            length += quotation(text + i + length, size - i - length);
        else if (c == '&')
            add_plain(tokens, "and");
        else if (c && c < 0x80 && strchr(",;()[]{}|/", (int)c))
            add_stop(tokens, ',');
        else if (c == '\n' && !line_ends_sentence(tokens, text + i + length))
            continue;
        else if (c && c < 0x80 && strchr(":.!?\n", (int)c))
            add_stop(tokens, '.');
    }
}
