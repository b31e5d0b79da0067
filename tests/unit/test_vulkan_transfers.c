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
 * Copies to, from and between tensors of a Vulkan device: they go with the next
 * submission, keep their order whatever they overlap with, and survive a submission
 * that fails.
 */

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <stdlib.h>

#include "backend/vulkan/program.h"
#include "util/rng.h"

/** The functions that the fakes below stand for, and what they do. */
static struct {
    TTMVkFunctions real;
    int submissions, commands;  ///< so far
    int fail;                   ///< submissions that answer with result
    VkResult result;
} fake;

static VkResult VKAPI_CALL fake_submit(VkQueue queue, uint32_t nb,
                                       const VkSubmitInfo *info, VkFence fence)
{
    if (fake.fail > 0) {
        fake.fail--;
        return fake.result;
    }
    fake.submissions++;
    for (uint32_t i = 0; i < nb; i++)
        fake.commands += info[i].commandBufferCount;
    return fake.real.QueueSubmit(queue, nb, info, fence);
}

static VkResult VKAPI_CALL fake_end(VkCommandBuffer commands)
{
    return fake.fail-- > 0 ? fake.result : fake.real.EndCommandBuffer(commands);
}

/** A device as it is, or with memory that the host cannot see. */
static TTMBackend *fake_device(int staged)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;

    memset(&fake, 0, sizeof(fake));
    fake.real = vk->fn;
    vk->fn.QueueSubmit = fake_submit;
    if (staged)
        vk->type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    return backend;
}

#define COUNT 4096

static void create(TTMBackend *backend, TTMTensor *tensors, int nb)
{
    for (int i = 0; i < nb; i++)
        assert_int_equal(ttm_tensor_create(backend, &tensors[i], TTM_SHAPE(COUNT),
                                           TTM_DTYPE_F32), 0);
}

static void destroy(TTMBackend *backend, TTMTensor *tensors, int nb)
{
    for (int i = 0; i < nb; i++)
        ttm_tensor_free(backend, &tensors[i]);
}

static void write(TTMBackend *backend, const TTMTensor *tensor, float value)
{
    float data[COUNT];

    for (int i = 0; i < COUNT; i++)
        data[i] = value + (float)i;
    assert_int_equal(ttm_tensor_write(backend, tensor, data, TTM_DTYPE_F32), 0);
}

static void check(TTMBackend *backend, const TTMTensor *tensor, float value)
{
    float data[COUNT];

    assert_int_equal(ttm_tensor_read(backend, tensor, data, TTM_DTYPE_F32), 0);
    for (int i = 0; i < COUNT; i++)
        assert_true(data[i] == value + (float)i);
}

static void copy(TTMBackend *backend, const TTMTensor *to, const TTMTensor *from)
{
    assert_int_equal(ttm_tensor_copy(backend, to, 0, from, 0, COUNT), 0);
}

/** Any number of copies go ahead of a run, in its submission. */
static void gather(int staged)
{
    TTMBackend *backend = fake_device(staged);
    TTMGraph *graph = ttm_graph_create(&test_device_log, "gather", TTM_DTYPE_F32);
    TTMTensor t[5];
    TTMProgram *program;
    TTMPlan *plan;

    ttm_graph_output(graph, ttm_graph_scale(graph,
        ttm_graph_input(graph, "x", TTM_SHAPE(COUNT), TTM_DTYPE_F32), 1, 1));
    assert_int_equal(ttm_program_create(backend, graph, &program, &plan), 0);
    create(backend, t, 5);
    write(backend, &t[0], 7);
    fake.submissions = fake.commands = 0;
    for (int i = 1; i < 4; i++)
        copy(backend, &t[i], &t[i - 1]);
    assert_int_equal(fake.submissions, 0);
    assert_int_equal(ttm_program_run(backend, program,
                                     (TTMTensor[]){ t[3], t[4] }, 2), 0);
    assert_int_equal(fake.submissions, 1);
    assert_int_equal(fake.commands, 2);
    check(backend, &t[4], 8);
    assert_int_equal(fake.submissions, 1 + staged);     /* the device reads it */
    check(backend, &t[2], 7);
    destroy(backend, t, 5);
    ttm_program_free(backend, &program);
    ttm_plan_free(&plan);
    ttm_graph_free(&graph);
    ttm_backend_close(&backend);
}

static void test_gather(void **state)
{
    (void)state;
    gather(0);
    gather(1);
}

