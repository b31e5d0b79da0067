# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a PyTorch network and writes what it computes, layer by layer.

A case is a folder of two parts: the network as save_pretrained() writes it and
"reference", whose weights file holds inputs, intermediate values and outputs
of some runs. Values are computed in f64, so that they are exact to f32's last
digit, and named after our graph nodes. Those that we compute in one step (a
convolution with the residual that is added to it) are taken where PyTorch has
the same value, at the input of the module that follows.

reference/config.json holds the runs and, for each, the relative L2 distances
of PyTorch's own results in f32, f16 and bf16, layer by layer too.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import diffusers
import torch
import torch.nn.functional as F
import transformers
from diffusers import UNetMotionModel
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.autoencoders.vae import AutoencoderTinyBlock
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import save_file
from torch import Tensor, nn

WEIGHTS = "diffusion_pytorch_model.safetensors"
PRECISIONS = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
View = Callable[[Tensor], Tensor]


def randomise(model: nn.Module, seed: int) -> nn.Module:
    """Every parameter random, at a scale that keeps activations near one."""
    generator = torch.Generator().manual_seed(seed)

    def noise(p: Tensor) -> Tensor:
        return torch.randn(p.shape, generator=generator)

    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if p.ndim < 2:
                offset = 1.0 if name.endswith("weight") else 0.0
                p.copy_(offset + 0.2 * noise(p))
            elif "embedding.weight" in name:
                p.copy_(noise(p))
            else:
                # queries and keys are larger: attention is not near uniform
                sharp = any(f".{k}." in name for k in ("to_q", "to_k", "q_proj"))
                scale = 1.7 if sharp else 1.0
                p.copy_(scale / math.sqrt(p[0].numel()) * noise(p))
    return model.eval()


def spatial(x: Tensor) -> Tensor:
    """[N, C, h, w] channels-last; [N, h * w, C] is in that order already."""
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def temporal(x: Tensor) -> Tensor:
    """[h * w, F, C], or [1, C, F, h, w], as [F, h * w, C]."""
    return x[0].permute(1, 2, 3, 0) if x.ndim == 5 else x.transpose(0, 1)


def first(x: Tensor) -> Tensor:
    """What is the same for all frames, once."""
    return x[:1]


def transposed(x: Tensor) -> Tensor:
    return x.transpose(1, 2)


class Recorder:
    """Collects the runs of one case and writes the folder."""

    def __init__(self, folder: Path, part: str, library: str, model: nn.Module):
        self.folder, self.part, self.model = folder, part, model
        self.runs: list[dict] = []
        self.tensors: dict[str, Tensor] = {}
        self.run = ""
        self.precision = ""  # "": the f64 pass
        self.index = {
            "_class_name": "TestPipeline",
            part: [library, type(model).__name__],
            "reference": ["ttm", "Reference"],
        }
        shutil.rmtree(folder, ignore_errors=True)

    def begin(self, run: str, **build: int) -> None:
        """Starts a run: `build` are the builder's arguments."""
        self.run = run
        self.runs.append({"name": run, **build, "errors": {}, "layers": {}})

    def put(self, name: str, value: Tensor, view: View = spatial) -> None:
        """Stores a value of the f64 pass, or its distance in another one."""
        name = f"{self.run}/{name}"
        value = view(value.detach())
        if not self.precision:
            self.tensors[name] = value.float().contiguous().clone()
        elif name in self.tensors:
            layers = self.runs[-1]["layers"].setdefault(self.precision, {})
            error = distance(value, self.tensors[name])
            layers[name.removeprefix(f"{self.run}/node/")] = error

    def after(self, module: nn.Module, node: str, view: View = spatial) -> None:
        """The output of a module is the value of our node."""

        def hook(_module: nn.Module, _inputs: object, out: object) -> None:
            out = out[0] if isinstance(out, tuple) else out
            out = getattr(out, "sample", out)
            self.put(f"node/{node}", out, view)

        module.register_forward_hook(hook)

    def before(self, module: nn.Module, node: str, view: View = spatial) -> None:
        """The input of a module is the value of our node."""

        def hook(_module: nn.Module, inputs: tuple) -> None:
            self.put(f"node/{node}", inputs[0], view)

        module.register_forward_pre_hook(hook)

    def forward(self, function: Callable[[torch.dtype], Tensor]) -> None:
        """Stores function(dtype) as the run's output, and PyTorch's errors."""
        state = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.double()
        out = function(torch.float64)
        self.put("out", out)
        for name, dtype in PRECISIONS.items():
            self.precision = name
            self.model.float()
            self.model.load_state_dict(state)
            self.model.to(dtype)
            error = distance(function(dtype), out)
            self.runs[-1]["errors"][name] = error
        self.precision = ""
        self.model.float()
        self.model.load_state_dict(state)

    def save(
        self,
        part_config: dict | None = None,
        dtype: torch.dtype = torch.float32,
        shard: str | None = None,
    ) -> None:
        """The case, with `part_config` merged into the part's config.json."""
        part = self.folder / self.part
        model = self.model.to(dtype)
        model.save_pretrained(part, **({"max_shard_size": shard} if shard else {}))
        path = part / "config.json"
        config = json.loads(path.read_text()) | (part_config or {})
        path.write_text(json.dumps(config, indent=1) + "\n")
        reference = self.folder / "reference"
        reference.mkdir()
        save_file(self.tensors, str(reference / WEIGHTS))
        (reference / "config.json").write_text(json.dumps({"runs": self.runs}))
        (self.folder / "model_index.json").write_text(json.dumps(self.index))


