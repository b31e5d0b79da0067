/*
 * Through-The-Mask (TTM) image-to-video library
 *
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
 * Public interface of libttm: image-to-video by Through-The-Mask
 * (arXiv 2501.03059).
 *
 * A context turns one still into one clip at a time:
 *
 *     ttm_settings_default(&settings);   set options, e.g. ttm_settings_set()
 *     ttm_open(&ctx, &settings);         loads the bundle
 *     ttm_set_image(ctx, &still);        and ttm_set_masks() / _trajectory()
 *     while ((ret = ttm_step(ctx, &progress)) == TTM_MORE) ;
 *     ttm_get_frame(ctx, i, &frame);     for every i below ttm_frame_count()
 *     ttm_close(&ctx);
 *
 * Functions return 0 or a positive code on success and a negative TTM_ERR_*
 * code on failure, after one line through the log callback that names the
 * file, tensor or option and says what to do. A context may be used by one
 * thread at a time; only ttm_cancel() may be called from any thread.
 */

#ifndef TTM_TTM_H
#define TTM_TTM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TTM_VERSION_MAJOR 0
#define TTM_VERSION_MINOR 1
#define TTM_VERSION_MICRO 0

#if defined(__GNUC__)
#define TTM_API __attribute__((visibility("default")))
#else
#define TTM_API
#endif

/** Result codes. */
enum {
    TTM_OK              = 0,
    TTM_MORE            = 1,    ///< ttm_step(): call again
    TTM_ERR_MEMORY      = -1,   ///< out of memory, or more than the device has
    TTM_ERR_ARGUMENT    = -2,   ///< an argument or option is out of range
    TTM_ERR_FILE        = -3,   ///< a file is missing or cannot be read
    TTM_ERR_FORMAT      = -4,   ///< a file is damaged or of an unknown kind
    TTM_ERR_UNSUPPORTED = -5,   ///< known, but not possible on this device or build
    TTM_ERR_DEVICE      = -6,   ///< no such device, or the device failed
    TTM_ERR_CANCELLED   = -7,   ///< ttm_cancel() was called
    TTM_ERR_STATE       = -8,   ///< calls in the wrong order
    TTM_ERR_INTERNAL    = -9,   ///< a bug in ttm: please report it
};

/** Severity of a log line. */
enum TTMLogLevel {
    TTM_LOG_ERROR,
    TTM_LOG_WARNING,
    TTM_LOG_INFO,
    TTM_LOG_VERBOSE,
    TTM_LOG_DEBUG,
};

/**
 * Receives log lines, without a newline at the end. May be called from the
 * thread that is inside a ttm function only.
 */
typedef void (*TTMLogCallback)(void *opaque, enum TTMLogLevel level,
                               const char *message);

/** What ttm_step() works towards. */
enum TTMMode {
    TTM_MODE_FULL,      ///< still -> trajectory -> video
    TTM_MODE_PLAN,      ///< stage 1 only: the frames are the colour-coded trajectory
    TTM_MODE_RENDER,    ///< stage 2 only: the trajectory is given
};

/**
 * A Vulkan device of the caller's that ttm works on, for images that stay on
 * the device. Handles are those of vulkan.h; this header does not need it.
 *
 * The device needs Vulkan 1.2, the feature timelineSemaphore and a queue that
 * can compute; what else ttm uses (16-bit storage, subgroup sizes, cooperative
 * matrices) it looks for in `features` and `extensions`, as nothing
 * tells what a device was opened with. Everything here, and what it points to,
 * must stay valid until ttm_close(). A device that is lost is the caller's to
 * open again.
 */
typedef struct TTMVulkanDevice {
    /** vkGetInstanceProcAddr; the result is a PFN_vkVoidFunction. */
    void (*(*get_instance_proc_addr)(void *instance, const char *name))(void);
    void *instance;             ///< VkInstance
    void *physical_device;      ///< VkPhysicalDevice
    void *device;               ///< VkDevice
    uint32_t api_version;       ///< of the instance's VkApplicationInfo
    uint32_t queue_family, queue_index;
    uint32_t queue_flags;       ///< VkDeviceQueueCreateFlags of the queue
    const void *features;       ///< VkPhysicalDeviceFeatures2 that are enabled, with its chain
    const char *const *extensions;  ///< of the device that are enabled
    int nb_extensions;
    /** Called around submissions to the queue; NULL where only ttm uses it. */
    void (*lock_queue)(void *opaque, uint32_t family, uint32_t index);
    void (*unlock_queue)(void *opaque, uint32_t family, uint32_t index);
    void *opaque;
} TTMVulkanDevice;

