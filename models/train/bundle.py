# SPDX-License-Identifier: CC0-1.0
"""Builds, saves and loads the parts of a bundle in the diffusers layout."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNetMotionModel
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from masked_attention import add_masked_attention

Config = dict[str, Any]
STAGES = ("image_to_motion", "motion_to_video")
WEIGHTS = "diffusion_pytorch_model.safetensors"


def load_config(path: str | Path) -> Config:
    """One JSON file describes the whole bundle and its training."""
    return json.loads(Path(path).read_text())


def build_vae(config: Config) -> AutoencoderKL:
    """An f8 autoencoder without attention (widths from the config)."""
    c = config["vae"]
    levels = len(c["block_out_channels"])
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=tuple(c["block_out_channels"]),
        layers_per_block=1,
        latent_channels=c["latent_channels"],
        norm_num_groups=c["norm_num_groups"],
        mid_block_add_attention=False,
        sample_size=config["size"][0],
        scaling_factor=1.0,
        shift_factor=0.0,
    )


def build_text_encoder(config: Config, vocab: int) -> CLIPTextModel:
    """A small CLIP text model; vocab counts both special tokens."""
    c = config["text"]
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocab,
            hidden_size=c["hidden"],
            intermediate_size=4 * c["hidden"],
            projection_dim=c["hidden"],
            num_hidden_layers=c["layers"],
            num_attention_heads=c["heads"],
            max_position_embeddings=config["tokenizer"]["max_length"],
            hidden_act="quick_gelu",
            bos_token_id=vocab - 2,
            eos_token_id=vocab - 1,
            pad_token_id=vocab - 1,
        )
    )


def build_unet(config: Config, stage: str) -> UNetMotionModel:
    """The network of one stage, masked attention included."""
    c = config[stage]
    latent = config["vae"]["latent_channels"]
    down = tuple(
        "CrossAttnDownBlockMotion" if a else "DownBlockMotion"
        for a in c["attention_levels"]
    )
    up = tuple(
        "CrossAttnUpBlockMotion" if a else "UpBlockMotion"
        for a in reversed(c["attention_levels"])
    )
    unet = UNetMotionModel(
        sample_size=c["size"][0] // 8,
        in_channels=latent * len(c["inputs"]),
        out_channels=latent,
        down_block_types=down,
        up_block_types=up,
        block_out_channels=tuple(c["block_out_channels"]),
        layers_per_block=1,
        norm_num_groups=c["norm_num_groups"],
        cross_attention_dim=config["text"]["hidden"],
        num_attention_heads=tuple(c["num_attention_heads"]),
        motion_num_attention_heads=tuple(c["num_attention_heads"]),
        motion_max_seq_length=32,
    )
    add_masked_attention(unet, c["masked_blocks"])
    # A zero output layer starts at the residual's base: nothing moves.
    nn.init.zeros_(unet.conv_out.weight)
    nn.init.zeros_(unet.conv_out.bias)
    return unet


def stage_meta(config: Config, stage: str) -> Config:
    """The "ttm" part of a stage's config.json."""
    c = config[stage]
    # "tinted" or "dense" masks; only in comparisons optical "flow" in their place.
    extra = {"trajectory": c["trajectory"]} if "trajectory" in c else {}
    return extra | {
        "inputs": c["inputs"],
        "size": c["size"],
        "prediction": "sample",
        "residual": c["residual"],
        "first_frame": "given",
        "masked_blocks": c["masked_blocks"],
        "masked_self_attention": True,
        "masked_cross_attention": True,
        "cross_regions": c["cross_regions"],
        "regions": c["regions"],
    }


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    os.replace(temporary, path)


