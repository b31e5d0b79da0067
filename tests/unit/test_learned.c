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
 * Objects by a segmenter: what is asked, and what becomes of the answers. The segmenters
 * here are networks of one layer made by hand: red is the object.
 */

#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "segment/segment.h"
#include "util/image.h"

#define W 160
#define H 120

/** A segmenter made by hand, and what it was asked. */
typedef struct Made {
    TTMBackend *backend;
    TTMNetwork *network[2];     ///< of maps; or encoder, decoder
    TTMSegmenter facts;
    float weights[3 + TTM_HINT_MAPS_NB], bias;  ///< of the picture's channels and the maps
    float score;
    float tilt;                 ///< of the logits in the right half
    float liking;               ///< of the score, for the mean of red in the crop
    int width, height;          ///< of network[0]
    int points;                 ///< of network[1]
    int asked, made;            ///< times
    int widths[8], heights[8];  ///< of the first ones that were asked for
    TTMAsker asker;
} Made;

/** Logits of a picture with maps: a sum of its channels; the score is a constant. */
static TTMGraph *maps_graph(Made *m, int width, int height)
{
    const int channels = 3 + TTM_HINT_MAPS_NB;
    TTMGraph *g = ttm_graph_create(m->backend->log, "segmenter", m->backend->precision);
    TTMNodeId parts[2], x, score, red;
    float *liking = calloc(3, sizeof(*liking));
    float *tilt = calloc((size_t)width * height, sizeof(*tilt));

    for (int i = 0; i < width * height; i++)
        tilt[i] = i % width < width / 2 ? 0 : m->tilt;

    parts[0] = ttm_graph_input(g, "image", TTM_SHAPE(1, height, width, 3), g->dtype);
    parts[1] = ttm_graph_input(g, "hints", TTM_SHAPE(1, height, width, TTM_HINT_MAPS_NB),
                               g->dtype);
    x = ttm_graph_concat(g, parts, 2, 3);
    x = ttm_graph_linear(g, x, ttm_graph_weight(g, "w", TTM_SHAPE(1, channels), m->weights,
                                                TTM_DTYPE_F32),
                         ttm_graph_weight(g, "b", TTM_SHAPE(1), &m->bias, TTM_DTYPE_F32),
                         TTM_NO_NODE, TTM_ACT_NONE);
    x = ttm_graph_add(g, x, ttm_graph_constant(g, "tilt", TTM_SHAPE(1, height, width, 1),
                                               tilt));
    liking[0] = m->liking;
    red   = ttm_graph_constant(g, "liking", TTM_SHAPE(1, 3), liking);
    score = ttm_graph_linear(g, parts[0], red,
                             ttm_graph_weight(g, "s", TTM_SHAPE(1), &m->score,
                                              TTM_DTYPE_F32), TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_output_named(g, x, "masks");
    ttm_graph_output_named(g, score, "scores");
    ttm_graph_output_named(g, ttm_graph_scale(g, parts[1], 1, 0), "told");
    return g;
}

/** The hints that the last question had, [height, width, TTM_HINT_MAPS_NB]; to be freed. */
static float *read_hints(Made *m)
{
    float *told = calloc((size_t)m->width * m->height, TTM_HINT_MAPS_NB * sizeof(*told));

    assert_int_equal(ttm_network_read(m->network[0], 2, told, TTM_DTYPE_F32), 0);
    return told;
}

static int maps_network(void *opaque, int width, int height, int points,
                        TTMNetwork **network)
{
    Made *m = opaque;
    int ret = 0;

    assert_int_equal(points, 0);
    assert_true(width <= m->facts.side && height <= m->facts.side);
    assert_true(width == m->facts.side || height == m->facts.side);
    assert_int_equal(width % m->facts.multiple, 0);
    assert_int_equal(height % m->facts.multiple, 0);
    if (m->asked < 8) {
        m->widths[m->asked]  = width;
        m->heights[m->asked] = height;
    }
    m->asked++;
    if (width != m->width || height != m->height) {
        ttm_network_free(&m->network[0]);
        ret = ttm_network_create(&m->network[0], m->backend, maps_graph(m, width, height));
        m->width  = width;
        m->height = height;
    }
    *network = m->network[0];
    return ret;
}

static void open_made(Made *m, enum TTMHintKind kind, const TTMLog *log)
{
    TTMBackendRequest request = { "cpu", TTM_DTYPE_F32, 1 };

    memset(m, 0, sizeof(*m));
    assert_int_equal(ttm_backend_open(&m->backend, log, &request), 0);
    m->facts = (TTMSegmenter){
        .hints = kind, .side = 64, .multiple = 8, .mask_scale = 1, .masks = 1,
        .score = TTM_SCORE_LOGIT, .mean = { 0.5f, 0.5f, 0.5f },
        .deviation = { 0.5f, 0.5f, 0.5f },
    };
    /* red, and neither green nor blue, in -1 .. 1: the discs have 0.5, the ground -0.2 */
    m->weights[0] = 10;
    m->weights[1] = -5;
    m->weights[2] = -5;
    m->bias  = -5;
    m->score = 3;
    m->asker = (TTMAsker){ &m->facts, maps_network, m };
}

static void close_made(Made *m)
{
    for (int i = 0; i < 2; i++)
        ttm_network_free(&m->network[i]);
    ttm_backend_close(&m->backend);
}

typedef struct Picture {
    TTMImage image;
    uint8_t truth[W * H], ids[W * H];
    TTMFound found[TTM_MAX_OBJECTS];
    TTMPrompts prompts;
    TestLog lines;
    TTMLog log;
    Made made;
} Picture;

/** Red discs 1 at the left, and 2 at the right, which is bigger, on grey. */
static Picture *make_picture(const char *prompt, enum TTMHintKind kind)
{
    Picture *p = calloc(1, sizeof(*p));

    p->log = (TTMLog){ test_log_callback, &p->lines };
    assert_int_equal(ttm_image_alloc(&p->image, TTM_PIXEL_RGB8, W, H), 0);
    if (*prompt == '{')
        assert_int_equal(ttm_prompts_from_json(&p->prompts, NULL, prompt, NULL), 0);
    else
        assert_int_equal(ttm_prompts_from_text(&p->prompts, NULL, prompt), 0);
    for (int i = 0; i < W * H; i++) {
        const int x = i % W, y = i / W;
        uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

        p->truth[i] = (x - 45) * (x - 45) + (y - 60) * (y - 60) < 20 * 20 ? 1 :
                      (x - 115) * (x - 115) + (y - 70) * (y - 70) < 24 * 24 ? 2 : 0;
        rgb[0] = p->truth[i] ? 200 : 110;
        rgb[1] = p->truth[i] ? 40 : (uint8_t)(115 + (x + y) % 5);
        rgb[2] = p->truth[i] ? 40 : 110;
    }
    open_made(&p->made, kind, &p->log);
    return p;
}

static void free_picture(Picture *p)
{
    close_made(&p->made);
    ttm_prompts_free(&p->prompts);
    free(p->image.data);
    free(p);
}

static int find(Picture *p)
{
    return ttm_segment_still(&p->log, &p->image, &p->prompts, &p->made.asker, p->ids,
                             p->found, NULL);
}

/** Intersection over union of found id @p id and true id @p truth. */
static double overlap(const Picture *p, int id, int truth)
{
    int both = 0, any = 0;

    for (int i = 0; i < W * H; i++) {
        both += p->ids[i] == id && p->truth[i] == truth;
        any += p->ids[i] == id || p->truth[i] == truth;
    }
    return any ? (double)both / any : 0;
}

/** A box is one question, of the part around it; nothing outside of it is the object. */
static void test_box(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"box\":[20,35,50,50]},"
                              "{\"name\":\"b\",\"box\":[91,46,24,48]}]}",
                              TTM_HINT_MAPS);
    int outside = 0;

    (void)state;
    assert_int_equal(find(p), 0);
    assert_true(overlap(p, 1, 1) > 0.9);
    for (int i = 0; i < W * H; i++)
        outside += p->ids[i] == 2 && i % W > 116;
    assert_int_equal(outside, 0);
    assert_int_equal(p->made.asked, 2);
    assert_string_equal(p->found[0].how, "box");
    assert_true(p->found[0].network && p->found[0].sure);
    /* 84 x 84 of the still is a square; 44 x 84 is made seven tenths as wide, in eights */
    assert_int_equal(p->made.widths[0], 64);
    assert_int_equal(p->made.heights[0], 64);
    assert_int_equal(p->made.heights[1], 64);
    assert_int_equal(p->made.widths[1], 48);
    free_picture(p);
}

