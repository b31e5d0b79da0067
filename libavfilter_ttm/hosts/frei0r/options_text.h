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


/** @file Options of libttm in one line of text. */

#ifndef TTM_FREI0R_OPTIONS_TEXT_H
#define TTM_FREI0R_OPTIONS_TEXT_H

#include "ttm.h"

/**
 * Set options from "name=value:name=value". A blank instead of the '=' does as well,
 * as MLT takes a text with '=' for keyframes. As in FFmpeg's graphs a backslash takes
 * the character behind it as it is, single quotes all that is within them, and
 * blanks around names and values count only there.
 *
 * @param text     empty is legal and sets nothing
 * @param message  gets one sentence that says what is wrong where that is not libttm's
 *                 to say: libttm has logged the line then, and the message is empty
 * @return 0, TTM_ERR_ARGUMENT, TTM_ERR_MEMORY, or what libttm says of a value
 */
int ttm_frei0r_set_options(TTMSettings *settings, const char *text,
                           char *message, size_t size);

#endif /* TTM_FREI0R_OPTIONS_TEXT_H */
