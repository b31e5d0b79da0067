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

/** @file The checks that all backends share. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "util/mem.h"

void ttm_backend_close(TTMBackend **backend)
{
    if (!*backend)
        return;
    (*backend)->functions->close(*backend);
    free(*backend);
    *backend = NULL;
}

void ttm_backend_describe(TTMBackend *backend, char *text, size_t size)
{
    if (!size)
        return;
    snprintf(text, size, "%s", backend->functions->name);
    if (backend->functions->describe)
        backend->functions->describe(backend, text, size);
}

size_t ttm_backend_memory(TTMBackend *backend)
{
    size_t bytes = backend->functions->free_memory(backend);

    return bytes ? bytes + backend->bytes_allocated : 0;
}

int ttm_backend_is_lost(const TTMBackend *backend)
{
    return backend->functions->is_lost && backend->functions->is_lost(backend);
}

static void account(TTMBackend *backend, size_t bytes)
{
    backend->bytes_allocated += bytes;
    if (backend->bytes_allocated > backend->bytes_peak)
        backend->bytes_peak = backend->bytes_allocated;
}

int ttm_tensor_create(TTMBackend *backend, TTMTensor *tensor, TTMShape shape,
                      enum TTMDType dtype)
{
    char text[80];
    size_t bytes = ttm_dtype_size(dtype);
    int ret;

    memset(tensor, 0, sizeof(*tensor));
    if (shape.rank < 1 || shape.rank > TTM_MAX_RANK || !bytes)
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "a tensor of %d "
                        "dimensions and type %s is not possible", shape.rank,
                        ttm_dtype_name(dtype));
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dim[i] < 1 || (uint64_t)shape.dim[i] > SIZE_MAX / 2 / bytes)
            return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "a tensor of shape "
                            "%s is not possible",
                            ttm_shape_string(&shape, text, sizeof(text)));
        bytes *= shape.dim[i];
    }
    ret = backend->functions->buffer_create(backend, bytes, &tensor->buffer);
    if (ret < 0) {
        tensor->buffer = NULL;
        return ret;
    }
    tensor->buffer->bytes = bytes;
    tensor->shape         = shape;
    tensor->dtype         = dtype;
    account(backend, bytes);
    return 0;
}

int ttm_tensor_borrow(TTMBackend *backend, TTMTensor *tensor, TTMShape shape,
                      enum TTMDType dtype, void *data)
{
    int ret;

    if (!backend->functions->buffer_borrow) {
        ret = ttm_tensor_create(backend, tensor, shape, dtype);
        if (ret < 0)
            return ret;
        ret = ttm_tensor_write(backend, tensor, data, dtype);
        if (ret < 0)
            ttm_tensor_free(backend, tensor);
        return ret;
    }
    *tensor = (TTMTensor){ .shape = shape, .dtype = dtype };
    ret = backend->functions->buffer_borrow(backend, data, &tensor->buffer);
    if (ret < 0)
        return ret;
    tensor->buffer->bytes = ttm_dtype_size(dtype) * (size_t)ttm_shape_count(&shape);
    account(backend, tensor->buffer->bytes);
    return 0;
}

void *ttm_tensor_data(const TTMBackend *backend, const TTMTensor *tensor)
{
    return backend->functions->buffer_data ?
           (char *)backend->functions->buffer_data(tensor->buffer) + tensor->offset :
           NULL;
}

void ttm_tensor_free(TTMBackend *backend, TTMTensor *tensor)
{
    if (tensor->buffer) {
        backend->bytes_allocated -= tensor->buffer->bytes;
        backend->functions->buffer_free(backend, tensor->buffer);
    }
    memset(tensor, 0, sizeof(*tensor));
}

/** Bytes of a tensor, or 0 when it does not lie inside its buffer. */
static size_t tensor_bytes(const TTMTensor *tensor)
{
    size_t bytes;

    if (!tensor->buffer)
        return 0;
    bytes = ttm_shape_count(&tensor->shape) * ttm_dtype_size(tensor->dtype);
    if (tensor->offset > tensor->buffer->bytes ||
        bytes > tensor->buffer->bytes - tensor->offset)
        return 0;
    return bytes;
}

