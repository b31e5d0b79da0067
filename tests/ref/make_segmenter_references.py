# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/segmenter and nets/segmenter_one: tiny segmenters of models/train with the
values that PyTorch computes, as make_net_references.py does for other networks. Run it from
anywhere:

    python3 tests/ref/make_segmenter_references.py
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from make_net_references import Recorder, image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "models" / "train"), str(Path(__file__).parent / "check")]

from networks import random_hints, save_segmenter  # noqa: E402
from record import randomise  # noqa: E402
from segmenter import SegmenterConfig, TTMSegmenter  # noqa: E402


def segmenter_case(
    name: str, seed: int, sizes: list[tuple[int, int]], config: SegmenterConfig
) -> None:
    """A network, whose output is the mask; the score is one of its layers."""
    model = TTMSegmenter(config)
    randomise(model, seed)
    case = Recorder(name, "segmenter", "ttm", model)
    model.save_pretrained = partial(save_segmenter, model)
    levels = len(config.block_out_channels)
    case.watch(
        {
            "conv_in": "conv_in",
            "down_blocks.0.resnets.0": "down_blocks.0.resnets.0.conv2",
            "mid_block.attentions.0": "mid_block.attentions.0.to_out.0",
            "mid_block.resnets.1": "mid_block.resnets.1.conv2",
            "score_head": "score_head.conv_2",
        }
        | (
            {
                "down_blocks.0.downsamplers.0.conv": "down_blocks.0.downsamplers.0.conv",
                "up_blocks.0.upsamplers.0.conv": "up_blocks.0.upsamplers.0.conv",
                "up_blocks.0.resnets.0": "up_blocks.0.resnets.0.conv2",
            }
            if levels > 1
            else {}
        )
    )
    generator = torch.Generator().manual_seed(seed + 1)
    for i, (height, width) in enumerate(sizes):
        case.begin(f"run{i}", graph="segmenter", n=1, height=height, width=width)
        picture = image(generator, 1, height, width)
        hints = random_hints(generator, height, width)
        case.put("in/image", picture)
        case.put("in/hints", hints)

        def forward(dtype: torch.dtype, of=(picture, hints)) -> Tensor:
            return model(*(x.to(dtype) for x in of))[0]

        case.forward(forward)
    case.save()


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        segmenter_case(
            "segmenter",
            110,
            [(16, 24), (32, 8)],
            SegmenterConfig(
                sample_size=32,
                block_out_channels=(8, 12, 16),
                norm_num_groups=4,
                attention_head_dim=8,
                score_channels=6,
            ),
        )
        segmenter_case(
            "segmenter_one",
            120,
            [(6, 10)],
            SegmenterConfig(
                sample_size=10,
                block_out_channels=(6,),
                norm_num_groups=2,
                attention_head_dim=6,
                score_channels=3,
            ),
        )


if __name__ == "__main__":
    main()
