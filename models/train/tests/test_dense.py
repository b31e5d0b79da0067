# SPDX-License-Identifier: CC0-1.0
"""Dense trajectories: colours that say where each point was in the still."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import dense  # noqa: E402
import metrics  # noqa: E402
import scenes  # noqa: E402
from bundle import build_unet  # noqa: E402
from common import COLOURS, draw_colours, images, numbers  # noqa: E402
from encoder import OBJECTS, Encoder, disturbed  # noqa: E402
from train_stage import Stage  # noqa: E402
from train_vae import draw_images  # noqa: E402
from trajectory import carry, fit_similarity, refine_ids  # noqa: E402

CONFIG = json.loads((ROOT / "configs" / "dense.json").read_text())
SHIPPED = ROOT.parent / "ttm-small"


@pytest.fixture(scope="module")
def drawn() -> scenes.SceneBatch:
    return scenes.generate(
        6, 8, (96, 96), seed=5, objects=(1, 3), puppets=0.7, dense=True
    )


def places_of(
    batch: scenes.SceneBatch,
) -> tuple[torch.Tensor, torch.Tensor, dense.Boxes]:
    ids = batch.ids.long()
    boxes = dense.boxes_of(ids[:, 0], 3)
    return ids, dense.positions_of(batch.origins, ids, boxes), boxes


@pytest.mark.parametrize("entries", [(1, 2, 3), (4, 5, 6), (6, 1, 5), (2, 4, 3)])
def test_ids_and_positions_come_back(drawn, entries: tuple[int, ...]) -> None:
    ids, places, _ = places_of(drawn)
    colours = torch.tensor([[0, *entries]]).expand(6, -1)
    image = dense.paint_dense(ids, places, colours)
    assert image.abs().max() <= 1 and image.shape == (6, 8, 3, 96, 96)
    found, at = dense.decode_dense(image, colours)
    assert torch.equal(found, ids)
    assert (at - places)[ids > 0].abs().max() < 1e-5
    # A little off, as a network's are: the same ids, positions off by as much.
    noise = 0.05 * torch.randn(image.shape, generator=numbers(1))
    found, at = dense.decode_dense(image + noise, colours)
    assert (found == ids).float().mean() > 0.999
    off = (at - places)[(ids > 0) & (found == ids)]
    assert off.abs().mean() < 0.05 / 2 / dense.RANGE


def test_known_colours() -> None:
    """Red at the left top is plain; right adds green, down adds blue. Yellow loses
    red to the right and green down."""
    ids = torch.tensor([[[[1, 1, 1, 2, 2, 0]]]])
    places = torch.tensor([(0.0, 0), (1, 0), (0.5, 1), (0, 0), (1, 0.5), (0, 0)])
    colours = torch.tensor([[0, 1, 4]])
    image = (dense.paint_dense(ids, places.view(1, 1, 1, 6, 2), colours) + 1) / 2
    r = dense.RANGE
    want = torch.tensor([(1.0, 0, 0), (1, r, 0), (1, r / 2, r), (1, 1, 0),
                         (1 - r, 1 - r / 2, 0), (0, 0, 0)])  # fmt: skip
    assert torch.allclose(image[0, 0, :, 0].T, want, atol=1e-6)


def test_squares_of_colours_are_apart() -> None:
    """No two objects' colours, nor black, come nearer than half of RANGE."""
    ids = torch.arange(7).view(1, 1, 7, 1, 1).expand(1, 1, 7, 1, 25)
    at = torch.linspace(0, 1, 5)
    grid = torch.stack(torch.meshgrid(at, at, indexing="ij"), -1).view(25, 2)
    places = grid.expand(7, 1, 25, 2)
    colours = torch.arange(7)[None]
    rgb = [
        dense.paint_dense(ids[:, :, k], places[k : k + 1, None], colours)[0, 0, :, 0].T
        / 2
        for k in range(7)
    ]
    for a in range(7):
        for b in range(a):
            assert torch.cdist(rgb[a], rgb[b]).min() > dense.RANGE / 2 - 1e-3, (a, b)


