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

/** @file Schedulers against diffusers, guidance weights, errors by key. */

#include "unit.h"

#include <math.h>

#include "sampler/scheduler.h"
#include "sampler/update.h"

#define REFERENCE "tests/ref/scheduler_cases.json"

static double number_at(const TTMJson *array, int index)
{
    return ttm_json_number(ttm_json_at(array, index), NAN);
}

/**
 * Largest relative error of the samples of a case. With @p perturb the
 * scheduler's middle product, or the shift of flow matching, is 1 % off.
 */
static double compare_case(const TTMJson *root, const TTMJson *item, int perturb)
{
    static TTMScheduler scheduler;
    TTMSchedulerStep steps[64];
    const TTMJson *samples = ttm_json_get(item, "samples");
    int nb = (int)ttm_json_number(ttm_json_get(item, "steps"), 0);
    enum TTMPrediction prediction;
    double x[3], worst = 0;

    assert_in_range(nb, 1, 64);
    assert_int_equal(ttm_scheduler_load(&scheduler, NULL,
                     ttm_json_get(item, "config"), REFERENCE,
                     ttm_json_string(ttm_json_get(item, "class"), ""),
                     TTM_SAMPLER_AUTO), 0);
    prediction = scheduler.kind == TTM_SCHEDULER_DDIM ? scheduler.prediction :
                 TTM_PREDICT_VELOCITY;
    if (perturb && scheduler.kind == TTM_SCHEDULER_DDIM)
        scheduler.alphas[(int)number_at(ttm_json_get(item, "times"), nb / 2)] *= 0.99;
    else if (perturb)
        scheduler.shift *= 1.01;
    assert_int_equal(ttm_scheduler_steps(&scheduler, NULL, prediction, nb,
                                         steps), 0);
    assert_int_equal(ttm_json_count(samples), nb);
    for (int k = 0; k < 3; k++)
        x[k] = number_at(ttm_json_get(root, "start"), k);
    for (int i = 0; i < nb; i++) {
        double time = number_at(ttm_json_get(item, "times"), i);

        if (!perturb && !(fabs(steps[i].time - time) <= 1e-3))
            fail_msg("%d steps: step %d is at %g, diffusers' at %g", nb, i,
                     steps[i].time, time);
        for (int k = 0; k < 3; k++) {
            double y = 0.3 * x[k] + 0.1 * (i + 1);
            double expected = number_at(ttm_json_at(samples, i), k);

            x[k]  = steps[i].keep * x[k] + steps[i].add * y;
            worst = fmax(worst, fabs(x[k] - expected) / fmax(1, fabs(expected)));
            assert_false(isnan(x[k]));
        }
    }
    return worst;
}

static void test_reference(void **state)
{
    TTMJson *root;
    const TTMJson *items;

    (void)state;
    assert_int_equal(ttm_json_load(&root, NULL, REFERENCE), 0);
    items = ttm_json_get(root, "cases");
    assert_true(ttm_json_count(items) >= 10);
    for (int i = 0; i < ttm_json_count(items); i++) {
        double error = compare_case(root, ttm_json_at(items, i), 0);

        if (!(error <= 1e-5))
            fail_msg("case %d is %.1e from diffusers", i, error);
    }
    ttm_json_free(&root);
}

/* The comparison sees one wrong number of a schedule; not in schedules of a
   single step, where the shift has no effect. */
static void test_perturbed(void **state)
{
    TTMJson *root;
    const TTMJson *items;
    int seen = 0;

    (void)state;
    assert_int_equal(ttm_json_load(&root, NULL, REFERENCE), 0);
    items = ttm_json_get(root, "cases");
    for (int i = 0; i < ttm_json_count(items); i++) {
        const TTMJson *item = ttm_json_at(items, i);

        if (ttm_json_number(ttm_json_get(item, "steps"), 0) < 2)
            continue;
        seen++;
        if (compare_case(root, item, 1) <= 1e-5)
            fail_msg("a wrong number goes unnoticed in case %d", i);
    }
    assert_true(seen >= 8);
    ttm_json_free(&root);
}

static int load(TTMScheduler *s, const char *class_name, const char *text,
                int choice, TestLog *lines)
{
    TTMLog log = { test_log_callback, lines };
    TTMJson *json;
    int ret;

    assert_int_equal(ttm_json_parse(&json, &log, text, "s.json"), 0);
    ret = ttm_scheduler_load(s, &log, json, "s.json", class_name, choice);
    ttm_json_free(&json);
    return ret;
}

/* With sample prediction the exact sample is reached from any noise. */
static void test_sample_prediction(void **state)
{
    static TTMScheduler s;
    TestLog lines = { "", "" };
    TTMSchedulerStep steps[8];
    const double sample = 0.4, noise = -1.1, base = 0.25;

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        double x = noise;

        assert_int_equal(load(&s, kind ? "FlowMatchEulerDiscreteScheduler" :
                              "DDIMScheduler", kind ? "{\"shift\":2}" :
                              "{\"clip_sample\":false,\"prediction_type\":"
                              "\"sample\",\"rescale_betas_zero_snr\":true,"
                              "\"timestep_spacing\":\"trailing\"}",
                              kind == 2 ? TTM_SAMPLER_LINEAR_QUADRATIC : 0,
                              &lines), 0);
        assert_int_equal(ttm_scheduler_steps(&s, NULL, TTM_PREDICT_SAMPLE, 5,
                                             steps), 0);
        for (int i = 0; i < 5; i++) {
            assert_true(i == 0 || steps[i].time < steps[i - 1].time);
            x = steps[i].keep * x + steps[i].add * (sample - base) +
                steps[i].base * base;
        }
        assert_true(fabs(x - sample) < 1e-6);
    }
}

