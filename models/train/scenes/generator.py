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

from . import captions, motion, outlines, puppet_paint, render, textures
from .origins import pixels, rigid_origins
from .puppets import Puppet, PuppetPlan, make_puppet, meet, plan_pair, plan_puppet
from .regions import Region, make_region, paint_region
from .shape_words import SHAPE_PAIR_WEIGHTS, SHAPE_VERBS
from .vocabulary import (
    BACKGROUND_KINDS,
    BACKGROUNDS,
    COLOUR_NAMES,
    COLOURS,
    CROSSINGS,
    CUTOUTS,
    DIRECTIONS,
    NOUNS,
    OUTLINE_NOUNS,
    PACED,
    PAIR_WEIGHTS,
    SHAPES,
    VERB_INDEX,
    VERB_WEIGHTS,
    VERBS,
    is_held_out,
    reserved_colour,
)

MAX_OBJECTS = 5  # a clip; training tensors have so many slots
CANDIDATES = 24  # places tried for each object
_CASTINGS = 40  # puppets drawn until one has a noun that its clip does not have
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
    verbs: list[list[str]]  # vocabulary.VERBS, of puppets shape_words.SHAPE_VERBS
    kinds: list[list[str]]  # vocabulary.KINDS: a shape, or "noun:" and a noun; of
    # puppets "puppet:" and a noun
    colours: list[list[str]]
    paces: list[list[str]]  # "", "slow", "fast"
    present: Tensor  # bool [B,L]
    centres: Tensor  # float [B,L,F,2]: x, y of the centroid (of a puppet the middle
    # of its box) in pixels
    scales: Tensor  # float [B,L,F]: size over the size in frame 0
    turns: Tensor  # float [B,L,F]: clockwise angle to frame 0 in radians
    radii: Tensor  # float [B,L]: nominal radius in frame 0 in pixels
    depth: Tensor  # long [B,L]: order of painting, larger is in front
    others: list[list[int | None]]  # slot of the other object of a pair
    crossings: list[list[str]]  # "", "enters" or "leaves"
    ways: list[list[str]]  # said of a puppet: a key of shape_words.WAYS
    # float [B,F,H,W,2], where asked for: x, y in frame 0 of what is seen
    origins: Tensor | None = None


@dataclass
class _Plan:
    """The drawn contents of one object before any geometry."""

    kind: str
    noun: str
    outline: str
    colour: str
    verb: str
    pace: str
    crossing: str = ""
    other: int | None = None
    puppet: PuppetPlan | None = None

    @property
    def path_verb(self) -> str:
        """The motion class of its path; a puppet's is its own."""
        return "stays_still" if self.puppet else self.verb


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
    pace = crossing = ""
    if verb in PACED:
        draw = rng.random()
        pace = "slow" if draw < 0.15 else "fast" if draw < 0.3 else ""
    if verb in CROSSINGS and pace != "slow":
        draw = rng.random()
        crossing = "enters" if draw < 0.12 else "leaves" if draw < 0.26 else ""
    return _Plan(kind, noun, outline, colour, verb, pace, crossing)


def _plan_clip(
    rng: Random,
    objects: tuple[int, int],
    held_out: bool,
    choice: tuple[str, ...],
    weights: dict[str, float],
) -> list[_Plan]:
    """Objects of one clip; choice are the motion classes to draw from, weights how
    often each is drawn and, of pairs, in what share of the clips."""
    counts = range(objects[0], objects[1] + 1)
    count = rng.choices(counts, [max(6 - n, 1) for n in counts])[0]
    single = [verb for verb in choice if VERB_WEIGHTS[verb] > 0]
    verbs = rng.choices(single, [weights[verb] for verb in single], k=count)
    pair = None
    draw = rng.random()
    for verb in PAIR_WEIGHTS:
        if 0 <= draw < weights[verb] and count > 1 and verb in choice:
            pair = rng.sample(range(count), 2)
            verbs[pair[0]] = verb
            if verb == "swaps_places":
                verbs[pair[1]] = verb
            else:  # whoever is followed goes somewhere
                verbs[pair[1]] = rng.choice(tuple(DIRECTIONS))
        draw -= weights[verb]
    plans: list[_Plan] = []
    for verb in verbs:
        plan = _plan_object(rng, verb, held_out)
        # Nouns tell the objects of a clip apart, also without colours.
        while any(plan.noun == other.noun for other in plans):
            plan = _plan_object(rng, verb, held_out)
        plans.append(plan)
    if pair:
        plans[pair[0]].other = pair[1]
        plans[pair[1]].crossing = ""
        if plans[pair[1]].verb == plans[pair[0]].verb:
            plans[pair[1]].other = pair[0]
    return plans


