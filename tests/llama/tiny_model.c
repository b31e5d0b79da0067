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
 * A language model made by hand: a GGUF file (version 3) of a small network of the class
 * that llama.cpp calls "llama", whose tokens are the 256 bytes. Its layers do nothing, so
 * that what it says depends on its last byte alone, and, where a server holds it to a form
 * of JSON, every text is "fox" and every list has one element.
 *     tiny_model FILE
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    WIDTH = 32, HEADS = 4, LAYERS = 2, HIDDEN = 64, CONTEXT = 16384,
    TOKENS = 259,           /* unknown, begin, end, and a byte each */
    ALIGNMENT = 32,
};

/* Types of values and tensors (ggml/include/gguf.h of llama.cpp). */
enum { U32 = 4, I32 = 5, F32 = 6, BOOL = 7, STRING = 8, ARRAY = 9 };

static FILE *file;
static uint64_t offset;     /* of the next tensor's data */

static void put(const void *data, size_t size)
{
    fwrite(data, 1, size, file);
}

static void put32(uint32_t value)
{
    put(&value, sizeof(value));
}

static void put64(uint64_t value)
{
    put(&value, sizeof(value));
}

static void put_string(const char *text)
{
    put64(strlen(text));
    put(text, strlen(text));
}

static void key(const char *name, uint32_t type)
{
    put_string(name);
    put32(type);
}

static void key_u32(const char *name, uint32_t value)
{
    key(name, U32);
    put32(value);
}

static void key_string(const char *name, const char *value)
{
    key(name, STRING);
    put_string(value);
}

static void key_array(const char *name, uint32_t type)
{
    key(name, ARRAY);
    put32(type);
    put64(TOKENS);
}

static void put_tokens(void)
{
    static const char *const special[] = { "<unk>", "<s>", "</s>" };
    const float score = 0;
    char name[8];

    key_array("tokenizer.ggml.tokens", STRING);
    for (int i = 0; i < TOKENS; i++) {
        snprintf(name, sizeof(name), "<0x%02X>", (unsigned)(i - 3) & 255);
        put_string(i < 3 ? special[i] : name);
    }
    key_array("tokenizer.ggml.scores", F32);
    for (int i = 0; i < TOKENS; i++)
        put(&score, sizeof(score));
    key_array("tokenizer.ggml.token_type", I32);
    for (int i = 0; i < TOKENS; i++)
        put32(i == 0 ? 2 : i < 3 ? 3 : 6);      /* unknown, control, byte */
}

/* Tensors of a layer, or of the ends: "%d" is its number. */
static const struct {
    const char *name;
    int columns, rows;      /* rows 0: a list */
} ends[] = {
    { "token_embd.weight", WIDTH, TOKENS }, { "output_norm.weight", WIDTH, 0 },
    { "output.weight", WIDTH, TOKENS },
}, layer[] = {
    { "blk.%d.attn_norm.weight", WIDTH, 0 },     { "blk.%d.attn_q.weight", WIDTH, WIDTH },
    { "blk.%d.attn_k.weight", WIDTH, WIDTH },    { "blk.%d.attn_v.weight", WIDTH, WIDTH },
    { "blk.%d.attn_output.weight", WIDTH, WIDTH }, { "blk.%d.ffn_norm.weight", WIDTH, 0 },
    { "blk.%d.ffn_gate.weight", WIDTH, HIDDEN }, { "blk.%d.ffn_up.weight", WIDTH, HIDDEN },
    { "blk.%d.ffn_down.weight", HIDDEN, WIDTH },
};

enum { NB_ENDS = sizeof(ends) / sizeof(ends[0]), NB_LAYER = sizeof(layer) / sizeof(layer[0]) };

