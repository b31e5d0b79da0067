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
#elif defined(TYPE_BF16)
#extension GL_EXT_shader_16bit_storage : require
#define T  uint16_t
#define T4 u16vec4
#elif defined(TYPE_U16)
#extension GL_EXT_shader_16bit_storage : require
#define T  uint16_t
#else
#define T  uint
#endif

/* Stored elements as floats and back; bf16 is the upper half of a float. */
#if defined(TYPE_BF16)
#define LOAD(x)   uintBitsToFloat(uint(x) << 16)
#define LOAD4(x)  uintBitsToFloat(uvec4(x) << 16)
#define STORE(x)  T(bf16_bits(x))
#define STORE4(x) T4(bf16_bits4(x))

/* To the nearest, ties to even; a NaN stays one. */
uint bf16_bits(float x)
{
    uint bits = floatBitsToUint(x);

    return (bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 :
           bits + 0x7fff + (bits >> 16 & 1) >> 16;
}

uvec4 bf16_bits4(vec4 x)
{
    return uvec4(bf16_bits(x.x), bf16_bits(x.y), bf16_bits(x.z), bf16_bits(x.w));
}
#else
#define LOAD(x)   float(x)
#define LOAD4(x)  vec4(x)
#define STORE(x)  T(x)
#define STORE4(x) T4(x)
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
#define ACT_CLAMP      8

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
    case ACT_CLAMP:             /* NaN stays, unlike with clamp() */
        return x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x;
    default:
        return x;
    }
}

#endif
