# SPDX-License-Identifier: CC0-1.0
"""Tinted masks and the turns that are read from them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import scenes  # noqa: E402
from common import COLOURS, draw_colours, numbers  # noqa: E402
from encoder import seen_turns  # noqa: E402
from tints import (  # noqa: E402
    FULL,
    REST,
    TINTS,
    decode_rows,
    fit_turns,
    join_rows,
    levels_of,
    mean_levels,
    paint_tints,
    split_rows,
    tint_table,
    turns_of,
)

FRAMES, EDGE = 16, 64


def disc(radius: float, x: float = 32, y: float = 32) -> torch.Tensor:
    """Ids [1, F, H, W] of one disc that stays."""
    at = torch.arange(EDGE) + 0.5
    ids = ((at - x).square() + (at[:, None] - y).square() < radius**2).long()
    return ids[None, None].repeat(1, FRAMES, 1, 1)


def rounded(turns: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Levels [1, F, H, W] of one object with these turns [F], rounded either way."""
    exact = levels_of(turns).view(1, -1, 1, 1)
    noise = torch.rand(ids.shape, generator=numbers(7)) - 0.5
    return (exact + noise).round().long() * (ids > 0)


def test_levels_tell_turns_and_signs() -> None:
    turns = torch.linspace(-FULL, FULL, 41)
    levels = levels_of(turns)
    assert (levels.diff() > 0).all()
    assert levels.min() >= 1 and levels.max() <= TINTS - 2
    assert levels_of(torch.zeros(1)) == REST
    assert torch.allclose(turns_of(levels), turns, atol=1e-4)
    assert torch.equal(levels_of(torch.tensor([-99.0, 99.0])), levels[[0, -1]])


def test_rows_round_trip_through_colours() -> None:
    g = torch.Generator().manual_seed(1)
    ids = torch.randint(0, 6, (2, 3, 16, 16), generator=g)
    levels = torch.randint(0, TINTS, (2, 5, 3), generator=g)
    colours = draw_colours(2, 5, numbers(3))
    again = decode_rows(paint_tints(ids, levels, colours), colours)
    found, level = split_rows(again)
    assert torch.equal(found, ids)
    assert torch.equal(join_rows(found, level), again)
    means, counts = mean_levels(found, level, 5)
    assert torch.equal(means.round().long(), levels) and (counts > 0).all()
    table = tint_table(colours)
    assert len(table[0].unique(dim=0)) == 1 + 5 * TINTS


def test_the_plain_colour_is_level_0() -> None:
    colours = torch.tensor([[0, 3, 1]])
    ids = torch.tensor([0, 1, 2]).view(1, 1, 1, 3)
    image = paint_tints(ids, torch.zeros(1, 2, 1), colours)
    assert torch.allclose(image[0, 0, :, 0].T, COLOURS[colours[0]])


def test_means_leave_the_rim_out() -> None:
    ids = disc(9)
    levels = torch.where(disc(8) > 0, 9, 2) * ids
    assert (mean_levels(ids, levels, 1)[0] > 8.9).all()
    thin = torch.zeros_like(ids)
    thin[:, :, 5, 3:30] = 1  # has no inner pixels
    assert (mean_levels(thin, 4 * thin, 1)[0] == 4).all()


@pytest.mark.parametrize("speed", [0.22, 0.3, 0.4, 0.5])
def test_a_disc_that_spins_is_read(speed: float) -> None:
    turns = speed * torch.arange(FRAMES)
    ids = disc(9)
    found = fit_turns(ids, rounded(turns, ids), 1)[0, 0]
    assert (found - turns).abs().max() < 0.25
    assert found[0] == 0


def test_beyond_the_scale_a_spin_goes_on() -> None:
    turns = 0.7 * torch.arange(FRAMES)
    assert turns[-1] > FULL + 2
    ids = disc(9)
    assert (fit_turns(ids, rounded(turns, ids), 1)[0, 0] - turns).abs().max() < 0.8


@pytest.mark.parametrize("kind", ["to and fro", "hump", "late", "little", "darker"])
def test_what_is_not_steady_is_no_turn(kind: str) -> None:
    """Predicted tints waver so where nothing should turn."""
    t = torch.arange(FRAMES) / (FRAMES - 1)
    turns = {
        "to and fro": 2 * (4 * math.pi * t).sin(),
        "hump": 4 * (math.pi * t).sin(),
        "late": 7 * t**6,
        "little": 2.2 * t,
        "darker": -6 * t,
    }[kind]
    ids = disc(9)
    assert (fit_turns(ids, rounded(turns, ids), 1) == 0).all()


