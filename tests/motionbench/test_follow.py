# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The suite of puppets on photographs, and how well a clip follows, on known cases."""

from __future__ import annotations

import math

import pytest
import torch

import suites
from follow import changed, compare, table
from photographs import SIZE, backdrops, skin
from suites import photographed_shapes


def test_puppets_stand_before_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The photograph is there wherever no puppet is, and captions name no other place."""
    monkeypatch.setattr(suites, "PHOTO_SCENES", 3)
    cases = photographed_shapes(2)
    assert len(cases) == 2
    for case, photo in zip(cases, backdrops(3)):
        assert case.video.shape == (16, SIZE[1], SIZE[0], 3)
        far = ~changed(case.ids)[0]
        far &= case.ids[0] == 0
        away = (case.video[0].float() - photo.float()).abs().mean(-1)
        # shadows are soft and near
        assert float((away[far] < 1).float().mean()) > 0.9
        assert (case.ids[0] > 0).any() and "background" not in case.caption
        assert case.ids.max() == len(case.verbs)


def test_the_texture_is_that_of_the_photograph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A puppet has the grain of the square; without contrast it has none."""
    monkeypatch.setattr(suites, "PHOTO_SCENES", 1)
    own = photographed_shapes(1)[0]
    monkeypatch.setattr(suites, "_SKINS", (("brick.jpg", 60, 60, 192),))
    other = photographed_shapes(1)[0]
    inside = own.ids[0] > 0
    assert torch.equal(own.ids, other.ids)
    assert (own.video[0][inside] != other.video[0][inside]).float().mean() > 0.5
    assert torch.equal(own.video[0][~changed(own.ids)[0]], other.video[0][~changed(own.ids)[0]])  # fmt: skip
    grain = skin("brick.jpg", 60, 60, 192)
    assert grain.shape == (3, 192, 192) and abs(float(grain.mean())) < 1e-6


def test_measures_of_known_cases() -> None:
    numbers = torch.Generator().manual_seed(3)
    true = torch.randint(0, 256, (3, 40, 50, 3), dtype=torch.uint8, generator=numbers)
    ids = torch.zeros(3, 40, 50, dtype=torch.uint8)
    ids[:, 10:20, 10:20] = 1
    assert changed(ids)[0].sum() > 100 and not changed(ids)[:, 25:].any()
    best = compare(true, true, ids)
    assert best[0] == 60 and best[1] > 0.999
    wrong = true.clone()
    wrong[1:] = torch.where(true[1:] < 128, true[1:] + 16, true[1:] - 16)
    expected = 20 * math.log10(255 / 16)
    assert compare(wrong, true, ids)[0] == pytest.approx(expected, abs=1e-3)
    # what is elsewhere, and frame 0, do not count; where something was in the still, does
    wrong = true.clone()
    wrong[:, 30:] = 0
    wrong[0] = 0
    assert compare(wrong, true, ids) == best
    ids[1:] = 0
    wrong[1:, 12:15, 12:15] = 0
    assert compare(wrong, true, ids)[0] < 30
    assert all(map(math.isnan, compare(true, true, torch.zeros_like(ids))))
    assert "| a | 20.00 (20.00 to 20.00) | 0.500 (0.500 to 0.500) |" in table(
        {"a": [(20.0, 0.5), (20.0, 0.5)]}
    )
