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

/** @file Answers of language models against the prompt that they are about. */

#include "prompt/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/json.h"
#include "prompt/append.h"
#include "prompt/clauses.h"
#include "prompt/complete.h"
#include "prompt/tokens.h"
#include "util/mem.h"

/* Bytes of each text. */
#define MAX_NAME   80
#define MAX_PROMPT 400
#define MAX_MOTION 1000
/* Bytes of a text of the model that a message repeats. */
#define MAX_SHOWN  60

/* Words that tell nothing of a thing. */
#define FUNCTION_WORD (TTM_WORD_DETERMINER | TTM_WORD_PLACE | TTM_WORD_WAY | \
                       TTM_WORD_SEPARATOR | TTM_WORD_RELATIVE | TTM_WORD_AUXILIARY | \
                       TTM_WORD_PRONOUN)

/** An answer while it is checked. Strings are owned. */
typedef struct Check {
    TTMTokens caption, text;
    TTMClauses clauses;             ///< of the caption
    int nb;
    char *name[TTM_MAX_OBJECTS], *prompt[TTM_MAX_OBJECTS], *motion;
    char head[TTM_MAX_OBJECTS][TTM_MAX_WORD];   ///< noun of each name
    char *why;
} Check;

/* TTM_ERR_FORMAT, with what is wrong; @p said is repeated if it is not NULL. */
static int refuse(Check *c, const char *before, const char *said, const char *after)
{
    char *shown = said ? ttm_text_clean(said) : NULL;

    if (shown)
        ttm_text_cut(shown, MAX_SHOWN);
    snprintf(c->why, TTM_ANSWER_WHY, "%s%s%s%s%s", before, said ? "'" : "", shown ? shown : "",
             said ? "'" : "", after);
    free(shown);
    return TTM_ERR_FORMAT;
}

/* "leftmost", "leftwards" and "left-hand" say what "left" does. */
static size_t core_size(const char *word)
{
    static const char *const ends[] = { "most", "wards", "ward", "-hand" };
    const size_t length = strlen(word);

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const size_t end = strlen(ends[i]);
        int x, y;

        if (length > end && !strcmp(word + length - end, ends[i])) {
            char core[TTM_MAX_WORD] = "";

            memcpy(core, word, length - end);
            if (ttm_word_position(core, &x, &y))
                return length - end;
        }
    }
    return length;
}

/* Whether two lower-case words are the same but for their number. */
static int same_word(const char *a, const char *b)
{
    char one[TTM_MAX_WORD], other[TTM_MAX_WORD];
    const size_t size = core_size(a);

    if (size == core_size(b) && !strncmp(a, b, size))
        return 1;
    ttm_word_singular(a, one, sizeof(one));
    ttm_word_singular(b, other, sizeof(other));
    return !strcmp(one, other) || !strcmp(a, other) || !strcmp(one, b);
}

/* How often a text has a word. */
static int count_word(const TTMTokens *tokens, const char *word)
{
    int nb = 0;

    for (int i = 0; i < tokens->nb; i++)
        nb += same_word(tokens->token[i].word, word);
    return nb;
}

/* The last word of the noun phrase that @p t begins with: "man in the hat", "red ball". */
static int head_of(const TTMTokens *t)
{
    int end = 0;

    for (; end < t->nb; end++)
        if (end && (ttm_token_is(t, end, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_RELATIVE) ||
                    (ttm_token_is(t, end, TTM_WORD_VERB_FORM) &&
                     ttm_token_is(t, end + 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE))))
            break;
    return end - 1;
}

static int check_name(Check *c, int index)
{
    const char *name = c->name[index];
    TTMTokens *t = &c->text;
    int head;

    ttm_tokens_read(t, name);
    head = head_of(t);
    if (head < 0 || !*t->token[head].word || ttm_token_is(t, head, FUNCTION_WORD))
        return refuse(c, "names an object ", name, ", which is no noun");
    memcpy(c->head[index], t->token[head].word, TTM_MAX_WORD);
    for (int i = 0; i < t->nb; i++)
        if ((i == head || !ttm_token_is(t, i, FUNCTION_WORD)) &&
            !count_word(&c->caption, t->token[i].word))
            return refuse(c, "names ", name, i == head ? ", which is not in the prompt" :
                          ", which the prompt does not say of it");
    return 0;
}

