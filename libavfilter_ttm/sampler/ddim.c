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
 * DDIM without noise (Song et al., arXiv 2010.02502, eq. 12), with the
 * rescaling to zero terminal SNR of Lin et al. (arXiv 2305.08891).
 */

#include "sampler/scheduler.h"

#include <math.h>
#include <string.h>

/* start .. end in single precision, the second half counted from the end. */
static float linspace(float start, float end, int count, int index)
{
    float step = (end - start) / (float)(count - 1);

    if (index < count / 2)
        return start + step * (float)index;
    return end - step * (float)(count - 1 - index);
}

static double cosine_alpha_bar(double t)
{
    double angle = cos((t + 0.008) / 1.008 * 3.14159265358979323846 / 2);

    return angle * angle;
}

static int fill_betas(const TTMScheduler *s, const TTMLog *log,
                      const char *schedule, double start, double end,
                      float *betas)
{
    const int n = s->train_steps;

    for (int i = 0; i < n; i++) {
        if (!strcmp(schedule, "linear")) {
            betas[i] = linspace((float)start, (float)end, n, i);
        } else if (!strcmp(schedule, "scaled_linear")) {
            float root = linspace((float)sqrt(start), (float)sqrt(end), n, i);

            betas[i] = root * root;
        } else if (!strcmp(schedule, "squaredcos_cap_v2")) {
            double ratio = cosine_alpha_bar((i + 1) / (double)n) /
                           cosine_alpha_bar(i / (double)n);

            betas[i] = (float)fmin(1 - ratio, 0.999);
        } else {
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"beta_schedule\": "
                            "\"%s\" is unknown; there are linear, "
                            "scaled_linear and squaredcos_cap_v2", s->origin,
                            schedule);
        }
    }
    return 0;
}

/*
 * Algorithm 1 of arXiv 2305.08891, on the roots of alpha-bar. In double: near
 * the sample 1 - alpha-bar is small, and what single precision makes of it there
 * differs from machine to machine in diffusers too.
 */
static void rescale_zero_snr(TTMScheduler *s)
{
    const int n = s->train_steps;
    const double first = sqrt(s->alphas[0]), last = sqrt(s->alphas[n - 1]);

    for (int i = 0; i < n; i++) {
        double root = (sqrt(s->alphas[i]) - last) * (first / (first - last));

        s->alphas[i] = root * root;
    }
}

static int load_spacing(TTMScheduler *s, const TTMLog *log,
                        const TTMJson *config)
{
    static const char *const names[] = { "leading", "trailing", "linspace" };
    const char *text;
    int ret = ttm_json_get_string(config, log, s->origin, "timestep_spacing",
                                  "leading", &text);

    if (ret < 0)
        return ret;
    for (int i = 0; i < 3; i++) {
        if (!strcmp(text, names[i])) {
            s->spacing = i;
            return 0;
        }
    }
    return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"timestep_spacing\": \"%s\" is "
                    "unknown; there are leading, trailing and linspace",
                    s->origin, text);
}

static int load_prediction(TTMScheduler *s, const TTMLog *log,
                           const TTMJson *config)
{
    static const enum TTMPrediction known[] = {
        TTM_PREDICT_SAMPLE, TTM_PREDICT_V, TTM_PREDICT_EPSILON
    };
    const char *text;
    int ret = ttm_json_get_string(config, log, s->origin, "prediction_type",
                                  "epsilon", &text);

    if (ret < 0)
        return ret;
    for (int i = 0; i < 3; i++) {
        if (!strcmp(text, ttm_prediction_names[known[i]])) {
            s->prediction = known[i];
            return 0;
        }
    }
    return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"prediction_type\": \"%s\" is "
                    "unknown; there are epsilon, sample and v_prediction",
                    s->origin, text);
}

