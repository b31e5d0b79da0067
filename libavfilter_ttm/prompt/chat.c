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

/** @file Requests and answers of language models. */

#include "prompt/chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "prompt/complete.h"
#include "util/mem.h"
#include "util/url.h"

/* Tokens of an answer: 16 objects with long prompts are about a thousand. */
#define MAX_TOKENS 2048

/* The task of the paper's two few-shot instructions, and what the check of the answer asks. */
static const char instruction[] =
    "You read a caption of a short video that is made from one photograph, and say which "
    "things in it move and how. Answer with one JSON object and nothing else:\n"
    "{\"objects\": [{\"name\": \"...\", \"prompt\": \"...\"}], \"motion\": \"...\"}\n"
    "- objects: the things, people and animals of the caption that can move by themselves or "
    "are moved, in the order of the caption, at most 16; also those of which it says that they "
    "stay still. No background, no weather, no camera, no style. If there is none the list is "
    "empty.\n"
    "- name: the noun as the caption has it, with the adjectives and the position that tell it "
    "from others, e.g. \"red ball\" or \"left dog\". Of several that do the same, the plural "
    "with its number: \"two birds\". Never a word that the caption does not have; what a "
    "pronoun stands for goes by its noun.\n"
    "- prompt: one short sentence in the present tense with that noun as its subject: "
    "everything that the caption says of this thing and what it does, and nothing about other "
    "things. Directions and adjectives only as the caption has them. If it does not move: "
    "\"the ... stays still\".\n"
    "- motion: one sentence with the motion of all of them, each by its plain noun, without "
    "color, size, place and background.";

static const struct {
    const char *caption, *answer;
} examples[] = {
    { "A large red ball rolls right on grass while a small blue kite flies up",
      "{\"objects\": [{\"name\": \"large red ball\", \"prompt\": \"the large red ball rolls "
      "right on grass\"}, {\"name\": \"small blue kite\", \"prompt\": \"the small blue kite "
      "flies up\"}], \"motion\": \"The ball rolls to the right, and the kite flies upward\"}" },
    { "Cinematic shot: two dogs chase the cat that ran out of the old house, and it jumps over "
      "a parked car, 4k. The camera pans left.",
      "{\"objects\": [{\"name\": \"two dogs\", \"prompt\": \"the two dogs chase the cat\"}, "
      "{\"name\": \"cat\", \"prompt\": \"the cat runs out of the old house and jumps over a "
      "parked car\"}, {\"name\": \"parked car\", \"prompt\": \"the parked car stays still\"}], "
      "\"motion\": \"The dogs chase the cat, the cat runs and jumps, and the car stays "
      "still\"}" },
    { "Slow zoom in on a mountain lake at dawn", "{\"objects\": [], \"motion\": \"\"}" },
};

/* The form of the answer, for servers that hold a model to it. */
static const char schema[] =
    "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"objects\",\"strict\":true,"
    "\"schema\":{\"type\":\"object\",\"properties\":{\"objects\":{\"type\":\"array\","
    "\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},"
    "\"prompt\":{\"type\":\"string\"}},\"required\":[\"name\",\"prompt\"],"
    "\"additionalProperties\":false}},\"motion\":{\"type\":\"string\"}},"
    "\"required\":[\"objects\",\"motion\"],\"additionalProperties\":false}}}";

char *ttm_chat_address(const char *llm)
{
    static const char end[] = "/chat/completions";
    const int size = (int)sizeof(end) - 1;
    const char *query;
    TTMUrl url;
    int length;

    ttm_url_read(&url, llm);
    query  = url.path + url.path_size;
    length = url.path_size;
    while (length && url.path[length - 1] == '/')
        length--;
    if (length >= size && !strncmp(url.path + length - size, end, (size_t)size))
        return ttm_strdup(llm);
    return ttm_asprintf("%.*s%s%s%s", (int)(url.path - llm) + length, llm,
                        length ? "" : "/v1", end, query);
}

static int add_message(TTMJson *list, const char *role, const char *content)
{
    TTMJson *message = ttm_json_new_object();

    if (!message || ttm_json_add(list, NULL, message) < 0)
        return TTM_ERR_MEMORY;
    return ttm_json_add_string(message, "role", role) < 0 ? TTM_ERR_MEMORY :
           ttm_json_add_string(message, "content", content);
}

