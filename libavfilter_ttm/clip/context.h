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

/** @file What a TTMContext holds, and how it is opened and closed. */

#ifndef TTM_CLIP_CONTEXT_H
#define TTM_CLIP_CONTEXT_H

#include <sys/types.h>

#include "clip/asked.h"
#include "clip/clip.h"
#include "model/loras.h"
#include "model/networks.h"
#include "run/speed.h"
#include "settings/settings.h"
#include "ttm.h"

struct TTMContext {
    TTMSettings settings;       ///< owned
    TTMLog log;
    pid_t process;              ///< that opened it: threads do not come along in fork()
    TTMBackend *backend;        ///< NULL after a lost device could not be opened again
    TTMModels models;
    TTMLoras loras;             ///< merged into the models
    TTMClip clip;
    size_t held;                ///< bytes that the last clip's networks may have, as planned
    TTMSpeed speed;             ///< of the backend, measured at the first clip
    char device[128];           ///< description of the backend
    int exact;                  ///< precision=auto is f32, as less was not enough
    char text[64];              ///< value of the last ttm_metadata()
    char *provenance;           ///< the same, of that key
    TTMProfile profile;         ///< of the clip, where the option profile asks for it
    TTMCancel cancel;           ///< of the clip under way
    TTMAsked asked;             ///< what the server of the option llm has answered
};

/** Open bundle and device for ctx->settings; ctx is zeroed but for these. */
int ttm_context_open(TTMContext *ctx);
void ttm_context_close(TTMContext *ctx);

/** Threads of loops over pictures; 0: one a core. */
static inline int ttm_context_picture_threads(const TTMContext *ctx)
{
    return ctx->settings.threads ? ctx->settings.threads : ctx->settings.max_threads;
}

/** Open the device for ctx->settings, also once more after ttm_backend_close(). */
int ttm_context_open_device(TTMContext *ctx);

#endif /* TTM_CLIP_CONTEXT_H */
