#version 460
/* TTM_OP_CONV2D in f16, input channels a multiple of 8, no up-sampling; matrices
 * of a subgroup */

#extension GL_GOOGLE_include_directive : require
#define CONV
#define SUBGROUP_SCOPE
#include "matmul_coop2.glsl"
