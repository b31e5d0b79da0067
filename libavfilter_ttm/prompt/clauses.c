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
 * Clauses by rules: segments between conjunctions and punctuation, in each a
 * noun phrase and a verb phrase; a segment that has only a verb phrase goes
 * on with the last subject, one that has only a direction ("and down") goes
 * on with the last verb phrase.
 */

#include "prompt/clauses.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/prompts.h"
#include "prompt/words.h"
#include "util/mem.h"

#define MAX_TOKENS 512
#define MAX_WORD   40

typedef struct Token {
    char word[MAX_WORD];        ///< lower case
    unsigned kind;              ///< enum TTMWordClass bits; 0: noun or unknown
    int stop;                   ///< punctuation: ',' or '.'
} Token;

/* A range of tokens between separators. */
typedef struct Segment {
    int begin, end;
    int verb;                   ///< first token of the verb phrase, -1: none
    int joined;                 ///< "and" or a comma stood before it
    int then;                   ///< "then" stood before it
} Segment;

typedef struct Parser {
    Token token[MAX_TOKENS];
    int nb_tokens;
    Segment segment[TTM_MAX_CLAUSES * 2];
    int nb_segments;
    TTMClauses *clauses;
} Parser;

static int is_word_byte(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '\'' || c == '-' || c >= 0x80;
}

static void tokenize(Parser *p, const char *text)
{
    while (*text && p->nb_tokens < MAX_TOKENS) {
        Token *t = &p->token[p->nb_tokens];
        size_t length = 0;

        memset(t, 0, sizeof(*t));
        while (is_word_byte((unsigned char)text[length])) {
            char c = text[length];

            if (length < MAX_WORD - 1)
                t->word[length] = c >= 'A' && c <= 'Z' ?
                                  (char)(c - 'A' + 'a') : c;
            length++;
        }
        if (length) {
            t->kind = ttm_word_class(t->word);
            text += length;
            p->nb_tokens++;
            continue;
        }
        if (strchr(",;:.!?\n", *text)) {
            t->stop = *text == ',' ? ',' : '.';
            p->nb_tokens++;
        }
        text++;
    }
}

static int is(const Parser *p, int i, unsigned kinds)
{
    return i < p->nb_tokens && (p->token[i].kind & kinds);
}

/* A word that can be the noun of a noun phrase. */
static int is_noun(const Parser *p, int i)
{
    const unsigned never = TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR |
                           TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_SIZE |
                           TTM_WORD_ADVERB | TTM_WORD_DIRECTION |
                           TTM_WORD_AUXILIARY;

    if (p->token[i].stop || is(p, i, never))
        return 0;
    /* "the orange", but not "the orange ball" */
    return !is(p, i, TTM_WORD_COLOUR) || is(p, i + 1, TTM_WORD_VERB |
           TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY);
}

static int find_verb(const Parser *p, int begin, int end)
{
    const unsigned passes[3] = {
        TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY, TTM_WORD_VERB,
        TTM_WORD_LIKE_VERB
    };

    for (int pass = 0; pass < 3; pass++) {
        int nouns = 0;

        for (int i = begin; i < end; i++) {
            int after_article = i > begin &&
                is(p, i - 1, TTM_WORD_DETERMINER | TTM_WORD_COLOUR |
                             TTM_WORD_SIZE | TTM_WORD_PLACE) && !nouns;
            int first = 1;

            for (int k = begin; k < i; k++)
                if (!is(p, k, TTM_WORD_ADVERB))
                    first = 0;
            if (is(p, i, passes[pass]) && !after_article &&
                (nouns || (first && pass < 2))) {
                /* "slowly moves", "does not move": from the first of them */
                while (i > begin && is(p, i - 1, TTM_WORD_ADVERB))
                    i--;
                return i;
            }
            if (is_noun(p, i))
                nouns++;
        }
    }
    return -1;
}

/* "in a field a ball rolls": the subject begins at the second article. */
static int skip_leading_place(const Parser *p, int begin, int end)
{
    int nouns = 0;

    if (!is(p, begin, TTM_WORD_PLACE))
        return begin;
    for (int i = begin + 1; i < end; i++) {
        if (nouns && is(p, i, TTM_WORD_DETERMINER))
            return i;
        nouns += is_noun(p, i);
    }
    return begin;
}

