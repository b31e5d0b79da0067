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

/** @file Inside view of the option table. */

#ifndef TTM_OPTIONS_H
#define TTM_OPTIONS_H

#include "sampler/scheduler.h"

/** Row of the table by name, NULL where there is none. */
const TTMOption *ttm_option_find(const char *name);

/** Name of the value of a choice option, e.g. "similarity". */
const char *ttm_option_choice_name(const char *option, int value);

/**
 * Check every member against the table and the strings that have a form.
 * TTM_ERR_ARGUMENT after a line that names the option and its range.
 */
int ttm_settings_check(const TTMSettings *settings, const TTMLog *log);

/** Copy all members; strings are copied. Free with ttm_settings_uninit(). */
int ttm_settings_copy(TTMSettings *to, const TTMSettings *from);

#endif /* TTM_OPTIONS_H */
