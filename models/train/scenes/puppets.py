# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Puppets: bodies that do something, as parts that move in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from . import actions, animal_actions, bodies, things
from .bones import Body, Pose, View, ground, posed
from .shape_words import (
    FALLS,
    PACED_SHAPES,
    SHAPE_PAIR_WEIGHTS,
    SHAPE_VERBS,
    SHAPE_WEIGHTS,
    SPECIES,
    SPECIES_WEIGHTS,
    TRAVELS,
)
from .vocabulary import COLOUR_NAMES, COLOURS

NOUN_SPECIES = {noun: kind for kind, nouns in SPECIES.items() for noun in nouns}
PUPPET_NOUNS = tuple(NOUN_SPECIES)
_NOUN_INDEX = {noun: index for index, noun in enumerate(PUPPET_NOUNS)}
_VERB_INDEX = {verb: index for index, verb in enumerate(SHAPE_VERBS)}
_BUILDERS = bodies.BUILDERS | things.BUILDERS
_ACTIONS: dict[str, dict[str, actions.Action]] = {
    "biped": actions.BIPED,
    "quadruped": animal_actions.QUADRUPED,
    "bird": animal_actions.BIRD,
    "insect": animal_actions.INSECT,
    "fish": animal_actions.FISH,
    "snake": animal_actions.SNAKE,
    "plant": animal_actions.PLANT,
    "cloth": animal_actions.CLOTH,
    "hand": animal_actions.HAND,
    "vehicle": animal_actions.VEHICLE,
    "vehicle_front": animal_actions.FRONT,
}
# What each species can do; regions (regions.py) have no bones.
_VERBS: dict[str, frozenset[str]] = {
    species: frozenset(_ACTIONS[species]) | {"stands"}
    for species in SPECIES
    if species != "region"
} | {"region": frozenset(["flows", "ripples", "stands"])}
# Builds (bodies.py) that only held-out clips have.
HELD_OUT_BUILD = (0.4, 0.6)
# What is done in the plane that is seen from the front.
_FRONTAL = frozenset(
    ["waves", "raises_arm", "lowers_arm", "raises_arms", "lowers_arms", "shakes_head",
     "turns_head", "dances", "claps", "stretches", "leans_left", "leans_right",
     "stands"]
)  # fmt: skip
# Colours that most of them have.
_NATURAL = {
    "quadruped": ("brown", "black", "white", "orange", "brown"),
    "bird": ("brown", "black", "white", "blue", "red"),
    "plant": ("green", "green", "orange", "pink"),
    "hand": ("brown", "orange", "pink", "white"),
    "snake": ("green", "brown", "black", "yellow"),
    "region": ("blue", "blue", "white", "green", "brown"),
}
_PAIRED = frozenset(SHAPE_PAIR_WEIGHTS)
_AIR = frozenset(["flies", "flaps", "glides"])


@dataclass(frozen=True)
class PuppetPlan:
    """What a puppet is and does, before any geometry."""

    noun: str
    colour: str
    verb: str
    way: str = ""  # said: a key of shape_words.WAYS
    pace: str = ""
    faces: str = ""  # of a pair: "left" or "right"; it is not said

    @property
    def species(self) -> str:
        return NOUN_SPECIES[self.noun]


@dataclass
class Puppet:
    """P parts over F frames in the picture, in frame heights.

    The centre of what frame 0 shows is at 0. Parts are cones with round ends (or
    flat ones) between two points with a depth, nearer to the viewer being larger.
    """

    plan: PuppetPlan
    start: Tensor  # [P, F, 3]
    end: Tensor  # [P, F, 3]
    radii: Tensor  # [P, F, 2]
    lengths: Tensor  # [P] of the bones at rest, in frame heights
    flat: Tensor  # bool [P]
    bulge: Tensor  # [P] how round it looks, from 0 to 1
    lift: Tensor  # [P]
    colours: Tensor  # [P, 3] RGB in [0, 1]
    path: Tensor  # [F, 2] middle of its box, from that in frame 0
    sizes: Tensor  # [F] of its scale, from that in frame 0
    radius: float  # half the larger side of its box in frame 0
    floor: float | None  # where it stands below its centre in frame 0, if it does


