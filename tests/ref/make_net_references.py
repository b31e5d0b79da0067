# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/: tiny networks of diffusers and transformers with the values
that PyTorch computes, for tests/nets.

Each folder is a bundle of two parts: the network, with random weights (norms
and biases too, so that no layer is an identity), and "reference", whose
weights file holds inputs, intermediate values and outputs of some runs.
Activations are stored channels-last, integers as f32. Values are computed in
f64, so that they are exact to f32's last digit. Run it from anywhere:

    python3 tests/ref/make_net_references.py

"bf16_error" and "f16_error" of a run are the relative L2 distances of PyTorch's
own results with weights and activations of that type: what the precision does
to this network.

reference/config.json records the versions of the packages.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import AutoencoderKL, AutoencoderTiny, UNetMotionModel
from diffusers.models.attention_processor import Attention
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

ROOT = Path(__file__).resolve().parent / "nets"
sys.path.insert(0, str(ROOT.parent / "check"))

from networks import exact_time  # noqa: E402
from record import distance, randomise  # noqa: E402

WEIGHTS = "diffusion_pytorch_model.safetensors"


class Recorder:
    """Collects the runs of one case and writes the folder."""

    def __init__(self, name: str, part: str, library: str, model: nn.Module):
        self.folder = ROOT / name
        self.model = model
        self.part = part
        self.runs: list[dict] = []
        self.tensors: dict[str, Tensor] = {}
        self.config = {"net": part}
        self.run = ""
        self.recording = True
        self.index = {
            "_class_name": "TestPipeline",
            part: [library, type(model).__name__],
            "reference": ["ttm", "Reference"],
        }
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def begin(self, run: str, **build: int) -> None:
        """Starts a run: `build` are the builder's arguments."""
        self.run = run
        self.runs.append({"name": run, **build})

    def put(self, name: str, value: Tensor) -> None:
        """Stores a value of the f64 pass; later passes leave it."""
        if self.recording:
            value = value.detach().float()
            if value.ndim == 5:  # a video [1, C, F, H, W]
                value = value[0].transpose(0, 1)
            if value.ndim == 4:
                value = value.permute(0, 2, 3, 1)
            self.tensors[f"{self.run}/{name}"] = value.contiguous().clone()

    def forward(self, function) -> None:
        """Stores function(dtype) as the run's output, and its bf16 error."""
        state = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.model.double()
        out = function(torch.float64)
        self.put("out", out)
        self.recording = False
        for name, dtype in (("bf16", torch.bfloat16), ("f16", torch.float16)):
            self.model.to(dtype)
            error = distance(function(dtype), out)
            self.runs[-1][f"{name}_error"] = round(error, 6)
            self.model.float()
            self.model.load_state_dict(state)
        self.recording = True

    def watch(self, names: dict[str, str]) -> list:
        """Hooks that record modules (keys) under our nodes' names (values)."""
        handles = []
        for module, node in names.items():

            def hook(_m, _i, out, node=node):
                out = out[0] if isinstance(out, tuple) else out
                self.put(f"node/{node}", out)

            found = self.model.get_submodule(module)
            handles.append(found.register_forward_hook(hook))
        return handles

    def save(self, part_config: dict | None = None, half: bool = False) -> None:
        """The bundle, with `part_config` merged into the part's config.json."""
        part = self.folder / self.part
        model = self.model.half() if half else self.model
        model.save_pretrained(part)
        path = part / "config.json"
        config = json.loads(path.read_text()) | (part_config or {})
        for key in ("_name_or_path", "_use_default_values"):
            config.pop(key, None)
        path.write_text(json.dumps(config, indent=1) + "\n")
        reference = self.folder / "reference"
        reference.mkdir()
        save_file(self.tensors, str(reference / WEIGHTS))
        self.config["runs"] = self.runs
        self.config["versions"] = {
            "torch": torch.__version__.split("+")[0],
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
        }
        (reference / "config.json").write_text(json.dumps(self.config, indent=1) + "\n")
        (self.folder / "model_index.json").write_text(
            json.dumps(self.index, indent=1) + "\n"
        )


def rename_tensors(path: Path, rename) -> None:
    tensors = {rename(k): v for k, v in load_file(str(path)).items()}
    save_file(tensors, str(path), metadata={"format": "pt"})