/** A point is looked for in the whole first, then around the part that it is in. */
static void test_point(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[45,60]},"
                              "{\"name\":\"b\",\"points\":[[115,70],[120,80]]}]}",
                              TTM_HINT_MAPS);

    (void)state;
    assert_int_equal(find(p), 0);
    assert_true(overlap(p, 1, 1) > 0.9);
    assert_true(overlap(p, 2, 2) > 0.9);
    assert_int_equal(p->made.asked, 4);
    assert_int_equal(p->made.widths[0], 64);
    assert_int_equal(p->made.heights[0], 48);
    assert_int_equal(p->made.widths[1], 64);
    assert_int_equal(p->made.heights[1], 64);
    assert_string_equal(p->found[1].how, "point");
    free_picture(p);
}

/** Maps say what was told: without them this one finds nothing. */
static void test_maps(void **state)
{
    static const struct {
        const char *place;
        enum TTMHintMap map;
        float weight, bias;
        int found;              ///< pixels, about
    } rows[] = {
        { "\"box\":[20,35,50,40]", TTM_HINT_BOX, 9, -5, 50 * 40 },
        /* exp(-d^2 / 32) > 4/9: within 5.1 of 64 pixels to a crop of 86 */
        { "\"box\":[20,35,50,50],\"points\":[[31,60]]", TTM_HINT_ON, 9, -4, 148 },
        /* exp(-d^2 / 32) < 1/30: further than 10.4, too many for a hole that is filled */
        { "\"box\":[20,35,50,50],\"not\":[[45,60]]", TTM_HINT_OFF, -90, 3, 2330 },
        /* a point of another object is one of what this is not */
        { "\"box\":[20,35,50,50]},{\"name\":\"b\",\"point\":[45,60]", TTM_HINT_OFF, -90, 3,
          2330 },
        /* the coarse one is red, within the point's part */
        { "\"point\":[45,60]", TTM_HINT_MASK, 9, -5, 1256 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[200];
        int count = 0;
        Picture *p;

        snprintf(text, sizeof(text), "{\"objects\":[{\"name\":\"a\",%s}]}", rows[i].place);
        p = make_picture(text, TTM_HINT_MAPS);
        if (rows[i].map != TTM_HINT_MASK) {
            p->made.weights[0] = p->made.weights[1] = p->made.weights[2] = 0;
            p->made.bias = rows[i].bias;
            memset(p->image.data, 110, 3 * W * H);      /* no colours to follow */
        } else {
            p->made.bias -= 4;  /* a crop alone would have less */
        }
        p->made.weights[3 + rows[i].map] = rows[i].weight;
        assert_int_equal(find(p), 0);
        for (int k = 0; k < W * H; k++)
            count += p->ids[k] == 1;
        if (abs(count - rows[i].found) > rows[i].found / 8 + 12)
            fail_msg("%s: %d pixels instead of %d", text, count, rows[i].found);
        free_picture(p);
    }
}

/** What a network does at one side only is made good by the mirror image. */
static void test_mirrored(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"box\":[60,35,95,70]}]}",
                              TTM_HINT_MAPS);

    (void)state;
    p->made.tilt = -10;         /* the disc's logits are 7.5 */
    assert_int_equal(find(p), 0);
    assert_true(overlap(p, 1, 2) > 0.9);
    free_picture(p);
}

