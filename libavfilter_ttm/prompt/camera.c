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

#include "prompt/camera.h"

#include <stdlib.h>

#include "prompt/tokens.h"
#include "ttm.h"
#include "util/mem.h"

#define SLOWLY  0.6             /* of the usual amount */
#define QUICKLY 1.6

#define CAMERAS " camera shot view cam "
/* Words that may stand before it, and say no more than how it looks. */
#define LOOKS   " the a an our static wide close handheld slow smooth gentle slowly steady "

/* Does a clause or a part of one begin at token @p i? */
static int begins(const TTMTokens *t, int i)
{
    return !i || t->token[i - 1].stop || ttm_token_is(t, i - 1, TTM_WORD_SEPARATOR) ||
           ttm_token_in(t, i - 1, " with ");
}

/* Is the camera at token @p i who does something? Not one that somebody looks at. */
static int is_subject(const TTMTokens *t, int i)
{
    if (!ttm_token_in(t, i, CAMERAS))
        return 0;
    while (i > 0 && ttm_token_in(t, i - 1, LOOKS " shaky "))
        i--;
    return begins(t, i);
}

/* Behind token @p i, in the same clause and not far: one of the words? */
static int follows(const TTMTokens *t, int i, const char *words)
{
    for (int k = i + 1; k < i + 5 && k < t->nb && !t->token[k].stop; k++)
        if (ttm_token_in(t, k, words))
            return 1;
    return 0;
}

/* Set a move that was not said before. */
static void set(double *move, double amount)
{
    if (*move == 0)
        *move = amount;
}

/* Left, right, up or down behind token @p i. */
static int aim(TTMCamera *c, const TTMTokens *t, int i, double pace)
{
    const int side = follows(t, i, " right rightward rightwards ") -
                     follows(t, i, " left leftward leftwards ");
    const int height = follows(t, i, " down downward downwards ") -
                       follows(t, i, " up upward upwards ");

    if (side)
        set(&c->pan, side * pace * TTM_CAMERA_PAN);
    if (height)
        set(&c->tilt, height * pace * TTM_CAMERA_PAN);
    return side || height;
}

static void zoom(TTMCamera *c, int out, double pace)
{
    const double factor = 1 + pace * (TTM_CAMERA_ZOOM - 1);

    set(&c->zoom, out ? -factor : factor);
}

/* The move that token @p i is the verb of, if it is one. */
static void read_verb(TTMCamera *c, const TTMTokens *t, int i, double pace)
{
    static const char back[] = " out back away backward backwards ";

    if (ttm_token_in(t, i, " zoom zooms zooming zoomed "))
        zoom(c, follows(t, i, back), pace);
    else if (ttm_token_in(t, i, " pan pans panning panned tilt tilts tilting tilted swivels "))
        aim(c, t, i, pace);
    else if (ttm_token_in(t, i, " shake shakes shaking wobbles wobbling trembles trembling "))
        set(&c->shake, pace * TTM_CAMERA_SHAKE);
    else if (ttm_token_in(t, i, " pull pulls pulling ") && follows(t, i, back))
        zoom(c, 1, pace);
    else if (ttm_token_in(t, i, " push pushes pushing ") && follows(t, i, " in closer forward "))
        zoom(c, 0, pace);
    else if (ttm_token_in(t, i, " move moves moving dolly dollies glides slides turns "
                                "travels tracks tracking drifts ") &&
             !aim(c, t, i, pace) && (follows(t, i, back) ||
                                     follows(t, i, " in closer forward forwards ")))
        zoom(c, follows(t, i, back), pace);
}

/* How fast, by the words of the clause that token @p i is in. */
static double pace_of(const TTMTokens *t, int i)
{
    int first = i, last = i;

    while (first > 0 && !t->token[first - 1].stop)
        first--;
    while (last + 1 < t->nb && !t->token[last + 1].stop &&
           !ttm_token_in(t, last + 1, " while as when "))
        last++;
    for (int k = first; k <= last; k++) {
        if (ttm_token_in(t, k, " slow slowly slight slightly gentle gently subtle subtly "
                               "gradually "))
            return SLOWLY;
        if (ttm_token_in(t, k, " quick quickly fast rapid rapidly dramatic dramatically "))
            return QUICKLY;
    }
    return 1;
}

/* What the camera at token @p i does: verbs up to where another thing acts. */
static void read_clause(TTMCamera *c, const TTMTokens *t, int i)
{
    const double pace = pace_of(t, i);

    if (i && ttm_token_in(t, i - 1, " shaky handheld "))
        set(&c->shake, TTM_CAMERA_SHAKE);
    for (int k = i + 1; k < t->nb; k++) {
        if (t->token[k].stop || ttm_token_in(t, k, " while as when not never no who which ") ||
            (ttm_token_is(t, k, TTM_WORD_SEPARATOR) &&
             ttm_token_is(t, k + 1, TTM_WORD_DETERMINER)))
            return;
        read_verb(c, t, k, pace);
    }
}

/* "slow zoom in", "pan left", without a camera, at the begin of a clause. */
static void read_order(TTMCamera *c, const TTMTokens *t, int i)
{
    int k = i;

    while (ttm_token_in(t, k, " a the slow slowly gentle gently smooth quick fast subtle "))
        k++;
    if ((ttm_token_in(t, k, " zoom zooming ") && follows(t, k, " in out ")) ||
        ttm_token_in(t, k, " pan panning tilt tilting "))
        read_verb(c, t, k, pace_of(t, k));
    else if (ttm_token_in(t, k, " camera ") && ttm_token_in(t, k + 1, " shake "))
        set(&c->shake, pace_of(t, k) * TTM_CAMERA_SHAKE);
}

int ttm_prompt_camera(TTMCamera *c, const char *text)
{
    TTMTokens *t = ttm_array_alloc(1, sizeof(*t));

    *c = (TTMCamera){ 0 };
    if (!t)
        return TTM_ERR_MEMORY;
    ttm_tokens_read(t, text);
    for (int i = 0; i < t->nb; i++) {
        if (is_subject(t, i))
            read_clause(c, t, i);
        else if (begins(t, i))
            read_order(c, t, i);
    }
    free(t);
    return 0;
}