/** Check a copy between host elements and a tensor; returns the tensor's bytes. */
static int check_copy(TTMBackend *backend, const TTMTensor *tensor,
                      enum TTMDType dtype, size_t *bytes)
{
    *bytes = tensor_bytes(tensor);
    if (!*bytes)
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT,
                        "a tensor does not lie inside its buffer");
    if (dtype != tensor->dtype &&
        !(ttm_dtype_is_float(dtype) && ttm_dtype_is_float(tensor->dtype)))
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT,
                        "%s does not convert to or from a tensor of %s",
                        ttm_dtype_name(dtype), ttm_dtype_name(tensor->dtype));
    return 0;
}

int ttm_tensor_write(TTMBackend *backend, const TTMTensor *tensor,
                     const void *data, enum TTMDType dtype)
{
    void *converted = NULL;
    size_t bytes;
    int ret = check_copy(backend, tensor, dtype, &bytes);

    if (ret < 0)
        return ret;
    if (dtype != tensor->dtype) {
        converted = malloc(bytes);
        if (!converted)
            return ttm_fail(backend->log, TTM_ERR_MEMORY,
                            "out of memory for a copy of %zu bytes", bytes);
        ttm_convert(converted, tensor->dtype, data, dtype,
                    ttm_shape_count(&tensor->shape));
        data = converted;
    }
    ret = backend->functions->buffer_write(backend, tensor->buffer,
                                           tensor->offset, data, bytes);
    free(converted);
    return ret;
}

int ttm_tensor_read(TTMBackend *backend, const TTMTensor *tensor,
                    void *data, enum TTMDType dtype)
{
    void *raw = NULL;
    size_t bytes;
    int ret = check_copy(backend, tensor, dtype, &bytes);

    if (ret < 0)
        return ret;
    if (dtype == tensor->dtype)
        return backend->functions->buffer_read(backend, tensor->buffer,
                                               tensor->offset, data, bytes);
    raw = malloc(bytes);
    if (!raw)
        return ttm_fail(backend->log, TTM_ERR_MEMORY,
                        "out of memory for a copy of %zu bytes", bytes);
    ret = backend->functions->buffer_read(backend, tensor->buffer,
                                          tensor->offset, raw, bytes);
    if (ret >= 0)
        ttm_convert(data, dtype, raw, tensor->dtype,
                    ttm_shape_count(&tensor->shape));
    free(raw);
    return ret;
}

int ttm_tensor_copy(TTMBackend *backend, const TTMTensor *to, int64_t to_first,
                    const TTMTensor *from, int64_t from_first, int64_t count)
{
    size_t size = ttm_dtype_size(to->dtype);

    if (to->dtype != from->dtype || to->buffer == from->buffer || count < 1 ||
        to_first < 0 || from_first < 0 ||
        (uint64_t)(to_first + count) * size > tensor_bytes(to) ||
        (uint64_t)(from_first + count) * size > tensor_bytes(from))
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "%lld elements of %s "
                        "cannot be copied to a tensor of %s", (long long)count,
                        ttm_dtype_name(from->dtype), ttm_dtype_name(to->dtype));
    return backend->functions->buffer_copy(backend, to->buffer, to->offset +
                                           (size_t)to_first * size,
                                           from->buffer, from->offset +
                                           (size_t)from_first * size,
                                           (size_t)count * size);
}

/** Check an image of a device against the tensor of its pixels. */
static int check_image(TTMBackend *backend, const TTMTensor *tensor,
                       const TTMImage *image)
{
    const TTMVulkanImage *v = image->data;

    if (!backend->functions->image_read)
        return ttm_fail(backend->log, TTM_ERR_UNSUPPORTED, "an image on a Vulkan "
                        "device does not reach the device '%s': use "
                        "device=vulkan, or images in host memory",
                        backend->functions->name);
    if (tensor->offset || tensor_bytes(tensor) != (size_t)image->width * (size_t)image->height * 3 *
                                (size_t)(v->depth / 8))
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "a tensor of %zu bytes is "
                        "not for an image of %dx%d", tensor_bytes(tensor),
                        image->width, image->height);
    return 0;
}

int ttm_tensor_from_image(TTMBackend *backend, const TTMTensor *tensor,
                          const TTMImage *image)
{
    int ret = check_image(backend, tensor, image);

    return ret < 0 ? ret : backend->functions->image_read(backend, image,
                                                          tensor->buffer);
}

int ttm_tensor_to_image(TTMBackend *backend, const TTMTensor *tensor,
                        const TTMImage *image)
{
    int ret = check_image(backend, tensor, image);

    return ret < 0 ? ret : backend->functions->image_write(backend, image,
                                                           tensor->buffer);
}

