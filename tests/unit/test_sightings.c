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
 * Which of a detector's boxes is which object of a prompt, and what is asked for it.
 */

#include "unit.h"

#include <stdlib.h>

#include "prompt/query.h"
#include "segment/sightings.h"

#define W 200
#define H 100

static TestLog lines;
static const TTMLog log_ = { test_log_callback, &lines };

static TTMSighting seen(int query, float score, double x, double y, double w, double h)
{
    return (TTMSighting){ query, score, { x, y, x + w, y + h } };
}

/* Thin the list and place the objects of a prompt; each object has its own text but those
 * that are said in the same words. */
static void place(TTMPrompts *p, const char *prompt, TTMSighting *list, int nb)
{
    int query[TTM_MAX_OBJECTS];

    memset(&lines, 0, sizeof(lines));
    assert_int_equal(ttm_prompts_from_text(p, &log_, prompt), 0);
    for (int i = 0; i < p->nb_objects; i++) {
        query[i] = i;
        for (int k = 0; k < i; k++)
            if (!strcmp(p->objects[k].name, p->objects[i].name))
                query[i] = query[k];
    }
    nb = ttm_sightings_thin(list, nb);
    assert_int_equal(ttm_sightings_place(&log_, p, query, list, nb, W, H), 0);
}

static void assert_box(const TTMPrompts *p, int object, double x, double y, double w,
                       double h)
{
    const TTMObjectPlace *at = &p->objects[object].place;

    assert_true(object < p->nb_objects);
    assert_int_equal(at->locate, TTM_LOCATE_BOX);
    assert_true(at->corner.x.value == x && at->corner.y.value == y);
    assert_true(at->size.x.value == w && at->size.y.value == h);
    assert_true(at->score > 0 && !at->corner.x.percent);
}

static void test_thin(void **state)
{
    TTMSighting list[] = {
        seen(0, 0.3f, 10, 10, 20, 20), seen(0, 0.9f, 12, 10, 20, 20),
        seen(1, 0.5f, 12, 10, 20, 20), seen(0, 0.4f, 28, 10, 20, 20),
        seen(2, 0.05f, 0, 0, 9, 9), seen(2, 0.02f, 50, 50, 9, 9),
    };
    const int nb = ttm_sightings_thin(list, 6);

    (void)state;
    assert_int_equal(nb, 4);
    assert_true(list[0].score == 0.9f && list[1].query == 1);
    assert_true(list[2].score == 0.4f);     /* a little beside the best: another thing */
    assert_true(list[3].score == 0.05f);    /* the best of what is not enough */
    assert_int_equal(ttm_sightings_thin(list, 0), 0);
}

/* Edges go to the nearest pixel, and stay in the still. */
static void test_box(void **state)
{
    TTMSighting list[] = { seen(0, 0.9f, 10.4, 19.6, 30.2, 20) };
    TTMSighting dot[] = { seen(0, 0.9f, 10.1, 20.1, 0.3, 0.3) };
    TTMSighting corner[] = { seen(0, 0.9f, 198.9, 98.8, 1.1, 1.2) };
    TTMPrompts p;

    (void)state;
    place(&p, "the red ball rolls left", list, 1);
    assert_box(&p, 0, 10, 20, 31, 20);
    assert_null(p.objects[0].place.doubt);
    assert_string_equal(lines.warning, "");
    ttm_prompts_free(&p);
    place(&p, "the red ball rolls left", corner, 1);
    assert_box(&p, 0, 199, 99, 1, 1);
    ttm_prompts_free(&p);
    place(&p, "the red ball rolls left", dot, 1);
    assert_box(&p, 0, 10, 20, 1, 1);
    ttm_prompts_free(&p);
}

/* Two that are alike: words for places decide, and without them there is a doubt. */
static void test_places(void **state)
{
    const TTMSighting cars[] = { seen(0, 0.8f, 10, 40, 40, 20),
                                 seen(0, 0.85f, 150, 40, 40, 20) };
    TTMSighting list[2];
    TTMPrompts p;

    (void)state;
    memcpy(list, cars, sizeof(list));
    place(&p, "the left car drives away", list, 2);
    assert_box(&p, 0, 10, 40, 40, 20);
    assert_null(p.objects[0].place.doubt);
    ttm_prompts_free(&p);
    memcpy(list, cars, sizeof(list));
    place(&p, "the car on the right drives away", list, 2);
    assert_box(&p, 0, 150, 40, 40, 20);
    assert_null(p.objects[0].place.doubt);
    ttm_prompts_free(&p);
    memcpy(list, cars, sizeof(list));
    place(&p, "the left car drives left and the right car drives right", list, 2);
    assert_int_equal(p.nb_objects, 2);
    assert_box(&p, 0, 10, 40, 40, 20);
    assert_box(&p, 1, 150, 40, 40, 20);
    ttm_prompts_free(&p);
    memcpy(list, cars, sizeof(list));
    place(&p, "the car drives away", list, 2);
    assert_box(&p, 0, 150, 40, 40, 20);
    assert_contains(p.objects[0].place.doubt, "nearly as much");
    ttm_prompts_free(&p);
    memcpy(list, cars, sizeof(list));
    list[0].score = 0.5f;                   /* not nearly as good */
    place(&p, "the car drives away", list, 2);
    assert_null(p.objects[0].place.doubt);
    ttm_prompts_free(&p);
}

static void test_sizes(void **state)
{
    TTMSighting list[] = { seen(0, 0.8f, 10, 10, 60, 60), seen(0, 0.85f, 150, 40, 20, 20) };
    TTMPrompts p;

    (void)state;
    place(&p, "the big dog runs", list, 2);
    assert_box(&p, 0, 10, 10, 60, 60);
    ttm_prompts_free(&p);
    place(&p, "the small dog runs", list, 2);
    assert_box(&p, 0, 150, 40, 20, 20);
    ttm_prompts_free(&p);
}

