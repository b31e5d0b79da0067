#version 460
/* TTM_OP_CONV2D in f16, input channels a multiple of 8, no up-sampling */

#extension GL_GOOGLE_include_directive : require
#define CONV
#include "matmul_coop2.glsl"
