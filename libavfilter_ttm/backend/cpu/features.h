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

#ifndef TTM_BACKEND_CPU_FEATURES_H
#define TTM_BACKEND_CPU_FEATURES_H

/** 1 when the processor multiplies bfloat16 itself (AVX512-BF16 or AMX). */
int ttm_cpu_has_bf16(void);

#endif /* TTM_BACKEND_CPU_FEATURES_H */
