#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ATTENTION on cooperative matrices, in f16 with f32 scores, sums and
 * softmax; head dimensions are multiples of 8. A subgroup has TM queries, so that
 * the running maximum and sum stay in it; the workgroup shares the keys and values
 * of BK tokens. The query's matrices and the output's stay in registers.
 */

#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_vote : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#pragma use_vulkan_memory_model
#include "common.glsl"

#define VECTORS 8
#include "attention.glsl"

layout(constant_id = 5) const uint LANES = 32;
/* shape that the device multiplies: TM x TK by TK x TN */
layout(constant_id = 6) const uint TM = 16;
layout(constant_id = 7) const uint TN = 16;
layout(constant_id = 8) const uint TK = 16;
layout(constant_id = 9) const uint DIM_STEPS = 3;       /* of TK channels; VALUE_CHUNKS is of TN */

const uint THREADS = BQ / TM * LANES;
const uint LPR     = LANES / TM;                /* lanes that share a row of scores */
const uint PART4   = BK / LPR / 4;              /* scores of a lane, by four */
const uint VEC_K   = DIM_STEPS * TK / 8;        /* 16 bytes of a row, zeros included */
const uint VEC_V   = VALUE_CHUNKS * TN / 8;
const uint PITCH_K = VEC_K + 1;                 /* padded: rows begin in other banks */
const uint PITCH_V = VEC_V + 1;
const uint PITCH_S = (BK + 4) / 4;
const uint KEYS_VALUES = BK * (PITCH_K + PITCH_V);
const uint QUERIES = BQ * PITCH_K;
const uint CHUNKS_OUT = BK / TN < VALUE_CHUNKS ? BK / TN : VALUE_CHUNKS;

/* First the queries, then keys and after them values. */
shared uvec4 tokens_of[KEYS_VALUES > QUERIES ? KEYS_VALUES : QUERIES];
/* Of each subgroup: scores, in their place weights, at last the output. */
shared uvec4 scores[BQ * PITCH_S];
/* What the output is multiplied by, as matrices. */
shared float factors[BQ * TN];
shared uint query_bits[BQ], key_bits[BK];

#define Accumulator coopmat<float, gl_ScopeSubgroup, TM, TN, gl_MatrixUseAccumulator>

void subgroup_barrier()
{
    controlBarrier(gl_ScopeSubgroup, gl_ScopeSubgroup, gl_StorageSemanticsShared,
                   gl_SemanticsAcquireRelease);
}

uvec2 pack(vec4 v)
{
    return uvec2(packFloat2x16(f16vec2(v.xy)), packFloat2x16(f16vec2(v.zw)));
}

