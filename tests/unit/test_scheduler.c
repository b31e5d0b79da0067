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

#define UNIPC "{\"use_flow_sigmas\":true"

static void print_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    (void)level;
    print_message("%s\n", message);
}

static const TTMLog print_log = { print_line, NULL };

/** What a multistep solver keeps, of one element. */
typedef struct History {
    double corrected, estimate[TTM_MAX_ORDER];
} History;

/** The update that TTMSchedulerStep and TTMMultistep describe. */
static double take_step(const TTMSchedulerStep *step, int order, double x,
                        double output, History *h)
{
    const TTMMultistep *m = &step->multistep;
    double estimate = step->keep * x + step->add * output, corrected, next;

    if (!order)
        return estimate;
    corrected = m->latents * x + m->last * h->corrected + m->estimate * estimate;
    next = m->next_estimate * estimate;
    for (int i = 0; i < TTM_MAX_ORDER; i++) {
        corrected += m->past[i] * h->estimate[i];
        next      += m->next_past[i] * h->estimate[i];
        if (i >= order && (m->past[i] != 0 || m->next_past[i] != 0))
            fail_msg("order %d looks at %d former steps", order, i + 1);
    }
    next += m->next * corrected;
    for (int i = TTM_MAX_ORDER - 1; i > 0; i--)
        h->estimate[i] = h->estimate[i - 1];
    h->estimate[0] = estimate;
    h->corrected   = corrected;
    return next;
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
    History history[3] = { 0 };

    assert_in_range(nb, 1, 64);
    assert_int_equal(ttm_scheduler_load(&scheduler, &print_log,
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

            x[k]  = take_step(&steps[i], ttm_scheduler_order(&scheduler), x[k],
                              y, &history[k]);
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
    assert_true(ttm_json_count(items) >= 18);
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
        { "UniPCMultistepScheduler", "{}", 0, "use_flow_sigmas" },
        { "UniPCMultistepScheduler", UNIPC ",\"predict_x0\":false}", 0,
          "predict_x0" },
        { "UniPCMultistepScheduler", UNIPC ",\"solver_order\":4}", 0,
          "solver_order" },
        { "UniPCMultistepScheduler", UNIPC ",\"solver_type\":\"bh1\"}", 0,
          "solver_type" },
        { "UniPCMultistepScheduler", UNIPC ",\"flow_shift\":0}", 0,
          "flow_shift" },
        { "UniPCMultistepScheduler", UNIPC ",\"disable_corrector\":[0.5]}", 0,
          "disable_corrector" },
        { "UniPCMultistepScheduler", UNIPC ",\"disable_corrector\":1}", 0,
          "\"disable_corrector\" must be a list" },
        { "UniPCMultistepScheduler", UNIPC ",\"final_sigmas_type\":\"x\"}", 0,
          "final_sigmas_type" },
        { "UniPCMultistepScheduler", UNIPC "}", TTM_SAMPLER_EULER, "unipc" },
        { "DDIMScheduler", "{\"clip_sample\":false}", TTM_SAMPLER_UNIPC,
          "sampler" },
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

/*
 * UniPC on the schedule of a flow: for a network that is right, the sample is
 * exact, and the order that the schedule tells is kept.
 */
static void test_unipc_of_flow(void **state)
{
    static TTMScheduler s;
    TestLog lines = { "", "" };
    TTMSchedulerStep steps[8], euler[8];
    History history = { 0 };
    double x = -1.1;

    (void)state;
    assert_int_equal(load(&s, "FlowMatchEulerDiscreteScheduler",
                          "{\"shift_terminal\":0.25}", 0, &lines), 0);
    assert_int_equal(ttm_scheduler_order(&s), 0);
    assert_int_equal(ttm_scheduler_steps(&s, NULL, TTM_PREDICT_SAMPLE, 8,
                                         euler), 0);
    assert_int_equal(load(&s, "FlowMatchEulerDiscreteScheduler",
                          "{\"shift_terminal\":0.25}", TTM_SAMPLER_UNIPC,
                          &lines), 0);
    assert_int_equal(ttm_scheduler_order(&s), 2);
    assert_int_equal(ttm_scheduler_steps(&s, NULL, TTM_PREDICT_SAMPLE, 8,
                                         steps), 0);
    for (int i = 0; i < 8; i++) {
        assert_true(fabs(steps[i].time - euler[i].time) < 2e-3);
        x = take_step(&steps[i], 2, x, 0.4, &history);
    }
    assert_true(fabs(x - 0.4) < 1e-6);
}

#define FRAMES  3
#define CHANNELS 2

/** One element of latents, or of a network's output, in step @p step. */
static float element(int step, int index)
{
    return (float)sin(1.7 * step + 0.9 * index + 0.2);
}

static void fill(TTMBackend *backend, const TTMTensor *tensor, int step)
{
    const int count = (int)ttm_shape_count(&tensor->shape);
    float values[FRAMES * CHANNELS];

    for (int i = 0; i < count; i++)
        values[i] = element(step, i);
    assert_int_equal(ttm_tensor_write(backend, tensor, values, TTM_DTYPE_F32), 0);
}

/**
 * The steps of a multistep solver on a device against take_step(), frame 0 being
 * given. After step @p moved the update is made anew from what was saved.
 */
static void check_update(int order, int moved)
{
    static TTMScheduler s;
    const TTMBackendRequest request = { "cpu:reference", TTM_DTYPE_F32, 1, 1, 0,
                                        NULL };
    const TTMUpdateShape shape = {
        FRAMES, 1, 1, CHANNELS, .nb_outputs = 1, .first_given = 1,
        .order = order
    };
    const TTMShape full = TTM_SHAPE(FRAMES, 1, 1, CHANNELS);
    const float weight[1] = { 1 };
    History history[FRAMES * CHANNELS] = { 0 };
    TTMTensor latents[2], output, first;
    const TTMTensor *outputs[] = { &output };
    float got[FRAMES * CHANNELS], saved[4 * FRAMES * CHANNELS];
    double x[FRAMES * CHANNELS];
    TTMSchedulerStep steps[6];
    TTMBackend *backend;
    TTMUpdate update;
    char config[128];
    TestLog lines = { "", "" };

    snprintf(config, sizeof(config), UNIPC ",\"solver_order\":%d}", order);
    assert_int_equal(load(&s, "UniPCMultistepScheduler", config, 0, &lines), 0);
    assert_int_equal(ttm_scheduler_steps(&s, NULL, TTM_PREDICT_VELOCITY, 6,
                                         steps), 0);
    assert_int_equal(ttm_backend_open(&backend, NULL, &request), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(ttm_tensor_create(backend, &latents[i], full,
                                           TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_create(backend, &output, full, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_create(backend, &first,
                                       TTM_SHAPE(1, 1, 1, CHANNELS),
                                       TTM_DTYPE_F32), 0);
    fill(backend, &first, 100);
    fill(backend, &latents[0], 0);
    for (int i = 0; i < FRAMES * CHANNELS; i++)
        x[i] = element(0, i);
    assert_int_equal(ttm_update_create(&update, backend, &shape), 0);
    assert_int_equal(ttm_update_saved(&update), (1 + order) * FRAMES * CHANNELS);
    for (int i = 0; i < 6; i++) {
        fill(backend, &output, i + 1);
        assert_int_equal(ttm_update_run(&update, &steps[i], weight,
                                        &latents[i % 2], outputs, NULL, &first,
                                        &latents[!(i % 2)]), 0);
        assert_int_equal(ttm_tensor_read(backend, &latents[!(i % 2)], got,
                                         TTM_DTYPE_F32), 0);
        for (int k = 0; k < FRAMES * CHANNELS; k++) {
            x[k] = take_step(&steps[i], order, x[k], element(i + 1, k),
                             &history[k]);
            if (k < CHANNELS)
                x[k] = element(100, k);
            if (!(fabs(x[k] - got[k]) < 1e-5))
                fail_msg("order %d, step %d, element %d: %g, not %g", order, i,
                         k, got[k], x[k]);
        }
        if (i != moved)
            continue;
        assert_int_equal(ttm_update_save(&update, saved), 0);
        ttm_update_free(&update);
        assert_int_equal(ttm_update_create(&update, backend, &shape), 0);
        assert_int_equal(ttm_update_load(&update, saved, i + 1), 0);
    }
    ttm_update_free(&update);
    for (int i = 0; i < 2; i++)
        ttm_tensor_free(backend, &latents[i]);
    ttm_tensor_free(backend, &output);
    ttm_tensor_free(backend, &first);
    ttm_backend_close(&backend);
}

static void test_update(void **state)
{
    (void)state;
    for (int order = 1; order <= TTM_MAX_ORDER; order++)
        for (int moved = -1; moved < 5; moved++)
            check_update(order, moved);
}

/* Tokens at times of their own, one step, against diffusers; then on the device. */
static void test_rows(void **state)
{
    TTMJson *root;
    const TTMJson *items;

    (void)state;
    assert_int_equal(ttm_json_load(&root, NULL, REFERENCE), 0);
    items = ttm_json_get(root, "rows");
    assert_int_equal(ttm_json_count(items), 3);
    for (int i = 0; i < ttm_json_count(items); i++) {
        static TTMScheduler s;
        const TTMJson *item = ttm_json_at(items, i);
        const TTMJson *times = ttm_json_get(item, "times");
        const int nb = ttm_json_count(times);
        float time[32];
        TTMSchedulerStep steps[32];
        int still = 0;

        assert_in_range(nb, 3, 32);
        assert_int_equal(ttm_scheduler_load(&s, &print_log, ttm_json_get(item, "config"),
                                            REFERENCE, "FlowMatchEulerDiscreteScheduler",
                                            TTM_SAMPLER_AUTO), 0);
        for (int k = 0; k < nb; k++)
            time[k] = (float)number_at(times, k);
        assert_int_equal(ttm_scheduler_row_steps(&s, &print_log, TTM_PREDICT_VELOCITY,
                         (int)ttm_json_number(ttm_json_get(item, "steps"), 0), time, nb,
                         steps), 0);
        for (int k = 0; k < nb; k++) {
            const double x = number_at(ttm_json_get(item, "start"), k);
            const double y = 0.3 * x + 0.1;
            const double expected = number_at(ttm_json_get(item, "samples"), k);

            assert_true(fabs(steps[k].keep * x + steps[k].add * y - expected) < 1e-5);
            assert_true(fabs(steps[k].time - time[k]) < 1e-3);
            still += steps[k].add == 0;
        }
        assert_int_equal(still, 1);     /* the one without noise */
        assert_int_equal(ttm_scheduler_row_steps(&s, &print_log, TTM_PREDICT_SAMPLE, 4,
                                                 &(float){ 0 }, 1, steps), 0);
        assert_true(steps->keep == 1 && steps->add == 0 && steps->base == 0);
    }
    ttm_json_free(&root);
}

/* Who cannot says so. */
static void test_rows_refused(void **state)
{
    static TTMScheduler s;
    TestLog lines = { "", "" };
    const TTMLog log = { test_log_callback, &lines };
    const TTMBackendRequest request = { "cpu:reference", TTM_DTYPE_F32, 1, 1, 0, NULL };
    const TTMUpdateShape shape = { 3, 1, 1, 2, .nb_outputs = 1, .order = 2, .rows = 3 };
    TTMSchedulerStep step = { 0 };
    TTMBackend *backend;
    TTMUpdate update;

    (void)state;
    assert_int_equal(load(&s, "UniPCMultistepScheduler", UNIPC "}", 0, &lines), 0);
    assert_int_equal(ttm_scheduler_row_steps(&s, &log, TTM_PREDICT_VELOCITY, 4,
                                             &(float){ 10 }, 1, &step),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(lines.error, "FlowMatchEulerDiscreteScheduler");
    assert_int_equal(ttm_backend_open(&backend, &log, &request), 0);
    assert_int_equal(ttm_update_create(&update, backend, &shape), TTM_ERR_UNSUPPORTED);
    assert_contains(lines.error, "sampler=euler");
    ttm_backend_close(&backend);
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
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_unipc_of_flow),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_rows_refused),
        cmocka_unit_test(test_guidance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
