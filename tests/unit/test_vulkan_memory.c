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
 * Memory of a Vulkan device: small tensors share allocations, clips hold what was
 * planned and no more with each, and where it runs out in the middle the clip ends
 * with an error and the next one is right.
 */

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <stdlib.h>

#include "backend/vulkan/program.h"
#include "clip/context.h"
#include "util/rng.h"

/** The functions that the fakes below stand for. */
static struct {
    TTMVkFunctions real;
    VkDeviceSize largest;       ///< allocation that is granted
    int left;                   ///< calls until they fail
    int failures;               ///< that follow; those after them succeed
} fake;

/** 1 when this call is to fail. */
static int fails(void)
{
    return fake.left-- <= 0 && fake.failures-- > 0;
}

static VkResult VKAPI_CALL allocate(VkDevice device, const VkMemoryAllocateInfo *info,
                                    const VkAllocationCallbacks *allocator,
                                    VkDeviceMemory *memory)
{
    return info->allocationSize > fake.largest || fails() ?
           VK_ERROR_OUT_OF_DEVICE_MEMORY :
           fake.real.AllocateMemory(device, info, allocator, memory);
}

static VkResult VKAPI_CALL submit(VkQueue queue, uint32_t nb, const VkSubmitInfo *info,
                                  VkFence fence)
{
    return fails() ? VK_ERROR_OUT_OF_DEVICE_MEMORY :
                     fake.real.QueueSubmit(queue, nb, info, fence);
}

static TTMTensor tensor_of(TTMBackend *backend, int count, int ret)
{
    TTMTensor t;

    assert_int_equal(ttm_tensor_create(backend, &t, TTM_SHAPE(count), TTM_DTYPE_U32),
                     ret);
    return t;
}

static void fill(TTMBackend *backend, const TTMTensor *t, uint32_t first)
{
    const int64_t count = t->shape.dim[0];
    uint32_t *data = malloc(count * sizeof(*data));

    for (int64_t i = 0; i < count; i++)
        data[i] = first + (uint32_t)i;
    assert_int_equal(ttm_tensor_write(backend, t, data, TTM_DTYPE_U32), 0);
    free(data);
}

static void check(TTMBackend *backend, const TTMTensor *t, uint32_t first)
{
    const int64_t count = t->shape.dim[0];
    uint32_t *data = malloc(count * sizeof(*data));

    assert_int_equal(ttm_tensor_read(backend, t, data, TTM_DTYPE_U32), 0);
    for (int64_t i = 0; i < count; i++)
        assert_int_equal(data[i], first + (uint32_t)i);
    free(data);
}

/** Tensors of all sizes come and go; none reaches into another. */
static void pieces(int staged)
{
    enum { NB = 40, STEPS = 1000, MOST = 320000 };
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    TTMTensor tensors[NB] = { 0 };
    uint32_t first[NB];

    if (staged)
        vk->type = VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
    for (int n = 0; n < STEPS; n++) {
        uint32_t r[4];
        int i;

        ttm_philox((uint32_t[]){ n, 0, 0, 0 }, (uint32_t[]){ 11, staged }, r);
        i = r[0] % NB;
        if (tensors[i].buffer) {
            const TTMVkMemory *m = &((TTMVkBuffer *)tensors[i].buffer)->memory;

            assert_int_equal(m->offset % vk->limits.minStorageBufferOffsetAlignment, 0);
            check(backend, &tensors[i], first[i]);
            ttm_tensor_free(backend, &tensors[i]);
            continue;
        }
        first[i]   = r[1];
        tensors[i] = tensor_of(backend, 1 + (r[2] & 3 ? r[3] % 5000 : r[3] % MOST), 0);
        fill(backend, &tensors[i], first[i]);
    }
    assert_true(vk->nb_blocks > 0);
    for (int i = 0; i < NB; i++) {
        if (tensors[i].buffer)
            check(backend, &tensors[i], first[i]);
        ttm_tensor_free(backend, &tensors[i]);
    }
    /* what is left is the staging buffer */
    assert_int_equal(vk->nb_blocks, staged);
    ttm_backend_close(&backend);
}

