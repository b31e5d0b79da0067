#version 460
/* TTM_OP_CONV2D, input channels a multiple of 4 */

#extension GL_GOOGLE_include_directive : require
#define CONV
#define VEC 4

#include "matmul_tiled.glsl"
