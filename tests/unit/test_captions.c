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
static void name_motion(const char *prompt, char *text)
{
    TTMClauses clauses;

    text[0] = 0;
    assert_int_equal(ttm_clauses_parse(&clauses, prompt), 0);
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

static void simplify(TTMPrompts *p, const char *caption, int side)
{
    signed char sides[TTM_MAX_OBJECTS];

    memset(sides, side, sizeof(sides));
    assert_int_equal(ttm_prompts_from_text(p, NULL, caption), 0);
    assert_int_equal(ttm_prompts_simplify(p, NULL, sides), 0);
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
        name_motion(o->prompt, motion);
        /* what depends on the side is a guess */
        if (strcmp(o->prompt, left.objects[i].prompt)) {
            char other[1000], *at;

            name_motion(left.objects[i].prompt, other);
            assert_string_not_equal(motion, other);
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
static int check_file(const char *path, int *wrong)
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
    int wrong, nb = check_file("tests/data/captions-rules.txt", &wrong);

    (void)state;
    assert_true(nb >= 150);
    assert_int_equal(wrong, 0);
}

static void captions_held_out(void **state)
{
    int wrong, nb = check_file("tests/data/captions-held-out.txt", &wrong);

    (void)state;
    assert_true(nb >= 145);
    printf("# %d of %d\n", nb - wrong, nb);
    assert_true(100 * wrong <= 5 * nb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(captions_of_the_rules),
        cmocka_unit_test(captions_held_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
