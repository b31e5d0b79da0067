# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures of motion: of an object, of a trajectory, of a whole clip."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tracking import Track

_BLOCK, _STRIDE, _SEARCH = 8, 4, 6  # of average_displacement, in its pixels
_HEIGHT = 64
_SHY = 0.02  # what a block must gain to be called moving, in RMS difference


def trajectory_iou(predicted: Tensor, true: Tensor) -> float:
    """Mean IoU over frames 1 and later of one object's masks bool [F, H, W].

    Frames in which both are empty do not count; nan if there are no others.
    """
    both = (predicted & true)[1:].flatten(1).sum(1).double()
    either = (predicted | true)[1:].flatten(1).sum(1).double()
    seen = either > 0
    return float((both[seen] / either[seen]).mean()) if bool(seen.any()) else math.nan


def centroids(masks: Tensor) -> tuple[Tensor, Tensor]:
    """Centroids [F, 2] (x, y in frame heights) and areas [F] in pixels.

    An empty frame keeps the centroid before it.
    """
    count, height, width = masks.shape
    weight = masks.double()
    area = weight.sum((1, 2))
    x = torch.arange(width).double() + 0.5
    y = torch.arange(height).double() + 0.5
    centre = torch.stack([(weight.sum(1) * x).sum(1), (weight.sum(2) * y).sum(1)], 1)
    centre = centre / area.clamp(min=1)[:, None] / height
    for index in range(1, count):
        if area[index] == 0:
            centre[index] = centre[index - 1]
    return centre.float(), area.float()


def centroid_error(predicted: Tensor, true: Tensor) -> float:
    """Mean distance of the centroids in frame heights where both are visible."""
    ours, our_area = centroids(predicted)
    theirs, their_area = centroids(true)
    seen = (our_area > 0) & (their_area > 0)
    seen[0] = False
    return float((ours - theirs)[seen].norm(dim=1).mean()) if seen.any() else math.nan


def mask_track(masks: Tensor) -> Track:
    """The path of a mask bool [F, H, W]: its centroid, the root of its area."""
    centre, area = centroids(masks)
    scales = (area.clamp(min=1) / area[0].clamp(min=1)).sqrt()
    for index in range(1, len(scales)):
        if area[index] == 0:
            scales[index] = scales[index - 1]
    zeros = torch.zeros(len(masks))
    return Track(centre - centre[0], scales, zeros, centre[0], zeros)


def size_kept(ids: Tensor, label: int) -> bool | None:
    """Whether object `label` of a trajectory uint8 [F, H, W] keeps its size.

    The root of its area must be within 15 % of that in frame 0 in all frames
    in which it touches neither the border nor another object; None if it does
    in frame 0, or in all others.
    """
    mine = ids == label
    wide = functional.pad(mine.float(), (1, 1, 1, 1))[:, None]
    near = functional.max_pool2d(wide, 3, 1)[:, 0] > 0
    taken = (near & (ids > 0) & ~mine).flatten(1).any(1)
    border = mine[:, [0, -1]].flatten(1).any(1) | mine[:, :, [0, -1]].flatten(1).any(1)
    area = mine.flatten(1).sum(1).float()
    free = ~taken & ~border & (area > 0)
    if not free[0] or not free[1:].any():
        return None
    return bool(((area[free] / area[0]).log().abs() / 2 <= math.log(1.15)).all())


def magnitude(path: Track, radius: float) -> float:
    """How much an object moves: RMS shift of its points, in frame heights.

    Mean over frames 1 and later of the root mean squared distance between the
    points of a disc of `radius` (frame heights) and where they were in frame
    0, under the track's shift, scale and turn.
    """
    # Mean of |s R q - q|^2 over a disc, whose mean |q|^2 is radius^2 / 2.
    turn = path.scales**2 + 1 - 2 * path.scales * path.angles.cos()
    square = path.offsets.square().sum(1) + turn.clamp(min=0) * radius**2 / 2
    return float(square.sqrt()[1:].mean())


def magnitude_ratio(path: Track, true: Track, radius: float) -> float:
    """Magnitude over the true one, at most 2; nan where truth hardly moves."""
    least = magnitude(true, radius)
    if least < 0.015:
        return math.nan
    return min(2.0, magnitude(path, radius) / least)


def _grey(video: Tensor, height: int) -> Tensor:
    """uint8 [F, H, W, 3] to grey [F, height, W'] in 0 .. 1."""
    grey = video.float() @ torch.tensor([0.299, 0.587, 0.114]) / 255
    width = max(2 * _BLOCK, round(video.shape[2] * height / video.shape[1]))
    return functional.interpolate(grey[:, None], (height, width), mode="area")[:, 0]


