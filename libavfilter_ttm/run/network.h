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
 * A graph on a device: plan, program and named inputs and outputs.
 */

#ifndef TTM_RUN_NETWORK_H
#define TTM_RUN_NETWORK_H

#include "backend/backend.h"

typedef struct TTMNetwork TTMNetwork;

/**
 * Make @p graph ready to run; it becomes the network's, also on failure.
 * Creates device tensors for all inputs and outputs.
 */
int ttm_network_create(TTMNetwork **network, TTMBackend *backend,
                       TTMGraph *graph);
void ttm_network_free(TTMNetwork **network);

/** 1 where there is an input of this name. */
int ttm_network_has_input(const TTMNetwork *network, const char *name);
/** Tensor of an input by name (NULL and a log line when there is none). */
const TTMTensor *ttm_network_input(TTMNetwork *network, const char *name);
/** Tensor of output @p index. */
const TTMTensor *ttm_network_output(TTMNetwork *network, int index);
/** Number of the output @p name, or TTM_ERR_ARGUMENT after a log line. */
int ttm_network_find_output(const TTMNetwork *network, const char *name);
int ttm_network_nb_outputs(const TTMNetwork *network);
/** Name of output @p index, which is in range. */
const char *ttm_network_output_name(const TTMNetwork *network, int index);

/**
 * Use another network's or a caller's tensor (same shape and dtype, must
 * outlive the binding) instead of the network's own for an input. The own one
 * is freed, so bind before other networks get to know it; a NULL @p tensor
 * brings one back.
 */
int ttm_network_bind_input(TTMNetwork *network, const char *name,
                           const TTMTensor *tensor);
/** The same for an output. */
int ttm_network_bind_output(TTMNetwork *network, int index,
                            const TTMTensor *tensor);

/** Copy host values in, converted from @p dtype. */
int ttm_network_write(TTMNetwork *network, const char *name, const void *data,
                      enum TTMDType dtype);
/** Copy host values out, converted to @p dtype. */
int ttm_network_read(TTMNetwork *network, int index, void *data,
                     enum TTMDType dtype);

int ttm_network_run(TTMNetwork *network);

/**
 * Run, and see that all values of output 0 are finite: else the error's line names
 * @p what ("stage 2, frame 3") and the network, and is TTM_ERR_FORMAT, or
 * TTM_ERR_PRECISION where more of it might help.
 */
int ttm_network_run_checked(TTMNetwork *network, const char *what);

#endif /* TTM_RUN_NETWORK_H */
