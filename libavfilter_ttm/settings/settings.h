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


/** @file What a context was opened with: the inside of TTMSettings. */

#ifndef TTM_SETTINGS_SETTINGS_H
#define TTM_SETTINGS_SETTINGS_H

#include "ttm.h"
#include "util/choices.h"

/**
 * Values of all options, in the members of their names; the table in options.c
 * says defaults and ranges. Strings are owned.
 */
struct TTMSettings {
    char *model;            ///< bundle folder; NULL: $TTM_MODEL, else the installed one
    char *lora;             ///< LoRA files: PATH[:WEIGHT[:motion|video]], separated by '|'
    char *segmenter;        ///< its folder, or "none"; NULL: the bundle's, or none
    char *detector;         ///< folder of a network that finds what words name, NULL: none
    char *prompt;           ///< global prompt
    char *promptfile;       ///< file that holds the global prompt
    char *objects;          ///< JSON text that begins with '{', or a file of it
    char *llm;              ///< address of an OpenAI-compatible server; NULL: the rules
    char *llm_model;        ///< model that it is asked for, NULL: its own choice
    char *camera;           ///< moves (util/camera.h), NULL or "auto": as the prompt says
    char *negative_prompt;  ///< replaces the empty prompt in guidance
    char *device;           ///< auto, cpu, vulkan, vulkan:N, vulkan:NAME
    char *report;           ///< JSON file to write when the clip is done
    char *size;             ///< output size WxH, NULL: the still's
    char *generation_size;  ///< size of the networks' frames WxH, NULL: the bundle's
    char *memory;           ///< device memory to use in bytes (K, M, G), NULL: auto
    int mode;               ///< enum TTMMode
    int emit;               ///< enum TTMEmitChoice
    int frames;             ///< 0: duration says it
    double duration;        ///< seconds, 0: the bundle's
    double llm_timeout;     ///< seconds that an answer of it may take
    double motion_time;     ///< seconds, 0: the clip's or twice the bundle's
    int loop;               ///< the last frame leads into the first
    int end;                ///< a picture is given that shows where objects end
    TTMRational fps;        ///< 0: the bundle's
    int steps;              ///< of each stage, 0: the bundle's
    double guidance;        ///< text guidance scale, negative: the bundle's
    double image_guidance;  ///< image guidance scale, negative: the bundle's
    int sampler;            ///< enum TTMSamplerChoice
    int refine;             ///< enum TTMRefineChoice
    double detail;          ///< 0 .. 1: share of the still's detail carried along
    int precision;          ///< enum TTMPrecisionChoice
    int kernels;            ///< enum TTMVulkanTier of the device's kernels, 0: auto
    int64_t seed;           ///< -1: random, logged
    int profile;            ///< 1: time every kernel, for the log and the report
    int threads;            ///< CPU threads, 0: one for small networks, else max_threads
    int max_threads;        ///< where threads is 0; 0: one a core

    const TTMVulkanDevice *vulkan;  ///< NULL: ttm opens a device of its own
    TTMVulkanDevice lent;   ///< what `vulkan` of a copy points to

    TTMLogCallback log;     ///< NULL: no messages
    void *log_opaque;
    TTMInterruptCallback interrupt; ///< NULL: none
    void *interrupt_opaque;
    TTMPostCallback post;   ///< NULL: no server can be reached
    void *post_opaque;
};

#endif /* TTM_SETTINGS_SETTINGS_H */
