# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures of shape on cases whose answers are known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from scenes import TRAVELS, generate
from shape_measures import (
    Rhythm,
    best_similarity_iou,
    dense_error,
    foot_slip,
    gait_rhythm,
    same_rhythm,
    shape_score,
    stance,
)
from shapes import PuppetScore, place_as_told, rigid_copy, score, table
from suites import shapes

SIZE = 96


def rectangle(x: float, y: float, w: float, h: float, angle: float = 0.0) -> Tensor:
    """Mask [SIZE, SIZE] of a rectangle around x, y, turned."""
    at = torch.arange(SIZE) + 0.5
    dy, dx = torch.meshgrid(at - y, at - x, indexing="ij")
    u = math.cos(angle) * dx + math.sin(angle) * dy
    v = math.cos(angle) * dy - math.sin(angle) * dx
    return (u.abs() < w / 2) & (v.abs() < h / 2)


def walkers(
    count: int, noun_verb: tuple[str, ...] = ("walks",), seed: int = 3, size: int = 128
):
    """Clips of one puppet in the middle of a wide frame."""
    return generate(count, 16, (2 * size, size), seed=seed, objects=(1, 1), puppets=1.0,
                    shapes=noun_verb, dense=True)  # fmt: skip


def test_a_similarity_changes_nothing() -> None:
    one = rectangle(48, 48, 44, 14) | rectangle(36, 40, 12, 30)
    moved = [
        rectangle(40, 52, 44, 14) | rectangle(28, 44, 12, 30),  # aside
        rectangle(48, 48, 66, 21) | rectangle(30, 36, 18, 45),  # larger
        rectangle(48, 48, 14, 44) | rectangle(56, 36, 30, 12),  # a quarter turn
        rectangle(48, 48, 44, 14) | rectangle(60, 56, 12, 30),  # half a turn
    ]
    values = best_similarity_iou(one.expand(4, -1, -1), torch.stack(moved))
    assert (values > 0.93).all(), values


def test_a_disc_against_a_rectangle() -> None:
    """The best disc against a rectangle of 2 x 1, by the area that they share."""
    best = 0.0
    for step in range(50):
        r = 0.5 + 0.01 * step
        shared = 2 * (0.5 * math.sqrt(r * r - 0.25) + r * r * math.asin(0.5 / r))
        best = max(best, shared / (math.pi * r * r + 2 - shared))
    assert 0.5 < best < 0.75
    true = rectangle(48, 48, 56, 28)[None]
    at = torch.arange(SIZE) + 0.5
    disc = ((at - 40).square() + (at[:, None] - 55).square() < 17**2)[None]
    assert float(best_similarity_iou(disc, true)) == pytest.approx(best, abs=0.015)
    assert float(best_similarity_iou(true, true)) > 0.99


def test_empty_masks() -> None:
    one, none = rectangle(48, 48, 20, 20), torch.zeros(SIZE, SIZE, dtype=torch.bool)
    values = best_similarity_iou(torch.stack([one, none]), torch.stack([none, one]))
    assert math.isnan(float(values[0])) and float(values[1]) == 0


def growing() -> Tensor:
    """A square that becomes a rectangle of 1 x 2.5, [8, SIZE, SIZE]."""
    return torch.stack([rectangle(48, 48, 20, 20 + 30 * t / 7) for t in range(8)])


def test_a_rigid_model_scores_what_a_rigid_copy_scores() -> None:
    true = growing()
    # It goes elsewhere, grows and turns, but stays a square.
    rigid = torch.stack(
        [rectangle(30 + 4 * t, 40, 20 + t, 20 + t, 0.1 * t) for t in range(8)]
    )
    told = shape_score(rigid, true)
    assert told.iou == pytest.approx(told.rigid, abs=0.03)
    assert told.gain == pytest.approx(0, abs=0.1)
    assert not told.as_told and told.change < 0.1


def test_the_true_shape_elsewhere_is_right() -> None:
    true = growing()
    elsewhere = torch.stack(
        [rectangle(40 + t, 40, 14, 14 + 21 * t / 7) for t in range(8)]
    )
    told = shape_score(elsewhere, true)
    assert told.gain > 0.85 and told.as_told
    # Half of the change in the sides.
    half = torch.stack([rectangle(48, 48, 20, 20 + 15 * t / 7) for t in range(8)])
    assert 0.25 < shape_score(half, true).gain < 0.75
    wrong = torch.stack([rectangle(48, 48, 20 + 30 * t / 7, 20) for t in range(8)])
    wrong[:, :] = wrong | rectangle(48, 48, 8, 70)
    assert not shape_score(wrong, true).as_told


def test_what_should_not_change_must_not() -> None:
    true = torch.stack([rectangle(30 + 4 * t, 48, 30, 20) for t in range(8)])
    assert math.isnan(shape_score(true, true).gain)
    assert shape_score(true, true).as_told
    assert not shape_score(growing(), true).as_told


def test_dense_error_of_a_known_shift() -> None:
    true = torch.rand(3, SIZE, SIZE, 2)
    where = torch.zeros(3, SIZE, SIZE, dtype=torch.bool)
    where[:, 10:30, 10:30] = True
    assert dense_error(true, true, where) == 0
    off = true + torch.tensor([3.0, 4.0])
    off[:, 40:] = 100  # outside
    off[0] = 100  # the still
    assert dense_error(off, true, where) == pytest.approx(5 / SIZE, rel=1e-5)
    assert math.isnan(dense_error(off, true, where & False))


