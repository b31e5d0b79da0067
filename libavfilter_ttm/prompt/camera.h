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

/** @file What a prompt says of the camera. */

#ifndef TTM_PROMPT_CAMERA_H
#define TTM_PROMPT_CAMERA_H

#include "util/camera.h"

/**
 * Moves that the prompt says: "the camera pans left and zooms in", "slow zoom out", "a shaky
 * camera"; none where it says none, or that the camera does not move. "slowly" makes them
 * smaller, "quickly" larger. TTM_ERR_MEMORY without a line, or 0.
 */
int ttm_prompt_camera(TTMCamera *camera, const char *text);

#endif /* TTM_PROMPT_CAMERA_H */
