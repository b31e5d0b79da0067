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
 * A case of tests/ref/nets: a tiny network and the values that PyTorch gave.
 * Programs run in the source folder.
 */

#ifndef TTM_TESTS_NETCASE_H
#define TTM_TESTS_NETCASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "nets/network_class.h"
#include "run/network.h"

typedef struct NetCase {
    TTMLog log;
    char messages[4096];        ///< error lines so far
    TTMBundle *bundle;
    TTMPart *part;              ///< the network
    TTMPart *reference;         ///< runs and their values
} NetCase;

/** Open tests/ref/nets/NAME, or the folder NAME if it has a slash. */
int netcase_open(NetCase *c, const char *name);
void netcase_close(NetCase *c);

/** Read tensor @p name of the reference, at most @p most values, as f32; returns its shape. */
const TTMShape *netcase_load(const NetCase *c, const char *name, int64_t most,
                             float *values);

/** What the network is for, as its folder tells. */
enum TTMNetTask netcase_task(const NetCase *c);

/** Number of runs. */
int netcase_runs(const NetCase *c);
const char *netcase_run_name(const NetCase *c, int run);

/**
 * The graph of run @p run: what a builder makes of config.json and the run's
 * arguments. Returns the builder's code; *graph may be there on failure too.
 */
int netcase_build(NetCase *c, int run, enum TTMDType dtype, TTMGraph **graph);

/** Takes the relative L2 distance of one value; @p name is "" for the output. */
typedef void (*NetCaseReport)(void *opaque, const char *name, double error);

/**
 * Run @p run of the case on @p backend and report the distance of the output
 * from the stored one and, with @p layers, of every stored intermediate; without,
 * the network runs as it does in a clip. @p perturb is NULL or the name of a
 * weight of which one element is changed. Returns 0 or a negative code; the
 * reason is in c->messages, or in the backend's log.
 */
int netcase_measure(NetCase *c, int run, TTMBackend *backend, int layers,
                    const char *perturb, NetCaseReport report, void *opaque);

/**
 * Run @p run of the case and compare output and stored intermediates by
 * relative L2; the test fails above @p limit. A line with the largest errors
 * is printed.
 * @p device is a name for ttm_backend_open(). @p perturb is NULL or the name
 * of a weight of which one element is changed, or "lora": the amounts of the
 * run's LoRA files are 1 % larger. Then the output must be further away than
 * @p limit.
 */
void netcase_compare(const char *name, int run, const char *device,
                     enum TTMDType precision, double limit, const char *perturb);

/**
 * Distance of the output over the one that PyTorch gets in the same precision, f16
 * or bf16. Rounding is chance: a single ratio says little, so judge many.
 */
double netcase_ratio(const char *name, int run, const TTMBackendRequest *request);

#endif /* TTM_TESTS_NETCASE_H */
