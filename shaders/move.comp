#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_CONCAT, TTM_OP_SLICE, TTM_OP_REPEAT: copy rows between two pitches.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) writeonly buffer Y { T y[]; };

/* TTMVkMovePush */
layout(push_constant) uniform Push {
    uint count;             /* elements to copy */
    uint row;               /* elements of a row */
    uint x_pitch, x_offset;
    uint y_pitch, y_offset;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    uint r = i / row;

    if (i < count)
        y[r * y_pitch + y_offset + i % row] = x[r * x_pitch + x_offset + i % row];
}
