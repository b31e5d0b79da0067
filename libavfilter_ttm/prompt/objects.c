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

/** @file The `objects` option: JSON with one prompt and place an object. */

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "prompt/complete.h"
#include "util/mem.h"
#include "util/textfile.h"

static int read_text(const TTMMember *at, const TTMJson *json, const char *member,
                     char **text)
{
    if (ttm_json_type(json) != TTM_JSON_STRING)
        return ttm_member_error(at, member, "must be text");
    *text = ttm_text_clean(ttm_json_string(json, ""));
    return *text ? 0 : ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
}

/* Where it is in the picture of the end: an object of places. */
static int read_end(const TTMMember *at, TTMObjectPlace *end, const TTMJson *json)
{
    if (ttm_json_type(json) != TTM_JSON_OBJECT)
        return ttm_member_error(at, "end", "must be an object with box, point, points, not "
                                "or polygon: where it is in the picture of the end");
    for (json = ttm_json_first(json); json; json = ttm_json_next(json)) {
        const int ret = strcmp(ttm_json_name(json), "color") ?
                        ttm_place_read(end, at, ttm_json_name(json), json) : 0;

        if (ret < 0)
            return ret;
        if (!ret)
            return ttm_member_error(at, "end", "has a member that is unknown; there are box, "
                                    "point, points, not and polygon");
    }
    return ttm_place_check(end, at) < 0 ? TTM_ERR_ARGUMENT : 0;
}

static int read_member(const TTMMember *at, TTMPromptObject *object,
                       const char *key, const TTMJson *value)
{
    int ret;

    if (!strcmp(key, "name"))
        return read_text(at, value, "name", &object->name);
    if (!strcmp(key, "prompt"))
        return read_text(at, value, "prompt", &object->prompt);
    if (!strcmp(key, "flow")) {
        if (ttm_flow_read(&object->flow, ttm_json_string(value, "")) < 0)
            return ttm_member_error(at, "flow", "must be \"left\", \"right\", \"up\", "
                                "\"down\", \"waves\" or \"sways\", with \" slowly\" "
                                "or \" quickly\" or without");
        return 0;
    }
    if (!strcmp(key, "end"))
        return read_end(at, &object->end, value);
    ret = ttm_place_read(&object->place, at, key, value);
    return ret ? (ret < 0 ? ret : 0) :
           ttm_member_error(at, key, "is unknown; there are name, prompt, flow, box, "
                            "point, points, not, polygon, color and end");
}

static int read_object(const TTMMember *at, TTMPromptObject *object,
                       const TTMJson *json)
{
    if (ttm_json_type(json) != TTM_JSON_OBJECT)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: objects[%d] must be an "
                        "object with name, prompt and a place", at->origin,
                        at->index);
    for (json = ttm_json_first(json); json; json = ttm_json_next(json)) {
        int ret = read_member(at, object, ttm_json_name(json), json);

        if (ret < 0)
            return ret;
    }
    if (ttm_place_check(&object->place, at) < 0)
        return TTM_ERR_ARGUMENT;
    if (!object->name && !object->prompt)
        return ttm_member_error(at, "prompt", "is missing: say what the object "
                                "does");
    if (!object->prompt)
        object->prompt = ttm_strdup(object->name);
    if (!object->name)
        object->name = ttm_asprintf("object %d", at->index + 1);
    object->description = ttm_strdup(object->name);
    object->count       = 1;
    if (!object->name || !object->prompt || !object->description)
        return ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
    return 0;
}

/* An object of a report: what it was and did, and its colour in the masks. */
static int read_reported(const TTMMember *at, TTMPromptObject *object,
                         const TTMJson *json)
{
    static const char *const members[] = { "name", "prompt", "color", "flow" };
    int ret = 0;

    for (int i = 0; ret >= 0 && i < 4; i++) {
        const TTMJson *value = ttm_json_get(json, members[i]);

        if (value)
            ret = read_member(at, object, members[i], value);
        else if (i < 2)
            ret = ttm_member_error(at, members[i], "is missing in this report");
    }
    if (ret < 0)
        return ret;
    object->unsure      = !ttm_json_bool(ttm_json_get(json, "sure"), 1) &&
                          strcmp(ttm_json_string(ttm_json_get(json, "found_by"), ""),
                                 "box");
    object->in_place    = ttm_json_bool(ttm_json_get(json, "in_place"), 0);
    object->inside      = ttm_json_bool(ttm_json_get(json, "inside"), 0);
    object->kept_still  = ttm_json_bool(ttm_json_get(json, "kept_still"), 0);
    object->description = ttm_strdup(object->name);
    object->count       = 1;
    return object->description ? 0 :
           ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
}

static int read_objects(TTMPrompts *p, TTMMember *at, const TTMJson *list)
{
    int nb = ttm_json_count(list);

    if (!list || ttm_json_type(list) != TTM_JSON_ARRAY || nb < 1)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: member \"objects\" "
                        "must be a list of at least one object", at->origin);
    if (nb > TTM_MAX_OBJECTS)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: %d objects; there may "
                        "be %d", at->origin, nb, TTM_MAX_OBJECTS);
    for (int i = 0; i < nb; i++) {
        int ret;

        at->index = i;
        p->nb_objects = i + 1;
        ret = p->runs ? read_reported(at, &p->objects[i], ttm_json_at(list, i)) :
              read_object(at, &p->objects[i], ttm_json_at(list, i));
        if (ret < 0)
            return ret;
    }
    return 0;
}

