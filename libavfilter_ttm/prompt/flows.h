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

/** @file What water, smoke and leaves do in place: words, and what they mean. */

#ifndef TTM_PROMPT_FLOWS_H
#define TTM_PROMPT_FLOWS_H

#include <stddef.h>

struct TTMAct;

/** How a region moves within its outline. */
enum TTMFlowWay {
    TTM_FLOW_NONE,          ///< it does not
    TTM_FLOW_LEFT,
    TTM_FLOW_RIGHT,
    TTM_FLOW_UP,            ///< smoke, flames
    TTM_FLOW_DOWN,          ///< falls, rain
    TTM_FLOW_WAVES,         ///< up and down, and towards the viewer
    TTM_FLOW_SWAYS,         ///< grass, trees: to and fro, the more the higher
};

typedef struct TTMFlow {
    enum TTMFlowWay way;
    int pace;               ///< -1 slow, 0, 1 fast
} TTMFlow;

/**
 * What a noun of scenery does in an act: by where the sentence says, else by what
 * such a thing does. @p side, -1 left or 1 right, is for what flows sideways.
 */
TTMFlow ttm_flow_of(const char *noun, const struct TTMAct *act, int side);

/** Read "down", "waves slowly": 0, or -1 for another text. */
int ttm_flow_read(TTMFlow *flow, const char *text);

/** What ttm_flow_read() reads; empty for TTM_FLOW_NONE. */
void ttm_flow_write(const TTMFlow *flow, char *text, size_t size);

#endif /* TTM_PROMPT_FLOWS_H */
