# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a bundle of Stable Diffusion 1.5 and an AnimateDiff motion adapter.

    python3 import_bundle.py SD ADAPTER BUNDLE

SD is a folder in the diffusers layout, or one file in the original (ldm)
naming (.safetensors, .ckpt) together with --config, a folder in the diffusers
layout that holds the tokenizer and may hold configurations. ADAPTER is a
folder with diffusers' MotionAdapter.

Both stages get the same network as a start of fine-tuning: condition channels
whose weights are zero, and masked attention whose output layers are zero, so
that each computes what the base model computes until it is trained.
"""

from __future__ import annotations

import argparse
import json
import pickle
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import (
    AutoencoderKL, MotionAdapter, UNet2DConditionModel, UNetMotionModel,
)  # fmt: skip
from diffusers.loaders.single_file_utils import convert_ldm_clip_checkpoint
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "train"))

from bundle import (  # noqa: E402
    STAGES, WEIGHTS, _clean, save_text_encoder, save_vae, write_json,
    write_weights,
)  # fmt: skip
from masked_attention import masked_block_list  # noqa: E402

Tensors = dict[str, Tensor]
DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32}
TOKENIZER_FILES = ("vocab.json", "merges.txt")
TOKENIZER_EXTRAS = ("tokenizer_config.json", "special_tokens_map.json")
INPUTS = ["noise", "image", "mask"]

# The configurations of Stable Diffusion 1.5, for single files.
SD_UNET = {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8}
SD_VAE = {
    "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "layers_per_block": 2,
    "sample_size": 512,
    "scaling_factor": 0.18215,
}
SD_TEXT = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_attention_heads": 12,
    "num_hidden_layers": 12,
    "projection_dim": 768,
}


class InputError(Exception):
    """What is wrong with an input, in one line."""


def need(condition: bool, message: str) -> None:
    if not condition:
        raise InputError(message)


def read_json(path: Path) -> dict[str, Any]:
    need(path.is_file(), f"{path}: no such file")
    try:
        value = json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    need(isinstance(value, dict), f"{path}: not a JSON object")
    return value


def load_part(cls: type, folder: Path, dtype: torch.dtype) -> nn.Module:
    """A model that its library saved, whatever the variant of its files."""
    need(folder.is_dir(), f"{folder}: no such folder")
    read_json(folder / "config.json")
    half = any(folder.glob("*.fp16.safetensors")) and not any(
        folder.glob("*model.safetensors")
    )
    options = {"variant": "fp16"} if half else {}
    try:
        return cls.from_pretrained(
            folder, torch_dtype=dtype, local_files_only=True, **options
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(f"{folder}: {str(error).splitlines()[0]}") from None


def load_single_file(path: Path) -> Tensors:
    """The tensors of a checkpoint. Pickled ones may hold nothing but tensors."""
    need(path.is_file(), f"{path}: no such file or folder")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, SafetensorError, RuntimeError) as error:
        raise InputError(
            f"{path}: not read, because it is damaged or holds more than tensors"
            f" ({str(error).splitlines()[0]})"
        ) from None
    state = state.get("state_dict", state)
    return {k: v for k, v in state.items() if isinstance(v, Tensor)}


def single_file_part(
    cls: type, state: Tensors, config: dict[str, Any], dtype: torch.dtype
) -> nn.Module:
    """diffusers' own conversion, with a configuration of ours."""
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "config.json", cls(**config).config)
        try:
            return cls.from_single_file(
                dict(state), config=folder, torch_dtype=dtype, local_files_only=True
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise InputError(
                f"the checkpoint has no {cls.__name__} of the expected shapes:"
                f" {str(error).splitlines()[0]}"
            ) from None


def text_encoder_from(state: Tensors, config: dict[str, Any]) -> CLIPTextModel:
    keys = ("architectures", "model_type", "torch_dtype", "dtype")
    model = CLIPTextModel(
        CLIPTextConfig(**{k: v for k, v in config.items() if k not in keys})
    )
    own = model.state_dict()
    root = "" if any(k.startswith("text_model.") for k in own) else "text_model."
    found = {
        k[len(root) :] if k.startswith(root) else k: v
        for k, v in convert_ldm_clip_checkpoint(state).items()
    }
    for key, value in own.items():
        if value.is_floating_point():
            need(key in found, f"the checkpoint lacks the text encoder's {key}")
            need(
                found[key].shape == value.shape,
                f"text encoder's {key}: {tuple(found[key].shape)}, not"
                f" {tuple(value.shape)}",
            )
    model.load_state_dict({k: found[k].float() for k in own if k in found}, False)
    return model


def optional_config(folder: Path, part: str, fallback: dict[str, Any]) -> dict:
    path = folder / part / "config.json"
    config = read_json(path) if path.is_file() else dict(fallback)
    return {k: v for k, v in config.items() if not k.startswith("_")}


def load_base(
    source: Path, config: Path | None, dtype: torch.dtype
) -> tuple[nn.Module, nn.Module, nn.Module, Path]:
    """U-Net, VAE, text encoder, and the folder that has the tokenizer."""
    if source.is_dir():
        need(
            (source / "model_index.json").is_file(),
            f"{source}: no model_index.json: not a folder in the diffusers layout",
        )
        return (
            load_part(UNet2DConditionModel, source / "unet", dtype),
            load_part(AutoencoderKL, source / "vae", dtype),
            load_part(CLIPTextModel, source / "text_encoder", dtype),
            config or source,
        )
    state = load_single_file(source)
    need(
        config is not None,
        f"{source}: a single file has no tokenizer: give a folder in the diffusers"
        " layout that has one with --config",
    )
    need(
        any(k.startswith("model.diffusion_model.") for k in state),
        f"{source}: no tensor model.diffusion_model.*: not Stable Diffusion in the"
        " original naming",
    )
    return (
        single_file_part(
            UNet2DConditionModel, state, optional_config(config, "unet", SD_UNET), dtype
        ),
        single_file_part(
            AutoencoderKL, state, optional_config(config, "vae", SD_VAE), dtype
        ),
        text_encoder_from(state, optional_config(config, "text_encoder", SD_TEXT)),
        config,
    )


def motion_unet(unet: UNet2DConditionModel, adapter: MotionAdapter) -> UNetMotionModel:
    """diffusers' class for the two, without memory for its weights."""
    with torch.device("meta"):
        empty = UNet2DConditionModel.from_config(unet.config)
        motion = MotionAdapter.from_config(adapter.config)
        try:
            return UNetMotionModel.from_unet2d(empty, motion, load_weights=False)
        except ValueError as error:
            raise InputError(f"the motion adapter does not fit: {error}") from None


def join_weights(model: UNetMotionModel, parts: list[tuple[str, Tensors]]) -> Tensors:
    """All tensors of the model; each must be in one part, in its shape."""
    wanted = {k: v.shape for k, v in model.state_dict().items()}
    joined: Tensors = {}
    for name, tensors in parts:
        for key, value in tensors.items():
            need(key in wanted, f"{name}: tensor {key} has no place in the network")
            need(
                value.shape == wanted[key],
                f"{name}: tensor {key} is {tuple(value.shape)}, but the network"
                f" has {tuple(wanted[key])}",
            )
            joined[key] = value
    missing = sorted(set(wanted) - set(joined))
    need(not missing, f"neither file has {missing[0] if missing else ''}")
    return joined


def widen_input(tensors: Tensors, inputs: int) -> None:
    """Channels for the conditions behind those of the noise, weights zero."""
    weight = tensors["conv_in.weight"]
    out, channels, height, width = weight.shape
    wide = weight.new_zeros(out, channels * inputs, height, width)
    wide[:, :channels] = weight
    tensors["conv_in.weight"] = wide


def add_masked(tensors: Tensors, model: UNetMotionModel, count: int) -> None:
    """Masked layers as copies of the layers beside them, their output zero."""
    try:
        blocks = {id(block) for _, block in masked_block_list(model, count)}
    except ValueError as error:
        raise InputError(str(error)) from None
    names = [name for name, module in model.named_modules() if id(module) in blocks]
    for name in names:
        for i in (1, 2):
            for kind in ("norm", "attn"):
                old, new = f"{name}.{kind}{i}.", f"{name}.masked_{kind}{i}."
                for key in [k for k in tensors if k.startswith(old)]:
                    zero = ".to_out." in key
                    value = tensors[key]
                    tensors[new + key[len(old) :]] = (
                        torch.zeros_like(value) if zero else value.clone()
                    )


def stage_config(model: UNetMotionModel, stage: str, options: argparse.Namespace):
    config = _clean(model.config)
    config.pop("_use_default_values", None)
    first = stage == STAGES[0]
    blocks = options.masked_blocks[0 if first else 1]
    config = {"_class_name": "UNetMotionModel"} | config
    config |= {
        "in_channels": config["in_channels"] * len(INPUTS),
        "ttm": {
            "inputs": INPUTS,
            "size": options.size,
            "prediction": options.prediction,
            "residual": "none",
            "first_frame": "denoised",
            "masked_blocks": blocks,
            "masked_self_attention": blocks > 0,
            "masked_cross_attention": blocks > 0,
            "cross_regions": "boxes",
            "regions": "first_frame" if first else "trajectory",
        },
    }
    return config, blocks


def save_scheduler(folder: Path, prediction: str) -> None:
    """AnimateDiff's DDIM, or the paper's: v-prediction and zero terminal SNR."""
    paper = prediction == "v_prediction"
    config = {
        "_class_name": "DDIMScheduler",
        "num_train_timesteps": 1000,
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "linear",
        "clip_sample": False,
        "set_alpha_to_one": True,
        "steps_offset": 1,
        "prediction_type": prediction,
        "timestep_spacing": "trailing" if paper else "linspace",
        "rescale_betas_zero_snr": paper,
    }
    write_json(folder / "scheduler_config.json", config)


def save_index(folder: Path, options: argparse.Namespace) -> None:
    index = {
        "_class_name": "ThroughTheMaskPipeline",
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        **{stage: ["diffusers", "UNetMotionModel"] for stage in STAGES},
        "scheduler": ["diffusers", "DDIMScheduler"],
        "ttm": {
            "version": 1,
            "name": options.name,
            "license": options.license,
            "defaults": {
                "frames": options.frames,
                "fps": options.fps,
                "size": options.size,
                "steps": [25, 25],
                "guidance": [7.5, 7.5],
                "image_guidance": [1.0, 1.0],
                "refine": "similarity",
                "detail": 1.0,
            },
        },
    }
    write_json(folder / "model_index.json", index)


def copy_tokenizer(source: Path, target: Path) -> None:
    source = source / "tokenizer"
    for name in TOKENIZER_FILES:
        need((source / name).is_file(), f"{source / name}: no such file")
    target.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES + TOKENIZER_EXTRAS:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)