int ttm_ddim_load(TTMScheduler *s, const TTMLog *log, const TTMJson *config)
{
    static const char *const refused[] = { "thresholding", NULL };
    float betas[TTM_MAX_TRAIN_STEPS];
    const TTMJson *trained = ttm_json_get(config, "trained_betas");
    const char *schedule;
    double start, end, product = 1;
    int64_t offset;
    int clip, zero_snr, to_one, ret;

    if ((ret = ttm_json_get_double(config, log, s->origin, "beta_start",
                                   0.0001, &start)) < 0 ||
        (ret = ttm_json_get_double(config, log, s->origin, "beta_end", 0.02,
                                   &end)) < 0 ||
        (ret = ttm_json_get_string(config, log, s->origin, "beta_schedule",
                                   "linear", &schedule)) < 0 ||
        (ret = ttm_json_get_int(config, log, s->origin, "steps_offset", 0,
                                s->train_steps - 1, 0, &offset)) < 0 ||
        (ret = ttm_json_get_bool(config, log, s->origin, "clip_sample", 1,
                                 &clip)) < 0 ||
        (ret = ttm_json_get_bool(config, log, s->origin,
                                 "rescale_betas_zero_snr", 0,
                                 &zero_snr)) < 0 ||
        (ret = ttm_json_get_bool(config, log, s->origin, "set_alpha_to_one", 1,
                                 &to_one)) < 0 ||
        (ret = ttm_scheduler_refuse(s, log, config, refused)) < 0 ||
        (ret = load_spacing(s, log, config)) < 0 ||
        (ret = load_prediction(s, log, config)) < 0)
        return ret;
    if (clip)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"clip_sample\" must be "
                        "false (its default is true): latents have no fixed "
                        "range to clip to", s->origin);
    if (trained && ttm_json_type(trained) != TTM_JSON_NULL)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"trained_betas\" is "
                        "not supported; use beta_schedule", s->origin);
    if (!(start > 0 && start <= end && end < 1))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"beta_start\" %g and "
                        "\"beta_end\" %g must be in (0, 1) and in this order",
                        s->origin, start, end);
    ret = fill_betas(s, log, schedule, start, end, betas);
    if (ret < 0)
        return ret;
    for (int i = 0; i < s->train_steps; i++) {
        product *= 1.0f - betas[i];
        s->alphas[i] = (float)product;      // as torch.cumprod() rounds it
    }
    if (zero_snr)
        rescale_zero_snr(s);
    s->steps_offset = (int)offset;
    s->final_alpha  = to_one ? 1 : s->alphas[0];
    return 0;
}

/* Time step @p i of @p n, from noise to sample. */
static int timestep(const TTMScheduler *s, int n, int i)
{
    const int total = s->train_steps;

    switch (s->spacing) {
    case TTM_SPACING_LINSPACE:
        return n == 1 ? 0 : (int)nearbyint((double)(n - 1 - i) * (total - 1) /
                                           (n - 1));
    case TTM_SPACING_TRAILING:
        /* the difference as numpy.arange() takes it, which decides about halves */
        return (int)nearbyint(total + i * (total - (double)total / n - total)) - 1;
    default:
        return (n - 1 - i) * (total / n) + s->steps_offset;
    }
}

int ttm_ddim_steps(const TTMScheduler *s, const TTMLog *log,
                   enum TTMPrediction prediction, int nb_steps,
                   TTMSchedulerStep *steps)
{
    if (prediction == TTM_PREDICT_VELOCITY)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: a network with \"prediction\""
                        ": \"velocity\" needs FlowMatchEulerDiscreteScheduler",
                        s->origin);
    if (prediction != s->prediction)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"prediction_type\" is %s, "
                        "but the network's \"prediction\" is %s", s->origin,
                        ttm_prediction_names[s->prediction],
                        ttm_prediction_names[prediction]);
    for (int i = 0; i < nb_steps; i++) {
        int t = timestep(s, nb_steps, i);
        int next = t - s->train_steps / nb_steps;
        double alpha, sigma, alpha_next, sigma_next, bar_next;

        if (t < 0 || t >= s->train_steps)
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"steps_offset\" %d "
                            "leads to time step %d of %d", s->origin,
                            s->steps_offset, t, s->train_steps);
        bar_next = next >= 0 ? s->alphas[next] : s->final_alpha;
        alpha = sqrt(s->alphas[t]);
        sigma = sqrt(1 - s->alphas[t]);
        alpha_next = sqrt(bar_next);
        sigma_next = sqrt(1 - bar_next);
        steps[i] = (TTMSchedulerStep){ .time = (float)t };
        switch (prediction) {
        case TTM_PREDICT_V:
            steps[i].keep = (float)(alpha_next * alpha + sigma_next * sigma);
            steps[i].add  = (float)(sigma_next * alpha - alpha_next * sigma);
            break;
        case TTM_PREDICT_SAMPLE:
            steps[i].keep = (float)(sigma_next / sigma);
            steps[i].add  = (float)(alpha_next - sigma_next * alpha / sigma);
            steps[i].base = steps[i].add;
            break;
        default:
            if (alpha < 1e-6)
                return ttm_fail(log, TTM_ERR_FORMAT, "%s: with "
                                "\"rescale_betas_zero_snr\" the networks "
                                "cannot predict epsilon from pure noise; such "
                                "bundles use v_prediction", s->origin);
            steps[i].keep = (float)(alpha_next / alpha);
            steps[i].add  = (float)(sigma_next - alpha_next * sigma / alpha);
            break;
        }
    }
    return 0;
}
