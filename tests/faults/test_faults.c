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
 * Memory, file calls and threads that fail, one at a time, from the opening of a bundle to
 * the last frame: no crash, no leak, an error with a line that says why, a frame that
 * failed is right when it is asked for again, and so is the next clip. A seeded sample, half
 * as many with TTM_SAMPLE; with TTM_FAULTS=all every place in the code that makes
 * such a call, with TTM_FAULTS=SCENARIO:all those of one scenario, with SCENARIO:KIND
 * those of one kind, with SCENARIO:CALL that one call with where it came from.
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "inject.h"
#include "ttm.h"

#define W      72
#define H      48
#define FRAMES 2
#define BYTES  (FRAMES * 3 * W * H)
#define SKIPPED  77             ///< status of a child: there is no such device
#define NOT_MADE 78             ///< the call that is to fail was not made

static char folder[] = "/tmp/ttm-faults-XXXXXX";

/** What is run; options as name, value, ..., NULL, with %s for the folder. */
typedef struct Scenario {
    const char *name;
    const char *const *options;
    int masks, trajectory, end;
    int sample;                 ///< calls that fail in a short run
    int driver;                 ///< a frame that fails for a device's sake is not asked for again
} Scenario;

static const Scenario scenarios[] = {
    { "full", (const char *const[]){ "device", "cpu:plain", "threads", "1", "report",
      "%s/report.json", "prompt", "the red box moves right", NULL }, 0, 0, 0, 40 },
    { "plan", (const char *const[]){ "device", "cpu:plain", "threads", "1", "mode", "plan",
      "promptfile", "%s/prompt.txt", NULL }, 1, 0, 0, 40 },
    { "render", (const char *const[]){ "device", "cpu:plain", "threads", "1", "mode",
      "render", "objects", "%s/objects.json", "lora", "%s/l.safetensors:0.5:video",
      "refine", "shape", NULL }, 1, 1, 0, 40 },
    { "end", (const char *const[]){ "device", "cpu:plain", "threads", "1", "end", "1", "objects",
      "%s/ends.json", "report", "%s/report.json", "camera", "pan left 10%%+shake", NULL }, 0, 0, 1,
      40 },
    { "loop", (const char *const[]){ "device", "cpu:plain", "threads", "1", "loop", "1",
      "prompt", "the camera slowly zooms in", NULL }, 0, 0, 0, 40 },
    { "objects", (const char *const[]){ "device", "cpu:plain", "threads", "1", "mode",
      "objects", "objects", "%s/places.json", "report", "%s/report.json", "size", "96x64",
      NULL }, 0, 0, 0, 40 },
    { "llm", (const char *const[]){ "device", "cpu:plain", "threads", "1", "mode", "objects",
      "prompt", "two red boxes move right", "llm", "http://localhost:1/v1", "llm_model", "tiny",
      "report", "%s/report.json", NULL }, 0, 0, 0, 40 },
    { "onednn", (const char *const[]){ "device", "cpu", "threads", "1", "memory", "3M",
      "prompt", "the red box moves right", "size", "96x64", NULL }, 0, 0, 0, 40 },
    { "threads", (const char *const[]){ "device", "cpu:plain", "threads", "3", "prompt",
      "the red box moves right", NULL }, 0, 0, 0, 40 },
    { "vulkan", (const char *const[]){ "device", "vulkan:0", "threads", "1", "prompt",
      "the red box moves right", NULL }, 0, 0, 0, 0, 1 },   // slow: TTM_FAULTS=all only
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(*scenarios) };

/** What was logged. */
typedef struct Lines {
    char error[512];
    int errors;
} Lines;

static Lines lines;
static uint8_t *expected;       ///< shared by the processes
static uint8_t frames[2 * BYTES];
static int refused;             ///< a frame that failed was not there the second time

static void keep_line(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)opaque;
    if (level == TTM_LOG_ERROR) {
        snprintf(lines.error, sizeof(lines.error), "%s", message);
        lines.errors++;
    }
}

static void write_file(const char *name, const void *data, size_t size)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    fclose(file);
}

