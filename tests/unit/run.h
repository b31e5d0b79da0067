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

/** @file A context on the tiny bundle with a still of two boxes, and its frames. */

#ifndef TTM_TESTS_RUN_H
#define TTM_TESTS_RUN_H

#include "unit.h"

#include "clip/context.h"
#include "settings/options.h"

#define BUNDLE  "tests/ref/bundle"
#define W       72
#define H       48
#define FRAMES  4
#define BYTES   (3 * W * H)

typedef struct Run {
    TTMContext *ctx;
    TestLog lines;
    uint8_t still[BYTES], masks[BYTES];
    uint8_t frames[FRAMES][BYTES];
    int info_lines, phases[16];
} Run;

void run_draw(Run *r);
TTMImage run_wrap(uint8_t *pixels);
/** Options as name, value, ..., NULL. */
Run *run_open(const char *const *options);
void run_close(Run *r);
/** Whether a bundle opens on a device, which may not be there. */
int run_has_device(const char *model, const char *device);
void run_begin(Run *r, int masks);
/** Step to the end; checks that progress only grows. */
int run_finish(Run *r);

#endif /* TTM_TESTS_RUN_H */
