# SPDX-License-Identifier: CC0-1.0
"""The promptable segmenter: a crop of a still and hints -> the object's mask.

A U-Net over a crop whose sides are multiples of 16. The hints are four planes:
the box, positive points, negative points, and the mask of a coarser pass; all
zero asks for what a photographer would call the thing of the picture. Nothing
else than convolutions, GroupNorm, SiLU, nearest doubling and one attention at
the lowest resolution, so that libavfilter_ttm can run it.

Order of the layers, for those who write it elsewhere:

    x = conv_in(image, hints), stride 2
    each down block i: x = resnets.0(x); skip i = x;
        but for the last one x = downsamplers.0.conv(x), stride 2, padding 1,
        to the next width
    mid block: resnets.0, attentions.0 (residual, over all positions), resnets.1;
        its result is also what score_head reads
    each up block j, for skip i = levels - 2 - j: x doubled (nearest),
        upsamplers.0.conv to width i; x = resnets.0(x, skip i), concatenated in
        that order
    mask = conv_out(nearest doubling of silu(conv_norm_out(x))), logits
    score_head: conv_1 (3x3, stride 1) over (mid block's result), silu,
        conv_2 (1x1) to one channel: [N, 1, H / 16, W / 16]; its mean over
        the positions is the logit of the probability that the mask's IoU is
        at least 0.7

A resnet is diffusers' ResnetBlock2D without an embedding: conv1(silu(norm1(x))),
conv2(silu(norm2(.))), plus x or conv_shortcut(x) (1x1) where the widths differ.
The attention is diffusers' Attention with group_norm, to_q, to_k, to_v, to_out.0,
all with bias. Every GroupNorm has norm_num_groups groups and an epsilon of 1e-5.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

HINTS = 4
EPSILON = 1e-5
WEIGHTS = "diffusion_pytorch_model.safetensors"
POINT_SIGMA = 4.0  # working pixels
STRIDE = 16


@dataclass(frozen=True)
class SegmenterConfig:
    """What config.json says."""

    sample_size: int = 160
    in_channels: int = 3 + HINTS
    block_out_channels: tuple[int, ...] = (16, 48, 96, 144)
    layers_per_block: int = 1
    norm_num_groups: int = 8
    attention_head_dim: int = 48
    score_channels: int = 32


class Resnet(nn.Module):
    """diffusers' ResnetBlock2D without an embedding."""

    def __init__(self, ins: int, out: int, groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, ins, eps=EPSILON)
        self.conv1 = nn.Conv2d(ins, out, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, out, eps=EPSILON)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(ins, out, 1) if ins != out else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[N, ins, h, w] -> [N, out, h, w]."""
        y = self.conv1(F.silu(self.norm1(x)))
        y = self.conv2(F.silu(self.norm2(y)))
        return self.conv_shortcut(x) + y


class Attention(nn.Module):
    """diffusers' Attention over all positions, with its norm and its residual."""

    def __init__(self, width: int, head: int, groups: int):
        super().__init__()
        self.heads = width // head
        self.group_norm = nn.GroupNorm(groups, width, eps=EPSILON)
        self.to_q = nn.Linear(width, width)
        self.to_k = nn.Linear(width, width)
        self.to_v = nn.Linear(width, width)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w] -> the same."""
        n, c, h, w = x.shape
        y = self.group_norm(x).flatten(2).transpose(1, 2)
        q, k, v = (
            layer(y).view(n, h * w, self.heads, -1).transpose(1, 2)
            for layer in (self.to_q, self.to_k, self.to_v)
        )
        weights = (q * (c // self.heads) ** -0.5) @ k.transpose(-1, -2)
        y = (weights.float().softmax(-1).to(v.dtype) @ v).transpose(1, 2)
        y = self.to_out[0](y.reshape(n, h * w, c))
        return x + y.transpose(1, 2).reshape(n, c, h, w)


class Resample(nn.Module):
    """A convolution that halves, or that follows a doubling."""

    def __init__(self, ins: int, out: int, stride: int):
        super().__init__()
        self.conv = nn.Conv2d(ins, out, 3, stride=stride, padding=1)


class DownBlock(nn.Module):
    """A resnet, and but for the last level a step down to the next width."""

    def __init__(self, width: int, next_width: int | None, groups: int):
        super().__init__()
        self.resnets = nn.ModuleList([Resnet(width, width, groups)])
        halves = [] if next_width is None else [Resample(width, next_width, 2)]
        self.downsamplers = nn.ModuleList(halves)


class MidBlock(nn.Module):
    """Resnet, attention, resnet."""

    def __init__(self, width: int, head: int, groups: int):
        super().__init__()
        self.resnets = nn.ModuleList([Resnet(width, width, groups) for _ in range(2)])
        self.attentions = nn.ModuleList([Attention(width, head, groups)])

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w] -> the same."""
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class UpBlock(nn.Module):
    """A doubling to the width of the skip, then a resnet over both."""

    def __init__(self, below: int, width: int, groups: int):
        super().__init__()
        self.upsamplers = nn.ModuleList([Resample(below, width, 1)])
        self.resnets = nn.ModuleList([Resnet(2 * width, width, groups)])

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """[N, below, h, w], [N, width, 2 h, 2 w] -> [N, width, 2 h, 2 w]."""
        x = self.upsamplers[0].conv(F.interpolate(x, scale_factor=2.0))
        return self.resnets[0](torch.cat([x, skip], 1))