def _cast(
    clips: list[list[_Plan]],
    share: float,
    choice: tuple[str, ...] | None,
    held_out: bool,
    rng: Random,
) -> None:
    """Puts puppets in the place of a share of the objects that are alone, in place."""
    for clip in clips:
        paired = {plan.other for plan in clip}
        for l, plan in enumerate(clip):
            if l in paired or plan.other is not None or rng.random() >= share:
                continue
            others = {p.noun for k, p in enumerate(clip) if k != l}
            drawn = (plan_puppet(rng, held_out, choice) for _ in range(_CASTINGS))
            puppet = next((p for p in drawn if p.noun not in others), None)
            if puppet is None:  # few nouns go with the choice, and all are there
                continue
            clip[l] = _Plan(
                "puppet:" + puppet.noun, puppet.noun, "soft", puppet.colour,
                puppet.verb, puppet.pace, puppet=puppet,
            )  # fmt: skip


def _cast_pairs(
    clips: list[list[_Plan]],
    weights: dict[str, float],
    choice: tuple[str, ...] | None,
    held_out: bool,
    rng: Random,
) -> None:
    """Makes pairs of two puppets of some clips, in place."""
    for clip in clips:
        free = [l for l, plan in enumerate(clip) if plan.puppet]
        draw = rng.random()
        for verb in SHAPE_PAIR_WEIGHTS:
            share = weights[verb] if choice is None or verb in choice else 0.0
            if 0 <= draw < share and len(free) > 1:
                pair = rng.sample(free, 2)
                taken = {plan.noun for l, plan in enumerate(clip) if l not in pair}
                both = plan_pair(rng, held_out, verb, taken)
                for l, other, puppet in zip(pair, reversed(pair), both):
                    clip[l] = _Plan(
                        "puppet:" + puppet.noun, puppet.noun, "soft", puppet.colour,
                        verb, "", other=other, puppet=puppet,
                    )  # fmt: skip
            draw -= share


