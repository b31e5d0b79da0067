#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_PICTURE_COMPOSE: a frame of the output's size, four pixels a thread.
 */

#extension GL_GOOGLE_include_directive : require
#include "picture.glsl"

layout(constant_id = 1) const uint REFINED = 0;

layout(std430, binding = 0) readonly buffer Still { uint still[]; };
layout(std430, binding = 1) readonly buffer Covers { uint covers[]; };
layout(std430, binding = 2) readonly buffer Table { int table[]; };
layout(std430, binding = 3) readonly buffer Motion { float motion[]; };
layout(std430, binding = 4) readonly buffer Ids { uint ids[]; };
layout(std430, binding = 5) readonly buffer Layers { float layers[]; };
layout(std430, binding = 6) readonly buffer Source { float sources[]; };
layout(std430, binding = 7) writeonly buffer Y { uint y[]; };

/* in_width x in_height are the small images, width x height the frame. */

DEFINE_SOURCE(motion)
DEFINE_CUBIC(sample_net, layers, 9u, 0u)
DEFINE_CUBIC(sample_hole, layers, 9u, 3u)
DEFINE_LINEAR(sample_layer, layers, 9u)
DEFINE_CUBIC(sample_decoded, sources, 3u, 0u)
DEFINE_LINEAR(sample_depth, sources, 1u)

/* Byte of a plane of an object: the alpha, or the one that follows it. */
float plane_value(uint id, int plane, ivec2 at)
{
    int row = ROW * (int(id) - 1);
    ivec2 size = ivec2(table[row + 2], table[row + 3]);

    at -= ivec2(table[row], table[row + 1]);
    if (at.x < 0 || at.y < 0 || at.x >= size.x || at.y >= size.y)
        return 0.0;
    return float(BYTE(covers, uint(table[row + 4] + plane * size.x * size.y +
                                   at.y * size.x + at.x)));
}

/* Bilinear alpha of an object, 0 .. 1. */
float cover_alpha(uint id, vec2 at)
{
    int row = ROW * (int(id) - 1);
    vec2 f = floor(at - 0.5), part = at - 0.5 - f;
    vec2 begin = vec2(table[row], table[row + 1]);
    vec2 size  = vec2(table[row + 2], table[row + 3]);
    ivec2 p;

    if (size.x == 0.0 || any(lessThan(f, begin - 1.0)) ||
        any(greaterThanEqual(f, begin + size)))
        return 0.0;
    p = ivec2(f);
    return mix(mix(plane_value(id, 0, p), plane_value(id, 0, p + ivec2(1, 0)),
                   part.x),
               mix(plane_value(id, 0, p + ivec2(0, 1)),
                   plane_value(id, 0, p + ivec2(1, 1)), part.x), part.y) /
           255.0;
}

vec3 still_pixel(ivec2 at)
{
    uint i = 3u * uint(at.y * width + at.x);

    return vec3(PACKED(still, bytes, i), PACKED(still, bytes, i + 1u),
                PACKED(still, bytes, i + 2u));
}

vec3 sample_still(vec2 at)
{
    vec2 p = clamp(at - 0.5, vec2(0.0), vec2(width - 1, height - 1));
    ivec2 a = ivec2(p), b = min(a + 1, ivec2(width, height) - 1);
    vec2 part = p - vec2(a);

    return mix(mix(still_pixel(a), still_pixel(ivec2(b.x, a.y)), part.x),
               mix(still_pixel(ivec2(a.x, b.y)), still_pixel(b), part.x),
               part.y);
}

float is_id(uint id, int x, int v)
{
    return BYTE(ids, uint(v * in_width + x)) == id ? 1.0 : 0.0;
}