def test_further_objects_are_plain() -> None:
    ids = torch.tensor([[[[1, 2, 3, 0]]]])
    colours = torch.tensor([[0, 7, 9, 2]])
    places = torch.full((1, 1, 1, 4, 2), 0.9)
    image = dense.paint_dense(ids, places, colours)
    assert torch.allclose(image[0, 0, :, 0, 0], COLOURS[7], atol=1e-6)
    assert torch.allclose(image[0, 0, :, 0, 1], COLOURS[9], atol=1e-6)
    found, at = dense.decode_dense(image, colours)
    assert torch.equal(found, ids)
    assert (at[0, 0, 0, :2] == dense.PLAIN).all()
    assert torch.allclose(at[0, 0, 0, 2], torch.tensor([0.9, 0.9]))


def test_boxes_and_positions() -> None:
    first = torch.zeros(1, 20, 30, dtype=torch.long)
    first[0, 4:8, 10:20] = 1
    boxes = dense.boxes_of(first, 2)
    assert boxes.side.tolist() == [[10.0, 1.0]]
    assert boxes.corner.tolist() == [[[10.0, 1.0], [0.0, 0.0]]]
    at = dense.still_positions(first, boxes)
    assert torch.allclose(at[0, 0, 4, 10], torch.tensor([0.05, 0.35]))
    assert torch.allclose(at[0, 0, 7, 19], torch.tensor([0.95, 0.65]))
    back = dense.origins_of(at, first[:, None], boxes)
    assert torch.allclose(back[0, 0, 7, 19], torch.tensor([19.5, 7.5]))


def test_a_disc_that_spins_is_read() -> None:
    """Its outline says nothing, its colours say the angle."""
    at = torch.arange(64) + 0.5
    ids = (((at - 32).square() + (at[:, None] - 32).square()) < 20**2).long()
    angles = torch.tensor([[0.0, 0.6, -1.4, 3.0]])
    centres = torch.full((1, 4, 2), 32.0)
    was = scenes.rigid_origins(centres, torch.ones(1, 4), angles, (64, 64))
    ids = ids.expand(1, 4, 64, 64)
    boxes, colours = dense.boxes_of(ids[:, 0], 1), torch.tensor([[0, 3]])
    image = dense.paint_dense(ids, dense.positions_of(was, ids, boxes), colours)
    found, places = dense.decode_dense(image, colours)
    origins = dense.origins_of(places, found, boxes)
    for frame, angle in enumerate(angles[0].tolist()):
        here = torch.stack([at.expand(64, 64), at[:, None].expand(64, 64)], -1)[
            ids[0, 0] > 0
        ]
        from_ = origins[0, frame][ids[0, 0] > 0]
        x, y = (here - 32).unbind(-1)
        u, v = (from_ - 32).unbind(-1)
        turned = math.atan2(float((u * y - v * x).sum()), float((u * x + v * y).sum()))
        assert math.isclose(turned, angle, abs_tol=1e-3)


def test_smoothing_keeps_ramps_and_objects_apart() -> None:
    ids = torch.zeros(1, 1, 32, 32, dtype=torch.long)
    ids[..., 4:28, 2:16], ids[..., 4:28, 16:30] = 1, 2
    ramp = torch.linspace(0, 1, 32).expand(32, 32)
    places = torch.stack([ramp, ramp.T], -1)[None, None].clone()
    places[ids == 2] = 0.9
    smooth = dense.smooth_positions(ids, places)
    assert (smooth - places)[0, 0, 9:23, 7:11].abs().max() < 0.01
    assert torch.allclose(smooth[ids == 2], torch.tensor(0.9), atol=1e-5)
    noisy = places + 0.1 * torch.randn(places.shape, generator=numbers(2))
    better = (dense.smooth_positions(ids, noisy) - places)[0, 0, 8:24, 6:12]
    assert better.abs().mean() < 0.5 * (noisy - places)[0, 0, 8:24, 6:12].abs().mean()
    # Too thin for an inner pixel: as it was.
    ids[:] = 0
    ids[..., 5, 3:9] = 1
    assert torch.equal(dense.smooth_positions(ids, places), places)


