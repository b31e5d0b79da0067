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
 * A bundle: a folder in the Hugging Face diffusers layout.
 */

#ifndef TTM_IO_BUNDLE_H
#define TTM_IO_BUNDLE_H

#include "io/json.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"
#include "util/cancel.h"
#include "util/log.h"

/** One part of a bundle: "vae", "text_encoder", ... */
typedef struct TTMPart {
    char *name;
    char *folder;               ///< path
    char *class_name;           ///< from model_index.json, else config.json
    char *config_path;          ///< for messages
    TTMJson *config;            ///< config.json (scheduler: scheduler_config.json)
    struct TTMWeights *weights; ///< open files, NULL where the part has none
    const TTMLog *log;
} TTMPart;

typedef struct TTMBundle {
    char *path;
    TTMJson *index;             ///< model_index.json
    const TTMLog *log;
} TTMBundle;

/** Open model_index.json; a missing folder or file is named with the remedy. */
int ttm_bundle_open(TTMBundle **bundle, const TTMLog *log, const char *path);
void ttm_bundle_close(TTMBundle **bundle);

/** 1 if model_index.json lists the part (and not as null). */
int ttm_bundle_has_part(const TTMBundle *bundle, const char *name);

/**
 * Open a part: its config and its safetensors (single file, or sharded by
 * *.safetensors.index.json), everything checked: header, offsets, overlaps.
 */
int ttm_part_open(TTMPart **part, const TTMBundle *bundle, const char *name);
/** The same of a folder that is no part of a bundle; its class is that of its config. */
int ttm_part_open_folder(TTMPart **part, const TTMLog *log, const char *folder);
void ttm_part_close(TTMPart **part);

/**
 * Find a tensor and check its shape. A missing tensor or another shape is
 * TTM_ERR_FORMAT after a line that names file, tensor and both shapes.
 * F32, F16 and BF16 only.
 */
int ttm_part_tensor(TTMPart *part, const char *name, const TTMShape *shape,
                    const TTMFileTensor **tensor);
/** NULL where there is none; no message. Does not mark it as used. */
const TTMFileTensor *ttm_part_find(const TTMPart *part, const char *name);

/**
 * After a net was built: an unused tensor in the file is TTM_ERR_FORMAT and
 * named, except buffers that carry no weights (names that end in
 * "position_ids" or ".pe").
 */
int ttm_part_check_all_used(const TTMPart *part);

/**
 * Hash over names and contents of model_index.json and of the .json, .txt and
 * .safetensors files of all listed parts: 16 hex digits and a 0. Changes when
 * any weight or config changes; where the bundle lies does not matter. It reads every
 * byte of them; TTM_ERR_CANCELLED without a message where @p cancel (or NULL) says so.
 */
int ttm_bundle_hash(const TTMBundle *bundle, TTMCancel *cancel, char hash[17]);

#endif /* TTM_IO_BUNDLE_H */
