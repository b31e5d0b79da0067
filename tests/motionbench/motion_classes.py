# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Decides from an object's path whether it did what it was told."""

from __future__ import annotations

import math

import torch
from torch import Tensor

# Directions of the translating motion classes, x right and y down.
_DIAGONAL = math.sqrt(0.5)
DIRECTIONS = {
    "moves_left": (-1.0, 0.0),
    "moves_right": (1.0, 0.0),
    "moves_up": (0.0, -1.0),
    "moves_down": (0.0, 1.0),
    "moves_up_left": (-_DIAGONAL, -_DIAGONAL),
    "moves_up_right": (_DIAGONAL, -_DIAGONAL),
    "moves_down_left": (-_DIAGONAL, _DIAGONAL),
    "moves_down_right": (_DIAGONAL, _DIAGONAL),
    "lifts_off": (0.0, -1.0),
    "falls": (0.0, 1.0),
    "rolls_left": (-1.0, 0.0),
    "rolls_right": (1.0, 0.0),
}
# Judged by the true path: what they do depends on another object.
PAIRS = ("follows", "swaps_places")
# Tracks say nothing of rotation: a spinning object looks like a still one.
UNJUDGED = ("spins",)
_STILL = 0.05  # of the frame's height
_ANGLE = math.cos(math.radians(30))


def moved_as_told(
    verb: str, offsets: Tensor, scales: Tensor, true: Tensor | None = None
) -> bool:
    """Whether a path is one of motion class `verb`.

    offsets [F, 2] in frame heights and scales [F], relative to frame 0.
    A translation must end at least 0.07 of the frame away, within 30 degrees
    of the direction; the others are told by extremes and return points. true
    [F, 2] are the offsets in the true clip: the farthest point of an object
    that acts on another must lie within 45 degrees of it, and 0.35 times as
    far or more.
    """
    x, y = offsets[:, 0], offsets[:, 1]
    end = offsets[-2:].mean(0)
    distance = float(end.norm())
    reach = float(offsets.norm(dim=1).max())
    steady = bool((scales.log().abs() < math.log(1.3))[1:].float().mean() > 0.6)
    if verb in DIRECTIONS:
        # The farthest point counts: an object may leave the frame and stop
        # being found.
        far = offsets[int(offsets.norm(dim=1).argmax())]
        direction = torch.tensor(DIRECTIONS[verb])
        return reach >= 0.07 and float(far @ direction) >= _ANGLE * reach
    if verb == "stays_still":
        return reach <= _STILL and steady
    if verb in PAIRS and true is not None:
        aim = true[int(true.norm(dim=1).argmax())]
        far = offsets[int(offsets.norm(dim=1).argmax())]
        least = max(0.07, 0.35 * float(aim.norm()))
        return reach >= least and float(far @ aim) >= math.sqrt(0.5) * reach * float(
            aim.norm()
        )
    if verb == "swings":
        across = float(x.max() - x.min())
        after = x[int(x.argmax()) :]  # it sets out to the right
        back = float(x.max() - after.min())
        return across >= 0.1 and back >= 0.5 * across and float(y.max()) <= 0.07
    if verb in ("grows", "comes_closer"):
        return float(scales[-3:].mean()) >= 1.2
    if verb in ("shrinks", "goes_away"):
        return float(scales[-3:].mean()) <= 0.85
    if verb == "jumps":
        top = float(-y.min())
        return top >= 0.1 and distance <= 0.6 * top and float(x.abs().max()) <= top
    if verb == "bounces":
        low = float(y.max())
        after = y[int(y.argmax()) :]
        return low >= 0.12 and float(y.max() - after.min()) >= 0.25 * low
    if verb == "circles":
        across, along = float(x.max() - x.min()), float(y.max() - y.min())
        return min(across, along) >= 0.08 and max(across, along) <= 4 * min(
            across, along
        )
    if verb == "shakes":
        across = float(x.max() - x.min())
        steps = x[1:] - x[:-1]
        steps = steps[steps != 0]
        turns = int((steps[1:] * steps[:-1] < 0).sum())
        return across >= 0.05 and turns >= 2 and float(y.abs().max()) <= across
    raise ValueError(f"unknown motion class {verb}")