/* A name that is there more often than the caption has its noun. */
static int check_repeats(Check *c)
{
    for (int i = 0; i < c->nb; i++) {
        int same = 0, plural = 0;

        for (int k = 0; k < c->nb; k++)
            same += !strcasecmp(c->name[i], c->name[k]);
        for (int k = 0; k < c->caption.nb; k++)
            plural |= same_word(c->caption.token[k].word, c->head[i]) &&
                      ttm_word_plural(c->caption.token[k].word);
        if (same > 1 && !plural && same > count_word(&c->caption, c->head[i]))
            return refuse(c, "names ", c->name[i], " more often than the prompt does");
    }
    return 0;
}

/* Whether the caption says of a noun that it stays where it is, and nothing else. */
static int is_told_still(const Check *c, const char *noun)
{
    int nb = 0, still = 0;

    for (int i = 0; i < c->clauses.nb; i++) {
        const TTMClause *clause = &c->clauses.clause[i];

        if (!same_word(clause->noun, noun))
            continue;
        nb++;
        still = clause->nb_acts > 0;
        for (int k = 0; k < clause->nb_acts; k++)
            still &= clause->act[k].motion == TTM_MOTION_STILL && !clause->act[k].only_is;
    }
    return nb == 1 && still;
}

/* Whether a prompt says that something moves; negative: out of memory. */
static int says_motion(const char *prompt)
{
    TTMClauses clauses;
    int moves = 0;

    if (ttm_clauses_parse(&clauses, prompt) < 0)
        return TTM_ERR_MEMORY;
    for (int i = 0; i < clauses.nb; i++)
        for (int k = 0; k < clauses.clause[i].nb_acts; k++)
            moves |= clauses.clause[i].act[k].motion != TTM_MOTION_STILL &&
                     !clauses.clause[i].act[k].only_is;
    ttm_clauses_free(&clauses);
    return moves;
}

static int check_prompt(Check *c, int index)
{
    const char *prompt = c->prompt[index], *head = c->head[index];
    TTMTokens *t = &c->text;
    int moves;

    ttm_tokens_read(t, prompt);
    if (!count_word(t, head))
        return refuse(c, "says of its object ", c->name[index], " what is about something "
                      "else");
    for (int i = 0; i < t->nb; i++)
        /* colours, sizes and places must not be made up */
        if ((ttm_token_is(t, i, TTM_WORD_COLOUR | TTM_WORD_POSITION) ||
             ttm_word_size(t->token[i].word)) &&
            !count_word(&c->caption, t->token[i].word)) {
            char word[TTM_MAX_WORD];

            memcpy(word, t->token[i].word, sizeof(word));
            return refuse(c, "makes up the word ", word, ", which the prompt does not have");
        }
    if (!is_told_still(c, head))
        return 0;
    moves = says_motion(prompt);
    return moves <= 0 ? moves : refuse(c, "moves ", c->name[index], ", of which the prompt "
                                       "says that it stays still");
}

static int has_all_heads(Check *c, const char *motion)
{
    ttm_tokens_read(&c->text, motion);
    for (int i = 0; i < c->nb; i++)
        if (!count_word(&c->text, c->head[i]))
            return 0;
    return 1;
}

/* Words that are no joints. */
static int count_content(Check *c, const char *text)
{
    int nb = 0;

    ttm_tokens_read(&c->text, text);
    for (int i = 0; i < c->text.nb; i++)
        nb += *c->text.token[i].word &&
              !ttm_token_is(&c->text, i, TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR);
    return nb;
}

/*
 * The motion prompt stays where it has nothing but nouns and what they do; else it is what
 * the rules read in it, and goes where that is not about all objects.
 */
