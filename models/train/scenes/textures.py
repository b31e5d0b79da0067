# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Backgrounds of the frames and the looks of the objects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from . import outlines

SPRITE = 64  # samples along a sprite's side
EXTENT = 1.5  # half side of a sprite over the object's radius
LEAVES = 36


def octaves(
    count: int,
    channels: int,
    size: tuple[int, int],
    cells: tuple[int, ...],
    weights: Tensor,
    generator: torch.Generator,
) -> Tensor:
    """Smooth noise [count,channels,H,W] of about unit deviation.

    One random grid for each number of cells, interpolated to size (H, W) and
    summed with weights [count, len(cells)]. The grids do not depend on the
    size, so neither does the picture.
    """
    device = weights.device
    total = torch.zeros(count, channels, *size, device=device)
    for index, cell in enumerate(cells):
        grid = torch.randn(
            count, channels, cell, cell, generator=generator, device=device
        )
        # A grid finer than the picture is averaged, not sampled.
        fine = cell > min(size)
        layer = F.interpolate(
            grid,
            size=size,
            mode="area" if fine else "bilinear",
            **({} if fine else {"align_corners": False}),
        )
        total.addcmul_(layer, weights[:, index].view(-1, 1, 1, 1))
    norm = weights.square().sum(1).sqrt().clamp_min(1e-6)
    return total.div_(norm.view(-1, 1, 1, 1) * 0.7)


