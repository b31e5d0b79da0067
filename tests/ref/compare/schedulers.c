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

/** @file Time steps and samples of the schedulers against those of diffusers. */

#include <math.h>
#include <stdio.h>

#include "compare.h"
#include "sampler/scheduler.h"

#define MAX_STEPS 1000

static double number_at(const TTMJson *array, int index)
{
    return ttm_json_number(ttm_json_at(array, index), NAN);
}

/** Keep the larger of two errors; NaN is the largest. */
static void raise(double *worst, double error)
{
    if (!(error <= *worst))
        *worst = error;
}

static int compare_case(const TTMJson *root, const TTMJson *item, double *times,
                        double *samples)
{
    static TTMScheduler scheduler;
    static TTMSchedulerStep steps[MAX_STEPS];
    const TTMLog log = { compare_log, NULL };
    const TTMJson *start = ttm_json_get(root, "start");
    const int nb = (int)ttm_json_number(ttm_json_get(item, "steps"), 0);
    enum TTMPrediction prediction;
    double x[8];
    int ret;

    ret = ttm_scheduler_load(&scheduler, &log, ttm_json_get(item, "config"),
                             "scheduler_config.json",
                             ttm_json_string(ttm_json_get(item, "class"), ""),
                             TTM_SAMPLER_AUTO);
    if (ret < 0)
        return ret;
    prediction = scheduler.kind == TTM_SCHEDULER_DDIM ? scheduler.prediction :
                 TTM_PREDICT_VELOCITY;
    ret = nb > MAX_STEPS ? TTM_ERR_ARGUMENT :
          ttm_scheduler_steps(&scheduler, &log, prediction, nb, steps);
    if (ret < 0)
        return ret;
    for (int k = 0; k < 3; k++)
        x[k] = number_at(start, k);
    *times = *samples = 0;
    for (int i = 0; i < nb; i++) {
        raise(times, fabs(steps[i].time -
                          number_at(ttm_json_get(item, "times"), i)));
        for (int k = 0; k < 3; k++) {
            double y = 0.3 * x[k] + 0.1 * (i + 1);
            double expected =
                number_at(ttm_json_at(ttm_json_get(item, "samples"), i), k);

            x[k] = steps[i].keep * x[k] + steps[i].add * y;
            raise(samples, fabs(x[k] - expected) / fmax(1, fabs(expected)));
        }
    }
    return 0;
}

int compare_schedulers(int argc, char **argv)
{
    const TTMLog log = { compare_log, NULL };
    TTMJson *root    = NULL;
    const TTMJson *items;
    int ret = ttm_json_load(&root, &log, argv[0]);

    (void)argc;
    items = ret < 0 ? NULL : ttm_json_get(root, "cases");
    for (int i = 0; ret >= 0 && i < ttm_json_count(items); i++) {
        double times, samples;

        if (compare_case(root, ttm_json_at(items, i), &times, &samples) < 0)
            printf("%d\tfailed\n", i);
        else
            printf("%d\t%.3e\t%.3e\n", i, times, samples);
    }
    ttm_json_free(&root);
    return ret;
}
