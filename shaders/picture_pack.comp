#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_PACK: a word of the packed picture a thread.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) writeonly buffer Y { uint y[]; };

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    uint nb = 4u / out_bytes, samples = 3u * uint(width * height), word = 0u;

    if (gl_GlobalInvocationID.x >= count)
        return;
    for (uint k = 0u; k < nb; k++)
        if (nb * i + k < samples)
            word |= pack_sample(x[nb * i + k], out_bytes) <<
                    (8u * out_bytes * k);
    y[i] = word;
}
