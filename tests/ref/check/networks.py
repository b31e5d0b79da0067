# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds the network of a case, runs it in PyTorch and saves both."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNetMotionModel
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

for part in ("models/train", "tests/ref"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / part))

from configs import Case  # noqa: E402
from masked_attention import (  # noqa: E402
    Regions,
    add_masked_attention,
    masked_block_list,
    set_regions,
)
from record import (  # noqa: E402
    PRECISIONS,
    WEIGHTS,
    Recorder,
    randomise,
    watch_kl,
    watch_segmenter,
    watch_text,
    watch_tiny,
    watch_unet,
)
from sam2 import random_hints as random_sam2_hints  # noqa: E402
from sam2 import random_sam2, record_sam2_runs, sam2_config, watch_sam2  # noqa: E402
from segmenter import HINTS, SegmenterConfig, TTMSegmenter  # noqa: E402

RUNS = 3  # inputs for each network


def rounded(model: nn.Module, file: str) -> nn.Module:
    """The weights as a file of this type holds them."""
    return model.to(PRECISIONS[file]).float()


def record_text(case: Case, folder: Path) -> None:
    config, (prompts, tokens) = case.config, case.run.values()
    vocabulary = config["vocab_size"]
    model = CLIPTextModel(
        CLIPTextConfig(
            **config,
            projection_dim=8,
            bos_token_id=vocabulary - 2,
            eos_token_id=vocabulary - 1,
            pad_token_id=vocabulary - 1,
        )
    )
    rounded(randomise(model, case.seed), case.file)
    r = Recorder(folder, "text_encoder", "transformers", model)
    watch_text(r, model, "")
    generator = torch.Generator().manual_seed(case.seed + 1)
    for i in range(RUNS):
        r.begin(f"run{i}", prompts=prompts, tokens=tokens)
        ids = torch.randint(0, vocabulary, (prompts, tokens), generator=generator)
        ids[:, 0] = vocabulary - 2
        ids[:, 3 + i :] = vocabulary - 1
        r.put("in/ids", ids)
        r.forward(lambda _, ids=ids: model(input_ids=ids).last_hidden_state)
    r.save(None, PRECISIONS[case.file], case.shard)


