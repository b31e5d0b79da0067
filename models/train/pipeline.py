# SPDX-License-Identifier: CC0-1.0
"""The two-stage pipeline in PyTorch, the reference for the C code.

Everything random is an argument: the same noise, still, masks and prompts
give the same clip in both programs up to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, UNetMotionModel
from torch import Tensor

from bundle import Bundle, Config, decode_latents, encode_images, encode_text
import dense
from common import paint_ids
from fast_unet import fast_forward
from masked_attention import Regions
from tints import (
    REST,
    decode_rows,
    fit_turns,
    paint_tints,
    split_rows,
)
from stray import drop_stray
from trajectory import carry, decode_ids, fit_similarity, refine_ids, regions_of


@dataclass
class Prompts:
    """Hidden states of one batch, and of the prompts without guidance."""

    text: Tensor  # [B, T, D] motion (stage 1) or global (stage 2) prompt
    locals_: Tensor  # [B, L * T, D]
    empty_text: Tensor  # [B, T, D] the negative prompt
    empty_locals: Tensor  # [B, L * T, D] of "" for every object


@dataclass
class Conditions:
    """Latents [B, F or 1, h, w, C], channels last, by name of input."""

    inputs: dict[str, Tensor]
    base: Tensor | None  # what the network's output is added to
    first: Tensor | None  # clean latents of frame 0, [B, 1, h, w, C]
    regions: dict[int, Regions]


def sigmas(steps: int, terminal: float) -> list[float]:
    """FlowMatchEulerDiscreteScheduler's, shift 1: 1 down to terminal, then 0.

    Without a terminal (0) the last step but one is at 1 / 1000.
    """
    low = terminal if terminal > 0 else 1e-3
    if steps == 1:
        return [1.0, 0.0]
    return [1 + i * (low - 1) / (steps - 1) for i in range(steps)] + [0.0]


def network_input(noisy: Tensor, cond: Conditions, names: list[str]) -> Tensor:
    """Concatenates the stage's inputs on channels, in order."""
    parts = []
    for name in names:
        part = noisy if name == "noise" else cond.inputs[name]
        parts.append(part.expand(*noisy.shape))
    return torch.cat(parts, dim=-1)


def predict_sample(
    unet: UNetMotionModel,
    meta: Config,
    noisy: Tensor,
    sigma: Tensor,
    cond: Conditions,
    text: Tensor,
    locals_: Tensor,
) -> Tensor:
    """Clean latents from noisy ones [B, F, h, w, C]; sigma [B]."""
    x = network_input(noisy, cond, meta["inputs"])
    out = fast_forward(unet, x, sigma * 1000, text, cond.regions, locals_)
    return out.float() if cond.base is None else out.float() + cond.base


def sample_stage(
    unet: UNetMotionModel,
    meta: Config,
    noise: Tensor,
    cond: Conditions,
    prompts: Prompts,
    steps: int,
    guidance: float = 1.0,
    image_guidance: float = 1.0,
    terminal: float = 0.0,
) -> Tensor:
    """Euler steps of the flow from noise [B, F, h, w, C] to clean latents.

    Guidance is e(0,0) + s_I (e(I,0) - e(0,0)) + s_T (e(I,T) - e(I,0)) with e
    the predicted sample; forwards of weight 0 are skipped.
    """
    weights = (1 - image_guidance, image_guidance - guidance, guidance)
    blank = Conditions(
        {k: torch.zeros_like(v) for k, v in cond.inputs.items()},
        cond.base,
        cond.first,
        cond.regions,
    )
    passes = (
        (blank, prompts.empty_text, prompts.empty_locals),
        (cond, prompts.empty_text, prompts.empty_locals),
        (cond, prompts.text, prompts.locals_),
    )
    x = noise.clone()
    schedule = sigmas(steps, terminal)
    for now, following in zip(schedule, schedule[1:]):
        if cond.first is not None:
            x[:, :1] = cond.first
        sigma = torch.full((x.shape[0],), now, device=x.device)
        sample = torch.zeros_like(x)
        for weight, (given, text, locals_) in zip(weights, passes):
            if weight != 0:
                sample += weight * predict_sample(
                    unet, meta, x, sigma, given, text, locals_
                )
        x = sample + (x - sample) * (following / now)
    if cond.first is not None:
        x[:, :1] = cond.first
    return x


