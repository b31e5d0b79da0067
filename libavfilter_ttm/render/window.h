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

/** @file A part of a composed frame, enlarged to the frame's size. */

#ifndef TTM_RENDER_WINDOW_H
#define TTM_RENDER_WINDOW_H

#include "graph/builder.h"
#include "run/network.h"
#include "util/camera.h"

/**
 * Append it to a graph whose packed picture @p frame of @p bytes a sample is. It gets inputs
 * of its own, which ttm_window_write() sets before each run.
 */
TTMNodeId ttm_window_build(TTMGraph *graph, TTMNodeId frame, int bytes);

/** Negative after a log line, or 0. */
int ttm_window_write(TTMNetwork *network, TTMBackend *backend, const TTMWindow *window);

#endif /* TTM_RENDER_WINDOW_H */
