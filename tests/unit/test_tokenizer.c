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
 * The tokenizer against ids that transformers' CLIPTokenizer gave
 * (tests/ref/make_tokenizer_reference.py), and against damaged files.
 */

#include <stdlib.h>
#include <sys/resource.h>

#include "files.h"
#include "io/json.h"
#include "prompt/tokenizer.h"
#include "prompt/tokenizer_unicode.h"
#include "unit.h"
#include "util/utf8.h"

#define REFERENCE "tests/ref/tokenizer"

enum { LENGTH = 24, MAX_TEXT = 4096 };

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };
static TTMTokenizer *tokenizer;
static TTMJson *cases;

static int load(void **state)
{
    (void)state;
    if (ttm_tokenizer_create(&tokenizer, &log_, REFERENCE) < 0 ||
        ttm_json_load(&cases, &log_, REFERENCE "/cases.json") < 0) {
        fprintf(stderr, "%s\n", lines.error);
        return -1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    ttm_tokenizer_free(&tokenizer);
    ttm_json_free(&cases);
    return 0;
}

/* Ids of two digits each; returns their number. */
static int read_ids(const char *code, int32_t *ids)
{
    const char *digits = ttm_json_string(ttm_json_get(cases, "digits"), "");
    int nb = 0;

    for (; *code; code += 2) {
        const char *high = strchr(digits, code[0]), *low = strchr(digits, code[1]);

        assert_non_null(high);
        assert_non_null(low);
        assert_true(nb < LENGTH);
        ids[nb++] = (int32_t)((high - digits) * 64 + (low - digits));
    }
    return nb;
}

/* 1 if the ids of text are those of code, padded. */
static int is_right(const TTMTokenizer *subject, const char *text,
                    const char *code, int32_t padding)
{
    int32_t expected[LENGTH], ids[LENGTH + 1];
    int nb = read_ids(code, expected), nb_tokens = -1;

    ids[LENGTH] = 123456;
    assert_int_equal(ttm_tokenizer_encode(subject, text, ids, &nb_tokens, NULL), 0);
    assert_int_equal(ids[LENGTH], 123456);
    for (int i = nb; i < LENGTH; i++)
        expected[i] = padding;
    return nb_tokens == nb && !memcmp(ids, expected, sizeof(expected));
}

/* Number of texts of a list whose ids are wrong; each is named if loud. */
static int count_wrong(const TTMTokenizer *subject, const char *list, int at_least,
                       int32_t padding, int loud)
{
    const TTMJson *pair = ttm_json_first(ttm_json_get(cases, list));
    int nb = 0, wrong = 0;

    for (; pair; pair = ttm_json_next(pair), nb++) {
        const char *text = ttm_json_string(ttm_json_at(pair, 0), NULL);
        const char *code = ttm_json_string(ttm_json_at(pair, 1), NULL);

        if (is_right(subject, text, code, padding))
            continue;
        wrong++;
        if (loud)
            fprintf(stderr, "other ids than transformers': %s\n", text);
    }
    assert_true(nb >= at_least);
    return wrong;
}

static void check_cases(const TTMTokenizer *subject, const char *list, int at_least,
                        int32_t padding)
{
    assert_int_equal(count_wrong(subject, list, at_least, padding, 1), 0);
}

/* An empty text is start, end, padding. */
static int32_t end_id(void)
{
    int32_t ids[LENGTH];

    assert_int_equal(ttm_tokenizer_encode(tokenizer, "", ids, NULL, NULL), 0);
    return ids[1];
}

static void ids_are_those_of_transformers(void **state)
{
    (void)state;
    assert_int_equal(ttm_tokenizer_length(tokenizer), LENGTH);
    check_cases(tokenizer, "texts", 2000, end_id());
}

static void wrong_bytes_are_replaced(void **state)
{
    const TTMJson *pair = ttm_json_first(ttm_json_get(cases, "bytes"));
    int nb = 0, wrong = 0;

    (void)state;
    for (; pair; pair = ttm_json_next(pair), nb++) {
        const char *hex = ttm_json_string(ttm_json_at(pair, 0), NULL);
        const char *code = ttm_json_string(ttm_json_at(pair, 1), NULL);
        char text[MAX_TEXT] = "";
        unsigned value;

        for (int i = 0; sscanf(hex + 2 * i, "%2x", &value) == 1; i++)
            text[i] = (char)value;
        if (!is_right(tokenizer, text, code, end_id())) {
            wrong++;
            fprintf(stderr, "other ids than transformers': %s\n", hex);
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(nb >= 100);
}

static void long_texts_are_cut(void **state)
{
    enum { MANY = 300000 };
    char *text = calloc(MANY + 1, 1);
    int32_t ids[LENGTH];
    int nb, truncated = -1;

    (void)state;
    assert_non_null(text);
    assert_int_equal(ttm_tokenizer_encode(tokenizer, "a dog", ids, &nb,
                                          &truncated), 0);
    assert_int_equal(truncated, 0);
    assert_int_equal(nb, 4);
    /* exactly as many as fit, and one more; one word and many */
    for (int i = 0; i < LENGTH - 2; i++)
        memcpy(text + 2 * i, "1 ", 2);
    ttm_tokenizer_encode(tokenizer, text, ids, &nb, &truncated);
    assert_int_equal(truncated, 0);
    assert_int_equal(nb, LENGTH);
    strcat(text, "1");
    ttm_tokenizer_encode(tokenizer, text, ids, &nb, &truncated);
    assert_int_equal(truncated, 1);
    assert_int_equal(nb, LENGTH);
    assert_int_equal(ids[LENGTH - 1], end_id());
    memset(text, 'x', MANY);
    assert_int_equal(ttm_tokenizer_encode(tokenizer, text, ids, NULL, &truncated), 0);
    assert_int_equal(truncated, 1);
    assert_int_equal(ids[LENGTH - 1], end_id());
    for (int i = 1; i < MANY; i += 2)
        text[i] = ' ';
    assert_int_equal(ttm_tokenizer_encode(tokenizer, text, ids, NULL, &truncated), 0);
    assert_int_equal(truncated, 1);
    free(text);
}

/* Copies the vocabulary, so that single files can be replaced. */
static char *copy_reference(void)
{
    static const char *const names[] = {
        "vocab.json", "merges.txt", "tokenizer_config.json"
    };
    char *folder = test_make_folder(), path[256];

    for (int i = 0; i < 3; i++) {
        uint8_t *data;
        size_t size;

        snprintf(path, sizeof(path), REFERENCE "/%s", names[i]);
        data = test_read(path, &size);
        test_write(folder, names[i], data, size);
        free(data);
    }
    return folder;
}

/* Create from folder, removed afterwards. */
static TTMTokenizer *create(char *folder)
{
    TTMTokenizer *made;

    assert_int_equal(ttm_tokenizer_create(&made, &log_, folder), 0);
    test_remove_folder(folder);
    return made;
}

static void other_padding(void **state)
{
    char *folder = copy_reference();
    TTMTokenizer *other;

    (void)state;
    /* "!" is the first token of the vocabulary */
    test_write_text(folder, "tokenizer_config.json", "{\"model_max_length\": 24, "
                    "\"pad_token\": {\"content\": \"!\", \"lstrip\": false}}");
    other = create(folder);
    check_cases(other, "padded", 50, 0);
    ttm_tokenizer_free(&other);
}

/* The comparison sees two merges that have changed places. */
static void changed_merges(void **state)
{
    static const char from[] = "\nb cd</w>\ni n\no o\nin g</w>\na b\n";
    static const char to[]   = "\na b\ni n\no o\nin g</w>\nb cd</w>\n";
    char *folder = copy_reference(), *text, *found;
    TTMTokenizer *other;
    size_t size;

    (void)state;
    text = (char *)test_read(REFERENCE "/merges.txt", &size);
    found = strstr(text, from);
    assert_non_null(found);
    memcpy(found, to, strlen(to));
    test_write(folder, "merges.txt", text, size);
    free(text);
    other = create(folder);
    assert_true(count_wrong(other, "texts", 2000, end_id(), 0) > 0);
    ttm_tokenizer_free(&other);
}

static void windows_line_ends(void **state)
{
    char *folder = copy_reference(), *text;
    TTMTokenizer *made;
    uint8_t *data;
    size_t used, size;

    (void)state;
    data = test_read(REFERENCE "/merges.txt", &size);
    /* as an editor there saves it: with a byte-order mark, lines end in CR LF */
    text = calloc(2 * size + 4, 1);
    assert_non_null(text);
    strcpy(text, "\xef\xbb\xbf");
    used = 3;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            text[used++] = '\r';
        text[used++] = (char)data[i];
    }
    test_write(folder, "merges.txt", text, used);
    free(data);
    free(text);
    made = create(folder);
    check_cases(made, "texts", 2000, end_id());
    ttm_tokenizer_free(&made);
}

/* Files that end early are refused wherever they end. */
static void incomplete_merges(void **state)
{
    TTMTokenizer *made;
    size_t whole;
    uint8_t *data = test_read(REFERENCE "/merges.txt", &whole);

    (void)state;
    for (size_t size = 0; size + 2 < whole; size += 101) {
        char *folder = copy_reference();

        memset(&lines, 0, sizeof(lines));
        test_write(folder, "merges.txt", data, size);
        assert_int_equal(ttm_tokenizer_create(&made, &log_, folder),
                         TTM_ERR_FORMAT);
        assert_null(made);
        assert_contains(lines.error, "merges.txt");
        test_remove_folder(folder);
    }
    free(data);
}

/* The merges of the reference as a JSON list: of texts, or of lists of two. */
static char *merges_json(int lists)
{
    size_t size, used = 0;
    uint8_t *data = test_read(REFERENCE "/merges.txt", &size);
    char *text = calloc(6 * size + 64, 1);
    int begin = 1, skip = 0;

    assert_non_null(text);
    text[used++] = '[';
    for (size_t i = 0; i < size; i++) {
        if (begin && data[i] == '#' && !strncmp((char *)data + i, "#version", 8))
            skip = 1;
        if (data[i] == '\n') {
            if (!begin && !skip)
                used += (size_t)sprintf(text + used, lists ? "\"]" : "\"");
            begin = 1;
            skip  = 0;
            continue;
        }
        if (skip)
            continue;
        if (begin)
            used += (size_t)sprintf(text + used, "%s%s\"", used > 1 ? "," : "",
                                    lists ? "[" : "");
        begin = 0;
        if (data[i] == '"' || data[i] == '\\')
            text[used++] = '\\';
        if (data[i] == ' ' && lists)
            used += (size_t)sprintf(text + used, "\",\"");
        else
            text[used++] = (char)data[i];
    }
    text[used++] = ']';
    free(data);
    return text;
}

/* A folder whose vocabulary and merges are in tokenizer.json; @p end is its suffix. */
static char *one_file_folder(int lists, const char *end)
{
    char *folder = copy_reference(), path[256], *merges = merges_json(lists), *text;
    size_t size;
    uint8_t *vocab = test_read(REFERENCE "/vocab.json", &size);

    text = calloc(strlen(merges) + size + 256, 1);
    assert_non_null(text);
    sprintf(text, "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"%s\", "
            "\"vocab\": %.*s, \"merges\": %s}}", end, (int)size, (char *)vocab, merges);
    test_write_text(folder, "tokenizer.json", text);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, i ? "merges.txt" : "vocab.json");
        assert_int_equal(remove(path), 0);
    }
    free(merges);
    free(vocab);
    free(text);
    return folder;
}