/** The box's map ends where the box does, and the second look at a point knows of the first. */
static void test_hints(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"box\":[20,35,50,50]}]}",
                              TTM_HINT_MAPS);
    float *told;

    (void)state;
    assert_int_equal(find(p), 0);
    told = read_hints(&p->made);
    for (int i = 0; i < 64 * 64; i++) {     /* of the part from (2, 17) on, 86 pixels wide */
        const float x = 2 + (i % 64 + 0.5f) * 86 / 64, y = 17 + (i / 64 + 0.5f) * 86 / 64;
        const int inside = x >= 20 && x < 70 && y >= 35 && y < 85;

        assert_true(told[i * TTM_HINT_MAPS_NB + TTM_HINT_BOX] == inside);
    }
    free(told);
    free_picture(p);

    p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[45,60]}]}", TTM_HINT_MAPS);
    assert_int_equal(find(p), 0);
    told = read_hints(&p->made);
    assert_true(told[(32 * 64 + 32) * TTM_HINT_MAPS_NB + TTM_HINT_MASK] > 0.9f);
    assert_true(told[TTM_HINT_MASK] < 0.1f);
    free(told);
    free_picture(p);
}

/** What words have chosen is told as likely, though the network had seen nothing there. */
static void test_chosen(void **state)
{
    Picture *p = make_picture("the red ball on the left moves up", TTM_HINT_MAPS);
    float *told, most = 0;

    (void)state;
    p->made.weights[0] = p->made.weights[1] = p->made.weights[2] = 0;
    assert_int_equal(find(p), 0);
    told = read_hints(&p->made);
    for (int i = 0; i < p->made.width * p->made.height; i++)
        most = fmaxf(most, told[i * TTM_HINT_MAPS_NB + TTM_HINT_MASK]);
    assert_true(most > 0.59f);
    free(told);
    free_picture(p);
}