def write_weights(path: Path, tensors: dict[str, Tensor], dtype: torch.dtype) -> None:
    """Saves floating tensors as dtype; position_ids buffers are left out."""
    kept = {
        k: v.detach().to(dtype).contiguous()
        for k, v in tensors.items()
        if v.is_floating_point()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    save_file(kept, str(temporary), metadata={"format": "pt"})
    os.replace(temporary, path)


def _clean(config: Any) -> Config:
    """A config as diffusers writes it, without machine-dependent entries."""
    out = {k: v for k, v in dict(config).items() if k != "_name_or_path"}
    return json.loads(json.dumps(out))


def save_vae(vae: AutoencoderKL, folder: Path, dtype=torch.float16) -> None:
    config = {"_class_name": "AutoencoderKL", "_diffusers_version": "0.30.0"}
    config |= _clean(vae.config)
    config.pop("_use_default_values", None)
    write_json(folder / "config.json", config)
    write_weights(folder / WEIGHTS, vae.state_dict(), dtype)


def save_text_encoder(model: CLIPTextModel, folder: Path, dtype=torch.float16) -> None:
    c = model.config
    config = {
        "architectures": ["CLIPTextModel"],
        "model_type": "clip_text_model",
    }
    for key in (
        "vocab_size hidden_size intermediate_size projection_dim"
        " num_hidden_layers num_attention_heads max_position_embeddings"
        " hidden_act layer_norm_eps bos_token_id eos_token_id pad_token_id"
    ).split():
        config[key] = getattr(c, key)
    config["torch_dtype"] = "float16" if dtype is torch.float16 else "float32"
    write_json(folder / "config.json", config)
    tensors = {
        k if k.startswith("text_model.") else f"text_model.{k}": v
        for k, v in model.state_dict().items()
    }
    write_weights(folder / "model.safetensors", tensors, dtype)


def save_unet(
    unet: UNetMotionModel, meta: Config, folder: Path, dtype=torch.float16
) -> None:
    config = {"_class_name": "UNetMotionModel", "_diffusers_version": "0.30.0"}
    config |= _clean(unet.config)
    config.pop("_use_default_values", None)
    config["ttm"] = meta
    write_json(folder / "config.json", config)
    write_weights(folder / WEIGHTS, unet.state_dict(), dtype)


def save_index(config: Config, folder: Path) -> None:
    """model_index.json and the scheduler's configuration."""
    defaults = {
        "frames": config["frames"],
        "fps": config["fps"],
        "size": config["size"],
    } | config["defaults"]
    index = {
        "_class_name": "ThroughTheMaskPipeline",
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "image_to_motion": ["diffusers", "UNetMotionModel"],
        "motion_to_video": ["diffusers", "UNetMotionModel"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "ttm": {
            "version": 1,
            "name": config["name"],
            "license": config["license"],
            "prompts": "motions",
            "defaults": defaults,
        },
    }
    write_json(folder / "model_index.json", index)
    scheduler = {
        "_class_name": "FlowMatchEulerDiscreteScheduler",
        "_diffusers_version": "0.30.0",
        "num_train_timesteps": 1000,
        "shift": 1.0,
        "use_dynamic_shifting": False,
        "shift_terminal": config["shift_terminal"],
    }
    write_json(folder / "scheduler" / "scheduler_config.json", scheduler)


def _fill(module: nn.Module, path: Path, strip: str = "") -> None:
    tensors = load_file(str(path))
    own = module.state_dict()
    state = {}
    for key, value in tensors.items():
        if strip and key not in own and key.startswith(strip):
            key = key[len(strip) :]
        state[key] = value.float()
    missing = [k for k in own if k not in state and own[k].is_floating_point()]
    extra = [k for k in state if k not in own]
    if missing or extra:
        raise ValueError(f"{path}: missing {missing[:3]}, unknown {extra[:3]}")
    module.load_state_dict(state, strict=False)


def load_vae(folder: Path) -> AutoencoderKL:
    vae = AutoencoderKL.from_config(json.loads((folder / "config.json").read_text()))
    _fill(vae, folder / WEIGHTS)
    return vae.eval()


def load_text_encoder(folder: Path) -> CLIPTextModel:
    config = json.loads((folder / "config.json").read_text())
    for key in ("architectures", "torch_dtype", "model_type"):
        config.pop(key, None)
    model = CLIPTextModel(CLIPTextConfig(**config))
    _fill(model, folder / "model.safetensors", "text_model.")
    return model.eval()


def load_unet(folder: Path) -> tuple[UNetMotionModel, Config]:
    config = json.loads((folder / "config.json").read_text())
    meta = config.pop("ttm")
    unet = UNetMotionModel.from_config(config)
    add_masked_attention(
        unet,
        meta["masked_blocks"],
        meta["masked_self_attention"],
        meta["masked_cross_attention"],
    )
    _fill(unet, folder / WEIGHTS)
    return unet.eval(), meta


def load_tokenizer(folder: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(str(folder))


def encode_text(
    tokenizer: CLIPTokenizer, model: CLIPTextModel, prompts: list[str]
) -> Tensor:
    """Last hidden states, [len(prompts), max_length, D]."""
    return model(input_ids=token_ids(tokenizer, prompts)).last_hidden_state


def token_ids(tokenizer: CLIPTokenizer, prompts: list[str]) -> Tensor:
    """[len(prompts), max_length], padded with the end token."""
    return tokenizer(
        prompts,
        padding="max_length",
        truncation=True,
        max_length=tokenizer.model_max_length,
        return_tensors="pt",
    ).input_ids


@dataclass
class Bundle:
    """All parts of a bundle, f32 in memory."""

    index: Config
    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    vae: AutoencoderKL
    unets: dict[str, UNetMotionModel]
    metas: dict[str, Config]
    scheduler: Config


def load_bundle(folder: str | Path) -> Bundle:
    root = Path(folder)
    unets, metas = {}, {}
    for stage in STAGES:
        unets[stage], metas[stage] = load_unet(root / stage)
    return Bundle(
        json.loads((root / "model_index.json").read_text()),
        load_tokenizer(root / "tokenizer"),
        load_text_encoder(root / "text_encoder"),
        load_vae(root / "vae"),
        unets,
        metas,
        json.loads((root / "scheduler" / "scheduler_config.json").read_text()),
    )


def encode_images(vae: AutoencoderKL, images: Tensor) -> Tensor:
    """Normalised latents [N, C, h, w] of images [N, 3, H, W] in [-1, 1]."""
    z = vae.encode(images).latent_dist.mode()
    return (z - (vae.config.shift_factor or 0.0)) * vae.config.scaling_factor


def decode_latents(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """The inverse of encode_images."""
    z = latents / vae.config.scaling_factor + (vae.config.shift_factor or 0.0)
    return vae.decode(z).sample