def distance(value: Tensor, expected: Tensor) -> float:
    """Relative L2."""
    expected = expected.double()
    norm = expected.norm()
    return ((value.double() - expected).norm() / norm).item() if norm else 0.0


def watch_resnet(r: Recorder, m: ResnetBlock2D, name: str) -> None:
    if m.time_emb_proj is not None:
        r.after(m.time_emb_proj, f"{name}.time_emb_proj", first)
    if m.conv_shortcut is not None:
        r.after(m.conv_shortcut, f"{name}.conv_shortcut")
    r.before(m.conv1, f"{name}.norm1")
    r.before(m.norm2, f"{name}.conv1")
    r.before(m.conv2, f"{name}.norm2")
    scaled = m.output_scale_factor != 1
    r.after(m, f"{name}.scale" if scaled else f"{name}.conv2")


def watch_attention(
    r: Recorder, m: Attention, name: str, view: View, keys: View | None = None
) -> None:
    """Projections and the attention itself; the sum with x is the caller's."""
    r.after(m.to_q, f"{name}.to_q", view)
    r.after(m.to_k, f"{name}.to_k", keys or view)
    r.after(m.to_v, f"{name}.to_v", keys or view)
    r.before(m.to_out[0], f"{name}.attention", view)


def watch_block(r: Recorder, m: BasicTransformerBlock, name: str, view: View) -> None:
    """A transformer block, spatial (masked or not) or temporal."""
    cross = view is spatial
    # layers in the order of computation: norm, attention
    steps = [("norm1", "attn1"), ("norm2", "attn2"), ("norm3", "ff.net.2")]
    if hasattr(m, "masked_attn2"):
        steps.insert(2, ("masked_norm2", "masked_attn2"))
    if hasattr(m, "masked_attn1"):
        steps.insert(1, ("masked_norm1", "masked_attn1"))

    def by_region(x: Tensor) -> Tensor:
        """We sort tokens by region before the masked self-attention."""
        order = m.regions.ids.flatten().argsort(stable=True)
        return x.flatten(0, 1)[order]

    for (norm, layer), (following, _) in zip(steps, steps[1:]):
        own = by_region if layer == "masked_attn1" else view
        keys = first if cross and layer == "attn2" else own
        r.after(m.get_submodule(norm), f"{name}.{norm}", own)
        watch_attention(r, m.get_submodule(layer), f"{name}.{layer}", own, keys)
        r.before(m.get_submodule(following), f"{name}.{layer}.to_out.0", view)
    r.after(m.norm3, f"{name}.norm3", view)
    r.after(m.ff.net[0], f"{name}.ff.net.0.proj", view)
    r.after(m, f"{name}.ff.net.2", view)