def verbs_of(noun: str) -> tuple[str, ...]:
    """The verbs of shape that go with a noun, in the order of SHAPE_VERBS."""
    can = _VERBS[NOUN_SPECIES[noun]]
    return tuple(verb for verb in SHAPE_VERBS if verb in can)


def reserved_puppet_colour(noun: str, verb: str) -> str:
    """The one colour of each (noun, verb of shape) that train never shows."""
    index = 7 * _NOUN_INDEX[noun] + 3 * _VERB_INDEX[verb]
    return COLOUR_NAMES[index % len(COLOUR_NAMES)]


def plan_puppet(
    rng: Random, held_out: bool, choice: tuple[str, ...] | None = None
) -> PuppetPlan:
    """Draws a noun, a colour and a verb of shape (of `choice` if given, which must
    have one that is not for pairs)."""
    kinds = [
        kind
        for kind in SPECIES
        if choice is None or set(choice) & (_VERBS[kind] - _PAIRED)
    ]
    kind = rng.choices(kinds, [SPECIES_WEIGHTS[k] for k in kinds])[0]
    noun = rng.choice(SPECIES[kind])
    can = [v for v in verbs_of(noun) if choice is None or v in choice]
    can = [v for v in can if v not in _PAIRED]
    verb = rng.choices(can, [SHAPE_WEIGHTS[v] for v in can])[0]
    colour = _draw_colour(rng, noun, verb, held_out)
    way = pace = ""
    if verb in TRAVELS:
        way = rng.choice(("left", "right", "left", "right", ""))
        front = kind == "vehicle" and noun not in ("bicycle", "scooter", "motorcycle")
        if (front or (kind == "biped" and verb == "walks")) and rng.random() < 0.2:
            way = rng.choice(("towards", "away"))
    if verb == "flows":
        way = FALLS.get(noun) or rng.choice(("left", "right"))
    if verb in PACED_SHAPES:
        draw = rng.random()
        pace = "slow" if draw < 0.12 else "fast" if draw < 0.24 else ""
    return PuppetPlan(noun, colour, verb, way, pace)


def _draw_colour(rng: Random, noun: str, verb: str, held_out: bool) -> str:
    reserved = reserved_puppet_colour(noun, verb)
    if held_out:
        return reserved
    natural = _NATURAL.get(NOUN_SPECIES[noun], COLOUR_NAMES)
    colour = reserved
    while colour == reserved:
        colour = rng.choice(natural if rng.random() < 0.6 else COLOUR_NAMES)
    return colour


def plan_pair(
    rng: Random, held_out: bool, verb: str, taken: set[str]
) -> tuple[PuppetPlan, PuppetPlan]:
    """Two puppets of a species that do a verb of SHAPE_PAIR_WEIGHTS with each other:
    the first is on the left and faces right. None has a noun of `taken`."""
    kind = rng.choice([k for k in SPECIES if verb in _VERBS[k]])
    nouns = rng.sample([noun for noun in SPECIES[kind] if noun not in taken], 2)
    one, two = (
        PuppetPlan(noun, _draw_colour(rng, noun, verb, held_out), verb, faces=faces)
        for noun, faces in zip(nouns, ("right", "left"))
    )
    return one, two


def meet(
    one: Puppet, two: Puppet, start: Tensor, aspect: float
) -> tuple[Tensor, Tensor]:
    """Centres in frame 0 of a pair, in frame heights: on one ground, so near to each
    other that they touch at the end if they shake hands, else at a little distance;
    around start [2], but inside the frame where there is room."""
    edges = []
    for puppet, sign in ((one, 1.0), (two, -1.0)):
        ends = torch.stack([puppet.start[:, -1, 0], puppet.end[:, -1, 0]], 1)
        edges.append(float((sign * ends + puppet.radii[:, -1]).max()))
    gap = -0.02 if one.plan.verb == "shakes_hands" else 0.03
    apart = sum(edges) + gap
    left, right = one.radius, apart + two.radius  # around the first's centre
    x = float(start[0]) - apart / 2
    x = (
        max(left, min(x, aspect - right))
        if left + right < aspect
        else (aspect - apart) / 2
    )
    y = float(start[1])
    ground = y + (one.floor or 0.0)
    return (
        torch.tensor([x, y]),
        torch.tensor([x + apart, ground - (two.floor or 0.0)]),
    )


