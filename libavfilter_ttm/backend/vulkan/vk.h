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
 * What the files of the Vulkan backend share: the device, buffers, pipelines
 * and dispatches. Only this folder sees Vulkan.
 */

#ifndef TTM_BACKEND_VULKAN_VK_H
#define TTM_BACKEND_VULKAN_VK_H

#include "backend/backend.h"
#include "backend/vulkan/hazard.h"

/** A handle of the public header, where those that are no pointers have 64 bits. */
#if VK_USE_64_BIT_PTR_DEFINES
#define TTM_VK_HANDLE(type, value) ((type)(uintptr_t)(value))
#else
#define TTM_VK_HANDLE(type, value) ((type)(value))
#endif

/** Functions that need no instance; the loader gives the first. */
#define TTM_VK_GLOBAL_FUNCTIONS(F)  \
    F(EnumerateInstanceVersion)     \
    F(CreateInstance)

#define TTM_VK_INSTANCE_FUNCTIONS(F)        \
    F(DestroyInstance)                      \
    F(EnumeratePhysicalDevices)             \
    F(GetPhysicalDeviceProperties2)         \
    F(GetPhysicalDeviceFeatures2)           \
    F(GetPhysicalDeviceMemoryProperties)    \
    F(GetPhysicalDeviceMemoryProperties2)   \
    F(GetPhysicalDeviceQueueFamilyProperties) \
    F(EnumerateDeviceExtensionProperties)   \
    F(CreateDevice)                         \
    F(GetDeviceProcAddr)

#define TTM_VK_DEVICE_FUNCTIONS(F)  \
    F(DestroyDevice)                \
    F(GetDeviceQueue)               \
    F(DeviceWaitIdle)               \
    F(GetDeviceQueue2)              \
    F(QueueWaitIdle)                \
    F(QueueSubmit)                  \
    F(CreateBuffer)                 \
    F(DestroyBuffer)                \
    F(GetBufferMemoryRequirements)  \
    F(AllocateMemory)               \
    F(FreeMemory)                   \
    F(BindBufferMemory)             \
    F(MapMemory)                    \
    F(CreateShaderModule)           \
    F(DestroyShaderModule)          \
    F(CreatePipelineCache)          \
    F(DestroyPipelineCache)         \
    F(GetPipelineCacheData)         \
    F(CreateComputePipelines)       \
    F(DestroyPipeline)              \
    F(CreateDescriptorSetLayout)    \
    F(DestroyDescriptorSetLayout)   \
    F(CreatePipelineLayout)         \
    F(DestroyPipelineLayout)        \
    F(CreateDescriptorPool)         \
    F(DestroyDescriptorPool)        \
    F(AllocateDescriptorSets)       \
    F(UpdateDescriptorSets)         \
    F(CreateCommandPool)            \
    F(DestroyCommandPool)           \
    F(ResetCommandPool)             \
    F(AllocateCommandBuffers)       \
    F(BeginCommandBuffer)           \
    F(EndCommandBuffer)             \
    F(CmdBindPipeline)              \
    F(CmdBindDescriptorSets)        \
    F(CmdPushConstants)             \
    F(CmdDispatch)                  \
    F(CmdPipelineBarrier)           \
    F(CmdCopyBuffer)                \
    F(CmdCopyBufferToImage)         \
    F(CmdCopyImageToBuffer)         \
    F(CmdFillBuffer)                \
    F(CreateQueryPool)              \
    F(DestroyQueryPool)             \
    F(GetQueryPoolResults)          \
    F(CmdResetQueryPool)            \
    F(CmdWriteTimestamp)            \
    F(CreateSemaphore)              \
    F(DestroySemaphore)             \
    F(WaitSemaphores)

/** Pointers to all functions of Vulkan that are used. */
typedef struct TTMVkFunctions {
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
#define MEMBER(name) PFN_vk##name name;
    TTM_VK_GLOBAL_FUNCTIONS(MEMBER)
    TTM_VK_INSTANCE_FUNCTIONS(MEMBER)
    TTM_VK_DEVICE_FUNCTIONS(MEMBER)
#undef MEMBER
} TTMVkFunctions;

