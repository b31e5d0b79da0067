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
 * oneDNN as a part of the CPU device: engine, threads, primitives.
 *
 * The usual builds of oneDNN run on an OpenMP runtime, whose threads wait for
 * work actively. A second set of threads would compete with them for the
 * cores, so the loops of our own kernels run on the same ones, through the
 * entry points that GCC's and LLVM's runtimes share. The number of threads is
 * a property of the calling thread there: it is set while a program runs and
 * put back; nothing of the process changes.
 */

#include "config.h"

#if HAVE_ONEDNN

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/onednn_internal.h"

/** Look up a function; ISO C has no cast from an object to a function. */
static void find(void *function, const char *name)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);

    memcpy(function, &symbol, sizeof(symbol));
}

static void find_threads(TTMOnednn *onednn)
{
#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
    find(&onednn->set_threads, "omp_set_num_threads");
    find(&onednn->get_threads, "omp_get_max_threads");
    find(&onednn->thread_index, "omp_get_thread_num");
    find(&onednn->team_size, "omp_get_num_threads");
    find(&onednn->parallel, "GOMP_parallel");
    if (!onednn->set_threads || !onednn->get_threads)
        onednn->set_threads = NULL;
    if (!onednn->thread_index || !onednn->team_size || !onednn->set_threads)
        onednn->parallel = NULL;
#else
    (void)onednn;
    (void)find;
#endif
}

int ttm_onednn_open(TTMOnednn **onednn, const TTMLog *log, int threads)
{
    TTMOnednn *o = calloc(1, sizeof(*o));

    *onednn = o;
    if (!o)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    o->threads = threads;
    find_threads(o);
    if (dnnl_engine_create(&o->engine, dnnl_cpu, 0) != dnnl_success ||
        dnnl_stream_create(&o->stream, o->engine, dnnl_stream_default_flags)
        != dnnl_success) {
        ttm_log(log, TTM_LOG_WARNING, "oneDNN does not start on this machine: "
                "slower code takes its place");
        ttm_onednn_close(onednn);
    }
    return 0;
}

void ttm_onednn_close(TTMOnednn **onednn)
{
    TTMOnednn *o = *onednn;

    if (!o)
        return;
    if (o->stream)
        dnnl_stream_destroy(o->stream);
    if (o->engine)
        dnnl_engine_destroy(o->engine);
    free(o);
    *onednn = NULL;
}

int ttm_onednn_has_threads(const TTMOnednn *onednn)
{
    return onednn && onednn->parallel;
}

/** A loop on the threads of a team. */
typedef struct Team {
    TTMOnednn *onednn;
    TTMPoolTask task;
    void *opaque;
    int nb;
} Team;

static void run_member(void *opaque)
{
    const Team *team = opaque;
    int size         = team->onednn->team_size();

    /* a team may be smaller than asked for */
    for (int i = team->onednn->thread_index(); i < team->nb; i += size)
        team->task(team->opaque, i, team->nb);
}

void ttm_onednn_run(TTMOnednn *onednn, TTMPoolTask task, void *opaque, int nb)
{
    Team team = { onednn, task, opaque, nb };

    onednn->parallel(run_member, &team, nb, 0);
}

int ttm_onednn_enter(const TTMOnednn *onednn)
{
    int saved;

    if (!onednn || !onednn->set_threads)
        return 0;
    saved = onednn->get_threads();
    onednn->set_threads(onednn->threads);
    return saved;
}

void ttm_onednn_leave(const TTMOnednn *onednn, int saved)
{
    if (onednn && onednn->set_threads)
        onednn->set_threads(saved);
}

dnnl_data_type_t ttm_onednn_type(enum TTMDType dtype)
{
    return dtype == TTM_DTYPE_BF16 ? dnnl_bf16 :
           dtype == TTM_DTYPE_F16 ? dnnl_f16 : dnnl_f32;
}

void ttm_onednn_append_activation(TTMOnednnPostOps *post_ops,
                                  enum TTMActivation activation)
{
    static const struct {
        dnnl_alg_kind_t kind;
        float alpha;
    } kinds[TTM_ACT_NB] = {
        [TTM_ACT_SILU]       = { dnnl_eltwise_swish, 1 },
        [TTM_ACT_GELU]       = { dnnl_eltwise_gelu_erf, 0 },
        [TTM_ACT_GELU_TANH]  = { dnnl_eltwise_gelu_tanh, 0 },
        [TTM_ACT_QUICK_GELU] = { dnnl_eltwise_swish, 1.702f },
        [TTM_ACT_RELU]       = { dnnl_eltwise_relu, 0 },
        [TTM_ACT_TANH]       = { dnnl_eltwise_tanh, 0 },
    };

    if (activation == TTM_ACT_NONE)
        return;
    post_ops->op[post_ops->nb].kind         = kinds[activation].kind;
    post_ops->op[post_ops->nb].alpha        = kinds[activation].alpha;
    post_ops->op[post_ops->nb].operand.rank = 0;
    post_ops->nb++;
}

void ttm_onednn_append_binary(TTMOnednnPostOps *post_ops, dnnl_alg_kind_t kind,
                              const TTMOnednnTensor *operand)
{
    post_ops->op[post_ops->nb].kind    = kind;
    post_ops->op[post_ops->nb].operand = *operand;
    post_ops->nb++;
}

