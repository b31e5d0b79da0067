# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Bodies of people, robots and animals with random proportions.

`build` in [0, 1] says how a body is built: from short-legged with a large head to
long-legged with a small one. Clips that are held out are built as no others are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from .bones import ROOT, Body, Bone

SIDES = (("r", 1.0), ("l", -1.0))  # z is to the right
_QUARTER = math.pi / 2


def biped(rng: Random, noun: str, build: float) -> Body:
    """People, robots, apes: a trunk, a head, two arms, two legs."""
    u = rng.uniform
    metal = noun == "robot"
    ape = noun in ("gorilla", "monkey", "bear")
    small = noun in ("child", "boy", "girl", "toy", "doll")
    leg = 0.36 + 0.16 * build
    arm = leg * u(0.8, 0.95)
    trunk = u(0.26, 0.32)
    head = (0.105 if small else 0.085) - 0.03 * build + u(0, 0.02)
    stout = u(0.75, 1.3)
    if ape:
        leg, arm, stout = leg * 0.7, leg * 1.05, stout * 1.35
    wide, thick = 0.05 * stout, 0.062 * stout
    limb = 0.034 * stout
    sleeve, trouser = rng.choice(("body", "skin")), rng.choice(
        ("second", "second", "skin")
    )
    if metal or ape:
        sleeve, trouser = "body", rng.choice(("body", "second"))
    skin = "body" if ape or metal else "skin"
    bones = [Bone("spine", ROOT, 0.0, trunk, (0.0, 0.0), _QUARTER)]
    add = bones.append
    for side, z in SIDES:
        add(Bone("chest_" + side, "spine", 0.0, trunk * 0.92,
                 (thick * u(0.8, 0.95), thick), beside=(0.0, z * wide), flat=metal))  # fmt: skip
        add(Bone("hip_" + side, ROOT, 0.0, 0.03, (thick * 0.95, thick * 0.8), -_QUARTER,
                 beside=(0.0, z * wide), colour=trouser))  # fmt: skip
    add(Bone("neck", "spine", 0.95, 0.05, (0.03 * stout, 0.03), colour=skin))
    add(
        Bone(
            "head",
            "neck",
            0.9,
            head * 1.5,
            (head * 0.85, head),
            colour=skin,
            flat=metal,
        )
    )
    for side, z in SIDES:
        add(Bone("eye_" + side, "head", 0.75, 0.002, (0.013, 0.013),
                 beside=(-head * 0.92, z * head * 0.4), colour="dark", lift=0.02))  # fmt: skip
    if metal:
        add(Bone("antenna", "head", 1.2, 0.08, (0.008, 0.014), colour="second"))
    elif not ape:
        add(Bone("hair", "head", 0.75, head * 0.5, (head * 1.02, head * 0.98),
                 swing=0.35, beside=(head * 0.25, 0.0), colour="hair"))  # fmt: skip
        if rng.random() < 0.3:
            add(Bone("mane", "head", 0.6, head * u(1.2, 2.4), (head * 0.8, head * 0.4),
                     swing=2.9, beside=(head * 0.35, 0.0), colour="hair"))  # fmt: skip
        if rng.random() < 0.25:
            add(Bone("hat", "head", 1.1, head * 0.8, (head * 1.2, head * 0.7),
                     colour="second", flat=True))  # fmt: skip
    else:
        add(Bone("muzzle", "head", 0.45, head * 0.5, (head * 0.6, head * 0.5),
                 swing=_QUARTER * -0.9, beside=(-head * 0.6, 0.0), colour="second"))  # fmt: skip
    if noun in ("woman", "girl", "dancer") and rng.random() < 0.6:
        add(Bone("skirt", ROOT, 0.0, leg * u(0.4, 0.7), (thick, thick * u(1.5, 2.2)),
                 -_QUARTER, colour="body", flat=True))  # fmt: skip
    if rng.random() < 0.12 and not ape:
        add(Bone("pack", "spine", 0.35, trunk * 0.5, (thick * 0.8, thick * 0.8),
                 beside=(thick * 1.1, 0.0), colour="second"))  # fmt: skip
    for side, z in SIDES:
        add(Bone("arm_" + side, "spine", 0.88, arm * 0.46, (limb, limb * 0.85), math.pi,
                 -z * 0.12, beside=(0.0, z * (wide + thick * 0.75)), colour="body",
                 flat=metal))  # fmt: skip
        add(Bone("forearm_" + side, "arm_" + side, 1.0, arm * 0.42,
                 (limb * 0.85, limb * 0.65), 0.1, colour=sleeve, flat=metal))  # fmt: skip
        add(Bone("hand_" + side, "forearm_" + side, 1.0, arm * 0.1,
                 (limb * 0.8, limb * 0.75), colour=skin))  # fmt: skip
        add(Bone("thigh_" + side, ROOT, 0.0, leg * 0.5, (limb * 1.5, limb * 1.15),
                 -_QUARTER, beside=(0.0, z * wide), colour=trouser, flat=metal))  # fmt: skip
        add(Bone("shin_" + side, "thigh_" + side, 1.0, leg * 0.5,
                 (limb * 1.15, limb * 0.75), colour=trouser, flat=metal))  # fmt: skip
        add(Bone("foot_" + side, "shin_" + side, 1.0, leg * 0.17,
                 (limb * 0.8, limb * 0.6), _QUARTER, beside=(-0.0, 0.0), colour="dark"))  # fmt: skip
    return Body("biped", bones, ("foot_r", "foot_l"))


