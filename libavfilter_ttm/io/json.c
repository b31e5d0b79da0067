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

/** @file JSON through cJSON; a TTMJson is a cJSON item. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "io/json.h"
#include "io/json_check.h"
#include "util/mem.h"
#include "util/textfile.h"
#include "util/utf8.h"

#define MAX_FILE_SIZE (64 << 20)

/* Doubles hold every integer up to here. */
#define MAX_EXACT 9007199254740992.0

static const cJSON *item(const TTMJson *json)
{
    return (const cJSON *)json;
}

static const TTMJson *wrap(const cJSON *child)
{
    return (const TTMJson *)child;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No object may have two members of one name: which of them counts would be a guess. */
static int check_members(const cJSON *object, size_t nb, const TTMLog *log,
                         const char *origin)
{
    const char **names = ttm_array_alloc(nb, sizeof(*names));
    int ret = 0;

    if (!names)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", origin);
    nb = 0;
    for (const cJSON *child = object->child; child; child = child->next)
        names[nb++] = child->string;
    qsort(names, nb, sizeof(*names), compare_texts);
    for (size_t i = 1; i < nb && ret >= 0; i++)
        if (!strcmp(names[i - 1], names[i]))
            ret = ttm_fail(log, TTM_ERR_FORMAT, "%s: \"%.80s\" is there twice", origin,
                           names[i]);
    free(names);
    return ret;
}

/* Every object below @p value, which is nested TTM_JSON_DEPTH deep at most. */
static int check_names(const cJSON *value, const TTMLog *log, const char *origin)
{
    size_t nb = 0;
    int ret = 0;

    for (const cJSON *child = value->child; child && ret >= 0; child = child->next) {
        nb++;
        if (child->child)
            ret = check_names(child, log, origin);
    }
    return ret >= 0 && nb > 1 && cJSON_IsObject(value) ?
           check_members(value, nb, log, origin) : ret;
}

/* Text of @p size bytes that ends in a 0. */
static int parse(TTMJson **json, const TTMLog *log, const char *text,
                 size_t size, const char *origin)
{
    size_t stop = 0;
    const char *wrong = ttm_json_check(text, size, &stop);
    int line = 1, ret;

    *json = NULL;
    if (wrong) {
        for (size_t i = 0; i < stop; i++)
            line += text[i] == '\n';
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: line %d: not valid JSON: %s", origin,
                        line, size ? wrong : "the text is empty");
    }
    *json = (TTMJson *)cJSON_ParseWithLengthOpts(text, size + 1, NULL, 1);
    ret = *json ? check_names(item(*json), log, origin) :
          ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", origin);
    if (ret < 0)
        ttm_json_free(json);
    return ret;
}

int ttm_json_parse(TTMJson **json, const TTMLog *log, const char *text,
                   const char *origin)
{
    text += ttm_text_mark(text, strlen(text));
    return parse(json, log, text, strlen(text), origin);
}

int ttm_json_load(TTMJson **json, const TTMLog *log, const char *path)
{
    TTMTextFile file;
    int ret;

    *json = NULL;
    ret = ttm_textfile_open(&file, log, path, MAX_FILE_SIZE,
                            "JSON file of a bundle");
    if (ret < 0)
        return ret;
    ret = parse(json, log, file.text, file.size, path);
    ttm_textfile_close(&file);
    return ret;
}

void ttm_json_free(TTMJson **json)
{
    cJSON_Delete((cJSON *)*json);
    *json = NULL;
}

enum TTMJsonType ttm_json_type(const TTMJson *json)
{
    const cJSON *value = item(json);

    if (cJSON_IsObject(value))
        return TTM_JSON_OBJECT;
    if (cJSON_IsArray(value))
        return TTM_JSON_ARRAY;
    if (cJSON_IsString(value))
        return TTM_JSON_STRING;
    if (cJSON_IsNumber(value))
        return TTM_JSON_NUMBER;
    return cJSON_IsBool(value) ? TTM_JSON_BOOL : TTM_JSON_NULL;
}

static int has_children(const TTMJson *json)
{
    return json && (cJSON_IsObject(item(json)) || cJSON_IsArray(item(json)));
}

const TTMJson *ttm_json_get(const TTMJson *json, const char *key)
{
    if (!json || !cJSON_IsObject(item(json)))
        return NULL;
    return wrap(cJSON_GetObjectItemCaseSensitive(item(json), key));
}

int ttm_json_count(const TTMJson *json)
{
    return has_children(json) ? cJSON_GetArraySize(item(json)) : 0;
}

const TTMJson *ttm_json_at(const TTMJson *json, int index)
{
    return has_children(json) ? wrap(cJSON_GetArrayItem(item(json), index))
                              : NULL;
}

