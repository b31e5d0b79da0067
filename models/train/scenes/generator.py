# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Draws batches of captioned clips with exact masks."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from . import captions, motion, outlines, render, textures
from .vocabulary import (
    BACKGROUND_KINDS,
    BACKGROUNDS,
    COLOUR_NAMES,
    COLOURS,
    CUTOUTS,
    NOUNS,
    OUTLINE_NOUNS,
    PACED,
    SHAPES,
    VERB_INDEX,
    VERB_WEIGHTS,
    VERBS,
    is_held_out,
    reserved_colour,
)

CANDIDATES = 24  # places tried for each object
_SEED = 0x9E3779B97F4A7C15  # spreads nearby seeds over the generators' states


@dataclass
class SceneBatch:
    """B clips of F frames with at most L objects.

    Slots l past a clip's number of objects have present False, and rubbish in
    the tensors; the lists hold the clip's objects only. Object l has id l + 1.
    """

    video: Tensor  # uint8 [B,F,H,W,3]
    ids: Tensor  # uint8 [B,F,H,W]; 0 is the background
    captions: list[str]
    motion_captions: list[str]
    local_prompts: list[list[str]]
    names: list[list[str]]  # the noun of each object
    verbs: list[list[str]]  # vocabulary.VERBS
    kinds: list[list[str]]  # vocabulary.KINDS: a shape, or "noun:" and a noun
    colours: list[list[str]]
    paces: list[list[str]]  # "", "slow", "fast"
    present: Tensor  # bool [B,L]
    centres: Tensor  # float [B,L,F,2]: x, y of the centroid in pixels
    scales: Tensor  # float [B,L,F]: size over the size in frame 0
    radii: Tensor  # float [B,L]: nominal radius in frame 0 in pixels
    depth: Tensor  # long [B,L]: order of painting, larger is in front


@dataclass
class _Plan:
    """The drawn contents of one object before any geometry."""

    kind: str
    noun: str
    outline: str
    colour: str
    verb: str
    pace: str


def _plan_object(rng: Random, verb: str, held_out: bool) -> _Plan:
    if rng.random() < 0.55:
        kind = rng.choice(tuple(SHAPES))
        noun, outline = rng.choice(SHAPES[kind]), kind
    else:
        noun = rng.choice(NOUNS)
        kind = "noun:" + noun
        outline = OUTLINE_NOUNS.get(noun) or rng.choice(("soft", *CUTOUTS))
        if rng.random() < 0.2:
            outline = "soft"
    if held_out:
        colour = reserved_colour(kind, verb)
    else:
        colour = rng.choice(COLOUR_NAMES)
        while is_held_out(kind, colour, verb):
            colour = rng.choice(COLOUR_NAMES)
    pace = ""
    if verb in PACED:
        draw = rng.random()
        pace = "slow" if draw < 0.15 else "fast" if draw < 0.3 else ""
    return _Plan(kind, noun, outline, colour, verb, pace)


def _plan_clip(rng: Random, objects: tuple[int, int], held_out: bool) -> list[_Plan]:
    count = rng.randint(*objects)
    verbs = rng.choices(VERBS, weights=list(VERB_WEIGHTS.values()), k=count)
    plans: list[_Plan] = []
    for verb in verbs:
        plan = _plan_object(rng, verb, held_out)
        # Nouns tell the objects of a clip apart, also without colours.
        while any(plan.noun == other.noun for other in plans):
            plan = _plan_object(rng, verb, held_out)
        plans.append(plan)
    return plans


