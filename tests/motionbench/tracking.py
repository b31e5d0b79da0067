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
with a weak pull towards where it was in the frame before; then its turn is
looked for, if it has looks that show one. A ring around the template must not
look like the object going on: nothing else tells how large a plain one is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_STEP = 1.12
SCALES = tuple(_STEP**power for power in range(-9, 8))
_REACH = 0.2  # of the frame height: how far an object may go in a frame
_GROWTH = 2  # and how many steps of SCALES its size
_FOUND = 0.11  # RMS error up to which an object counts as found
_PULL = 0.02  # error that a jump by a tenth of the frame costs
_SIZE_PULL = 0.035  # the same for a change by one step of SCALES
_RIM = 0.2  # weight of an object's rim against its inside
_RING = 0.015  # error of a template whose whole surroundings are the object
_MARGIN = 3  # pixels around a template that hold its ring
_CHANGED = 0.08  # RMS difference from the still of a pixel that changed
_LIKE = 0.10  # RMS difference of a pixel from an object's nearest colour
_PALETTE = 24  # colours of an object
_BLUR = 1.0
_RINGS, _SPOKES = 8, 72
_TURN_SEEN = 0.06  # least RMS difference of an object from itself turned
_TURN_PULL = 0.04  # error that a turn by one radian costs
_TURN_REACH = 4  # pixels that a turning object may move in a frame
_TURN_GAIN = 0.5  # a turned match must have so small a share of the error


@dataclass
class Track:
    """Path of one object: positions in frame heights, x right and y down."""

    offsets: Tensor  # [F, 2] relative to frame 0
    scales: Tensor  # [F] relative to frame 0
    errors: Tensor  # [F] root mean squared error of the best match, 0 .. 1
    centre: Tensor  # [2] middle of the object's box in frame 0, frame heights
    angles: Tensor  # [F] turn relative to frame 0, radians, clockwise
    turns_seen: bool = False  # whether the object looks different when turned

    def every(self, step: int) -> Track:
        """The path in every so many frames, beginning with frame 0."""
        return Track(
            self.offsets[::step], self.scales[::step], self.errors[::step],
            self.centre, self.angles[::step], self.turns_seen,
        )  # fmt: skip


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
    # The rim is blurred with the background, which does not come along, but
    # it alone tells the size of a plain object.
    weight = (scaled[-1] > 0.5).to(still.dtype)
    inner = functional.avg_pool2d(weight[None, None], 3, 1, 1)[0, 0] > 0.99
    weight = torch.where(inner, weight, _RIM * weight)
    if weight.sum() < 6 * _RIM:
        return None
    margin = [_MARGIN] * 4
    return functional.pad(scaled[:-1], margin), functional.pad(weight, margin)


def _ring(weight: Tensor) -> Tensor:
    """The surroundings [h, w] of a template's weights, of sum 1."""
    inside = (weight > 0).to(weight.dtype)[None, None]
    near = functional.max_pool2d(inside, 3, 1, 1)
    ring = (functional.max_pool2d(near, 5, 1, 2) - near)[0, 0]
    return ring / ring.sum()


def _object_like(frames: Tensor, mask: Tensor) -> Tensor:
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


