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

/** @file Clips of a red box on the tiny bundle, by the public interface only. */

#ifndef TTM_TESTS_UNIT_REDBOX_H
#define TTM_TESTS_UNIT_REDBOX_H

#include "unit.h"

#include "ttm.h"

#define REDBOX_W      72
#define REDBOX_H      48
#define REDBOX_FRAMES 2
#define REDBOX_FRAME  (3 * REDBOX_W * REDBOX_H)
#define REDBOX_BYTES  (REDBOX_FRAMES * REDBOX_FRAME)

/**
 * What a clip of one step and REDBOX_FRAMES frames needs, and options as name, value,
 * ..., NULL. Free it with ttm_settings_free().
 */
TTMSettings *redbox_settings(const char *const *options, TestLog *log);

/** A context of such settings; NULL where it cannot be opened, which @p log tells. */
TTMContext *redbox_open(const char *const *options, TestLog *log);

/** Give the still. */
int redbox_begin(TTMContext *ctx);

/**
 * Steps to the end, or @p steps where that is not negative; then RGB8 to @p frames where
 * they are not NULL. Returns what the last call did.
 */
int redbox_finish(TTMContext *ctx, int steps, uint8_t *frames);

/** A number below @p below, of a row that a seed begins. */
unsigned redbox_random(unsigned *state, unsigned below);

#endif /* TTM_TESTS_UNIT_REDBOX_H */
