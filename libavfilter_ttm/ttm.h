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
 * A context turns stills into clips, one after the other:
 *
 *     settings = ttm_settings_alloc();
 *     ttm_settings_set(settings, "prompt", "the kite flies up");
 *     ttm_open(&ctx, settings);          loads the bundle
 *     ttm_set_image(ctx, &still);        and ttm_set_masks() / _trajectory()
 *     while ((ret = ttm_step(ctx, NULL)) > 0)
 *         fetch the next frames while i < ttm_frames_ready(ctx);
 *     ttm_get_frame(ctx, i++, &frame);   for those that are left
 *     ttm_close(&ctx);
 *     ttm_settings_free(&settings);
 *
 * Functions return 0 or a positive code on success and a negative TTM_ERR_*
 * code on failure, after one line through the log callback that names the
 * file, tensor or option and says what to do. A context may be used by one
 * thread at a time; only ttm_cancel() may be called from any thread. Different
 * contexts, and different settings, are independent.
 *
 * A context belongs to the process that opened it: threads do not come along in fork().
 * In the child every function refuses it with TTM_ERR_STATE (where it returns no code,
 * NULL or 0/0), ttm_cancel() does nothing, and ttm_close() forgets it without freeing
 * anything. A child may open contexts of its own, but where the parent has used one of
 * device cpu with more than one thread (GNU's OpenMP waits for the parent's threads) it
 * calls exec() first or opens them in a thread that it has started.
 *
 * What a program may rely on while TTM_ABI_VERSION (the number of the soname)
 * is the same:
 *
 * - Settings and contexts are opaque. Options are set by name, so that a new
 *   option changes neither this header nor a program.
 * - Structures that the caller allocates begin with struct_size, which the
 *   caller sets to their sizeof. Later versions append members; where the
 *   caller's structure is shorter they take the missing ones as zero, which
 *   always means what was before.
 * - Structures that the library returns pointers to are only ever read by
 *   member; later versions append members.
 * - Values are appended to enumerations. A library that does not know one that
 *   it is given refuses it with TTM_ERR_UNSUPPORTED.
 * - Further inputs of a clip (a last frame, depth) come as further functions
 *   beside ttm_set_masks().
 */

#ifndef TTM_TTM_H
#define TTM_TTM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TTM_VERSION_MAJOR 0
#define TTM_VERSION_MINOR 2
#define TTM_VERSION_MICRO 0

/**
 * Number of the soname and of the symbols' version: it counts the changes for
 * which programs have to be compiled again. A program that was built with
 * another one is not started by the dynamic linker.
 */
#define TTM_ABI_VERSION 1

#if defined(__GNUC__)
#define TTM_API __attribute__((visibility("default")))
#else
#define TTM_API
#endif

