/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Product on matrices of VK_NV_cooperative_matrix2, f16 values and f32 sums: one
 * matrix of BM x BN is all that a workgroup makes, from slices of BK. Bias,
 * activation and GEGLU are done on its elements, which know their place. Channels of
 * x are a multiple of 8. A convolution's BM rows are a box of output positions,
 * so that what lies below one tap of the kernel is a box too, and padding is what
 * lies outside of the image.
 */

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint BM = 64;
layout(constant_id = 2) const uint BN = 64;     /* GEGLU: of each half */
layout(constant_id = 3) const uint BK = 64;
#ifdef CONV
/* BM = BOX_FRAMES * BOX_HEIGHT * BOX_WIDTH */
layout(constant_id = 4) const uint BOX_HEIGHT = 8;
layout(constant_id = 5) const uint BOX_WIDTH = 8;
const uint BOX_FRAMES = BM / (BOX_HEIGHT * BOX_WIDTH);
#endif

#define STAGE (BM * BN > BK * (BM + BN) ? BM * BN : BK * (BM + BN))
#include "tensor.glsl"

#define VEC 1
#include "matmul.glsl"

uint column0;
#ifdef CONV
uvec3 box;                  /* first frame, row and column of the output */
#else
uint row0;
#endif

/* The rest of store() and store_geglu(), for a matrix: all but the residual. */
float finish(const in uint row, const in uint column, const in float sum)
{
    return activate(with_bias(sum, min(column0 + column, columns - 1)), ACTIVATION);
}

float finish_geglu(const in uint row, const in uint column, const in float value,
                   const in float gate)
{
    uint i = 2 * min(column0 + column, columns / 2 - 1);

    return with_bias(value, i) * gelu(with_bias(gate, i + 1));
}

/* Row of the product that a row of the matrix is, ~0: none. */
uint row_of(uint row)
{
#ifdef CONV
    uvec3 at = box + uvec3(row / BOX_WIDTH / BOX_HEIGHT, row / BOX_WIDTH % BOX_HEIGHT,
                           row % BOX_WIDTH);
    uint position = (at.x * out_height + at.y) * out_width + at.z;

    return at.y < out_height && at.z < out_width && position < rows ? position : ~0u;
#else
    return row0 + row < rows ? row0 + row : ~0u;
#endif
}

/* One element out, for rows that go anywhere and for any number of columns. */
float store_each(const in uint row, const in uint column, const in float sum)
{
    uint to = row_of(row);

    if (to != ~0u && column0 + column < columns)
        store(to, column0 + column, sum);
    return sum;
}

float store_each_geglu(const in uint row, const in uint column, const in float value,
                       const in float gate)
{
    uint to = row_of(row);

    if (to != ~0u && column0 + column < columns / 2)
        store_geglu(to, 2 * (column0 + column), value, gate);
    return value;
}

/* sum += a slice of x times one of the weight, from row weight_row(COLUMN) on */
#define MULTIPLY_WEIGHT(sum, base, outside, channels, column, k) {                  \
    Right(BK, BN) b;                                                                \
                                                                                    \
    TENSOR_LOAD_TURNED(b, weight, base, outside, uvec2(columns, channels), depth,   \
                       ivec2(column, k), BK, BN);                                   \
    sum = coopMatMulAdd(a, b, sum);                                                 \
}

#define MULTIPLY(base, outside, channels, k) {                                      \
    MULTIPLY_WEIGHT(sum, base, outside, channels, column0, k);                      \
    if (ACTIVATION == ACT_GEGLU)                                                    \
        MULTIPLY_WEIGHT(gate, base, outside, channels, column0 + columns / 2, k);   \
}

#define SLICE(outside, k) {                                                         \
    Left(BM, BK) a;                                                                 \
                                                                                    \
    TENSOR_LOAD(a, x, 0, outside, uvec2(rows, depth), depth, ivec2(row0, k), BM,    \
                BK);                                                                \
    MULTIPLY(0, outside, depth, k);                                                 \
}

