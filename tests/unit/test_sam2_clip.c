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
 * Clips whose objects are found by the tiny Sam2Model of tests/ref/nets: by the option alone,
 * within the memory that is allowed, and gone before the stages.
 */

#include "run.h"

#include <stdlib.h>

#define SAM2 "tests/ref/nets/sam2/segmenter"
#define BOX  "{\"objects\":[{\"name\":\"the disc\",\"box\":[10,10,24,28]}]}"

/** Steps to the end; the id of each pixel's object is in the clip's own. */
static void test_box(void **state)
{
    static const char *const devices[] = { "cpu", "vulkan:0" };

    (void)state;
    for (int i = 0; i < 2; i++) {
        Run *r;

        if (!run_has_device(BUNDLE, devices[i]))
            continue;
        r = run_open((const char *[]){ "segmenter", SAM2, "objects", BOX, "device",
                                       devices[i], NULL });
        run_begin(r, 0);
        assert_int_equal(run_finish(r), 0);
        assert_true(r->ctx->clip.made.objects.found[0].network);
        assert_string_equal(r->ctx->clip.made.objects.found[0].how, "box");
        /* a network of random weights tells an IoU of no more than a half, and is believed */
        assert_contains(r->lines.warning, "not sure that this is 'the disc'");
        for (int k = 0; k < 2; k++)         /* freed before the stages */
            assert_null(r->ctx->models.segmenter_network[k].network);
        run_close(r);
    }
}

/** Too little memory is told, with what there must be, and the remedy. */
static void test_memory(void **state)
{
    Run *r = run_open((const char *[]){ "segmenter", SAM2, "objects", BOX, "mode", "objects",
                                        "memory", "100000", NULL });

    (void)state;
    run_begin(r, 0);
    assert_int_equal(run_finish(r), TTM_ERR_MEMORY);
    assert_contains(r->lines.error, SAM2);
    assert_contains(r->lines.error, "segmenter=none");
    run_close(r);
}

/** Keep the line that tells the memory. */
static void keep_memory(void *opaque, enum TTMLogLevel level, const char *message)
{
    (void)level;
    if (!strncmp(message, "memory: ", 8))
        snprintf(opaque, 200, "%s", message);
}

/** What is told to be needed is what the segmenter needs, where that is most. */
static void test_told(void **state)
{
    Run *r = run_open((const char *[]){ "segmenter", SAM2, "objects", BOX, "mode", "objects",
                                        NULL });
    double whole = 0, segmenter = 0, pictures = 0;
    char line[200] = "";

    (void)state;
    r->ctx->log = (TTMLog){ keep_memory, line };
    run_begin(r, 0);
    assert_int_equal(run_finish(r), 0);
    assert_int_equal(sscanf(line, "memory: %lf MiB: segmenter %lf, pictures %lf", &whole,
                            &segmenter, &pictures), 3);
    assert_true(segmenter > pictures && whole >= segmenter);
    run_close(r);
}

/** What is no such network is an error when the filter is opened, and names itself. */
static void test_wrong_folders(void **state)
{
    static const struct {
        const char *folder, *says;
    } rows[] = {
        { "tests/ref/nets/sam2/none", "tests/ref/nets/sam2/none: no such folder" },
        { "tests/ref/nets/clip_gelu/text_encoder", "the class is 'CLIPTextModel', but only" },
        { "tests/ref/nets/clip_gelu", "no config.json" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TestLog lines = { .error = "" };
        TTMContext *ctx = NULL;
        TTMSettings s;

        ttm_settings_default(&s);
        s.log        = test_log_callback;
        s.log_opaque = &lines;
        ttm_settings_set(&s, "model", BUNDLE);
        ttm_settings_set(&s, "device", "cpu");
        ttm_settings_set(&s, "segmenter", rows[i].folder);
        assert_true(ttm_open(&ctx, &s) < 0);
        ttm_settings_uninit(&s);
        assert_contains(lines.error, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_told),
        cmocka_unit_test(test_wrong_folders),
    };

    return cmocka_run_group_tests_name("clips with SAM 2", tests, NULL, NULL);
}
