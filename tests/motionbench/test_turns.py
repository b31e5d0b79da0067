# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The angles that turns.py finds in masks that turn by a known one."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from turns import measure

FRAMES = 8
TURNS = torch.arange(FRAMES) * 0.3


def wedges(turns: Tensor, drift: float = 0) -> Tensor:
    """Masks bool [F, 96, 96] of a wedge that points to the right, turned."""
    at = torch.arange(96) + 0.5 - 48
    frames = []
    for index, turn in enumerate(turns.tolist()):
        x, y = (at - drift * index)[None], at[:, None]
        cos, sin = math.cos(turn), math.sin(turn)
        along, across = cos * x + sin * y, cos * y - sin * x
        frames.append((along > -14) & (across.abs() < 11 - along / 2) & (along < 22))
    return torch.stack(frames)


def test_turning_masks() -> None:
    value = measure(wedges(TURNS, 1.5), TURNS)
    assert value is not None and value[1] > 0.15 and value[2] > 0.97


def test_masks_that_do_not_turn() -> None:
    value = measure(wedges(0 * TURNS), 0 * TURNS)
    assert value is not None and value[1] == 0 and value[2] == 1
    value = measure(wedges(0 * TURNS), TURNS)  # nothing of the turn to be seen
    assert value is not None and value[1] == 0 and value[2] < 0.6


def test_what_looks_alike_when_turned() -> None:
    at = torch.arange(96) + 0.5 - 48
    disc = (at[None].square() + at[:, None].square()).sqrt() < 15
    assert measure(disc.expand(FRAMES, 96, 96), TURNS) is None
    assert measure(torch.zeros(FRAMES, 96, 96, dtype=torch.bool), TURNS) is None
