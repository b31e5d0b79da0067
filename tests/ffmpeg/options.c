/*
 * This file is part of ttm.
 *
 * ttm is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 */

/**
 * @file
 * Prints the table of options in the words of `ffmpeg -h filter=ttm`, one option
 * a line, blanks squeezed: what test_options.sh compares. `options table` prints it as
 * name|type|minimum|maximum|default|choices, for test_manual.sh.
 */

#include <stdio.h>
#include <string.h>
#include <ttm.h>

/* As the filter has it: a rate is a text there, a size has no range. */
static int has_range(enum TTMOptionType type)
{
    return type == TTM_OPTION_INT || type == TTM_OPTION_INT64 ||
           type == TTM_OPTION_DOUBLE || type == TTM_OPTION_CHOICE;
}

static void print_row(const TTMOption *o)
{
    static const char *const types[] = {
        [TTM_OPTION_STRING] = "string",  [TTM_OPTION_INT]    = "number",
        [TTM_OPTION_INT64]  = "number",  [TTM_OPTION_DOUBLE] = "number",
        [TTM_OPTION_BOOL]   = "boolean", [TTM_OPTION_CHOICE] = "choice",
        [TTM_OPTION_RATE]   = "rate",    [TTM_OPTION_SIZE]   = "size",
    };

    printf("%s|%s|%.17g|%.17g|%s|", o->name, types[o->type], o->min, o->max,
           o->fallback ? o->fallback : "");
    for (int i = 0; o->choices && o->choices[i]; i++)
        printf("%s%s", i ? " " : "", o->choices[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    const int table = argc > 1 && !strcmp(argv[1], "table");
    static const char *const types[] = {
        [TTM_OPTION_STRING] = "string",  [TTM_OPTION_INT]    = "int",
        [TTM_OPTION_INT64]  = "int64",   [TTM_OPTION_DOUBLE] = "double",
        [TTM_OPTION_BOOL]   = "boolean", [TTM_OPTION_CHOICE] = "int",
        [TTM_OPTION_RATE]   = "string",  [TTM_OPTION_SIZE]   = "image_size",
    };

    for (const TTMOption *o = ttm_option_next(NULL); o; o = ttm_option_next(o)) {
        const char *fallback = o->fallback;

        if (o->flags & TTM_OPTION_OF_HOST)
            continue;
        if (table) {
            print_row(o);
            continue;
        }
        printf("%s <%s> ..FV.....%c. %s", o->name, types[o->type],
               o->flags & TTM_OPTION_RUN_TIME ? 'T' : '.', o->help);
        if (has_range(o->type))
            printf(" (from %g to %g)", o->min, o->max);
        if (fallback && o->type == TTM_OPTION_BOOL)
            fallback = *fallback == '1' ? "true" : "false";
        if (fallback)
            printf(o->type == TTM_OPTION_RATE ? " (default \"%s\")"
                                              : " (default %s)", fallback);
        printf("\n");
        for (int i = 0; o->choices && o->choices[i]; i++)
            printf("%s %d ..FV.......\n", o->choices[i], i);
    }
    return 0;
}
