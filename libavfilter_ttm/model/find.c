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

#include "model/find.h"

#include <stdlib.h>

#include "config.h"
#include "ttm.h"
#include "util/mapfile.h"
#include "util/mem.h"

static int find_default(char **path, const TTMLog *log)
{
    static const char *const folders[] = {
        TTM_MODEL_DIR_BUILD_TREE, TTM_MODEL_DIR_INSTALLED
    };

    for (int i = 0; i < 2; i++) {
        char *index = ttm_asprintf("%s/model_index.json", folders[i]);
        int exists = index && ttm_file_exists(index);

        free(index);
        if (exists) {
            *path = ttm_strdup(folders[i]);
            return *path ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
        }
    }
    return ttm_fail(log, TTM_ERR_FILE, "there is no bundle: option model and "
                    "the environment variable TTM_MODEL are not set, and "
                    "neither %s nor %s has a model_index.json; set the option "
                    "model to the folder of a bundle", folders[0], folders[1]);
}

int ttm_model_find(char **path, const TTMLog *log, const char *option)
{
    const char *chosen = option, *source = "option model";

    *path = NULL;
    if (!chosen || !*chosen) {
        chosen = getenv("TTM_MODEL");
        source = "environment variable TTM_MODEL";
    }
    if (!chosen || !*chosen)
        return find_default(path, log);
    if (!ttm_folder_exists(chosen))
        return ttm_fail(log, TTM_ERR_FILE, "%s: there is no folder '%s'; it "
                        "must be a bundle with a model_index.json", source,
                        chosen);
    *path = ttm_strdup(chosen);
    return *path ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
}
