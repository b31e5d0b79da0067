# SPDX-License-Identifier: CC0-1.0
"""The comparison of what stage 1 may predict: measures of true trajectories."""

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
import scenes  # noqa: E402
from arms import arm_config  # noqa: E402
from bundle import build_unet, stage_meta  # noqa: E402
from common import paint_ids  # noqa: E402
from compare_trajectories import STAGE, measure, table  # noqa: E402
from encoder import flow_images  # noqa: E402
from tints import levels_of, paint_tints  # noqa: E402

CONFIG = json.loads((ROOT / "configs" / "trajectories.json").read_text())
ARMS = tuple(CONFIG["arms"])


def test_networks_are_equal_in_size_and_steps() -> None:
    counts, steps = {}, set()
    for arm in ARMS:
        config = arm_config(CONFIG, arm, 0)
        unet = build_unet(config, STAGE)
        counts[arm] = sum(p.numel() for p in unet.parameters())
        steps.add(config[STAGE]["training"]["steps"])
    assert len(steps) == 1
    assert max(counts.values()) / min(counts.values()) < 1.01
    kinds = {
        stage_meta(arm_config(CONFIG, a, 0), STAGE).get("trajectory") for a in ARMS
    }
    assert kinds == {None, "tinted", "dense", "flow"}


@pytest.fixture(scope="module")
def drawn() -> tuple[scenes.SceneBatch, dict[str, torch.Tensor]]:
    batch = scenes.generate(
        8, 8, (96, 96), seed=12, objects=(1, 2), max_objects=scenes.MAX_OBJECTS,
        puppets=0.8, dense=True,
    )  # fmt: skip
    colours = torch.tensor([[0, 2, 5, 1, 3, 4]]).expand(8, -1)
    clips = {"ids": batch.ids, "colours": colours, "origins": batch.origins}
    return batch, clips


def test_true_trajectories(drawn) -> None:
    """Dense masks and flow say all; plain masks what a similarity says."""
    batch, clips = drawn
    ids, colours = batch.ids.long(), clips["colours"]
    boxes = dense.boxes_of(ids[:, 0], scenes.MAX_OBJECTS)
    places = dense.positions_of(batch.origins, ids, boxes)
    images = {
        "masks": paint_ids(ids, colours),
        "tinted": paint_tints(ids, levels_of(batch.turns), colours),
        "dense": dense.paint_dense(ids, places, colours),
        "flow": flow_images(batch),
    }
    told = {kind: measure(kind, image, clips) for kind, image in images.items()}
    still = {round(values["still"], 6) for values in told.values()}
    assert len(still) == 1 and still.pop() > 0.05
    # Flow of over half of the height is cut off.
    assert told["flow"]["error"] < 0.006 and math.isnan(told["flow"]["iou"])
    assert told["dense"]["error"] < 0.012  # smoothed over the joints
    assert 0.5 > told["masks"]["error"] > 1.5 * told["dense"]["error"]
    assert all(told[kind]["iou"] > 0.99 for kind in ("masks", "tinted", "dense"))
    # Nothing found at all is a still.
    none = measure("masks", torch.full_like(images["masks"], -1.0), clips)
    assert none["error"] == pytest.approx(none["still"]) and none["iou"] < 0.2


def test_flow_of_rigid_scenes_stays() -> None:
    """By the places or by the paths, the flow of rigid objects is the same."""
    batch = scenes.generate(4, 5, (64, 64), seed=3, dense=True)
    found = flow_images(batch)
    batch.origins = None
    assert torch.allclose(found, flow_images(batch), atol=1e-4)


def test_the_table() -> None:
    run = {"error": 0.02, "still": 0.1, "iou": 0.5}
    text = table({"a": [run, run | {"error": 0.04}], "b": [run | {"iou": math.nan}]})
    assert "| a | 3.00 (2.00 to 4.00) | 10.00 (10.00 to 10.00) | 0.50" in text
    assert text.rstrip().endswith("| - |")
