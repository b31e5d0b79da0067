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

/** @file The weights of one part of a bundle: one safetensors file or shards. */

#ifndef TTM_IO_WEIGHTS_H
#define TTM_IO_WEIGHTS_H

#include "io/safetensors.h"

typedef struct TTMWeights TTMWeights;

/**
 * Open the weights in @p folder: diffusion_pytorch_model.safetensors or
 * model.safetensors, the same with ".fp16" before the suffix, or shards named
 * by NAME.safetensors.index.json, where every tensor must lie in the shard
 * that the index names. Without any of them TTM_ERR_FILE and one line.
 */
int ttm_weights_open(TTMWeights **weights, const TTMLog *log,
                     const char *folder);
/** Close; *weights becomes NULL. NULL is legal. */
void ttm_weights_close(TTMWeights **weights);

/** Tensor by name, NULL where there is none; owned by @p weights. */
TTMFileTensor *ttm_weights_find(const TTMWeights *weights, const char *name);

/** Number of tensors of all files, and tensor @p index of them. */
size_t ttm_weights_count(const TTMWeights *weights);
TTMFileTensor *ttm_weights_at(const TTMWeights *weights, size_t index);

/**
 * First tensor (by file, then name) that is not marked as used and for which
 * @p is_optional (name) is 0; NULL if there is none. *@p nb counts them.
 */
const TTMFileTensor *ttm_weights_unused(const TTMWeights *weights,
                                        int (*is_optional)(const char *name),
                                        size_t *nb);

/** Path of the first file, for messages. */
const char *ttm_weights_path(const TTMWeights *weights);

#endif /* TTM_IO_WEIGHTS_H */
