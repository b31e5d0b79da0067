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

/** @file A mask of a reduced part brought to the still's resolution. */

#ifndef TTM_SEGMENT_GUIDED_H
#define TTM_SEGMENT_GUIDED_H

#include "segment/work.h"

/**
 * Write @p id into @p ids (of the still) where @p figure (of @p part, 0 or 1)
 * is the object. The edge follows the still's colours: a local linear model
 * of the mask by the colours (guided filter, He et al. 2013) is fitted in
 * the reduced part and evaluated at every pixel near the edge. Pixels that
 * have an id keep it. TTM_ERR_MEMORY or TTM_ERR_CANCELLED (no message) or 0.
 */
int ttm_guided_write(const TTMWork *part, const float *figure,
                     const TTMImage *still, int id, uint8_t *ids,
                     TTMCancel *cancel);

#endif /* TTM_SEGMENT_GUIDED_H */