static void test_linear_quadratic(void **state)
{
    static TTMScheduler s;
    TestLog lines = { "", "" };
    TTMSchedulerStep steps[50];
    double sum = 0;

    (void)state;
    assert_int_equal(load(&s, "FlowMatchEulerDiscreteScheduler", "{}",
                          TTM_SAMPLER_LINEAR_QUADRATIC, &lines), 0);
    assert_int_equal(ttm_scheduler_steps(&s, NULL, TTM_PREDICT_VELOCITY, 50,
                                         steps), 0);
    assert_true(fabs(steps[0].time - 1000) < 1e-3);
    assert_true(fabs(steps[25].time - 975) < 1e-3);
    for (int i = 0; i < 50; i++) {
        sum += steps[i].add;
        assert_true(i == 0 || steps[i].add <= steps[i - 1].add + 1e-6);
    }
    assert_true(fabs(sum + 1) < 1e-5);
}

static void test_errors(void **state)
{
    static TTMScheduler s;
    TestLog lines = { "", "" };
    TTMLog log = { test_log_callback, &lines };
    TTMSchedulerStep steps[4];
    struct { const char *class_name, *text; int choice; const char *part; }
    wrong[] = {
        { "PNDMScheduler", "{}", 0, "PNDMScheduler" },
        { "DDIMScheduler", "{}", 0, "clip_sample" },
        { "DDIMScheduler", "{\"clip_sample\":false,\"beta_schedule\":\"x\"}",
          0, "beta_schedule" },
        { "DDIMScheduler", "{\"clip_sample\":false,\"timestep_spacing\":\"x\"}",
          0, "timestep_spacing" },
        { "DDIMScheduler", "{\"clip_sample\":false,\"prediction_type\":\"x\"}",
          0, "prediction_type" },
        { "DDIMScheduler", "{\"clip_sample\":false,\"thresholding\":true}", 0,
          "thresholding" },
        { "DDIMScheduler", "{\"clip_sample\":false,\"trained_betas\":[0.1]}", 0,
          "trained_betas" },
        { "DDIMScheduler", "{\"clip_sample\":false}", TTM_SAMPLER_EULER,
          "sampler" },
        { "FlowMatchEulerDiscreteScheduler", "{\"use_karras_sigmas\":true}", 0,
          "use_karras_sigmas" },
        { "FlowMatchEulerDiscreteScheduler", "{\"use_dynamic_shifting\":true}", 0,
          "use_dynamic_shifting" },
        { "FlowMatchEulerDiscreteScheduler", "{\"invert_sigmas\":true}", 0,
          "invert_sigmas" },
        { "FlowMatchEulerDiscreteScheduler", "{\"shift\":-1}", 0, "shift" },
        { "FlowMatchEulerDiscreteScheduler", "{}", TTM_SAMPLER_DDIM, "ddim" },
        { "FlowMatchEulerDiscreteScheduler", "{\"num_train_timesteps\":1}", 0,
          "num_train_timesteps" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        lines.error[0] = 0;
        assert_true(load(&s, wrong[i].class_name, wrong[i].text,
                         wrong[i].choice, &lines) < 0);
        assert_contains(lines.error, wrong[i].part);
    }
    assert_int_equal(load(&s, "DDIMScheduler", "{\"clip_sample\":false,"
                          "\"rescale_betas_zero_snr\":true,"
                          "\"timestep_spacing\":\"trailing\"}", 0, &lines), 0);
    assert_true(ttm_scheduler_steps(&s, &log, TTM_PREDICT_EPSILON, 4,
                                    steps) < 0);
    assert_contains(lines.error, "rescale_betas_zero_snr");
    assert_true(ttm_scheduler_steps(&s, &log, TTM_PREDICT_V, 4, steps) < 0);
    assert_contains(lines.error, "prediction");
    assert_true(ttm_scheduler_steps(&s, &log, TTM_PREDICT_EPSILON, 0,
                                    steps) < 0);
}

static void test_guidance(void **state)
{
    float w[TTM_PASS_NB];

    (void)state;
    ttm_guidance_weights(1, 1, w);
    assert_true(w[0] == 0 && w[1] == 0 && w[2] == 1);
    ttm_guidance_weights(1, 2, w);
    assert_true(w[0] == 0 && w[1] == -1 && w[2] == 2);
    ttm_guidance_weights(1.5, 7, w);
    assert_true(w[0] == -0.5 && w[1] == -5.5 && w[2] == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_perturbed),
        cmocka_unit_test(test_sample_prediction),
        cmocka_unit_test(test_linear_quadratic),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_guidance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
