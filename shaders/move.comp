#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_CONCAT, TTM_OP_SLICE, TTM_OP_REPEAT: copy rows between two pitches.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

#ifdef TYPE_U8
/* bytes are read and written in words: not every device can store them alone */
layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) buffer Y { uint y[]; };
#else
layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) writeonly buffer Y { T y[]; };
#endif

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

    if (i >= count)
        return;

    uint from = r * x_pitch + x_offset + i % row;
    uint to   = r * y_pitch + y_offset + i % row;

#ifdef TYPE_U8
    /* other threads have the other bytes of the word */
    atomicAnd(y[to >> 2], ~(255u << (to & 3) * 8));
    atomicOr(y[to >> 2], (x[from >> 2] >> (from & 3) * 8 & 255) << (to & 3) * 8);
#else
    y[to] = x[from];
#endif
}
