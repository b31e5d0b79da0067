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

/** @file The still with its objects moved along their fitted trajectory. */

#include "render/carry.h"

#include <stdlib.h>

#include "graph/build_pictures.h"
#include "util/mem.h"

struct TTMCarry {
    TTMNetwork *network;
    float *motion;
};

int ttm_carry_create(TTMCarry **carry, TTMBackend *backend, const TTMFit *fit,
                     const TTMTensor *still, const uint8_t *first, int refined)
{
    const TTMShape ids = TTM_SHAPE(fit->height, fit->width);
    const int64_t rows = fit->objects > 0 ? fit->objects : 1;
    const TTMFieldShape field = ttm_fit_field(fit);
    const TTMPicture p = { .kind = TTM_PICTURE_CARRY, .refined = refined,
                           .field_width = field.width,
                           .field_height = field.height };
    TTMCarry *c = ttm_array_alloc(1, sizeof(*c));
    TTMGraph *g = ttm_graph_create(backend->log, "carry", backend->precision);
    TTMNodeId inputs[4], x;
    int ret = TTM_ERR_MEMORY;

    *carry = c;
    if (c)
        c->motion = ttm_array_alloc((size_t)rows,
                                    ttm_fit_row_size(fit) * sizeof(float));
    if (!c || !g || !c->motion) {
        ttm_graph_free(&g);
        ttm_log(backend->log, TTM_LOG_ERROR, "out of memory");
        goto fail;
    }
    inputs[0] = ttm_graph_input(g, "still", still->shape, TTM_DTYPE_F32);
    inputs[1] = ttm_graph_input(g, "first", ids, TTM_DTYPE_U8);
    inputs[2] = ttm_graph_input(g, "ids", ids, TTM_DTYPE_U8);
    inputs[3] = ttm_graph_input(g, "motion", TTM_SHAPE(rows,
                                (int64_t)ttm_fit_row_size(fit)), TTM_DTYPE_F32);
    x = ttm_graph_picture(g, &p, inputs, 4);
    if (g->dtype != TTM_DTYPE_F32)
        x = ttm_graph_scale(g, x, 1, 0);
    ttm_graph_output(g, x);
    ret = ttm_network_create(&c->network, backend, g);
    if (ret >= 0)
        ret = ttm_network_bind_input(c->network, "still", still);
    if (ret >= 0)
        ret = ttm_network_write(c->network, "first", first, TTM_DTYPE_U8);
    if (ret >= 0)
        return 0;
fail:
    ttm_carry_free(carry);
    return ret;
}

void ttm_carry_free(TTMCarry **carry)
{
    if (!*carry)
        return;
    ttm_network_free(&(*carry)->network);
    free((*carry)->motion);
    free(*carry);
    *carry = NULL;
}

int ttm_carry_run(TTMCarry *c, const TTMFit *fit, const uint8_t *ids, int t,
                  const TTMTensor *carried)
{
    TTMTensor view = *carried;
    int ret;

    view.shape = TTM_SHAPE(fit->height, fit->width, 3);
    ttm_fit_rows(fit, t, c->motion);
    ret = ttm_network_write(c->network, "motion", c->motion, TTM_DTYPE_F32);
    if (ret >= 0)
        ret = ttm_network_write(c->network, "ids", ids, TTM_DTYPE_U8);
    if (ret >= 0)
        ret = ttm_network_bind_output(c->network, 0, &view);
    return ret < 0 ? ret : ttm_network_run(c->network);
}