# Of the body: leg, trunk and neck lengths, thickness, head, snout, ears, tail,
# angle of neck and of tail.
_QUADRUPEDS: dict[str, tuple[float, ...]] = {
    "dog": (0.36, 0.5, 0.18, 0.085, 0.08, 0.10, 0.08, 0.28, 0.9, 0.8),
    "cat": (0.30, 0.5, 0.13, 0.08, 0.085, 0.04, 0.07, 0.42, 0.7, 1.0),
    "fox": (0.32, 0.5, 0.16, 0.075, 0.075, 0.10, 0.09, 0.40, 0.7, -0.3),
    "wolf": (0.40, 0.52, 0.2, 0.085, 0.08, 0.11, 0.08, 0.28, 0.6, -0.6),
    "horse": (0.54, 0.56, 0.34, 0.11, 0.075, 0.15, 0.05, 0.34, 0.95, -1.1),
    "cow": (0.40, 0.62, 0.22, 0.14, 0.085, 0.12, 0.06, 0.34, 0.35, -1.3),
    "sheep": (0.30, 0.5, 0.15, 0.14, 0.07, 0.09, 0.05, 0.08, 0.7, -1.0),
    "goat": (0.36, 0.48, 0.2, 0.1, 0.065, 0.09, 0.07, 0.09, 0.9, 0.7),
    "pig": (0.24, 0.52, 0.1, 0.14, 0.095, 0.09, 0.06, 0.1, 0.2, 0.8),
    "bear": (0.34, 0.56, 0.17, 0.16, 0.1, 0.09, 0.05, 0.04, 0.25, -0.9),
    "deer": (0.5, 0.48, 0.28, 0.085, 0.065, 0.1, 0.07, 0.07, 1.1, 0.2),
    "zebra": (0.46, 0.54, 0.28, 0.11, 0.075, 0.13, 0.06, 0.28, 0.9, -1.1),
    "camel": (0.56, 0.52, 0.36, 0.12, 0.07, 0.12, 0.04, 0.22, 0.5, -1.2),
    "giraffe": (0.62, 0.46, 0.66, 0.11, 0.065, 0.13, 0.05, 0.26, 1.15, -1.2),
    "elephant": (0.42, 0.56, 0.1, 0.2, 0.14, 0.3, 0.14, 0.22, 0.35, -1.2),
    "lion": (0.36, 0.54, 0.17, 0.11, 0.1, 0.08, 0.05, 0.4, 0.6, -0.5),
    "tiger": (0.34, 0.56, 0.17, 0.11, 0.095, 0.07, 0.05, 0.42, 0.5, -0.3),
    "rabbit": (0.22, 0.32, 0.1, 0.1, 0.085, 0.04, 0.17, 0.04, 0.8, 0.6),
    "mouse": (0.14, 0.32, 0.07, 0.09, 0.07, 0.06, 0.07, 0.36, 0.3, 0.2),
    "meerkat": (0.2, 0.44, 0.12, 0.065, 0.07, 0.05, 0.03, 0.36, 0.8, -0.2),
}
QUADRUPEDS = tuple(_QUADRUPEDS)


