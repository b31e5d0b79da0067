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

/** @file Text that grows. */

#include "prompt/append.h"

#include <stdlib.h>
#include <string.h>

#include "ttm.h"
#include "util/mem.h"

int ttm_text_append(char **text, const char *separator, const char *part)
{
    char *joined = *text ? ttm_asprintf("%s%s%s", *text, separator, part) :
                           ttm_strdup(part);

    if (!joined)
        return TTM_ERR_MEMORY;
    free(*text);
    *text = joined;
    return 0;
}