def _axes(size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Pixel centres in frame heights: x [1,1,1,W], y [1,1,H,1]."""
    height, width = size
    x = (torch.arange(width, device=device) + 0.5) / height
    y = (torch.arange(height, device=device) + 0.5) / height
    return x.view(1, 1, 1, -1), y.view(1, 1, -1, 1)


def backgrounds(
    kind: Tensor, size: tuple[int, int], generator: torch.Generator
) -> Tensor:
    """Backgrounds [B,3,H,W] in [0,1]; kind [B] indexes BACKGROUND_KINDS."""
    count, device = kind.shape[0], kind.device

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    x, y = _axes(size, device)
    aspect = size[1] / size[0]
    flat = (kind == 2).float()
    tint = rand(count, 3, 1, 1) * 0.35 - 0.175
    base = 0.2 + 0.62 * rand(count, 1, 1, 1) + tint
    second = 0.2 + 0.62 * rand(count, 1, 1, 1) + tint
    # Rough to smooth: the weight of octave k is decay**k.
    decay = 0.35 + 0.6 * rand(count, 1)
    weights = decay ** torch.arange(5, device=device).float()
    noise = octaves(count, 1, size, (3, 6, 14, 30, 64), weights, generator)
    contrast = 0.05 + 0.22 * rand(count, 1, 1, 1)
    contrast = contrast * (1 - 0.9 * flat.view(-1, 1, 1, 1))
    hue = octaves(count, 3, size, (2, 5, 11), weights[:, :3], generator)
    leaves = _dead_leaves(kind == 1, size, rand)

    # Sky over ground: a soft, wavy horizon between two colours.
    sky = (kind == 3).view(-1, 1, 1, 1)
    horizon = 0.35 + 0.4 * rand(count, 1, 1, 1)
    wave = 0.02 * (x * (2 + 8 * rand(count, 1, 1, 1)) * math.pi).sin()
    ground = torch.sigmoid((y - horizon - wave) * 90)
    blue = torch.tensor([0.5, 0.68, 0.88], device=device).view(1, 3, 1, 1)
    bright = 0.75 + 0.3 * rand(count, 1, 1, 1)
    air = blue * bright + (horizon - y) * -0.25 + 0.3 * tint
    blend = torch.sigmoid(noise * 1.5)
    picture = base + (second - base) * blend * 0.6 + noise * contrast
    picture = picture + hue * contrast * 0.25
    land = picture * ground + (air + noise * 0.03) * (1 - ground)
    picture = torch.where(sky, land, picture)
    picture = torch.where((kind == 1).view(-1, 1, 1, 1), leaves, picture)
    if bool((kind == 1).any()):
        picture = picture + noise * 0.03

    # One light: a linear ramp and, at times, darker corners.
    angle = rand(count, 1, 1, 1) * 2 * math.pi
    ramp = (x - aspect / 2) * angle.cos() + (y - 0.5) * angle.sin()
    strength = 0.5 * rand(count, 1, 1, 1) ** 2
    corner = ((x - aspect / 2) ** 2 + (y - 0.5) ** 2) * rand(count, 1, 1, 1)
    picture = (picture * (1 + ramp * strength - 0.5 * corner)).clamp_(0, 1)
    return _photographed(picture, generator)


def _photographed(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures [B,3,H,W] as a camera leaves them: a third each out of focus,
    grainy, and compressed as JPEG does."""
    count, _, height, width = picture.shape
    device = picture.device
    chance = torch.rand(count, 3, 1, 1, 1, generator=generator, device=device)
    amount = torch.rand(count, 3, 1, 1, 1, generator=generator, device=device)
    side = max(3, height // 40 // 2 * 2 + 1)
    soft = picture
    for _ in range(2):
        soft = F.avg_pool2d(soft, side, 1, side // 2, count_include_pad=False)
    blur = (chance[:, 0] < 0.33) * amount[:, 0]
    picture = torch.lerp(picture, soft, blur.expand_as(picture))
    one = torch.ones(count, 1, device=device)
    grain = octaves(count, 3, (height, width), (144,), one, generator)
    picture = picture + grain * ((chance[:, 1] < 0.33) * amount[:, 1] ** 2 * 0.04)
    squeezed = _compressed(picture.clamp(0, 1), 0.02 + 0.1 * amount[:, 2] ** 2)
    return torch.where(chance[:, 2] < 0.33, squeezed, picture).clamp_(0, 1)


def _compressed(picture: Tensor, step: Tensor) -> Tensor:
    """Rounds the cosine transforms of 8 x 8 blocks to multiples that grow with
    frequency from step [B,1,1,1]."""
    count, channels, height, width = picture.shape
    device = picture.device
    at = torch.arange(8, device=device)
    basis = ((2 * at + 1) * at[:, None] * (math.pi / 16)).cos() / 2
    basis[0] /= math.sqrt(2)
    tall, wide = -height % 8, -width % 8
    padded = F.pad(picture, (0, wide, 0, tall), mode="replicate")
    blocks = padded.unflatten(3, (-1, 8)).unflatten(2, (-1, 8)).transpose(3, 4)
    steps = step.view(-1, 1, 1, 1, 1, 1) * (1 + (at + at[:, None]) / 2)
    waves = basis @ blocks @ basis.T
    blocks = basis.T @ (waves / steps).round().mul(steps) @ basis
    out = blocks.transpose(3, 4).reshape(padded.shape)
    return out[..., :height, :width]


def _dead_leaves(chosen: Tensor, size: tuple[int, int], rand) -> Tensor:
    """Overlapping discs and slabs for the chosen clips [B]; zeros elsewhere."""
    count, device = chosen.shape[0], chosen.device
    centre = rand(count, LEAVES, 2)
    radius = 0.03 + 0.25 * rand(count, LEAVES) ** 3
    colour = rand(count, LEAVES, 3) * 0.3 + 0.15 + 0.5 * rand(count, LEAVES, 1)
    square = rand(count, LEAVES) < 0.4
    out = torch.zeros(count, 3, *size, device=device)
    index = chosen.nonzero()[:, 0]
    if index.numel() == 0:
        return out
    x, y = (axis[0] for axis in _axes(size, device))
    aspect = size[1] / size[0]
    centre, radius = centre[index], radius[index]
    colour, square = colour[index], square[index]
    picture = colour[:, :1].transpose(1, 2).unsqueeze(-1)
    picture = picture.expand(-1, -1, *size).clone()
    for k in range(1, LEAVES):
        dx = (x - centre[:, k, 0].view(-1, 1, 1) * aspect).abs()
        dy = (y - centre[:, k, 1].view(-1, 1, 1)).abs()
        # Discs in the 2-norm, slabs in the maximum norm.
        disc = (dx * dx + dy * dy).sqrt()
        slab = torch.maximum(dx, dy)
        far = torch.where(square[:, k].view(-1, 1, 1), slab, disc)
        alpha = ((radius[:, k].view(-1, 1, 1) - far) * size[0] + 0.5).clamp_(0, 1)
        paint = colour[:, k].view(-1, 3, 1, 1)
        picture += (paint - picture) * alpha.unsqueeze(1)
    out[index] = picture
    return out


@dataclass
class Looks:
    """What the sprites of K objects are made from (all on one device)."""

    outline: Tensor  # [K] index into outlines.OUTLINES
    polygon: Tensor  # [K,V,2]
    colour: Tensor  # [K,3] RGB in [0,1]
    cutout: Tensor  # [K] bool: photo-like texture instead of a plain one
    shadow: Tensor  # [K] strength of the drop shadow, 0 for none
    blur: Tensor  # [K] 0..1: how much fine texture the final size loses


def sprites(looks: Looks, generator: torch.Generator) -> Tensor:
    """Sprites [K,5,S,S]: RGB, signed distance in radii, shadow strength."""
    device = looks.colour.device
    count = looks.colour.shape[0]

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    grid = (torch.arange(SPRITE, device=device) + 0.5) / SPRITE
    grid = (grid * 2 - 1) * EXTENT
    # On a CPU few objects at a time stay in its caches.
    step = 8 if device.type == "cpu" else count
    distance = torch.cat(
        [
            outlines.signed_distance(polygon, outline, grid)
            for polygon, outline in zip(
                looks.polygon.split(step), looks.outline.split(step)
            )
        ]
    )
    x, y = grid.view(1, 1, 1, -1), grid.view(1, 1, -1, 1)
    depth = distance.unsqueeze(1)

    cutout = looks.cutout.view(-1, 1, 1, 1)
    decay = 0.45 + 0.5 * rand(count, 1)
    weights = decay ** torch.arange(4, device=device).float()
    square = (SPRITE, SPRITE)
    noise = octaves(count, 1, square, (3, 6, 12, 26), weights, generator)
    tints = octaves(count, 3, square, (3, 7), weights[:, :2], generator)
    colour = looks.colour.view(-1, 3, 1, 1)
    amount = torch.where(cutout, 0.07 + 0.1 * rand(count, 1, 1, 1),
                         0.07 * rand(count, 1, 1, 1) ** 2)  # fmt: skip
    rgb = colour + noise * amount + tints * amount * 0.35

    # Stripes for some geometric shapes.
    angle = rand(count, 1, 1, 1) * math.pi
    along = x * angle.cos() + y * angle.sin()
    wave = (along * (5 + 7 * rand(count, 1, 1, 1)) + rand(count, 1, 1, 1)).sin()
    striped = (rand(count, 1, 1, 1) < 0.25) & ~cutout
    tone = torch.where(rand(count, 1, 1, 1) < 0.5, 0.55, 1.0)
    stripe = torch.where(tone < 1, colour * tone, colour * 0.5 + 0.5)
    rgb = torch.where(striped & (wave > 0.2), stripe + noise * amount, rgb)

    # Cut-outs: a few patches of other colours, as parts of a thing.
    for _ in range(3):
        middle = rand(count, 2, 1, 1, 1) * 1.3 - 0.65
        radii = 0.1 + 0.32 * rand(count, 2, 1, 1, 1) ** 2
        far = ((x - middle[:, 0]) / radii[:, 0]) ** 2
        far = far + ((y - middle[:, 1]) / radii[:, 1]) ** 2
        patch = torch.sigmoid((1 - far) * 6) * 0.85
        other = colour * 0.35 + 0.65 * rand(count, 3, 1, 1)
        mixed = rgb + (other + noise * 0.05 - rgb) * patch
        rgb = torch.where(cutout, mixed, rgb)

    # Light from above at one side: a ramp, a darker rim, a highlight.
    side = rand(count, 1, 1, 1) * 1.6 - 0.8
    light = 1 + (0.05 + 0.2 * rand(count, 1, 1, 1)) * (side * x - y)
    rim = (1 + depth / 0.35).clamp(0, 1) ** 2
    light = light - rim * 0.3 * rand(count, 1, 1, 1)
    shine = (-((x - side * 0.45) ** 2 + (y + 0.4) ** 2) / 0.06).exp()
    rgb = rgb * light + shine * 0.4 * rand(count, 1, 1, 1) ** 2
    # Small objects: take the detail that a pixel would average away.
    soft = F.avg_pool2d(rgb, 5, 1, 2, count_include_pad=False)
    rgb = torch.lerp(rgb, soft, looks.blur.view(-1, 1, 1, 1)).clamp_(0, 1)

    # The shadow is the outline shifted down and blurred.
    shift = (SPRITE // 22, SPRITE // 30)
    moved = distance.roll(shift, (1, 2)).unsqueeze(1)
    shadow = (0.5 - moved / 0.24).clamp_(0, 1)
    shadow = shadow * looks.shadow.view(-1, 1, 1, 1)
    return torch.cat([rgb, depth, shadow], 1)
