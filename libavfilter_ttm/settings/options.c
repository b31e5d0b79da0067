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

/** @file The one table of options. */

#include "settings/options.h"

#include <string.h>

#include "util/rng.h"

static const char *const mode_choices[] = {
    "full", "plan", "render", "draft", "objects", NULL
};
static const char *const emit_choices[] = { "clip", "mask", "view", NULL };
static const char *const sampler_choices[] = {
    "auto", "ddim", "euler", "linear_quadratic", "unipc", NULL
};
static const char *const refine_choices[] = {
    "auto", "none", "similarity", "shape", NULL
};
static const char *const precision_choices[] = {
    "auto", "f32", "f16", "bf16", NULL
};
static const char *const kernels_choices[] = {
    "auto", "plain", "software", "cooperative", "cooperative2", NULL
};


#define TEXT(member, type, flags, help) \
    { { #member, TTM_OPTION_##type, flags, 0, 0, NULL, NULL, help }, \
      offsetof(TTMSettings, member) }
#define NUMBER(member, type, min, max, fallback, flags, help) \
    { { #member, TTM_OPTION_##type, flags, min, max, fallback, NULL, help }, \
      offsetof(TTMSettings, member) }
#define CHOICE(member, fallback, choices, help) \
    { { #member, TTM_OPTION_CHOICE, 0, 0, \
        sizeof(choices) / sizeof((choices)[0]) - 2, fallback, choices, help }, \
      offsetof(TTMSettings, member) }

#define RUN_TIME TTM_OPTION_RUN_TIME

static const TTMOptionRow rows[] = {
    TEXT(model, STRING, 0, "bundle folder; unset: $TTM_MODEL, else the one that "
         "comes with ttm"),
    TEXT(lora, STRING, 0, "LoRA files to merge, as PATH:WEIGHT, separated by "
         "'|'; behind the weight, :motion or :video keeps one to a stage"),
    TEXT(segmenter, STRING, 0, "folder of a network that finds the objects; none: colours "
         "find them; unset: the bundle's, or none"),
    TEXT(detector, STRING, 0, "folder of a network that finds in the still what the "
         "prompt names, as boxes (OWLv2); unset: colours and what stands out do"),
    TEXT(prompt, STRING, RUN_TIME, "what happens in the clip, e.g. 'the red ball "
         "moves left while the kite flies up'"),
    TEXT(promptfile, STRING, RUN_TIME, "text file that holds the prompt"),
    TEXT(objects, STRING, RUN_TIME, "the objects and their prompts, as JSON text "
         "that begins with '{' or as a JSON file; unset: found from the prompt"),
    TEXT(llm, STRING, 0, "address of an OpenAI-compatible server (llama.cpp, Ollama, vLLM) "
         "that reads the prompt, e.g. http://localhost:8080; the words of the prompt are "
         "sent there; unset: built-in rules read it"),
    TEXT(llm_model, STRING, 0, "model that the server of llm is asked for; unset: the "
         "server's choice"),
    TEXT(camera, STRING, RUN_TIME, "moves of the camera, e.g. pan left or zoom in 1.3, more of "
         "them joined by '+'; none; unset or auto: as the prompt says"),
    TEXT(negative_prompt, STRING, RUN_TIME, "what text guidance leads away from"),
    TEXT(device, STRING, 0, "auto, cpu, vulkan, vulkan:N or vulkan:NAME; unset: "
         "auto, a real GPU, else the CPU"),
    TEXT(report, STRING, RUN_TIME, "JSON file to write when the clip is done"),
    TEXT(size, SIZE, 0, "size of the output; unset: the input's"),
    TEXT(generation_size, SIZE, 0, "size of the networks' frames, rounded to what "
         "they take; unset: the bundle's at the aspect of the input as displayed"),
    TEXT(memory, STRING, 0, "device memory that may be used: bytes, with K, M or "
         "G; unset or auto: what is free"),
    CHOICE(mode, "full", mode_choices,
           "full: still to video; plan: stage 1 only, emits the trajectory; "
           "render: stage 2 only, the trajectory is given; draft: no stage, "
           "the still is carried along the given trajectory; objects: one frame, "
           "which shows the objects of the still"),
    CHOICE(emit, "clip", emit_choices,
           "of a draft, clip: its pictures; mask: white where it does not know "
           "the picture; of a plan, clip: the scene; view: as the camera sees it"),
    NUMBER(frames, INT, 0, 1000000, "0", 0, "number of frames; 0: as duration says"),
    NUMBER(fps, RATE, 0, 1000, "0", 0, "frames per second; 0: the bundle's"),
    NUMBER(duration, DOUBLE, 0, 1000000, "0", 0,
           "seconds of the clip; 0: as long as the bundle's, or as the given "
           "trajectory"),
    NUMBER(motion_time, DOUBLE, 0, 1000000, "0", 0,
           "seconds that the generated motion lasts, behind which it goes on; 0: the "
           "clip, at most twice the bundle's"),
    NUMBER(llm_timeout, DOUBLE, 0.5, 3600, "60", 0,
           "seconds that the server of llm has for its answer; then the rules read the "
           "prompt"),
    NUMBER(loop, BOOL, 0, 1, "0", 0,
           "the last frame leads into the first: what comes back repeats, the rest goes "
           "there and back"),
    NUMBER(end, BOOL, 0, 1, "0", 0,
           "objects go to where they are in another picture, which is given: masks where "
           "those of the still are, else a photograph of the same scene"),
    NUMBER(steps, INT, 0, 1000, "0", RUN_TIME,
           "denoising steps of each stage; 0: the bundle's"),
    NUMBER(guidance, DOUBLE, -1, 100, "-1", RUN_TIME,
           "text guidance scale, 1 is none; negative: the bundle's"),
    NUMBER(image_guidance, DOUBLE, -1, 100, "-1", RUN_TIME,
           "image guidance scale, 1 is none; negative: the bundle's"),
    CHOICE(sampler, "auto", sampler_choices,
           "auto: the bundle's; ddim, euler, linear_quadratic, unipc"),
    CHOICE(refine, "auto", refine_choices,
           "fit the masks of the first frame to the trajectory's; auto: shape "
           "where that is given, else the bundle's"),
    NUMBER(detail, DOUBLE, -1, 1, "-1", 0,
           "share of the still's own detail that is carried along; "
           "negative: the bundle's"),
    CHOICE(precision, "auto", precision_choices,
           "type of the networks' activations; auto: the device's choice"),
    CHOICE(kernels, "auto", kernels_choices,
           "form of the Vulkan kernels, for tests; auto: the best that the "
           "device has"),
    NUMBER(seed, INT64, -1, (double)TTM_MAX_SEED, "-1", RUN_TIME,
           "seed of the noise; -1: random, logged"),
    NUMBER(threads, INT, 0, 1024, "0", TTM_OPTION_OF_HOST,
           "CPU threads; 0: one for small networks, else max_threads"),
    NUMBER(max_threads, INT, 0, 1024, "0", TTM_OPTION_OF_HOST,
           "most CPU threads where threads is 0; 0: one a core"),
    NUMBER(profile, BOOL, 0, 1, "0", 0,
           "time every kernel, for the log and the report; slower"),
};

#define NB_ROWS (sizeof(rows) / sizeof(rows[0]))

const TTMOptionRow *ttm_option_row(size_t index)
{
    return index < NB_ROWS ? &rows[index] : NULL;
}

const TTMOptionRow *ttm_option_find_row(const char *name)
{
    for (size_t i = 0; name && i < NB_ROWS; i++)
        if (!strcmp(rows[i].option.name, name))
            return &rows[i];
    return NULL;
}

const TTMOption *ttm_option_find(const char *name)
{
    const TTMOptionRow *row = ttm_option_find_row(name);

    return row ? &row->option : NULL;
}

const TTMOption *ttm_option_next(const TTMOption *previous)
{
    if (!previous)
        return &rows[0].option;
    for (size_t i = 0; i + 1 < NB_ROWS; i++)
        if (&rows[i].option == previous)
            return &rows[i + 1].option;
    return NULL;
}
