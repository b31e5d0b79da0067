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


/** @file Noun phrases: what they name, how many, where it is. */

#include "prompt/parser.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/append.h"
#include "prompt/prompts.h"

/* Subjects that are not one thing: "everything stays still". */
static const char forces[] = " wind breeze storm current gust gravity tide "
                             "dusk dawn night evening morning darkness twilight silence time ";

static const char all_things[] = " everything everyone everybody nothing nobody "
                                 "something anything else rest ";

int ttm_parser_add_words(const TTMParser *p, char **text, int begin, int end)
{
    for (int i = begin; i < end; i++)
        if (!p->tokens.token[i].dropped && *p->tokens.token[i].word &&
            ttm_text_append(text, " ", p->tokens.token[i].word) < 0)
            return TTM_ERR_MEMORY;
    return 0;
}

/* How many there are by the words before the head of a noun phrase. */
static int count_of(const TTMParser *p, int begin, int head)
{
    static const char *const numbers[] = {
        " one 1 a an another ", " two 2 both pair couple ", " three 3 trio ",
        " four 4 ", " five 5 ", " six 6 ", " seven 7 ", " eight 8 ",
    };

    for (int i = begin; i < head; i++)
        for (int k = 7; k >= 0; k--)
            if (in(p, i, numbers[k]) &&
                /* "both the red car and the blue car" */
                !(k == 1 && in(p, i, " both ") &&
                  !ttm_word_plural(p->tokens.token[head].word)) &&
                !(k == 0 && !in(p, i + 1, " of ") &&
                  ttm_word_plural(p->tokens.token[head].word)))
                return k + 1;
    return ttm_word_plural(p->tokens.token[head].word) &&
           !ttm_word_unmarked(p->tokens.token[head].word) ? 0 : 1;
}

/* Where a noun phrase really begins: "slowly the", "a flock of". */
static int skip_quantity(const TTMParser *p, int begin, int end)
{
    static const char groups[] =
        " group flock herd pair couple pack school swarm bunch team lot set "
        "trio number dozens hundreds family series row line rest parade "
        "procession convoy crowd column fleet gang cluster handful string troop colony pride pod "
        "caravan queue brood band squad squadron army troupe gaggle litter horde throng legion "
        "crew clutch ";

    while (begin < end && (is(p, begin, TTM_WORD_ADVERB) &&
                           !is(p, begin, TTM_WORD_VERB)))
        begin++;
    for (int i = begin; i + 2 < end && i < begin + 3; i++)
        if (in(p, i + 1, " of ") && (in(p, i, groups) ||
            (i == begin && is(p, i, TTM_WORD_DETERMINER))))
            return i + 2;
    return begin;
}

int ttm_parser_last_phrase(const TTMParser *p, int begin, int end, int *from)
{
    int i = end;

    /* "a girl on the right": its place belongs to it */
    for (int k = end - 1; k > begin && k >= end - 3; k--)
        if (is(p, k, TTM_WORD_PLACE) && is(p, end - 1, TTM_WORD_POSITION))
            i = k;
    for (i--; i >= begin && ttm_is_noun(&p->tokens, i); i--)
        ;
    while (i >= begin && is(p, i, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION) &&
           !is(p, i, TTM_WORD_DETERMINER))
        i--;
    if (i < begin || !is(p, i, TTM_WORD_DETERMINER) || !ttm_is_noun(&p->tokens, i + 1 +
        is(p, i + 1, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION)))
        return 0;
    while (i > begin && is(p, i - 1, TTM_WORD_DETERMINER))
        i--;
    *from = i;
    return 1;
}

int ttm_parser_head(const TTMParser *p, int begin, int end)
{
    int head = -1;

    for (int i = begin; i < end; i++)
        if (ttm_is_noun(&p->tokens, i) || (i + 1 == end && head < 0))
            head = i;
    return head;
}

/* Words of [begin, end) without those that say where the thing is. */
static int add_unplaced(TTMParser *p, char **text, int begin, int end, int head)
{
    int ret;

    for (int i = begin; i < end; i++)
        if (i != head && is(p, i, TTM_WORD_POSITION))
            p->tokens.token[i].dropped = 1;
    ret = ttm_parser_add_words(p, text, begin, end);
    for (int i = begin; i < end; i++)
        p->tokens.token[i].dropped = 0;
    return ret;
}

/* A name without the colours and sizes before it: "air balloon" of a red one. */
static const char *plain_name(const char *name)
{
    for (const char *end; (end = strchr(name, ' ')); name = end + 1) {
        char word[TTM_MAX_WORD];
        size_t length = (size_t)(end - name);

        if (length >= sizeof(word))
            break;
        memcpy(word, name, length);
        word[length] = 0;
        if (!(ttm_word_class(word) & (TTM_WORD_COLOUR | TTM_WORD_SIZE |
                                      TTM_WORD_POSITION | TTM_WORD_DETERMINER)) &&
            !ttm_word_in(" first second third fourth fifth last ", word, length))
            break;
    }
    return name;
}

