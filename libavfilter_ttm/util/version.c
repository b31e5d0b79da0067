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

/** @file Version of the library, texts of its result codes. */

#include "ttm.h"

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

const char *ttm_version(void)
{
    return TEXT(TTM_VERSION_MAJOR) "." TEXT(TTM_VERSION_MINOR) "."
           TEXT(TTM_VERSION_MICRO);
}

const char *ttm_error_string(int code)
{
    switch (code) {
    case TTM_OK:              return "success";
    case TTM_MORE:            return "more work is left";
    case TTM_ERR_MEMORY:      return "out of memory";
    case TTM_ERR_ARGUMENT:    return "wrong argument or option";
    case TTM_ERR_FILE:        return "file missing or not readable";
    case TTM_ERR_FORMAT:      return "file damaged or of an unknown kind";
    case TTM_ERR_UNSUPPORTED: return "not supported by this device or build";
    case TTM_ERR_DEVICE:      return "device missing or failed";
    case TTM_ERR_CANCELLED:   return "cancelled";
    case TTM_ERR_STATE:       return "calls in the wrong order";
    case TTM_ERR_INTERNAL:    return "internal error, please report it";
    case TTM_ERR_PRECISION:   return "out of the range of the precision";
    }
    return "unknown error";
}
