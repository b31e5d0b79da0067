# SPDX-License-Identifier: CC0-1.0
"""Object ids over time: grids for attention, similarity fit, carried images.

These functions are the reference for the C code. Ids are integers, 0 is the
background, objects count from 1. Pixel centres lie at x + 0.5.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from common import COLOURS
from masked_attention import Regions

T = TypeVar("T")


def _counts(ids: Tensor, objects: int, h: int, w: int) -> Tensor:
    """Pixels of each id in each cell, [B, F, L + 1, h, w] int64."""
    b, f, hp, wp = ids.shape
    ch, cw = hp // h, wp // w
    cells = ids.to(torch.uint8).view(b, f, h, ch, w, cw)
    one = [(cells == l).sum(5).sum(3) for l in range(objects + 1)]
    return torch.stack(one, 2)


def grid_ids(ids: Tensor, objects: int, h: int, w: int) -> Tensor:
    """Object id of each cell of an h x w grid, [B, F, h, w].

    A cell takes the id with most pixels in it, of equals the higher. Then, in
    increasing order, each object with pixels in the frame but without a cell
    takes the cell where it has most (of equals the first in raster order), so
    that no visible object is lost to attention.
    """
    counts = _counts(ids, objects, h, w)
    rank = torch.arange(objects + 1, device=ids.device)[None, None, :, None, None]
    grid = (counts * (objects + 1) + rank).argmax(2)
    b, f = grid.shape[:2]
    grid = grid.view(b, f, h * w)
    order = torch.arange(h * w - 1, -1, -1, device=ids.device)
    for l in range(1, objects + 1):
        mine = counts[:, :, l].reshape(b, f, h * w)
        place = (mine * (h * w) + order).argmax(-1, keepdim=True)
        needs = (mine.sum(-1) > 0) & ~(grid == l).any(-1)
        kept = grid.gather(-1, place)
        new = torch.where(needs[..., None], torch.full_like(kept, l), kept)
        grid = grid.scatter(-1, place, new)
    return grid.view(b, f, h, w)


def cross_bits(ids: Tensor, objects: int, h: int, w: int, boxes: bool) -> Tensor:
    """[B, F, h, w, L] bool: may the cell see local prompt l.

    With boxes, the cell meets the object's bounding box in that frame;
    without, at least one pixel of the object lies in the cell.
    """
    b, f, hp, wp = ids.shape
    if objects == 0:
        return torch.zeros(b, f, h, w, 0, dtype=torch.bool, device=ids.device)
    labels = torch.arange(1, objects + 1, device=ids.device)
    here = ids[..., None] == labels  # [B, F, Hp, Wp, L]
    if not boxes:
        cells = here.view(b, f, h, hp // h, w, wp // w, objects)
        return cells.any(5).any(3)
    rows, columns = here.any(3), here.any(2)  # [B, F, Hp or Wp, L]

    def meets(line: Tensor, cells: int) -> Tensor:
        count = line.shape[2]
        at = torch.arange(count, device=ids.device)[None, None, :, None]
        first = torch.where(line, at, count).amin(2, keepdim=True)
        last = torch.where(line, at, -1).amax(2, keepdim=True)  # inclusive
        low = torch.arange(cells, device=ids.device)[None, None, :, None]
        low = low * (count // cells)
        return (first < low + count // cells) & (last >= low)

    return meets(rows, h)[:, :, :, None] & meets(columns, w)[:, :, None]


def regions_of(
    ids: Tensor, objects: int, size: tuple[int, int], meta: dict, levels: int
) -> dict[int, Regions]:
    """Regions for every level of a network whose latents are h x w = size.

    ids [B, F, Hp, Wp]; meta is the stage's "ttm" settings. Its "regions" are
    "trajectory" or "first_frame"; in comparisons also "cross_only",
    "self_only" or "none", where the trajectory masks only one kind of
    attention or neither, and the other sees everything.
    """
    frames = ids.shape[1]
    if meta["regions"] == "first_frame":
        ids = ids[:, :1]
    out = {}
    for level in range(levels):
        h, w = (-(-s // 2**level) for s in size)
        grid = grid_ids(ids, objects, h, w)
        bits = cross_bits(ids, objects, h, w, meta["cross_regions"] == "boxes")
        if meta["regions"] in ("cross_only", "none"):
            grid = torch.zeros_like(grid)
        if meta["regions"] in ("self_only", "none"):
            # All prompts that are there, from everywhere.
            bits = bits | bits.any(3, True).any(2, True).any(1, True)
        if meta["regions"] == "first_frame":
            grid = grid.expand(-1, frames, -1, -1)
            bits = bits.expand(-1, frames, -1, -1, -1)
        out[level] = Regions(grid, bits)
    return out


def decode_ids(image: Tensor, colours: Tensor) -> Tensor:
    """Nearest of {black, the objects' colours} for each pixel.

    image [B, F, 3, H, W] in [-1, 1], colours [B, L + 1] palette entries.
    """
    table = COLOURS.to(image.device)[colours]  # [B, L + 1, 3]
    far = (image[:, :, None] - table[:, None, :, :, None, None]).square().sum(3)
    return far.argmin(2)


def _full_precision(function: Callable[..., T]) -> Callable[..., T]:
    """Sums of pixel positions leave the range and precision of 16-bit floats."""

    @functools.wraps(function)
    def wrapped(first: Tensor, *arguments: object, **options: object) -> T:
        with torch.autocast(first.device.type, enabled=False):
            return function(first, *arguments, **options)

    return wrapped


@dataclass
class Fit:
    """Where each object went: centres [B, L, F, 2] (x, y), scales [B, L, F] and
    turns [B, L, F], in radians, clockwise; frame 0 is the identity."""

    centres: Tensor
    scales: Tensor
    turns: Tensor


def _extent(profile: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """First and past-the-last line [...] of an object, and which ends of the
    frame it reaches [..., 2]; profile [..., N] holds its pixels by line.

    Lines with less than 0.15 of the longest one's pixels do not count.
    """
    count = profile.shape[-1]
    most = profile.amax(-1, keepdim=True)
    solid = (profile >= 0.15 * most) & (profile > 0)
    at = torch.arange(count, device=profile.device)
    low = torch.where(solid, at, count).amin(-1)
    high = torch.where(solid, at, -1).amax(-1) + 1
    return low.float(), high.float(), torch.stack([low == 0, high == count], -1)


def _contact(ids: Tensor, here: Tensor) -> Tensor:
    """Share of each object's edges that are the frame's border or another
    object's [B, L, F]; here [B, L, F, H, W] is ids [B, F, H, W] by object."""
    other = (ids > 0)[:, None] & ~here
    edges = hidden = torch.zeros(here.shape[:3], device=here.device)
    for axis in (3, 4):
        last = here.shape[axis] - 1
        for side in (0, 1):
            mine = here.narrow(axis, side, last)
            edges = edges + (mine & ~here.narrow(axis, 1 - side, last)).sum((3, 4))
            hidden = hidden + (mine & other.narrow(axis, 1 - side, last)).sum((3, 4))
            border = here.select(axis, side * last).sum(3)
            edges, hidden = edges + border, hidden + border
    return hidden.double() / edges.clamp_min(1)


def _smooth(values: Tensor, weight: Tensor, bend: float, pull: float) -> Tensor:
    """Whittaker's smoother with a fixed start: the x [..., F] with
    x_0 = values_0 and the least weight_t (x_t - values_t)^2 + pull (x_t - x_0)^2
    + bend (x_t-1 - 2 x_t + x_t+1)^2, summed; in double precision.
    """
    f = values.shape[-1]
    start = values[..., :1]
    bends = torch.zeros(max(f - 2, 0), f, dtype=values.dtype, device=values.device)
    for i in range(f - 2):
        bends[i, i : i + 3] = torch.tensor([1.0, -2.0, 1.0])
    # Relative to the start, whose own row and column then drop out.
    matrix = bend * (bends.mT @ bends) + torch.diag_embed(weight + pull)
    right = (weight * (values - start))[..., 1:, None]
    x = torch.linalg.solve(matrix[..., 1:, 1:], right)[..., 0]
    return torch.cat([start, start + x], -1)


def _steady_part(here: Tensor, mass: Tensor, centre: tuple[Tensor, Tensor]) -> Tensor:
    """Log of the growth that an object has in every direction [B, L, F].

    By its second moments: the root of the eigenvalues of S_0^-1 S_t are its
    growth along two axes. 0 where one is larger and the other smaller than 1:
    a mask that is drawn out along its way is no larger object.
    """
    h, w = here.shape[3:]
    columns, rows = (torch.arange(n, device=here.device) + 0.5 for n in (w, h))
    by_column, by_row = here.sum(3).double(), here.sum(4).double()
    x, y = centre
    # A pixel's own moment keeps single lines regular.
    xx = (by_column @ columns.double().square()) / mass - x * x + 1 / 12
    yy = (by_row @ rows.double().square()) / mass - y * y + 1 / 12
    xy = ((here * columns).sum(4).double() @ rows.double()) / mass - x * y
    a, b, c = xx[:, :, :1], xy[:, :, :1], yy[:, :, :1]
    first = a * c - b * b
    half = (c * xx - 2 * b * xy + a * yy) / (2 * first)
    root = (half * half - (xx * yy - xy * xy) / first).clamp_min(0).sqrt()
    least = 0.5 * (half - root).clamp_min(1e-6).log()
    most = 0.5 * (half + root).clamp_min(1e-6).log()
    return least.clamp_min(0) + most.clamp_max(0)


def _sizes(grown: Tensor, steady: Tensor, contact: Tensor, seen: Tensor,
           reach: Tensor, radius: Tensor) -> Tensor:  # fmt: skip
    """Scales [B, L, F] from logs of the growth by area and in every direction.

    Both are smoothed over the clip, outliers counting less (Huber). Frames
    count as far as no more or less of the object is hidden than in frame 0;
    what grows although something hides it does grow. The scale is 1 unless
    both say over the second half that the object changed by more than a pixel,
    and the more the further it went: a mask that a network predicts for what
    moves is blurred along and across its way.
    """
    f = grown.shape[-1]
    limit = torch.where(steady > 0, 0.6, 0.2)
    weight = (1 - (contact - contact[:, :, :1]).abs() / limit).clamp(0, 1) * seen
    weight[:, :, 0] = 1
    bend = 30 * ((f - 1) / 15) ** 4  # the same curve at any number of frames
    smooth = []
    for values in (grown, steady):
        x = _smooth(values, weight, bend, 0.02)
        for _ in range(4):
            huber = (0.05 / (values - x).abs().clamp_min(1e-9)).clamp_max(1)
            x = _smooth(values, weight * huber, bend, 0.02)
        smooth.append(x)
    area, every = (x[:, :, f // 2 :].mean(2) for x in smooth)
    agree = (area * every > 0) & (weight[:, :, 1:].sum(2) >= f / 8)
    went = (reach * (weight > 0.3)).amax(2)
    least = 0.04 + 1 / radius + 1.2 * went
    changes = agree & (torch.minimum((2 * area).abs(), every.abs()) > least)
    scale = smooth[0].exp().clamp(0.25, 4)
    return torch.where(changes[..., None], scale, torch.ones_like(scale))


@_full_precision
def fit_similarity(first: Tensor, ids: Tensor, objects: int) -> Fit:
    """Fits translation and scale of each object's first mask to a clip.

    first [B, H, W] is the true first frame, ids [B, F, H, W] the prediction.
    Scales are a robust estimate over all frames and 1 where the evidence for
    a change is weak: see _sizes. Frame 0 is the identity. Turns are 0: masks
    do not tell them.

    Places go by centroids, but those do not tell where an object is that the
    border of the frame cuts. Where it reaches one that it does not in frame
    0, and its area differs from before by over 5 %, or if it reaches one in
    frame 0, its place goes by the side inside, and by its size there: at
    least that of the last frame before, or by the axis on which no border cuts
    it. Frames with less than a tenth of the first area count as lost and are
    interpolated; at the end an object that the border cut keeps its speed.
    Places are lightly smoothed.
    """
    b, f, h, w = ids.shape
    ids = torch.cat([first[:, None].to(ids.dtype), ids[:, 1:]], 1)
    labels = torch.arange(1, objects + 1, device=first.device)
    labels = labels.view(1, objects, 1, 1, 1)
    here = ids[:, None] == labels  # [B, L, F, H, W]
    profiles = (here.sum(3).float(), here.sum(4).float())
    area = profiles[0].sum(-1)
    mass = area.double().clamp_min(1)
    columns, rows = (torch.arange(n, device=first.device) + 0.5 for n in (w, h))
    x = (profiles[0].double() @ columns.double()) / mass
    y = (profiles[1].double() @ rows.double()) / mass
    lost = (area < 0.1 * area[:, :, :1]) | (area == 0)

    way = torch.stack([x - x[:, :, :1], y - y[:, :, :1]])
    grown = 0.5 * (area.double() / mass[:, :, :1]).clamp_min(1e-3).log()
    scales = _sizes(
        grown, _steady_part(here, mass, (x, y)), _contact(ids, here), ~lost,
        way.norm(dim=0) / h, (mass[:, :, 0] / torch.pi).sqrt(),
    )  # fmt: skip
    scales = torch.where((area[:, :, :1] == 0), torch.ones_like(scales), scales)

    places, leaving = _places(profiles, area, (x.float(), y.float()))
    values = _interpolate(torch.stack(places, -1), lost, leaving).double()
    weight = torch.where(lost, 0.1, 1.0).double()[:, :, None]
    centres = _smooth(values.mT, weight, 0.3, 0.0).mT
    scales = scales.float()
    return Fit(centres.float(), scales, torch.zeros_like(scales))


def _places(
    profiles: tuple[Tensor, Tensor], area: Tensor, centroid: tuple[Tensor, Tensor]
) -> tuple[list[Tensor], Tensor]:
    """x and y [B, L, F] of each object, and whether it is leaving the frame."""
    f = area.shape[2]
    scale = (area / area[:, :, :1].clamp_min(1)).sqrt().clamp(0.25, 4)
    extents = [_extent(profile) for profile in profiles]
    ends = torch.cat([e[2] for e in extents], -1) & (area > 0)[..., None]
    part = ends[:, :, :1].any(-1)  # frame 0 does not have all of it
    cut = ((ends != ends[:, :, :1]).any(-1) | part) & (area > 0)
    cut[:, :, 0] = False
    at = torch.arange(f, device=area.device).expand_as(cut)
    sure = torch.where(cut | (area == 0), 0, at).cummax(-1).values
    held = scale.gather(2, sure)
    cut &= part | ((scale / held - 1).abs() > 0.05)
    touched = [reached | reached[:, :, :1] for _, _, reached in extents]
    free = [~t.any(-1) for t in touched]
    sizes = [(high - low).clamp_min(1) for low, high, _ in extents]
    grown = [(s / s[:, :, :1]).clamp(0.25, 4) for s in sizes]
    least = torch.where(free[0] & ~free[1], grown[0], held)
    least = torch.where(free[1] & ~free[0], grown[1], least)
    # What is seen of an object that was whole is the least that it can be.
    scale = torch.where(part, least, torch.maximum(held, scale))
    places = []
    for centre, (low, high, _), sides in zip(centroid, extents, touched):
        from_low = low + (centre - low)[:, :, :1] * scale
        from_high = high - (high - centre)[:, :, :1] * scale
        use_low = cut & sides[..., 1] & ~sides[..., 0]
        use_high = cut & sides[..., 0] & ~sides[..., 1]
        centre = torch.where(use_low, from_low, centre)
        places.append(torch.where(use_high, from_high, centre))
    return places, cut & ends.any(-1)


def _interpolate(values: Tensor, lost: Tensor, leaving: Tensor) -> Tensor:
    """Fills lost frames linearly between the nearest kept ones.

    After the last kept frame the values stay; but places go on as from the
    frame before it to it if the object was leaving in it and was not lost before.
    """
    f = lost.shape[-1]
    at = torch.arange(f, device=lost.device).expand_as(lost)
    before = torch.where(lost, -1, at).cummax(-1).values
    after = torch.where(lost, f, at).flip(-1).cummin(-1).values.flip(-1)
    left = torch.where(before < 0, after, before).clamp(0, f - 1)
    right = torch.where(after >= f, before, after).clamp(0, f - 1)
    part = (at - left).float() / (right - left).clamp_min(1)
    pick = lambda i: values.gather(2, i[..., None].expand_as(values))  # noqa: E731
    a, b = pick(left), pick(right)
    earlier = (left - 1).clamp_min(0)
    leaves = (after >= f) & (before > 0) & leaving.gather(2, left)
    leaves &= ~lost.gather(2, earlier)
    steps = ((at - left) * leaves)[..., None]
    return a + (b - a) * part[..., None] + (a - pick(earlier)) * steps


def _rows(fit: Fit) -> Tensor:
    """Numbers of each object and frame [B, L, F, 6]: centre x, y in frame 0 and
    in the frame, cosine and sine of the turn over the scale."""
    turned = torch.stack([fit.turns.cos(), fit.turns.sin()], -1)
    start = fit.centres[:, :, :1].expand_as(fit.centres)
    return torch.cat([start, fit.centres, turned / fit.scales[..., None]], -1)


def _source(rows: Tensor, h: int, w: int) -> tuple[Tensor, Tensor]:
    """Where in frame 0 the pixels [..., H, W] of a frame come from: x and y.

    q = c_0 + R(p - c_t) / s_t, R turning by the object's turn to where it was;
    rows [..., H or 1, W or 1, 6] hold the objects' numbers.
    """
    from_x, from_y, x, y, a, b = rows.unbind(-1)
    dx = torch.arange(w, device=rows.device) + 0.5 - x
    dy = (torch.arange(h, device=rows.device) + 0.5)[:, None] - y
    return from_x + (a * dx + b * dy), from_y + (a * dy - b * dx)


def _pixels(first: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The pixels of first [B, H, W] that positions [B, F, H, W] lie in, of those
    outside the nearest, and which lie inside."""
    h, w = first.shape[1:]
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    at = y.clamp(0, h - 1).floor() * w + x.clamp(0, w - 1).floor()
    found = first.flatten(1).gather(1, at.long().flatten(1))
    return found.view(x.shape), inside


def refine_ids(first: Tensor, ids: Tensor, fit: Fit) -> Tensor:
    """True first-frame shapes moved along the fit, [B, F, H, W] int64.

    Of objects that the still's border cuts, more may come in than it shows:
    the prediction decides, as far as the cut side goes. Where several objects
    claim a pixel the predicted id wins if it is among them, else the lowest.
    """
    objects, size = fit.scales.shape[1], ids.shape[2:]
    ids, rows = ids.long(), _rows(fit)
    first = first.long()
    agreed = torch.zeros_like(ids, dtype=torch.bool)
    lowest = torch.zeros_like(ids)
    for l in range(objects, 0, -1):
        found, inside = _pixels(first, *_source(rows[:, l - 1, :, None, None], *size))
        predicted = ids == l
        covers = (found == l) & (inside | predicted)
        lowest = torch.where(covers, l, lowest)
        agreed |= covers & predicted
    out = torch.where(agreed, ids, lowest)
    out[:, 0] = first
    return out


@_full_precision
def carry(
    still: Tensor, first: Tensor, ids: Tensor, fit: Fit, refined: bool = True
) -> Tensor:
    """The still with its objects moved along, [B, F, 3, H, W] in [-1, 1].

    still [B, 3, H, W], first [B, H, W], ids [B, F, H, W] (refined or not).
    Background that an object left uncovered is grey (0). With refined False
    (no refinement), object pixels outside the moved first shape are grey too.
    """
    b, f, h, w = ids.shape
    ids, first = ids.long(), first.long()
    grey = (first[:, None] != 0) & (ids == 0)
    out = still[:, None].expand(b, f, 3, h, w)
    if fit.scales.shape[1] > 0:
        clip, frame = (torch.arange(n, device=ids.device) for n in (b, f))
        at = clip.view(b, 1, 1, 1), (ids - 1).clamp_min(0), frame.view(1, f, 1, 1)
        x, y = _source(_rows(fit)[at], h, w)
        grid = torch.stack([x * (2 / w) - 1, y * (2 / h) - 1], -1)
        moved = grid_sample(
            still, grid.view(b, f * h, w, 2), "bilinear", "border", align_corners=False
        )
        moved = moved.view(b, 3, f, h, w).movedim(1, 2)
        out = torch.where((ids > 0)[:, :, None], moved, out)
        if not refined:
            found, inside = _pixels(first, x, y)
            grey |= (ids > 0) & ~(inside & (found == ids))
    out = out.masked_fill(grey[:, :, None], 0.0)
    out[:, 0] = still
    return out