/* Whether "a herd of" and the like stand before the noun phrase that begins at i. */
static int is_group(const TTMParser *p, int begin, int i)
{
    return i >= begin + 2 && in(p, i - 1, " of ") && !is(p, i - 2, TTM_WORD_DETERMINER) &&
           !in(p, i - 2, " pair couple trio rest ");
}

/* The noun that "one", "the other" and "the red" stand for: an earlier one. */
static const char *borrowed_noun(const TTMParser *p, int end)
{
    /* "the red and the blue ball" */
    if (in(p, end, " and ") && is(p, end + 1, TTM_WORD_DETERMINER))
        for (int i = end + 2; i < end + 5 && i < p->tokens.nb; i++) {
            /* "the grey and the ginger kitten" */
            if (ttm_is_noun(&p->tokens, i) && !p->tokens.token[i].kind &&
                ttm_is_noun(&p->tokens, i + 1) && !p->tokens.token[i + 1].kind)
                continue;
            if (ttm_is_noun(&p->tokens, i))
                return p->tokens.token[i].word;
            if (!is(p, i, TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_POSITION))
                break;
        }
    for (int i = p->clauses->nb - 1; i >= 0; i--)
        if (!p->clauses->clause[i].moved)
            return plain_name(p->clauses->clause[i].name);
    return NULL;
}

static int is_stand_in(const TTMParser *p, int begin, int end)
{
    /* "the ginger one" */
    if (end > begin + 1 && in(p, end - 1, " one ones ") && is(p, begin, TTM_WORD_DETERMINER) &&
        !in(p, end - 2, " the a "))
        return 1;
    for (int i = begin; i < end; i++)
        if (!is(p, i, TTM_WORD_DETERMINER | TTM_WORD_COLOUR | TTM_WORD_SIZE |
                      TTM_WORD_POSITION) &&
            !in(p, i, " ones second first third fourth fifth last "))
            return 0;
    return begin < end && !in(p, end - 1, " orange ");
}

/* Strings of a clause; noun overrides the head where it is not NULL. */
static int name_clause(TTMParser *p, TTMClause *c, int start, int core_end, int end,
                       int head, const char *noun)
{
    const char *last = noun ? strrchr(noun, ' ') : NULL;
    int name = start;

    if (noun && in(p, core_end - 1, " one ones ") && core_end - 1 > start)
        p->tokens.token[core_end - 1].word[0] = 0;
    while (name < (noun ? core_end : head) && is(p, name, TTM_WORD_DETERMINER))
        name++;
    if (add_unplaced(p, &c->subject, start, core_end, noun ? -1 : head) < 0 ||
        (noun ? ttm_text_append(&c->noun, "", last ? last + 1 : noun)
              : ttm_parser_add_words(p, &c->noun, head, head + 1)) < 0 ||
        add_unplaced(p, &c->name, name, core_end, noun ? -1 : head) < 0 ||
        ttm_parser_add_words(p, &c->description, name, core_end) < 0)
        return TTM_ERR_MEMORY;
    if (noun && (ttm_text_append(&c->subject, " ", noun) < 0 ||
                 ttm_text_append(&c->name, " ", noun) < 0 ||
                 ttm_text_append(&c->description, " ", noun) < 0))
        return TTM_ERR_MEMORY;
    if (ttm_parser_add_words(p, &c->description, core_end, end) < 0 ||
        (p->place_end > p->place &&
         ttm_parser_add_words(p, &c->description, p->place, p->place_end) < 0))
        return TTM_ERR_MEMORY;
    p->place = p->place_end = 0;
    return 1;
}

/* Whether a noun phrase is about the picture and not a thing in it. */
static int is_no_thing(const TTMParser *p, int start, int head)
{
    /* "lifts a frame" */
    if ((is(p, start - 1, TTM_WORD_ANY_VERB) ||
         (in(p, head + 1, " is are was were ") && is(p, head + 2, TTM_WORD_VERB_FORM) &&
          p->tokens.token[head + 2].verb.form == TTM_FORM_PAST)) &&
        is(p, start, TTM_WORD_DETERMINER) &&
        in(p, head, " frame picture painting photo portrait screen film lens sketch drawing "))
        return 0;
    if (is(p, head, TTM_WORD_STYLE) || in(p, head, all_things) ||
        in(p, head, forces))
        return 1;
    for (int i = start; i < head; i++)
        if (in(p, i, all_things))
            return 1;
    if (in(p, head, " things thing what "))
        return 1;
    /* "its tail": what it belongs to has been named */
    return is(p, head, TTM_WORD_BODY) && start < head &&
           in(p, start, " its his her their ");
}

