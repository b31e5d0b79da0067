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

/** @file What the fuzz targets share. */

#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int lines;
static char folder[256];

static void keep_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    /* a line is a text, whatever the input was */
    lines += level == TTM_LOG_ERROR && message[0];
}

const TTMLog fuzz_log = { keep_line, NULL };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lines = 0;
    fuzz_one(data, size);
    return 0;
}

void fuzz_die(const char *what)
{
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

void fuzz_check(int ret)
{
    fuzz_assert(ret >= 0 || lines > 0, "an error has a line");
    fuzz_assert(ret != TTM_ERR_INTERNAL, "no input is a bug of ttm");
    fuzz_assert(ret != TTM_ERR_MEMORY, "memory lasts");
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    fuzz_assert(text != NULL, "memory");
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    return text;
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
    const char *base = getenv("TMPDIR");

    if (!folder[0]) {
        /* memory is faster than a disk */
        snprintf(folder, sizeof(folder), "%s/ttm-fuzz-XXXXXX", base && base[0] ? base :
                 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
        fuzz_assert(mkdtemp(folder) != NULL, "there is a temporary folder");
        atexit(remove_folder);
    }
    return folder;
}

static const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof(path), "%s/%s", fuzz_folder(), name);
    return path;
}

const char *fuzz_write(const char *name, const void *data, size_t size)
{
    const char *path = path_of(name);
    int whole = 0;
    FILE *file;

    unlink(path);               /* not through a link */
    file = fopen(path, "wb");
    if (file) {
        whole = fwrite(data, 1, size, file) == size;
        whole = !fclose(file) && whole;
    }
    fuzz_assert(whole, "a file can be written");
    return path;
}

void fuzz_copy(const char *name, const char *from)
{
    static char bytes[1 << 20];
    FILE *file = fopen(from, "rb");
    size_t size = file ? fread(bytes, 1, sizeof(bytes), file) : 0;

    fuzz_assert(size > 0 && size < sizeof(bytes), from);
    fclose(file);
    fuzz_write(name, bytes, size);
}

void fuzz_link_bundle(void)
{
    static int done;
    char command[1024], root[512];

    if (done)
        return;
    done = 1;
    fuzz_assert(getcwd(root, sizeof(root)) != NULL, "there is a working folder");
    snprintf(command, sizeof(command), "cp -rs '%s/tests/ref/bundle/.' '%s'", root,
             fuzz_folder());
    fuzz_assert(!system(command), "tests/ref/bundle is there: run in the source folder");
}

uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
    if (!*size)
        return 0;
    --*size;
    return *(*data)++;
}

TTMImage fuzz_image(const uint8_t **data, size_t *size)
{
    const int width = 1 + fuzz_byte(data, size) % 64;
    const int height = 1 + fuzz_byte(data, size) % 64;
    const size_t bytes = 3 * (size_t)width * (size_t)height;
    const size_t given = *size < bytes ? *size : bytes;
    TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, width, height, 3 * width,
                       malloc(bytes) };  // NOLINT(clang-analyzer-optin.portability.UnixAPI)

    fuzz_assert(image.data != NULL, "memory");
    memset(image.data, 128, bytes);
    if (given)
        memcpy(image.data, *data, given);
    *data += given;
    *size -= given;
    return image;
}
