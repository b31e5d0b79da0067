#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ADD: a + b, b repeated as TTMBroadcast says.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint PRODUCT = 0;

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

    if (i < count) {
        float one = LOAD(a[i]);
        float two = LOAD(b[i / (middle * inner) % outer * inner + i % inner]);

        y[i] = STORE(PRODUCT != 0 ? one * two : one + two);
    }
}