/** The shaders; each has a row in the table of kernels.c. */
enum TTMVkKernelId {
    TTM_VK_LINEAR,
    TTM_VK_LINEAR_ANY,
    TTM_VK_LINEAR_SOFT,
    TTM_VK_LINEAR_COOP,
    TTM_VK_LINEAR_COOP2,
    TTM_VK_LINEAR_COOP2_SUBGROUP,
    TTM_VK_CONV2D,
    TTM_VK_CONV2D_ANY,
    TTM_VK_CONV2D_SOFT,
    TTM_VK_CONV2D_COOP,
    TTM_VK_CONV2D_COOP2,
    TTM_VK_CONV2D_COOP2_SUBGROUP,
    TTM_VK_ATTENTION,
    TTM_VK_ATTENTION_SOFT,
    TTM_VK_ATTENTION_COOP,
    TTM_VK_ATTENTION_COOP2,
    TTM_VK_ATTENTION_COOP2_SUBGROUP,
    TTM_VK_NORM_STATS,
    TTM_VK_NORM_FINISH,
    TTM_VK_NORM_APPLY,
    TTM_VK_LAYER_NORM,
    TTM_VK_ADD,
    TTM_VK_ACTIVATE,
    TTM_VK_COMBINE,
    TTM_VK_EMBEDDING,
    TTM_VK_TIMESTEP,
    TTM_VK_MOVE,
    TTM_VK_REGIONS_COUNT,
    TTM_VK_REGIONS_SCAN,
    TTM_VK_REGIONS_SCATTER,
    TTM_VK_REGIONS_WORK,
    TTM_VK_IDS_CELLS,
    TTM_VK_IDS_LOST,
    TTM_VK_IDS_BOXES,
    TTM_VK_IDS_SETS,
    TTM_VK_IDS_NEAREST,
    TTM_VK_IDS_PAINT,
    TTM_VK_PICTURE,         ///< the first of TTM_PICTURE_NB, in that order
    TTM_VK_PICTURE_LAST = TTM_VK_PICTURE + TTM_PICTURE_NB - 1,
    TTM_VK_PIXELS,
    TTM_VK_WINDOW,
    TTM_VK_FOURIER,
    TTM_VK_PRODUCT,
    TTM_VK_KERNEL_NB
};

#define TTM_VK_MAX_BINDINGS  9
#define TTM_VK_MAX_CONSTANTS 12
#define TTM_VK_PUSH_BYTES    128    ///< what every device has

/** A kernel for one element type and one set of specialization constants. */
typedef struct TTMVkPipeline {
    enum TTMVkKernelId kernel;
    enum TTMDType dtype;
    int nb_constants;
    uint32_t constants[TTM_VK_MAX_CONSTANTS];   ///< [0]: threads of a workgroup
    VkPipeline pipeline;
} TTMVkPipeline;

/** Layout shared by all pipelines of a kernel. */
typedef struct TTMVkLayout {
    VkDescriptorSetLayout set;
    VkPipelineLayout pipeline;
} TTMVkLayout;

/** Which of several kernels for one op are used; option `kernels`, less one. */
enum TTMVkTier {
    TTM_VK_TIER_PLAIN,      ///< shared memory tiles: any GPU
    TTM_VK_TIER_SOFT,       ///< subgroups as vector registers: CPUs that act as a GPU
    TTM_VK_TIER_COOP,       ///< KHR cooperative matrices; f16, other ops as plain
    TTM_VK_TIER_COOP2,      ///< NV cooperative matrices 2, where these pay, else as COOP
    TTM_VK_TIER_NB
};

/** What of cooperative matrices is enabled, with what else the kernels need. */
enum TTMVkMatrices {
    TTM_VK_MATRICES_NONE,
    TTM_VK_MATRICES_KHR,
    TTM_VK_MATRICES_FLEXIBLE,   ///< NV: reductions, conversions, any dimensions
    TTM_VK_MATRICES_TENSORS,    ///< NV: and of workgroups, from and into tensors
};

