# SPDX-License-Identifier: CC0-1.0
"""Grids, similarity fit and carried images against hand-made cases."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trajectory import (  # noqa: E402
    Fit,
    carry,
    cross_bits,
    fit_similarity,
    grid_ids,
    refine_ids,
)


def square(x: int, y: int, edge: int, size: int = 32, label: int = 1) -> torch.Tensor:
    ids = torch.zeros(size, size, dtype=torch.long)
    ids[y : y + edge, x : x + edge] = label
    return ids


def test_grid_majority_and_ties() -> None:
    ids = torch.zeros(1, 1, 4, 4, dtype=torch.long)
    ids[0, 0, :2, :2] = torch.tensor([[1, 1], [2, 2]])  # tie: the higher id
    ids[0, 0, 2:, :2] = torch.tensor([[1, 1], [1, 0]])
    grid = grid_ids(ids, 2, 2, 2)[0, 0]
    assert grid.tolist() == [[2, 0], [1, 0]]


def test_grid_keeps_small_objects() -> None:
    ids = torch.zeros(1, 1, 4, 4, dtype=torch.long)
    ids[0, 0, 0, 3] = ids[0, 0, 3, 3] = 1  # one pixel in two cells
    grid = grid_ids(ids, 1, 2, 2)[0, 0]
    assert grid.tolist() == [[0, 1], [0, 0]]


def test_cross_bits() -> None:
    ids = torch.zeros(1, 1, 8, 8, dtype=torch.long)
    ids[0, 0, 1, 1] = ids[0, 0, 6, 3] = 1
    masks = cross_bits(ids, 1, 4, 4, boxes=False)[0, 0, :, :, 0].int().tolist()
    boxes = cross_bits(ids, 1, 4, 4, boxes=True)[0, 0, :, :, 0].int().tolist()
    assert masks == [[1, 0, 0, 0], [0] * 4, [0] * 4, [0, 1, 0, 0]]
    assert boxes == [[1, 1, 0, 0]] * 4


def test_fit_of_a_steady_move() -> None:
    ids = torch.stack([square(4 + 2 * t, 10, 8) for t in range(6)])[None]
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert torch.allclose(fit.centres[0, 0, :, 0], torch.arange(6) * 2.0 + 8)
    assert torch.allclose(fit.centres[0, 0, :, 1], torch.full((6,), 14.0))
    assert (fit.scales == 1).all()
    assert torch.equal(refine_ids(ids[:, 0], ids, fit), ids)


def test_fit_interpolates_lost_frames() -> None:
    frames = [square(4 + 2 * t, 10, 8) for t in range(6)]
    frames[3] = torch.zeros_like(frames[3])
    ids = torch.stack(frames)[None]
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert abs(float(fit.centres[0, 0, 3, 0]) - 14) < 1e-4


def test_fit_keeps_growth() -> None:
    ids = torch.stack([square(12 - t, 12 - t, 8 + 2 * t) for t in range(5)])[None]
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert abs(float(fit.scales[0, 0, -1]) - 2) < 0.03
    refined = refine_ids(ids[:, 0], ids, fit)
    assert (refined[:, -1] == ids[:, -1]).float().mean() > 0.99


def test_refine_prefers_the_predicted_object() -> None:
    first = square(2, 12, 6) + square(20, 12, 6, label=2)
    meet = square(12, 12, 6, label=2)  # both meet; 2 is in front
    ids = torch.stack([first, meet])[None]
    fit = fit_similarity(ids[:, 0], ids, 2)
    fit.centres[0, 0, 1] = fit.centres[0, 1, 1]
    assert torch.equal(refine_ids(ids[:, 0], ids, fit)[0, 1], meet)
    ids[0, 1] = 0
    assert set(refine_ids(first[None], ids, fit)[0, 1].unique().tolist()) == {0, 1}


def test_carry_moves_colours_and_leaves_grey() -> None:
    still = torch.full((1, 3, 32, 32), -1.0)
    first = square(4, 10, 8)
    still[0, 0][first == 1] = 1.0
    ids = torch.stack([first, square(16, 10, 8)])[None]
    fit = fit_similarity(ids[:, 0], ids, 1)
    out = carry(still, first[None], ids, fit)[0, 1]
    assert (out[0][ids[0, 1] == 1] == 1).all()
    assert (out[:, first == 1] == 0).all()
    assert (out[:, (first == 0) & (ids[0, 1] == 0)] == -1).all()
    ids[0, 1, 30, 30] = 1  # not refined: a stray pixel the shape never covers
    stray = carry(still, first[None], ids, fit, refined=False)[0, 1]
    assert (stray[:, 30, 30] == 0).all()


def quarter_turns() -> tuple[torch.Tensor, Fit]:
    """An L that turns by quarters around the middle, clockwise, and moves
    beside a square that grows to its double: ids [1, 4, 32, 32]."""
    shape = torch.zeros(32, 32, dtype=torch.long)
    shape[12:20, 12:16] = shape[16:20, 12:20] = 1
    frames, centres = [], []
    for t in range(4):
        ids = shape.rot90(-t, (0, 1)).roll((-3 * t, 2 * t), (0, 1))
        grown = square(8 - 2 * t, 26 - 2 * t, 4 + 4 * t, label=2) if t < 2 else 0
        frames.append(ids + grown)
        centres.append((16.0 + 2 * t, 16.0 - 3 * t))
    places = torch.tensor([centres, [(10.0, 28.0)] * 4])[None]
    scales = torch.tensor([[1.0] * 4, [1, 2, 1, 1]])[None]
    turns = torch.tensor([[t * math.pi / 2 for t in range(4)], [0.0] * 4])[None]
    return torch.stack(frames)[None], Fit(places, scales, turns)


def test_turned_objects_to_the_pixel() -> None:
    ids, fit = quarter_turns()
    first = ids[:, 0]
    refined = refine_ids(first, ids, fit)
    assert torch.equal(refined == 1, ids == 1)
    assert torch.equal(refined[:, :2], ids[:, :2])
    blind = refine_ids(first, torch.zeros_like(ids), fit)
    assert torch.equal(blind == 1, ids == 1)
    still = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    for used in (True, False):
        out = carry(still, first, ids, fit, used)[0]
        for t in range(4):
            turned = still[0].rot90(-t, (1, 2)).roll((-3 * t, 2 * t), (1, 2))
            mine = ids[0, t] == 1
            assert torch.allclose(out[t][:, mine], turned[:, mine], atol=1e-5)
            left = (first[0] == 1) & (ids[0, t] == 0)
            assert (out[t][:, left] == 0).all()
    fit.turns[0, 0, 1] += 0.2
    assert not torch.equal(refine_ids(first, ids, fit) == 1, ids == 1)


def test_fit_drops_small_changes_of_size() -> None:
    edges = [20, 21, 23, 24, 25]  # 25 % larger at the end
    ids = torch.stack([square(2, 2, e) for e in edges])[None]
    assert (fit_similarity(ids[:, 0], ids, 1).scales == 1).all()


def blobs(
    centres: list[tuple[float, float]], radii: list[tuple[float, float]],
    noise: float = 0.0, size: int = 64,
) -> torch.Tensor:  # fmt: skip
    """Ids [1, F, size, size] of an ellipse with a ragged outline."""
    g = torch.Generator().manual_seed(3)
    at = torch.arange(size) + 0.5
    frames = []
    for (cx, cy), (rx, ry) in zip(centres, radii):
        far = ((at - cx) / rx)[None].square() + ((at - cy) / ry)[:, None].square()
        rough = torch.randn(size, size, generator=g) * noise * (len(frames) > 0)
        frames.append((far.sqrt() + rough < 1).long())
    return torch.stack(frames)[None]


STILL = [(32.0, 32.0)] * 16
MOVING = [(12.0 + 2.6 * t, 32.0) for t in range(16)]


def scales_of(ids: torch.Tensor, objects: int = 1) -> torch.Tensor:
    return fit_similarity(ids[:, 0], ids, objects).scales[0]


def test_size_stays_where_masks_are_noisy() -> None:
    wobble = [10 * (1 + 0.2 * (-1) ** t * (t > 0)) for t in range(16)]
    assert (scales_of(blobs(STILL, [(r, r) for r in wobble], 0.1)) == 1).all()
    # A moving object's mask is blurred along its way, less across it.
    blurred = [(10 + 0.6 * t, 10 + 0.1 * t) for t in range(16)]
    assert (scales_of(blobs(MOVING, blurred, 0.1)) == 1).all()
    # One outlier in 16 frames is no change.
    once = [(10.0, 10.0) if t != 12 else (24.0, 24.0) for t in range(16)]
    assert (scales_of(blobs(STILL, once)) == 1).all()


def test_size_follows_what_grows_and_shrinks() -> None:
    for end in (1.8, 0.5):
        want = [end ** (t / 15) for t in range(16)]
        for centres in (STILL, [(29.0 + 0.4 * t, 32.0) for t in range(16)]):
            ids = blobs(centres, [(10 * s, 9 * s) for s in want], 0.1)
            ids[0, 9] = 0  # lost
            ids[0, 12, :, 30:] = 0  # half of it
            found = scales_of(ids)[0]
            assert (found / torch.tensor(want) - 1).abs().max() < 0.08
            assert found[0] == 1 and (found.diff() * (end - 1) > 0).all()


def test_size_where_another_object_hides_or_the_border_cuts() -> None:
    ids = blobs(STILL, [(10.0, 10.0)] * 16)
    wall = (torch.arange(64) > 26).expand(64, 64)
    for t in range(6, 16):  # most of it is behind the other one
        ids[0, t][wall] = 2
    assert (scales_of(ids, 2)[0] == 1).all()
    assert (scales_of(blobs([(32 + 3.0 * t, 32) for t in range(16)],
                            [(10.0, 10.0)] * 16)) == 1).all()  # fmt: skip
    # Comes closer until the frame is full.
    want = [1 + 0.22 * t for t in range(16)]
    found = scales_of(blobs(STILL, [(10 * s, 9 * s) for s in want]))[0]
    assert (found / torch.tensor(want).clamp(max=4) - 1).abs().max() < 0.15


def test_size_of_what_vanishes_or_returns() -> None:
    ids = blobs(STILL, [(10.0, 10.0)] * 16, 0.1)
    gone = ids.clone()
    gone[0, 3:] = 0
    gone[0, 2, 28:] = 0  # fades within a frame
    assert (scales_of(gone) == 1).all()
    ids[0, 4:11] = 0
    assert (scales_of(ids) == 1).all()
    assert (scales_of(torch.zeros_like(ids)) == 1).all()


def test_size_of_what_spins() -> None:
    at = torch.arange(64) + 0.5 - 32
    x, y = at[None].expand(64, 64), at[:, None].expand(64, 64)
    for shape in ("square", "star", "disc", "bar"):
        frames = []
        for t in range(16):
            turn = torch.tensor(0.35 * t)
            u, v = turn.cos() * x + turn.sin() * y, turn.cos() * y - turn.sin() * x
            far, angle = (u * u + v * v).sqrt(), torch.atan2(v, u)
            frames.append({
                "square": (u.abs() < 9) & (v.abs() < 9),
                "star": far < 12 + 5 * (5 * angle).cos(),
                "disc": far < 12,
                "bar": (u.abs() < 16) & (v.abs() < 5),
            }[shape].long())  # fmt: skip
        ids = torch.stack(frames)[None]
        fit = fit_similarity(ids[:, 0], ids, 1)
        assert (fit.scales == 1).all()
        assert (fit.centres - 32).abs().max() < 0.3


def test_frame_0_is_the_identity() -> None:
    ids = blobs(MOVING, [(10 + 0.8 * t, 9 + 0.8 * t) for t in range(16)], 0.2)
    first = blobs(MOVING, [(9.0, 9.0)] * 16)[:, 0]
    fit = fit_similarity(first, ids, 1)
    at = torch.arange(64) + 0.5
    assert fit.scales[0, 0, 0] == 1
    for axis, sums in ((0, first[0].sum(0)), (1, first[0].sum(1))):
        mean = float((sums * at).sum() / sums.sum())
        assert abs(float(fit.centres[0, 0, 0, axis]) - mean) < 1e-4


def test_fit_of_few_frames() -> None:
    for count in (1, 2, 3):
        ids = blobs(MOVING, [(10.0, 10.0)] * count)
        fit = fit_similarity(ids[:, 0], ids, 1)
        assert (fit.scales == 1).all() and fit.centres.isfinite().all()


def paths(places: list[tuple[int, int]], edge: int = 8, size: int = 32) -> torch.Tensor:
    """Ids [1, F, size, size] of a square whose corners may lie outside."""
    wide = torch.zeros(len(places), 3 * size, 3 * size, dtype=torch.long)
    for t, (x, y) in enumerate(places):
        wide[t, size + y : size + y + edge, size + x : size + x + edge] = 1
    return wide[None, :, size : 2 * size, size : 2 * size]


def test_fit_of_what_leaves() -> None:
    ids = paths([(6 + 5 * t, 10) for t in range(8)])  # gone in the last two
    assert not ids[0, -2:].any()
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert (fit.scales == 1).all()
    # Straight on at the same speed, also where it is out of sight.
    want = torch.arange(8) * 5.0 + 10
    assert torch.allclose(fit.centres[0, 0, :, 0], want, atol=1e-4)
    assert torch.equal(refine_ids(ids[:, 0], ids, fit), ids)


def test_fit_of_what_comes_in() -> None:
    ids = paths([(12, -5 + 3 * t) for t in range(6)])
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert (fit.scales == 1).all()
    steps = fit.centres[0, 0, :, 1].diff()
    assert torch.allclose(steps, torch.full((5,), 3.0), atol=1e-4)
    # More comes in than the still shows; the prediction says how much.
    assert torch.equal(refine_ids(ids[:, 0], ids, fit), ids)
    less = ids.clone()
    less[0, 4, :9] = 0
    refined = refine_ids(ids[:, 0], less, fit)[0, 4]
    assert refined[12:15, 12:20].all() and not refined[:9].any()


def test_fit_of_what_only_touches_the_border() -> None:
    ids = paths([(20 + t, 10) for t in range(5)])  # at the border in the end
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert torch.allclose(fit.centres[0, 0, :, 0], torch.arange(5) + 24.0)
    ids = paths([(0, 10), (0, 12), (0, 14)])  # and all the time
    fit = fit_similarity(ids[:, 0], ids, 1)
    assert (fit.scales == 1).all() and (fit.centres[0, 0, :, 0] == 4).all()
