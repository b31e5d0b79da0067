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
 * Captions against what was wanted of them by hand (tests/data/captions-*.txt), and
 * the phrases that small bundles have learnt, which must stay as they are.
 */

#include "unit.h"

#include <stdlib.h>

#include "prompt/clauses.h"
#include "prompt/prompts.h"
#include "prompt/verb_tables.h"

#define MAX_TEXT 4096

/* The motion of an act in the words of the tables. */
static void name_act(const TTMAct *act, const char *partner, char *text, size_t size)
{
    static const char *const names[] = {
        [TTM_MOTION_STILL] = "still",       [TTM_MOTION_PLACE] = "place",
        [TTM_MOTION_LIFT_OFF] = "lifts off", [TTM_MOTION_FALL] = "falls",
        [TTM_MOTION_JUMP] = "jumps",        [TTM_MOTION_BOUNCE] = "bounces",
        [TTM_MOTION_GROW] = "grows",        [TTM_MOTION_SHRINK] = "shrinks",
        [TTM_MOTION_CIRCLE] = "circles",    [TTM_MOTION_SHAKE] = "shakes",
        [TTM_MOTION_ROLL] = "rolls",        [TTM_MOTION_SPIN] = "spins",
        [TTM_MOTION_SWING] = "swings",      [TTM_MOTION_CLOSER] = "closer",
        [TTM_MOTION_AWAY] = "away",         [TTM_MOTION_FOLLOW] = "follows",
        [TTM_MOTION_SWAP] = "swaps",
    };
    const char *name = act->motion < sizeof(names) / sizeof(names[0]) ?
                       names[act->motion] : NULL;
    const char *across = act->x < 0 ? "left" : act->x > 0 ? "right" : "";
    const char *along = act->y < 0 ? "up" : act->y > 0 ? "down" : "";
    const int straight = !name || act->motion == TTM_MOTION_ROLL;
    const int pair = act->motion == TTM_MOTION_FOLLOW ||
                     act->motion == TTM_MOTION_SWAP;
    const int paced = straight || act->motion == TTM_MOTION_SPIN ||
                      act->motion == TTM_MOTION_SWING ||
                      act->motion == TTM_MOTION_GROW ||
                      act->motion == TTM_MOTION_SHRINK ||
                      act->motion == TTM_MOTION_CLOSER ||
                      act->motion == TTM_MOTION_AWAY;

    snprintf(text, size, "%s%s%s%s%s%s%s%s", name ? name : "",
             name && straight ? " " : "", straight ? along : "",
             straight && *along && *across ? " and " : "", straight ? across : "",
             pair ? " " : "", pair ? partner : "",
             !paced || !act->pace ? "" : act->pace < 0 ? " slowly" : " quickly");
}

/* What the prompt of an object says, as simplified. */
static void name_motion(const TTMPromptObject *o, char *text)
{
    TTMClauses clauses;

    strcpy(text, o->in_place ? "place" : "");
    if (o->in_place)        /* said as "shakes", which the captions have */
        return;
    assert_int_equal(ttm_clauses_parse(&clauses, o->prompt), 0);
    for (int i = 0; i < clauses.nb; i++)
        for (int k = 0; k < clauses.clause[i].nb_acts; k++) {
            char name[200];

            if (clauses.clause[i].moved)
                continue;
            name_act(&clauses.clause[i].act[k], clauses.clause[i].partner, name,
                     sizeof(name));
            snprintf(text + strlen(text), 300, "%s%s", *text ? " and " : "", name);
        }
    ttm_clauses_free(&clauses);
}

static void aim_all(TTMAim aim[TTM_MAX_OBJECTS], int side, int frontal)
{
    for (int i = 0; i < TTM_MAX_OBJECTS; i++)
        aim[i] = (TTMAim){ (signed char)side, (signed char)frontal };
}

static void simplify(TTMPrompts *p, const char *caption, int side)
{
    TTMAim aim[TTM_MAX_OBJECTS];

    aim_all(aim, side, 0);
    assert_int_equal(ttm_prompts_from_text(p, NULL, caption), 0);
    assert_int_equal(ttm_prompts_simplify(p, NULL, aim), 0);
}

