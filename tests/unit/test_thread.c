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

/** @file The thread pool. */

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "unit.h"
#include "util/clock.h"
#include "util/thread.h"

enum { NB = 5000 };

typedef struct Loop {
    atomic_int calls[NB];
    atomic_int wrong;
    TTMPool *pool;
} Loop;

static void count(void *opaque, int index, int nb)
{
    Loop *loop = opaque;

    if (index < 0 || index >= nb)
        atomic_fetch_add(&loop->wrong, 1);
    else
        atomic_fetch_add(&loop->calls[index], 1);
}

static void check_counts(Loop *loop, int nb, int expected)
{
    assert_int_equal(atomic_load(&loop->wrong), 0);
    for (int i = 0; i < NB; i++)
        assert_int_equal(atomic_load(&loop->calls[i]), i < nb ? expected : 0);
}

static void every_index_once(void **state)
{
    static const int threads[] = { 1, 2, 3, 8 }, sizes[] = { 0, 1, 2, 7, NB };

    (void)state;
    for (int t = 0; t < 4; t++) {
        TTMPool *pool = ttm_pool_create(threads[t]);

        assert_non_null(pool);
        assert_int_equal(ttm_pool_threads(pool), threads[t]);
        for (int s = 0; s < 5; s++) {
            static Loop loop;

            memset(&loop, 0, sizeof(loop));
            for (int i = 0; i < 20; i++)
                ttm_pool_run(pool, count, &loop, sizes[s]);
            check_counts(&loop, sizes[s], 20);
        }
        ttm_pool_free(&pool);
        assert_null(pool);
    }
}

static void null_pool_runs_here(void **state)
{
    static Loop loop;
    TTMPool *none = NULL;

    (void)state;
    ttm_pool_run(NULL, count, &loop, 10);
    check_counts(&loop, 10, 1);
    assert_int_equal(ttm_pool_threads(NULL), 1);
    ttm_pool_free(&none);
}

static void one_a_core(void **state)
{
    TTMPool *pool = ttm_pool_create(0);
    cpu_set_t before, one;

    (void)state;
    assert_true(ttm_cpu_count() >= 1);
    assert_int_equal(ttm_pool_threads(pool), ttm_cpu_count() < 256
                     ? ttm_cpu_count() : 256);
    ttm_pool_free(&pool);
    /* more than a core each gain nothing */
    assert_int_equal(ttm_thread_count(3), 3);
    assert_int_equal(ttm_thread_count(1024), ttm_cpu_count() < 16 ? 16 :
                     ttm_thread_count(0));
    pool = ttm_pool_create(1024);
    assert_int_equal(ttm_pool_threads(pool), ttm_thread_count(1024));
    ttm_pool_free(&pool);
    /* taskset is obeyed */
    assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(ttm_cpu_count(), 1);
    sched_setaffinity(0, sizeof(before), &before);
}

static void nested(void *opaque, int index, int nb)
{
    Loop *loop = opaque;

    (void)index;
    (void)nb;
    ttm_pool_run(loop->pool, count, loop, 50);
}

static void a_loop_inside_a_task(void **state)
{
    static Loop loop;

    (void)state;
    loop.pool = ttm_pool_create(4);
    ttm_pool_run(loop.pool, nested, &loop, 30);
    check_counts(&loop, 50, 30);
    ttm_pool_free(&loop.pool);
}

static void *other_thread(void *argument)
{
    nested(argument, 0, 1);
    return NULL;
}

static void two_threads_share_a_pool(void **state)
{
    static Loop loop;
    pthread_t threads[4];

    (void)state;
    loop.pool = ttm_pool_create(3);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, other_thread, &loop), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check_counts(&loop, 50, 4);
    ttm_pool_free(&loop.pool);
}

typedef struct Meeting {
    atomic_int arrived;
    atomic_int met;
} Meeting;

/* Both indices wait for each other: that takes two threads at a time. */
static void meet(void *opaque, int index, int nb)
{
    Meeting *meeting = opaque;
    double end = ttm_clock_seconds() + 10;

    (void)index;
    atomic_fetch_add(&meeting->arrived, 1);
    while (atomic_load(&meeting->arrived) < nb && ttm_clock_seconds() < end)
        sched_yield();
    if (atomic_load(&meeting->arrived) == nb)
        atomic_fetch_add(&meeting->met, 1);
}

static void threads_run_at_the_same_time(void **state)
{
    TTMPool *pool = ttm_pool_create(2);
    Meeting meeting = { 0 };

    (void)state;
    ttm_pool_run(pool, meet, &meeting, 2);
    assert_int_equal(atomic_load(&meeting.met), 2);
    ttm_pool_free(&pool);
}

/* An open signal in a thread of ours would run the host's handler there. */
static void look_at_signals(void *opaque, int index, int nb)
{
    sigset_t blocked;

    meet(opaque, index, nb);    /* so that the pool's thread takes one */
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (sigismember(&blocked, SIGINT) == 1)
        atomic_fetch_add(&((Meeting *)opaque)->met, 100);
}

static void signals_stay_with_the_host(void **state)
{
    TTMPool *pool = ttm_pool_create(2);
    Meeting meeting = { 0 };

    (void)state;
    ttm_pool_run(pool, look_at_signals, &meeting, 2);
    assert_int_equal(atomic_load(&meeting.met), 102);
    ttm_pool_free(&pool);
}

static void clock_goes_on(void **state)
{
    double start = ttm_clock_seconds(), now = start;

    (void)state;
    for (int i = 0; i < 100000 && now == start; i++)
        now = ttm_clock_seconds();
    assert_true(now > start);
    assert_true(now - start < 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_index_once),
        cmocka_unit_test(null_pool_runs_here),
        cmocka_unit_test(one_a_core),
        cmocka_unit_test(a_loop_inside_a_task),
        cmocka_unit_test(two_threads_share_a_pool),
        cmocka_unit_test(threads_run_at_the_same_time),
        cmocka_unit_test(signals_stay_with_the_host),
        cmocka_unit_test(clock_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
