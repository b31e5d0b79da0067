#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_LEVEL: holes without a step, with their surroundings' colours.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer Net { float net[]; };
layout(std430, binding = 1) readonly buffer Filled { float filled[]; };
layout(std430, binding = 2) writeonly buffer Y { float y[]; };

#define OWN_COLOUR 0.3
#define OWN_LIGHT  0.5

float light(vec3 rgb)
{
    return (rgb.r + 2.0 * rgb.g + rgb.b) / 4.0;
}

void main()
{
    uint i = first + gl_GlobalInvocationID.x, f = 7u * i;
    vec3 rgb, around;

    if (gl_GlobalInvocationID.x >= count)
        return;
    rgb    = vec3(filled[f], filled[f + 1u], filled[f + 2u]) +
             vec3(net[3u * i], net[3u * i + 1u], net[3u * i + 2u]);
    around = vec3(filled[f + 3u], filled[f + 4u], filled[f + 5u]);
    rgb = mix(light(around), light(rgb), OWN_LIGHT) +
          mix(around - light(around), rgb - light(rgb), OWN_COLOUR);
    for (uint c = 0u; c < 3u; c++)
        y[3u * i + c] = rgb[c];
}
