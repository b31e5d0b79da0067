# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/lora_unet and nets/lora_clip: networks with LoRA files and the
values that PEFT and diffusers' own loader compute with them, for tests/nets.

A run's "loras" are [file, amount] pairs; the files lie in the case's folder
"loras". Run it from anywhere, with the packages of requirements.txt:

    python3 tests/ref/make_lora_references.py
"""

from __future__ import annotations

import copy
from pathlib import Path

import peft
import torch
from diffusers import StableDiffusionPipeline, UNetMotionModel
from diffusers.training_utils import _collate_lora_metadata
from diffusers.utils.peft_utils import recurse_remove_peft_layers
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

from make_net_references import Recorder, randomise, unet_run

KOHYA = {"lora_A": "lora_down", "lora_B": "lora_up"}


def add_adapter(model: nn.Module, seed: int, config: LoraConfig) -> nn.Module:
    """A copy of the model with an adapter whose matrices are all random."""
    model = copy.deepcopy(model)
    model.add_adapter(config)
    return randomise_adapter(model, seed)


def randomise_adapter(model: nn.Module, seed: int) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if "lora_" in name:
                noise = torch.randn(p.shape, generator=generator)
                p.copy_(0.5 / p[0].numel() ** 0.5 * noise)
    return model


def spatial_only(adapted: nn.Module, dtype: torch.dtype) -> dict[str, Tensor]:
    """The adapter without the motion modules, as made for images."""
    return {
        k: v.to(dtype)
        for k, v in get_peft_model_state_dict(adapted).items()
        if "motion_modules" not in k
    }


def save_kohya(path: Path, prefix: str, tensors: dict[str, Tensor], alpha: float):
    """PEFT's tensors under kohya's names, one alpha for all layers."""
    out = {}
    for name, value in tensors.items():
        module, matrix, _ = name.rsplit(".", 2)
        flat = prefix + module.replace(".", "_")
        out[f"{flat}.{KOHYA[matrix]}.weight"] = value.contiguous()
        out[f"{flat}.alpha"] = torch.tensor(alpha)
    save_file(out, str(path))


def save_processors(path: Path, tensors: dict[str, Tensor]) -> None:
    """PEFT's tensors of attention layers under diffusers' first names."""
    out = {}
    for name, value in tensors.items():
        module, matrix, _ = name.rsplit(".", 2)
        parent, layer = module.replace("to_out.0", "to_out").rsplit(".", 1)
        side = {"lora_A": "down", "lora_B": "up"}[matrix]
        out[f"unet.{parent}.processor.{layer}_lora.{side}.weight"] = value
    save_file({k: v.contiguous() for k, v in out.items()}, str(path))


def load(model: nn.Module, files: list[tuple[Path, float]], text: bool) -> nn.Module:
    """A copy of the model into which diffusers has loaded the files, and PEFT
    merged them, in f64."""
    model = copy.deepcopy(model)
    names = [f"adapter{i}" for i in range(len(files))]
    for name, (path, _) in zip(names, files):
        state, alphas, metadata = StableDiffusionPipeline.lora_state_dict(
            str(path), unet_config=None, return_lora_metadata=True
        )
        function = StableDiffusionPipeline.load_lora_into_unet
        if text:
            function = StableDiffusionPipeline.load_lora_into_text_encoder
        function(
            state,
            alphas,
            model,
            adapter_name=name,
            metadata=metadata,
            low_cpu_mem_usage=False,
        )
    layers = [m for m in model.modules() if isinstance(m, BaseTunerLayer)]
    assert layers
    model.double()
    for layer in layers:
        for name, (_, amount) in zip(names, files):
            if name in layer.lora_A:
                layer.scaling[name] *= amount
                layer.merge(adapter_names=[name])
    return recurse_remove_peft_layers(model)


class Case:
    """A Recorder whose runs use copies of its model with adapters."""

    def __init__(self, name: str, part: str, library: str, model: nn.Module):
        self.base = model
        self.recorder = Recorder(name, part, library, model)
        self.recorder.save()
        self.loras = self.recorder.folder / "loras"
        self.loras.mkdir()
        self.recorder.config["peft"] = peft.__version__

    def run(self, function, model: nn.Module, files: list[tuple[str, float]]) -> None:
        self.recorder.model = model.eval()
        function(model)
        self.recorder.runs[-1]["loras"] = [list(f) for f in files]

    def save(self) -> None:
        r = self.recorder
        r.model = self.base
        reference = r.folder / "reference"
        for path in reference.iterdir():
            path.unlink()
        reference.rmdir()
        r.save()


def unet_case() -> None:
    unet = UNetMotionModel(
        down_block_types=("CrossAttnDownBlockMotion", "DownBlockMotion"),
        up_block_types=("UpBlockMotion", "CrossAttnUpBlockMotion"),
        in_channels=4,
        out_channels=4,
        block_out_channels=(8, 12),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=8,
        num_attention_heads=2,
        motion_num_attention_heads=2,
        motion_max_seq_length=4,
        use_motion_mid_block=False,
    )
    unet.masked = {}
    randomise(unet, 110)
    case = Case("lora_unet", "unet", "diffusers", unet)
    attention = ["to_q", "to_k", "to_v", "to_out.0"]
    # every kind of layer: linear, 1x1 and 3x3 convolution
    everything = attention + [
        "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "conv1", "conv2",
        "conv_shortcut", "time_emb_proj", "conv",
    ]  # fmt: skip
    config = LoraConfig(
        r=3,
        lora_alpha=5,
        target_modules=attention + ["proj_in"],
        rank_pattern={"down_blocks.0.attentions.0.proj_in": 2},
        alpha_pattern={"down_blocks.0.attentions.0.proj_in": 7},
    )
    adapted = add_adapter(unet, 111, config)
    StableDiffusionPipeline.save_lora_weights(
        case.loras,
        unet_lora_layers=get_peft_model_state_dict(adapted),
        weight_name="diffusers.safetensors",
        **_collate_lora_metadata({"unet": adapted}),
    )
    adapted = add_adapter(
        unet, 112, LoraConfig(r=5, lora_alpha=5, target_modules=everything)
    )
    save_kohya(
        case.loras / "kohya.safetensors",
        "lora_unet_",
        spatial_only(adapted, torch.half),
        2.0,
    )
    adapted = add_adapter(
        unet, 113, LoraConfig(r=4, lora_alpha=4, target_modules=attention)
    )
    path = case.loras / "processor.safetensors"
    save_processors(path, spatial_only(adapted, torch.bfloat16))
    config = LoraConfig(r=4, lora_alpha=3, target_modules=attention, use_rslora=True)
    adapted = randomise_adapter(get_peft_model(copy.deepcopy(unet), config), 114)
    adapted.save_pretrained(case.loras / "peft")
    for path in (case.loras / "peft").iterdir():
        if not path.name.startswith("adapter_"):
            path.unlink()

    def forward(_: nn.Module) -> None:
        unet_run(case.recorder, name, None, (2, 6, 4), 4, 0, 401.0, 115)

    for name, files in {
        "diffusers": [("diffusers", 0.8)],
        "kohya": [("kohya", -0.6)],
        "processor": [("processor", 1.0)],
        "two": [("kohya", 0.7), ("diffusers", 0.4)],
    }.items():
        files = [(f"{f}.safetensors", a) for f, a in files]
        model = load(unet, [(case.loras / f, a) for f, a in files], False)
        case.run(forward, model, files)
    name = "peft"
    model = PeftModel.from_pretrained(copy.deepcopy(unet), case.loras / "peft")
    model = model.double().merge_and_unload()
    case.run(forward, model, [("peft/adapter_model.safetensors", 1)])
    case.save()


def clip_case() -> None:
    model = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=40,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=8,
            projection_dim=8,
            bos_token_id=38,
            eos_token_id=39,
            pad_token_id=39,
        )
    )
    randomise(model, 120)
    case = Case("lora_clip", "text_encoder", "transformers", model)
    targets = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
    config = LoraConfig(r=3, lora_alpha=3, target_modules=targets)
    adapted = add_adapter(model, 121, config)
    # the names that text encoders had when the public files were made
    tensors = {
        k if k.startswith("text_model.") else f"text_model.{k}": v
        for k, v in get_peft_model_state_dict(adapted).items()
    }
    save_kohya(case.loras / "kohya.safetensors", "lora_te_", tensors, 6.0)
    old = {"lora_A": "lora_linear_layer.down", "lora_B": "lora_linear_layer.up"}
    save_file(
        {
            "text_encoder."
            + k.replace("lora_A", old["lora_A"]).replace(
                "lora_B", old["lora_B"]
            ): v.contiguous()
            for k, v in tensors.items()
        },
        str(case.loras / "diffusers.safetensors"),
    )
    generator = torch.Generator().manual_seed(122)
    ids = torch.randint(0, 38, (2, 8), generator=generator)

    def forward(adapted: nn.Module) -> None:
        case.recorder.begin(name, prompts=2, tokens=8)
        case.recorder.put("in/ids", ids)
        case.recorder.forward(lambda _: adapted(input_ids=ids).last_hidden_state)

    for name, amount in (("kohya", 0.5), ("diffusers", 1.5)):
        files = [(f"{name}.safetensors", amount)]
        model = load(case.base, [(case.loras / f, a) for f, a in files], True)
        case.run(forward, model, files)
    case.save()


def main() -> None:
    torch.set_num_threads(1)
    unet_case()
    clip_case()


if __name__ == "__main__":
    with torch.no_grad():
        main()
