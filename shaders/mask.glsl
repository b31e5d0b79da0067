/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * What the mask shaders share: sizes, and which pixels a cell has.
 */

layout(local_size_x_id = 0) in;

/* TTMVkMaskPush */
layout(push_constant) uniform Push {
    uint frames, height, width;
    uint cell_height, cell_width;
    uint objects;
};

#define MAX_OBJECTS 32

/* Unit of this thread where groups are in rows. */
uint unit_index()
{
    return gl_GlobalInvocationID.x +
           gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x;
}

/* Pixels [low, high) of one axis of a cell: at least one. */
uvec2 cell_range(uint i, uint pixels, uint cells)
{
    uint low = i * pixels / cells;

    return uvec2(low, max((i + 1) * pixels / cells, low + 1));
}
