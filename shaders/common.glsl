/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Element types and activations, included by every shader.
 */

#ifndef COMMON_GLSL
#define COMMON_GLSL

#extension GL_EXT_control_flow_attributes : require

#if defined(TYPE_F16)
#extension GL_EXT_shader_16bit_storage : require
#define T  float16_t
#define T4 f16vec4
#elif defined(TYPE_F32)
#define T  float
#define T4 vec4
#elif defined(TYPE_U8)
#extension GL_EXT_shader_8bit_storage : require
#define T  uint8_t
#elif defined(TYPE_U16)
#extension GL_EXT_shader_16bit_storage : require
#define T  uint16_t
#else
#define T  uint
#endif

/* enum TTMActivation */
#define ACT_NONE       0
#define ACT_SILU       1
#define ACT_GELU       2
#define ACT_GELU_TANH  3
#define ACT_QUICK_GELU 4
#define ACT_RELU       5
#define ACT_TANH       6
#define ACT_GEGLU      7

/* Abramowitz and Stegun 7.1.26, error below 1.5e-7. */
float error_function(float x)
{
    float a = abs(x);
    float t = 1.0 / (1.0 + 0.3275911 * a);
    float p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 +
              t * (-1.453152027 + t * 1.061405429))));
    float y = 1.0 - p * exp(-a * a);

    return x < 0.0 ? -y : y;
}

/* No overflow, whatever x. */
float sigmoid(float x)
{
    float e = exp(-abs(x));

    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

float hyperbolic_tangent(float x)
{
    return 2.0 * sigmoid(2.0 * x) - 1.0;
}

float gelu(float x)
{
    return 0.5 * x * (1.0 + error_function(x * 0.70710678118654752));
}

float activate(float x, uint activation)
{
    switch (activation) {
    case ACT_SILU:
        return x * sigmoid(x);
    case ACT_GELU:
        return gelu(x);
    case ACT_GELU_TANH:
        return x * sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x));
    case ACT_QUICK_GELU:
        return x * sigmoid(1.702 * x);
    case ACT_RELU:
        return max(x, 0.0);
    case ACT_TANH:
        return hyperbolic_tangent(x);
    default:
        return x;
    }
}

#endif
