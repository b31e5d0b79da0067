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
 * What the fuzz targets share. Each target is a file fuzz_NAME.c that defines fuzz_one();
 * its input is a file of corpus/NAME, or what libFuzzer makes of it.
 */

#ifndef TTM_TESTS_FUZZ_FUZZ_H
#define TTM_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "ttm.h"
#include "util/log.h"

/** One input; a crash, a hang, a sanitizer's report or fuzz_check() ends the run. */
void fuzz_one(const uint8_t *data, size_t size);

/** A log that keeps whether an error was said. */
extern const TTMLog fuzz_log;

/** An error code without a line before it, and a wrong code, end the run. */
void fuzz_check(int ret);

/** End the run. */
_Noreturn void fuzz_die(const char *what);

/** Ends the run unless @p holds. */
static inline void fuzz_assert(int holds, const char *what)
{
    if (!holds)
        fuzz_die(what);
}

/** Text with a 0 behind it, malloc; zero bytes are cut as C does. */
char *fuzz_text(const uint8_t *data, size_t size);

/** Folder of this process, made at the first call and removed at the end. */
const char *fuzz_folder(void);

/** Write FOLDER/NAME; the path is valid until the next call. */
const char *fuzz_write(const char *name, const void *data, size_t size);

/** Write FOLDER/NAME with what is in @p from. */
void fuzz_copy(const char *name, const char *from);

/** Link all files of the bundle tests/ref/bundle into FOLDER, once. */
void fuzz_link_bundle(void);

/** Take the next byte of the input, 0 at its end. */
uint8_t fuzz_byte(const uint8_t **data, size_t *size);

/** A picture of up to 64 x 64 RGB pixels of the input, grey behind its end; malloc. */
TTMImage fuzz_image(const uint8_t **data, size_t *size);

#endif /* TTM_TESTS_FUZZ_FUZZ_H */