/** Of two things that stand out alike, words without a place mean what the network sees. */
static void test_salience(void **state)
{
    Picture *p = make_picture("the ball moves up", TTM_HINT_MAPS);

    (void)state;
    for (int truth = 1; truth <= 2; truth++) {
        for (int i = 0; i < W * H; i++) {
            uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

            if (p->truth[i]) {
                rgb[0] = p->truth[i] == truth ? 200 : 40;
                rgb[1] = p->truth[i] == truth ? 40 : 200;
            }
        }
        assert_int_equal(find(p), 0);
        assert_true(overlap(p, 1, truth) > 0.9);
    }
    free_picture(p);
}

/** Colours draw the outline of an answer, and do not take away what it is sure of. */
static void test_colours(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"box\":[20,35,50,50]}]}",
                              TTM_HINT_MAPS);
    int count = 0;

    (void)state;
    p->made.weights[0] = p->made.weights[1] = p->made.weights[2] = 0;
    p->made.weights[3 + TTM_HINT_BOX] = 10;     /* all of the box, most of it grey */
    assert_int_equal(find(p), 0);
    for (int i = 0; i < W * H; i++)
        count += p->ids[i] == 1;
    if (count < 2200)
        fail_msg("%d pixels of 2500", count);
    free_picture(p);
}

/** Without hints it tells what stands out; words choose among its parts. */
static void test_words(void **state)
{
    Picture *p = make_picture("the ball on the left moves up and the ball on the right "
                              "moves down", TTM_HINT_MAPS);

    (void)state;
    assert_int_equal(find(p), 0);
    assert_int_equal(p->prompts.nb_objects, 2);
    assert_true(overlap(p, 1, 1) > 0.9);
    assert_true(overlap(p, 2, 2) > 0.9);
    assert_int_equal(p->made.asked, 3);         /* the still once, two parts */
    assert_true(p->found[0].network);
    assert_string_equal(p->found[0].how, "finder");
    free_picture(p);
}

