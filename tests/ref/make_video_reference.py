# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes pipeline_video.json: one clip by PyTorch of tests/ref/bundle with diffusers'
AutoencoderKLWan of tests/ref/nets/vae_wan in place of its autoencoder.

Still, masks and noise are those of make_pipeline_reference.py. A latent frame after
the first stands for four pictures; both stages work on latent frames, and masked
attention sees the ids of all pictures of one.
Run: python tests/ref/make_video_reference.py
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan
from safetensors.torch import load_file
from torch import Tensor

from make_pipeline_reference import GLOBAL, LOCALS, MOTION, SEED, SIZE, philox_normal, scene

# make_pipeline_reference.py has put models/train on the path
from bundle import load_bundle
from common import paint_ids
from pipeline import Conditions, encode_prompts, sample_stage
from stray import drop_stray
from trajectory import carry, decode_ids, fit_similarity, refine_ids, regions_of

ROOT = Path(__file__).resolve().parent
FRAMES, SCALE = 9, 4
LATENTS = 1 + (FRAMES - 1) // SCALE


class VideoAutoencoder:
    """Latents [1, N, h, w, C], scaled, of a whole video [1, F, 3, H, W], and back."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        self.model = AutoencoderKLWan.from_config(config).eval()
        weights = load_file(folder / "diffusion_pytorch_model.safetensors")
        self.model.load_state_dict({k: v.float() for k, v in weights.items()})
        self.mean = torch.tensor(config["latents_mean"])
        self.std = torch.tensor(config["latents_std"])

    def encode(self, video: Tensor) -> Tensor:
        raw = self.model.encode(video.transpose(1, 2)).latent_dist.mode()
        return (raw.permute(0, 2, 3, 4, 1) - self.mean) / self.std

    def decode(self, latents: Tensor) -> Tensor:
        raw = (latents * self.std + self.mean).permute(0, 4, 1, 2, 3)
        return self.model.decode(raw).sample.transpose(1, 2)


def gather(ids: Tensor) -> Tensor:
    """Ids [1, F, H, W] of pictures as those of latent frames, [1, N, H * SCALE, W]."""
    first = ids[:, :1].expand(-1, SCALE, -1, -1)
    groups = torch.cat([first, ids[:, 1:]], 1).unflatten(1, (-1, SCALE))
    return groups.transpose(2, 3).flatten(2, 3)


@torch.no_grad()
def generate() -> dict[str, object]:
    bundle = load_bundle(ROOT / "bundle")
    vae = VideoAutoencoder(ROOT / "nets" / "vae_wan" / "vae")
    default = bundle.index["ttm"]["defaults"]
    terminal = bundle.scheduler.get("shift_terminal") or 0.0
    table, objects = torch.tensor([[0, 1, 2]]), len(LOCALS)
    still, first = (x[None] for x in scene())
    shape = (1, LATENTS, SIZE // 8, SIZE // 8, len(vae.mean))

    def run(stage: int, name: str, cond: Conditions, prompt: str) -> Tensor:
        noise = philox_normal(SEED, stage + 1, torch.Size(shape).numel()).view(shape)
        prompts = encode_prompts(bundle, [prompt], [LOCALS])
        return sample_stage(
            bundle.unets[name], bundle.metas[name], noise, cond, prompts,
            default["steps"][stage], default["guidance"][stage],
            default["image_guidance"][stage], terminal,
        )  # fmt: skip

    def regions(name: str, ids: Tensor) -> dict:
        levels = len(bundle.unets[name].down_blocks)
        return regions_of(ids, objects, shape[2:4], bundle.metas[name], levels)

    image = vae.encode(still[:, None])
    mask = vae.encode(paint_ids(first[:, None], table).expand(-1, FRAMES, -1, -1, -1))
    cond = Conditions(
        {"image": image, "mask": mask}, mask, mask[:, :1],
        regions("image_to_motion", first[:, None].expand(-1, LATENTS, -1, -1)),
    )  # fmt: skip
    predicted = decode_ids(vae.decode(run(0, "image_to_motion", cond, MOTION)), table)
    predicted[:, 0] = first
    predicted = drop_stray(predicted, objects)
    fit = fit_similarity(first, predicted, objects)
    ids = refine_ids(first, predicted, fit)
    carried = vae.encode(carry(still, first, ids, fit, True))
    inputs = {
        "image": image, "mask": vae.encode(paint_ids(ids, table)), "carried": carried,
    }  # fmt: skip
    residual = bundle.metas["motion_to_video"]["residual"]
    cond = Conditions(
        inputs, None if residual == "none" else inputs[residual], image,
        regions("motion_to_video", gather(ids)),
    )  # fmt: skip
    video = vae.decode(run(1, "motion_to_video", cond, GLOBAL)).clamp(-1, 1)
    pixels = ((video[0] + 1) * 127.5).round().int().permute(0, 2, 3, 1)
    return {
        "size": SIZE, "frames": FRAMES, "seed": SEED, "prompt": GLOBAL,
        "predicted": "".join(str(int(v)) for v in predicted.flatten()),
        "ids": "".join(str(int(v)) for v in ids.flatten()),
        "video": "".join(f"{int(v):02x}" for v in pixels.flatten()),
    }  # fmt: skip


if __name__ == "__main__":
    text = json.dumps(generate(), indent=0) + "\n"
    (ROOT / "pipeline_video.json").write_text(text)
