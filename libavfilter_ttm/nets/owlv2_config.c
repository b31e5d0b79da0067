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

/** @file The configuration of transformers Owlv2Config. */

#include <stdlib.h>
#include <string.h>

#include "nets/net.h"
#include "nets/owlv2.h"
#include "util/mem.h"

/* What any network of transformers may have in its file, and what says nothing here. */
#define OF_ALL \
    "model_type", "architectures", "dtype", "torch_dtype", "transformers_version", \
    "initializer_factor", "initializer_range", "attention_dropout", "dropout", \
    "return_dict", "output_hidden_states", "output_attentions", "torchscript", \
    "use_bfloat16", "tf_legacy_loss", "pruned_heads", "tie_word_embeddings", \
    "chunk_size_feed_forward", "is_encoder_decoder", "is_decoder", \
    "cross_attention_hidden_size", "add_cross_attention", "tie_encoder_decoder", \
    "finetuning_task", "id2label", "label2id", "tokenizer_class", "prefix", \
    "bos_token_id", "pad_token_id", "eos_token_id", "sep_token_id", \
    "decoder_start_token_id", "task_specific_params", "problem_type", \
    /* of making texts, which older versions wrote everywhere */ \
    "max_length", "min_length", "do_sample", "early_stopping", "num_beams", \
    "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", \
    "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size", \
    "encoder_no_repeat_ngram_size", "bad_words_ids", "num_return_sequences", \
    "output_scores", "return_dict_in_generate", "forced_bos_token_id", \
    "forced_eos_token_id", "remove_invalid_values", "suppress_tokens", \
    "begin_suppress_tokens", "exponential_decay_length_penalty"

static const char *const known_all[] = {
    OF_ALL, "text_config", "vision_config", "projection_dim", "logit_scale_init_value",
    NULL
};
static const char *const known_text[] = {
    OF_ALL, "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
    "num_attention_heads", "max_position_embeddings", "hidden_act", "layer_norm_eps",
    "projection_dim", NULL
};
static const char *const known_vision[] = {
    OF_ALL, "hidden_size", "intermediate_size", "num_hidden_layers",
    "num_attention_heads", "num_channels", "image_size", "patch_size", "hidden_act",
    "layer_norm_eps", "projection_dim", NULL
};

/* A network's own object in the file, as a part whose messages name it; 0 or an error. */
static int open_object(TTMPart *inner, const TTMPart *part, const char *key,
                       TTMJson **empty)
{
    TTMJson *object = (TTMJson *)ttm_json_get(part->config, key);

    *inner = *part;
    *empty = NULL;
    if (!object || ttm_json_type(object) == TTM_JSON_NULL)
        object = *empty = ttm_json_new_object();    /* all as the class has it */
    inner->config      = object;
    inner->config_path = ttm_asprintf("%s: %s", part->config_path, key);
    if (!object || !inner->config_path)
        return ttm_fail(part->log, TTM_ERR_MEMORY, "%s: out of memory",
                        part->config_path);
    return ttm_json_type(object) == TTM_JSON_OBJECT ? 0 :
           ttm_fail(part->log, TTM_ERR_FORMAT, "%s: must be an object",
                    inner->config_path);
}

static void close_object(TTMPart *inner, TTMJson **empty)
{
    free(inner->config_path);
    ttm_json_free(empty);
}

static int read_text(TTMOwlv2Config *c, const TTMPart *part)
{
    TTMJson *empty;
    TTMPart inner;
    int ret = open_object(&inner, part, "text_config", &empty);

    if (ret >= 0)
        ret = ttm_config_known(&inner, inner.config, "", known_text);
    if (ret >= 0)
        ret = ttm_clip_text_read_config(&c->text, &inner, 16);
    close_object(&inner, &empty);
    return ret;
}

static int read_picture(TTMOwlv2Config *c, const TTMPart *part)
{
    static const TTMClipLayers fallback = {
        .hidden_size = 768, .intermediate_size = 3072, .layers = 12, .heads = 12,
        .epsilon = 1e-5f
    };
    TTMJson *empty;
    TTMPart inner;
    int channels, ret = open_object(&inner, part, "vision_config", &empty);

    if (ret < 0 ||
        (ret = ttm_config_known(&inner, inner.config, "", known_vision)) < 0 ||
        (ret = ttm_config_int(&inner, "num_channels", 3, 3, 3, &channels)) < 0 ||
        (ret = ttm_config_int(&inner, "image_size", 1, 4096, 768, &c->side)) < 0 ||
        (ret = ttm_config_int(&inner, "patch_size", 1, 256, 16, &c->patch)) < 0)
        goto end;
    ret = ttm_clip_layers_read(&c->vision, &inner, &fallback);
    c->grid = c->side / c->patch;
    if (ret >= 0 && !c->grid)
        ret = ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'image_size' %d is less than "
                       "'patch_size' %d", inner.config_path, c->side, c->patch);
end:
    close_object(&inner, &empty);
    return ret;
}

int ttm_owlv2_read(void *config, const TTMPart *part, TTMNetFacts *facts)
{
    TTMOwlv2Config *c = config;
    int ret;

    if ((ret = ttm_config_known(part, part->config, "", known_all)) < 0 ||
        (ret = ttm_config_int(part, "projection_dim", 1, 1 << 16, 512,
                              &c->width)) < 0 ||
        (ret = read_text(c, part)) < 0 || (ret = read_picture(c, part)) < 0)
        return ret;
    /* the class head gives places the width of the text's states */
    if (c->width != c->text.layers.hidden_size)
        return ttm_fail(part->log, TTM_ERR_FORMAT, "%s: 'projection_dim' %d is not the "
                        "'hidden_size' %d of 'text_config', so that places of the "
                        "picture cannot be compared with texts", part->config_path,
                        c->width, c->text.layers.hidden_size);
    facts->detector = (TTMDetector){
        .side = c->side, .patch = c->patch, .grid = c->grid,
        .tokens = c->text.max_positions, .vocabulary = c->text.vocab_size,
        .width = c->width,
    };
    return 0;
}
