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
 * Byte-pair encoding. A word begins as one symbol a byte (the last one with
 * "</w>"); the neighbours with the best rank in merges.txt are joined until
 * none are left. A heap of candidates keeps this fast for long words.
 */

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "prompt/tokenizer_bpe.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/mem.h"
#include "util/textfile.h"
#include "util/utf8.h"

/* Bytes of merges.txt: CLIP's has half a MiB. */
#define MAX_MERGES (256 << 20)

typedef struct Merge {
    int32_t first, second;      /* ids of the parts; first -1: free place */
    int32_t rank;               /* line in merges.txt */
    int32_t made;               /* id of the whole */
} Merge;

typedef struct Word {
    const char *text;           /* NULL: free place; owned by the file */
    int32_t id;
    int made;                   /* a line of merges.txt makes it */
} Word;

struct TTMBpe {
    TTMJson *file;              /* that has the vocabulary */
    /* open addressing, the size is a power of two above twice the entries */
    Word *words;
    size_t nb_places;
    Merge *merges;
    size_t nb_merge_places;
    /* ids of the bytes' symbols inside and at the end of a word, or -1 */
    int32_t inside[256], ending[256];
};

static size_t table_size(size_t entries)
{
    size_t size = 16;

    while (size < 2 * entries + 1)
        size *= 2;
    return size;
}

/* Place of a token, or the free one where it belongs. */
static Word *find_word(const TTMBpe *bpe, const char *text, size_t length)
{
    size_t i = (size_t)ttm_hash64(text, length, 0);

    for (;; i++) {
        Word *word = &bpe->words[i & (bpe->nb_places - 1)];

        if (!word->text || (!strncmp(word->text, text, length) &&
                            !word->text[length]))
            return word;
    }
}

static Merge *find_merge(const TTMBpe *bpe, int32_t first, int32_t second)
{
    int32_t key[2] = { first, second };
    size_t i = (size_t)ttm_hash64(key, sizeof(key), 0);

    for (;; i++) {
        Merge *merge = &bpe->merges[i & (bpe->nb_merge_places - 1)];

        if (merge->first < 0 || (merge->first == first && merge->second == second))
            return merge;
    }
}

int32_t ttm_bpe_find(const TTMBpe *bpe, const char *token)
{
    const Word *word = find_word(bpe, token, strlen(token));

    return word->text ? word->id : -1;
}

/* The tokens of @p vocab, an object in the file @p path. */
static int read_vocab(TTMBpe *bpe, const TTMLog *log, const char *path,
                      const TTMJson *vocab)
{
    const TTMJson *entry;

    if (!vocab || ttm_json_type(vocab) != TTM_JSON_OBJECT)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: not a JSON object", path);
    bpe->nb_places = table_size((size_t)ttm_json_count(vocab));
    bpe->words = ttm_array_alloc(bpe->nb_places, sizeof(*bpe->words));
    if (!bpe->words)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    for (entry = ttm_json_first(vocab); entry; entry = ttm_json_next(entry)) {
        const char *text = ttm_json_name(entry);
        Word *word = find_word(bpe, text, strlen(text));
        int64_t id;

        if (!ttm_json_integer(entry, &id) || id < 0 || id > INT32_MAX)
            return ttm_fail(log, TTM_ERR_FORMAT, "%s: the id of token \"%s\" must be "
                            "an integer from 0 to 2147483647", path, text);
        *word = (Word){ text, (int32_t)id, 0 };
    }
    return 0;
}

/* Id of the token of length bytes, or -1. */
static int32_t find_part(const TTMBpe *bpe, const char *text, size_t length)
{
    const Word *word = find_word(bpe, text, length);

    return word->text ? word->id : -1;
}