def record_vae(case: Case, folder: Path) -> None:
    tiny = case.kind == "tiny"
    model = (AutoencoderTiny if tiny else AutoencoderKL)(**case.config)
    rounded(randomise(model, case.seed), case.file)
    r = Recorder(folder, "vae", "diffusers", model)
    (watch_tiny if tiny else watch_kl)(r, model)
    generator = torch.Generator().manual_seed(case.seed + 1)
    shift, scale = model.config.shift_factor or 0.0, model.config.scaling_factor
    n, h, w = case.run["image"]
    factor = 2 ** (len(model.config.block_out_channels) - 1)
    h, w = -(-h // factor) * factor, -(-w // factor) * factor
    size = (n, model.config.latent_channels, h // factor, w // factor)

    def encode(dtype: torch.dtype) -> Tensor:
        z = model.encode(x.to(dtype))
        z = z.latent_dist.mode() if hasattr(z, "latent_dist") else z.latents
        return (z - shift) * scale

    def decode(dtype: torch.dtype) -> Tensor:
        return model.decode(x.to(dtype) / scale + shift).sample

    for i in range(RUNS):
        r.begin(f"encode{i}", n=n, height=h, width=w)
        x = torch.rand((n, 3, h, w), generator=generator) * 2 - 1
        r.put("in/image", x)
        r.forward(encode)
        r.begin(f"decode{i}", n=n, height=h, width=w)
        x = torch.randn(size, generator=generator)
        r.put("in/latents", x)
        r.forward(decode)
    r.save(None, PRECISIONS[case.file], case.shard)


def exact_time(unet: UNetMotionModel) -> None:
    """An f64 network computes its time embedding in f64 too.

    diffusers rounds the angle, up to 1000, to f32 even there.
    """
    theirs = partial(type(unet.time_proj).forward, unet.time_proj)
    half = unet.time_proj.num_channels // 2

    def forward(timesteps: Tensor) -> Tensor:
        if unet.dtype != torch.float64:
            return theirs(timesteps)
        rates = 10000 ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = timesteps.double()[:, None] * rates
        out = torch.cat([angles.cos(), angles.sin()], -1)
        assert torch.allclose(out, theirs(timesteps).double(), atol=2e-4)
        return out

    unet.time_proj.forward = forward


def draw_regions(
    frames: int, h: int, w: int, objects: int, generator: torch.Generator
) -> Regions:
    """Boxes that move and overlap. The last object of three or more has no
    cell anywhere; others vanish in a frame of the middle and come back."""
    ids = torch.zeros(frames, h, w, dtype=torch.int64)
    bits = torch.zeros(frames, h, w, objects, dtype=torch.bool)

    def draw(high: int) -> int:
        return int(torch.randint(0, high, (1,), generator=generator))

    for l in range(objects - (objects > 2)):
        y, x, dy, dx = draw(h), draw(w), draw(3) - 1, draw(3) - 1
        bh, bw = 1 + draw(max(h // 2, 1)), 1 + draw(max(w // 2, 1))
        for t in range(frames):
            if l % 2 == 1 and t == frames // 2:
                continue
            top, left = max(y + t * dy, 0), max(x + t * dx, 0)
            ids[t, top : top + bh, left : left + bw] = l + 1
            # a box is larger than what is seen of the object
            bits[t, max(top - 1, 0) : top + bh, left : left + bw + 1, l] = True
    # a set must be exact as f32: at most 24 bits from the lowest to the highest
    if objects > 24:
        bits[..., 20:] &= ~bits[..., :12].any(-1, keepdim=True)
    return Regions(ids[None], bits[None])


def record_unet(case: Case, folder: Path) -> None:
    ttm, run = case.ttm, case.run
    unet = UNetMotionModel(**case.config)
    blocks = ttm["masked_blocks"] if ttm else 0
    own = bool(ttm) and ttm["masked_self_attention"]
    cross = bool(ttm) and ttm["masked_cross_attention"]
    if ttm:
        add_masked_attention(unet, blocks, own, cross)
    rounded(randomise(unet, case.seed), case.file)
    exact_time(unet)
    part = "motion_to_video" if ttm else "unet"
    r = Recorder(folder, part, "diffusers", unet)
    watch_unet(r, unet)
    generator = torch.Generator().manual_seed(case.seed + 1)
    objects = run.get("objects", 0)
    frames, h, w = run["frames"], run["height"], run["width"]
    tokens, dim = run["tokens"], unet.config.cross_attention_dim
    levels = sorted({level for level, _ in masked_block_list(unet, blocks)})

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    for i in range(RUNS):
        r.begin(
            f"run{i}", frames=frames, height=h, width=w, tokens=tokens,
            objects=objects,
        )  # fmt: skip
        parts = []
        for name in ttm["inputs"] if ttm else ["noise"]:
            x = noise(1 if name == "image" else frames, 4, h, w)
            r.put(f"in/{name}", x)
            parts.append(x.expand(frames, -1, -1, -1))
        x = torch.cat(parts, 1).transpose(0, 1)[None]  # [1, C, F, h, w]
        text, locals_ = noise(1, tokens, dim), noise(objects, tokens, dim)
        time = round(run["time"] * (1 - i / 7) * 8) / 8  # exact as f32
        r.put("in/time", torch.tensor([time]))
        r.put("in/text", text)
        local = torch.arange(objects)
        if cross and objects:
            r.put("in/locals", locals_)
            sets = (1 << local).repeat_interleave(tokens)
            r.put("in/local_key_sets", sets)
        regions = {}
        for level in levels:
            grid = (-(-h // 2**level), -(-w // 2**level))
            regions[level] = draw_regions(frames, *grid, objects, generator)
            if own:
                r.put(f"in/regions.{level}", regions[level].ids.flatten())
            if cross and objects:
                sets = (regions[level].bits << local).sum(-1)
                r.put(f"in/sets.{level}", sets.flatten())

        def forward(dtype: torch.dtype) -> Tensor:
            side = locals_.reshape(1, -1, dim).to(dtype)
            set_regions(unet, blocks, regions, side)
            words = text.expand(frames, -1, -1).to(dtype)
            out = unet(x.to(dtype), time, words).sample
            return out[0].transpose(0, 1)

        r.forward(forward)
    r.save({"ttm": ttm} if ttm else None, PRECISIONS[case.file], case.shard)


def random_hints(generator: torch.Generator, height: int, width: int) -> Tensor:
    """[1, HINTS, height, width] of 0 .. 1: a box, and anything in the other maps."""
    hints = torch.rand((1, HINTS, height, width), generator=generator)
    hints[:, 0] = 0
    hints[:, 0, height // 4 : height - 1, 1 : width // 2 + 1] = 1
    return hints


def save_segmenter(model: TTMSegmenter, folder: Path, **_: object) -> None:
    """As save_pretrained() does, in the type that the weights have."""
    folder.mkdir(parents=True)
    config = {"_class_name": "TTMSegmenter"} | asdict(model.config)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    weights = {k: v.detach().contiguous() for k, v in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})


def record_segmenter(case: Case, folder: Path) -> None:
    model = TTMSegmenter(SegmenterConfig(**case.config))
    rounded(randomise(model, case.seed), case.file)
    model.save_pretrained = partial(save_segmenter, model)
    r = Recorder(folder, "segmenter", "ttm", model)
    watch_segmenter(r, model)
    generator = torch.Generator().manual_seed(case.seed + 1)
    height, width = case.run["image"]
    for i in range(RUNS):
        r.begin(f"run{i}", graph="segmenter", n=1, height=height, width=width)
        picture = torch.rand((1, 3, height, width), generator=generator) * 2 - 1
        hints = random_hints(generator, height, width)
        r.put("in/image", picture)
        r.put("in/hints", hints)

        def forward(dtype: torch.dtype, of=(picture, hints)) -> Tensor:
            return model(*(x.to(dtype) for x in of))[0]

        r.forward(forward)
    r.save(None, PRECISIONS[case.file])


def record_sam2(case: Case, folder: Path) -> None:
    model = random_sam2(sam2_config(**case.config), case.seed)
    rounded(model, case.file)
    r = Recorder(folder, "segmenter", "transformers", model)
    watch_sam2(r, model)
    generator = torch.Generator().manual_seed(case.seed + 2)
    side = case.config["backbone"]["image_size"]
    pictures = {
        f"encode{i}": {f"decode{i}": random_sam2_hints(side, i, generator)}
        for i in range(RUNS)
    }
    record_sam2_runs(r, model, case.seed, pictures)
    r.save(None, PRECISIONS[case.file], case.shard)


def record_owlv2(case: Case, folder: Path) -> None:
    # not at the top: what writes the stored references imports this file
    from make_owlv2_references import build, record_case

    text, vision = case.config["text"], case.config["vision"]
    model = rounded(randomise(build(text, vision), case.seed), case.file)
    r = Recorder(folder, "detector", "transformers", model)
    root = model.owlv2.vision_model
    for i, m in enumerate(root.encoder.layers):
        r.after(m, f"owlv2.vision_model.encoder.layers.{i}.mlp.fc2")
    r.after(root.pre_layernorm, "owlv2.vision_model.pre_layernorm")
    for name in ("layer_norm", "box_head.dense2", "objectness_head.dense2"):
        r.after(model.get_submodule(name), name)
    for i in range(RUNS):
        record_case(r, model, text, vision, case.seed + i, str(i))
    r.save(None, PRECISIONS[case.file], case.shard)


def record(case: Case, folder: Path) -> None:
    """Write `folder`; what is there already is replaced."""
    with torch.no_grad():
        if case.kind == "text":
            record_text(case, folder)
        elif case.kind == "owlv2":
            record_owlv2(case, folder)
        elif case.kind == "unet":
            record_unet(case, folder)
        elif case.kind == "segmenter":
            record_segmenter(case, folder)
        elif case.kind == "sam2":
            record_sam2(case, folder)
        else:
            record_vae(case, folder)
