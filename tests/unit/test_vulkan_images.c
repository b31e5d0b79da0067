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
 * A device that the caller opened, and images on it: what goes in comes out, in
 * every arrangement of R, G and B; wrong descriptions are refused.
 */

#include "config.h"
#include "vulkan_device.h"

#if HAVE_VULKAN

#include <stdlib.h>

#include "backend/vulkan/vk.h"

#define WIDTH  67
#define HEIGHT 13
#define PIXELS (WIDTH * HEIGHT)

/** The caller: a device that the backend itself opened plays its part. */
typedef struct Caller {
    TTMBackend *owner, *backend;
    VkPhysicalDeviceVulkan12Features f12;
    VkPhysicalDeviceFeatures2 features;
    TTMVulkanDevice device;
    int locked, locks;
    VkImage images[4];
    VkDeviceMemory memory[4];
    VkSemaphore semaphores[4];
} Caller;

static void lock(void *opaque, uint32_t family, uint32_t index)
{
    Caller *c = opaque;

    assert_int_equal(family, c->device.queue_family);
    assert_int_equal(index, 0);
    assert_int_equal(c->locked++, 0);
    c->locks++;
}

static void unlock(void *opaque, uint32_t family, uint32_t index)
{
    Caller *c = opaque;

    (void)family, (void)index;
    assert_int_equal(--c->locked, 0);
}

static void begin(Caller *c)
{
    TTMVk *vk;

    memset(c, 0, sizeof(*c));
    c->owner = test_device_first();
    vk = c->owner->private_data;
    c->f12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    c->f12.timelineSemaphore = VK_TRUE;
    c->features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    c->features.pNext = &c->f12;
    c->device = (TTMVulkanDevice){
        .struct_size     = sizeof(c->device),
        .get_instance_proc_addr = (void (*(*)(void *, const char *))(void))
                                  (void (*)(void))vk->fn.GetInstanceProcAddr,
        .instance = vk->instance, .physical_device = vk->physical,
        .device = vk->device, .api_version = VK_API_VERSION_1_2,
        .queue_family = vk->queue_family, .features = &c->features,
        .lock_queue = lock, .unlock_queue = unlock, .opaque = c,
    };
}

static int borrow(Caller *c, const char *name)
{
    const TTMBackendRequest request = {
        .device = name, .precision = TTM_DTYPE_F32, .vulkan = &c->device,
    };

    memset(&test_device_messages, 0, sizeof(test_device_messages));
    return ttm_backend_open(&c->backend, &test_device_log, &request);
}

#define FUNCTION(name)                                              \
    PFN_vk##name name = (PFN_vk##name)vk->fn.GetDeviceProcAddr(     \
        vk->device, "vk" #name);                                    \
    assert_non_null(name)

/** Images of @p format for @p v, in the layout that new ones have. */
static void make_images(Caller *c, TTMVulkanImage *v, VkFormat format)
{
    TTMVk *vk = c->owner->private_data;
    const VkImageCreateInfo info = {
        .sType       = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType   = VK_IMAGE_TYPE_2D,
        .format      = format,
        .extent      = { WIDTH, HEIGHT, 1 },
        .mipLevels   = 1,
        .arrayLayers = 1,
        .samples     = VK_SAMPLE_COUNT_1_BIT,
        .tiling      = VK_IMAGE_TILING_OPTIMAL,
        .usage       = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                       VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    const VkSemaphoreTypeCreateInfo type = {
        .sType         = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
        .initialValue  = 5,
    };
    const VkSemaphoreCreateInfo semaphore = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type,
    };
    FUNCTION(CreateImage);
    FUNCTION(GetImageMemoryRequirements);
    FUNCTION(BindImageMemory);

    for (int i = 0; i < v->nb_planes; i++) {
        VkMemoryRequirements needs;
        VkMemoryAllocateInfo memory = {
            .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        };

        assert_int_equal(CreateImage(vk->device, &info, NULL, &c->images[i]), 0);
        GetImageMemoryRequirements(vk->device, c->images[i], &needs);
        memory.allocationSize = needs.size;
        while (!(needs.memoryTypeBits >> memory.memoryTypeIndex & 1))
            memory.memoryTypeIndex++;
        assert_int_equal(vk->fn.AllocateMemory(vk->device, &memory, NULL,
                                               &c->memory[i]), 0);
        assert_int_equal(BindImageMemory(vk->device, c->images[i], c->memory[i],
                                         0), 0);
        assert_int_equal(vk->fn.CreateSemaphore(vk->device, &semaphore, NULL,
                                                &c->semaphores[i]), 0);
        v->image[i]     = (uint64_t)(uintptr_t)c->images[i];
        v->semaphore[i] = (uint64_t)(uintptr_t)c->semaphores[i];
        v->value[i]     = 5;
        v->layout[i]    = VK_IMAGE_LAYOUT_UNDEFINED;
    }
}

