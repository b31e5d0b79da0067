#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_OP_ATTENTION: softmax(scale q k^T + mask) v with a running softmax, so
 * that no score is ever stored. A workgroup takes BQ queries of one head and
 * passes over the keys that any of them may see, BK at a time.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#define VECTORS 1
#include "attention.glsl"

#define CHUNK   32          /* channels in shared memory at a time */
#define PITCH   33
#define THREADS 128
#define TX      16
#define TY      8

const uint QUERIES = BQ / TY;       /* of a thread */
const uint KEYS    = BK / TX;       /* of a thread */
const uint VALUES  = CHUNK / TX;    /* of a thread and chunk */
const uint SUMS    = QUERIES * VALUES;  /* of a thread and chunk */
const uint PARTS   = THREADS / BQ;  /* threads that share a row of scores */
const uint PART    = BK / PARTS;

shared float tile_q[BQ * PITCH];
shared float tile_k[BK * PITCH];
shared float weights[BQ * (BK + 1)];
shared float partial[BQ * PARTS];
shared float row_max[BQ], row_sum[BQ], row_rescale[BQ];
shared uint query_row[BQ], query_high[BQ], query_bits[BQ];
shared uint key_row[BK], key_bits[BK];

void main()
{
    uint thread = gl_LocalInvocationIndex;
    uint tx     = thread % TX;
    uint ty     = thread / TX;
    Tile tile   = make_tile();
    uint head   = tile.head;
    uint queries  = tile.end - tile.begin;
    uint all_bits = 0;
    float sum[VALUE_CHUNKS * SUMS];

    if (tile.end <= tile.begin)
        return;
    if (thread < BQ) {
        Query query = make_query(tile, min(tile.begin + thread, tile.end - 1));

        query_row[thread]  = query.row;
        query_high[thread] = query.high;
        query_bits[thread] = query.bits;
        row_max[thread]    = LOWEST;
        row_sum[thread]    = 0.0;
    }
    [[unroll]] for (uint i = 0; i < VALUE_CHUNKS * SUMS; i++)
        sum[i] = 0.0;
    barrier();
    if (MASK == MASK_SETS)
        for (uint i = 0; i < queries; i++)
            all_bits |= query_bits[i];

    for (uint key0 = tile.low; key0 < tile.high; key0 += BK) {
        float score[QUERIES * KEYS];

        barrier();
        if (thread < BK) {
            uint j = min(key0 + thread, tile.high - 1);

            key_row[thread]  = make_key_row(tile, j);
            key_bits[thread] = make_key_bits(j, key_row[thread]);
        }
        barrier();
        if (MASK == MASK_SETS) {
            uint seen = 0;

            for (uint j = 0; j < BK; j++)
                seen |= key_bits[j];
            if ((seen & all_bits) == 0)
                continue;
        }

        /* scores */
        [[unroll]] for (uint i = 0; i < QUERIES * KEYS; i++)
            score[i] = 0.0;
        for (uint d0 = 0; d0 < dim; d0 += CHUNK) {
            for (uint i = thread; i < BQ * CHUNK; i += THREADS) {
                uint d = d0 + i % CHUNK;

                tile_q[i / CHUNK * PITCH + i % CHUNK] = d < dim ?
                    LOAD(q[(query_row[i / CHUNK] * heads + head) * dim + d]) : 0.0;
            }
            for (uint i = thread; i < BK * CHUNK; i += THREADS) {
                uint d = d0 + i % CHUNK;

                tile_k[i / CHUNK * PITCH + i % CHUNK] = d < dim ?
                    LOAD(k[(key_row[i / CHUNK] * heads + head) * dim + d]) : 0.0;
            }
            barrier();
            for (uint d = 0; d < min(dim - d0, CHUNK); d++) {
                [[unroll]] for (uint i = 0; i < QUERIES; i++)
                    [[unroll]] for (uint j = 0; j < KEYS; j++)
                        score[i * KEYS + j] =
                            fma(tile_q[(ty * QUERIES + i) * PITCH + d],
                                tile_k[(tx + j * TX) * PITCH + d],
                                score[i * KEYS + j]);
            }
            barrier();
        }

        /* masks */
        [[unroll]] for (uint i = 0; i < QUERIES; i++) {
            [[unroll]] for (uint j = 0; j < KEYS; j++) {
                uint query = ty * QUERIES + i;
                uint key   = tx + j * TX;
                bool see   = key0 + key < query_high[query];

                if (MASK == MASK_SETS)
                    see = see && (query_bits[query] & key_bits[key]) != 0;
                if (MASK == MASK_REGIONS)
                    see = see && query_bits[query] == key_bits[key];
                weights[query * (BK + 1) + key] =
                    see ? max(score[i * KEYS + j] * scale, 0.5 * LOWEST) : LOWEST;
            }
        }
        barrier();

        /* running maximum and sum: PARTS threads a row */
        uint query = thread / PARTS;
        uint part  = thread % PARTS;
        float peak = LOWEST, total = 0.0;

        for (uint j = 0; j < PART; j++)
            peak = max(peak, weights[query * (BK + 1) + part * PART + j]);
        partial[query * PARTS + part] = peak;
        barrier();
        peak = row_max[query];
        for (uint j = 0; j < PARTS; j++)
            peak = max(peak, partial[query * PARTS + j]);
        barrier();
        for (uint j = 0; j < PART; j++) {
            uint at  = query * (BK + 1) + part * PART + j;
            float s  = weights[at];
            float e  = s <= LOWEST ? 0.0 : exp(s - peak);

            weights[at] = e;
            total      += e;
        }
        partial[query * PARTS + part] = total;
        barrier();
        if (part == 0) {
            float rescale = exp(row_max[query] - peak);

            total = row_sum[query] * rescale;
            for (uint j = 0; j < PARTS; j++)
                total += partial[query * PARTS + j];
            row_max[query]     = peak;
            row_sum[query]     = total;
            row_rescale[query] = rescale;
        }
        barrier();

        /* weighted values */
        [[unroll]] for (uint i = 0; i < QUERIES; i++) {
            float rescale = row_rescale[ty * QUERIES + i];

            [[unroll]] for (uint c = 0; c < VALUE_CHUNKS; c++)
                [[unroll]] for (uint d = 0; d < VALUES; d++)
                    sum[c * SUMS + i * VALUES + d] *= rescale;
        }
        for (uint c = 0; c < VALUE_CHUNKS; c++) {
            float done[SUMS];

            for (uint i = thread; i < BK * CHUNK; i += THREADS) {
                uint d = c * CHUNK + i % CHUNK;

                tile_k[i / CHUNK * PITCH + i % CHUNK] = d < value_dim ?
                    LOAD(v[(key_row[i / CHUNK] * heads + head) * value_dim + d]) :
                    0.0;
            }
            barrier();
            for (uint j = 0; j < BK; j++) {
                [[unroll]] for (uint i = 0; i < QUERIES; i++) {
                    float w = weights[(ty * QUERIES + i) * (BK + 1) + j];

                    [[unroll]] for (uint d = 0; d < VALUES; d++)
                        sum[i * VALUES + d] = fma(w, tile_k[j * PITCH + tx + d * TX],
                                                  sum[i * VALUES + d]);
                }
            }
            barrier();
            /* The sums go round, and are in order again after the last chunk: compilers
               need not unroll a loop around others, and an array that a variable counts
               through leaves the registers. */
            [[unroll]] for (uint i = 0; i < SUMS; i++)
                done[i] = sum[i];
            [[unroll]] for (uint i = 0; i < (VALUE_CHUNKS - 1) * SUMS; i++)
                sum[i] = sum[i + SUMS];
            [[unroll]] for (uint i = 0; i < SUMS; i++)
                sum[(VALUE_CHUNKS - 1) * SUMS + i] = done[i];
        }
    }

    barrier();
    [[unroll]] for (uint i = 0; i < QUERIES; i++) {
        uint query  = ty * QUERIES + i;
        float total = row_sum[query];
        float norm  = total > 0.0 ? 1.0 / total : 0.0;

        if (query >= queries)
            continue;
        [[unroll]] for (uint c = 0; c < VALUE_CHUNKS * VALUES; c++) {
            uint d = c / VALUES * CHUNK + tx + c % VALUES * TX;

            if (d < value_dim)
                y[(query_row[query] * heads + head) * value_dim + d] =
                    STORE(sum[c / VALUES * SUMS + i * VALUES + c % VALUES] * norm);
        }
    }
}
