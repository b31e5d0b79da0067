# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Every metric on cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

import appearance
import motion
from colour import ciede2000, lab
from intervals import bootstrap, summary, wilson
from score import takes_over
from tracking import Track, track

SIDE, FRAMES = 128, 10


def path(offsets: Tensor, scales: Tensor | None = None, centre: float = 0.3) -> Track:
    """A track of [F, 2] offsets in frame heights."""
    count = len(offsets)
    return Track(
        offsets, torch.ones(count) if scales is None else scales, torch.zeros(count),
        torch.tensor([centre, centre]), torch.zeros(count),
    )  # fmt: skip


def texture(seed: int, height: int = SIDE, width: int = SIDE) -> Tensor:
    """A smooth random picture, uint8 [H, W, 3]."""
    numbers = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 3, height // 8, width // 8, generator=numbers)
    fine = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic")
    return (fine[0].clamp(0, 1) * 255).to(torch.uint8).permute(1, 2, 0)


@pytest.fixture(scope="module")
def moving() -> dict[str, Tensor]:
    """A red square of 32 pixels that moves 5 pixels a frame to the right."""
    background = texture(1)
    video = background.expand(FRAMES, SIDE, SIDE, 3).clone()
    ids = torch.zeros(FRAMES, SIDE, SIDE, dtype=torch.uint8)
    square = (texture(2, 32, 32).float() * 0.3).to(torch.uint8)
    square[..., 0] += 150
    for index in range(FRAMES):
        x = 20 + 5 * index
        video[index, 40:72, x : x + 32] = square
        ids[index, 40:72, x : x + 32] = 1
    return {"video": video, "ids": ids, "background": background}


@pytest.fixture(scope="module")
def found(moving: dict[str, Tensor]) -> list[appearance.Seen]:
    mask = moving["ids"][0] == 1
    return appearance.see(mask[None], track(moving["video"], mask[None]))


def test_tracker_measures_the_shift(moving: dict[str, Tensor]) -> None:
    out = track(moving["video"], moving["ids"][:1] == 1)[0]
    expected = torch.arange(FRAMES) * 5 / SIDE
    assert torch.allclose(out.offsets[:, 0], expected, atol=0.008)
    assert out.offsets[:, 1].abs().max() < 0.008
    assert torch.allclose(out.scales, torch.ones(FRAMES))


def test_ciede2000_gives_published_values() -> None:
    # Sharma, Wu, Dalal 2005, table 1, pairs 1, 4, 9, 13, 17, 20, 25 and 34.
    rows = torch.tensor([
        [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425],
        [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000],
        [50, 2.49, -0.001, 50, -2.49, 0.0009, 7.1792],
        [50, -0.001, 2.49, 50, 0.0009, -2.49, 4.8045],
        [50, 2.5, 0, 73, 25, -18, 27.1492],
        [50, 2.5, 0, 58, 24, 15, 19.4535],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ], dtype=torch.double)  # fmt: skip
    given = ciede2000(rows[:, :3], rows[:, 3:6])
    assert torch.allclose(given, rows[:, 6], atol=1e-4)


