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

/** @file The clip of tests/ref/make_trajectory_reference.py. */

#ifndef TTM_TESTS_REFERENCE_H
#define TTM_TESTS_REFERENCE_H

#include "unit.h"

#include "io/json.h"

#define REF_W 24
#define REF_H 16
#define REF_F 6
#define REF_L 2
#define REF_PIXELS (REF_W * REF_H)

/** Load the reference; the caller frees it. */
TTMJson *reference_load(void);

/** Digits of member @p key -> ids; fails the test on another length. */
void reference_ids(const TTMJson *json, const char *key, uint8_t *ids,
                   int count);

/** Numbers of member @p key. */
void reference_numbers(const TTMJson *json, const char *key, float *numbers,
                       int count);

#endif /* TTM_TESTS_REFERENCE_H */
