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

/** @file The file that the still was read from. */

#ifndef TTM_CLIP_SOURCE_H
#define TTM_CLIP_SOURCE_H

#include "io/json.h"
#include "util/cancel.h"
#include "util/log.h"

/** A zeroed one is not known. */
typedef struct TTMSource {
    char *path;                 ///< NULL: not known
    char *name;                 ///< its last part, in UTF-8, without folders
    char hash[17];              ///< XXH64 of its contents; empty: not read, or not to be read
} TTMSource;

/**
 * Take a copy of @p path; NULL, and what has no last part, is not known. TTM_ERR_MEMORY after
 * a log line, or 0.
 */
int ttm_source_take(TTMSource *source, const TTMLog *log, const char *path);
void ttm_source_free(TTMSource *source);

/**
 * Read the file for its hash, once. One that cannot be read is a warning, and has none.
 * TTM_ERR_CANCELLED without a line, TTM_ERR_MEMORY, or 0.
 */
int ttm_source_read(TTMSource *source, const TTMLog *log, TTMCancel *cancel);

/** Add "source" with name and hash, where it is known. TTM_ERR_MEMORY or 0. */
int ttm_source_add(const TTMSource *source, TTMJson *root);

#endif /* TTM_CLIP_SOURCE_H */
