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

/** @file What flows, by the words of a sentence and in lists of objects. */

#include "unit.h"

#include "prompt/acts.h"
#include "prompt/prompts.h"

static void test_words(void **state)
{
    static const struct {
        const char *noun;
        enum TTMMotion motion;
        int x, y, side;
        const char *flow;
    } cases[] = {
        { "waterfall", TTM_MOTION_PLACE, 0, 0, 1, "down" },
        { "waves", TTM_MOTION_GO, 0, -1, 1, "waves" },
        { "clouds", TTM_MOTION_GO, 0, 0, -1, "left" },
        { "clouds", TTM_MOTION_GO, 1, 0, -1, "right" },
        { "smoke", TTM_MOTION_PLACE, 0, 0, 1, "up" },
        { "smoke", TTM_MOTION_GO, -1, 0, 1, "left" },
        { "river", TTM_MOTION_PLACE, 0, 0, 1, "right" },
        { "leaves", TTM_MOTION_FALL, 0, 0, 1, "down" },
        { "leaves", TTM_MOTION_PLACE, 0, 0, 1, "sways" },
        { "water", TTM_MOTION_STILL, 0, 0, 1, "" },
        { "lightning", TTM_MOTION_PLACE, 0, 0, 1, "" },
        { "ball", TTM_MOTION_GO, 0, 0, 1, "" },
    };
    TTMFlow flow;
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const TTMAct act = { .motion = cases[i].motion, .x = cases[i].x,
                             .y = cases[i].y };

        flow = ttm_flow_of(cases[i].noun, &act, cases[i].side);
        ttm_flow_write(&flow, text, sizeof(text));
        assert_string_equal(text, cases[i].flow);
    }
    assert_int_equal(ttm_flow_read(&flow, "waves slowly"), 0);
    assert_true(flow.way == TTM_FLOW_WAVES && flow.pace == -1);
    ttm_flow_write(&flow, text, sizeof(text));
    assert_string_equal(text, "waves slowly");
    assert_int_equal(ttm_flow_read(&flow, ""), -1);
    assert_int_equal(ttm_flow_read(&flow, "downwards"), -1);
    assert_int_equal(ttm_flow_read(&flow, "down fast"), -1);
}

/* From sentences, and in lists of objects. */
static void test_prompts(void **state)
{
    static const TTMAim right[TTM_MAX_OBJECTS] = { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 0 } };
    TestLog lines = { 0 };
    const TTMLog log = { test_log_callback, &lines };
    TTMPrompts p;

    (void)state;
    assert_int_equal(ttm_prompts_from_text(&p, &log, "the waves rise and fall slowly "
                                           "while the boat moves left"), 0);
    assert_int_equal(ttm_prompts_simplify(&p, &log, right), 0);
    assert_int_equal(p.nb_objects, 2);
    assert_int_equal(p.objects[0].flow.way, TTM_FLOW_WAVES);
    assert_int_equal(p.objects[0].flow.pace, -1);
    assert_string_equal(p.objects[0].prompt, "the wave stays still");
    assert_int_equal(p.objects[1].flow.way, TTM_FLOW_NONE);
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, &log, "{\"objects\":[{\"name\":\"flag\","
                                           "\"flow\":\"right quickly\"}]}", NULL), 0);
    assert_int_equal(ttm_prompts_simplify(&p, &log, right), 0);
    assert_int_equal(p.objects[0].flow.way, TTM_FLOW_RIGHT);
    assert_int_equal(p.objects[0].flow.pace, 1);
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, &log, "{\"objects\":[{\"name\":\"flag\","
                                           "\"flow\":\"sideways\"}]}", NULL),
                     TTM_ERR_ARGUMENT);
    assert_contains(lines.error, "objects[0].flow must be");
    ttm_prompts_free(&p);
    assert_int_equal(ttm_prompts_from_json(&p, &log, "{\"objects\":[{\"name\":\"flag\","
                                           "\"flow\":1}]}", NULL), TTM_ERR_ARGUMENT);
    ttm_prompts_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words), cmocka_unit_test(test_prompts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
