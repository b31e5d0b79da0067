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

/** @file Commands of the program that tests/ref/check runs; see main.c. */

#ifndef TTM_TESTS_COMPARE_H
#define TTM_TESTS_COMPARE_H

#include "util/log.h"

/** Errors to stderr. */
void compare_log(void *opaque, enum TTMLogLevel level, const char *message);

/*
 * Each takes its arguments and returns 0 or a negative code. Results are lines
 * on stdout; what was to be compared and could not is a line there too.
 */

/**
 * DEVICE[/KERNELS] PRECISION FOLDER...: the cases of record.py; KERNELS is a
 * value of the option of this name. Lines "FOLDER RUN NAME
 * ERROR" of tabs between; NAME is "out" for the output of a network that runs
 * as in a clip, "layers" for that of one whose intermediates are looked at,
 * and else the name of an intermediate. "FOLDER RUN nodes N": how many values
 * the network computes. "FOLDER RUN failed TEXT": why not.
 */
int compare_nets(int argc, char **argv);

/**
 * FILE: cases as make_scheduler_reference.py writes them. Lines "I TIMES
 * SAMPLES", the largest errors of case I, or "I failed TEXT".
 */
int compare_schedulers(int argc, char **argv);

/** FOLDER FILE: texts, each ended by a zero byte; a line of ids for each. */
int compare_tokens(int argc, char **argv);

/** FOLDER: a clip; see clip.c. */
int compare_clip(int argc, char **argv);

#endif /* TTM_TESTS_COMPARE_H */
