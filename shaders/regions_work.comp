#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Worklist of attention over sorted regions: an entry is a tile of queries of one
 * region, so that the tile's keys are that region's. Tiles of large regions come
 * first: no long one is left when the others have ended. What is left of the list
 * is marked as empty.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;     /* REGIONS threads */

layout(std430, binding = 0) readonly buffer Starts { uint starts[]; };      /* [REGIONS + 1] */
layout(std430, binding = 1) writeonly buffer Work { uvec2 work[]; };        /* first query, region */

/* TTMVkRegionsWorkPush */
layout(push_constant) uniform Push {
    uint tile;              /* queries */
    uint nb_entries;
};

#define REGIONS 256
#define EMPTY   0xffffffffu

shared uint sizes[REGIONS];
shared uint ranked[REGIONS];        /* regions, the largest first */
shared uint ends[REGIONS];          /* entries up to the end of each of them */

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint rank   = 0;

    sizes[thread] = starts[thread + 1] - starts[thread];
    barrier();
    for (uint r = 0; r < REGIONS; r++)
        if (sizes[r] > sizes[thread] || (sizes[r] == sizes[thread] && r < thread))
            rank++;
    ranked[rank] = thread;
    ends[rank]   = (sizes[thread] + tile - 1) / tile;
    barrier();
    for (uint n = 1; n < REGIONS; n *= 2) {
        uint before = thread >= n ? ends[thread - n] : 0;

        barrier();
        ends[thread] += before;
        barrier();
    }
    for (uint i = thread; i < nb_entries; i += REGIONS) {
        uint low = 0, high = REGIONS - 1;
        uvec2 entry = uvec2(EMPTY, 0);

        /* the first rank whose end is above i */
        while (low < high) {
            uint middle = (low + high) / 2;

            if (ends[middle] > i)
                high = middle;
            else
                low = middle + 1;
        }
        if (i < ends[REGIONS - 1]) {
            uint begin = low > 0 ? ends[low - 1] : 0;

            entry = uvec2(starts[ranked[low]] + (i - begin) * tile, ranked[low]);
        }
        work[i] = entry;
    }
}
