/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Matrices of VK_NV_cooperative_matrix2, and how they come from memory and go back.
 * A matrix belongs to the workgroup, and the device finds its elements in a tensor.
 * With SUBGROUP_SCOPE, for devices that can do neither, it belongs to the one
 * subgroup of the workgroup and comes by way of shared memory, STAGE elements of it,
 * where each element is found by the extension's own rules, spelt out: slow, but the
 * rest of a shader is the same text.
 */

#extension GL_KHR_cooperative_matrix : require
#extension GL_NV_cooperative_matrix2 : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#pragma use_vulkan_memory_model

#ifdef SUBGROUP_SCOPE
#define SCOPE gl_ScopeSubgroup
#else
#define SCOPE gl_ScopeWorkgroup
#endif

/* f32 sums, the same rounded to f16, and the two factors of a product */
#define Sums(m, n)    coopmat<float, SCOPE, m, n, gl_MatrixUseAccumulator>
#define Rounded(m, n) coopmat<float16_t, SCOPE, m, n, gl_MatrixUseAccumulator>
#define Left(m, k)    coopmat<float16_t, SCOPE, m, k, gl_MatrixUseA>
#define Right(k, n)   coopmat<float16_t, SCOPE, k, n, gl_MatrixUseB>

/* What lies outside of the tensor: zeros, not stored; or nothing does. */
#define OUTSIDE_ZERO gl_CooperativeMatrixClampModeConstantNV
#define OUTSIDE_NONE gl_CooperativeMatrixClampModeUndefinedNV

/*
 * The tensor begins at element BASE of BUFFER, a multiple of 8. Of two dimensions:
 * SIZE rows and columns, rows PITCH apart; the matrix's rows begin at row FROM.x,
 * its columns at column FROM.y. TENSOR_LOAD_TURNED: its columns are the tensor's rows.
 * Of four: the matrix's rows are a box of NF x NH x NW in the first three.
 */
#define TENSOR_LOAD_2D(matrix, buffer, base, size, pitch, from, rows, columns)      \
    TENSOR_LOAD(matrix, buffer, base, OUTSIDE_ZERO, size, pitch, from, rows, columns)

#ifndef SUBGROUP_SCOPE

#define LAYOUT_2D(outside, size, pitch)                                             \
    tensorLayoutNV<2, outside> layout_ = createTensorLayoutNV(2, outside);          \
    layout_ = setTensorLayoutDimensionNV(layout_, (size).x, (size).y);              \
    layout_ = setTensorLayoutStrideNV(layout_, pitch, 1)

#define LAYOUT_4D(outside, size, pitch)                                             \
    tensorLayoutNV<4, outside> layout_ = createTensorLayoutNV(4, outside);          \
    layout_ = setTensorLayoutDimensionNV(layout_, (size).x, (size).y, (size).z,     \
                                         (size).w);                                 \
    layout_ = setTensorLayoutStrideNV(layout_, (pitch).x, (pitch).y, (pitch).z, 1)

#define SLICE_2D(from, rows, columns)                                               \
    sliceTensorLayoutNV(layout_, (from).x, rows, (from).y, columns)

#define SLICE_4D(from, nf, nh, nw, columns)                                         \
    sliceTensorLayoutNV(layout_, (from).x, nf, (from).y, nh, (from).z, nw, (from).w,\
                        columns)

#define TENSOR_LOAD(matrix, buffer, base, outside, size, pitch, from, rows, columns) { \
    LAYOUT_2D(outside, size, pitch);                                                \
    coopMatLoadTensorNV(matrix, buffer, base, SLICE_2D(from, rows, columns));       \
}

#define TENSOR_LOAD_TURNED(matrix, buffer, base, outside, size, pitch, from, rows,  \
                           columns) {                                               \
    LAYOUT_2D(outside, size, pitch);                                                \
    coopMatLoadTensorNV(matrix, buffer, base, SLICE_2D(from, columns, rows),        \
                        createTensorViewNV(2, false, 1, 0));                        \
}

#define TENSOR_STORE_2D(matrix, buffer, base, size, pitch, from, rows, columns) {   \
    LAYOUT_2D(OUTSIDE_ZERO, size, pitch);                                           \
    coopMatStoreTensorNV(matrix, buffer, base, SLICE_2D(from, rows, columns));      \
}

#define TENSOR_LOAD_4D(matrix, buffer, base, size, pitch, from, nf, nh, nw, columns) { \
    LAYOUT_4D(OUTSIDE_ZERO, size, pitch);                                           \
    coopMatLoadTensorNV(matrix, buffer, base, SLICE_4D(from, nf, nh, nw, columns)); \
}