/* All objects of a caption in the form of the tables. */
static void describe(const char *caption, char *text)
{
    TTMPrompts right, left;

    simplify(&right, caption, 1);
    simplify(&left, caption, -1);
    text[0] = 0;
    for (int i = 0; i < right.nb_objects; i++) {
        const TTMPromptObject *o = &right.objects[i];
        char motion[1000], count[20] = "";

        if (o->count > 1)
            snprintf(count, sizeof(count), " x%d", o->count);
        if (!o->count)
            strcpy(count, " x*");
        name_motion(o, motion);
        /* what depends on the side is a guess */
        if (strcmp(o->prompt, left.objects[i].prompt)) {
            char other[1000], *at;

            name_motion(&left.objects[i], other);
            if (!strcmp(motion, other))     /* prompts that differ must say so */
                strcat(motion, " (unclear)");
            while ((at = strstr(motion, "right slowly"))) {
                memcpy(at, "ahead", 5);
                memmove(at + 5, at + 12, strlen(at + 12) + 1);
            }
            while ((at = strstr(motion, "left slowly"))) {
                memcpy(at, "back", 4);
                memmove(at + 4, at + 11, strlen(at + 11) + 1);
            }
        }
        snprintf(text + strlen(text), 1400, "\t%s%s: %s\n", o->name, count, motion);
    }
    ttm_prompts_free(&right);
    ttm_prompts_free(&left);
}

/* Number of captions of a file, and of those that are not understood as wanted. */
static int check_file(const char *path, int show, int *wrong)
{
    FILE *file = fopen(path, "r");
    char line[MAX_TEXT], caption[MAX_TEXT] = "", wanted[MAX_TEXT] = "";
    int nb = 0, more = 1;

    assert_non_null(file);
    *wrong = 0;
    while (more) {
        char found[MAX_TEXT];

        more = fgets(line, sizeof(line), file) != NULL;
        if (more && line[0] == '\t') {
            strcat(wanted, line);
            continue;
        }
        if (*caption) {
            assert_true(*wanted);
            nb++;
            describe(caption, found);
            if (strcmp(found, wanted)) {
                (*wrong)++;
                if (show)
                    fprintf(stderr, "%s\nwanted:\n%sfound:\n%s", caption, wanted,
                            found);
            }
        }
        caption[0] = wanted[0] = 0;
        line[strcspn(line, "\n")] = 0;
        if (more && line[0] && line[0] != '#')
            strcpy(caption, line);
    }
    fclose(file);
    return nb;
}

static void captions_of_the_rules(void **state)
{
    int wrong, nb = check_file("tests/data/captions-rules.txt", 1, &wrong);

    (void)state;
    assert_true(nb >= 2900);
    assert_int_equal(wrong, 0);
}

/* Which are wrong is not shown to those who change rules. */
static void captions_held_out(void **state)
{
    int wrong, nb = check_file("tests/data/captions-held-out.txt",
                               getenv("TTM_SHOW_HELD_OUT") != NULL, &wrong);

    (void)state;
    assert_true(nb >= 400);
    printf("# %d of %d\n", nb - wrong, nb);
    assert_true(100 * wrong <= 5 * nb);
}

/* Captions many of which are not understood: not fewer than before. */
static void captions_long(void **state)
{
    int wrong, nb = check_file("tests/data/captions-long.txt", 0, &wrong);

    (void)state;
    printf("# %d of %d\n", nb - wrong, nb);
    assert_true(nb >= 191 && nb - wrong >= 127);
}