def _view(rng: Random, plan: PuppetPlan) -> View:
    kind, verb = plan.species, plan.verb
    if plan.way in ("towards", "away"):
        if kind == "vehicle":
            return View(0.0, 0.0)
        return View(
            (1 if plan.way == "towards" else -1) * math.pi / 2 + rng.uniform(-0.2, 0.2),
            0.1,
        )
    if plan.faces:
        return View(math.pi if plan.faces == "left" else 0.0, 0.05)
    left = plan.way == "left" or (plan.way != "right" and rng.random() < 0.5)
    yaw = math.pi if left else 0.0
    off = rng.uniform(-0.5, 0.5)
    if kind == "biped" and verb in _FRONTAL and rng.random() < 0.75:
        return View(math.pi / 2 + rng.uniform(-0.5, 0.5), rng.uniform(0.0, 0.15))
    if verb == "does_pushups":
        return View(yaw + 0.4 * off, rng.uniform(0.0, 0.1))
    if kind == "bird" and (verb in _AIR or "wings" in verb):
        return View(yaw + off, rng.uniform(-0.35, 0.6))
    if kind == "insect":
        if verb == "flaps":
            yaw = -math.pi / 2
        return View(yaw + off, rng.uniform(1.1, 1.5))
    if kind == "snake":
        return View(yaw + off, rng.uniform(0.8, 1.3))
    if kind == "fish":
        return View(yaw + off, rng.uniform(0.0, 0.7))
    if kind in ("plant", "hand", "vehicle") or plan.noun in ("curtain", "towel"):
        return View(yaw if kind != "hand" else yaw + 0.3 * off, 0.0)
    return View(yaw + off, rng.uniform(0.0, 0.25))


_SKINS = ((0.93, 0.76, 0.65), (0.82, 0.6, 0.46), (0.62, 0.42, 0.3), (0.4, 0.26, 0.18))
_HAIR = ((0.1, 0.08, 0.07), (0.3, 0.18, 0.1), (0.75, 0.6, 0.3), (0.5, 0.5, 0.5))


def _paints(rng: Random, plan: PuppetPlan) -> dict[str, tuple[float, ...]]:
    """RGB of each colour that bones name."""
    body = COLOURS[plan.colour]
    light = rng.random() < 0.5
    kin = tuple(0.55 * c + (0.45 if light else 0.04) for c in body)
    if plan.species in ("biped", "vehicle", "cloth", "insect"):
        other = COLOURS[rng.choice(COLOUR_NAMES)] if rng.random() < 0.8 else kin
    else:
        other = kin if rng.random() < 0.75 else tuple(0.85 * c + 0.02 for c in body)
    return {
        "body": body,
        "second": other,
        "skin": rng.choice(_SKINS),
        "hair": (
            rng.choice(_HAIR)
            if plan.species == "biped"
            else tuple(0.4 * c for c in body)
        ),
        "dark": (0.08, 0.08, 0.09),
        "horn": (0.85, 0.72, 0.45) if rng.random() < 0.6 else (0.3, 0.28, 0.25),
        "stem": (
            (0.36, 0.25, 0.15) if plan.noun in ("tree", "palm") else (0.3, 0.42, 0.18)
        ),
        "leaf": (0.2, 0.45, 0.15),
        "glass": (0.25, 0.33, 0.4),
        "metal": (0.68, 0.68, 0.7),
        "lamp": (0.95, 0.92, 0.7),
    }


