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
    TTM_SAMPLER_UNIPC,              ///< UniPC on the bundle's flow matching
};

enum TTMSchedulerKind {
    TTM_SCHEDULER_DDIM,         ///< diffusers DDIMScheduler
    TTM_SCHEDULER_FLOW,         ///< diffusers FlowMatchEulerDiscreteScheduler
    TTM_SCHEDULER_UNIPC,        ///< diffusers UniPCMultistepScheduler, of flows
};

/** Largest order of a multistep solver: former steps that it looks at. */
#define TTM_MAX_ORDER 3

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

    /* UniPC */
    int order;                          ///< 1 .. TTM_MAX_ORDER, 0: one step
    int lower_order_final;
    uint8_t uncorrected[TTM_MAX_STEPS]; ///< disable_corrector
} TTMScheduler;

/**
 * A multistep solver's part of a step. From the step's estimate of the sample m,
 * what former steps kept (their latents as corrected, and their estimates, the
 * latest first), and the latents x:
 *
 *   corrected = latents * x + last * last_corrected + estimate * m +
 *               sum of past[i] * past_m[i]
 *   x_next    = next * corrected + next_estimate * m +
 *               sum of next_past[i] * past_m[i]
 *
 * What has no former step has the coefficient 0.
 */
typedef struct TTMMultistep {
    float latents, last, estimate, past[TTM_MAX_ORDER];
    float next, next_estimate, next_past[TTM_MAX_ORDER];
} TTMMultistep;

/**
 * One step: keep * x + add * output + base * base_latents, where base_latents is
 * what a residual network's output is relative to. Of a one-step method this is
 * x_next, of a multistep solver (ttm_scheduler_order()) the estimate m.
 */
typedef struct TTMSchedulerStep {
    float time;                 ///< 0 .. train_steps
    float keep, add, base;
    TTMMultistep multistep;     ///< of multistep solvers
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

/**
 * The steps of rows (latent frames, or tokens) that are at times of their own,
 * times[0 .. nb_rows - 1] in 0 .. train_steps: each goes to the highest noise level
 * below its own in the schedule of @p nb_steps steps, and one at 0 stays as it is
 * (diffusers FlowMatchEulerDiscreteScheduler.step() with per_token_timesteps, which
 * expects the velocity with its sign turned). TTM_ERR_UNSUPPORTED after a line for
 * schedulers that cannot.
 */
int ttm_scheduler_row_steps(const TTMScheduler *scheduler, const TTMLog *log,
                            enum TTMPrediction prediction, int nb_steps,
                            const float *times, int nb_rows,
                            TTMSchedulerStep *steps);

/** Former steps that the updates look at: 0 for one-step methods. */
int ttm_scheduler_order(const TTMScheduler *scheduler);

/* The kinds; used by scheduler.c only. */
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
int ttm_flow_row_steps(const TTMScheduler *scheduler, const TTMLog *log,
                       enum TTMPrediction prediction, int nb_steps,
                       const float *times, int nb_rows, TTMSchedulerStep *steps);
/** A noise level of a schedule that is shifted towards noise (arXiv 2403.03206). */
double ttm_flow_shift(double shift, double sigma);
/** Stretch a schedule so that its last step begins at @p terminal, if above 0. */
void ttm_flow_stretch(double terminal, int nb_steps, double *sigmas);
/** TTM_ERR_FORMAT where shift, called @p key, or shift_terminal is out of range. */
int ttm_flow_check_shift(const TTMScheduler *scheduler, const TTMLog *log,
                         const char *key);
/** Noise levels of flow matching: sigmas[0 .. nb_steps], the last is 0. */
void ttm_flow_sigmas(const TTMScheduler *scheduler, int nb_steps, double *sigmas);
/** TTM_ERR_FORMAT where a flow cannot have @p prediction. */
int ttm_flow_check(const TTMScheduler *scheduler, const TTMLog *log,
                   enum TTMPrediction prediction);
int ttm_unipc_load(TTMScheduler *scheduler, const TTMLog *log,
                   const TTMJson *config);
int ttm_unipc_steps(const TTMScheduler *scheduler, const TTMLog *log,
                    enum TTMPrediction prediction, int nb_steps,
                    TTMSchedulerStep *steps);
/** TTM_ERR_UNSUPPORTED if one of the keys (ended by NULL) is true. */
int ttm_scheduler_refuse(const TTMScheduler *scheduler, const TTMLog *log,
                         const TTMJson *config, const char *const *keys);

#endif /* TTM_SAMPLER_SCHEDULER_H */
