#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_NEAREST: the row of a table that is nearest to each row of x, of equals
 * the first. A thread makes one word, four ids.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) readonly buffer Table { float table[]; };
layout(std430, binding = 2) writeonly buffer Ids { uint ids[]; };       /* 4 bytes a word */

/* TTMVkTablePush */
layout(push_constant) uniform Push {
    uint count;             /* ids */
    uint rows, columns;     /* of the table */
};

uint nearest(uint index)
{
    float least = 0.0;
    uint best   = 0;

    for (uint r = 0; r < rows; r++) {
        precise float distance = 0.0;       /* the same on every device */

        for (uint c = 0; c < columns; c++) {
            precise float d = LOAD(x[index * columns + c]) - table[r * columns + c];

            distance += d * d;
        }
        if (r == 0 || distance < least) {
            least = distance;
            best  = r;
        }
    }
    return best;
}

void main()
{
    uint first = 4 * (gl_GlobalInvocationID.x + gl_GlobalInvocationID.y *
                      gl_NumWorkGroups.x * gl_WorkGroupSize.x);
    uint word  = 0;

    if (first >= count)
        return;
    for (uint i = 0; i < min(count - first, 4); i++)
        word |= nearest(first + i) << (8 * i);
    ids[first >> 2] = word;
}