/* The tile from the residual or into y, where these have whole rows of 16 bytes. */
#ifdef CONV
#define PLACED(move, matrix, buffer)                                                \
    move##_4D(matrix, buffer, 0, uvec4(frames, out_height, out_width, y_columns),   \
              uvec3(out_height * out_width, out_width, 1) * y_columns,              \
              ivec4(box, column0), BOX_FRAMES, BOX_HEIGHT, BOX_WIDTH, BN)
#else
#define PLACED(move, matrix, buffer)                                                \
    move##_2D(matrix, buffer, 0, uvec2(rows, y_columns), y_columns,                 \
              ivec2(row0, column0), BM, BN)
#endif

void main()
{
    uint y_columns = ACTIVATION == ACT_GEGLU ? columns / 2 : columns;
    Sums(BM, BN) sum  = Sums(BM, BN)(0.0);
    Sums(BM, BN) gate = Sums(BM, BN)(0.0);

    column0 = gl_WorkGroupID.x * BN;
#ifdef CONV
    uint boxes_x = (out_width + BOX_WIDTH - 1) / BOX_WIDTH;
    uint boxes_y = (out_height + BOX_HEIGHT - 1) / BOX_HEIGHT;
    uint frames  = rows / (out_height * out_width);

    box = uvec3(gl_WorkGroupID.y / boxes_x / boxes_y * BOX_FRAMES,
                gl_WorkGroupID.y / boxes_x % boxes_y * BOX_HEIGHT,
                gl_WorkGroupID.y % boxes_x * BOX_WIDTH);
    for (uint tap = 0; tap < kernel_height * kernel_width; tap++) {
        /* output i has input i * stride + at below the tap: of every stride-th one
         * from the first on, number i + skip */
        ivec2 pad   = ivec2(pad_top, pad_left);
        ivec2 at    = ivec2(tap / kernel_width, tap % kernel_width) - pad;
        ivec2 skip  = (at + stride * pad) / stride - pad;
        uvec2 first = uvec2(at - stride * skip);
        uvec2 size  = (uvec2(height, width) - first + stride - 1) / stride;
        uint base   = (first.x * width + first.y) * channels;

        for (uint c = 0; c < channels; c += BK) {
            Left(BM, BK) a;

            TENSOR_LOAD_4D(a, x, base, uvec4(frames, size, channels),
                           uvec3(height * width, stride * width, stride) * channels,
                           ivec4(box.x, ivec2(box.yz) + skip, c), BOX_FRAMES,
                           BOX_HEIGHT, BOX_WIDTH, BK);
            MULTIPLY(tap * channels, OUTSIDE_ZERO, channels, c);
        }
    }
#else
    row0 = gl_WorkGroupID.y * BM;
    if (row0 + BM <= rows && column0 + BN <= y_columns && depth % BK == 0)
        for (uint k = 0; k < depth; k += BK)
            SLICE(OUTSIDE_NONE, k)
    else
        for (uint k = 0; k < depth; k += BK)
            SLICE(OUTSIDE_ZERO, k)
#endif

    if ((FLAGS & HAS_ORDER) != 0 || y_columns % 8 != 0) {
        if (ACTIVATION == ACT_GEGLU)
            coopMatPerElementNV(sum, sum, store_each_geglu, gate);
        else
            coopMatPerElementNV(sum, sum, store_each);
        return;
    }
    if (ACTIVATION == ACT_GEGLU)
        coopMatPerElementNV(sum, sum, finish_geglu, gate);
    else
        coopMatPerElementNV(sum, sum, finish);
    if ((FLAGS & HAS_RESIDUAL) != 0) {
        Rounded(BM, BN) more;

        PLACED(TENSOR_LOAD, more, residual);
        sum = sum + Sums(BM, BN)(more);
    }
    Rounded(BM, BN) result = Rounded(BM, BN)(sum);

    PLACED(TENSOR_STORE, result, y);
}
