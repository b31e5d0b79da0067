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

/** @file Shape rules of the work on pictures. */

#include <string.h>

#include "graph/build_pictures.h"
#include "graph/builder.h"
#include "util/sample.h"

/**
 * Inputs of each kind, a letter each: digits are F32 [h, w, digit], i ids U8
 * [h, w], m motion F32 [objects, 6 and the field], t table I32 [objects, 5], b bytes
 * U8 [n], p packed U8 [H, W, 3 or 6], s 1 or 3 as `refined` says and x is checked by
 * the kind itself. All [h, w] are equal, and so are all p.
 */
static const struct {
    const char *name, *inputs;
    int channels;               ///< of the output, F32 [h, w, channels]; 0: other
} rules[TTM_PICTURE_NB] = {
    [TTM_PICTURE_VALUES]   = { "values",   "x",       0 },
    [TTM_PICTURE_RESAMPLE] = { "resample", "xx",      0 },
    [TTM_PICTURE_PACK]     = { "pack",     "3",       0 },
    [TTM_PICTURE_CARRY]    = { "carry",    "3iim",    3 },
    [TTM_PICTURE_CHANGE]   = { "change",   "331im",   4 },
    [TTM_PICTURE_SMOOTH]   = { "smooth",   "4i",      3 },
    [TTM_PICTURE_COMPOSE]  = { "compose",  "ppbtmi6s", 0 },
};

/** What an input must be. */
typedef struct Wanted {
    enum TTMDType dtype;
    TTMShape shape;             ///< dimensions of 0 are free
} Wanted;

_Static_assert(TTM_FIELD_ROW == TTM_FIELD_PART, "fields of util/sample.h");

static Wanted wanted(char letter, const TTMPicture *p)
{
    switch (letter) {
    case 'i': return (Wanted){ TTM_DTYPE_U8,  TTM_SHAPE(0, 0) };
    case 'm': return (Wanted){ TTM_DTYPE_F32,
                               TTM_SHAPE(0, ttm_motion_row(p->field_width,
                                                           p->field_height)) };
    case 't': return (Wanted){ TTM_DTYPE_I32,
                               TTM_SHAPE(0, TTM_COVER_ROW) };
    case 'b': return (Wanted){ TTM_DTYPE_U8,  TTM_SHAPE(0) };
    case 'p': return (Wanted){ TTM_DTYPE_U8,  TTM_SHAPE(0, 0, 0) };
    case 's': return (Wanted){ TTM_DTYPE_F32,
                               TTM_SHAPE(0, 0, p->refined ? 1 : 3) };
    default:  return (Wanted){ TTM_DTYPE_F32, TTM_SHAPE(0, 0, letter - '0') };
    }
}

static int fits(const TTMNode *node, const Wanted *w)
{
    int same = node->dtype == w->dtype && node->shape.rank == w->shape.rank;

    for (int i = 0; same && i < w->shape.rank; i++)
        same = !w->shape.dim[i] || w->shape.dim[i] == node->shape.dim[i];
    return same;
}

/** 1 for U8 [h, w, 3 or 6]. */
static int is_packed(const TTMNode *node)
{
    return node->dtype == TTM_DTYPE_U8 && node->shape.rank == 3 &&
           (node->shape.dim[2] == 3 || node->shape.dim[2] == 6);
}

static int is_image(const TTMNode *node)
{
    return node->dtype == TTM_DTYPE_F32 && node->shape.rank == 3;
}

