#version 460
/* TTM_OP_LINEAR in f16, depth a multiple of 8; matrices of a subgroup */

#extension GL_GOOGLE_include_directive : require
#define SUBGROUP_SCOPE
#include "matmul_coop2.glsl"
