#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Sort of the tokens by region, last pass: each thread places the tokens of one
 * region, in their order, so the sort is stable.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;     /* REGIONS threads */

layout(std430, binding = 0) readonly buffer Regions { uint regions[]; };    /* 4 bytes a word */
layout(std430, binding = 1) readonly buffer Counts { uint counts[]; };      /* first positions */
layout(std430, binding = 2) writeonly buffer Order { uint order[]; };       /* REGIONS + 1 starts, [tokens] */

/* TTMVkRegionsPush */
layout(push_constant) uniform Push {
    uint tokens;
    uint nb_blocks;         /* of BLOCK tokens */
};

#define BLOCK   1024
#define REGIONS 256

shared uint block_regions[BLOCK];
shared uint present[REGIONS];

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint block  = gl_WorkGroupID.x;
    uint begin  = block * BLOCK;
    uint count  = min(tokens - begin, BLOCK);
    uint to     = counts[block * REGIONS + thread];

    present[thread] = 0;
    barrier();
    for (uint i = thread; i < count; i += REGIONS) {
        uint at     = begin + i;
        uint region = regions[at >> 2] >> ((at & 3) * 8) & 255;

        block_regions[i] = region;
        atomicOr(present[region], 1);           /* of several at a time */
    }
    barrier();
    if (present[thread] == 0)
        return;
    for (uint i = 0; i < count; i++)
        if (block_regions[i] == thread)
            order[REGIONS + 1 + to++] = begin + i;
}
