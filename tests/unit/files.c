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

/** @file Temporary folders and files of the tests. */

#include <ftw.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

char *test_make_folder(void)
{
    const char *base = getenv("TMPDIR");
    char path[4096];

    snprintf(path, sizeof(path), "%s/ttm-test-XXXXXX",
             base && base[0] ? base : "/tmp");
    if (!mkdtemp(path)) {
        perror(path);
        exit(1);
    }
    return strdup(path);
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

void test_remove_folder(char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

const char *test_path(const char *folder, const char *name)
{
    static char paths[2][4096];
    static int next;
    char *path = paths[next ^= 1];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

const char *test_write(const char *folder, const char *name, const void *data,
                       size_t size)
{
    const char *path = test_path(folder, name);
    char parent[4096];
    FILE *file;

    snprintf(parent, sizeof(parent), "%s", path);
    for (char *slash = parent + strlen(folder) + 1;
         (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(parent, 0777);
    }
    file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
        perror(path);
        exit(1);
    }
    return path;
}

const char *test_write_text(const char *folder, const char *name,
                            const char *text)
{
    return test_write(folder, name, text, strlen(text));
}

uint8_t *test_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    uint8_t *data = NULL;

    if (file && !fstat(fileno(file), &info) &&
        (data = calloc((size_t)info.st_size + 1, 1)) &&
        fread(data, 1, (size_t)info.st_size, file) == (size_t)info.st_size &&
        !fclose(file)) {
        if (size)
            *size = (size_t)info.st_size;
        return data;
    }
    perror(path);
    exit(1);
}

int test_set_comma(const char *folder)
{
    char command[4200];
    int found;

    snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 "
             "'%s/de_DE.UTF-8' >/dev/null 2>&1", folder);
    found = !system(command);
    setenv("LOCPATH", folder, 1);
    found = found && setlocale(LC_NUMERIC, "de_DE.UTF-8");
    unsetenv("LOCPATH");
    return found;
}

/* The files of a bundle in a new folder, by "cp FLAGS". */
static char *copy_bundle(const char *from, const char *flags)
{
    char *folder = test_make_folder(), command[8192], root[4096];

    if (!getcwd(root, sizeof(root)) ||
        snprintf(command, sizeof(command), "cp %s '%s/%s/.' '%s'", flags, root,
                 from, folder) >= (int)sizeof(command) || system(command)) {
        perror(from);
        exit(1);
    }
    return folder;
}

char *test_copy_bundle(const char *from)
{
    return copy_bundle(from, "-rL");
}

char *test_link_bundle(const char *from)
{
    return copy_bundle(from, "-rs");
}

void test_edit(const char *from, const char *folder, const char *name,
               const char *old, const char *text)
{
    char before[16384], after[16384], *at;
    FILE *file = fopen(test_path(from, name), "rb");
    size_t size = file ? fread(before, 1, sizeof(before) - 1, file) : 0;

    before[size] = 0;
    at = strstr(before, old);
    if (!at || strstr(at + 1, old) || size == sizeof(before) - 1 ||
        fclose(file) || remove(test_path(folder, name))) {
        fprintf(stderr, "%s/%s: '%s' is not there once\n", from, name, old);
        exit(1);
    }
    snprintf(after, sizeof(after), "%.*s%s%s", (int)(at - before), before, text,
             at + strlen(old));
    test_write_text(folder, name, after);
}

char *test_video_bundle(void)
{
    static const char *const files[] = { "vae/config.json",
                                         "vae/diffusion_pytorch_model.safetensors" };
    char *folder = test_link_bundle("tests/ref/bundle");

    test_edit("tests/ref/bundle", folder, "model_index.json", "\"AutoencoderKL\"",
              "\"AutoencoderKLWan\"");
    for (int i = 0; i < 2; i++) {
        size_t size;
        uint8_t *data = test_read(test_path("tests/ref/nets/vae_wan", files[i]), &size);

        if (remove(test_path(folder, files[i]))) {
            perror(files[i]);
            exit(1);
        }
        test_write(folder, files[i], data, size);
        free(data);
    }
    return folder;
}

const char *test_write_safetensors(const char *folder, const char *name,
                                   const char *header, const void *data,
                                   size_t size)
{
    size_t length = strlen(header);
    uint8_t *all = malloc(8 + length + size);
    const char *path;

    if (!all)
        exit(1);
    for (int i = 0; i < 8; i++)
        all[i] = (uint8_t)((uint64_t)length >> 8 * i);
    memcpy(all + 8, header, length);
    if (size)
        memcpy(all + 8 + length, data, size);
    path = test_write(folder, name, all, 8 + length + size);
    free(all);
    return path;
}
