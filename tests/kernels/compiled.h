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

/** @file What the compiler of a Vulkan driver makes of the kernels. */

#ifndef TTM_TESTS_KERNELS_COMPILED_H
#define TTM_TESTS_KERNELS_COMPILED_H

#include "backend/backend.h"

/**
 * Open "vulkan:NUMBER" to compile for it only: without the start-up test, which a
 * driver that has no GPU behind it would fail. The device is one of a caller's, with
 * every feature that the kernels can use. NULL when there is no such device, or after
 * a log line; close with compiled_close().
 */
TTMBackend *compiled_open(const char *device, enum TTMDType precision,
                          const TTMLog *log);
void compiled_close(TTMBackend **backend);

/**
 * Print a line for each pipeline that was made: kernel, element type, constants and,
 * of drivers with VK_KHR_pipeline_executable_properties, their statistics.
 */
void compiled_print(const TTMBackend *backend);

#endif /* TTM_TESTS_KERNELS_COMPILED_H */