static void end(Caller *c)
{
    TTMVk *vk = c->owner->private_data;
    FUNCTION(DestroyImage);

    ttm_backend_close(&c->backend);
    for (int i = 0; i < 4; i++) {
        if (c->images[i])
            DestroyImage(vk->device, c->images[i], NULL);
        if (c->memory[i])
            vk->fn.FreeMemory(vk->device, c->memory[i], NULL);
        if (c->semaphores[i])
            vk->fn.DestroySemaphore(vk->device, c->semaphores[i], NULL);
    }
    ttm_backend_close(&c->owner);
}

/** Byte @p k of component @p channel of pixel @p i. */
static uint8_t value(int i, int channel, int k)
{
    return (uint8_t)(37 * i + 101 * channel + 53 * k + i / 7);
}

/** Fill, or compare with, pixels whose channels are those of @p order. */
static void pixels(uint8_t *data, int bytes, const int order[3], int check)
{
    for (int i = 0; i < PIXELS; i++)
        for (int c = 0; c < 3; c++)
            for (int k = 0; k < bytes; k++, data++) {
                uint8_t wanted = order[c] < 0 ? 255 : value(i, order[c], k);

                if (check)
                    assert_int_equal(*data, wanted);
                else
                    *data = wanted;
            }
}

/**
 * Write R, G, B into images arranged as @p v says, then read it with R, G and B
 * where @p other says: the channels must come out in @p order.
 */
