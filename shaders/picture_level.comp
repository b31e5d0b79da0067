#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_LEVEL: holes without a step and with their surroundings' contrast.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(std430, binding = 0) readonly buffer Net { float net[]; };
layout(std430, binding = 1) readonly buffer Filled { float filled[]; };
layout(std430, binding = 2) writeonly buffer Y { float y[]; };

/* As in backend/cpu/plain_pictures.c. */
#define OWN_LIGHT  0.6
#define OWN_COLOUR 0.3
#define OUTLIER    3.0

void main()
{
    uint i = first + gl_GlobalInvocationID.x, f = 8u * i;
    float own, mean, variance, share;
    vec3 rgb, around;

    if (gl_GlobalInvocationID.x >= count)
        return;
    rgb      = vec3(filled[f], filled[f + 1u], filled[f + 2u]) +
               vec3(net[3u * i], net[3u * i + 1u], net[3u * i + 2u]);
    around   = vec3(filled[f + 3u], filled[f + 4u], filled[f + 5u]);
    own      = brightness(rgb);
    mean     = brightness(around);
    variance = max(filled[f + 6u] - mean * mean, 0.0);
    share    = OWN_LIGHT * variance /
               (variance + OUTLIER * (own - mean) * (own - mean) + 1e-6);
    rgb = around + share * (own - mean) +
          OWN_COLOUR * share * (rgb - own - (around - mean));
    for (uint c = 0u; c < 3u; c++)
        y[3u * i + c] = rgb[c];
}
