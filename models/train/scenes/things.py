# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Bodies of things: plants, cloth, vehicles, hands."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from .bones import ROOT, Body, Bone

_QUARTER = math.pi / 2


def plant(rng: Random, noun: str, build: float) -> Body:
    """Trees, flowers, grass, flames: chains that stand on the ground."""
    u = rng.uniform
    if noun in ("grass", "reed", "flame", "seaweed"):
        return _blades(rng, noun, build)
    flower = noun in ("flower", "sunflower", "tulip")
    high = 0.45 + 0.3 * build
    thick = (0.014 if flower else 0.045) * u(0.8, 1.3)
    if noun == "palm":
        thick *= 0.7
    bones, previous = [], ROOT
    for number in range(4):
        radii = (thick * (1 - 0.15 * number), thick * (0.85 - 0.15 * number))
        bones.append(
            Bone(f"stem_{number}", previous, 0.0 if previous == ROOT else 1.0,
                 high / 4, radii, _QUARTER if previous == ROOT else u(-0.08, 0.08),
                 colour="stem")
        )  # fmt: skip
        previous = f"stem_{number}"
    add = bones.append
    if flower:
        petal = u(0.06, 0.09)
        for number in range(7):
            angle = number * math.tau / 7
            add(Bone(f"leaf_{number}", previous, 1.0, petal, (petal * 0.3, petal * 0.45),
                     angle, bulge=0.4))  # fmt: skip
        add(Bone("heart", previous, 1.0, 0.002, (petal * 0.55,) * 2, colour="second",
                 lift=0.1))  # fmt: skip
        for number, sign in enumerate((1.0, -1.0)):
            add(Bone(f"blade_{number}", f"stem_{1 + number}", 0.2, u(0.14, 0.22),
                     (0.012, 0.03), sign * u(0.7, 1.0), colour="leaf"))  # fmt: skip
    elif noun == "palm":
        for number in range(8):
            angle = (number - 3.5) * 0.52 + u(-0.1, 0.1)
            add(Bone(f"branch_{number}", previous, 1.0, u(0.16, 0.22), (0.02, 0.04), angle,
                     u(-0.6, 0.6), colour="body"))  # fmt: skip
            add(Bone(f"leaf_{number}", f"branch_{number}", 1.0, u(0.12, 0.18), (0.04, 0.012),
                     math.copysign(0.7, angle), colour="body"))  # fmt: skip
    else:
        for number in range(9):
            stem = f"stem_{1 + number % 3}"
            sign = 1.0 if number % 2 else -1.0
            reach = u(0.1, 0.22) * (1.1 - 0.25 * (number % 3))
            add(Bone(f"branch_{number}", stem, u(0.3, 1.0), reach,
                     (thick * 0.5, thick * 0.3), sign * u(0.3, 1.2), u(-0.8, 0.8),
                     colour="stem"))  # fmt: skip
            add(Bone(f"leaf_{number}", f"branch_{number}", 0.9, u(0.02, 0.08),
                     (u(0.08, 0.13), u(0.07, 0.11)), u(-0.5, 0.5),
                     colour=rng.choice(("body", "body", "second"))))  # fmt: skip
        add(Bone("leaf_9", previous, 1.0, 0.05, (u(0.1, 0.15), u(0.08, 0.12))))
    return Body("plant", bones)


def _blades(rng: Random, noun: str, build: float) -> Body:
    """A bunch of blades (or tongues of fire) from one place."""
    u = rng.uniform
    fire = noun == "flame"
    bones = []
    for blade in range(6 if fire else 9):
        x = u(-0.09, 0.09) if fire else u(-0.16, 0.16)
        high = u(0.25, 0.55) * (0.7 + 0.6 * build)
        thick = u(0.05, 0.075) if fire else u(0.012, 0.02)
        previous = ROOT
        for number in range(4):
            radii = (thick * (1 - 0.23 * number), thick * (0.77 - 0.23 * number))
            bones.append(
                Bone(f"blade_{number}_{blade}", previous, x if previous == ROOT else 1.0,
                     high / 4, radii,
                     _QUARTER - x * 2.0 if previous == ROOT else -x * u(0.3, 1.2),
                     beside=(0.0, u(-0.05, 0.05)) if previous == ROOT else (0.0, 0.0),
                     colour=rng.choice(("body", "body", "second")))
            )  # fmt: skip
            previous = f"blade_{number}_{blade}"
    return Body("plant", bones)


