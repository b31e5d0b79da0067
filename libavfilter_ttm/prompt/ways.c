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


/** @file Directions, aims and pace. */

#include "prompt/ways.h"

#include <string.h>

static const char towards_us[] =
    " camera viewer viewers us me you screen lens photographer audience "
    "foreground cameraman observer spectator ";
static const char flat[] =
    " street road path track aisle driveway highway lane trail river hallway "
    "corridor runway beach avenue alley pavement sidewalk court pitch field "
    "coast shore freeway boulevard canal catwalk bridge ";
static const char slow_words[] =
    " slowly gently gradually leisurely lazily calmly carefully cautiously "
    "softly slow unhurriedly sluggishly peacefully timidly "
    "hesitantly wearily slightly ";
static const char fast_words[] =
    " quickly fast rapidly swiftly speedily briskly hurriedly hastily "
    "faster furiously frantically wildly energetically vigorously ";

int ttm_word_pace(const TTMTokens *t, int i)
{
    return ttm_token_in(t, i, fast_words) - ttm_token_in(t, i, slow_words);
}

int ttm_starts_object(const TTMTokens *t, int i, int end)
{
    if (i >= end || t->token[i].stop ||
        ttm_token_in(t, i, " smaller larger bigger open shut closed free "
                            "loose apart "))
        return 0;
    if (ttm_token_is(t, i, TTM_WORD_DETERMINER | TTM_WORD_COLOUR | TTM_WORD_SIZE |
                           TTM_WORD_BODY))
        return 1;
    return !ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_ADVERB |
                               TTM_WORD_DIRECTION | TTM_WORD_AUXILIARY |
                               TTM_WORD_PRONOUN | TTM_WORD_SEPARATOR |
                               TTM_WORD_POSITION);
}

/* Whether the direction at i belongs to a noun: "the left tree". */
static int is_of_noun(const TTMTokens *t, int i, int end)
{
    static const char sides[] =
        " side edge border corner part half hand end of frame picture image "
        "screen and ";

    if (!ttm_token_is(t, i - 1, TTM_WORD_DETERMINER))
        return 0;
    for (i++; i < end && ttm_token_is(t, i, TTM_WORD_POSITION); i++)
        ;
    return i < end && !t->token[i].stop && !ttm_token_in(t, i, sides) &&
           !ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY | TTM_WORD_ADVERB |
                         TTM_WORD_DIRECTION | TTM_WORD_AUXILIARY |
                         TTM_WORD_SEPARATOR);
}

/* "up the road": along something flat. */
static int is_along_flat(const TTMTokens *t, int i, int end)
{
    if (!ttm_token_is(t, i + 1, TTM_WORD_DETERMINER))
        return 0;
    for (int k = i + 2; k < end && k < i + 6; k++) {
        if (ttm_token_in(t, k, flat))
            return 1;
        if (ttm_token_is(t, k, TTM_WORD_PLACE | TTM_WORD_WAY))
            break;
    }
    return 0;
}

static void put_side(TTMWays *w, const TTMTokens *t, int prep, int dx, int dy,
                     int leaving)
{
    int from = ttm_token_in(t, prep, " from ");

    if (prep >= 0 && !from && !leaving && !(w->to_noun && ttm_token_in(t, prep, " on at ")) &&
        !ttm_token_in(t, prep, " to towards toward into off onto out "))
        return;                     /* "on the left": a place */
    if (dx)
        *(from ? &w->from_x : &w->x) = dx;
    if (dy)
        *(from ? &w->from_y : &w->y) = dy;
}