class ScoreHead(nn.Module):
    """How sure the mask is, a value a position of the lowest resolution."""

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.conv_1 = nn.Conv2d(width, hidden, 3, padding=1)
        self.conv_2 = nn.Conv2d(hidden, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, width, h, w] -> [N, 1, h, w]."""
        return self.conv_2(F.silu(self.conv_1(x)))


class TTMSegmenter(nn.Module):
    """The network; see the top of the file."""

    def __init__(self, config: SegmenterConfig = SegmenterConfig()):
        super().__init__()
        self.config = config
        widths, groups = config.block_out_channels, config.norm_num_groups
        after: list[int | None] = [*widths[1:], None]
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, stride=2, padding=1)
        self.down_blocks = nn.ModuleList(
            [DownBlock(w, n, groups) for w, n in zip(widths, after)]
        )
        self.mid_block = MidBlock(widths[-1], config.attention_head_dim, groups)
        turned = widths[::-1]
        self.up_blocks = nn.ModuleList(
            [UpBlock(b, w, groups) for b, w in zip(turned, turned[1:])]
        )
        self.conv_norm_out = nn.GroupNorm(groups, widths[0], eps=EPSILON)
        self.conv_out = nn.Conv2d(widths[0], 1, 3, padding=1)
        self.score_head = ScoreHead(widths[-1], config.score_channels)

    def forward(self, image: Tensor, hints: Tensor) -> tuple[Tensor, Tensor]:
        """[N, 3, H, W] of -1 .. 1, [N, 4, H, W] -> logits [N, 1, H, W], [N, 1]."""
        x = self.conv_in(torch.cat([image, hints], 1))
        skips = []
        for block in self.down_blocks:
            x = block.resnets[0](x)
            skips.append(x)
            if len(block.downsamplers):
                x = block.downsamplers[0].conv(x)
        x = self.mid_block(x)
        score = self.score_head(x).mean((2, 3))
        for block, skip in zip(self.up_blocks, skips[-2::-1]):
            x = block(x, skip)
        x = F.silu(self.conv_norm_out(x))
        return self.conv_out(F.interpolate(x, scale_factor=2.0)), score


def save_segmenter(net: TTMSegmenter, folder: Path) -> None:
    """config.json and the weights in f16, each replaced as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    text = {"_class_name": "TTMSegmenter"} | asdict(net.config)
    beside = folder / "config.json.new"
    beside.write_text(json.dumps(text, indent=2) + "\n")
    beside.replace(folder / "config.json")
    weights = {k: v.detach().half().contiguous() for k, v in net.state_dict().items()}
    beside = folder / (WEIGHTS + ".new")
    save_file(weights, beside, metadata={"format": "pt"})
    beside.replace(folder / WEIGHTS)


def load_segmenter(folder: Path) -> TTMSegmenter:
    """The network of a folder, in float32 and for running."""
    text = json.loads((folder / "config.json").read_text())
    if text.pop("_class_name", None) != "TTMSegmenter":
        raise ValueError(f"{folder}/config.json is not of a TTMSegmenter")
    text["block_out_channels"] = tuple(text["block_out_channels"])
    net = TTMSegmenter(SegmenterConfig(**text))
    weights = load_file(folder / WEIGHTS)
    net.load_state_dict({k: v.float() for k, v in weights.items()})
    return net.eval()
