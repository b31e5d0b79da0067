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
 * Fuzz target: configurations of the networks that find objects. The first byte of the input
 * says which file it is, and whether the weights are those of the reference or fit whatever
 * the configuration calls for.
 */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/detect.h"
#include "model/networks.h"

#define ANY_WEIGHTS 8           /* of the first byte */
#define MOST_TENSORS 1500
#define MOST_ELEMENTS (1 << 20)

/* A file that the input takes the place of, and who reads its folder. */
typedef struct Kind {
    const char *origin, *name;
    enum TTMNetTask task;
} Kind;

static const Kind kinds[] = {
    { "tests/ref/nets/segmenter/segmenter", "config.json", TTM_NET_SEGMENTER },
    { "tests/ref/nets/sam2/segmenter", "config.json", TTM_NET_SEGMENTER },
    { "tests/ref/detector/colours", "config.json", TTM_NET_DETECTOR },
    { "tests/ref/detector/colours", "preprocessor_config.json", TTM_NET_DETECTOR },
    { "tests/ref/detector/colours", "tokenizer_config.json", TTM_NET_DETECTOR },
};

#define NB_KINDS (sizeof(kinds) / sizeof(*kinds))

/* Lines of errors of this input, all of which must name what they are of. */
static const char *folder;      /* of the network */
static char first[256];
static int lines, strange;

static void keep_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level != TTM_LOG_ERROR)
        return;
    if (!lines++)
        snprintf(first, sizeof(first), "%s", message);
    strange += !strstr(message, folder);
}

static const TTMLog log_ = { keep_line, NULL };

/* What is wrong with a file is said once, and of that file. */
static void check(int ret)
{
    if (lines)
        fuzz_log.callback(fuzz_log.opaque, TTM_LOG_ERROR, first);
    fuzz_check(ret);
    if (ret == TTM_ERR_FORMAT || ret == TTM_ERR_UNSUPPORTED || ret == TTM_ERR_ARGUMENT) {
        fuzz_assert(lines == 1, first);
        fuzz_assert(!strange, first);
    }
}

int __real_ttm_part_tensor(TTMPart *part, const char *name, const TTMShape *shape,
                           const TTMFileTensor **tensor);
int __wrap_ttm_part_tensor(TTMPart *part, const char *name, const TTMShape *shape,
                           const TTMFileTensor **tensor);

static int any_weights, nb_tensors;
static TTMFile zeros;

/* Tensors of zeros in any shape, but not more than a small file has. */
int __wrap_ttm_part_tensor(TTMPart *part, const char *name, const TTMShape *shape,
                           const TTMFileTensor **tensor)
{
    static TTMFileTensor tensors[MOST_TENSORS];
    static char names[MOST_TENSORS][200];
    int64_t count = 1;

    for (int i = 0; i < shape->rank && count > 0 && count <= MOST_ELEMENTS; i++)
        count = shape->dim[i] > MOST_ELEMENTS ? 0 : count * shape->dim[i];
    if (!any_weights || count < 1 || count > MOST_ELEMENTS || nb_tensors == MOST_TENSORS)
        return __real_ttm_part_tensor(part, name, shape, tensor);
    snprintf(names[nb_tensors], sizeof(names[0]), "%s", name);
    tensors[nb_tensors] = (TTMFileTensor){
        .name = names[nb_tensors], .dtype = TTM_DTYPE_F32, .shape = *shape, .file = &zeros,
        .size = (size_t)count * sizeof(float), .dtype_name = "F32", .path = zeros.path
    };
    *tensor = &tensors[nb_tensors++];
    return 0;
}

/* A folder for each kind and each way of weights, whose path goes to @p path. */
static void path_of(char path[512], size_t kind, int any, const char *name)
{
    snprintf(path, 512, "%s/%zu-%s%s%s", fuzz_folder(), kind, any ? "any" : "own",
             name[0] ? "/" : "", name);
}

static void make_folders(void)
{
    /* a header that is an empty object */
    static const char no_tensors[] = "\2\0\0\0\0\0\0\0{}";
    const char *path = fuzz_write("zeros", "", 0);
    char to[512], command[1200], root[512];

    fuzz_assert(!truncate(path, MOST_ELEMENTS * sizeof(float)) &&
                ttm_file_open(&zeros, &fuzz_log, path) >= 0, "a file can be made");
    fuzz_assert(getcwd(root, sizeof(root)) != NULL, "there is a working folder");
    for (size_t i = 0; i < 2 * NB_KINDS; i++) {
        const char *origin = kinds[i / 2].origin;

        path_of(to, i / 2, i % 2, "");
        fuzz_assert(!mkdir(to, 0700), "a folder can be made");
        snprintf(command, sizeof(command), "cp -s '%s/%s/'* '%s'", root, origin, to);
        fuzz_assert(!system(command), "tests/ref is there: run in the source folder");
        if (!(i % 2))
            continue;
        for (int k = 0; k < 2; k++) {
            path_of(to, i / 2, 1, k ? "model.safetensors" :
                    "diffusion_pytorch_model.safetensors");
            if (!unlink(to))
                fuzz_write(to + strlen(fuzz_folder()) + 1, no_tensors, 10);
        }
    }
}

