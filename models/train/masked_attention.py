# SPDX-License-Identifier: CC0-1.0
"""Masked attention sub-modules for the first spatial blocks of a U-Net.

Each of the first K spatial transformer blocks of the down path gets a second
self-attention, in which a position sees only positions of its own object, and
a second cross-attention, in which a position sees only the local prompts of
the objects at that position (Through-The-Mask, arXiv 2501.03059, section 3.3).
The order inside a block is: attn1, masked_attn1, attn2, masked_attn2, ff.

The block's own forward below is the plain reference; fast_unet.py computes
the same with less overhead.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import UNetMotionModel
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from torch import Tensor, nn


@dataclass
class Regions:
    """Who may see what, on one latent grid.

    ids:  [B, F, h, w] int, the object id of each cell, 0 = background.
    bits: [B, F, h, w, L] bool, local prompt l may be seen from the cell.
    """

    ids: Tensor
    bits: Tensor


def masked_softmax_attention(
    q: Tensor, k: Tensor, v: Tensor, allowed: Tensor
) -> Tensor:
    """Attention over allowed pairs; a query without any gives zero.

    q [B, H, N, d], k and v [B, H, M, d], allowed [B, N, M] bool.
    """
    scores = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5
    scores = scores.masked_fill(~allowed[:, None], -1e4)
    weights = scores.softmax(dim=-1)
    out = weights @ v
    return out * allowed.any(-1)[:, None, :, None].to(out.dtype)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """[B, N, C] to [B, heads, N, C / heads]."""
    b, n, c = x.shape
    return x.view(b, n, heads, c // heads).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """[B, heads, N, d] to [B, N, heads * d]."""
    b, h, n, d = x.shape
    return x.transpose(1, 2).reshape(b, n, h * d)


class MaskedTransformerBlock(BasicTransformerBlock):
    """diffusers' block with the two masked attentions added.

    `regions` and `locals_` are set on the block before a forward:
    locals_ is [B, L * T, D], the local prompts' hidden states side by side.
    """

    regions: Regions | None = None
    locals_: Tensor | None = None

    def forward(
        self,
        hidden_states: Tensor,
        attention_mask: Tensor | None = None,
        encoder_hidden_states: Tensor | None = None,
        **_: object,
    ) -> Tensor:
        x = hidden_states
        x = x + self.attn1(self.norm1(x))
        if hasattr(self, "masked_attn1"):
            x = x + self._masked_self(self.masked_norm1(x))
        x = x + self.attn2(self.norm2(x), encoder_hidden_states=encoder_hidden_states)
        if hasattr(self, "masked_attn2"):
            x = x + self._masked_cross(self.masked_norm2(x))
        return x + self.ff(self.norm3(x))

    def _masked_self(self, x: Tensor) -> Tensor:
        a, (b, f, h, w) = self.masked_attn1, self.regions.ids.shape
        shape = x.shape  # [B * F, h * w, C]
        x = x.reshape(b, f * h * w, -1)
        ids = self.regions.ids.reshape(b, f * h * w)
        out = masked_softmax_attention(
            split_heads(a.to_q(x), a.heads),
            split_heads(a.to_k(x), a.heads),
            split_heads(a.to_v(x), a.heads),
            ids[:, :, None] == ids[:, None, :],
        )
        return a.to_out[0](merge_heads(out)).reshape(shape)

    def _masked_cross(self, x: Tensor) -> Tensor:
        a, bits = self.masked_attn2, self.regions.bits
        b, f, h, w, count = bits.shape
        shape = x.shape
        x = x.reshape(b, f * h * w, -1)
        if count == 0:
            out = torch.zeros_like(x)
        else:
            tokens = self.locals_.shape[1] // count
            allowed = bits.reshape(b, f * h * w, count)
            out = merge_heads(
                masked_softmax_attention(
                    split_heads(a.to_q(x), a.heads),
                    split_heads(a.to_k(self.locals_), a.heads),
                    split_heads(a.to_v(self.locals_), a.heads),
                    allowed.repeat_interleave(tokens, dim=-1),
                )
            )
        return a.to_out[0](out).reshape(shape)


def masked_block_list(
    unet: UNetMotionModel, count: int
) -> list[tuple[int, BasicTransformerBlock]]:
    """(level, block) of the first `count` spatial blocks of the down path."""
    found = []
    for level, down in enumerate(unet.down_blocks):
        for attention in getattr(down, "attentions", []):
            if len(found) < count:
                found.append((level, attention.transformer_blocks[0]))
    if len(found) < count:
        raise ValueError(
            f"masked_blocks is {count}, but the down path has only"
            f" {len(found)} spatial attention blocks"
        )
    return found


def add_masked_attention(
    unet: UNetMotionModel,
    count: int,
    self_attention: bool = True,
    cross_attention: bool = True,
) -> UNetMotionModel:
    """Adds the sub-modules in place; the outputs start at zero.

    With zero outputs a network that was trained without them computes the
    same as before, so that training may start from its weights.
    """
    for _, block in masked_block_list(unet, count):
        dim, heads = block.dim, block.num_attention_heads
        head_dim = block.attention_head_dim
        if self_attention:
            block.masked_norm1 = nn.LayerNorm(dim, eps=1e-5)
            block.masked_attn1 = Attention(
                query_dim=dim, heads=heads, dim_head=head_dim
            )
        if cross_attention:
            block.masked_norm2 = nn.LayerNorm(dim, eps=1e-5)
            block.masked_attn2 = Attention(
                query_dim=dim,
                cross_attention_dim=block.cross_attention_dim,
                heads=heads,
                dim_head=head_dim,
            )
        for name in ("masked_attn1", "masked_attn2"):
            if hasattr(block, name):
                nn.init.zeros_(getattr(block, name).to_out[0].weight)
                nn.init.zeros_(getattr(block, name).to_out[0].bias)
        block.__class__ = MaskedTransformerBlock
    return unet


def set_regions(
    unet: UNetMotionModel,
    count: int,
    regions: dict[int, Regions],
    locals_: Tensor,
) -> None:
    """Hands regions (by level) and local prompts to the masked blocks."""
    for level, block in masked_block_list(unet, count):
        block.regions, block.locals_ = regions[level], locals_