def average_displacement(video: Tensor) -> float:
    """Mean optical flow between frames in hundredths of the frame height.

    Flow by matching blocks of 8 x 8 pixels every 4 at a height of 64, within
    6 pixels; the best match must beat standing still by a root mean squared
    difference of 0.02, and is refined by parabolas. uint8 [F, H, W, 3].
    """
    frames = _grey(video, _HEIGHT)
    height, width = frames.shape[1:]
    padded = functional.pad(frames[:, None], [_SEARCH] * 4, mode="replicate")[:, 0]
    span = 2 * _SEARCH + 1
    costs = []
    for dy in range(span):
        for dx in range(span):
            moved = padded[1:, dy : dy + height, dx : dx + width]
            square = (frames[:-1] - moved).square()[:, None]
            costs.append(functional.avg_pool2d(square, _BLOCK, _STRIDE)[:, 0])
    cost = torch.stack(costs, 1).sqrt()  # [F - 1, span * span, h, w]
    cost = cost.permute(0, 2, 3, 1).reshape(-1, span, span)
    still = cost[:, _SEARCH, _SEARCH]
    best, flat = cost.flatten(1).min(1)
    y, x = flat // span, flat % span
    shift = torch.stack([_vertex(cost, y, x, 0) - _SEARCH,
                         _vertex(cost, y, x, 1) - _SEARCH], 1)  # fmt: skip
    length = shift.norm(dim=1).masked_fill(best > still - _SHY, 0.0)
    return 100 * float(length.mean()) / height


def _vertex(cost: Tensor, y: Tensor, x: Tensor, axis: int) -> Tensor:
    """The minimum at [y, x] refined along one axis by a parabola."""
    at, span = (y, x)[axis], cost.shape[1]
    rows = torch.arange(len(cost))
    centre = at.clamp(1, span - 2)

    def value(offset: int) -> Tensor:
        place = centre + offset
        return cost[rows, place, x] if axis == 0 else cost[rows, y, place]

    bend = value(-1) - 2 * value(0) + value(1)
    move = (value(-1) - value(1)) / (2 * bend.clamp(min=1e-6))
    inner = (centre == at) & (bend > 1e-6)
    return at + torch.where(inner, move.clamp(-0.5, 0.5), torch.zeros_like(move))


def frame_consistency(video: Tensor) -> float:
    """Mean cosine of consecutive frames' descriptors; 1 for a frozen clip.

    The descriptor has, for every cell of an 8 x 8 grid, a histogram of the
    gradient's direction (8 bins, weighted by its length) and the mean colour,
    each half scaled to unit length. uint8 [F, H, W, 3].
    """
    frames = _grey(video, 128)
    dy = functional.pad(frames[:, 1:] - frames[:, :-1], (0, 0, 0, 1))
    dx = functional.pad(frames[:, :, 1:] - frames[:, :, :-1], (0, 1))
    length = torch.hypot(dx, dy)
    bins = ((torch.atan2(dy, dx) / (2 * math.pi) + 0.5) * 8).long().clamp(0, 7)
    parts = functional.one_hot(bins, 8).permute(0, 3, 1, 2) * length[:, None]
    edges = functional.adaptive_avg_pool2d(parts, 8).flatten(1)
    colours = video.permute(0, 3, 1, 2).float() / 255
    colours = functional.adaptive_avg_pool2d(colours, 8).flatten(1)
    colours = colours - colours.mean(1, keepdim=True)
    whole = torch.cat([functional.normalize(part) for part in (edges, colours)], 1)
    return float(functional.cosine_similarity(whole[1:], whole[:-1]).mean())


def track_features(path: Track) -> list[float]:
    """16 numbers of a track for `frechet`: at four times, each a quarter on.

    Shift in hundredths of the frame height, ten times the logarithm of the
    scale, and the error of the match in hundredths of full range.
    """
    last = len(path.scales) - 1
    times = [round(last * quarter / 4) for quarter in (1, 2, 3, 4)]
    return [
        float(value)
        for index in times
        for value in (
            100 * path.offsets[index, 0],
            100 * path.offsets[index, 1],
            10 * path.scales[index].log(),
            100 * path.errors[index],
        )
    ]


def frechet(one: np.ndarray, other: np.ndarray) -> float:
    """Fréchet distance of the Gaussians fitted to features [N, D] and [M, D].

    |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), as FVD has it. nan for fewer
    than two vectors on a side, which have no covariance.
    """
    if min(len(one), len(other)) < 2:
        return math.nan
    mean = float(np.square(one.mean(0) - other.mean(0)).sum())
    c1, c2 = np.atleast_2d(np.cov(one.T)), np.atleast_2d(np.cov(other.T))
    # tr (C1 C2)^(1/2) is that of the symmetric C1^(1/2) C2 C1^(1/2).
    values, vectors = np.linalg.eigh(c1)
    root = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ c2 @ root).clip(min=0)).sum()
    return max(0.0, mean + float(np.trace(c1) + np.trace(c2) - 2 * cross))
