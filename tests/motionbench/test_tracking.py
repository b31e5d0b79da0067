# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The tracker and the judges on clips whose answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from motion_classes import JUDGES, moved_as_told
from scenes import VERBS, generate
from tracking import Track
from tracking import track as track_all

SCENES = 12


def track(video: Tensor, mask: Tensor) -> Track:
    """The track of one object, which is all that is known."""
    return track_all(video, mask[None])[0]


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
        verbs, ids = batch.verbs[clip], batch.ids[clip, 0]
        masks = torch.stack([ids == index + 1 for index in range(len(verbs))])
        pairs = zip(track_all(batch.video[clip], masks), track_all(frozen, masks))
        for verb, (true, still) in zip(verbs, pairs):
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


FRAMES, SIDE = 16, 128
# Of a painted thing: centre x and y, size of a unit in pixels, turn in radians.
Pose = tuple[float, float, float, float]
# Colours [H, W, 3] and mask [H, W] of a thing at its own coordinates.
Looks = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def rough(seed: int = 7) -> Tensor:
    """A background that is rough at all sizes, float [SIDE, SIDE, 3]."""
    numbers = torch.Generator().manual_seed(seed)
    out = torch.full((1, 3, SIDE, SIDE), 110.0)
    for cells, much in ((8, 60.0), (32, 50.0), (64, 40.0)):
        noise = torch.rand(1, 1, cells, cells, generator=numbers) - 0.5
        out = out + much * torch.nn.functional.interpolate(
            noise, (SIDE, SIDE), mode="bicubic"
        )
    return out[0].permute(1, 2, 0)


def painted(things: list[tuple[Looks, list[Pose]]]) -> tuple[Tensor, Tensor]:
    """A clip of things on a rough background, later ones in front; masks [L, H, W]."""
    at = torch.arange(SIDE) + 0.5
    video = rough().expand(FRAMES, SIDE, SIDE, 3).clone()
    masks = torch.zeros(len(things), SIDE, SIDE, dtype=torch.bool)
    for label, (looks, poses) in enumerate(things):
        for index, (x, y, unit, turn) in enumerate(poses):
            dx, dy = (at - x)[None] / unit, (at - y)[:, None] / unit
            cos, sin = math.cos(turn), math.sin(turn)
            colours, mask = looks(cos * dx + sin * dy, cos * dy - sin * dx)
            video[index][mask] = colours[mask]
            if index == 0:
                masks[:label] &= ~mask
                masks[label] = mask
    return video.clamp(0, 255).to(torch.uint8), masks


def mixed(one: tuple[int, ...], other: tuple[int, ...], share: Tensor) -> Tensor:
    first, second = torch.tensor(one) * 1.0, torch.tensor(other) * 1.0
    return first + (second - first) * share[..., None].float()


