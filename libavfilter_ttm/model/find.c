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

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ttm.h"
#include "util/file.h"
#include "util/mem.h"

/** From the folder above that of the library, or of a program that contains it. */
#define BUNDLE_OF_PREFIX "share/ttm/models/ttm-small"

/* File that this code was loaded from: libttm.so, or a program; NULL: not known. */
static char *own_file(void)
{
    static const char anchor = 0;
    Dl_info info;

    /* Of a program that was found by PATH only its name is told. */
    if (dladdr(&anchor, &info) && info.dli_fname && strchr(info.dli_fname, '/'))
        return realpath(info.dli_fname, NULL);
    return realpath("/proc/self/exe", NULL);
}

/* 1, 0, or negative after a line. */
static int is_bundle(const TTMLog *log, const char *path)
{
    char *index = ttm_asprintf("%s/model_index.json", path);
    int exists  = index ? ttm_file_exists(log, index)
                        : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");

    free(index);
    return exists;
}

/*
 * Bundle that lies to this code as an installed one does: beside the folder of a program
 * or library, or beside the folder above that (lib/frei0r-1/, lib/x86_64-linux-gnu/).
 * @return 1, 0, or negative after a line; *@p path is the first place that was looked at,
 * or the bundle, NULL where that is not known
 */
static int find_beside_code(const TTMLog *log, char **path)
{
    char *file, *slash;
    int ret = 0;

    *path = NULL;
    errno = 0;
    file  = own_file();
    if (!file && errno == ENOMEM)
        return ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
    for (int i = 0; file && i < 3 && !ret; i++) {
        char *place;

        slash = strrchr(file, '/');
        if (!slash)
            break;
        *slash = 0;
        if (i < 1)
            continue;
        place = ttm_asprintf("%s/" BUNDLE_OF_PREFIX, file);
        ret   = place ? is_bundle(log, place)
                      : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
        if (*path && ret <= 0) {
            free(place);
            continue;
        }
        free(*path);
        *path = place;
    }
    free(file);
    return ret;
}

static int find_default(char **path, const TTMLog *log)
{
    char *beside;
    int ret = find_beside_code(log, &beside);

    if (ret > 0) {
        *path = beside;
        return 0;
    }
    if (ret >= 0)
        ret = is_bundle(log, TTM_MODEL_DIR_INSTALLED);
    if (!ret)
        ret = ttm_fail(log, TTM_ERR_FILE, "there is no bundle: option model and "
                       "the environment variable TTM_MODEL are not set, and "
                       "neither %s nor %s has a model_index.json; set the option "
                       "model to the folder of a bundle", beside ? beside :
                       "../" BUNDLE_OF_PREFIX, TTM_MODEL_DIR_INSTALLED);
    free(beside);
    if (ret < 0)
        return ret;
    *path = ttm_strdup(TTM_MODEL_DIR_INSTALLED);
    return *path ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
}

int ttm_model_find(char **path, const TTMLog *log, const char *option)
{
    const char *chosen = option, *source = "option model";
    int exists;

    *path = NULL;
    if (!chosen || !*chosen) {
        chosen = getenv("TTM_MODEL");
        source = "environment variable TTM_MODEL";
    }
    if (!chosen || !*chosen)
        return find_default(path, log);
    exists = ttm_folder_exists(log, chosen);
    if (exists < 0)
        return exists;
    if (!exists)
        return ttm_fail(log, TTM_ERR_FILE, "%s: there is no folder '%s'; it "
                        "must be a bundle with a model_index.json", source,
                        chosen);
    *path = ttm_strdup(chosen);
    return *path ? 0 : ttm_fail(log, TTM_ERR_MEMORY, "out of memory");
}
