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

/** @file Frames of a clip, and when they are. */

#include "clip/timing.h"

#include <math.h>
#include <stdint.h>

#include "clip/context.h"
#include "util/choices.h"
#include "util/parse.h"

#define PI 3.14159265358979323846
#define SLOWEST 2       /* times as long as the bundle's a motion lasts if not asked */

TTMTimes ttm_times_asked(const TTMContext *ctx)
{
    const TTMSettings *s = &ctx->settings;

    return (TTMTimes){ s->frames, s->fps, s->duration, s->motion_time, s->loop };
}

static double rate_of(TTMRational fps)
{
    return (double)fps.num / fps.den;
}

static TTMRational rate(const TTMContext *ctx, const TTMTimes *asked)
{
    return asked->fps.num ? asked->fps :
           ttm_rational_of(ctx->models.defaults.fps, TTM_MAX_RATE_TERM);
}

int ttm_times_check(const TTMContext *ctx, const TTMTimes *asked)
{
    const double frames = asked->duration * rate_of(rate(ctx, asked));

    if (asked->frames && asked->duration > 0)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "options frames and duration are "
                        "both set: %d frames, or %g seconds; give one of them",
                        asked->frames, asked->duration);
    if (frames > TTM_MAX_FRAMES)
        return ttm_fail(&ctx->log, TTM_ERR_ARGUMENT, "option duration: %g seconds are "
                        "%.0f frames, and a clip has %d at most", asked->duration,
                        frames, TTM_MAX_FRAMES);
    return 0;
}

/* Frames of @p seconds, from 1 on. */
static int frames_of(double seconds, TTMRational fps)
{
    return (int)fmin(fmax(rint(seconds * rate_of(fps)), 1), TTM_MAX_FRAMES);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* The same number, or the next larger one that the autoencoder makes: of videos some make
 * 1 + n * frame_scale. */
static int whole_frames(const TTMAutoencoder *vae, int frames)
{
    return ttm_latent_pictures(vae, ttm_latent_frames(vae, frames));
}

/* Frames of a loop whose motion has @p frames, there and back. */
static int there_and_back(int frames)
{
    return frames > 1 ? smaller(2 * (frames - 1), TTM_MAX_FRAMES) : 1;
}

/* How often a loop goes to the end of its motion and back. */
static int returns_of(const TTMTiming *t)
{
    const double returns = rint((double)t->frames / (2 * (t->moving - 1)));

    return t->moving > 1 && returns > 1 ? (int)returns : 1;
}

TTMTiming ttm_timing(const TTMContext *ctx, const TTMTimes *asked, int mode, int drawn)
{
    const TTMDefaults *d = &ctx->models.defaults;
    const double usual = d->frames / d->fps;
    TTMTiming t = { .fps = rate(ctx, asked) };
    int slowest, motion;

    if (mode == TTM_MODE_OBJECTS)
        return (TTMTiming){ t.fps, 1, 1, 1, 0 };
    t.frames = asked->frames ? asked->frames : asked->duration > 0 ?
               frames_of(asked->duration, t.fps) : drawn ? drawn :
               asked->fps.num ? frames_of(usual, t.fps) : d->frames;
    if (asked->loop && !asked->frames && !(asked->duration > 0))
        t.frames = there_and_back(t.frames);
    motion   = asked->loop ? t.frames / 2 + 1 : t.frames;
    slowest  = frames_of(SLOWEST * usual, t.fps);
    slowest  = slowest > d->generated ? slowest : d->generated;
    t.moving = asked->motion_time > 0 ? frames_of(asked->motion_time, t.fps) :
               ttm_mode_is_drawn(mode) ? motion : smaller(motion, slowest);
    t.returns = asked->loop ? returns_of(&t) : 0;
    t.generated = mode == TTM_MODE_DRAFT ? (drawn ? drawn : t.frames) :
                  whole_frames(&ctx->models.vae, smaller(t.moving, d->generated));
    return t;
}

double ttm_timing_position(const TTMTiming *t, int index, int frames)
{
    const int last = t->moving > 1 ? t->moving - 1 : 1;
    const double way = (double)index / last;

    if (t->eased)
        return way < 1 ? way * way * (3 - 2 * way) * (frames - 1) : frames - 1;
    return (double)index * (frames - 1) / last;
}

double ttm_timing_round(const TTMTiming *t, int index)
{
    return (double)index / t->frames;
}

double ttm_timing_phase(const TTMTiming *t, int index)
{
    return t->returns ? 2 * t->returns * ttm_timing_round(t, index) :
           (double)index / t->moving;
}

int ttm_timing_ready(const TTMTiming *t, int made)
{
    const int last = t->generated - 1;
    int64_t ready;
    int index = 0;

    if (made >= t->generated)
        return t->frames;
    if (made < 1)
        return 0;
    if (t->eased) {
        while (index < t->frames && ttm_timing_position(t, index, t->generated) <= made - 1)
            index++;
        return index;
    }
    /* Of a loop, on the first way to the end. */
    ready = t->returns ? (int64_t)(acos(1 - 2.0 * (made - 1) / last) / (2 * PI * t->returns) *
                                   t->frames + 1e-9) :
            (int64_t)(made - 1) * (t->moving - 1) / last;
    return smaller((int)ready + 1, t->frames);
}
