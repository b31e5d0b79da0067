# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/vae_wan*: small AutoencoderKLWan with the values that PyTorch computes, for
tests/nets/test_vae_wan.c; as make_net_references.py, whose packages it needs:

    python3 tests/ref/make_wan_references.py
"""

from __future__ import annotations

import torch
from diffusers import AutoencoderKLWan
from diffusers.models.autoencoders.autoencoder_kl_wan import WanAttentionBlock
from torch import Tensor

from make_net_references import Recorder, randomise


def wan_case(
    name: str,
    seed: int,
    size: tuple[int, int, int],
    watch: dict[str, str],
    **config,
) -> None:
    """A video of `size` frames, height, width to normalised latents and back.

    Layers run once a chunk of frames; what they give is stored for all of them.
    """
    generator = torch.Generator().manual_seed(seed + 1)
    z, temporal = config["z_dim"], config["temperal_downsample"]
    frame_scale, block_scale = 2 ** sum(temporal), 2 ** len(temporal)
    mean = torch.randn(z, generator=generator)
    std = torch.rand(z, generator=generator) * 2 + 0.5
    model = AutoencoderKLWan(
        **config,
        latents_mean=[round(float(x), 4) for x in mean],
        latents_std=[round(float(x), 4) for x in std],
        scale_factor_temporal=frame_scale,
        scale_factor_spatial=block_scale,
    )
    randomise(model, seed)
    for module in model.modules():  # the class gives it arguments that it lacks
        if isinstance(module, WanAttentionBlock):
            module.forward = lambda x, feat_cache=None, feat_idx=None, f=module.forward: f(x)  # fmt: skip
    case = Recorder(name, "vae", "diffusers", model)
    chunks: dict[str, list[Tensor]] = {}
    for module, node in watch.items():

        def hook(_m, _i, out, node=node):
            if case.recording:
                chunks.setdefault(node, []).append(out.detach().clone())

        model.get_submodule(module).register_forward_hook(hook)

    def put_chunks() -> None:
        for node, parts in chunks.items():
            axis = 2 if parts[0].ndim == 5 else 0
            case.put(f"node/{node}", torch.cat(parts, axis))
        chunks.clear()

    def view(values: list[float], dtype: torch.dtype) -> Tensor:
        return torch.tensor(values, dtype=torch.float64).view(1, z, 1, 1, 1).to(dtype)

    frames, h, w = size
    case.begin("encode", frames=frames, height=h, width=w)
    x = torch.rand((1, 3, frames, h, w), generator=generator) * 2 - 1
    case.put("in/image", x)

    def encode(dtype: torch.dtype) -> Tensor:
        latents = model.encode(x.to(dtype)).latent_dist.mode()
        put_chunks()
        mean = view(model.config.latents_mean, dtype)
        return (latents - mean) / view(model.config.latents_std, dtype)

    case.forward(encode)

    case.begin("decode", frames=frames, height=h, width=w)
    latents = torch.randn(
        (1, z, 1 + (frames - 1) // frame_scale, h // block_scale, w // block_scale),
        generator=generator,
    )
    case.put("in/latents", latents)

    def decode(dtype: torch.dtype) -> Tensor:
        std = view(model.config.latents_std, dtype)
        raw = latents.to(dtype) * std + view(model.config.latents_mean, dtype)
        pictures = model.decode(raw).sample
        put_chunks()
        return pictures

    case.forward(decode)
    case.save()


def wan_cases() -> None:
    watch = {}
    for side in ("encoder", "decoder"):
        watch |= {
            f"{side}.conv_in": f"{side}.conv_in",
            f"{side}.mid_block.resnets.0": f"{side}.mid_block.resnets.0.conv2",
            f"{side}.mid_block.attentions.0": f"{side}.mid_block.attentions.0.proj",
            f"{side}.norm_out": f"{side}.norm_out.layer_norm",
        }
    # Wan 2.1 in small: two halvings of time, three of the size
    wan_case(
        "vae_wan",
        200,
        (13, 16, 8),
        watch
        | {
            "encoder.down_blocks.0": "encoder.down_blocks.0.conv2",
            "encoder.down_blocks.1.resample": "encoder.down_blocks.1.resample.1",
            "encoder.down_blocks.3.time_conv": "encoder.down_blocks.3.time_conv",
            "encoder.down_blocks.5.time_conv": "encoder.down_blocks.5.time_conv",
            "decoder.up_blocks.0.upsamplers.0.time_conv": (
                "decoder.up_blocks.0.upsamplers.0.time_conv"
            ),
            "decoder.up_blocks.1.upsamplers.0.resample": (
                "decoder.up_blocks.1.upsamplers.0.resample.1"
            ),
            "decoder.up_blocks.2": "decoder.up_blocks.2.upsamplers.0.resample.1",
        },
        z_dim=4,
        base_dim=4,
        dim_mult=[1, 2, 2, 2],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
    )
    # attention in the encoder, another width of the decoder, time halved once
    wan_case(
        "vae_wan_attention",
        210,
        (9, 8, 12),
        watch
        | {
            "encoder.down_blocks.6": "encoder.down_blocks.6.proj",
            "decoder.up_blocks.1.upsamplers.0.time_conv": (
                "decoder.up_blocks.1.upsamplers.0.time_conv"
            ),
        },
        z_dim=3,
        base_dim=4,
        decoder_base_dim=6,
        dim_mult=[1, 2, 1],
        num_res_blocks=2,
        attn_scales=[0.5],
        temperal_downsample=[True, False],
    )
    # one level: a latent a picture and a pixel, with their past all the same
    wan_case(
        "vae_wan_plain",
        220,
        (5, 3, 5),
        watch,
        z_dim=2,
        base_dim=5,
        dim_mult=[1],
        num_res_blocks=1,
        temperal_downsample=[],
    )


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        wan_cases()


if __name__ == "__main__":
    main()
