#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_GROUP_NORM, last pass: normalize, scale, shift, activate.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint ACTIVATION = ACT_NONE;
layout(constant_id = 2) const uint ROWS = 16;   /* positions of a thread */

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) readonly buffer Moments { vec2 moments[]; };
layout(std430, binding = 2) readonly buffer Weight { T weight[]; };
layout(std430, binding = 3) readonly buffer Bias { T bias[]; };
layout(std430, binding = 4) writeonly buffer Y { T y[]; };

/* TTMVkNormPush */
layout(push_constant) uniform Push {
    uint positions, channels, groups;
    uint nb_parts, part_positions;
    uint nb_sets;
    float epsilon;
    uint flags;             /* 1: weight, 2: bias */
};

/* One thread a channel of ROWS positions: gl_WorkGroupID.y counts those. */
void main()
{
    uint c     = gl_GlobalInvocationID.x;
    uint set   = gl_WorkGroupID.z;
    uint begin = gl_WorkGroupID.y * ROWS;
    uint end   = min(begin + ROWS, positions);
    float factor, offset;
    vec2 moment;

    if (c >= channels)
        return;
    moment = moments[set * groups + c / (channels / groups)];
    factor = moment.y * ((flags & 1) != 0 ? LOAD(weight[c]) : 1.0);
    offset = (flags & 2) != 0 ? LOAD(bias[c]) : 0.0;
    for (uint p = begin; p < end; p++) {
        uint at     = (set * positions + p) * channels + c;
        float value = (LOAD(x[at]) - moment.x) * factor + offset;

        y[at] = STORE(activate(value, ACTIVATION));
    }
}