def test_what_rests_is_exactly_unturned() -> None:
    ids = disc(9)
    levels = REST * (ids > 0)
    g = torch.Generator().manual_seed(2)
    # Of all pixels of a frame at once, as networks err.
    noise = torch.randn(1, FRAMES, 1, 1, generator=g).clamp(-1, 1)
    noisy = (levels + noise).round().clamp(0, TINTS - 1).long() * (ids > 0)
    assert (noisy != levels).any()
    for seen in (levels, noisy):
        assert (fit_turns(ids, seen, 1) == 0).all()


def test_one_wrong_frame_is_no_turn() -> None:
    ids = disc(9)
    levels = rounded(torch.zeros(FRAMES), ids)
    levels[:, 7] = 13 * (ids[:, 7] > 0)
    assert (fit_turns(ids, levels, 1) == 0).all()


def test_frames_without_the_object_are_bridged() -> None:
    turns = 0.3 * torch.arange(FRAMES)
    ids = disc(9)
    levels = rounded(turns, ids)
    ids[:, 6:9] = 0
    levels[:, 6:9] = 0
    found = fit_turns(ids, levels, 1)[0, 0]
    assert (found - turns).abs().max() < 0.2
    ids[:, 3:11] = 0  # more than half of the clip
    assert (fit_turns(ids, levels, 1) == 0).all()


def test_little_of_an_object_tells_nothing() -> None:
    turns = 0.3 * torch.arange(FRAMES)
    small = disc(1.5)
    assert small[0, 0].sum() < 12
    assert (fit_turns(small, rounded(turns, small), 1) == 0).all()
    ids = disc(9)
    ids[:, 1:, :, :37] = 0  # less than 0.3 of it
    assert 12 < ids[0, 1].sum() < 0.3 * ids[0, 0].sum()
    assert (fit_turns(ids, rounded(turns, ids), 1) == 0).all()


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_short_clips_and_absent_objects(frames: int) -> None:
    ids = torch.zeros(1, frames, 8, 8, dtype=torch.long)
    ids[0, :, 3, 3] = 1  # one pixel; object 2 is not there
    levels = torch.zeros_like(ids)
    found = fit_turns(ids, levels, 2)
    assert found.shape == (1, 2, frames) and (found == 0).all()


def test_drawn_clips() -> None:
    """Tints of the generator's objects give their turns back."""
    b = scenes.generate(
        16, FRAMES, (128, 128), seed=8, objects=(1, 3), verbs=("spins", "moves_left")
    )
    ids, objects = b.ids.long(), b.scales.shape[1]
    colours = draw_colours(16, objects, numbers(3))
    image = paint_tints(ids, levels_of(b.turns), colours)
    read, levels = split_rows(decode_rows(image, colours))
    assert torch.equal(read, ids)
    found = fit_turns(ids, levels, objects)
    seen = torch.stack([(ids == l + 1).sum((2, 3)) for l in range(objects)], 1)
    whole = (seen > 0.8 * seen[:, :, :1]).all(2) & (seen[:, :, 0] > 100)
    spins = b.turns.abs().amax(2) > 0
    spins &= b.turns.abs().amax(2) > 3.5  # slow ones are no evidence
    assert (spins & whole).sum() >= 3 and (~spins & whole).sum() >= 3
    assert (found - b.turns).abs()[spins & whole].amax(1).median() < 0.6
    spins = b.turns.abs().amax(2) > 0
    assert (found[~spins & whole] == 0).all()


def test_second_stages_train_on_turns_as_they_are_read() -> None:
    b = scenes.generate(
        16, FRAMES, (128, 128), seed=9, objects=(1, 3), verbs=("spins", "rolls_left")
    )
    found = seen_turns(b.ids.long(), b.turns, numbers(1))
    last, true = found[..., -1], b.turns[..., -1]
    clear = (true > 3.5) & (true < 0.8 * FULL) & (found != 0).any(2)
    assert clear.sum() >= 3
    off = (last / true)[clear]
    assert (off > 0.7).all() and (off < 1.3).all() and off.std() > 0.03
    back = true < -3
    assert back.any() and (last[back] == 0).all()  # the other way round none is read
    assert not torch.equal(found, seen_turns(b.ids.long(), b.turns, numbers(2)))
