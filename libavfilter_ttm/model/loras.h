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


/** @file The `lora` option: its files merged into the networks of a bundle. */

#ifndef TTM_MODEL_LORAS_H
#define TTM_MODEL_LORAS_H

#include "model/networks.h"

/** One file of the option. */
typedef struct TTMLoraUse {
    char *path;
    double weight;
    int stage[TTM_STAGE_NB];    ///< whether it is for the stage's network
    char hash[17];
    int text_layers;            ///< merged into the text encoder
    int layers[TTM_STAGE_NB];   ///< merged into a stage's network
} TTMLoraUse;

typedef struct TTMLoras {
    TTMLoraUse *uses;
    int nb;
} TTMLoras;

/**
 * Read PATH[:WEIGHT[:motion|video]], separated by '|'. NULL and "" are none.
 * TTM_ERR_ARGUMENT after a line that names the item.
 */
int ttm_loras_parse(TTMLoras *loras, const TTMLog *log, const char *option);
void ttm_loras_free(TTMLoras *loras);

/**
 * Merge the files into the parts of @p models, before networks are made of
 * them. One information line a file; a layer that fits no network in use is
 * an error. @p threads share the sums; 0: one a core.
 */
int ttm_loras_merge(TTMLoras *loras, TTMModels *models, int threads);

/** Add the list "lora" to the report. */
int ttm_loras_report(const TTMLoras *loras, TTMJson *root);

#endif /* TTM_MODEL_LORAS_H */
