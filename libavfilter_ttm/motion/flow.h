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

/** @file Regions that move within their outlines: water, smoke, leaves. */

#ifndef TTM_MOTION_FLOW_H
#define TTM_MOTION_FLOW_H

#include "motion/forms.h"

/** Pictures of a region that are laid over each other, at most. */
#define TTM_FLOW_LAYERS 2

/** The still's ids, and how its pixels are shown. */
typedef struct TTMFlowStill {
    const uint8_t *ids;         ///< [height, width]
    int width, height;
    double pixel_aspect;        ///< width of a pixel to its height, as displayed
} TTMFlowStill;

/**
 * Let object @p id stay where it is and flow.
 *
 * What goes one way (left, right, up, down) is two pictures of the region that
 * travel and fade into each other, each back where it came from while it is not seen
 * (flow maps; Max and Becker, "Flow Visualization Using Moving Textures", 1996). A
 * pixel never comes from outside the region: near its ends the way is shorter. Waves
 * and what sways are moved by three waves that travel, each as far as it has
 * come since frame 0, and rest at the outline; what sways rests at its foot.
 *
 * The beginning is the still, and the end of the motion leads into its beginning: all has
 * a whole number of periods in it. The trajectory and what the networks are told do not change.
 *
 * @param seconds length of the motion
 * @return TTM_ERR_MEMORY (no message) or 0
 */
int ttm_flow_add(TTMFit *fit, int id, const TTMFlow *flow,
                 const TTMFlowStill *still, double seconds);

/**
 * The field of a layer at @p time, 1 being the end of the motion, as ttm_field_make() makes those of shapes; its
 * third value is the layer's share of what layers before it have left.
 */
void ttm_flow_field(const struct TTMForms *forms, const TTMFit *fit,
                    const TTMFlowing *flowing, int layer, double time, float *field);

#endif /* TTM_MOTION_FLOW_H */