/* What is put into known words stays as it is when it is read again. */
static void simplified_prompts_stay(void **state)
{
    static const char *const captions[] = {
        "a man strums a guitar", "the fox strolls", "two birds fly to the left",
        "the boy kicks the ball to the right", "the waves crash",
        "a dog chases a cat", "the door is opened", "the car drives forward quickly",
        "a helicopter takes off from the roof", "sunset",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(captions) / sizeof(captions[0]); i++) {
        char before[MAX_TEXT] = "", after[MAX_TEXT] = "";
        TTMAim left[TTM_MAX_OBJECTS];
        int in_place;
        TTMPrompts p;

        aim_all(left, -1, 0);
        simplify(&p, captions[i], 1);
        in_place = p.objects[0].in_place;
        for (int k = 0; k < p.nb_objects; k++)
            snprintf(before + strlen(before), 200, "%s|", p.objects[k].prompt);
        snprintf(before + strlen(before), 200, "%s", p.motion);
        /* the other side: nothing is left to be guessed */
        assert_int_equal(ttm_prompts_simplify(&p, NULL, left), 0);
        for (int k = 0; k < p.nb_objects; k++)
            snprintf(after + strlen(after), 200, "%s|", p.objects[k].prompt);
        snprintf(after + strlen(after), 200, "%s", p.motion);
        assert_string_equal(after, before);
        assert_int_equal(p.objects[0].in_place, in_place);
        ttm_prompts_free(&p);
    }
}

/* Whether the motion of a phrase is of the class that the captions give it. */
static int is_class(const char *class, const TTMAct *act)
{
    static const struct {
        const char *class;
        enum TTMMotion motion;
        int x, y;
    } classes[] = {
        { "moves_left", TTM_MOTION_GO, -1, 0 },
        { "moves_right", TTM_MOTION_GO, 1, 0 },
        { "moves_up", TTM_MOTION_GO, 0, -1 },
        { "moves_down", TTM_MOTION_GO, 0, 1 },
        { "moves_up_left", TTM_MOTION_GO, -1, -1 },
        { "moves_up_right", TTM_MOTION_GO, 1, -1 },
        { "moves_down_left", TTM_MOTION_GO, -1, 1 },
        { "moves_down_right", TTM_MOTION_GO, 1, 1 },
        { "rolls_left", TTM_MOTION_ROLL, -1, 0 },
        { "rolls_right", TTM_MOTION_ROLL, 1, 0 },
        { "falls", TTM_MOTION_FALL, 0, 2 }, { "jumps", TTM_MOTION_JUMP, 0, 2 },
        { "bounces", TTM_MOTION_BOUNCE, 0, 2 },
        { "grows", TTM_MOTION_GROW, 0, 2 }, { "shrinks", TTM_MOTION_SHRINK, 0, 2 },
        { "circles", TTM_MOTION_CIRCLE, 0, 2 },
        { "shakes", TTM_MOTION_SHAKE, 0, 2 },
        { "stays_still", TTM_MOTION_STILL, 0, 2 },
        { "spins", TTM_MOTION_SPIN, 0, 2 }, { "swings", TTM_MOTION_SWING, 0, 2 },
        { "comes_closer", TTM_MOTION_CLOSER, 0, 2 },
        { "goes_away", TTM_MOTION_AWAY, 0, 2 },
        { "follows", TTM_MOTION_FOLLOW, 0, 2 },
        { "swaps_places", TTM_MOTION_SWAP, 0, 2 },
    };
    const int straight = act->motion == TTM_MOTION_ENTER ||
                         act->motion == TTM_MOTION_LEAVE;

    if (!strcmp(class, "lifts_off"))
        return act->motion == TTM_MOTION_LIFT_OFF ||
               (act->motion == TTM_MOTION_GO && act->y < 0);
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (!strcmp(classes[i].class, class))
            return (act->motion == classes[i].motion ||
                    (straight && classes[i].motion == TTM_MOTION_GO)) &&
                   (classes[i].y == 2 ||
                    (act->x == classes[i].x && act->y == classes[i].y));
    return 0;
}