def import_bundle(options: argparse.Namespace) -> None:
    """Writes beside the bundle's place first: what is there, is whole."""
    need(
        not options.bundle.exists() or not any(options.bundle.iterdir()),
        f"{options.bundle}: exists and is not empty",
    )
    part = options.bundle.with_name(options.bundle.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        write_bundle(options, part)
        part.replace(options.bundle)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_bundle(options: argparse.Namespace, folder: Path) -> None:
    dtype = DTYPES[options.dtype]
    unet, vae, text, tokenizer = load_base(options.sd, options.config, dtype)
    adapter = load_part(MotionAdapter, options.adapter, dtype)
    need(
        not adapter.config.conv_in_channels,
        f"{options.adapter}: an adapter with image channels (PIA) does not fit",
    )
    model = motion_unet(unet, adapter)
    base = join_weights(
        model,
        [("the U-Net", unet.state_dict()), ("the adapter", adapter.state_dict())],
    )
    for stage in STAGES:
        config, blocks = stage_config(model, stage, options)
        tensors = dict(base)
        widen_input(tensors, len(INPUTS))
        add_masked(tensors, model, blocks)
        write_json(folder / stage / "config.json", config)
        write_weights(folder / stage / WEIGHTS, tensors, dtype)
    save_vae(vae, folder / "vae", dtype)
    save_text_encoder(text, folder / "text_encoder", dtype)
    copy_tokenizer(tokenizer, folder / "tokenizer")
    save_scheduler(folder / "scheduler", options.prediction)
    save_index(folder, options)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sd", type=Path, metavar="SD")
    parser.add_argument("adapter", type=Path, metavar="ADAPTER")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument(
        "--config", type=Path, help="folder with the tokenizer of a single file"
    )
    parser.add_argument("--dtype", choices=DTYPES, default="f16")
    parser.add_argument(
        "--masked-blocks", type=int, nargs=2, default=[0, 6], metavar="K",
        help="spatial blocks with masked attention in each stage (default 0 6)",
    )  # fmt: skip
    parser.add_argument(
        "--prediction", choices=["epsilon", "v_prediction"], default="epsilon",
        help="v_prediction: the schedule that the paper fine-tunes with; the base"
        " model predicts epsilon (default)",
    )  # fmt: skip
    parser.add_argument("--size", type=int, nargs=2, default=[512, 512])
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--fps", type=float, default=8)
    parser.add_argument("--name", default="imported")
    parser.add_argument("--license", default="that of the imported models")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    try:
        import_bundle(options)
    except InputError as error:
        print(f"import_bundle: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
