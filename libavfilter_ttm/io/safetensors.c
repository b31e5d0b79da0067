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

/** @file Reader of safetensors files. Nothing in the file is trusted. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/safetensors.h"
#include "util/mem.h"

/* The format's own limit. */
#define MAX_HEADER 100000000

/* Elements that are read and converted at once. */
#define CONVERTED ((int64_t)1 << 16)

struct TTMSafetensors {
    TTMFile file;
    TTMJson *header;            /* owns the names */
    uint64_t data;              /* behind the header, bytes */
    int64_t data_size;
    TTMFileTensor *tensors;
    size_t nb;
};

static const struct {
    const char *name;
    int64_t size;
    enum TTMDType dtype;
} types[] = {
    { "F32",     4, TTM_DTYPE_F32  },
    { "F16",     2, TTM_DTYPE_F16  },
    { "BF16",    2, TTM_DTYPE_BF16 },
    { "U8",      1, TTM_DTYPE_U8   },
    { "I32",     4, TTM_DTYPE_I32  },
    { "U32",     4, TTM_DTYPE_U32  },
    { "BOOL",    1, TTM_DTYPE_NB   },
    { "I8",      1, TTM_DTYPE_NB   },
    { "F8_E4M3", 1, TTM_DTYPE_NB   },
    { "F8_E5M2", 1, TTM_DTYPE_NB   },
    { "I16",     2, TTM_DTYPE_NB   },
    { "U16",     2, TTM_DTYPE_NB   },
    { "I64",     8, TTM_DTYPE_NB   },
    { "U64",     8, TTM_DTYPE_NB   },
    { "F64",     8, TTM_DTYPE_NB   },
};

/* Bytes of an element; sets dtype and dtype_name; 0: unknown type. */
static int64_t read_type(TTMFileTensor *tensor, const TTMJson *json)
{
    const char *name = ttm_json_string(json, "");

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name))
            continue;
        tensor->dtype      = types[i].dtype;
        tensor->dtype_name = types[i].name;
        return types[i].size;
    }
    return 0;
}

/* Elements, or -1; the product may not pass limit. */
static int64_t read_shape(TTMShape *shape, const TTMJson *json, int64_t limit)
{
    int64_t count = 1, dim;
    int empty = 0;

    if (!json || ttm_json_type(json) != TTM_JSON_ARRAY ||
        ttm_json_count(json) > TTM_MAX_RANK)
        return -1;
    *shape = (TTMShape){ .rank = 0 };
    for (json = ttm_json_first(json); json; json = ttm_json_next(json)) {
        if (!ttm_json_integer(json, &dim) || dim < 0)
            return -1;
        shape->dim[shape->rank++] = dim;
        if (!dim)
            empty = 1;
        else if (count > limit / dim)
            return -1;
        else
            count *= dim;
    }
    if (!shape->rank)
        *shape = TTM_SHAPE(1);
    return empty ? 0 : count;
}

