/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Product on cooperative matrices, f16 values and f32 sums: a workgroup makes
 * BM x BN outputs, a subgroup SM x SN of them, from slices of BK. The next slice
 * is on its way from memory while the last one is multiplied; two stages of
 * shared memory need one barrier a slice. Depth is a multiple of 8.
 */

#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#pragma use_vulkan_memory_model

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint BM = 64;
layout(constant_id = 2) const uint BN = 64;
layout(constant_id = 3) const uint BK = 32;
layout(constant_id = 4) const uint SM = 32;
layout(constant_id = 5) const uint SN = 32;
layout(constant_id = 8) const uint LANES = 32;
/* shape that the device multiplies: TM x TK by TK x TN */
layout(constant_id = 9) const uint TM = 16;
layout(constant_id = 10) const uint TN = 16;
layout(constant_id = 11) const uint TK = 16;

#define VEC 8
#include "matmul.glsl"

/* the epilogue's inputs and the output, several channels at a time */
layout(std430, binding = 2) readonly buffer Bias4 { f16vec4 bias4[]; };
#ifdef CONV
layout(std430, binding = 3) readonly buffer Shift4 { f16vec4 shift4[]; };
#endif
layout(std430, binding = 4) readonly buffer Residual4 { f16vec4 residual4[]; };
layout(std430, binding = 5) writeonly buffer Y8 { uvec4 y8[]; };
layout(std430, binding = 5) writeonly buffer Y4 { uvec2 y4[]; };

const uint FM      = SM / TM;               /* matrices of a subgroup */
const uint FN      = SN / TN;
const uint THREADS = LANES * (BM / SM) * (BN / SN);
const uint BKV     = BK / 8;
const uint PITCH   = BKV + 1;               /* padded: rows begin in other banks */
const uint STAGE   = (BM + BN) * PITCH;
const uint PASS    = THREADS / BKV;         /* rows that all threads load at once */
const uint LOADS_X = (BM + PASS - 1) / PASS;
const uint LOADS_W = (BN + PASS - 1) / PASS;
const uint OUT_PITCH = (SN + 4) / 4;        /* of sums on their way out */

/* Slices, after the last one the sums; in pieces of 16 bytes. */
shared uvec4 tile[2 * STAGE];

/* What a thread has loaded, and where it goes on. */
uvec4 next_x[LOADS_X], next_w[LOADS_W];
uint thread_row, thread_k, row0, column0;
#ifdef CONV
Window windows[LOADS_X];
uint tap_y, tap_x, channel;
#endif

void fetch_init()
{
    thread_row = gl_LocalInvocationIndex / BKV;
    thread_k   = gl_LocalInvocationIndex % BKV * 8;
    row0       = gl_WorkGroupID.y * BM;
    column0    = gl_WorkGroupID.x * BN;
#ifdef CONV
    uint tap = thread_k / channels;

    channel = thread_k % channels;
    tap_y   = tap / kernel_width;
    tap_x   = tap % kernel_width;
    [[unroll]] for (uint i = 0; i < LOADS_X; i++)
        windows[i] = window_of(min(row0 + thread_row + i * PASS, rows - 1));
#endif
}

/* Load the slice that begins at k0; slices come in order. */
void fetch(uint k0)
{
    uint k = k0 + thread_k;

    [[unroll]] for (uint i = 0; i < LOADS_X; i++) {
        next_x[i] = uvec4(0);
        if (k < depth) {
#ifdef CONV
            int pixel = pixel_of(windows[i], tap_y, tap_x);

            if (pixel >= 0)
                next_x[i] = x[(uint(pixel) * channels + channel) / 8];
#else
            uint row = min(row0 + thread_row + i * PASS, rows - 1);

            next_x[i] = x[(row * depth + k) / 8];
#endif
        }
    }
    [[unroll]] for (uint i = 0; i < LOADS_W; i++) {
        uint column = min(column0 + thread_row + i * PASS, columns - 1);

        next_w[i] = k < depth ? weight[(weight_row(column) * depth + k) / 8] : uvec4(0);
    }
#ifdef CONV
    channel += BK;
    while (channel >= channels) {
        channel -= channels;
        if (++tap_x == kernel_width) {
            tap_x = 0;
            tap_y++;
        }
    }
#endif
}

/* Put what was fetched into a stage of shared memory. */
void put(uint stage)
{
    uint at = stage * STAGE + thread_row * PITCH + thread_k / 8;

    [[unroll]] for (uint i = 0; i < LOADS_X; i++)
        if (BM % PASS == 0 || thread_row + i * PASS < BM)
            tile[at + i * PASS * PITCH] = next_x[i];
    at += BM * PITCH;
    [[unroll]] for (uint i = 0; i < LOADS_W; i++)
        if (BN % PASS == 0 || thread_row + i * PASS < BN)
            tile[at + i * PASS * PITCH] = next_w[i];
}

uvec2 pack(vec4 v)
{
    return uvec2(packFloat2x16(f16vec2(v.xy)), packFloat2x16(f16vec2(v.zw)));
}

vec4 activate4(vec4 v)
{
    return vec4(activate(v.x, ACTIVATION), activate(v.y, ACTIVATION),
                activate(v.z, ACTIVATION), activate(v.w, ACTIVATION));
}