def clip_case(name: str, seed: int, prefix: str, tokens: int, **config) -> None:
    model = CLIPTextModel(
        CLIPTextConfig(
            **config,
            projection_dim=8,
            bos_token_id=config["vocab_size"] - 2,
            eos_token_id=config["vocab_size"] - 1,
            pad_token_id=config["vocab_size"] - 1,
        )
    )
    randomise(model, seed)
    case = Recorder(name, "text_encoder", "transformers", model)
    generator = torch.Generator().manual_seed(seed + 1)
    case.begin("run", prompts=3, tokens=tokens)
    ids = torch.randint(0, config["vocab_size"], (3, tokens), generator=generator)
    ids[:, 0] = config["vocab_size"] - 2
    ids[1, 4:] = config["vocab_size"] - 1
    case.put("in/ids", ids)
    case.watch(
        {
            f"encoder.layers.{i}": f"{prefix}encoder.layers.{i}.mlp.fc2"
            for i in range(config["num_hidden_layers"])
        }
    )
    case.forward(lambda _: model(input_ids=ids).last_hidden_state)
    case.save()
    if prefix:
        rename_tensors(
            case.folder / "text_encoder" / "model.safetensors",
            lambda key: prefix + key,
        )


def image(generator: torch.Generator, n: int, h: int, w: int) -> Tensor:
    return torch.rand((n, 3, h, w), generator=generator) * 2 - 1


def vae_case(
    name: str,
    seed: int,
    model: nn.Module,
    size: tuple[int, int, int],
    watch: dict[str, str],
) -> Recorder:
    """Runs "encode" (mean of the posterior, shifted, scaled) and "decode"."""
    n, h, w = size
    config = model.config
    shift, scale = config.shift_factor or 0.0, config.scaling_factor
    randomise(model, seed)
    case = Recorder(name, "vae", "diffusers", model)
    generator = torch.Generator().manual_seed(seed + 1)
    case.watch(watch)

    case.begin("encode", n=n, height=h, width=w)
    x = image(generator, n, h, w)
    case.put("in/image", x)

    def encode(dtype: torch.dtype) -> Tensor:
        z = model.encode(x.to(dtype))
        z = z.latent_dist.mode() if hasattr(z, "latent_dist") else z.latents
        return (z - shift) * scale

    case.forward(encode)

    case.begin("decode", n=n, height=h, width=w)
    factor = 2 ** (len(config.block_out_channels) - 1)
    latents = torch.randn(
        (n, config.latent_channels, h // factor, w // factor), generator=generator
    )
    case.put("in/latents", latents)

    def decode(dtype: torch.dtype) -> Tensor:
        return model.decode((latents / scale + shift).to(dtype)).sample

    case.forward(decode)
    return case


def kl(channels: tuple[int, ...], **config) -> AutoencoderKL:
    levels = len(channels)
    return AutoencoderKL(
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        **config,
    )


def vae_cases() -> None:
    model = kl((8, 16, 16), layers_per_block=2, latent_channels=4, norm_num_groups=4)
    watch = {}
    for side in ("encoder", "decoder"):
        watch |= {
            f"{side}.conv_in": f"{side}.conv_in",
            f"{side}.mid_block.resnets.0": f"{side}.mid_block.resnets.0.conv2",
            f"{side}.mid_block.attentions.0": (
                f"{side}.mid_block.attentions.0.to_out.0"
            ),
            f"{side}.mid_block": f"{side}.mid_block.resnets.1.conv2",
        }
    watch |= {
        "encoder.down_blocks.0.downsamplers.0": (
            "encoder.down_blocks.0.downsamplers.0.conv"
        ),
        "decoder.up_blocks.0.upsamplers.0": "decoder.up_blocks.0.upsamplers.0.conv",
    }
    vae_case("vae_kl", 20, model, (2, 16, 24), watch).save()

    model = kl(
        (8, 8, 8, 16),
        layers_per_block=1,
        latent_channels=8,
        norm_num_groups=2,
        scaling_factor=0.7,
        shift_factor=0.3,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
    )
    watch = {
        "encoder.mid_block": "encoder.mid_block.resnets.1.conv2",
        "decoder.up_blocks.3": "decoder.up_blocks.3.resnets.1.conv2",
    }
    vae_case("vae_kl_plain", 30, model, (1, 16, 8), watch).save()

    model = kl((8,), layers_per_block=1, norm_num_groups=4)
    case = vae_case("vae_kl_old_names", 40, model, (1, 3, 5), {})
    case.save()
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}

    def rename(key: str) -> str:
        for new, name in old.items():
            key = key.replace(f".{new}.", f".{name}.")
        return key

    rename_tensors(case.folder / "vae" / WEIGHTS, rename)

    model = AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8),
        decoder_block_out_channels=(12, 12, 12),
        num_encoder_blocks=(1, 2, 1),
        num_decoder_blocks=(2, 1, 1),
        scaling_factor=0.9,
        shift_factor=0.1,
    )
    watch = {
        "encoder.layers.3": "encoder.layers.3.activate",
        "encoder.layers.2": "encoder.layers.2",
        "decoder.layers.2": "decoder.layers.2.activate",
        "decoder.layers.5": "decoder.layers.5",
    }
    vae_case("vae_tiny", 50, model, (2, 12, 16), watch).save()