static int clean_motion(Check *c)
{
    char *parts[TTM_MAX_CLAUSES] = { NULL }, *clean = NULL;
    TTMClauses clauses;
    int ret = ttm_clauses_parse(&clauses, c->motion), keep;

    if (ret < 0)
        return ret;
    for (int i = 0; ret >= 0 && i < clauses.nb; i++) {
        parts[i] = ttm_asprintf("the %s %s", clauses.clause[i].noun, clauses.clause[i].action);
        ret = parts[i] ? 0 : TTM_ERR_MEMORY;
    }
    if (ret >= 0)
        ret = ttm_join_motion(&clean, parts, clauses.nb);
    for (int i = 0; i < clauses.nb; i++)
        free(parts[i]);
    ttm_clauses_free(&clauses);
    if (ret < 0) {
        free(clean);
        return ret;
    }
    keep = clean && has_all_heads(c, clean);
    if (keep && count_content(c, clean) == count_content(c, c->motion)) {
        free(clean);
        return 0;
    }
    if (!keep) {
        free(clean);
        clean = NULL;
    }
    free(c->motion);
    c->motion = clean;
    return 0;
}

/* A text of at most @p most bytes, cleaned; *text is NULL where it is none. */
static int take_text(Check *c, const TTMJson *json, const char *what, size_t most, char **text)
{
    const char *said = ttm_json_string(json, NULL);

    if (!said)
        return 0;
    if (strlen(said) > most)
        return refuse(c, "gives a ", NULL, what);
    *text = ttm_text_clean(said);
    return *text ? 0 : TTM_ERR_MEMORY;
}

static int take(Check *c, const TTMJson *root)
{
    const TTMJson *list;
    int ret;

    if (ttm_json_type(root) != TTM_JSON_OBJECT)
        return refuse(c, "is no JSON object with the list objects", NULL, "");
    list = ttm_json_get(root, "objects");
    if (!list || ttm_json_type(list) != TTM_JSON_ARRAY)
        return refuse(c, "has no list of objects", NULL, "");
    c->nb = ttm_json_count(list);
    if (c->nb < 1 || c->nb > TTM_MAX_OBJECTS) {
        const int none = c->nb < 1;

        c->nb = 0;
        return refuse(c, none ? "names no object" : "names more objects than the 16 that may "
                      "be", NULL, "");
    }
    ret = take_text(c, ttm_json_get(root, "motion"), "motion prompt of more than 1000 bytes",
                    MAX_MOTION, &c->motion);
    for (int i = 0; ret >= 0 && i < c->nb; i++) {
        const TTMJson *object = ttm_json_at(list, i);

        if (ttm_json_type(object) != TTM_JSON_OBJECT)
            return refuse(c, "has an object that is none", NULL, "");
        ret = take_text(c, ttm_json_get(object, "name"), "name of more than 80 bytes",
                        MAX_NAME, &c->name[i]);
        if (ret >= 0)
            ret = take_text(c, ttm_json_get(object, "prompt"), "prompt of more than 400 bytes",
                            MAX_PROMPT, &c->prompt[i]);
        if (ret >= 0 && (!c->name[i] || !*c->name[i] || !c->prompt[i] || !*c->prompt[i]))
            return refuse(c, "has an object without name or prompt", NULL, "");
    }
    return ret;
}

static char *write_json(const Check *c)
{
    TTMJson *root = ttm_json_new_object(), *list = ttm_json_new_array();
    int ret = root && list ? ttm_json_add(root, "objects", list) : TTM_ERR_MEMORY;
    char *text = NULL;

    if (!root || !list)
        ttm_json_free(&list);
    for (int i = 0; ret >= 0 && i < c->nb; i++) {
        TTMJson *object = ttm_json_new_object();

        ret = object ? ttm_json_add(list, NULL, object) : TTM_ERR_MEMORY;
        if (ret >= 0)
            ret = ttm_json_add_string(object, "name", c->name[i]);
        if (ret >= 0)
            ret = ttm_json_add_string(object, "prompt", c->prompt[i]);
    }
    if (ret >= 0 && c->motion)
        ret = ttm_json_add_string(root, "motion", c->motion);
    if (ret >= 0)
        text = ttm_json_print_line(root);
    ttm_json_free(&root);
    return text;
}