/** Result codes. */
enum {
    TTM_OK              = 0,
    TTM_MORE            = 1,    ///< ttm_step(): there is work left
    TTM_ERR_MEMORY      = -1,   ///< out of memory, or more than the device has
    TTM_ERR_ARGUMENT    = -2,   ///< an argument or option is out of range
    TTM_ERR_FILE        = -3,   ///< a file is missing or cannot be read
    TTM_ERR_FORMAT      = -4,   ///< a file is damaged or of an unknown kind
    TTM_ERR_UNSUPPORTED = -5,   ///< known, but not possible on this device or build
    TTM_ERR_DEVICE      = -6,   ///< no such device, or the device failed
    TTM_ERR_CANCELLED   = -7,   ///< ttm_cancel() was called
    TTM_ERR_STATE       = -8,   ///< calls in the wrong order
    TTM_ERR_INTERNAL    = -9,   ///< a bug in ttm: please report it
    TTM_ERR_PRECISION   = -10,  ///< values left the range of f16 or bf16
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

/** A ratio of whole numbers. A denominator of 0 stands for "not known". */
typedef struct TTMRational {
    int num, den;
} TTMRational;

/**
 * A Vulkan device of the caller's that ttm works on, for images that stay on
 * the device. Handles are those of vulkan.h; this header does not need it.
 *
 * The device needs Vulkan 1.2, the feature timelineSemaphore and a queue that
 * can compute; what else ttm uses (16-bit storage, subgroup sizes, cooperative
 * matrices) it looks for in `features` and `extensions`, as nothing
 * tells what a device was opened with. What this points to must stay valid until
 * ttm_close(). A device that is lost is the caller's to
 * open again.
 */
typedef struct TTMVulkanDevice {
    size_t struct_size;         ///< sizeof(TTMVulkanDevice)
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
    size_t struct_size;         ///< sizeof(TTMVulkanImage)
    int nb_planes;              ///< 1 to 4
    uint64_t image[4];          ///< VkImage
    uint64_t semaphore[4];      ///< VkSemaphore
    uint64_t value[4];
    int layout[4];              ///< VkImageLayout
    int depth;                  ///< bits of a component, 8 or 16
    int step[4];                ///< components of a pixel in each plane
    int plane[3], offset[3];    ///< where R, G and B are: plane, and component of its pixel
} TTMVulkanImage;

/** Type of an option's value. Each can be set as text with ttm_settings_set(). */
enum TTMOptionType {
    TTM_OPTION_STRING,
    TTM_OPTION_INT,         ///< 32 bits
    TTM_OPTION_INT64,
    TTM_OPTION_DOUBLE,
    TTM_OPTION_BOOL,        ///< as text 0, 1, false, true, no, yes, off, on
    TTM_OPTION_CHOICE,      ///< one of the names in `choices`
    TTM_OPTION_RATE,        ///< TTMRational; as text 25, 29.97, 30000/1001, ntsc
    TTM_OPTION_SIZE,        ///< width and height in pixels; as text 640x480
};

/** Set in TTMOption.flags: may change between clips, with ttm_set_option(). */
#define TTM_OPTION_RUN_TIME 1
/** Hosts have a setting of their own for it, which they pass on (threads). */
#define TTM_OPTION_OF_HOST  2

/** One option: the same table drives every host and the documentation. */
typedef struct TTMOption {
    const char *name;
    enum TTMOptionType type;
    int flags;              ///< TTM_OPTION_*
    double min, max;        ///< of numbers, inclusive
    const char *fallback;   ///< default as text, NULL: not set
    const char *const *choices; ///< NULL-terminated, of TTM_OPTION_CHOICE
    const char *help;       ///< one sentence
} TTMOption;

/**
 * Option after @p previous in the order of the documentation, NULL after the
 * last; the first one for NULL. Static data.
 */
TTM_API const TTMOption *ttm_option_next(const TTMOption *previous);

/** Option of that name, NULL where there is none. Static data. */
TTM_API const TTMOption *ttm_option_find(const char *name);

/** Options of a context, log and device: what ttm_open() is given. */
typedef struct TTMSettings TTMSettings;

/**
 * Settings with every option at its default, no log and no device. Free them
 * with ttm_settings_free(). NULL: out of memory.
 */
TTM_API TTMSettings *ttm_settings_alloc(void);

/** Free settings; *settings becomes NULL. NULL is legal. */
TTM_API void ttm_settings_free(TTMSettings **settings);

/**
 * Set one option from text, whatever its type; the text is copied. Numbers have
 * a decimal point in every locale. NULL takes a string or size back to "not
 * set". TTM_ERR_ARGUMENT where there is no such option or @p value is not
 * one of its values; the option keeps the value it had.
 */
TTM_API int ttm_settings_set(TTMSettings *settings, const char *name,
                             const char *value);

/** Set an option of type INT, INT64, BOOL, DOUBLE or RATE. Errors as above. */
TTM_API int ttm_settings_set_int(TTMSettings *settings, const char *name,
                                 int64_t value);

/**
 * Set an option of type DOUBLE or RATE; a rate becomes the nearest ratio with
 * terms up to 1001000. Errors as above.
 */
TTM_API int ttm_settings_set_double(TTMSettings *settings, const char *name,
                                    double value);

/** Set an option of type RATE or DOUBLE. Errors as above. */
TTM_API int ttm_settings_set_rational(TTMSettings *settings, const char *name,
                                      TTMRational value);

/** Where log lines go, of the settings and of contexts opened with them. */
TTM_API void ttm_settings_set_log(TTMSettings *settings, TTMLogCallback log,
                                  void *opaque);

/**
 * Asked whether to stop, for hosts that know it but cannot call ttm_cancel(): any
 * value but 0 does what ttm_cancel() does. It is called often while a context works,
 * from threads of the library too, and should do no more than read a flag.
 */
typedef int (*TTMInterruptCallback)(void *opaque);

/**
 * What a program is asked to send for the option llm: one HTTP POST of JSON text. libttm
 * opens no connection itself, so that it needs no network library; libttm-http has
 * ttm_http_post() for programs (libcurl).
 */
typedef struct TTMPost {
    size_t struct_size;     ///< sizeof(TTMPost), set by the library
    const char *url;        ///< http or https, without user name and password
    int local;              ///< the host is this machine
    const char *body;       ///< UTF-8, Content-Type: application/json
    size_t body_size;
    double timeout;         ///< seconds for all of it
    size_t most;            ///< bytes that an answer may have
    int (*stopped)(void *opaque);   ///< to be asked several times a second: give up
    void *stopped_opaque;
} TTMPost;

/** What came back. The caller of the callback has cleared it and set struct_size. */
typedef struct TTMReply {
    size_t struct_size;     ///< sizeof(TTMReply)
    int status;             ///< of HTTP, 200 and the like
    char *body;             ///< by malloc(), with a 0 behind it; the library frees it
    size_t body_size;
    char message[256];      ///< why there is no answer, where the result is negative
} TTMReply;

/**
 * Send @p post and wait for the answer. 0 with any HTTP status; TTM_ERR_CANCELLED where
 * stopped() said so, another TTM_ERR_* where there is no answer. Called by ttm_step(), in
 * its thread.
 */
typedef int (*TTMPostCallback)(void *opaque, const TTMPost *post, TTMReply *reply);

/**
 * How contexts opened with these settings reach the server of the option llm; NULL: they
 * cannot, and ttm_open() refuses that option with TTM_ERR_UNSUPPORTED.
 */
TTM_API void ttm_settings_set_post(TTMSettings *settings, TTMPostCallback post,
                                   void *opaque);

/** What contexts opened with these settings ask; NULL: nobody. */
TTM_API void ttm_settings_set_interrupt(TTMSettings *settings,
                                        TTMInterruptCallback interrupt,
                                        void *opaque);

/**
 * The device to work on where the option device is vulkan, and where it is auto
 * unless this device is software (lavapipe): nobody may have chosen that. NULL: ttm
 * opens one of its own. The structure is copied, what it points to is not.
 */
TTM_API int ttm_settings_set_vulkan(TTMSettings *settings,
                                    const TTMVulkanDevice *device);

/**
 * Layout of the pixels of a TTMImage. Layouts are appended; an
 * image in one that the library does not know is refused with
 * TTM_ERR_UNSUPPORTED, so that a host can fall back to another one.
 *
 * Those with alpha are of stills and frames; masks and trajectories have none. Where
 * the still is not opaque, frames without alpha show it over mid grey; where it is,
 * frames with alpha are opaque.
 */
enum TTMPixelFormat {
    TTM_PIXEL_RGB8,         ///< 3 bytes a pixel: R, G, B
    TTM_PIXEL_RGB16,        ///< 3 native-endian 16-bit words a pixel
    TTM_PIXEL_VULKAN,       ///< on the device of ttm_settings_set_vulkan(), without alpha
    TTM_PIXEL_RGBA8,        ///< 4 bytes a pixel: R, G, B, straight alpha
    TTM_PIXEL_RGBA16,       ///< 4 native-endian 16-bit words a pixel
    TTM_PIXEL_PRGBA8,       ///< as RGBA8, R, G and B multiplied by alpha
    TTM_PIXEL_PRGBA16,      ///< as RGBA16, R, G and B multiplied by alpha
};

/** An image; the caller owns the pixels. Members that are not named are zero. */
typedef struct TTMImage {
    size_t struct_size;     ///< sizeof(TTMImage)
    enum TTMPixelFormat format;
    int width, height;
    ptrdiff_t stride;       ///< bytes from one row to the next; not of TTM_PIXEL_VULKAN
    void *data;             ///< pixels in host memory, or a TTMVulkanImage
    /**
     * Width of a pixel to its height, as displayed; read from the still only.
     * Not known (a term is 0): pixels are square.
     */
    TTMRational sample_aspect_ratio;
} TTMImage;

/** Progress of a clip, filled by ttm_step(). */
typedef struct TTMProgress {
    size_t struct_size;     ///< sizeof(TTMProgress), set by the caller
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

/**
 * Change an option that has TTM_OPTION_RUN_TIME, from text as with
 * ttm_settings_set(); it takes effect at the next ttm_set_image().
 * TTM_ERR_ARGUMENT for other options and wrong values.
 */
TTM_API int ttm_set_option(TTMContext *ctx, const char *name, const char *value);

/**
 * Begin a clip from a still; copies the pixels. A clip under way is dropped.
 * Stills that follow each other in one context give clips that follow each other:
 * size, sample aspect ratio and pixel format may differ from still to still.
 */
TTM_API int ttm_set_image(TTMContext *ctx, const TTMImage *still);

/** Give the objects of the still: one flat colour an object on black. */
TTM_API int ttm_set_masks(TTMContext *ctx, const TTMImage *masks);

/**
 * Option end: give the picture that shows where the objects end, as masks in the colours of
 * those of ttm_set_masks() where these are given too, else as a photograph in which they are
 * found by their names.
 */
TTM_API int ttm_set_end(TTMContext *ctx, const TTMImage *end);

/**
 * Name the file that the still was read from. Its last part, never its folders, goes into
 * what frames say of how they were made and into the report; for a report the file is read,
 * once and before the networks run, for the XXH64 of its contents. One that cannot be read is
 * a warning. In the name what is not UTF-8 becomes U+FFFD. NULL: not known, as without the
 * call.
 */
TTM_API int ttm_set_source(TTMContext *ctx, const char *path);

/**
 * Modes render and draft: give the next frame of the trajectory, first frame first: each
 * object in its colour on black, or in tints of it (docs/bundle.md). Where neither of the
 * options frames and duration is set the clip has as many frames; else a trajectory of
 * another length is resampled, which a warning says. At most 1024.
 */
TTM_API int ttm_add_trajectory_frame(TTMContext *ctx, const TTMImage *frame);

/**
 * Do one unit of work (at most one denoising step of one stage, or the
 * decoding of one frame).
 *
 * @param progress  NULL, or filled where the result is not negative
 * @return 0 when the clip is complete; a positive code while it is not: fetch
 *         the frames that are ready, then call again
 */
TTM_API int ttm_step(TTMContext *ctx, TTMProgress *progress);

/**
 * Number of frames of the clip; with modes render and draft and neither option frames
 * nor duration set it is that of the trajectory's frames that were given.
 */
TTM_API int ttm_frame_count(const TTMContext *ctx);

/** Frames per second of the clip; 0/0 without a context. */
TTM_API TTMRational ttm_frame_rate(const TTMContext *ctx);

/** Number of frames, from the first, that are made already. */
TTM_API int ttm_frames_ready(const TTMContext *ctx);

/**
 * Size of the frames that a still of @p width x @p height gives: the same
 * size, or the `size` option's.
 */
TTM_API int ttm_output_size(const TTMContext *ctx, int width, int height,
                            int *output_width, int *output_height);

/**
 * Write frame @p index into the pixels of @p frame, whose size must be
 * ttm_output_size() of the still and whose format may be any.
 *
 * Fetch frames in ascending order, each as soon as it is ready: so every clip
 * can be fetched. Any frame that was made can be had again now; of a clip that is
 * longer than the memory is meant to grow, those before the last one that was
 * asked for may be let go (TTM_ERR_STATE). Where the device
 * is lost while the frame is composed, what is not a denoising step is done anew.
 */
TTM_API int ttm_get_frame(TTMContext *ctx, int index, TTMImage *frame);

/**
 * Value of a metadata key of the current clip ("model", "model_hash", "lora",
 * "seed", "prompt_hash", "device", "digital_source_type", "source"; "provenance" is all of
 * them as a JSON object), NULL if unknown. Valid until the next call on the context. The first "model_hash" of a context reads all
 * files of the bundle, unless a report has done so.
 */
TTM_API const char *ttm_metadata(const TTMContext *ctx, const char *key);

/**
 * Give up the clip that is under way: the running or next ttm_step() or
 * ttm_get_frame() returns TTM_ERR_CANCELLED, within a second and mostly much sooner.
 * It belongs to that clip: where there is none, and where it is complete, nothing
 * happens, and the next ttm_set_image() begins as always. May be called from any
 * thread, and from a signal handler.
 */
TTM_API void ttm_cancel(TTMContext *ctx);

/** Free everything; *ctx becomes NULL. NULL is legal. In a child see above. */
TTM_API void ttm_close(TTMContext **ctx);

/** Version of the library, e.g. "0.1.0". */
TTM_API const char *ttm_version(void);

/** Static English text of a result code. */
TTM_API const char *ttm_error_string(int code);

#ifdef __cplusplus
}
#endif

#endif /* TTM_TTM_H */
