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

#include "graph/cost.h"
#include "io/bundle.h"
#include "nets/network_class.h"
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
    int frames;                 ///< of a clip
    int generated;              ///< that networks make, at most
    double fps;
    int width, height;
    int steps[TTM_STAGE_NB];
    double guidance[TTM_STAGE_NB], image_guidance[TTM_STAGE_NB];
    int refine;                 ///< enum TTMRefineChoice, not auto
    int simple_prompts;         ///< see ttm_prompts_simplify()
    double detail;
} TTMDefaults;

/** A network on the device, for one set of sizes. */
typedef struct TTMMadeNetwork {
    TTMNetwork *network;
    TTMNetwork *steady;         ///< of denoisers: what is the same in every step
    TTMNetSizes sizes;
} TTMMadeNetwork;

typedef struct TTMModels {
    const TTMLog *log;
    TTMBackend *backend;        ///< borrowed, set before a network is made
    TTMBundle *bundle;
    char hash[17];              ///< of ttm_models_hash(), "" before it
    TTMDefaults defaults;
    TTMPart *text_part, *vae_part, *scheduler_part;
    TTMPart *stage_part[TTM_STAGE_NB];  ///< NULL where the bundle lacks it
    TTMPart *segmenter_part;            ///< NULL: objects are found by colours
    TTMNetModel text_model, vae_model, stage_model[TTM_STAGE_NB], segmenter_model;
    TTMTextEncoder text;
    TTMAutoencoder vae;
    TTMDenoiser denoiser[TTM_STAGE_NB]; ///< of stages that the bundle has
    TTMSegmenter segmenter;             ///< where there is one
    TTMScheduler scheduler;
    TTMTokenizer *tokenizer;
    int tokens;                 ///< of every prompt

    TTMMadeNetwork text_network;
    TTMMadeNetwork encoder[TTM_STAGE_NB], decoder[TTM_STAGE_NB];
    TTMMadeNetwork next_encoder[TTM_STAGE_NB], next_decoder[TTM_STAGE_NB];
    TTMMadeNetwork stage_network[TTM_STAGE_NB];
    TTMMadeNetwork segmenter_network[2];
    int one_at_a_time;          ///< a network takes the place of the others
    struct TTMMeasure *measure; ///< NULL, or networks are counted, not made
} TTMModels;

/** Counting of what networks would take on the device. */
typedef struct TTMMeasure {
    enum TTMDType precision;
    const TTMLog *log;          ///< for what is not possible
    size_t bytes;               ///< so far
    size_t states;              ///< of what they remember (run/stream.h), so far
    TTMEffort effort;           ///< of a run of each, so far
    TTMEffort once;             ///< of the parts of denoisers that run once
} TTMMeasure;

/**
 * Open the bundle at @p path and read all configurations.
 *
 * @param needed     for each stage, whether the mode needs it
 * @param sampler    enum TTMSamplerChoice
 * @param segmenter  folder of a segmenter, "none", or NULL or "": the bundle's, if it
 *                   has one
 */
int ttm_models_open(TTMModels *models, const TTMLog *log, const char *path,
                    const int needed[TTM_STAGE_NB], int sampler,
                    const char *segmenter);
void ttm_models_close(TTMModels *models);
/**
 * The hash of the bundle (ttm_bundle_hash()), made when it is first asked for, as every
 * weight is read for it: models->hash.
 */
int ttm_models_hash(TTMModels *models, TTMCancel *cancel);

/*
 * Networks, made on demand and kept while their shape is asked for, or
 * (one_at_a_time) until another one is: the weights are read from the file again.
 * With `measure` set they are NULL, and their bytes are added up.
 */
int ttm_models_text(TTMModels *models, TTMNetwork **network);
/**
 * The encoder of a stage for pictures of @p width x @p height: of one picture, or, with
 * @p next, of those of a latent frame after a video's first (causal autoencoders only).
 */
int ttm_models_encoder(TTMModels *models, int stage, int width, int height, int next,
                       TTMNetwork **network);
int ttm_models_decoder(TTMModels *models, int stage, int width, int height, int next,
                       TTMNetwork **network);
/**
 * The denoiser of a stage for @p frames latent frames of @p width x @p height.
 *
 * @param steady  the part that is the same in every step, as the denoiser's
 *                inputs tell (keys and values of the texts, order of the tokens
 *                by region); its outputs are inputs of @p network of the same
 *                names. NULL where there is none.
 */
int ttm_models_denoiser(TTMModels *models, int stage, int frames, int width,
                        int height, int objects, TTMNetwork **network,
                        TTMNetwork **steady);

/**
 * A network of the segmenter, which there is. Hints as maps: the one of a crop of
 * @p width x @p height. Hints as points: with @p points 0 the encoder of the still, else
 * the decoder of as many points; width and height are not looked at.
 */
int ttm_models_segmenter(TTMModels *models, int width, int height, int points,
                         TTMNetwork **network);
/** Free its networks: nothing after the objects of the still needs them. */
void ttm_models_free_segmenter(TTMModels *models);

/** Free all networks; they are made again on demand. */
void ttm_models_free_networks(TTMModels *models);

/** Pixels of which the sides of a stage's images must be multiples. */
int ttm_models_multiple(const TTMModels *models, int stage);

/** Estimated operations of one forward, sizes being those of the latents. */
double ttm_models_denoiser_cost(const TTMModels *models, int stage, int frames,
                                int width, int height);

#endif /* TTM_MODEL_NETWORKS_H */