def encode_clip(vae: AutoencoderKL, clip: Tensor) -> Tensor:
    """Latents [B, F, h, w, C] of [B, F, 3, H, W] in [-1, 1]."""
    b, f = clip.shape[:2]
    flat = clip.flatten(0, 1).contiguous(memory_format=torch.channels_last)
    z = encode_images(vae, flat).float().permute(0, 2, 3, 1)
    return z.reshape(b, f, *z.shape[1:])


def decode_clip(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """The inverse of encode_clip."""
    b, f = latents.shape[:2]
    flat = latents.flatten(0, 1).permute(0, 3, 1, 2)
    x = decode_latents(vae, flat.contiguous(memory_format=torch.channels_last))
    return x.float().view(b, f, *x.shape[1:])


def motion_conditions(
    vae: AutoencoderKL, meta: Config, still: Tensor, masks: Tensor, objects: int,
    colours: Tensor, frames: int, levels: int,
) -> Conditions:  # fmt: skip
    """Stage 1: still [B, 3, H, W] and first ids [B, H, W] at the stage's size."""
    image = encode_clip(vae, still[:, None])
    if meta.get("trajectory") == "dense":
        places = dense.still_positions(masks, dense.boxes_of(masks, objects))
        painted = dense.paint_dense(masks[:, None], places, colours)
    elif meta.get("trajectory") == "tinted":
        rest = torch.full((masks.shape[0], objects, 1), float(REST))
        painted = paint_tints(masks[:, None], rest, colours)
    else:
        painted = paint_ids(masks[:, None], colours)
    mask = encode_clip(vae, painted)
    ids = masks[:, None].expand(-1, frames, -1, -1)
    regions = regions_of(ids, objects, tuple(image.shape[2:4]), meta, levels)
    return Conditions(
        {"image": image, "mask": mask},
        mask if meta["residual"] == "mask" else None,
        mask if meta["first_frame"] == "given" else None,
        regions,
    )


def video_conditions(
    vae: AutoencoderKL, meta: Config, still: Tensor, ids: Tensor, carried: Tensor,
    objects: int, colours: Tensor, levels: int,
) -> Conditions:  # fmt: skip
    """Stage 2: still [B, 3, H, W], ids [B, F, H, W], carried [B, F, 3, H, W]."""
    image = encode_clip(vae, still[:, None])
    inputs = {"image": image, "mask": encode_clip(vae, paint_ids(ids, colours))}
    inputs["carried"] = encode_clip(vae, carried)
    regions = regions_of(ids, objects, tuple(image.shape[2:4]), meta, levels)
    base = None if meta["residual"] == "none" else inputs[meta["residual"]]
    first = image if meta["first_frame"] == "given" else None
    return Conditions(inputs, base, first, regions)


def encode_prompts(
    bundle: Bundle, texts: list[str], locals_: list[list[str]], negative: str = ""
) -> Prompts:
    """Every clip of a batch must have the same number of local prompts."""
    encode = lambda p: encode_text(
        bundle.tokenizer, bundle.text_encoder, p
    )  # noqa: E731
    batch, objects = len(texts), len(locals_[0])
    text = encode(texts)
    empty = encode([""])
    dim = text.shape[-1]
    flat = [p for one in locals_ for p in one]
    local = encode(flat) if flat else torch.zeros(0, text.shape[1], dim)
    return Prompts(
        text,
        local.reshape(batch, -1, dim),
        encode([negative]).expand(batch, -1, -1),
        (
            empty.repeat(batch, max(objects, 0), 1)
            if objects
            else torch.zeros(batch, 0, dim)
        ),
    )


@dataclass
class Result:
    """video [F, 3, H, W] in [-1, 1], predicted and used ids [F, H, W]."""

    video: Tensor
    predicted: Tensor
    ids: Tensor


@torch.no_grad()
def generate(
    bundle: Bundle,
    still: Tensor,
    masks: Tensor,
    prompt: str,
    motion: str,
    locals_: list[str],
    noise: tuple[Tensor, Tensor],
    colours: list[int] | None = None,
    **options: object,
) -> Result:
    """One clip of a still [3, H, W] with first-frame ids [H, W].

    noise holds the stages' starting noise [F, h, w, C]; colours the palette
    entry of each object (default 1, 2, ...). options override the bundle's
    defaults: steps, guidance, image_guidance, refine.
    """
    default = {**bundle.index["ttm"]["defaults"], **options}
    objects = len(locals_)
    table = torch.tensor([[0, *(colours or range(1, objects + 1))]])
    terminal = bundle.scheduler.get("shift_terminal") or 0.0
    one, two = bundle.unets["image_to_motion"], bundle.unets["motion_to_video"]
    meta1, meta2 = bundle.metas["image_to_motion"], bundle.metas["motion_to_video"]

    def settings(stage: int) -> dict[str, object]:
        return {
            "steps": default["steps"][stage],
            "guidance": default["guidance"][stage],
            "image_guidance": default["image_guidance"][stage],
            "terminal": terminal,
        }

    w1, h1 = meta1["size"]
    w2, h2 = meta2["size"]
    frames = noise[0].shape[0]
    small = resize_image(still[None], h1, w1)
    first = resize_ids(masks[None], h1, w1)
    cond = motion_conditions(
        bundle.vae, meta1, small, first, objects, table, frames, len(one.down_blocks)
    )
    prompts = encode_prompts(bundle, [motion], [locals_])
    x = sample_stage(one, meta1, noise[0][None], cond, prompts, **settings(0))
    image = decode_clip(bundle.vae, x)
    kind = meta1.get("trajectory")
    if kind == "dense":
        predicted, places = dense.decode_dense(image, table)
    elif kind == "tinted":
        predicted, levels = split_rows(decode_rows(image, table))
    else:
        predicted = decode_ids(image, table)
    predicted[:, 0] = first
    predicted = drop_stray(predicted, objects)
    still2, first2 = resize_image(still[None], h2, w2), resize_ids(masks[None], h2, w2)
    grown = resize_ids(predicted.flatten(0, 1), h2, w2).view(1, frames, h2, w2)
    grown[:, 0] = first2
    if kind == "dense":  # the shapes are as predicted
        places = dense.smooth_positions(predicted, places)
        places = _enlarged(places, h2, w2)
        ids, boxes = grown, dense.boxes_of(first2, objects)
        origins = dense.origins_of(places, ids, boxes)
        carried = dense.carry_dense(still2, first2, ids, origins)
    else:
        fit = fit_similarity(first2, grown, objects)
        if kind == "tinted":
            fit.turns = fit_turns(predicted, levels, objects)
        refine = default["refine"] != "none"
        ids = refine_ids(first2, grown, fit) if refine else grown
        carried = carry(still2, first2, ids, fit, refine)
    cond = video_conditions(
        bundle.vae, meta2, still2, ids, carried, objects, table, len(two.down_blocks)
    )
    prompts = encode_prompts(bundle, [prompt], [locals_])
    x = sample_stage(two, meta2, noise[1][None], cond, prompts, **settings(1))
    video = decode_clip(bundle.vae, x).clamp(-1, 1)
    return Result(video[0], grown[0], ids[0])


def resize_image(image: Tensor, h: int, w: int) -> Tensor:
    """Bicubic resize of [B, 3, H, W] that averages where it reduces."""
    if image.shape[-2:] == (h, w):
        return image
    return F.interpolate(
        image, (h, w), mode="bicubic", antialias=True, align_corners=False
    ).clamp(-1, 1)


def _enlarged(places: Tensor, h: int, w: int) -> Tensor:
    """Positions [B, F, H, W, 2] at another size, from the nearest pixel as ids are:
    those of another object must not be mixed in."""
    b, f = places.shape[:2]
    y = ((torch.arange(h) + 0.5) * places.shape[2] / h).floor().long()
    x = ((torch.arange(w) + 0.5) * places.shape[3] / w).floor().long()
    return places[:, :, y][:, :, :, x].view(b, f, h, w, 2)


def resize_ids(ids: Tensor, h: int, w: int) -> Tensor:
    """Nearest resize of [B, H, W]: the source pixel under each pixel's centre."""
    hp, wp = ids.shape[-2:]
    y = ((torch.arange(h) + 0.5) * hp / h).floor().long()
    x = ((torch.arange(w) + 0.5) * wp / w).floor().long()
    return ids[:, y][:, :, x].long()