def test_lab_of_known_colours() -> None:
    pixels = torch.tensor([[1.0, 1.0, 1.0], [0, 0, 0], [1, 0, 0], [0, 0, 1]])
    known = torch.tensor(
        [[100.0, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]
    )
    assert torch.allclose(lab(pixels), known, atol=0.02)


def test_wilson_gives_textbook_values() -> None:
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_bootstrap_covers_the_standard_error() -> None:
    values = np.random.default_rng(3).normal(5, 2, 400)
    low, high = bootstrap(400, lambda index: float(values[index].mean()))
    assert (high - low) / 2 == pytest.approx(1.96 * values.std() / 20, rel=0.1)
    assert summary([1.0, math.nan, 1.0]) == (1.0, 1.0, 1.0)


def test_trajectory_iou_and_centroid_error(moving: dict[str, Tensor]) -> None:
    true = moving["ids"] == 1
    assert motion.trajectory_iou(true, true) == 1
    assert motion.centroid_error(true, true) == 0
    aside = true.roll(16, 1)  # half of the square overlaps: IoU 1/3
    assert motion.trajectory_iou(aside, true) == pytest.approx(1 / 3)
    assert motion.centroid_error(aside, true) == pytest.approx(16 / SIDE)
    assert motion.trajectory_iou(true & False, true) == 0


def test_magnitude_of_known_paths() -> None:
    line = torch.stack([torch.linspace(0, 0.4, 5), torch.zeros(5)], 1)
    assert motion.magnitude(path(line), 0.1) == pytest.approx(0.25)
    # A disc that doubles: the mean |q|^2 is half the squared radius.
    doubled = path(torch.zeros(2, 2), torch.tensor([1.0, 2.0]))
    assert motion.magnitude(doubled, 0.2) == pytest.approx(0.2 / math.sqrt(2))
    turned = path(torch.zeros(2, 2))
    turned.angles = torch.tensor([0.0, math.pi])
    assert motion.magnitude(turned, 0.2) == pytest.approx(0.4 / math.sqrt(2))


def test_frozen_clip_has_no_magnitude() -> None:
    line = torch.stack([torch.linspace(0, 0.4, 5), torch.zeros(5)], 1)
    frozen = path(torch.zeros(5, 2))
    assert motion.magnitude_ratio(frozen, path(line), 0.1) == 0
    assert motion.magnitude_ratio(path(line), path(line), 0.1) == 1
    assert motion.magnitude_ratio(path(line / 2), path(line), 0.1) == pytest.approx(0.5)
    assert math.isnan(motion.magnitude_ratio(path(line), frozen, 0.1))


def test_swap_is_the_other_objects_motion() -> None:
    line = torch.stack([torch.linspace(0, -0.4, 16), torch.zeros(16)], 1)
    left, right, frozen = path(line), path(-line), path(torch.zeros(16, 2))
    verbs, true = ["moves_right", "moves_left", "stays_still"], [right, left, frozen]
    assert takes_over(verbs, 0, left, true) is True
    assert takes_over(verbs, 1, left, true) is False
    assert takes_over(verbs, 0, frozen, true) is False
    assert takes_over(verbs[1:], 0, left, true[1:]) is None


def test_colour_drift_of_a_known_change(
    moving: dict[str, Tensor], found: list[appearance.Seen]
) -> None:
    frames = appearance.measured(moving["video"])
    assert appearance.colour_drift(frames, found[0]) < 0.2
    darker = frames.clone()
    darker[1:] *= 0.8
    inner = moving["ids"][0] == 1
    expected = ciede2000(
        lab(frames[0][inner]).mean(0), lab(darker[1][moving["ids"][1] == 1]).mean(0)
    )
    assert appearance.colour_drift(darker, found[0]) == pytest.approx(
        float(expected), rel=0.1
    )


def test_shape_drift_of_a_cut_object(
    moving: dict[str, Tensor], found: list[appearance.Seen]
) -> None:
    known = torch.ones(SIDE, SIDE, dtype=torch.bool)
    background = appearance.measured(moving["background"][None])[0]

    def drift(video: Tensor) -> float:
        frames = appearance.measured(video)
        back = appearance.background_distance(frames, background)
        return appearance.shape_drift(frames, found[0], back, known)

    assert drift(moving["video"]) < 0.1
    half = moving["video"].clone()
    for index in range(1, FRAMES):  # the lower half of the square is gone
        half[index, 56:72] = moving["background"][56:72]
    assert drift(half) == pytest.approx(0.5, abs=0.1)


def test_background_psnr_of_known_noise(
    moving: dict[str, Tensor], found: list[appearance.Seen]
) -> None:
    frames = appearance.measured(moving["video"])
    true = moving["ids"] == 1
    assert appearance.background_psnr(frames, found, true) == 60
    noisy = frames + 0.01 * torch.where(torch.rand(frames.shape) < 0.5, -1.0, 1.0)
    noisy[0] = frames[0]
    assert appearance.background_psnr(noisy, found, true) == pytest.approx(40, abs=0.1)


def test_uncovered_psnr_sees_a_ghost(
    moving: dict[str, Tensor], found: list[appearance.Seen]
) -> None:
    frames = appearance.measured(moving["video"])
    true = moving["ids"] == 1
    background = appearance.measured(moving["background"][None])[0]
    known = torch.ones(SIDE, SIDE, dtype=torch.bool)
    assert appearance.uncovered_psnr(frames, found, true, background, known) == 60
    ghost = frames.clone()
    ghost[1:, 40:72, 20:52] += 0.1 * ~true[1:, 40:72, 20:52, None]
    value = appearance.uncovered_psnr(ghost, found, true, background, known)
    assert value == pytest.approx(20, abs=0.1)


def test_average_displacement_of_a_moving_picture() -> None:
    wide = texture(4, 128, 256)
    video = torch.stack([wide[:, 4 * index : 4 * index + 128] for index in range(8)])
    # 4 of 128 pixels a frame; blocks at the edge that enters do not match.
    assert motion.average_displacement(video) == pytest.approx(100 * 4 / 128, rel=0.1)
    assert motion.average_displacement(video[:1].expand_as(video)) == 0


def test_frame_consistency_falls_with_change() -> None:
    still = texture(5).expand(6, SIDE, SIDE, 3)
    assert motion.frame_consistency(still) == pytest.approx(1)
    cuts = torch.stack([texture(10 + index) for index in range(6)])
    mild = torch.stack([texture(5).roll(index, 1) for index in range(6)])
    assert motion.frame_consistency(cuts) < motion.frame_consistency(mild) - 0.2


def test_frechet_of_known_gaussians() -> None:
    numbers = np.random.default_rng(0)
    one = numbers.normal(0, 1, (4000, 3))
    assert motion.frechet(one, one) == pytest.approx(0, abs=1e-9)
    assert motion.frechet(one + [3, 0, 4], one) == pytest.approx(25)
    # Twice the spread: the trace of (2 - 1)^2 C.
    trace = np.trace(np.cov(one.T))
    assert motion.frechet(2 * one, one) == pytest.approx(
        trace + np.square(one.mean(0)).sum()
    )


def discs(radii: list[float], x: float = 40, label: int = 1) -> Tensor:
    """Trajectory uint8 [F, 80, 80] of a disc with these radii."""
    at = torch.arange(80) + 0.5
    far = ((at - x)[None].square() + (at - 40)[:, None].square()).sqrt()
    return torch.stack([label * (far < r) for r in radii]).to(torch.uint8)


def test_size_kept() -> None:
    assert motion.size_kept(discs([12, 11, 13, 12]), 1) is True
    assert motion.size_kept(discs([12, 12, 14.5, 12]), 1) is False
    assert motion.size_kept(discs([12, 12, 10, 12]), 1) is False
    # Frames in which something hides it do not count.
    hidden = discs([12, 12, 12, 12])
    hidden[2, :, 40:] = 2
    assert motion.size_kept(hidden, 1) is True
    cut = discs([12, 12, 14.5, 12])
    cut[2, 0, 40] = 1
    assert motion.size_kept(cut, 1) is True
    # Nor does an object of which frame 0 shows a part only, or that is gone.
    assert motion.size_kept(discs([12, 12, 12], x=4), 1) is None
    assert motion.size_kept(discs([12, 0, 0]), 1) is None