/** Reorder weights into a memory that the call keeps. */
static int take_weights(TTMOnednnCall *call, TTMOnednn *onednn,
                        const TTMOnednnTensor *weights, const void *data)
{
    TTMOnednnTensor plain = *weights;
    dnnl_memory_t from    = NULL;
    int ok;

    plain.any_layout = 0;
    ok = ttm_onednn_memory(&from, onednn->engine, &plain, (void *)data) &&
         ttm_onednn_argument(&call->argument[TTM_ONEDNN_WEIGHTS].memory,
                             onednn->engine, call->desc, dnnl_query_weights_md,
                             NULL) &&
         ttm_onednn_reorder(onednn->engine, onednn->stream, from,
                            call->argument[TTM_ONEDNN_WEIGHTS].memory);
    if (from)
        dnnl_memory_destroy(from);
    call->weight_bytes = ttm_onednn_argument_bytes(call->desc,
                                                   dnnl_query_weights_md);
    return ok;
}

int ttm_onednn_call_finish(TTMOnednnCall *call, TTMOnednn *onednn,
                           const TTMOnednnTensor *src,
                           const TTMOnednnTensor *weights,
                           const TTMOnednnTensor *bias,
                           const TTMOnednnTensor *dst,
                           const TTMOnednnPostOps *post_ops, const void *data)
{
    static const int names[] = {
        [TTM_ONEDNN_SRC]        = DNNL_ARG_SRC,
        [TTM_ONEDNN_WEIGHTS]    = DNNL_ARG_WEIGHTS,
        [TTM_ONEDNN_BIAS]       = DNNL_ARG_BIAS,
        [TTM_ONEDNN_DST]        = DNNL_ARG_DST,
        [TTM_ONEDNN_SCRATCHPAD] = DNNL_ARG_SCRATCHPAD,
    };
    const TTMOnednnTensor *plain[] = {
        [TTM_ONEDNN_SRC] = src, [TTM_ONEDNN_BIAS] = bias,
        [TTM_ONEDNN_DST] = dst,
    };
    dnnl_exec_arg_t *argument = call->argument;
    int operand = TTM_ONEDNN_OPERAND;

    for (int i = 0; i < TTM_ONEDNN_OPERAND; i++)
        argument[i].arg = names[i];
    if (dnnl_primitive_create(&call->primitive, call->desc) != dnnl_success ||
        !take_weights(call, onednn, weights, data))
        return 0;
    for (int i = 0; i <= TTM_ONEDNN_DST; i++)
        if (i != TTM_ONEDNN_WEIGHTS && plain[i]->rank &&
            !ttm_onednn_memory(&argument[i].memory, onednn->engine, plain[i],
                               DNNL_MEMORY_NONE))
            return 0;
    for (int i = 0; i < post_ops->nb; i++) {
        if (!post_ops->op[i].operand.rank)
            continue;
        argument[operand].arg = DNNL_ARG_ATTR_MULTIPLE_POST_OP(i) |
                                DNNL_ARG_SRC_1;
        if (!ttm_onednn_memory(&argument[operand].memory, onednn->engine,
                               &post_ops->op[i].operand, DNNL_MEMORY_NONE))
            return 0;
        operand++;
    }
    call->scratchpad_bytes = ttm_onednn_argument_bytes(call->desc,
                                                       dnnl_query_scratchpad_md);
    if (call->scratchpad_bytes)
        return ttm_onednn_argument(&argument[TTM_ONEDNN_SCRATCHPAD].memory,
                                   onednn->engine, call->desc,
                                   dnnl_query_scratchpad_md, argument);
    return 1;
}

int ttm_onednn_call_run(const TTMOnednnCall *call, TTMOnednn *onednn,
                        const void *src, const float *bias, void *dst,
                        const void *const *operands, void *scratchpad)
{
    const void *data[TTM_ONEDNN_ARGUMENT_NB] = {
        [TTM_ONEDNN_SRC] = src, [TTM_ONEDNN_BIAS] = bias,
        [TTM_ONEDNN_DST] = dst, [TTM_ONEDNN_SCRATCHPAD] = scratchpad,
    };
    dnnl_exec_arg_t used[TTM_ONEDNN_ARGUMENT_NB];
    int nb = 0;

    for (int i = 0; i < TTM_ONEDNN_ARGUMENT_NB; i++) {
        if (!call->argument[i].memory)
            continue;
        if (i >= TTM_ONEDNN_OPERAND)
            data[i] = operands[i - TTM_ONEDNN_OPERAND];
        if (i != TTM_ONEDNN_WEIGHTS &&
            dnnl_memory_set_data_handle(call->argument[i].memory,
                                        (void *)data[i]) != dnnl_success)
            return 0;
        used[nb++] = call->argument[i];
    }
    return dnnl_primitive_execute(call->primitive, onednn->stream, nb, used)
           == dnnl_success && dnnl_stream_wait(onednn->stream) == dnnl_success;
}

void ttm_onednn_call_free(TTMOnednnCall *call)
{
    for (int i = 0; i < TTM_ONEDNN_ARGUMENT_NB; i++)
        if (call->argument[i].memory)
            dnnl_memory_destroy(call->argument[i].memory);
    if (call->primitive)
        dnnl_primitive_destroy(call->primitive);
    if (call->desc)
        dnnl_primitive_desc_destroy(call->desc);
    memset(call, 0, sizeof(*call));
}

#endif
