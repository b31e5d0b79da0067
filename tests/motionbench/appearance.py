# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""What becomes of an object's looks, and of the background, in a clip.

Everything is measured at a height of MEASURE pixels on sRGB values 0 .. 1; an
object is where the tracker found it (`carried_masks`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from colour import ciede2000, lab
from tracking import Track, carried

MEASURE = 128
_HALO = 4  # pixels around an object that belong to neither side
_PSNR_LIMIT = 60.0  # of equal pictures, so that means stay finite


def measured(video: Tensor) -> Tensor:
    """uint8 [F, H, W, 3] to float [F, MEASURE, W', 3] in 0 .. 1."""
    frames = video.permute(0, 3, 1, 2).float() / 255
    width = round(video.shape[2] * MEASURE / video.shape[1])
    frames = functional.interpolate(frames, (MEASURE, width), mode="area")
    return frames.permute(0, 2, 3, 1)


def measured_mask(mask: Tensor) -> Tensor:
    """bool [..., H, W] to bool [..., MEASURE, W']: pixels more than half full."""
    flat = mask.reshape(-1, 1, *mask.shape[-2:]).float()
    width = round(mask.shape[-1] * MEASURE / mask.shape[-2])
    flat = functional.interpolate(flat, (MEASURE, width), mode="area")
    return (flat > 0.5).reshape(*mask.shape[:-2], MEASURE, width)


def dilated(mask: Tensor, radius: int) -> Tensor:
    """bool [..., H, W] grown by a square of `radius` pixels."""
    if radius <= 0:
        return mask
    flat = mask.reshape(-1, 1, *mask.shape[-2:]).float()
    side = 2 * radius + 1
    grown = functional.max_pool2d(flat, (1, side), 1, (0, radius))
    grown = functional.max_pool2d(grown, (side, 1), 1, (radius, 0))
    return (grown > 0.5).reshape(mask.shape)


def eroded(mask: Tensor, radius: int) -> Tensor:
    """bool [..., H, W] shrunk by a square of `radius` pixels."""
    return ~dilated(~mask, radius)


def carried_masks(mask: Tensor, path: Track) -> Tensor:
    """Mask bool [H, W] of frame 0 moved along a track: bool [F, H, W]."""
    return carried(mask[None].float(), path)[:, 0] > 0.5


@dataclass
class Seen:
    """One object as it was found in a clip, at the measuring size."""

    mask: Tensor  # bool [H, W] of frame 0
    path: Track
    masks: Tensor  # bool [F, H, W] carried along
    others: Tensor  # bool [F, H, W] where another object was found


def see(masks: Tensor, paths: list[Track]) -> list[Seen]:
    """Objects with first-frame masks bool [L, H, W] and their tracks."""
    found = [carried_masks(mask, path) for mask, path in zip(masks, paths)]
    out = []
    for index, path in enumerate(paths):
        others = torch.zeros_like(found[index])
        for other, place in enumerate(found):
            if other != index:
                others |= dilated(place, 2)
        out.append(Seen(masks[index], path, found[index], others))
    return out


def colour_drift(frames: Tensor, seen: Seen) -> float:
    """CIEDE2000 between an object's mean Lab colours then and in frame 0.

    The mean runs over the visible part of the object without its rim, in both
    frames over the same part; the result is the mean over frames 1 and later
    in which at least 12 such pixels are there, nan if there are none.
    """
    inner = eroded(seen.mask, 1)
    if int(inner.sum()) < 12:
        inner = seen.mask
    before = carried(frames[0].permute(2, 0, 1), seen.path).permute(0, 2, 3, 1)
    place = carried(inner[None].float(), seen.path)[:, 0] > 0.9
    place &= ~seen.others
    drifts = []
    for index in range(1, len(frames)):
        where = place[index]
        if int(where.sum()) >= 12:
            then = lab(frames[index][where]).mean(0)
            first = lab(before[index][where]).mean(0)
            drifts.append(float(ciede2000(then, first)))
    return sum(drifts) / len(drifts) if drifts else math.nan


def _spread(picture: Tensor, mask: Tensor, steps: int) -> Tensor:
    """A picture [C, H, W] whose colours within the mask run outwards."""
    known = mask.float()[None]
    colours = picture * known
    for _ in range(steps):
        near = functional.avg_pool2d(
            torch.cat([colours, known])[None], 3, 1, 1, count_include_pad=False
        )[0]
        filled = near[:-1] / near[-1:].clamp(min=1e-6)
        colours = torch.where(known > 0, colours, filled)
        known = ((known > 0) | (near[-1:] > 0)).float()
        colours = colours * known
    return colours


def _distance(frames: Tensor, picture: Tensor) -> Tensor:
    """Least squared Lab distance [F, H, W] to the 3 x 3 neighbourhood."""
    best = torch.full(frames.shape[:3], math.inf)
    padded = functional.pad(picture.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="replicate")
    height, width = frames.shape[1:3]
    for dy in range(3):
        for dx in range(3):
            moved = padded[:, :, dy : dy + height, dx : dx + width]
            best = torch.minimum(
                best, (frames - moved.permute(0, 2, 3, 1)).pow(2).sum(-1)
            )
    best = functional.avg_pool2d(best[:, None], 3, 1, 1, count_include_pad=False)
    return best[:, 0]


def background_distance(frames: Tensor, background: Tensor) -> Tensor:
    """Lab distance [F, H, W] of a clip from a background [H, W, 3], squared."""
    return _distance(lab(frames), lab(background)[None].expand_as(frames))


def shape_drift(frames: Tensor, seen: Seen, back: Tensor, known: Tensor) -> float:
    """1 - IoU of an object's outline in the clip with that of frame 0.

    Around the place where it was found (as far as a third of its size away) a
    pixel is the object's if its Lab colour is nearer to the object's than to
    the background's there; both may be a pixel off. back [F, H, W] is the
    latter distance (background_distance), only asked where known [H, W]. The
    outline found is compared with the mask of frame 0 moved along the track.
    Mean over frames 1 and later in which most of the object is in view; nan
    if there are none.
    """
    rows, columns = torch.nonzero(seen.mask, as_tuple=True)
    extent = max(int(rows.max() - rows.min()), int(columns.max() - columns.min())) + 1
    reach = max(3, round(extent / 3))
    picture = lab(frames[0]).permute(2, 0, 1)
    spread = _spread(picture, seen.mask, reach + 4)
    moved = carried(spread, seen.path, "nearest").permute(0, 2, 3, 1)
    own = _distance(lab(frames), moved)
    drifts = []
    for index in range(1, len(frames)):
        place = seen.masks[index]
        valid = dilated(place, reach) & known & ~seen.others[index]
        inside = place & valid
        whole = float(seen.mask.sum()) * float(seen.path.scales[index]) ** 2
        if float(inside.sum()) < 0.5 * whole or whole < 12:
            continue
        outline = (own[index] < back[index]) & valid
        both, either = int((outline & inside).sum()), int((outline | inside).sum())
        drifts.append(1 - both / max(1, either))
    return sum(drifts) / len(drifts) if drifts else math.nan


def psnr(error: Tensor) -> float:
    """PSNR in dB of differences on 0 .. 1, at most 60; nan of none."""
    if error.numel() == 0:
        return math.nan
    mean = float(error.double().square().mean())
    if mean <= 10 ** (-_PSNR_LIMIT / 10):
        return _PSNR_LIMIT
    return -10 * math.log10(mean)


def _near_objects(objects: list[Seen], true: Tensor) -> Tensor:
    """bool [F, H, W]: near to where an object was found or truly is."""
    near = dilated(true, _HALO)
    for seen in objects:
        near |= dilated(seen.masks, _HALO)
    return near


def background_psnr(frames: Tensor, objects: list[Seen], true: Tensor) -> float:
    """PSNR against the still over what shows background then and in frame 0.

    Pixels near an object do not count: where it is in the still, where it was
    found in that frame, and where it is in that frame of the true clip
    (true, bool [F, H, W]).
    """
    near = _near_objects(objects, true)
    for seen in objects:
        near |= dilated(seen.mask, _HALO)
    error = (frames - frames[:1])[1:]
    return psnr(error[~near[1:]])


def uncovered_psnr(
    frames: Tensor, objects: list[Seen], true: Tensor, background: Tensor, known: Tensor
) -> float:
    """PSNR against the true background over what the objects uncovered.

    That is where an object is in the still and none was found in the frame or
    is there in the true clip, as far as the true background is known; nan if
    nothing is uncovered.
    """
    near = _near_objects(objects, true)
    first = torch.zeros_like(near[0])
    for seen in objects:
        first |= seen.mask
    where = first & known & ~near
    if int(where[1:].sum()) < 32:
        return math.nan
    error = (frames - background[None])[1:]
    return psnr(error[where[1:]])