static void split_segments(Parser *p)
{
    int i = 0, joined = 0, then = 0;

    while (i < p->nb_tokens) {
        Segment *s = &p->segment[p->nb_segments];
        int end;

        if (p->token[i].stop || is(p, i, TTM_WORD_SEPARATOR)) {
            joined |= p->token[i].stop == ',' ||
                      !strcmp(p->token[i].word, "and");
            then |= !strcmp(p->token[i].word, "then");
            if (p->token[i].stop == '.')
                joined = 0;
            i++;
            continue;
        }
        for (end = i; end < p->nb_tokens && !p->token[end].stop &&
             !is(p, end, TTM_WORD_SEPARATOR); end++) ;
        if (p->nb_segments == TTM_MAX_CLAUSES * 2)
            return;
        i = skip_leading_place(p, i, end);
        *s = (Segment){ i, end, find_verb(p, i, end), joined, then };
        p->nb_segments++;
        joined = then = 0;
        i = end;
    }
}

/* The words [begin, end) with blanks between them are appended. */
static int add_words(const Parser *p, char **text, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (ttm_text_append(text, " ", p->token[i].word) < 0)
            return TTM_ERR_MEMORY;
    return 0;
}

/* Phrases with a preposition of place that still say how something moves. */
static int is_motion_phrase(const Parser *p, int i, int end)
{
    static const char *const nouns =
        " place circle circles loop loops line spiral spirals zigzag arc "
        "arcs air spot axis itself side direction waves ";

    for (int k = i + 1; k < end && k <= i + 3; k++) {
        char word[MAX_WORD + 2] = " ";

        strcat(word, p->token[k].word);
        strcat(word, " ");
        if (strstr(nouns, word))
            /* "in the open air" is a place */
            return strcmp(p->token[k].word, "air") || k <= i + 2;
        if (is(p, k, TTM_WORD_PLACE | TTM_WORD_WAY))
            break;
    }
    return 0;
}

/* The verb phrase [begin, end) without the places in it. */
static int add_action(const Parser *p, char **text, int begin, int end)
{
    for (int i = begin; i < end; i++) {
        /* "moves over": a direction, not a place, at the end */
        if (i > begin && is(p, i, TTM_WORD_PLACE) &&
            !is_motion_phrase(p, i, end) &&
            !(is(p, i, TTM_WORD_DIRECTION) && i + 1 == end)) {
            for (i++; i < end; i++)
                if (is(p, i, TTM_WORD_DIRECTION | TTM_WORD_WAY |
                             TTM_WORD_ADVERB) &&
                    !is(p, i - 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE))
                    break;
            i--;
            continue;
        }
        if (is_motion_phrase(p, i, end) && is(p, i, TTM_WORD_PLACE)) {
            /* "in a circle on grass": only the phrase itself is kept */
            if (add_words(p, text, i, i + 1) < 0)
                return TTM_ERR_MEMORY;
            while (i + 1 < end && !is(p, i + 1, TTM_WORD_PLACE)) {
                if (add_words(p, text, i + 1, i + 2) < 0)
                    return TTM_ERR_MEMORY;
                i++;
            }
            continue;
        }
        if (add_words(p, text, i, i + 1) < 0)
            return TTM_ERR_MEMORY;
    }
    return 0;
}

/*
 * The verb phrase of a segment for one of several subjects that share it: "the
 * ball and the kite move up" says of each that it moves up.
 */
static int add_shared_action(Parser *p, TTMClause *clause, int begin, int end)
{
    char plural[MAX_WORD];
    int verb = begin, ret;

    while (verb + 1 < end && is(p, verb, TTM_WORD_ADVERB))
        verb++;
    memcpy(plural, p->token[verb].word, sizeof(plural));
    if (!ttm_word_plural(clause->noun))
        ttm_word_third_person(plural, p->token[verb].word, MAX_WORD);
    ret = add_action(p, &clause->action, begin, end);
    memcpy(p->token[verb].word, plural, sizeof(plural));
    return ret;
}

