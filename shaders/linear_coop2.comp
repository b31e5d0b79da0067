#version 460
/* TTM_OP_LINEAR in f16, depth a multiple of 8 */

#extension GL_GOOGLE_include_directive : require

#include "matmul_coop2.glsl"