/* All networks that a clip would want of a segmenter. */
static int measure(TTMModels *m)
{
    const TTMSegmenter *s = &m->segmenter;
    const int maps = s->hints == TTM_HINT_MAPS;
    TTMNetwork *network;
    int ret = ttm_models_segmenter(m, s->side, s->side, 0, &network);

    return ret < 0 ? ret : ttm_models_segmenter(m, s->side, maps ? s->multiple : s->side,
                                                maps ? 0 : 3, &network);
}

static int plan_segmenter(TTMBackend *backend)
{
    TTMMeasure counts = { .precision = backend->precision, .log = &log_ };
    TTMModels m = { .log = &log_, .backend = backend, .measure = &counts };
    int ret = ttm_part_open_folder(&m.segmenter_part, &log_, folder);

    if (ret >= 0)
        ret = ttm_net_open(&m.segmenter_model, m.segmenter_part, TTM_NET_SEGMENTER);
    if (ret >= 0) {
        m.segmenter = m.segmenter_model.facts.segmenter;
        ret = measure(&m);
    }
    ttm_models_close(&m);
    return ret;
}

/* With weights of its own, all of it; else as far as its memory is known. */
static int detect(TTMBackend *backend)
{
    static uint8_t pixels[3 * 16 * 8];
    static const char *const texts[] = { "a red ball" };
    const TTMImage still = { sizeof(still), TTM_PIXEL_RGB8, 16, 8, 48, pixels };
    const TTMDetectRequest request = { folder, &still, texts, 1, texts,
                                       any_weights ? 0 : 1 << 20 };
    TTMSightings found;
    int ret = ttm_detect(backend, &log_, &request, &found);

    free(found.list);
    return ret;
}

static int is_one_of(uint8_t byte, const char *list)
{
    return byte && strchr(list, byte);
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* Mostly a value takes the place of a number, as bytes alone seldom make one. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    static const char *const values[] = {
        "0", "1", "2", "3", "4", "5", "6", "8", "9", "12", "16", "24", "31", "32", "48", "63",
        "64", "128", "256", "1000", "1024", "4096", "16384", "65536", "16777216", "2147483648",
        "-1", "0.5", "1e-60", "1e30", "1e999", "null", "true", "\"\"", "[]", "[4,4]", "{}"
    };
    const char *value = values[seed / 8 % (sizeof(values) / sizeof(*values))];
    const size_t length = strlen(value);
    size_t at = seed / 512 % (size ? size : 1), end;

    while (at < size && !is_one_of(data[at], "0123456789"))
        at++;
    for (end = at; end < size && is_one_of(data[end], "0123456789.e-+"); end++)
        ;
    if (seed % 8 == 0 || end == at || !at || size - (end - at) + length > most)
        return LLVMFuzzerMutate(data, size, most);
    memmove(data + at + length, data + end, size - end);
    memcpy(data + at, value, length);
    return size - (end - at) + length;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static const TTMBackendRequest request = { "cpu:plain", TTM_DTYPE_F32, 1 };
    static TTMBackend *backend;
    const int choice = fuzz_byte(&data, &size);
    const size_t kind = (size_t)(choice % ANY_WEIGHTS) % NB_KINDS;
    char path[512], of[512];
    int ret;

    if (!backend) {
        fuzz_assert(ttm_backend_open(&backend, &fuzz_log, &request) >= 0, "there is a CPU");
        make_folders();
    }
    any_weights = choice & ANY_WEIGHTS;
    nb_tensors = lines = strange = 0;
    first[0] = 0;
    path_of(of, kind, any_weights, "");
    path_of(path, kind, any_weights, kinds[kind].name);
    folder = of;
    fuzz_write(path + strlen(fuzz_folder()) + 1, data, size);
    backend->log = &log_;
    ret = kinds[kind].task == TTM_NET_SEGMENTER ? plan_segmenter(backend) : detect(backend);
    /* that is said of the budget with the same code */
    if (ret != TTM_ERR_MEMORY || !strstr(first, "may be used"))
        check(ret);
    backend->log = &fuzz_log;
}
