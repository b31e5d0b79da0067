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
 * A small host of frei0r: it loads the built plugin as hosts do, lists it, sets
 * parameters, asks for frames in any order, and compares them with those of libttm.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <frei0r.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/unit.h"

#define W      72
#define H      48
#define PIXELS (W * H)
#define FRAMES 4
#define RATE   8.0

#define PROMPT  "the ball moves left"
#define OBJECTS "{\"objects\": [{\"name\": \"ball\", \"prompt\": \"the ball moves left\", " \
                "\"box\": [8, 8, 24, 24]}]}"
#define OPTIONS "steps=1:threads=1:device=cpu:refine=none"

/** Parameters in the order of their indices, which projects of hosts contain. */
enum { P_PROMPT, P_OBJECTS, P_MODEL, P_SEED, P_OPTIONS, P_START, P_TIME, NB_PARAMS };

static struct {
    void *file;
    int (*init)(void);
    void (*deinit)(void);
    void (*get_plugin_info)(f0r_plugin_info_t *info);
    void (*get_param_info)(f0r_param_info_t *info, int index);
    f0r_instance_t (*construct)(unsigned width, unsigned height);
    void (*destruct)(f0r_instance_t instance);
    void (*set_param_value)(f0r_instance_t instance, f0r_param_t value, int index);
    void (*get_param_value)(f0r_instance_t instance, f0r_param_t value, int index);
    void (*update)(f0r_instance_t instance, double time, const uint32_t *in,
                   uint32_t *out);
} host;

static uint8_t still[4 * PIXELS];
static uint8_t expected[FRAMES][3 * PIXELS];

/* stderr goes to a file between the two calls. */
static int saved_stderr = -1;
static FILE *lines;

static void listen(void)
{
    lines = tmpfile();
    assert_non_null(lines);
    fflush(stderr);
    saved_stderr = dup(2);
    assert_true(dup2(fileno(lines), 2) >= 0);
}

/** What was written, and the number of its lines. */
static int heard(char *text, size_t size)
{
    size_t length;
    int count = 0;

    fflush(stderr);
    assert_true(dup2(saved_stderr, 2) >= 0);
    close(saved_stderr);
    rewind(lines);
    length = fread(text, 1, size - 1, lines);
    text[length] = 0;
    fclose(lines);
    for (const char *p = text; *p; p++)
        count += *p == '\n';
    return count;
}

static void set(f0r_instance_t instance, int index, const char *value)
{
    char *text = (char *)(uintptr_t)value;

    host.set_param_value(instance, &text, index);
}

static const char *get(f0r_instance_t instance, int index)
{
    char *text = NULL;

    host.get_param_value(instance, &text, index);
    return text;
}

static f0r_instance_t make(void)
{
    f0r_instance_t instance = host.construct(W, H);

    assert_non_null(instance);
    set(instance, P_PROMPT, PROMPT);
    set(instance, P_OBJECTS, OBJECTS);
    set(instance, P_MODEL, "tests/ref/bundle");
    set(instance, P_SEED, "7");
    set(instance, P_OPTIONS, OPTIONS);
    return instance;
}

/** Frame @p index of the clip, or -1 the still, as it is expected of @p in. */
static void assert_frame(const uint8_t *out, const uint8_t *in, int index)
{
    for (int i = 0; i < PIXELS; i++) {
        const uint8_t *rgb = index < 0 ? in + 4 * i : expected[index] + 3 * i;

        if (memcmp(out + 4 * i, rgb, 3) || out[4 * i + 3] != in[4 * i + 3])
            fail_msg("pixel %d is not that of frame %d", i, index);
    }
}

static void show(f0r_instance_t instance, double time, const uint8_t *in, int index)
{
    static _Thread_local uint8_t out[4 * PIXELS];

    memset(out, 0x55, sizeof(out));
    host.update(instance, time, (const uint32_t *)(const void *)in,
                (uint32_t *)(void *)out);
    assert_frame(out, in, index);
}

