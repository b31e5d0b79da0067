#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_COMBINE, and TTM_OP_SCALE as its case of one input: sum of inputs times
 * coefficients. Inputs may be f32, f16 or bf16, so they are read as words. A step of
 * a sampler is one dispatch: guidance, update, the frame that is given.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint FIXED = 0;   /* 1: y = x0 * scale + shift */

layout(std430, binding = 0) readonly buffer Coefficients { float coefficient[]; };
layout(std430, binding = 1) readonly buffer X0 { uint x0[]; };
layout(std430, binding = 2) readonly buffer X1 { uint x1[]; };
layout(std430, binding = 3) readonly buffer X2 { uint x2[]; };
layout(std430, binding = 4) readonly buffer X3 { uint x3[]; };
layout(std430, binding = 5) readonly buffer X4 { uint x4[]; };
layout(std430, binding = 6) readonly buffer X5 { uint x5[]; };
layout(std430, binding = 7) readonly buffer X6 { uint x6[]; };
layout(std430, binding = 8) writeonly buffer Y { T y[]; };

/* TTMVkCombinePush */
layout(push_constant) uniform Push {
    uint count;
    uint nb_inputs;
    uint types;             /* enum TTMDType of each input, 4 bits each */
    float scale, shift;
    uint frame;             /* elements of one */
    uint repeated;          /* bit n: input n is one frame */
    uint first_given;       /* the input after the last becomes frame 0 */
    uint row;               /* elements with the same coefficients, 0: all */
};

/* words per element is 1 for f32, 1/2 for the others */
#define READ(n)                                                       \
    {                                                                 \
        uint type = types >> (4 * n) & 15;                            \
        uint at   = (repeated >> n & 1) != 0 ? i % frame : i;         \
        uint word = type == 0 ? x##n[at] : x##n[at >> 1];             \
        uint half_ = (at & 1) != 0 ? word >> 16 : word & 0xffff;      \
        float value = type == 0 ? uintBitsToFloat(word) :             \
                      type == 1 ? unpackHalf2x16(half_).x :           \
                                  uintBitsToFloat(half_ << 16);       \
                                                                      \
        if (FIXED != 0)                                               \
            sum = value * scale + shift;                              \
        else if (n == nb_inputs)                                      \
            sum = value;                                              \
        else if (coefficient[set + n] != 0.0)                         \
            sum += coefficient[set + n] * value;                      \
    }

void main()
{
    uint i = gl_GlobalInvocationID.x +
             gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    uint nb = nb_inputs, set = row != 0 ? i / row * nb : 0;
    float sum = 0.0;

    if (i >= count)
        return;
    if (first_given != 0 && i < frame)
        nb++;
    READ(0)
    if (nb > 1) READ(1)
    if (nb > 2) READ(2)
    if (nb > 3) READ(3)
    if (nb > 4) READ(4)
    if (nb > 5) READ(5)
    if (nb > 6) READ(6)
    y[i] = STORE(sum);
}