/** What each external of @p plan is, in its order; NULL when memory is short. */
static TTMExternal *list_externals(const TTMGraph *graph, const TTMPlan *plan)
{
    TTMExternal *externals = ttm_array_alloc(plan->nb_inputs + plan->nb_outputs,
                                             sizeof(*externals));
    int index = 0;

    if (!externals)
        return NULL;
    for (int i = 0; i < graph->nb_nodes; i++) {
        const TTMNode *node = &graph->nodes[i];

        if (node->op == TTM_OP_INPUT)
            externals[index++] = (TTMExternal){ node->name, node->shape,
                                                node->dtype };
    }
    for (int i = 0; i < graph->nb_outputs; i++) {
        const TTMNode *node = &graph->nodes[graph->outputs[i]];

        externals[index++] = (TTMExternal){ ttm_graph_output_name(graph, i),
                                            node->shape, node->dtype };
    }
    return externals;
}

int ttm_program_bytes(TTMBackend *backend, const TTMGraph *graph, size_t *bytes)
{
    const TTMLog *log = backend->log;
    TTMPlan *plan;
    int ret = ttm_plan_create(&plan, graph, backend->alignment);

    *bytes = 0;
    if (ret < 0)
        return ret;
    backend->log = graph->log;
    for (int i = 0; i < plan->nb_order && ret >= 0; i++)
        ret = backend->functions->supports(backend, graph, plan->order[i]);
    if (ret >= 0)
        ret = backend->functions->program_bytes(backend, graph, plan, bytes);
    backend->log = log;
    for (int i = 0; i < graph->nb_nodes; i++)
        if (plan->placement[i].place == TTM_PLACE_EXTERNAL)
            *bytes += ttm_shape_count(&graph->nodes[i].shape) *
                      ttm_dtype_size(graph->nodes[i].dtype);
    ttm_plan_free(&plan);
    return ret;
}

int ttm_program_create(TTMBackend *backend, const TTMGraph *graph,
                       TTMProgram **program, TTMPlan **plan)
{
    TTMExternal *externals = NULL;
    int ret;

    *program = NULL;
    ret = ttm_plan_create(plan, graph, backend->alignment);
    if (ret < 0)
        return ret;
    for (int i = 0; i < (*plan)->nb_order; i++) {
        ret = backend->functions->supports(backend, graph, (*plan)->order[i]);
        if (ret < 0)
            goto fail;
    }
    externals = list_externals(graph, *plan);
    if (!externals) {
        ret = ttm_fail(backend->log, TTM_ERR_MEMORY,
                       "%s: out of memory for the program", graph->name);
        goto fail;
    }
    ret = backend->functions->program_create(backend, graph, *plan, program);
    if (ret < 0)
        goto fail;
    (*program)->externals    = externals;
    (*program)->nb_externals = (*plan)->nb_inputs + (*plan)->nb_outputs;
    account(backend, (*program)->bytes);
    return 0;

fail:
    *program = NULL;
    free(externals);
    ttm_plan_free(plan);
    return ret;
}

int ttm_program_run(TTMBackend *backend, TTMProgram *program,
                    const TTMTensor *externals, int nb_externals)
{
    char text[80], wanted[80];

    if (nb_externals != program->nb_externals)
        return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "%d tensors are bound "
                        "to a program that has %d", nb_externals,
                        program->nb_externals);
    for (int i = 0; i < nb_externals; i++) {
        const TTMExternal *e = &program->externals[i];
        const TTMTensor *t   = &externals[i];

        if (!tensor_bytes(t) || t->dtype != e->dtype ||
            !ttm_shape_equal(&t->shape, &e->shape))
            return ttm_fail(backend->log, TTM_ERR_ARGUMENT, "'%s' needs a "
                            "tensor %s %s, not %s %s", e->name,
                            ttm_dtype_name(e->dtype),
                            ttm_shape_string(&e->shape, wanted, sizeof(wanted)),
                            ttm_dtype_name(t->dtype),
                            ttm_shape_string(&t->shape, text, sizeof(text)));
    }
    if (ttm_cancelled(backend->cancel))
        return TTM_ERR_CANCELLED;
    return backend->functions->program_run(backend, program, externals,
                                           nb_externals);
}

void ttm_program_free(TTMBackend *backend, TTMProgram **program)
{
    TTMExternal *externals;

    if (!*program)
        return;
    externals = (*program)->externals;
    backend->bytes_allocated -= (*program)->bytes;
    backend->functions->program_free(backend, *program);
    free(externals);
    *program = NULL;
}
