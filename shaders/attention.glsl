/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * What the attention shaders share: masks, bindings, sizes.
 */

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint BQ = 32;
layout(constant_id = 2) const uint BK = 32;
layout(constant_id = 3) const uint MASK = 0;
layout(constant_id = 4) const uint VALUE_CHUNKS = 1;    /* of CHUNK channels */

#define MASK_NONE    0
#define MASK_CAUSAL  1
#define MASK_SETS    2      /* a bit in common */
#define MASK_REGIONS 3      /* the same region, all pairs looked at */
#define MASK_SORTED  4      /* the same region, tokens sorted by region */

/* VECTORS: q, k, v and y are read and written 4 channels at a time */
#ifdef VECTORS
#define TV T4
#else
#define TV T
#endif

layout(std430, binding = 0) readonly buffer Q { TV q[]; };
layout(std430, binding = 1) readonly buffer K { TV k[]; };
layout(std430, binding = 2) readonly buffer V { TV v[]; };
layout(std430, binding = 3) readonly buffer QuerySets { uint query_sets[]; };
layout(std430, binding = 4) readonly buffer KeySets { uint key_sets[]; };
/* MASK_SORTED: position -> token, and where each region begins */
layout(std430, binding = 5) readonly buffer Order { uint order[]; };
layout(std430, binding = 6) readonly buffer Starts { uint starts[]; };
layout(std430, binding = 7) writeonly buffer Y { TV y[]; };

/* TTMVkAttentionPush */
layout(push_constant) uniform Push {
    uint tokens, key_tokens, inner;
    uint keys_per_outer;    /* rows of k from one outer to the next, 0: shared */
    uint heads, dim, value_dim;
    uint query_tiles;
    uint first;             /* workgroup of the whole that this dispatch begins with */
    float scale;
};

#define REGIONS 257         /* starts of one outer */
#define LOWEST  -1e30

uint region_of(uint row)
{
    return query_sets[row >> 2] >> ((row & 3) * 8) & 255;
}

/* Query of a workgroup's lane: its row in q, the keys it may see. */
struct Query {
    uint row, low, high, bits;
};

Query make_query(uint i, uint outer, uint within)
{
    Query query = Query((outer * tokens + i) * inner + within, 0, key_tokens, 0);

    if (MASK == MASK_CAUSAL)
        query.high = i + 1;
    if (MASK == MASK_SORTED) {
        uint region;

        query.row  = outer * tokens + order[outer * tokens + i];
        region     = region_of(query.row);
        query.low  = starts[outer * REGIONS + region];
        query.high = starts[outer * REGIONS + region + 1];
    }
    if (MASK == MASK_SETS)
        query.bits = query_sets[query.row];
    if (MASK == MASK_REGIONS)
        query.bits = region_of(query.row);
    return query;
}

uint make_key_row(uint j, uint outer, uint within)
{
    if (MASK == MASK_SORTED)
        return outer * tokens + order[outer * tokens + j];
    return outer * keys_per_outer + j * inner + within;
}

uint make_key_bits(uint j, uint row)
{
    return MASK == MASK_SETS ? key_sets[j] : MASK == MASK_REGIONS ? region_of(row) : 0;
}