class MaskedBlock(nn.Module):
    """The order of a transformer block with the two masked attentions.

    An own implementation, query by query, of what training code does with
    masks: each query gathers just the keys that it may see.
    """

    def __init__(self, block: nn.Module, case: Recorder | None, name: str):
        super().__init__()
        self.block, self.name = [block], name
        self.case, self.level = case, 0
        self.regions = self.allowed = self.locals = None

    def gather(self, a: Attention, x: Tensor, context: Tensor, allowed) -> Tensor:
        """x [N, C], context [M, D]; allowed: N lists of key indices."""
        d = a.to_q.weight.shape[0] // a.heads
        q = a.to_q(x).view(-1, a.heads, d)
        k = a.to_k(context).view(-1, a.heads, d)
        v = a.to_v(context).view(-1, a.heads, d)
        out = torch.zeros_like(q)
        for i, keys in enumerate(allowed):
            if len(keys):
                scores = torch.einsum("hd,mhd->hm", q[i], k[keys]) / math.sqrt(d)
                out[i] = torch.einsum("hm,mhd->hd", scores.softmax(-1), v[keys])
        return a.to_out[0](out.flatten(1))

    def forward(self, x: Tensor, encoder_hidden_states: Tensor, **_) -> Tensor:
        block, shape = self.block[0], x.shape
        node = f"node/{self.name}"
        x = x + block.attn1(block.norm1(x))
        if hasattr(block, "masked_attn1"):
            h = block.masked_norm1(x).flatten(0, 1)
            same = [(self.regions == r).nonzero()[:, 0] for r in self.regions]
            x = x + self.gather(block.masked_attn1, h, h, same).view(shape)
            self.case.put(f"{node}.masked_attn1.to_out.0", x)
        x = x + block.attn2(block.norm2(x), encoder_hidden_states)
        if hasattr(block, "masked_attn2"):
            h = block.masked_norm2(x).flatten(0, 1)
            locals_ = self.locals.to(h.dtype)
            out = self.gather(block.masked_attn2, h, locals_, self.allowed)
            x = x + out.view(shape)
            end = "to_out.0" if len(self.locals) else "add"
            self.case.put(f"{node}.masked_attn2.{end}", x)
        x = x + block.ff(block.norm3(x))
        self.case.put(f"{node}.ff.net.2", x)
        return x


def masked_blocks(unet: UNetMotionModel, count: int) -> list[tuple[int, str]]:
    """(level, path) of the first spatial transformer blocks, downwards."""
    paths = [
        (i, f"down_blocks.{i}.attentions.{j}.transformer_blocks.0")
        for i, down in enumerate(unet.down_blocks)
        for j in range(len(getattr(down, "attentions", [])))
    ]
    return paths[:count]


def add_masked(unet: UNetMotionModel, ttm: dict) -> None:
    for _, path in masked_blocks(unet, ttm["masked_blocks"]):
        block = unet.get_submodule(path)
        dim, heads = block.dim, block.num_attention_heads
        if ttm["masked_self_attention"]:
            block.masked_norm1 = nn.LayerNorm(dim, eps=1e-5)
            block.masked_attn1 = Attention(
                query_dim=dim, heads=heads, dim_head=dim // heads
            )
        if ttm["masked_cross_attention"]:
            block.masked_norm2 = nn.LayerNorm(dim, eps=1e-5)
            block.masked_attn2 = Attention(
                query_dim=dim,
                cross_attention_dim=block.cross_attention_dim,
                heads=heads,
                dim_head=dim // heads,
            )


