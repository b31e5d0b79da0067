# SPDX-License-Identifier: CC0-1.0
"""Attitude in colour-coded masks: objects shaded from top to bottom, turns read back.

A mask's outline hardly shows how far an object has turned, that of a disc not at
all. In a shaded trajectory each object's colour is mixed with white, the more the
further up a pixel of it was in frame 0, and the shading turns with the object.
The mixtures are a few levels, so that with the ids they are rows of one table of
colours: 0 is the background, 1 + SHADES (id - 1) + level an object's level.

These functions are the reference for the C code. Pixel centres lie at x + 0.5;
turns are clockwise angles in radians (y points down).
"""

from __future__ import annotations

import torch
from torch import Tensor

from common import COLOURS
from trajectory import _smooth

SHADES = 5
WHITE = 0.6  # share of white at the highest level
MIN_SHARE = 0.008  # of the frame that an object must fill to be read
REACH = 1.2  # levels span so many radii of a disc of the object's area, both ways


def shade_table(colours: Tensor) -> Tensor:
    """Colours of all rows [B, 1 + SHADES L, 3] of palette entries [B, L + 1]."""
    table = COLOURS.to(colours.device)[colours]
    share = torch.arange(SHADES, device=colours.device) / (SHADES - 1) * WHITE
    objects = table[:, 1:, None]  # [B, L, 1, 3]
    shaded = objects + share.view(1, 1, -1, 1) * (1 - objects)
    return torch.cat([table[:, :1], shaded.flatten(1, 2)], 1)


def paint_rows(rows: Tensor, colours: Tensor) -> Tensor:
    """Colour-coded masks [B, F, 3, H, W] in [-1, 1] of rows [B, F, H, W]."""
    b, f, h, w = rows.shape
    flat = rows.reshape(b, -1, 1).long().expand(-1, -1, 3)
    out = shade_table(colours).gather(1, flat)
    return out.view(b, f, h, w, 3).permute(0, 1, 4, 2, 3)


def decode_rows(image: Tensor, colours: Tensor) -> Tensor:
    """Nearest row [B, F, H, W] of each pixel of image [B, F, 3, H, W] in [-1, 1]."""
    table = shade_table(colours)  # [B, R, 3]
    pixels = image.permute(0, 1, 3, 4, 2).flatten(1, 3).float()
    # The pixels' own squares are the same for all rows.
    far = table.square().sum(-1)[:, None] - 2 * pixels @ table.mT
    return far.argmin(-1).view(image.shape[0], image.shape[1], *image.shape[3:])