static void read_direction(TTMWays *w, const TTMTokens *t, int i, int end, int prep,
                           int leaving)
{
    const char *word = t->token[i].word;
    const int vertical = !is_along_flat(t, i, end);
    int x, y;

    if (ttm_token_in(t, i, " leftward leftwards leftwise "))
        w->x = -1;
    else if (ttm_token_in(t, i, " rightward rightwards "))
        w->x = 1;
    else if (ttm_token_in(t, i, " up upward upwards skyward uphill "
                                "upstairs vertically ") && vertical &&
             !ttm_token_in(t, i + 1, " to "))
        put_side(w, t, ttm_token_in(t, i - 1, " from ") ? i - 1 : -1, 0, -1, 0);
    else if (ttm_token_in(t, i, " up ") && ttm_token_in(t, i + 1, " to ") &&
             ttm_token_in(t, i + 2, " the ") &&
             ttm_token_in(t, i + 3, " left right top surface sky "))
        w->y = -1;
    else if (ttm_token_in(t, i, " down downward downwards downhill downstairs ") &&
             vertical)
        w->y = 1;
    else if (ttm_token_in(t, i, " and ") &&
             ((ttm_token_in(t, i - 1, " up ") && ttm_token_in(t, i + 1, " down ")) ||
              (ttm_token_in(t, i - 1, " down ") && ttm_token_in(t, i + 1, " up "))))
        w->up_and_down = 1;
    else if (ttm_token_in(t, i, " front back ") && ttm_token_in(t, i - 1, " the ") &&
             ttm_token_in(t, i - 2, " to towards toward ") && !is_of_noun(t, i, end) &&
             !ttm_token_in(t, i + 1, " of "))
        *(*word == 'f' ? &w->closer : &w->away) = 1;
    else if (ttm_token_in(t, i, " forward forwards ahead onward onwards "))
        w->ahead = 1;
    else if (ttm_token_in(t, i, " backward backwards back "))
        w->ahead = -1;
    else if (!strcmp(word, "sideways") || !strcmp(word, "forth"))
        w->shake = 1;
    else if (ttm_token_in(t, i, " closer nearer "))
        w->closer = 1;
    else if (!strcmp(word, "away"))
        w->away = 1;
    else if (!strcmp(word, "off"))
        w->off = 1;
    else if (!strcmp(word, "still"))
        w->still = 1;
    else if (ttm_token_in(t, i, " around round "))
        w->around = 1;
    else if (ttm_token_in(t, i, " bigger larger taller "))
        w->grow = 1;
    else if (!strcmp(word, "smaller"))
        w->shrink = 1;
    else if (ttm_word_position(word, &x, &y) &&
             (ttm_token_in(t, prep, " from to towards toward ") ||
              !is_of_noun(t, i, end)))
        put_side(w, t, prep, x, y, leaving);
}

/* Nouns that say a way together with the preposition before them. */
static void read_aim(TTMWays *w, const TTMTokens *t, int i, int prep)
{
    const int to = ttm_token_in(t, prep, " to towards toward into onto at ");
    const int in = ttm_token_in(t, prep, " in on ");

    if (to && ttm_token_in(t, i, towards_us))
        w->closer = 1;
    else if (ttm_token_in(t, prep, " from ") && ttm_token_in(t, i, towards_us))
        w->away = 1;
    else if (to && !ttm_token_in(t, i + 1, " of ") &&
             ttm_token_in(t, i, " sky ceiling heavens heaven surface "
                                "stars moon sun "))
        w->aim_y = -1;
    else if (ttm_token_in(t, prep, " into ") && ttm_token_in(t, i, " air "))
        w->aim_y = -1;
    else if (to && ttm_token_in(t, i, " ground floor earth seabed seafloor "
                                      "bottom depths "))
        w->aim_y = 1;
    else if (to && ttm_token_in(t, i, " distance horizon background "))
        w->away = 1;
    else if (in && ttm_token_in(t, i, " circle circles loop loops ring "))
        w->circle = 1;
    else if (in && ttm_token_in(t, i, " place spot "))
        w->in_place = 1;
    else if (ttm_token_in(t, i, " side ") && ttm_token_in(t, i - 1, " to ") &&
             ttm_token_in(t, i - 2, " side "))
        w->shake = 1;
    else if (ttm_token_in(t, i, " motion ") && ttm_token_in(t, i - 1, " slow "))
        w->pace = -1;
    else if (ttm_token_in(t, i, " speed ") &&
             ttm_token_in(t, i - 1, " high full great top "))
        w->pace = 1;
    else if (ttm_token_in(t, i, " frame picture image view sight shot scene screen ") &&
             ttm_token_in(t, prep, " out of from "))
        w->out = 1;
}

void ttm_ways_read(TTMWays *w, const TTMTokens *t, int begin, int end, int leaving,
                      int own_y)
{
    int prep = -1;

    for (int i = begin; i < end; i++) {
        w->places |= ttm_token_in(t, i, " place places position positions spots ");
        if (ttm_word_pace(t, i))
            w->pace = ttm_word_pace(t, i);
        w->past |= ttm_token_in(t, i, " past by ");
        w->up_to |= ttm_token_in(t, i, " up ") && ttm_token_in(t, i + 1, " to ");
        read_direction(w, t, i, end, prep, leaving);
        if (ttm_token_is(t, i, TTM_WORD_PLACE | TTM_WORD_WAY)) {
            prep = i;
            continue;
        }
        read_aim(w, t, i, prep);
        if (ttm_token_is(t, i, TTM_WORD_DETERMINER | TTM_WORD_POSITION |
                               TTM_WORD_COLOUR | TTM_WORD_SIZE | TTM_WORD_ADVERB))
            continue;
        if (!ttm_token_is(t, i, TTM_WORD_DIRECTION)) {
            w->to_noun = ttm_token_in(t, prep, " to towards toward ");
            prep = -1;              /* the noun ends the phrase */
        }
    }
    if (!w->x && !w->y && !w->from_y && !own_y && !w->away)
        w->y = w->aim_y;
    if (w->up_and_down)
        w->y = 0;
    if (!w->x && w->from_x)
        w->x = -w->from_x;
    if (!w->y && w->from_y)
        w->y = -w->from_y;
}