def test_carried_along_dense_places(drawn) -> None:
    """Nearer to the true clip than what the similarity fit carries."""
    ids, video = drawn.ids.long(), images(drawn.video)
    first = ids[:, 0]
    moved = dense.carry_dense(video[:, 0], first, ids, drawn.origins)
    fit = fit_similarity(first, ids, 3)
    rigid = carry(video[:, 0], first, refine_ids(first, ids, fit), fit)
    where = (ids > 0)[:, 1:]
    off = [(c - video).abs().mean(2)[:, 1:][where].mean() for c in (moved, rigid)]
    assert off[0] < 0.6 * off[1]
    assert torch.equal(moved[:, 0], video[:, 0])
    # Background never covered is the still's; uncovered is grey.
    bare = (ids == 0) & (first[:, None] == 0)
    still = video[:, :1].expand_as(moved).movedim(2, -1)
    assert torch.equal(moved.movedim(2, -1)[bare], still[bare])
    left = (ids == 0) & (first[:, None] > 0)
    left[:, 0] = False
    assert left.any() and (moved.movedim(2, -1)[left] == 0).all()
    # What the still does not show is grey too.
    away = torch.full_like(drawn.origins, -5.0)
    hidden = dense.carry_dense(video[:, 0], first, ids, away).movedim(2, -1)[:, 1:]
    assert (hidden[where] == 0).all()


def test_disturbed_places_stay_near() -> None:
    origins = torch.zeros(3, 4, 64, 64, 2)
    off = disturbed(origins, numbers(4)).norm(dim=-1)
    assert (off[:, 0] == 0).all()
    assert 0 < off[:, 1:].mean() < 0.03 * 64
    # Smooth: neighbours are off alike.
    assert off[:, 1:].diff(dim=-1).abs().max() < 1.0


def test_pictures_for_the_autoencoder() -> None:
    one = draw_images(
        8, 64, 3, (64, 64), trajectory="dense", masks_share=1.0, puppets=0.5
    )
    two = draw_images(
        8, 64, 3, (64, 64), trajectory="dense", masks_share=1.0, puppets=0.5
    )
    assert torch.equal(one, two) and one.shape == (8, 3, 64, 64)
    assert one.unique().numel() > 50 and one.min() == -1


@pytest.fixture(scope="module")
def small() -> dict:
    """The configuration, with the shipped bundle's text and few clips."""
    config = json.loads(json.dumps(CONFIG))
    for stage in ("image_to_motion", "motion_to_video"):
        config[stage]["training"] |= {"batch": 2, "fresh": 2, "ring": 2}
    return config


@pytest.mark.parametrize("name", ["image_to_motion", "motion_to_video"])
def test_a_step_of_each_stage(small: dict, name: str) -> None:
    torch.manual_seed(0)
    small = small | {"frames": 4}
    encoder, stage = Encoder(small, name, SHIPPED), Stage(small, name, SHIPPED)
    clips = encoder.draw(2, 7)
    unet = build_unet(small, name)
    loss = stage.loss(unet, clips, numbers(3))
    loss.backward()
    assert loss.isfinite() and unet.conv_out.weight.grad.abs().sum() > 0


def test_metrics_of_the_truth(small: dict, monkeypatch) -> None:
    """If what is sampled is the target, places are found, as far as the shipped
    autoencoder, which has not been trained on such colours, shows them."""
    encoder, stage = (
        make(small, "image_to_motion", SHIPPED) for make in (Encoder, Stage)
    )
    clips = encoder.draw(2, 9, "held_out", keep=True)
    assert clips["colours"].max() <= dense.OBJECTS
    monkeypatch.setattr(metrics, "sampled", lambda *a: clips["target"])
    told = metrics.evaluate_motion(None, stage, encoder, clips)
    monkeypatch.setattr(
        metrics, "sampled", lambda *a: clips["target"][:, :1].expand_as(clips["target"])
    )
    still = metrics.evaluate_motion(None, stage, encoder, clips)
    assert told["iou"] > 0.75 > still["iou"]
    assert told["origins"] < 0.7 * told["origins_still"]
    assert still["origins"] > told["origins"]


def test_as_many_colours_as_objects() -> None:
    assert OBJECTS <= dense.OBJECTS
    drawn = draw_colours(50, OBJECTS, numbers(1), dense.OBJECTS)
    assert drawn.max() == dense.OBJECTS and drawn[:, 1:].min() == 1
    assert (drawn[:, 1:].sort(1).values.diff(dim=1) > 0).all()
