# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Paints puppets: their parts as lit solids, and where each pixel was in the still."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .puppets import Puppet
from .textures import octaves

SKIN = 96  # samples along a side of the texture of a body
_FAR = -1e9


def _skin(generator: torch.Generator, device: torch.device) -> tuple[Tensor, float]:
    """A texture [3, SKIN, SKIN] around 0, and how much longer it is along a limb."""

    def rand(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=device)

    decay = 0.5 + 0.45 * rand(1, 1)
    weights = decay ** torch.arange(4, device=device).float()
    noise = octaves(1, 1, (SKIN, SKIN), (4, 9, 20, 44), weights, generator)
    hue = octaves(1, 3, (SKIN, SKIN), (3, 8), weights[:, :2], generator)
    rough = 0.03 + 0.09 * rand(1, 1, 1, 1)
    skin = noise * rough + hue * rough * 0.4
    kind, strength = float(rand(1)), 0.12 + 0.3 * float(rand(1))
    at = torch.arange(SKIN, device=device) / SKIN
    if kind < 0.15:  # stripes around the limbs
        count = 5 + 8 * float(rand(1))
        wave = (math.tau * count * at + 1.5 * noise[0, 0]).sin()
        skin = skin - strength * torch.sigmoid(6 * wave)
    elif kind < 0.32:  # spots
        spots = octaves(1, 1, (SKIN, SKIN), (11,), weights[:, :1], generator)
        skin = skin - strength * torch.sigmoid(8 * (spots - 0.7))
    return skin[0], 1.0 + 1.5 * float(rand(1))


def shade_floor(
    video: Tensor, puppet: Puppet, place: tuple[float, float], clip: int, dark: float
) -> None:
    """A soft shadow under what stands, in video uint8 [B, F, H, W, 3], in place.

    place is where the puppet's centre is in frame 0, in pixels.
    """
    if puppet.floor is None or dark <= 0:
        return
    frames, height, width = video.shape[1:4]
    device = video.device
    path = (puppet.path * height).to(device)
    size = (puppet.sizes * puppet.radius * height).to(device)
    x = torch.arange(width, device=device) + 0.5
    y = torch.arange(height, device=device) + 0.5
    # The ground does not rise with who jumps, but comes and goes with who does.
    near = place[1] + puppet.floor * height * size / size[0]
    across = ((x - place[0] - path[:, :1]) / (0.75 * size)[:, None]).square()
    down = ((y - near[:, None]) / (0.14 * size)[:, None]).square()
    shade = (-2.0 * (across[:, None] + down[:, :, None])).exp()
    picture = video[clip].float() * (1 - dark * shade)[..., None]
    video[clip] = picture.add_(0.5).to(torch.uint8)


def _boxes(
    start: Tensor, end: Tensor, radii: Tensor, left: Tensor, top: Tensor,
    margin: float, size: tuple[int, int],
) -> list[list[int]]:  # fmt: skip
    """Of each part the x0, y0, x1, y1 that hold it in the windows of all frames."""
    corner = torch.stack([left, top], 1)
    reach = radii[..., None] + margin
    a, b = start[..., :2] - corner, end[..., :2] - corner
    low = torch.minimum(a - reach[:, :, 0], b - reach[:, :, 1]).amin(1).floor()
    high = torch.maximum(a + reach[:, :, 0], b + reach[:, :, 1]).amax(1).ceil()
    most = torch.tensor([size[0], size[1]], device=low.device)
    low, high = low.clamp(min=0), torch.minimum(high, most)
    return torch.cat([low, high], 1).long().tolist()


