# SPDX-License-Identifier: LGPL-2.1-or-later
"""The original (ldm) names of Stable Diffusion 1.x tensors.

The way from diffusers' names to the original ones, which is what is needed to
make a checkpoint in the original naming; the way back is diffusers' own.
"""

from __future__ import annotations

import re

from torch import Tensor

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer.text_model."

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_VAE_ATTENTION = {
    "group_norm": "norm",
    "to_q": "q",
    "to_k": "k",
    "to_v": "v",
    "to_out.0": "proj_out",
}


def _replace(module: str, names: dict[str, str]) -> str:
    for new, old in names.items():
        if module == new or module.startswith(new + "."):
            return old + module[len(new) :]
    return module


def _unet_block(side: str, i: int, kind: str, j: int, layers: int) -> str:
    """Original block of down_blocks.I.KIND.J or up_blocks.I.KIND.J."""
    if side == "down":
        number = i * (layers + 1) + 1
        place = {
            "resnets": (number + j, "0"),
            "attentions": (number + j, "1"),
            "downsamplers": (number + layers, "0.op"),
        }[kind]
        return f"input_blocks.{place[0]}.{place[1]}"
    number = i * (layers + 1)
    place = {"resnets": (number + j, "0"), "attentions": (number + j, "1")}
    if kind == "upsamplers":
        # behind the attention, which the innermost block does not have
        return f"output_blocks.{number + layers}.{2 if i else 1}.conv"
    return f"output_blocks.{place[kind][0]}.{place[kind][1]}"


def unet_name(key: str, layers: int = 2) -> str:
    """Original name of a tensor of UNet2DConditionModel (SD 1.x levels)."""
    module, leaf = key.rsplit(".", 1)
    match = re.match(r"(down|up)_blocks\.(\d+)\.(\w+)\.(\d+)\.?(.*)", module)
    middle = re.match(r"mid_block\.(\w+)\.(\d+)\.?(.*)", module)
    if match:
        side, i, kind, j, rest = match.groups()
        root = _unet_block(side, int(i), kind, int(j), layers)
    elif middle:
        kind, j, rest = middle.groups()
        root = f"middle_block.{1 if kind == 'attentions' else 2 * int(j)}"
    else:
        return f"{UNET}{_replace(module, _UNET)}.{leaf}"
    if kind in ("downsamplers", "upsamplers"):
        rest = ""
    elif kind == "resnets":
        rest = _replace(rest, _RESNET)
    return UNET + ".".join(filter(None, (root, rest, leaf)))


def vae_name(key: str, levels: int = 4) -> str:
    """Original name of a tensor of AutoencoderKL."""
    key = key.replace("conv_norm_out", "norm_out")
    key = key.replace("mid_block.resnets.0", "mid.block_1")
    key = key.replace("mid_block.resnets.1", "mid.block_2")
    if "mid_block.attentions.0." in key:
        start, rest = key.split("mid_block.attentions.0.")
        return f"{VAE}{start}mid.attn_1.{_replace(rest, _VAE_ATTENTION)}"
    key = re.sub(r"down_blocks\.(\d+)\.resnets", r"down.\1.block", key)
    key = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", key)
    key = re.sub(r"up_blocks\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}", key)
    key = key.replace(".resnets.", ".block.").replace("upsamplers.0", "upsample")
    return VAE + key.replace("conv_shortcut", "nin_shortcut")


def text_name(key: str) -> str:
    """Original name of a tensor of CLIPTextModel."""
    return TEXT + key.removeprefix("text_model.")


def vae_tensor(name: str, value: Tensor) -> Tensor:
    """The original attention of the VAE has 1x1 convolutions."""
    linear = ".mid.attn_1." in name and value.ndim == 2
    return value[:, :, None, None] if linear else value
