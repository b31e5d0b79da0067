# SPDX-License-Identifier: CC0-1.0
"""Stray pieces of masks: known answers, and scenes that must lose nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import scenes  # noqa: E402
from stray import drop_stray  # noqa: E402

EDGE = 50
STEP = 4  # pixels a frame


def clip(frames: int, *boxes: tuple[int, int, int, int, int, int]) -> torch.Tensor:
    """Ids [1, F, H, W] of boxes (frame, x, y, width, height, id)."""
    ids = torch.zeros(1, frames, EDGE, EDGE, dtype=torch.long)
    for t, x, y, w, h, l in boxes:
        ids[0, t, y : y + h, x : x + w] = l
    return ids


def check(
    frames: int,
    kept: list[tuple[int, int, int, int, int, int]],
    stray: list[tuple[int, int, int, int, int, int]],
    objects: int = 1,
) -> None:
    """In any of the four orientations, and beside another clip in the batch."""
    given, wanted = clip(frames, *kept, *stray), clip(frames, *kept)
    empty = torch.zeros_like(given)
    for turns in range(4):
        a, b = (torch.rot90(x, turns, (2, 3)) for x in (given, wanted))
        found = drop_stray(torch.cat([empty, a, b]), objects)
        assert torch.equal(found, torch.cat([empty, b, b]))
        assert found.dtype == given.dtype


def still(frames: int, *box: int) -> list[tuple[int, int, int, int, int, int]]:
    x, y, w, h = box
    return [(t, x, y, w, h, 1) for t in range(frames)]


def test_a_piece_stays_up_to_a_step_away() -> None:
    kept = still(16, 20, 20, 8, 8)
    check(16, [*kept, (6, 28 + STEP - 1, 27 + STEP, 2, 2, 1)], [])
    check(16, kept, [(3, 28 + STEP, 20, 8, 8, 1), (5, 20, 40, 9, 9, 1)])


def test_pieces_on_both_sides_of_another_object_stay() -> None:
    bar = [(t, 20 + t, 10, 4, 30, 2) for t in range(16)]
    kept = [p for p in still(16, 15, 20, 25, 6)]
    check(16, [*kept, *bar], [(4, 45, 45, 3, 3, 1), (4, 2, 2, 3, 3, 2)], objects=2)


def test_what_left_over_the_border_comes_in_there_only() -> None:
    gone = [(0, 20, 2, 6, 6, 1), (1, 20, 0, 6, 5, 1)]
    back = [(14, 30, 0, 6, 5, 1), (15, 30, 2, 6, 6, 1)]
    below = [(t, 20, 40, 6, 6, 1) for t in range(2, 14)]
    check(16, gone, [*below, (15, 20, 5 + STEP, 6, 6, 1)])
    check(16, [*gone, *back], below)


def test_what_is_hidden_may_go_a_step_a_frame() -> None:
    start = [(0, 10, 10, 6, 6, 1)]
    for unseen in (2, 3, 5):
        far = 15 + STEP * unseen
        check(16, [*start, (unseen, far, 10, 6, 6, 1)], [])
        check(16, start, [(unseen, far + 1, 10, 6, 6, 1)])


def test_a_crumb_does_not_hold_an_object() -> None:
    start, moved = (0, 10, 10, 10, 10, 1), [(t, 27, 10, 10, 10, 1) for t in (1, 2)]
    check(16, [start, (1, 10, 10, 9, 1, 1), moved[1]], [moved[0]])
    check(16, [start, (1, 10, 10, 10, 1, 1)], moved)


def test_with_fewer_frames_things_go_further() -> None:
    start = (0, 2, 2, 4, 4, 1)
    check(11, [start, (1, 5 + 9, 2, 4, 4, 1)], [])
    check(11, [start], [(1, 6 + 9, 2, 4, 4, 1)])
    check(2, [start, (1, 46, 46, 4, 4, 1)], [])


def test_nothing_and_what_is_not_there_at_first() -> None:
    for objects in (0, 3):
        empty = clip(16)
        assert torch.equal(drop_stray(empty, objects), empty)
    check(1, [(0, 2, 2, 4, 4, 1), (0, 40, 40, 4, 4, 1)], [])
    check(16, [(3, 30, 30, 4, 4, 1), (3, 5, 5, 4, 4, 1)], [])
    late = [(3, 5, 5, 4, 4, 1), (4, 6, 5, 4, 4, 1)]
    check(16, late, [(5, 30, 30, 4, 4, 1)])


@pytest.mark.parametrize("frames", [16, 8])
def test_true_masks_lose_next_to_nothing(frames: int) -> None:
    ids = scenes.generate(48, frames, (64, 64), seed=31).ids.long()
    lost = (drop_stray(ids, 3) != ids).sum()
    assert lost <= 0.0005 * (ids > 0).sum()


def test_pieces_far_away_are_found_in_scenes() -> None:
    ids = scenes.generate(8, 16, (64, 64), seed=5).ids.long()
    corners = ids.clone()
    # A blob in every corner that is away from all objects in all frames.
    for y in (0, 56):
        for x in (0, 56):
            near = ids[:, :, max(y - 8, 0) : y + 16, max(x - 8, 0) : x + 16]
            free = (near == 0).flatten(1).all(1)
            corners[free, 8:, y + 2 : y + 6, x + 2 : x + 6] = 1
    added = int((corners != ids).sum())
    left = int((drop_stray(corners, 3) != drop_stray(ids, 3)).sum())
    assert added > 1000 and left == 0
