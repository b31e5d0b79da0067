#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_PAINT: rows of a table by id; ids that it has not are row 0.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer Ids { uint ids[]; };        /* 4 bytes a word */
layout(std430, binding = 1) readonly buffer Table { float table[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkTablePush */
layout(push_constant) uniform Push {
    uint count;             /* ids */
    uint rows, columns;     /* of the table */
};

void main()
{
    uint i  = gl_GlobalInvocationID.x +
              gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    uint at = i / columns;
    uint id;

    if (at >= count)
        return;
    id   = ids[at >> 2] >> ((at & 3) * 8) & 255;
    y[i] = STORE(table[(id < rows ? id : 0) * columns + i % columns]);
}