def _place(
    reach: Tensor,
    radius: Tensor,
    present: Tensor,
    aspect: float,
    draw: Tensor,
    crossing: Tensor,
    partner: Tensor,
    ahead: Tensor,
) -> Tensor:
    """First centres [B,L,2] in frame heights.

    reach [B,L,2,2] holds the least and greatest offset on either axis, radius
    [B,L], draw [B,L,CANDIDATES,2] uniform numbers. Most of the path stays in
    the frame, and the first frames hardly overlap. crossing [B,L,2] is the
    way in which an object enters (-1 or 1, on one axis) or leaves (-2 or 2).
    From slot partner [B,L] (-1 for none) the object lies in the direction
    ahead [B,L,2] (0 for any).
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
    # Who enters is at first cut by the border, who leaves is gone at last.
    edge = torch.where(crossing > 0, torch.zeros(()), size)
    enters, leaves = crossing.abs() == 1, crossing.abs() == 2
    low = torch.where(enters, edge - 0.25 * radius[..., None], low)
    high = torch.where(enters, edge + 0.25 * radius[..., None], high)
    moved = reach.abs().amax(2) * crossing.sign()
    last = size - edge + crossing.sign() * 1.2 * radius[..., None] - moved
    low, high = torch.where(leaves, last, low), torch.where(leaves, last, high)
    places = low[:, :, None] + (high - low)[:, :, None] * draw
    chosen = torch.zeros(batch, slots, 2)
    clips = torch.arange(batch)
    for slot in range(slots):
        gap = torch.full((batch, CANDIDATES), 0.03)
        for other in range(slot):
            away = places[:, slot] - chosen[:, other, None]
            far = away.norm(dim=-1)
            clear = far - (radius[:, slot] + radius[:, other])[:, None]
            clear = torch.where(present[:, other, None], clear, gap)
            gap = torch.minimum(gap, clear)
            along = (away * ahead[:, slot, None]).sum(-1)
            wrong = (partner[:, slot] == other)[:, None] & (along < 0.7 * far)
            wrong &= ahead[:, slot, None].abs().sum(-1) > 0
            # Pairs have some way to go.
            wrong |= (partner[:, slot] == other)[:, None] & (clear < 0.12)
            gap = torch.where(wrong, gap - 0.2, gap)
        # The first candidate with room enough, else the roomiest.
        chosen[:, slot] = places[clips, slot, gap.argmax(1)]
    return chosen


def _radii(plans: list[list[_Plan]], slots: int, draw: Tensor) -> Tensor:
    """Radii [B,L] in frame heights; crowded clips get smaller objects."""
    low = torch.full_like(draw, 0.075)
    high = torch.full_like(draw, 0.225)
    for b, clip in enumerate(plans):
        for l, plan in enumerate(clip):
            if plan.puppet:  # limbs need room
                crowd = min(len(clip), 5) - 1
                low[b, l] = (0.17, 0.14, 0.12, 0.11, 0.1)[crowd]
                high[b, l] = (0.33, 0.26, 0.21, 0.18, 0.16)[crowd]
                if plan.puppet.way == "towards":
                    high[b, l] *= 0.75
                continue
            high[b, l] = (0.225, 0.2, 0.17, 0.15, 0.135)[min(len(clip), 5) - 1]
            if plan.verb in ("grows", "comes_closer"):
                high[b, l] = min(float(high[b, l]), 0.14)
            elif plan.verb in ("shrinks", "goes_away"):
                low[b, l] = 0.12
    return low + (high - low) * draw


def _size_word(rng: Random, radius: float) -> str:
    if radius > 0.175:
        return rng.choice(("big", "large"))
    if radius < 0.1:
        return rng.choice(("small", "small", "little", "tiny"))
    return ""


def _crossing(plan: _Plan) -> tuple[float, float]:
    """The way of an object that enters (unit) or leaves (twice that), or 0."""
    gain = {"": 0.0, "enters": 1.0, "leaves": 2.0}[plan.crossing]
    x, y = CROSSINGS.get(plan.verb, (0.0, 0.0))
    return gain * x, gain * y


def generate(
    batch: int,
    frames: int = 16,
    size: tuple[int, int] = (128, 128),
    seed: int = 0,
    device: str | torch.device = "cpu",
    objects: tuple[int, int] = (1, 3),
    split: str = "train",
    max_objects: int | None = None,
    verbs: tuple[str, ...] = VERBS,
    weights: dict[str, float] | None = None,
    puppets: float = 0.0,
    shapes: tuple[str, ...] | None = None,
    dense: bool = False,
    backdrops: Tensor | None = None,
    skins: list[Tensor] | None = None,
) -> SceneBatch:
    """Draws a batch of clips; the same arguments give the same batch.

    size is (width, height) in pixels. Contents, captions and paths depend on
    the seed alone, textures also on the type of device (CPU or CUDA), neither
    on the size. objects is the least and greatest number of objects a clip;
    max_objects (default objects[1]) is L, the number of slots. split is
    "train" or "held_out": every object of the latter has a combination of
    kind, colour and verb that the former never shows. verbs are the motion
    classes to draw from; those of pairs need others beside them. weights replace
    some of vocabulary.VERB_WEIGHTS and PAIR_WEIGHTS, and of
    shape_words.SHAPE_PAIR_WEIGHTS. Of the objects that are no
    pair a share of `puppets` is articulated, with verbs of shape (of `shapes` if
    given); held-out ones have proportions besides that train never shows. dense adds
    SceneBatch.origins. backdrops (uint8 [batch, H, W, 3]) take the place of drawn
    backgrounds, skins (one a clip, see paint_puppet) that of the textures of puppets.
    """
    if split not in ("train", "held_out"):
        raise ValueError(f'split must be "train" or "held_out", not {split!r}')
    slots = max_objects or objects[1]
    if not 1 <= objects[0] <= objects[1] <= slots:
        raise ValueError(f"objects {objects} do not fit in {slots} slots")
    if not any(VERB_WEIGHTS.get(verb, 0) > 0 for verb in verbs):
        raise ValueError(f"no motion class to draw from in {verbs}")
    if backdrops is not None and backdrops.shape != (batch, size[1], size[0], 3):
        raise ValueError(f"backdrops are {tuple(backdrops.shape)}")
    if skins is not None and len(skins) != batch:
        raise ValueError(f"{len(skins)} skins for {batch} clips")
    unknown = set(verbs) - set(VERBS)
    if unknown:
        raise ValueError(f"unknown motion classes {sorted(unknown)}")
    unknown = set(weights or {}) - set(VERBS) - set(SHAPE_PAIR_WEIGHTS)
    if unknown:
        raise ValueError(f"weights of unknown motion classes {sorted(unknown)}")
    unknown = set(shapes or ()) - set(SHAPE_VERBS)
    if unknown:
        raise ValueError(f"unknown verbs of shape {sorted(unknown)}")
    if shapes is not None and not set(shapes) - set(SHAPE_PAIR_WEIGHTS):
        raise ValueError(f"no verb of shape to draw from in {shapes}")
    if not 0 <= puppets <= 1:
        raise ValueError(f"puppets must be a share from 0 to 1, not {puppets}")
    shares = VERB_WEIGHTS | PAIR_WEIGHTS | SHAPE_PAIR_WEIGHTS | (weights or {})
    device = torch.device(device)
    width, height = size
    held_out = split == "held_out"
    rng = Random(f"{seed}/{split}")
    numbers = torch.Generator().manual_seed((seed * 2 + held_out) * _SEED % 2**63)
    looks_numbers = torch.Generator(device)
    looks_numbers.manual_seed(rng.getrandbits(62))

    plans = [_plan_clip(rng, objects, held_out, verbs, shares) for _ in range(batch)]
    _cast(plans, puppets, shapes, held_out, Random(f"{seed}/{split}/puppets"))
    pairs = Random(f"{seed}/{split}/pairs")
    _cast_pairs(plans, shares, shapes, held_out, pairs)
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
    for b, clip in enumerate(plans):
        for l, plan in enumerate(clip):
            if plan.puppet and plan.other is not None:  # of one size, with room
                radius[b, l] = min(float(radius[b, min(l, plan.other)]), 0.22)
    verb = torch.tensor([VERB_INDEX[plan.path_verb] for plan in flat])
    pace = torch.tensor([("slow", "", "fast").index(plan.pace) for plan in flat])
    flat_radius = radius[owner_t, slot_t]
    shift, scale, turn = motion.trajectories(verb, pace, flat_radius, frames, numbers)
    acting: dict[int, Puppet | Region] = {}
    for k, plan in enumerate(flat):
        if plan.puppet:
            name = f"{seed}/{split}/{owner[k]}/{slot[k]}"
            make = make_region if plan.puppet.species == "region" else make_puppet
            acting[k] = make(plan.puppet, name, frames, float(flat_radius[k]), held_out)
            shift[k], scale[k] = acting[k].path, acting[k].sizes
    crossing = torch.tensor([_crossing(plan) for plan in flat])
    # Who leaves starts inside: the path is at least that long.
    leaves = crossing.abs().sum(1) == 2
    long = shift[:, -1].norm(dim=-1).clamp_min(1e-6)
    stretch = ((2.3 * flat_radius + 0.06) / long).clamp_min(1)
    shift = torch.where(leaves[:, None, None], shift * stretch[:, None, None], shift)
    offset = torch.zeros(batch, slots, frames, 2)
    scales = torch.ones(batch, slots, frames)
    turns = torch.zeros(batch, slots, frames)
    ways = torch.zeros(batch, slots, 2)
    offset[owner_t, slot_t] = shift
    scales[owner_t, slot_t] = scale
    turns[owner_t, slot_t] = turn
    ways[owner_t, slot_t] = crossing
    # Followers are placed as if they moved like their leaders, behind them.
    partner = torch.full((batch, slots), -1)
    ahead = torch.zeros(batch, slots, 2)
    followers, swappers = [], []
    for b, clip in enumerate(plans):
        for l, plan in enumerate(clip):
            if plan.other is None or plan.puppet:
                continue
            (followers if plan.verb == "follows" else swappers).append((b, l))
            partner[b, l], partner[b, plan.other] = plan.other, l
            if plan.verb == "follows":
                offset[b, l] = offset[b, plan.other]
                way = torch.tensor(DIRECTIONS[clip[plan.other].verb])
                way = way / way.norm()
                ahead[b, l], ahead[b, plan.other] = -way, way
    reach = torch.stack([offset.amin(2), offset.amax(2)], 2)
    draw = torch.rand(batch, slots, CANDIDATES, 2, generator=numbers)
    start = _place(reach, radius, present, width / height, draw, ways, partner, ahead)
    for k, puppet in acting.items():
        plan, b = flat[k], owner[k]
        if plan.other is not None and puppet.plan.faces == "right":
            second = acting[k - slot[k] + plan.other]
            start[b, slot[k]], start[b, plan.other] = meet(
                puppet, second, start[b, slot[k]], width / height
            )
    if followers:
        b, l = torch.tensor(followers).T
        other = partner[b, l]
        lead = start[b, other, None] + offset[b, other]
        gap = 1.1 * (radius[b, l] + radius[b, other])
        offset[b, l] = motion.follow(start[b, l], lead, gap)
    if swappers:
        b, l = torch.tensor(swappers).T
        offset[b, l] = motion.swap(start[b, l], start[b, partner[b, l]], frames)
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
    shadow = (luck[:, 0] < 0.5) * (0.15 + 0.35 * luck[:, 1])
    softness = torch.where(
        cutout & (luck[:, 2] < 0.5), (luck[:, 2] * 0.04 + 0.004) * height, 1.0
    )
    # A sprite sample is 2 * EXTENT / SPRITE radii wide.
    texel = 2 * textures.EXTENT / textures.SPRITE * flat_radius * height
    rigid = torch.tensor(
        [k for k in range(len(flat)) if k not in acting], dtype=torch.long
    )
    looks = textures.Looks(
        *(
            part[rigid].to(device)
            for part in (
                outline, polygon, colour.clamp(0.03, 0.97), cutout, shadow,
                (1.5 - texel * 1.5).clamp(0, 1),
            )
        )
    )  # fmt: skip

    kinds = rng.choices(range(4), weights=(0.42, 0.2, 0.16, 0.22), k=batch)
    words = []
    for b, clip in enumerate(plans):
        said = [
            captions.ObjectWords(
                p.noun, p.colour,
                _size_word(rng, float(radius[b, l]) * (0.75 if p.puppet else 1.0)),
                p.verb, p.pace, p.crossing, p.other,
                p.puppet.way if p.puppet else "",
            )  # fmt: skip
            for l, p in enumerate(clip)
        ]
        place = BACKGROUNDS[BACKGROUND_KINDS[kinds[b]]]
        place = rng.choice(place) if rng.random() < 0.4 else ""
        place = place if backdrops is None else ""
        words.append(captions.write(rng, said, place))

    kind = torch.tensor(kinds).to(device)
    if backdrops is None:
        still = textures.backgrounds(kind, (height, width), looks_numbers)
        still = (still * 255 + 0.5).to(torch.uint8).permute(0, 2, 3, 1).unsqueeze(1)
    else:
        still = backdrops.to(device).unsqueeze(1)
    video = still.expand(-1, frames, -1, -1, -1).contiguous()
    ids = torch.zeros(batch, frames, height, width, dtype=torch.uint8, device=device)
    origins = None
    if dense:
        at = pixels(height, width, device)
        origins = at.expand(batch, frames, -1, -1, -1).contiguous()
    sprite = textures.sprites(looks, looks_numbers) if len(rigid) else torch.empty(0)
    flat_depth = depth[owner_t, slot_t]
    path = centres[owner_t, slot_t].to(device)
    sizes = (flat_radius[:, None] * scale * height).to(device)
    angles = turn.to(device)
    softness = softness.clamp_min(1.0).to(device)
    # On a CPU few windows at a time stay in its caches.
    chunk = 32 if device.type == "cpu" else 4096
    for layer in range(slots):
        among = (flat_depth[rigid] == layer).nonzero()[:, 0]
        if len(among):
            k, d = rigid[among], rigid[among].to(device)
            render.paint(
                video, ids, sprite[among.to(device)], path[d], sizes[d], angles[d],
                softness[d], owner_t[k].to(device), (slot_t[k] + 1).to(device), chunk,
            )  # fmt: skip
        for k, puppet in acting.items():
            if int(flat_depth[k]) != layer:
                continue
            x, y = (centres[owner[k], slot[k], 0]).tolist()
            dark = 0.7 * float(luck[k, 1]) if luck[k, 0] < 0.75 else 0.0
            soft = 1.0 + float(luck[k, 2]) ** 2 * height / 64
            where = (puppet, (x, y), owner[k])
            if isinstance(puppet, Region):
                paint_region(
                    video, ids, origins, *where, slot[k] + 1, soft, looks_numbers
                )
                continue
            puppet_paint.shade_floor(video, *where, dark)
            puppet_paint.paint_puppet(
                video, ids, origins, *where, slot[k] + 1, soft, looks_numbers,
                skins[owner[k]] if skins else None,
            )  # fmt: skip
    if origins is not None:
        for k in rigid.tolist():
            b, l = owner[k], slot[k]
            was = rigid_origins(
                centres[b, l], scales[b, l], turns[b, l], (height, width)
            )
            mine = (ids[b] == l + 1)[..., None]
            origins[b] = torch.where(mine, was.to(device), origins[b])

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
        turns=turns.to(device),
        radii=(radius * height).to(device),
        depth=depth.to(device),
        others=[[p.other for p in clip] for clip in plans],
        crossings=[[p.crossing for p in clip] for clip in plans],
        ways=[[p.puppet.way if p.puppet else "" for p in clip] for clip in plans],
        origins=origins,
    )
