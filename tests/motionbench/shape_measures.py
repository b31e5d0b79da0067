# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures of shape: what a trajectory says beyond where, how large and which way up.

Masks are bool [F, H, W] of one object, frame 0 the still's. Lengths are in frame
heights unless said otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

_GRID = 64  # samples along a side on which shapes are compared
_ROUNDS = 12  # of the search for the best similarity; each halves one of its steps
CHANGED = 0.06  # a true shape whose rigid copy fits worse than 1 minus this changes
_GROUND = 0.16  # share of an object's height that counts as its feet


def _moments(masks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Centroid [F, 2], root of the area [F] in pixels, angle [F] of the long axis."""
    f, h, w = masks.shape
    weight = masks.float()
    area = weight.sum((1, 2)).clamp_min(1)
    x, y = torch.arange(w) + 0.5, torch.arange(h) + 0.5
    cx = (weight.sum(1) * x).sum(1) / area
    cy = (weight.sum(2) * y).sum(1) / area
    dx, dy = x[None] - cx[:, None], y[None] - cy[:, None]
    xx = (weight.sum(1) * dx.square()).sum(1)
    yy = (weight.sum(2) * dy.square()).sum(1)
    xy = torch.einsum("fhw,fh,fw->f", weight, dy, dx)
    return torch.stack([cx, cy], 1), area.sqrt(), 0.5 * torch.atan2(2 * xy, xx - yy)


def _extent(masks: Tensor) -> Tensor:
    """Longer side [F] in pixels of the box of masks [F, H, W], 1 of empty ones."""
    sides = []
    for lines in (masks.any(1), masks.any(2)):
        at = torch.arange(lines.shape[1])
        low = torch.where(lines, at, lines.shape[1]).amin(1)
        sides.append(torch.where(lines, at, -1).amax(1) + 1 - low)
    return torch.stack(sides).amax(0).clamp_min(1).float()


def _sampled(masks: Tensor, centre: Tensor, unit: Tensor, angle: Tensor) -> Tensor:
    """Masks [N, H, W] around centre [N, 2] (pixels), turned by angle [N], the grid's
    side being unit [N] (pixels): [N, _GRID, _GRID] in 0 .. 1."""
    n, h, w = masks.shape
    at = (torch.arange(_GRID) + 0.5) / _GRID - 0.5
    dy, dx = torch.meshgrid(at, at, indexing="ij")
    cos, sin = (f[:, None, None] for f in (angle.cos(), angle.sin()))
    x = centre[:, 0, None, None] + unit[:, None, None] * (cos * dx - sin * dy)
    y = centre[:, 1, None, None] + unit[:, None, None] * (sin * dx + cos * dy)
    grid = torch.stack([x * (2 / w) - 1, y * (2 / h) - 1], -1)
    found = grid_sample(masks[:, None].float(), grid, align_corners=False)
    return found[:, 0]


def _overlap(a: Tensor, b: Tensor) -> Tensor:
    """IoU [N] of soft masks [N, S, S]."""
    low, high = torch.minimum(a, b).sum((1, 2)), torch.maximum(a, b).sum((1, 2))
    return low / high.clamp_min(1e-6)


def best_similarity_iou(masks: Tensor, true: Tensor) -> Tensor:
    """IoU [F] of masks with true ones [F, H, W], each moved, scaled and turned so
    that it fits best. nan where the true mask is empty, 0 where only the other is.

    Both are sampled on a grid around the true object, so that a rigid copy in
    another place or size scores what the object itself does. From the moments the
    search goes on by coordinates with halving steps.
    """
    place, large, axis = _moments(true)
    start, size, own = _moments(masks)
    side = 1.8 * _extent(true)
    size = size * side / large
    target = _sampled(true, place, side, torch.zeros(len(true)))
    best = torch.zeros(len(true))
    for guess in (torch.zeros_like(axis), own - axis, own - axis + math.pi):
        # x, y in sides of the grid, log of the size, angle.
        state = torch.stack([torch.zeros_like(guess), torch.zeros_like(guess),
                             torch.zeros_like(guess), guess], 1)  # fmt: skip
        step = torch.tensor([0.08, 0.08, 0.2, 0.3])

        def score(values: Tensor) -> Tensor:
            centre = start + values[:, :2] * size[:, None]
            moved = _sampled(masks, centre, size * values[:, 2].exp(), values[:, 3])
            return _overlap(moved, target)

        found = score(state)
        for _ in range(_ROUNDS):
            for index in range(4):
                for sign in (1.0, -1.0):
                    tried = state.clone()
                    tried[:, index] += sign * step[index]
                    value = score(tried)
                    better = value > found
                    state = torch.where(better[:, None], tried, state)
                    found = torch.where(better, value, found)
            step = step * 0.7
        best = torch.maximum(best, found)
    there, seen = true.flatten(1).any(1), masks.flatten(1).any(1)
    best = torch.where(seen, best, 0.0)
    return best.masked_fill(~there, math.nan)


@dataclass
class ShapeScore:
    """Shape of one object's masks against the true ones; nan where none is."""

    iou: float  # mean best_similarity_iou over frames 1 and later
    rigid: float  # that of a rigid copy of frame 0
    change: float  # of the own shape: 1 - that of frame 0 with the own later masks

    @property
    def gain(self) -> float:
        """Share of the way from a rigid copy to the true shape, at least -1; nan where
        the true shape hardly changes."""
        if not 1 - self.rigid > CHANGED:
            return math.nan
        return max(-1.0, (self.iou - self.rigid) / (1 - self.rigid))

    @property
    def as_told(self) -> bool:
        """Whether the shape changes as the true one does: a quarter of the way at
        least; where that hardly changes, it hardly changes either."""
        if math.isnan(self.gain):
            return self.change < 2 * CHANGED
        return self.gain >= 0.25


def _mean(values: Tensor) -> float:
    kept = values[1:][~values[1:].isnan()]
    return float(kept.mean()) if len(kept) else math.nan


def shape_score(masks: Tensor, true: Tensor) -> ShapeScore:
    """Shape IoU after the best similarity is taken out, and a rigid copy's."""
    first = true[:1].expand_as(true)
    return ShapeScore(
        _mean(best_similarity_iou(masks, true)),
        _mean(best_similarity_iou(first, true)),
        1 - _mean(best_similarity_iou(first, masks)),
    )


def dense_error(origins: Tensor, true: Tensor, where: Tensor) -> float:
    """Mean distance of origins (where in the still each pixel was) from the true
    ones [F, H, W, 2], in pixels, where where [F, H, W] is set; over the height."""
    off = (origins - true).norm(dim=-1)[1:][where[1:]]
    return float(off.mean()) / where.shape[1] if len(off) else math.nan


def stance(masks: Tensor) -> Tensor:
    """Width [F] of what is near the ground, over the object's height in frame 0: how
    far the feet are apart. nan where the object is not seen."""
    f, h, w = masks.shape
    rows = masks.any(2)
    at = torch.arange(h)
    top = torch.where(rows, at, h).amin(1)
    low = torch.where(rows, at, -1).amax(1) + 1
    height = (low - top).clamp_min(1)
    band = at[None] >= (low - _GROUND * height.float()).floor()[:, None]
    columns = (masks & band[:, :, None]).any(1)
    x = torch.arange(w)
    left = torch.where(columns, x, w).amin(1)
    right = torch.where(columns, x, -1).amax(1) + 1
    wide = (right - left).float() / float(height[0])
    return wide.masked_fill(~rows.any(1), math.nan)


@dataclass
class Rhythm:
    """What is periodic in a stance."""

    cycles: float  # over the clip, of the feet coming together and going apart
    strength: float  # share of the variance (0 where nothing moves)
    depth: float  # amplitude, over the object's height


def gait_rhythm(masks: Tensor) -> Rhythm:
    """The rhythm in which an object's feet go apart and together: a walk's has two
    beats a cycle of the legs, a rigid object has none.

    The sine that explains most of the stance's variance beside a parabola, of one
    cycle a clip to half of the frames.
    """
    width = stance(masks)
    seen = ~width.isnan()
    count = int(seen.sum())
    if count < 6:
        return Rhythm(math.nan, 0.0, 0.0)
    time = (torch.arange(len(width)) / max(len(width) - 1, 1))[seen].double()
    values = width[seen].double()
    base = torch.stack([torch.ones_like(time), time, time.square()], 1)

    def left(columns: Tensor) -> tuple[Tensor, Tensor]:
        fit = torch.linalg.lstsq(columns, values[:, None]).solution
        return (values - (columns @ fit)[:, 0]).square().sum(), fit[:, 0]

    without, _ = left(base)
    best = (0.0, math.nan, 0.0)
    if float(without) > count * 0.01**2:
        for cycles in torch.arange(1.0, (count - 1) / 2, 0.125):
            angle = 2 * math.pi * cycles * time
            rest, fit = left(
                torch.cat([base, torch.stack([angle.cos(), angle.sin()], 1)], 1)
            )
            share = 1 - float(rest / without)
            if share > best[0]:
                best = (share, float(cycles), float(fit[3:].norm()))
    return Rhythm(best[1], best[0], best[2])


def same_rhythm(found: Rhythm, true: Rhythm) -> bool | None:
    """Whether the feet keep the true rhythm: within a fifth of its beats, at a third
    of its depth at least. None where the true feet keep none."""
    if true.strength < 0.4 or true.depth < 0.03:
        return None
    close = abs(found.cycles - true.cycles) <= max(0.2 * true.cycles, 0.5)
    return bool(close and found.strength >= 0.3 and found.depth >= true.depth / 3)


def foot_slip(masks: Tensor) -> float:
    """How far what stands on the ground goes with the object: 0 where each foot stays
    until it is lifted, 1 where the object slides as a whole; nan where it goes
    nowhere.

    Per frame, of the runs of pixels near the lowest row those that both frames have
    nearest to each other, over the way of the centroid; of both ends of a run the
    one that moves less counts, as feet roll.
    """
    f, h, w = masks.shape
    centre, _, _ = _moments(masks)
    runs = [_ground_runs(mask) for mask in masks]
    slips, ways = 0.0, 0.0
    for t in range(1, f):
        way = abs(float(centre[t, 0] - centre[t - 1, 0]))
        if not runs[t] or not runs[t - 1]:
            continue
        least = min(
            min(abs(a - c), abs(b - d)) for a, b in runs[t] for c, d in runs[t - 1]
        )
        slips, ways = slips + min(least, way), ways + way
    return slips / ways if ways > 0.05 * h else math.nan


def _ground_runs(mask: Tensor) -> list[tuple[int, int]]:
    """First and past-the-last columns of the runs of pixels near the lowest row; none
    where the border may hide some."""
    rows = mask.any(1).nonzero()[:, 0]
    if not len(rows):
        return []
    low, top = int(rows[-1]), int(rows[0])
    edge = mask[:, 0].any() or mask[:, -1].any() or low == mask.shape[0] - 1
    if edge:
        return []
    near = max(1, round(0.06 * (low - top)))
    line = mask[low - near : low + 1].any(0)
    edges = torch.diff(line.int(), prepend=torch.zeros(1, dtype=torch.int32),
                       append=torch.zeros(1, dtype=torch.int32))  # fmt: skip
    starts, ends = (edges > 0).nonzero()[:, 0], (edges < 0).nonzero()[:, 0]
    return list(zip(starts.tolist(), ends.tolist()))
