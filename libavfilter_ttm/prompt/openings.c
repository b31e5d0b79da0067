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


/** @file Words that are made one or left out before a prompt is cut into segments. */

#include "prompt/openings.h"

#include <string.h>

#include "prompt/nouns.h"

/* Pairs of words that are one: their "and" does not separate. */
void ttm_tokens_join_pairs(TTMTokens *t)
{
    static const char adjectives[] =
        " slow fast long short heavy gentle steady graceful careful quick smooth "
        "soft deep strong elegant rhythmic light calm measured wide old young "
        "sleek shiny fluffy furry cute beautiful wooden metallic majestic ";
    static const char *const pairs[][2] = {
        { "back", "forth" }, { "up", "down" }, { "left", "right" },
        { "to", "fro" }, { "in", "out" }, { "round", "round" },
        { "down", "up" }, { "right", "left" }, { "again", "again" },
        { "over", "over" }, { "forwards", "backwards" },
        { "forward", "backward" }, { "forward", "back" },
    };

    for (int i = 2; i + 1 < t->nb; i++)
        /* "a big, fluffy dog", "taking slow, deliberate steps" */
        if (t->token[i].stop == ',' &&
            (ttm_token_is(t, i - 1, TTM_WORD_SIZE | TTM_WORD_COLOUR) ||
             ttm_token_in(t, i - 1, adjectives)) &&
            (ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE | TTM_WORD_SIZE) ||
             ttm_form_is(t, i - 2, TTM_FORM_ING)) &&
            !ttm_token_is(t, i + 1, TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR) &&
            !ttm_form_is(t, i + 1, TTM_FORM_THIRD)) {
            memset(&t->token[i], 0, sizeof(t->token[i]));
            t->token[i].kind = TTM_WORD_SIZE;
        }
    for (int i = 1; i + 1 < t->nb; i++) {
        const unsigned placed = TTM_WORD_POSITION | TTM_WORD_COLOUR |
                                TTM_WORD_SIZE;

        /* "stays where it is" */
        if (ttm_token_in(t, i - 1, " where ") && ttm_token_in(t, i, " it they ") &&
            ttm_token_in(t, i + 1, " is are "))
            t->token[i + 1].kind = TTM_WORD_ADVERB;
        if (!ttm_token_in(t, i, " and "))
            continue;
        /* "the left and right meerkats" */
        if ((t->token[i - 1].kind & t->token[i + 1].kind & placed) &&
            (ttm_is_noun(t, i + 2) || ttm_token_is(t, i + 2, placed)) &&
            !ttm_token_is(t, i + 2, TTM_WORD_VERB_FORM | TTM_WORD_AUXILIARY) &&
            ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_SEPARATOR |
                                   placed))
            t->token[i].kind = TTM_WORD_ADVERB;
        for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
            if (!strcmp(t->token[i - 1].word, pairs[k][0]) &&
                !strcmp(t->token[i + 1].word, pairs[k][1]) &&
                !ttm_is_noun(t, i + 2))
                t->token[i].kind = TTM_WORD_ADVERB;
        /* "a deliberate and controlled motion", "red and blue ball" */
        if (i > 1 && !t->token[i - 1].stop &&
            ttm_token_is(t, i - 2, TTM_WORD_DETERMINER | TTM_WORD_PLACE) &&
            !ttm_token_is(t, i + 1, TTM_WORD_DETERMINER | TTM_WORD_PLACE |
                          TTM_WORD_WAY | TTM_WORD_DIRECTION | TTM_WORD_PRONOUN |
                          TTM_WORD_ADVERB | TTM_WORD_AUXILIARY |
                          TTM_WORD_SEPARATOR) &&
            !ttm_form_is(t, i + 1, TTM_FORM_THIRD) &&
            !ttm_form_is(t, i + 1, TTM_FORM_BASE) && !t->token[i + 1].stop &&
            ttm_is_noun(t, i + 2) && !ttm_token_is(t, i + 2, TTM_WORD_ANY_VERB) &&
            !ttm_token_is(t, i + 2, TTM_WORD_LIKE_VERB) &&
            !ttm_word_plural(t->token[i + 2].word) &&
            !ttm_token_is(t, i + 1, TTM_WORD_SIZE) &&
            (!ttm_token_is(t, i + 1, TTM_WORD_COLOUR) ||
             ttm_token_is(t, i - 1, TTM_WORD_COLOUR)))
            t->token[i].kind = TTM_WORD_COLOUR;
    }
}

static void make_stop(TTMTokens *t, int i)
{
    memset(&t->token[i], 0, sizeof(t->token[i]));
    t->token[i].stop = '.';
}

