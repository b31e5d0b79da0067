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
 * What a stage needs to know of its denoising network, of whatever class: the
 * "ttm" object of config.json, and sizes that follow from the architecture.
 */

#ifndef TTM_NETS_DENOISER_H
#define TTM_NETS_DENOISER_H

#include "io/bundle.h"
#include "sampler/prediction.h"

/** Latents that are inputs of a denoiser, each by the name of its input. */
enum TTMCondition {
    TTM_CONDITION_NOISE,    ///< "noise": noisy latents
    TTM_CONDITION_IMAGE,    ///< "image": E(x0), one frame
    TTM_CONDITION_MASK,     ///< "mask": E(s), of the first frame or of the trajectory
    TTM_CONDITION_CARRIED,  ///< "carried": E(still with each object carried along)
    TTM_CONDITION_NB
};

/** Names of enum TTMCondition: of graph inputs and in config.json. */
extern const char *const ttm_condition_names[TTM_CONDITION_NB + 1];

/**
 * A denoiser. Its graph has the inputs "time" F32 [1], or [frames] where each latent
 * frame has a time of its own (0 of a first frame that is given), those of `inputs`, "text"
 * [1, tokens, text_width] where it reads text, and where it has masked attention
 * "locals" [objects, tokens, text_width] with "local_key_sets" U32
 * [objects * tokens], and "regions.L" U8 and "sets.L" U32 [positions] for each
 * level L of `masked_levels`. Its output is "output", like the noise.
 */
typedef struct TTMDenoiser {
    /* from the architecture */
    int latent_channels;
    int text_width;             ///< of the hidden states that it reads
    int max_frames;             ///< latent frames that it can make
    int multiple;               ///< sides of the latents must be multiples of this
    unsigned masked_levels;     ///< bit L: masked attention on positions 2^L apart
    /**
     * Beginnings of the names of inputs that stay the same over all steps, ended
     * by NULL: what depends on them alone is run once.
     */
    const char *const *steady;

    /* from "ttm" */
    int nb_inputs;
    enum TTMCondition inputs[TTM_CONDITION_NB];
    int width, height;          ///< pixels this stage runs at, 0: the bundle's
    enum TTMPrediction prediction;
    int residual;               ///< enum TTMCondition, -1: none
    int first_frame_given;
    int masked_self, masked_cross;
    int cross_boxes;            ///< 1: boxes, 0: masks
    int trajectory_regions;     ///< 1: of the trajectory, 0: of the first frame
    int tinted;                 ///< its masks are tinted (motion/tint.h)
} TTMDenoiser;

/** 1 if the denoiser has the input @p condition. */
int ttm_denoiser_has(const TTMDenoiser *denoiser, enum TTMCondition condition);

/**
 * Read the "ttm" object of @p part; without one this is a plain network of
 * diffusers, with noise alone that predicts epsilon.
 *
 * @param blocks  spatial attention blocks that can be masked
 * @param masked  how many of them are (K of the paper, section 4.3)
 */
int ttm_denoiser_read(TTMDenoiser *denoiser, const TTMPart *part, int blocks,
                      int *masked);

#endif /* TTM_NETS_DENOISER_H */
