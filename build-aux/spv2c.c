/*
 * This file is part of ttm, licensed under the LGPL 2.1 or later.
 *
 * Host tool of the build: writes a SPIR-V file as a C array.
 * spv2c IN.spv OUT.c SYMBOL
 */

#include <stdint.h>
#include <stdio.h>

static int fail(const char *path)
{
    fprintf(stderr, "spv2c: ");
    perror(path);
    return 1;
}

int main(int argc, char **argv)
{
    unsigned char word[4];
    unsigned count = 0;
    FILE *in, *out;

    if (argc != 4) {
        fprintf(stderr, "usage: spv2c IN.spv OUT.c SYMBOL\n");
        return 1;
    }
    in = fopen(argv[1], "rb");
    if (!in)
        return fail(argv[1]);
    out = fopen(argv[2], "w");
    if (!out)
        return fail(argv[2]);
    fprintf(out, "#include \"backend/vulkan/spirv.h\"\n\nconst uint32_t %s[] = {",
            argv[3]);
    for (; fread(word, 1, 4, in) == 4; count++)
        fprintf(out, "%s0x%02x%02x%02x%02x,", count % 6 ? " " : "\n    ",
                word[3], word[2], word[1], word[0]);
    fprintf(out, "\n};\nconst size_t %s_size = sizeof(%s);\n", argv[3], argv[3]);
    if (ferror(in) || !count)
        return fail(argv[1]);
    fclose(in);
    return fclose(out) ? fail(argv[2]) : 0;
}
