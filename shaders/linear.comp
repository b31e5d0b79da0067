#version 460
/* TTM_OP_LINEAR, depth a multiple of 4 */

#extension GL_GOOGLE_include_directive : require
#define VEC 4

#include "matmul_tiled.glsl"
