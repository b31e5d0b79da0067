# SPDX-License-Identifier: CC0-1.0
"""Shaded masks and the turns that are read from them, against drawn clips."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import scenes  # noqa: E402
from common import draw_colours, numbers  # noqa: E402
from shading import (  # noqa: E402
    SHADES,
    decode_rows,
    first_levels,
    fit_turns,
    join_rows,
    paint_rows,
    shade_table,
    split_rows,
    turned_levels,
)

FRAMES, EDGE = 16, 64


def disc(radius: float, x: float = 32, y: float = 32) -> torch.Tensor:
    """Ids [H, W] of one disc."""
    at = torch.arange(EDGE) + 0.5
    return ((at - x).square() + (at[:, None] - y).square() < radius**2).long()


def spin(turns: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Levels [1, F, H, W] of an object at the middle with these turns [F]."""
    centres = torch.full((1, 1, len(turns), 2), EDGE / 2)
    ones = torch.ones(1, 1, len(turns))
    return turned_levels(ids, centres, ones, turns.view(1, 1, -1))


def test_levels_go_up_with_height() -> None:
    first = disc(10)[None]
    levels = first_levels(first, 1)[0]
    column = levels[22:42, 32]
    assert column[0] > column[-1] and (column.diff() <= 0).all()
    assert set(levels[22:42, 32].tolist()) == set(range(SHADES))
    assert (levels[first[0] == 0] == 0).all()


def test_rows_round_trip_through_colours() -> None:
    g = torch.Generator().manual_seed(1)
    ids = torch.randint(0, 6, (2, 3, 16, 16), generator=g)
    levels = torch.randint(0, SHADES, ids.shape, generator=g) * (ids > 0)
    colours = draw_colours(2, 5, numbers(3))
    rows = join_rows(ids, levels)
    again = decode_rows(paint_rows(rows, colours), colours)
    assert torch.equal(again, rows)
    for given, found in zip((ids, levels), split_rows(again)):
        assert torch.equal(given, found)
    table = shade_table(colours)
    assert len(table[0].unique(dim=0)) == 1 + 5 * SHADES


@pytest.mark.parametrize("speed", [-0.7, -0.2, 0.1, 0.3, 0.8])
def test_a_disc_that_spins_is_read(speed: float) -> None:
    turns = speed * torch.arange(FRAMES)
    ids = disc(9)[None, None].expand(1, FRAMES, -1, -1)
    found = fit_turns(ids, spin(turns, ids), torch.ones(1, 1, FRAMES), 1)[0, 0]
    assert (found - turns).abs().max() < 0.12
    assert found[0] == 0


def test_to_and_fro_is_read() -> None:
    wave = (torch.arange(FRAMES) * 2 * math.pi / 12).sin()
    ids = disc(9)[None, None].expand(1, FRAMES, -1, -1)
    found = fit_turns(ids, spin(1.2 * wave, ids), torch.ones(1, 1, FRAMES), 1)[0, 0]
    assert (found - 1.2 * wave).abs().mean() < 0.15
    # What predicted shading does anyhow is no turn.
    small = fit_turns(ids, spin(0.5 * wave, ids), torch.ones(1, 1, FRAMES), 1)
    assert (small == 0).all()


def test_what_rests_is_exactly_unturned() -> None:
    ids = disc(9)[None, None].expand(1, FRAMES, -1, -1)
    levels = spin(torch.zeros(FRAMES), ids)
    g = torch.Generator().manual_seed(2)
    noise = torch.randint(-1, 2, levels.shape, generator=g)
    noisy = ((levels + noise).clamp(0, SHADES - 1)) * (ids > 0)
    noisy[:, 0] = levels[:, 0]
    for seen in (levels, noisy):
        assert (fit_turns(ids, seen, torch.ones(1, 1, FRAMES), 1) == 0).all()


def test_without_shading_nothing_turns() -> None:
    """A flat drawing, or one whose shading got lost, is no turn."""
    ids = disc(9)[None, None].expand(1, FRAMES, -1, -1)
    levels = torch.zeros(1, FRAMES, EDGE, EDGE, dtype=torch.long)
    levels[:, 0] = first_levels(ids[:, 0], 1)
    assert (fit_turns(ids, levels, torch.ones(1, 1, FRAMES), 1) == 0).all()


def test_frames_without_the_object_are_bridged() -> None:
    turns = 0.3 * torch.arange(FRAMES)
    ids = disc(9)[None, None].repeat(1, FRAMES, 1, 1)
    levels = spin(turns, ids)
    ids[:, 6:9] = 0
    levels[:, 6:9] = 0
    found = fit_turns(ids, levels, torch.ones(1, 1, FRAMES), 1)[0, 0]
    assert (found - turns).abs().max() < 0.15


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_short_clips_and_absent_objects(frames: int) -> None:
    ids = torch.zeros(1, frames, 8, 8, dtype=torch.long)
    ids[0, :, 3, 3] = 1  # one pixel; object 2 is not there
    levels = torch.zeros_like(ids)
    found = fit_turns(ids, levels, torch.ones(1, 2, frames), 2)
    assert found.shape == (1, 2, frames) and (found == 0).all()


def test_drawn_clips() -> None:
    """Levels of the generator's objects move with them, and give their turns back."""
    b = scenes.generate(
        16, FRAMES, (128, 128), seed=8, objects=(1, 3), verbs=("spins", "moves_left")
    )
    ids, objects = b.ids.long(), b.scales.shape[1]
    levels = turned_levels(ids, b.centres, b.scales, b.turns)
    assert torch.equal(levels[:, 0], first_levels(ids[:, 0], objects))
    found = fit_turns(ids, levels, b.scales, objects)
    seen = torch.stack([(ids == l + 1).sum((2, 3)) for l in range(objects)], 1)
    whole = (seen > 0.8 * seen[:, :, :1]).all(2) & (seen[:, :, 0] > 100)
    spins = b.turns.abs().amax(2) > 0
    assert (spins & whole).sum() >= 5 and (~spins & whole).sum() >= 3
    assert (found - b.turns).abs()[spins & whole].amax(1).median() < 0.15
    assert (found[~spins & whole] == 0).all()
