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

/** @file A pool of POSIX threads. */

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/thread.h"

#define MAX_THREADS 256

/* What may be asked for on any machine, so that tests of threads have some. */
#define FREE_THREADS 16

struct TTMPool {
    pthread_t *threads;
    int nb_threads;             /* without the caller of ttm_pool_run() */

    atomic_int busy;            /* a loop is under way */
    atomic_int next;            /* index to hand out */

    pthread_mutex_t lock;       /* for all that follows */
    pthread_cond_t start, done;
    unsigned loop;              /* number of the loop under way or last run */
    int working;                /* threads that have not finished it */
    int stop;
    TTMPoolTask task;
    void *opaque;
    int nb;
    TTMCancel *cancel;          /* set between loops */
};

int ttm_cpu_count(void)
{
    long nb;
#ifdef CPU_COUNT
    cpu_set_t set;

    /* containers and taskset give fewer cores than the machine has */
    if (!sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
#endif
    nb = sysconf(_SC_NPROCESSORS_ONLN);
    return nb > 0 ? (int)nb : 1;
}

int ttm_thread_count(int wished)
{
    const int count = ttm_cpu_count();
    const int cores = count < MAX_THREADS ? count : MAX_THREADS;
    const int most  = cores > FREE_THREADS ? cores : FREE_THREADS;

    return wished <= 0 ? cores : wished < most ? wished : most;
}

/* Take indices until none is left. */
static void work(TTMPool *pool, TTMPoolTask task, void *opaque, int nb)
{
    int index;

    /* next stops at most nb_threads + 1 above nb: no overflow in practice */
    while (!ttm_cancelled(pool->cancel) &&
           (index = atomic_fetch_add(&pool->next, 1)) < nb)
        task(opaque, index, nb);
}

static void *thread_main(void *argument)
{
    TTMPool *pool = argument;
    unsigned seen = 0;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        TTMPoolTask task;
        void *opaque;
        int nb;

        while (!pool->stop && pool->loop == seen)
            pthread_cond_wait(&pool->start, &pool->lock);
        if (pool->stop)
            break;
        seen   = pool->loop;
        task   = pool->task;
        opaque = pool->opaque;
        nb     = pool->nb;
        pthread_mutex_unlock(&pool->lock);
        work(pool, task, opaque, nb);
        pthread_mutex_lock(&pool->lock);
        if (!--pool->working)
            pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

TTMPool *ttm_pool_create(int threads)
{
    TTMPool *pool = calloc(1, sizeof(*pool));
    sigset_t all, before;

    if (!pool)
        return NULL;
    threads = ttm_thread_count(threads);
    atomic_init(&pool->busy, 0);
    atomic_init(&pool->next, 0);
    pool->threads = ttm_array_alloc((size_t)threads, sizeof(*pool->threads));
    if (!pool->threads || pthread_mutex_init(&pool->lock, NULL)) {
        free(pool->threads);
        free(pool);
        return NULL;
    }
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    /* signals are the host's business: new threads inherit the mask */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 1; i < threads; i++) {
        if (pthread_create(&pool->threads[pool->nb_threads], NULL, thread_main,
                           pool))
            break;
        pool->nb_threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool;
}

void ttm_pool_free(TTMPool **pool)
{
    TTMPool *old = *pool;

    *pool = NULL;
    if (!old)
        return;
    pthread_mutex_lock(&old->lock);
    old->stop = 1;
    pthread_cond_broadcast(&old->start);
    pthread_mutex_unlock(&old->lock);
    for (int i = 0; i < old->nb_threads; i++)
        pthread_join(old->threads[i], NULL);
    pthread_cond_destroy(&old->done);
    pthread_cond_destroy(&old->start);
    pthread_mutex_destroy(&old->lock);
    free(old->threads);
    free(old);
}

void ttm_pool_set_cancel(TTMPool *pool, TTMCancel *cancel)
{
    pool->cancel = cancel;
}

TTMCancel *ttm_pool_cancel(const TTMPool *pool)
{
    return pool ? pool->cancel : NULL;
}

int ttm_pool_threads(const TTMPool *pool)
{
    return pool ? pool->nb_threads + 1 : 1;
}

void ttm_pool_run(TTMPool *pool, TTMPoolTask task, void *opaque, int nb)
{
    if (!pool || !pool->nb_threads || nb < 2 || atomic_exchange(&pool->busy, 1)) {
        for (int i = 0; i < nb && !ttm_cancelled(ttm_pool_cancel(pool)); i++)
            task(opaque, i, nb);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->next, 0);
    pool->task    = task;
    pool->opaque  = opaque;
    pool->nb      = nb;
    pool->working = pool->nb_threads;
    pool->loop++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    work(pool, task, opaque, nb);
    /* every thread has to leave this loop before the next may begin */
    pthread_mutex_lock(&pool->lock);
    while (pool->working)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    atomic_store(&pool->busy, 0);
}
