# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Decides from an object's path whether it did what it was told."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from tracking import Track

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
# Motion classes in which an object changes its size.
SIZES = ("grows", "comes_closer", "shrinks", "goes_away")
_STILL = 0.05  # of the frame's height
_ANGLE = math.cos(math.radians(30))

# Of the path in the clip, and of the same tracker's path in the true clip. The
# latter only counts for what depends on another object. None: cannot be told.
Judge = Callable[[Track, Track], bool | None]


def _reach(path: Track) -> float:
    return float(path.offsets.norm(dim=1).max())


def _translates(x: float, y: float) -> Judge:
    def judge(path: Track, _: Track) -> bool:
        # The farthest point counts: an object may leave the frame and stop
        # being found.
        far = path.offsets[int(path.offsets.norm(dim=1).argmax())]
        reach = _reach(path)
        along = float(far @ torch.tensor((x, y)))
        return reach >= 0.07 and along >= _ANGLE * reach

    return judge


def _stays_still(path: Track, _: Track) -> bool:
    near = (path.scales.log().abs() < math.log(1.3))[1:].float().mean()
    return _reach(path) <= _STILL and float(near) > 0.6


def _grows(path: Track, _: Track) -> bool:
    return float(path.scales[-3:].mean()) >= 1.2


def _shrinks(path: Track, _: Track) -> bool:
    return float(path.scales[-3:].mean()) <= 0.85


def _jumps(path: Track, _: Track) -> bool:
    x, y = path.offsets.T
    top = float(-y.min())
    distance = float(path.offsets[-2:].mean(0).norm())
    return top >= 0.1 and distance <= 0.6 * top and float(x.abs().max()) <= top


def _first(values: torch.Tensor, most: float) -> int:
    """When values first come near `most`, to which they may return."""
    return int((values >= 0.9 * most).int().argmax())


def _bounces(path: Track, _: Track) -> bool:
    y = path.offsets[:, 1]
    low = float(y.max())
    after = y[_first(y, low) :]
    return low >= 0.12 and float(y.max() - after.min()) >= 0.25 * low


def _circles(path: Track, _: Track) -> bool:
    x, y = path.offsets.T
    across, along = float(x.max() - x.min()), float(y.max() - y.min())
    least, most = min(across, along), max(across, along)
    return least >= 0.08 and most <= 4 * least


def _shakes(path: Track, _: Track) -> bool:
    x, y = path.offsets.T
    across = float(x.max() - x.min())
    steps = x[1:] - x[:-1]
    steps = steps[steps != 0]
    turns = int((steps[1:] * steps[:-1] < 0).sum())
    return across >= 0.05 and turns >= 2 and float(y.abs().max()) <= across


def _swings(path: Track, _: Track) -> bool:
    x, y = path.offsets.T
    across = float(x.max() - x.min())
    after = x[_first(x, float(x.max())) :]  # it sets out to the right
    back = float(x.max() - after.min())
    return across >= 0.1 and back >= 0.5 * across and float(y.max()) <= 0.07


def _spins(path: Track, _: Track) -> bool | None:
    if not path.turns_seen:
        return None
    return float(path.angles.abs().max()) >= math.radians(60) and _reach(path) <= 0.1


def _goes_where_due(path: Track, true: Track) -> bool | None:
    if _reach(true) < 0.07:
        return None
    aim = true.offsets[int(true.offsets.norm(dim=1).argmax())]
    far = path.offsets[int(path.offsets.norm(dim=1).argmax())]
    reach, due = _reach(path), float(aim.norm())
    along = float(far @ aim)
    return reach >= max(0.07, 0.35 * due) and along >= math.sqrt(0.5) * reach * due


JUDGES: dict[str, Judge] = {
    **{verb: _translates(x, y) for verb, (x, y) in DIRECTIONS.items()},
    "stays_still": _stays_still,
    "grows": _grows,
    "comes_closer": _grows,
    "shrinks": _shrinks,
    "goes_away": _shrinks,
    "jumps": _jumps,
    "bounces": _bounces,
    "circles": _circles,
    "shakes": _shakes,
    "swings": _swings,
    "spins": _spins,
    "follows": _goes_where_due,
    "swaps_places": _goes_where_due,
}


def moved_as_told(verb: str, path: Track, true: Track) -> bool | None:
    """Whether a path is one of motion class `verb`, a key of JUDGES.

    A translation must end at least 0.07 of the frame away, within 30 degrees
    of the direction; most others are told by extremes and return points. An
    object that acts on another must have its farthest point within 45 degrees
    of where the true clip has it, and at least 0.35 times as far. None where
    the path cannot tell: the turn of an object that looks the same turned, an
    object that hardly moves in the true clip either.
    """
    if verb not in JUDGES:
        raise ValueError(f"no judge for motion class {verb!r}; add one to JUDGES")
    return JUDGES[verb](path, true)
