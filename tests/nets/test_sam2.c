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
 * Sam2Model from a still and hints to where the object is: what transformers makes of
 * them, and whether there is an object; a Sam2VideoModel; what is wrong with one.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netcase.h"
#include "segment/ask.h"
#include "util/image.h"

#define WIDTH 40
#define HEIGHT 28

/** The stored case on a device, as whoever makes the networks has it. */
typedef struct Whole {
    NetCase c;
    TTMBackend *backend;
    TTMNetModel model;
    TTMNetwork *network[2];     ///< encoder, decoder
    int points;                 ///< of the decoder
} Whole;

/* 0 where there is no such device. */
static int open_whole(Whole *w, const char *device)
{
    const TTMBackendRequest request = { device, TTM_DTYPE_F32, 1 };

    memset(w, 0, sizeof(*w));
    assert_int_equal(netcase_open(&w->c, "sam2"), 0);
    if (ttm_backend_open(&w->backend, &w->c.log, &request) < 0) {
        netcase_close(&w->c);
        return 0;
    }
    assert_int_equal(ttm_net_open(&w->model, w->c.part, TTM_NET_SEGMENTER), 0);
    return 1;
}

static void close_whole(Whole *w)
{
    for (int i = 0; i < 2; i++)
        ttm_network_free(&w->network[i]);
    ttm_net_close(&w->model);
    ttm_backend_close(&w->backend);
    netcase_close(&w->c);
}

static int make(void *opaque, int width, int height, int points, TTMNetwork **network)
{
    Whole *w = opaque;
    TTMNetwork **made = &w->network[points > 0];
    const TTMNetSizes sizes = { .height = height, .width = width, .points = points };
    TTMGraph *graph;

    if (points && points != w->points)
        ttm_network_free(made);
    w->points = points ? points : w->points;
    if (!*made) {
        graph = ttm_graph_create(&w->c.log, points ? "decoder" : "encoder", TTM_DTYPE_F32);
        if (ttm_net_build(&w->model, points ? "decoder" : "encoder", graph, w->c.part,
                          &sizes) < 0 ||
            ttm_network_create(made, w->backend, graph) < 0)
            fail_msg("%s", w->c.messages);
    }
    *network = *made;
    return 0;
}

/* The stored still, of 8 bits. */
static void load_still(Whole *w, TTMImage *still)
{
    static float values[3 * WIDTH * HEIGHT];

    assert_int_equal(ttm_shape_count(netcase_load(&w->c, "encode/still", 3 * WIDTH * HEIGHT, values)),
                     3 * WIDTH * HEIGHT);
    assert_int_equal(ttm_image_alloc(still, TTM_PIXEL_RGB8, WIDTH, HEIGHT), 0);
    for (int i = 0; i < 3 * WIDTH * HEIGHT; i++)
        ((uint8_t *)still->data)[i] = (uint8_t)values[i];
}

/* One question, as tests/ref/make_sam2_references.py asks it too. */
typedef struct Row {
    const char *name;
    int box, on, off;
} Row;

static const Row rows[] = { { "point", 0, 1, 0 }, { "box", 1, 0, 0 }, { "many", 1, 1, 1 } };

static double ask(Whole *w, TTMAsker *asker, const TTMImage *still, const Row *row,
                  float *score)
{
    static const int box[4] = { 4, 5, 32, 27 };
    static const float on[][2] = { { 14, 17 } }, off[][2] = { { 37, 1 } };
    static float wanted[WIDTH * HEIGHT];
    const TTMQuestion q = {
        .crop = { 0, 0, WIDTH, HEIGHT }, .box = row->box ? box : NULL,
        .nb_on = row->on, .nb_off = row->off, .on = on, .off = off
    };
    double difference = 0, norm = 0;
    TTMAnswer answer;
    char name[64];

    if (ttm_ask(asker, still, row->name, &q, &answer, NULL) < 0)
        fail_msg("%s", w->c.messages);
    assert_int_equal(answer.part.width, WIDTH);
    assert_int_equal(answer.part.height, HEIGHT);
    snprintf(name, sizeof(name), "%s/figure", row->name);
    assert_int_equal(ttm_shape_count(netcase_load(&w->c, name, WIDTH * HEIGHT, wanted)),
                     WIDTH * HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        difference += pow((double)answer.figure[i] - wanted[i], 2);
        norm       += pow(wanted[i], 2);
    }
    snprintf(name, sizeof(name), "%s/score", row->name);
    assert_int_equal(ttm_shape_count(netcase_load(&w->c, name, 1, wanted)),
                     1);
    *score = fabsf(answer.score - wanted[0]);
    ttm_answer_free(&answer);
    return sqrt(difference / norm);
}

