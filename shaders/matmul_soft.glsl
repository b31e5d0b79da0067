/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Product for devices whose lanes are a CPU's vector units: no shared memory, one subgroup a workgroup, 8 rows by 4 columns a lane.
 */

#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require

layout(local_size_x_id = 0) in;

#include "matmul.glsl"

/* Rows of a workgroup; lane i loads row i and hands it to the others. */
#define ROWS 8
#define COLUMNS 4

void main()
{
    uint lane    = gl_SubgroupInvocationID;
    uint row0    = gl_WorkGroupID.y * ROWS;
    uint column0 = (gl_WorkGroupID.x * gl_SubgroupSize + lane) * COLUMNS;
    uint row     = min(row0 + lane % ROWS, rows - 1);
    uint w[COLUMNS];
    float sum[ROWS][COLUMNS];

    [[unroll]] for (uint c = 0; c < COLUMNS; c++)
        w[c] = weight_row(min(column0 + c, columns - 1)) * depth / 4;
    [[unroll]] for (uint r = 0; r < ROWS; r++)
        [[unroll]] for (uint c = 0; c < COLUMNS; c++)
            sum[r][c] = 0.0;

#ifdef CONV
    Window window = window_of(row);

    for (uint tap_y = 0; tap_y < kernel_height; tap_y++)
    for (uint tap_x = 0; tap_x < kernel_width; tap_x++) {
        int pixel  = pixel_of(window, tap_y, tap_x);
        uint begin = uint(max(pixel, 0)) * channels / 4;
        uint tap   = (tap_y * kernel_width + tap_x) * channels / 4;

        for (uint k = 0; k < channels / 4; k++) {
            vec4 mine = pixel < 0 ? vec4(0.0) : LOAD4(x[begin + k]);
#else
    {
        uint begin     = row * depth / 4;
        const uint tap = 0;

        for (uint k = 0; k < depth / 4; k++) {
            vec4 mine = LOAD4(x[begin + k]);
#endif
            vec4 v[COLUMNS];

            [[unroll]] for (uint c = 0; c < COLUMNS; c++)
                v[c] = LOAD4(weight[w[c] + tap + k]);
            [[unroll]] for (uint r = 0; r < ROWS; r++) {
                vec4 a = subgroupBroadcast(mine, r);

                [[unroll]] for (uint c = 0; c < COLUMNS; c++)
                    sum[r][c] = fma(a.x, v[c].x, fma(a.y, v[c].y,
                                fma(a.z, v[c].z, fma(a.w, v[c].w, sum[r][c]))));
            }
        }
    }

    [[unroll]] for (uint r = 0; r < ROWS; r++) {
        if (row0 + r >= rows)
            break;
        if (ACTIVATION == ACT_GEGLU) {
            [[unroll]] for (uint c = 0; c < COLUMNS; c += 2)
                if (column0 + c < columns)
                    store_geglu(row0 + r, column0 + c, sum[r][c], sum[r][c + 1]);
        } else {
            [[unroll]] for (uint c = 0; c < COLUMNS; c++)
                if (column0 + c < columns)
                    store(row0 + r, column0 + c, sum[r][c]);
        }
    }
}