static int is_report(const TTMJson *root)
{
    return !strcmp(ttm_json_string(ttm_json_get(root, "generator"), ""), "ttm");
}

static int copy_text(const TTMMember *at, const TTMJson *json, char **text)
{
    if (!json || ttm_json_type(json) != TTM_JSON_STRING)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: this report lacks "
                        "prompts or object_ids: it is of another version of ttm",
                        at->origin);
    *text = ttm_strdup(ttm_json_string(json, ""));
    return *text ? 0 : ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
}

/* Moves of the camera; "auto" is as the prompt says. */
static int read_camera(TTMPrompts *p, const TTMMember *at, const TTMJson *json,
                       const char *member)
{
    const char *text = ttm_json_string(json, NULL);
    char wrong[256];
    int ret = 0;

    if (!text)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: member \"%s\" must be text, such as "
                        "\"pan left 10%%+zoom in 1.2\"", at->origin, member);
    p->camera_is_told = *text && strcmp(text, "auto") != 0;
    if (p->camera_is_told)
        ret = ttm_camera_parse(&p->camera, text, wrong, sizeof(wrong));
    return ret < 0 ? ttm_fail(at->log, ret, "%s: member \"%s\": %s", at->origin, member,
                              wrong) : 0;
}

/* The report of a clip: its prompts, its camera, and where its objects were. */
static int read_report(TTMPrompts *p, TTMMember *at, const TTMJson *root)
{
    const TTMJson *prompts = ttm_json_get(root, "prompts");
    const TTMJson *camera = ttm_json_get(prompts, "camera");
    const TTMJson *ids = ttm_json_get(root, "object_ids");
    const TTMJson *size = ttm_json_get(ids, "size");
    double numbers[2];
    int ret = copy_text(at, ttm_json_get(ids, "runs"), &p->runs);

    if (ret >= 0)
        ret = copy_text(at, ttm_json_get(prompts, "global"), &p->global);
    if (ret >= 0)
        ret = copy_text(at, ttm_json_get(prompts, "motion"), &p->motion);
    if (ret >= 0 && camera)
        ret = read_camera(p, at, camera, "prompts.camera");
    if (ret < 0)
        return ret;
    for (int i = 0; i < 2; i++)
        numbers[i] = ttm_json_number(ttm_json_at(size, i), 0);
    if (!(numbers[0] >= 1 && numbers[1] >= 1 && numbers[0] <= 1e6 &&
          numbers[1] <= 1e6))
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: object_ids.size must be "
                        "[width, height]", at->origin);
    p->runs_width  = (int)numbers[0];
    p->runs_height = (int)numbers[1];
    return read_objects(p, at, ttm_json_get(root, "objects"));
}

static int read_root(TTMPrompts *p, TTMMember *at, const TTMJson *root)
{
    if (ttm_json_type(root) == TTM_JSON_OBJECT && is_report(root))
        return read_report(p, at, root);
    if (ttm_json_type(root) != TTM_JSON_OBJECT)
        return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: must be a JSON object "
                        "with the members motion, camera and objects", at->origin);
    for (const TTMJson *value = ttm_json_first(root); value;
         value = ttm_json_next(value)) {
        const char *key = ttm_json_name(value);

        if (!strcmp(key, "objects"))
            continue;
        if (!strcmp(key, "camera")) {
            int ret = read_camera(p, at, value, key);

            if (ret < 0)
                return ret;
            continue;
        }
        if (strcmp(key, "motion"))
            return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: member \"%s\" is "
                            "unknown; there are motion, camera and objects",
                            at->origin, key);
        if (ttm_json_type(value) != TTM_JSON_STRING)
            return ttm_fail(at->log, TTM_ERR_ARGUMENT, "%s: member \"motion\" "
                            "must be text", at->origin);
        p->motion = ttm_text_clean(ttm_json_string(value, ""));
        if (!p->motion)
            return ttm_fail(at->log, TTM_ERR_MEMORY, "out of memory");
    }
    return read_objects(p, at, ttm_json_get(root, "objects"));
}

int ttm_prompts_from_json(TTMPrompts *p, const TTMLog *log,
                          const char *objects, const char *text)
{
    const char *marked = objects + ttm_text_mark(objects, strlen(objects));
    const char *first = marked + strspn(marked, " \t\r\n");
    TTMMember at = { log, *first == '{' ? "option objects" : objects, 0 };
    TTMJson *root = NULL;
    int ret;

    memset(p, 0, sizeof(*p));
    ret = *first == '{' ? ttm_json_parse(&root, log, first, at.origin) :
          ttm_json_load(&root, log, objects);
    if (ret < 0)
        return ret;
    ret = read_root(p, &at, root);
    ttm_json_free(&root);
    if (ret >= 0 && (ret = ttm_prompts_complete(p, text)) < 0)
        ttm_log(log, TTM_LOG_ERROR, "out of memory");
    p->parsed = 1;
    if (ret < 0)
        ttm_prompts_free(p);
    return ret;
}
