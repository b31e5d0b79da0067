#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_TIMESTEP: sines and cosines of time times a table of frequencies, each
 * the sum of two floats: a product near 1000 needs more digits than one has.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer Time { float time[]; };
layout(std430, binding = 1) readonly buffer Frequencies { vec2 frequency[]; };
layout(std430, binding = 2) writeonly buffer Y { T y[]; };

/* TTMVkTimestepPush */
layout(push_constant) uniform Push {
    uint channels;
    uint flip;              /* cosines first */
};

/* The language promises sin() to 2^-11 and within [-pi, pi] only, so: reduce by
 * pi/2 in three parts, then Taylor series on [-pi/4, pi/4]. */
vec2 sine_cosine(float angle, float rest)
{
    float turns = roundEven(angle * 0.63661977236758134);
    float r     = fma(turns, -1.5703125, angle);
    float r2, s, c;
    int quarter = int(turns) & 3;

    r  = fma(turns, -4.8351287841796875e-4, r);
    r  = fma(turns, -3.1385570764541626e-7, r);
    r  = fma(turns, -6.0771005065061922e-11, r);
    r += rest;
    r2 = r * r;
    s  = r + r * r2 * (-1.0 / 6.0 + r2 * (1.0 / 120.0 + r2 * (-1.0 / 5040.0 +
                       r2 * (1.0 / 362880.0))));
    c  = 1.0 + r2 * (-0.5 + r2 * (1.0 / 24.0 + r2 * (-1.0 / 720.0 +
                     r2 * (1.0 / 40320.0 - r2 * (1.0 / 3628800.0)))));
    switch (quarter) {
    case 0:  return vec2(s, c);
    case 1:  return vec2(c, -s);
    case 2:  return vec2(-s, -c);
    default: return vec2(-c, s);
    }
}

void main()
{
    uint i     = gl_GlobalInvocationID.x;
    uint half_ = channels / 2;
    precise float angle, rest;
    vec2 value;

    if (i >= half_)
        return;
    angle = time[0] * frequency[i].x;
    rest  = fma(time[0], frequency[i].x, -angle) + time[0] * frequency[i].y;
    value = sine_cosine(angle, rest);
    y[flip != 0 ? half_ + i : i] = T(value.x);
    y[flip != 0 ? i : half_ + i] = T(value.y);
}