vec4 with_bias4(vec4 sum, uint row4)
{
    if ((FLAGS & HAS_BIAS) != 0)
        sum += vec4(bias4[row4]);
#ifdef CONV
    if ((FLAGS & HAS_SHIFT) != 0)
        sum += vec4(shift4[row4]);
#endif
    return sum;
}

/* Sums of 8 columns; columns are a multiple of 8. */
void store8(uint row, uint column, vec4 a, vec4 b)
{
    uint i = (out_row(row) * columns + column) / 8;

    if (ACTIVATION == ACT_GEGLU) {
        vec4 value = with_bias4(vec4(a.xz, b.xz), column / 8);
        vec4 gate  = with_bias4(vec4(a.yw, b.yw), (columns + column) / 8);

        value *= vec4(gelu(gate.x), gelu(gate.y), gelu(gate.z), gelu(gate.w));
        if ((FLAGS & HAS_RESIDUAL) != 0)
            value += vec4(residual4[i]);
        y4[i] = pack(value);
    } else {
        a = activate4(with_bias4(a, column / 4));
        b = activate4(with_bias4(b, column / 4 + 1));
        if ((FLAGS & HAS_RESIDUAL) != 0) {
            a += vec4(residual4[2 * i]);
            b += vec4(residual4[2 * i + 1]);
        }
        y8[i] = uvec4(pack(a), pack(b));
    }
}

/* The same for any number of columns. */
void store_each(uint row, uint column, vec4 a, vec4 b)
{
    [[unroll]] for (uint c = 0; c < 8; c += 2) {
        vec2 v = c < 4 ? (c == 0 ? a.xy : a.zw) : (c == 4 ? b.xy : b.zw);

        if (column + c >= columns)
            break;
        if (ACTIVATION == ACT_GEGLU) {
            store_geglu(row, column + c, v.x, v.y);
        } else {
            store(row, column + c, v.x);
            if (column + c + 1 < columns)
                store(row, column + c + 1, v.y);
        }
    }
}

void subgroup_barrier()
{
    controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared,
                   gl_SemanticsAcquireRelease);
}

void main()
{
    uint sub_m = gl_SubgroupID / (BN / SN) * SM;
    uint sub_n = gl_SubgroupID % (BN / SN) * SN;
    coopmat<float, gl_ScopeSubgroup, TM, TN, gl_MatrixUseAccumulator> sum[FM * FN];

    [[unroll]] for (uint i = 0; i < FM * FN; i++)
        sum[i] = coopmat<float, gl_ScopeSubgroup, TM, TN,
                         gl_MatrixUseAccumulator>(0.0);

    fetch_init();
    fetch(0);
    put(0);
    for (uint k0 = 0, stage = 0; k0 < depth; k0 += BK, stage ^= 1) {
        uint from_x = stage * STAGE + sub_m * PITCH;
        uint from_w = stage * STAGE + (BM + sub_n) * PITCH;

        barrier();
        if (k0 + BK < depth)
            fetch(k0 + BK);
        [[unroll]] for (uint k = 0; k < BKV; k += TK / 8) {
            coopmat<float16_t, gl_ScopeSubgroup, TM, TK, gl_MatrixUseA> a[FM];

            [[unroll]] for (uint i = 0; i < FM; i++)
                coopMatLoad(a[i], tile, from_x + i * TM * PITCH + k, PITCH,
                            gl_CooperativeMatrixLayoutRowMajor);
            [[unroll]] for (uint j = 0; j < FN; j++) {
                coopmat<float16_t, gl_ScopeSubgroup, TK, TN, gl_MatrixUseB> b;

                coopMatLoad(b, tile, from_w + j * TN * PITCH + k, PITCH,
                            gl_CooperativeMatrixLayoutColumnMajor);
                [[unroll]] for (uint i = 0; i < FM; i++)
                    sum[i * FN + j] = coopMatMulAdd(a[i], b, sum[i * FN + j]);
            }
        }
        if (k0 + BK < depth)
            put(stage ^ 1);
    }
    barrier();

    /* out by way of shared memory, as who has which element is unknown */
    uint from = gl_SubgroupID * TM * OUT_PITCH;

    for (uint i = 0; i < FM; i++) {
        [[unroll]] for (uint j = 0; j < FN; j++)
            coopMatStore(sum[j], tile, from + j * TN / 4, OUT_PITCH,
                         gl_CooperativeMatrixLayoutRowMajor);
        subgroup_barrier();
        for (uint at = gl_SubgroupInvocationID; at < TM * SN / 8; at += LANES) {
            uint m      = at / (SN / 8);
            uint n      = at % (SN / 8);
            uint row    = row0 + sub_m + i * TM + m;
            uint column = column0 + sub_n + n * 8;
            vec4 a      = uintBitsToFloat(tile[from + m * OUT_PITCH + n * 2]);
            vec4 b      = uintBitsToFloat(tile[from + m * OUT_PITCH + n * 2 + 1]);

            if (row < rows && column < columns) {
                if (columns % 8 == 0)
                    store8(row, column, a, b);
                else
                    store_each(row, column, a, b);
            }
        }
        subgroup_barrier();
        /* The next ones move up: compilers need not unroll a loop around another, and
           an array that a variable counts through leaves the registers. */
        [[unroll]] for (uint k = 0; k < (FM - 1) * FN; k++)
            sum[k] = sum[k + FN];
    }
}