const char *ttm_json_key(const TTMJson *json, int index)
{
    const TTMJson *child = ttm_json_at(json, index);

    return child ? item(child)->string : NULL;
}

const TTMJson *ttm_json_first(const TTMJson *json)
{
    return has_children(json) ? wrap(item(json)->child) : NULL;
}

const TTMJson *ttm_json_next(const TTMJson *json)
{
    return wrap(item(json)->next);
}

const char *ttm_json_name(const TTMJson *json)
{
    return item(json)->string;
}

const char *ttm_json_string(const TTMJson *json, const char *fallback)
{
    return cJSON_IsString(item(json)) ? item(json)->valuestring : fallback;
}

double ttm_json_number(const TTMJson *json, double fallback)
{
    return cJSON_IsNumber(item(json)) ? item(json)->valuedouble : fallback;
}

int ttm_json_integer(const TTMJson *json, int64_t *value)
{
    double number = ttm_json_number(json, NAN);

    if (!(fabs(number) <= MAX_EXACT) || number != floor(number))
        return 0;
    *value = (int64_t)number;
    return 1;
}

int ttm_json_bool(const TTMJson *json, int fallback)
{
    return cJSON_IsBool(item(json)) ? cJSON_IsTrue(item(json)) : fallback;
}

/* Member that is there and not null. */
static const TTMJson *present(const TTMJson *json, const char *key)
{
    const TTMJson *member = ttm_json_get(json, key);

    return member && ttm_json_type(member) != TTM_JSON_NULL ? member : NULL;
}

static int wrong_type(const TTMLog *log, const char *origin, const char *key,
                      const char *expected, const TTMJson *member)
{
    const int infinite = isinf(ttm_json_number(member, 0)); /* which prints as null */
    char *text = infinite ? NULL : ttm_json_print(member);

    ttm_log(log, TTM_LOG_ERROR, "%s: \"%s\" must be %s, but is %.60s", origin,
            key, expected, text ? text : infinite ? "too large" : "something else");
    free(text);
    return TTM_ERR_FORMAT;
}

int ttm_json_get_int(const TTMJson *json, const TTMLog *log, const char *origin,
                     const char *key, int64_t min, int64_t max,
                     int64_t fallback, int64_t *value)
{
    const TTMJson *member = present(json, key);
    int64_t found;

    *value = fallback;
    if (!member)
        return 0;
    if (!ttm_json_integer(member, &found))
        return wrong_type(log, origin, key, "an integer", member);
    if (found < min || found > max)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: \"%s\" is %" PRId64 ", but must "
                        "be within %" PRId64 " and %" PRId64, origin, key, found,
                        min, max);
    *value = found;
    return 0;
}

int ttm_json_get_double(const TTMJson *json, const TTMLog *log,
                        const char *origin, const char *key, double fallback,
                        double *value)
{
    const TTMJson *member = present(json, key);
    double found = ttm_json_number(member, NAN);

    *value = fallback;
    if (!member)
        return 0;
    /* JSON has no infinity, but 1e999 reads as one */
    if (!isfinite(found))
        return wrong_type(log, origin, key, "a number", member);
    *value = found;
    return 0;
}

int ttm_json_get_bool(const TTMJson *json, const TTMLog *log,
                      const char *origin, const char *key, int fallback,
                      int *value)
{
    const TTMJson *member = present(json, key);

    *value = fallback;
    if (!member)
        return 0;
    if (ttm_json_type(member) != TTM_JSON_BOOL)
        return wrong_type(log, origin, key, "true or false", member);
    *value = ttm_json_bool(member, fallback);
    return 0;
}

int ttm_json_get_string(const TTMJson *json, const TTMLog *log,
                        const char *origin, const char *key,
                        const char *fallback, const char **value)
{
    const TTMJson *member = present(json, key);

    *value = fallback;
    if (!member)
        return 0;
    if (ttm_json_type(member) != TTM_JSON_STRING)
        return wrong_type(log, origin, key, "a string", member);
    *value = ttm_json_string(member, fallback);
    return 0;
}

TTMJson *ttm_json_new_object(void)
{
    return (TTMJson *)cJSON_CreateObject();
}

TTMJson *ttm_json_new_array(void)
{
    return (TTMJson *)cJSON_CreateArray();
}

static int add(TTMJson *json, const char *key, cJSON *child)
{
    cJSON *parent = (cJSON *)json;

    if (parent && child &&
        (key ? cJSON_IsObject(parent) && cJSON_AddItemToObject(parent, key, child)
             : cJSON_IsArray(parent) && cJSON_AddItemToArray(parent, child)))
        return 0;
    cJSON_Delete(child);
    return TTM_ERR_MEMORY;
}

