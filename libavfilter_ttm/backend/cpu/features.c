/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * ttm is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with ttm; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin Street, Fifth Floor, Boston, MA 02110-1301 USA
 */

/** @file What the processor can do, asked at run time. */

#include "backend/cpu/features.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

int ttm_cpu_has_bf16(void)
{
    unsigned a, b, c, d, leaves;

    /* the instructions are of no use unless the system saves 512-bit state */
    if (!__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512vl"))
        return 0;
    if (!__get_cpuid_count(7, 0, &leaves, &b, &c, &d) || leaves < 1)
        return 0;
    if (!__get_cpuid_count(7, 1, &a, &b, &c, &d))
        return 0;
    return a >> 5 & 1;                  /* AVX512_BF16; all with AMX have it */
}
#else
int ttm_cpu_has_bf16(void)
{
    return 0;
}
#endif