class _Matcher:
    """Mean squared errors of templates at every place of the frames.

    `like` [F, H, W] is where the object may be. Places may lie up to half a template outside of the frame; only what is
    inside counts there. Correlations are products of Fourier transforms, whose
    size leaves room for templates up to `largest` [rows, columns].
    """

    def __init__(self, frames: Tensor, like: Tensor, largest: tuple[int, int]) -> None:
        self.shape = frames.shape[2:]
        self.size = [n + 2 * extra for n, extra in zip(self.shape, largest)]
        self.channels = frames.shape[1]
        self.frames = torch.fft.rfft2(frames, self.size)
        self.squares = torch.fft.rfft2(frames.square().sum(1), self.size)
        self.like = torch.fft.rfft2(like, self.size)
        self.inside = torch.fft.rfft2(torch.ones(self.shape), self.size)

    def _back(self, product: Tensor, shape: tuple[int, int]) -> Tensor:
        """The part of a correlation that _matches asks for."""
        whole = torch.fft.irfft2(product, self.size)
        # Negative shifts are at the end; they come first here.
        whole = whole.roll((shape[0] // 2, shape[1] // 2), (-2, -1))
        rows = self.shape[0] + 2 * (shape[0] // 2) - shape[0] + 1
        columns = self.shape[1] + 2 * (shape[1] // 2) - shape[1] + 1
        return whole[..., :rows, :columns]

    def matches(self, pixels: Tensor, weight: Tensor) -> Tensor:
        """Error [F, h', w'] of a template [C, h, w] with weights [h, w]."""
        shape = (weight.shape[0], weight.shape[1])
        mask = torch.fft.rfft2(weight, self.size).conj()
        energy = torch.fft.rfft2(pixels.square().sum(0) * weight, self.size).conj()
        template = torch.fft.rfft2(pixels * weight, self.size).conj()
        mass = self._back(self.inside * mask, shape)
        product = (self.frames * template).sum(1)
        error = self._back(self.squares * mask - 2 * product, shape)
        error = error + self._back(self.inside * energy, shape)
        error = error / (mass.clamp(min=1) * self.channels)
        around = torch.fft.rfft2(_ring(weight), self.size).conj()
        error = error + _RING * self._back(self.like * around, shape)
        return error.masked_fill(mass < 0.45 * weight.sum(), 1.0).clamp(min=0)


def _vertex(before: float, at: float, after: float) -> float:
    """Where a parabola through three values is least, in -0.5 .. 0.5."""
    bend = before - 2 * at + after
    if not 1e-9 < bend < 1:
        return 0.0
    return max(-0.5, min(0.5, (before - after) / (2 * bend)))


@dataclass
class _Candidate:
    """A template at one scale: where its centre is at each place, its errors."""

    scale: float
    x: Tensor  # [w'] in pixels
    y: Tensor  # [h']
    error: Tensor  # [F, h', w']

    def refined(self, index: int, row: int, column: int) -> Tensor:
        """Position (x, y) between the pixels around a minimum."""
        error = self.error[index]
        place = torch.stack([self.x[column], self.y[row]])
        if 0 < column < len(self.x) - 1:
            place[0] += _vertex(*error[row, column - 1 : column + 2].tolist())
        if 0 < row < len(self.y) - 1:
            place[1] += _vertex(*error[row - 1 : row + 2, column].tolist())
        return place


class _Turner:
    """Looks for an object turned: on rings around its centre a turn is a shift.

    frame [3, H, W] is frame 0, centre in pixels. `seen` tells whether the
    object looks different when turned.
    """

    def __init__(self, frame: Tensor, mask: Tensor, centre: Tensor) -> None:
        rows, columns = torch.nonzero(mask, as_tuple=True)
        corner = torch.stack([columns, rows], 1) + 0.5 - centre
        rings = (torch.arange(_RINGS) + 0.5) / _RINGS * float(corner.norm(dim=1).max())
        self.spokes = torch.arange(_SPOKES) * (2 * math.pi / _SPOKES)
        way = torch.stack([self.spokes.cos(), self.spokes.sin()], -1)
        self.around = rings[:, None, None] * way
        self.rest = self._sampled(frame, centre[None], 1.0)
        weight = self._sampled(mask[None].to(frame.dtype), centre[None], 1.0)
        weight = weight * rings[:, None]
        self.weight = weight / weight.sum()
        # Turned by at least 40 degrees it must not look like itself.
        far = self.spokes.minimum(2 * math.pi - self.spokes) >= math.radians(40)
        least = float(self._errors(self.rest)[0, far].min())
        self.seen = least >= _TURN_SEEN**2

    def _sampled(self, frame: Tensor, places: Tensor, scale: float) -> Tensor:
        """The rings around places [N, 2]: [N, C, rings, spokes]."""
        points = places[:, None, None] + scale * self.around
        size = torch.tensor([frame.shape[2], frame.shape[1]])
        return functional.grid_sample(
            frame.expand(len(places), *frame.shape), 2 * points / size - 1,
            padding_mode="border", align_corners=False,
        )  # fmt: skip

    def _errors(self, rings: Tensor) -> Tensor:
        """Weighted mean squared error [N, spokes] of every turn."""
        weight = torch.fft.rfft(self.weight).conj()
        template = torch.fft.rfft(self.rest * self.weight).conj()
        there, squares = torch.fft.rfft(rings), torch.fft.rfft(rings.square())
        whole = torch.fft.irfft(squares * weight - 2 * there * template, _SPOKES)
        whole = whole.sum((1, 2)) + (self.rest.square() * self.weight).sum()
        return (whole / rings.shape[1]).clamp(min=0)

    def look(
        self, frame: Tensor, near: Tensor, scale: float, angle: float
    ) -> tuple[Tensor, float, float]:
        """Place (x, y), angle and error of the best turn around place `near`."""
        reach = torch.arange(-_TURN_REACH, _TURN_REACH + 1.0)
        shift = torch.stack(torch.meshgrid(reach, reach, indexing="xy"), -1).view(-1, 2)
        errors = self._errors(self._sampled(frame, near + shift, scale))
        step = (self.spokes - angle + math.pi) % (2 * math.pi) - math.pi
        cost = errors + (_TURN_PULL * step) ** 2
        cost = (
            cost + (_PULL * 10 / frame.shape[1]) ** 2 * shift.square().sum(1)[:, None]
        )
        place, turn = divmod(int(cost.argmin()), _SPOKES)
        return (
            near + shift[place],
            angle + float(step[turn]),
            float(errors[place, turn]),
        )


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

    found = [(scale, _template(frames[0], mask, scale)) for scale in SCALES]
    templates = [(scale, pair) for scale, pair in found if pair is not None]
    largest = tuple(
        max(pair[1].shape[axis] for _, pair in templates) for axis in (0, 1)
    )
    like = _object_like(frames, mask)
    matcher = _Matcher(frames, like, (largest[0], largest[1]))
    candidates: list[_Candidate] = []
    for scale, (pixels, weight) in templates:
        error = matcher.matches(pixels, weight)
        # The centre of the template at [row, column] of the error map.
        x = torch.arange(error.shape[2]) - weight.shape[1] // 2 + weight.shape[1] / 2
        y = torch.arange(error.shape[1]) - weight.shape[0] // 2 + weight.shape[0] / 2
        candidates.append(_Candidate(scale, x, y, error))

    offsets = torch.zeros(len(frames), 2)
    scales = torch.ones(len(frames))
    errors = torch.zeros(len(frames))
    angles = torch.zeros(len(frames))
    turner = _Turner(frames[0], mask, centre)
    position, size, since = centre, 1.0, 0
    for index in range(1, len(frames)):
        costs, places = [], []
        since += 1  # frames since it was found: it may be anywhere behind another
        for candidate in candidates:
            x, y = candidate.x - position[0], candidate.y - position[1]
            jump = x[None] ** 2 + y[:, None] ** 2
            cost = candidate.error[index] + _PULL**2 * (10 / height) ** 2 * jump
            steps = abs(math.log(candidate.scale / size)) / math.log(_STEP)
            cost = cost * (1 + 0.01 * steps) + _SIZE_PULL**2 * steps
            if steps > _GROWTH * since + 0.5:
                cost = cost + 1
            cost = cost + (jump > (_REACH * height * since) ** 2)
            value, flat = cost.flatten().min(0)
            costs.append(float(value))
            places.append(divmod(int(flat), cost.shape[1]))
        best = min(range(len(costs)), key=costs.__getitem__)
        chosen, (row, column) = candidates[best], places[best]
        place = chosen.refined(index, row, column)
        error = float(chosen.error[index, row, column])
        turned = None
        if turner.seen and error > _TURN_SEEN**2 / 4:
            turned = turner.look(
                frames[index], position, size, float(angles[index - 1])
            )
        if turned and turned[2] < _TURN_GAIN * error:
            place, angles[index], error = turned
            position = place
        elif error < _FOUND**2:
            position, size = (
                torch.stack([chosen.x[column], chosen.y[row]]),
                chosen.scale,
            )
        else:  # behind another object, or outside of the frame: it stays put
            place = position
        since = 0 if error < _FOUND**2 else since
        offsets[index] = (place - centre) / height
        errors[index] = error**0.5
        scales[index] = size
    return Track(offsets, scales, errors, centre / height, angles, turner.seen)
