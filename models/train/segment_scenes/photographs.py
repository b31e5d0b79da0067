# SPDX-License-Identifier: CC0-1.0
"""Photographs as they are: masks by GrabCut in boxes that were drawn by hand.

Only photographs where that was seen to work have boxes in photo_boxes.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .compose import SIZE, camera

Picture = NDArray[np.uint8]
LONGEST = 420
ROUNDS = 7


@dataclass
class Cut:
    """RGB [h, w, 3] and whose pixel each is: 0 nothing's, else the box's number."""

    image: Picture
    ids: Picture


def grab(image: Picture, box: list[float]) -> NDArray[np.uint8]:
    """0 or 1: what GrabCut finds in a box of shares of the picture, cleaned."""
    h, w = image.shape[:2]
    x0, y0 = max(1, round(box[0] * w)), max(1, round(box[1] * h))
    x1, y1 = min(w - 1, round(box[2] * w)), min(h - 1, round(box[3] * h))
    state = np.full((h, w), cv2.GC_BGD, np.uint8)
    state[y0:y1, x0:x1] = cv2.GC_PR_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    smoothed = cv2.GaussianBlur(image, (0, 0), 0.8)
    cv2.grabCut(smoothed, state, None, *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = np.isin(state, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.medianBlur(found, 5)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    if count > 1:
        large = np.nonzero(stats[:, 4] > 0.15 * stats[1:, 4].max())[0]
        found = np.isin(labels, large[large > 0]).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - found)
    holes = [k for k in range(1, count) if stats[k, 4] < 0.004 * h * w]
    found[np.isin(labels, holes)] = 1
    return found


def cut_photograph(image: Picture, boxes: list[list[float]]) -> Cut:
    """The objects of all boxes of a photograph."""
    f = min(1.0, LONGEST / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)
    ids = np.zeros(small.shape[:2], np.uint8)
    for number, box in enumerate(boxes, 1):
        found = grab(np.ascontiguousarray(small), box)
        ids[(found > 0) & (ids == 0)] = number
    return Cut(small, ids)


def cut_piece(cut: Cut) -> list[Picture]:
    """RGBA of each object, for composites."""
    out = []
    for number in range(1, int(cut.ids.max()) + 1):
        mask = ((cut.ids == number) * 255).astype(np.uint8)
        if not mask.any():
            continue
        alpha = cv2.erode(
            cv2.GaussianBlur(mask, (0, 0), 0.8), np.ones((2, 2), np.uint8)
        )
        ys, xs = np.nonzero(mask)
        piece = np.dstack([cut.image, alpha])
        piece = piece[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        if min(piece.shape[:2]) > 60:
            out.append(np.ascontiguousarray(piece))
    return out


def variant(rng: Generator, cut: Cut, size: int = SIZE) -> Picture:
    """[size, size, 4]: a piece of the photograph with at least half of what is
    marked, stretched, turned and mirrored a little, by another camera."""
    h, w = cut.ids.shape
    while True:
        side = int(min(h, w) * (1 if rng.random() < 0.4 else rng.uniform(0.55, 1)))
        wide = int(min(w, side * np.exp(rng.normal(0, 0.12))))
        y, x = rng.integers(0, h - side + 1), rng.integers(0, w - wide + 1)
        ids = cut.ids[y : y + side, x : x + wide]
        if (ids > 0).sum() >= 0.5 * (cut.ids > 0).sum() and (ids > 0).mean() > 0.01:
            break
    image = cut.image[y : y + side, x : x + wide]
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    image = cv2.resize(np.ascontiguousarray(image), (size, size), interpolation=way)
    out = np.zeros((size, size), np.uint8)
    for number in range(1, int(ids.max()) + 1):
        plane = cv2.resize((ids == number).astype(np.float32), (size, size))
        out[plane > 0.5] = number
    if rng.random() < 0.5:
        image, out = image[:, ::-1], out[:, ::-1]
    angle = rng.normal(0, 9) if rng.random() < 0.4 else 0.0
    if angle:
        m = cv2.getRotationMatrix2D((size / 2, size / 2), angle, 1 + abs(angle) / 40)
        image = cv2.warpAffine(
            np.ascontiguousarray(image), m, (size, size), borderMode=cv2.BORDER_REFLECT
        )
        out = cv2.warpAffine(
            np.ascontiguousarray(out), m, (size, size), flags=cv2.INTER_NEAREST
        )
    return np.dstack([camera(rng, image.astype(np.float32) / 255), out])


def draw_photographs(
    cuts: list[Cut], folder: Path, shards: int = 12, scenes: int = 256
) -> None:
    """Shards as those of segment_scenes.shards."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    for index in range(shards if cuts else 0):
        made = [variant(rng, cuts[rng.integers(len(cuts))]) for _ in range(scenes)]
        np.save(folder / f"shard-{index:03}.npy", np.stack(made))