def quadruped(rng: Random, noun: str, build: float) -> Body:
    """Animals on four legs, each built about as its kind is."""
    jitter = [value * rng.uniform(0.85, 1.15) for value in _QUADRUPEDS[noun]]
    leg, trunk, neck, thick, head, snout, ear, tail, rise, droop = jitter
    leg *= 0.8 + 0.4 * build
    head *= 1.2 - 0.4 * build
    limb = 0.26 * thick + 0.012
    narrow = 0.55 * thick
    # The trunk is a rump and a chest that hang on its middle.
    bones = [
        Bone("chest", ROOT, 0.0, trunk / 2, (thick * 0.92, thick), 0.0),
        Bone("rump", ROOT, 0.0, trunk / 2, (thick * 0.92, thick * 0.95), math.pi),
        Bone("belly", ROOT, -trunk * 0.25, trunk * 0.5, (thick * 0.7, thick * 0.75),
             beside=(-thick * 0.25, 0.0), colour="second"),
        Bone("neck", "chest", 1.0, neck, (thick * 0.75, head * 0.75), rise,
             beside=(thick * 0.25, 0.0)),
        Bone("head", "neck", 1.0, head * 0.8, (head * 0.85, head * 0.8), -rise * 0.9 - 0.15),
    ]  # fmt: skip
    add = bones.append
    if noun == "elephant":
        part, previous = snout / 4, "head"
        for number in range(4):
            radius = head * (0.45 - 0.08 * number)
            name = f"trunk_{number}"
            add(Bone(name, previous, 1.0, part, (radius, radius - 0.08 * head),
                     -0.9 if number == 0 else -0.25))  # fmt: skip
            previous = name
    else:
        add(Bone("snout", "head", 0.8, snout, (head * 0.6, head * 0.36), -0.2,
                 colour=rng.choice(("body", "second"))))  # fmt: skip
        add(Bone("nose", "snout", 1.0, 0.01, (head * 0.2, head * 0.18),
                 beside=(head * 0.12, 0.0), colour="dark", lift=0.02))  # fmt: skip
    add(Bone("jaw", "head", 0.7, max(snout * 0.7, head * 0.5) if noun != "elephant" else head * 0.7,
             (head * 0.36, head * 0.2), -0.45, beside=(-head * 0.35, 0.0), colour="second"))  # fmt: skip
    for side, z in SIDES:
        add(Bone("eye_" + side, "head", 0.7, 0.002, (head * 0.13, head * 0.13),
                 beside=(head * 0.35, z * head * 0.72), colour="dark", lift=0.02))  # fmt: skip
        flap = noun == "elephant"
        add(Bone("ear_" + side, "head", 0.0 if not flap else 0.2, ear,
                 (head * (0.34 if not flap else 0.7), head * (0.1 if not flap else 0.8)),
                 1.9 if not flap else -1.9, -z * 0.35,
                 beside=(head * 0.5, z * head * 0.6), colour=rng.choice(("body", "second"))))  # fmt: skip
        if noun in ("goat", "cow", "deer"):
            add(Bone("horn_" + side, "head", 0.2, head * rng.uniform(0.8, 1.8),
                     (head * 0.16, head * 0.06), 1.5, -z * 0.4,
                     beside=(head * 0.7, z * head * 0.3), colour="horn"))  # fmt: skip
    if noun == "lion":
        add(
            Bone(
                "mane",
                "neck",
                0.3,
                neck * 0.6,
                (thick * 1.05, head * 1.35),
                colour="second",
            )
        )
    if noun in ("horse", "zebra"):
        add(Bone("mane", "neck", 0.0, neck, (thick * 0.35, head * 0.4),
                 beside=(thick * 0.5, 0.0), colour="hair"))  # fmt: skip
    if noun == "camel":
        add(Bone("hump", ROOT, 0.0, 0.08, (thick * 0.8, thick * 0.5), _QUARTER,
                 beside=(thick * 0.6, 0.0)))  # fmt: skip
    previous = "rump"
    for number in range(3):
        radius = (
            limb * (0.8 - 0.2 * number) * (2.0 if noun in ("fox", "horse") else 1.0)
        )
        # The rump looks backward and upside down.
        swing = -droop if number == 0 else rng.uniform(-0.15, 0.3)
        add(Bone(f"tail_{number}", previous, 1.0, tail / 3, (radius, radius * 0.85), swing,
                 beside=(-thick * 0.5, 0.0) if number == 0 else (0.0, 0.0),
                 colour="hair" if noun == "horse" else "body"))  # fmt: skip
        previous = f"tail_{number}"
    sock = rng.choice(("body", "body", "second"))
    for end, share in (("chest", 0.92), ("rump", 0.95)):
        fore = end == "chest"
        for side, z in SIDES:
            name = ("fore_" if fore else "hind_") + side
            down = -_QUARTER if fore else _QUARTER
            tilt = 0.0 if fore else 0.25
            add(Bone(name, end, share, leg * 0.5, (limb * (1.5 if fore else 2.0), limb),
                     down + tilt, beside=(0.0, z * narrow)))  # fmt: skip
            add(Bone(name + "_shin", name, 1.0, leg * 0.44, (limb, limb * 0.7),
                     -2.0 * tilt, colour=sock))  # fmt: skip
            add(Bone(name + "_paw", name + "_shin", 1.0, leg * 0.1,
                     (limb * 0.85, limb * 0.75), _QUARTER * 0.8 + tilt, colour="dark"))  # fmt: skip
    feet = tuple(f"{part}_{side}_paw" for part in ("fore", "hind") for side in "rl")
    return Body("quadruped", bones, feet)


