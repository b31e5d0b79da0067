# SPDX-License-Identifier: CC0-1.0
"""The fast forward equals the diffusers class, masked attention included."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bundle import build_unet, load_config  # noqa: E402
from fast_unet import fast_forward  # noqa: E402
from masked_attention import Regions, set_regions  # noqa: E402

CONFIG = Path(__file__).resolve().parents[1] / "configs" / "small.json"


@pytest.mark.parametrize("stage", ["image_to_motion", "motion_to_video"])
@pytest.mark.parametrize("objects", [0, 2])
def test_equal(stage: str, objects: int) -> None:
    torch.manual_seed(1)
    config = load_config(CONFIG)
    unet = build_unet(config, stage)
    for p in unet.parameters():  # zero layers would hide errors
        torch.nn.init.normal_(p, std=0.05)
    c = config[stage]
    b, f, h = 2, 4, c["size"][0] // 8
    dim, count = config["text"]["hidden"], unet.config.in_channels
    sample = torch.randn(b, f, h, h, count)
    text, locals_ = torch.randn(b, 7, dim), torch.randn(b, objects * 7, dim)
    time = torch.tensor([100.0, 900.0])
    regions = {}
    for level in range(len(c["block_out_channels"])):
        n = h >> level
        ids = torch.randint(0, 3, (b, f, n, n))
        bits = torch.rand(b, f, n, n, objects) < 0.4
        regions[level] = Regions(ids, bits)
    with torch.no_grad():
        fast = fast_forward(unet, sample, time, text, regions, locals_)
        set_regions(unet, c["masked_blocks"], regions, locals_)
        slow = unet(
            sample.permute(0, 4, 1, 2, 3),
            time,
            text.repeat_interleave(f, dim=0),
        ).sample.permute(0, 2, 3, 4, 1)
    assert slow.std() > 1e-3
    assert torch.allclose(fast, slow, atol=1e-4 * float(slow.std()) + 1e-5)
