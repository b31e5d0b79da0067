/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Tiled product in shared memory, for GPUs: BM x BN outputs a workgroup, TM x TN a thread.
 */

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint BM = 64;
layout(constant_id = 2) const uint BN = 64;
layout(constant_id = 3) const uint BK = 16;
layout(constant_id = 4) const uint TM = 4;
layout(constant_id = 5) const uint TN = 4;

#include "matmul.glsl"

const uint THREADS = (BM / TM) * (BN / TN);
const uint BKV     = BK / VEC;
const uint LOADS_X = BM * BKV / THREADS;
const uint LOADS_W = BN * BKV / THREADS;
const uint PITCH_X = BM + 4;
const uint PITCH_W = BN + 4;

shared float tile_x[BK * PITCH_X];
shared float tile_w[BK * PITCH_W];

#if VEC == 4
#define PUT(tile, at, pitch, v)         \
    tile[at]             = (v).x;       \
    tile[at + pitch]     = (v).y;       \
    tile[at + 2 * pitch] = (v).z;       \
    tile[at + 3 * pitch] = (v).w
#else
#define PUT(tile, at, pitch, v) tile[at] = v
#endif

void main()
{
    uint thread   = gl_LocalInvocationIndex;
    uint row0     = gl_WorkGroupID.y * BM;
    uint column0  = gl_WorkGroupID.x * BN;
    uint thread_m = thread / (BN / TN) * TM;
    uint thread_n = thread % (BN / TN) * TN;
    float sum[TM * TN];
#ifdef CONV
    Window windows[LOADS_X];

    [[unroll]] for (uint i = 0; i < LOADS_X; i++)
        windows[i] = window_of(min(row0 + (thread + i * THREADS) / BKV, rows - 1));
#endif

    [[unroll]] for (uint i = 0; i < TM * TN; i++)
        sum[i] = 0.0;

    for (uint k0 = 0; k0 < depth; k0 += BK) {
        [[unroll]] for (uint i = 0; i < LOADS_X; i++) {
            uint at  = thread + i * THREADS;
            uint m   = at / BKV;
            uint kk  = at % BKV * VEC;
            uint k   = k0 + kk;
            uint row = row0 + m;
            FV v     = FV(0.0);

            if (row < rows && k < depth) {
#ifdef CONV
                uint tap  = k / channels;
                int pixel = pixel_of(windows[i], tap / kernel_width,
                                     tap % kernel_width);

                if (pixel >= 0)
                    v = LOADV(x[(uint(pixel) * channels + k - tap * channels) / VEC]);
#else
                v = LOADV(x[(row * depth + k) / VEC]);
#endif
            }
            PUT(tile_x, kk * PITCH_X + m, PITCH_X, v);
        }
        [[unroll]] for (uint i = 0; i < LOADS_W; i++) {
            uint at     = thread + i * THREADS;
            uint n      = at / BKV;
            uint kk     = at % BKV * VEC;
            uint k      = k0 + kk;
            uint column = column0 + n;
            FV v        = FV(0.0);

            if (column < columns && k < depth)
                v = LOADV(weight[(weight_row(column) * depth + k) / VEC]);
            PUT(tile_w, kk * PITCH_W + n, PITCH_W, v);
        }
        barrier();
        for (uint k = 0; k < BK; k++) {
            float a[TM], b[TN];

            [[unroll]] for (uint i = 0; i < TM; i++)
                a[i] = tile_x[k * PITCH_X + thread_m + i];
            [[unroll]] for (uint j = 0; j < TN; j++)
                b[j] = tile_w[k * PITCH_W + thread_n + j];
            [[unroll]] for (uint i = 0; i < TM; i++)
                [[unroll]] for (uint j = 0; j < TN; j++)
                    sum[i * TN + j] = fma(a[i], b[j], sum[i * TN + j]);
        }
        barrier();
    }

    [[unroll]] for (uint i = 0; i < TM; i++) {
        uint row = row0 + thread_m + i;

        if (row >= rows)
            continue;
        if (ACTIVATION == ACT_GEGLU) {
            [[unroll]] for (uint j = 0; j < TN; j += 2)
                if (column0 + thread_n + j < columns)
                    store_geglu(row, column0 + thread_n + j, sum[i * TN + j],
                                sum[i * TN + j + 1]);
        } else {
            [[unroll]] for (uint j = 0; j < TN; j++)
                if (column0 + thread_n + j < columns)
                    store(row, column0 + thread_n + j, sum[i * TN + j]);
        }
    }
}