static void draw_still(void)
{
    for (int i = 0; i < PIXELS; i++) {
        int x = i % W, y = i / W, ball = (x - 20) * (x - 20) + (y - 20) * (y - 20) < 100;

        still[4 * i]     = ball ? 220 : 2 * x;
        still[4 * i + 1] = ball ? 40 : 3 * y;
        still[4 * i + 2] = ball ? 30 : 90;
        still[4 * i + 3] = x + y;
    }
}

/* The frames of the same clip by libttm. */
static void make_expected(const char *seed)
{
    static const char *const options[][2] = {
        { "prompt", PROMPT }, { "objects", OBJECTS }, { "model", "tests/ref/bundle" },
        { "steps", "1" }, { "threads", "1" }, { "device", "cpu" }, { "refine", "none" },
    };
    TTMSettings *settings = ttm_settings_alloc();
    TTMContext *ctx;
    uint8_t rgb[3 * PIXELS];
    TTMImage image = { .struct_size = sizeof(image), .format = TTM_PIXEL_RGB8,
                       .width = W, .height = H, .stride = 3 * W, .data = rgb };

    assert_non_null(settings);
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        assert_int_equal(ttm_settings_set(settings, options[i][0], options[i][1]), 0);
    assert_int_equal(ttm_settings_set(settings, "seed", seed), 0);
    assert_int_equal(ttm_open(&ctx, settings), 0);
    for (int i = 0; i < PIXELS; i++)
        memcpy(rgb + 3 * i, still + 4 * i, 3);
    assert_int_equal(ttm_set_image(ctx, &image), 0);
    while (ttm_step(ctx, NULL) > 0)
        ;
    assert_int_equal(ttm_frame_count(ctx), FRAMES);
    for (int i = 0; i < FRAMES; i++) {
        image.data = expected[i];
        assert_int_equal(ttm_get_frame(ctx, i, &image), 0);
        if (i)
            assert_memory_not_equal(expected[i], expected[i - 1], sizeof(expected[i]));
    }
    ttm_close(&ctx);
    ttm_settings_free(&settings);
}

static void *symbol(const char *name)
{
    void *address = dlsym(host.file, name);

    if (!address)
        fail_msg("%s is missing", name);
    return address;
}

static int load(void **state)
{
    char path[4096];

    (void)state;
    snprintf(path, sizeof(path), "%s/frei0r-1/ttm.so", getenv("BUILD"));
    host.file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!host.file)
        fail_msg("%s", dlerror());
    *(void **)&host.init            = symbol("f0r_init");
    *(void **)&host.deinit          = symbol("f0r_deinit");
    *(void **)&host.get_plugin_info = symbol("f0r_get_plugin_info");
    *(void **)&host.get_param_info  = symbol("f0r_get_param_info");
    *(void **)&host.construct       = symbol("f0r_construct");
    *(void **)&host.destruct        = symbol("f0r_destruct");
    *(void **)&host.set_param_value = symbol("f0r_set_param_value");
    *(void **)&host.get_param_value = symbol("f0r_get_param_value");
    *(void **)&host.update          = symbol("f0r_update");
    assert_true(host.init() >= 0);
    draw_still();
    make_expected("7");
    return 0;
}

static int unload(void **state)
{
    (void)state;
    host.deinit();
    return dlclose(host.file);
}

