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


/** @file Clauses of a prompt: who does what. */

#ifndef TTM_PROMPT_CLAUSES_H
#define TTM_PROMPT_CLAUSES_H

#include "prompt/acts.h"
#include "util/log.h"

#define TTM_MAX_CLAUSES 32
#define TTM_MAX_ACTS    4       ///< of a clause

/** One subject and what it does. Strings are owned. */
typedef struct TTMClause {
    char *noun;             ///< head noun: "ball"
    char *name;             ///< without article and place: "large red ball"
    char *description;      ///< without article: "large red ball on the left"
    char *subject;          ///< as written, without place: "a large red ball"
    char *action;           ///< verb phrase without place: "rolls right"
    int count;              ///< how many of them, 0: all that there are
    int other;              ///< "the other ball": not the one named before
    int moved;              ///< by the subject of the clause before it: a ball kicked
    int body;               ///< part of a body: arms
    int scenery;            ///< flows or stands: waves
    int nb_acts;
    TTMAct act[TTM_MAX_ACTS];       ///< their token ranges are of no more use
    int known[TTM_MAX_ACTS];        ///< said in words that small bundles have
    char partner[TTM_MAX_WORD];     ///< noun of what is followed, or empty
} TTMClause;

typedef struct TTMClauses {
    int nb;
    int cut;                ///< the text is longer than what is read of it
    int unsaid;             ///< it shows one thing and says nothing of it
    TTMClause clause[TTM_MAX_CLAUSES];
} TTMClauses;

/** Split @p text. 0 clauses where no verb phrase is found. */
int ttm_clauses_parse(TTMClauses *clauses, const char *text);
void ttm_clauses_free(TTMClauses *clauses);

#endif /* TTM_PROMPT_CLAUSES_H */