/* What the shipped bundle has learnt is known, and not put otherwise. */
static void learnt_phrases_stay(void **state)
{
    FILE *file = fopen("tests/data/phrases.txt", "r");
    char line[MAX_TEXT];
    int nb = 0, wrong = 0;

    (void)state;
    assert_non_null(file);
    for (; fgets(line, sizeof(line), file); nb++) {
        char prompt[MAX_TEXT + 20], *tab = strchr(line, '\t');
        TTMClauses clauses;
        TTMPrompts said, p;

        assert_non_null(tab);
        *tab = 0;
        tab[strcspn(tab + 1, "\n") + 1] = 0;
        snprintf(prompt, sizeof(prompt), "the red cat %s", tab + 1);
        assert_int_equal(ttm_clauses_parse(&clauses, prompt), 0);
        assert_true(clauses.nb >= 1);
        if (!is_class(line, &clauses.clause[0].act[clauses.clause[0].nb_acts - 1])) {
            fprintf(stderr, "%s is not understood as %s\n", prompt, line);
            wrong++;
        }
        ttm_clauses_free(&clauses);
        snprintf(prompt, sizeof(prompt), "the red cat %s and the ball jumps", tab + 1);
        assert_int_equal(ttm_prompts_from_text(&said, NULL, prompt), 0);
        simplify(&p, prompt, 1);
        if (strcmp(p.objects[0].prompt, said.objects[0].prompt)) {
            fprintf(stderr, "%s became %s\n", said.objects[0].prompt,
                    p.objects[0].prompt);
            wrong++;
        }
        ttm_prompts_free(&said);
        ttm_prompts_free(&p);
    }
    fclose(file);
    assert_true(nb > 300);
    assert_int_equal(wrong, 0);
}

/* Prompts of JSON are put into known words too, with the motion prompt. */
static void simplified_json(void **state)
{
    TTMAim side[TTM_MAX_OBJECTS];
    TTMPrompts p;

    (void)state;
    aim_all(side, -1, 0);
    assert_int_equal(ttm_prompts_from_json(&p, NULL, "{\"motion\":\"the man strums "
        "and the lamp spins\",\"objects\":[{\"name\":\"man\",\"prompt\":"
        "\"The old man strums.\"},{\"name\":\"lamp\",\"prompt\":"
        "\"The lamp spins quickly.\"}]}", NULL), 0);
    assert_int_equal(ttm_prompts_simplify(&p, NULL, side), 0);
    assert_string_equal(p.objects[0].prompt, "the old man shakes");
    assert_true(p.objects[0].in_place);
    assert_string_equal(p.objects[1].prompt, "The lamp spins quickly.");
    assert_false(p.objects[1].in_place);
    assert_string_equal(p.motion, "the man shakes and the lamp spins "
                        "quickly");
    ttm_prompts_free(&p);
    /* known words stay, letter by letter */
    assert_int_equal(ttm_prompts_from_json(&p, NULL, "{\"motion\":\"A lamp Bounces, "
        "girl fast runs left\",\"objects\":[{\"name\":\"lamp\",\"prompt\":"
        "\"The lamp bounces up and down.\"},{\"name\":\"girl\",\"prompt\":"
        "\"A girl  running left\"}]}", NULL), 0);
    assert_int_equal(ttm_prompts_simplify(&p, NULL, side), 0);
    assert_string_equal(p.motion, "A lamp Bounces, girl fast runs left");
    assert_string_equal(p.objects[1].prompt, "A girl  running left");
    ttm_prompts_free(&p);
    /* orders are said of the object itself */
    assert_int_equal(ttm_prompts_from_json(&p, NULL, "{\"objects\":[{\"name\":\"wheel\","
        "\"prompt\":\"spin the wheel\"},{\"name\":\"ball\",\"prompt\":"
        "\"kick the ball to the left\"}]}", NULL), 0);
    assert_int_equal(ttm_prompts_simplify(&p, NULL, side), 0);
    assert_string_equal(p.objects[0].prompt, "the wheel spins");
    assert_string_equal(p.objects[1].prompt, "the ball moves left quickly");
    ttm_prompts_free(&p);
}

/* The prompts of a caption, put into known words, and the lines about that. */
static void simplify_logged(TTMPrompts *p, const char *caption, int frontal, TestLog *lines)
{
    TTMLog log = { test_log_callback, lines };
    TTMAim aim[TTM_MAX_OBJECTS];

    memset(lines, 0, sizeof(*lines));
    aim_all(aim, 1, frontal);
    assert_int_equal(ttm_prompts_from_text(p, &log, caption), 0);
    assert_int_equal(ttm_prompts_simplify(p, &log, aim), 0);
}

