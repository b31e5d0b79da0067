# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Turns motion classes into trajectories: offset, scale and turn by frame."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .vocabulary import DIRECTIONS, VERB_INDEX

SLOW, NORMAL, FAST = 0, 1, 2
_REACH = torch.tensor([[0.13, 0.24], [0.26, 0.58], [0.6, 0.95]])


def _between(draw: Tensor, low: float, high: float) -> Tensor:
    return low + (high - low) * draw


def trajectories(
    verb: Tensor,
    pace: Tensor,
    radius: Tensor,
    frames: int,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Offsets [K,F,2] in frame heights (x right, y down), scales and turns [K,F].

    verb and pace are [K] indices (vocabulary.VERB_INDEX; SLOW, NORMAL, FAST),
    radius [K] in frame heights. Turns are clockwise angles in radians. Frame 0
    always has offset 0, scale 1 and turn 0. A translation at normal pace spans
    0.26 to 0.58 of the frame over the clip. Motions of a pair of objects
    depend on where both are: see follow and swap.
    """
    count = verb.shape[0]
    time = torch.linspace(0, 1, frames)[None] if frames > 1 else torch.zeros(1, 1)
    draw = torch.rand(count, 3, generator=generator)
    low, high = _REACH[pace, 0], _REACH[pace, 1]
    reach = (low + (high - low) * draw[:, 0])[:, None]
    u = draw[:, 1, None]
    zero = torch.zeros(count, frames)
    x, y, turn = zero.clone(), zero.clone(), zero.clone()
    scale = torch.ones(count, frames)

    def put(name: str, target: Tensor, value: Tensor) -> None:
        chosen = verb == VERB_INDEX[name]
        target[chosen] = value.expand(count, frames)[chosen]

    for name, (dx, dy) in DIRECTIONS.items():
        put(name, x, dx * reach * time)
        put(name, y, dy * reach * time)
    put("lifts_off", y, -(reach + 0.15) * time**2)
    put("falls", y, _between(u, 0.4, 0.8) * time**2)
    put("jumps", y, -_between(u, 0.2, 0.42) * 4 * time * (1 - time))
    put("bounces", y, _between(u, 0.28, 0.45) * _bounce(time))
    # Paces of the classes that stay where they are: gain and number of turns.
    gain = torch.tensor([0.6, 1.0, 1.5])[pace][:, None]
    put("grows", scale, 1 + _between(u, 0.55, 1.0) * gain * time)
    put("shrinks", scale, (-_between(u, 0.65, 1.05) * gain * time).exp())
    turns = torch.tensor([0.6, 1.0, 1.8])[pace][:, None]
    phase = 2 * math.pi * turns * time
    circle = _between(u, 0.1, 0.2)
    put("circles", x, circle * phase.sin())
    put("circles", y, circle * (1 - phase.cos()))
    cycles = torch.tensor([1.5, 2.5, 4.0])[pace][:, None]
    put("shakes", x, _between(u, 0.05, 0.09) * (2 * math.pi * cycles * time).sin())
    for name, way in (("rolls_left", -1.0), ("rolls_right", 1.0)):
        put(name, x, way * reach * time)
        # Without slipping: as far as a circle of that radius would turn.
        put(name, turn, way * reach * time / radius[:, None])
    put("spins", turn, _between(u, 0.5, 0.9) * gain * 2 * math.pi * time)
    # A pendulum that hangs from above and sets out to the right.
    arm = _between(u, 0.32, 0.5)
    swing = torch.tensor([0.75, 1.25, 2.0])[pace][:, None] * 2 * math.pi
    angle = _between(draw[:, 2, None], 0.5, 0.8) * (swing * time).sin()
    put("swings", x, arm * angle.sin())
    put("swings", y, arm * (angle.cos() - 1))
    put("swings", turn, -angle)
    # Distance changes evenly, so size does not; what is near is low.
    near = 1 / (1 - _between(u, 0.3, 0.45) * gain.clamp(max=1.2) * time)
    put("comes_closer", scale, near)
    put("comes_closer", y, _between(draw[:, 2, None], 0.03, 0.08) * (near - 1))
    far = 1 / (1 + _between(u, 0.7, 1.5) * gain * time)
    put("goes_away", scale, far)
    put("goes_away", y, -_between(draw[:, 2, None], 0.06, 0.14) * (1 - far))
    return torch.stack([x, y], -1), scale, turn


def _bounce(time: Tensor) -> Tensor:
    """Height lost by a ball dropped on a floor one unit below: [.., F].

    One clear rebound to 0.7 of the drop, of which it has lost 0.3 at the end:
    more of them would not be told apart at 8 frames a second.
    """
    fall = 0.42
    rebound = fall * 2 * math.sqrt(0.7)
    part = (time - fall) / rebound
    up = 1 - 0.7 * 4 * part * (1 - part)
    return torch.where(time < fall, (time / fall) ** 2, up)


def follow(start: Tensor, leader: Tensor, gap: Tensor) -> Tensor:
    """Offsets [K,F,2] of objects that go after others.

    start [K,2] is where they are in frame 0, leader [K,F,2] the path of the
    others, gap [K] the distance they keep; all in one unit. They head for
    where the leader is, a little faster than it moves on average.
    """
    frames = leader.shape[1]
    step = (leader[:, -1] - leader[:, 0]).norm(dim=-1) * 1.15 / max(frames - 1, 1)
    path = [start]
    for frame in range(1, frames):
        way = leader[:, frame] - path[-1]
        far = way.norm(dim=-1)
        advance = torch.minimum(step, (far - gap).clamp_min(0)) / far.clamp_min(1e-6)
        path.append(path[-1] + way * advance[:, None])
    return torch.stack(path, 1) - start[:, None]


def swap(start: Tensor, other: Tensor, frames: int) -> Tensor:
    """Offsets [K,F,2] of objects at start [K,2] that go to other [K,2].

    Both of a pair bow to their own left, so that they pass each other.
    """
    time = torch.linspace(0, 1, frames).view(1, -1, 1)
    way = (other - start)[:, None]
    side = torch.stack([way[..., 1], -way[..., 0]], -1)
    return way * time + side * 0.3 * (math.pi * time).sin()