/** Inputs against the letters; else the graph is failed. */
static int check_inputs(TTMGraph *graph, const TTMPicture *p,
                        const TTMNodeId *inputs, int nb_inputs)
{
    const char *letters = rules[p->kind].inputs;
    const enum TTMOp op = TTM_OP_PICTURE;
    int64_t height = 0, width = 0, objects = 0;
    char text[80];

    for (int i = 0; letters[i] || i < nb_inputs; i++) {
        const char letter = letters[i];
        const TTMNode *node;
        const int64_t *dim;
        Wanted w;

        if (!letter || i >= nb_inputs) {
            ttm_graph_reject(graph, op, TTM_NO_NODE, "%s has %d inputs",
                             rules[p->kind].name, nb_inputs);
            return 0;
        }
        if (!ttm_graph_has(graph, op, inputs[i]))
            return 0;
        node = &graph->nodes[inputs[i]];
        dim  = node->shape.dim;
        if (letter == 'x')
            continue;
        w = wanted(letter, p);
        if (!fits(node, &w) || (letter == 'p' && !is_packed(node)) ||
            (letter == 'p' && i && letters[i - 1] == 'p' &&
             !ttm_shape_equal(&node->shape, &graph->nodes[inputs[i - 1]].shape)) ||
            (strchr("mt", letter) && objects && dim[0] != objects) ||
            (!strchr("mtbp", letter) && height &&
             (dim[0] != height || dim[1] != width))) {
            ttm_graph_reject(graph, op, inputs[i], "%s cannot use %s %s as "
                             "input %d", rules[p->kind].name,
                             ttm_dtype_name(node->dtype),
                             ttm_shape_string(&node->shape, text, sizeof(text)),
                             i);
            return 0;
        }
        if (strchr("mt", letter)) {
            objects = dim[0];
        } else if (!strchr("bp", letter)) {
            height = dim[0];
            width  = dim[1];
        }
    }
    return 1;
}

/** Type and shape of the output; 0 where an input does not fit the kind. */
static int find_output(const TTMGraph *graph, const TTMPicture *p,
                       const TTMNodeId *inputs, TTMShape *shape,
                       enum TTMDType *dtype)
{
    const TTMNode *a = &graph->nodes[inputs[0]], *b;

    *dtype = TTM_DTYPE_F32;
    *shape = a->shape;
    switch (p->kind) {
    case TTM_PICTURE_VALUES:
        return ttm_dtype_is_float(a->dtype);
    case TTM_PICTURE_RESAMPLE:
        b = &graph->nodes[inputs[1]];
        if (p->axis < 0 || p->axis > 1 || b->dtype != TTM_DTYPE_F32 ||
            b->shape.rank != 2 || b->shape.dim[1] < 2 ||
            b->shape.dim[1] > 1 + a->shape.dim[p->axis] ||
            (!is_packed(a) && !(is_image(a) && a->shape.dim[2] == 3)))
            return 0;
        shape->dim[p->axis] = b->shape.dim[0];
        shape->dim[2] = 3;
        return 1;
    case TTM_PICTURE_PACK:
    case TTM_PICTURE_COMPOSE:
        *dtype = TTM_DTYPE_U8;
        shape->dim[2] = 3 * p->bytes;
        return p->bytes == 1 || p->bytes == 2;
    default:
        shape->dim[2] = rules[p->kind].channels;
        return 1;
    }
}

TTMNodeId ttm_graph_picture(TTMGraph *graph, const TTMPicture *parameters,
                            const TTMNodeId *inputs, int nb_inputs)
{
    const enum TTMOp op = TTM_OP_PICTURE;
    enum TTMDType dtype;
    TTMShape shape;
    TTMNode *node;

    if (graph->error)
        return TTM_NO_NODE;
    if ((unsigned)parameters->kind >= TTM_PICTURE_NB)
        return ttm_graph_reject(graph, op, TTM_NO_NODE, "there is no kind %d",
                                parameters->kind);
    if (!check_inputs(graph, parameters, inputs, nb_inputs))
        return TTM_NO_NODE;
    if (!find_output(graph, parameters, inputs, &shape, &dtype))
        return ttm_graph_reject(graph, op, inputs[0], "%s does not fit its "
                                "inputs", rules[parameters->kind].name);
    node = ttm_graph_append(graph, op, rules[parameters->kind].name, shape,
                            dtype, inputs, nb_inputs);
    if (!node)
        return TTM_NO_NODE;
    node->picture = *parameters;
    return graph->nb_nodes - 1;
}
