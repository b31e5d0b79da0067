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
 * What a device must do: memory and whole plans. Callers use the ttm_backend_*
 * and ttm_program_* functions, which check arguments once for all backends.
 */

#ifndef TTM_BACKEND_BACKEND_H
#define TTM_BACKEND_BACKEND_H

#include "backend/profile.h"
#include "graph/graph.h"
#include "graph/plan.h"
#include "ttm.h"
#include "util/cancel.h"
#include "util/log.h"

typedef struct TTMBackend TTMBackend;

/** Device memory; what each backend defines begins with this. */
typedef struct TTMBuffer {
    size_t bytes;               ///< set by ttm_tensor_create()
} TTMBuffer;

/** What must be bound to one external of a plan. */
typedef struct TTMExternal {
    const char *name;           ///< of the node; the graph's
    TTMShape shape;
    enum TTMDType dtype;
} TTMExternal;

/**
 * A planned graph made ready to run; what each backend defines begins with
 * this. All but bytes is set by ttm_program_create().
 */
typedef struct TTMProgram {
    TTMExternal *externals;
    int nb_externals;
    size_t bytes;               ///< device memory it holds, set by the backend
} TTMProgram;

/** A typed range of device memory; does not own the buffer. */
typedef struct TTMTensor {
    TTMBuffer *buffer;
    size_t offset;              ///< bytes
    TTMShape shape;
    enum TTMDType dtype;
} TTMTensor;

/** How a backend is asked for. */
typedef struct TTMBackendRequest {
    const char *device;         ///< "cpu", "cpu:reference", "vulkan", "vulkan:1", ...
    enum TTMDType precision;    ///< TTM_DTYPE_NB: the backend's choice
    int threads;                ///< 0: one a core
    int picture_threads;        ///< of loops over pictures; 0: one a core
    int kernels;                ///< form of the Vulkan kernels, 0: the best; else the choice
                                ///< of the option of this name
    const TTMVulkanDevice *vulkan;  ///< of the caller's, or NULL
} TTMBackendRequest;

/**
 * The functions of a backend. All but those marked optional are required. Arguments are
 * checked before they get here; a failure is logged by the backend.
 */
typedef struct TTMBackendFunctions {
    const char *name;           ///< "cpu", "vulkan"
    int (*open)(TTMBackend *backend, const TTMBackendRequest *request);
    void (*close)(TTMBackend *backend);
    /** Fill @p text with the device's name and properties. Optional. */
    void (*describe)(TTMBackend *backend, char *text, size_t size);
    /** 1 when the device is gone and the backend must be opened anew. Optional. */
    int (*is_lost)(const TTMBackend *backend);
    /** Bytes of device memory that are free, 0: unknown. */
    size_t (*free_memory)(TTMBackend *backend);

    int (*buffer_create)(TTMBackend *backend, size_t bytes, TTMBuffer **buffer);
    void (*buffer_free)(TTMBackend *backend, TTMBuffer *buffer);
    /**
     * A buffer of the caller's memory, which is only read and stays as long. Optional:
     * of devices that work in the host's memory.
     */
    int (*buffer_borrow)(TTMBackend *backend, void *data, TTMBuffer **buffer);
    /** Where the host may read and write the buffer. Optional. */
    void *(*buffer_data)(TTMBuffer *buffer);
    int (*buffer_write)(TTMBackend *backend, TTMBuffer *buffer, size_t offset,
                        const void *data, size_t bytes);
    int (*buffer_read)(TTMBackend *backend, TTMBuffer *buffer, size_t offset,
                       void *data, size_t bytes);
    /** Copy between buffers; the ranges do not overlap. */
    int (*buffer_copy)(TTMBackend *backend, TTMBuffer *to, size_t to_offset,
                       TTMBuffer *from, size_t from_offset, size_t bytes);

    /**
     * An image of TTM_PIXEL_VULKAN to or from a buffer: rows of R, G, B of the
     * image's depth without gaps. Optional.
     */
    int (*image_read)(TTMBackend *backend, const TTMImage *image,
                      TTMBuffer *buffer);
    int (*image_write)(TTMBackend *backend, const TTMImage *image,
                       TTMBuffer *buffer);

    /** 0, or TTM_ERR_UNSUPPORTED after a line that names the op. */
    int (*supports)(TTMBackend *backend, const TTMGraph *graph, TTMNodeId node);
    /**
     * Upload the weights and make the plan ready to run many times. Graph and
     * plan stay valid as long as the program.
     */
    int (*program_create)(TTMBackend *backend, const TTMGraph *graph,
                          const TTMPlan *plan, TTMProgram **program);
    /**
     * What program_create() would hold, without holding it; messages go to the
     * graph's log. It may be a little more than in the end, not less.
     */
    int (*program_bytes)(TTMBackend *backend, const TTMGraph *graph,
                         const TTMPlan *plan, size_t *bytes);
    void (*program_free)(TTMBackend *backend, TTMProgram *program);
    /** Bind the plan's externals and run; complete on return. */
    int (*program_run)(TTMBackend *backend, TTMProgram *program,
                       const TTMTensor *externals, int nb_externals);
} TTMBackendFunctions;