/* Read one member of the header. */
static int read_tensor(const TTMSafetensors *file, const TTMLog *log,
                       TTMFileTensor *tensor, const TTMJson *json)
{
    const TTMJson *offsets = ttm_json_get(json, "data_offsets");
    const char *name = ttm_json_name(json);
    int64_t begin, end, count, size;
    char text[128];

    tensor->name = name;
    tensor->path = file->file.path;
    if (ttm_json_type(json) != TTM_JSON_OBJECT)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: no type, shape and "
                        "range in the header", file->file.path, name);
    size = read_type(tensor, ttm_json_get(json, "dtype"));
    if (!size)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: unknown dtype \"%s\"",
                        file->file.path, name,
                        ttm_json_string(ttm_json_get(json, "dtype"), ""));
    count = read_shape(&tensor->shape, ttm_json_get(json, "shape"),
                       INT64_MAX / size);
    if (count < 0)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: the shape must be a "
                        "list of at most %d sizes", file->file.path, name,
                        TTM_MAX_RANK);
    if (!offsets || ttm_json_type(offsets) != TTM_JSON_ARRAY ||
        ttm_json_count(offsets) != 2 ||
        !ttm_json_integer(ttm_json_at(offsets, 0), &begin) ||
        !ttm_json_integer(ttm_json_at(offsets, 1), &end))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: data_offsets must be "
                        "two integers", file->file.path, name);
    if (begin < 0 || end < begin || end > file->data_size)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: bytes %" PRId64 " to %"
                        PRId64 " are not within the %" PRId64 " bytes of data: "
                        "the file is damaged or not completely downloaded",
                        file->file.path, name, begin, end, file->data_size);
    if (end - begin != count * size)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s: %" PRId64 " bytes do "
                        "not hold %s %s", file->file.path, name, end - begin,
                        tensor->dtype_name,
                        ttm_shape_string(&tensor->shape, text, sizeof(text)));
    if ((uint64_t)(end - begin) > SIZE_MAX)
        return ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: tensor %s is too large for "
                        "this machine", file->file.path, name);
    tensor->file   = &file->file;
    tensor->offset = file->data + (uint64_t)begin;
    tensor->size   = (size_t)(end - begin);
    return 0;
}

static int compare_data(const void *a, const void *b)
{
    const TTMFileTensor *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->size < y->size ? -1 : x->size > y->size;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const TTMFileTensor *)a)->name,
                  ((const TTMFileTensor *)b)->name);
}

/* The byte ranges must tile the data. */
static int check_ranges(TTMSafetensors *file, const TTMLog *log)
{
    uint64_t position = file->data;
    const char *before = "the header";

    qsort(file->tensors, file->nb, sizeof(*file->tensors), compare_data);
    for (size_t i = 0; i < file->nb; i++) {
        const TTMFileTensor *tensor = &file->tensors[i];

        if (tensor->offset != position)
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: tensor %s %s %s", file->file.path,
                            tensor->name, tensor->offset < position ? "overlaps"
                            : "leaves a hole behind", before);
        position = tensor->offset + tensor->size;
        before   = tensor->name;
    }
    if (position != file->file.size)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: %" PRIu64 " bytes at the end belong "
                        "to no tensor", file->file.path, file->file.size - position);
    return 0;
}

/* Parse the JSON and set where the data begins. */
static int read_header(TTMSafetensors *file, const TTMLog *log)
{
    const uint64_t whole = file->file.size;
    uint8_t first[8] = { 0 };
    uint64_t size = 0;
    char *text;
    int ret;

    ret = ttm_file_read(&file->file, log, 0, first, whole < 8 ? whole : 8);
    if (ret < 0)
        return ret;
    for (int i = 0; i < 8; i++)
        size |= (uint64_t)first[i] << 8 * i;
    if (whole < 8 || size > whole - 8)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: the header passes the end of the "
                        "file: damaged, not completely downloaded, or not a "
                        "safetensors file", file->file.path);
    if (size > MAX_HEADER)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: header of %" PRIu64 " bytes, the "
                        "format allows %d", file->file.path, size, MAX_HEADER);
    file->data      = 8 + size;
    file->data_size = (int64_t)(whole - 8 - size);
    text = ttm_array_alloc((size_t)size + 1, 1);
    if (!text)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", file->file.path);
    ret = ttm_file_read(&file->file, log, 8, text, (size_t)size);
    if (ret >= 0 && strlen(text) != size)
        ret = ttm_fail(log, TTM_ERR_FORMAT, "%s: a 0 byte in the header",
                       file->file.path);
    if (ret >= 0)
        ret = ttm_json_parse(&file->header, log, text, file->file.path);
    free(text);
    if (ret >= 0 && ttm_json_type(file->header) != TTM_JSON_OBJECT)
        ret = ttm_fail(log, TTM_ERR_FORMAT, "%s: the header is not a JSON object",
                       file->file.path);
    return ret;
}