int ttm_json_add_string(TTMJson *json, const char *key, const char *value)
{
    /* prompts may hold anything; the file must be UTF-8 */
    char *text = ttm_utf8_repair(value);
    int ret = text ? add(json, key, cJSON_CreateString(text)) : TTM_ERR_MEMORY;

    free(text);
    return ret;
}

int ttm_json_add_number(TTMJson *json, const char *key, double value)
{
    return add(json, key, cJSON_CreateNumber(value));
}

int ttm_json_add_int(TTMJson *json, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, value);
    return add(json, key, cJSON_CreateRaw(text));
}

int ttm_json_add_bool(TTMJson *json, const char *key, int value)
{
    return add(json, key, cJSON_CreateBool(value));
}

int ttm_json_add(TTMJson *json, const char *key, TTMJson *child)
{
    return add(json, key, (cJSON *)child);
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t nb = write(fd, data, size);

        if (nb < 0 && errno == EINTR)
            continue;
        if (nb < 0)
            return -1;
        data += nb;
        size -= (size_t)nb;
    }
    return 0;
}

/* Write text to a new file beside path and move it there. */
static int replace_file(const char *path, const char *text, size_t size)
{
    char *beside = ttm_asprintf("%s.%ld.tmp", path, (long)getpid());
    int fd, saved;

    if (!beside) {
        errno = ENOMEM;
        return -1;
    }
    unlink(beside);         /* of a process that died and had our number */
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        free(beside);
        return -1;
    }
    if (write_all(fd, text, size) < 0) {
        saved = errno;
        close(fd);
        errno = saved;
    } else if (!close(fd) && !rename(beside, path)) {
        free(beside);
        return 0;
    }
    saved = errno;
    unlink(beside);
    free(beside);
    errno = saved;
    return -1;
}

/* Write to something that is no regular file, such as /dev/stdout. */
static int write_device(const char *path, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), ret, saved;

    if (fd < 0)
        return -1;
    ret = write_all(fd, text, size);
    saved = errno;
    close(fd);
    errno = saved;
    return ret;
}

static int cannot_write(const TTMLog *log, const char *path)
{
    const int memory = errno == ENOMEM;

    return ttm_fail(log, memory ? TTM_ERR_MEMORY : TTM_ERR_FILE,
                    "%s: cannot write: %s", path, memory ? "out of memory" :
                    strerror(errno));
}

int ttm_json_save(const TTMJson *json, const TTMLog *log, const char *path)
{
    struct stat info;
    char *text = ttm_json_print(json);
    size_t size;
    int ret;

    if (!text)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    size = strlen(text);
    text[size++] = '\n';    /* in place of the 0; the size is known */
    if (!stat(path, &info) && !S_ISREG(info.st_mode))
        ret = write_device(path, text, size);
    else
        ret = replace_file(path, text, size);
    if (ret < 0)
        ret = cannot_write(log, path);
    free(text);
    return ret;
}

/* A file beside @p path, as replace_file() makes it, can be made. */
static int try_beside(const char *path)
{
    char *beside = ttm_asprintf("%s.%ld.tmp", path, (long)getpid());
    int fd = -1, saved;

    if (beside) {
        unlink(beside);
        fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        saved = errno;
        if (fd >= 0) {
            close(fd);
            unlink(beside);
        }
        free(beside);
        errno = saved;
    } else {
        errno = ENOMEM;
    }
    return fd < 0 ? -1 : 0;
}

/* White space may stand before JSON: whether a device takes a byte (/dev/full). */
static int try_device(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int ret = fd, saved;

    if (fd < 0)
        return -1;
    if (!isatty(fd))
        ret = write(fd, "\n", 1) == 1 ? 0 : -1;
    saved = errno;
    close(fd);
    errno = saved;
    return ret < 0 ? -1 : 0;
}

void ttm_json_remove(const char *path)
{
    struct stat info;

    if (!lstat(path, &info) && S_ISREG(info.st_mode))
        unlink(path);
}

int ttm_json_check_save(const TTMLog *log, const char *path)
{
    struct stat info;
    int ret;

    if (!stat(path, &info) && !S_ISREG(info.st_mode)) {
        if (S_ISDIR(info.st_mode))
            return ttm_fail(log, TTM_ERR_FILE, "%s: cannot write: it is a folder",
                            path);
        ret = S_ISCHR(info.st_mode) ? try_device(path) : access(path, W_OK);
    } else {
        ret = try_beside(path);
    }
    return ret < 0 ? cannot_write(log, path) : 0;
}

char *ttm_json_print(const TTMJson *json)
{
    return cJSON_Print(item(json));
}

char *ttm_json_print_line(const TTMJson *json)
{
    return cJSON_PrintUnformatted(item(json));
}