struct TTMBackend {
    const TTMBackendFunctions *functions;
    const TTMLog *log;
    enum TTMDType precision;    ///< of activations, set by open
    size_t alignment;           ///< of arena offsets, set by open
    size_t spare;               ///< bytes it may hold beyond what it was asked for, set by open
    int is_software;            ///< a GPU's interface to the CPU; set by open
    const char *name;           ///< asks for the same device and kernels; set by open, or NULL
    int threads;                ///< of the host that its kernels run on, 0: none; set by open
    int picture_threads;        ///< the same of loops over pictures
    size_t bytes_allocated, bytes_peak; ///< of buffers, kept by the wrappers
    TTMCancel *cancel;          ///< NULL, or what makes runs return TTM_ERR_CANCELLED
    TTMProfile *profile;        ///< NULL, or where runs add the time of each kernel
    void *private_data;
};

extern const TTMBackendFunctions ttm_backend_cpu;
extern const TTMBackendFunctions ttm_backend_vulkan;    ///< only if HAVE_VULKAN

/**
 * Open the backend that request->device names; "auto" is the caller's device
 * where there is one, else a device that is found, but no software: then the CPU
 * backend is faster. An unknown name is an error that lists what there is.
 */
int ttm_backend_open(TTMBackend **backend, const TTMLog *log,
                     const TTMBackendRequest *request);
void ttm_backend_close(TTMBackend **backend);

/** Bytes of device memory that this backend holds or could get, 0: unknown. */
size_t ttm_backend_memory(TTMBackend *backend);

/** 1 when the device was lost: what it held is gone, runs fail. */
int ttm_backend_is_lost(const TTMBackend *backend);

/** Create a zero-filled buffer that holds one tensor. */
int ttm_tensor_create(TTMBackend *backend, TTMTensor *tensor, TTMShape shape,
                      enum TTMDType dtype);
/**
 * A tensor of @p data of the host, which is only read and must stay as long: without a
 * copy where the device can. After an error there is nothing to free.
 */
int ttm_tensor_borrow(TTMBackend *backend, TTMTensor *tensor, TTMShape shape,
                      enum TTMDType dtype, void *data);
/** Where the host may read and write all elements; NULL: only by the functions below. */
void *ttm_tensor_data(const TTMBackend *backend, const TTMTensor *tensor);
/** Free the buffer of a tensor made by ttm_tensor_create() or _borrow(); clears it. */
void ttm_tensor_free(TTMBackend *backend, TTMTensor *tensor);
/** Write all elements; floating types are converted from @p dtype. */
int ttm_tensor_write(TTMBackend *backend, const TTMTensor *tensor,
                     const void *data, enum TTMDType dtype);
/** Read all elements; floating types are converted to @p dtype. */
int ttm_tensor_read(TTMBackend *backend, const TTMTensor *tensor,
                    void *data, enum TTMDType dtype);
/**
 * Copy @p count elements on the device, from element @p from_first on to
 * element @p to_first on. Both tensors have one type, and buffers of their own.
 */
int ttm_tensor_copy(TTMBackend *backend, const TTMTensor *to, int64_t to_first,
                    const TTMTensor *from, int64_t from_first, int64_t count);

/**
 * Copy an image of TTM_PIXEL_VULKAN into a tensor U8 [height, width * bytes of
 * 3 components], without the host; the same the other way round. A backend that
 * cannot is an error.
 */
int ttm_tensor_from_image(TTMBackend *backend, const TTMTensor *tensor,
                          const TTMImage *image);
int ttm_tensor_to_image(TTMBackend *backend, const TTMTensor *tensor,
                        const TTMImage *image);

/** Describe the open device, "cpu: ..." (always terminated). */
void ttm_backend_describe(TTMBackend *backend, char *text, size_t size);

/**
 * Plan @p graph and make it ready to run. Graph and plan must outlive the
 * program; free the plan with ttm_plan_free() after it. On failure both are
 * NULL.
 */
int ttm_program_create(TTMBackend *backend, const TTMGraph *graph,
                       TTMProgram **program, TTMPlan **plan);
/**
 * Bytes that a program of @p graph and the tensors of its inputs and outputs
 * would take on the device. Messages go to the graph's log.
 */
int ttm_program_bytes(TTMBackend *backend, const TTMGraph *graph, size_t *bytes);
/**
 * Run with @p externals bound in the plan's order. An output may not share
 * memory with another external. Complete on return.
 */
int ttm_program_run(TTMBackend *backend, TTMProgram *program,
                    const TTMTensor *externals, int nb_externals);
void ttm_program_free(TTMBackend *backend, TTMProgram **program);

#endif /* TTM_BACKEND_BACKEND_H */
