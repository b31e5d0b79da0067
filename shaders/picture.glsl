/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * What the shaders of TTM_OP_PICTURE share: parameters, and values of pictures
 * between their pixels. Bytes are read from words.
 */

#ifndef PICTURE_GLSL
#define PICTURE_GLSL

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;

/* TTMVkPicturePush */
layout(push_constant) uniform Push {
    uint first, count;      /* of the threads of this dispatch */
    int width, height;      /* of the output, or of the small images */
    int in_width, in_height;
    uint channels;          /* or taps of a filter */
    int objects;
    uint bytes, out_bytes;  /* a sample of packed pictures; 0: floats */
    float scale, shift, low, high;
    float amount;
    int field_width, field_height;  /* of the objects' fields, 0: none */
};

/* Numbers an object in motion and in table. */
#define MOTION_ROW 6
#define FIELD_ROW 3
#define FIELD_TORN 2.0
#define COVER_ROW 5
#define TINT_NONE 128.0
#define TINT_STEP 2.0

#define BYTE(data, i) (data[(i) >> 2] >> (((i) & 3u) * 8u) & 255u)

/* Sample i of a packed picture as 0 .. 1. */
#define PACKED(data, bytes, i)                                               \
    ((bytes) == 1u ? float(BYTE(data, i)) / 255.0 :                           \
     float(data[(i) >> 1] >> (((i) & 1u) * 16u) & 65535u) / 65535.0)

/* 0 .. 1 as a sample, clamped and rounded. */
uint pack_sample(float v, uint bytes)
{
    return uint(clamp(v, 0.0, 1.0) * (bytes == 1u ? 255.0 : 65535.0) + 0.5);
}

/* Keys' cubic with a = -1/2 (Catmull-Rom). */
float cubic(float x)
{
    x = abs(x);
    if (x < 1.0)
        return (1.5 * x - 2.5) * x * x + 1.0;
    if (x < 2.0)
        return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
    return 0.0;
}

/*
 * vec3 name(at, size): bicubic value of three channels from `channel` on of
 * data [height, width, stride], pixel centres at + 0.5, clamped at the edges.
 */
#define DEFINE_CUBIC(name, data, stride, channel)                            \
vec3 name(vec2 at, ivec2 size)                                               \
{                                                                            \
    vec2 f = clamp(floor(at - 0.5), vec2(-4.0), vec2(size) + 4.0);           \
    vec3 sum = vec3(0.0);                                                    \
                                                                             \
    for (int j = 0; j < 4; j++) {                                            \
        float wy = cubic(at.y - 0.5 - f.y - float(j - 1));                   \
        int y = clamp(int(f.y) + j - 1, 0, size.y - 1);                      \
                                                                             \
        for (int k = 0; k < 4; k++) {                                        \
            float w = wy * cubic(at.x - 0.5 - f.x - float(k - 1));           \
            int x = clamp(int(f.x) + k - 1, 0, size.x - 1);                  \
            uint i = uint(y * size.x + x) * (stride) + (channel);            \
                                                                             \
            sum += w * vec3(data[i], data[i + 1], data[i + 2]);              \
        }                                                                    \
    }                                                                        \
    return sum;                                                              \
}

/* float name(at, size, channel): bilinear, otherwise the same. */
#define DEFINE_LINEAR(name, data, stride)                                    \
float name(vec2 at, ivec2 size, uint channel)                                \
{                                                                            \
    vec2 p = clamp(at - 0.5, vec2(0.0), vec2(size - 1));                     \
    ivec2 a = ivec2(p), b = min(a + 1, size - 1);                            \
    vec2 part = p - vec2(a);                                                 \
    float top = mix(data[uint(a.y * size.x + a.x) * (stride) + channel],     \
                    data[uint(a.y * size.x + b.x) * (stride) + channel],     \
                    part.x);                                                 \
    float low = mix(data[uint(b.y * size.x + a.x) * (stride) + channel],     \
                    data[uint(b.y * size.x + b.x) * (stride) + channel],     \
                    part.x);                                                 \
                                                                             \
    return mix(top, low, part.y);                                            \
}

/* Where an object's row begins in motion. */
uint motion_row(uint id)
{
    return (id - 1u) * uint(MOTION_ROW + FIELD_ROW * field_width * field_height);
}

/* How far an object is there, of the last number of a field's element. */
float field_share(float value)
{
    return value >= FIELD_TORN ? value - FIELD_TORN : value;
}

/*
 * vec3 source(id, at, size): where a position of an object was in frame 0, by its
 * field too where it has one (TTM_OP_PICTURE, graph/picture.h), and how far it is
 * there at all; of pictures of that size.
 */
#define DEFINE_SOURCE(motion)                                                \
vec3 field_value(uint i)                                                     \
{                                                                            \
    return vec3(motion[i], motion[i + 1u], field_share(motion[i + 2u]));     \
}                                                                            \
                                                                             \
vec3 source(uint id, vec2 at, ivec2 size)                                    \
{                                                                            \
    uint i = motion_row(id);                                                 \
    ivec2 field = ivec2(field_width, field_height);                          \
    float a = motion[i + 4u], b = motion[i + 5u];                            \
    vec2 away = at - vec2(motion[i + 2u], motion[i + 3u]);                   \
    vec3 from = vec3(vec2(motion[i], motion[i + 1u]) +                       \
                     vec2(a * away.x + b * away.y,                           \
                          a * away.y - b * away.x), 1.0);                    \
                                                                             \
    if (field.x > 0) {                                                       \
        vec2 steps = vec2(field) / vec2(size);                               \
        vec2 p = clamp(at * steps - 0.5, vec2(0.0), vec2(field - 1));        \
        ivec2 f = ivec2(p), g = min(f + 1, field - 1);                       \
        vec2 part = p - vec2(f);                                             \
        vec3 v00, v10, v01, v11;                                             \
                                                                             \
        i  += MOTION_ROW;                                                    \
        v00 = field_value(i + FIELD_ROW * uint(f.y * field.x + f.x));        \
        v10 = field_value(i + FIELD_ROW * uint(f.y * field.x + g.x));        \
        v01 = field_value(i + FIELD_ROW * uint(g.y * field.x + f.x));        \
        v11 = field_value(i + FIELD_ROW * uint(g.y * field.x + g.x));        \
        if (motion[i + FIELD_ROW * uint(f.y * field.x + f.x) + 2u] >=        \
            FIELD_TORN)                                                      \
            part = step(0.5, part);                                          \
        v00 = mix(mix(v00, v10, part.x), mix(v01, v11, part.x), part.y);     \
        from = vec3(from.xy + v00.xy, v00.z);                                \
    }                                                                        \
    return from;                                                             \
}

#endif
