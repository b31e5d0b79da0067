# SPDX-License-Identifier: CC0-1.0
"""What a person gives of an object, and the crop that the network sees of it.

A sample is a crop of a scene resized to the working size, four planes of hints
(see segmenter.py) and the object's mask in the crop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .compose import GROUND
from .fields import smooth

Plane = NDArray[np.float32]
Rect = tuple[float, float, float, float]  # left, top, right, bottom

SIGMA = 4.0
WIDE = np.ones((9, 9), np.uint8)
LEAST = 0.006  # of the scene's area: what is smaller is nobody's wish
SALIENT = 0.3  # of the largest object's area
ASKED_GROUND = {"box": 0.5, "points": 0.1, "coarse": 0.1}  # how often it may be
OWN = 0.5  # of the coarse masks are the network's own, where there is a finder
KINDS = {"none": 0.14, "box": 0.41, "points": 0.2, "coarse": 0.25}


Points = Sequence[tuple[int, int]]
Finder = Callable[[NDArray[np.uint8], Points, Points], Plane]


@dataclass
class Sample:
    """image [h, w, 3] uint8; hints [h, w, 4] of 0 .. 1; mask [h, w] of 0 .. 1."""

    image: NDArray[np.uint8]
    hints: Plane
    mask: Plane
    kind: str


def bounds(mask: NDArray[np.bool_]) -> Rect:
    """The smallest box around what is set."""
    ys, xs = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    return float(xs[0]), float(ys[0]), float(xs[-1] + 1), float(ys[-1] + 1)


def grown(rect: Rect, share: float, h: int, w: int) -> Rect:
    """Each side moved out by the share of that extent, cut at the picture."""
    dx, dy = (rect[2] - rect[0]) * share, (rect[3] - rect[1]) * share
    return (
        max(0.0, rect[0] - dx), max(0.0, rect[1] - dy),
        min(float(w), rect[2] + dx), min(float(h), rect[3] + dy),
    )  # fmt: skip


def shaped(rect: Rect, aspect: float, h: int, w: int) -> Rect:
    """The rectangle made longer where it is short of width / height = aspect, as
    far as the picture goes."""
    x0, y0, x1, y1 = rect
    width, height = x1 - x0, y1 - y0
    goal_w, goal_h = max(width, height * aspect), max(height, width / aspect)
    goal_w, goal_h = min(goal_w, float(w)), min(goal_h, float(h))
    left = np.clip((x0 + x1 - goal_w) / 2, 0, w - goal_w)
    top = np.clip((y0 + y1 - goal_h) / 2, 0, h - goal_h)
    return float(left), float(top), float(left + goal_w), float(top + goal_h)


def resample(plane: NDArray, rect: Rect, size: tuple[int, int]) -> NDArray:
    """The rectangle of a picture at the working size (height, width)."""
    h, w = size
    sx, sy = (rect[2] - rect[0]) / w, (rect[3] - rect[1]) / h
    if max(sx, sy) > 1.5:  # average first, or lines vanish
        x0, y0 = int(rect[0]), int(rect[1])
        x1, y1 = int(np.ceil(rect[2])), int(np.ceil(rect[3]))
        return cv2.resize(plane[y0:y1, x0:x1], (w, h), interpolation=cv2.INTER_AREA)
    m = np.array(
        [[sx, 0, rect[0] + sx / 2 - 0.5], [0, sy, rect[1] + sy / 2 - 0.5]], np.float32
    )
    return cv2.warpAffine(
        plane, m, (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def given_box(rng: Generator, rect: Rect, h: int, w: int) -> Rect:
    """A box as people draw it: tight, loose by up to a quarter a side, or a
    little too small."""
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    kind = rng.random()
    if kind < 0.5:
        moves = rng.uniform(-0.02, 0.03, 4)
    elif kind < 0.9:
        moves = rng.uniform(0, 0.25, 4) * (rng.random(4) < 0.8)
    else:
        moves = rng.uniform(-0.08, 0.02, 4)
    dx, dy = np.array([-1, 0, 1, 0]) * width, np.array([0, -1, 0, 1]) * height
    moved = np.array(rect) + moves * (dx + dy)
    limits = np.array([w, h, w, h], float)
    moved = np.clip(moved, 0, limits)
    return float(moved[0]), float(moved[1]), float(moved[2]), float(moved[3])


def inside_points(
    rng: Generator, mask: NDArray[np.bool_], count: int
) -> list[tuple[int, int]]:
    """(x, y) anywhere inside; half of them well inside."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    out = []
    for _ in range(count):
        least = rng.choice([0.0, 0.5, 0.85]) * float(depth.max())
        ys, xs = np.nonzero(depth > min(least, float(depth.max()) - 1e-3))
        k = rng.integers(len(ys))
        out.append((int(xs[k]), int(ys[k])))
    return out


