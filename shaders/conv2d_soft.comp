#version 460
/* TTM_OP_CONV2D on a software device, channels a multiple of 4 */

#extension GL_GOOGLE_include_directive : require
#define CONV
#define VEC 4

#include "matmul_soft.glsl"
