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
 * Schedulers: scheduler_config.json and a number of steps give, for each step,
 * the time that the network sees and the coefficients of a linear update.
 */

#ifndef TTM_SAMPLER_SCHEDULER_H
#define TTM_SAMPLER_SCHEDULER_H

#include "io/json.h"
#include "sampler/prediction.h"

#define TTM_MAX_STEPS       1000
#define TTM_MAX_TRAIN_STEPS 10000

/** Choices of the `sampler` option, in its order. */
enum TTMSamplerChoice {
    TTM_SAMPLER_AUTO,               ///< what scheduler_config.json says
    TTM_SAMPLER_DDIM,
    TTM_SAMPLER_EULER,
    TTM_SAMPLER_LINEAR_QUADRATIC,   ///< Euler with the paper's time schedule
};

enum TTMSchedulerKind {
    TTM_SCHEDULER_DDIM,         ///< diffusers DDIMScheduler
    TTM_SCHEDULER_FLOW,         ///< diffusers FlowMatchEulerDiscreteScheduler
};

enum TTMTimestepSpacing {
    TTM_SPACING_LEADING,
    TTM_SPACING_TRAILING,
    TTM_SPACING_LINSPACE,
};

/** A scheduler's configuration; plain data, nothing to free. */
typedef struct TTMScheduler {
    enum TTMSchedulerKind kind;
    int train_steps;                    ///< num_train_timesteps
    char origin[512];                   ///< file, for messages

    /* DDIM */
    enum TTMTimestepSpacing spacing;
    int steps_offset;
    enum TTMPrediction prediction;      ///< prediction_type
    double final_alpha;                 ///< alpha-bar after the last step
    double alphas[TTM_MAX_TRAIN_STEPS]; ///< alphas_cumprod

    /* flow matching */
    double shift;
    double shift_terminal;              ///< 0: none
    int linear_quadratic;               ///< the schedule of Movie Gen
} TTMScheduler;

/**
 * One step: x_next = keep * x + add * output + base * base_latents, where
 * base_latents is what a residual network's output is relative to.
 */
typedef struct TTMSchedulerStep {
    float time;                 ///< 0 .. train_steps
    float keep, add, base;
} TTMSchedulerStep;

/**
 * Read @p config of class @p class_name. @p choice is an enum
 * TTMSamplerChoice that must fit the class. A value that is not known is
 * TTM_ERR_FORMAT after a line that names @p origin and the key.
 */
int ttm_scheduler_load(TTMScheduler *scheduler, const TTMLog *log,
                       const TTMJson *config, const char *origin,
                       const char *class_name, int choice);

/**
 * Fill steps[0 .. nb_steps - 1]. A prediction that the scheduler cannot be
 * used with (velocity with DDIM, epsilon from pure noise) is an error.
 */
int ttm_scheduler_steps(const TTMScheduler *scheduler, const TTMLog *log,
                        enum TTMPrediction prediction, int nb_steps,
                        TTMSchedulerStep *steps);

/* The two kinds; used by scheduler.c only. */
int ttm_ddim_load(TTMScheduler *scheduler, const TTMLog *log,
                  const TTMJson *config);
int ttm_ddim_steps(const TTMScheduler *scheduler, const TTMLog *log,
                   enum TTMPrediction prediction, int nb_steps,
                   TTMSchedulerStep *steps);
int ttm_flow_load(TTMScheduler *scheduler, const TTMLog *log,
                  const TTMJson *config);
int ttm_flow_steps(const TTMScheduler *scheduler, const TTMLog *log,
                   enum TTMPrediction prediction, int nb_steps,
                   TTMSchedulerStep *steps);
/** TTM_ERR_UNSUPPORTED if one of the keys (ended by NULL) is true. */
int ttm_scheduler_refuse(const TTMScheduler *scheduler, const TTMLog *log,
                         const TTMJson *config, const char *const *keys);

#endif /* TTM_SAMPLER_SCHEDULER_H */