/** What the dimensions of flexible matrices are multiples of: m x k by k x n. */
typedef struct TTMVkFlexible {
    uint32_t threads;           ///< of the workgroup that has the matrix, or subgroup
    uint32_t m, n, k;
} TTMVkFlexible;

#define TTM_VK_MAX_FLEXIBLE 4

/** What kernels on matrices need of a lane's registers besides the matrices they keep. */
#define TTM_VK_OTHER_REGISTERS 64

/** Where a batch of copies is. */
enum TTMVkBatch {
    TTM_VK_BATCH_NONE,          ///< there is none; the last one is submitted
    TTM_VK_BATCH_OPEN,          ///< being recorded
    TTM_VK_BATCH_ENDED,         ///< recorded, but could not be submitted yet
};

/** Copies of the device, see transfer.c. */
typedef struct TTMVkTransfers {
    VkCommandPool pool;
    VkCommandBuffer commands;
    enum TTMVkBatch state;
    uint64_t batch;             ///< number of the batch, from 1
    uint64_t value;             ///< of the timeline, when the last one submitted is done
    TTMVkHazards hazards;
    struct TTMVkBuffer *staging;    ///< made when first needed
    size_t staged;              ///< bytes of it that the batch uses
} TTMVkTransfers;

/** An open device. */
typedef struct TTMVk {
    const TTMLog *log;
    void *library;
    TTMVkFunctions fn;
    VkInstance instance;
    VkPhysicalDevice physical;
    VkDevice device;
    VkQueue queue;
    uint32_t queue_family;
    const TTMVulkanDevice *borrowed;    ///< whose device it is; NULL: ours

    char name[256], driver[520];
    uint8_t cache_id[32];           ///< of device and driver, for the pipeline cache
    uint32_t api_version, vendor;
    VkPhysicalDeviceType type;
    VkPhysicalDeviceLimits limits;
    VkPhysicalDeviceMemoryProperties memory;
    VkDeviceSize max_allocation, max_buffer;
    uint32_t subgroup_size;
    int has_f16_storage, has_subgroup_exchange;
    uint32_t least_subgroup_size;
    int can_require_size;           ///< of subgroups in compute shaders, where it is enabled
    int has_one_size;               ///< subgroups have subgroup_size lanes anyway
    int has_subgroup_size, has_full_subgroups;  ///< size and wholeness can be required
    uint32_t tiers;                 ///< bit n: enum TTMVkTier n can be used
    enum TTMVkTier tier;            ///< the one in use
    uint32_t coop_m, coop_n, coop_k;///< cooperative matrices: m x k by k x n
    uint32_t lane_registers;        ///< of 32 bits, that a lane can have
    int has_tensors;                ///< matrices of workgroups, from and into tensors
    TTMVkFlexible flexible[TTM_VK_MAX_FLEXIBLE];
    int nb_flexible;
    uint32_t flexible_most;         ///< largest dimension
    int busy_groups;                ///< workgroups that keep the whole device at work
    double submit_work;             ///< operations of one submission, about 50 ms
    double tick;                    ///< seconds of a timestamp's unit, 0: it has none
    uint64_t tick_mask;             ///< bits of a timestamp that count
    int lost;                       ///< the driver reset the device: only closing is left

    VkSemaphore timeline;
    uint64_t timeline_value;        ///< last value that a submission signals
    uint64_t timeline_done;         ///< value that it has reached, as far as is known
    struct TTMVkBlock **blocks;     ///< allocations
    size_t nb_blocks, blocks_capacity;
    size_t memory_held, memory_peak;///< bytes of them, now and at most
    size_t nb_allocations;          ///< so far
    uint64_t next_buffer_id;
    TTMVkTransfers transfers;
    struct TTMVkBuffer *planes;     ///< of images; these are made when first needed
    VkCommandPool image_command_pool;
    VkCommandBuffer image_commands;
    VkDescriptorPool image_pool;
    VkDescriptorSet image_sets[4];

    TTMVkLayout layouts[TTM_VK_KERNEL_NB];
    TTMVkPipeline **pipelines;
    size_t nb_pipelines, pipelines_capacity;
    VkPipelineCache cache;
    char *cache_path;               ///< NULL: not kept
    int cache_changed;
} TTMVk;

