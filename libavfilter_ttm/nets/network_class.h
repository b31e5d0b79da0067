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
 * A network as the rest of the library sees it: what it is for, what its graphs
 * take and give, and what they cost. The class named by a part's configuration
 * is looked up in one table (network_class.c); a network of another family is a
 * file of its own and a row there.
 *
 * Graphs have named inputs and outputs:
 *
 *   task         graph      inputs                              output
 *   text         "text"     "ids" I32 [batch, tokens]           "states" [batch, tokens, hidden_size]
 *   autoencoder  "encoder"  "image" [batch, height, width, 3]   "latents" [batch, h, w, latent_channels]
 *                "decoder"  "latents"                           "image"
 *   causal ones  the same, of a video's first picture (batch 1), and for a later latent frame
 *                "next_encoder"  "image" [frame_scale, height, width, 3]  "latents" [1, h, w, latent_channels]
 *                "next_decoder"  "latents"                      "image"
 *                each with more outputs "state.X", the latter two with such inputs
 *   denoiser     "denoiser" see nets/denoiser.h                 "output" [frames, height, width, latent_channels]
 *   segmenter    see nets/segmenter.h: either
 *                "segmenter" "image" [1, height, width, 3], "hints" [1, height, width, TTM_HINT_MAPS_NB]
 *                                                               "masks", "scores"
 *                or "encoder" "image" [1, side, side, 3]        any number of "features.X"
 *                and "decoder" those, "points" F32 [n, 2], "labels" I32 [n]
 *                                                               "masks", "scores"
 *   detector     "text" and "picture", see nets/detector.h
 *
 * h = height / block_scale, w = width / block_scale; pictures are in -1 .. 1, but those of a
 * segmenter, whose facts tell their range.
 */

#ifndef TTM_NETS_NETWORK_CLASS_H
#define TTM_NETS_NETWORK_CLASS_H

#include "graph/graph.h"
#include "io/bundle.h"
#include "nets/denoiser.h"
#include "nets/segmenter.h"
#include "nets/detector.h"

/** What a network is for. */
enum TTMNetTask {
    TTM_NET_TEXT,
    TTM_NET_AUTOENCODER,
    TTM_NET_DENOISER,
    TTM_NET_SEGMENTER,
    TTM_NET_DETECTOR,
};

/** What a graph is built for; a network reads the members that it has use for. */
typedef struct TTMNetSizes {
    int batch;              ///< prompts or pictures
    int frames;             ///< of the latents
    int height, width;      ///< of the latents (denoiser), of the pictures (autoencoder, segmenter)
    int tokens;             ///< of a prompt
    int objects;
    int points;             ///< that a segmenter's "decoder" is given
} TTMNetSizes;

/** A text encoder. */
typedef struct TTMTextEncoder {
    int hidden_size;        ///< of the states that it gives
    int max_tokens;         ///< of a prompt
} TTMTextEncoder;

/** An autoencoder of pictures, or of videos. */
typedef struct TTMAutoencoder {
    int latent_channels;
    int block_scale;        ///< pixels of a latent, along each side
    int frame_scale;        ///< pictures of a latent frame, but one of the first
    /**
     * Frames depend on those before: they are coded in order (run/stream.h), the first
     * by "encoder" and "decoder", others by "next_encoder" and "next_decoder". Else
     * each picture is a latent frame of its own.
     */
    int causal;
} TTMAutoencoder;

/** Latent frames of a clip of @p frames pictures, at least 1: enough for all of them. */
static inline int ttm_latent_frames(const TTMAutoencoder *autoencoder, int frames)
{
    return 1 + (frames - 1 + autoencoder->frame_scale - 1) /
           autoencoder->frame_scale;
}

/** Pictures of the first @p latent_frames latent frames, at least 1; as many make a clip. */
static inline int ttm_latent_pictures(const TTMAutoencoder *autoencoder,
                                      int latent_frames)
{
    return 1 + (latent_frames - 1) * autoencoder->frame_scale;
}

/** First picture of latent frame @p t; that of the frame behind it ends its pictures. */
static inline int ttm_latent_start(const TTMAutoencoder *autoencoder, int t)
{
    return t > 0 ? ttm_latent_pictures(autoencoder, t) : 0;
}

/** What is known of a network; the member of its task is set. */
typedef union TTMNetFacts {
    TTMTextEncoder text;
    TTMAutoencoder autoencoder;
    TTMDenoiser denoiser;
    TTMSegmenter segmenter;
    TTMDetector detector;
} TTMNetFacts;

/** A class of networks. */
typedef struct TTMNetClass {
    const char *name;       ///< "_class_name" or "architectures" of config.json
    enum TTMNetTask task;
    size_t config_size;
    /** Read config.json into @p config (zeroed) and tell the facts. */
    int (*read)(void *config, const TTMPart *part, TTMNetFacts *facts);
    struct {
        const char *name;
        int (*build)(TTMGraph *graph, TTMPart *part, const void *config,
                     const TTMNetSizes *sizes);
    } graphs[4];
    /** Estimated operations of one run of a denoiser. */
    double (*cost)(const void *config, const TTMNetSizes *sizes);
} TTMNetClass;

/** The network of a part; zeroed, it is closed. */
typedef struct TTMNetModel {
    const TTMNetClass *of_class;
    void *config;           ///< of the class, owned
    TTMNetFacts facts;
} TTMNetModel;

/**
 * Read the configuration of @p part, whose class must be one for @p task. An
 * unknown class, key or value is an error after one line that names it.
 */
int ttm_net_open(TTMNetModel *model, const TTMPart *part, enum TTMNetTask task);
void ttm_net_close(TTMNetModel *model);

/**
 * Add the network's graph @p name to @p graph and finish it; every weight is
 * fetched from @p part and checked. The graph's error is returned.
 */
int ttm_net_build(const TTMNetModel *model, const char *name, TTMGraph *graph,
                  TTMPart *part, const TTMNetSizes *sizes);

/** Estimated operations of one run of a denoiser. */
double ttm_net_cost(const TTMNetModel *model, const TTMNetSizes *sizes);

#endif /* TTM_NETS_NETWORK_CLASS_H */
