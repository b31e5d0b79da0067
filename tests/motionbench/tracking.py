# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Tracks the objects of a still through the frames of a clip.

The tracker knows the still and the objects' masks in it, nothing else: neither
the prompt nor a trajectory. Each object's pixels are a template that is looked
for in every frame over position and scale, by the masked mean squared error,
with a weak pull towards where it was in the frame before.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SCALES = tuple(1.12**power for power in range(-9, 8))
_PULL = 0.02  # error that a jump by a tenth of the frame costs
_BLUR = 1.0


@dataclass
class Track:
    """Path of one object: positions in frame heights, x right and y down."""

    offsets: Tensor  # [F, 2] relative to frame 0
    scales: Tensor  # [F] relative to frame 0
    errors: Tensor  # [F] root mean squared error of the best match, 0 .. 1


def _blurred(images: Tensor) -> Tensor:
    """Lightly blur [N, C, H, W] so that small misfits cost little."""
    taps = torch.exp(-(torch.arange(-2.0, 3.0) ** 2) / (2 * _BLUR**2))
    taps = taps / taps.sum()
    channels = images.shape[1]
    for kernel in (taps[None, :], taps[:, None]):
        weight = kernel[None, None].expand(channels, 1, *kernel.shape)
        padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
        padded = functional.pad(
            images, (padding[1], padding[1], padding[0], padding[0]), mode="replicate"
        )
        images = functional.conv2d(padded, weight, groups=channels)
    return images


def _template(
    still: Tensor, mask: Tensor, scale: float
) -> tuple[Tensor, Tensor] | None:
    """Cut out and scale an object: pixels [C, h, w] and weights [h, w]."""
    rows, columns = torch.nonzero(mask, as_tuple=True)
    top, bottom = int(rows.min()), int(rows.max()) + 1
    left, right = int(columns.min()), int(columns.max()) + 1
    size = (
        max(2, round((bottom - top) * scale)),
        max(2, round((right - left) * scale)),
    )
    if (
        min(size) < 3
        or size[0] > still.shape[1] * 1.5
        or size[1] > still.shape[2] * 1.5
    ):
        return None
    crop = torch.cat([still, mask[None].to(still.dtype)])[:, top:bottom, left:right]
    scaled = functional.interpolate(
        crop[None], size, mode="bilinear", align_corners=False, antialias=True
    )[0]
    weight = (scaled[-1] > 0.5).to(still.dtype)
    return (scaled[:-1], weight) if weight.sum() >= 6 else None


def _matches(frames: Tensor, pixels: Tensor, weight: Tensor) -> Tensor:
    """Mean squared error [F, h', w'] of a template at every position.

    Positions may lie up to half a template outside of the frame; only what is
    inside counts there.
    """
    height, width = weight.shape
    pad = (width // 2, width // 2, height // 2, height // 2)
    inside = functional.pad(torch.ones_like(frames[:1, :1]), pad)
    padded = functional.pad(frames, pad)
    mass = functional.conv2d(inside, weight[None, None])[0, 0]
    energy = functional.conv2d(inside, (pixels**2).sum(0)[None, None] * weight)[0, 0]
    squares = functional.conv2d((padded**2).sum(1, keepdim=True), weight[None, None])[
        :, 0
    ]
    product = functional.conv2d(padded, (pixels * weight)[None])[:, 0]
    error = (squares - 2 * product + energy) / (mass.clamp(min=1) * frames.shape[1])
    return error.masked_fill(mass < 0.45 * weight.sum(), 1.0).clamp(min=0)


def track(video: Tensor, mask: Tensor, working_height: int = 64) -> Track:
    """Track one object. video uint8 [F, H, W, 3]; mask bool [H, W] of frame 0."""
    frames = video.permute(0, 3, 1, 2).float() / 255
    height = working_height
    width = max(8, round(video.shape[2] * height / video.shape[1]))
    frames = _blurred(functional.interpolate(frames, (height, width), mode="area"))
    mask = functional.interpolate(
        mask[None, None].float(), (height, width), mode="area"
    )
    mask = mask[0, 0] >= min(0.5, float(mask.max()) / 2)
    rows, columns = torch.nonzero(mask, as_tuple=True)
    centre = torch.tensor(
        [
            (int(columns.min()) + int(columns.max()) + 1) / 2,
            (int(rows.min()) + int(rows.max()) + 1) / 2,
        ]
    )

    candidates: list[tuple[float, tuple[int, int], Tensor]] = []
    for scale in SCALES:
        template = _template(frames[0], mask, scale)
        if template is not None:
            pixels, weight = template
            candidates.append(
                (
                    scale,
                    (weight.shape[0], weight.shape[1]),
                    _matches(frames, pixels, weight),
                )
            )
    offsets = torch.zeros(len(frames), 2)
    scales = torch.ones(len(frames))
    errors = torch.zeros(len(frames))
    position, size = centre, 1.0
    for index in range(1, len(frames)):
        best = (float("inf"), 0.0, centre, 1.0)
        for scale, shape, error in candidates:
            # The centre of the template at [row, column] of the error map.
            x = torch.arange(error.shape[2]) - shape[1] // 2 + shape[1] / 2
            y = torch.arange(error.shape[1]) - shape[0] // 2 + shape[0] / 2
            jump = (x[None] - position[0]) ** 2 + (y[:, None] - position[1]) ** 2
            cost = error[index] + _PULL**2 * (10 / height) ** 2 * jump
            cost = cost * (1 + 0.1 * abs(torch.log(torch.tensor(scale / size))))
            value, flat = cost.flatten().min(0)
            if value < best[0]:
                row, column = divmod(int(flat), error.shape[2])
                best = (
                    float(value),
                    float(error[index, row, column]),
                    torch.stack([x[column], y[row]]),
                    scale,
                )
        position, size = best[2], best[3]
        offsets[index] = (position - centre) / height
        scales[index] = size
        errors[index] = best[1] ** 0.5
    return Track(offsets, scales, errors)
