#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_GROUP_NORM, first pass: sums over one part of the positions of one
 * group, relative to the group's first element, so that a large mean costs no
 * precision.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { T x[]; };
/* sum, sum of squares, the element subtracted, unused */
layout(std430, binding = 1) writeonly buffer Parts { vec4 parts[]; };

/* TTMVkNormPush */
layout(push_constant) uniform Push {
    uint positions;         /* of a set: all frames that are pooled */
    uint channels, groups;
    uint nb_parts, part_positions;
    uint nb_sets;
    float epsilon;
};

shared vec2 sums[gl_WorkGroupSize.x];

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint part   = gl_WorkGroupID.x;
    uint group  = gl_WorkGroupID.y;
    uint set    = gl_WorkGroupID.z;
    uint width  = channels / groups;
    uint base   = set * positions * channels + group * width;
    uint end    = min((part + 1) * part_positions, positions);
    float pivot = LOAD(x[base]);
    vec2 sum    = vec2(0.0);

    for (uint p = part * part_positions + thread; p < end; p += gl_WorkGroupSize.x) {
        uint at = base + p * channels;

        for (uint c = 0; c < width; c++) {
            float value = LOAD(x[at + c]) - pivot;

            sum += vec2(value, value * value);
        }
    }
    sums[thread] = sum;
    barrier();
    for (uint n = gl_WorkGroupSize.x / 2; n > 0; n /= 2) {
        if (thread < n)
            sums[thread] += sums[thread + n];
        barrier();
    }
    if (thread == 0)
        parts[(set * groups + group) * nb_parts + part] = vec4(sums[0], pivot, 0.0);
}