def bird(rng: Random, noun: str, build: float) -> Body:
    """Birds with wings of ribs that spread and fold, on two legs."""
    u = rng.uniform
    slim = noun in ("heron", "flamingo", "crane", "ostrich")
    body = u(0.2, 0.26)
    thick = body * u(0.36, 0.48)
    head = thick * (0.72 - 0.25 * build)
    leg = (0.1 + 0.1 * build) * (2.4 if slim else 1.0)
    neck = body * (u(0.9, 1.3) if slim else u(0.15, 0.3))
    span = body * u(1.5, 2.3) * (0.35 if noun == "penguin" else 1.0)
    tilt = 1.2 if noun == "penguin" else u(0.2, 0.6)
    bones = [
        Bone("trunk", ROOT, 0.0, body, (thick * 0.8, thick), tilt),
        Bone("breast", "trunk", 0.25, body * 0.5, (thick * 0.7, thick * 0.8),
             beside=(-thick * 0.3, 0.0), colour="second"),
        Bone("tail", "trunk", 0.0, body * u(0.5, 0.9), (thick * 0.5, thick * 0.3),
             math.pi + u(-0.2, 0.3)),
        Bone("neck", "trunk", 0.95, neck, (thick * 0.7, head * 0.8), u(0.3, 0.7)),
    ]  # fmt: skip
    add = bones.append
    level = -(bones[0].swing + bones[3].swing)
    add(Bone("head", "neck", 1.0, head * 0.6, (head, head * 0.95), level))
    beak = head * u(0.8, 1.8) * (1.5 if slim else 1.0)
    add(Bone("beak", "head", 1.0, beak, (head * 0.35, head * 0.08), 0.0,
             beside=(head * 0.1, 0.0), colour="horn", lift=0.01))  # fmt: skip
    add(Bone("jaw", "head", 1.0, beak * 0.85, (head * 0.28, head * 0.07), -0.12,
             beside=(-head * 0.15, 0.0), colour="horn"))  # fmt: skip
    for side, z in SIDES:
        add(Bone("eye_" + side, "head", 0.8, 0.002, (head * 0.17, head * 0.17),
                 beside=(head * 0.25, z * head * 0.8), colour="dark", lift=0.02))  # fmt: skip
        _wing(bones, side, z, "trunk", 0.8, body, span, thick)
        add(Bone("leg_" + side, "trunk", 0.3, leg * 0.5, (thick * 0.3, thick * 0.14),
                 -_QUARTER - tilt, beside=(-thick * 0.5, z * thick * 0.45)))  # fmt: skip
        add(
            Bone(
                "shin_" + side,
                "leg_" + side,
                1.0,
                leg * 0.5,
                (0.012, 0.01),
                colour="horn",
            )
        )
        add(Bone("foot_" + side, "shin_" + side, 1.0, body * 0.2, (0.012, 0.008),
                 _QUARTER, colour="horn"))  # fmt: skip
    return Body("bird", bones, ("shin_r", "shin_l"))


