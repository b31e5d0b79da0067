# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sam2Model of transformers in small, and what it computes of a picture and of hints."""

from __future__ import annotations

import re

import torch
from torch import Tensor, nn
from transformers import Sam2Config, Sam2Model
from transformers.models.sam2.configuration_sam2 import Sam2HieraDetConfig, Sam2VisionConfig

from record import Recorder, randomise

# points and labels of a run: 1 and 0 the object and not, 2 and 3 corners of a box
Hints = list[tuple[float, float, int]]


def sam2_config(backbone: dict, hidden: int, decoder: dict, vision: dict) -> Sam2Config:
    """All sizes that follow from the backbone's are filled in."""
    side, stride = backbone["image_size"], backbone.get("patch_stride", 4)
    channels, levels = backbone["embed_dim_per_stage"], 3
    return Sam2Config(
        vision_config=Sam2VisionConfig(
            backbone_config=Sam2HieraDetConfig(
                hidden_size=channels[0],
                **backbone
                | {k: [v, v] for k, v in backbone.items() if k.startswith(("image_", "patch_"))},
            ),
            backbone_channel_list=channels[::-1],
            backbone_feature_sizes=[[side // stride >> i] * 2 for i in range(levels)],
            fpn_hidden_size=hidden,
            **vision,
        ),
        prompt_encoder_config={
            "hidden_size": hidden,
            "image_size": side,
            "patch_size": stride << levels - 1,
        },
        mask_decoder_config={"hidden_size": hidden, **decoder},
    )


def random_sam2(config: Sam2Config, seed: int) -> Sam2Model:
    """Embeddings are of the size of what they are added to, and the shared frequencies are
    shared."""
    model = randomise(Sam2Model(config), seed)
    generator = torch.Generator().manual_seed(seed + 7)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if re.search(r"(pos_embed(_window)?|no_memory_embedding|(embed|tokens?).weight)$", name):
                p.copy_(0.7 * torch.randn(p.shape, generator=generator))
        shared = model.shared_image_embedding.positional_embedding
        shared.copy_(torch.randn(shared.shape, generator=generator))
        model.prompt_encoder.shared_embedding.positional_embedding.copy_(shared)
    return model


def encode(model: Sam2Model, picture: Tensor) -> list[Tensor]:
    """Levels of the pyramid from the finest to the coarsest, as the decoder takes them."""
    return model.get_image_embeddings(picture)


def prompts(hints: Hints, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Points in pixels whose centres are at + 0, as transformers has them, and labels."""
    exact = torch.float64 if dtype == torch.float64 else torch.float32
    points = torch.tensor([[[h[:2] for h in hints]]], dtype=exact) - 0.5
    return points, torch.tensor([[[h[2] for h in hints]]])


def decode(
    model: Sam2Model, features: list[Tensor], hints: Hints
) -> tuple[Tensor, Tensor, Tensor]:
    """All masks [1, masks, h, w], the single one first; their scores; the object's logit."""
    points, labels = prompts(hints, features[0].dtype)
    sparse, dense = model.get_prompt_embeddings(input_points=points, input_labels=labels)
    decoder = model.mask_decoder

    def run(several: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return decoder(
            image_embeddings=features[2],
            image_positional_embeddings=model.get_image_wide_positional_embeddings(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=several,
            high_resolution_features=features[:2],
        )

    stable = decoder.dynamic_multimask_via_stability
    decoder.dynamic_multimask_via_stability = False
    single, single_score, _, _ = run(False)
    masks, scores, _, logit = run(True)
    decoder.dynamic_multimask_via_stability = stable
    return (
        torch.cat([single, masks], 2)[:, 0],
        torch.cat([single_score, scores], 2)[:, 0],
        logit[:, 0],
    )


def first_two(x: Tensor) -> Tensor:
    """Tokens [1, 1, T, C] as [T, C]."""
    return x.flatten(0, -2)


def watch_sam2(r: Recorder, model: Sam2Model) -> None:
    backbone, decoder = model.vision_encoder.backbone, model.mask_decoder
    root = "vision_encoder.backbone"

    def rows(x: Tensor) -> Tensor:
        return x  # channels-last already

    r.after(backbone.patch_embed.projection, f"{root}.patch_embed.projection")
    for i, block in enumerate(backbone.blocks):
        name = f"{root}.blocks.{i}"
        r.after(block.layer_norm1, f"{name}.layer_norm1", rows)
        r.before(block.layer_norm2, f"{name}.attn.proj", rows)
        r.after(block.layer_norm2, f"{name}.layer_norm2", rows)
        r.after(block, f"{name}.mlp.proj_out", rows)
        if hasattr(block, "proj"):
            r.after(block.proj, f"{name}.proj", rows)
    for name in ("conv_s0", "conv_s1"):
        r.after(decoder.get_submodule(name), f"mask_decoder.{name}")
    root = "mask_decoder.transformer"
    for i, layer in enumerate(decoder.transformer.layers):
        name = f"{root}.layers.{i}"
        for k, module in enumerate(
            (
                "self_attn.o_proj",
                "cross_attn_token_to_image.o_proj",
                "mlp.proj_out",
                "cross_attn_image_to_token.o_proj",
            ),
            1,
        ):
            norm = layer.get_submodule(f"layer_norm{k}")
            r.before(norm, f"{name}.{module}", first_two)
            r.after(norm, f"{name}.layer_norm{k}", first_two)
    r.after(decoder.transformer.layer_norm_final_attn, f"{root}.layer_norm_final_attn", first_two)
    r.after(decoder.upscale_layer_norm, "mask_decoder.upscale_layer_norm")
    watch_last(r, decoder.activation, "mask_decoder.upscale_conv2.activate")
    for i in range(decoder.num_mask_tokens):
        name = f"output_hypernetworks_mlps.{i}"
        r.after(decoder.get_submodule(name), f"mask_decoder.{name}.proj_out", first_two)
    r.after(decoder.iou_prediction_head.proj_out, "mask_decoder.iou_prediction_head.proj_out", first_two)


def watch_last(r: Recorder, module: nn.Module, node: str) -> None:
    """Of a module that is used for several sizes, what it gives for the largest."""
    largest = [0]

    def hook(_module: nn.Module, _inputs: object, out: Tensor) -> None:
        largest[0] = max(largest[0], out.numel())
        if out.numel() == largest[0]:
            r.put(f"node/{node}", out)

    module.register_forward_hook(hook)


def record_sam2_runs(
    r: Recorder,
    model: Sam2Model,
    seed: int,
    pictures: dict[str, dict[str, Hints]],
) -> None:
    """For each of `pictures` a run that encodes it, and runs that decode that by hints."""
    generator = torch.Generator().manual_seed(seed + 1)
    side = model.config.prompt_encoder_config.image_size
    for name, runs in pictures.items():
        picture = torch.randn((1, 3, side, side), generator=generator)
        exact = record_encoder(r, model, name, picture)
        for run, hints in runs.items():
            record_decoder(r, model, run, exact, hints)


def record_encoder(r: Recorder, model: Sam2Model, name: str, picture: Tensor) -> list[Tensor]:
    exact: list[Tensor] = []
    r.begin(name, graph="encoder", height=picture.shape[2], width=picture.shape[3])
    r.put("in/image", picture)

    def run(dtype: torch.dtype) -> Tensor:
        features = encode(model, picture.to(dtype))
        if dtype == torch.float64:
            exact.extend(x.float() for x in features)
        return features[2]

    r.forward(run)
    return exact


def record_decoder(
    r: Recorder, model: Sam2Model, name: str, features: list[Tensor], hints: Hints
) -> None:
    r.begin(name, graph="decoder", points=len(hints))
    for i, x in enumerate(features):
        r.put(f"in/features.{i}", x)
    points, labels = prompts(hints, torch.float64)
    r.put("in/points", points[0, 0] + 0.5)
    r.put("in/labels", labels[0, 0])

    def run(dtype: torch.dtype) -> Tensor:
        masks, scores, logit = decode(model, [x.to(dtype) for x in features], hints)
        if dtype == torch.float64:
            r.put("scores", scores)
            r.put("object", logit)
        return masks

    r.forward(run)


def random_hints(side: int, index: int, generator: torch.Generator) -> Hints:
    """A point; a box; points that are and are not the object, and a box."""

    def at() -> tuple[float, float]:
        x, y = (torch.rand(2, generator=generator) * side).tolist()
        return x, y

    box = [(*at(), 2), (*at(), 3)]
    return [[(*at(), 1)], box, [(*at(), 1), (*at(), 0), (*at(), 1), *box]][index % 3]