def _place(
    reach: Tensor, radius: Tensor, present: Tensor, aspect: float, draw: Tensor
) -> Tensor:
    """First centres [B,L,2] in frame heights.

    reach [B,L,2,2] holds the least and greatest offset on either axis, radius
    [B,L], draw [B,L,CANDIDATES,2] uniform numbers. Most of the path stays in
    the frame, and the first frames hardly overlap.
    """
    batch, slots = radius.shape
    size = torch.tensor([aspect, 1.0])
    margin = radius[..., None] * 0.9
    low = margin - 0.75 * reach[:, :, 0]
    high = size - margin - 0.75 * reach[:, :, 1]
    middle = (low + high) / 2
    low, high = torch.minimum(low, middle), torch.maximum(high, middle)
    low = torch.maximum(torch.minimum(low, size - margin), margin)
    high = torch.maximum(torch.minimum(high, size - margin), margin)
    places = low[:, :, None] + (high - low)[:, :, None] * draw
    chosen = torch.zeros(batch, slots, 2)
    for slot in range(slots):
        gap = torch.full((batch, CANDIDATES), 0.03)
        for other in range(slot):
            away = (places[:, slot] - chosen[:, other, None]).norm(dim=-1)
            clear = away - (radius[:, slot] + radius[:, other])[:, None]
            clear = torch.where(present[:, other, None], clear, gap)
            gap = torch.minimum(gap, clear)
        # The first candidate with room enough, else the roomiest.
        best = gap.argmax(1)
        chosen[:, slot] = places[torch.arange(batch), slot, best]
    return chosen


def _radii(plans: list[list[_Plan]], slots: int, draw: Tensor) -> Tensor:
    """Radii [B,L] in frame heights; crowded clips get smaller objects."""
    low = torch.full_like(draw, 0.075)
    high = torch.full_like(draw, 0.225)
    for b, clip in enumerate(plans):
        for l, plan in enumerate(clip):
            high[b, l] = (0.225, 0.2, 0.17)[min(len(clip), 3) - 1]
            if plan.verb == "grows":
                high[b, l] = 0.14
            elif plan.verb == "shrinks":
                low[b, l] = 0.12
    return low + (high - low) * draw


def _size_word(rng: Random, radius: float) -> str:
    if radius > 0.175:
        return rng.choice(("big", "large"))
    if radius < 0.1:
        return rng.choice(("small", "small", "little", "tiny"))
    return ""


