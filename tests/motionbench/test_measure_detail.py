# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures of measure_detail.py on clips whose scores are known."""

from __future__ import annotations

import math

import torch

from measure_detail import mask_frames, regions, score, ssim_map, white_shares
from scenes import generate
from tints import decode_rows, levels_of, split_rows


def _clip() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    video = torch.randint(0, 200, (3, 64, 64, 3), generator=generator)
    ids = torch.zeros(3, 64, 64, dtype=torch.uint8)
    for frame in range(3):
        ids[frame, 20:40, 10 + 12 * frame : 26 + 12 * frame] = 1
    return video.to(torch.uint8), ids


def test_equal_clips_are_perfect() -> None:
    video, ids = _clip()
    psnr, ssim = score(video, video, ids)
    assert all(value > 75 for value in psnr.values())
    assert all(math.isclose(value, 1, abs_tol=1e-4) for value in ssim.values())


def test_an_error_counts_where_it_is() -> None:
    video, ids = _clip()
    wrong = video.clone()
    wrong[1:][ids[1:] > 0] += 10
    psnr, _ = score(wrong, video, ids)
    assert math.isclose(psnr["objects"], 20 * math.log10(25.5), abs_tol=1e-3)
    assert psnr["uncovered"] > 75
    assert psnr["objects"] < psnr["seams"] < psnr["whole"]
    wrong = video.clone()
    wrong[0] += 50  # frame 0 does not count
    assert score(wrong, video, ids)[0]["whole"] > 75


def test_structure_is_seen() -> None:
    video, _ = _clip()
    brighter = ssim_map(video, (video.float() * 1.05 + 5).to(torch.uint8)).mean()
    shifted = ssim_map(video, video.roll(3, 2)).mean()
    assert brighter > 0.95 > 0.3 > shifted


def test_regions() -> None:
    _, ids = _clip()
    where = regions(ids)
    assert not bool((where["uncovered"] & where["objects"]).any())
    assert bool(where["uncovered"][2, 30, 14])
    assert not bool(where["uncovered"][2, 30, 45])
    assert bool(where["seams"][1, 30, 22]) and not bool(where["seams"][1, 30, 30])
    alone = torch.zeros(2, 16, 16, dtype=torch.uint8)
    assert math.isnan(
        score(
            torch.zeros(2, 16, 16, 3, dtype=torch.uint8),
            torch.zeros(2, 16, 16, 3, dtype=torch.uint8),
            alone,
        )[0]["objects"]
    )


def test_tints_are_those_of_the_trained_trajectory() -> None:
    verbs = ("spins", "stays_still")
    batch = generate(4, frames=5, size=(64, 64), seed=4, objects=(2, 2), verbs=verbs)
    colours = torch.tensor([[0, 1, 2]])
    for clip in range(4):
        ids, turns = batch.ids[clip], batch.turns[clip]
        drawn = mask_frames(ids, white_shares(ids, turns))
        assert (drawn[0] == mask_frames(ids)[0]).all()
        image = torch.from_numpy(drawn)[None].permute(0, 1, 4, 2, 3) / 127.5 - 1
        found, levels = split_rows(decode_rows(image, colours))
        assert torch.equal(found[0], ids.long())
        for l in range(2):
            seen = levels[0, 1:][ids[1:] == l + 1]
            expected = levels_of(turns[l])[1:, None, None].expand(ids[1:].shape)
            if turns[l].any():
                off = seen - expected[ids[1:] == l + 1]
                assert off.abs().max() < 0.6
            else:
                assert (seen == 0).all()