static void write_files(void)
{
    static const char lora[] =
        "{\"lora_unet_mid_block_resnets_0_conv1.lora_down.weight\": "
        "{\"dtype\": \"F32\", \"shape\": [1, 16, 3, 3], "
        "\"data_offsets\": [0, 576]}, "
        "\"lora_unet_mid_block_resnets_0_conv1.lora_up.weight\": "
        "{\"dtype\": \"F32\", \"shape\": [16, 1, 1, 1], "
        "\"data_offsets\": [576, 640]}}";
    static const char objects[] = "{\"camera\": \"zoom in 1.2\", \"objects\": [{\"name\": "
                                  "\"red box\", \"prompt\": \"the red box turns\", "
                                  "\"color\": \"#ff0000\"}]}";
    static const char places[] = "{\"objects\": [{\"name\": \"red\", \"prompt\": "
                                 "\"it turns\", \"box\": [18, 10, 26, 28], "
                                 "\"points\": [[30, 20]], \"not\": [[5, 5]]}]}";
    static const char ends[] = "{\"objects\": [{\"name\": \"red\", \"prompt\": \"it moves\", "
                               "\"box\": [20, 12, 21, 25], \"end\": "
                               "{\"box\": [30, 12, 21, 25], \"not\": [[5, 5]]}}]}";
    static const char prompt[] = "the red box moves right";
    char data[8 + sizeof(lora) - 1 + 640];
    const uint64_t length = sizeof(lora) - 1;

    memcpy(data, &length, 8);
    memcpy(data + 8, lora, sizeof(lora) - 1);
    for (int i = 0; i < 160; i++) {
        const float value = (float)(i * 7 % 11 - 5) / 5;

        memcpy(data + 8 + sizeof(lora) - 1 + 4 * i, &value, sizeof(value));
    }
    write_file("l.safetensors", data, sizeof(data));
    write_file("objects.json", objects, sizeof(objects) - 1);
    write_file("places.json", places, sizeof(places) - 1);
    write_file("ends.json", ends, sizeof(ends) - 1);
    write_file("prompt.txt", prompt, sizeof(prompt) - 1);
}

/* A server that knows the answer, in the second form that it is asked in. */
static int answer(void *opaque, const TTMPost *post, TTMReply *reply)
{
    static const char good[] = "{\"choices\":[{\"message\":{\"content\":\"{\\\"objects\\\":[{"
        "\\\"name\\\":\\\"two red boxes\\\",\\\"prompt\\\":\\\"the red boxes move right\\\"}],"
        "\\\"motion\\\":\\\"the red boxes move right\\\"}\"}}]}";
    const int plain = !strstr(post->body, "response_format");
    const char *body = plain ? good : "{\"error\":{\"message\":\"no forms\"}}";

    (void)opaque;
    reply->status    = plain ? 200 : 400;
    reply->body_size = strlen(body);
    reply->body      = malloc(reply->body_size + 1);
    if (!reply->body)
        return TTM_ERR_MEMORY;
    memcpy(reply->body, body, reply->body_size + 1);
    return 0;
}

static int make_settings(const Scenario *s, TTMSettings **settings)
{
    static const char *const common[] = {
        "model", "tests/ref/bundle", "precision", "f32", "steps", "1", "frames", "2",
        "seed", "3", NULL
    };
    const char *const *lists[] = { common, s->options };

    *settings = ttm_settings_alloc();
    if (!*settings) {
        /* the one place without a line: there is nothing yet that could log */
        snprintf(lines.error, sizeof(lines.error), "out of memory");
        lines.errors = 1;
        return TTM_ERR_MEMORY;
    }
    ttm_settings_set_log(*settings, keep_line, NULL);
    ttm_settings_set_post(*settings, answer, NULL);
    for (int i = 0; i < 2; i++)
        for (const char *const *option = lists[i]; *option; option += 2) {
            char value[256];
            int ret;

            snprintf(value, sizeof(value), option[1], folder);
            ret = ttm_settings_set(*settings, option[0], value);
            if (ret < 0)
                return ret;
        }
    return 0;
}

__attribute__((noinline))
static int open_context(const Scenario *s, TTMContext **ctx)
{
    TTMSettings *settings;
    int ret = make_settings(s, &settings);

    *ctx = NULL;
    if (ret >= 0)
        ret = ttm_open(ctx, settings);
    ttm_settings_free(&settings);
    return ret;
}

static void draw(uint8_t *pixels, int left, int is_mask)
{
    for (int i = 0; i < W * H; i++) {
        const int in = i % W > left && i % W < left + 20 && i / W > 12 && i / W < 36;

        pixels[3 * i]     = in ? 255 : is_mask ? 0 : 60;
        pixels[3 * i + 1] = in ? 0 : is_mask ? 0 : 90;
        pixels[3 * i + 2] = in || is_mask ? 0 : (uint8_t)(60 + i / W);
    }
}

