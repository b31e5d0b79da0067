# SPDX-License-Identifier: CC0-1.0
"""A faster forward of diffusers' UNetMotionModel for training on CPUs.

It reads the same modules and weights (nothing is copied or renamed) but keeps
activations channels-last throughout, so that convolutions, matmuls and
attention need no transposes, and writes attention as explicit batched
matmuls. tests/test_fast_unet.py compares it with the diffusers class.
Only what our configurations use is supported.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from diffusers import UNetMotionModel
from torch import Tensor, nn

from masked_attention import Regions


class Clip:
    """What every layer of one forward needs beside its activations."""

    def __init__(
        self,
        frames: int,
        temb: Tensor,
        text: Tensor,
        regions: dict[int, Regions],
        locals_: Tensor,
    ):
        self.frames = frames
        self.temb = temb  # [B, E], after silu
        self.text = text  # [B, T, D]
        self.regions = regions
        self.locals_ = locals_  # [B, L * T, D]


def _conv(x: Tensor, m: nn.Conv2d) -> Tensor:
    """x [N, h, w, C] -> [N, h', w', C']."""
    y = F.conv2d(x.permute(0, 3, 1, 2), m.weight, m.bias, m.stride, m.padding)
    return y.permute(0, 2, 3, 1)


def _group_norm(x: Tensor, m: nn.GroupNorm) -> Tensor:
    """x [N, h, w, C], statistics for each sample and group."""
    y = F.group_norm(x.permute(0, 3, 1, 2), m.num_groups, m.weight, m.bias, m.eps)
    return y.permute(0, 2, 3, 1)


def _norm(x: Tensor, m: nn.LayerNorm) -> Tensor:
    return F.layer_norm(x, m.normalized_shape, m.weight, m.bias, m.eps)


def _resnet(x: Tensor, m: nn.Module, clip: Clip) -> Tensor:
    h = _conv(F.silu(_group_norm(x, m.norm1)), m.conv1)
    temb = F.linear(clip.temb, m.time_emb_proj.weight, m.time_emb_proj.bias)
    n, hh, ww, c = h.shape
    h = h.view(-1, clip.frames, hh, ww, c) + temb[:, None, None, None].to(h)
    h = h.view(n, hh, ww, c)
    h = _conv(F.silu(_group_norm(h, m.norm2)), m.conv2)
    if m.conv_shortcut is not None:
        x = _linear(x, m.conv_shortcut)
    return x + h


def _linear(x: Tensor, m: nn.Module) -> Tensor:
    """A linear layer or a 1 x 1 convolution on the last axis."""
    weight = m.weight
    return F.linear(x, weight.view(weight.shape[0], -1), m.bias)


def _heads(x: Tensor, heads: int) -> Tensor:
    b, n, c = x.shape
    return x.view(b, n, heads, c // heads).transpose(1, 2)


def _attend(
    q: Tensor, k: Tensor, v: Tensor, heads: int, bias: Tensor | None = None
) -> Tensor:
    """q [B, N, C], k and v [B, M, C], bias [B, 1, N, M] added to scores."""
    if q.is_cuda:  # its kernels need no memory for the scores
        parts = (_heads(t, heads) for t in (q, k, v))
        bias = None if bias is None else bias.to(q.dtype)
        out = F.scaled_dot_product_attention(*parts, attn_mask=bias)
        return out.transpose(1, 2).reshape(q.shape)
    q = _heads(q * ((q.shape[-1] // heads) ** -0.5), heads)
    scores = q @ _heads(k, heads).transpose(-1, -2)
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    out = scores.softmax(dim=-1) @ _heads(v, heads)
    b, h, n, d = out.shape
    return out.transpose(1, 2).reshape(b, n, h * d)


def _self_attention(x: Tensor, m: nn.Module, bias: Tensor | None) -> Tensor:
    weight = torch.cat([m.to_q.weight, m.to_k.weight, m.to_v.weight])
    q, k, v = F.linear(x, weight).chunk(3, dim=-1)
    return _linear(_attend(q, k, v, m.heads, bias), m.to_out[0])


def _cross_attention(
    x: Tensor, context: Tensor, m: nn.Module, bias: Tensor | None
) -> Tensor:
    q = F.linear(x, m.to_q.weight)
    k = F.linear(context, m.to_k.weight)
    v = F.linear(context, m.to_v.weight)
    return _attend(q, k, v, m.heads, bias)


def _feed_forward(x: Tensor, m: nn.Module) -> Tensor:
    value, gate = _linear(x, m.net[0].proj).chunk(2, dim=-1)
    return _linear(value * F.gelu(gate), m.net[2])


def _mask_bias(allowed: Tensor) -> Tensor:
    """[B, N, M] bool -> [B, 1, N, M] to add to the scores."""
    bias = torch.zeros(allowed.shape, device=allowed.device)
    return bias.masked_fill_(~allowed, -1e4)[:, None]


def _spatial(x: Tensor, m: nn.Module, clip: Clip, level: int) -> Tensor:
    """Transformer2DModel with one block, x [B * F, h, w, C]."""
    n, h, w, c = x.shape
    b = n // clip.frames
    block, residual = m.transformer_blocks[0], x
    x = _linear(_group_norm(x, m.norm), m.proj_in).reshape(n, h * w, c)
    x = x + _self_attention(_norm(x, block.norm1), block.attn1, None)
    x = x.view(b, clip.frames * h * w, c)
    if hasattr(block, "masked_attn1"):
        ids = clip.regions[level].ids.reshape(b, -1)
        bias = _mask_bias(ids[:, :, None] == ids[:, None, :])
        y = _norm(x, block.masked_norm1)
        x = x + _self_attention(y, block.masked_attn1, bias)
    y = _cross_attention(_norm(x, block.norm2), clip.text, block.attn2, None)
    x = x + _linear(y, block.attn2.to_out[0])
    if hasattr(block, "masked_attn2"):
        x = x + _masked_cross(_norm(x, block.masked_norm2), block, clip, level)
    x = x + _feed_forward(_norm(x, block.norm3), block.ff)
    return residual + _linear(x, m.proj_out).view(n, h, w, c)


def _masked_cross(x: Tensor, block: nn.Module, clip: Clip, level: int) -> Tensor:
    bits = clip.regions[level].bits
    b, count = bits.shape[0], bits.shape[-1]
    bits = bits.reshape(b, x.shape[1], count)
    if count == 0:
        y = torch.zeros_like(x)
    else:
        tokens = clip.locals_.shape[1] // count
        bias = _mask_bias(bits.repeat_interleave(tokens, dim=-1))
        y = _cross_attention(x, clip.locals_, block.masked_attn2, bias)
        y = y * bits.any(-1, keepdim=True).to(y.dtype)
    return _linear(y, block.masked_attn2.to_out[0])


def _temporal(x: Tensor, m: nn.Module, clip: Clip) -> Tensor:
    """AnimateDiffTransformer3D with one block, x [B * F, h, w, C]."""
    n, h, w, c = x.shape
    f = clip.frames
    block, residual = m.transformer_blocks[0], x
    # GroupNorm over all frames of a clip together.
    x = _group_norm(x.reshape(n // f, f * h, w, c), m.norm)
    x = _linear(x.reshape(n // f, f, h * w, c), m.proj_in)
    x = x.transpose(1, 2).reshape(-1, f, c)  # [B * h * w, F, C]
    pe = block.pos_embed.pe[:, :f]
    for norm, attention in (
        (block.norm1, block.attn1),
        (block.norm2, block.attn2),
    ):
        y = (_norm(x, norm) + pe).to(x.dtype)
        x = x + _self_attention(y, attention, None)
    x = x + _feed_forward(_norm(x, block.norm3), block.ff)
    x = _linear(x, m.proj_out).view(n // f, h * w, f, c).transpose(1, 2)
    return residual + x.reshape(n, h, w, c)


def _layers(block: nn.Module):
    attentions = getattr(block, "attentions", [None] * len(block.resnets))
    return zip(block.resnets, attentions, block.motion_modules)


def fast_forward(
    unet: UNetMotionModel,
    sample: Tensor,
    timestep: Tensor,
    text: Tensor,
    regions: dict[int, Regions],
    locals_: Tensor,
) -> Tensor:
    """The network's output, [B, F, h, w, C] (channels last).

    sample   [B, F, h, w, in_channels]
    timestep [B], 0 to 1000
    text     [B, T, D] hidden states of the global (or motion) prompt
    regions  by level, for the levels that have masked attention
    locals_  [B, L * T, D] hidden states of the local prompts
    """
    b, f, h, w, c = sample.shape
    temb = unet.time_proj(timestep).float()
    temb = F.silu(unet.time_embedding(temb))
    clip = Clip(f, temb, text, regions, locals_)
    x = _conv(sample.reshape(b * f, h, w, c), unet.conv_in)
    skips = [x]
    for level, block in enumerate(unet.down_blocks):
        for resnet, attention, motion in _layers(block):
            x = _resnet(x, resnet, clip)
            if attention is not None:
                x = _spatial(x, attention, clip, level)
            x = _temporal(x, motion, clip)
            skips.append(x)
        if block.downsamplers is not None:
            x = _conv(x, block.downsamplers[0].conv)
            skips.append(x)
    mid, last = unet.mid_block, len(unet.down_blocks) - 1
    x = _resnet(x, mid.resnets[0], clip)
    for attention, resnet, motion in zip(
        mid.attentions, mid.resnets[1:], mid.motion_modules
    ):
        x = _spatial(x, attention, clip, last)
        x = _temporal(x, motion, clip)
        x = _resnet(x, resnet, clip)
    for block in unet.up_blocks:
        for resnet, attention, motion in _layers(block):
            x = _resnet(torch.cat([x, skips.pop()], dim=-1), resnet, clip)
            if attention is not None:
                x = _spatial(x, attention, clip, last)
            x = _temporal(x, motion, clip)
        if block.upsamplers is not None:
            x = x.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)
            x = x[:, : skips[-1].shape[1], : skips[-1].shape[2]]
            x = _conv(x, block.upsamplers[0].conv)
    x = _conv(F.silu(_group_norm(x, unet.conv_norm_out)), unet.conv_out)
    return x.view(b, f, h, w, -1)
