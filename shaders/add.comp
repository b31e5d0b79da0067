#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ADD: a + b, b repeated as TTMBroadcast says.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer A { T a[]; };
layout(std430, binding = 1) readonly buffer B { T b[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkAddPush */
layout(push_constant) uniform Push {
    uint count;
    uint outer, middle, inner;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;

    if (i < count)
        y[i] = STORE(LOAD(a[i]) +
                     LOAD(b[i / (middle * inner) % outer * inner + i % inner]));
}