/**
 * A red thing in a paler ring: where the network is not sure of the one it is asked of the other
 * as well, which is taken if it is found good and clearly better.
 */
static void test_parts_of_words(void **state)
{
    static const struct {
        float score, liking;    ///< the less red, the better
        int asked, ring;        ///< of the still and of parts; the ring is taken
    } rows[] = {
        { 3, 0, 2, 0 }, { 3, -12, 3, 1 }, { -0.2f, -12, 3, 0 }, { 0, 0, 3, 0 },
        { 1.49f, -1, 3, 0 },    /* 0.78, and 0.82 of the ring */
    };

    (void)state;
    for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
        Picture *p = make_picture("the ball moves up", TTM_HINT_MAPS);
        int inner = 0, outer = 0;

        for (int i = 0; i < W * H; i++) {
            const int dx = i % W - 80, dy = i / W - 60, d = dx * dx + dy * dy;
            uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

            p->truth[i] = d < 15 * 15 ? 1 : d < 38 * 38 ? 2 : 0;
            rgb[0] = p->truth[i] == 1 ? 230 : p->truth[i] ? 140 : 110;
            rgb[1] = p->truth[i] == 1 ? 20 : p->truth[i] ? 100 : (uint8_t)(115 + (i + i / W) % 5);
            rgb[2] = p->truth[i] == 1 ? 20 : p->truth[i] ? 95 : 110;
        }
        /* what the answer says is what it was told that words have chosen */
        p->made.weights[0] = p->made.weights[1] = p->made.weights[2] = 0;
        p->made.weights[3 + TTM_HINT_MASK] = 9;
        p->made.score  = rows[k].score;
        p->made.liking = rows[k].liking;
        assert_int_equal(find(p), 0);
        for (int i = 0; i < W * H; i++) {
            inner += p->ids[i] && p->truth[i] == 1;
            outer += p->ids[i] && p->truth[i] == 2;
        }
        assert_in_range(inner, 650, 720);
        if (p->made.asked != rows[k].asked || (outer > 3000) != rows[k].ring ||
            (!rows[k].ring && outer > 50))
            fail_msg("row %d: asked %d times, %d pixels of the ring", (int)k, p->made.asked, outer);
        assert_int_equal(p->found[0].segmenter_score > 0.85, k < 2);
        free_picture(p);
    }
}

/** What it says of itself counts. */
static void test_score(void **state)
{
    static const struct {
        const char *place, *how;
        float score;            ///< a logit: 0.953, 0.047, 0.75, 0.5
        int sure;
    } rows[] = {
        { "\"point\":[45,60]", "by point and segmenter", 3, 1 },
        { "\"point\":[45,60]", "by point and segmenter", -3, 0 },
        { "\"point\":[45,60]", "by point and segmenter", 1.1f, 0 },
        { "\"box\":[20,35,50,50]", "by box and segmenter", 1.1f, 1 },
        { "\"box\":[20,35,50,50]", "by box and segmenter", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];
        Picture *p;

        snprintf(text, sizeof(text), "{\"objects\":[{\"name\":\"a\",%s}]}", rows[i].place);
        p = make_picture(text, TTM_HINT_MAPS);
        p->made.score = rows[i].score;
        assert_int_equal(find(p), 0);
        ttm_segment_report(&p->log, &p->prompts, p->ids, W, H, p->found);
        assert_int_equal(p->found[0].sure, rows[i].sure);
        assert_true(fabs(p->found[0].segmenter_score - 1 / (1 + exp(-rows[i].score))) < 1e-5);
        assert_int_equal(strstr(p->lines.warning, "not sure that this is 'a'") != NULL,
                         !rows[i].sure);
        assert_contains(p->lines.info, rows[i].how);
        free_picture(p);
    }
}