def outside_points(
    rng: Generator, mask: NDArray[np.bool_], others: NDArray[np.bool_], count: int
) -> list[tuple[int, int]]:
    """(x, y) where one would have to say no: just outside, or on another thing."""
    far = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    reach = 0.25 * np.sqrt(float(mask.sum())) + 4
    near = (far > 3) & (far < reach)
    out = []
    for _ in range(count):
        there = others & (far > 2) if rng.random() < 0.5 and others.any() else near
        ys, xs = np.nonzero(there)
        if len(ys):
            k = rng.integers(len(ys))
            out.append((int(xs[k]), int(ys[k])))
    return out


def draw_points(points: Points, rect: Rect, size: tuple[int, int]) -> Plane:
    """Gaussians at the points, the maximum over them; none outside the crop."""
    h, w = size
    out = np.zeros(size, np.float32)
    yy, xx = np.arange(h, dtype=np.float32), np.arange(w, dtype=np.float32)
    for x, y in points:
        px = (x + 0.5 - rect[0]) / (rect[2] - rect[0]) * w - 0.5
        py = (y + 0.5 - rect[1]) / (rect[3] - rect[1]) * h - 0.5
        gx = np.exp(-((xx - px) ** 2) / (2 * SIGMA**2))
        gy = np.exp(-((yy - py) ** 2) / (2 * SIGMA**2))
        out = np.maximum(out, gy[:, None] * gx[None])
    return out


def draw_box(box: Rect, rect: Rect, size: tuple[int, int]) -> Plane:
    """1 where a pixel's middle is inside the box."""
    h, w = size
    xs = rect[0] + (np.arange(w) + 0.5) / w * (rect[2] - rect[0])
    ys = rect[1] + (np.arange(h) + 0.5) / h * (rect[3] - rect[1])
    across = (xs >= box[0]) & (xs < box[2])
    down = (ys >= box[1]) & (ys < box[3])
    return (down[:, None] & across[None]).astype(np.float32)


def draw_hints(
    rect: Rect, size: tuple[int, int], box: Rect | None,
    positive: Points, negative: Points, found: Plane | None,
) -> Plane:  # fmt: skip
    """The four planes [h, w, 4] of a crop: box, points, points to leave out, coarse mask."""
    hints = np.zeros((*size, 4), np.float32)
    if box is not None:
        hints[..., 0] = draw_box(box, rect, size)
    hints[..., 1] = draw_points(positive, rect, size)
    hints[..., 2] = draw_points(negative, rect, size)
    if found is not None:
        hints[..., 3] = resample(found, rect, size)
    return hints


def coarse(rng: Generator, mask: NDArray[np.bool_], others: NDArray[np.bool_]) -> Plane:
    """A mask as a first pass would find it: soft, moved, with parts missing and
    parts of other things."""
    size = mask.shape[0]
    x = mask.astype(np.float32)
    if rng.random() < 0.35 and others.any():
        field = smooth(rng, size, 3) > rng.uniform(-0.5, 1.0)
        x = np.maximum(x, (others & field).astype(np.float32))
    if rng.random() < 0.5:  # background that looks alike
        field = smooth(rng, size, rng.uniform(3, 9)) > rng.uniform(0.3, 1.5)
        ring = cv2.dilate(x, np.ones((25, 25), np.uint8))
        x = np.maximum(x, field * ring)
    if rng.random() < 0.6:  # parts missed
        field = smooth(rng, size, rng.uniform(2, 7)) > rng.uniform(0.2, 1.5)
        kept = x * (1 - field)
        if (kept * mask).sum() > 0.25 * mask.sum():
            x = kept
    sigma = rng.uniform(1.0, 7.0)
    x = cv2.GaussianBlur(x, (0, 0), sigma)
    x = x + rng.normal(0, 0.15) + 0.1 * smooth(rng, size, 12)
    x = 1 / (1 + np.exp(-(x - 0.5) * rng.uniform(4, 14)))
    shift = rng.normal(0, 2.5, 2).astype(int)
    x = np.roll(x, tuple(shift), (0, 1))
    return x.astype(np.float32)


