# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Tracks the objects of a still through the frames of a clip.

The tracker knows the still and the objects' masks in it, nothing else: neither
the prompt nor a trajectory. Each object's pixels are a template that is looked
for in every frame over position and scale (matching.py). A match must show the
frame much better than what is there without the object. The path is that of
least cost through the matches of all frames, jumps and changes of size costing
something; then turns are looked for, if the object has looks that show one. All
objects are tracked alone first, then again by what the others' tracks explain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from matching import Matcher, blurred, filled, object_like, scaled_mask, template

_STEP = 1.12
SCALES = tuple(_STEP**power for power in range(-9, 8))
_REACH = 0.2  # of the frame height: how far an object may go in a frame
_GROWTH = 2  # and how many steps of SCALES its size
_FOUND = 0.11  # RMS error up to which an object counts as found
_PULL = 0.02  # error that a jump by a tenth of the frame costs
_SIZE_PULL = 0.035  # the same for a change by one step of SCALES
_EVIDENCE = 0.5  # share of the squared error without an object that is left with it
_EQUAL = 0.02  # RMS error of a match that needs no such evidence
_LOWS = 2  # places at every scale that are looked at closely
_SAME = 0.06  # RMS difference of a pixel from the object that shows there
_PASSES = 1  # how often objects are looked for again by where the others are
_HEIGHT, _MOST_HEIGHT = 64, 128  # working sizes
_LEAST_SIDE = 8  # root of an object's area in it
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
    away: Tensor  # [F, h', w'] the same of the frames without the object

    def refined(self, index: int, row: int, column: int) -> Tensor:
        """Position (x, y) between the pixels around a minimum."""
        error = self.error[index]
        place = torch.stack([self.x[column], self.y[row]])
        if 0 < column < len(self.x) - 1:
            place[0] += _vertex(*error[row, column - 1 : column + 2].tolist())
        if 0 < row < len(self.y) - 1:
            place[1] += _vertex(*error[row - 1 : row + 2, column].tolist())
        return place


@dataclass
class _Node:
    """An object found in a frame, or not: positions (x, y) in pixels."""

    place: Tensor
    refined: Tensor  # between the pixels
    scale: float
    error: float  # mean squared
    price: float  # of saying that it is there


