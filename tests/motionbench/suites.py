# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The scenes of MotionBench: 64 with one object, 64 with two to five, photographs.

Drawn scenes come from the held-out split of models/train/scenes: no object of
theirs has a combination of shape or noun, colour and verb that occurs in
training. Seeds are fixed, so everybody measures the same scenes.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from appearance import dilated
from photographs import SIZE as PHOTO_SIZE
from photographs import backdrops, composites, skin
from scenes import SceneBatch, generate

SUITES = ("single", "multi", "photos")
_DRAWN = {"single": (5101, (1, 1)), "multi": (5102, (2, 5))}
_SHAPES, _PHOTO_SHAPES = 5104, 5105  # seeds of the suites of puppets
_NO_PAIRS = {
    "follows": 0.0,
    "swaps_places": 0.0,
    "shakes_hands": 0.0,
    "plays_with": 0.0,
}
# Squares of photographs that have one texture: left, top and side in pixels.
_SKINS = (
    ("cat.jpg", 300, 150, 96), ("raccoon.jpg", 430, 100, 128),
    ("grass.jpg", 40, 40, 192), ("gravel.jpg", 100, 100, 192),
    ("brick.jpg", 60, 60, 192), ("retina.jpg", 200, 150, 160),
)  # fmt: skip
SCENES = 64
PHOTO_SCENES = 24  # of "shapes, photographs"


@dataclass
class Case:
    """One scene: what the filter is given, and the true clip."""

    suite: str
    index: int
    video: Tensor  # uint8 [F, H, W, 3]; frame 0 is the still
    ids: Tensor  # uint8 [F, H, W]; object l has id l + 1
    caption: str
    motion: str  # the motion prompt
    names: list[str]
    prompts: list[str]  # one an object
    verbs: list[str]
    background: Tensor  # uint8 [H, W, 3] without objects
    known: Tensor  # bool [H, W]: where it is known

    @property
    def name(self) -> str:
        return f"{self.suite}-{self.index:02}"

    @property
    def masks(self) -> Tensor:
        """First-frame masks bool [L, H, W]."""
        return torch.stack([self.ids[0] == l + 1 for l in range(len(self.verbs))])


def revealed(video: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Background (uint8 [H, W, 3]) as far as the clip ever shows it, and where.

    The median over the frames in which a pixel is away from all objects.
    """
    free = ~dilated(ids > 0, max(1, ids.shape[1] // 48))
    frames = video.float().masked_fill(~free[..., None], torch.nan)
    background = frames.nanmedian(0).values
    return background.nan_to_num(0).to(torch.uint8), free.any(0)


def drawn_batch(suite: str, size: tuple[int, int] = (128, 128)) -> SceneBatch:
    """All scenes of suite "single" or "multi" in (width, height) pixels."""
    seed, objects = _DRAWN[suite]
    return generate(SCENES, seed=seed, objects=objects, split="held_out", size=size)


def drawn(suite: str, count: int = SCENES) -> list[Case]:
    """The first `count` scenes of suite "single" or "multi"."""
    return _cases(suite, drawn_batch(suite), count)


def shapes(count: int = SCENES) -> list[Case]:
    """The first `count` scenes of the suite "shapes, drawn": one or two puppets whose
    proportions, and combinations of noun, colour and verb, training never shows."""
    batch = generate(
        SCENES, seed=_SHAPES, objects=(1, 2), split="held_out", puppets=1.0,
        weights=_NO_PAIRS,
    )  # fmt: skip
    return _cases("shapes", batch, count)


def photographed_shapes(count: int = PHOTO_SCENES) -> list[Case]:
    """The first `count` scenes of the suite "shapes, photographs": such puppets with
    textures of photographs before photographs, at their size."""
    batch = generate(
        PHOTO_SCENES, size=PHOTO_SIZE, seed=_PHOTO_SHAPES, objects=(1, 2), split="held_out",
        puppets=1.0, weights=_NO_PAIRS, backdrops=backdrops(PHOTO_SCENES),
        skins=[skin(*_SKINS[clip % len(_SKINS)]) for clip in range(PHOTO_SCENES)],
    )  # fmt: skip
    return _cases("photo-shapes", batch, count)


SHAPE_SUITES = {"drawn": shapes, "photographs": photographed_shapes}


def _cases(suite: str, batch: SceneBatch, count: int) -> list[Case]:
    cases = []
    for clip in range(min(count, len(batch.video))):
        background, known = revealed(batch.video[clip], batch.ids[clip])
        cases.append(
            Case(
                suite, clip, batch.video[clip], batch.ids[clip],
                batch.captions[clip], batch.motion_captions[clip],
                batch.names[clip], batch.local_prompts[clip],
                batch.verbs[clip], background, known,
            )
        )  # fmt: skip
    return cases


def load(suite: str, count: int | None = None) -> list[Case]:
    """The scenes of one of SUITES, all or the first `count`."""
    if suite in _DRAWN:
        return drawn(suite, SCENES if count is None else count)
    out = []
    for index, made in enumerate(composites()[:count]):
        known = torch.ones(made.background.shape[:2], dtype=torch.bool)
        out.append(
            Case(
                "photos", index, made.video, made.ids, made.caption, made.motion,
                made.names, made.prompts, made.verbs, made.background, known,
            )
        )  # fmt: skip
    return out
