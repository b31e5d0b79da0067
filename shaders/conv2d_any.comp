#version 460
/* TTM_OP_CONV2D, any input channels */

#extension GL_GOOGLE_include_directive : require
#define CONV
#define VEC 1

#include "matmul_tiled.glsl"
