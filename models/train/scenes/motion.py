# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Turns motion classes into trajectories: offset and scale of every frame."""

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
    verb: Tensor, pace: Tensor, frames: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Offsets [K,F,2] in frame heights (x right, y down), scales [K,F].

    verb and pace are [K] indices (vocabulary.VERB_INDEX; SLOW, NORMAL, FAST).
    Frame 0 always has offset 0 and scale 1. A translation at normal pace spans
    0.26 to 0.58 of the frame over the clip.
    """
    count = verb.shape[0]
    time = torch.linspace(0, 1, frames)[None] if frames > 1 else torch.zeros(1, 1)
    draw = torch.rand(count, 3, generator=generator)
    low, high = _REACH[pace, 0], _REACH[pace, 1]
    reach = (low + (high - low) * draw[:, 0])[:, None]
    u = draw[:, 1, None]
    zero = torch.zeros(count, frames)
    x, y, scale = zero.clone(), zero.clone(), torch.ones(count, frames)

    def put(name: str, target: Tensor, value: Tensor) -> None:
        chosen = verb == VERB_INDEX[name]
        target[chosen] = value.expand(count, frames)[chosen]

    for name, (dx, dy) in DIRECTIONS.items():
        put(name, x, dx * reach * time)
        put(name, y, dy * reach * time)
    put("lifts_off", y, -(reach + 0.15) * time**2)
    put("falls", y, _between(u, 0.4, 0.8) * time**2)
    put("jumps", y, -_between(u, 0.2, 0.42) * 4 * time * (1 - time))
    put("bounces", y, _between(u, 0.25, 0.45) * _bounce(time))
    # Paces of the classes that stay where they are: gain and number of turns.
    gain = torch.tensor([0.6, 1.0, 1.5])[pace][:, None]
    put("grows", scale, 1 + _between(u, 0.55, 1.0) * gain * time)
    put("shrinks", scale, (-_between(u, 0.65, 1.05) * gain * time).exp())
    turns = torch.tensor([0.6, 1.0, 1.8])[pace][:, None]
    phase = 2 * math.pi * turns * time
    radius = _between(u, 0.1, 0.2)
    put("circles", x, radius * phase.sin())
    put("circles", y, radius * (1 - phase.cos()))
    cycles = torch.tensor([1.5, 2.5, 4.0])[pace][:, None]
    put("shakes", x, _between(u, 0.05, 0.09) * (2 * math.pi * cycles * time).sin())
    return torch.stack([x, y], -1), scale


def _bounce(time: Tensor) -> Tensor:
    """Height lost by a ball dropped on a floor one unit below: [.., F]."""
    # Fall in 0.34 of the clip, then two rebounds to 0.55 and 0.25 of the drop.
    fall = 0.34
    first, second = fall * 2 * math.sqrt(0.55), fall * 2 * math.sqrt(0.25)
    out = (time / fall) ** 2
    start = fall
    for length, height in ((first, 0.55), (second, 0.25)):
        part = ((time - start) / length).clamp(0, 1)
        out = torch.where(time >= start, 1 - height * 4 * part * (1 - part), out)
        start += length
    return out
