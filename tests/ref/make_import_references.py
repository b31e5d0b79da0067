# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/import_stage1 and nets/import_stage2: what models/import makes of
a tiny Stable Diffusion and motion adapter, with the values of the base model.

The imported networks are given conditions, regions and local prompts that are
not zero; the expected output is that of diffusers' UNetMotionModel.from_unet2d
on the noise alone. Run it from anywhere:

    python3 tests/ref/make_import_references.py
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import MotionAdapter, UNet2DConditionModel, UNetMotionModel

from make_net_references import Recorder, draw_objects, unet_run

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "import"))

import import_bundle  # noqa: E402
from make_checkpoints import configurations, make  # noqa: E402

FRAMES, HEIGHT, WIDTH, TOKENS, OBJECTS = 2, 4, 6, 3, 2
CHANNELS = (8, 16)


def tiny() -> dict:
    configs = configurations(True)
    configs["unet"] |= {
        "block_out_channels": CHANNELS,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "attention_head_dim": 2,
        "cross_attention_dim": 48,
    }
    configs["adapter"] |= {
        "block_out_channels": CHANNELS,
        "motion_layers_per_block": 1,
        "motion_num_attention_heads": 2,
        "motion_norm_num_groups": 4,
        "motion_max_seq_length": 4,
    }
    return configs


def stage_case(folder: Path, base: UNetMotionModel, stage: str, name: str) -> None:
    base.masked = {}
    case = Recorder(name, stage, "diffusers", base)
    size = (FRAMES, HEIGHT, WIDTH)
    unet_run(case, "run", None, size, TOKENS, OBJECTS, 301.0, 131)
    generator = torch.Generator().manual_seed(132)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    case.put("in/image", noise(1, 4, HEIGHT, WIDTH))
    case.put("in/mask", noise(FRAMES, 4, HEIGHT, WIDTH))
    if stage == import_bundle.STAGES[1]:
        ids, sets = draw_objects(*size)
        bits = torch.arange(OBJECTS).repeat_interleave(TOKENS)
        case.put("in/locals", noise(OBJECTS, TOKENS, 48))
        case.put("in/local_key_sets", 1 << bits)
        case.put("in/regions.0", ids.flatten())
        case.put("in/sets.0", sets.flatten())
    case.save()
    shutil.rmtree(case.folder / stage)
    shutil.copytree(folder / "bundle" / stage, case.folder / stage)


def main() -> None:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, tiny(), False, torch.float16)
        arguments = [folder / "sd", folder / "adapter", folder / "bundle"]
        blocks = ["--masked-blocks", "0", "1"]
        assert import_bundle.main([*map(str, arguments), *blocks]) == 0
        unet = UNet2DConditionModel.from_pretrained(folder / "sd" / "unet")
        adapter = MotionAdapter.from_pretrained(folder / "adapter")
        base = UNetMotionModel.from_unet2d(unet.float(), adapter.float()).eval()
        for i, stage in enumerate(import_bundle.STAGES):
            stage_case(folder, base, stage, f"import_stage{i + 1}")


if __name__ == "__main__":
    with torch.no_grad():
        main()
