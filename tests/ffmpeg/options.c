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
 * Prints ttm_option_list() in the words of `ffmpeg -h filter=ttm`, one option
 * a line, blanks squeezed: what test_options.sh compares.
 */

#include <stdio.h>
#include <string.h>
#include <ttm.h>

static void print_number(enum TTMOptionType type, double value)
{
    if (type == TTM_OPTION_INT64 && value > 9e18)
        printf("I64_MAX");
    else
        printf("%g", value);
}

int main(void)
{
    static const char *const types[] = {
        [TTM_OPTION_STRING] = "string", [TTM_OPTION_INT]    = "int",
        [TTM_OPTION_INT64]  = "int64",  [TTM_OPTION_DOUBLE] = "double",
        [TTM_OPTION_CHOICE] = "int",
    };

    for (const TTMOption *o = ttm_option_list(); o->name; o++) {
        printf("%s <%s> ..FV.....%c. %s", o->name, types[o->type],
               o->run_time ? 'T' : '.', o->help);
        if (o->type != TTM_OPTION_STRING) {
            printf(" (from ");
            print_number(o->type, o->min);
            printf(" to ");
            print_number(o->type, o->max);
            printf(")");
        }
        if (o->fallback)
            printf(o->type == TTM_OPTION_STRING ? " (default \"%s\")"
                                                : " (default %s)", o->fallback);
        printf("\n");
        for (int i = 0; o->choices && o->choices[i]; i++)
            printf("%s %d ..FV.......\n", o->choices[i], i);
    }
    return 0;
}
