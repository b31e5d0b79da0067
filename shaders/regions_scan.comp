#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Sort of the tokens by region, second pass: counts become first positions, and
 * the beginning of every region is noted.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;     /* REGIONS threads */

layout(std430, binding = 0) buffer Counts { uint counts[]; };               /* [block, region] */
layout(std430, binding = 1) writeonly buffer Starts { uint starts[]; };     /* [REGIONS + 1], then the order */

/* TTMVkRegionsPush */
layout(push_constant) uniform Push {
    uint tokens;
    uint nb_blocks;         /* of BLOCK tokens */
};

#define BLOCK   1024
#define REGIONS 256

shared uint sums[REGIONS];

void main()
{
    uint region = gl_LocalInvocationIndex;
    uint at     = region;
    uint total  = 0, start;

    for (uint b = 0; b < nb_blocks; b++)
        total += counts[at + b * REGIONS];
    sums[region] = total;
    barrier();
    for (uint n = 1; n < REGIONS; n *= 2) {
        uint before = region >= n ? sums[region - n] : 0;

        barrier();
        sums[region] += before;
        barrier();
    }
    start = sums[region] - total;
    starts[region] = start;
    if (region == 0)
        starts[REGIONS] = tokens;
    for (uint b = 0; b < nb_blocks; b++) {
        uint count = counts[at + b * REGIONS];

        counts[at + b * REGIONS] = start;
        start += count;
    }
}
