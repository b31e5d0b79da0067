#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_GROUP_NORM, second pass: mean and 1 / deviation of each group.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer Parts { vec4 parts[]; };
layout(std430, binding = 1) writeonly buffer Moments { vec2 moments[]; };

/* TTMVkNormPush */
layout(push_constant) uniform Push {
    uint positions, channels, groups;
    uint nb_parts, part_positions;
    uint nb_sets;
    float epsilon;
};

void main()
{
    uint group = gl_GlobalInvocationID.x;
    vec2 sum   = vec2(0.0);
    float mean;

    if (group >= nb_sets * groups)
        return;
    for (uint i = 0; i < nb_parts; i++)
        sum += parts[group * nb_parts + i].xy;
    sum /= float(positions) * float(channels / groups);
    mean = sum.x;
    moments[group] = vec2(mean + parts[group * nb_parts].z,
                          inversesqrt(max(sum.y - mean * mean, 0.0) + epsilon));
}