/* A new clause with the subject of [begin, end). */
static int add_subject(Parser *p, int begin, int end)
{
    TTMClause *c = &p->clauses->clause[p->clauses->nb];
    int start = begin, core_end = end, head = -1;

    while (start < end && is(p, start, TTM_WORD_ADVERB))
        start++;
    for (int i = start; i < end; i++)
        if (i > start && is(p, i, TTM_WORD_PLACE | TTM_WORD_WAY)) {
            core_end = i;
            break;
        }
    for (int i = start; i < core_end; i++)
        if (is_noun(p, i) || (i + 1 == core_end && head < 0))
            head = i;
    if (head < 0 || p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    if (!strcmp(p->token[head].word, "camera"))
        return 0;               /* the camera is no object */
    p->clauses->nb++;
    if (add_words(p, &c->subject, start, core_end) < 0 ||
        add_words(p, &c->noun, head, head + 1) < 0)
        return TTM_ERR_MEMORY;
    while (start < head && is(p, start, TTM_WORD_DETERMINER))
        start++;
    if (add_words(p, &c->name, start, core_end) < 0 ||
        add_words(p, &c->description, start, end) < 0)
        return TTM_ERR_MEMORY;
    return 1;
}

static int starts_noun_phrase(const Parser *p, const Segment *s)
{
    if (is(p, s->begin, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_DIRECTION |
                        TTM_WORD_ADVERB))
        return 0;
    for (int i = s->begin; i < s->end; i++)
        if (is_noun(p, i))
            return 1;
    return 0;
}

static int continue_action(Parser *p, const Segment *s, int first)
{
    TTMClauses *c = p->clauses;
    int ret = 0;

    for (int i = first; i < c->nb && ret >= 0; i++) {
        TTMClause *clause = &c->clause[i];

        if (ttm_text_append(&clause->action, " ",
                            s->then ? "and then" : "and") < 0)
            return TTM_ERR_MEMORY;
        ret = s->verb >= 0 && c->nb - first > 1
              ? add_shared_action(p, clause, s->verb, s->end)
              : add_action(p, &clause->action, s->verb >= 0 ? s->verb :
                           s->begin, s->end);
    }
    return ret;
}

static int build_clauses(Parser *p)
{
    TTMClauses *c = p->clauses;
    int waiting = 0;        /* first clause without a verb phrase yet */
    int last = 0;           /* first clause of the last subjects */
    int skipped = 0;        /* the last subject is not an object */

    for (int k = 0; k < p->nb_segments; k++) {
        const Segment *s = &p->segment[k];
        const Segment *next = k + 1 < p->nb_segments ? s + 1 : NULL;
        int pronoun = s->verb == s->begin + 1 &&
                      is(p, s->begin, TTM_WORD_PRONOUN);
        int ret = 0;

        if (s->verb > s->begin && !pronoun) {
            ret = add_subject(p, s->begin, s->verb);
            skipped = ret == 0;
            for (int i = waiting; ret >= 0 && i < c->nb; i++)
                ret = c->nb - waiting > 1
                      ? add_shared_action(p, &c->clause[i], s->verb, s->end)
                      : add_action(p, &c->clause[i].action, s->verb, s->end);
            last = waiting;
            waiting = c->nb;
        } else if (s->verb >= 0) {
            if (c->nb && waiting == c->nb && !skipped)
                ret = continue_action(p, s, last);
        } else if (starts_noun_phrase(p, s)) {
            /* "the ball and the kite move": the verb is still to come */
            if (next && next->joined &&
                (next->verb > next->begin ||
                 (next->verb < 0 && starts_noun_phrase(p, next))))
                ret = add_subject(p, s->begin, s->end);
        } else if (c->nb && waiting == c->nb && !skipped && s->joined &&
                   is(p, s->begin, TTM_WORD_DIRECTION | TTM_WORD_WAY |
                                   TTM_WORD_ADVERB)) {
            ret = continue_action(p, s, last);
        }
        if (ret < 0)
            return ret;
    }
    /* Subjects that never got a verb are no clauses. */
    while (c->nb && !c->clause[c->nb - 1].action) {
        TTMClause *clause = &c->clause[--c->nb];

        free(clause->noun);
        free(clause->name);
        free(clause->description);
        free(clause->subject);
        memset(clause, 0, sizeof(*clause));
    }
    return 0;
}

int ttm_clauses_parse(TTMClauses *clauses, const char *text)
{
    Parser *p = ttm_array_alloc(1, sizeof(*p));
    int ret;

    memset(clauses, 0, sizeof(*clauses));
    if (!p)
        return TTM_ERR_MEMORY;
    p->clauses = clauses;
    tokenize(p, text);
    split_segments(p);
    ret = build_clauses(p);
    free(p);
    if (ret < 0)
        ttm_clauses_free(clauses);
    return ret;
}

void ttm_clauses_free(TTMClauses *clauses)
{
    for (int i = 0; i < TTM_MAX_CLAUSES; i++) {
        TTMClause *c = &clauses->clause[i];

        free(c->noun);
        free(c->name);
        free(c->description);
        free(c->subject);
        free(c->action);
    }
    memset(clauses, 0, sizeof(*clauses));
}
