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
 * Where the time goes: what every kernel took, added up by network and kernel.
 */

#ifndef TTM_BACKEND_PROFILE_H
#define TTM_BACKEND_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "util/log.h"

/** All calls of one kernel in one network. */
typedef struct TTMProfileRow {
    char network[32], kernel[32];
    int64_t calls;
    double seconds;             ///< on the device
    double operations;          ///< multiplications and additions, masks not deducted
    double bytes;               ///< that were bound: read or written once at least
} TTMProfileRow;

typedef struct TTMProfile {
    TTMProfileRow *rows;
    size_t nb_rows, capacity;
} TTMProfile;

/** Add one call; one that memory is too short for is not counted. */
void ttm_profile_add(TTMProfile *profile, const char *network, const char *kernel,
                     double seconds, double operations, double bytes);
/** The rows that take longest come first. */
void ttm_profile_sort(TTMProfile *profile);
/** One line a row, sorted: ms, share, calls, TFLOP/s and GB/s. */
void ttm_profile_print(TTMProfile *profile, const TTMLog *log);
/** Sum of all rows, with empty names. */
TTMProfileRow ttm_profile_total(const TTMProfile *profile);
/** Drop all rows. */
void ttm_profile_free(TTMProfile *profile);

#endif /* TTM_BACKEND_PROFILE_H */
