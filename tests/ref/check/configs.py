# SPDX-License-Identifier: LGPL-2.1-or-later
"""The configurations that are compared: some by hand, the rest drawn.

Those by hand have each value of each key at least once; drawn ones mix them.
Seeds are fixed, so that configuration N is always the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

FILES = ("f32", "f16", "bf16")


@dataclass
class Case:
    """One network: constructor arguments, type and shards of its files."""

    name: str
    kind: str  # "text", "kl", "tiny", "unet", "segmenter", "sam2" or "owlv2"
    config: dict
    file: str = "f32"
    shard: str | None = None  # largest file, as save_pretrained() takes it
    run: dict = field(default_factory=dict)  # sizes of the runs
    ttm: dict | None = None  # masked attention and conditions
    seed: int = 0


def text_cases() -> Iterator[Case]:
    sizes = [
        # layers, width, inner, heads, positions, activation, epsilon
        (1, 16, 32, 1, 8, "quick_gelu", 1e-5),
        (2, 32, 128, 4, 77, "gelu", 1e-5),
        (3, 48, 96, 3, 20, "quick_gelu", 1e-3),
        (4, 64, 80, 8, 77, "gelu_new", 1e-6),
        (2, 40, 160, 5, 16, "gelu_pytorch_tanh", 1e-5),
        (6, 128, 512, 2, 77, "quick_gelu", 1e-5),
    ]
    for i, (layers, width, inner, heads, positions, act, eps) in enumerate(sizes):
        config = {
            "vocab_size": 60 + 7 * i,
            "hidden_size": width,
            "intermediate_size": inner,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "max_position_embeddings": positions,
            "hidden_act": act,
            "layer_norm_eps": eps,
        }
        run = {"prompts": 1 + i % 3, "tokens": max(positions - i, 3)}
        shard = "60KB" if i % 2 else None
        yield Case(f"text-{i}", "text", config, FILES[i % 3], shard, run)


def kl_cases() -> Iterator[Case]:
    rows = [
        # widths, layers, latents, groups, config, image
        ((16,), 1, 4, 4, {}, (2, 5, 7)),
        ((16, 32), 2, 4, 8, {"scaling_factor": 0.13}, (1, 12, 20)),
        ((8, 16, 16, 24), 1, 16, 4, {"shift_factor": -0.4}, (1, 24, 16)),
        ((32, 32, 64), 1, 8, 32, {"mid_block_add_attention": False}, (2, 16, 12)),
        (
            (24, 40),
            3,
            4,
            4,
            {"use_quant_conv": False, "use_post_quant_conv": False},
            (3, 8, 8),
        ),
        ((8, 16), 1, 3, 1, {"use_quant_conv": False, "act_fn": "swish"}, (1, 10, 8)),
    ]
    for i, (widths, layers, latents, groups, more, image) in enumerate(rows):
        config = {
            "block_out_channels": widths,
            "down_block_types": ("DownEncoderBlock2D",) * len(widths),
            "up_block_types": ("UpDecoderBlock2D",) * len(widths),
            "layers_per_block": layers,
            "latent_channels": latents,
            "norm_num_groups": groups,
        }
        shard = "200KB" if i in (1, 3) else None
        yield Case(
            f"kl-{i}", "kl", config | more, FILES[i % 3], shard, {"image": image}
        )


def tiny_cases() -> Iterator[Case]:
    rows = [
        # levels, width in, width out, blocks in, blocks out, config, image
        (1, 8, 8, (1,), (1,), {}, (1, 6, 5)),
        (2, 16, 12, (1, 2), (2, 1), {"act_fn": "silu"}, (2, 8, 10)),
        (4, 16, 16, (1, 3, 3, 3), (3, 3, 3, 1), {"shift_factor": 0.3}, (1, 16, 24)),
        (3, 24, 24, (2, 1, 1), (1, 1, 2), {"act_fn": "gelu"}, (1, 12, 12)),
    ]
    for i, (levels, enc, dec, blocks, back, more, image) in enumerate(rows):
        config = {
            "encoder_block_out_channels": (enc,) * levels,
            "decoder_block_out_channels": (dec,) * levels,
            "num_encoder_blocks": blocks,
            "num_decoder_blocks": back,
            "latent_channels": 4 + 4 * (i % 2),
            "scaling_factor": 1.0 - 0.2 * i,
        }
        shard = "20KB" if i == 2 else None
        yield Case(
            f"tiny-{i}", "tiny", config | more, FILES[i % 3], shard, {"image": image}
        )


def segmenter_cases() -> Iterator[Case]:
    rows = [
        # widths, groups, head, score channels, image; the last one is the shipped one's
        ((8,), 2, 8, 4, (6, 10)),
        ((12, 16), 4, 8, 8, (12, 20)),
        ((8, 12, 16), 4, 4, 6, (24, 16)),
        ((16, 24, 24, 32), 8, 16, 16, (32, 48)),
        ((24, 48, 96, 144), 8, 48, 32, (48, 80)),
    ]
    for i, (widths, groups, head, score, image) in enumerate(rows):
        config = {
            "sample_size": max(image),
            "block_out_channels": widths,
            "norm_num_groups": groups,
            "attention_head_dim": head,
            "score_channels": score,
        }
        run = {"image": image}
        yield Case(f"segmenter-{i}", "segmenter", config, FILES[i % 3], None, run)


def sam2_cases() -> Iterator[Case]:
    rows = [
        # backbone, hidden size, decoder, vision
        (
            {  # Hiera-tiny in small
                "image_size": 128,
                "blocks_per_stage": [1, 2, 7, 2],
                "embed_dim_per_stage": [16, 32, 64, 128],
                "num_attention_heads_per_stage": [1, 2, 4, 8],
                "window_size_per_stage": [8, 4, 14, 7],
            },
            64,
            {"mlp_dim": 96, "iou_head_hidden_dim": 40},
            {},
        ),
        (
            {  # three stages, other patches, no global attention
                "image_size": 48,
                "patch_stride": 2,
                "patch_kernel_size": 3,
                "patch_padding": 1,
                "blocks_per_stage": [2, 1, 2],
                "embed_dim_per_stage": [12, 20, 32],
                "num_attention_heads_per_stage": [2, 4, 4],
                "window_size_per_stage": [6, 10, 5],
                "global_attention_blocks": [],
                "window_positional_embedding_background_size": [5, 4],
                "mlp_ratio": 2.5,
                "layer_norm_eps": 1e-5,
            },
            32,
            {
                "mlp_dim": 48,
                "num_attention_heads": 4,
                "attention_downsample_rate": 1,
                "num_hidden_layers": 3,
                "num_multimask_outputs": 2,
                "iou_head_depth": 2,
                "iou_head_hidden_dim": 24,
            },
            {"fpn_top_down_levels": [0, 1]},
        ),
        (
            {  # Hiera-base-plus in small, global attention wherever it can be
                "image_size": 64,
                "blocks_per_stage": [2, 3, 4, 3],
                "embed_dim_per_stage": [14, 28, 56, 112],
                "num_attention_heads_per_stage": [2, 4, 8, 16],
                "window_size_per_stage": [8, 4, 14, 7],
                "global_attention_blocks": [3, 4, 6, 7, 8, 10, 11],
                "window_positional_embedding_background_size": [14, 14],
            },
            48,
            {"mlp_dim": 64, "num_attention_heads": 3, "iou_head_depth": 4},
            {"fpn_top_down_levels": []},
        ),
    ]
    for i, (backbone, hidden, decoder, vision) in enumerate(rows):
        config = {
            "backbone": backbone,
            "hidden": hidden,
            "decoder": decoder,
            "vision": vision,
        }
        shard = "300KB" if i == 1 else None
        yield Case(f"sam2-{i}", "sam2", config, FILES[i % 3], shard)


UNET = {
    "in_channels": 4,
    "out_channels": 4,
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "cross_attention_dim": 16,
    "num_attention_heads": 2,
    "motion_num_attention_heads": 2,
    "motion_max_seq_length": 8,
}


def block_types(down: tuple[bool, ...], up: tuple[bool, ...] | None = None) -> dict:
    """Blocks with (True) and without spatial attention."""
    up = tuple(reversed(down)) if up is None else up
    return {
        "down_block_types": tuple(
            "CrossAttnDownBlockMotion" if x else "DownBlockMotion" for x in down
        ),
        "up_block_types": tuple(
            "CrossAttnUpBlockMotion" if x else "UpBlockMotion" for x in up
        ),
    }


def plain_unet_cases() -> Iterator[Case]:
    """UNetMotionModel as diffusers has it."""
    rows = [
        # widths, blocks, config, frames, height, width, tokens, time
        ((16, 32), block_types((True, True)), {}, (3, 6, 4, 5, 637.0)),
        (
            (16,),
            block_types((True,)),
            {"use_linear_projection": True},
            (1, 3, 5, 1, 0.0),
        ),
        (
            (16, 24, 32),
            block_types((True, False, True)),
            {"layers_per_block": (2, 1, 3), "num_attention_heads": (1, 3, 4)},
            (2, 8, 12, 7, 999.0),
        ),
        (
            (16, 32),
            block_types((False, True)),
            {"use_motion_mid_block": False, "norm_eps": 1e-4},
            (4, 5, 7, 4, 31.5),
        ),
        (
            (32, 32),
            block_types((True, True), (False, True)),
            {
                "mid_block_layers": 2,
                "mid_block_scale_factor": 1.4,
                "transformer_layers_per_mid_block": 2,
            },
            (3, 4, 4, 3, 250.0),
        ),
        (
            (16, 32),
            block_types((True, True)),
            {
                "transformer_layers_per_block": (2, 1),
                "temporal_transformer_layers_per_block": (1, 2),
                "temporal_transformer_layers_per_mid_block": 2,
                "motion_num_attention_heads": (4, 8),
            },
            (5, 4, 6, 9, 12.0),
        ),
        (
            (16, 32),
            block_types((True, True)),
            {
                "transformer_layers_per_block": (1, 2),
                "reverse_transformer_layers_per_block": (1, 3),
                "temporal_transformer_layers_per_block": 1,
                "reverse_temporal_transformer_layers_per_block": (2, 1),
                "mid_block_layers": 2,
                "transformer_layers_per_mid_block": (1, 2),
                "temporal_transformer_layers_per_mid_block": (2, 1),
            },
            (2, 4, 4, 4, 500.0),
        ),
        (
            (64, 64, 96, 96),
            block_types((True, True, True, False)),
            {
                "norm_num_groups": 32,
                "layers_per_block": (2, 2, 1, 1),
                "num_attention_heads": 8,
                "motion_num_attention_heads": 8,
                "motion_max_seq_length": 32,
                "cross_attention_dim": 48,
                "time_cond_proj_dim": 6,
            },
            (3, 16, 16, 11, 801.0),
        ),
        (
            (16, 16),
            block_types((False, False)),
            {"act_fn": "swish"},
            (8, 4, 2, 2, 77.0),
        ),
    ]
    for i, (widths, types, more, size) in enumerate(rows):
        config = UNET | {"block_out_channels": widths} | types | more
        run = dict(zip(("frames", "height", "width", "tokens", "time"), size))
        shard = "300KB" if i % 4 == 2 else None
        yield Case(f"unet-{i}", "unet", config, FILES[i % 3], shard, run)


def masked_unet_cases() -> Iterator[Case]:
    """With the conditions and the masked attention of models/train."""
    rows = [
        # widths, blocks, config, inputs, masked blocks, self, cross, sizes
        ((16, 32), (True, True), {}, "noise image mask", 2, 1, 1, (4, 4, 6, 5, 3)),
        ((16, 32), (True, True), {}, "noise image", 1, 1, 0, (3, 5, 5, 4, 2)),
        ((16, 32), (True, True), {}, "mask noise", 2, 0, 1, (3, 4, 4, 4, 1)),
        (
            (16, 24, 32),
            (False, True, True),
            {"layers_per_block": (1, 2, 1), "use_linear_projection": True},
            "noise image mask carried",
            3,
            1,
            1,
            (4, 7, 5, 4, 5),
        ),
        (
            (32,),
            (True,),
            {"num_attention_heads": 1},
            "noise",
            1,
            1,
            1,
            (6, 6, 6, 3, 32),
        ),
        ((16, 32), (True, True), {}, "noise image mask", 2, 1, 1, (2, 4, 4, 6, 0)),
        (
            (48, 96),
            (True, True),
            {"num_attention_heads": (3, 4), "norm_num_groups": 16},
            "noise image mask",
            2,
            1,
            1,
            (8, 8, 8, 12, 4),
        ),
        (
            (32, 32),
            (True, True),
            {"layers_per_block": 2, "transformer_layers_per_block": 2},
            "noise carried",
            4,
            1,
            1,
            (5, 6, 8, 5, 4),
        ),
    ]
    for i, (widths, types, more, inputs, blocks, own, cross, size) in enumerate(rows):
        names = inputs.split()
        config = UNET | {"block_out_channels": widths, "in_channels": 4 * len(names)}
        config |= block_types(types) | more
        ttm = {
            "inputs": names,
            "prediction": "velocity",
            "masked_blocks": blocks,
            "masked_self_attention": bool(own),
            "masked_cross_attention": bool(cross),
            "cross_regions": "boxes",
            "regions": "trajectory",
        }
        run = dict(zip(("frames", "height", "width", "tokens", "objects"), size))
        run["time"] = 100.0 * i + 0.5
        yield Case(f"masked-{i}", "unet", config, FILES[i % 3], None, run, ttm)


def drawn_unet(index: int) -> Case:
    """Any combination; with masked attention where that is possible."""
    rng = random.Random(index)
    levels = rng.randint(1, 4)
    heads = rng.choice((1, 2, 3, 4))
    groups = rng.choice((1, 2, 4, 8))
    base = heads * groups * 2
    low = -(-16 // base)
    widths = tuple(base * rng.randint(low, max(low, 96 // base)) for _ in range(levels))
    down = tuple(rng.random() < 0.7 for _ in widths)
    up = tuple(rng.random() < 0.7 for _ in widths)
    layers = lambda high: tuple(rng.randint(1, high) for _ in widths)  # noqa: E731
    config = (
        UNET
        | block_types(down, up)
        | {
            "block_out_channels": widths,
            "layers_per_block": layers(2),
            "norm_num_groups": groups,
            "norm_eps": rng.choice((1e-6, 1e-5, 1e-3)),
            "cross_attention_dim": rng.choice((4, 12, 32)),
            "num_attention_heads": heads,
            "motion_num_attention_heads": rng.choice((1, heads)),
            "transformer_layers_per_block": layers(2),
            "temporal_transformer_layers_per_block": layers(2),
            "use_linear_projection": rng.random() < 0.5,
            "use_motion_mid_block": rng.random() < 0.7,
            "mid_block_layers": rng.randint(1, 2),
            "mid_block_scale_factor": rng.choice((1.0, 1.0, 0.8)),
        }
    )
    run = {
        "frames": rng.randint(1, 6),
        "height": rng.randint(4, 9),
        "width": rng.randint(4, 9),
        "tokens": rng.randint(1, 9),
        "objects": rng.randint(0, 6),
        "time": rng.uniform(0, 999),
    }
    blocks = sum(n for n, x in zip(config["layers_per_block"], down) if x)
    ttm = None
    if blocks and rng.random() < 0.7:
        names = ["noise"] + rng.sample(["image", "mask", "carried"], rng.randint(0, 3))
        config["in_channels"] = 4 * len(names)
        ttm = {
            "inputs": names,
            "prediction": "velocity",
            "masked_blocks": rng.randint(1, blocks),
            "masked_self_attention": rng.random() < 0.8,
            "masked_cross_attention": rng.random() < 0.8,
            "cross_regions": "boxes",
            "regions": "trajectory",
        }
    shard = rng.choice((None, None, "500KB"))
    file = rng.choice(FILES)
    return Case(f"drawn-unet-{index}", "unet", config, file, shard, run, ttm)


def drawn_other(index: int) -> Case:
    """A text encoder or an autoencoder."""
    rng = random.Random(1000 + index)
    file = rng.choice(FILES)
    if index % 2:
        heads = rng.choice((1, 2, 4))
        config = {
            "vocab_size": rng.randint(20, 300),
            "hidden_size": heads * rng.choice((8, 16, 20)),
            "intermediate_size": rng.randint(10, 200),
            "num_hidden_layers": rng.randint(1, 5),
            "num_attention_heads": heads,
            "max_position_embeddings": rng.randint(4, 77),
            "hidden_act": rng.choice(("quick_gelu", "gelu")),
        }
        tokens = rng.randint(3, config["max_position_embeddings"])
        run = {"prompts": rng.randint(1, 4), "tokens": tokens}
        return Case(f"drawn-text-{index}", "text", config, file, None, run)
    groups = rng.choice((1, 2, 4, 8))
    low = max(1, 12 // groups)
    widths = tuple(groups * rng.randint(low, 2 * low) for _ in range(rng.randint(1, 4)))
    config = {
        "block_out_channels": widths,
        "down_block_types": ("DownEncoderBlock2D",) * len(widths),
        "up_block_types": ("UpDecoderBlock2D",) * len(widths),
        "layers_per_block": rng.randint(1, 3),
        "latent_channels": rng.choice((3, 4, 8)),
        "norm_num_groups": groups,
        "mid_block_add_attention": rng.random() < 0.6,
        "use_quant_conv": rng.random() < 0.6,
        "use_post_quant_conv": rng.random() < 0.6,
        "shift_factor": rng.choice((None, 0.1)),
    }
    scale = 2 ** (len(widths) - 1)
    # not so small that chance decides what rounding does
    low = 12 // scale
    sides = (scale * rng.randint(low, low + 3) for _ in range(2))
    image = (rng.randint(1, 2), *sides)
    return Case(f"drawn-kl-{index}", "kl", config, file, None, {"image": image})


def owlv2_cases() -> Iterator[Case]:
    rows = [
        # text: layers, width, heads; picture: layers, width, heads, side, patch; activation
        ((1, 16, 2), (1, 24, 3, 32, 8), "quick_gelu", 1e-5),
        ((3, 32, 4), (4, 48, 4, 45, 5), "gelu", 1e-3),
        ((2, 48, 8), (3, 64, 2, 70, 16), "quick_gelu", 1e-6),
    ]
    for i, (text, vision, act, eps) in enumerate(rows):
        names = ("num_hidden_layers", "hidden_size", "num_attention_heads")
        common = {"hidden_act": act, "layer_norm_eps": eps}
        texts = common | dict(zip(names, text)) | {
            "vocab_size": 50 + i,
            "intermediate_size": 2 * text[1] + i,
            "max_position_embeddings": 16 - 4 * i,
        }  # fmt: skip
        picture = common | dict(zip((*names, "image_size", "patch_size"), vision)) | {
            "intermediate_size": 3 * vision[1],
        }  # fmt: skip
        config = {"text": texts, "vision": picture}
        shard = "60KB" if i == 1 else None
        yield Case(f"owlv2-{i}", "owlv2", config, FILES[i % 3], shard)


def all_cases(drawn: int) -> list[Case]:
    """Those by hand and `drawn` times two more; what came later behind them, so that the
    seeds of the others stay."""
    cases = [
        *text_cases(),
        *kl_cases(),
        *tiny_cases(),
        *plain_unet_cases(),
        *masked_unet_cases(),
        *segmenter_cases(),
        *(drawn_unet(i) for i in range(drawn)),
        *(drawn_other(i) for i in range(drawn)),
        *sam2_cases(),
        *owlv2_cases(),
    ]
    for seed, case in enumerate(cases):
        case.seed = 100 * (seed + 1)
    return cases
