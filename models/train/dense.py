# SPDX-License-Identifier: CC0-1.0
"""Dense trajectories: masks whose colours say where each point was in the still.

A mask of one colour an object leaves open which of its points went where. In a dense
trajectory each pixel of an object has that object's colour, moved along two of the
three channels by how far to the right and how far down in the still's object its
point lies. The colours of the first six objects are corners of the colour cube that
are neither black nor white: red, green and blue have two channels at 0, which rise
from there by up to RANGE; yellow, magenta and cyan have two at 1, which fall. The
first of the two channels (in the order red, green, blue) says right, the second down.
Each object thus owns a square of colours; black is the background. It says all that a
tint says of turns (tints.py), of sizes and of limbs besides.

The position is measured in the square box of the object: that of the longer side of
its mask's box in the still, around the same middle. 0 is its left or top edge, 1 its
right or bottom one; what lies beyond is as on the edge. Objects after the sixth have
their plain colour, which says nothing of positions: see PLAIN.

These functions are the reference for what decodes such trajectories. Positions are in
pixels of the frame, x to the right and y down, pixel centres at + 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d, grid_sample

import scenes
from common import COLOURS

RANGE = 0.4  # of a channel's whole range, at position 1
OBJECTS = 6  # palette entries from 1 that have positions
PLAIN = 0.5  # position, right and down, of what has no place of its own


@dataclass
class Boxes:
    """The square boxes of objects in the still: left and top edge [B, L, 2], side
    [B, L], in pixels; of objects that it does not have 0 and 1."""

    corner: Tensor
    side: Tensor


def boxes_of(first: Tensor, objects: int) -> Boxes:
    """Boxes of the objects in first [B, H, W]."""
    corners, sides = [], []
    for l in range(1, objects + 1):
        ends = []
        for lines in ((first == l).any(1), (first == l).any(2)):  # columns, rows
            at = torch.arange(lines.shape[1], device=first.device)
            low = torch.where(lines, at, lines.shape[1]).amin(1)
            ends.append((low, torch.where(lines, at, -1).amax(1) + 1))
        low = torch.stack([end[0] for end in ends], 1).float()
        high = torch.stack([end[1] for end in ends], 1).float()
        there = (high > low).all(1)
        side = torch.where(there, (high - low).amax(1), 1.0)
        corner = (low + high) / 2 - side[:, None] / 2
        corners.append(torch.where(there[:, None], corner, 0.0))
        sides.append(side)
    return Boxes(torch.stack(corners, 1), torch.stack(sides, 1))


def _channels(colours: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of palette entries [B, L + 1]: own colours [B, L, 3] in 0 .. 1, and the change
    of colour [B, L, 3] from position 0 to 1, to the right and down (0 for entries
    that have none)."""
    own = (COLOURS.to(colours.device)[colours][:, 1:] + 1) / 2
    full = own > 0.5
    # The two channels that are alike: both 0 or both 1.
    moved = full == (full.sum(-1, keepdim=True) == 2)
    first = moved & (moved.cumsum(-1) == 1)
    last = moved & (moved.cumsum(-1) == 2)
    way = torch.where(full, -RANGE, RANGE)
    has = ((colours[:, 1:] >= 1) & (colours[:, 1:] <= OBJECTS))[..., None]
    right = torch.where(first & has, way, 0.0)
    return own, right, torch.where(last & has, way, 0.0)


def _by_id(table: Tensor, ids: Tensor) -> Tensor:
    """Rows of table [B, L, C] by ids [B, F, H, W], of the background 0:
    [B, F, H, W, C]."""
    b, _, channels = table.shape
    table = torch.cat([torch.zeros_like(table[:, :1]), table], 1)
    flat = ids.reshape(b, -1, 1).long().expand(-1, -1, channels)
    return table.gather(1, flat).view(*ids.shape, channels)


def positions_of(origins: Tensor, ids: Tensor, boxes: Boxes) -> Tensor:
    """Positions [B, F, H, W, 2] in their objects' boxes, from 0 to 1, of pixels whose
    places in the still are origins [B, F, H, W, 2]."""
    corner, side = _by_id(boxes.corner, ids), _by_id(boxes.side[..., None], ids)
    return ((origins - corner) / side.clamp_min(1)).clamp(0, 1)


def origins_of(positions: Tensor, ids: Tensor, boxes: Boxes) -> Tensor:
    """The inverse, of pixels that belong to objects; others have rubbish."""
    corner, side = _by_id(boxes.corner, ids), _by_id(boxes.side[..., None], ids)
    return corner + positions * side


def still_positions(first: Tensor, boxes: Boxes) -> Tensor:
    """Positions [B, 1, H, W, 2] of the still's own pixels, ids [B, H, W]."""
    h, w = first.shape[1:]
    here = scenes.pixels(h, w, first.device).expand(len(first), 1, h, w, 2)
    return positions_of(here, first[:, None], boxes)


