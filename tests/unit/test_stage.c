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

/** @file Denoising by a network whose latent frames have times of their own. */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "denoise/stage.h"
#include "util/rng.h"

#define FRAMES   3
#define WIDTH    2
#define CHANNELS 2
#define STEPS    4
#define COUNT    (FRAMES * WIDTH * CHANNELS)

static TestLog messages;
static const TTMLog log_to = { test_log_callback, &messages };

/**
 * 0.3 noise + the sines and cosines of each frame's time and of the first one's, so
 * that it is seen which times come. One time more than latent frames where
 * sizes->objects is set.
 */
static int build(TTMGraph *g, TTMPart *part, const void *config,
                 const TTMNetSizes *sizes)
{
    const TTMTimestep embedding = { CHANNELS, 0, 0, 10000 };
    const int nb = sizes->frames + (sizes->objects > 0);
    TTMNodeId x = ttm_graph_input(g, "noise", TTM_SHAPE(sizes->frames, sizes->height,
                                                        sizes->width, CHANNELS),
                                  g->dtype);
    TTMNodeId time = ttm_graph_input(g, "time", TTM_SHAPE(nb), TTM_DTYPE_F32), first;

    (void)part;
    (void)config;
    time  = ttm_graph_timestep(g, time, &embedding);
    first = ttm_graph_reshape(g, ttm_graph_slice(g, time, 0, 0, 1), TTM_SHAPE(CHANNELS));
    time  = ttm_graph_slice(g, time, 0, 0, sizes->frames);
    time  = ttm_graph_reshape(g, time, TTM_SHAPE(sizes->frames, 1, 1, CHANNELS));
    x = ttm_graph_add(g, ttm_graph_scale(g, x, 0.3f, 0), time);
    ttm_graph_output_named(g, ttm_graph_add(g, x, first), "output");
    return ttm_graph_finish(g);
}

static const TTMNetClass timed = {
    "Timed", TTM_NET_DENOISER, 1, NULL, { { "denoiser", build } }, NULL
};

static void set_models(TTMModels *m, TTMBackend *backend)
{
    static const char *const nothing[] = { NULL };
    const int stage = TTM_STAGE_VIDEO;

    memset(m, 0, sizeof(*m));
    m->log     = &log_to;
    m->backend = backend;
    m->vae     = (TTMAutoencoder){ CHANNELS, 8, 1 };
    m->scheduler.kind = TTM_SCHEDULER_FLOW;
    m->scheduler.train_steps = 1000;
    m->scheduler.shift = 3;
    m->denoiser[stage] = (TTMDenoiser){
        .latent_channels = CHANNELS, .steady = nothing, .nb_inputs = 1,
        .prediction = TTM_PREDICT_VELOCITY, .residual = -1, .first_frame_given = 1,
    };
    m->stage_model[stage].of_class       = &timed;
    m->stage_model[stage].facts.denoiser = m->denoiser[stage];
}

static TTMStageSetup make_setup(const TTMTensor *first, int objects)
{
    return (TTMStageSetup){
        .stage = TTM_STAGE_VIDEO, .frames = FRAMES, .width = WIDTH, .height = 1,
        .steps = STEPS, .guidance = 1, .image_guidance = 1, .seed = 5, .first = first,
        .objects = objects,
    };
}

/* What the latents should be: the given frame stays, and its time is 0. */
static void expect(const TTMScheduler *s, const float *first, double *x)
{
    TTMSchedulerStep steps[STEPS];
    float noise[COUNT];

    ttm_rng_normal(5, TTM_STAGE_VIDEO + 1, 0, noise, COUNT);
    for (int i = 0; i < COUNT; i++)
        x[i] = i < WIDTH * CHANNELS ? first[i] : noise[i];
    assert_int_equal(ttm_scheduler_steps(s, &log_to, TTM_PREDICT_VELOCITY, STEPS,
                                         steps), 0);
    for (int n = 0; n < STEPS; n++)
        for (int i = WIDTH * CHANNELS; i < COUNT; i++) {
            const double time = steps[n].time;
            const double of_frame = i % CHANNELS ? cos(time) : sin(time);

            x[i] += steps[n].add * (0.3 * x[i] + of_frame + i % CHANNELS);
        }
}

static void check_device(const char *device)
{
    const TTMBackendRequest request = { device, TTM_DTYPE_F32, 2, 1, 0, NULL };
    static TTMModels models;
    float values[COUNT], got[COUNT];
    double expected[COUNT];
    TTMTensor first, latents;
    TTMBackend *backend;
    TTMStageSetup setup;
    TTMStage *stage;

    memset(&messages, 0, sizeof(messages));
    if (ttm_backend_open(&backend, &log_to, &request) < 0) {
        assert_string_equal(device, "vulkan:0");
        print_message("no Vulkan here: %s\n", messages.error);
        return;
    }
    set_models(&models, backend);
    for (int i = 0; i < COUNT; i++)
        values[i] = 0.1f * (float)i - 0.4f;
    assert_int_equal(ttm_tensor_create(backend, &first, TTM_SHAPE(1, 1, WIDTH, CHANNELS),
                                       TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_tensor_write(backend, &first, values, TTM_DTYPE_F32), 0);
    setup = make_setup(&first, 0);
    assert_int_equal(ttm_stage_create(&stage, &models, &setup), 0);
    for (int i = 0; i < STEPS; i++)
        assert_int_equal(ttm_stage_step(stage, i), 0);
    ttm_stage_take(stage, &latents);
    assert_int_equal(ttm_tensor_read(backend, &latents, got, TTM_DTYPE_F32), 0);
    expect(&models.scheduler, values, expected);
    for (int i = 0; i < COUNT; i++)
        if (!(fabs(got[i] - expected[i]) < 2e-4))
            fail_msg("%s: element %d is %g, not %g", device, i, (double)got[i],
                     expected[i]);
    ttm_stage_free(&stage);
    ttm_tensor_free(backend, &latents);

    /* as many times as nobody knows what for */
    setup = make_setup(&first, 1);
    assert_int_equal(ttm_stage_create(&stage, &models, &setup), TTM_ERR_FORMAT);
    assert_contains(messages.error, "4 times for 3 latent frames");
    assert_null(stage);
    /* a solver that cannot */
    models.scheduler.kind  = TTM_SCHEDULER_UNIPC;
    models.scheduler.order = 2;
    setup = make_setup(&first, 0);
    assert_int_equal(ttm_stage_create(&stage, &models, &setup), TTM_ERR_UNSUPPORTED);
    assert_contains(messages.error, "sampler=euler");
    ttm_models_free_networks(&models);
    ttm_tensor_free(backend, &first);
    ttm_backend_close(&backend);
}

static void test_times(void **state)
{
    (void)state;
    check_device("cpu:reference");
    check_device("cpu");
    check_device("vulkan:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_times) };

    return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
