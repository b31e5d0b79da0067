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

/** @file Pieces of predicted masks that are nowhere near their object. */

#ifndef TTM_MOTION_STRAY_H
#define TTM_MOTION_STRAY_H

#include <stdint.h>

#include "util/cancel.h"

/**
 * Make pieces of objects that are far from where their objects were background.
 *
 * Frame by frame, an object keeps those 8-connected pieces of which some pixel is
 * at most 0.08 of the height, times the frames since it was seen, away from its
 * mask there, by the larger of columns and rows. In clips of fewer than 16 frames
 * that is times (15 / (frames - 1))^2: things go further in a frame, and by more of
 * their own size. If that mask touched the border of the frame, the object may go on
 * behind it: however long it is not seen, it comes in no further than 0.08 of the
 * height away at right angles to the border. Frames in which less than a tenth of
 * an object's first area is kept do not count as seen, so that a crumb does not
 * hold what has gone on. An object that frame 0 does not have is as first seen.
 *
 * Thread safety: none needed, no state. Reference: models/train/stray.py.
 *
 * @param ids [frames, height, width], 0 is background; frame 0 is the truth and
 *            stays as it is
 * @return 0, TTM_ERR_MEMORY, or TTM_ERR_CANCELLED with the ids in between
 */
int ttm_stray_drop(uint8_t *ids, int frames, int height, int width, int objects,
                   TTMCancel *cancel);

#endif /* TTM_MOTION_STRAY_H */