static int make_clip(const Scenario *s, TTMContext *ctx, uint8_t *to)
{
    uint8_t pixels[3 * W * H];
    TTMImage image = { sizeof(image), TTM_PIXEL_RGB8, W, H, 3 * W, pixels };
    int width, height, ret;

    draw(pixels, 20, 0);
    ret = ttm_set_image(ctx, &image);
    if (ret >= 0)
        ret = ttm_set_source(ctx, "tests/faults/inject.h");
    draw(pixels, 20, 1);
    if (ret >= 0 && s->masks)
        ret = ttm_set_masks(ctx, &image);
    draw(pixels, 30, 0);
    if (ret >= 0 && s->end)
        ret = ttm_set_end(ctx, &image);
    for (int i = 0; i < FRAMES && ret >= 0 && s->trajectory; i++) {
        draw(pixels, 20 + 5 * i, 1);
        ret = ttm_add_trajectory_frame(ctx, &image);
    }
    while (ret >= 0 && (ret = ttm_step(ctx, NULL)) == TTM_MORE)
        ;
    if (ret >= 0)
        ret = ttm_output_size(ctx, W, H, &width, &height);
    for (int i = 0; ret >= 0 && i < ttm_frame_count(ctx); i++) {
        const size_t size = 3 * (size_t)width * (size_t)height;
        TTMImage frame = { sizeof(frame), TTM_PIXEL_RGB8, width, height, 3 * width,
                           to + (size_t)i * size };

        ret = ttm_get_frame(ctx, i, &frame);
        if (ret < 0 && !s->driver)
            refused = ttm_get_frame(ctx, i, &frame) < 0 ||
                      memcmp(frame.data, expected + (size_t)i * size, size);
    }
    return ret;
}

/* From here on the places of calls are the same where they are recorded and fail. */
__attribute__((noinline))
static int open_and_make(const Scenario *s, TTMContext **ctx, uint8_t *to)
{
    int ret = open_context(s, ctx);

    return ret < 0 ? ret : make_clip(s, *ctx, to);
}

/* Exit status of a child: 0: all is well, 1 after a message, or NOT_MADE. */
static int run_fault(const Scenario *s, long call, enum InjectKind kind)
{
    TTMContext *ctx;
    int ret, errors;
    const char *wrong = NULL, *asked = getenv("TTM_FAULTS");

    memset(frames, 0, sizeof(frames));
    inject_begin(0);
    inject_fail(call);
    ret    = open_and_make(s, &ctx, frames);
    errors = lines.errors;
    if (!inject_done()) {
        ttm_close(&ctx);
        return NOT_MADE;
    }
    if (refused) {
        wrong = "a frame that failed cannot be had again";
    } else if (ret >= 0) {
        if (memcmp(frames, expected, sizeof(frames)))
            wrong = "the clip is another one, without an error";
    } else if (!errors) {
        wrong = "an error without a line";
    } else if (errors > 1) {
        wrong = "an error with two lines";
    } else if (kind == INJECT_DEVICE) {
        if ((ret != TTM_ERR_MEMORY && ret != TTM_ERR_DEVICE) ||
            !strstr(lines.error, "OUT_OF_DEVICE_MEMORY"))
            wrong = "another cause is told";
    } else if (kind == INJECT_FILE ? ret != TTM_ERR_FILE ||
               !strstr(lines.error, "Input/output error") :
               ret != TTM_ERR_MEMORY || !strstr(lines.error, "memory")) {
        wrong = "another cause is told";
    }
    if (!wrong && (ctx || open_context(s, &ctx) >= 0)) {
        memset(frames, 0, sizeof(frames));
        if (make_clip(s, ctx, frames) < 0)
            wrong = "the next clip fails";
        else if (memcmp(frames, expected, sizeof(frames)))
            wrong = "the next clip is another one";
    } else if (!wrong) {
        wrong = "it cannot be opened again";
    }
    ttm_close(&ctx);
    if (!wrong && inject_blocks())
        wrong = "memory is held after the end";
    if (wrong)
        printf("    %s: call %ld (%s): %s; code %d, '%s'\n", s->name, call,
               inject_names[kind], wrong, ret, lines.error);
    if (wrong)
        inject_print_blocks(5);
    if (asked && strpbrk(asked, "0123456789"))
        inject_print_fault();
    return wrong != NULL;
}

