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

/** @file Run cases of kernels on a device and compare with the reference. */

#ifndef TTM_TESTS_KERNELS_HARNESS_H
#define TTM_TESTS_KERNELS_HARNESS_H

#include "cases.h"

/** All ops, ended by NULL. */
extern const CaseOp *const case_ops[];

/** Precisions in the order of CaseOp.limits. */
extern const enum TTMDType case_types[3];

/** What a program of the tests was asked for, and what came out. */
typedef struct CaseRun {
    const char *device;         ///< for names of cases
    char **parts;               ///< of names of cases that are wanted
    int nb_parts;               ///< 0: all
    int of;                     ///< one case of so many is run, drawn; 0, 1: all
    unsigned random;            ///< state of the draws
    int tests;                  ///< TAP lines printed
    int failed;                 ///< cases
} CaseRun;

/** Prints errors and warnings. */
extern const TTMLog case_log;

/**
 * With TTM_SAMPLE=5 in the environment, and where no case was asked for by its name, @p run
 * is of one case in five, drawn by TTM_SEED, or by the time; which is printed.
 */
void case_sample(CaseRun *run);

/** 1 when case @p i of several is run; @p first is of case_first(). */
int case_drawn(const CaseRun *run, int i, int first);

/** Draw where to begin among @p nb cases, one of which is run at least. */
int case_first(CaseRun *run, int nb);

/** Open a device; prints errors and warnings. NULL on failure. */
TTMBackend *case_open(const char *device, enum TTMDType type, int threads);

/**
 * Run all cases of @p op in precision number @p t on @p backend and on
 * @p reference; failures print the case's name and its errors. One TAP line.
 */
void case_test(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend,
               TTMBackend *reference);

/**
 * Make all cases of @p op, the large ones too, on @p backend and run each once, whatever
 * comes out. One TAP line.
 */
void case_compile(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend);

/** Print the time of the large cases of @p op. */
void case_bench(CaseRun *run, const CaseOp *op, int t, TTMBackend *backend);

#endif /* TTM_TESTS_KERNELS_HARNESS_H */
