# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Paints moving sprites over backgrounds, with exact ids of what is visible."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .textures import EXTENT


def paint(
    video: Tensor,
    ids: Tensor,
    sprites: Tensor,
    centre: Tensor,
    radius: Tensor,
    turn: Tensor,
    softness: Tensor,
    clip: Tensor,
    label: Tensor,
    chunk: int,
) -> None:
    """Paints one layer, at most one object a clip, over video and ids in place.

    video uint8 [B,F,H,W,3], ids uint8 [B,F,H,W]; for K objects: sprites
    [K,5,S,S], centre [K,F,2] and radius [K,F] in pixels, turn [K,F] clockwise, softness [K] width of
    the edge in pixels (1 or more), clip [K] index into the batch, label [K].
    Each object is drawn in a square window that holds it, of one of a few
    sizes; chunk bounds how many windows are drawn at a time.
    """
    frames, height, width = ids.shape[1:4]
    pixels = video.view(-1, 3)
    marks = ids.view(-1)
    side = 2 * EXTENT * radius.amax(1) + 2
    limit = min(height, width)
    below = 0.0
    for part in (0.2, 0.28, 0.38, 0.55, 0.75, 1.0):
        window = min(limit, int(limit * part + 0.999))
        top = window if part < 1 else float("inf")
        group = ((side > below) & (side <= top)).nonzero()[:, 0]
        below = float(top)
        for chosen in group.split(max(1, chunk // frames)):
            shape = (height, width)
            if part == 1:  # may be larger than any window: the whole frame
                _paint(pixels, marks, frames, shape, shape, sprites[chosen],
                       centre[chosen], radius[chosen], turn[chosen], softness[chosen],
                       clip[chosen], label[chosen])  # fmt: skip
            elif chosen.numel():
                _paint(pixels, marks, frames, shape, (window, window),
                       sprites[chosen], centre[chosen], radius[chosen],
                       turn[chosen], softness[chosen], clip[chosen], label[chosen])  # fmt: skip


def _paint(
    pixels: Tensor,
    marks: Tensor,
    frames: int,
    shape: tuple[int, int],
    window: tuple[int, int],
    sprites: Tensor,
    centre: Tensor,
    radius: Tensor,
    turn: Tensor,
    softness: Tensor,
    clip: Tensor,
    label: Tensor,
) -> None:
    count = sprites.shape[0]
    if count == 0:
        return
    device = pixels.device
    height, width = shape
    centre, radius = centre.reshape(-1, 2), radius.reshape(-1)
    # A window never leaves the frame; the part of the object inside the frame
    # still lies inside the window.
    left = (centre[:, 0] - window[1] / 2).round().clamp(0, width - window[1])
    top = (centre[:, 1] - window[0] / 2).round().clamp(0, height - window[0])
    column = torch.arange(window[1], device=device)
    row = torch.arange(window[0], device=device)
    x = left[:, None] + column + 0.5
    y = top[:, None] + row + 0.5
    u = ((x - centre[:, :1]) / (radius * EXTENT)[:, None])[:, None, :]
    v = ((y - centre[:, 1:]) / (radius * EXTENT)[:, None])[:, :, None]
    total = count * frames
    grid = torch.empty(total, *window, 2, device=device)
    # Where the sprite, turned clockwise, has the colour of this pixel.
    cos, sin = (t.reshape(-1, 1, 1) for t in (turn.cos(), turn.sin()))
    grid[..., 0] = cos * u + sin * v
    grid[..., 1] = cos * v - sin * u
    # One sprite serves all frames of its object: the frames are stacked along
    # the rows of one tall grid.
    grid = grid.view(count, frames * window[0], window[1], 2)
    drawn = F.grid_sample(
        sprites, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    drawn = drawn.view(count, 5, frames, *window)
    distance = drawn[:, 3] * radius.view(count, frames, 1, 1)
    inside = distance < 0
    alpha = (0.5 - distance / softness.view(-1, 1, 1, 1)).clamp_(0, 1)
    # Over = a * colour + (1 - a) * (1 - shadow) * below.
    keep = (1 - alpha) * (1 - drawn[:, 4])

    frame = clip[:, None] * frames + torch.arange(frames, device=device)
    first = frame.view(-1) * (height * width) + top.long() * width + left.long()
    offset = (row[:, None] * width + column).view(1, -1)
    index = (first[:, None] + offset).view(-1)
    below = pixels[index].view(count, frames, *window, 3)
    colour = drawn[:, :3].permute(0, 2, 3, 4, 1)
    out = below * keep.unsqueeze(-1) + colour * (alpha * 255).unsqueeze(-1)
    pixels[index] = out.add_(0.5).clamp_(0, 255).to(torch.uint8).view(-1, 3)
    old = marks[index].view(inside.shape)
    marks[index] = torch.where(
        inside, label.view(-1, 1, 1, 1).to(torch.uint8), old
    ).view(-1)
