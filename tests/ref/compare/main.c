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
 * Our side of `make check-reference`: what tests/ref/check made with PyTorch is
 * computed here and compared, or printed for a comparison there.
 *
 *     compare nets DEVICE[/KERNELS] PRECISION [FOLDER...]
 *     compare schedulers FILE
 *     compare tokens FOLDER FILE
 *     compare clip FOLDER
 */

#include <stdio.h>
#include <string.h>

#include "compare.h"

void compare_log(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level <= TTM_LOG_ERROR)
        fprintf(stderr, "%s\n", message);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int min;                ///< arguments behind the name
        int (*run)(int argc, char **argv);
    } commands[] = {
        { "nets",       2, compare_nets },
        { "schedulers", 1, compare_schedulers },
        { "tokens",     2, compare_tokens },
        { "clip",       1, compare_clip },
    };

    for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
        if (!strcmp(argv[1], commands[i].name) && argc - 2 >= commands[i].min)
            return commands[i].run(argc - 2, argv + 2) < 0;
    fprintf(stderr, "see tests/ref/compare/main.c for the arguments\n");
    return 2;
}