/* "left and right meerkats", "red and blue balls": one of either. */
static int find_two(const TTMParser *p, int start, int head)
{
    const unsigned kinds[] = { TTM_WORD_POSITION, TTM_WORD_COLOUR, TTM_WORD_SIZE };

    for (int i = start; i + 2 < head; i++)
        for (int k = 0; k < 3; k++)
            if (is(p, i, kinds[k]) && in(p, i + 1, " and ") &&
                is(p, i + 2, kinds[k]) &&
                ttm_word_plural(p->tokens.token[head].word))
                return i;
    return -1;
}

static int add_both(TTMParser *p, int start, int core_end, int end, int head, int two)
{
    TTMToken *t = p->tokens.token, saved[3], plural = t[head];

    memcpy(saved, t + two, sizeof(saved));
    ttm_word_singular(plural.word, t[head].word, TTM_MAX_WORD);
    for (int k = 0; k < 2; k++) {
        TTMClause *c = &p->clauses->clause[p->clauses->nb++];

        memcpy(t + two, saved, sizeof(saved));
        t[two + 1].word[0] = t[two + (k ? 0 : 2)].word[0] = 0;
        c->count = 1;
        if (name_clause(p, c, start, core_end, end, head, NULL) < 0)
            return TTM_ERR_MEMORY;
    }
    memcpy(t + two, saved, sizeof(saved));
    t[head] = plural;
    return 1;
}

/* "rowing boat", "washing machine": what is for doing that. */
static int is_compound(const TTMParser *p, int i)
{
    return p->tokens.token[i].verb.form == TTM_FORM_ING &&
           in(p, i + 1, " boat boats ship ships machine machines chair chairs board boards pool "
                        "pan pans rod rods bag bags gear track wheel wheels stick sticks pole "
                        "poles saucer saucers robe gown ");
}

int ttm_parser_add_subject(TTMParser *p, int begin, int end)
{
    TTMClause *c = &p->clauses->clause[p->clauses->nb];
    int start = skip_quantity(p, begin, end), core_end = end, head, two, nouns = 0;
    char one[4 * TTM_MAX_WORD];
    const char *noun = NULL;

    /* a phrase that another clause has left out as a place */
    for (int i = begin; i < end; i++)
        p->tokens.token[i].dropped = 0;
    for (int i = start; i < end; i++)
        if (i > start && (is(p, i, TTM_WORD_PLACE | TTM_WORD_WAY) ||
                          (is(p, i, TTM_WORD_VERB_FORM) && nouns && !is_compound(p, i) &&
                           !ttm_is_noun_here(&p->tokens, i, end + is(p, end, TTM_WORD_VERB))) ||
                          /* "a float shaped like a whale" */
                          (is(p, i, TTM_WORD_LIKE_VERB) && nouns &&
                           is(p, i + 1, TTM_WORD_PLACE) &&
                           ttm_word_ends(p->tokens.token[i].word, "ed")) ||
                          (is(p, i, TTM_WORD_RELATIVE) && nouns))) {
            core_end = i;
            break;
        } else {
            nouns += ttm_is_noun(&p->tokens, i);
        }
    if (is_stand_in(p, start, core_end))
        noun = borrowed_noun(p, core_end);
    /* "two seals bask, and a third one slides": one of them */
    if (noun && !in(p, start, " both ") && !in(p, core_end - 1, " ones others ")) {
        const char *last = strrchr(noun, ' ');
        const size_t before = last ? (size_t)(last + 1 - noun) : 0;

        if (before + strlen(noun + before) < sizeof(one)) {
            memcpy(one, noun, before);
            ttm_word_singular(noun + before, one + before, TTM_MAX_WORD);
            noun = one;
        }
    }
    head = ttm_parser_head(p, start, core_end);
    if (head < 0 || p->clauses->nb == TTM_MAX_CLAUSES)
        return 0;
    if (!noun && is_no_thing(p, start, head))
        return 0;
    two = find_two(p, start, head);
    if (two >= 0 && p->clauses->nb + 1 < TTM_MAX_CLAUSES)
        return add_both(p, start, core_end, end, head, two);
    p->clauses->nb++;
    c->count = is_group(p, begin, start) ? 0 : count_of(p, begin, noun ? core_end - 1 : head);
    if (noun)
        c->count = in(p, start, " both ") ? 2 : in(p, core_end - 1, " ones ") ? 0 : 1;
    c->other = noun != NULL || in(p, start, " another ") ||
               in(p, start + 1, " other ");
    c->scenery = is(p, head, TTM_WORD_SCENERY) && !noun;
    /* a person's arm stays at the body, that of a machine is seen to move */
    c->body    = is(p, head, TTM_WORD_BODY) && !noun &&
                 !in(p, head - 1, " robot robotic excavator digger crane mechanical machine record "
                                  "loading car train truck metal steel metronome's robot's "
                                  "excavator's crane's clock's machine's windmill's ") &&
                 !(in(p, head + 1, " of ") && in(p, head + 3, " clock watch machine robot "));
    return name_clause(p, c, start, core_end, end, head, noun);
}

