# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/owlv2*: small Owlv2ForObjectDetection with the values that PyTorch computes,
for tests/nets; as make_net_references.py, whose packages it needs:

    python3 tests/ref/make_owlv2_references.py

The run "text" is the projected states of every token, "picture" the heads of every place.
"found/..." is what the whole class makes of both, with the padding of the texts masked:
logits, boxes and objectness; its errors in f16 and bf16 are in the run "picture".
"""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import Owlv2Config, Owlv2ForObjectDetection

from make_net_references import Recorder, distance, randomise


def build(text: dict, vision: dict) -> Owlv2ForObjectDetection:
    config = Owlv2Config(
        text_config=text, vision_config=vision, projection_dim=text["hidden_size"]
    )
    return Owlv2ForObjectDetection(config)


def patches(picture: Tensor, size: int) -> Tensor:
    """[1, 3, side, side] as [places, 3 * size * size]."""
    grid = picture.shape[-1] // size
    cut = picture[..., : grid * size, : grid * size]
    cut = cut.reshape(3, grid, size, grid, size)
    return cut.permute(1, 3, 0, 2, 4).reshape(grid * grid, -1)


def draw_ids(text: dict, queries: int, generator: torch.Generator) -> Tensor:
    """Start, words, end, and padding with 0, as OWLv2's tokenizer has it."""
    tokens, vocabulary = text["max_position_embeddings"], text["vocab_size"]
    ids = torch.zeros(queries, tokens, dtype=torch.int64)
    for i in range(queries):
        words = min(1 + 2 * i, tokens - 2)
        ids[i, 0] = vocabulary - 2
        ids[i, 1 : 1 + words] = torch.randint(
            1, vocabulary - 2, (words,), generator=generator
        )
        ids[i, 1 + words] = vocabulary - 1
    return ids


def record_case(
    case,
    model: Owlv2ForObjectDetection,
    text: dict,
    vision: dict,
    seed: int,
    end: str = "",
) -> tuple[Tensor, Tensor, Tensor]:
    """Both runs into a recorder of either kind, `end` behind their names; the inputs."""
    generator = torch.Generator().manual_seed(seed + 1)
    tokens, side = text["max_position_embeddings"], vision["image_size"]
    ids = draw_ids(text, 3, generator)
    mask = (torch.arange(tokens) <= ids.argmax(-1, keepdim=True)).long()
    picture = torch.randn((1, 3, side, side), generator=generator)

    case.begin(f"text{end}", queries=3, tokens=tokens)
    case.put("in/ids", ids)
    owl = model.owlv2

    def texts(_: torch.dtype) -> Tensor:
        states = owl.text_model(input_ids=ids).last_hidden_state
        return owl.text_projection(states)

    case.forward(texts)

    case.begin(f"picture{end}")
    case.put("in/patches", patches(picture, vision["patch_size"]))

    def classes(dtype: torch.dtype) -> Tensor:
        feats = model.image_embedder(picture.to(dtype))[0]
        feats = feats.reshape(1, -1, feats.shape[-1])
        model.objectness_predictor(feats)
        model.box_head(feats)
        model.class_head.logit_shift(feats)
        model.class_head.logit_scale(feats)
        return model.class_head.dense0(feats)[0]

    case.forward(classes)
    return ids, mask, picture


def owlv2_case(name: str, seed: int, text: dict, vision: dict) -> None:
    model = randomise(build(text, vision), seed)
    case = Recorder(name, "detector", "transformers", model)
    root = "owlv2.text_model.encoder.layers"
    watch = {
        f"{root}.{i}": f"{root}.{i}.mlp.fc2" for i in range(text["num_hidden_layers"])
    }
    root = "owlv2.vision_model"
    watch |= {
        f"{root}.encoder.layers.{i}": f"{root}.encoder.layers.{i}.mlp.fc2"
        for i in range(vision["num_hidden_layers"])
    }
    watch |= {
        f"{root}.pre_layernorm": f"{root}.pre_layernorm",
        f"{root}.post_layernorm": f"{root}.post_layernorm",
    }
    for module in (
        "layer_norm",
        "class_head.logit_shift",
        "class_head.logit_scale",
        "box_head.dense2",
        "objectness_head.dense2",
    ):
        watch[module] = module
    handles = case.watch(watch)
    ids, mask, picture = record_case(case, model, text, vision, seed)
    for handle in handles:
        handle.remove()

    def whole(dtype: torch.dtype) -> dict[str, Tensor]:
        out = model(ids, picture.to(dtype), attention_mask=mask)
        return {
            "logits": out.logits[0],
            "boxes": out.pred_boxes[0],
            "objectness": out.objectness_logits[0],
        }

    run = case.runs[-1]
    state = {k: v.clone() for k, v in model.state_dict().items()}
    bias = model.compute_box_bias(model.num_patches_height, model.num_patches_width)
    model.double()
    model.box_bias = bias.double()  # no tensor of the file: the passes rounded it
    exact = whole(torch.float64)
    case.run = "found"
    for key, value in exact.items():
        case.put(key, value)
    for kind, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16)):
        model.to(dtype)
        model.box_bias = bias.to(dtype)
        rounded = whole(dtype)
        for key, value in exact.items():
            error = distance(rounded[key], value)
            run[f"{kind}_{key}_error"] = round(error, 6)
        model.float()
        model.load_state_dict(state)
    case.save()


def text_config(**changes) -> dict:
    return {
        "vocab_size": 16,
        "hidden_size": 15,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "max_position_embeddings": 8,
        "bos_token_id": 14,
        "eos_token_id": 15,
    } | changes


def vision_config(**changes) -> dict:
    return {
        "hidden_size": 12,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 20,
        "patch_size": 4,
    } | changes


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        owlv2_case("owlv2", 300, text_config(), vision_config())
        # another activation, one place less than fits along each side
        owlv2_case(
            "owlv2_gelu",
            310,
            text_config(hidden_act="gelu", num_hidden_layers=1, layer_norm_eps=1e-4),
            vision_config(
                hidden_size=10,
                num_hidden_layers=1,
                image_size=14,
                patch_size=3,
                hidden_act="gelu",
                layer_norm_eps=1e-3,
            ),
        )


if __name__ == "__main__":
    main()