/** Record the calls of a clip, which is the one that is expected. */
static int record_clip(const Scenario *s)
{
    TTMContext *ctx;
    int ret;

    memset(expected, 0, sizeof(frames));
    inject_begin(1);
    ret = open_and_make(s, &ctx, expected);
    inject_begin(0);
    ttm_close(&ctx);
    if (ret < 0 || inject_blocks())
        printf("    %s: without a fault: code %d, '%s', %zu blocks held\n", s->name, ret,
               lines.error, inject_blocks());
    return ret == TTM_ERR_DEVICE || ret == TTM_ERR_UNSUPPORTED ? SKIPPED :
           ret < 0 || inject_blocks();
}

/**
 * Exit status of a child, which may crash and whose threads (of drivers, say) are its
 * own, that lets @p call fail; that records where it is negative.
 */
static int run_child(const Scenario *s, long call, enum InjectKind kind)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        int ret;

        /* cmocka's handlers would go on with the next test */
        for (int i = 1; i < 32; i++)
            signal(i, i == SIGSEGV || i == SIGABRT ? inject_print_crash : SIG_DFL);
        alarm(300);
        ret = call < 0 ? record_clip(s) : run_fault(s, call, kind);
        fflush(stdout);
        _exit(ret);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    printf("    %s: call %ld (%s): killed by signal %d\n", s->name, call,
           inject_names[kind], WTERMSIG(status));
    return 1;
}

/*
 * 1 if a call that fails is not borne well. Seconds in a report have one digit more or less,
 * and text that grows is allocated once more or less: the same call is asked for anew then.
 */
static int is_wrong(const Scenario *s, long call, enum InjectKind kind)
{
    int ret = NOT_MADE;

    for (int i = 0; i < 5 && ret == NOT_MADE; i++)
        ret = run_child(s, call, kind);
    if (ret == NOT_MADE)
        printf("    %s: call %ld (%s): it was not made again\n", s->name, call,
               inject_names[kind]);
    return ret != 0;
}

/* Which of @p nb places fail: all, a sample, or one that the environment names. */
static int is_chosen(const Scenario *s, long call, enum InjectKind kind, size_t nb,
                     unsigned *random)
{
    const char *asked = getenv("TTM_FAULTS");
    const size_t length = strlen(s->name);

    if (asked && !strcmp(asked, "all"))
        return 1;
    if (asked)
        return !strncmp(asked, s->name, length) && asked[length] == ':' &&
               (!strcmp(asked + length + 1, "all") ||
                !strcmp(asked + length + 1, inject_names[kind]) ||
                (strpbrk(asked + length + 1, "0123456789") &&
                 atol(asked + length + 1) == call));
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % nb < (size_t)s->sample / (getenv("TTM_SAMPLE") ? 2 : 1);
}

static void run_scenario(void **test_state)
{
    const Scenario *s = *test_state;
    const char *seed_text = getenv("TTM_SEED");
    const unsigned seed = seed_text ? (unsigned)atol(seed_text) : (unsigned)time(NULL);
    unsigned random = seed;
    int places[INJECT_NB] = { 0 }, tried[INJECT_NB] = { 0 }, wrong = 0, ret;
    const long *list;
    size_t nb;

    ret = run_child(s, -1, INJECT_MEMORY);
    if (ret == SKIPPED)
        skip();
    assert_int_equal(ret, 0);
    nb = inject_distinct(&list);
    print_message("%s: %ld calls from %zu places; seed %u\n", s->name, inject_calls(), nb, seed);
    for (size_t i = 0; i < nb; i++) {
        const enum InjectKind kind = inject_kind(list[i]);

        places[kind]++;
        if (!is_chosen(s, list[i], kind, nb, &random))
            continue;
        tried[kind]++;
        wrong += is_wrong(s, list[i], kind);
    }
    for (int kind = 0; kind < INJECT_NB; kind++)
        if (places[kind])
            print_message("%s: %d of %d places of %s calls failed in turn\n", s->name,
                          tried[kind], places[kind], inject_names[kind]);
    if (wrong)
        fail_msg("%s: %d were not borne well", s->name, wrong);
}

int main(void)
{
    struct CMUnitTest tests[SCENARIOS];
    char command[64];
    int ret;

    inject_start();
    expected = mmap(NULL, sizeof(frames), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (expected == MAP_FAILED)
        return 1;
    if (!mkdtemp(folder))
        return 1;
    write_files();
    for (int i = 0; i < SCENARIOS; i++)
        tests[i] = (struct CMUnitTest){ scenarios[i].name, run_scenario, NULL, NULL,
                                        (void *)(uintptr_t)&scenarios[i] };
    ret = cmocka_run_group_tests_name("faults", tests, NULL, NULL);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command) || ret;
}
