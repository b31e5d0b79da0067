# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""How well an object's pixels match every place of every frame of a clip.

All is measured in the tracker's working size, on lightly blurred frames
[F, C, H, W] in 0 .. 1.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_RIM = 0.2  # weight of an object's rim against its inside
_RING = 0.015  # error of a template whose whole surroundings are the object
_MARGIN = 3  # pixels around a template that hold its ring
_CHANGED = 0.08  # RMS difference from the still of a pixel that changed
_LIKE = 0.10  # RMS difference of a pixel from an object's nearest colour
_PALETTE = 24  # colours of an object
_BLUR = 1.0
_SEEN = 0.45  # share of a template that must be in view


def blurred(images: Tensor) -> Tensor:
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


def filled(still: Tensor, mask: Tensor) -> Tensor:
    """A still [C, H, W] with the surroundings' mean colours where mask has 1s."""
    near = functional.max_pool2d(mask[None, None].float(), 3, 1, 1)[0]
    known = 1 - near
    out = still * known
    for radius in (2, 4, 8, 16, 32, max(mask.shape)):
        sums = functional.avg_pool2d(
            torch.cat([out * known, known])[None], 2 * radius + 1, 1, radius
        )[0]
        found = (sums[-1:] > 1e-6) & (known == 0)
        out = torch.where(found, sums[:-1] / sums[-1:].clamp(min=1e-6), out)
        known = torch.where(found, 1.0, known)
    return torch.where(near > 0, out, still)


