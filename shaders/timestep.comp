#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_TIMESTEP: sines and cosines of time times a table of frequencies, each
 * the sum of three floats: a product near 1000 needs more digits than one has.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"
#include "sine.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer Time { float time[]; };
layout(std430, binding = 1) readonly buffer Frequencies { vec4 frequency[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkTimestepPush */
layout(push_constant) uniform Push {
    uint channels;
    uint flip;              /* cosines first */
    uint times;
};

void main()
{
    uint half_ = channels / 2;
    uint at    = gl_GlobalInvocationID.x / half_, i = gl_GlobalInvocationID.x % half_;
    precise float high, low, angle, rest;
    vec4 f;
    vec2 value;

    if (at >= times)
        return;
    f     = frequency[i];
    high  = uintBitsToFloat(floatBitsToUint(time[at]) & 0xfffff000u);
    low   = time[at] - high;
    angle = high * f.x;
    rest  = high * f.y + low * (f.x + f.y) + time[at] * f.z;
    value = sine_cosine(angle, rest);
    at   *= channels;
    y[at + (flip != 0 ? half_ + i : i)] = STORE(value.x);
    y[at + (flip != 0 ? i : half_ + i)] = STORE(value.y);
}
