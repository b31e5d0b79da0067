# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Outlines of the objects: closed polygons and their signed distance."""

from __future__ import annotations

import math

import torch
from torch import Tensor

VERTICES = 32


def _resample(points: list[tuple[float, float]]) -> Tensor:
    """A polygon of few corners as VERTICES points: corners kept, edges split."""
    corners = torch.tensor(points, dtype=torch.float32)
    following = corners.roll(-1, 0)
    length = (following - corners).norm(dim=1)
    parts = torch.ones(len(points), dtype=torch.long)
    while int(parts.sum()) < VERTICES:
        parts[int((length / parts).argmax())] += 1
    out = []
    for start, end, count in zip(corners, following, parts.tolist()):
        for step in range(count):
            out.append(start + (end - start) * (step / count))
    return torch.stack(out)


def _curve(kind: str) -> Tensor:
    angle = torch.arange(VERTICES) * (2 * math.pi / VERTICES)
    x, y = angle.cos(), angle.sin()
    if kind == "heart":
        hx = 16 * angle.sin() ** 3
        hy = 13 * angle.cos() - 5 * (2 * angle).cos()
        hy = hy - 2 * (3 * angle).cos() - (4 * angle).cos()
        return torch.stack([hx, -hy], 1)
    if kind == "leaf":
        return torch.stack([x, 0.62 * y * (1 - 0.55 * x * x)], 1)
    if kind == "ellipse":
        return torch.stack([0.78 * x, y], 1)
    return torch.stack([x, y], 1)


def _star() -> list[tuple[float, float]]:
    points = []
    for i in range(10):
        radius = 1.0 if i % 2 == 0 else 0.45
        angle = math.pi * i / 5 - math.pi / 2
        points.append((radius * math.cos(angle), radius * math.sin(angle)))
    return points


_ARM = 0.36
_POLYGONS: dict[str, list[tuple[float, float]]] = {
    "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
    "triangle": [(0, -1), (0.95, 0.75), (-0.95, 0.75)],
    "star": _star(),
    "cross": [
        (-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM),
        (_ARM, _ARM), (_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM),
        (-1, -_ARM), (-_ARM, -_ARM),
    ],
    "rocket": [
        (0, -1.1), (0.22, -0.75), (0.3, -0.35), (0.3, 0.4), (0.62, 0.75),
        (0.62, 1), (0.28, 0.85), (-0.28, 0.85), (-0.62, 1), (-0.62, 0.75),
        (-0.3, 0.4), (-0.3, -0.35), (-0.22, -0.75),
    ],
    "cup": [
        (-0.75, -0.9), (0.6, -0.9), (0.58, -0.6), (0.95, -0.5), (1, 0.1),
        (0.75, 0.4), (0.5, 0.42), (0.4, 0.85), (-0.5, 0.85), (-0.65, 0.3),
    ],
    "car": [
        (-1, 0.35), (-1, 0), (-0.6, -0.1), (-0.35, -0.5), (0.35, -0.5),
        (0.65, -0.1), (1, 0.05), (1, 0.35), (0.75, 0.36), (0.6, 0.58),
        (0.4, 0.36), (-0.4, 0.36), (-0.6, 0.58), (-0.78, 0.36),
    ],
    "bird": [
        (1, -0.15), (0.55, 0), (0.2, 0.1), (-0.3, 0.75), (-0.25, 0.15),
        (-0.8, 0.3), (-1, 0.1), (-0.65, 0), (-0.25, -0.15), (-0.55, -0.8),
        (0.1, -0.25), (0.6, -0.3),
    ],
    "figure": [
        (-0.16, -1.05), (0.16, -1.05), (0.25, -0.85), (0.14, -0.65),
        (0.36, -0.5), (0.5, 0.1), (0.3, 0.1), (0.26, 0.3), (0.3, 1.05),
        (0.06, 1.05), (0, 0.45), (-0.06, 1.05), (-0.3, 1.05), (-0.26, 0.3),
        (-0.3, 0.1), (-0.5, 0.1), (-0.36, -0.5), (-0.14, -0.65),
        (-0.25, -0.85),
    ],
}  # fmt: skip

OUTLINES = (
    "circle", "square", "triangle", "star", "ring", "heart", "cross", "blob",
    "soft", "ellipse", "rocket", "cup", "car", "bird", "figure", "leaf",
)  # fmt: skip
OUTLINE_INDEX = {name: index for index, name in enumerate(OUTLINES)}
RING = OUTLINE_INDEX["ring"]
RING_HOLE = 0.52  # radius of the hole over the radius of the ring
# How strongly low-frequency waves deform each outline, and how much its two
# axes may differ.
_WAVES = {"blob": 0.16, "soft": 0.13}
_RIGID = ("circle", "square", "ring", "star", "heart", "cross")

