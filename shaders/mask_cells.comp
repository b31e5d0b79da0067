#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_CELLS, first pass: how many pixels of each id a cell has; it takes the
 * one with most, of equals the higher. A thread makes one word, four cells.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#include "mask.glsl"

layout(std430, binding = 0) readonly buffer Ids { uint ids[]; };        /* 4 bytes a word */
layout(std430, binding = 1) writeonly buffer Counts { uint counts[]; }; /* [id - 1, cell] */
layout(std430, binding = 2) writeonly buffer Grid { uint grid[]; };     /* 4 bytes a word */

uint cell(uint index)
{
    uint cells = cell_height * cell_width;
    uint frame = index / cells;
    uvec2 ys   = cell_range(index % cells / cell_width, height, cell_height);
    uvec2 xs   = cell_range(index % cell_width, width, cell_width);
    uint count[MAX_OBJECTS + 1], best = 0;

    for (uint id = 0; id <= objects; id++)
        count[id] = 0;
    for (uint y = ys.x; y < ys.y; y++)
        for (uint x = xs.x; x < xs.y; x++) {
            uint at = (frame * height + y) * width + x;
            uint id = ids[at >> 2] >> ((at & 3) * 8) & 255;

            if (id <= objects)
                count[id]++;
        }
    for (uint id = 1; id <= objects; id++) {
        counts[(id - 1) * frames * cells + index] = count[id];
        if (count[id] >= count[best])
            best = id;
    }
    return best;
}

void main()
{
    uint first = 4 * unit_index();
    uint count = frames * cell_height * cell_width;
    uint word  = 0;

    if (first >= count)
        return;
    for (uint i = 0; i < min(count - first, 4); i++)
        word |= cell(first + i) << (8 * i);
    grid[first >> 2] = word;
}
