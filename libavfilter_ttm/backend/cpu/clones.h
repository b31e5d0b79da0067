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

/** @file Functions compiled for several instruction sets, chosen when loaded. */

#ifndef TTM_BACKEND_CPU_CLONES_H
#define TTM_BACKEND_CPU_CLONES_H

#include <stdint.h>     /* any header of the C library tells which one it is */

/* Instrumented code cannot run in the loader, where the choice is made. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TTM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define TTM_SANITIZED 1
#endif
#endif

#if defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__) && \
    !defined(TTM_SANITIZED) && !defined(__clang__) && \
    defined(__GNUC__) && __GNUC__ >= 12
/**
 * Put before a function definition: GCC makes one for AVX-512, one for AVX2
 * and one for any processor; functions inlined into it follow. clang's form
 * of it leaves global symbols behind, so there it is the plain one.
 */
#define TTM_CLONES __attribute__((target_clones( \
    "arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TTM_CLONES
#endif

/*
 * Let a multiplication and an addition become one instruction, which GCC does
 * not do by itself in ISO C. Every file that includes this is meant, unless it
 * defines TTM_SEPARATE_ROUNDING before, for results that are the same on every
 * processor.
 */
#if defined(__GNUC__) && !defined(__clang__)
#ifndef TTM_SEPARATE_ROUNDING
#pragma GCC optimize("fp-contract=fast")
#endif
#define TTM_INLINE static inline __attribute__((always_inline))
#elif defined(__clang__)
#ifdef TTM_SEPARATE_ROUNDING
#pragma clang fp contract(off)
#else
#pragma clang fp contract(fast)
#endif
#define TTM_INLINE static inline __attribute__((always_inline))
#else
#define TTM_INLINE static inline
#endif

#endif /* TTM_BACKEND_CPU_CLONES_H */