def paint_puppet(
    video: Tensor,
    ids: Tensor,
    origins: Tensor | None,
    puppet: Puppet,
    place: tuple[float, float],
    clip: int,
    label: int,
    softness: float,
    generator: torch.Generator,
    skin: Tensor | None = None,
) -> None:
    """Paints one puppet over all frames of a clip, in place.

    video uint8 [B, F, H, W, 3], ids uint8 [B, F, H, W]; origins float
    [B, F, H, W, 2], or None, gets the place x, y in frame 0 of what is seen at each
    pixel. place is the puppet's centre in frame 0 in pixels, softness the width of
    its edge in pixels. skin [3, S, S], around 0, is added to its colours in place of a
    drawn texture.
    """
    device = video.device
    frames, height, width = ids.shape[1:]
    scale = float(height)
    offset = torch.tensor([*place, 0.0])
    start = (puppet.start * scale + offset).to(device)
    end = (puppet.end * scale + offset).to(device)
    radii = (puppet.radii * scale).to(device)
    reach = radii[..., None]
    least = torch.minimum(
        start[..., :2] - reach[:, :, 0], end[..., :2] - reach[:, :, 1]
    )
    most = torch.maximum(start[..., :2] + reach[:, :, 0], end[..., :2] + reach[:, :, 1])
    least, most = least.amin(0) - 2, most.amax(0) + 2  # [F, 2]
    side = (most - least).amax(0).ceil().long().clamp(min=1)
    wide, tall = min(int(side[0]), width), min(int(side[1]), height)
    middle = (least + most) / 2
    left = (middle[:, 0] - wide / 2).round().clamp(0, width - wide)
    top = (middle[:, 1] - tall / 2).round().clamp(0, height - tall)
    column, row = torch.arange(wide, device=device), torch.arange(tall, device=device)
    x = (left[:, None] + column + 0.5)[:, None, :]  # [F, 1, w]
    y = (top[:, None] + row + 0.5)[:, :, None]  # [F, h, 1]

    rand = torch.rand(8, generator=generator, device=device)
    drawn, longer = _skin(generator, device)
    skin = drawn if skin is None else skin.to(device)
    shifts = torch.rand(len(start), 2, generator=generator, device=device)
    light = torch.tensor([float(rand[0]) * 1.6 - 0.8, -0.75, 0.65], device=device)
    light = light / light.norm()
    ambient = 0.55 + 0.2 * float(rand[1])
    gain = 0.5 + 0.25 * float(rand[2])
    size = float(puppet.radius) * scale

    shape = (frames, tall, wide)
    depth = torch.full(shape, _FAR, device=device)
    nearest = torch.full(shape, 1e9, device=device)
    rgb = torch.zeros(*shape, 3, device=device)
    bright = torch.ones(shape, device=device)
    where = torch.zeros(*shape, 2, device=device)  # in the texture
    was = torch.zeros(*shape, 2, device=device)
    ratio = (puppet.sizes[0] / puppet.sizes).to(device)[:, None, None]
    boxes = _boxes(start, end, radii, left, top, 2 + softness / 2, (wide, tall))
    for part, (x0, y0, x1, y1) in enumerate(boxes):
        if x0 >= x1 or y0 >= y1:
            continue
        here = (slice(None), slice(y0, y1), slice(x0, x1))
        a, b, r = start[part], end[part], radii[part]
        way = (b - a)[:, :2]
        length = way.norm(dim=1).clamp_min(1e-3)
        ux, uy = ((way / length[:, None])[:, k, None, None] for k in (0, 1))
        long = length[:, None, None]
        dx = x[:, :, x0:x1] - a[:, 0, None, None]
        dy = y[:, y0:y1] - a[:, 1, None, None]
        along, across = dx * ux + dy * uy, dy * ux - dx * uy
        share = (along / long).clamp(0, 1)
        thick = r[:, :1, None] + (r[:, 1:] - r[:, :1])[..., None] * share
        thick = thick.clamp_min(1e-3)
        beyond = along - share * long
        round_ = float(puppet.bulge[part])
        if bool(puppet.flat[part]):
            # Signed distance of a trapezoid, exact along its sides; half a pixel
            # longer, so that what follows joins.
            over = (along - long / 2).abs() - long / 2 - 0.5
            distance = torch.maximum(across.abs() - thick, over)
            bulge = torch.zeros_like(distance)
            cap = bulge
        else:
            far = (beyond.square() + across.square()).sqrt()
            distance = far - thick
            bulge = thick * (1 - (far / thick).square()).clamp_min(0).sqrt()
            cap = (beyond / thick).clamp(-1, 1) * round_
        inside = distance < 0
        high = a[:, 2, None, None] + (b - a)[:, 2, None, None] * share + bulge
        high = high + float(puppet.lift[part]) * scale
        old, close = depth[here], nearest[here]
        front = inside & (high > old)
        # Edges of parts before others are smooth; before nothing the nearest counts.
        nothing = (old == _FAR) & (distance < close)
        cover = (0.5 - distance).clamp(0, 1) * (high > old)
        cover = torch.where(nothing, 1.0, cover)
        # The surface's direction, from the axis to the pixel.
        tilt = (across / thick).clamp(-1, 1) * round_
        nx, ny = ux * cap - uy * tilt, uy * cap + ux * tilt
        nz = (1 - nx.square() - ny.square()).clamp_min(0).sqrt()
        lit = (nx * light[0] + ny * light[1] + nz * light[2]).clamp_min(0)
        lit = (ambient + gain * lit) * (
            1 + 0.2 * (a[:, 2, None, None] / size).clamp(-1, 1)
        )
        colour = puppet.colours[part].to(device)
        rgb[here] = torch.lerp(rgb[here], colour.expand(3), cover[..., None])
        bright[here] = torch.lerp(bright[here], lit, cover)
        # Along the bone as long as it is at rest, however foreshortened.
        whole = float(puppet.lengths[part]) * scale
        texel = torch.stack(
            [(share * whole + beyond * ratio) / longer, across * ratio], -1
        )
        texel = texel / (1.1 * size) + shifts[part] * 2 - 1
        taken = (front | nothing)[..., None]
        where[here] = torch.where(taken, texel, where[here])
        if origins is not None:
            first, side_ = share * length[0] + beyond * ratio, across * ratio
            was_x = a[0, 0] + ux[0] * first - uy[0] * side_
            was_y = a[0, 1] + uy[0] * first + ux[0] * side_
            was[here] = torch.where(taken, torch.stack([was_x, was_y], -1), was[here])
        depth[here] = torch.where(front, high, old)
        nearest[here] = torch.minimum(close, distance)

    # One mirrored texture for all parts.
    grid = where.view(1, frames * tall, wide, 2)
    fine = F.grid_sample(
        skin[None],
        grid,
        mode="bilinear",
        padding_mode="reflection",
        align_corners=False,
    )
    fine = fine.view(3, *shape).movedim(0, -1)
    rgb = ((rgb + fine) * bright[..., None]).clamp(0, 1)
    alpha = (0.5 - nearest / softness).clamp(0, 1)[..., None]
    inside = nearest < 0

    frame = clip * frames + torch.arange(frames, device=device)
    first = frame * (height * width) + top.long() * width + left.long()
    index = first[:, None] + (row[:, None] * width + column).view(1, -1)
    index = index.view(-1)
    pixels, marks = video.view(-1, 3), ids.view(-1)
    below = pixels[index].view(*shape, 3)
    out = torch.lerp(below.float(), rgb * 255, alpha)
    pixels[index] = out.add_(0.5).clamp_(0, 255).to(torch.uint8).view(-1, 3)
    old = marks[index].view(shape)
    marks[index] = torch.where(inside, torch.full_like(old, label), old).view(-1)
    if origins is not None:
        flat_origins = origins.view(-1, 2)
        kept = flat_origins[index].view(*shape, 2)
        flat_origins[index] = torch.where(inside[..., None], was, kept).view(-1, 2)