/* One line "first second" of merges.txt, or merge of tokenizer.json; whole is room for both. */
static int read_merge(TTMBpe *bpe, const TTMLog *log, const char *path, int number,
                      const char *line, size_t length, int32_t rank, char *whole)
{
    const char *space = memchr(line, ' ', length);
    size_t first, second;
    Merge merge, *place;

    if (!space || space == line || space + 1 == line + length ||
        memchr(space + 1, ' ', (size_t)(line + length - space - 1)))
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: line %d: not two symbols with a "
                        "space between", path, number);
    first  = (size_t)(space - line);
    second = length - first - 1;
    memcpy(whole, line, first);
    memcpy(whole + first, space + 1, second);
    merge.first  = find_part(bpe, line, first);
    merge.second = find_part(bpe, space + 1, second);
    merge.made   = find_part(bpe, whole, first + second);
    merge.rank   = rank;
    if (merge.first < 0 || merge.second < 0 || merge.made < 0)
        return ttm_fail(log, TTM_ERR_FORMAT, "%s: line %d: \"%.*s\" or its whole is "
                        "not in vocab.json", path, number, (int)length, line);
    find_word(bpe, whole, first + second)->made = 1;
    place  = find_merge(bpe, merge.first, merge.second);
    *place = merge;             /* of two equal lines the last one counts */
    return 0;
}

/* Whether a token is there without a merge: one symbol, or "<...>" as a whole. */
static int is_given(const char *text)
{
    size_t size = strlen(text), length;

    if (!size)
        return 1;
    ttm_utf8_decode(text, size, &length);
    if (!text[length] || !strcmp(text + length, "</w>"))
        return 1;
    return text[0] == '<' && text[size - 1] == '>' &&
           strcmp(text + size - 4, "</w>");
}

/* Every token must be made by a merge, or a part of merges.txt is missing. */
static int check_merges(const TTMBpe *bpe, const TTMLog *log, const char *path)
{
    const char *example = NULL;
    int32_t lost = 0, id = INT32_MAX;

    for (size_t i = 0; i < bpe->nb_places; i++) {
        const Word *word = &bpe->words[i];

        if (!word->text || word->made || is_given(word->text))
            continue;
        lost++;
        if (word->id <= id) {
            id      = word->id;
            example = word->text;
        }
    }
    if (!lost)
        return 0;
    return ttm_fail(log, TTM_ERR_FORMAT, "%s: no line makes \"%s\" and %d more "
                    "tokens of vocab.json: the file is empty, cut short or of "
                    "another vocabulary", path, example, (int)lost - 1);
}

static int read_merges(TTMBpe *bpe, const TTMLog *log, const char *path)
{
    const char *line, *end;
    TTMTextFile file;
    size_t nb_lines = 1;
    int32_t rank = 0;
    char *whole;
    int ret = ttm_textfile_open(&file, log, path, MAX_MERGES, "list of merges");

    if (ret < 0)
        return ret;
    line = file.text;
    end  = line + file.size;
    for (size_t i = 0; i < file.size; i++)
        nb_lines += line[i] == '\n';
    bpe->nb_merge_places = table_size(nb_lines);
    bpe->merges = ttm_array_alloc(bpe->nb_merge_places, sizeof(*bpe->merges));
    whole = ttm_array_alloc(file.size, 1);
    if (!bpe->merges || !whole)
        ret = ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    for (size_t i = 0; ret >= 0 && i < bpe->nb_merge_places; i++)
        bpe->merges[i].first = -1;
    for (int number = 1; ret >= 0 && line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((stop ? stop : end) - line);
        size_t kept = length;

        if (kept && line[kept - 1] == '\r')
            kept--;
        if (kept && !(kept >= 8 && !memcmp(line, "#version", 8)))
            ret = read_merge(bpe, log, path, number, line, kept, rank++, whole);
        line += length + 1;
    }
    if (ret >= 0)
        ret = check_merges(bpe, log, path);
    free(whole);
    ttm_textfile_close(&file);
    return ret;
}

/*
 * Printable Latin-1 bytes stand for themselves in the vocabulary, the others,
 * in order, for the code points from 256 on.
 */
static void find_symbols(TTMBpe *bpe)
{
    uint32_t next = 256;

    for (uint32_t i = 0; i < 256; i++) {
        int printable = (i > ' ' && i < 0x7f) || (i > 0xa0 && i != 0xad);
        char text[16];
        size_t length = ttm_utf8_encode(printable ? i : next++, text);

        bpe->inside[i] = find_part(bpe, text, length);
        memcpy(text + length, "</w>", 5);
        bpe->ending[i] = find_part(bpe, text, length + 4);
    }
}

