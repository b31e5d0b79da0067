# SPDX-License-Identifier: CC0-1.0
"""Nothing of a training step is left on the CPU when the clips are on CUDA.

Fake tensors know their device but hold no data, so that this needs no GPU.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import dense  # noqa: E402
from bundle import STAGES, build_unet, stage_meta  # noqa: E402
from common import choose_device, half, paint_ids  # noqa: E402
from pipeline import Prompts, predict_sample, sample_stage  # noqa: E402
from encoder import OBJECTS, Encoder
from train_stage import Ring, conditions  # noqa: E402
from trajectory import carry, decode_ids, fit_similarity, refine_ids  # noqa: E402

CONFIG = json.loads((ROOT / "configs" / "smoke.json").read_text())
CUDA = torch.device("cuda", 0)


def test_a_tensor_on_the_cpu_is_noticed() -> None:
    with FakeTensorMode(), pytest.raises(RuntimeError, match="same device"):
        torch.empty(3, device=CUDA) + torch.arange(3)


def test_the_device_is_found() -> None:
    assert choose_device("cpu").type == "cpu"
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    found = choose_device("auto").type
    assert found == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("fast", [False, True])
def test_half_where_it_is_fast(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: fast)
    x = torch.ones(2, 2)
    with half("cpu"):
        assert (x @ x).dtype == (torch.bfloat16 if fast else torch.float32)
    with half("cpu:0"):
        assert (x @ x).dtype == (torch.bfloat16 if fast else torch.float32)


def test_trajectories_stay_on_the_device() -> None:
    with FakeTensorMode(allow_non_fake_inputs=True):
        first = torch.zeros(2, 64, 64, dtype=torch.long, device=CUDA)
        ids = torch.zeros(2, 4, 64, 64, dtype=torch.long, device=CUDA)
        still = torch.zeros(2, 3, 64, 64, device=CUDA)
        colours = torch.zeros(2, OBJECTS + 1, dtype=torch.long, device=CUDA)
        painted = paint_ids(ids, colours)
        decoded = decode_ids(painted, colours)
        fit = fit_similarity(first, decoded, OBJECTS)
        used = refine_ids(first, decoded, fit)
        carried = carry(still, first, used, fit)
        origins = torch.zeros(2, 4, 64, 64, 2, device=CUDA)
        boxes = dense.boxes_of(first, OBJECTS)
        places = dense.positions_of(origins, ids, boxes)
        shown = dense.paint_dense(ids, places, colours)
        back = dense.origins_of(dense.decode_dense(shown, colours)[1], ids, boxes)
        along = dense.carry_dense(still, first, ids, back)
        made = (painted, decoded, fit.centres, used, carried, shown, back, along)
        for tensor in made:
            assert tensor.device == CUDA


@pytest.mark.parametrize("stage", STAGES)
def test_steps_stay_on_the_device(stage: str) -> None:
    b, f, dim = 2, 4, CONFIG["text"]["hidden"]
    meta, levels = stage_meta(CONFIG, stage), len(CONFIG[stage]["block_out_channels"])
    w, h = (s // 8 for s in meta["size"])
    with FakeTensorMode(allow_non_fake_inputs=True), torch.no_grad():
        with CUDA:
            unet = build_unet(CONFIG, stage)
        ids = torch.zeros(b, f, 8 * h, 8 * w, dtype=torch.long, device=CUDA)
        encoder = Encoder.__new__(Encoder)
        encoder.meta, encoder.levels = meta, levels
        shape = (b, f, h, w, CONFIG["vae"]["latent_channels"])
        clips = {name: torch.zeros(shape, device=CUDA) for name in meta["inputs"]}
        clips["target"] = torch.zeros(shape, device=CUDA)
        clips |= encoder._regions(ids)
        clips["text"] = torch.zeros(b, 8, dtype=torch.long, device=CUDA)
        ring = Ring(4)
        ring.add(clips)
        assert all(value.device == CUDA for value in ring.data.values())
        cond = conditions(clips, meta, levels)
        text = torch.zeros(b, 8, dim, device=CUDA)
        locals_ = torch.zeros(b, OBJECTS * 8, dim, device=CUDA)
        sigma = torch.ones(b, device=CUDA)
        with half(CUDA):
            out = predict_sample(
                unet, meta, clips["target"], sigma, cond, text, locals_
            )
        assert out.device == CUDA
        prompts = Prompts(text, locals_, text, locals_)
        x = sample_stage(unet, meta, clips["target"], cond, prompts, 2, 2.0)
        assert x.device == CUDA