def draw_objects(frames: int, h: int, w: int) -> tuple[Tensor, Tensor]:
    """(ids, sets) [F, h, w]: object 1 stays, 2 overlaps its box and goes away
    for one frame, 3 has no cell anywhere. Bit l - 1 of a set stands for l."""
    ids = torch.zeros(frames, h, w, dtype=torch.int64)
    sets = torch.zeros(frames, h, w, dtype=torch.int64)
    for t in range(frames):
        x = min(t, w - 1)
        ids[t, : max(h // 2, 1), : max(w // 2, 1)] = 1
        sets[t, : h // 2 + 1, : w // 2 + 1] |= 1
        if t != 1:
            ids[t, h // 2 :, x : x + 2] = 2
            sets[t, max(h // 2 - 1, 0) :, x : x + 2] |= 2
    return ids, sets


def ceil_shift(n: int, level: int) -> int:
    return (n + (1 << level) - 1) >> level


def unet_run(
    case: Recorder,
    run: str,
    ttm: dict | None,
    size: tuple[int, int, int],
    tokens: int,
    objects: int,
    time: float,
    seed: int,
) -> None:
    """One forward with random conditions; `size` is frames, height, width."""
    unet = case.model
    exact_time(unet)
    frames, h, w = size
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    case.begin(run, frames=frames, height=h, width=w, tokens=tokens, objects=objects)
    latents, dim = unet.config.out_channels, unet.config.cross_attention_dim
    parts = []
    for name in ttm["inputs"] if ttm else ["noise"]:
        x = noise(1 if name == "image" else frames, latents, h, w)
        case.put(f"in/{name}", x)
        parts.append(x.expand(frames, -1, -1, -1))
    text, locals_ = noise(1, tokens, dim), noise(objects, tokens, dim)
    case.put("in/time", torch.tensor([time]))
    case.put("in/text", text)
    blocks = masked_blocks(unet, ttm["masked_blocks"] if ttm else 0)
    cross = bool(blocks) and ttm["masked_cross_attention"] and objects > 0
    bits = torch.arange(objects).repeat_interleave(tokens)
    if cross:
        case.put("in/locals", locals_)
        case.put("in/local_key_sets", 1 << bits)
    for level, path in blocks:
        grid = (frames, ceil_shift(h, level), ceil_shift(w, level))
        ids, sets = (x.flatten() for x in draw_objects(*grid))
        masked = unet.masked[path]
        masked.case = case
        masked.regions = ids
        masked.locals = locals_.flatten(0, 1)
        masked.allowed = [(s >> bits & 1).nonzero()[:, 0] for s in sets]
        if ttm["masked_self_attention"]:
            case.put(f"in/regions.{level}", ids)
        if cross:
            case.put(f"in/sets.{level}", sets)
    x = torch.cat(parts, 1).transpose(0, 1)[None]  # [1, C, F, h, w]
    text = text.expand(frames, -1, -1)

    def forward(dtype: torch.dtype) -> Tensor:
        out = unet(x.to(dtype), time, text.to(dtype)).sample
        return out[0].transpose(0, 1)

    case.forward(forward)


def unet_case(
    name: str,
    seed: int,
    part: str,
    ttm: dict | None,
    runs: list[dict],
    watch: dict[str, str],
    half: bool = False,
    tables: bool = True,
    **config,
) -> None:
    """A network and its `runs`; without `tables` its file lacks the frame
    positions, which are constants."""
    levels = config.pop("levels")
    unet = UNetMotionModel(
        down_block_types=tuple(
            "CrossAttnDownBlockMotion" if x else "DownBlockMotion" for x in levels
        ),
        up_block_types=tuple(
            "CrossAttnUpBlockMotion" if x else "UpBlockMotion" for x in reversed(levels)
        ),
        **config,
    )
    if ttm:
        add_masked(unet, ttm)
    randomise(unet, seed)
    if half:
        unet = unet.half().float()
    case = Recorder(name, part, "diffusers", unet)
    unet.masked = {}
    for _, path in masked_blocks(unet, ttm["masked_blocks"] if ttm else 0):
        block = unet.get_submodule(path)
        masked = unet.masked[path] = MaskedBlock(block, case, path)
        block.forward = masked.forward
    case.watch(watch)
    for i, run in enumerate(runs):
        unet_run(case, ttm=ttm, seed=seed + 1 + i, **run)
    case.save({"ttm": ttm} if ttm else None, half)
    if not tables:
        path = case.folder / part / WEIGHTS
        kept = {k: v for k, v in load_file(path).items() if not k.endswith(".pe")}
        save_file(kept, path, metadata={"format": "pt"})


def unet_cases() -> None:
    watch = {
        "conv_in": "conv_in",
        "down_blocks.0.resnets.0": "down_blocks.0.resnets.0.conv2",
        "down_blocks.0.attentions.0": "down_blocks.0.attentions.0.proj_out",
        "down_blocks.0.motion_modules.0": "down_blocks.0.motion_modules.0.proj_out",
        "down_blocks.0.downsamplers.0": "down_blocks.0.downsamplers.0.conv",
        "mid_block.attentions.0": "mid_block.attentions.0.proj_out",
        "up_blocks.0.resnets.0": "up_blocks.0.resnets.0.conv2",
        "up_blocks.0.upsamplers.0": "up_blocks.0.upsamplers.0.conv",
    }
    # as Stable Diffusion 1.5 with AnimateDiff: nothing of ours
    unet_case(
        "unet_plain",
        60,
        "unet",
        None,
        [dict(run="run", size=(3, 8, 4), tokens=6, objects=0, time=637.0)],
        watch
        | {
            "mid_block.motion_modules.0": "mid_block.motion_modules.0.proj_out",
            "mid_block": "mid_block.resnets.1.conv2",
        },
        half=True,
        levels=(True, True, False),
        in_channels=4,
        out_channels=4,
        block_out_channels=(8, 16, 16),
        layers_per_block=2,
        norm_num_groups=4,
        cross_attention_dim=12,
        num_attention_heads=2,
        motion_num_attention_heads=4,
        motion_max_seq_length=8,
    )
    ttm = {
        "inputs": ["noise", "image", "mask"],
        "size": [64, 64],
        "prediction": "sample",
        "residual": "mask",
        "first_frame": "given",
        "masked_blocks": 2,
        "masked_self_attention": True,
        "masked_cross_attention": True,
        "cross_regions": "masks",
        "regions": "first_frame",
    }
    unet_case(
        "unet_stage1",
        70,
        "image_to_motion",
        ttm,
        [dict(run="run", size=(4, 4, 6), tokens=5, objects=3, time=12.5)],
        watch | {"mid_block.motion_modules.1": "mid_block.motion_modules.1.proj_out"},
        half=True,
        levels=(True, True),
        in_channels=12,
        out_channels=4,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=2,
        cross_attention_dim=12,
        num_attention_heads=(2, 4),
        motion_num_attention_heads=(4, 2),
        transformer_layers_per_block=(2, 1),
        temporal_transformer_layers_per_block=(1, 2),
        mid_block_layers=2,
        mid_block_scale_factor=1.25,
        motion_max_seq_length=16,
        norm_eps=1e-4,
    )
    ttm = {
        "inputs": ["noise", "image", "mask", "carried"],
        "prediction": "velocity",
        "masked_blocks": 3,
        "masked_self_attention": True,
        "masked_cross_attention": True,
        "cross_regions": "boxes",
        "regions": "trajectory",
    }
    # odd sizes at each level; f16 weights; the same with and without objects
    unet_case(
        "unet_stage2",
        80,
        "motion_to_video",
        ttm,
        [
            dict(run="run", size=(4, 7, 5), tokens=4, objects=3, time=999.0),
            dict(run="no_objects", size=(2, 5, 6), tokens=4, objects=0, time=0.0),
        ],
        {k: v for k, v in watch.items() if "down_blocks.0.attentions" not in k},
        half=True,
        levels=(False, True, True),
        in_channels=16,
        out_channels=4,
        block_out_channels=(8, 12, 16),
        layers_per_block=(1, 2, 1),
        norm_num_groups=4,
        cross_attention_dim=8,
        num_attention_heads=(2, 3, 4),
        motion_num_attention_heads=(2, 3, 4),
        use_linear_projection=True,
        use_motion_mid_block=False,
        time_cond_proj_dim=6,
        motion_max_seq_length=4,
    )
    # one of the two masked attentions, alone
    unet_case(
        "unet_masked_self",
        90,
        "motion_to_video",
        ttm
        | {
            "inputs": ["carried", "noise"],
            "masked_blocks": 1,
            "masked_cross_attention": False,
        },
        [dict(run="run", size=(3, 3, 3), tokens=3, objects=3, time=250.0)],
        {},
        tables=False,
        levels=(True,),
        in_channels=8,
        out_channels=4,
        block_out_channels=(8,),
        layers_per_block=1,
        norm_num_groups=4,
        cross_attention_dim=8,
        num_attention_heads=1,
        motion_num_attention_heads=1,
    )


def main() -> None:
    torch.set_num_threads(1)
    with torch.no_grad():
        clip_case(
            "clip_quick_gelu",
            10,
            "",
            16,
            vocab_size=64,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=16,
            hidden_act="quick_gelu",
        )
        clip_case(
            "clip_gelu",
            15,
            "text_model.",
            9,
            vocab_size=40,
            hidden_size=24,
            intermediate_size=40,
            num_hidden_layers=3,
            num_attention_heads=3,
            max_position_embeddings=12,
            hidden_act="gelu",
            layer_norm_eps=1e-3,
        )
        vae_cases()
        unet_cases()


if __name__ == "__main__":
    main()