void main()
{
    uint thread  = gl_LocalInvocationIndex;
    uint lane    = gl_SubgroupInvocationID;
    uint row0    = gl_SubgroupID * TM;          /* of the subgroup, within the tile */
    uint row     = row0 + lane / LPR;           /* of the lane */
    uint part    = lane % LPR;
    uint from    = row0 * PITCH_S;              /* the subgroup's scores */
    uint mine    = row * PITCH_S + part * PART4;
    float scale2 = scale * 1.44269504088896341; /* powers of two are quicker */
    float peak   = LOWEST, total = 0.0;
    uint all_bits = 0;
    Tile tile    = make_tile();

    if (tile.end <= tile.begin)
        return;

    /* the queries, through shared memory */
    Query query = make_query(tile, min(tile.begin + row, tile.end - 1));

    for (uint at = thread; at < BQ * VEC_K; at += THREADS) {
        uint i   = at / VEC_K;
        uint d   = at % VEC_K;
        uint low = make_query(tile, min(tile.begin + i, tile.end - 1)).row;

        tokens_of[i * PITCH_K + d] = d < dim / 8 ?
            q[(low * heads + tile.head) * (dim / 8) + d] : uvec4(0);
    }
    if (part == 0)
        query_bits[row] = query.bits;
    barrier();
    if (MASK == MASK_SETS)
        for (uint i = 0; i < BQ; i++)
            all_bits |= query_bits[i];

    coopmat<float16_t, gl_ScopeSubgroup, TM, TK, gl_MatrixUseA> qs[DIM_STEPS];
    Accumulator sum[VALUE_CHUNKS];

    [[unroll]] for (uint k = 0; k < DIM_STEPS; k++)
        coopMatLoad(qs[k], tokens_of, row0 * PITCH_K + k * TK / 8, PITCH_K,
                    gl_CooperativeMatrixLayoutRowMajor);
    [[unroll]] for (uint c = 0; c < VALUE_CHUNKS; c++)
        sum[c] = Accumulator(0.0);

    for (uint key0 = tile.low; key0 < tile.high; key0 += BK) {
        barrier();
        if (MASK == MASK_SETS || MASK == MASK_REGIONS) {
            for (uint i = thread; i < BK; i += THREADS) {
                uint j = min(key0 + i, tile.high - 1);

                key_bits[i] = make_key_bits(j, make_key_row(tile, j));
            }
            barrier();
        }
        if (MASK == MASK_SETS) {
            uint seen = 0;

            for (uint j = 0; j < BK; j++)
                seen |= key_bits[j];
            if ((seen & all_bits) == 0)
                continue;
        }
        for (uint at = thread; at < BK * VEC_K; at += THREADS) {
            uint i = at / VEC_K;
            uint d = at % VEC_K;
            uint j = make_key_row(tile, min(key0 + i, tile.high - 1));

            tokens_of[i * PITCH_K + d] = d < dim / 8 ?
                k[(j * heads + tile.head) * (dim / 8) + d] : uvec4(0);
        }
        for (uint at = thread; at < BK * VEC_V; at += THREADS) {
            uint i = at / VEC_V;
            uint d = at % VEC_V;
            uint j = make_key_row(tile, min(key0 + i, tile.high - 1));

            tokens_of[BK * PITCH_K + i * PITCH_V + d] = d < value_dim / 8 ?
                v[(j * heads + tile.head) * (value_dim / 8) + d] : uvec4(0);
        }
        barrier();

        /* scores; short loops that drivers may unroll, but need not */
        for (uint n = 0; n < BK / TN; n++) {
            Accumulator s = Accumulator(0.0);

            [[unroll]] for (uint i = 0; i < DIM_STEPS; i++) {
                coopmat<float16_t, gl_ScopeSubgroup, TK, TN, gl_MatrixUseB> ks;

                coopMatLoad(ks, tokens_of, n * TN * PITCH_K + i * TK / 8, PITCH_K,
                            gl_CooperativeMatrixLayoutColumnMajor);
                s = coopMatMulAdd(qs[i], ks, s);
            }
            coopMatStore(s, scores, from + n * TN / 4, PITCH_S,
                         gl_CooperativeMatrixLayoutRowMajor);
        }
        subgroup_barrier();

        /* running maximum and sum; LPR lanes a row */
        vec4 score[PART4];
        float most = peak;

        [[unroll]] for (uint i = 0; i < PART4; i++) {
            uint key = part * PART4 * 4 + i * 4;
            vec4 s   = uintBitsToFloat(scores[mine + i]) * scale2;

            [[unroll]] for (uint c = 0; c < 4; c++) {
                bool see = key0 + key + c < query.high;

                if (MASK == MASK_SETS)
                    see = see && (query.bits & key_bits[key + c]) != 0;
                if (MASK == MASK_REGIONS)
                    see = see && query.bits == key_bits[key + c];
                s[c] = see ? max(s[c], 0.5 * LOWEST) : LOWEST;
                most = max(most, s[c]);
            }
            score[i] = s;
        }
        [[unroll]] for (uint o = 1; o < LPR; o *= 2)
            most = max(most, subgroupShuffleXor(most, o));

        float factor = exp2(peak - most);

        peak   = most;
        total *= factor;
        [[unroll]] for (uint i = 0; i < PART4; i++) {
            [[unroll]] for (uint c = 0; c < 4; c++)
                score[i][c] = score[i][c] <= LOWEST ? 0.0 : exp2(score[i][c] - most);
            total += score[i].x + score[i].y + score[i].z + score[i].w;
        }
        [[unroll]] for (uint n = part; n < TN; n += LPR)
            factors[row * TN + n] = factor;
        subgroup_barrier();

        /* the weights, in the scores' place */
        [[unroll]] for (uint i = 0; i < PART4; i += 2)
            scores[row * PITCH_S + (part * PART4 + i) / 2] =
                uvec4(pack(score[i]), pack(score[i + 1]));
        subgroup_barrier();
        if (subgroupAny(factor != 1.0)) {
            Accumulator rescale;

            coopMatLoad(rescale, factors, row0 * TN, TN,
                        gl_CooperativeMatrixLayoutRowMajor);
            [[unroll]] for (uint c = 0; c < VALUE_CHUNKS; c++)
                sum[c] = sum[c] * rescale;
        }

        /* weighted values */
        for (uint i = 0; i < BK / TK; i++) {
            coopmat<float16_t, gl_ScopeSubgroup, TM, TK, gl_MatrixUseA> weights;

            coopMatLoad(weights, scores, from + i * TK / 8, PITCH_S,
                        gl_CooperativeMatrixLayoutRowMajor);
            [[unroll]] for (uint c = 0; c < VALUE_CHUNKS; c++) {
                coopmat<float16_t, gl_ScopeSubgroup, TK, TN, gl_MatrixUseB> vs;

                coopMatLoad(vs, tokens_of,
                            BK * PITCH_K + i * TK * PITCH_V + c * TN / 8, PITCH_V,
                            gl_CooperativeMatrixLayoutRowMajor);
                sum[c] = coopMatMulAdd(weights, vs, sum[c]);
            }
        }
    }

    /* out, BK channels at a time */
    [[unroll]] for (uint o = 1; o < LPR; o *= 2)
        total += subgroupShuffleXor(total, o);
    subgroup_barrier();
    if (part == 0)
        factors[row * TN] = total > 0.0 ? 1.0 / total : 0.0;
    for (uint c0 = 0; c0 < VALUE_CHUNKS; c0 += BK / TN) {
        subgroup_barrier();
        [[unroll]] for (uint c = 0; c < CHUNKS_OUT; c++)
            coopMatStore(sum[c], scores, from + c * TN / 4, PITCH_S,
                         gl_CooperativeMatrixLayoutRowMajor);
        subgroup_barrier();
        for (uint at = lane; at < TM * BK / 8; at += LANES) {
            uint i     = row0 + at / (BK / 8);
            uint d     = c0 * TN / 8 + at % (BK / 8);
            uint query = tile.begin + i;

            if (query < tile.end && d < value_dim / 8) {
                uint s     = i * PITCH_S + at % (BK / 8) * 2;
                float norm = factors[i * TN];

                y[(make_query(tile, query).row * heads + tile.head) * (value_dim / 8) + d] =
                    uvec4(pack(uintBitsToFloat(scores[s]) * norm),
                          pack(uintBitsToFloat(scores[s + 1]) * norm));
            }
        }
        /* the next ones move up, as in matmul_coop.glsl */
        [[unroll]] for (uint c = 0; c < VALUE_CHUNKS - CHUNKS_OUT; c++)
            sum[c] = sum[c + CHUNKS_OUT];
    }
}
