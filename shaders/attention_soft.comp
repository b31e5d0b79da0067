#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ATTENTION on a software device, head dimensions multiples of 4: a
 * subgroup takes 8 queries of one head. For the scores a lane has KEYS keys, for
 * the output 4 channels of each chunk; queries and weights are handed around.
 */

#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "common.glsl"

#define VECTORS 4
#include "attention.glsl"

#define ROWS 8
#define KEYS 4

void main()
{
    uint lane    = gl_SubgroupInvocationID;
    Tile tile    = make_tile();
    uint head    = tile.head;
    uint high    = tile.high;
    float peak[ROWS], total[ROWS];
    vec4 sum[ROWS * VALUE_CHUNKS];

    if (tile.end <= tile.begin)
        return;

    Query mine   = make_query(tile, min(tile.begin + lane % ROWS, tile.end - 1));
    uint q_base  = (mine.row * heads + head) * (dim / 4);
    uint seen    = subgroupOr(mine.bits);

    [[unroll]] for (uint r = 0; r < ROWS; r++) {
        peak[r]  = LOWEST;
        total[r] = 0.0;
    }
    [[unroll]] for (uint i = 0; i < ROWS * VALUE_CHUNKS; i++)
        sum[i] = vec4(0.0);

    for (uint key0 = tile.low; key0 < high; key0 += KEYS * gl_SubgroupSize) {
        uint nb = min(high - key0, KEYS * gl_SubgroupSize);
        uint k_base[KEYS], v_base[KEYS], bits[KEYS];
        float score[ROWS][KEYS];

        [[unroll]] for (uint c = 0; c < KEYS; c++) {
            uint j   = min(key0 + lane * KEYS + c, high - 1);
            uint row = make_key_row(tile, j);

            k_base[c] = (row * heads + head) * (dim / 4);
            v_base[c] = (row * heads + head) * (value_dim / 4);
            bits[c]   = make_key_bits(j, row);
        }
        if (MASK == MASK_SETS &&
            (subgroupOr(bits[0] | bits[1] | bits[2] | bits[3]) & seen) == 0)
            continue;

        [[unroll]] for (uint r = 0; r < ROWS; r++)
            [[unroll]] for (uint c = 0; c < KEYS; c++)
                score[r][c] = 0.0;
        for (uint d = 0; d < dim / 4; d++) {
            vec4 qs = LOAD4(q[q_base + d]);
            vec4 ks[KEYS];

            [[unroll]] for (uint c = 0; c < KEYS; c++)
                ks[c] = LOAD4(k[k_base[c] + d]);
            [[unroll]] for (uint r = 0; r < ROWS; r++) {
                vec4 a = subgroupBroadcast(qs, r);

                [[unroll]] for (uint c = 0; c < KEYS; c++)
                    score[r][c] = fma(a.x, ks[c].x, fma(a.y, ks[c].y,
                                  fma(a.z, ks[c].z, fma(a.w, ks[c].w, score[r][c]))));
            }
        }

        /* running softmax */
        [[unroll]] for (uint r = 0; r < ROWS; r++) {
            uint row_high = subgroupBroadcast(mine.high, r);
            uint row_bits = subgroupBroadcast(mine.bits, r);
            bool see[KEYS];
            float most = peak[r], rescale, part = 0.0;

            [[unroll]] for (uint c = 0; c < KEYS; c++) {
                uint j = key0 + lane * KEYS + c;

                see[c] = j < row_high;
                if (MASK == MASK_SETS)
                    see[c] = see[c] && (row_bits & bits[c]) != 0;
                if (MASK == MASK_REGIONS)
                    see[c] = see[c] && row_bits == bits[c];
                score[r][c] = max(score[r][c] * scale, 0.5 * LOWEST);
                if (see[c])
                    most = max(most, score[r][c]);
            }
            most    = subgroupMax(most);
            rescale = exp(peak[r] - most);
            [[unroll]] for (uint c = 0; c < KEYS; c++) {
                score[r][c] = see[c] ? exp(score[r][c] - most) : 0.0;
                part       += score[r][c];
            }
            peak[r]  = most;
            total[r] = total[r] * rescale + subgroupAdd(part);
            [[unroll]] for (uint i = 0; i < VALUE_CHUNKS; i++)
                sum[r * VALUE_CHUNKS + i] *= rescale;
        }

        /* weighted values: all lanes need every key in turn */
        [[unroll]] for (uint c = 0; c < KEYS; c++) {
            for (uint from = 0; from < gl_SubgroupSize && from * KEYS + c < nb; from++) {
                uint base = subgroupShuffle(v_base[c], from);
                float w[ROWS];

                [[unroll]] for (uint r = 0; r < ROWS; r++)
                    w[r] = subgroupShuffle(score[r][c], from);
                [[unroll]] for (uint i = 0; i < VALUE_CHUNKS; i++) {
                    uint d  = i * gl_SubgroupSize + lane;
                    vec4 vs = d < value_dim / 4 ? LOAD4(v[base + d]) : vec4(0.0);

                    [[unroll]] for (uint r = 0; r < ROWS; r++)
                        sum[r * VALUE_CHUNKS + i] += w[r] * vs;
                }
            }
        }
    }

    [[unroll]] for (uint r = 0; r < ROWS; r++) {
        float norm = total[r] > 0.0 ? 1.0 / total[r] : 0.0;
        uint row   = subgroupBroadcast(mine.row, r);

        if (tile.begin + r >= tile.end)
            break;
        [[unroll]] for (uint i = 0; i < VALUE_CHUNKS; i++) {
            uint d = i * gl_SubgroupSize + lane;

            if (d < value_dim / 4)
                y[(row * heads + head) * (value_dim / 4) + d] =
                    STORE4(sum[r * VALUE_CHUNKS + i] * norm);
        }
    }
}
