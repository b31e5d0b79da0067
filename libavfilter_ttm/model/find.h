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

/** @file Where the bundle lies. */

#ifndef TTM_MODEL_FIND_H
#define TTM_MODEL_FIND_H

#include "util/log.h"

/**
 * Bundle folder by option, $TTM_MODEL, ../share/ttm of the folder of the library (or
 * of a program that contains it), installation. The caller frees *path. TTM_ERR_FILE after a line that lists what was tried.
 */
int ttm_model_find(char **path, const TTMLog *log, const char *option);

#endif /* TTM_MODEL_FIND_H */