#define TENSOR_STORE_4D(matrix, buffer, base, size, pitch, from, nf, nh, nw, columns) { \
    LAYOUT_4D(OUTSIDE_ZERO, size, pitch);                                           \
    coopMatStoreTensorNV(matrix, buffer, base, SLICE_4D(from, nf, nh, nw, columns)); \
}

#else

struct Tensor {
    uvec4 size, pitch;
    ivec4 from;
    uint h, w;              /* rows of the box, and rows of these */
    uint base;
    int outside;
};

Tensor tensor;              /* of the load or store at work */
shared float16_t stage[STAGE];

/* Where an element of the matrix lies in the buffer, -1: outside. */
int element_of(uint row, uint column)
{
    ivec4 at = tensor.from + ivec4(row / tensor.w / tensor.h, row / tensor.w % tensor.h,
                                   row % tensor.w, column);
    uvec4 i  = uvec4(at) * tensor.pitch;

    if (any(lessThan(at, ivec4(0))) || any(greaterThanEqual(uvec4(at), tensor.size)))
        return -1;
    return int(tensor.base + i.x + i.y + i.z + i.w);
}

/* Where nothing may lie outside, what does is no number. */
float16_t outside_value()
{
    return float16_t(tensor.outside == OUTSIDE_NONE ? uintBitsToFloat(0x7fc00000) : 0.0);
}

#define PLAIN_TENSOR(base, outside, size, pitch, from)                              \
    Tensor(uvec4(1, 1, size), uvec4(0, 0, pitch, 1), ivec4(0, 0, from), 1, ~0u, base,\
           outside)

#define FETCH(matrix, buffer, rows, columns, order) {                               \
    barrier();                                                                      \
    for (uint i_ = gl_LocalInvocationIndex; i_ < (rows) * (columns);                \
         i_ += gl_WorkGroupSize.x) {                                                \
        int from_ = element_of(i_ / (columns), i_ % (columns));                     \
                                                                                    \
        stage[i_] = outside_value();                                                \
        if (from_ >= 0)                                                             \
            stage[i_] = buffer[from_];                                              \
    }                                                                               \
    barrier();                                                                      \
    coopMatLoad(matrix, stage, 0, columns, gl_CooperativeMatrixLayout##order##Major); \
}

#define PUT(matrix, buffer, rows, columns) {                                        \
    barrier();                                                                      \
    coopMatStore(matrix, stage, 0, columns, gl_CooperativeMatrixLayoutRowMajor);    \
    barrier();                                                                      \
    for (uint i_ = gl_LocalInvocationIndex; i_ < (rows) * (columns);                \
         i_ += gl_WorkGroupSize.x) {                                                \
        int to_ = element_of(i_ / (columns), i_ % (columns));                       \
                                                                                    \
        if (to_ >= 0)                                                               \
            buffer[to_] = stage[i_];                                                \
    }                                                                               \
}

#define TENSOR_LOAD(matrix, buffer, base, outside, size, pitch, from, rows, columns) { \
    tensor = PLAIN_TENSOR(base, outside, size, pitch, from);                        \
    FETCH(matrix, buffer, rows, columns, Row)                                       \
}

#define TENSOR_LOAD_TURNED(matrix, buffer, base, outside, size, pitch, from, rows,  \
                           columns) {                                               \
    tensor = PLAIN_TENSOR(base, outside, size, pitch, from);                        \
    FETCH(matrix, buffer, columns, rows, Column)                                    \
}

#define TENSOR_STORE_2D(matrix, buffer, base, size, pitch, from, rows, columns) {   \
    tensor = PLAIN_TENSOR(base, OUTSIDE_ZERO, size, pitch, from);                   \
    PUT(matrix, buffer, rows, columns)                                              \
}

#define TENSOR_LOAD_4D(matrix, buffer, base, size, pitch, from, nf, nh, nw, columns) { \
    tensor = Tensor(size, uvec4(pitch, 1), from, nh, nw, base, OUTSIDE_ZERO);       \
    FETCH(matrix, buffer, (nf) * (nh) * (nw), columns, Row)                         \
}

#define TENSOR_STORE_4D(matrix, buffer, base, size, pitch, from, nf, nh, nw, columns) { \
    tensor = Tensor(size, uvec4(pitch, 1), from, nh, nw, base, OUTSIDE_ZERO);       \
    PUT(matrix, buffer, (nf) * (nh) * (nw), columns)                                \
}

#endif
