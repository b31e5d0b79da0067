#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_PRODUCT: one thread an element of the result, for products with few columns.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) readonly buffer W { T w[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkProductPush */
layout(push_constant) uniform Push {
    uint count;             /* elements of the result */
    uint columns, depth;
};

void main()
{
    uint i = gl_GlobalInvocationID.x, row = i / columns, column = i % columns;
    float sum = 0.0;

    if (i >= count)
        return;
    for (uint k = 0; k < depth; k++)
        sum += LOAD(x[row * depth + k]) * LOAD(w[column * depth + k]);
    y[i] = STORE(sum);
}
