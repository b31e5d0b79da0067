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


/** @file Text files in UTF-8: what other encodings leave is told apart. */

#ifndef TTM_UTIL_TEXTFILE_H
#define TTM_UTIL_TEXTFILE_H

#include <stddef.h>
#include <stdint.h>

#include "util/log.h"

/** A text file in memory. A zeroed struct is closed. */
typedef struct TTMTextFile {
    uint8_t *data;          ///< all bytes of the file
    const char *text;       ///< behind the byte-order mark, ends in a 0
    size_t size;            ///< bytes of text
} TTMTextFile;

/**
 * Read the text file @p path, which may have @p most bytes; @p what says what it
 * should be ("prompt") in the line about a larger one. A byte-order mark of UTF-8 is
 * left out. UTF-16 and UTF-32, known by their marks, and any other file with a zero
 * byte are refused: TTM_ERR_FORMAT after a line that names the encoding and the remedy.
 * Wrong sequences of UTF-8 are left as they are.
 */
int ttm_textfile_open(TTMTextFile *text, const TTMLog *log, const char *path,
                      size_t most, const char *what);

/** Free; clears the struct. */
void ttm_textfile_close(TTMTextFile *text);

/** Bytes of the byte-order mark of UTF-8 at the beginning of @p text: 3 or 0. */
size_t ttm_text_mark(const char *text, size_t size);

#endif /* TTM_UTIL_TEXTFILE_H */
