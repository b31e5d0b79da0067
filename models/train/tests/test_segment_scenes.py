# SPDX-License-Identifier: CC0-1.0
"""Composites for the segmenter: exact masks, hints where they belong, seeds."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from segment_scenes import compose, hints, packages, sources  # noqa: E402
from segment_scenes.photographs import cut_photograph, cut_piece, variant  # noqa: E402
from segment_scenes.piles import Pile  # noqa: E402
from segment_scenes.shards import draw_shard, load_assets  # noqa: E402
from segment_stand_ins import assets, marked_scene, photo, thing  # noqa: E402

SIZE = 96


def test_a_seed_is_a_scene() -> None:
    one, again, other = (
        compose.scene(np.random.default_rng(k), assets(), SIZE) for k in (3, 3, 4)
    )
    assert np.array_equal(one[0], again[0]) and np.array_equal(one[1], again[1])
    assert not np.array_equal(one[0], other[0])
    assert one[0].shape == (SIZE, SIZE, 3) and one[1].shape == (SIZE, SIZE)


def test_scenes_have_objects_of_all_sizes() -> None:
    shares = [
        (compose.scene(np.random.default_rng(k), assets(), SIZE)[1] > 0).mean()
        for k in range(40)
    ]
    assert np.median(shares) > 0.1 and max(shares) < 1
    assert min(shares) < 0.1 < 0.3 < max(shares)


def test_mask_is_exact_where_the_objects_were_put(monkeypatch) -> None:
    """White things on black, seen without a camera: white is what has an id."""

    def square(rng, assets, size, scale, centre, ground):
        rgba = np.ones((size, size, 4), np.float32)
        rgba[..., 3] = 0
        half = scale * size / 2
        x, y = centre[0] * size, centre[1] * size
        ys, xs = np.mgrid[:size, :size]
        rgba[(abs(xs - x) < half) & (abs(ys - y) < half), 3] = 1
        return rgba

    dark = np.zeros((SIZE, SIZE, 3), np.float32)
    bare = np.zeros((SIZE, SIZE), np.uint8)
    monkeypatch.setattr(compose, "draw_object", square)
    monkeypatch.setattr(compose, "background", lambda *_: (dark.copy(), bare.copy()))
    monkeypatch.setattr(compose, "ground_shadow", lambda rng, canvas, alpha: canvas)
    monkeypatch.setattr(compose, "shade", lambda rng, canvas: canvas)
    monkeypatch.setattr(compose, "foreground", lambda rng, a, canvas, ids: canvas)
    monkeypatch.setattr(compose, "camera", lambda rng, x: (x * 255).astype(np.uint8))
    for seed in range(30):
        image, ids = compose.scene(np.random.default_rng(seed), assets(), SIZE)
        assert np.array_equal(image[..., 0] > 127, ids > 0)


def test_what_stands_before_the_objects_takes_their_pixels() -> None:
    for seed in range(12):
        ids = np.ones((SIZE, SIZE), np.uint8)
        canvas = np.zeros((SIZE, SIZE, 3), np.float32)
        rng = np.random.default_rng(seed)
        made = compose.foreground(rng, assets(), canvas, ids)
        untouched = ids > 0
        assert np.all(made[untouched].max(1) <= 0.51)


def test_shards_can_be_drawn_again(tmp_path: Path) -> None:
    stand_ins = assets()
    for name in ("cutouts", "clips", "photos"):
        getattr(stand_ins, name).save(tmp_path / name)
    loaded = load_assets(tmp_path)
    assert np.array_equal(loaded.photos[1], stand_ins.photos[1])
    shard = draw_shard(loaded, 5, 3, 64)
    assert np.array_equal(shard, draw_shard(stand_ins, 5, 3, 64))
    assert not np.array_equal(shard, draw_shard(stand_ins, 6, 3, 64))


@pytest.mark.parametrize("kind", ["none", "box", "points", "coarse"])
def test_hints_are_where_they_belong(kind: str) -> None:
    size, seen, near = (96, 128), 0, 0
    for seed in range(60):
        scene = marked_scene(seed % 7)
        rng = np.random.default_rng(seed)
        one = hints.sample(rng, scene, size, {kind: 1.0})
        if one is None:
            continue
        seen += 1
        assert one.kind == kind and one.image.shape == (*size, 3)
        assert one.hints.shape == (*size, 4) and one.mask.shape == size
        assert 0 <= one.hints.min() and one.hints.max() <= 1
        box, yes, no, coarse = np.moveaxis(one.hints, 2, 0)
        bright = one.image.max(2) > 75
        inside = one.mask > 0.5
        # The mask is the bright thing, or one of the two.
        assert (bright & inside).sum() >= 0.93 * inside.sum()
        assert box.any() == (kind == "box")
        assert coarse.any() == (kind == "coarse")
        if kind == "none":
            assert not one.hints.any()
            assert (bright & ~inside).sum() < 0.1 * inside.sum()
        if kind == "points":
            assert yes.any()
        for y, x in np.argwhere(yes > 0.97):
            assert one.mask[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3].max() > 0.4
        for y, x in np.argwhere(no > 0.97):
            assert one.mask[y, x] < 0.6
        if kind == "box":
            assert (inside & (box > 0)).sum() > 0.75 * inside.sum()
        if kind == "coarse":
            near += coarse[inside].mean() > coarse[~inside].mean() + 0.15
    assert seen > 40
    assert kind != "coarse" or near > 0.85 * seen


def test_ground_is_below_and_behind() -> None:
    """Its ids are of the lower part of the background, where that looks otherwise."""
    seen = 0
    for seed in range(60):
        image, ids = compose.background(np.random.default_rng(seed), assets(), SIZE)
        assert image.shape == (SIZE, SIZE, 3) and 0 <= image.min() and image.max() <= 1
        assert set(np.unique(ids)) <= {0, compose.GROUND}
        if not ids.any():
            continue
        seen += 1
        assert ids[SIZE // 2 :].mean() >= ids[: SIZE // 2].mean()
    assert 5 < seen < 40
    every = [
        compose.scene(np.random.default_rng(k), assets(), SIZE)[1] for k in range(60)
    ]
    both = [i for i in every if (i == compose.GROUND).any() and (i == 1).any()]
    assert both  # objects stand before it


def test_texture_that_lies_comes_closer_together() -> None:
    ys = np.arange(SIZE)[:, None, None] // 4 % 2
    stripes = np.broadcast_to(ys, (SIZE, SIZE, 3)).astype(np.float32).copy()
    lying = compose.lying(np.random.default_rng(2), stripes, 0.3)
    edges = np.abs(np.diff(lying[:, SIZE // 2, 0])) > 0.3
    assert edges[SIZE // 3 : SIZE // 2].sum() > edges[-SIZE // 6 :].sum()


def test_a_second_thing_is_beside_the_first() -> None:
    for seed in range(40):
        scale, (x, y) = 0.5, (0.2 + 0.6 * seed / 40, 0.5)
        size, (u, v) = compose.beside(np.random.default_rng(seed), (scale, (x, y)))
        assert 0.3 * scale < abs(u - x) < scale and abs(v - y) < 0.3 * scale
        assert 0.3 < size / scale < 2 and -0.15 < u < 1.15


def test_ground_is_asked_for_by_its_box_alone() -> None:
    scene = marked_scene(1)
    scene[-30:, :, 3] = compose.GROUND
    scene[-30:, :, :3] = 60
    assert not hints.salient(scene[..., 3])[-30:].any()
    asked = {
        kind: sum(
            one is not None and one.mask[-4:].mean() > 0.9
            for one in (
                hints.sample(np.random.default_rng(k), scene, (96, 96), {kind: 1.0})
                for k in range(80)
            )
        )
        for kind in ("none", "box", "points")
    }
    assert asked["none"] == 0 and asked["box"] > 8 and asked["points"] < asked["box"]
    scene[..., 3] = compose.GROUND
    rng = np.random.default_rng(1)
    assert hints.sample(rng, scene, (96, 96), {"none": 1.0}) is None


def test_no_hints_ask_for_the_large_things() -> None:
    scene = marked_scene(1)
    ids = scene[..., 3].copy()
    ids[:4, :4] = 3
    wanted = hints.salient(ids)
    assert np.array_equal(wanted, (ids == 1) | (ids == 2))


def test_second_pass_learns_from_the_first() -> None:
    asked = []

    def finder(image, positive, negative):
        asked.append((image.shape, positive))
        return np.full(image.shape[:2], 0.9, np.float32)

    for seed in range(30):
        rng = np.random.default_rng(seed)
        hints.sample(rng, marked_scene(2), (64, 64), {"coarse": 1.0}, finder)
    assert 5 < len(asked) < 25
    assert {shape for shape, _ in asked} == {(128, 128, 3)}
    assert any(points for _, points in asked)


def test_crops_grow_and_stay_in_the_picture() -> None:
    assert hints.grown((30, 30, 60, 45), 1 / 3, 100, 100) == (20, 25, 70, 50)
    assert hints.grown((0, 0, 90, 90), 1 / 3, 100, 100) == (0, 0, 100, 100)
    left, top, right, bottom = hints.shaped((20, 20, 40, 60), 2.0, 100, 100)
    assert (right - left) == 2 * (bottom - top) == 80
    left, top, right, bottom = hints.shaped((0, 0, 10, 90), 2.0, 100, 100)
    assert left == 0 and right == 100 and bottom - top == 90


def test_planes_of_hints() -> None:
    plane = hints.draw_points([(10, 20)], (0, 0, 50, 50), (50, 50))
    assert plane.argmax() == 20 * 50 + 10 and plane.max() == pytest.approx(1, abs=1e-3)
    assert plane[20, 14] == pytest.approx(np.exp(-0.5), abs=1e-3)
    box = hints.draw_box((10, 5, 20, 10), (0, 0, 40, 40), (80, 80))
    assert box.sum() == 20 * 10 and box[10:20, 20:40].all()


def test_resampling_keeps_places() -> None:
    x = np.zeros((64, 64), np.float32)
    x[16:32, 8:24] = 1
    for size, rect in (((32, 32), (0, 0, 64, 64)), ((96, 96), (8, 16, 24, 32))):
        y = hints.resample(x, rect, size)
        share = 16 * 16 / ((rect[2] - rect[0]) * (rect[3] - rect[1]))
        assert y.shape == size and y.mean() == pytest.approx(share, abs=0.04)


def test_photographs_are_cut_out_in_their_boxes() -> None:
    rng = np.random.default_rng(0)
    image = (photo(rng) // 4).astype(np.uint8)
    truth = np.zeros(image.shape[:2], np.uint8)
    cv2.ellipse(truth, (120, 100), (60, 40), 20, 0, 360, 1, -1)
    image[truth > 0] = image[truth > 0] + np.array([150, 120, 20], np.uint8)
    ys, xs = np.nonzero(truth)
    h, w = truth.shape
    box = [
        (xs.min() - 3) / w,
        (ys.min() - 3) / h,
        (xs.max() + 3) / w,
        (ys.max() + 3) / h,
    ]
    cut = cut_photograph(image, [box])
    assert ((cut.ids > 0) & (truth > 0)).sum() / (
        (cut.ids > 0) | (truth > 0)
    ).sum() > 0.9
    pieces = cut_piece(cut)
    assert len(pieces) == 1 and pieces[0].shape[2] == 4
    made = [variant(np.random.default_rng(k), cut, 64) for k in (1, 1, 2)]
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])
    for one in made:
        assert one.shape == (64, 64, 4) and one[..., 3].any()
        bright = one[..., 0].astype(int) - one[..., 2]
        assert bright[one[..., 3] > 0].mean() > bright[one[..., 3] == 0].mean() + 40


def test_cut_outs_are_one_thing_of_some_body(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    cv2.imwrite(str(tmp_path / "good.png"), thing(rng))
    whole = np.full((90, 90, 4), 255, np.uint8)
    cv2.imwrite(str(tmp_path / "whole.png"), whole)
    two = thing(rng)
    two[:, 40:80, 3] = 0
    cv2.imwrite(str(tmp_path / "two.png"), two)
    assert sources.cut_out(tmp_path / "good.png") is not None
    assert sources.cut_out(tmp_path / "whole.png") is None
    assert sources.cut_out(tmp_path / "two.png") is None
    assert sources.cut_out(tmp_path / "none.png") is None


def test_licences_are_read_from_the_package(tmp_path: Path) -> None:
    file = tmp_path / "a" / "usr/share/doc/a/copyright"
    file.parent.mkdir(parents=True)
    file.write_text(
        "Files: *\nLicense: CC0-1.0\n\nFiles: b\nLicense: CC-BY-4.0\n"
        "\nFiles: c\nLicense: CC0-1.0\n"
    )
    assert packages.licences(tmp_path, "a") == "CC0-1.0 (2), CC-BY-4.0 (1)"
    file.write_text("creative commons Public Domain Dedication")
    assert "Public Domain" in packages.licences(tmp_path, "a")


def test_pictures_in_resource_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    body = cv2.imencode(".jpg", photo(rng))[1].tobytes()
    blob = b"qres" + bytes(12) + len(body).to_bytes(4, "big") + body + b"tail"
    (tmp_path / "x.rcc").write_bytes(blob)
    assert packages.carve(tmp_path, tmp_path / "out") == 1
    assert (tmp_path / "out" / "x-20.jpg").read_bytes() == body


def test_piles_keep_pictures(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 256, (h, 7, 3)).astype(np.uint8) for h in (4, 9, 1)]
    Pile.of(pictures).save(tmp_path / "pile")
    pile = Pile.load(tmp_path / "pile")
    assert len(pile) == 3
    assert all(np.array_equal(a, pile[k]) for k, a in enumerate(pictures))
    assert len(Pile.of([])) == 0