/** Values that are none are an error with a line that names the object. */
static void test_not_finite(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"the cat\",\"point\":[45,60]}]}",
                              TTM_HINT_MAPS);

    (void)state;
    p->made.weights[0] = INFINITY;
    assert_int_equal(find(p), TTM_ERR_FORMAT);
    assert_contains(p->lines.error, "the cat");
    assert_contains(p->lines.error, "not finite");
    free_picture(p);
}

/** What was wished before it began comes true before it is asked. */
static int always(void *opaque)
{
    (void)opaque;
    return 1;
}

static void test_cancelled(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[45,60]}]}",
                              TTM_HINT_MAPS);
    TTMCancel cancel = { .interrupt = always };

    (void)state;
    assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts, &p->made.asker,
                                       p->ids, p->found, &cancel), TTM_ERR_CANCELLED);
    assert_int_equal(p->made.asked, 0);
    free_picture(p);
}

#define MASKS 3

/** The picture itself is the features; of three masks the second has the best score. */
static TTMGraph *points_graph(Made *m, int points)
{
    static const float wide[MASKS * 3] = { 10, -5, -5,  10, -5, -5,  0, 0, 0 };
    static const float bias[MASKS] = { -5, -5, 5 };
    static const float scores[MASKS] = { 0.1f, 0.9f, 0.2f };
    TTMGraph *g = ttm_graph_create(m->backend->log, "points", m->backend->precision);
    const int side = m->facts.side;
    TTMNodeId x, s;

    if (!points) {
        x = ttm_graph_input(g, "image", TTM_SHAPE(1, side, side, 3), g->dtype);
        ttm_graph_output_named(g, ttm_graph_scale(g, x, 1, 0), "features.0");
        m->made++;
        return g;
    }
    x = ttm_graph_input(g, "features.0", TTM_SHAPE(1, side, side, 3), g->dtype);
    x = ttm_graph_linear(g, x, ttm_graph_weight(g, "w", TTM_SHAPE(MASKS, 3), wide,
                                                TTM_DTYPE_F32),
                         ttm_graph_weight(g, "b", TTM_SHAPE(MASKS), bias, TTM_DTYPE_F32),
                         TTM_NO_NODE, TTM_ACT_NONE);
    ttm_graph_output_named(g, x, "masks");
    s = ttm_graph_weight(g, "s", TTM_SHAPE(1, MASKS), scores, TTM_DTYPE_F32);
    ttm_graph_output_named(g, s, "scores");
    /* what tests read back: the list as it was given */
    x = ttm_graph_input(g, "points", TTM_SHAPE(points, 2), TTM_DTYPE_F32);
    ttm_graph_output_named(g, ttm_graph_scale(g, x, 1, 0), "list");
    x = ttm_graph_input(g, "labels", TTM_SHAPE(points), TTM_DTYPE_I32);
    ttm_graph_output_named(g, x, "kinds");
    return g;
}

static int points_network(void *opaque, int width, int height, int points,
                          TTMNetwork **network)
{
    Made *m = opaque;
    TTMNetwork **made = &m->network[points > 0];
    int ret = 0;

    assert_true(width == m->facts.side && height == m->facts.side);
    m->asked += points > 0;
    if (points && points != m->points)
        ttm_network_free(made);
    if (!*made)
        ret = ttm_network_create(made, m->backend, points_graph(m, points));
    m->points = points ? points : m->points;
    *network = *made;
    return ret;
}

static void use_points(Made *m)
{
    m->facts.masks = MASKS;
    m->facts.score = TTM_SCORE_IOU;
    m->facts.needs_hint = 1;
    m->asker.network = points_network;
}

