#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_BOXES: bounding boxes of the objects, a workgroup a frame.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#include "mask.glsl"

layout(std430, binding = 0) readonly buffer Ids { uint ids[]; };        /* 4 bytes a word */
layout(std430, binding = 1) writeonly buffer Boxes { ivec4 boxes[]; };  /* x0 y0 x1 y1 */

shared uint x0[MAX_OBJECTS], y0[MAX_OBJECTS], x1[MAX_OBJECTS], y1[MAX_OBJECTS];

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint frame  = gl_WorkGroupID.x;

    if (thread < MAX_OBJECTS) {
        x0[thread] = y0[thread] = 0xffffffffu;
        x1[thread] = y1[thread] = 0;
    }
    barrier();
    for (uint i = thread; i < height * width; i += gl_WorkGroupSize.x) {
        uint at = frame * height * width + i;
        uint id = ids[at >> 2] >> ((at & 3) * 8) & 255;

        if (id == 0 || id > objects)
            continue;
        atomicMin(x0[id - 1], i % width);
        atomicMin(y0[id - 1], i / width);
        atomicMax(x1[id - 1], i % width + 1);
        atomicMax(y1[id - 1], i / width + 1);
    }
    barrier();
    if (thread < objects)
        boxes[frame * objects + thread] = x1[thread] == 0 ? ivec4(0) :
            ivec4(x0[thread], y0[thread], x1[thread], y1[thread]);
}