def _wing(
    bones: list[Bone], side: str, z: float, parent: str, at: float,
    chord: float, span: float, thick: float,
) -> None:  # fmt: skip
    """A wing of an arm and a hand with three ribs each, stretched out sideways.

    They hang on a bone without width along the body: its twist flaps the wing.
    """
    bones.append(Bone("wing_" + side, parent, at - 0.52, chord * 0.52, (0.0, 0.0),
                      beside=(thick * 0.4, z * thick * 0.7)))  # fmt: skip
    for rib in range(3):
        bones.append(
            Bone(f"rib{rib}_{side}", "wing_" + side, 1 - 0.5 * rib, span * 0.45,
                 (chord * 0.2, chord * 0.18), 0.0, -z * (_QUARTER + 0.04 * rib),
                 beside=(-0.006 * rib, 0.0), colour="body" if rib < 2 else "second",
                 bulge=0.25)
        )  # fmt: skip
        bones.append(
            Bone(f"tip{rib}_{side}", f"rib{rib}_{side}", 1.0,
                 span * (0.55 - 0.12 * rib), (chord * 0.18, chord * 0.07), 0.0,
                 -z * (0.12 + 0.16 * rib), colour="second", bulge=0.25)
        )  # fmt: skip


def insect(rng: Random, noun: str, build: float) -> Body:
    """Butterflies, bees: a body upright in the picture with wings at its sides."""
    u = rng.uniform
    body = 0.2
    thick = (0.055 if noun == "bee" else 0.03) + 0.02 * build
    span = u(0.24, 0.34) * (0.8 if noun == "bee" else 1.0)
    bones = [
        Bone("trunk", ROOT, 0.0, body * 0.5, (thick, thick * 0.9)),
        Bone("tail", ROOT, 0.0, body * 0.6, (thick, thick * 0.6), math.pi, colour="second"),
        Bone("head", "trunk", 1.1, 0.02, (thick * 0.85, thick * 0.8), colour="dark"),
    ]  # fmt: skip
    for side, z in SIDES:
        bones.append(Bone("feeler_" + side, "head", 1.0, 0.1, (0.008, 0.008), 0.0,
                          -z * 0.4, colour="dark"))  # fmt: skip
        bones.append(Bone("wing_" + side, "trunk", 0.6, 0.02, (0.0, 0.0)))
        for number, (angle, size, long) in enumerate(
            ((1.0, 1.0, 1.0), (1.35, 1.0, 1.05), (1.95, 0.9, 0.75), (2.3, 0.8, 0.7))
        ):
            name = f"rib{number}_{side}"
            radius = span * 0.26 * size
            bones.append(
                Bone(name, "wing_" + side, 0.0, span * long * u(0.95, 1.05),
                     (radius * 0.3, radius), 0.0, -z * angle,
                     colour="body" if number < 2 else "second", bulge=0.2)
            )  # fmt: skip
            bones.append(
                Bone(f"spot{number}_{side}", name, 0.95, 0.002,
                     (radius * 0.4, radius * 0.4), colour="dark", lift=0.02)
            )  # fmt: skip
    return Body("insect", bones, (), False)