def paint_dense(ids: Tensor, positions: Tensor, colours: Tensor) -> Tensor:
    """Trajectories as images [B, F, 3, H, W] in [-1, 1]: of ids [B, F, H, W] and
    positions [B, F, H, W, 2], with palette entries colours [B, L + 1]."""
    own, right, down = (_by_id(part, ids) for part in _channels(colours))
    rgb = own + right * positions[..., :1] + down * positions[..., 1:]
    return (2 * rgb - 1).movedim(-1, 2)


def decode_dense(image: Tensor, colours: Tensor) -> tuple[Tensor, Tensor]:
    """Ids [B, F, H, W] and positions [B, F, H, W, 2] of an image [B, F, 3, H, W].

    Each pixel goes to the object (or black) whose square of colours is the nearest,
    of equals to the lower id, and has the position of the nearest point in it.
    """
    rgb = (image.float().movedim(2, -1) + 1) / 2  # [B, F, H, W, 3]
    own, right, down = _channels(colours)
    least = rgb.square().sum(-1)
    ids = torch.zeros(least.shape, dtype=torch.long, device=image.device)
    positions = torch.full((*least.shape, 2), PLAIN, device=image.device)
    for l in range(own.shape[1]):
        at = rgb - own[:, l, None, None, None]
        parts = []
        for way in (right, down):
            way = way[:, l, None, None, None]
            long = way.square().sum(-1)
            along = (at * way).sum(-1) / long.clamp_min(1e-9)
            parts.append(torch.where(long > 0, along.clamp(0, 1), PLAIN))
            at = at - way * torch.where(long > 0, parts[-1], 0.0)[..., None]
        far = at.square().sum(-1)
        nearer = far < least
        ids = torch.where(nearer, l + 1, ids)
        found = torch.stack(parts, -1)
        positions = torch.where(nearer[..., None], found, positions)
        least = torch.minimum(least, far)
    return ids, positions


def inner(ids: Tensor) -> Tensor:
    """Pixels [B, F, H, W] whose four neighbours are of the same object: others are
    mixed with what is beside them, and so are their colours."""
    same = ids > 0
    down, across = ids[:, :, 1:] == ids[:, :, :-1], ids[..., 1:] == ids[..., :-1]
    same[:, :, 1:] &= down
    same[:, :, :-1] &= down
    same[..., 1:] &= across
    same[..., :-1] &= across
    return same


def smooth_positions(ids: Tensor, positions: Tensor, width: float = 1.0) -> Tensor:
    """Positions of each object's pixels as a smooth field, [B, F, H, W, 2].

    What is smoothed, by a Gaussian of `width` pixels, is of inner pixels of the same
    object; pixels without one near keep their own.
    """
    reach = max(1, round(3 * width))
    at = torch.arange(-reach, reach + 1, device=ids.device).float()
    taps = (-at.square() / (2 * width * width)).exp()
    taps = taps / taps.sum()
    b, f, h, w = ids.shape
    out, safe = positions.clone(), inner(ids)
    for l in ids.unique().tolist():
        if l == 0:
            continue
        mine = ids == l
        weight = (mine & safe).float()[..., None]
        parts = torch.cat([positions * weight, weight], -1)
        parts = parts.flatten(0, 1).permute(0, 3, 1, 2).flatten(0, 1)[:, None]
        parts = conv2d(parts, taps.view(1, 1, 1, -1), padding=(0, reach))
        parts = conv2d(parts, taps.view(1, 1, -1, 1), padding=(reach, 0))
        parts = parts.view(b, f, 3, h, w).movedim(2, -1)
        enough = mine & (parts[..., 2] > 1e-3)
        mean = parts[..., :2] / parts[..., 2:].clamp_min(1e-6)
        out = torch.where(enough[..., None], mean, out)
    return out


def carry_dense(still: Tensor, first: Tensor, ids: Tensor, origins: Tensor) -> Tensor:
    """The still with every point of its objects moved to where it went,
    [B, F, 3, H, W] in [-1, 1].

    still [B, 3, H, W], first [B, H, W], ids [B, F, H, W], origins [B, F, H, W, 2].
    Grey (0) is what the still does not show: background that an object left
    uncovered, and points whose place there is hidden or not of their object.
    """
    b, f, h, w = ids.shape
    x, y = origins.unbind(-1)
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    at = y.clamp(0, h - 1).floor() * w + x.clamp(0, w - 1).floor()
    found = first.flatten(1).gather(1, at.long().flatten(1)).view(b, f, h, w)
    shown = inside & (found == ids)
    scale = torch.tensor([2 / w, 2 / h], device=still.device)
    grid = (origins * scale - 1).view(b, f * h, w, 2)
    moved = grid_sample(still, grid, "bilinear", "border", align_corners=False)
    moved = moved.view(b, 3, f, h, w).movedim(1, 2)
    out = still[:, None].expand(b, f, 3, h, w)
    out = torch.where((ids > 0)[:, :, None], moved, out)
    grey = torch.where(ids > 0, ~shown, first[:, None] != 0)
    out = out.masked_fill(grey[:, :, None], 0.0)
    out[:, 0] = still
    return out