static int read_tensors(TTMSafetensors *file, const TTMLog *log)
{
    const TTMJson *member;
    int ret;

    file->tensors = ttm_array_alloc((size_t)ttm_json_count(file->header),
                                    sizeof(*file->tensors));
    if (!file->tensors)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", file->file.path);
    member = ttm_json_first(file->header);
    for (; member; member = ttm_json_next(member)) {
        if (!strcmp(ttm_json_name(member), "__metadata__"))
            continue;
        ret = read_tensor(file, log, &file->tensors[file->nb], member);
        if (ret < 0)
            return ret;
        file->nb++;
    }
    ret = check_ranges(file, log);
    if (ret >= 0)
        qsort(file->tensors, file->nb, sizeof(*file->tensors), compare_names);
    return ret;
}

int ttm_safetensors_open(TTMSafetensors **file, const TTMLog *log,
                         const char *path)
{
    TTMSafetensors *opened = calloc(1, sizeof(*opened));
    int ret;

    *file = NULL;
    if (!opened)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    ret = ttm_file_open(&opened->file, log, path);
    if (ret >= 0)
        ret = read_header(opened, log);
    if (ret >= 0)
        ret = read_tensors(opened, log);
    if (ret < 0)
        ttm_safetensors_close(&opened);
    *file = opened;
    return ret;
}

void ttm_safetensors_close(TTMSafetensors **file)
{
    TTMSafetensors *old = *file;

    *file = NULL;
    if (!old)
        return;
    for (size_t i = 0; i < old->nb; i++)
        free(old->tensors[i].replaced);
    free(old->tensors);
    ttm_json_free(&old->header);
    ttm_file_close(&old->file);
    free(old);
}

int ttm_file_tensor_read(const TTMFileTensor *tensor, const TTMLog *log,
                         int64_t first, int64_t count, void *to)
{
    const int64_t nb = ttm_shape_count(&tensor->shape);
    const size_t element = nb ? tensor->size / (size_t)nb : 0;
    const size_t begin = (size_t)first * element, bytes = (size_t)count * element;

    if (!tensor->replaced)
        return ttm_file_read(tensor->file, log, tensor->offset + begin, to, bytes);
    memcpy(to, (const char *)tensor->replaced + begin, bytes);
    return 0;
}

int ttm_file_tensor_convert(const TTMFileTensor *tensor, const TTMLog *log,
                            int64_t count, enum TTMDType dtype, void *to)
{
    char *some;
    int ret = 0;

    if (tensor->dtype == dtype)
        return ttm_file_tensor_read(tensor, log, 0, count, to);
    some = ttm_array_alloc(CONVERTED, ttm_dtype_size(tensor->dtype));
    if (!some)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory for tensor %s",
                        tensor->path, tensor->name);
    for (int64_t i = 0; i < count && ret >= 0; i += CONVERTED) {
        const int64_t nb = count - i < CONVERTED ? count - i : CONVERTED;

        ret = ttm_file_tensor_read(tensor, log, i, nb, some);
        if (ret >= 0)
            ttm_convert((char *)to + (size_t)i * ttm_dtype_size(dtype), dtype, some,
                        tensor->dtype, nb);
    }
    free(some);
    return ret;
}

const char *ttm_safetensors_metadata(const TTMSafetensors *file,
                                     const char *key)
{
    return ttm_json_string(ttm_json_get(ttm_json_get(file->header,
                                                     "__metadata__"), key), NULL);
}

const TTMFile *ttm_safetensors_file(const TTMSafetensors *file)
{
    return &file->file;
}

size_t ttm_safetensors_count(const TTMSafetensors *file)
{
    return file->nb;
}

TTMFileTensor *ttm_safetensors_at(TTMSafetensors *file, size_t index)
{
    return &file->tensors[index];
}

TTMFileTensor *ttm_safetensors_find(TTMSafetensors *file, const char *name)
{
    TTMFileTensor key = { .name = name };

    return bsearch(&key, file->tensors, file->nb, sizeof(key), compare_names);
}
