# SPDX-License-Identifier: CC0-1.0
"""The segmenter's network, its training and its use on a still."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import segment_still  # noqa: E402
import train_segmenter  # noqa: E402
from segment_scenes.hints import bounds  # noqa: E402
from segment_stand_ins import marked_scene  # noqa: E402
from segmenter import (  # noqa: E402
    WEIGHTS,
    SegmenterConfig,
    TTMSegmenter,
    load_segmenter,
    save_segmenter,
)
from train_segmenter import Scenes, Training, batch, losses, overlap  # noqa: E402

NARROW = SegmenterConfig(block_out_channels=(8, 8, 16, 16), attention_head_dim=8)
SHIPPED = HERE.parents[1] / "ttm-small" / "segmenter"


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two shards of marked scenes."""
    for k in range(2):
        scenes = np.stack([marked_scene(4 * k + n) for n in range(4)])
        np.save(tmp_path / f"shard-{k:03}.npy", scenes)
    return tmp_path


def scenes_of(folder: Path, seed: int = 0) -> Scenes:
    return Scenes([(folder, 1.0)], np.random.default_rng(seed))


@pytest.mark.parametrize("size", [(160, 160), (112, 160), (16, 48)])
def test_shapes(size: tuple[int, int]) -> None:
    net = TTMSegmenter(NARROW).eval()
    with torch.no_grad():
        mask, score = net(torch.zeros(2, 3, *size), torch.zeros(2, 4, *size))
    assert mask.shape == (2, 1, *size) and score.shape == (2, 1)


def test_attention_is_that_of_all_positions() -> None:
    net = TTMSegmenter(NARROW).eval()
    layer = net.mid_block.attentions[0]
    x = torch.randn(1, 16, 3, 4, generator=torch.Generator().manual_seed(0))
    y = layer.group_norm(x).flatten(2).transpose(1, 2)
    heads = [
        f(y).view(1, 12, 2, 8).transpose(1, 2)
        for f in (layer.to_q, layer.to_k, layer.to_v)
    ]
    wanted = torch.nn.functional.scaled_dot_product_attention(*heads)
    wanted = layer.to_out[0](wanted.transpose(1, 2).reshape(1, 12, 16))
    wanted = x + wanted.transpose(1, 2).reshape(1, 16, 3, 4)
    assert torch.allclose(layer(x), wanted, atol=1e-5)


def test_size_on_disk(tmp_path: Path) -> None:
    save_segmenter(TTMSegmenter(), tmp_path)
    assert (tmp_path / WEIGHTS).stat().st_size < 4.4 * 2**20


