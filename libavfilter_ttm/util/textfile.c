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


/** @file Text files in UTF-8. */

#include "util/textfile.h"

#include <stdlib.h>
#include <string.h>

#include "util/file.h"

size_t ttm_text_mark(const char *text, size_t size)
{
    return size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
}

/* Name of the encoding that the first bytes tell, NULL for UTF-8. */
static const char *other_encoding(const uint8_t *data, size_t size)
{
    static const struct {
        const char *name, *mark;
        size_t size;
    } marks[] = {
        /* UTF-32 first: its mark begins with that of UTF-16 */
        { "UTF-32", "\xff\xfe\0\0", 4 }, { "UTF-32", "\0\0\xfe\xff", 4 },
        { "UTF-16", "\xff\xfe", 2 },     { "UTF-16", "\xfe\xff", 2 },
    };

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (size >= marks[i].size && !memcmp(data, marks[i].mark, marks[i].size))
            return marks[i].name;
    /* without a mark: every other byte of plain letters is 0 */
    if (size >= 4 && (!data[0] != !data[1]) && !data[0] == !data[2] &&
        !data[1] == !data[3])
        return "UTF-16";
    return NULL;
}

static int check_text(const uint8_t *data, size_t size, const TTMLog *log,
                      const char *path)
{
    const char *encoding = other_encoding(data, size);
    const uint8_t *zero;

    if (encoding)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: the text is %s; save it as "
                        "UTF-8", path, encoding);
    zero = memchr(data, 0, size);
    if (zero)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: byte %zu is zero, so this is "
                        "no text in UTF-8", path, (size_t)(zero - data));
    return 0;
}

int ttm_textfile_open(TTMTextFile *text, const TTMLog *log, const char *path,
                      size_t most, const char *what)
{
    TTMFile file;
    int ret;

    memset(text, 0, sizeof(*text));
    ret = ttm_file_open(&file, log, path);
    if (ret >= 0 && file.size > most)
        ret = ttm_fail(log, TTM_ERR_FORMAT, "%s: larger than %zu %s, not a %s",
                       path, most >= 1 << 20 ? most >> 20 : most >> 10,
                       most >= 1 << 20 ? "MiB" : "KiB", what);
    if (ret >= 0)
        ret = ttm_file_load(&file, log, &text->data);
    if (ret >= 0) {
        text->size = (size_t)file.size;
        ret = check_text(text->data, text->size, log, path);
    }
    ttm_file_close(&file);
    if (ret < 0) {
        ttm_textfile_close(text);
        return ret;
    }
    text->text  = (const char *)text->data;
    text->text += ttm_text_mark(text->text, text->size);
    text->size -= (size_t)(text->text - (const char *)text->data);
    return 0;
}

void ttm_textfile_close(TTMTextFile *text)
{
    free(text->data);
    memset(text, 0, sizeof(*text));
}