/* Whether there is an object, of the question that was asked last. */
static double object(Whole *w, const Row *row)
{
    const int index = ttm_network_find_output(w->network[1], "object");
    float is, wanted;
    char name[64];

    assert_true(index > 0);
    assert_int_equal(ttm_network_read(w->network[1], index, &is, TTM_DTYPE_F32), 0);
    snprintf(name, sizeof(name), "%s/object", row->name);
    assert_int_equal(ttm_shape_count(netcase_load(&w->c, name, 1, &wanted)),
                     1);
    return fabs((double)is - wanted) / fabs((double)wanted);
}

static void compare(const char *device, double limit)
{
    TTMImage still;
    Whole w;
    TTMAsker asker = { &w.model.facts.segmenter, make, &w };

    if (!open_whole(&w, device)) {
        print_message("%s: there is no such device\n", device);
        skip();
    }
    load_still(&w, &still);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        float score;
        const double error = ask(&w, &asker, &still, &rows[i], &score);
        const double presence = object(&w, &rows[i]);

        print_message("%s %s: figure %.2e, score %.2e, object %.2e\n", device,
                      rows[i].name, error, score, presence);
        if (!(error <= limit) || !(score <= limit) || !(presence <= 10 * limit))
            fail_msg("%s: further from the reference than %g", rows[i].name, limit);
    }
    free(still.data);
    close_whole(&w);
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

/** What is sure of itself is taken, and nothing else is. */
static void test_stability(void **state)
{
    Whole w;
    TTMAsker asker = { &w.model.facts.segmenter, make, &w };
    TTMImage still;
    float score;

    (void)state;
    assert_true(open_whole(&w, "cpu"));
    load_still(&w, &still);
    w.model.facts.segmenter.stability_threshold = 1;        /* the box's mask is not */
    assert_true(ask(&w, &asker, &still, &rows[1], &score) > 1e-2);
    w.model.facts.segmenter.stability_threshold = 0;        /* the many hints' is */
    assert_true(ask(&w, &asker, &still, &rows[2], &score) > 1e-2);
    free(still.data);
    close_whole(&w);
}

static void collect(void *opaque, enum TTMLogLevel level, const char *message)
{
    char *text = opaque;

    if (level == TTM_LOG_ERROR)
        snprintf(text + strlen(text), 2048 - strlen(text), "%s\n", message);
}

/*
 * A copy of the stored network in a folder of its own, whose config has @p from replaced by
 * @p to.
 */
static void copy_network(const char *folder, const char *from, const char *to)
{
    static char config[16384], changed[16384];
    FILE *file = fopen("tests/ref/nets/sam2/segmenter/config.json", "rb");
    size_t length = file ? fread(config, 1, sizeof(config) - 1, file) : 0;
    const char *at;
    char path[512], *weights;

    assert_true(length > 0);
    fclose(file);
    config[length] = '\0';
    at = strstr(config, from);
    assert_non_null(at);
    snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - config), config, to,
             at + strlen(from));
    snprintf(path, sizeof(path), "%s/config.json", folder);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(changed, file) >= 0);
    fclose(file);
    snprintf(path, sizeof(path), "%s/model.safetensors", folder);
    weights = realpath("tests/ref/nets/sam2/segmenter/model.safetensors", NULL);
    assert_non_null(weights);
    remove(path);
    assert_int_equal(symlink(weights, path), 0);
    free(weights);
}

/* Build both graphs of the network in @p folder; the first error's code. */
static int build(const char *folder, char messages[2048])
{
    const TTMLog log = { collect, messages };
    const TTMNetSizes sizes = { .height = 32, .width = 32, .points = 3 };
    TTMNetModel model = { NULL };
    TTMPart *part;
    int ret = ttm_part_open_folder(&part, &log, folder);

    messages[0] = '\0';
    if (ret >= 0)
        ret = ttm_net_open(&model, part, TTM_NET_SEGMENTER);
    for (int i = 0; ret >= 0 && i < 2; i++) {
        TTMGraph *graph = ttm_graph_create(&log, i ? "decoder" : "encoder", TTM_DTYPE_F32);

        ret = ttm_net_build(&model, i ? "decoder" : "encoder", graph, part, &sizes);
        ttm_graph_free(&graph);
    }
    if (ret >= 0)
        ret = ttm_part_check_all_used(part);
    ttm_net_close(&model);
    ttm_part_close(&part);
    return ret;
}