static void test_pieces(void **state)
{
    (void)state;
    pieces(0);
    pieces(1);
}

/** A thousand small tensors, and how many allocations they need. */
static void test_few(void **state)
{
    enum { NB = 1000 };
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    TTMTensor *tensors = calloc(NB, sizeof(*tensors));

    (void)state;
    vk->nb_allocations = 0;
    for (int i = 0; i < NB; i++)
        tensors[i] = tensor_of(backend, 1 + i, 0);
    /* 2 MB of numbers, 256 bytes at a time */
    assert_in_range(vk->nb_allocations, 2, 3);
    for (int i = 0; i < NB; i++)
        ttm_tensor_free(backend, &tensors[i]);
    assert_int_equal(vk->memory_held, 0);
    free(tensors);
    ttm_backend_close(&backend);
}

/** Where there is no block to be had, a tensor still gets what it needs. */
static void test_refused(void **state)
{
    TTMBackend *backend = test_device_first();
    TTMVk *vk = backend->private_data;
    TTMTensor small, other;

    (void)state;
    fake.real    = vk->fn;
    fake.left    = 1 << 30;
    fake.largest = 4096;
    vk->fn.AllocateMemory = allocate;
    small = tensor_of(backend, 100, 0);
    assert_true(vk->memory_held <= 4096);
    fill(backend, &small, 5);
    tensor_of(backend, 5000, TTM_ERR_MEMORY);
    assert_contains(test_device_messages.error, "tensors need 1 MiB");
    assert_contains(test_device_messages.error, "OUT_OF_DEVICE_MEMORY");
    fake.largest = (VkDeviceSize)1 << 30;
    other = tensor_of(backend, 5000, 0);
    check(backend, &small, 5);
    ttm_tensor_free(backend, &small);
    ttm_tensor_free(backend, &other);
    assert_int_equal(vk->memory_held, 0);
    ttm_backend_close(&backend);
}

#define SIZE   64
#define FRAMES 3

/** Log of a clip: the last error, and the mebibytes that are planned. */
typedef struct ClipLog {
    char error[1024];
    double planned;
} ClipLog;

static ClipLog clip_log;

static void listen(void *opaque, enum TTMLogLevel level, const char *message)
{
    ClipLog *log = opaque;

    if (level == TTM_LOG_ERROR)
        snprintf(log->error, sizeof(log->error), "%s", message);
    if (strstr(message, "memory: "))
        sscanf(strstr(message, "memory: "), "memory: %lf", &log->planned);
}

static TTMContext *open_clips(const char *memory)
{
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx = NULL;
    int ret = 0;

    assert_non_null(settings);
    memset(&clip_log, 0, sizeof(clip_log));
    ttm_settings_set_log(settings, listen, &clip_log);
    ret |= ttm_settings_set(settings, "model", "tests/ref/bundle");
    ret |= ttm_settings_set(settings, "prompt", "the red square moves right");
    ret |= ttm_settings_set(settings, "device", "vulkan:0");
    ret |= ttm_settings_set_int(settings, "frames", FRAMES);
    ret |= ttm_settings_set_int(settings, "steps", 2);
    ret |= ttm_settings_set_int(settings, "seed", 7);
    if (memory)
        ret |= ttm_settings_set(settings, "memory", memory);
    assert_int_equal(ret, 0);
    ret = ttm_open(&ctx, settings);
    ttm_settings_free(&settings);
    if (ret < 0)
        skip();
    return ctx;
}

