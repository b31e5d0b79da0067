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


/**
 * @file
 * For tests that are built with sanitizers: what the Vulkan loader and drivers keep
 * for themselves is not the library's leak. That is told by the names of their
 * files, which a report knows of libraries only that are still loaded.
 */

#include <dlfcn.h>

const char *__lsan_default_suppressions(void);

/* In place of the C library's: nothing is unloaded. */
int dlclose(void *handle)
{
    (void)handle;
    return 0;
}

const char *__lsan_default_suppressions(void)
{
    return "leak:libvulkan\nleak:libVkLayer\nleak:libLLVM\nleak:libvk_swiftshader\n";
}
