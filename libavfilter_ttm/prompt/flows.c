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

/** @file What water, smoke and leaves do in place. */

#include "prompt/flows.h"

#include <stdio.h>
#include <string.h>

#include "prompt/acts.h"

static const char *const ways[] = {
    NULL, "left", "right", "up", "down", "waves", "sways",
};

/* What such a thing does where the sentence says no way. Side is either. */
static const struct {
    enum TTMFlowWay way;
    const char *nouns;
} usual[] = {
    { TTM_FLOW_WAVES, " wave waves water sea ocean lake surf tide reflections "
      "reflection ripples " },
    { TTM_FLOW_DOWN,  " waterfall waterfalls rain snow snowflakes raindrops "
      "confetti ash ashes spray blizzard storm " },
    { TTM_FLOW_UP,    " smoke steam fire flames flame bonfire campfire fireplace "
      "sparks embers bubbles fountain vapor vapour candlelight " },
    { TTM_FLOW_SWAYS, " grass foliage reeds wheat petals leaves meadow forest "
      "trees branches " },
    { TTM_FLOW_RIGHT, " river stream lava rapids clouds sky fog mist haze sand "
      "dust mud foam aurora " },
};

TTMFlow ttm_flow_of(const char *noun, const struct TTMAct *act, int side)
{
    TTMFlow flow = { TTM_FLOW_NONE, act->pace };

    if (act->motion == TTM_MOTION_STILL)
        return flow;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (ttm_word_in(usual[i].nouns, noun, strlen(noun)))
            flow.way = usual[i].way;
    if (flow.way == TTM_FLOW_RIGHT && side < 0)
        flow.way = TTM_FLOW_LEFT;
    if (flow.way == TTM_FLOW_SWAYS && (act->motion == TTM_MOTION_FALL || act->y > 0))
        flow.way = TTM_FLOW_DOWN;       /* leaves that come down */
    /* Waves that rise and fall are waves; what sways to the left still sways. */
    if (flow.way == TTM_FLOW_NONE || flow.way == TTM_FLOW_SWAYS)
        return flow;
    if (act->x)
        flow.way = act->x < 0 ? TTM_FLOW_LEFT : TTM_FLOW_RIGHT;
    else if (act->y && flow.way != TTM_FLOW_WAVES)
        flow.way = act->y < 0 ? TTM_FLOW_UP : TTM_FLOW_DOWN;
    return flow;
}

int ttm_flow_read(TTMFlow *flow, const char *text)
{
    for (int i = 1; i < (int)(sizeof(ways) / sizeof(ways[0])); i++) {
        const size_t length = strlen(ways[i]);

        if (strncmp(text, ways[i], length))
            continue;
        text += length;
        *flow = (TTMFlow){ (enum TTMFlowWay)i, !strcmp(text, " slowly") ? -1 :
                                               !strcmp(text, " quickly") };
        return flow->pace || !*text ? 0 : -1;
    }
    return -1;
}

void ttm_flow_write(const TTMFlow *flow, char *text, size_t size)
{
    snprintf(text, size, "%s%s", flow->way ? ways[flow->way] : "",
             !flow->way || !flow->pace ? "" :
             flow->pace < 0 ? " slowly" : " quickly");
}