static void test_info(void **state)
{
    static const char *const names[NB_PARAMS] = {
        "prompt", "objects", "model", "seed", "options", "start", "time"
    };
    f0r_plugin_info_t info;
    f0r_param_info_t param;

    (void)state;
    memset(&info, 0xff, sizeof(info));
    host.get_plugin_info(&info);
    assert_int_equal(info.plugin_type, F0R_PLUGIN_TYPE_FILTER);
    assert_int_equal(info.color_model, F0R_COLOR_MODEL_RGBA8888);
    assert_int_equal(info.frei0r_version, FREI0R_MAJOR_VERSION);
    assert_int_equal(info.major_version, TTM_VERSION_MAJOR);
    assert_int_equal(info.minor_version, TTM_VERSION_MINOR);
    assert_true(*info.name && *info.author && *info.explanation);
    assert_int_equal(info.num_params, NB_PARAMS);
    for (int i = 0; i < NB_PARAMS; i++) {
        memset(&param, 0xff, sizeof(param));
        host.get_param_info(&param, i);
        assert_string_equal(param.name, names[i]);
        assert_int_equal(param.type, F0R_PARAM_STRING);
        assert_true(*param.explanation);
    }
    host.get_param_info(&param, NB_PARAMS);
    assert_null(param.name);
    host.get_param_info(&param, -1);
    assert_null(param.name);
}

static int count_files(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Hosts construct plugins just to list them. */
static void test_construction_is_free(void **state)
{
    f0r_instance_t instances[100];
    size_t before, after;
    int files = count_files();
    char text[256];

    (void)state;
    listen();
    before = mallinfo2().uordblks;
    for (int i = 0; i < 100; i++)
        instances[i] = host.construct(1920, 1080);
    after = mallinfo2().uordblks;
    for (int i = 0; i < 100; i++)
        assert_non_null(instances[i]);
    assert_string_equal(get(instances[0], P_PROMPT), "");
    assert_string_equal(get(instances[0], P_SEED), "0");
    assert_string_equal(get(instances[0], P_START), "0");
    assert_string_equal(get(instances[0], P_TIME), "auto");
    for (int i = 0; i < 100; i++)
        host.destruct(instances[i]);
    assert_int_equal(heard(text, sizeof(text)), 0);
    assert_true(after - before < 100 * 1024);
    assert_int_equal(count_files(), files);
    assert_null(host.construct(0, 16));
    assert_null(host.construct(16, 0));
    assert_null(host.construct(1U << 20, 1U << 20));
    host.destruct(NULL);
}

static void test_parameters(void **state)
{
    f0r_instance_t instance = make();
    char changing[] = "the ball moves up";
    char *null = NULL;

    (void)state;
    set(instance, P_PROMPT, changing);
    changing[0] = 'T';
    assert_string_equal(get(instance, P_PROMPT), "the ball moves up");
    set(instance, P_SEED, "12");
    assert_string_equal(get(instance, P_SEED), "12");
    host.set_param_value(instance, &null, P_SEED);
    assert_string_equal(get(instance, P_SEED), "");
    set(instance, NB_PARAMS, "x");
    set(instance, -1, "x");
    assert_null(get(instance, NB_PARAMS));
    assert_null(get(instance, -1));
    host.set_param_value(instance, NULL, P_SEED);
    host.set_param_value(NULL, &null, P_SEED);
    host.destruct(instance);
}

/* At 8 a second the frames in order, each with the alpha of the host's frame. */
static void test_frames(void **state)
{
    f0r_instance_t instance = make();
    uint8_t later[4 * PIXELS];

    (void)state;
    show(instance, 0, still, 0);
    memset(later, 0x80, sizeof(later));
    for (int i = 1; i < FRAMES; i++)
        show(instance, i / RATE, i & 1 ? later : still, i);
    host.destruct(instance);

    /* A host of 24 frames a second shows each three times. */
    instance = make();
    for (int i = 0; i < 3 * FRAMES; i++)
        show(instance, i / 24.0, still, i / 3);
    host.destruct(instance);

    /* In place, which hosts do although nobody promised it. */
    instance = make();
    memcpy(later, still, sizeof(later));
    host.update(instance, 0, (const uint32_t *)(const void *)later,
                (uint32_t *)(void *)later);
    assert_frame(later, still, 0);
    host.update(NULL, 0, (const uint32_t *)(const void *)later,
                (uint32_t *)(void *)later);
    host.update(instance, 0, NULL, (uint32_t *)(void *)later);
    assert_frame(later, still, 0);
    host.destruct(instance);
}

static void test_seek(void **state)
{
    static const double times[] = { 0.375, 0.125, 0, 0.25, -3, 60, 0.123, 0.1245, 0.375 };
    static const int frames[] = { 3, 1, 0, 2, 0, 3, 0, 1, 3 };
    f0r_instance_t instance = make();
    uint8_t other[4 * PIXELS];

    (void)state;
    set(instance, P_TIME, "seconds");
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        show(instance, times[i], still, frames[i]);
    show(instance, (double)NAN, still, 3);
    show(instance, (double)INFINITY, still, 3);
    host.destruct(instance);

    /* What comes at the very start is the still, later frames are not. */
    instance = make();
    set(instance, P_TIME, "seconds");
    memset(other, 0x33, sizeof(other));
    host.update(instance, 0.25, (const uint32_t *)(const void *)other,
                (uint32_t *)(void *)other);
    show(instance, 0, still, 0);
    memset(other, 0x33, sizeof(other));
    show(instance, 0.25, other, 2);
    show(instance, 0.375, other, 3);
    host.destruct(instance);
}

static void test_clock(void **state)
{
    f0r_instance_t instance = make();

    (void)state;
    /* milliseconds, as FFmpeg before 8.0 has them */
    for (int i = 0; i < 10; i++)
        show(instance, 40 * i, still, i * 40 / 125 < FRAMES ? i * 40 / 125 : FRAMES - 1);
    host.destruct(instance);

    /* a jump of a host in seconds, which is told from them by the next frame */
    instance = make();
    show(instance, 0, still, 0);
    show(instance, 10, still, 0);
    show(instance, 10.04, still, 3);
    show(instance, 0.25, still, 2);
    show(instance, 20, still, 3);
    host.destruct(instance);

    instance = make();
    set(instance, P_TIME, "seconds");
    show(instance, 0, still, 0);
    show(instance, 10, still, 3);
    set(instance, P_TIME, "milliseconds");
    show(instance, 130, still, 1);
    host.destruct(instance);

    instance = make();
    set(instance, P_START, "1.5");
    show(instance, 1.25, still, 0);
    show(instance, 1.5, still, 0);
    show(instance, 1.75, still, 2);
    set(instance, P_START, "first");
    show(instance, 100, still, 0);
    show(instance, 100.125, still, 1);
    host.destruct(instance);
}

static void *thread(void *opaque)
{
    f0r_instance_t instance = make();

    (void)opaque;
    for (int i = FRAMES - 1; i >= 0; i--)
        show(instance, i / RATE, still, i);
    return instance;
}

static void test_two_instances(void **state)
{
    pthread_t threads[2];
    f0r_instance_t instances[2], third = make();

    (void)state;
    show(third, 0, still, 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread, NULL), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], &instances[i]), 0);
    host.destruct(instances[0]);
    show(third, 0.125, still, 1);
    show(instances[1], 0.25, still, 2);
    host.destruct(instances[1]);
    host.destruct(third);               /* in the midst of its clip */
}

