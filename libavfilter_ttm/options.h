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

/** Choices of the `refine` option. */
enum TTMRefineChoice {
    TTM_REFINE_AUTO,                ///< the bundle's
    TTM_REFINE_NONE,
    TTM_REFINE_SIMILARITY,
};

/** Choices of the `precision` option. */
enum TTMPrecisionChoice {
    TTM_PRECISION_AUTO,
    TTM_PRECISION_F32,
    TTM_PRECISION_F16,
    TTM_PRECISION_BF16,
};

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

/** Read "WxH" (both 1 .. 16384). TTM_ERR_ARGUMENT without a message. */
int ttm_parse_size(const char *text, int *width, int *height);

#endif /* TTM_OPTIONS_H */