/**
 * Pixels on a TTMVulkanDevice: the `data` of a TTMImage of TTM_PIXEL_VULKAN.
 * One VkImage a plane, of one byte or two a component, with the usage
 * VK_IMAGE_USAGE_TRANSFER_SRC_BIT (to be read) or _DST_BIT (to be written),
 * shared among queue families or owned by the device's.
 *
 * ttm waits for `value` of each plane's timeline semaphore, and signals the next
 * one, which it writes there together with the new layout; the caller holds off
 * other users of the image during the call.
 */
typedef struct TTMVulkanImage {
    int nb_planes;              ///< 1 to 4
    uint64_t image[4];          ///< VkImage
    uint64_t semaphore[4];      ///< VkSemaphore
    uint64_t value[4];
    int layout[4];              ///< VkImageLayout
    int depth;                  ///< bits of a component, 8 or 16
    int step[4];                ///< components of a pixel in each plane
    int plane[3], offset[3];    ///< where R, G and B are: plane, and component of its pixel
} TTMVulkanImage;

/**
 * Settings of a context. Fill with ttm_settings_default(), then change members
 * directly or by name with ttm_settings_set(). Strings are not copied before
 * ttm_open(), which copies all of them; strings set by ttm_settings_set() are
 * owned by the settings: free with ttm_settings_uninit().
 */
typedef struct TTMSettings {
    char *model;            ///< bundle folder; NULL: $TTM_MODEL, else the installed one
    char *lora;             ///< LoRA files: PATH[:WEIGHT[:motion|video]], separated by '|'
    char *prompt;           ///< global prompt
    char *promptfile;       ///< file that holds the global prompt
    char *objects;          ///< JSON text that begins with '{', or a file of it
    char *negative_prompt;  ///< replaces the empty prompt in guidance
    char *device;           ///< auto, cpu, vulkan, vulkan:N, vulkan:NAME
    char *report;           ///< JSON file to write when the clip is done
    char *size;             ///< generation size WxH, NULL: the bundle's
    char *memory;           ///< device memory to use in bytes (K, M, G), NULL: auto
    int mode;               ///< enum TTMMode
    int frames;             ///< 0: the bundle's
    double fps;             ///< 0: the bundle's
    int steps;              ///< of each stage, 0: the bundle's
    double guidance;        ///< text guidance scale, negative: the bundle's
    double image_guidance;  ///< image guidance scale, negative: the bundle's
    int sampler;            ///< index into the option's choices, 0: the bundle's
    int refine;             ///< index into the option's choices (auto, none, similarity)
    double detail;          ///< 0 .. 1: share of the still's detail carried along
    int precision;          ///< index into the option's choices (auto, f32, f16, bf16)
    int kernels;            ///< index into the option's choices: form of the Vulkan kernels
    int64_t seed;           ///< -1: random, logged
    int profile;            ///< 1: time every kernel, for the log and the report
    int threads;            ///< CPU threads, 0: one for small networks, else one a core

    /**
     * NULL: ttm opens a device of its own. Used where device is vulkan, and where it
     * is auto unless this device is software (lavapipe): nobody may have chosen that.
     */
    const TTMVulkanDevice *vulkan;

    TTMLogCallback log;     ///< NULL: no messages
    void *log_opaque;
} TTMSettings;

/** Type of an option in ttm_option_list(). */
enum TTMOptionType {
    TTM_OPTION_STRING,
    TTM_OPTION_INT,
    TTM_OPTION_INT64,
    TTM_OPTION_DOUBLE,
    TTM_OPTION_CHOICE,      ///< int: index into choices
};

/** One option: the same table drives every host and the documentation. */
typedef struct TTMOption {
    const char *name;
    enum TTMOptionType type;
    size_t offset;          ///< of the member in TTMSettings
    double min, max;        ///< of numbers, inclusive
    const char *fallback;   ///< default as text, NULL: not set
    const char *const *choices; ///< NULL-terminated, of TTM_OPTION_CHOICE
    int run_time;           ///< may change between clips with ttm_set_option()
    const char *help;       ///< one sentence
} TTMOption;

/** All options, ended by a row whose name is NULL. */
TTM_API const TTMOption *ttm_option_list(void);

TTM_API void ttm_settings_default(TTMSettings *settings);

