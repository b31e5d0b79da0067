# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The tracker and the judges on clips whose answer is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from motion_classes import JUDGES, moved_as_told
from scenes import VERBS, generate
from tracking import Track, track

SCENES = 12


def path(offsets: Tensor, angles: Tensor | None = None) -> Track:
    """A track of [F, 2] offsets; turns are seen if angles [F] are given."""
    count = len(offsets)
    return Track(
        offsets, torch.ones(count), torch.zeros(count), torch.tensor([0.5, 0.5]),
        torch.zeros(count) if angles is None else angles, angles is not None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def results() -> list[tuple[str, bool | None, bool | None]]:
    """(motion class, verdict on the true clip, verdict on a frozen one)."""
    batch = generate(SCENES, seed=91, objects=(1, 2), split="held_out")
    out = []
    for clip in range(SCENES):
        frozen = batch.video[clip, :1].expand_as(batch.video[clip])
        for index, verb in enumerate(batch.verbs[clip]):
            mask = batch.ids[clip, 0] == index + 1
            true, still = track(batch.video[clip], mask), track(frozen, mask)
            verdicts = [moved_as_told(verb, each, true) for each in (true, still)]
            out.append((verb, verdicts[0], verdicts[1]))
    return out


def test_every_motion_class_has_a_judge() -> None:
    assert set(VERBS) <= set(JUDGES)
    still = path(torch.zeros(16, 2))
    with pytest.raises(ValueError, match="no judge"):
        moved_as_told("dances", still, still)


def test_true_clips_move_as_told(
    results: list[tuple[str, bool | None, bool | None]],
) -> None:
    told = [row[1] for row in results if row[1] is not None]
    assert sum(told) / len(told) >= 0.85, results


def test_frozen_clips_do_not(
    results: list[tuple[str, bool | None, bool | None]],
) -> None:
    for verb, _, frozen in results:
        assert frozen is None or frozen == (verb == "stays_still"), verb


def test_opposite_direction_is_wrong() -> None:
    line = torch.stack([torch.linspace(0, -0.4, 16), torch.zeros(16)], 1)
    left = path(line)
    assert moved_as_told("moves_left", left, left)
    assert not moved_as_told("moves_right", left, left)
    assert not moved_as_told("stays_still", left, left)
    # What an object does with another is judged by where it should have gone.
    assert moved_as_told("follows", left, path(line * 1.5))
    assert not moved_as_told("follows", left, path(-line))
    assert not moved_as_told("follows", left, path(line * 4))
    # Where nothing moves in the true clip nothing can be told.
    assert moved_as_told("follows", left, path(line * 0.1)) is None


def test_swings_return() -> None:
    time = torch.linspace(0, 1, 16)
    there = path(torch.stack([0.2 * (7 * time).sin(), -0.05 * time], 1))
    assert moved_as_told("swings", there, there)
    # A return to the same extreme, a little farther, is no end of the swing.
    twice = path(torch.stack([0.2 * (9.4 * time).sin() + 1e-3 * time, 0 * time], 1))
    assert moved_as_told("swings", twice, twice)
    away = path(torch.stack([0.3 * time, torch.zeros(16)], 1))
    assert not moved_as_told("swings", away, away)


def discs(
    places: list[tuple[float, float]], radii: list[float], side: int = 128
) -> tuple[Tensor, Tensor]:
    """A plain disc on a textured background: clip, mask in frame 0."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    waves = 90 + 25 * (x / 5).sin() + 25 * (y / 7).cos()
    still = torch.stack([waves, waves + 20, waves + 60], -1).to(torch.uint8)
    video = still.expand(len(places), side, side, 3).clone()
    masks = []
    for frame, (across, down), radius in zip(video, places, radii):
        masks.append((x + 0.5 - across) ** 2 + (y + 0.5 - down) ** 2 < radius**2)
        frame[masks[-1]] = torch.tensor([240, 60, 40], dtype=torch.uint8)
    return video, masks[0]


def test_plain_objects_grow_and_shrink() -> None:
    # Inside a plain disc that grew, the still's disc matches anywhere.
    for last in (36.0, 10.0):
        radii = torch.linspace(20, last, 16).tolist()
        out = track(*discs([(64.0, 64.0)] * 16, radii))
        assert out.scales[-1] == pytest.approx(last / 20, rel=0.12)
        assert float(out.offsets.norm(dim=1).max()) < 0.04
        verb = "grows" if last > 20 else "shrinks"
        assert moved_as_told(verb, out, out)
        assert not moved_as_told("stays_still", out, out)


def test_hidden_objects_stay_where_they_were_seen() -> None:
    places = [(30.0 + 5 * index, 64.0) for index in range(16)]
    video, mask = discs(places, [12.0] * 16)
    video[6:11, 40:90, 40:110] = torch.tensor([30, 90, 30], dtype=torch.uint8)
    out = track(video, mask)
    due = (torch.tensor(places) - torch.tensor(places[0])) / 128
    seen = torch.tensor([*range(6), *range(12, 16)])
    assert torch.allclose(out.offsets[seen], due[seen], atol=0.02)
    assert torch.allclose(out.scales, torch.ones(16), atol=0.15)


def test_turns_are_measured_where_they_show() -> None:
    frames, side = 12, 128
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    dx, dy = x + 0.5 - 64, y + 0.5 - 64
    disc = dx**2 + dy**2 < 30**2
    video = torch.full((frames, side, side, 3), 90, dtype=torch.uint8)
    plain = video.clone()
    for index in range(frames):
        turn = index * math.radians(20)
        # The lighter half follows the turn, clockwise on the screen.
        light = dx * math.cos(turn) + dy * math.sin(turn) > 0
        video[index][disc & light] = torch.tensor([250, 200, 40], dtype=torch.uint8)
        video[index][disc & ~light] = torch.tensor([20, 60, 200], dtype=torch.uint8)
        plain[index][disc] = 220
    out = track(video, disc)
    assert out.turns_seen
    expected = torch.arange(frames) * math.radians(20)
    assert torch.allclose(out.angles, expected, atol=math.radians(6))
    assert moved_as_told("spins", out, out)
    still = track(video[:1].expand_as(video), disc)
    assert moved_as_told("spins", still, out) is False
    blank = track(plain, disc)
    assert not blank.turns_seen and moved_as_told("spins", blank, blank) is None
