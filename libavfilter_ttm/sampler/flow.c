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
 * Rectified flow, x = (1 - sigma) sample + sigma noise, by Euler's method:
 * dx/dsigma = noise - sample.
 */

#include "sampler/scheduler.h"

#include <math.h>

int ttm_flow_check_shift(const TTMScheduler *s, const TTMLog *log,
                         const char *key)
{
    if (!(s->shift > 0 && s->shift <= 1000))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"%s\" %g is not in (0, 1000]",
                        s->origin, key, s->shift);
    if (!(s->shift_terminal >= 0 && s->shift_terminal < 1))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"shift_terminal\" %g is not "
                        "in [0, 1)", s->origin, s->shift_terminal);
    return 0;
}

int ttm_flow_load(TTMScheduler *s, const TTMLog *log, const TTMJson *config)
{
    static const char *const refused[] = {
        "use_dynamic_shifting", "invert_sigmas", "use_karras_sigmas",
        "use_exponential_sigmas", "use_beta_sigmas", "stochastic_sampling",
        NULL
    };
    int ret;

    if ((ret = ttm_scheduler_refuse(s, log, config, refused)) < 0 ||
        (ret = ttm_json_get_double(config, log, s->origin, "shift", 1,
                                   &s->shift)) < 0 ||
        (ret = ttm_json_get_double(config, log, s->origin, "shift_terminal", 0,
                                   &s->shift_terminal)) < 0)
        return ret;
    return ttm_flow_check_shift(s, log, "shift");
}

double ttm_flow_shift(double shift, double sigma)
{
    return shift * sigma / (1 + (shift - 1) * sigma);
}

void ttm_flow_stretch(double terminal, int nb_steps, double *sigmas)
{
    double stretch = (1 - sigmas[nb_steps - 1]) / (1 - terminal);

    for (int i = 0; terminal > 0 && nb_steps > 1 && i < nb_steps; i++)
        sigmas[i] = 1 - (1 - sigmas[i]) / stretch;
}

/*
 * Movie Gen (arXiv 2410.13720, section 3.4.2): the first half of the steps is
 * as small as those of a schedule of train_steps, the rest grows
 * quadratically to the end and joins without a kink.
 */
static double linear_quadratic(const TTMScheduler *s, int nb_steps, int i)
{
    int linear = nb_steps / 2, rest = nb_steps - linear;
    double slope = 1.0 / s->train_steps;
    double bend = (1 - slope * linear - slope * rest) / ((double)rest * rest);
    int j = i - linear;

    return 1 - (slope * i + (j > 0 ? bend * j * j : 0));
}

void ttm_flow_sigmas(const TTMScheduler *s, int nb_steps, double *sigmas)
{
    const double lowest = ttm_flow_shift(s->shift, 1.0 / s->train_steps);

    for (int i = 0; i < nb_steps; i++) {
        double sigma;

        if (s->linear_quadratic) {
            sigmas[i] = linear_quadratic(s, nb_steps, i);
            continue;
        }
        sigma = nb_steps == 1 ? 1 : 1 + i * ((lowest - 1) / (nb_steps - 1));
        sigmas[i] = ttm_flow_shift(s->shift, sigma);
    }
    if (!s->linear_quadratic)
        ttm_flow_stretch(s->shift_terminal, nb_steps, sigmas);
    sigmas[nb_steps] = 0;
}

int ttm_flow_check(const TTMScheduler *s, const TTMLog *log,
                   enum TTMPrediction prediction)
{
    if (prediction == TTM_PREDICT_VELOCITY || prediction == TTM_PREDICT_SAMPLE)
        return 0;
    return ttm_fail(log, TTM_ERR_FORMAT, "%s: a network with \"prediction\": "
                    "\"%s\" needs DDIMScheduler", s->origin,
                    ttm_prediction_names[prediction]);
}

/* The step from one noise level to another. */
static TTMSchedulerStep step_between(const TTMScheduler *s,
                                     enum TTMPrediction prediction, double now,
                                     double next)
{
    TTMSchedulerStep step = {
        .time = (float)(now * s->train_steps), .keep = 1, .add = (float)(next - now)
    };

    if (prediction == TTM_PREDICT_SAMPLE) {
        const double left = now > 0 ? next / now : 1;

        step.keep = (float)left;
        step.add  = (float)(1 - left);
        step.base = step.add;
    }
    return step;
}

/* Levels that differ by less are one. */
#define SAME_LEVEL 1e-6

int ttm_flow_row_steps(const TTMScheduler *s, const TTMLog *log,
                       enum TTMPrediction prediction, int nb_steps,
                       const float *times, int nb_rows, TTMSchedulerStep *steps)
{
    double sigmas[TTM_MAX_STEPS + 1];

    if (ttm_flow_check(s, log, prediction) < 0)
        return TTM_ERR_FORMAT;
    ttm_flow_sigmas(s, nb_steps, sigmas);
    for (int row = 0; row < nb_rows; row++) {
        const double now = (double)times[row] / s->train_steps;
        double next = 0;

        for (int i = 0; i < nb_steps; i++)
            if (sigmas[i] < now - SAME_LEVEL)
                next = fmax(next, sigmas[i]);
        steps[row] = step_between(s, prediction, now, next);
    }
    return 0;
}

int ttm_flow_steps(const TTMScheduler *s, const TTMLog *log,
                   enum TTMPrediction prediction, int nb_steps,
                   TTMSchedulerStep *steps)
{
    double sigmas[TTM_MAX_STEPS + 1];

    if (ttm_flow_check(s, log, prediction) < 0)
        return TTM_ERR_FORMAT;
    ttm_flow_sigmas(s, nb_steps, sigmas);
    for (int i = 0; i < nb_steps; i++)
        steps[i] = step_between(s, prediction, sigmas[i], sigmas[i + 1]);
    return 0;
}
