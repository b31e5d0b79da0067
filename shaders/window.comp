#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_WINDOW: one thread an element of the result.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint KIND = 0;    /* enum TTMWindowKind */

#define SPLIT 0
#define JOIN  1
#define MOST  2

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) writeonly buffer Y { T y[]; };

/* TTMVkWindowPush */
layout(push_constant) uniform Push {
    uint first, count;      /* elements of the result */
    uint height, width, channels;
    uint size;
};

void main()
{
    uint i = first + gl_GlobalInvocationID.x;
    uint p = i / channels, c = i % channels;    /* position of the result */
    uint rows = (height + size - 1) / size, columns = (width + size - 1) / size;

    if (gl_GlobalInvocationID.x >= count)
        return;

    if (KIND == SPLIT) {
        uint window = p / size / size;
        uint row    = window / columns % rows * size + p / size % size;
        uint column = window % columns * size + p % size;
        uint from   = (window / columns / rows * height + row) * width + column;

        if (row < height && column < width)
            y[i] = x[from * channels + c];
        else
            y[i] = STORE(0.0);
    } else if (KIND == JOIN) {
        uint n = p / width / height, row = p / width % height, column = p % width;
        uint window = (n * rows + row / size) * columns + column / size;
        uint from   = (window * size + row % size) * size + column % size;

        y[i] = x[from * channels + c];
    } else {
        uint h = height / size, w = width / size;
        uint from  = (p / w / h * height + p / w % h * size) * width + p % w * size;
        float most = LOAD(x[from * channels + c]);

        for (uint j = 1; j < size * size; j++) {
            uint at     = from + j / size * width + j % size;
            float value = LOAD(x[at * channels + c]);

            if (!(value <= most) && !isnan(most))   /* a NaN stays */
                most = value;
        }
        y[i] = STORE(most);
    }
}