/* How far soft predicted ids cover the pixel (shapes that may deform). */
float predicted_alpha(uint id, vec2 at)
{
    vec2 p = clamp(at - 0.5, vec2(0.0), vec2(in_width - 1, in_height - 1));
    ivec2 a = ivec2(p), b = min(a + 1, ivec2(in_width, in_height) - 1);
    vec2 part = p - vec2(a);
    float v = mix(mix(is_id(id, a.x, a.y), is_id(id, b.x, a.y), part.x),
                  mix(is_id(id, a.x, b.y), is_id(id, b.x, b.y), part.x),
                  part.y);

    return clamp(1.5 * v - 0.25, 0.0, 1.0);
}

/* rgb and share (a) of what object `id` gives to a pixel, premultiplied. */
vec4 object_part(uint id, vec2 at, vec3 net, float rest, ivec2 size, vec2 ratio)
{
    vec2 q = source(id, at);
    float own = cover_alpha(id, q * ratio);
    float share = rest * (REFINED == 1u ? own : predicted_alpha(id, at));
    vec3 rgb;

    if (share <= 0.0)
        return vec4(0.0);
    rgb = sample_still(q * ratio);
    if (REFINED == 1u)
        rgb += sample_depth(q, size, 0u) *
               vec3(sample_layer(at, size, 6u), sample_layer(at, size, 7u),
                    sample_layer(at, size, 8u));
    else
        rgb = net + own * (rgb - sample_decoded(q, size));
    return vec4(share * rgb, share);
}

/* How much of the pixel an object covered in frame 0 and has left since. */
float uncovered(ivec2 pixel, vec2 at, vec2 ratio)
{
    float most = 0.0;

    for (uint id = 1u; id <= uint(objects); id++) {
        float spread = plane_value(id, 1, pixel) / 255.0;

        if (spread > most) {
            float inside = cover_alpha(id, vec2(pixel) + 0.5);
            float moved = length((source(id, at) - at) * ratio);

            /* An object that does not move still covers its own soft edge. */
            most = max(most, max(inside, spread) *
                             clamp((moved - 0.5) / 2.0, 0.0, 1.0));
        }
    }
    return most;
}

vec3 compose(ivec2 pixel)
{
    ivec2 size = ivec2(in_width, in_height);
    vec2 ratio = vec2(width, height) / vec2(size);
    vec2 at = (vec2(pixel) + 0.5) / ratio;
    vec3 net = amount < 1.0 || REFINED == 0u ? sample_net(at, size) : vec3(0.0);
    ivec2 cell = min(ivec2(at), size - 1);
    uint predicted = BYTE(ids, uint(cell.y * in_width + cell.x));
    vec4 sum = vec4(0.0);

    if (predicted > 0u && predicted <= uint(objects))
        sum += object_part(predicted, at, net, 1.0, size, ratio);
    for (uint id = 1u; id <= uint(objects) && 1.0 - sum.a > 0.002; id++)
        if (id != predicted)
            sum += object_part(id, at, net, 1.0 - sum.a, size, ratio);
    if (sum.a < 1.0) {
        float open = uncovered(pixel, at, ratio);
        vec3 rgb = still_pixel(pixel);

        if (open > 0.0)
            rgb = mix(rgb, sample_hole(at, size), open);
        sum.rgb += (1.0 - sum.a) * rgb;
    }
    return mix(net, sum.rgb, amount);
}

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    uint pixels = uint(width * height), nb = 4u / out_bytes;
    uint words = (3u * pixels + nb - 1u) / nb, word = 0u;

    if (gl_GlobalInvocationID.x >= count)
        return;
    for (uint k = 0u; k < 4u; k++) {
        uint p = 4u * i + k;
        vec3 rgb = vec3(0.0);

        if (p < pixels)
            rgb = compose(ivec2(p % uint(width), p / uint(width)));
        for (uint c = 0u; c < 3u; c++) {
            uint at = 3u * p + c;

            word |= pack_sample(rgb[c], out_bytes) <<
                    (8u * out_bytes * (at % nb));
            if (at % nb == nb - 1u) {
                if (at / nb < words)
                    y[at / nb] = word;
                word = 0u;
            }
        }
    }
}
