# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures one clip of one scene: what every row of the tables is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

import appearance
import motion
from motion_classes import SIZES, moved_as_told
from suites import Case
from tracking import Track, track

LOOKS = 3  # every so many frames are looked at for an object's drift


@dataclass
class ObjectScore:
    """Measures of one object; nan where one does not apply."""

    verb: str
    prompt: str
    as_told: bool | None  # None where the tracker cannot tell
    swapped: bool | None  # None where no other object has a motion to take over
    trajectory_iou: float
    centroid_error: float
    plan_as_told: bool | None  # stage 1 alone, None without a trajectory
    magnitude_ratio: float
    colour_drift: float
    shape_drift: float
    features: list[float]  # motion.track_features
    end: list[float]  # shift in the last frame, frame heights
    # In the trajectory; None where it cannot be told or the size should change.
    size_kept: bool | None = None


@dataclass
class ClipScore:
    """Measures of one clip."""

    suite: str
    index: int
    caption: str
    background_psnr: float
    uncovered_psnr: float
    first_frame_psnr: float
    consistency: float
    displacement: float
    seconds: float
    objects: list[ObjectScore] = field(default_factory=list)


def takes_over(
    verbs: list[str], index: int, path: Track, true_paths: list[Track]
) -> bool | None:
    """Whether an object did what another one was told, and not its own.

    None where no other object has another motion class than it, or its own
    cannot be told; standing still does not count as a motion to take over.
    """
    others = [
        other
        for other, verb in enumerate(verbs)
        if verb not in (verbs[index], "stays_still")
    ]
    own = moved_as_told(verbs[index], path, true_paths[index])
    if not others or own is None:
        return None
    return not own and any(
        moved_as_told(verbs[other], path, true_paths[other]) for other in others
    )


def score(
    case: Case, clip: Tensor, plan: Tensor | None, true_paths: list[Track],
    seconds: float,
) -> ClipScore:  # fmt: skip
    """Measure a clip uint8 [F, H, W, 3] and its trajectory, ids uint8 [F, H, W].

    true_paths are the tracks of the true clip's objects.
    """
    paths = true_paths
    if clip is not case.video:
        paths = track(clip, case.masks)
    frames = appearance.measured(clip)
    objects = appearance.see(appearance.measured_mask(case.masks), paths)
    background = appearance.measured(case.background[None])[0]
    known = appearance.measured_mask(case.known)
    covered = appearance.measured_mask(case.ids > 0)
    few = frames[::LOOKS]
    looks = appearance.see(
        appearance.measured_mask(case.masks), [path.every(LOOKS) for path in paths]
    )
    back = appearance.background_distance(few, background)
    first = (clip[0].float() - case.video[0].float()) / 255
    out = ClipScore(
        case.suite, case.index, case.caption,
        appearance.background_psnr(frames, objects, covered),
        appearance.uncovered_psnr(frames, objects, covered, background, known),
        appearance.psnr(first),
        motion.frame_consistency(clip),
        motion.average_displacement(clip),
        seconds,
    )  # fmt: skip
    for index, (verb, path) in enumerate(zip(case.verbs, paths)):
        true = case.ids == index + 1
        planned = None if plan is None else plan == index + 1
        radius = math.sqrt(float(case.masks[index].sum()) / math.pi) / true.shape[1]
        out.objects.append(
            ObjectScore(
                verb, case.prompts[index],
                moved_as_told(verb, path, true_paths[index]),
                takes_over(case.verbs, index, path, true_paths),
                math.nan if planned is None else motion.trajectory_iou(planned, true),
                math.nan if planned is None else motion.centroid_error(planned, true),
                None if planned is None
                else moved_as_told(
                    verb, motion.mask_track(planned), motion.mask_track(true)
                ),
                motion.magnitude_ratio(path, true_paths[index], radius),
                appearance.colour_drift(few, looks[index]),
                appearance.shape_drift(few, looks[index], back, known),
                motion.track_features(path),
                [round(float(v), 3) for v in path.offsets[-1]],
                None if plan is None or verb in SIZES
                else motion.size_kept(plan, index + 1),
            )
        )  # fmt: skip
    return out