/* A merge of tokenizer.json: "first second", or a list of the two. */
static int read_merge_json(TTMBpe *bpe, const TTMLog *log, const char *path,
                           const TTMJson *json, int32_t rank)
{
    const char *text = ttm_json_string(json, NULL);
    const char *first = ttm_json_string(ttm_json_at(json, 0), NULL);
    const char *second = ttm_json_string(ttm_json_at(json, 1), NULL);
    char *line = text ? ttm_strdup(text) :
                 first && second ? ttm_asprintf("%s %s", first, second) :
                 ttm_strdup("");
    char *whole = line ? ttm_strdup(line) : NULL;
    int ret = whole ? read_merge(bpe, log, path, (int)rank + 1, line, strlen(line), rank,
                                 whole) :
              ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);

    free(line);
    free(whole);
    return ret;
}

/* The one file of the tokenizers library: "model" with "vocab" and "merges". */
static int read_both(TTMBpe *bpe, const TTMLog *log, const char *path)
{
    const TTMJson *model = NULL, *merges = NULL;
    int32_t rank = 0;
    int ret = ttm_json_load(&bpe->file, log, path);

    if (ret >= 0) {
        model  = ttm_json_get(bpe->file, "model");
        merges = ttm_json_get(model, "merges");
        if (strcmp(ttm_json_string(ttm_json_get(model, "type"), "BPE"), "BPE") ||
            strcmp(ttm_json_string(ttm_json_get(model, "end_of_word_suffix"), ""), "</w>") ||
            !merges || ttm_json_type(merges) != TTM_JSON_ARRAY)
            ret = ttm_fail(log, TTM_ERR_UNSUPPORTED, "%s: \"model\" must be of type BPE "
                           "with \"merges\" and the \"end_of_word_suffix\" </w>, as "
                           "CLIP's is", path);
    }
    if (ret >= 0)
        ret = read_vocab(bpe, log, path, ttm_json_get(model, "vocab"));
    if (ret < 0)
        return ret;
    bpe->nb_merge_places = table_size((size_t)ttm_json_count(merges));
    bpe->merges = ttm_array_alloc(bpe->nb_merge_places, sizeof(*bpe->merges));
    if (!bpe->merges)
        return ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", path);
    for (size_t i = 0; i < bpe->nb_merge_places; i++)
        bpe->merges[i].first = -1;
    for (const TTMJson *json = ttm_json_first(merges); ret >= 0 && json;
         json = ttm_json_next(json))
        ret = read_merge_json(bpe, log, path, json, rank++);
    return ret < 0 ? ret : check_merges(bpe, log, path);
}

static int read_folder(TTMBpe *bpe, const TTMLog *log, const char *folder)
{
    char *vocab  = ttm_asprintf("%s/vocab.json", folder);
    char *merges = ttm_asprintf("%s/merges.txt", folder);
    char *both   = ttm_asprintf("%s/tokenizer.json", folder);
    int ret = vocab && merges && both ? ttm_file_exists(log, vocab) :
              ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);

    if (ret == 0 && (ret = ttm_file_exists(log, both)) > 0) {
        ret = read_both(bpe, log, both);
    } else if (ret >= 0) {
        ret = ttm_json_load(&bpe->file, log, vocab);
        if (ret >= 0)
            ret = read_vocab(bpe, log, vocab, bpe->file);
        if (ret >= 0)
            ret = read_merges(bpe, log, merges);
    }
    free(vocab);
    free(merges);
    free(both);
    return ret;
}

int ttm_bpe_create(TTMBpe **bpe, const TTMLog *log, const char *folder)
{
    TTMBpe *made = calloc(1, sizeof(*made));
    int ret = made ? read_folder(made, log, folder)
                   : ttm_fail(log, TTM_ERR_MEMORY, "%s: out of memory", folder);

    if (ret < 0)
        ttm_bpe_free(&made);
    else
        find_symbols(made);
    *bpe = made;
    return ret;
}