def feet(cycles: float, way: float = 0.0, wide: float = 8.0) -> Tensor:
    """A body on two feet that part and meet, [16, SIZE, SIZE]."""
    frames = []
    for t in range(16):
        part = 6 + wide * abs(math.sin(math.pi * cycles * t / 15))
        x = 40 + way * t
        frames.append(rectangle(x, 40, 14, 40) | rectangle(x - part, 66, 5, 14)
                      | rectangle(x + part, 66, 5, 14))  # fmt: skip
    return torch.stack(frames)


@pytest.mark.parametrize("cycles", [2, 3, 4])
def test_rhythm_of_feet(cycles: float) -> None:
    found = gait_rhythm(feet(cycles))
    assert found.cycles == pytest.approx(cycles, abs=0.3)
    assert found.strength > 0.6 and found.depth > 0.05
    assert same_rhythm(found, found)
    still = gait_rhythm(
        torch.stack([rectangle(30 + 2 * t, 48, 20, 40) for t in range(16)])
    )
    assert still.strength == 0 and not same_rhythm(still, found)
    other = gait_rhythm(feet(cycles + 2))
    assert not same_rhythm(other, found)
    assert same_rhythm(found, still) is None


def test_stance_is_the_feets_width() -> None:
    width = stance(torch.stack([feet(2)[0], torch.zeros(SIZE, SIZE, dtype=torch.bool)]))
    # From 40 - 6 - 2.5 to 40 + 6 + 2.5; the object is 53 high.
    assert float(width[0]) == pytest.approx(17 / 53, abs=0.03)
    assert math.isnan(float(width[1]))


def test_slip_of_what_slides_and_what_steps() -> None:
    slides = torch.stack([rectangle(20 + 3 * t, 50, 12, 40) for t in range(16)])
    assert foot_slip(slides) == pytest.approx(1.0, abs=0.02)
    steps = []
    for t in range(16):  # each foot stands for four frames
        body = rectangle(20 + 3 * t, 44, 12, 30)
        one, two = ((t + 2) // 4) * 12, (t // 4) * 12 + 6
        steps.append(
            body | rectangle(17 + one, 66, 5, 14) | rectangle(17 + two, 66, 5, 14)
        )
    assert foot_slip(torch.stack(steps)) < 0.3
    assert math.isnan(foot_slip(slides[:1].expand(8, -1, -1)))


def test_drawn_walkers_keep_their_feet_and_their_rhythm() -> None:
    clips = walkers(10)
    rhythms, slips, slid = 0, [], []
    for ids in clips.ids == 1:
        if ids[:, :, 0].any() or ids[:, :, -1].any():
            continue
        slip = foot_slip(ids)
        if not math.isnan(slip):
            slips.append(slip)
            # The same way as a whole.
            path = [int(frame.any(0).nonzero().float().mean()) for frame in ids]
            moved = [torch.roll(ids[0], x - path[0], 1) for x in path]
            slid.append(foot_slip(torch.stack(moved)))
        found = gait_rhythm(ids)
        rhythms += found.strength > 0.4
    assert len(slips) >= 3 and rhythms >= 3
    assert sum(slips) / len(slips) < 0.5
    assert sum(slid) / len(slid) > 0.85


def test_drawn_shapes_change_more_than_rigid_copies() -> None:
    clips = generate(6, 8, (96, 96), seed=2, objects=(1, 1), puppets=1.0,
                     shapes=("raises_arms", "sits_down", "lies_down"))  # fmt: skip
    for ids in clips.ids == 1:
        told = shape_score(ids, ids)
        assert told.iou > 0.97 and told.rigid < 0.93 and told.as_told
        frozen = shape_score(ids[:1].expand_as(ids), ids)
        assert frozen.gain == pytest.approx(0, abs=0.02) and not frozen.as_told


def test_rhythms_without_an_object() -> None:
    none = torch.zeros(16, SIZE, SIZE, dtype=torch.bool)
    found = gait_rhythm(none)
    assert math.isnan(found.cycles) and found.strength == 0
    assert same_rhythm(found, Rhythm(3.0, 0.8, 0.1)) is False


def test_scores_of_the_suite() -> None:
    """True clips are right, frozen stills are not, rigid copies have the place only."""
    cases = shapes(10)
    rows: dict[str, list[PuppetScore]] = {"true": [], "frozen": [], "rigid": []}
    for case in cases:
        rows["true"] += score(case, case.ids)
        rows["frozen"] += score(case, case.ids[:1].expand_as(case.ids))
        copy = torch.zeros_like(case.ids)
        for index in range(len(case.verbs)):
            copy[rigid_copy(case.ids == index + 1)] = index + 1
        rows["rigid"] += score(case, copy)
    assert all(s.as_told for s in rows["true"])
    assert all(s.trajectory_iou == 1 for s in rows["true"])
    assert not any(s.place for s in rows["frozen"] if s.verb in TRAVELS)
    share = lambda name, part: sum(  # noqa: E731
        bool(getattr(s, part)) for s in rows[name]
    ) / len(rows[name])
    assert share("rigid", "place") > 0.9 > share("rigid", "shape") + 0.2
    for told in rows["rigid"]:
        assert abs(told.shape_iou - told.rigid_iou) < 0.06  # resampled
    text = table(rows)
    assert text.count("\n") == 5 and "| rigid |" in text


def test_who_acts_in_place_may_not_leave() -> None:
    true = torch.stack([rectangle(40, 48, 20, 30)] * 8)
    goes = torch.stack([rectangle(40 + 4 * t, 48, 20, 30) for t in range(8)])
    assert place_as_told("waves", true, true) is True
    assert place_as_told("waves", goes, true) is False
    assert place_as_told("walks", goes, goes) is True
    assert place_as_told("walks", true, goes) is False
    assert place_as_told("walks", goes.flip(2), goes) is False
    assert place_as_told("walks", goes, true) is None
