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

/** @file Read-only mapped files. The only file that knows how to map one. */

#ifndef TTM_UTIL_MAPFILE_H
#define TTM_UTIL_MAPFILE_H

#include <stddef.h>
#include <stdint.h>

#include "util/log.h"

/** A mapped file. Must not be shortened by others while it is mapped. */
typedef struct TTMMapFile {
    const uint8_t *data;    ///< page-aligned; never NULL while open
    size_t size;
} TTMMapFile;

/**
 * Map the regular file @p path. TTM_ERR_FILE after a line when it is missing,
 * not a regular file or not readable.
 */
int ttm_mapfile_open(TTMMapFile *file, const TTMLog *log, const char *path);

/**
 * The pages read so far are not needed soon: they leave this process and come
 * back, from the system's cache or the disk, when they are read again.
 */
void ttm_mapfile_release(const TTMMapFile *file);

/** Unmap; clears the struct. A zeroed struct is legal. */
void ttm_mapfile_close(TTMMapFile *file);

/** 1 if @p path is a regular file (or a link to one). */
int ttm_file_exists(const char *path);

/** 1 if @p path is a folder (or a link to one). */
int ttm_folder_exists(const char *path);

/**
 * Names of the regular files directly in @p folder that do not begin with a
 * dot, sorted by bytes, ended by NULL. Free with ttm_list_free().
 */
int ttm_folder_list(char ***names, const TTMLog *log, const char *folder);
void ttm_list_free(char ***names);

#endif /* TTM_UTIL_MAPFILE_H */