def generate(
    batch: int,
    frames: int = 16,
    size: tuple[int, int] = (128, 128),
    seed: int = 0,
    device: str | torch.device = "cpu",
    objects: tuple[int, int] = (1, 3),
    split: str = "train",
    max_objects: int | None = None,
) -> SceneBatch:
    """Draws a batch of clips; the same arguments give the same batch.

    size is (width, height) in pixels. Contents, captions and paths depend on
    the seed alone, textures also on the type of device (CPU or CUDA), neither
    on the size. objects is the least and greatest number of objects a clip;
    max_objects (default objects[1]) is L, the number of slots. split is
    "train" or "held_out": every object of the latter has a combination of
    kind, colour and verb that the former never shows.
    """
    if split not in ("train", "held_out"):
        raise ValueError(f'split must be "train" or "held_out", not {split!r}')
    slots = max_objects or objects[1]
    if not 1 <= objects[0] <= objects[1] <= slots:
        raise ValueError(f"objects {objects} do not fit in {slots} slots")
    device = torch.device(device)
    width, height = size
    held_out = split == "held_out"
    rng = Random(f"{seed}/{split}")
    numbers = torch.Generator().manual_seed((seed * 2 + held_out) * _SEED % 2**63)
    looks_numbers = torch.Generator(device)
    looks_numbers.manual_seed(rng.getrandbits(62))

    plans = [_plan_clip(rng, objects, held_out) for _ in range(batch)]
    owner, slot = [], []
    for b, clip in enumerate(plans):
        owner += [b] * len(clip)
        slot += range(len(clip))
    flat = [plan for clip in plans for plan in clip]
    owner_t, slot_t = torch.tensor(owner), torch.tensor(slot)
    present = torch.zeros(batch, slots, dtype=torch.bool)
    present[owner_t, slot_t] = True

    # Geometry, in frame heights, on the CPU: it is small.
    radius = _radii(plans, slots, torch.rand(batch, slots, generator=numbers))
    verb = torch.tensor([VERB_INDEX[plan.verb] for plan in flat])
    pace = torch.tensor([("slow", "", "fast").index(plan.pace) for plan in flat])
    shift, scale = motion.trajectories(verb, pace, frames, numbers)
    offset = torch.zeros(batch, slots, frames, 2)
    scales = torch.ones(batch, slots, frames)
    offset[owner_t, slot_t] = shift
    scales[owner_t, slot_t] = scale
    reach = torch.stack([offset.amin(2), offset.amax(2)], 2)
    draw = torch.rand(batch, slots, CANDIDATES, 2, generator=numbers)
    start = _place(reach, radius, present, width / height, draw)
    centres = (start[:, :, None] + offset) * height
    order = torch.rand(batch, slots, generator=numbers)
    depth = order.masked_fill(~present, 2.0).argsort(1).argsort(1)
    outline = torch.tensor([outlines.OUTLINE_INDEX[p.outline] for p in flat])
    polygon = outlines.polygons(outline, numbers)
    cutout = torch.tensor([plan.kind.startswith("noun:") for plan in flat])
    jitter = torch.randn(len(flat), 3, generator=numbers) * 0.035
    colour = torch.tensor([COLOURS[plan.colour] for plan in flat]) + jitter
    colour = colour * (0.88 + 0.2 * torch.rand(len(flat), 1, generator=numbers))
    luck = torch.rand(len(flat), 3, generator=numbers)
    flat_radius = radius[owner_t, slot_t]
    shadow = (luck[:, 0] < 0.5) * (0.15 + 0.35 * luck[:, 1])
    softness = torch.where(
        cutout & (luck[:, 2] < 0.5), (luck[:, 2] * 0.04 + 0.004) * height, 1.0
    )
    # A sprite sample is 2 * EXTENT / SPRITE radii wide.
    texel = 2 * textures.EXTENT / textures.SPRITE * flat_radius * height
    looks = textures.Looks(
        outline.to(device),
        polygon.to(device),
        colour.clamp(0.03, 0.97).to(device),
        cutout.to(device),
        shadow.to(device),
        (1.5 - texel * 1.5).clamp(0, 1).to(device),
    )

    kinds = rng.choices(range(4), weights=(0.42, 0.2, 0.16, 0.22), k=batch)
    words = []
    for b, clip in enumerate(plans):
        said = [
            captions.ObjectWords(
                p.noun, p.colour, _size_word(rng, float(radius[b, l])), p.verb, p.pace
            )
            for l, p in enumerate(clip)
        ]
        place = BACKGROUNDS[BACKGROUND_KINDS[kinds[b]]]
        place = rng.choice(place) if rng.random() < 0.4 else ""
        words.append(captions.write(rng, said, place))

    kind = torch.tensor(kinds).to(device)
    still = textures.backgrounds(kind, (height, width), looks_numbers)
    still = (still * 255 + 0.5).to(torch.uint8).permute(0, 2, 3, 1).unsqueeze(1)
    video = still.expand(-1, frames, -1, -1, -1).contiguous()
    ids = torch.zeros(batch, frames, height, width, dtype=torch.uint8, device=device)
    sprite = textures.sprites(looks, looks_numbers)
    flat_depth = depth[owner_t, slot_t]
    path = centres[owner_t, slot_t].to(device)
    sizes = (flat_radius[:, None] * scale * height).to(device)
    softness = softness.clamp_min(1.0).to(device)
    # On a CPU few windows at a time stay in its caches.
    chunk = 32 if device.type == "cpu" else 4096
    for layer in range(slots):
        k = (flat_depth == layer).nonzero()[:, 0]
        d = k.to(device)
        render.paint(
            video, ids, sprite[d], path[d], sizes[d], softness[d],
            owner_t[k].to(device), (slot_t[k] + 1).to(device), chunk,
        )  # fmt: skip

    return SceneBatch(
        video=video,
        ids=ids,
        captions=[w[0] for w in words],
        motion_captions=[w[1] for w in words],
        local_prompts=[w[2] for w in words],
        names=[[p.noun for p in clip] for clip in plans],
        verbs=[[p.verb for p in clip] for clip in plans],
        kinds=[[p.kind for p in clip] for clip in plans],
        colours=[[p.colour for p in clip] for clip in plans],
        paces=[[p.pace for p in clip] for clip in plans],
        present=present.to(device),
        centres=centres.to(device),
        scales=scales.to(device),
        radii=(radius * height).to(device),
        depth=depth.to(device),
    )