/* A change makes another clip of the same still, not of the frame that is there. */
static void test_change(void **state)
{
    f0r_instance_t instance = make();
    uint8_t other[4 * PIXELS];

    (void)state;
    memset(other, 0x33, sizeof(other));
    show(instance, 0, still, 0);
    show(instance, 0.125, other, 1);
    set(instance, P_SEED, "8");
    make_expected("8");
    show(instance, 0.25, other, 2);
    set(instance, P_OPTIONS, OPTIONS ":seed=7");
    make_expected("7");
    show(instance, 0.375, other, 3);
    show(instance, 0.25, other, 2);
    host.destruct(instance);
}

static void test_errors(void **state)
{
    static const struct { int index; const char *value, *says; } wrong[] = {
        { P_MODEL,   "/nonexistent", "option model: there is no folder" },
        { P_OBJECTS, "/nonexistent.json", "/nonexistent.json" },
        { P_OBJECTS, "{\"objects\": [", "objects" },
        { P_SEED,    "many", "option seed" },
        { P_OPTIONS, "stops=4", "stops" },
        { P_OPTIONS, "steps=-4", "option steps" },
        { P_OPTIONS, "steps", "is not a name and a value" },
        { P_OPTIONS, "=4", "is not a name and a value" },
        { P_OPTIONS, "device='cpu", "a quote that is not closed" },
        { P_OPTIONS, "mode=render", "a second input" },
        { P_OPTIONS, "mode draft", "a second input" },
        { P_OPTIONS, "masks=1", "a second input" },
        { P_OPTIONS, "size=64x64", "have the size of the host's" },
        { P_START,   "soon", "parameter start" },
        { P_TIME,    "hours", "parameter time" },
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        f0r_instance_t instance = make();
        char *good = strdup(get(instance, wrong[i].index));

        listen();
        set(instance, wrong[i].index, wrong[i].value);
        show(instance, 0, still, -1);
        show(instance, 0.125, still, -1);
        set(instance, wrong[i].index, wrong[i].value);
        show(instance, 0.25, still, -1);
        if (heard(text, sizeof(text)) != 1 || !strstr(text, wrong[i].says) ||
            strncmp(text, "frei0r ttm: ", 12))
            fail_msg("'%s' says: %s", wrong[i].value, text);
        set(instance, wrong[i].index, good);
        show(instance, 0, still, 0);
        show(instance, 0.25, still, 2);
        free(good);
        host.destruct(instance);
    }

    /* nothing said at all */
    {
        f0r_instance_t instance = make();

        listen();
        set(instance, P_PROMPT, "");
        set(instance, P_OBJECTS, "");
        show(instance, 0, still, -1);
        if (heard(text, sizeof(text)) != 1 || !strstr(text, "prompt"))
            fail_msg("%s", text);
        host.destruct(instance);
    }
}

