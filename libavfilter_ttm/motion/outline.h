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

/** @file Outlines of an object's mask: distances, slopes and points on them. */

#ifndef TTM_MOTION_OUTLINE_H
#define TTM_MOTION_OUTLINE_H

#include <stdint.h>

/** A point on an outline. */
typedef struct TTMOutlinePoint {
    float x, y;                 ///< pixel centres are at + 0.5
    float normal[2];            ///< of length 1, into the object
    uint8_t contact;            ///< what may hide the object begins here
    uint8_t border;             ///< that is the picture's border
} TTMOutlinePoint;

/** Signed distances to an outline, positive inside, and their slopes. */
typedef struct TTMDistance {
    int width, height;
    float *distance;            ///< [height, width], to 0 half way to the next pixel
    float *slope;               ///< [height, width, 2] of the softened distance
} TTMDistance;

/** What is known of an object in one frame. */
typedef struct TTMOutline {
    int width, height;
    int64_t area;               ///< pixels of the object
    float x, y;                 ///< its centre; 0 where it has no pixels
    TTMDistance own;            ///< to the object's outline
    TTMDistance room;           ///< to that of the object and what may hide it
    uint8_t *hiding;            ///< [height, width], 1: another object may hide it
    TTMOutlinePoint *points;
    int nb_points;
} TTMOutline;

/**
 * Measure object @p id of @p ids [height, width]. Beyond the border nothing is
 * known, so no outline lies there. @p hides [256]: whether an object of that id
 * may be in front of this one. TTM_ERR_MEMORY (no message, nothing is kept) or 0.
 */
int ttm_outline_create(TTMOutline *outline, const uint8_t *ids, int width,
                       int height, int id, const uint8_t *hides);
void ttm_outline_free(TTMOutline *outline);

/** Bilinear distance at (x, y), clamped at the border; @p slope may be NULL. */
float ttm_distance_at(const TTMDistance *distance, float x, float y,
                      float slope[2]);

/** 1 where a place lies in the picture. */
int ttm_outline_in(const TTMOutline *outline, const float place[2]);

/** 1 where (x, y) lies in the picture and another object may hide this one. */
int ttm_outline_hidden(const TTMOutline *outline, float x, float y);

#endif /* TTM_MOTION_OUTLINE_H */