def _act(rng: Random, plan: PuppetPlan, body: Body, view: View, frames: int) -> Pose:
    """The pose of the body over the clip."""
    facing = math.cos(view.yaw)
    pace = {"slow": 0.6, "": 1.0, "fast": 1.45}[plan.pace]
    turn = {"leans_left": -1.0, "leans_right": 1.0}.get(plan.verb, 0.0)
    actor = actions.Actor(
        body, rng, frames, pace, "r" if facing > -0.3 else "l",
        abs(facing) < 0.75 and math.sin(view.yaw) > 0, 1.0 if facing >= 0 else -1.0,
        turn,
    )  # fmt: skip
    can = _ACTIONS[body.species]
    if plan.verb != "stands":
        return can[plan.verb](actor)
    # A moment of something that it could do, held.
    names = [v for v in can if not v.startswith("leans") and v not in _PAIRED]
    moving = can[rng.choice(names)](actor)
    when = rng.randrange(frames)
    pose = actor.pose()
    pose.angles = {
        name: angles[when].expand(frames, 3) for name, angles in moving.angles.items()
    }
    if body.stands and body.feet:
        ground(body, pose)
    return pose


def draw_build(rng: Random, held_out: bool) -> float:
    """How a body is built, in [0, 1]: in HELD_OUT_BUILD or anywhere else."""
    low, high = HELD_OUT_BUILD
    build = rng.random()
    if held_out:
        return low + (high - low) * build
    build *= 1 - (high - low)  # spread over what is left
    return build if build < low else build + high - low


def make_puppet(
    plan: PuppetPlan, seed: str, frames: int, radius: float, held_out: bool
) -> Puppet:
    """Builds a body and lets it act; half the larger side of its box in frame 0 is
    `radius` frame heights."""
    rng = Random(seed)
    build = draw_build(rng, held_out)
    front = plan.species == "vehicle" and plan.way in ("towards", "away")
    body = _BUILDERS["vehicle_front" if front else plan.species](rng, plan.noun, build)
    view = _view(rng, plan)
    pose = _act(rng, plan, body, view, frames)
    joints = posed(body, pose)
    sizes = torch.ones(frames)
    time = torch.arange(frames) / max(frames - 1, 1)
    if plan.way in ("towards", "away"):
        gain = (
            rng.uniform(0.3, 0.45) if plan.way == "towards" else -rng.uniform(0.7, 1.4)
        )
        sizes = 1 / (1 - gain * time)
        # Feet go on the spot: the way is the size's.
        shift = pose.shift * torch.tensor([1.0, 0.0, 0.0])
        joints.start, joints.end = joints.start - shift, joints.end - shift
    drawn = [i for i, bone in enumerate(body.bones) if max(bone.radii) > 0]
    start = view.project(joints.start)[drawn] * sizes[:, None]
    end = view.project(joints.end)[drawn] * sizes[:, None]
    radii = joints.radii[drawn][:, None] * sizes[:, None]
    ends = torch.stack([start[..., :2], end[..., :2]])
    reach = radii.movedim(-1, 0)[..., None]
    least, most = (ends - reach).amin((0, 1)), (ends + reach).amax((0, 1))  # [F, 2]
    middle = (least + most) / 2
    unit = radius / float((most - least)[0].max() / 2)
    shift = torch.cat([middle[0], torch.zeros(1)])
    floor = float(most[0, 1] - middle[0, 1]) * unit if body.stands else None
    if plan.way in ("towards", "away"):  # what is near is low
        drop = rng.uniform(0.15, 0.35) * radius * (sizes - 1)
        down = torch.stack([torch.zeros(frames), drop / unit, torch.zeros(frames)], -1)
        start, end, middle = start + down, end + down, middle + down[:, :2]
    chosen = [body.bones[i] for i in drawn]
    paints = _paints(rng, plan)
    tones = torch.tensor([[rng.uniform(0.93, 1.07)] for _ in chosen])
    colours = torch.tensor([paints[bone.colour] for bone in chosen]) * tones
    return Puppet(
        plan,
        (start - shift) * unit,
        (end - shift) * unit,
        radii * unit,
        torch.tensor([bone.length for bone in chosen]) * unit,
        torch.tensor([bone.flat for bone in chosen]),
        torch.tensor([0.3 if bone.flat else bone.bulge for bone in chosen]),
        torch.tensor([bone.lift for bone in chosen]) * unit,
        colours.clamp(0.02, 0.98),
        (middle - middle[0]) * unit,
        sizes,
        radius,
        floor if plan.verb not in _AIR else None,
    )
