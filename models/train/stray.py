# SPDX-License-Identifier: CC0-1.0
"""Pieces of predicted masks that are nowhere near their object.

A network that predicts colour-coded masks sometimes paints a second piece of an
object far from it, most of all when it hides or leaves the frame. These functions
are the reference for the C code.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

STEP = 8  # hundredths of the frame height that a piece may be away a frame
FRAMES = 16  # of clips that STEP is for; in shorter ones it grows squared, for
# things go further in a frame and by more of their own size
LEAST = 10  # frames with less than 1 / LEAST of the first area do not count as seen


def _reach(unseen: int, frames: int, height: int) -> int:
    """How many pixels a piece may be away after unseen frames of a clip."""
    slow, gaps = (FRAMES - 1) ** 2, (min(frames, FRAMES) - 1) ** 2
    return (2 * STEP * height * unseen * slow + 100 * gaps) // (200 * gaps)


def _box(masks: Tensor, down: int, across: int) -> Tensor:
    """Masks [N, H, W] dilated by a box of so many pixels each way."""
    down, across = min(down, masks.shape[1]), min(across, masks.shape[2])
    out = masks[:, None].float()
    out = max_pool2d(out, (2 * down + 1, 1), 1, (down, 0))
    out = max_pool2d(out, (1, 2 * across + 1), 1, (0, across))
    return out[:, 0] > 0


def _near(kept: Tensor, reach: int, least: int) -> Tensor:
    """Where the next pieces of kept masks [N, H, W] may begin.

    Objects that the border cuts may go on behind it, but come in there again.
    """
    ends = lambda line: (line[:, 0] | line[:, -1])[:, None, None]  # noqa: E731
    level, upright = ends(kept.any(2)), ends(kept.any(1))
    along = (_box(kept, least, reach) & level) | (_box(kept, reach, least) & upright)
    return torch.where(level | upright, along, _box(kept, reach, reach))


def _pieces(masks: Tensor, where: Tensor) -> Tensor:
    """The 8-connected pieces of masks [N, H, W] that have a pixel in where."""
    found = masks & where
    while True:
        more = _box(found, 1, 1) & masks
        if torch.equal(more, found):
            return found
        found = more


def drop_stray(ids: Tensor, objects: int) -> Tensor:
    """Ids [B, F, H, W] without pieces that are far from their objects; they
    become background. Frame 0 is the truth.

    Frame by frame, an object keeps the 8-connected pieces of which some pixel is
    at most a step (STEP) for every frame since it was seen away from its mask
    there, by the larger of columns and rows. If that mask touched the border, a
    step is all that it may be away from it at right angles to the border. Frames in
    which it keeps less than 1 / LEAST of its first area do not count as seen.
    An object that frame 0 does not have is as first seen.
    """
    b, frames, h, w = ids.shape
    labels = torch.arange(1, objects + 1, device=ids.device).view(1, -1, 1, 1, 1)
    here = (ids[:, None] == labels).flatten(0, 1)  # [B L, F, H, W]
    area = here[:, 0].sum((1, 2))
    last, unseen = here[:, 0].clone(), torch.zeros_like(area)
    keep = here.clone()
    for t in range(1, frames):
        unseen += 1
        near = torch.ones_like(last)
        known = last.flatten(1).any(1)
        for count in unseen[known].unique().tolist():
            some = known & (unseen == count)
            reach = _reach(count, frames, h)
            near[some] = _near(last[some], reach, _reach(1, frames, h))
        keep[:, t] = _pieces(here[:, t], near)
        left = keep[:, t].sum((1, 2))
        seen = (left > 0) & (LEAST * left >= area)
        last = torch.where(seen[:, None, None], keep[:, t], last)
        unseen = torch.where(seen, 0, unseen)
    stray = (here & ~keep).view(b, objects, frames, h, w).any(1)
    return ids.masked_fill(stray, 0)