static int check_all(Check *c, const char *caption)
{
    int ret = ttm_clauses_parse(&c->clauses, caption);

    ttm_tokens_read(&c->caption, caption);
    for (int i = 0; ret >= 0 && i < c->nb; i++) {
        ret = check_name(c, i);
        if (ret >= 0)
            ret = check_prompt(c, i);
    }
    if (ret >= 0)
        ret = check_repeats(c);
    return ret >= 0 && c->motion ? clean_motion(c) : ret;
}

int ttm_answer_check(char **json, const char *said, const char *caption,
                     char why[TTM_ANSWER_WHY])
{
    Check *c = ttm_array_alloc(1, sizeof(*c));
    TTMJson *root = NULL;
    int ret;

    *json  = NULL;
    why[0] = 0;
    if (!c)
        return TTM_ERR_MEMORY;
    c->why = why;
    ret = ttm_json_parse(&root, NULL, said, "answer");
    if (ret == TTM_ERR_FORMAT)
        ret = refuse(c, "is not JSON", NULL, "");
    if (ret >= 0)
        ret = take(c, root);
    ttm_json_free(&root);
    if (ret >= 0)
        ret = check_all(c, caption);
    if (ret >= 0) {
        *json = write_json(c);
        ret = *json ? 0 : TTM_ERR_MEMORY;
    }
    for (int i = 0; i < TTM_MAX_OBJECTS; i++) {
        free(c->name[i]);
        free(c->prompt[i]);
    }
    free(c->motion);
    ttm_clauses_free(&c->clauses);
    free(c);
    return ret;
}

/* How many the caption says that there are of a plural noun: "a pair of swans". */
static int count_in(const TTMClauses *caption, const char *noun)
{
    for (int i = 0; i < caption->nb; i++)
        if (!strcmp(caption->clause[i].noun, noun))
            return caption->clause[i].count;
    return 0;
}

/* What a name says as a subject: "two red birds on the left". */
static int read_name(TTMPromptObject *o, const TTMClauses *caption)
{
    char word[TTM_MAX_WORD] = "", *sentence;
    TTMClauses clauses;
    TTMClause *c = &clauses.clause[0];
    int ret;

    for (size_t i = 0; i + 1 < sizeof(word) && o->name[i] && o->name[i] != ' '; i++)
        word[i] = o->name[i] >= 'A' && o->name[i] <= 'Z' ? (char)(o->name[i] - 'A' + 'a') :
                  o->name[i];
    sentence = ttm_asprintf("%s%s is moving", ttm_word_class(word) & TTM_WORD_DETERMINER ? "" :
                            "the ", o->name);
    ret = sentence ? ttm_clauses_parse(&clauses, sentence) : TTM_ERR_MEMORY;
    free(sentence);
    if (ret < 0)
        return ret;
    if (clauses.nb == 1 && *c->name && *c->description) {
        char *name = o->name, *description = o->description;

        o->name        = c->name;
        o->description = c->description;
        c->name        = name;
        c->description = description;
        o->count       = c->count ? c->count : count_in(caption, c->noun);
    }
    ttm_clauses_free(&clauses);
    return 0;
}

int ttm_prompts_from_answer(TTMPrompts *p, const TTMLog *log, const char *json,
                            const char *caption)
{
    TTMClauses clauses;
    int ret = ttm_prompts_from_json(p, log, json, caption);

    if (ret < 0)
        return ret;
    p->answered = 1;
    ret = ttm_clauses_parse(&clauses, caption);
    for (int i = 0; ret >= 0 && i < p->nb_objects; i++)
        ret = read_name(&p->objects[i], &clauses);
    ttm_clauses_free(&clauses);
    if (ret < 0) {
        ttm_prompts_free(p);
        return ttm_fail(log, ret, "out of memory for the prompts");
    }
    return 0;
}