static void round_trip(VkFormat format, TTMVulkanImage v, TTMVulkanImage other,
                       const int order[3])
{
    static const int rgb[3] = { 0, 1, 2 };
    const int bytes = v.depth / 8;
    TTMImage image = { sizeof(TTMImage), TTM_PIXEL_VULKAN, WIDTH, HEIGHT, 0, &v };
    uint8_t *data = malloc((size_t)PIXELS * 3 * bytes);
    TTMTensor tensor;
    Caller c;

    begin(&c);
    assert_int_equal(borrow(&c, "vulkan"), 0);
    make_images(&c, &v, format);
    assert_int_equal(ttm_tensor_create(c.backend, &tensor,
                                       TTM_SHAPE(HEIGHT, WIDTH * 3 * bytes),
                                       TTM_DTYPE_U8), 0);
    pixels(data, bytes, rgb, 0);
    assert_int_equal(ttm_tensor_write(c.backend, &tensor, data, TTM_DTYPE_U8), 0);
    assert_int_equal(ttm_tensor_to_image(c.backend, &tensor, &image), 0);
    memset(data, 1, (size_t)PIXELS * 3 * bytes);
    assert_int_equal(ttm_tensor_write(c.backend, &tensor, data, TTM_DTYPE_U8), 0);
    for (int i = 0; i < v.nb_planes; i++) {
        assert_int_equal(v.value[i], 6);
        assert_int_equal(v.layout[i], VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    }
    memcpy(v.step, other.step, sizeof(v.step));
    memcpy(v.plane, other.plane, sizeof(v.plane));
    memcpy(v.offset, other.offset, sizeof(v.offset));
    assert_int_equal(ttm_tensor_from_image(c.backend, &tensor, &image), 0);
    assert_int_equal(v.value[0], 7);
    assert_int_equal(ttm_tensor_read(c.backend, &tensor, data, TTM_DTYPE_U8), 0);
    pixels(data, bytes, order, 1);
    assert_true(c.locks >= 2);
    assert_string_equal(test_device_messages.error, "");
    ttm_tensor_free(c.backend, &tensor);
    free(data);
    end(&c);
}

static const TTMVulkanImage rgba = {
    .struct_size = sizeof(rgba),
    .nb_planes = 1, .depth = 8, .step = { 4 }, .offset = { 0, 1, 2 },
};

static void test_packed(void **state)
{
    TTMVulkanImage bgra = rgba, argb = rgba, wide = rgba;

    (void)state;
    bgra.offset[0] = 2;
    bgra.offset[2] = 0;
    argb.offset[0] = 3;             /* reads opaque for red */
    wide.depth     = 16;
    round_trip(VK_FORMAT_R8G8B8A8_UNORM, rgba, rgba, (const int[]){ 0, 1, 2 });
    round_trip(VK_FORMAT_R8G8B8A8_UNORM, rgba, bgra, (const int[]){ 2, 1, 0 });
    round_trip(VK_FORMAT_R8G8B8A8_UNORM, bgra, rgba, (const int[]){ 2, 1, 0 });
    round_trip(VK_FORMAT_R8G8B8A8_UNORM, rgba, argb, (const int[]){ -1, 1, 2 });
    round_trip(VK_FORMAT_R16G16B16A16_UNORM, wide, wide, (const int[]){ 0, 1, 2 });
}

static void test_planes(void **state)
{
    const TTMVulkanImage gbr = {
        .struct_size = sizeof(gbr),
        .nb_planes = 3, .depth = 8, .step = { 1, 1, 1 }, .plane = { 2, 0, 1 },
    };
    TTMVulkanImage rgb = gbr, wide = gbr;

    (void)state;
    for (int i = 0; i < 3; i++)
        rgb.plane[i] = i;
    wide.depth = 16;
    round_trip(VK_FORMAT_R8_UNORM, gbr, gbr, (const int[]){ 0, 1, 2 });
    round_trip(VK_FORMAT_R8_UNORM, gbr, rgb, (const int[]){ 1, 2, 0 });
    round_trip(VK_FORMAT_R16_UNORM, wide, wide, (const int[]){ 0, 1, 2 });
}

/** Open as the caller describes it: a code, and part of the message. */
static void refused(Caller *c, const char *name, int code, const char *part)
{
    assert_int_equal(borrow(c, name), code);
    assert_contains(test_device_messages.error, part);
    assert_null(c->backend);
}

static void test_wrong_device(void **state)
{
    Caller c;

    (void)state;
    begin(&c);
    c.f12.timelineSemaphore = VK_FALSE;
    refused(&c, "auto", TTM_ERR_UNSUPPORTED, "timelineSemaphore");
    c.f12.timelineSemaphore = VK_TRUE;
    c.device.queue_family = 77;
    refused(&c, "vulkan", TTM_ERR_UNSUPPORTED, "queue");
    c.device.queue_family = ((TTMVk *)c.owner->private_data)->queue_family;
    c.device.features = NULL;
    refused(&c, "vulkan", TTM_ERR_ARGUMENT, "features");
    c.device.features = &c.features;
    c.device.api_version = VK_API_VERSION_1_1;
    refused(&c, "vulkan", TTM_ERR_UNSUPPORTED, "1.2");
    end(&c);
}

static void test_wrong_image(void **state)
{
    TTMVulkanImage v = rgba;
    const TTMImage image = { sizeof(TTMImage), TTM_PIXEL_VULKAN, WIDTH, HEIGHT, 0, &v };
    TTMTensor tensor;
    Caller c;

    (void)state;
    begin(&c);
    assert_int_equal(borrow(&c, "vulkan"), 0);
    assert_int_equal(ttm_tensor_create(c.backend, &tensor,
                                       TTM_SHAPE(HEIGHT, WIDTH * 3),
                                       TTM_DTYPE_U8), 0);
    assert_int_equal(ttm_tensor_from_image(c.backend, &tensor, &image),
                     TTM_ERR_ARGUMENT);     /* no handles */
    assert_contains(test_device_messages.error, "planes");
    make_images(&c, &v, VK_FORMAT_R8G8B8A8_UNORM);
    v.offset[1] = 4;
    assert_int_equal(ttm_tensor_to_image(c.backend, &tensor, &image),
                     TTM_ERR_ARGUMENT);
    v.offset[1] = 1;
    v.depth     = 16;                       /* not the tensor's size */
    assert_int_equal(ttm_tensor_to_image(c.backend, &tensor, &image),
                     TTM_ERR_ARGUMENT);
    ttm_tensor_free(c.backend, &tensor);
    ttm_backend_close(&c.backend);

    /* a device of ttm's own cannot see the image */
    assert_int_equal(borrow(&c, "vulkan:0"), 0);
    v.depth = 8;
    assert_int_equal(ttm_tensor_create(c.backend, &tensor,
                                       TTM_SHAPE(HEIGHT, WIDTH * 3),
                                       TTM_DTYPE_U8), 0);
    assert_int_equal(ttm_tensor_from_image(c.backend, &tensor, &image),
                     TTM_ERR_ARGUMENT);
    assert_contains(test_device_messages.error, "device");
    assert_int_equal(v.value[0], 5);
    ttm_tensor_free(c.backend, &tensor);
    ttm_backend_close(&c.backend);

    assert_int_equal(borrow(&c, "cpu"), 0);
    assert_int_equal(ttm_tensor_create(c.backend, &tensor,
                                       TTM_SHAPE(HEIGHT, WIDTH * 3),
                                       TTM_DTYPE_U8), 0);
    assert_int_equal(ttm_tensor_from_image(c.backend, &tensor, &image),
                     TTM_ERR_UNSUPPORTED);
    assert_contains(test_device_messages.error, "device=vulkan");
    ttm_tensor_free(c.backend, &tensor);
    end(&c);
}

/* A network on the borrowed device, and the owner's goes on afterwards. */
static void test_network(void **state)
{
    TTMNetwork *network;
    float weight[16];
    Caller c;

    (void)state;
    begin(&c);
    assert_int_equal(borrow(&c, "vulkan"), 0);
    for (int i = 0; i < 2; i++) {
        TTMBackend *backend = i ? c.owner : c.backend;

        assert_int_equal(ttm_network_create(&network, backend,
                                            test_double_graph(2, weight)), 0);
        test_double_check(network, 2 * 4096);
        ttm_network_free(&network);
        if (!i)
            ttm_backend_close(&c.backend);
    }
    assert_true(c.locks > 0);
    end(&c);
}

static PFN_vkGetInstanceProcAddr real_get;
static PFN_vkGetPhysicalDeviceProperties2 real_properties;
static VkPhysicalDeviceType told_type;      ///< what the devices below are said to be

static void VKAPI_CALL tell_properties(VkPhysicalDevice device,
                                       VkPhysicalDeviceProperties2 *p)
{
    real_properties(device, p);
    p->properties.deviceType = told_type;
}

static void (*get_told(void *instance, const char *name))(void)
{
    void (*function)(void) = (void (*)(void))real_get(instance, name);

    if (strcmp(name, "vkGetPhysicalDeviceProperties2"))
        return function;
    real_properties = (PFN_vkGetPhysicalDeviceProperties2)function;
    return (void (*)(void))tell_properties;
}

/** The name of the backend that a lent device of this type leads to. */
static const char *opened(Caller *c, const char *device, VkPhysicalDeviceType type)
{
    const char *name;

    told_type = type;
    assert_int_equal(borrow(c, device), 0);
    name = c->backend->functions->name;
    assert_true(c->backend->is_software ==
                (type == VK_PHYSICAL_DEVICE_TYPE_CPU && !strcmp(name, "vulkan")));
    ttm_backend_close(&c->backend);
    return name;
}

/** A lent device is software when its driver says so: then only its name takes it. */
static void test_auto(void **state)
{
    Caller c;

    (void)state;
    begin(&c);
    real_get = ((TTMVk *)c.owner->private_data)->fn.GetInstanceProcAddr;
    c.device.get_instance_proc_addr = get_told;
    assert_string_equal(opened(&c, "auto", VK_PHYSICAL_DEVICE_TYPE_CPU), "cpu");
    assert_contains(test_device_messages.info, "software");
    assert_contains(test_device_messages.info, "device=vulkan");
    assert_string_equal(opened(&c, NULL, VK_PHYSICAL_DEVICE_TYPE_CPU), "cpu");
    assert_string_equal(opened(&c, "vulkan", VK_PHYSICAL_DEVICE_TYPE_CPU), "vulkan");
    assert_string_equal(opened(&c, "auto", VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU),
                        "vulkan");
    assert_string_equal(opened(&c, "auto", VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU),
                        "vulkan");
    assert_string_equal(test_device_messages.error, "");
    end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_planes),
        cmocka_unit_test(test_wrong_device),
        cmocka_unit_test(test_wrong_image),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_auto),
    };

    return cmocka_run_group_tests_name("images on Vulkan", tests, NULL, NULL);
}

#else

int main(void)
{
    printf("ok 1 # SKIP images on Vulkan: not in this build\n1..1\n");
    return 0;
}

#endif