def part_at(over: NDArray[np.bool_], points: Points) -> NDArray[np.bool_]:
    """The connected parts that the points are in; everything where none is."""
    _, labels = cv2.connectedComponents(over.astype(np.uint8))
    hit = {int(labels[y, x]) for x, y in points} - {0}
    return np.isin(labels, list(hit)) if hit else over


def salient(ids: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What a photographer would call the thing: the large ones."""
    areas = np.bincount(ids.reshape(-1), minlength=GROUND + 1)
    areas[[0, GROUND]] = 0
    return (areas >= max(1, SALIENT * areas.max()))[ids]


def sample(
    rng: Generator, scene: NDArray[np.uint8], size: tuple[int, int],
    kinds: dict[str, float] = KINDS, finder: Finder | None = None,
) -> Sample | None:  # fmt: skip
    """A sample of a scene [S, S, 4], or None where it has no object to ask for.

    finder: the first pass of the network as it is now, so that the second one
    learns from its mistakes."""
    image, ids = scene[..., :3], scene[..., 3]
    h, w = ids.shape
    kind = str(rng.choice(list(kinds), p=list(kinds.values())))
    areas = np.bincount(ids.reshape(-1), minlength=GROUND + 1).astype(float)
    areas[0] = 0
    if rng.random() >= ASKED_GROUND.get(kind, 0):
        areas[GROUND] = 0
    able = np.nonzero(areas > LEAST * h * w)[0]
    if not len(able):
        return None
    aspect = size[1] / size[0]
    weights = np.sqrt(areas[able])
    pick = int(rng.choice(able, p=weights / weights.sum()))
    alone = kind == "none" or kind == "coarse" and rng.random() < 0.3
    mask = salient(ids) if kind == "none" else ids == pick
    others = (ids > 0) & ~mask
    positive: Points = []
    negative: Points = []
    box: Rect | None = None
    found: Plane | None = None
    kept = mask
    whole = (0.0, 0.0, float(w), float(h))
    if kind == "points" or kind == "coarse" and not alone:
        count = int(rng.choice([1, 2, 3], p=[0.75, 0.15, 0.1]))
        positive = inside_points(rng, mask, count)
        if rng.random() < 0.25:
            negative = outside_points(rng, mask, others, int(rng.integers(1, 4)))
    if kind == "box":
        box = given_box(rng, bounds(mask), h, w)
        if box[2] - box[0] < 6 or box[3] - box[1] < 6:
            return None
        rect = grown(box, 1 / 3, h, w)
        if rng.random() < 0.3:
            rect = grown(box, rng.uniform(0.15, 1.0), h, w)
        if rng.random() < 0.15:
            positive = inside_points(rng, mask, int(rng.integers(1, 3)))
        if rng.random() < 0.08:
            negative = outside_points(rng, mask, others, int(rng.integers(1, 3)))
    elif kind == "coarse":
        near = cv2.dilate(mask.astype(np.uint8), np.ones((31, 31), np.uint8))
        if finder and rng.random() < OWN:
            found = finder(np.ascontiguousarray(image), positive, negative)
            kept = part_at(found > 0.5, positive or inside_points(rng, mask, 1))
            if alone:
                found = found * cv2.dilate(kept.astype(np.uint8), WIDE)
        # Without points only the coarse mask says which thing is meant.
        if found is None or alone and (kept & mask).sum() < 0.3 * mask.sum():
            found = coarse(rng, mask, others)
            kept = (found > 0.5) & (near > 0)
        around = bounds(kept) if kept.sum() > 40 else bounds(mask)
        rect = grown(around, rng.uniform(0.2, 0.5), h, w)
    else:
        rect = whole
        if rng.random() < 0.5:
            side = rng.uniform(0.75, 1)
            left, top = rng.uniform(0, 1 - side, 2)
            rect = (left * w, top * h, (left + side) * w, (top + side) * h)
    rect = shaped(rect, aspect, h, w)
    hints = draw_hints(rect, size, box, positive, negative, found)
    seen = resample(np.ascontiguousarray(image), rect, size)
    goal = resample(mask.astype(np.float32), rect, size)
    if goal.sum() < 12 or positive and not hints[..., 1].any():
        return None
    if rng.random() < 0.5:
        seen, hints, goal = seen[:, ::-1], hints[:, ::-1], goal[:, ::-1]
    return Sample(seen, hints, goal, kind)
