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


/** @file A Vulkan device for tests, and a small network to run on it. */

#ifndef TTM_TESTS_VULKAN_DEVICE_H
#define TTM_TESTS_VULKAN_DEVICE_H

#include "unit.h"

#include "run/network.h"

/** What the devices of the calls below have said; cleared by an opening. */
extern TestLog test_device_messages;
extern const TTMLog test_device_log;

int test_device_open(TTMBackend **backend, const char *device,
                     enum TTMDType precision);
/** Open the first device in f32, or skip the test. */
TTMBackend *test_device_first(void);

/**
 * y = 2 x + 0.5 over [frames, 32, 32, 4], the product by a 1x1 convolution with
 * the 16 values of @p weight, which are set and must outlive the graph.
 */
TTMGraph *test_double_graph(int frames, float *weight);
/** Write 0, 1, 2... (@p count = frames * 4096), run, and check the result. */
void test_double_check(TTMNetwork *network, int count);

#endif /* TTM_TESTS_VULKAN_DEVICE_H */