/** Set one option from text. Returns TTM_ERR_ARGUMENT after a log line. */
TTM_API int ttm_settings_set(TTMSettings *settings, const char *name,
                             const char *value);

/** Free the strings that ttm_settings_set() made; members are cleared. */
TTM_API void ttm_settings_uninit(TTMSettings *settings);

/** Layout of the pixels of a TTMImage. */
enum TTMPixelFormat {
    TTM_PIXEL_RGB8,         ///< 3 bytes a pixel: R, G, B
    TTM_PIXEL_RGB16,        ///< 3 native-endian 16-bit words a pixel
    TTM_PIXEL_VULKAN,       ///< on the device of TTMSettings.vulkan
};

/** An image; the caller owns the pixels. */
typedef struct TTMImage {
    enum TTMPixelFormat format;
    int width, height;
    ptrdiff_t stride;       ///< bytes from one row to the next; not of TTM_PIXEL_VULKAN
    void *data;             ///< pixels in host memory, or a TTMVulkanImage
} TTMImage;

/** Progress of a clip, filled by ttm_step(). */
typedef struct TTMProgress {
    const char *phase;      ///< static text: "text", "encode", "stage 1/2", ...
    int step, steps;        ///< within the phase, 1-based
    double fraction;        ///< 0 .. 1 of the whole clip
    double eta;             ///< estimated seconds to the last frame, < 0 unknown
} TTMProgress;

typedef struct TTMContext TTMContext;

/**
 * Open a bundle on a device. @p settings is copied.
 * On failure *ctx is NULL.
 */
TTM_API int ttm_open(TTMContext **ctx, const TTMSettings *settings);

/** Change a run-time option; it takes effect at the next ttm_set_image(). */
TTM_API int ttm_set_option(TTMContext *ctx, const char *name, const char *value);

/** Begin a clip from a still; copies the pixels. A clip under way is dropped. */
TTM_API int ttm_set_image(TTMContext *ctx, const TTMImage *still);

/** Give the objects of the still: one flat colour an object on black. */
TTM_API int ttm_set_masks(TTMContext *ctx, const TTMImage *masks);

/**
 * TTM_MODE_RENDER: give the next frame of the trajectory, first frame first: each
 * object in its colour on black, or in tints of it (docs/bundle.md). Where option
 * frames is not set the clip has as many frames; else a trajectory of another length
 * is resampled, which a warning says. At most 1024.
 */
TTM_API int ttm_add_trajectory_frame(TTMContext *ctx, const TTMImage *frame);

/**
 * Do one unit of work (at most one denoising step of one stage, or the
 * decoding of one frame).
 * @return TTM_MORE while there is work left, 0 when the clip is complete
 */
TTM_API int ttm_step(TTMContext *ctx, TTMProgress *progress);

/**
 * Number of frames of the clip; with TTM_MODE_RENDER and option frames not set it
 * is that of the trajectory's frames that were given.
 */
TTM_API int ttm_frame_count(const TTMContext *ctx);

/** Frames per second of the clip. */
TTM_API double ttm_frame_rate(const TTMContext *ctx);

/** Number of frames, from the first, that ttm_get_frame() can give already. */
TTM_API int ttm_frames_ready(const TTMContext *ctx);

/**
 * Size of the frames that a still of @p width x @p height gives: the same
 * size, or the `size` option's.
 */
TTM_API int ttm_output_size(const TTMContext *ctx, int width, int height,
                            int *output_width, int *output_height);

/**
 * Write frame @p index into the pixels of @p frame, whose size must be
 * ttm_output_size() of the still and whose format may be any. Where the device
 * is lost while the frame is composed, what is not a denoising step is done anew.
 */
TTM_API int ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame);

/**
 * Value of a metadata key of the current clip ("model", "model_hash", "lora",
 * "seed", "prompt_hash", "device", "digital_source_type"), NULL if unknown. Valid
 * until the next call on the context.
 */
TTM_API const char *ttm_metadata(const TTMContext *ctx, const char *key);

/** Make the running or next ttm_step() return TTM_ERR_CANCELLED. Thread-safe. */
TTM_API void ttm_cancel(TTMContext *ctx);

/** Free everything; *ctx becomes NULL. NULL is legal. */
TTM_API void ttm_close(TTMContext **ctx);

/** Version of the library, e.g. "0.1.0". */
TTM_API const char *ttm_version(void);

/** Static English text of a result code. */
TTM_API const char *ttm_error_string(int code);

#ifdef __cplusplus
}
#endif

#endif /* TTM_TTM_H */