def test_export_loads(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = TTMSegmenter(NARROW).eval()
    save_segmenter(net, tmp_path)
    text = json.loads((tmp_path / "config.json").read_text())
    assert text["_class_name"] == "TTMSegmenter" and text["sample_size"] == 160
    again = load_segmenter(tmp_path)
    assert again.config == NARROW
    x, h = torch.randn(1, 3, 32, 32), torch.rand(1, 4, 32, 32)
    with torch.no_grad():
        for a, b in zip(net(x, h), again(x, h)):
            assert torch.allclose(a, b, atol=2e-2)
    (tmp_path / "config.json").write_text('{"_class_name": "UNet2DModel"}')
    with pytest.raises(ValueError, match="not of a TTMSegmenter"):
        load_segmenter(tmp_path)


def test_shipped_weights_are_of_the_network() -> None:
    if not SHIPPED.exists():
        pytest.skip("no segmenter in models/ttm-small")
    net = load_segmenter(SHIPPED)
    scene = marked_scene(3)
    mask = scene[..., 3] == 1
    found = segment_still.by_box(net, scene[..., :3], bounds(mask))
    over = found.mask > 0.5
    assert (over & mask).sum() / (over | mask).sum() > 0.8


def test_losses() -> None:
    mask = torch.zeros(2, 1, 16, 16)
    mask[:, :, 4:12, 4:12] = 1
    right, wrong = (mask * 2 - 1) * 20, (1 - mask * 2) * 20
    score = torch.tensor([[10.0], [10.0]])
    good, bad = losses(right, score, mask), losses(wrong, score, mask)
    assert all(float(x) < 1e-3 for x in good)
    assert float(bad[0]) > 5 and float(bad[1]) > 0.95 and float(bad[2]) > 5
    assert overlap(right, mask).tolist() == [1, 1]
    assert overlap(wrong, mask).tolist() == [0, 0]


def test_steps_lower_the_loss(shards: Path, monkeypatch) -> None:
    monkeypatch.setattr(train_segmenter, "TTMSegmenter", lambda: TTMSegmenter(NARROW))
    run = Training(60, torch.device("cpu"), 3e-3)
    rng = np.random.default_rng(1)
    *planes, _ = batch(scenes_of(shards), rng, 8, (64, 64))
    run.step = 300  # past the warm-up
    first, _ = run.advance(*planes)
    for _ in range(30):
        last, _ = run.advance(*planes)
    assert last[0] < 0.7 * first[0] and last[1] < 0.85 * first[1]


def test_batches_are_by_seed(shards: Path) -> None:
    made = [
        batch(scenes_of(shards, s), np.random.default_rng(s), 4, (48, 64))
        for s in (1, 1, 2)
    ]
    assert all(torch.equal(a, b) for a, b in zip(made[0][:3], made[1][:3]))
    assert not torch.equal(made[0][0], made[2][0])
    image, hints, mask, kinds = made[0]
    assert image.shape == (4, 3, 48, 64) and hints.shape == (4, 4, 48, 64)
    assert mask.shape == (4, 1, 48, 64) and len(kinds) == 4
    assert -1 <= float(image.min()) and float(image.max()) <= 1


def test_goes_on_where_it_stopped(tmp_path: Path, shards: Path, monkeypatch) -> None:
    monkeypatch.setattr(train_segmenter, "TTMSegmenter", lambda: TTMSegmenter(NARROW))
    planes = batch(scenes_of(shards), np.random.default_rng(0), 4, (32, 32))[:3]
    one = Training(60, torch.device("cpu"), 1e-3)
    one.advance(*planes)
    one.seconds = 12.0
    one.save(tmp_path / "segmenter.pt")
    two = Training(60, torch.device("cpu"), 1e-3)
    two.load(tmp_path / "segmenter.pt")
    assert two.step == 1 and two.seconds == 12
    assert one.advance(*planes)[0] == pytest.approx(two.advance(*planes)[0], rel=1e-4)


def test_program_writes_a_bundle(tmp_path: Path, shards: Path, monkeypatch) -> None:
    monkeypatch.setattr(train_segmenter, "TTMSegmenter", lambda: TTMSegmenter(NARROW))
    arguments = [
        "train_segmenter.py", "--shards", str(shards), "--also", str(tmp_path / "none"),
        "--out", str(tmp_path / "bundle"), "--work", str(tmp_path / "work"),
        "--minutes", "0.02", "--batch", "2", "--device", "cpu",
    ]  # fmt: skip
    monkeypatch.setattr(sys, "argv", arguments)
    train_segmenter.main()
    assert load_segmenter(tmp_path / "bundle").config == NARROW
    steps = torch.load(tmp_path / "work" / "segmenter.pt", weights_only=True)["step"]
    train_segmenter.main()  # its time is over: nothing to do
    again = torch.load(tmp_path / "work" / "segmenter.pt", weights_only=True)["step"]
    assert steps == again > 0


def test_begins_with_trained_weights(tmp_path: Path, shards: Path, monkeypatch) -> None:
    torch.manual_seed(5)
    trained = TTMSegmenter(NARROW)
    save_segmenter(trained, tmp_path / "trained")
    monkeypatch.setattr(train_segmenter, "TTMSegmenter", lambda: TTMSegmenter(NARROW))
    arguments = [
        "train_segmenter.py", "--shards", str(shards), "--out", str(tmp_path / "bundle"),
        "--work", str(tmp_path / "work"), "--start", str(tmp_path / "trained"),
        "--minutes", "0.0001", "--batch", "2", "--device", "cpu", "--peak", "1e-9",
    ]  # fmt: skip
    monkeypatch.setattr(sys, "argv", arguments)
    train_segmenter.main()
    made = load_segmenter(tmp_path / "bundle").state_dict()
    for name, value in load_segmenter(tmp_path / "trained").state_dict().items():
        assert torch.allclose(made[name], value, atol=1e-3)


def test_no_shards_is_said(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="draw some first"):
        scenes_of(tmp_path).next()


def test_new_shards_are_seen(shards: Path) -> None:
    scenes = scenes_of(shards)
    scenes.next()
    np.save(shards / "shard-000.npy", np.zeros((1, 32, 32, 4), np.uint8))
    (shards / "shard-001.npy").unlink()
    scenes.looked = -1e9
    assert scenes.next().shape == (32, 32, 4)


@pytest.mark.parametrize(
    "rect, size",
    [
        ((0, 0, 512, 512), (160, 160)),
        ((0, 0, 640, 360), (96, 160)),
        ((5, 5, 9, 905), (160, 16)),
    ],
)
def test_working_size(rect: tuple[int, int, int, int], size: tuple[int, int]) -> None:
    assert segment_still.working_size(rect, 160) == size


def test_a_still_is_looked_at_in_every_way() -> None:
    torch.manual_seed(0)
    net = TTMSegmenter(NARROW).eval()
    still = np.ascontiguousarray(marked_scene(0, 120)[:, :100, :3])
    ways = [
        segment_still.by_box(net, still, (20, 30, 60, 80)),
        segment_still.by_points(net, still, [(40, 50)], [(5, 5)]),
        *segment_still.by_nothing(net, still),
    ]
    for found in ways:
        assert found.mask.shape == (120, 100) and 0 <= found.sure <= 1
        assert 0 <= found.mask.min() and found.mask.max() <= 1
    # Nothing is found outside the crop around a box.
    assert not ways[0].mask[:, 80:].any()
