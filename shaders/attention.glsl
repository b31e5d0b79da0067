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
#define MASK_SORTED  4      /* the same region, rows sorted by region */

/* VECTORS: q, k, v and y are read and written 4 or 8 channels at a time */
#if VECTORS == 8
#define TV uvec4
#elif VECTORS == 4
#define TV T4
#else
#define TV T
#endif

layout(std430, binding = 0) readonly buffer Q { TV q[]; };
layout(std430, binding = 1) readonly buffer K { TV k[]; };
layout(std430, binding = 2) readonly buffer V { TV v[]; };
layout(std430, binding = 3) readonly buffer QuerySets { uint query_sets[]; };
layout(std430, binding = 4) readonly buffer KeySets { uint key_sets[]; };
/* MASK_SORTED: tiles as first query and region, and where each region begins */
layout(std430, binding = 5) readonly buffer Work { uvec2 work[]; };
layout(std430, binding = 6) readonly buffer Starts { uint starts[]; };
layout(std430, binding = 7) writeonly buffer Y { TV y[]; };

/* TTMVkAttentionPush */
layout(push_constant) uniform Push {
    uint tokens, key_tokens, inner;
    uint keys_per_outer;    /* rows of k from one outer to the next, 0: shared */
    uint heads, dim, value_dim;
    uint query_tiles;       /* or entries of the worklist */
    uint first;             /* workgroup of the whole that this dispatch begins with */
    float scale;
};

#define LOWEST  -1e30

uint region_of(uint row)
{
    return query_sets[row >> 2] >> ((row & 3) * 8) & 255;
}

/* What a workgroup does: queries [begin, end) of one head and sequence. */
struct Tile {
    uint head, outer, within;
    uint begin, end;        /* end <= begin: nothing to do */
    uint low, high;         /* keys that some query may see */
};

Tile make_tile()
{
    uint group = gl_WorkGroupID.x + first;
    uint index = group % query_tiles;
    Tile tile;

    tile.head   = group / query_tiles % heads;
    tile.outer  = group / query_tiles / heads / inner;
    tile.within = group / query_tiles / heads % inner;
    tile.begin  = index * BQ;
    tile.end    = min(tile.begin + BQ, tokens);
    tile.low    = 0;
    tile.high   = key_tokens;
    if (MASK == MASK_CAUSAL)
        tile.high = tile.end;
    if (MASK == MASK_SORTED) {
        uvec2 entry = work[index];

        tile.begin = entry.x;
        tile.end   = 0;
        if (entry.x < tokens) {
            tile.low  = starts[entry.y];
            tile.high = starts[entry.y + 1];
            tile.end  = min(entry.x + BQ, tile.high);
        }
    }
    return tile;
}

/* Query of a workgroup's lane: its row in q, the end of the keys it may see. */
struct Query {
    uint row, high, bits;
};

Query make_query(Tile tile, uint i)
{
    Query query = Query((tile.outer * tokens + i) * inner + tile.within, tile.high, 0);

    if (MASK == MASK_CAUSAL)
        query.high = i + 1;
    if (MASK == MASK_SETS)
        query.bits = query_sets[query.row];
    if (MASK == MASK_REGIONS)
        query.bits = region_of(query.row);
    return query;
}

uint make_key_row(Tile tile, uint j)
{
    return tile.outer * keys_per_outer + j * inner + tile.within;
}

uint make_key_bits(uint j, uint row)
{
    return MASK == MASK_SETS ? key_sets[j] : MASK == MASK_REGIONS ? region_of(row) : 0;
}