/* A picked seed is told, and gives the clip again. */
static void test_picked_seed(void **state)
{
    f0r_instance_t instance = make();
    uint8_t first[4 * PIXELS], again[4 * PIXELS];
    char text[512], seed[32] = "";

    (void)state;
    listen();
    set(instance, P_SEED, "-1");
    host.update(instance, 0.25, (const uint32_t *)(const void *)still,
                (uint32_t *)(void *)first);
    assert_int_equal(heard(text, sizeof(text)), 1);
    assert_int_equal(sscanf(text, "frei0r ttm: seed %31[0-9]", seed), 1);
    host.destruct(instance);
    instance = make();
    set(instance, P_SEED, seed);
    host.update(instance, 0.25, (const uint32_t *)(const void *)still,
                (uint32_t *)(void *)again);
    assert_memory_equal(first, again, sizeof(first));
    host.destruct(instance);
}

/* Sizes that are no multiples of 8, which FFmpeg does not keep hosts from. */
static void test_odd_size(void **state)
{
    f0r_instance_t instance = host.construct(W - 5, H - 7);
    uint8_t out[4 * (W - 5) * (H - 7)];
    char text[512];

    (void)state;
    listen();
    set(instance, P_PROMPT, PROMPT);
    set(instance, P_OBJECTS, OBJECTS);
    set(instance, P_MODEL, "tests/ref/bundle");
    set(instance, P_OPTIONS, OPTIONS);
    host.update(instance, 0.25, (const uint32_t *)(const void *)still,
                (uint32_t *)(void *)out);
    assert_int_equal(heard(text, sizeof(text)), 0);
    assert_memory_not_equal(out, still, sizeof(out));
    for (size_t i = 3; i < sizeof(out); i += 4)
        assert_int_equal(out[i], still[i]);
    host.destruct(instance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_info),
        cmocka_unit_test(test_construction_is_free),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_seek),
        cmocka_unit_test(test_clock),
        cmocka_unit_test(test_two_instances),
        cmocka_unit_test(test_change),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_picked_seed),
        cmocka_unit_test(test_odd_size),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