/** A clip: its frames, or what ended it. */
static int run(TTMContext *ctx, uint8_t *frames)
{
    uint8_t pixels[3 * SIZE * SIZE];
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_RGB8, SIZE, SIZE, 3 * SIZE, pixels };
    int ret;

    for (int i = 0; i < SIZE * SIZE; i++) {
        int x = i % SIZE, y = i / SIZE, in = x > 10 && x < 40 && y > 20 && y < 50;

        pixels[3 * i]     = in ? 255 : 40;
        pixels[3 * i + 1] = in ? 30 : 60 + y;
        pixels[3 * i + 2] = in ? 30 : 200;
    }
    ret = ttm_set_image(ctx, &image);
    if (ret < 0)
        return ret;
    while ((ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    for (int i = 0; i < FRAMES && ret >= 0; i++) {
        image.data = frames + (size_t)i * sizeof(pixels);
        ret = ttm_get_frame(ctx, i, &image);
    }
    return ret;
}

/** Thirty clips hold no more than the first, which holds what was planned. */
static void test_clips(void **state)
{
    static const char *const budgets[] = { NULL, "4M" };
    uint8_t *frames = malloc((size_t)FRAMES * 3 * SIZE * SIZE);
    uint8_t *again  = malloc((size_t)FRAMES * 3 * SIZE * SIZE);

    (void)state;
    for (int k = 0; k < 2; k++) {
        TTMContext *ctx = open_clips(budgets[k]);
        TTMVk *vk = ctx->backend->private_data;
        size_t held = 0, peak = 0;

        assert_int_equal(run(ctx, frames), 0);
        for (int i = 0; i < (k ? 3 : 30); i++) {
            assert_int_equal(run(ctx, again), 0);
            assert_memory_equal(frames, again, (size_t)FRAMES * 3 * SIZE * SIZE);
            if (!i) {
                held = vk->memory_held;
                peak = vk->memory_peak;
            }
            assert_int_equal(vk->memory_held, held);
            assert_int_equal(vk->memory_peak, peak);
        }
        assert_true(clip_log.planned > 0);
        assert_true((double)peak / (1 << 20) <= clip_log.planned + 0.05);
        if (k)
            assert_true(peak <= 4 << 20);
        ttm_close(&ctx);
    }
    free(again);
    free(frames);
}

/** Memory that runs out at one call after the other, be it for good or once. */
static void exhaust(int submissions, int failures, int stride)
{
    uint8_t *frames = malloc((size_t)FRAMES * 3 * SIZE * SIZE);
    uint8_t *again  = malloc((size_t)FRAMES * 3 * SIZE * SIZE);
    TTMContext *ctx = open_clips(NULL);
    int ended = 0, at = 0, ret;

    assert_int_equal(run(ctx, frames), 0);
    ttm_close(&ctx);
    do {
        TTMVk *vk;

        ctx = open_clips(NULL);
        vk  = ctx->backend->private_data;
        fake.real     = vk->fn;
        fake.largest  = (VkDeviceSize)1 << 40;
        fake.left     = at;
        fake.failures = failures;
        if (submissions)
            vk->fn.QueueSubmit = submit;
        else
            vk->fn.AllocateMemory = allocate;
        ret = run(ctx, again);
        if (ret < 0) {
            assert_int_equal(ret, TTM_ERR_MEMORY);
            assert_contains(clip_log.error, "OUT_OF_DEVICE_MEMORY");
            ended++;
            fake.failures = 0;
            assert_int_equal(run(ctx, again), 0);
        }
        assert_memory_equal(frames, again, (size_t)FRAMES * 3 * SIZE * SIZE);
        ttm_close(&ctx);
        at += stride;
    } while (fake.left < 0);    /* until a clip needs no more calls than succeed */
    assert_true(ended > 0);
    print_message("# %s failed at %d calls: %d clips ended, and each next one was right\n",
                  submissions ? "submissions" : "allocations", at / stride - 1, ended);
    free(again);
    free(frames);
}

static void test_exhausted(void **state)
{
    (void)state;
    exhaust(0, 1 << 30, 1);
    exhaust(1, 1, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_clips),
        cmocka_unit_test(test_exhausted),
    };

    return cmocka_run_group_tests_name("vulkan memory", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP Vulkan memory: not in this build\n1..1\n");
    return 0;
}

#endif