def split_rows(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Ids and levels (0 for the background) of rows."""
    ids = (rows + SHADES - 1).div(SHADES, rounding_mode="floor")
    return ids, torch.where(rows > 0, (rows - 1) % SHADES, 0)


def join_rows(ids: Tensor, levels: Tensor) -> Tensor:
    """The inverse of split_rows."""
    return torch.where(ids > 0, 1 + SHADES * (ids - 1) + levels, 0)


def _frame(first: Tensor, objects: int) -> tuple[Tensor, Tensor, Tensor]:
    """Centroids x and y [B, L] of the first masks [B, H, W] and their reach [B, L]."""
    h, w = first.shape[1:]
    labels = torch.arange(1, objects + 1, device=first.device).view(1, -1, 1, 1)
    here = first[:, None] == labels
    count = here.sum((2, 3)).double().clamp_min(1)
    columns, rows = (torch.arange(n, device=first.device) + 0.5 for n in (w, h))
    x = (here.sum(2).double() @ columns.double()) / count
    y = (here.sum(3).double() @ rows.double()) / count
    return x.float(), y.float(), (REACH * (count / torch.pi).sqrt()).float()


def first_levels(first: Tensor, objects: int) -> Tensor:
    """Levels [B, H, W] of the first masks [B, H, W]; 0 for the background."""
    still = torch.zeros(first.shape[0], objects, 1, device=first.device)
    centres = torch.stack(_frame(first, objects)[:2], -1)[:, :, None]
    return turned_levels(first[:, None], centres, still + 1, still)[:, 0]


def turned_levels(
    ids: Tensor, centres: Tensor, scales: Tensor, turns: Tensor
) -> Tensor:
    """Levels [B, F, H, W] of objects that move; 0 for the background.

    ids [B, F, H, W] say what is seen, centres [B, L, F, 2] (x, y), scales and
    turns [B, L, F] where it was in frame 0.
    """
    b, f, h, w = ids.shape
    objects = scales.shape[1]
    _, y0, reach = _frame(ids[:, 0], objects)
    # Rows of a table by id, the background first: one gather each instead of a
    # pass over all pixels for every object.
    down, across, offset = _height(centres, scales, turns, y0, reach)
    pick = ids.long().flatten(2)  # [B, F, H W]

    def of_pixel(values: Tensor) -> Tensor:
        table = torch.cat([torch.zeros_like(values[:, :1]), values], 1).transpose(1, 2)
        return table.gather(2, pick).view(b, f, h, w)

    x = torch.arange(w, device=ids.device) + 0.5
    y = (torch.arange(h, device=ids.device) + 0.5)[:, None]
    height = of_pixel(offset) - of_pixel(across) * x - of_pixel(down) * y
    levels = (SHADES * (0.5 + 0.5 * height)).floor().clamp(0, SHADES - 1).long()
    return torch.where(ids > 0, levels, 0)


def _height(
    centres: Tensor, scales: Tensor, turns: Tensor, y0: Tensor, reach: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Height over the first centroid in reaches as offset - across x - down y."""
    cos, sin = turns.cos() / scales, turns.sin() / scales
    down, across = cos / reach[..., None], -sin / reach[..., None]
    # In frame 0 it was at c_0 + (cos dy - sin dx); up is positive.
    start = centres[:, :, :1, 1] - y0[..., None]
    offset = (
        across * centres[..., 0] + down * centres[..., 1] - start / reach[..., None]
    )
    return down, across, offset


def slopes(ids: Tensor, levels: Tensor, objects: int) -> tuple[Tensor, Tensor]:
    """Slope of the levels (x, y) [B, L, F, 2] over each object's pixels, and their
    number [B, L, F]; in double precision.

    Linear regression on the position, so that the object's outline does not
    matter; a little is added to the moments, so that lines and points have one.
    """
    h, w = ids.shape[2:]
    x = (torch.arange(w, device=ids.device) + 0.5).double()
    y = (torch.arange(h, device=ids.device) + 0.5).double()[:, None]
    level = levels.double()
    found, counts = [], []
    for l in range(1, objects + 1):
        here = (ids == l).double()
        count = here.sum((2, 3))
        mass = count.clamp_min(1)
        mx, my = (here * x).sum((2, 3)) / mass, (here * y).sum((2, 3)) / mass
        ml = (here * level).sum((2, 3)) / mass
        xx = (here * x * x).sum((2, 3)) / mass - mx * mx + 1 / 12
        yy = (here * y * y).sum((2, 3)) / mass - my * my + 1 / 12
        xy = (here * x * y).sum((2, 3)) / mass - mx * my
        xl = (here * level * x).sum((2, 3)) / mass - ml * mx
        yl = (here * level * y).sum((2, 3)) / mass - ml * my
        more = 0.025 * (xx + yy)
        xx, yy = xx + more, yy + more
        det = xx * yy - xy * xy
        slope = torch.stack([(yy * xl - xy * yl) / det, (xx * yl - xy * xl) / det], -1)
        found.append(slope)
        counts.append(count)
    return torch.stack(found, 1), torch.stack(counts, 1)


def fit_turns(ids: Tensor, levels: Tensor, scales: Tensor, objects: int) -> Tensor:
    """Turns [B, L, F] of each object by the slopes of its levels.

    ids and levels [B, F, H, W], frame 0 the true first masks and their own
    levels; scales [B, L, F] of the fit. Frames count as far as the slope is as
    strong as that of frame 0; the angle is unwrapped from one that counts to the
    next by what it last changed, and smoothed over the clip (Whittaker, Huber).
    All turns are 0 unless nearly all frames count, follow the smooth turn closely
    and are much nearer to it than to none, by 1 - cosine of the angle between: the
    shading of masks that a network predicts wavers, by about a radian in the worst
    of the objects that do not turn.
    """
    b, f = ids.shape[:2]
    slope, count = slopes(ids, levels, objects)
    size = slope.norm(dim=-1)
    strength = size * scales / size[:, :, :1].clamp_min(1e-9)
    weight = ((strength - 0.15) / 0.35).clamp(0, 1)
    least = MIN_SHARE * ids.shape[2] * ids.shape[3]
    seen = (count >= 0.3 * count[:, :, :1]) & (count[:, :, :1] >= least)
    weight = weight * seen
    angle = torch.atan2(slope[..., 1], slope[..., 0])
    angle = angle - angle[:, :, :1]
    turn = torch.zeros_like(angle)
    last = torch.zeros_like(angle[:, :, 0])
    speed, at = torch.zeros_like(last), torch.zeros_like(last)
    for t in range(1, f):
        expected = last + speed * (t - at)
        wrapped = angle[:, :, t] - expected
        wrapped = wrapped - 2 * torch.pi * (wrapped / (2 * torch.pi)).round()
        turn[:, :, t] = expected + wrapped
        counts = weight[:, :, t] > 0.3
        step = (turn[:, :, t] - last) / (t - at)
        speed = torch.where(counts, 0.5 * (speed + step), speed)
        last = torch.where(counts, turn[:, :, t], last)
        at = torch.where(counts, float(t), at)
    weight[:, :, 0] = 1
    bend = 1.0 * ((f - 1) / 15) ** 4
    smooth = _smooth(turn, weight, bend, 0.005)
    for _ in range(4):
        huber = (0.2 / (turn - smooth).abs().clamp_min(1e-9)).clamp_max(1)
        smooth = _smooth(turn, weight * huber, bend, 0.005)
    rest = weight[:, :, 1:]
    total = rest.sum(2).clamp_min(1e-9)
    rest_off = ((1 - turn.cos())[:, :, 1:] * rest).sum(2) / total
    off = ((1 - (turn - smooth).cos())[:, :, 1:] * rest).sum(2) / total
    turns = (rest.mean(2) >= 0.75) & (off < 0.06) & (rest_off - off > 0.2)
    return torch.where(turns[..., None], smooth, torch.zeros_like(smooth)).float()
