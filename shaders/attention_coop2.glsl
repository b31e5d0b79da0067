/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ATTENTION on matrices of VK_NV_cooperative_matrix2, in f16 with f32 scores,
 * sums and softmax; head dimensions are multiples of 8. A workgroup has BQ queries.
 * Their output, and for each of them the largest score so far and the sum of the
 * weights, stay in matrices; the latter two are the same in all columns of a row.
 * Masks are looked up and the softmax is done element by element.
 */

#include "common.glsl"

#define VECTORS 1
#include "attention.glsl"

layout(constant_id = 5) const uint DIM = 64;        /* of a head, zeros included */
const uint VALUE_DIM = 8 * VALUE_CHUNKS;

#define STAGE ((BQ > BK ? BQ : BK) * (DIM > VALUE_DIM ? DIM : VALUE_DIM))
#include "tensor.glsl"

shared uint query_bits[BQ], key_bits[BK];

Tile tile;
uint key0;                  /* first key of the pass */
float scale2;

/* Scores as powers of two, LOWEST where the query does not see the key. */
float see(const in uint row, const in uint column, const in float score)
{
    uint key = key0 + column;
    bool see = key < tile.high;

    if (MASK == MASK_CAUSAL)
        see = see && key <= tile.begin + row;
    if (MASK == MASK_SETS)
        see = see && (query_bits[row] & key_bits[column]) != 0;
    if (MASK == MASK_REGIONS)
        see = see && query_bits[row] == key_bits[column];
    return see ? max(score * scale2, 0.5 * LOWEST) : LOWEST;
}

float larger(const in float a, const in float b)
{
    return max(a, b);
}

float plus(const in float a, const in float b)
{
    return a + b;
}

/* of a row that is the same everywhere */
float either(const in float a, const in float b)
{
    return a;
}

float larger_of(const in uint row, const in uint column, const in float a,
                const in float b)
{
    return max(a, b);
}

float weight_of(const in uint row, const in uint column, const in float score,
                const in float peak)
{
    return score <= LOWEST ? 0.0 : exp2(score - peak);
}

float factor_of(const in uint row, const in uint column, const in float before,
                const in float peak)
{
    return exp2(before - peak);
}

/* A query that sees nothing gives zero. */
float inverse(const in uint row, const in uint column, const in float total)
{
    return total > 0.0 ? 1.0 / total : 0.0;
}

/* Element at which a head's rows begin: those of queries or keys one INNER apart. */
uint begin_of(uint row, uint channels)
{
    return (row * heads + tile.head) * channels;
}

void main()
{
    uint thread   = gl_LocalInvocationIndex;
    uint all_bits = 0;

    tile   = make_tile();
    scale2 = scale * 1.44269504088896341;
    if (tile.end <= tile.begin)
        return;

    if (MASK == MASK_SETS || MASK == MASK_REGIONS) {
        for (uint i = thread; i < BQ; i += gl_WorkGroupSize.x)
            query_bits[i] = make_query(tile, min(tile.begin + i, tile.end - 1)).bits;
        barrier();
    }
    if (MASK == MASK_SETS)
        for (uint i = 0; i < BQ; i++)
            all_bits |= query_bits[i];

    uint query0  = make_query(tile, 0).row;
    uint from_k  = begin_of(make_key_row(tile, 0), dim);
    uint from_v  = begin_of(make_key_row(tile, 0), value_dim);
    uint row_k   = inner * heads * dim;         /* from one token to the next */
    uint row_v   = inner * heads * value_dim;
    Left(BQ, DIM) queries;
    Sums(BQ, VALUE_DIM) result = Sums(BQ, VALUE_DIM)(0.0);
    Sums(BQ, BK) peak  = Sums(BQ, BK)(LOWEST);
    Sums(BQ, BK) total = Sums(BQ, BK)(0.0);

    TENSOR_LOAD(queries, q, begin_of(query0, dim), OUTSIDE_ZERO, uvec2(tile.end, dim),
                row_k, ivec2(tile.begin, 0), BQ, DIM);
    for (key0 = tile.low; key0 < tile.high; key0 += BK) {
        if (MASK == MASK_SETS || MASK == MASK_REGIONS) {
            barrier();
            for (uint i = thread; i < BK; i += gl_WorkGroupSize.x) {
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

        Right(DIM, BK) keys;
        Right(BK, VALUE_DIM) values;
        Sums(BQ, BK) score = Sums(BQ, BK)(0.0);
        Sums(BQ, BK) before = peak, more;
        Sums(BQ, VALUE_DIM) factor;

        TENSOR_LOAD_TURNED(keys, k, from_k, OUTSIDE_ZERO, uvec2(tile.high, dim), row_k,
                           ivec2(key0, 0), DIM, BK);
        score = coopMatMulAdd(queries, keys, score);
        coopMatPerElementNV(score, score, see);

        /* running maximum and sum */
        coopMatReduceNV(more, score, gl_CooperativeMatrixReduceRowNV, larger);
        coopMatPerElementNV(peak, peak, larger_of, more);
        coopMatPerElementNV(score, score, weight_of, peak);
        coopMatPerElementNV(before, before, factor_of, peak);
        coopMatReduceNV(more, score, gl_CooperativeMatrixReduceRowNV, plus);
        total = total * before + more;
        coopMatReduceNV(factor, before, gl_CooperativeMatrixReduceRowNV, either);

        /* weighted values */
        TENSOR_LOAD(values, v, from_v, OUTSIDE_ZERO, uvec2(tile.high, value_dim), row_v,
                    ivec2(key0, 0), BK, VALUE_DIM);
        result = coopMatMulAdd(Left(BQ, BK)(score), values, result * factor);
    }

    Sums(BQ, VALUE_DIM) norm;

    coopMatPerElementNV(total, total, inverse);
    coopMatReduceNV(norm, total, gl_CooperativeMatrixReduceRowNV, either);

    Rounded(BQ, VALUE_DIM) rounded = Rounded(BQ, VALUE_DIM)(result * norm);

    TENSOR_STORE_2D(rounded, y, begin_of(query0, value_dim), uvec2(tile.end, value_dim),
                    row_v, ivec2(tile.begin, 0), BQ, VALUE_DIM);
}
