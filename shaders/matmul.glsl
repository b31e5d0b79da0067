/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * What linear layers and convolutions share: bindings, sizes, the epilogue.
 */

#include "common.glsl"

layout(constant_id = 6) const uint ACTIVATION = ACT_NONE;
layout(constant_id = 7) const uint FLAGS = 0;

#define HAS_BIAS     1
#define HAS_SHIFT    2
#define HAS_RESIDUAL 4
#define HAS_ORDER    8

/* VEC is 8 or 4 where a row of x and of the weight is a multiple of it, else 1. */
#if VEC == 8
#define TV  uvec4
#elif VEC == 4
#define TV  T4
#define FV  vec4
#define LOADV LOAD4
#else
#define TV  T
#define FV  float
#define LOADV LOAD
#endif

layout(std430, binding = 0) readonly buffer X { TV x[]; };
layout(std430, binding = 1) readonly buffer Weight { TV weight[]; };
layout(std430, binding = 2) readonly buffer Bias { T bias[]; };
#ifdef CONV
layout(std430, binding = 3) readonly buffer Shift { T shift[]; };
#else
layout(std430, binding = 3) readonly buffer Order { uint order[]; };
#endif
layout(std430, binding = 4) readonly buffer Residual { T residual[]; };
layout(std430, binding = 5) writeonly buffer Y { T y[]; };

/* TTMVkMatmulPush: y [rows, columns] = x [rows, depth] weight^T, where a row
 * of a convolution's x is the patch under one position */
layout(push_constant) uniform Push {
    uint rows, columns, depth;
    uint height, width, channels;
    uint out_height, out_width;
    uint kernel_width, kernel_height;
    int stride, pad_top, pad_left, upsample;
    uint first_row;         /* of the whole, where rows are sorted */
};

#define SORT_STARTS 257     /* words of TTM_OP_SORT_REGIONS before the order */

/* Row of y and of the residual that row @p row of the product belongs to. */
uint out_row(uint row)
{
#ifndef CONV
    if ((FLAGS & HAS_ORDER) != 0)
        return order[SORT_STARTS + first_row + row];
#endif
    return row;
}

/* GEGLU: even columns are the first half's, odd ones the second half's, so
 * that one thread holds both factors. */
uint weight_row(uint column)
{
    if (ACTIVATION == ACT_GEGLU)
        return (column >> 1) + (column & 1) * (columns >> 1);
    return column;
}

float with_bias(float sum, uint column)
{
    uint row = weight_row(column);

    if ((FLAGS & HAS_BIAS) != 0)
        sum += LOAD(bias[row]);
#ifdef CONV
    if ((FLAGS & HAS_SHIFT) != 0)
        sum += LOAD(shift[row]);
#endif
    return sum;
}

void store(uint row, uint column, float value)
{
    uint i = out_row(row) * columns + column;

    value = activate(with_bias(value, column), ACTIVATION);
    if ((FLAGS & HAS_RESIDUAL) != 0)
        value += LOAD(residual[i]);
    y[i] = STORE(value);
}

/* sums of columns column and column + 1; column is even */
void store_geglu(uint row, uint column, float value, float gate)
{
    uint i = out_row(row) * (columns >> 1) + (column >> 1);

    value = with_bias(value, column) * gelu(with_bias(gate, column + 1));
    if ((FLAGS & HAS_RESIDUAL) != 0)
        value += LOAD(residual[i]);
    y[i] = STORE(value);
}

#ifdef CONV
/* Where the patch below an output position begins, in the up-sampled image. */
struct Window {
    uint frame;         /* index of the frame's first pixel */
    int y, x;
};

Window window_of(uint row)
{
    uint position = row % (out_height * out_width);

    return Window(row / (out_height * out_width) * height * width,
                 int(position / out_width) * stride - pad_top,
                 int(position % out_width) * stride - pad_left);
}

/* Pixel of the input below a tap of the kernel, -1: padding. */
int pixel_of(Window window, uint tap_y, uint tap_x)
{
    int iy = window.y + int(tap_y);
    int ix = window.x + int(tap_x);

    if (iy < 0 || ix < 0 || iy >= int(height) * upsample ||
        ix >= int(width) * upsample)
        return -1;
    if (upsample == 2) {
        iy >>= 1;
        ix >>= 1;
    }
    return int(window.frame) + iy * int(width) + ix;
}
#endif