def fish(rng: Random, noun: str, build: float) -> Body:
    """Fish, sharks, whales: a chain from the head to the tail, and fins."""
    u = rng.uniform
    parts, long = 7, 0.8
    high = (0.07 if noun in ("shark", "dolphin", "eel") else 0.12) + 0.07 * build
    if noun == "eel":
        high *= 0.6
    # Where it is thickest, and how the rest tapers.
    profile = (0.72, 0.98, 1.0, 0.88, 0.68, 0.45, 0.26, 0.16)
    bones = [Bone("head", ROOT, 0.0, long * 0.16, (high * 0.92, high * 0.45))]
    add = bones.append
    if noun in ("dolphin", "whale"):
        add(Bone("nose", "head", 0.9, 0.07, (high * 0.4, high * 0.18), -0.1))
    add(Bone("jaw", "head", 0.3, long * 0.14, (high * 0.5, high * 0.22), -0.3,
             beside=(-high * 0.3, 0.0), colour="second"))  # fmt: skip
    for side, z in SIDES:
        add(Bone("eye_" + side, "head", 0.5, 0.002, (high * 0.12, high * 0.12),
                 beside=(high * 0.25, z * high * 0.6), colour="dark", lift=0.02))  # fmt: skip
    previous = ROOT
    for number in range(parts):
        name = f"body_{number}"
        add(Bone(name, previous, 0.0 if previous == ROOT else 1.0, long * 0.84 / parts,
                 (high * profile[number], high * profile[number + 1]),
                 math.pi if previous == ROOT else 0.0))  # fmt: skip
        previous = name
    fork = high * u(1.0, 1.7)
    across = noun in ("dolphin", "whale")  # their flukes lie flat
    for sign in (1.0, -1.0):
        bend = {"spread" if across else "swing": sign * u(0.6, 0.9)}
        add(Bone("fluke_" + ("r" if sign > 0 else "l"), previous, 0.9, fork,
                 (high * 0.22, high * 0.1), colour="second", **bend))  # fmt: skip
    add(Bone("fin_top", "body_1", 0.8, high * u(0.8, 1.3), (high * 0.4, high * 0.1),
             -0.9, beside=(-high * 0.7, 0.0), colour="second"))  # fmt: skip
    for side, z in SIDES:
        add(Bone("fin_" + side, "body_0", 0.9, high * u(0.8, 1.2),
                 (high * 0.28, high * 0.12), 0.7, z * 0.8,
                 beside=(high * 0.4, z * high * 0.6), colour="second"))  # fmt: skip
    return Body("fish", bones, (), False)


def snake(rng: Random, noun: str, build: float) -> Body:
    """Snakes and worms: a chain that lies on the ground."""
    parts, long = 14, 1.0
    thick = 0.028 + 0.025 * build
    bones = [
        Bone("head", ROOT, 0.0, thick * 2.0, (thick * 1.3, thick * 0.8)),
        Bone("eye_r", "head", 0.7, 0.002, (thick * 0.25,) * 2,
             beside=(thick * 0.5, thick * 0.75), colour="dark", lift=0.02),
        Bone("eye_l", "head", 0.7, 0.002, (thick * 0.25,) * 2,
             beside=(thick * 0.5, -thick * 0.75), colour="dark", lift=0.02),
    ]  # fmt: skip
    previous = ROOT
    for number in range(parts):
        near, far = (min(1.0, 2.4 * (1 - (number + k) / (parts + 1))) for k in (0, 1))
        bones.append(
            Bone(f"body_{number}", previous, 0.0 if previous == ROOT else 1.0,
                 long / parts, (thick * near, thick * far),
                 math.pi if previous == ROOT else 0.0,
                 colour="body" if number % 4 < 3 else "second")
        )  # fmt: skip
        previous = f"body_{number}"
    return Body("snake", bones)


BUILDERS: dict[str, Callable[[Random, str, float], Body]] = {
    "biped": biped, "quadruped": quadruped, "bird": bird, "insect": insect,
    "fish": fish, "snake": snake,
}  # fmt: skip
