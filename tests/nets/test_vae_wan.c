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
 * The video autoencoder against diffusers' AutoencoderKLWan: whole videos, a latent frame
 * after the other through a stream, in three configurations, on the CPU's two paths and on
 * Vulkan; videos that take turns on one network; a weight that is changed.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "netcase.h"
#include "run/stream.h"

#define MOST_VALUES 8192

static const char *const cases[] = { "vae_wan", "vae_wan_attention", "vae_wan_plain" };

/* A side of a case: "encode" or "decode", its video in and what PyTorch made of it. */
typedef struct Side {
    NetCase c;
    TTMBackend *backend;
    TTMNetwork *network[2];     ///< of the first latent frame, of the later ones
    int decodes, scale, latent_frames, picture, latent;  ///< values of a picture, a latent
    float in[MOST_VALUES], wanted[MOST_VALUES], out[MOST_VALUES];
} Side;

/* NULL: there is no such device. */
static Side *side_open(const char *name, int decodes, const char *device, double change)
{
    static const char *const builders[2][2] = { { "encoder", "next_encoder" },
                                                { "decoder", "next_decoder" } };
    const TTMBackendRequest request = { device, TTM_DTYPE_F32, 1 };
    Side *s = calloc(1, sizeof(*s));
    TTMNetModel model;
    TTMNetSizes sizes = { .batch = 1 };
    const TTMJson *run;

    assert_non_null(s);
    s->decodes = decodes;
    assert_int_equal(netcase_open(&s->c, name), 0);
    if (ttm_backend_open(&s->backend, &s->c.log, &request) < 0) {
        netcase_close(&s->c);
        free(s);
        return NULL;
    }
    run = ttm_json_at(ttm_json_get(s->c.reference->config, "runs"), decodes);
    sizes.height = (int)ttm_json_number(ttm_json_get(run, "height"), 0);
    sizes.width  = (int)ttm_json_number(ttm_json_get(run, "width"), 0);
    assert_int_equal(ttm_net_open(&model, s->c.part, TTM_NET_AUTOENCODER), 0);
    s->scale = model.facts.autoencoder.frame_scale;
    assert_int_equal(model.facts.autoencoder.causal, 1);
    for (int i = 0; i < 2; i++) {
        TTMGraph *graph = ttm_graph_create(&s->c.log, builders[decodes][i],
                                           TTM_DTYPE_F32);

        assert_non_null(graph);
        if (ttm_net_build(&model, builders[decodes][i], graph, s->c.part, &sizes) < 0 ||
            ttm_network_create(&s->network[i], s->backend, graph) < 0)
            fail_msg("%s", s->c.messages);
    }
    ttm_net_close(&model);
    s->latent_frames = (int)netcase_load(&s->c, decodes ? "decode/in/latents" : "encode/out",
                                         MOST_VALUES, decodes ? s->in : s->wanted)->dim[0];
    netcase_load(&s->c, decodes ? "decode/out" : "encode/in/image", MOST_VALUES,
                 decodes ? s->wanted : s->in);
    s->picture = 3 * sizes.height * sizes.width;
    s->latent  = (int)ttm_shape_count(&ttm_network_output(s->network[0], 0)->shape);
    if (decodes)
        s->latent = (int)ttm_shape_count(&ttm_network_input(s->network[0],
                                                            "latents")->shape);
    s->in[0] += (float)change;
    return s;
}

static void side_close(Side *s)
{
    ttm_network_free(&s->network[0]);
    ttm_network_free(&s->network[1]);
    ttm_backend_close(&s->backend);
    netcase_close(&s->c);
    free(s);
}

/* Latent frame @p t of the video @p in. */
static void step(Side *s, TTMStream *stream, int t, const float *in, float *out)
{
    TTMNetwork *network  = s->network[t > 0];
    const int first      = t ? 1 + (t - 1) * s->scale : 0;
    const size_t picture = (size_t)first * (size_t)s->picture;
    const size_t latent  = (size_t)t * (size_t)s->latent;

    if (ttm_network_write(network, s->decodes ? "latents" : "image",
                          in + (s->decodes ? latent : picture), TTM_DTYPE_F32) < 0 ||
        ttm_stream_run(stream, s->backend, network, "a test") < 0 ||
        ttm_network_read(network, 0, out + (s->decodes ? picture : latent),
                         TTM_DTYPE_F32) < 0)
        fail_msg("%s", s->c.messages);
}

static double distance(const Side *s, const float *out)
{
    const int count = s->decodes ? (1 + (s->latent_frames - 1) * s->scale) * s->picture :
                      s->latent_frames * s->latent;
    double difference = 0, norm = 0;

    for (int i = 0; i < count; i++) {
        difference += pow((double)out[i] - s->wanted[i], 2);
        norm       += pow(s->wanted[i], 2);
    }
    return sqrt(difference / norm);
}

static double run_video(Side *s)
{
    TTMStream stream = { 0 };
    double error;

    for (int t = 0; t < s->latent_frames; t++)
        step(s, &stream, t, s->in, s->out);
    error = distance(s, s->out);
    ttm_stream_free(&stream, s->backend);
    return error;
}

static void compare(const char *device, double limit)
{
    for (int i = 0; i < 6; i++) {
        Side *s = side_open(cases[i / 2], i % 2, device, 0);
        double error;

        if (!s) {
            print_message("%s: there is no such device\n", device);
            skip();
        }
        error = run_video(s);
        print_message("%s %s %s: %.2e\n", cases[i / 2], i % 2 ? "decode" : "encode",
                      device, error);
        if (!(error <= limit))
            fail_msg("%s: further from the reference than %g", cases[i / 2], limit);
        side_close(s);
    }
}

static void test_plain(void **state)
{
    (void)state;
    compare("cpu:reference", 1e-5);
}

static void test_fast(void **state)
{
    (void)state;
    compare("cpu", 1e-4);
}

static void test_vulkan(void **state)
{
    (void)state;
    compare("vulkan:0", 1e-4);
}

/* What is given matters in all that follows; the video of before must not. */
static void test_past(void **state)
{
    (void)state;
    for (int decodes = 0; decodes < 2; decodes++) {
        Side *s = side_open("vae_wan", decodes, "cpu:reference", 8);
        const double changed = run_video(s);

        assert_true(changed > 1e-3);
        s->in[0] -= 8;
        assert_true(run_video(s) <= 1e-5);
        side_close(s);
    }
}

/* Two videos frame by frame in turns on one network are those that each is alone. */
static void test_turns(void **state)
{
    static float other[MOST_VALUES], others_out[MOST_VALUES];

    (void)state;
    for (int decodes = 0; decodes < 2; decodes++) {
        Side *s = side_open("vae_wan", decodes, "cpu:reference", 0);
        TTMStream one = { 0 }, two = { 0 };

        for (int i = 0; i < MOST_VALUES; i++)
            other[i] = -s->in[i];
        for (int t = 0; t < s->latent_frames; t++) {
            step(s, &one, t, s->in, s->out);
            step(s, &two, t, other, others_out);
        }
        assert_true(distance(s, s->out) <= 1e-5);
        assert_true(distance(s, others_out) > 0.1);
        ttm_stream_free(&one, s->backend);
        ttm_stream_free(&two, s->backend);
        side_close(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_fast),
        cmocka_unit_test(test_vulkan), cmocka_unit_test(test_past),
        cmocka_unit_test(test_turns),
    };

    return cmocka_run_group_tests_name("AutoencoderKLWan", tests, NULL, NULL);
}