/* What is not known, guessed or left out is said. */
static void lines_of_the_log(void **state)
{
    static const struct {
        const char *caption, *warning, *info;
    } cases[] = {
        { "the gizmo frobs", "'frobs' is not known", "" },
        { "the waves crash", "", "within its outline: waves" },
        { "the lightning flashes", "kept still", "" },
        { "the fox trots", "", "guessed, to the right" },
        { "the fox trots to the left", "", "" },
        { "the bear strolls", "", "guessed, to the right" },
        { "sunset over a lake", "stays still", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TestLog lines;
        TTMPrompts p;

        simplify_logged(&p, cases[i].caption, 0, &lines);
        assert_contains(lines.warning, cases[i].warning);
        assert_contains(lines.info, cases[i].info);
        assert_true(*cases[i].warning || !*lines.warning);
        assert_true(*cases[i].info || !*lines.info);
        ttm_prompts_free(&p);
    }
}

/* Whose front is seen comes closer, where it goes by itself and no way is said. */
static void frontal_things(void **state)
{
    static const struct {
        const char *caption, *prompt, *info;
    } cases[] = {
        { "the car drives forward", "the car comes closer slowly", "guessed, closer" },
        { "the fox strolls", "the fox comes closer slowly", "guessed, closer" },
        { "the truck moves forward", "the truck comes closer slowly", "guessed, closer" },
        { "the truck drives backwards", "the truck goes away slowly", "guessed, away" },
        { "the fox runs left", "the fox runs left", "" },
        { "the fox jumps", "the fox jumps", "" },
        { "the box slides", "the box moves right slowly", "guessed, to the right" },
        { "the ball rolls", "the ball rolls right slowly", "guessed, to the right" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TestLog lines;
        TTMPrompts p;

        simplify_logged(&p, cases[i].caption, 1, &lines);
        assert_string_equal(p.objects[0].prompt, cases[i].prompt);
        assert_contains(lines.info, cases[i].info);
        assert_true(*cases[i].info || !*lines.info);
        ttm_prompts_free(&p);
    }
}

/* What leaves the picture says so; what goes elsewhere is kept in it. */
static void inside_and_out(void **state)
{
    static const struct {
        const char *caption;
        int inside;
    } cases[] = {
        { "the dog runs left", 1 }, { "the ball rolls to the right", 1 },
        { "the car comes closer", 1 }, { "the leaf falls", 1 }, { "the fox strolls", 1 },
        { "the dog runs out of the frame to the left", 0 }, { "the dog leaves the frame", 0 },
        { "the dog runs to the left, out of sight", 0 },
        { "the dog runs off to the left", 0 }, { "the fox runs away to the right", 0 },
        { "the rocket lifts off", 0 }, { "the bird flies away", 0 }, { "the car drives off", 0 },
        { "the man strums", 0 }, { "the house stays still", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TTMPrompts p;

        simplify(&p, cases[i].caption, 1);
        if (p.objects[0].inside != cases[i].inside)
            fail_msg("'%s' may %sleave", cases[i].caption, cases[i].inside ? "" : "not ");
        ttm_prompts_free(&p);
    }
}

/* The words of a text that nobody wrote for us: a right result, or a line. */
static void hostile_texts(void **state)
{
    static const struct {
        const char *text, *prompt, *warning;
    } texts[] = {
        { "the ball\tmoves\x01left", "the ball moves left", "" },
        { "the ball moves left\nthe box jumps", "the ball moves left", "" },
        { "the \x1b[31mball\x1b[0m moves left", NULL, "" },
        { "the caf\xe9 moves left", "the caf\xef\xbf\xbd moves left", "not UTF-8" },
        { "the \xf0\x9f\x8e\x88 moves up", "the \xf0\x9f\x8e\x88 moves up", "" },
        { "the ball\xe2\x80\x94red\xe2\x80\x94moves left", "the ball moves left",
          "" },
        { "the dog\xe2\x80\x99s ball doesn\xe2\x80\x99t move",
          "the dog's ball does not move", "" },
        { "the ball says \"the box falls\" and moves left", NULL, "" },
        { "the ball \"moves left", "the ball moves left", "" },
        { "'the ball moves left'", "the ball moves left", "" },
        { "(the ball) [moves] {left}", NULL, "" },
        { "the ball moves left: slowly", "the ball moves left", "" },
        { "THE BALL MOVES LEFT!!!", "the ball moves left", "" },
        { "\xff\xfe\xfd", NULL, "not UTF-8" },
        { "%s%n%d moves left", NULL, "" },
        { "\\: \\' the ball falls", NULL, "" },
        /* turns of phrase that the text ends in the middle of */
        { "the ball white as the", NULL, "" }, { "do not let the", "do not let the", "" },
        { "send the", NULL, "" }, { "over the roofs drifts", NULL, "" },
        { "the ball rolls and so does the", NULL, "" }, { "none of the", NULL, "" },
        { "the ball one by", NULL, "" }, { "if you look", NULL, "" },
        { "a wall on which the", NULL, "" }, { "there goes", NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        TestLog lines = { "", "" };
        TTMLog log = { test_log_callback, &lines };
        TTMPrompts p;

        assert_int_equal(ttm_prompts_from_text(&p, &log, texts[i].text), 0);
        assert_true(p.nb_objects >= 1);
        if (texts[i].prompt)
            assert_string_equal(p.objects[0].prompt, texts[i].prompt);
        assert_contains(lines.warning, texts[i].warning);
        for (const char *at = p.global; *at; at++)
            assert_true((unsigned char)*at >= ' ');
        ttm_prompts_free(&p);
    }
}

/* A prompt of a MiB is read as far as it goes, in well under a second. */
static void long_texts(void **state)
{
    static const char *const units[] = {
        "the ball moves left, ", "x", "and ", "\"", ", ", "the the ", "\xff",
        "the left and right balls and ", "who is ", "it's ",
    };
    const size_t size = 1 << 20;
    char *text = malloc(size + 64);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        TestLog lines = { "", "" };
        TTMLog log = { test_log_callback, &lines };
        TTMAim side[TTM_MAX_OBJECTS] = { { 0 } };
        const size_t unit = strlen(units[i]);
        TTMPrompts p;

        for (size_t at = 0; at < size; at += unit)
            memcpy(text + at, units[i], unit + 1);
        assert_int_equal(ttm_prompts_from_text(&p, &log, text), 0);
        assert_in_range(p.nb_objects, 1, TTM_MAX_OBJECTS);
        assert_int_equal(ttm_prompts_simplify(&p, NULL, side), 0);
        if (!i)
            assert_contains(lines.warning, "words");
        ttm_prompts_free(&p);
    }
    free(text);
}

/* A verb that stands in two rows would have the motion of the first alone. */
static void verbs_stand_once(void **state)
{
    const size_t nb = sizeof(verb_rows) / sizeof(verb_rows[0]);

    (void)state;
    for (size_t i = 0; i < nb; i++)
        for (const char *verb = verb_rows[i].verbs + 1; *verb; verb += strcspn(verb, " ") + 1) {
            const size_t length = strcspn(verb, " ");
            int times = 0;

            assert_true(length > 0);
            for (size_t k = 0; k < nb; k++)
                times += ttm_word_in(verb_rows[k].verbs, verb, length);
            times += ttm_word_in(verb + length, verb, length);  /* what is left of its row */
            if (times != 1)
                fprintf(stderr, "%.*s stands %d times\n", (int)length, verb, times);
            assert_int_equal(times, 1);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captions_of_the_rules),
        cmocka_unit_test(captions_held_out), cmocka_unit_test(captions_long),
        cmocka_unit_test(simplified_prompts_stay),
        cmocka_unit_test(learnt_phrases_stay),
        cmocka_unit_test(simplified_json), cmocka_unit_test(lines_of_the_log),
        cmocka_unit_test(frontal_things), cmocka_unit_test(inside_and_out),
        cmocka_unit_test(hostile_texts), cmocka_unit_test(long_texts),
        cmocka_unit_test(verbs_stand_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
