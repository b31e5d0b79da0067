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
 * Calls of the library that can be made to fail: memory, files, threads, Vulkan. The
 * program is linked with --wrap for each of them (build-aux/tests.mak); calls that other libraries
 * make are left alone, but cJSON is given the same memory functions.
 */

#ifndef TTM_TESTS_FAULTS_INJECT_H
#define TTM_TESTS_FAULTS_INJECT_H

#include <stddef.h>

enum InjectKind { INJECT_MEMORY, INJECT_FILE, INJECT_THREAD, INJECT_DEVICE, INJECT_NB };

extern const char *const inject_names[INJECT_NB];

/** Call once, before anything else. */
void inject_start(void);

/**
 * Count calls from 0 on; with @p recorded also where each comes from, for this process
 * and those that it was forked from.
 */
void inject_begin(int recorded);

/**
 * Let the first call from the place of recorded call @p index after inject_begin() fail,
 * once; negative: none. A run's calls are not always the same in number: units of work go
 * by the time that they take.
 */
void inject_fail(long index);

/** For what stands in the place of a function: count a call; 1 if it is to fail. */
int inject_must_fail(enum InjectKind kind);

/** Number of recorded calls. */
long inject_calls(void);

/** The call that was to fail has been made. */
int inject_done(void);

/** Kind of recorded call @p index. */
enum InjectKind inject_kind(long index);

/**
 * Recorded calls that come from different places (functions and their callers), the
 * first of each place: their number, and the numbers of the calls in *@p list (owned by
 * inject.c, until the next recording).
 */
size_t inject_distinct(const long **list);

/** Blocks of memory that the library holds. */
size_t inject_blocks(void);

/** Print which calls those that are held come from, at most @p most, to standard output. */
void inject_print_blocks(int most);

/** A signal handler: print where it is and which call failed, and die of the signal. */
void inject_print_crash(int number);

/** Print where the call that failed came from. */
void inject_print_fault(void);

#endif /* TTM_TESTS_FAULTS_INJECT_H */