def cloth(rng: Random, noun: str, build: float) -> Body:
    """Flags on a pole, curtains, towels: strips that hang together."""
    u = rng.uniform
    hangs = noun in ("curtain", "towel", "dress")
    parts = 8
    long, wide = u(0.42, 0.55), u(0.14, 0.17) + 0.08 * build
    bones = []
    if hangs:
        bones.append(
            Bone("pole", ROOT, -wide * 1.15, wide * 2.3, (0.014, 0.014), colour="stem")
        )
        begin, swing = (0.0, 0.0), -_QUARTER
    else:
        high = u(0.6, 0.85)
        bones.append(
            Bone("pole", ROOT, 0.0, high, (0.016, 0.013), _QUARTER, colour="stem")
        )
        begin, swing = (high - wide - 0.02, 0.0), 0.0
    previous = ROOT
    for number in range(parts):
        stripe = "body" if (number // 2) % 2 == 0 or rng.random() < 0.5 else "second"
        bones.append(
            Bone(f"strip_{number}", previous, 0.0 if previous == ROOT else 1.0,
                 long / parts, (wide, wide), swing if previous == ROOT else 0.0,
                 beside=begin if previous == ROOT else (0.0, 0.0), colour=stripe, flat=True)
        )  # fmt: skip
        previous = f"strip_{number}"
    return Body("cloth", bones, (), not hangs)


def hand(rng: Random, noun: str, build: float) -> Body:
    """A hand, its palm to the viewer, upright on its wrist."""
    u = rng.uniform
    palm, wide = 0.24, 0.085
    finger = 0.15 + 0.12 * build
    bones = [
        Bone("wrist", ROOT, 0.0, 0.22, (0.07, 0.065), _QUARTER, colour=rng.choice(("body", "second"))),
        Bone("palm", "wrist", 1.0, palm, (0.07, 0.075), 0.0, colour="body"),
        Bone("palm_a", "palm", 0.1, palm * 0.85, (0.06, 0.05), 0.12, beside=(wide * 0.6, 0.0)),
        Bone("palm_b", "palm", 0.1, palm * 0.85, (0.06, 0.05), -0.12, beside=(-wide * 0.6, 0.0)),
    ]  # fmt: skip
    for number in range(4):
        place = wide * (1.5 - number)
        long = finger * (0.9, 1.0, 0.95, 0.78)[number] * u(0.95, 1.05)
        bones.append(
            Bone(f"finger_{number}", "palm", 1.05, long * 0.5, (0.033, 0.03),
                 0.16 * (1.5 - number), beside=(place, 0.0))
        )  # fmt: skip
        bones.append(
            Bone(f"tip_{number}", f"finger_{number}", 1.0, long * 0.5, (0.03, 0.024),
                 colour=rng.choice(("body", "body", "second")) if number == 0 else bones[-2].colour)
        )  # fmt: skip
    bones.append(Bone("finger_4", "palm", 0.25, finger * 0.42, (0.04, 0.034), 0.9,
                      beside=(wide * 1.1, 0.0)))  # fmt: skip
    bones.append(Bone("tip_4", "finger_4", 1.0, finger * 0.4, (0.034, 0.026), -0.3))
    return Body("hand", bones, (), False)


def vehicle(rng: Random, noun: str, build: float) -> Body:
    """Cars, buses, carts, bicycles from the side: a body and wheels that turn."""
    u = rng.uniform
    wheel = u(0.08, 0.12)
    if noun in ("bicycle", "motorcycle", "scooter"):
        return _cycle(rng, noun, build)
    long = 0.62 + 0.3 * build
    high = {"bus": 0.3, "van": 0.26, "train": 0.26, "truck": 0.17}.get(
        noun, u(0.12, 0.16)
    )
    base = wheel * 1.25
    bones = [
        Bone("body", ROOT, -long / 2, long, (high / 2, high / 2 * u(0.8, 1.0)),
             beside=(base + high / 2, 0.0), flat=True),
    ]  # fmt: skip
    add = bones.append
    if noun in ("car", "taxi", "truck", "tractor"):
        front = u(0.1, 0.2) if noun in ("truck", "tractor") else u(-0.08, 0.02)
        cabin = u(0.14, 0.2)
        add(Bone("cabin", ROOT, front, cabin,
                 (long * (0.15 if noun in ("truck", "tractor") else 0.3), long * u(0.1, 0.2)),
                 _QUARTER, beside=(base + high * 0.9, 0.0), colour="body", flat=True))  # fmt: skip
        add(Bone("window", ROOT, front, cabin * 0.6,
                 (long * (0.1 if noun in ("truck", "tractor") else 0.22), long * 0.1),
                 _QUARTER, beside=(base + high * 1.05, 0.0), colour="glass", flat=True,
                 lift=0.02))  # fmt: skip
        if noun == "truck":
            add(Bone("load", ROOT, -long / 2, long * 0.55, (u(0.09, 0.16),) * 2,
                     beside=(base + high + 0.08, 0.0), colour="second", flat=True))  # fmt: skip
    else:
        for number in range(4):
            add(Bone(f"window_{number}", ROOT, -long / 2 + long * (0.08 + 0.23 * number),
                     long * 0.15, (high * 0.16,) * 2,
                     beside=(base + high * 0.68, 0.0), colour="glass", flat=True, lift=0.02))  # fmt: skip
    add(Bone("stripe", ROOT, -long / 2, long, (0.014, 0.014),
             beside=(base + high * u(0.15, 0.4), 0.0), colour="second", flat=True, lift=0.01))  # fmt: skip
    add(Bone("lamp", ROOT, long / 2 - 0.02, 0.02, (0.022, 0.02),
             beside=(base + high * 0.55, 0.0), colour="lamp", lift=0.03))  # fmt: skip
    places = (-0.34, 0.33) if noun not in ("truck", "train") else (-0.38, -0.18, 0.33)
    for number, place in enumerate(places):
        size = wheel * (1.6 if noun == "tractor" and number == 0 else 1.0)
        _wheel(bones, rng, number, long * place, size)
    return Body("vehicle", bones)


def _wheel(
    bones: list[Bone], rng: Random, number: int, x: float, radius: float
) -> None:
    name = f"wheel_{number}"
    bones.append(Bone(name, ROOT, x, 0.004, (radius, radius), beside=(radius, 0.0),
                      colour="dark", lift=0.1))  # fmt: skip
    bones.append(Bone(f"rim_{number}", name, 0.0, 0.004, (radius * 0.62,) * 2,
                      colour="metal", lift=0.14))  # fmt: skip
    count = 5
    for spoke in range(count):
        bones.append(
            Bone(f"spoke_{spoke}_{number}", name, 0.0, radius * 0.58,
                 (radius * 0.1, radius * 0.07), spoke * math.tau / count,
                 colour="dark", lift=0.2)
        )  # fmt: skip


def _cycle(rng: Random, noun: str, build: float) -> Body:
    """Two wheels with a frame between them."""
    wheel = 0.16
    reach = 0.2 + 0.06 * build
    bones: list[Bone] = []
    for number, place in enumerate((-reach, reach)):
        _wheel(bones, rng, number, place, wheel)
    thick = 0.035 if noun == "motorcycle" else 0.016
    add = bones.append
    for name, start, end in (
        ("fork", (reach, wheel), (reach - 0.06, wheel * 2.3)),
        ("top", (reach - 0.05, wheel * 2.1), (-0.08, wheel * 2.0)),
        ("down", (reach - 0.05, wheel * 2.0), (-0.02, wheel)),
        ("seat", (-0.02, wheel), (-0.1, wheel * 2.3)),
        ("stay", (-reach, wheel), (-0.02, wheel)),
        ("saddle", (-0.16, wheel * 2.35), (-0.05, wheel * 2.35)),
        ("bar", (reach - 0.06, wheel * 2.3), (reach - 0.1, wheel * 2.55)),
    ):
        x, y = end[0] - start[0], end[1] - start[1]
        radius = thick * (1.6 if name == "saddle" else 1.0)
        add(Bone(name, ROOT, start[0], math.hypot(x, y), (radius, radius),
                 math.atan2(y, x), beside=(start[1], 0.0),
                 colour="dark" if name == "saddle" else "body", lift=0.25))  # fmt: skip
    if noun == "motorcycle":
        add(Bone("engine", ROOT, -0.08, 0.14, (0.08, 0.07), beside=(wheel * 1.2, 0.0),
                 colour="metal", lift=0.26))  # fmt: skip
        add(Bone("tank", ROOT, -0.04, 0.16, (0.05, 0.06), 0.1,
                 beside=(wheel * 2.1, 0.0), lift=0.27))  # fmt: skip
    return Body("vehicle", bones)


def front(rng: Random, noun: str, build: float) -> Body:
    """A vehicle from the front or the back, as it comes or goes."""
    u = rng.uniform
    wide, high = u(0.2, 0.24), 0.12 + 0.05 * build
    tall = noun in ("bus", "van", "truck", "train")
    bones = []
    add = bones.append
    for number, place in enumerate((-1.0, 1.0)):
        add(Bone(f"tyre_{number}", ROOT, place * wide * 0.8, 0.1, (0.035, 0.035), _QUARTER,
                 colour="dark", flat=True))  # fmt: skip
    add(Bone("body", ROOT, 0.0, high * (2.0 if tall else 1.0), (wide, wide * 0.97), _QUARTER,
             beside=(0.06, 0.0), flat=True, lift=0.1))  # fmt: skip
    if not tall:
        add(Bone("cabin", ROOT, 0.0, high, (wide * 0.88, wide * 0.65), _QUARTER,
                 beside=(0.06 + high, 0.0), flat=True, lift=0.1))  # fmt: skip
    add(Bone("window", ROOT, 0.0, high * 0.75, (wide * 0.76, wide * (0.74 if tall else 0.6)),
             _QUARTER, beside=(0.08 + high, 0.0), colour="glass", flat=True, lift=0.15))  # fmt: skip
    for number, place in enumerate((-1.0, 1.0)):
        add(Bone(f"lamp_{number}", ROOT, place * wide * 0.72, 0.01, (0.03, 0.03),
                 beside=(0.06 + high * 0.55, 0.0), colour="lamp", lift=0.2))  # fmt: skip
    add(Bone("grille", ROOT, -wide * 0.4, wide * 0.8, (0.02, 0.02),
             beside=(0.06 + high * 0.35, 0.0), colour="dark", flat=True, lift=0.2))  # fmt: skip
    return Body("vehicle_front", bones)


BUILDERS: dict[str, Callable[[Random, str, float], Body]] = {
    "plant": plant, "cloth": cloth, "hand": hand, "vehicle": vehicle,
    "vehicle_front": front,
}  # fmt: skip