typedef struct TTMVkBlock TTMVkBlock;

/** Part of an allocation, see memory.c. */
typedef struct TTMVkMemory {
    TTMVkBlock *block;          ///< NULL: none
    VkDeviceMemory handle;
    VkDeviceSize offset, bytes;
} TTMVkMemory;

/** A buffer and its memory. */
typedef struct TTMVkBuffer {
    TTMBuffer base;
    VkBuffer buffer;
    TTMVkMemory memory;
    VkDeviceSize size;
    uint64_t id;                ///< never used twice
    uint64_t batch;             ///< of copies that used it last
    void *mapped;               ///< NULL where the host cannot see it
} TTMVkBuffer;

/** Name of a VkResult for messages: "VK_ERROR_DEVICE_LOST". */
const char *ttm_vk_result_name(VkResult result);

/**
 * TTM_ERR_MEMORY or TTM_ERR_DEVICE after a line "WHAT: RESULT"; notes that the
 * device is lost.
 */
int ttm_vk_fail(TTMVk *vk, VkResult result, const char *what);

/* loader.c */

/** Load libvulkan and the functions that need no instance. */
int ttm_vk_load(TTMVk *vk);
/** The instance's functions, after vk->instance is set. */
int ttm_vk_load_instance(TTMVk *vk);
/** The device's functions, after vk->device is set. */
int ttm_vk_load_device(TTMVk *vk);
void ttm_vk_unload(TTMVk *vk);

/* device.c */

/** Open @p device, or work on @p borrowed where it is not NULL. */
int ttm_vk_device_open(TTMVk *vk, const char *device,
                       const TTMVulkanDevice *borrowed);
void ttm_vk_device_close(TTMVk *vk);

/* extension.c */

/** 1 when the physical device has the extension. */
int ttm_vk_has_extension(TTMVk *vk, const char *name);

/* tier.c */

/** The option's choice: "plain", "software", "cooperative", "cooperative2". */
const char *ttm_vk_tier_name(enum TTMVkTier tier);
/** What kernels can make of these features, where VK_KHR_cooperative_matrix is there. */
enum TTMVkMatrices
ttm_vk_matrices(const VkPhysicalDeviceCooperativeMatrix2FeaturesNV *features);
/** Set vk->tiers and vk->tier from what the device and the build have. */
void ttm_vk_tiers_find(TTMVk *vk, enum TTMVkMatrices matrices);
/** The best tier that is usable. */
enum TTMVkTier ttm_vk_tier_best(const TTMVk *vk);
/** Use this tier only, or fail with a line that lists the usable ones. */
int ttm_vk_tier_set(TTMVk *vk, enum TTMVkTier tier);

/* borrow.c */

/** Take over the instance and physical device of vk->borrowed. */
int ttm_vk_borrow_instance(TTMVk *vk);
/** Take over the device and queue; what is not enabled is as if not there. */
int ttm_vk_borrow_device(TTMVk *vk);

/* images.c */

/** An image of the borrowed device into a buffer of packed R, G, B. */
int ttm_vk_image_read(TTMVk *vk, const TTMImage *image, TTMVkBuffer *rgb);
/** The other way round. */
int ttm_vk_image_write(TTMVk *vk, const TTMImage *image, TTMVkBuffer *rgb);
void ttm_vk_images_free(TTMVk *vk);

/* memory.c */

/** Bytes that are free in the largest heap of the device. */
size_t ttm_vk_free_memory(TTMVk *vk);

/** What small pieces of memory are cut from, unless there is less. */
#define TTM_VK_BLOCK_BYTES ((VkDeviceSize)1 << 20)

/**
 * Memory that suits a buffer, mapped where the host shares it or, @p staging, has to
 * see it. Nothing is logged.
 */
