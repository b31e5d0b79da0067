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

/** @file What a U-Net needs in every step and is computed once. */

#include "denoise/steady.h"

#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

int ttm_steady_run(TTMSteady *steady, TTMBackend *backend, TTMNetwork *network)
{
    const int nb = ttm_network_nb_outputs(network);
    int ret = 0;

    steady->tensor = ttm_array_alloc((size_t)nb, sizeof(*steady->tensor));
    if (!steady->tensor)
        return ttm_fail(backend->log, TTM_ERR_MEMORY, "out of memory");
    steady->nb_tensors = nb;
    for (int i = 0; i < nb && ret >= 0; i++) {
        const TTMTensor *output = ttm_network_output(network, i);

        ret = ttm_tensor_create(backend, &steady->tensor[i], output->shape,
                                output->dtype);
        if (ret >= 0)
            ret = ttm_network_bind_output(network, i, &steady->tensor[i]);
    }
    return ret < 0 ? ret : ttm_network_run(network);
}

int ttm_steady_bind(const TTMSteady *steady, const TTMNetwork *network,
                    TTMNetwork *unet)
{
    int ret = 0;

    for (int i = 0; i < steady->nb_tensors && ret >= 0; i++)
        ret = ttm_network_bind_input(unet, ttm_network_output_name(network, i),
                                     &steady->tensor[i]);
    return ret;
}

void ttm_steady_free(TTMSteady *steady, TTMBackend *backend)
{
    for (int i = 0; i < steady->nb_tensors; i++)
        ttm_tensor_free(backend, &steady->tensor[i]);
    free(steady->tensor);
    memset(steady, 0, sizeof(*steady));
}
