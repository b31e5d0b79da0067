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

/** @file A wish to stop that any thread may have, seen by those that work. */

#ifndef TTM_UTIL_CANCEL_H
#define TTM_UTIL_CANCEL_H

#include <stdatomic.h>

typedef struct TTMCancel {
    atomic_int asked;
    int (*interrupt)(void *opaque);     ///< the host's, asked often from any thread; or NULL
    void *opaque;
} TTMCancel;

/** Whether to stop: once true it stays so until `asked` is cleared. NULL: never. */
static inline int ttm_cancelled(TTMCancel *cancel)
{
    if (!cancel)
        return 0;
    if (atomic_load_explicit(&cancel->asked, memory_order_relaxed))
        return 1;
    if (!cancel->interrupt || !cancel->interrupt(cancel->opaque))
        return 0;
    atomic_store(&cancel->asked, 1);
    return 1;
}

#endif /* TTM_UTIL_CANCEL_H */