VkResult ttm_vk_memory_take(TTMVk *vk, const VkMemoryRequirements *needs, int staging,
                            TTMVkMemory *memory);
void ttm_vk_memory_give(TTMVk *vk, TTMVkMemory *memory);
/** Where the host sees it, or NULL. */
void *ttm_vk_memory_mapped(const TTMVkMemory *memory);

/* buffer.c */

/** Create a buffer, rounded up to 16 bytes, of any content; @p purpose is for messages. */
int ttm_vk_buffer_create(TTMVk *vk, size_t bytes, const char *purpose,
                         TTMVkBuffer **buffer);
/** Create a buffer that the host can write and read. */
int ttm_vk_staging_create(TTMVk *vk, size_t bytes, TTMVkBuffer **buffer);
void ttm_vk_buffer_free(TTMVk *vk, TTMVkBuffer **buffer);

/* transfer.c */

int ttm_vk_transfers_open(TTMVk *vk);
/** The device must be idle. */
void ttm_vk_transfers_close(TTMVk *vk);

/** These may be done only with the next submission; in order among themselves. */
int ttm_vk_buffer_write(TTMVk *vk, TTMVkBuffer *buffer, size_t offset,
                        const void *data, size_t bytes);
int ttm_vk_buffer_copy(TTMVk *vk, TTMVkBuffer *to, size_t to_offset,
                       TTMVkBuffer *from, size_t from_offset, size_t bytes);
/** Fill with zeros. */
int ttm_vk_buffer_clear(TTMVk *vk, TTMVkBuffer *buffer);

/** Complete on return, and so is all that was written before. */
int ttm_vk_buffer_read(TTMVk *vk, TTMVkBuffer *buffer, size_t offset,
                       void *data, size_t bytes);

/* settle.c */

/** Submit what waits, and wait until it is done. */
int ttm_vk_transfers_flush(TTMVk *vk);
/** Wait until no copy uses the buffer, be it for the host's sake. */
int ttm_vk_transfers_settle(TTMVk *vk, const TTMVkBuffer *buffer);
/** Before a buffer is destroyed: no copy needs it any more. */
void ttm_vk_transfers_release(TTMVk *vk, const TTMVkBuffer *buffer);

/* batch.c */

/** 1 and commands that must go ahead of a submission, 0: there are none. */
int ttm_vk_transfers_end(TTMVk *vk, VkCommandBuffer *commands);
/** These are submitted; vk->timeline_value is theirs. */
void ttm_vk_transfers_submitted(TTMVk *vk);

/* submit.c */

/**
 * Submit the copies that wait, then @p commands (or VK_NULL_HANDLE), after all that
 * is at work; vk->timeline reaches vk->timeline_value when it is done.
 */
int ttm_vk_submit(TTMVk *vk, VkCommandBuffer commands);
/**
 * The same, after the semaphores of an image's planes; their next values are
 * signalled and stored in the image.
 */
int ttm_vk_submit_image(TTMVk *vk, VkCommandBuffer commands,
                        TTMVulkanImage *image);
/** Wait until the timeline has reached @p value. */
int ttm_vk_wait(TTMVk *vk, uint64_t value);
/** Wait until nothing of ours is at work. */
void ttm_vk_wait_idle(TTMVk *vk);

/* pipeline.c, cache.c */

/**
 * The pipeline of @p kernel for @p dtype and the constants (the first one is
 * the number of threads); made when first asked for, owned by the device.
 */
int ttm_vk_pipeline(TTMVk *vk, enum TTMVkKernelId kernel, enum TTMDType dtype,
                    const uint32_t *constants, int nb_constants,
                    const TTMVkPipeline **pipeline);
void ttm_vk_pipelines_free(TTMVk *vk);

/** Read the pipeline cache of this device and these shaders, if there is one. */
void ttm_vk_cache_load(TTMVk *vk);
/** Write the cache when it has grown; a failure is a verbose log line. */
void ttm_vk_cache_save(TTMVk *vk);

#endif /* TTM_BACKEND_VULKAN_VK_H */
