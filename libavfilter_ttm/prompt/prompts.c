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

/** @file Prompts from the global text or from the objects option. */

#include "prompt/complete.h"

#include <stdlib.h>
#include <string.h>

#include "prompt/append.h"
#include "prompt/clauses.h"
#include "util/mem.h"
#include "util/textfile.h"
#include "util/utf8.h"

#define MAX_PROMPT_FILE (64 << 10)

static char *trimmed(const char *text, size_t length)
{
    while (length && (unsigned char)*text <= ' ') {
        text++;
        length--;
    }
    while (length && (unsigned char)text[length - 1] <= ' ')
        length--;
    return ttm_strndup(text, length);
}

char *ttm_text_clean(const char *text)
{
    char *trim = trimmed(text, strlen(text)), *valid;

    valid = trim ? ttm_utf8_repair(trim) : NULL;
    free(trim);
    for (char *at = valid; at && *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    return valid;
}

void ttm_text_cut(char *text, size_t most)
{
    if (strlen(text) <= most)
        return;
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    text[most] = 0;
}

int ttm_prompt_load(char **text, const TTMLog *log, const char *path)
{
    TTMTextFile file;
    int ret = ttm_textfile_open(&file, log, path, MAX_PROMPT_FILE, "prompt");

    *text = NULL;
    if (ret < 0)
        return ret;
    if (!(*text = trimmed(file.text, file.size)))
        ret = ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    ttm_textfile_close(&file);
    return ret;
}

void ttm_prompt_object_free(TTMPromptObject *object)
{
    free(object->name);
    free(object->description);
    free(object->prompt);
    ttm_place_free(&object->place);
    ttm_place_free(&object->end);
    memset(object, 0, sizeof(*object));
}

void ttm_prompts_free(TTMPrompts *prompts)
{
    for (int i = 0; i < TTM_MAX_OBJECTS; i++)
        ttm_prompt_object_free(&prompts->objects[i]);
    free(prompts->global);
    free(prompts->motion);
    free(prompts->runs);
    memset(prompts, 0, sizeof(*prompts));
}

int ttm_join_motion(char **motion, char *const *parts, int nb)
{
    for (int i = 0; i < nb; i++)
        if (ttm_text_append(motion, i + 1 == nb ? " and " : ", ", parts[i]) < 0)
            return TTM_ERR_MEMORY;
    return 0;
}

int ttm_prompts_repeat(TTMPrompts *p, int index)
{
    TTMPromptObject *copy = &p->objects[p->nb_objects];

    *copy = p->objects[index];
    copy->place       = (TTMObjectPlace){ 0 };  /* by words: a place is of one thing */
    copy->name        = ttm_strdup(p->objects[index].name);
    copy->description = ttm_strdup(p->objects[index].description);
    copy->prompt      = ttm_strdup(p->objects[index].prompt);
    p->nb_objects++;            /* what is half made is freed with the rest */
    return copy->name && copy->description && copy->prompt ? p->nb_objects - 1
                                                           : TTM_ERR_MEMORY;
}

int ttm_prompts_spread(TTMPrompts *p, int things)
{
    int total = 0;

    for (int i = 0; i < p->nb_objects; i++)
        total += p->objects[i].count > 1 ? p->objects[i].count : 1;
    if (total > things || total > TTM_MAX_OBJECTS)
        return 0;
    for (int i = 0; i < p->nb_objects; i++) {
        const int copies = p->objects[i].count - 1;

        for (int k = 0; k < copies; k++) {
            TTMPromptObject copy;
            int last = ttm_prompts_repeat(p, i);

            if (last < 0)
                return last;
            copy = p->objects[last];
            memmove(&p->objects[i + 2], &p->objects[i + 1],
                    (size_t)(last - i - 1) * sizeof(copy));
            p->objects[i + 1] = copy;
            p->objects[i + 1].count = 1;
        }
        if (copies > 0) {
            p->objects[i].count = 1;
            i += copies;
        }
    }
    return 0;
}

/* "the ball rolls right": article and head noun, no colour, no size. */
static char *motion_of(const TTMClause *clause)
{
    return ttm_asprintf("the %s %s", clause->noun, clause->action);
}

/* A later clause with the same definite subject speaks of the same object. */
static int same_object(const TTMClauses *clauses, int i)
{
    const TTMClause *c = &clauses->clause[i];

    if (strncmp(c->subject, "the ", 4) || c->other)
        return -1;
    for (int k = 0; k < i; k++)
        if (!strcmp(clauses->clause[k].description, c->description) ||
            !strcmp(clauses->clause[k].noun, c->description))
            return k;
    return -1;
}

static int add_clause_object(TTMPrompts *p, const TTMClause *c)
{
    TTMPromptObject *o = &p->objects[p->nb_objects++];

    o->name        = ttm_strdup(c->name);
    o->description = ttm_strdup(c->description);
    o->prompt      = ttm_asprintf("%s %s", c->subject, c->action);
    o->count       = c->count;
    return o->name && o->description && o->prompt ? 0 : TTM_ERR_MEMORY;
}

static int use_clauses(TTMPrompts *p, const TTMLog *log,
                       const TTMClauses *clauses)
{
    char *parts[TTM_MAX_CLAUSES] = { NULL };
    int object_of[TTM_MAX_CLAUSES];
    int nb_parts = 0, ret = 0;

    for (int i = 0; ret >= 0 && i < clauses->nb; i++) {
        const TTMClause *c = &clauses->clause[i];
        int same = same_object(clauses, i);

        object_of[i] = -1;
        if (same >= 0 && object_of[same] >= 0) {
            int k = object_of[same];

            object_of[i] = k;
            ret = ttm_text_append(&p->objects[k].prompt, " and ", c->action);
            if (ret >= 0)
                ret = ttm_text_append(&parts[k], " and ", c->action);
            continue;
        }
        if (p->nb_objects == TTM_MAX_OBJECTS) {
            ttm_log(log, TTM_LOG_WARNING, "the prompt speaks of more than %d "
                    "objects; '%s' and what follows stay where they are",
                    TTM_MAX_OBJECTS, c->name);
            break;
        }
        object_of[i] = p->nb_objects;
        parts[nb_parts] = motion_of(c);
        ret = parts[nb_parts++] ? add_clause_object(p, c) : TTM_ERR_MEMORY;
    }
    if (ret >= 0)
        ret = ttm_join_motion(&p->motion, parts, nb_parts);
    for (int i = 0; i < nb_parts; i++)
        free(parts[i]);
    return ret;
}

/* Text in Latin-1, say: its letters are lost. */
static void warn_of_bytes(const TTMLog *log, const char *text)
{
    const size_t size = strlen(text);
    size_t length;

    for (size_t i = 0; i < size; i += length) {
        uint32_t c = ttm_utf8_decode(text + i, size - i, &length);

        if (c == 0xfffd && memcmp(text + i, "\xef\xbf\xbd", length)) {
            ttm_log(log, TTM_LOG_WARNING, "the prompt is not UTF-8: byte %zu "
                    "(0x%02x) and others like it are not read", i,
                    (unsigned char)text[i]);
            return;
        }
    }
}

int ttm_prompts_from_text(TTMPrompts *p, const TTMLog *log, const char *text)
{
    TTMClauses clauses;
    int ret;

    memset(p, 0, sizeof(*p));
    p->global = ttm_text_clean(text);
    /* line breaks, which part sentences, are in the text alone */
    ret = p->global ? ttm_clauses_parse(&clauses, text) : TTM_ERR_MEMORY;
    warn_of_bytes(log, text);
    if (ret < 0)
        goto fail;
    if (clauses.cut)
        ttm_log(log, TTM_LOG_WARNING, "the prompt has more than %d words; what "
                "follows is not read", TTM_MAX_WORDS);
    if (clauses.unsaid)
        ttm_log(log, TTM_LOG_WARNING, "'%s' has no verb that ttm knows: '%s' stays still",
                p->global, clauses.clause[0].name);
    p->parsed = clauses.nb > 0;
    if (p->parsed) {
        ret = use_clauses(p, log, &clauses);
        ttm_clauses_free(&clauses);
        if (ret < 0)
            goto fail;
        return 0;
    }
    ttm_clauses_free(&clauses);
    p->nb_objects = 1;
    p->motion                 = ttm_strdup(p->global);
    p->objects[0].name        = ttm_strdup("object");
    p->objects[0].description = ttm_strdup(p->global);
    p->objects[0].prompt      = ttm_strdup(p->global);
    if (p->motion && p->objects[0].name && p->objects[0].description &&
        p->objects[0].prompt)
        return 0;
    ret = TTM_ERR_MEMORY;
fail:
    ttm_prompts_free(p);
    return ttm_fail(log, ret, "out of memory");
}

/* Motion of one object's own prompt, for objects without "motion". */
static char *motion_of_prompt(const TTMPromptObject *object)
{
    TTMClauses clauses;
    char *motion = NULL;

    if (ttm_clauses_parse(&clauses, object->prompt) < 0)
        return NULL;
    for (int i = 0; i < clauses.nb; i++) {
        char *part = motion_of(&clauses.clause[i]);

        if (!part || ttm_text_append(&motion, " and ", part) < 0) {
            free(part);
            free(motion);
            ttm_clauses_free(&clauses);
            return NULL;
        }
        free(part);
    }
    ttm_clauses_free(&clauses);
    return motion ? motion : ttm_strdup(object->prompt);
}

int ttm_prompts_complete(TTMPrompts *p, const char *text)
{
    char *parts[TTM_MAX_OBJECTS] = { NULL };
    int ret = 0;

    if (p->global) {            /* of a report */
        ret = 0;
    } else if (text) {
        p->global = ttm_text_clean(text);
        ret = p->global ? 0 : TTM_ERR_MEMORY;
    }
    for (int i = 0; ret >= 0 && !text && !p->runs && i < p->nb_objects; i++)
        ret = ttm_text_append(&p->global, i + 1 == p->nb_objects ? " and " :
                              ", ", p->objects[i].prompt);
    if (ret >= 0 && !p->motion) {
        for (int i = 0; ret >= 0 && i < p->nb_objects; i++) {
            parts[i] = motion_of_prompt(&p->objects[i]);
            ret = parts[i] ? 0 : TTM_ERR_MEMORY;
        }
        if (ret >= 0)
            ret = ttm_join_motion(&p->motion, parts, p->nb_objects);
        for (int i = 0; i < p->nb_objects; i++)
            free(parts[i]);
    }
    return ret;
}