def bird(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Small, and in the colours of the background."""
    body = (x / 1.3) ** 2 + y**2 < 1
    return mixed((100, 85, 70), (170, 150, 130), y < -0.2), body


def cube(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    stripes = ((x + y) * 2).floor() % 2 > 0
    return mixed((240, 90, 160), (120, 30, 80), stripes), x.abs().maximum(y.abs()) < 1


def ring(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    far = (x**2 + y**2).sqrt()
    return mixed((150, 70, 20), (190, 100, 40), far > 0.8), (far < 1) & (far > 0.6)


def ball(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    far = x**2 + y**2
    return mixed((60, 50, 70), (30, 25, 40), far > 0.4), far < 1


def egg(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """In the ball's colours."""
    return mixed((60, 50, 70), (30, 25, 40), x > y), x**2 + (y / 1.2) ** 2 < 1


def box(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return mixed((40, 160, 60), (60, 190, 90), x > 0), x.abs().maximum(y.abs()) < 1


def cross(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    least, most = x.abs().minimum(y.abs()), x.abs().maximum(y.abs())
    return mixed((240, 220, 30), (150, 120, 10), x > 0), (least < 0.4) & (most < 1)


def line(start: tuple[float, float], end: tuple[float, float], unit: float,
         last: float | None = None) -> list[Pose]:  # fmt: skip
    """From start to end, the unit growing or shrinking to `last`."""
    parts = [index / (FRAMES - 1) for index in range(FRAMES)]
    return [
        (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part,
         unit * ((last or unit) / unit) ** part, 0.0)
        for part in parts
    ]  # fmt: skip


def shifts(poses: list[Pose]) -> Tensor:
    """True offsets [F, 2] of poses in frame heights."""
    places = torch.tensor([pose[:2] for pose in poses])
    return (places - places[0]) / SIDE


def test_small_objects_on_textures() -> None:
    poses = line((30, 50), (95, 62), 5)
    video, masks = painted([(bird, poses)])
    out = track_all(video, masks)[0]
    assert torch.allclose(out.offsets, shifts(poses), atol=0.015)
    assert moved_as_told("moves_right", out, out)
    still = track_all(video[:1].expand_as(video), masks)[0]
    assert torch.allclose(still.offsets, torch.zeros(FRAMES, 2), atol=1e-3)


@pytest.mark.parametrize("looks, unit", [(cube, 18.0), (ring, 18.0)])
def test_shrinking_objects_with_fine_looks(looks: Looks, unit: float) -> None:
    poses = line((60, 70), (60, 70), unit, unit / 2)
    video, masks = painted([(looks, poses)])
    out = track_all(video, masks)[0]
    due = torch.tensor([pose[2] for pose in poses]) / unit
    assert torch.allclose(out.scales, due, rtol=0.25)
    assert float(out.offsets.norm(dim=1).max()) < 0.04
    assert moved_as_told("shrinks", out, out)
    still = track_all(video[:1].expand_as(video), masks)[0]
    assert torch.equal(still.scales, torch.ones(FRAMES))
    assert not moved_as_told("shrinks", still, out)


def test_vanished_objects_are_not_found_elsewhere() -> None:
    for looks, unit in ((bird, 5.0), (ring, 12.0), (ball, 9.0)):
        poses = line((40, 50), (40, 50), unit)
        video, masks = painted([(looks, poses), (box, line((90, 90), (60, 90), 10))])
        # From the fourth frame on there is background where it was.
        around = slice(50 - 20, 50 + 20), slice(40 - 20, 40 + 20)
        video[4:, around[0], around[1]] = rough()[around].to(torch.uint8)
        out = track_all(video, masks)[0]
        assert float(out.offsets.norm(dim=1).max()) < 0.02
        assert float(out.errors[:4].max()) < 0.06 < float(out.errors[4:].min())
        for verb in ("moves_left", "moves_right", "moves_up", "jumps", "shrinks"):
            assert not moved_as_told(verb, out, out), verb


def test_what_another_object_does_is_its_own() -> None:
    # One that looks alike moves; the first one stays, or is gone.
    stays, moves = line((35, 40), (35, 40), 10), line((100, 90), (30, 90), 10)
    video, masks = painted([(ball, stays), (ball, moves)])
    first, second = track_all(video, masks)
    assert moved_as_told("stays_still", first, first)
    assert not moved_as_told("moves_left", first, first)
    assert torch.allclose(second.offsets, shifts(moves), atol=0.02)
    # It leaves the frame while the other one goes where it was.
    leaves = line((20, 60), (-60, 60), 10)
    video, masks = painted([(ball, leaves), (egg, line((60, 60), (30, 60), 12))])
    first, second = track_all(video, masks)
    assert moved_as_told("moves_left", first, first)
    assert float(first.offsets[:, 0].max()) < 0.02
    assert float(second.offsets[-1, 0]) == pytest.approx(-30 / SIDE, abs=0.02)


def test_what_passes_in_front_changes_no_size() -> None:
    stays, moves = line((64, 64), (64, 64), 10), line((20, 76), (110, 76), 10)
    video, masks = painted([(ball, stays), (box, moves)])
    behind, front = track_all(video, masks)
    assert moved_as_told("stays_still", behind, behind)
    assert torch.allclose(behind.scales, torch.ones(FRAMES), atol=0.13)
    assert torch.allclose(front.offsets, shifts(moves), atol=0.02)


def test_objects_that_turn_on_their_way() -> None:
    swing = [math.sin(2 * math.pi * index / 12) for index in range(FRAMES)]
    poses = [(64 + 28 * s, 50 - 8 * abs(s), 16.0, 1.1 * s) for s in swing]
    video, masks = painted([(cross, poses)])
    out = track_all(video, masks)[0]
    assert torch.allclose(out.offsets, shifts(poses), atol=0.03)
    assert torch.allclose(out.angles, 1.1 * torch.tensor(swing), atol=0.15)
    assert moved_as_told("swings", out, out)
