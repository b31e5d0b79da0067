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
 * Files that are read, and folder lists. Nothing is mapped into memory: a mapped file
 * that another process shortens ends this one, but a read only fails.
 */

#ifndef TTM_UTIL_FILE_H
#define TTM_UTIL_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "util/cancel.h"
#include "util/log.h"

/** A regular file that is open for reading. A zeroed struct is closed. */
typedef struct TTMFile {
    char *path;             ///< NULL: closed
    int descriptor;
    uint64_t size;          ///< bytes, when it was opened
    int64_t written[2];     ///< when it was last written, seconds and nanoseconds
} TTMFile;

/**
 * Open the regular file @p path. TTM_ERR_FILE after a line when it is missing,
 * not a regular file or not readable.
 */
int ttm_file_open(TTMFile *file, const TTMLog *log, const char *path);

/** Close; clears the struct. */
void ttm_file_close(TTMFile *file);

/**
 * Read the @p size bytes at @p offset. A file that was written or shortened since it
 * was opened is TTM_ERR_FILE after a line that names it, so that what is read is
 * always of the file as it was opened. Files may be replaced (renamed over) or
 * removed: the open one stays. Threads may read one file at once.
 */
int ttm_file_read(const TTMFile *file, const TTMLog *log, uint64_t offset,
                  void *to, size_t size);

/** Read all of @p file into *@p data (malloc), with a 0 behind it. */
int ttm_file_load(const TTMFile *file, const TTMLog *log, uint8_t **data);

/**
 * XXH64 of the contents of @p file; *@p hash is the seed before. Errors as
 * ttm_file_read(), or TTM_ERR_CANCELLED, without a message, where @p cancel (or NULL)
 * says so.
 */
int ttm_file_hash(const TTMFile *file, const TTMLog *log, TTMCancel *cancel,
                  uint64_t *hash);

/**
 * 1 if @p path is a regular file (or a link to one), 0 if it is not there or something
 * else. Where that cannot be told, since the disk fails or a folder on the way may not
 * be searched, TTM_ERR_FILE after a line that says why.
 */
int ttm_file_exists(const TTMLog *log, const char *path);

/** The same of a folder. */
int ttm_folder_exists(const TTMLog *log, const char *path);

/**
 * Names of the regular files directly in @p folder that do not begin with a
 * dot, sorted by bytes, ended by NULL. Free with ttm_list_free().
 */
int ttm_folder_list(char ***names, const TTMLog *log, const char *folder);
void ttm_list_free(char ***names);

#endif /* TTM_UTIL_FILE_H */
