#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Sort of the tokens by region, first pass: how often each region occurs in each
 * block of tokens.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;     /* REGIONS threads */

layout(std430, binding = 0) readonly buffer Regions { uint regions[]; };    /* 4 bytes a word */
layout(std430, binding = 1) writeonly buffer Counts { uint counts[]; };     /* [block, region] */

/* TTMVkRegionsPush */
layout(push_constant) uniform Push {
    uint tokens;
    uint nb_blocks;         /* of BLOCK tokens */
};

#define BLOCK   1024
#define REGIONS 256

shared uint bins[REGIONS];

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint block  = gl_WorkGroupID.x;
    uint end    = min((block + 1) * BLOCK, tokens);

    bins[thread] = 0;
    barrier();
    for (uint i = block * BLOCK + thread; i < end; i += REGIONS) {
        uint at = i;

        atomicAdd(bins[regions[at >> 2] >> ((at & 3) * 8) & 255], 1);
    }
    barrier();
    counts[block * REGIONS + thread] = bins[thread];
}
