# SPDX-License-Identifier: CC0-1.0
"""The sampler's schedule, guidance, and weights that survive a save."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from diffusers import FlowMatchEulerDiscreteScheduler

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pipeline  # noqa: E402
from bundle import (  # noqa: E402
    build_unet,
    load_config,
    load_unet,
    save_unet,
    stage_meta,
)
from pipeline import Conditions, Prompts, resize_ids, sample_stage, sigmas  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def test_sigmas_are_those_of_diffusers() -> None:
    for terminal in (0.0, 0.25):
        scheduler = FlowMatchEulerDiscreteScheduler(
            num_train_timesteps=1000, shift=1.0, shift_terminal=terminal or None
        )
        for steps in (2, 4, 7):
            scheduler.set_timesteps(steps)
            mine = torch.tensor(sigmas(steps, terminal))
            assert torch.allclose(mine, scheduler.sigmas, atol=1e-5)


def test_guidance_and_first_frame(monkeypatch) -> None:
    def fake(unet, meta, x, sigma, cond, text, locals_):
        seen = float(cond.inputs["image"].mean()) * 10 + float(text.mean())
        return torch.full_like(x, seen)

    monkeypatch.setattr(pipeline, "predict_sample", fake)
    image, first = torch.ones(1, 1, 2, 2, 3), torch.full((1, 1, 2, 2, 3), 5.0)
    cond = Conditions({"image": image}, None, first, {})
    one, zero = torch.ones(1, 4, 8), torch.zeros(1, 4, 8)
    prompts = Prompts(one, one, zero, zero)
    noise = torch.randn(1, 3, 2, 2, 3)
    # e(0,0) = 0, e(I,0) = 10, e(I,T) = 11
    out = sample_stage(None, {}, noise, cond, prompts, 2, 3.0, 2.0, 0.25)
    assert torch.allclose(out[:, 1:], torch.tensor(0 + 2 * 10 + 3 * 1.0))
    assert (out[:, 0] == 5).all()


def test_resize_ids_takes_the_pixel_under_the_centre() -> None:
    ids = torch.arange(16).view(1, 4, 4)
    assert resize_ids(ids, 2, 2)[0].tolist() == [[5, 7], [13, 15]]
    assert resize_ids(ids, 8, 8)[0, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_saved_network_loads_equal(tmp_path) -> None:
    config = load_config(ROOT / "configs" / "smoke.json")
    unet = build_unet(config, "motion_to_video")
    torch.nn.init.normal_(unet.conv_out.weight)
    meta = stage_meta(config, "motion_to_video")
    save_unet(unet, meta, tmp_path, torch.float32)
    again, read = load_unet(tmp_path)
    assert read == meta
    for (name, a), b in zip(unet.state_dict().items(), again.state_dict().values()):
        assert torch.equal(a, b), name