/* The file of the tokenizers library in its older and newer form gives the same ids. */
static void one_file(void **state)
{
    TTMTokenizer *made;
    char *folder;

    (void)state;
    for (int lists = 0; lists < 2; lists++) {
        made = create(one_file_folder(lists, "</w>"));
        check_cases(made, "texts", 2000, end_id());
        ttm_tokenizer_free(&made);
    }
    memset(&lines, 0, sizeof(lines));
    folder = one_file_folder(0, "@");
    assert_int_equal(ttm_tokenizer_create(&made, &log_, folder), TTM_ERR_UNSUPPORTED);
    assert_contains(lines.error, "tokenizer.json");
    test_remove_folder(folder);
}

/* A tokenizer of another kind is named, and what there is; none is CLIP's. */
static void classes(void **state)
{
    static const struct {
        const char *value;
        int code;
        const char *text;
    } rows[] = {
        { "\"CLIPTokenizer\"", 0, "" },
        { "null",              0, "" },
        { "\"T5Tokenizer\"",   TTM_ERR_UNSUPPORTED, "'T5Tokenizer'" },
        { "\"\"",              TTM_ERR_UNSUPPORTED, "''" },
        { "[\"CLIPTokenizer\"]", TTM_ERR_UNSUPPORTED, "(not a text)" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *folder = copy_reference(), config[128];
        TTMTokenizer *made;

        memset(&lines, 0, sizeof(lines));
        snprintf(config, sizeof(config), "{\"model_max_length\": 24, "
                 "\"tokenizer_class\": %s}", rows[i].value);
        test_write_text(folder, "tokenizer_config.json", config);
        assert_int_equal(ttm_tokenizer_create(&made, &log_, folder), rows[i].code);
        if (rows[i].code < 0) {
            assert_null(made);
            assert_contains(lines.error, "tokenizer_config.json");
            assert_contains(lines.error, rows[i].text);
            assert_contains(lines.error, "only 'CLIPTokenizer' is possible");
        }
        ttm_tokenizer_free(&made);
        test_remove_folder(folder);
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
/* Memory that is short while a text is encoded is said in a line. */
static void short_memory_is_said(void **state)
{
    enum { SIZE = 64 << 20 };
    char *text = malloc(SIZE);
    struct rlimit before, less;
    int32_t ids[LENGTH];
    int ret;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', SIZE - 1);
    text[SIZE - 1] = 0;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    less = before;
    less.rlim_cur = SIZE;       /* less than is there already */
    memset(&lines, 0, sizeof(lines));
    assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
    ret = ttm_tokenizer_encode(tokenizer, text, ids, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    free(text);
    assert_int_equal(ret, TTM_ERR_MEMORY);
    assert_contains(lines.error, "out of memory");
}
#endif

static void damaged_files(void **state)
{
    static const struct {
        const char *file, *text, *part;
    } bad[] = {
        { "vocab.json", "{\n\"a\": 0,\n\"b\"}", "vocab.json: line 3" },
        { "vocab.json", "[]", "vocab.json: not a JSON object" },
        { "vocab.json", "{\"a\": 0.5}", "token \"a\"" },
        { "vocab.json", "{\"a\": -1}", "token \"a\"" },
        { "vocab.json", "{\"a\": 4294967296}", "token \"a\"" },
        { "vocab.json", "{\"a\": \"0\"}", "token \"a\"" },
        { "vocab.json", "{\"a\": 0, \"a\": 1}", "\"a\" is there twice" },
        { "vocab.json", "{\"a\": 0}", "merges.txt: line 2" },
        { "merges.txt", "#version: 0.2\nt h\nth\n", "merges.txt: line 3" },
        { "merges.txt", "t h e\n", "merges.txt: line 1" },
        { "merges.txt", "t \n", "merges.txt: line 1" },
        { "merges.txt", " t\n", "merges.txt: line 1" },
        { "merges.txt", "t unheard\n", "not in vocab.json" },
        { "merges.txt", "x q\n", "not in vocab.json" },
        { "merges.txt", "", "no line makes" },
        { "merges.txt", "#version: 0.2\n", "no line makes" },
        { "merges.txt", "\xff\xfet\0h\n", "UTF-16" },
        { "vocab.json", "\xfe\xff", "UTF-16" },
        { "tokenizer_config.json", "{}", "no \"model_max_length\"" },
        { "tokenizer_config.json", "{\"model_max_length\": 2}", "is 2" },
        { "tokenizer_config.json", "{\"model_max_length\": 1e30}",
          "model_max_length" },
        { "tokenizer_config.json", "{\"model_max_length\": \"x\"}", "integer" },
        { "tokenizer_config.json", "{\"model_max_length\": 24, \"bos_token\": "
          "\"<s>\"}", "bos_token \"<s>\" is not in vocab.json" },
        { "tokenizer_config.json", "{\"model_max_length\": 24, \"eos_token\": 1}",
          "\"eos_token\" must be a token" },
        { "tokenizer_config.json", "{\"model_max_length\": 24, \"pad_token\": {}}",
          "\"pad_token\" must be a token" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char *folder = copy_reference();
        TTMTokenizer *made = tokenizer;     /* must be cleared */
        int ret;

        memset(&lines, 0, sizeof(lines));
        test_write_text(folder, bad[i].file, bad[i].text);
        ret = ttm_tokenizer_create(&made, &log_, folder);
        assert_int_equal(ret, TTM_ERR_FORMAT);
        assert_null(made);
        assert_contains(lines.error, bad[i].part);
        test_remove_folder(folder);
    }
}

static void missing_files(void **state)
{
    static const char *const names[] = {
        "vocab.json", "merges.txt", "tokenizer_config.json"
    };

    (void)state;
    for (int i = 0; i < 3; i++) {
        char *folder = copy_reference();
        TTMTokenizer *made;

        assert_int_equal(remove(test_path(folder, names[i])), 0);
        assert_int_equal(ttm_tokenizer_create(&made, &log_, folder), TTM_ERR_FILE);
        assert_null(made);
        assert_contains(lines.error, names[i]);
        test_remove_folder(folder);
    }
}

/* FNV-1a over 32-bit words, as the reference's script. */
typedef struct Fnv {
    uint64_t value;
} Fnv;

static void add_word(Fnv *fnv, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        fnv->value = (fnv->value ^ (word >> 8 * i & 255)) * 0x100000001b3u;
}

static void check_hash(const Fnv *fnv, const char *name)
{
    char text[17];

    snprintf(text, sizeof(text), "%016llx", (unsigned long long)fnv->value);
    assert_string_equal(text, ttm_json_string(ttm_json_get(ttm_json_get(cases,
                        "hashes"), name), ""));
}

/* Every code point against the tokenizers library. */
static void properties_of_all_code_points(void **state)
{
    Fnv letters = { 0xcbf29ce484222325u }, numbers = letters, spaces = letters;
    Fnv lower = letters, nfc = letters;

    (void)state;
    for (uint32_t c = 1; c < 0x110000; c++) {
        uint32_t text[3] = { c, 0x323, 0x301 }, small[2], *composed;
        size_t nb;
        int count;

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        if (ttm_unicode_is_letter(c))
            add_word(&letters, c);
        if (ttm_unicode_is_number(c))
            add_word(&numbers, c);
        if (ttm_unicode_is_space(c))
            add_word(&spaces, c);
        count = ttm_unicode_lower(c, small);
        if (count != 1 || small[0] != c) {
            add_word(&lower, c);
            for (int i = 0; i < count; i++)
                add_word(&lower, small[i]);
        }
        assert_int_equal(ttm_unicode_nfc(text, 3, &composed, &nb), 0);
        if (nb != 3 || memcmp(composed, text, sizeof(text))) {
            add_word(&nfc, c);
            for (size_t i = 0; i < nb; i++)
                add_word(&nfc, composed[i]);
        }
        free(composed);
    }
    check_hash(&letters, "letters");
    check_hash(&numbers, "numbers");
    check_hash(&spaces, "spaces");
    check_hash(&lower, "lower");
    check_hash(&nfc, "nfc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_transformers),
        cmocka_unit_test(wrong_bytes_are_replaced),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(other_padding),
        cmocka_unit_test(changed_merges),
        cmocka_unit_test(windows_line_ends),
        cmocka_unit_test(one_file),
        cmocka_unit_test(incomplete_merges),
        cmocka_unit_test(classes),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        cmocka_unit_test(short_memory_is_said),
#endif
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(missing_files),
        cmocka_unit_test(properties_of_all_code_points),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