/* Openings that are no part of what happens: their tokens become stops. */
void ttm_tokens_drop_openings(TTMTokens *t)
{
    for (int i = 0; i < t->nb; i++) {
        const int begins = !i || t->token[i - 1].stop ||
                           ttm_token_is(t, i - 1, TTM_WORD_SEPARATOR);
        int k = i;

        if (!begins)
            continue;
        if (ttm_token_in(t, k, " there here ") &&
            ttm_token_in(t, k + 1, " is are was were ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            continue;
        }
        if (ttm_token_in(t, k, " we you ") &&
            ttm_token_in(t, k + 1, " see can watch ")) {
            for (; k < i + 3 && ttm_token_in(t, k, " we you can see watch "); k++)
                make_stop(t, k);
            continue;
        }
        /* "the camera zooms in on a cat that sleeps" */
        for (int m = k; m < k + 4 && m < t->nb && !t->token[m].stop; m++)
            if (ttm_token_in(t, m, " camera shot view zoom pan focus dolly-in dolly-out push-in "
                                   "pull-out tilt tracking "))
                for (int n = m + 1; n < m + 7 && n + 1 < t->nb &&
                     !t->token[n].stop; n++)
                    if ((ttm_token_in(t, n, " to ") && ttm_token_in(t, n + 1, " a an ")) ||
                        (ttm_token_in(t, n, " on onto around orbits circles follows "
                                            "tracks shows reveals follow track "
                                            "show reveal following tracking ") &&
                         ttm_token_is(t, n + 1, TTM_WORD_DETERMINER)))
                        for (int q = k; q <= n; q++)
                            make_stop(t, q);
        if (t->token[k].stop)
            continue;
        if ((ttm_token_in(t, k, " i we you ") && ttm_token_in(t, k + 1, " want would need ")) ||
            (ttm_token_in(t, k, " i'd we'd ") && ttm_token_in(t, k + 1, " like love want ")) ||
            (ttm_token_in(t, k, " could can would will ") && ttm_token_in(t, k + 1, " you we "))) {
            make_stop(t, k);
            for (k++; ttm_token_in(t, k, " you we want would need like love please to see have "
                                         "make let get just "); k++)
                make_stop(t, k);
            for (int q = k; q < t->nb && q < k + 8 && !t->token[q].stop; q++)
                /* "the horses to go" */
                if (ttm_token_in(t, q, " to ") && ttm_form_is(t, q + 1, TTM_FORM_BASE) &&
                    ttm_is_noun(t, q - 1)) {
                    memmove(&t->token[q], &t->token[q + 1],
                            (size_t)(t->nb - q - 1) * sizeof(t->token[0]));
                    t->nb--;
                    break;
                }
            i = k - 1;
            continue;
        }
        if (ttm_token_in(t, k, " animate ") && ttm_token_in(t, k + 1, " only just ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            continue;
        }
        while (ttm_token_in(t, k, " just now ok okay look and then please ") && k + 1 < t->nb &&
               !t->token[k + 1].stop)
            k++;
        if (ttm_token_in(t, k, " show see watch imagine ") &&
            ttm_token_in(t, k + 1, " how me us what ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            continue;
        }
        if (ttm_token_in(t, k, " give ") && ttm_token_in(t, k + 1, " me us ")) {
            make_stop(t, k);
            make_stop(t, k + 1);
            continue;
        }
        if (ttm_token_in(t, k, " make let have watch see show animate imagine get ") &&
            (ttm_token_is(t, k + 1, TTM_WORD_DETERMINER) ||
             (ttm_token_in(t, k + 1, " it him them ") && ttm_form_is(t, k + 2, TTM_FORM_BASE)))) {
            make_stop(t, k);
            continue;
        }
        /* "a video of", "cinematic close-up shot of", "the video shows" */
        for (; k < t->nb && k < i + 8 && !t->token[k].stop &&
             (ttm_token_is(t, k, TTM_WORD_STYLE) ||
              (!ttm_token_is(t, k, TTM_WORD_PLACE | TTM_WORD_SEPARATOR) &&
               !ttm_form_is(t, k, TTM_FORM_THIRD)));
             k++)
            ;
        if (k > i && k < t->nb && ttm_token_is(t, k - 1, TTM_WORD_STYLE) &&
            ttm_token_in(t, k, " of shows showing depicts depicting where "
                               "featuring features in which while ")) {
            k += ttm_token_in(t, k + 1, " which ");
            for (int m = i; m <= k; m++)
                make_stop(t, m);
        }
    }
}
