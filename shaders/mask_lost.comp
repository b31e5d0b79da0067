#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_CELLS, second pass: each object in turn that has pixels in the frame but
 * no cell takes the cell where it has most, of equals the first. A workgroup takes a
 * frame; words at its ends are shared with others, so bytes are put atomically.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#include "mask.glsl"

layout(std430, binding = 0) readonly buffer Counts { uint counts[]; };  /* [id - 1, cell] */
layout(std430, binding = 1) coherent buffer Grid { uint grid[]; };      /* 4 bytes a word */

shared uint found, most, best;

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint cells  = cell_height * cell_width;
    uint first  = gl_WorkGroupID.x * cells;

    for (uint id = 1; id <= objects; id++) {
        uint base = (id - 1) * frames * cells + first;
        uint mine_most = 0, mine_best = 0xffffffffu;

        barrier();
        if (thread == 0) {
            found = most = 0;
            best  = 0xffffffffu;
        }
        barrier();
        for (uint k = thread; k < cells; k += gl_WorkGroupSize.x) {
            /* atomic, as an object before this one may just have taken it */
            uint word = atomicOr(grid[(first + k) >> 2], 0);

            if ((word >> (((first + k) & 3) * 8) & 255) == id)
                atomicOr(found, 1);
            if (counts[base + k] > mine_most) {
                mine_most = counts[base + k];
                mine_best = k;
            }
        }
        atomicMax(most, mine_most);
        barrier();
        if (mine_most > 0 && mine_most == most)
            atomicMin(best, mine_best);
        barrier();
        if (thread == 0 && found == 0 && most > 0) {
            uint at    = first + best;
            uint shift = (at & 3) * 8;

            atomicAnd(grid[at >> 2], ~(255u << shift));
            atomicOr(grid[at >> 2], id << shift);
        }
        memoryBarrierBuffer();
    }
}
