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

/** @file The networks of an open bundle: configurations, device programs. */

#ifndef TTM_MODEL_NETWORKS_H
#define TTM_MODEL_NETWORKS_H

#include "io/bundle.h"
#include "nets/nets.h"
#include "prompt/tokenizer.h"
#include "run/network.h"
#include "sampler/scheduler.h"

/** Stages of the method. */
enum TTMStageIndex {
    TTM_STAGE_MOTION,           ///< image_to_motion
    TTM_STAGE_VIDEO,            ///< motion_to_video
    TTM_STAGE_NB
};

/** "ttm" of model_index.json. */
typedef struct TTMDefaults {
    const char *name;           ///< owned by the bundle
    int frames;
    double fps;
    int width, height;
    int steps[TTM_STAGE_NB];
    double guidance[TTM_STAGE_NB], image_guidance[TTM_STAGE_NB];
    int refine;                 ///< enum TTMRefineChoice, not auto
    double detail;
} TTMDefaults;

/** A VAE half for one image size. */
typedef struct TTMVaeNetwork {
    TTMNetwork *network;
    int width, height;
} TTMVaeNetwork;

/** A U-Net for one shape. */
typedef struct TTMUnetNetwork {
    TTMNetwork *network;
    TTMNetwork *steady;         ///< what is the same in every step
    int frames, width, height, objects; ///< width and height of the latents
} TTMUnetNetwork;

typedef struct TTMModels {
    const TTMLog *log;
    TTMBackend *backend;        ///< borrowed, set before a network is made
    TTMBundle *bundle;
    char hash[17];
    TTMDefaults defaults;
    TTMPart *text_part, *vae_part, *scheduler_part;
    TTMPart *unet_part[TTM_STAGE_NB];   ///< NULL where the bundle lacks it
    TTMClipTextConfig text;
    TTMVaeConfig vae;
    TTMUnetConfig unet[TTM_STAGE_NB];
    TTMScheduler scheduler;
    TTMTokenizer *tokenizer;
    int tokens;                 ///< of every prompt

    TTMNetwork *text_network;
    TTMVaeNetwork encoder[TTM_STAGE_NB], decoder[TTM_STAGE_NB];
    TTMUnetNetwork unet_network[TTM_STAGE_NB];
    int one_at_a_time;          ///< a network takes the place of the others
    struct TTMMeasure *measure; ///< NULL, or networks are counted, not made
} TTMModels;

/** Counting of what networks would take on the device. */
typedef struct TTMMeasure {
    enum TTMDType precision;
    const TTMLog *log;          ///< for what is not possible
    size_t bytes;               ///< so far
} TTMMeasure;

/**
 * Open the bundle at @p path and read all configurations.
 *
 * @param needed   for each stage, whether the mode needs it
 * @param sampler  enum TTMSamplerChoice
 */
int ttm_models_open(TTMModels *models, const TTMLog *log, const char *path,
                    const int needed[TTM_STAGE_NB], int sampler);
void ttm_models_close(TTMModels *models);

/*
 * Networks, made on demand and kept while their shape is asked for, or
 * (one_at_a_time) until another one is: the weights stay in the mapped file.
 * With `measure` set they are NULL, and their bytes are added up.
 */
int ttm_models_text(TTMModels *models, TTMNetwork **network);
int ttm_models_encoder(TTMModels *models, int stage, int width, int height,
                       TTMNetwork **network);
int ttm_models_decoder(TTMModels *models, int stage, int width, int height,
                       TTMNetwork **network);
/**
 * @param steady  the part of the U-Net that is the same in every step: keys and
 *                values of the texts, order of the tokens by region. It takes
 *                "text", "locals" and "regions.L"; its outputs are inputs of
 *                @p network of the same names. NULL where there is none.
 */
int ttm_models_unet(TTMModels *models, int stage, int frames, int width,
                    int height, int objects, TTMNetwork **network,
                    TTMNetwork **steady);

/** Free all networks; they are made again on demand. */
void ttm_models_free_networks(TTMModels *models);

/** Pixels of which the sides of a stage's images must be multiples. */
int ttm_models_multiple(const TTMModels *models, int stage);

/** Estimated operations of one forward. */
double ttm_models_unet_cost(const TTMModels *models, int stage, int frames,
                            int width, int height);

#endif /* TTM_MODEL_NETWORKS_H */
