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

/** @file Objects that change their shape: dense fit of the still's masks. */

#ifndef TTM_MOTION_FORMS_H
#define TTM_MOTION_FORMS_H

#include "motion/fit.h"
#include "motion/lattice.h"
#include "prompt/flows.h"

/** Longer side of the grid that shapes are fitted on. */
#define TTM_FORMS_SIDE 256

/** How a region moves within its outline (motion/flow.h). */
typedef struct TTMFlowing {
    TTMFlow flow;
    int layers;                 ///< 2 where it goes one way, else 1
    double periods;             ///< in the time of the motion, whole
    float size;                 ///< of its motion, 1 in a region of usual size
    float top, bottom;          ///< of the region in the grid of the shapes
    float (*reach)[2];          ///< [height, width] of the field
} TTMFlowing;

/** How one object changes its shape. */
typedef struct TTMForm {
    int deforms;                ///< 0: its similarity says it all
    int frames;                 ///< of corners
    TTMLattice lattice;         ///< over its mask in the still
    float (*corners)[2];        ///< [frames, nb_corners], where they are
    uint8_t *torn;              ///< [frames, nb_cells], where it comes apart
    float *thickness;           ///< [nb_corners] of the still's mask there
    TTMFlowing *flowing;        ///< owned; NULL: it does not move within its outline
} TTMForm;

/** Dense, non-rigid maps of all objects and frames. */
struct TTMForms {
    int frames, objects;
    int width, height;          ///< grid that positions are in
    uint8_t *first;             ///< [height, width], ids of the still there
    TTMForm *object;            ///< [objects]
    void *work;                 ///< of motion/field.h
};

/**
 * Fit the shapes of the still's objects to a trajectory.
 *
 * Each object is a lattice that is as rigid as possible (motion/lattice.h). The
 * still's outline is pulled to that of the frame and the frame's to the still's,
 * with stiffness that gives way by and by, each frame from the one before, then
 * once more with its neighbours in time. Outlines where another object may be in
 * front, and the picture's border, pull weakly or not at all, so that hidden parts
 * are not squeezed. Wide objects (motion/ground.h) are not taken to hide others, and
 * ground does not deform. Objects that their similarity explains to
 * within the noise of a mask in all frames do not deform at all.
 *
 * @param fit     the similarities to begin from; not changed
 * @param still   [still_height, still_width], ids of the still
 * @param pixel_aspect width of its pixels to their height, as displayed
 * @param ids     [frames, height, width], the trajectory; its frame 0 is not read
 * @return NULL in *forms where no object deforms; TTM_ERR_MEMORY (no message) or 0
 */
int ttm_forms_create(struct TTMForms **forms, const TTMFit *fit,
                     const uint8_t *still, int still_width, int still_height,
                     double pixel_aspect, const uint8_t *ids, int width,
                     int height);
/** Forms of which none deforms yet, for ttm_flow_add(); as above. */
int ttm_forms_begin(struct TTMForms **forms, const TTMFit *fit,
                    const uint8_t *still, int still_width, int still_height,
                    double pixel_aspect);
void ttm_forms_free(struct TTMForms **forms);
/** Free what one object has; it does not deform then. */
void ttm_form_free(TTMForm *form);

#endif /* TTM_MOTION_FORMS_H */
