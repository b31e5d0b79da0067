#version 460
/* TTM_OP_LINEAR, any depth */

#extension GL_GOOGLE_include_directive : require
#define VEC 1

#include "matmul_tiled.glsl"
