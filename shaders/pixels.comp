#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Components of pixels in another order: the planes of an image to packed R, G,
 * B, or packed R, G, B to one plane. Bytes and 16-bit words lie in words of 32
 * bits, so that no device needs small types; a thread makes one such word.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) writeonly buffer Y { uint y[]; };

/* TTMVkPixelsPush */
layout(push_constant) uniform Push {
    uint components;        /* of y in all */
    uint depth;             /* bits of a component: 8 or 16 */
    uint y_step;            /* components of a pixel of y */
    uint order;             /* 4 bits each: 0 R, 1 G, 2 B, 3 opaque */
    uint x_step;            /* components from one pixel of x to the next */
    uint x_first[3];        /* component of x that is R, G, B of the first pixel */
};

uint component(uint i)
{
    uint which = order >> (4 * (i % y_step)) & 15;
    uint at, per_word = 32 / depth, mask = (1u << depth) - 1;

    if (which > 2)
        return mask;
    at = x_first[which] + i / y_step * x_step;
    return x[at / per_word] >> (at % per_word * depth) & mask;
}

void main()
{
    uint index    = gl_GlobalInvocationID.y * gl_NumWorkGroups.x *
                    gl_WorkGroupSize.x + gl_GlobalInvocationID.x;
    uint per_word = 32 / depth;
    uint word     = 0;

    if (index * per_word >= components)
        return;
    for (uint i = 0; i < per_word; i++)
        if (index * per_word + i < components)
            word |= component(index * per_word + i) << (i * depth);
    y[index] = word;
}