void ttm_bpe_free(TTMBpe **bpe)
{
    TTMBpe *old = *bpe;

    *bpe = NULL;
    if (!old)
        return;
    free(old->merges);
    free(old->words);
    ttm_json_free(&old->file);
    free(old);
}

/* A symbol of the word; symbols form a list by their places. */
typedef struct Symbol {
    int32_t id;                 /* -1: joined to the one before */
    int32_t before, after;      /* places, -1 at the ends */
} Symbol;

/* A possible merge of the symbol at place with the one behind it. */
typedef struct Candidate {
    int32_t rank, place, made;
} Candidate;

typedef struct Heap {
    Candidate *items;           /* items[0] is the best */
    size_t nb;
} Heap;

static int is_better(const Candidate *a, const Candidate *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->place < b->place;
}

static void heap_push(Heap *heap, Candidate item)
{
    size_t i = heap->nb++;

    while (i && is_better(&item, &heap->items[(i - 1) / 2])) {
        heap->items[i] = heap->items[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->items[i] = item;
}

static Candidate heap_pop(Heap *heap)
{
    Candidate best = heap->items[0], item = heap->items[--heap->nb];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < heap->nb) {
        if (child + 1 < heap->nb &&
            is_better(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!is_better(&heap->items[child], &item))
            break;
        heap->items[i] = heap->items[child];
        i = child;
    }
    heap->items[i] = item;
    return best;
}

/* Put the merge of the symbol at place with its successor, if there is one. */
static void add_candidate(const TTMBpe *bpe, Heap *heap, const Symbol *symbols,
                          int32_t place)
{
    const Merge *merge;

    if (place < 0 || symbols[place].after < 0)
        return;
    merge = find_merge(bpe, symbols[place].id, symbols[symbols[place].after].id);
    if (merge->first >= 0)
        heap_push(heap, (Candidate){ merge->rank, place, merge->made });
}

/* Join until no candidate is left. */
static void join(const TTMBpe *bpe, Heap *heap, Symbol *symbols)
{
    while (heap->nb) {
        Candidate best = heap_pop(heap);
        Symbol *first = &symbols[best.place], *second;
        const Merge *merge;

        /* one of the two may have become part of something else meanwhile */
        if (first->id < 0 || first->after < 0)
            continue;
        second = &symbols[first->after];
        merge  = find_merge(bpe, first->id, second->id);
        if (merge->first < 0 || merge->made != best.made)
            continue;
        first->id    = best.made;
        first->after = second->after;
        second->id   = -1;
        if (first->after >= 0)
            symbols[first->after].before = best.place;
        add_candidate(bpe, heap, symbols, first->before);
        add_candidate(bpe, heap, symbols, best.place);
    }
}

int ttm_bpe_encode(const TTMBpe *bpe, const char *word, size_t size,
                   int32_t unknown, TTMIds *ids)
{
    Symbol *symbols = NULL;
    Heap heap = { 0 };
    int ret;

    if (size > INT32_MAX / 4)
        return TTM_ERR_MEMORY;
    symbols = ttm_array_alloc(size, sizeof(*symbols));
    /* a first candidate for each pair, two more for each of the joins */
    heap.items = ttm_array_alloc(3 * size, sizeof(*heap.items));
    ret = ttm_array_grow(&ids->ids, &ids->capacity, ids->nb + size,
                         sizeof(*ids->ids));
    if (!symbols || !heap.items)
        ret = TTM_ERR_MEMORY;
    for (size_t i = 0; ret >= 0 && i < size; i++) {
        const int32_t *table = i + 1 < size ? bpe->inside : bpe->ending;
        int32_t id = table[(uint8_t)word[i]];

        symbols[i].id     = id < 0 ? unknown : id;
        symbols[i].before = (int32_t)i - 1;
        symbols[i].after  = i + 1 < size ? (int32_t)i + 1 : -1;
    }
    if (ret >= 0) {
        for (size_t i = 0; i + 1 < size; i++)
            add_candidate(bpe, &heap, symbols, (int32_t)i);
        join(bpe, &heap, symbols);
        for (int32_t i = 0; i >= 0; i = symbols[i].after)
            ids->ids[ids->nb++] = symbols[i].id;
    }
    free(heap.items);
    free(symbols);
    return ret;
}
