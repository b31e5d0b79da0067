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

/** @file Temporary folders and files of the tests. */

#ifndef TTM_TESTS_UNIT_FILES_H
#define TTM_TESTS_UNIT_FILES_H

#include <stddef.h>
#include <stdint.h>

/** New empty folder in $TMPDIR or /tmp; free with test_remove_folder(). */
char *test_make_folder(void);

/** Remove the folder with all it holds, and free the path. */
void test_remove_folder(char *folder);

/**
 * Let numbers have a comma until setlocale(LC_NUMERIC, "C"), by a locale that is made in
 * the folder; 0 where none can be made.
 */
int test_set_comma(const char *folder);

/** FOLDER/NAME, in a buffer of the helper that lasts until the call after next. */
const char *test_path(const char *folder, const char *name);

/** Write FOLDER/NAME (folders on the way are made); returns its path. */
const char *test_write(const char *folder, const char *name, const void *data,
                       size_t size);
const char *test_write_text(const char *folder, const char *name,
                            const char *text);

/** All bytes of a file with a 0 behind them, malloc; @p size may be NULL. */
uint8_t *test_read(const char *path, size_t *size);

/** New folder of copies of the files of a bundle; free as above. */
char *test_copy_bundle(const char *from);

/** New folder of links to the files of a bundle; free as above. */
char *test_link_bundle(const char *from);

/**
 * The tiny bundle with the tiny AutoencoderKLWan of the tests of networks in place of its
 * autoencoder: a latent frame of four pictures, which depends on those before. Free as above.
 */
char *test_video_bundle(void);

/**
 * Write the text of FROM/NAME with @p old, which it must have once, replaced to
 * FOLDER/NAME, in place of a link.
 */
void test_edit(const char *from, const char *folder, const char *name,
               const char *old, const char *text);

/** Write a safetensors file of a header text and @p size bytes of data. */
const char *test_write_safetensors(const char *folder, const char *name,
                                   const char *header, const void *data,
                                   size_t size);

#endif /* TTM_TESTS_UNIT_FILES_H */