def scaled_mask(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """Mask bool [H, W] in a smaller size."""
    small = functional.interpolate(mask[None, None].float(), size, mode="area")[0, 0]
    return small >= min(0.5, float(small.max()) / 2)


def template(
    still: Tensor, mask: Tensor, box: tuple[int, int, int, int], step: float,
    scale: float,
) -> tuple[Tensor, Tensor] | None:  # fmt: skip
    """Cut out and scale an object: pixels [C, h, w] and weights [h, w].

    still [C, H, W] and mask [H, W] are of the clip's own size, one pixel of the
    working size being `step` of theirs; box is top, bottom, left and right of
    the object in the working size. It is blurred as large as it shows, as the
    frames are: what is fine in the still may not show in a small object.
    """
    sides = [round(end * step) for end in box]
    edge = round(_MARGIN * step)
    wide = [edge] * 4
    crop = torch.cat([
        functional.pad(still[None], wide, mode="replicate")[0],
        functional.pad(mask[None].to(still.dtype), wide),
    ])[:, sides[0] : sides[1] + 2 * edge, sides[2] : sides[3] + 2 * edge]  # fmt: skip
    size = [round((end - start + 2 * _MARGIN) * scale)
            for start, end in (box[:2], box[2:])]  # fmt: skip
    inner = [(end - start) * scale for start, end in (box[:2], box[2:])]
    if (
        min(inner) < 2.5
        or inner[0] > still.shape[1] / step * 1.5
        or inner[1] > still.shape[2] / step * 1.5
    ):
        return None
    if size[0] <= crop.shape[1] and size[1] <= crop.shape[2]:
        scaled = functional.interpolate(crop[None], size, mode="area")
    else:
        scaled = functional.interpolate(
            crop[None], size, mode="bilinear", align_corners=False
        )
    pixels = blurred(scaled[:, :-1])[0]
    # The rim is blurred with the background, which does not come along, but
    # it alone tells the size of a plain object.
    cover = scaled[0, -1]
    weight = (cover >= min(0.5, float(cover.max()) / 2)).to(still.dtype)
    inside = functional.avg_pool2d(weight[None, None], 3, 1, 1)[0, 0] > 0.99
    weight = torch.where(inside, weight, _RIM * weight)
    if weight.sum() < 6 * _RIM:
        return None
    margin = [_MARGIN] * 4
    return functional.pad(pixels, margin), functional.pad(weight, margin)


def _ring(weight: Tensor) -> Tensor:
    """The surroundings [h, w] of a template's weights, of sum 1."""
    inside = (weight > 0).to(weight.dtype)[None, None]
    near = functional.max_pool2d(inside, 3, 1, 1)
    ring = (functional.max_pool2d(near, 5, 1, 2) - near)[0, 0]
    return ring / ring.sum()


def object_like(frames: Tensor, mask: Tensor) -> Tensor:
    """Where frames [F, 3, H, W] may show more of an object: 0 or 1, [F, H, W].

    Pixels in its colours that are not the still's background: they have
    changed, or lie where the object was.
    """
    colours = frames[0][:, mask].T
    order = colours.sum(1).argsort()
    count = min(_PALETTE, len(colours))
    palette = colours[order[torch.linspace(0, len(order) - 1, count).long()]]
    pixels = frames.permute(0, 2, 3, 1).reshape(-1, 3)
    nearest = torch.cdist(pixels, palette).amin(1) / 3**0.5
    like = nearest.view(len(frames), *mask.shape) < _LIKE
    changed = (frames - frames[:1]).square().mean(1) > _CHANGED**2
    return (like & (changed | mask)).to(frames.dtype)


class Matcher:
    """Mean squared errors of templates at every place of the frames.

    `like` [F, H, W] is where the object may go on, `view` [F, H, W] is 0 where
    another object hides what is there, 1 elsewhere. `away` [F, H, W] are the
    squared errors of what the frames would show without the object. Places may
    lie up to half a template outside of the frame; only what is inside counts
    there. Correlations are products of Fourier transforms, whose size leaves
    room for templates up to `largest` [rows, columns].
    """

    def __init__(
        self, frames: Tensor, like: Tensor, view: Tensor, away: Tensor,
        largest: tuple[int, int],
    ) -> None:  # fmt: skip
        self.shape = frames.shape[2:]
        self.size = [n + (most + 1) // 2 for n, most in zip(self.shape, largest)]
        self.size = [n + n % 2 for n in self.size]
        self.channels = frames.shape[1]
        parts = [frames * view[:, None], (frames.square().sum(1) * view)[:, None],
                 view[:, None], like[:, None], (away * view)[:, None]]  # fmt: skip
        parts = torch.fft.rfft2(torch.cat(parts, 1), self.size)
        self.frames = parts[:, : self.channels]
        rest = parts[:, self.channels :].unbind(1)
        self.squares, self.view, self.like, self.away = rest

    def _back(self, product: Tensor, shape: tuple[int, int]) -> Tensor:
        """The part of a correlation that matches() asks for."""
        whole = torch.fft.irfft2(product, self.size)
        # Negative shifts are at the end; they come first here.
        whole = whole.roll((shape[0] // 2, shape[1] // 2), (-2, -1))
        rows = self.shape[0] + 2 * (shape[0] // 2) - shape[0] + 1
        columns = self.shape[1] + 2 * (shape[1] // 2) - shape[1] + 1
        return whole[..., :rows, :columns]

    def matches(self, pixels: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Errors [F, h', w'] of a template [C, h, w] with weights [h, w].

        The first is its own, the second that of the frame without the object
        at the same place.
        """
        shape = (weight.shape[0], weight.shape[1])
        kernels = [weight, pixels.square().sum(0) * weight, _ring(weight)]
        kernels = torch.cat([torch.stack(kernels), pixels * weight])
        kernels = torch.fft.rfft2(kernels, self.size).conj()
        mask, energy, around, own = kernels[0], kernels[1], kernels[2], kernels[3:]
        error = self.squares * mask - 2 * (self.frames * own).sum(1)
        error = (error + self.view * energy) / self.channels
        sums = torch.stack(
            [error, self.view * mask, self.like * around, self.away * mask]
        )
        error, mass, more, away = self._back(sums, shape)
        error = error / mass.clamp(min=1) + _RING * more
        error = error.masked_fill(mass < _SEEN * weight.sum(), 1.0).clamp(min=0)
        return error, (away / mass.clamp(min=1)).clamp(min=0)
