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
 * A detector from its folder, in the layout of transformers (config.json,
 * model.safetensors, the tokenizer's files, preprocessor_config.json), for one still.
 */

#ifndef TTM_MODEL_DETECT_H
#define TTM_MODEL_DETECT_H

#include "backend/backend.h"
#include "segment/sightings.h"
#include "ttm.h"

/** What is looked for, where. */
typedef struct TTMDetectRequest {
    const char *folder;
    const TTMImage *still;
    const char *const *texts;
    int nb_texts;               ///< at least 1
    /** The same in less words, for a text that is too long. */
    const char *const *brief;
    size_t budget;              ///< bytes of the device's memory that may be used
} TTMDetectRequest;

/** What was seen. */
typedef struct TTMSightings {
    TTMSighting *list;          ///< thinned, malloc
    int nb;
} TTMSightings;

/**
 * Open the folder, check all of it, run its two networks one after the other and free
 * them: when this returns the device has nothing of it. The lists of sightings of a text
 * that has none of TTM_SIGHTING_LEAST and better hold the best one.
 *
 * @return 0 or a negative code after a line that names the file, the tensor or the option
 */
int ttm_detect(TTMBackend *backend, const TTMLog *log, const TTMDetectRequest *request,
               TTMSightings *sightings);

#endif /* TTM_MODEL_DETECT_H */
