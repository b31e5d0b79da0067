#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_EMBEDDING: rows of a table; a dispatch serves the rows of the table that
 * it has bound.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer Table { T table[]; };
layout(std430, binding = 1) readonly buffer Indices { int indices[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkEmbeddingPush */
layout(push_constant) uniform Push {
    uint count;             /* elements of y */
    uint channels;
    int rows;               /* of the whole table; indices outside are clamped */
    int begin, end;         /* rows that are bound */
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    int row;

    if (i >= count)
        return;
    row = clamp(indices[i / channels], 0, rows - 1);
    if (row >= begin && row < end)
        y[i] = table[uint(row - begin) * channels + i % channels];
}
