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
 * LoRA files (arXiv 2106.09685): low-rank changes of the weights of networks,
 * in the naming of diffusers, PEFT or kohya's scripts.
 */

#ifndef TTM_IO_LORA_H
#define TTM_IO_LORA_H

#include "io/bundle.h"
#include "util/thread.h"

/** Networks that a layer may belong to: a set of bits. */
enum TTMLoraNetwork {
    TTM_LORA_UNET = 1,
    TTM_LORA_TEXT = 2,
    TTM_LORA_ANY  = 3,      ///< its name does not say
};

/** weight += amount * scale * up down. */
typedef struct TTMLoraLayer {
    char *module;               ///< path of the layer it changes
    int flat;                   ///< in @p module dots are underscores (kohya)
    enum TTMLoraNetwork network;
    const TTMFileTensor *down;  ///< [rank, in] or [rank, in, kh, kw]
    const TTMFileTensor *up;    ///< [out, rank] or [out, rank, 1, 1]
    double scale;               ///< alpha / rank
    int merged;                 ///< into how many networks
    const TTMFileTensor *misfit; ///< weight of that name, but of another shape
} TTMLoraLayer;

typedef struct TTMLora {
    char *path;
    char hash[17];              ///< XXH64 of the file
    TTMLoraLayer *layers;
    size_t nb;
    TTMSafetensors *file;
    const TTMLog *log;
} TTMLora;

/**
 * Open a file and check it: every tensor must be a part of a LoRA layer, every
 * layer complete and its ranks agree. Alpha is the file's "alpha" tensor, else
 * what diffusers' metadata or PEFT's adapter_config.json beside it say, else
 * the rank.
 */
int ttm_lora_open(TTMLora **lora, const TTMLog *log, const char *path);
/** Close; *lora becomes NULL. NULL is legal. */
void ttm_lora_close(TTMLora **lora);

/**
 * Add the layers of @p loras, times @p amounts, to the weights of @p part that
 * they name and fit; other weights stay in the file. Sums are made in f32 and
 * rounded once, to the weight's type in the file. Call before a network is
 * made of the part.
 *
 * @param network  which kind the part is
 * @param counts   receives the number of layers merged, for each LoRA
 */
int ttm_lora_merge(TTMLora *const *loras, const double *amounts, int nb,
                   TTMPart *part, enum TTMLoraNetwork network, TTMPool *pool,
                   int *counts);

/** A layer that was merged nowhere is TTM_ERR_FORMAT and named. */
int ttm_lora_check_merged(const TTMLora *lora);

#endif /* TTM_IO_LORA_H */
