#version 460
/* TTM_OP_ATTENTION in f16, heads of a multiple of 8 channels; matrices of a subgroup */

#extension GL_GOOGLE_include_directive : require
#define SUBGROUP_SCOPE
#include "attention_coop2.glsl"