static int fill_request(TTMJson *root, const char *model, const char *caption, int plain)
{
    TTMJson *messages = ttm_json_new_array(), *format = NULL;
    int ret = messages ? ttm_json_add(root, "messages", messages) : TTM_ERR_MEMORY;

    if (ret >= 0 && model && *model)
        ret = ttm_json_add_string(root, "model", model);
    if (ret >= 0)
        ret = add_message(messages, "system", instruction);
    for (size_t i = 0; ret >= 0 && i < sizeof(examples) / sizeof(examples[0]); i++) {
        ret = add_message(messages, "user", examples[i].caption);
        if (ret >= 0)
            ret = add_message(messages, "assistant", examples[i].answer);
    }
    if (ret >= 0)
        ret = add_message(messages, "user", caption);
    if (ret >= 0)
        ret = ttm_json_add_bool(root, "stream", 0);
    if (ret < 0 || plain)
        return ret;
    if ((ret = ttm_json_add_number(root, "temperature", 0)) < 0 ||
        (ret = ttm_json_add_number(root, "max_tokens", MAX_TOKENS)) < 0)
        return ret;
    if (ttm_json_parse(&format, NULL, schema, "schema") < 0)
        return TTM_ERR_MEMORY;
    return ttm_json_add(root, "response_format", format);
}

char *ttm_chat_request(const char *model, const char *caption, int plain)
{
    TTMJson *root = ttm_json_new_object();
    char *text = root && fill_request(root, model, caption, plain) >= 0 ?
                 ttm_json_print_line(root) : NULL;

    ttm_json_free(&root);
    return text;
}

/* Parse a body; a text that ends early at a 0 is none. */
static int parse_body(TTMJson **root, const char *body, size_t size)
{
    *root = NULL;
    return memchr(body, 0, size) ? TTM_ERR_FORMAT :
           ttm_json_parse(root, NULL, body, "answer");
}

/* The object of the first choice, or NULL. */
static const TTMJson *first_choice(const TTMJson *root)
{
    const TTMJson *choices = ttm_json_get(root, "choices");

    return choices && ttm_json_type(choices) == TTM_JSON_ARRAY ? ttm_json_at(choices, 0)
                                                               : NULL;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Where the JSON text begins, and its bytes: thoughts and a fence are around it. */
static const char *unwrap(const char *text, size_t *size)
{
    static const char thought[] = "<think>", thought_end[] = "</think>", fence[] = "```";
    const char *end;

    text += strspn(text, " \t\r\n");
    if (!strncmp(text, thought, strlen(thought)) && (end = strstr(text, thought_end))) {
        text = end + strlen(thought_end);
        text += strspn(text, " \t\r\n");
    }
    *size = strlen(text);
    while (*size && is_blank(text[*size - 1]))
        --*size;
    end = strchr(text, '\n');
    if (!strncmp(text, fence, 3) && end && *size >= (size_t)(end - text) + 4 &&
        !strncmp(text + *size - 3, fence, 3)) {
        *size -= (size_t)(end + 1 - text) + 3;
        text = end + 1;
    }
    return text;
}

int ttm_chat_read(char **text, const char *body, size_t size, char why[TTM_CHAT_WHY])
{
    const TTMJson *choice, *message;
    const char *content, *reason;
    TTMJson *root;
    int ret = parse_body(&root, body, size);

    *text = NULL;
    why[0] = 0;
    if (ret == TTM_ERR_MEMORY)
        return ret;
    choice  = ret < 0 ? NULL : first_choice(root);
    message = choice && ttm_json_type(choice) == TTM_JSON_OBJECT ?
              ttm_json_get(choice, "message") : NULL;
    content = message && ttm_json_type(message) == TTM_JSON_OBJECT ?
              ttm_json_string(ttm_json_get(message, "content"), NULL) : NULL;
    reason  = content ? ttm_json_string(ttm_json_get(choice, "finish_reason"), "") : "";
    if (ret < 0) {
        snprintf(why, TTM_CHAT_WHY, "what it answers is not JSON: is this the address of an "
                 "OpenAI-compatible server?");
    } else if (!content) {
        snprintf(why, TTM_CHAT_WHY, "its answer has no text (choices[0].message.content)");
        ret = TTM_ERR_FORMAT;
    } else if (!strcmp(reason, "length")) {
        snprintf(why, TTM_CHAT_WHY, "the answer of its model was cut off, as it grew too "
                 "long");
        ret = TTM_ERR_FORMAT;
    } else {
        content = unwrap(content, &size);
        *text = ttm_strndup(content, size);
        ret = *text ? 0 : TTM_ERR_MEMORY;
    }
    ttm_json_free(&root);
    return ret;
}

void ttm_chat_error(const char *body, size_t size, char why[TTM_CHAT_WHY])
{
    const TTMJson *error;
    const char *message;
    TTMJson *root;
    char *clean;

    why[0] = 0;
    if (parse_body(&root, body, size) < 0)
        return;
    error = ttm_json_type(root) == TTM_JSON_OBJECT ? ttm_json_get(root, "error") : NULL;
    message = !error ? "" : ttm_json_type(error) == TTM_JSON_OBJECT ?
              ttm_json_string(ttm_json_get(error, "message"), "") : ttm_json_string(error, "");
    clean = ttm_text_clean(message);
    if (clean)
        ttm_text_cut(clean, TTM_CHAT_WHY - 1);
    snprintf(why, TTM_CHAT_WHY, "%s", clean ? clean : "");
    free(clean);
    ttm_json_free(&root);
}
