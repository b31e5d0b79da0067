# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes checkpoints of random weights with the names and shapes of public ones.

    python3 make_checkpoints.py FOLDER [--small] [--single-file]

FOLDER/sd is Stable Diffusion 1.5 in the diffusers layout, FOLDER/adapter an
AnimateDiff v3 MotionAdapter, FOLDER/sd.safetensors (with --single-file) the
first in the original naming. --small keeps names and depths, but makes the
widths small. They need 3 GB in f16, 5 GB with the single file, and serve
tests and measurements where the real ones are not at hand. The tokenizer has
CLIP's size, but merges of its own.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, MotionAdapter, UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

import ldm_names
from import_bundle import SD_TEXT, SD_UNET, SD_VAE, WEIGHTS, write_json

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "models" / "ttm-small" / "tokenizer"
SMALL = (32, 64, 64, 64)


def fill(model: nn.Module, seed: int, dtype: torch.dtype) -> dict[str, Tensor]:
    """Random tensors for a model on the meta device, in the scale of its layers."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, p in sorted(model.state_dict().items()):
        if not p.is_floating_point():
            continue
        noise = torch.randn(p.shape, generator=generator)
        if name.endswith(".pe"):
            noise = position_table(p.shape)
        elif p.ndim == 1:
            noise = 0.1 * noise + (1.0 if name.endswith("weight") else 0.0)
        elif "embedding.weight" in name:
            noise *= 0.5
        else:
            noise /= math.sqrt(p[0].numel())
        tensors[name] = noise.to(dtype)
    return tensors


def position_table(shape: torch.Size) -> Tensor:
    """Sines and cosines, as motion modules have them: [1, frames, channels]."""
    _, frames, channels = shape
    rate = torch.exp(torch.arange(0, channels, 2) * (-math.log(10000.0) / channels))
    angle = torch.arange(frames)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], -1).reshape(shape)


def save_model(
    model: nn.Module, folder: Path, tensors: dict[str, Tensor], name: str = WEIGHTS
) -> None:
    model.save_config(folder)
    save_file(tensors, str(folder / name), metadata={"format": "pt"})


def save_tokenizer(folder: Path, size: int) -> None:
    """The small bundle's tokenizer, filled up to `size` entries."""
    shutil.copytree(TOKENIZER, folder, dirs_exist_ok=True)
    path = folder / "vocab.json"
    vocab = json.loads(path.read_text())
    special = ("<|startoftext|>", "<|endoftext|>")
    words = [w for w, _ in sorted(vocab.items(), key=lambda x: x[1])]
    words = [w for w in words if w not in special]
    words += [f"<unused{i}>" for i in range(size - 2 - len(words))]
    entries = {w: i for i, w in enumerate(words + list(special))}
    path.write_text(json.dumps(entries, ensure_ascii=False) + "\n")
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text()) | {"model_max_length": 77}
    path.write_text(json.dumps(config, indent=2) + "\n")


Configs = dict[str, dict[str, Any]]


def configurations(small: bool) -> Configs:
    """Of Stable Diffusion 1.5 and AnimateDiff v3, or of small networks."""
    configs: Configs = {
        "unet": dict(SD_UNET),
        "vae": dict(SD_VAE),
        "text_encoder": SD_TEXT | {"vocab_size": 49408},
        "adapter": {"use_motion_mid_block": False},
    }
    if small:
        configs["unet"] |= {"block_out_channels": SMALL, "cross_attention_dim": 48}
        configs["vae"]["block_out_channels"] = SMALL
        configs["adapter"]["block_out_channels"] = SMALL
        configs["text_encoder"] |= {
            "hidden_size": 48,
            "intermediate_size": 96,
            "num_attention_heads": 4,
            "num_hidden_layers": 2,
            "projection_dim": 48,
            "vocab_size": 1200,
        }
    return configs


def make(folder: Path, configs: Configs, single_file: bool, dtype: torch.dtype) -> None:
    sd, adapter = folder / "sd", folder / "adapter"
    vocab = configs["text_encoder"]["vocab_size"]
    with torch.device("meta"):
        unet = UNet2DConditionModel(**configs["unet"])
        vae = AutoencoderKL(**configs["vae"])
        motion = MotionAdapter(**configs["adapter"])
        text = CLIPTextModel(
            CLIPTextConfig(
                **configs["text_encoder"],
                bos_token_id=vocab - 2,
                eos_token_id=vocab - 1,
                pad_token_id=vocab - 1,
            )
        )
    single: dict[str, Tensor] = {}
    tensors = fill(unet, 1, dtype)
    save_model(unet, sd / "unet", tensors)
    if single_file:
        single |= {ldm_names.unet_name(k): v for k, v in tensors.items()}
    save_model(motion, adapter, fill(motion, 2, dtype))
    tensors = fill(vae, 3, dtype)
    save_model(vae, sd / "vae", tensors)
    if single_file:
        for key, value in tensors.items():
            name = ldm_names.vae_name(key)
            single[name] = ldm_names.vae_tensor(name, value)
    tensors = fill(text, 4, dtype)
    text.config.save_pretrained(sd / "text_encoder")
    path = sd / "text_encoder" / "config.json"
    write_json(
        path, json.loads(path.read_text()) | {"architectures": ["CLIPTextModel"]}
    )
    named = {
        f"text_model.{k.removeprefix('text_model.')}": v for k, v in tensors.items()
    }
    save_file(named, str(path.with_name("model.safetensors")), {"format": "pt"})
    if single_file:
        single |= {ldm_names.text_name(k): v for k, v in named.items()}
        # what these files hold besides
        single["alphas_cumprod"] = torch.linspace(1, 0, 1000)
        single[ldm_names.TEXT + "embeddings.position_ids"] = torch.arange(77)[None]
        save_file(single, str(folder / "sd.safetensors"), {"format": "pt"})
    save_tokenizer(sd / "tokenizer", vocab)
    write_json(
        sd / "model_index.json",
        {
            "_class_name": "StableDiffusionPipeline",
            "scheduler": ["diffusers", "PNDMScheduler"],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--single-file", action="store_true")
    options = parser.parse_args()
    configs = configurations(options.small)
    make(options.folder, configs, options.single_file, torch.float16)


if __name__ == "__main__":
    main()