/** Writes, copies and reads of any ranges, against the same done by the host. */
static void random_order(int staged, uint64_t seed)
{
    enum { TENSORS = 4, STEPS = 400 };
    TTMBackend *backend = fake_device(staged);
    float (*model)[COUNT] = calloc(TENSORS, sizeof(*model));
    float data[COUNT];
    TTMTensor t[TENSORS];

    create(backend, t, TENSORS);
    for (int n = 0; n < STEPS; n++) {
        uint32_t r[4];
        int to, from, at, first, count;

        ttm_philox((uint32_t[]){ n, 0, 0, 0 }, (uint32_t[]){ (uint32_t)seed, 0 }, r);
        to    = r[0] % TENSORS;
        from  = (to + 1 + r[0] / TENSORS % (TENSORS - 1)) % TENSORS;
        count = 1 + r[1] % (COUNT / 2);
        at    = r[2] % (COUNT - count);
        first = r[3] % (COUNT - count);
        switch (r[0] >> 16 & 7) {
        case 0: {
            TTMTensor part = t[to];

            part.offset = at * sizeof(float);
            part.shape  = TTM_SHAPE(count);
            for (int i = 0; i < count; i++)
                data[i] = model[to][at + i] = (float)(n * COUNT + i);
            assert_int_equal(ttm_tensor_write(backend, &part, data,
                                              TTM_DTYPE_F32), 0);
            break;
        }
        case 1:
            assert_int_equal(ttm_tensor_read(backend, &t[to], data,
                                             TTM_DTYPE_F32), 0);
            assert_memory_equal(data, model[to], sizeof(data));
            break;
        case 2:                     /* its memory may be used again at once */
            ttm_tensor_free(backend, &t[to]);
            create(backend, &t[to], 1);
            memset(model[to], 0, sizeof(model[to]));
            break;
        default:
            assert_int_equal(ttm_tensor_copy(backend, &t[to], at, &t[from], first,
                                             count), 0);
            memcpy(model[to] + at, model[from] + first, count * sizeof(float));
            break;
        }
    }
    destroy(backend, t, TENSORS);
    ttm_backend_close(&backend);
    free(model);
}

static void test_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        random_order(0, seed);
        random_order(1, seed);
    }
}

/** More than the staging buffer has room for, in both directions. */
static void test_large(void **state)
{
    enum { LARGE = 10 << 20 };
    TTMBackend *backend = fake_device(1);
    uint32_t *data = malloc(LARGE * sizeof(*data));
    TTMTensor t;

    (void)state;
    for (int i = 0; i < LARGE; i++)
        data[i] = i * 2654435761u;
    assert_int_equal(ttm_tensor_create(backend, &t, TTM_SHAPE(LARGE), TTM_DTYPE_U32),
                     0);
    assert_int_equal(ttm_tensor_write(backend, &t, data, TTM_DTYPE_U32), 0);
    memset(data, 0, LARGE * sizeof(*data));
    assert_int_equal(ttm_tensor_read(backend, &t, data, TTM_DTYPE_U32), 0);
    for (int i = 0; i < LARGE; i++)
        assert_true(data[i] == i * 2654435761u);
    ttm_tensor_free(backend, &t);
    free(data);
    ttm_backend_close(&backend);
}

/** A submission for which there is no memory: the copies go with the next one. */
static void test_again(void **state)
{
    (void)state;
    for (int staged = 0; staged < 2; staged++) {
        TTMBackend *backend = fake_device(staged);
        TTMTensor t[3];

        create(backend, t, 3);
        write(backend, &t[0], 3);
        copy(backend, &t[1], &t[0]);
        fake.fail   = 1;
        fake.result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
        assert_int_equal(ttm_tensor_read(backend, &t[1], (float[COUNT]){ 0 },
                                         TTM_DTYPE_F32), TTM_ERR_MEMORY);
        assert_contains(test_device_messages.error, "OUT_OF_DEVICE_MEMORY");
        assert_false(ttm_backend_is_lost(backend));
        copy(backend, &t[2], &t[1]);
        check(backend, &t[2], 3);
        check(backend, &t[1], 3);
        destroy(backend, t, 3);
        ttm_backend_close(&backend);
    }
}

/** Copies that can never be done: the device must be opened anew. */
static void test_lost(void **state)
{
    TTMBackend *backend = fake_device(0);
    TTMVk *vk = backend->private_data;
    TTMTensor t[2];

    (void)state;
    create(backend, t, 2);
    copy(backend, &t[1], &t[0]);
    vk->fn.EndCommandBuffer = fake_end;
    fake.fail   = 1;
    fake.result = VK_ERROR_OUT_OF_HOST_MEMORY;
    assert_int_equal(ttm_tensor_read(backend, &t[1], (float[COUNT]){ 0 },
                                     TTM_DTYPE_F32), TTM_ERR_MEMORY);
    assert_true(ttm_backend_is_lost(backend));
    destroy(backend, t, 2);
    ttm_backend_close(&backend);

    /* nor can those of a buffer that is freed */
    backend = fake_device(0);
    create(backend, t, 2);
    copy(backend, &t[1], &t[0]);
    fake.fail   = 1;
    fake.result = VK_ERROR_DEVICE_LOST;
    ttm_tensor_free(backend, &t[0]);
    assert_true(ttm_backend_is_lost(backend));
    ttm_tensor_free(backend, &t[1]);
    ttm_backend_close(&backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_lost),
    };

    return cmocka_run_group_tests_name("vulkan transfers", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP Vulkan transfers: not in this build\n1..1\n");
    return 0;
}

#endif
