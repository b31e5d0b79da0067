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

/** @file Sums of what kernels took. */

#include "backend/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void ttm_profile_add(TTMProfile *profile, const char *network, const char *kernel,
                     double seconds, double operations, double bytes)
{
    TTMProfileRow *row = NULL;

    for (size_t i = 0; i < profile->nb_rows && !row; i++)
        if (!strcmp(profile->rows[i].kernel, kernel) &&
            !strcmp(profile->rows[i].network, network))
            row = &profile->rows[i];
    if (!row) {
        if (ttm_array_grow(&profile->rows, &profile->capacity,
                           profile->nb_rows + 1, sizeof(*profile->rows)) < 0)
            return;
        row = &profile->rows[profile->nb_rows++];
        memset(row, 0, sizeof(*row));
        snprintf(row->network, sizeof(row->network), "%s", network);
        snprintf(row->kernel, sizeof(row->kernel), "%s", kernel);
    }
    row->calls++;
    row->seconds    += seconds;
    row->operations += operations;
    row->bytes      += bytes;
}

static int compare(const void *a, const void *b)
{
    const TTMProfileRow *x = a, *y = b;

    return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

void ttm_profile_sort(TTMProfile *profile)
{
    if (profile->nb_rows)
        qsort(profile->rows, profile->nb_rows, sizeof(*profile->rows), compare);
}

TTMProfileRow ttm_profile_total(const TTMProfile *profile)
{
    TTMProfileRow total = { .calls = 0 };

    for (size_t i = 0; i < profile->nb_rows; i++) {
        total.calls      += profile->rows[i].calls;
        total.seconds    += profile->rows[i].seconds;
        total.operations += profile->rows[i].operations;
        total.bytes      += profile->rows[i].bytes;
    }
    return total;
}

void ttm_profile_print(TTMProfile *profile, const TTMLog *log)
{
    const double seconds = ttm_profile_total(profile).seconds;

    ttm_profile_sort(profile);
    ttm_log(log, TTM_LOG_INFO, "%-17s%-16s%7s%11s%7s%9s%9s", "network", "kernel",
            "calls", "ms", "share", "TFLOP/s", "GB/s");
    for (size_t i = 0; i < profile->nb_rows; i++) {
        const TTMProfileRow *r = &profile->rows[i];
        double time = r->seconds > 0 ? r->seconds : 1e-9;

        ttm_log(log, TTM_LOG_INFO, "%-17s%-16s%7lld%11.3f%6.1f%%%9.3f%9.2f",
                r->network, r->kernel, (long long)r->calls, r->seconds * 1e3,
                100 * r->seconds / (seconds > 0 ? seconds : 1),
                r->operations / time * 1e-12, r->bytes / time * 1e-9);
    }
}

void ttm_profile_free(TTMProfile *profile)
{
    free(profile->rows);
    memset(profile, 0, sizeof(*profile));
}