/* "Two birds" are two objects, "birds" all that are there. */
static void test_counts(void **state)
{
    const TTMSighting birds[] = {
        seen(0, 0.9f, 10, 10, 20, 20), seen(0, 0.8f, 60, 10, 20, 20),
        seen(0, 0.6f, 110, 10, 20, 20), seen(0, 0.2f, 160, 10, 20, 20),
    };
    TTMSighting list[4];
    TTMPrompts p;

    (void)state;
    memcpy(list, birds, sizeof(list));
    place(&p, "two birds fly up", list, 4);
    assert_int_equal(p.nb_objects, 2);
    assert_box(&p, 0, 10, 10, 20, 20);
    assert_box(&p, 1, 60, 10, 20, 20);
    assert_true(p.objects[0].count == 1 && p.objects[1].count == 1);
    /* a third is as good as three quarters of the second, but not of the first */
    assert_null(p.objects[0].place.doubt);
    assert_non_null(p.objects[1].place.doubt);
    ttm_prompts_free(&p);
    memcpy(list, birds, sizeof(list));
    place(&p, "the birds fly up", list, 4);
    assert_int_equal(p.nb_objects, 3);
    assert_box(&p, 2, 110, 10, 20, 20);
    ttm_prompts_free(&p);
    memcpy(list, birds, sizeof(list));
    place(&p, "four birds fly up", list, 2);
    assert_int_equal(p.nb_objects, 2);
    assert_contains(lines.warning, "speaks of 4 'birds', but the detector found 2");
    ttm_prompts_free(&p);
}

/* One thing is not two objects: it goes to what it is more, the other gets its next. */
static void test_same(void **state)
{
    TTMSighting list[] = {
        seen(0, 0.7f, 10, 10, 50, 50), seen(1, 0.9f, 11, 10, 50, 51),
        seen(0, 0.4f, 120, 10, 50, 50),
    };
    TTMSighting alone[] = { seen(0, 0.7f, 10, 10, 50, 50), seen(1, 0.9f, 11, 10, 50, 51) };
    TTMPrompts p;

    (void)state;
    place(&p, "the cat jumps and the dog runs", list, 3);
    assert_box(&p, 0, 120, 10, 50, 50);
    assert_box(&p, 1, 11, 10, 50, 51);
    ttm_prompts_free(&p);
    place(&p, "the cat jumps and the dog runs", alone, 2);
    assert_int_equal(p.objects[0].place.locate, TTM_LOCATE_WORDS);
    assert_box(&p, 1, 11, 10, 50, 51);
    assert_contains(lines.warning, "found no 'cat' in the picture that is no other object");
    ttm_prompts_free(&p);
}

static void test_missing(void **state)
{
    TTMSighting list[] = { seen(0, 0.04f, 10, 20, 30, 40), seen(1, 0.9f, 100, 10, 50, 51) };
    TTMPrompts p;

    (void)state;
    place(&p, "the dragon flies and the dog runs", list, 2);
    assert_int_equal(p.objects[0].place.locate, TTM_LOCATE_WORDS);
    assert_box(&p, 1, 100, 10, 50, 51);
    assert_contains(lines.warning, "no 'dragon' in the picture: the best is 30x40 at 10,20 "
                    "with a score of 0.040, of at least 0.10");
    ttm_prompts_free(&p);
    place(&p, "the dragon flies and the dog runs", list, 0);
    assert_contains(lines.warning, "no 'dog' in the picture: it is looked for");
    ttm_prompts_free(&p);
}

/* A place that is given stays. */
static void test_given(void **state)
{
    TTMSighting list[] = { seen(0, 0.9f, 10, 20, 30, 40) };
    const int query[TTM_MAX_OBJECTS] = { 0, 0 };
    TTMPrompts p;

    (void)state;
    assert_int_equal(ttm_prompts_from_json(&p, &log_, "{\"objects\": [{\"name\": \"dog\", "
                     "\"prompt\": \"the dog runs\", \"box\": [1, 2, 3, 4]}]}", NULL), 0);
    assert_int_equal(ttm_sightings_place(&log_, &p, query, list, 1, W, H), 0);
    assert_true(p.objects[0].place.corner.x.value == 1 && p.objects[0].place.score == 0);
    ttm_prompts_free(&p);
}

static void test_queries(void **state)
{
    static const struct {
        const char *prompt, *text, *brief;
    } rows[] = {
        { "the red ball on the left rolls right", "a photo of a red ball", NULL },
        { "the left car drives away", "a photo of a car", NULL },
        { "a man in a black coat walks left", "a photo of a man in a black coat",
          "a photo of a man" },
        { "two birds fly up", "a photo of a bird", NULL },
        { "the red balls bounce", "a photo of a red ball", NULL },
        { "the orange kite flies up", "a photo of an orange kite", NULL },
        { "the cat sleeps while the small dog next to him jumps", "a photo of a cat", NULL },
        { "the woman's hat falls", "a photo of a woman's hat", NULL },
        { "the big dog runs", "a photo of a big dog", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, &log_, rows[i].prompt), 0);
        for (int brief = 0; brief < 2; brief++) {
            char *text = ttm_query_text(&p.objects[0], brief);

            assert_string_equal(text, brief && rows[i].brief ? rows[i].brief :
                                rows[i].text);
            free(text);
        }
        ttm_prompts_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thin), cmocka_unit_test(test_box),
        cmocka_unit_test(test_places), cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_counts), cmocka_unit_test(test_same),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_given),
        cmocka_unit_test(test_queries),
    };

    return cmocka_run_group_tests_name("sightings", tests, NULL, NULL);
}
