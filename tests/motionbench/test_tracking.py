"""The tracker and the judge on clips whose answer is known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from motion_classes import UNJUDGED, moved_as_told  # noqa: E402
from scenes import VERBS, generate  # noqa: E402
from tracking import track  # noqa: E402

SCENES = 16


@pytest.fixture(scope="module")
def results() -> list[tuple[str, bool, bool]]:
    """(motion class, verdict on the true clip, verdict on a frozen one)."""
    judged = tuple(verb for verb in VERBS if verb not in UNJUDGED)
    batch = generate(SCENES, seed=91, objects=(1, 2), split="held_out", verbs=judged)
    out = []
    for clip in range(SCENES):
        frozen = batch.video[clip, :1].expand_as(batch.video[clip])
        for index, verb in enumerate(batch.verbs[clip]):
            mask = batch.ids[clip, 0] == index + 1
            paths = [track(video, mask) for video in (batch.video[clip], frozen)]
            true = paths[0].offsets
            verdicts = [moved_as_told(verb, p.offsets, p.scales, true) for p in paths]
            out.append((verb, verdicts[0], verdicts[1]))
    return out


def test_true_clips_move_as_told(results: list[tuple[str, bool, bool]]) -> None:
    share = sum(row[1] for row in results) / len(results)
    assert share >= 0.85, results


def test_frozen_clips_do_not(results: list[tuple[str, bool, bool]]) -> None:
    for verb, _, frozen in results:
        assert frozen == (verb == "stays_still"), verb


def test_opposite_direction_is_wrong() -> None:
    path = torch.stack([torch.linspace(0, -0.4, 16), torch.zeros(16)], 1)
    scales = torch.ones(16)
    assert moved_as_told("moves_left", path, scales)
    assert not moved_as_told("moves_right", path, scales)
    assert not moved_as_told("stays_still", path, scales)
    # What an object does with another is judged by where it should have gone.
    assert moved_as_told("follows", path, scales, path * 1.5)
    assert not moved_as_told("follows", path, scales, -path)
    assert not moved_as_told("follows", path, scales, path * 4)


def test_swings_return() -> None:
    time = torch.linspace(0, 1, 16)
    scales = torch.ones(16)
    path = torch.stack([0.2 * (7 * time).sin(), -0.05 * time], 1)
    assert moved_as_told("swings", path, scales)
    path = torch.stack([0.3 * time, torch.zeros(16)], 1)
    assert not moved_as_told("swings", path, scales)
