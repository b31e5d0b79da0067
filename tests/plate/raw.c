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

/** @file Raw pictures in files, for the programs beside it. */

#include "raw.h"

#include <stdio.h>
#include <stdlib.h>

void *raw_read(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    void *data = malloc(size);

    if (!f || !data || fread(data, 1, size, f) != size) {
        fprintf(stderr, "%s: no file of %zu bytes\n", path, size);
        exit(1);
    }
    fclose(f);
    return data;
}

void raw_write(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");

    if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}
