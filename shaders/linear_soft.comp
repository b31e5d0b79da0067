#version 460
/* TTM_OP_LINEAR on a software device, depth a multiple of 4 */

#extension GL_GOOGLE_include_directive : require
#define VEC 4

#include "matmul_soft.glsl"
