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
 * JSON files and values. Only json.c sees the JSON library.
 */

#ifndef TTM_IO_JSON_H
#define TTM_IO_JSON_H

#include <stdint.h>

#include "util/log.h"

/** A parsed value; children are owned by the root. Read-only: thread-safe. */
typedef struct TTMJson TTMJson;

/**
 * Parse @p text; @p origin names it in messages, with the line of an error. Strict
 * (io/json_check.h), and no object may have two members of one name: TTM_ERR_FORMAT.
 * Takes time in proportion to the text, and to n log n for n members of an object.
 */
int ttm_json_parse(TTMJson **json, const TTMLog *log, const char *text,
                   const char *origin);
/** Parse a file (at most 64 MiB). */
int ttm_json_load(TTMJson **json, const TTMLog *log, const char *path);
void ttm_json_free(TTMJson **json);

enum TTMJsonType {
    TTM_JSON_NULL, TTM_JSON_BOOL, TTM_JSON_NUMBER, TTM_JSON_STRING,
    TTM_JSON_ARRAY, TTM_JSON_OBJECT
};
enum TTMJsonType ttm_json_type(const TTMJson *json);

/** Member of an object, NULL where there is none. */
const TTMJson *ttm_json_get(const TTMJson *json, const char *key);
/** Elements of an array or members of an object. */
int ttm_json_count(const TTMJson *json);
const TTMJson *ttm_json_at(const TTMJson *json, int index);
/** Key of member @p index of an object. */
const char *ttm_json_key(const TTMJson *json, int index);

/**
 * Walk over all children, for long lists (ttm_json_at() starts at the first
 * child each time): first child or NULL, next sibling or NULL, own key (NULL
 * for an element of an array).
 */
const TTMJson *ttm_json_first(const TTMJson *json);
const TTMJson *ttm_json_next(const TTMJson *json);
const char *ttm_json_name(const TTMJson *json);

/** Value, or @p fallback where json is NULL or of another type. */
const char *ttm_json_string(const TTMJson *json, const char *fallback);
double ttm_json_number(const TTMJson *json, double fallback);
int ttm_json_bool(const TTMJson *json, int fallback);

/**
 * 1 and *value if @p json is a number without a fraction that a double holds
 * exactly (up to 2^53); else 0 and *value stays.
 */
int ttm_json_integer(const TTMJson *json, int64_t *value);

/**
 * Checked members for configuration files: an absent or null key gives
 * @p fallback; a value of another type or (int) out of [min, max] is
 * TTM_ERR_FORMAT after a line that names @p origin and the key.
 */
int ttm_json_get_int(const TTMJson *json, const TTMLog *log, const char *origin,
                     const char *key, int64_t min, int64_t max,
                     int64_t fallback, int64_t *value);
int ttm_json_get_double(const TTMJson *json, const TTMLog *log,
                        const char *origin, const char *key, double fallback,
                        double *value);
int ttm_json_get_bool(const TTMJson *json, const TTMLog *log,
                      const char *origin, const char *key, int fallback,
                      int *value);
/** *value stays owned by @p json. */
int ttm_json_get_string(const TTMJson *json, const TTMLog *log,
                        const char *origin, const char *key,
                        const char *fallback, const char **value);

/* Writing (the report). Functions return NULL or an error on lack of memory. */
TTMJson *ttm_json_new_object(void);
TTMJson *ttm_json_new_array(void);
/** Add to an object (key) or array (key NULL). Strings are made valid UTF-8. */
int ttm_json_add_string(TTMJson *json, const char *key, const char *value);
int ttm_json_add_number(TTMJson *json, const char *key, double value);
/** All 64 bits are written; a reader may still see a rounded double. */
int ttm_json_add_int(TTMJson *json, const char *key, int64_t value);
int ttm_json_add_bool(TTMJson *json, const char *key, int value);
/** @p child becomes owned by @p json, also on failure. */
int ttm_json_add(TTMJson *json, const char *key, TTMJson *child);
/**
 * Write to a temporary file beside @p path, then rename; devices and pipes
 * are written directly.
 */
int ttm_json_save(const TTMJson *json, const TTMLog *log, const char *path);
/**
 * Whether ttm_json_save() may be expected to succeed for @p path, before there
 * is something to write: TTM_ERR_FILE after a line that says why not.
 */
int ttm_json_check_save(const TTMLog *log, const char *path);

/** Remove such a file, if it is one and not a device. */
void ttm_json_remove(const char *path);
/** Text of the value, malloc. */
char *ttm_json_print(const TTMJson *json);
/** The same in one line, without blanks. */
char *ttm_json_print_line(const TTMJson *json);

#endif /* TTM_IO_JSON_H */
