# SPDX-License-Identifier: CC0-1.0
"""A trained segmenter on a whole still: crops, passes and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from segment_scenes.hints import (
    Points,
    Rect,
    bounds,
    draw_hints,
    grown,
    resample,
)
from segmenter import STRIDE, TTMSegmenter

Plane = NDArray[np.float32]


@dataclass
class Found:
    """Probability [H, W] of the still; the score's probability."""

    mask: Plane
    sure: float


def working_size(rect: Rect, longest: int) -> tuple[int, int]:
    """Height and width of the crop: both multiples of 16, the longer one so long."""
    height, width = rect[3] - rect[1], rect[2] - rect[0]
    scale = longest / max(height, width)
    h, w = (max(STRIDE, round(x * scale / STRIDE) * STRIDE) for x in (height, width))
    return h, w


def look(
    net: TTMSegmenter, still: NDArray[np.uint8], rect: Rect,
    box: Rect | None = None, positive: Points = (),
    negative: Points = (), found: Plane | None = None,
) -> Found:  # fmt: skip
    """One pass over a rectangle of the still; nothing outside of it."""
    x0, y0, x1, y1 = (round(v) for v in rect)
    rect = (float(x0), float(y0), float(x1), float(y1))
    size = working_size(rect, net.config.sample_size)
    hints = draw_hints(rect, size, box, positive, negative, found)
    image = resample(still, rect, size).astype(np.float32) / 127.5 - 1
    device = net.conv_in.weight.device
    planes = [
        torch.from_numpy(x).permute(2, 0, 1)[None].to(device) for x in (image, hints)
    ]
    with torch.no_grad():
        logits, score = net(*planes)
    logit = logits[0, 0].cpu().numpy()
    grid = cv2.resize(logit, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(still.shape[:2], np.float32)
    mask[y0:y1, x0:x1] = 1 / (1 + np.exp(-grid))
    return Found(mask, float(score.sigmoid()))


def parts(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """The connected parts, the largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    order = sorted(range(1, count), key=lambda k: -int(stats[k, 4]))
    return [labels == k for k in order]


def by_box(net: TTMSegmenter, still: NDArray[np.uint8], box: Rect) -> Found:
    """The object of a box."""
    h, w = still.shape[:2]
    return look(net, still, grown(box, 1 / 3, h, w), box=box)


def by_points(
    net: TTMSegmenter, still: NDArray[np.uint8],
    positive: Points, negative: Points = (),
    again: int = 1,
) -> Found:  # fmt: skip
    """The object that the points are in: the whole still, then around what was
    found there."""
    h, w = still.shape[:2]
    found = look(net, still, (0, 0, w, h), None, positive, negative)
    for _ in range(again):
        over = found.mask > 0.5
        own = [p for p in parts(over) if any(p[y, x] for x, y in positive)]
        kept = np.logical_or.reduce(own) if own else over
        if kept.sum() < 4:
            break
        rect = grown(bounds(kept), 1 / 3, h, w)
        found = look(net, still, rect, None, positive, negative, found.mask)
    return found


def by_nothing(
    net: TTMSegmenter, still: NDArray[np.uint8], most: int = 4
) -> list[Found]:
    """The things of the picture, the largest first."""
    h, w = still.shape[:2]
    first = look(net, still, (0, 0, w, h))
    every = [p for p in parts(first.mask > 0.5) if p.sum() > 0.003 * h * w][:most]
    out = []
    for part in every:
        rect = grown(bounds(part), 1 / 3, h, w)
        around = cv2.dilate(part.astype(np.uint8), np.ones((9, 9), np.uint8))
        found = look(net, still, rect, found=first.mask * around)
        out.append(found)
    return out