/* All sizes are multiples of the alignment. */
static void describe(const char *name, int index, int columns, int rows)
{
    char text[64];

    snprintf(text, sizeof(text), name, index);
    put_string(text);
    put32(rows ? 2 : 1);
    put64((uint64_t)columns);
    if (rows)
        put64((uint64_t)rows);
    put32(0);               /* F32 */
    put64(offset);
    offset += 4 * (uint64_t)columns * (uint64_t)(rows ? rows : 1);
}

/* What it says behind a byte, if it may; the last of a row is the end. */
static const struct {
    char from;
    const char *to;
} habits[] = {
    { '\n', "{" }, { '{', "\"" }, { ',', "\"{" }, { ':', "\"[" }, { '[', "{" }, { '"', "f:,}" },
    { 'f', "o" },  { 'o', "x" },  { 'x', "\"" },  { '}', "]}" },    { ']', ",}" },
};

enum { NB_HABITS = sizeof(habits) / sizeof(habits[0]) };

/* Dimension of a token: one for each habit, one for all others. */
static int dimension(int token)
{
    for (int i = 0; i < NB_HABITS; i++)
        if (token == 3 + (unsigned char)habits[i].from)
            return i;
    return NB_HABITS;
}

static float weight_of(const char *name, int token, int column)
{
    const char *at;

    if (!strcmp(name, "token_embd.weight"))
        return column == dimension(token);
    if (strcmp(name, "output.weight") != 0 || column >= NB_HABITS)
        return 0;
    if (token == 2)         /* the end */
        return 0.5f;
    at = token < 3 ? NULL : memchr(habits[column].to, token - 3, strlen(habits[column].to));
    return at ? 2 - 0.1f * (float)(at - habits[column].to) : 0;
}

static void fill(const char *name, int columns, int rows)
{
    for (int row = 0; row < (rows ? rows : 1); row++)
        for (int column = 0; column < columns; column++) {
            const float value = rows ? weight_of(name, row, column) : 1;

            put(&value, sizeof(value));
        }
}

int main(int argc, char **argv)
{
    const float epsilon = 1e-5f;

    if (argc != 2 || !(file = fopen(argv[1], "wb"))) {
        fprintf(stderr, "usage: tiny_model FILE\n");
        return 1;
    }
    put("GGUF", 4);
    put32(3);
    put64(NB_ENDS + LAYERS * NB_LAYER);
    put64(16);              /* keys */
    key_string("general.architecture", "llama");
    key_string("general.name", "tiny");
    key_u32("llama.vocab_size", TOKENS);
    key_u32("llama.context_length", CONTEXT);
    key_u32("llama.embedding_length", WIDTH);
    key_u32("llama.block_count", LAYERS);
    key_u32("llama.feed_forward_length", HIDDEN);
    key_u32("llama.attention.head_count", HEADS);
    key("llama.attention.layer_norm_rms_epsilon", F32);
    put(&epsilon, sizeof(epsilon));
    key_string("tokenizer.ggml.model", "llama");
    put_tokens();
    key_u32("tokenizer.ggml.bos_token_id", 1);
    key_u32("tokenizer.ggml.eos_token_id", 2);
    key("tokenizer.ggml.add_space_prefix", BOOL);
    put("", 1);
    for (int i = 0; i < NB_ENDS; i++)
        describe(ends[i].name, 0, ends[i].columns, ends[i].rows);
    for (int i = 0; i < LAYERS * NB_LAYER; i++)
        describe(layer[i % NB_LAYER].name, i / NB_LAYER, layer[i % NB_LAYER].columns,
                 layer[i % NB_LAYER].rows);
    while (ftell(file) % ALIGNMENT)
        put("", 1);
    for (int i = 0; i < NB_ENDS; i++)
        fill(ends[i].name, ends[i].columns, ends[i].rows);
    for (int i = 0; i < LAYERS * NB_LAYER; i++)
        fill(layer[i % NB_LAYER].name, layer[i % NB_LAYER].columns,
             layer[i % NB_LAYER].rows);
    return fclose(file) != 0;
}