/** What is wrong is named, and where; what a video needs besides is not wrong. */
static void test_configurations(void **state)
{
    static const struct {
        const char *from, *to, *says;
        int code;
    } changes[] = {
        { "\"Sam2Model\"", "\"Sam2VideoModel\"", NULL, 0 },
        { "\"model_type\": \"sam2\"", "\"num_maskmem\": 7, \"memory_fuser_num_layers\": 2, "
          "\"image_size\": 32, \"model_type\": \"sam2_video\"", NULL, 0 },
        { "\"Sam2Model\"", "\"SamModel\"", "the class is 'SamModel'", TTM_ERR_UNSUPPORTED },
        { "\"mlp_dim\"", "\"mlp_dims\"", "mask_decoder_config: the key 'mlp_dims' is not "
          "known", TTM_ERR_UNSUPPORTED },
        { "\"mlp_dim\": 24", "\"mlp_dim\": 25", "mask_decoder.transformer.layers.0.mlp."
          "proj_in.weight has the shape [24, 16]", TTM_ERR_FORMAT },
        { "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "no tensor mask_decoder."
          "transformer.layers.0.mlp.layers.0.weight", TTM_ERR_FORMAT },
        { "\"fpn_kernel_size\": 1", "\"fpn_kernel_size\": 3", "fpn_kernel_size",
          TTM_ERR_FORMAT },
        { "\"patch_size\": 16", "\"patch_size\": 8", "prompt_encoder_config: 'image_size' "
          "32 in steps of 'patch_size' 8, but the backbone makes 2 of 32", TTM_ERR_FORMAT },
        { "\"num_query_pool_stages\": 3", "\"num_query_pool_stages\": 2",
          "each but the first halved", TTM_ERR_UNSUPPORTED },
        { "\"vision_config\": {", "\"vision_config\": 3, \"_rest\": {",
          "'vision_config' must be an object", TTM_ERR_FORMAT },
        { "\"hidden_act\": \"gelu\",\n   \"hidden_size\": 8", "\"hidden_act\": \"relu\",\n   "
          "\"hidden_size\": 8", "'hidden_act' is 'relu'", TTM_ERR_UNSUPPORTED },
        { "\"mlp_ratio\": 4.0", "\"mlp_ratio\": 1e30",
          "'mlp_ratio' 1e+30 makes 8e+30 of the 8 channels of stage 0", TTM_ERR_FORMAT },
        { "\"mlp_ratio\": 4.0", "\"mlp_ratio\": 0.01", "'mlp_ratio' 0.01 makes 0.08",
          TTM_ERR_FORMAT },
        { "\"mlp_ratio\": 4.0", "\"mlp_ratio\": 1e-60",
          "'mlp_ratio' is 1e-60, which is out of range", TTM_ERR_FORMAT },
        { "\"mlp_dim\": 24", "\"mlp_dim\": 1e999",
          "\"mlp_dim\" must be an integer, but is too large", TTM_ERR_FORMAT },
        { "\"image_size\": [\n    32,\n    32\n   ]", "\"image_size\": 16384",
          "'image_size' 16384 in steps of 'patch_stride' 4 makes 4096x4096 positions",
          TTM_ERR_FORMAT },
        { "\"image_size\": [\n    32,\n    32\n   ]", "\"image_size\": 30",
          "'image_size' 30 must be a multiple of 'patch_stride' 4", TTM_ERR_FORMAT },
        { "\"image_size\": [\n    32,", "\"image_size\": [\n    64,",
          "'image_size' is 64 and 32, but only squares", TTM_ERR_UNSUPPORTED },
        { "\"patch_kernel_size\": [\n    7,\n    7\n   ]", "\"patch_kernel_size\": 13",
          "'patch_kernel_size' 13 with 'patch_padding' 3", TTM_ERR_FORMAT },
        { "\"hidden_size\": 16,\n  \"iou_head_depth\"", "\"iou_head_depth\"",
          "mask_decoder_config: 'hidden_size' is 256, but 'fpn_hidden_size' of vision_config "
          "16", TTM_ERR_FORMAT },
        { "\"hidden_size\": 16,\n  \"image_size\"", "\"hidden_size\": 24,\n  \"image_size\"",
          "prompt_encoder_config: 'hidden_size' is 24", TTM_ERR_FORMAT },
        { "3,\n    1\n   ],\n   \"chunk_size_feed_forward\": 0,\n   \"dtype\": null,\n   "
          "\"embed_dim_per_stage\"", "3\n   ],\n   \"_embed_dim_per_stage\"",
          "'embed_dim_per_stage' is missing, but 'blocks_per_stage' has 3 elements",
          TTM_ERR_FORMAT },
        { "\"embed_dim_per_stage\": [\n    8,", "\"embed_dim_per_stage\": [",
          "'embed_dim_per_stage' has 3 elements, but needs 4", TTM_ERR_FORMAT },
        { "\"num_attention_heads_per_stage\": [\n    1",
          "\"num_attention_heads_per_stage\": [\n    3",
          "element 0 of 'embed_dim_per_stage' is 8, not a multiple of the 3", TTM_ERR_FORMAT },
        { "\"num_attention_heads\": 2", "\"num_attention_heads\": 3",
          "mask_decoder_config: 'hidden_size' 16 must be a multiple of 8, and of",
          TTM_ERR_FORMAT },
        { "\"global_attention_blocks\": [\n    4", "\"global_attention_blocks\": [\n    7",
          "element 0 of 'global_attention_blocks' must be an integer from 0 to 6",
          TTM_ERR_FORMAT },
        { "\"fpn_top_down_levels\": [\n   2", "\"fpn_top_down_levels\": [\n   4",
          "element 0 of 'fpn_top_down_levels' must be an integer from 0 to 3",
          TTM_ERR_FORMAT },
        { "\"window_size_per_stage\": [\n    4,\n    2",
          "\"window_size_per_stage\": [\n    4,\n    3",
          "stage 2 cannot be halved: 'window_size_per_stage' before it, 3",
          TTM_ERR_UNSUPPORTED },
        { "stability_thresh\": 0.93", "stability_thresh\": 1.5", "stability_thresh' is 1.5",
          TTM_ERR_FORMAT },
        { "[\n  \"Sam2Model\"\n ]", "5", "the class is 'not given'", TTM_ERR_UNSUPPORTED },
    };
    char folder[256], messages[2048];

    (void)state;
    snprintf(folder, sizeof(folder), "%s/ttm-test-sam2-%d",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        int code;

        copy_network(folder, changes[i].from, changes[i].to);
        code = build(folder, messages);
        if (code != changes[i].code ||
            (changes[i].says && !strstr(messages, changes[i].says)))
            fail_msg("%s: %d, %s", changes[i].to, code, messages);
        if (changes[i].says && strchr(messages, '\n') != messages + strlen(messages) - 1)
            fail_msg("%s: not one line: %s", changes[i].to, messages);
    }
    for (int i = 0; i < 2; i++) {
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", folder, i ? "config.json" :
                 "model.safetensors");
        remove(path);
    }
    rmdir(folder);
}

/** Tensors of a video's memory have no place here, and are no mistake. */
static void test_video(void **state)
{
    const TTMLog log = { NULL, NULL };
    TTMPart *part;

    (void)state;
    assert_int_equal(ttm_part_open_folder(&part, &log, "tests/ref/nets/sam2/segmenter"), 0);
    assert_true(ttm_part_check_all_used(part) < 0);
    ttm_part_pass_over(part, "vision_encoder.");
    ttm_part_pass_over(part, "mask_decoder.");
    ttm_part_pass_over(part, "prompt_encoder.");
    assert_true(ttm_part_check_all_used(part) < 0);
    ttm_part_pass_over(part, "no_memory_embedding");
    ttm_part_pass_over(part, "shared_image_embedding.");
    assert_int_equal(ttm_part_check_all_used(part), 0);
    ttm_part_close(&part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_fast),
        cmocka_unit_test(test_vulkan), cmocka_unit_test(test_stability),
        cmocka_unit_test(test_configurations), cmocka_unit_test(test_video),
    };

    return cmocka_run_group_tests_name("Sam2Model", tests, NULL, NULL);
}