_TABLE = torch.stack(
    [
        _resample(_POLYGONS[name]) if name in _POLYGONS else _curve(name)
        for name in OUTLINES
    ]
)
_DEFORM = torch.tensor(
    [_WAVES.get(name, 0.0 if OUTLINE_INDEX[name] < 8 else 0.035) for name in OUTLINES]
)
_STRETCH = torch.tensor([0.04 if n in _RIGID else 0.22 for n in OUTLINES])
# Size against a circle of the same nominal diameter: thin shapes are drawn
# larger so that their areas stay comparable.
_GAIN = torch.tensor(
    [1.0 if n in ("circle", "ring", "ellipse", "soft") else 1.12 for n in OUTLINES]
)


def _centroid(polygon: Tensor) -> tuple[Tensor, Tensor]:
    """Area centroid [K,2] and absolute area [K] of polygons [K,V,2]."""
    following = polygon.roll(-1, 1)
    cross = polygon[..., 0] * following[..., 1]
    cross = cross - polygon[..., 1] * following[..., 0]
    area = cross.sum(1) / 2
    total = ((polygon + following) * cross[..., None]).sum(1)
    return total / (6 * area[:, None]), area.abs()


def polygons(outline: Tensor, generator: torch.Generator) -> Tensor:
    """Polygons [K,VERTICES,2] for outline indices [K], varied at random.

    Centred on the centroid of the area; the farthest vertex lies at radius 1
    (1.12 for thin shapes).
    """
    count = outline.shape[0]
    polygon = _TABLE[outline].clone()
    angle = torch.atan2(polygon[..., 1], polygon[..., 0])
    wave = torch.zeros_like(angle)
    phase = torch.rand(count, 4, generator=generator) * (2 * math.pi)
    size = torch.randn(count, 4, generator=generator)
    for k in range(4):
        turn = (k + 2) * angle + phase[:, k, None]
        wave = wave + size[:, k, None] * turn.cos() / (1 + 0.5 * k)
    factor = 1 + _DEFORM[outline, None] * wave
    polygon = polygon * factor.clamp(0.45, 1.7)[..., None]
    stretch = torch.rand(count, generator=generator) * 2 - 1
    ratio = (stretch * _STRETCH[outline]).exp()
    polygon = torch.stack(
        [polygon[..., 0] * ratio[:, None], polygon[..., 1] / ratio[:, None]], -1
    )
    # Mirrored cut-outs, so that cars and birds face both ways.
    mirror = torch.rand(count, generator=generator) < 0.5
    polygon[..., 0] = torch.where(mirror[:, None], -polygon[..., 0], polygon[..., 0])
    centre, _ = _centroid(polygon)
    polygon = polygon - centre[:, None]
    radius = polygon.norm(dim=-1).amax(1)
    return polygon * (_GAIN[outline] / radius)[:, None, None]


def signed_distance(polygon: Tensor, outline: Tensor, grid: Tensor) -> Tensor:
    """Signed distance [K,S,S] (negative inside) of polygons [K,V,2].

    grid [S] holds the coordinates of the sample points on both axes, in the
    polygon's unit. The sign follows the even-odd rule.
    """
    count = polygon.shape[0]
    x = grid.view(1, 1, -1)
    y = grid.view(1, -1, 1)
    size = grid.shape[0]
    best = torch.full((count, size, size), 1e9, device=grid.device)
    inside = torch.zeros(count, size, size, dtype=torch.bool, device=grid.device)
    following = polygon.roll(-1, 1)
    for v in range(polygon.shape[1]):
        ax, ay = (polygon[:, v, k].view(-1, 1, 1) for k in (0, 1))
        bx, by = (following[:, v, k].view(-1, 1, 1) for k in (0, 1))
        ex, ey = bx - ax, by - ay
        scale = 1 / (ex * ex + ey * ey).clamp_min(1e-9)
        # The projection is separable: one term by column, one by row.
        along = ((x - ax) * (ex * scale)) + ((y - ay) * (ey * scale))
        along.clamp_(0, 1)
        dx = (x - ax) - along * ex
        dy = (y - ay) - along * ey
        best = torch.minimum(best, dx.mul_(dx).addcmul_(dy, dy))
        row = (ay > y) != (by > y)
        slope = ex / torch.where(ey.abs() < 1e-9, torch.full_like(ey, 1e-9), ey)
        inside ^= row & (x < ax + (y - ay) * slope)
    distance = best.sqrt()
    distance = torch.where(inside, -distance, distance)
    ring = (outline == RING).view(-1, 1, 1)
    hole = RING_HOLE - (x * x + y * y).sqrt()
    return torch.where(ring, torch.maximum(distance, hole), distance)