def watch_unet(r: Recorder, unet: UNetMotionModel) -> None:
    """All layers of a U-Net whose blocks are hidden in its modules."""
    r.after(unet.conv_in, "conv_in")
    r.before(unet.time_embedding.linear_2, "time_embedding.linear_1", first)
    r.after(unet.time_embedding, "time_embedding.linear_2", lambda x: F.silu(x)[:1])
    r.before(unet.conv_out, "conv_norm_out")
    for name, m in unet.named_modules():
        kind = type(m).__name__
        if isinstance(m, ResnetBlock2D):
            watch_resnet(r, m, name)
        elif kind in ("Downsample2D", "Upsample2D"):
            r.after(m.conv, f"{name}.conv")
        elif kind in ("Transformer2DModel", "AnimateDiffTransformer3D"):
            view = spatial if kind == "Transformer2DModel" else temporal
            r.after(m.norm, f"{name}.norm", view)
            r.after(m.proj_in, f"{name}.proj_in", view)
            r.after(m, f"{name}.proj_out")
            for i, block in enumerate(m.transformer_blocks):
                watch_block(r, block, f"{name}.transformer_blocks.{i}", view)


def watch_kl(r: Recorder, vae: nn.Module) -> None:
    for name, m in vae.named_modules():
        kind = type(m).__name__
        if isinstance(m, ResnetBlock2D):
            watch_resnet(r, m, name)
        elif kind in ("Downsample2D", "Upsample2D"):
            r.after(m.conv, f"{name}.conv")
        elif isinstance(m, Attention):
            r.after(m.group_norm, f"{name}.group_norm", transposed)
            watch_attention(r, m, name, spatial)
            r.after(m, f"{name}.to_out.0")
    for side in (vae.encoder, vae.decoder):
        name = "encoder" if side is vae.encoder else "decoder"
        r.after(side.conv_in, f"{name}.conv_in")
        r.before(side.conv_out, f"{name}.conv_norm_out")
    r.after(vae.decoder.conv_out, "decoder.conv_out")


def watch_tiny(r: Recorder, vae: nn.Module) -> None:
    for side in ("encoder", "decoder"):
        layers = vae.get_submodule(f"{side}.layers")
        for i, m in enumerate(layers):
            name = f"{side}.layers.{i}"
            if isinstance(m, AutoencoderTinyBlock):
                r.before(m.conv[2], f"{name}.conv.0")
                r.before(m.conv[4], f"{name}.conv.2")
                r.before(m.fuse, f"{name}.conv.4")
                r.after(m, f"{name}.activate")
            elif isinstance(m, nn.Conv2d) and name != "decoder.layers.0":
                r.after(m, name)
    r.after(vae.decoder.layers[1], "decoder.layers.0")


def watch_segmenter(r: Recorder, net: nn.Module) -> None:
    """A TTMSegmenter of models/train."""
    r.after(net.conv_in, "conv_in")
    r.before(net.score_head.conv_2, "score_head.conv_1")
    r.after(net.score_head, "score_head.conv_2")
    r.after(net.conv_norm_out, "conv_norm_out", lambda x: spatial(F.silu(x)))
    for name, m in net.named_modules():
        kind = type(m).__name__
        if kind == "Resnet":
            if not isinstance(m.conv_shortcut, nn.Identity):
                r.after(m.conv_shortcut, f"{name}.conv_shortcut")
            r.before(m.conv1, f"{name}.norm1")
            r.before(m.norm2, f"{name}.conv1")
            r.before(m.conv2, f"{name}.norm2")
            r.after(m, f"{name}.conv2")
        elif kind == "Resample":
            r.after(m.conv, f"{name}.conv")
        elif kind == "Attention":
            r.after(m.group_norm, f"{name}.group_norm")
            for layer in ("to_q", "to_k", "to_v"):
                r.after(m.get_submodule(layer), f"{name}.{layer}")
            r.before(m.to_out[0], f"{name}.attention")
            r.after(m, f"{name}.to_out.0")


def watch_text(r: Recorder, model: nn.Module, prefix: str) -> None:
    for i, m in enumerate(model.encoder.layers):
        name = f"{prefix}encoder.layers.{i}"
        for k in ("q_proj", "k_proj", "v_proj"):
            r.after(m.self_attn.get_submodule(k), f"{name}.self_attn.{k}")
        r.before(m.self_attn.out_proj, f"{name}.self_attn.attention")
        r.after(m.layer_norm1, f"{name}.layer_norm1")
        r.before(m.layer_norm2, f"{name}.self_attn.out_proj")
        r.after(m.layer_norm2, f"{name}.layer_norm2")
        r.before(m.mlp.fc2, f"{name}.mlp.fc1")
        r.after(m, f"{name}.mlp.fc2")


def versions() -> dict[str, str]:
    return {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
    }
