# SPDX-License-Identifier: CC0-1.0
"""Attitude in colour-coded masks: an object's tint says how far it has turned.

A mask's outline hardly shows how far an object has turned, that of a disc not at
all. In a tinted trajectory each object's colour is mixed with white: evenly over
the object, by a share that grows with its clockwise turn and is REST in frame 0.
One number an object and frame is what a small network can predict, and where it
cannot know how fast something spins, the mean of what it expects is a spin too.
The share goes with the root of the angle, so that what does not turn keeps still
although predicted tints waver.

What is decoded are a few levels, so that with the ids they are rows of one table
of colours: 0 is the background, 1 + TINTS (id - 1) + level an object's level.
Level 0 is the plain colour of an object, of which no turn is told.

These functions are the reference for the C code. Turns are clockwise angles in
radians (y points down).
"""

from __future__ import annotations

import torch
from torch import Tensor

from common import COLOURS
from trajectory import _smooth

TINTS = 15  # levels of an object
WHITE = 0.75  # share of white at the highest level
REST = 7  # level of what has not turned
SPAN = 6  # levels from there to a turn by FULL, both ways
FULL = 2.5 * torch.pi
MIN_INNER = 4  # pixels of which a mean level is taken
MIN_PIXELS = 12  # that an object must have in frame 0 to be read
MIN_TURN = 2.5  # radians, in the last frame, clockwise, of what turns
AT_END = 0.95  # share of FULL; from there on a tint only says "at least"
UNSTEADY = 0.15  # share of a turn's squares that may be off a steady one


def tint_colours(colours: Tensor, levels: Tensor) -> Tensor:
    """Colours [B, L, F, 3] of objects of palette entries [B, L + 1] at levels
    [B, L, F], rounded or not."""
    own = COLOURS.to(colours.device)[colours][:, 1:, None]  # [B, L, 1, 3]
    white = (WHITE / (TINTS - 1) * levels)[..., None]
    return own + white * (1 - own)


def tint_table(colours: Tensor) -> Tensor:
    """Colours of all rows [B, 1 + TINTS L, 3] of palette entries [B, L + 1]."""
    b, objects = colours.shape[0], colours.shape[1] - 1
    levels = torch.arange(TINTS, device=colours.device).expand(b, objects, -1)
    tints = tint_colours(colours, levels).flatten(1, 2)
    return torch.cat([COLOURS.to(colours.device)[colours[:, :1]], tints], 1)


def levels_of(turns: Tensor) -> Tensor:
    """Levels, not rounded, of turns in radians."""
    return REST + SPAN * turns.sign() * (turns.abs() / FULL).clamp(max=1).sqrt()


def turns_of(levels: Tensor) -> Tensor:
    """The inverse of levels_of."""
    root = ((levels - REST) / SPAN).clamp(-1, 1)
    return FULL * root * root.abs()


def paint_tints(ids: Tensor, levels: Tensor, colours: Tensor) -> Tensor:
    """Colour-coded masks [B, F, 3, H, W] in [-1, 1] of ids [B, F, H, W] and levels
    [B, L, F]."""
    b, f, h, w = ids.shape
    tints = tint_colours(colours, levels).transpose(1, 2)  # [B, F, L, 3]
    black = COLOURS.to(ids.device)[colours[:, None, :1]].expand(b, f, 1, 3)
    table = torch.cat([black, tints], 2)
    flat = ids.reshape(b, f, -1, 1).long().expand(-1, -1, -1, 3)
    return table.gather(2, flat).view(b, f, h, w, 3).permute(0, 1, 4, 2, 3)


def decode_rows(image: Tensor, colours: Tensor) -> Tensor:
    """Nearest row [B, F, H, W] of each pixel of image [B, F, 3, H, W] in [-1, 1]."""
    table = tint_table(colours)  # [B, R, 3]
    pixels = image.permute(0, 1, 3, 4, 2).flatten(1, 3).float()
    # The pixels' own squares are the same for all rows.
    far = table.square().sum(-1)[:, None] - 2 * pixels @ table.mT
    return far.argmin(-1).view(image.shape[0], image.shape[1], *image.shape[3:])


def split_rows(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Ids and levels (0 for the background) of rows."""
    ids = (rows + TINTS - 1).div(TINTS, rounding_mode="floor")
    return ids, torch.where(rows > 0, (rows - 1) % TINTS, 0)


def join_rows(ids: Tensor, levels: Tensor) -> Tensor:
    """The inverse of split_rows."""
    return torch.where(ids > 0, 1 + TINTS * (ids - 1) + levels, 0)


def mean_levels(ids: Tensor, levels: Tensor, objects: int) -> tuple[Tensor, Tensor]:
    """Mean level [B, L, F] of each object's pixels in ids and levels [B, F, H, W],
    and their number [B, L, F].

    Of inner pixels, whose four neighbours are of the same object, where there are
    MIN_INNER: others are mixed with what is beside them.
    """
    same = torch.ones_like(ids, dtype=torch.bool)
    down, across = ids[:, :, 1:] == ids[:, :, :-1], ids[..., 1:] == ids[..., :-1]
    same[:, :, 1:] &= down
    same[:, :, :-1] &= down
    same[..., 1:] &= across
    same[..., :-1] &= across
    means, counts = [], []
    for l in range(1, objects + 1):
        here = ids == l
        inner, count = here & same, here.sum((2, 3))
        enough = inner.sum((2, 3))[..., None, None] >= MIN_INNER
        used = torch.where(enough, inner, here)
        total = torch.where(used, levels, 0).sum((2, 3))
        means.append(total / used.sum((2, 3)).clamp_min(1))
        counts.append(count)
    return torch.stack(means, 1), torch.stack(counts, 1)


def fit_turns(ids: Tensor, levels: Tensor, objects: int) -> Tensor:
    """Turns [B, L, F] of each object by its levels.

    ids and levels [B, F, H, W] as predicted, ids of frame 0 the true ones. Frames
    count where at least 0.3 of the object is seen and the scale has not ended; their
    turns are smoothed over the clip and beyond (Whittaker, Huber), those at a
    higher angle counting less, as the angle is less sure there. All turns are 0 but
    of what turns steadily, far and clockwise: predicted tints of objects that
    should not turn rise and fall by a radian or two, and where a network is not
    sure of an object it is darker, as if it turned the other way.
    """
    f = ids.shape[1]
    level, count = mean_levels(ids, levels, objects)
    turn = turns_of(level)
    turn[:, :, 0] = 0
    seen = (count >= 0.3 * count[:, :, :1]) & (count[:, :, :1] >= MIN_PIXELS)
    often = 2 * seen[:, :, 1:].sum(2) >= f - 1
    seen &= turn.abs() < AT_END * FULL
    weight = seen / (0.5 + turn.abs())
    weight[:, :, 0] = 1
    bend = 1.0 * ((f - 1) / 15) ** 4
    smooth = _smooth(turn, weight, bend, 1e-5)
    for _ in range(4):
        huber = (0.4 / (turn - smooth).abs().clamp_min(1e-9)).clamp_max(1)
        smooth = _smooth(turn, weight * huber, bend, 1e-5)
    time = torch.arange(f, device=ids.device)
    moments = (seen * time.square()).sum(2).clamp_min(1e-9)
    speed = (seen * smooth * time).sum(2) / moments
    off = (seen * (smooth - speed[..., None] * time).square()).sum(2)
    steady = off < UNSTEADY * (seen * smooth.square()).sum(2)
    turns = steady & often & (speed * (f - 1) >= MIN_TURN)
    return torch.where(turns[..., None], smooth, torch.zeros_like(smooth)).float()
