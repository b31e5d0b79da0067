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

/** @file Inside view of the options: their table, and settings that are checked. */

#ifndef TTM_SETTINGS_OPTIONS_H
#define TTM_SETTINGS_OPTIONS_H

#include "settings/settings.h"
#include "util/log.h"

/** An option, and where its value is in TTMSettings: char *, int, int64_t, double or TTMRational. */
typedef struct TTMOptionRow {
    TTMOption option;
    size_t offset;
} TTMOptionRow;

/** Row @p index of the table, NULL past the last. */
const TTMOptionRow *ttm_option_row(size_t index);

/** Row of the table by name, NULL where there is none. */
const TTMOptionRow *ttm_option_find_row(const char *name);

/**
 * Make settings whose contents are undefined those of ttm_settings_alloc();
 * TTM_ERR_MEMORY without a line, and nothing to free.
 */
int ttm_settings_default(TTMSettings *settings);

/** Free the strings; they are NULL then. */
void ttm_settings_uninit(TTMSettings *settings);

/**
 * Check every member against the table and the strings that have a form.
 * TTM_ERR_ARGUMENT after a line that names the option and its range.
 */
int ttm_settings_check(const TTMSettings *settings, const TTMLog *log);

/** Copy all members; strings are copied. Free with ttm_settings_uninit(). */
int ttm_settings_copy(TTMSettings *to, const TTMSettings *from);

#endif /* TTM_SETTINGS_OPTIONS_H */
