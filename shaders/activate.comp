#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ACTIVATE.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ACTIVATION = ACT_NONE;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) writeonly buffer Y { T y[]; };

/* TTMVkCountPush */
layout(push_constant) uniform Push {
    uint count;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;

    if (i < count)
        y[i] = STORE(activate(LOAD(x[i]), ACTIVATION));
}
