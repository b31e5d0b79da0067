#version 460
/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * TTM_MASK_SETS and TTM_MASK_BOX_SETS: which objects, or boxes of objects, meet a
 * cell. One thread a cell.
 */

#extension GL_GOOGLE_include_directive : require
#include "common.glsl"

#include "mask.glsl"

layout(constant_id = 1) const uint BY_BOXES = 0;

layout(std430, binding = 0) readonly buffer Ids { uint ids[]; };        /* 4 bytes a word */
layout(std430, binding = 1) readonly buffer Boxes { ivec4 boxes[]; };   /* x0 y0 x1 y1 */
layout(std430, binding = 2) writeonly buffer Sets { uint sets[]; };

void main()
{
    uint index = unit_index();
    uint cells = cell_height * cell_width;
    uint frame = index / cells, bits = 0;
    uvec2 ys   = cell_range(index % cells / cell_width, height, cell_height);
    uvec2 xs   = cell_range(index % cell_width, width, cell_width);

    if (index >= frames * cells)
        return;
    if (BY_BOXES != 0) {
        for (uint i = 0; i < objects; i++) {
            uvec4 box = uvec4(boxes[frame * objects + i]);

            if (box.x < xs.y && box.z > xs.x && box.y < ys.y && box.w > ys.x)
                bits |= 1u << i;
        }
    } else {
        for (uint y = ys.x; y < ys.y; y++)
            for (uint x = xs.x; x < xs.y; x++) {
                uint at = (frame * height + y) * width + x;
                uint id = ids[at >> 2] >> ((at & 3) * 8) & 255;

                if (id != 0 && id <= objects)
                    bits |= 1u << (id - 1);
            }
    }
    sets[index] = bits;
}
