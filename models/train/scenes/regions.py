# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Regions whose content flows or ripples while their outline stays: water, smoke."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import torch
import torch.nn.functional as F
from torch import Tensor

from .puppets import PuppetPlan, draw_build
from .textures import octaves
from .vocabulary import COLOURS

_WAVES = 5  # of the outline, around it
_SKIN = 128  # samples along a side of the texture


@dataclass
class Region:
    """A region of one clip, in frame heights around its middle; see puppets.Puppet."""

    plan: PuppetPlan
    half: tuple[float, float]  # half its width and height, before the outline's waves
    waves: Tensor  # [_WAVES, 2] cosine and sine parts of the radius
    velocity: tuple[float, float]  # of its content, a clip, right and down
    ripple: tuple[float, float, float, float]  # height, length, times a clip, angle
    colour: tuple[float, float, float]
    path: Tensor  # [F, 2] zeros: it stays
    sizes: Tensor  # [F] ones
    radius: float
    floor: None = None

    def origins(self, at: Tensor) -> Tensor:
        """Where in the still what is at points [..., 2] was, [F, ..., 2].

        What flows came from upstream; ripples shift it to and fro. In frame 0 all is
        where it is.
        """
        frames = len(self.sizes)
        time = (torch.arange(frames, device=at.device) / max(frames - 1, 1)).view(
            -1, *(1,) * (at.ndim - 1)
        )
        high, long, often, angle = self.ripple
        way = torch.tensor([math.cos(angle), math.sin(angle)], device=at.device)
        phase = math.tau * (at @ way) / long
        beat = (phase - math.tau * often * time).sin() - phase.sin()
        shift = time[..., None] * torch.tensor(self.velocity, device=at.device)
        return at - shift + high * beat[..., None] * way


def make_region(
    plan: PuppetPlan, seed: str, frames: int, radius: float, held_out: bool
) -> Region:
    """A region whose larger half side is about `radius` frame heights."""
    rng = Random(seed)
    build = draw_build(rng, held_out)
    falls = plan.noun == "waterfall" or plan.way == "up"
    narrow = 0.3 + 0.5 * build
    half = (narrow * radius, radius) if falls else (radius, narrow * radius)
    waves = torch.tensor(
        [[rng.gauss(0, 0.06 / (1 + 0.5 * k)) for _ in "ab"] for k in range(_WAVES)]
    )
    pace = {"slow": 0.6, "": 1.0, "fast": 1.5}[plan.pace]
    speed, velocity, ripple = pace * rng.uniform(0.25, 0.45), (0.0, 0.0), 0.0
    turns = pace * rng.uniform(1.5, 2.5)
    if plan.verb == "flows":
        right, down = {"left": (-1, 0), "right": (1, 0), "down": (0, 1), "up": (0, -1)}[
            plan.way or ("down" if falls else "right")
        ]
        velocity = (right * speed, down * speed)
        ripple = rng.uniform(0.0, 0.004)
    elif plan.verb == "ripples":
        ripple = rng.uniform(0.008, 0.014)
    return Region(
        plan, half, waves, velocity,
        (ripple, rng.uniform(0.08, 0.16), turns, rng.uniform(0, math.tau)),
        COLOURS[plan.colour], torch.zeros(frames, 2), torch.ones(frames), radius,
    )  # fmt: skip


def _distance(region: Region, at: Tensor) -> Tensor:
    """About the signed distance [H, W] of points [H, W, 2] to the outline."""
    x, y = at[..., 0] / region.half[0], at[..., 1] / region.half[1]
    angle, far = torch.atan2(y, x), (x * x + y * y).sqrt()
    edge = torch.ones_like(far)
    for k, (cos, sin) in enumerate(region.waves.tolist()):
        edge = edge + cos * ((k + 2) * angle).cos() + sin * ((k + 2) * angle).sin()
    return (far / edge.clamp_min(0.3) - 1) * min(region.half)


def paint_region(
    video: Tensor,
    ids: Tensor,
    origins: Tensor | None,
    region: Region,
    place: tuple[float, float],
    clip: int,
    label: int,
    softness: float,
    generator: torch.Generator,
) -> None:
    """Paints one region over all frames of a clip, in place: see paint_puppet."""
    device = video.device
    frames, height, width = ids.shape[1:]
    x = (torch.arange(width, device=device) + 0.5 - place[0]).expand(height, width)
    y = (torch.arange(height, device=device) + 0.5 - place[1])[:, None]
    at = torch.stack([x, y.expand(height, width)], -1) / height
    away = _distance(region, at) * height
    was = region.origins(at)  # [F, H, W, 2]
    decay = 0.6 + 0.3 * torch.rand(1, 1, generator=generator, device=device)
    weights = decay ** torch.arange(4, device=device).float()
    square = (_SKIN, _SKIN)
    noise = octaves(1, 1, square, (6, 13, 28, 60), weights, generator)
    hue = octaves(1, 3, square, (4, 9), weights[:, :2], generator)
    rough = 0.08 + 0.1 * torch.rand(1, generator=generator, device=device)
    skin = (noise + 0.3 * hue) * rough
    # Streaks along what flows, across the waves of what ripples.
    right, down = region.velocity
    longer = torch.tensor([1.0, 1.0], device=device)
    if right or down:
        longer = torch.tensor([2.5, 1.0] if right else [1.0, 2.5], device=device)
    grid = was / (2.2 * region.radius * longer)
    fine = F.grid_sample(
        skin, grid.flatten(1, 2)[None].view(1, frames * height, width, 2),
        padding_mode="reflection", align_corners=False,
    )  # fmt: skip
    fine = fine.view(3, frames, height, width).movedim(0, -1)
    colour = torch.tensor(region.colour, device=device)
    glint = (fine.mean(-1, keepdim=True) / rough - 0.8).clamp_min(0) * 0.35
    rgb = (colour * 0.85 + fine + glint).clamp(0, 1) * 255
    alpha = (0.5 - away / softness).clamp(0, 1)[..., None]
    picture = torch.lerp(video[clip].float(), rgb, alpha.expand_as(rgb))
    video[clip] = picture.add_(0.5).clamp_(0, 255).to(torch.uint8)
    inside = (away < 0).expand(frames, height, width)
    ids[clip] = torch.where(inside, torch.full_like(ids[clip], label), ids[clip])
    if origins is not None:
        pixels = was * height + torch.tensor(place, device=device)
        origins[clip] = torch.where(inside[..., None], pixels, origins[clip])