def _least_path(nodes: list[list[_Node]], height: int) -> list[_Node | None]:
    """The nodes of least cost, one or none a frame, beginning with nodes[0][0]."""
    costs = [torch.zeros(1)]
    places = [torch.stack([node.place for node in here]) if here else torch.zeros(0, 2)
              for here in nodes]  # fmt: skip
    sizes = [torch.tensor([node.scale for node in here]).log() / math.log(_STEP)
             for here in nodes]  # fmt: skip
    came: list[list[tuple[int, int]]] = [[(0, 0)]]
    unseen = _FOUND**2
    for index in range(1, len(nodes)):
        best = torch.full((len(nodes[index]),), torch.inf)
        back = [(0, 0)] * len(nodes[index])
        for since in range(1, index + 1) if nodes[index] else ():
            before = index - since
            if not nodes[before]:
                continue
            jump = (places[index][:, None] - places[before][None]).square().sum(-1)
            steps = (sizes[index][:, None] - sizes[before][None]).abs()
            cost = costs[before] + (since - 1) * unseen
            cost = cost + (_PULL * 10 / height) ** 2 * jump + _SIZE_PULL**2 * steps
            far = (jump > (_REACH * height * since) ** 2) | (
                steps > _GROWTH * since + 0.5
            )
            least, by = cost.masked_fill(far, torch.inf).min(1)
            for at in torch.nonzero(least < best)[:, 0].tolist():
                best[at], back[at] = least[at], (before, int(by[at]))
        costs.append(best + torch.tensor([node.price for node in nodes[index]]))
        came.append(back)
    ends = [
        (
            float(cost.min()) + (len(nodes) - 1 - index) * unseen,
            index,
            int(cost.argmin()),
        )
        for index, cost in enumerate(costs)
        if len(cost)
    ]
    chosen: list[_Node | None] = [None] * len(nodes)
    _, index, at = min(ends)
    while index > 0:
        chosen[index] = nodes[index][at]
        index, at = came[index][at]
    return chosen


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
        self, frame: Tensor, near: Tensor, scale: float, angle: float, reach: int
    ) -> tuple[Tensor, float, float]:
        """Place (x, y), angle and error of the best turn around place `near`.

        As far as `reach` pixels away, then between the places looked at.
        """
        best = (near, angle, math.inf)
        for far, apart in ((reach, max(1, reach // 4)), (1, 1)):
            if far == 1 and reach == _TURN_REACH:
                break  # every pixel was looked at
            steps = torch.arange(-far, far + 1.0, apart)
            shift = torch.meshgrid(steps, steps, indexing="xy")
            places = best[0] + torch.stack(shift, -1).view(-1, 2)
            errors = self._errors(self._sampled(frame, places, scale))
            step = (self.spokes - angle + math.pi) % (2 * math.pi) - math.pi
            cost = errors + (_TURN_PULL * step) ** 2
            jump = (places - near).square().sum(1)[:, None]
            cost = cost + (_PULL * 10 / frame.shape[1]) ** 2 * jump
            place, turn = divmod(int(cost.argmin()), _SPOKES)
            best = (
                places[place],
                angle + float(step[turn]),
                float(errors[place, turn]),
            )
        return best


def carried(picture: Tensor, path: Track, mode: str = "bilinear") -> Tensor:
    """A picture [C, H, W] moved along a track: [F, C, H, W], zero outside."""
    channels, height, width = picture.shape
    count = len(path.scales)
    y, x = torch.meshgrid(
        torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij"
    )
    place = torch.stack([x, y], -1) / height  # in frame heights
    away = place - path.centre - path.offsets[:, None, None]
    cos = path.angles.cos()[:, None, None]
    sin = path.angles.sin()[:, None, None]
    # The inverse of the object's turn.
    away = torch.stack(
        [cos * away[..., 0] + sin * away[..., 1],
         cos * away[..., 1] - sin * away[..., 0]], -1
    )  # fmt: skip
    source = path.centre + away / path.scales[:, None, None, None]
    source = source * torch.tensor([2 * height / width, 2.0]) - 1
    return functional.grid_sample(
        picture.expand(count, channels, height, width),
        source,
        mode=mode,
        align_corners=False,
    )


class _Sought:
    """One object that is looked for, in a working size that shows it well."""

    def __init__(self, video: Tensor, mask: Tensor) -> None:
        share = math.sqrt(float(mask.sum())) / mask.shape[0]
        height = round(_LEAST_SIDE / max(share, 1e-3) / 16) * 16
        self.height = height = min(max(height, _HEIGHT), _MOST_HEIGHT)
        size = (height, max(8, round(video.shape[2] * height / video.shape[1])))
        frames = video.permute(0, 3, 1, 2).float() / 255
        self.frames = blurred(functional.interpolate(frames, size, mode="area"))
        self.mask = scaled_mask(mask, size)
        rows, columns = torch.nonzero(self.mask, as_tuple=True)
        self.centre = torch.tensor(
            [
                (int(columns.min()) + int(columns.max()) + 1) / 2,
                (int(rows.min()) + int(rows.max()) + 1) / 2,
            ]
        )
        box = (int(rows.min()), int(rows.max()) + 1,
               int(columns.min()), int(columns.max()) + 1)  # fmt: skip
        found = [
            (scale, template(frames[0], mask, box, video.shape[1] / height, scale))
            for scale in SCALES
        ]
        self.templates = [(scale, pair) for scale, pair in found if pair is not None]
        self.like = object_like(self.frames, self.mask)
        self.turner = _Turner(self.frames[0], self.mask, self.centre)

    def _surroundings(
        self, others: list[tuple[Tensor, Track | None]], own: Track | None
    ) -> tuple[Tensor, Tensor]:
        """How badly the frames show what would be there without the object, and
        where others do not hide it: squared errors and 0 or 1, [F, H, W].

        others are first masks bool [H, W] and tracks; own is the object's.
        Without it there may be the others as tracked or as in the still, or the
        background, of which the surroundings tell the colour.
        """
        still, size = self.frames[0], (self.mask.shape[0], self.mask.shape[1])
        masks = [scaled_mask(mask, size) for mask, _ in others]
        empty = torch.stack([self.mask, *masks]).any(0)
        away = torch.full_like(self.like, torch.inf)
        for picture in (filled(still, self.mask), filled(still, empty)):
            away = away.minimum((self.frames - picture).square().mean(1))
        view = torch.ones_like(self.like)
        for mask, (_, path) in zip(masks, others):
            if path is None or own is None:
                continue
            shown = carried(torch.cat([still, mask[None]]), path)
            there = (shown[:, -1] > 0.5) & (path.errors < _FOUND)[:, None, None]
            error = (self.frames - shown[:, :-1]).square().mean(1)
            away = torch.where(there, away.minimum(error), away)
            hides = (there & (error < _SAME**2)).float()[:, None]
            # Its edge is blurred with what lies behind.
            hides = functional.max_pool2d(hides, 5, 1, 2)[:, 0] > 0
            mine = carried(self.mask[None].float(), own)[:, 0] > 0.5
            hides &= ~(mine & (own.errors < path.errors)[:, None, None])
            view = view.masked_fill(hides, 0.0)
        return away, view

    def follow(
        self, others: list[tuple[Tensor, Track | None]], own: Track | None = None
    ) -> Track:
        """The object's path; what the others' tracks explain it is not.

        others are first masks bool [H, W] and tracks; own is its path so far.
        """
        frames, height, centre = self.frames, self.height, self.centre
        away, view = self._surroundings(others, own)
        largest = tuple(
            max(pair[1].shape[axis] for _, pair in self.templates) for axis in (0, 1)
        )
        matcher = Matcher(frames, self.like, view, away, (largest[0], largest[1]))
        candidates: list[_Candidate] = []
        for scale, (pixels, weight) in self.templates:
            match, away = matcher.matches(pixels, weight)
            # The centre of the template at [row, column] of the error map.
            x = torch.arange(match.shape[2]) - weight.shape[1] // 2
            y = torch.arange(match.shape[1]) - weight.shape[0] // 2
            x, y = x + weight.shape[1] / 2, y + weight.shape[0] / 2
            candidates.append(_Candidate(scale, x, y, match, away))
        chosen = self._path(candidates)
        return self._turned(chosen)

    def _path(self, candidates: list[_Candidate]) -> list[_Node | None]:
        """Where the object is in each frame, None where it is not found.

        The path of least cost through the best places at every scale: match
        errors, jumps and changes of size, and a price for frames in which it is
        not found.
        """
        nodes: list[list[_Node]] = [[_Node(self.centre, self.centre, 1.0, 0.0, 0.0)]]
        position, size, since = self.centre, 1.0, 0
        for index in range(1, len(self.frames)):
            since += 1
            here: list[_Node] = []
            best, least = None, math.inf
            for candidate in candidates:
                match = candidate.error[index]
                away = candidate.away[index]
                # What the frame shows without the object as well is not it.
                weak = (match > _EVIDENCE * away) & (match > _EQUAL**2)
                cost = match + weak
                x, y = candidate.x - position[0], candidate.y - position[1]
                jump = x[None] ** 2 + y[:, None] ** 2
                pulled = cost + (_PULL * 10 / self.height) ** 2 * jump
                pulled = pulled + (jump > (_REACH * self.height * since) ** 2)
                wide = functional.pad(-cost[None, None], [2] * 4, value=-9.0)
                peak = functional.max_pool2d(wide, 5, 1)[0, 0] == -cost
                lows = cost.masked_fill(~peak, 9.0).flatten().topk(_LOWS, largest=False)
                steps = abs(math.log(candidate.scale / size)) / math.log(_STEP)
                for flat in {int(pulled.argmin()), *lows.indices.tolist()}:
                    row, column = divmod(flat, cost.shape[1])
                    price = float(cost[row, column])
                    if price >= _FOUND**2:
                        continue
                    node = _Node(
                        torch.stack([candidate.x[column], candidate.y[row]]),
                        candidate.refined(index, row, column), candidate.scale,
                        float(match[row, column]), price,
                    )  # fmt: skip
                    here.append(node)
                    guess = float(pulled[row, column]) + _SIZE_PULL**2 * steps
                    if guess < least and steps <= _GROWTH * since + 0.5:
                        best, least = node, guess
            if best is not None:
                position, size, since = best.place, best.scale, 0
            nodes.append(here)
        return _least_path(nodes, self.height)

    def _turned(self, chosen: list[_Node | None]) -> Track:
        """The track by the places found, and by turns where these tell more."""
        frames, height, turner = self.frames, self.height, self.turner
        offsets = torch.zeros(len(frames), 2)
        scales = torch.ones(len(frames))
        errors = torch.zeros(len(frames))
        angles = torch.zeros(len(frames))
        position, size, since = self.centre, 1.0, 0
        for index in range(1, len(frames)):
            node, since = chosen[index], since + 1
            if node is not None:  # the path knew nothing of frames found by a turn
                steps = abs(math.log(node.scale / size)) / math.log(_STEP)
                far = float((node.place - position).norm()) > _REACH * height * since
                node = None if far or steps > _GROWTH * since + 0.5 else node
            error = _FOUND**2 if node is None else node.error
            turned = None
            if turner.seen and error > _TURN_SEEN**2 / 4:
                reach = _TURN_REACH if node else round(_REACH * height)
                turned = turner.look(
                    frames[index], position, size, float(angles[index - 1]), reach
                )
            if turned and turned[2] < _TURN_GAIN * error:
                position, angles[index], error = turned
                place, since = position, 0
            elif node is not None:
                position, size, place = node.place, node.scale, node.refined
                since = 0
            else:  # behind another object, or outside of the frame: it stays put
                place = position
            offsets[index] = (place - self.centre) / height
            errors[index] = error**0.5
            scales[index] = size
        return Track(offsets, scales, errors, self.centre / height, angles, turner.seen)


def track(video: Tensor, masks: Tensor) -> list[Track]:
    """Track objects. video uint8 [F, H, W, 3]; masks bool [L, H, W] of frame 0.

    First each alone, then by what the others' tracks explain.
    """
    sought = [_Sought(video, mask) for mask in masks]
    paths: list[Track | None] = [None] * len(sought)
    for _ in range(1 + (_PASSES if len(sought) > 1 else 0)):
        pairs = list(zip(masks, paths))
        paths = [
            each.follow(pairs[:index] + pairs[index + 1 :], paths[index])
            for index, each in enumerate(sought)
        ]
    return [path for path in paths if path is not None]
