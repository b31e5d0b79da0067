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
 * UniPC (arXiv 2302.04867), a predictor and corrector of several steps, for
 * rectified flow: x = alpha sample + sigma noise with alpha = 1 - sigma. As
 * diffusers' UniPCMultistepScheduler with use_flow_sigmas and predict_x0.
 */

#include "sampler/scheduler.h"

#include <math.h>
#include <string.h>

/** A flow that starts at sigma 1 has no finite log(alpha / sigma) there. */
#define HIGHEST_SIGMA (1 - 1e-6)

static int load_order(TTMScheduler *s, const TTMLog *log, const TTMJson *config)
{
    const TTMJson *list = ttm_json_get(config, "disable_corrector");
    const char *type;
    int64_t order;
    int ret;

    if ((ret = ttm_json_get_int(config, log, s->origin, "solver_order", 1,
                                TTM_MAX_ORDER, 2, &order)) < 0 ||
        (ret = ttm_json_get_string(config, log, s->origin, "solver_type", "bh2",
                                   &type)) < 0 ||
        (ret = ttm_json_get_bool(config, log, s->origin, "lower_order_final", 1,
                                 &s->lower_order_final)) < 0)
        return ret;
    s->order = (int)order;
    /* with bh1 the last step, to sigma 0, is not finite, in diffusers neither */
    if (strcmp(type, "bh2"))
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"solver_type\": \"%s\" "
                        "is not supported; there is bh2", s->origin, type);
    if (list && ttm_json_type(list) != TTM_JSON_ARRAY && ttm_json_type(list) != TTM_JSON_NULL)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"disable_corrector\" must be a list of "
                        "steps", s->origin);
    for (list = ttm_json_first(list); list; list = ttm_json_next(list)) {
        double step = ttm_json_number(list, -1);

        if (!(step >= 0 && step < TTM_MAX_STEPS) || step != floor(step))
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"disable_corrector\" "
                            "must be a list of steps from 0 to %d", s->origin,
                            TTM_MAX_STEPS - 1);
        s->uncorrected[(int)step] = 1;
    }
    return 0;
}

/** A key that must be true here, since other forms are not there. */
static int require(const TTMScheduler *s, const TTMLog *log,
                   const TTMJson *config, const char *key, int fallback)
{
    int value, ret;

    ret = ttm_json_get_bool(config, log, s->origin, key, fallback, &value);
    if (ret >= 0 && !value)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"%s\": false is not "
                        "supported; UniPC is there for flow matching that "
                        "predicts the sample", s->origin, key);
    return ret;
}

int ttm_unipc_load(TTMScheduler *s, const TTMLog *log, const TTMJson *config)
{
    static const char *const refused[] = {
        "thresholding", "use_karras_sigmas", "use_exponential_sigmas",
        "use_beta_sigmas", "use_dynamic_shifting", NULL
    };
    const char *final_sigma;
    int ret;

    if ((ret = ttm_scheduler_refuse(s, log, config, refused)) < 0 ||
        (ret = require(s, log, config, "use_flow_sigmas", 0)) < 0 ||
        (ret = require(s, log, config, "predict_x0", 1)) < 0 ||
        (ret = ttm_json_get_double(config, log, s->origin, "flow_shift", 1,
                                   &s->shift)) < 0 ||
        (ret = ttm_json_get_double(config, log, s->origin, "shift_terminal", 0,
                                   &s->shift_terminal)) < 0 ||
        (ret = ttm_json_get_string(config, log, s->origin, "final_sigmas_type",
                                   "zero", &final_sigma)) < 0)
        return ret;
    if ((ret = ttm_flow_check_shift(s, log, "flow_shift")) < 0)
        return ret;
    if (strcmp(final_sigma, "zero"))
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"final_sigmas_type\": "
                        "\"%s\" is not supported; there is zero", s->origin,
                        final_sigma);
    return load_order(s, log, config);
}

/** The flow's own schedule, or that of diffusers' class with whole time steps. */
static void fill_sigmas(const TTMScheduler *s, int nb_steps, double *sigmas,
                        double *times)
{
    const int whole = s->kind == TTM_SCHEDULER_UNIPC;
    const double lowest = 1.0 / s->train_steps;

    if (!whole) {
        ttm_flow_sigmas(s, nb_steps, sigmas);
    } else {
        for (int i = 0; i < nb_steps; i++)
            sigmas[i] = ttm_flow_shift(s->shift, 1 + i * ((lowest - 1) /
                                                          nb_steps));
        ttm_flow_stretch(s->shift_terminal, nb_steps, sigmas);
        sigmas[nb_steps] = 0;
    }
    if (sigmas[0] > HIGHEST_SIGMA)
        sigmas[0] = HIGHEST_SIGMA;
    for (int i = 0; i < nb_steps; i++) {
        times[i] = sigmas[i] * s->train_steps;
        times[i] = whole ? trunc(times[i]) : times[i];
    }
}

/** log(alpha / sigma). */
static double half_snr(double sigma)
{
    return log(1 - sigma) - log(sigma);
}