/** One point means the mask with the best score, a box the first one. */
static void test_points(void **state)
{
    Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[45,60]},"
                              "{\"name\":\"b\",\"box\":[80,30,70,80],\"not\":[[45,60]]}]}",
                              TTM_HINT_POINTS);
    float list[3][2];
    int32_t kinds[3];

    (void)state;
    use_points(&p->made);
    assert_int_equal(find(p), 0);
    assert_true(overlap(p, 1, 1) > 0.85);
    assert_true(overlap(p, 2, 2) > 0.85);
    assert_true(p->found[0].sure);              /* 0.9 */
    assert_false(p->found[1].sure);             /* 0.1 */
    assert_int_equal(p->made.made, 1);          /* the still is encoded once */
    assert_int_equal(ttm_network_read(p->made.network[1], 2, list, TTM_DTYPE_F32), 0);
    assert_int_equal(ttm_network_read(p->made.network[1], 3, kinds, TTM_DTYPE_I32), 0);
    assert_int_equal(kinds[0], TTM_POINT_OFF);
    assert_int_equal(kinds[1], TTM_POINT_CORNER);
    assert_int_equal(kinds[2], TTM_POINT_OPPOSITE);
    assert_true(fabsf(list[0][0] - 45.5f * 64 / W) < 1e-4f);
    assert_true(fabsf(list[0][1] - 60.5f * 64 / H) < 1e-4f);
    assert_true(fabsf(list[1][0] - 80 * 64.0f / W) < 1e-4f);
    assert_true(fabsf(list[2][1] - 110 * 64.0f / H) < 1e-4f);
    free_picture(p);
}

/** The points of other objects are told too, up to 64 of what is not the object. */
static void test_most_points(void **state)
{
    char text[2000] = "{\"objects\":[{\"name\":\"b\",\"points\":[[100,70]";
    Picture *p;

    (void)state;
    for (int i = 1; i < 10; i++)
        snprintf(text + strlen(text), 20, ",[%d,70]", 100 + i);
    strcat(text, "]},{\"name\":\"a\",\"box\":[20,35,50,50],\"not\":[[0,0]");
    for (int i = 1; i < 60; i++)
        snprintf(text + strlen(text), 20, ",[%d,0]", i);
    strcat(text, "]}]}");
    p = make_picture(text, TTM_HINT_POINTS);
    use_points(&p->made);
    assert_int_equal(find(p), 0);
    assert_int_equal(p->made.points, 64 + 2);
    free_picture(p);
}

/** Something large that goes on beyond the border is doubted if no network has found it. */
static void test_large(void **state)
{
    (void)state;
    for (int network = 0; network < 2; network++) {
        Picture *p = make_picture("{\"objects\":[{\"name\":\"a\",\"point\":[30,60]}]}",
                                  TTM_HINT_MAPS);

        for (int i = 0; i < W * H; i++) {
            uint8_t *rgb = (uint8_t *)p->image.data + 3 * i;

            rgb[0] = i % W < 64 ? 200 : 110;
            rgb[1] = rgb[2] = i % W < 64 ? 40 : 112;
        }
        assert_int_equal(ttm_segment_still(&p->log, &p->image, &p->prompts,
                                           network ? &p->made.asker : NULL, p->ids, p->found,
                                           NULL), 0);
        assert_int_equal(p->found[0].sure, network);
        free_picture(p);
    }
}

/** One that needs a hint is told the box that colours find. */
static void test_needs_hint(void **state)
{
    Picture *p = make_picture("the red ball on the left moves up", TTM_HINT_POINTS);

    (void)state;
    use_points(&p->made);
    assert_int_equal(find(p), 0);
    assert_true(overlap(p, 1, 1) > 0.85);
    assert_true(p->found[0].network);
    free_picture(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box),
        cmocka_unit_test(test_point),
        cmocka_unit_test(test_mirrored),
        cmocka_unit_test(test_maps),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_chosen),
        cmocka_unit_test(test_salience),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_parts_of_words), cmocka_unit_test(test_score),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_points), cmocka_unit_test(test_most_points),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_needs_hint),
    };

    return cmocka_run_group_tests_name("learned", tests, NULL, NULL);
}