/** Solve the system of @p n rows [R | b] by Gauss with pivots; x in b. */
static void solve(double r[TTM_MAX_ORDER][TTM_MAX_ORDER], double *b, int n)
{
    for (int i = 0; i < n; i++) {
        int pivot = i;

        for (int k = i + 1; k < n; k++)
            if (fabs(r[k][i]) > fabs(r[pivot][i]))
                pivot = k;
        for (int k = 0; k < n; k++) {
            double t = r[i][k];

            r[i][k]     = r[pivot][k];
            r[pivot][k] = t;
        }
        if (pivot != i) {
            double t = b[i];

            b[i]     = b[pivot];
            b[pivot] = t;
        }
        for (int k = 0; k < n; k++) {
            double factor = k == i ? 0 : r[k][i] / r[i][i];

            for (int j = i; j < n; j++)
                r[k][j] -= factor * r[i][j];
            b[k] -= factor * b[i];
        }
    }
    for (int i = 0; i < n; i++)
        b[i] /= r[i][i];
}

/** One update from sigma_s to sigma_t; see equations 3 and 9 of the paper. */
typedef struct Update {
    double keep;                    ///< of the latents at s
    double estimate;                ///< of the estimate at s
    double past[TTM_MAX_ORDER];     ///< of those before it
    double reached;                 ///< corrector: of the estimate at t
} Update;

/**
 * @param before   sigmas of the estimates before that at s, the latest first
 * @param order    of the update, so that order - 1 of them count
 * @param correct  the estimate at t is known as well
 */
static Update make_update(double s, double t, const double *before, int order,
                          int correct)
{
    const double h = t > 0 ? half_snr(t) - half_snr(s) : INFINITY;
    const double phi_1 = expm1(-h), alpha = 1 - t;
    double r[TTM_MAX_ORDER][TTM_MAX_ORDER], rho[TTM_MAX_ORDER] = { 0 };
    double ratio[TTM_MAX_ORDER], phi = phi_1 / -h - 1, factorial = 1;
    Update u = { .keep = t / s, .estimate = -alpha * phi_1 };

    for (int k = 0; k < order - 1; k++)
        ratio[k] = (half_snr(before[k]) - half_snr(s)) / h;
    ratio[order - 1] = 1;
    for (int i = 0; i < order; i++) {
        for (int k = 0; k < order; k++)
            r[i][k] = pow(ratio[k], i);
        rho[i] = phi * factorial / phi_1;
        factorial *= i + 2;
        phi = phi / -h - 1 / factorial;
    }
    /* the lowest orders are given, as the paper and diffusers do */
    if (correct && order == 1)
        rho[0] = 0.5;
    else if (!correct && order == 2)
        rho[0] = 0.5;
    else if (correct)
        solve(r, rho, order);
    else
        solve(r, rho, order - 1);
    for (int k = 0; k < order - 1; k++) {
        u.past[k]   = -alpha * phi_1 * rho[k] / ratio[k];
        u.estimate -= u.past[k];
    }
    if (correct) {
        u.reached   = -alpha * phi_1 * rho[order - 1];
        u.estimate -= u.reached;
    }
    return u;
}

/** Order of the predictor of step @p i. */
static int order_at(const TTMScheduler *s, int i, int nb_steps)
{
    int order = s->order;

    if (i == nb_steps - 1)      /* to sigma 0, infinitely far in log(alpha / sigma) */
        return 1;
    if (s->lower_order_final && order > nb_steps - i)
        order = nb_steps - i;
    return order < i + 1 ? order : i + 1;
}

static void fill_step(const TTMScheduler *s, const double *sigmas, int i,
                      int nb_steps, TTMMultistep *step)
{
    double before[TTM_MAX_ORDER];
    Update u;

    *step = (TTMMultistep){ .latents = 1 };
    if (i > 0 && !s->uncorrected[i - 1]) {
        const int order = order_at(s, i - 1, nb_steps);

        for (int k = 0; k < order - 1; k++)
            before[k] = sigmas[i - 2 - k];
        u = make_update(sigmas[i - 1], sigmas[i], before, order, 1);
        step->latents  = 0;
        step->last     = (float)u.keep;
        step->estimate = (float)u.reached;
        step->past[0]  = (float)u.estimate;
        for (int k = 0; k < order - 1; k++)
            step->past[1 + k] = (float)u.past[k];
    }
    for (int k = 0; k < order_at(s, i, nb_steps) - 1; k++)
        before[k] = sigmas[i - 1 - k];
    u = make_update(sigmas[i], sigmas[i + 1], before, order_at(s, i, nb_steps),
                    0);
    step->next          = (float)u.keep;
    step->next_estimate = (float)u.estimate;
    for (int k = 0; k < TTM_MAX_ORDER; k++)
        step->next_past[k] = (float)u.past[k];
}

int ttm_unipc_steps(const TTMScheduler *s, const TTMLog *log,
                    enum TTMPrediction prediction, int nb_steps,
                    TTMSchedulerStep *steps)
{
    double sigmas[TTM_MAX_STEPS + 1], times[TTM_MAX_STEPS];

    if (ttm_flow_check(s, log, prediction) < 0)
        return TTM_ERR_FORMAT;
    fill_sigmas(s, nb_steps, sigmas, times);
    for (int i = 0; i < nb_steps; i++) {
        const int velocity = prediction == TTM_PREDICT_VELOCITY;

        /* the sample: x - sigma * velocity */
        steps[i] = (TTMSchedulerStep){
            .time = (float)times[i], .keep = velocity,
            .add  = velocity ? (float)-sigmas[i] : 1, .base = !velocity,
        };
        fill_step(s, sigmas, i, nb_steps, &steps[i].multistep);
    }
    return 0;
}
