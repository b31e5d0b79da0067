# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole clips, both stages, against the PyTorch pipeline of models/train.

Both get the same still, masks, prompts and noise (Philox and Box-Muller from
the seed, util/rng.h). One decision of the pipeline is discrete: each pixel of
the trajectory goes to the nearest colour (or tint). Where two are as near as
rounding, the two programs may choose differently, and everything behind that
follows; so every pixel that differs must be such a tie in PyTorch too.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import diffusers
import numpy as np
import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[3]
for folder in ("models/train", "tests/ref"):
    sys.path.insert(0, str(ROOT / folder))

import pipeline  # noqa: E402
from bundle import (  # noqa: E402
    STAGES,
    build_text_encoder,
    build_unet,
    build_vae,
    load_bundle,
    load_tokenizer,
    save_index,
    save_text_encoder,
    save_unet,
    save_vae,
    stage_meta,
    write_json,
)
from common import COLOURS, PALETTE  # noqa: E402
from make_pipeline_reference import philox_normal  # noqa: E402
from make_tiny_bundle import tiny_config  # noqa: E402
from record import randomise  # noqa: E402
from tints import join_rows, split_rows, tint_table  # noqa: E402

PSNR = 45.0
# Squared distances of colours in [-1, 1] that count as the same: what a fifth of
# an 8-bit step in each channel makes of the distance between opposite colours
TIE = 2 * 12**0.5 * 3**0.5 * 0.2 / 127.5


@dataclass
class Clip:
    """A bundle and what is made with it."""

    name: str
    bundle: Path
    scene: int
    options: dict  # of the filter
    keywords: dict  # the same for pipeline.generate()
    seed: int = 5
    moves: tuple[str, ...] = ("moves right", "moves up", "falls")


def random_bundle(
    folder: Path, seed: int, changes: dict, metas: dict, scheduler: dict | None
) -> Path:
    """A bundle of small networks; `metas` changes the stages' "ttm"."""
    shutil.rmtree(folder, ignore_errors=True)
    config = tiny_config()
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(config.get(key), dict)
        config[key] = config[key] | value if both else value
    shutil.copytree(ROOT / "models/ttm-small/tokenizer", folder / "tokenizer")
    config["tokenizer"] = {"max_length": 32}
    save_index(config, folder)
    if scheduler:
        write_json(folder / "scheduler/scheduler_config.json", scheduler)
        index = json.loads((folder / "model_index.json").read_text())
        index["scheduler"] = ["diffusers", scheduler["_class_name"]]
        write_json(folder / "model_index.json", index)
    vocabulary = len(load_tokenizer(folder / "tokenizer"))
    parts = [(build_text_encoder(config, vocabulary), save_text_encoder)]
    parts.append((build_vae(config), save_vae))
    names = ("text_encoder", "vae")
    for i, (name, (model, save)) in enumerate(zip(names, parts)):
        save(randomise(model, seed + i), folder / name, torch.float32)
    for i, stage in enumerate(STAGES):
        unet = randomise(build_unet(config, stage), seed + 2 + i)
        meta = stage_meta(config, stage) | metas.get(stage, {})
        save_unet(unet, meta, folder / stage, torch.float16 if i else torch.float32)
    return folder


def clips(work: Path) -> Iterator[Clip]:
    shipped = ROOT / "models/ttm-small"
    yield Clip("ttm-small", shipped, 2, {}, {})
    guided = {"guidance": [2.5, 2.5], "image_guidance": [1.5, 1.5], "steps": [3, 3]}
    options = {"guidance": "2.5", "image_guidance": "1.5", "steps": "3"}
    yield Clip(
        "ttm-small, guided, no refinement",
        shipped,
        3,
        options | {"refine": "none"},
        guided | {"refine": "none"},
        seed=77,
    )
    yield Clip("ttm-small, one object", shipped, 1, {}, {}, seed=123456789012)
    turning = ("rolls right", "spins clockwise", "swings")
    yield Clip("ttm-small, turning", shipped, 3, {}, {}, seed=8, moves=turning)
    one, two = STAGES
    rows = [
        ({}, {}, 2, None),
        (
            {
                "frames": 6,
                "size": [64, 64],
                "text": {"hidden": 24, "layers": 2, "heads": 3},
                one: {"size": [32, 32], "cross_regions": "boxes"},
                two: {"size": [64, 64], "residual": "none"},
            },
            {one: {"first_frame": "denoised"}},
            3,
            None,
        ),
        (
            {
                "vae": {
                    "block_out_channels": [8, 16, 24, 32],
                    "latent_channels": 6,
                    "norm_num_groups": 8,
                },
                "defaults": {"refine": "none", "steps": [1, 4]},
                two: {"inputs": ["noise", "image", "mask"], "residual": "image"},
            },
            {two: {"regions": "first_frame"}},
            1,
            None,
        ),
        (
            {"defaults": {"steps": [4, 3]}},
            {x: {"prediction": "v_prediction", "residual": "none"} for x in STAGES},
            2,
            {
                "_class_name": "DDIMScheduler",
                "prediction_type": "v_prediction",
                "rescale_betas_zero_snr": True,
                "timestep_spacing": "trailing",
                "beta_schedule": "scaled_linear",
                "beta_start": 0.00085,
                "beta_end": 0.012,
                "clip_sample": False,
            },
        ),
        (
            {"defaults": {"steps": [3, 4]}},
            {x: {"prediction": "velocity", "residual": "none"} for x in STAGES},
            2,
            {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0},
        ),
        ({one: {"trajectory": "tinted"}}, {}, 3, None),
        (
            {"defaults": {"refine": "none"}, one: {"trajectory": "tinted"}},
            {},
            2,
            None,
        ),
    ]
    for i, (changes, metas, scene, scheduler) in enumerate(rows):
        folder = random_bundle(
            work / f"bundle-{i}", 40 + 10 * i, changes, metas, scheduler
        )
        yield Clip(f"random {i}", folder, scene, {}, {}, seed=9 + i)


def sample_by(config: dict) -> Callable:
    """pipeline.sample_stage() for networks that do not predict the sample: the
    steps are those of diffusers' own scheduler."""

    def sample_stage(
        unet, meta, noise, cond, prompts, steps, guidance, image_guidance, terminal
    ) -> Tensor:
        scheduler = getattr(diffusers, config["_class_name"]).from_config(config)
        scheduler.set_timesteps(steps)
        blank = {k: torch.zeros_like(v) for k, v in cond.inputs.items()}
        empty, full = replace(cond, inputs=blank), cond
        passes = (
            (1 - image_guidance, empty, prompts.empty_text, prompts.empty_locals),
            (image_guidance - guidance, full, prompts.empty_text, prompts.empty_locals),
            (guidance, full, prompts.text, prompts.locals_),
        )
        x = noise.clone()
        for t in scheduler.timesteps:
            if cond.first is not None:
                x[:, :1] = cond.first
            out = torch.zeros_like(x)
            for weight, given, text, locals_ in passes:
                if weight:
                    y = pipeline.network_input(x, given, meta["inputs"])
                    time = t.float().reshape(1)
                    out += weight * pipeline.fast_forward(
                        unet, y, time, text, given.regions, locals_
                    )
            x = scheduler.step(out, t, x).prev_sample
        if cond.first is not None:
            x[:, :1] = cond.first
        return x

    return sample_stage


def scene(size: int, objects: int) -> tuple[np.ndarray, np.ndarray]:
    """A still [S, S, 3] of bytes and the ids of its pixels."""
    y, x = np.mgrid[:size, :size] * (128 / size)
    ids = np.zeros((size, size), np.int64)
    ids[(x - 36) ** 2 + (y - 48) ** 2 < 20**2] = 1
    if objects > 1:
        ids[(abs(x - 90) < 15) & (abs(y - 80) < 18)] = 2
    if objects > 2:
        ids[(abs(x - 52) < 12) & (abs(y - 58) < 9)] = 3  # in front of the first
    colours = np.array([[110, 140, 120], [205, 50, 40], [50, 70, 210], [220, 190, 40]])
    shade = (8 * np.sin(x / 9) + 6 * np.cos(y / 7))[..., None]
    return np.clip(colours[ids] + shade, 0, 255).astype(np.uint8), ids


def words(clip: Clip) -> tuple[str, str, list[str], list[str]]:
    """Global, motion and local prompts; names."""
    names = ["red ball", "blue box", "yellow kite"][: clip.scene]
    moves = clip.moves[: clip.scene]
    full = " while ".join(f"the {n} {m}" for n, m in zip(names, moves))
    motion = " and ".join(f"the {n.split()[1]} {m}" for n, m in zip(names, moves))
    return full, motion, [f"the {n} {m}" for n, m in zip(names, moves)], names


@dataclass
class Result:
    name: str
    psnr: float
    different: int  # pixels of the predicted ids
    margin: float  # of the clearest of them: 0 is a tie
    pixels: int
    moved: bool  # not all frames are the same
    failure: str = ""

    @property
    def wrong(self) -> bool:
        good = self.psnr >= PSNR and self.margin <= TIE and self.moved
        return bool(self.failure) or not good


def ours(program: Path, folder: Path, clip: Clip, device: str) -> str:
    """Runs our program; the result is in the folder."""
    bundle = json.loads((clip.bundle / "model_index.json").read_text())
    size = bundle["ttm"]["defaults"]["size"][0]
    still, ids = scene(size, clip.scene)
    palette = np.array([[int(c[i : i + 2], 16) for i in (0, 2, 4)] for c in PALETTE])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "still.rgb").write_bytes(still.tobytes())
    (folder / "masks.rgb").write_bytes(palette[ids].astype(np.uint8).tobytes())
    full, motion, prompts, names = words(clip)
    listed = [
        {"name": n, "prompt": p, "color": f"#{PALETTE[i + 1]}"}
        for i, (n, p) in enumerate(zip(names, prompts))
    ]
    options = {
        "model": str(clip.bundle),
        "prompt": full,
        "objects": json.dumps({"motion": motion, "objects": listed}),
        "seed": str(clip.seed),
        "device": device,
        "precision": "f32",
        "threads": "1",
        "detail": "0",
    } | clip.options
    description = {"options": options, "width": size, "height": size}
    (folder / "clip.json").write_text(json.dumps(description))
    done = subprocess.run([program, "clip", folder], capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def expected(
    clip: Clip, given: Tensor | None = None
) -> tuple[np.ndarray, Tensor, Tensor]:
    """PyTorch's video in bytes, predicted ids (or rows of tints) of stage 1 but for
    stray pieces, and for each of its pixels how much nearer the chosen colour is
    than the second. What is given [F, H, W] takes the place of the chosen ones."""
    bundle = load_bundle(clip.bundle)
    defaults = bundle.index["ttm"]["defaults"]
    size, frames = defaults["size"][0], defaults["frames"]
    still, ids = scene(size, clip.scene)
    full, motion, prompts, _ = words(clip)
    noise = []
    for i, stage in enumerate(STAGES):
        h = bundle.metas[stage]["size"][0] // 2 ** (
            len(bundle.vae.config.block_out_channels) - 1
        )
        shape = (frames, h, h, bundle.vae.config.latent_channels)
        values = philox_normal(clip.seed, i + 1, int(np.prod(shape)))
        noise.append(values.view(shape))
    margins, chosen, near = [], [], []
    tinted = bundle.metas[STAGES[0]].get("trajectory") == "tinted"
    name = "decode_rows" if tinted else "decode_ids"
    decode, sample = getattr(pipeline, name), pipeline.sample_stage
    drop = pipeline.drop_stray
    if bundle.metas[STAGES[0]]["prediction"] != "sample":
        pipeline.sample_stage = sample_by(bundle.scheduler)

    def watched(image: Tensor, colours: Tensor) -> Tensor:
        table = tint_table(colours) if tinted else COLOURS[colours]
        far = (image[:, :, None] - table[:, None, :, :, None, None]).square().sum(3)
        nearest = far.sort(2).values
        margins.append(nearest[:, :, 1] - nearest[:, :, 0])
        chosen.append(decode(image, colours) if given is None else given[None])
        return chosen[-1].clone()

    def dropped(ids: Tensor, objects: int) -> Tensor:
        near.append(drop(ids, objects))
        return near[-1]

    setattr(pipeline, name, watched)
    pipeline.drop_stray = dropped
    try:
        result = pipeline.generate(
            bundle,
            torch.from_numpy(still).permute(2, 0, 1).float() / 127.5 - 1,
            torch.from_numpy(ids),
            full,
            motion,
            prompts,
            (noise[0], noise[1]),
            **clip.keywords,
        )
    finally:
        setattr(pipeline, name, decode)
        pipeline.sample_stage, pipeline.drop_stray = sample, drop
    video = ((result.video + 1) * 127.5).round().byte().permute(0, 2, 3, 1)
    ids = join_rows(near[0], split_rows(chosen[0])[1]) if tinted else near[0]
    return video.numpy(), ids[0], margins[0][0]


def predicted(folder: Path) -> Tensor:
    """Our ids of stage 1, or rows of tints where it has levels."""
    ids, levels = (
        torch.from_numpy(np.fromfile(path, np.uint8).astype(np.int64))
        for path in (folder / "predicted.ids", folder / "predicted.levels")
    )
    return join_rows(ids, levels) if len(levels) else ids


def psnr_of(a: np.ndarray, b: np.ndarray) -> float:
    """PSNR of uint8 clips, 99 if they are equal."""
    error = np.square(a.astype(float) - b).mean()
    return 10 * float(np.log10(255**2 / error)) if error else 99.0


def compare(program: Path, work: Path, clip: Clip, devices: list[str]) -> list[Result]:
    """One result a device."""
    video, ids, margin = expected(clip)
    moved = bool((video != video[:1]).any())
    results = []
    for device in devices:
        folder = work / "clip"
        shutil.rmtree(folder, ignore_errors=True)
        name = f"{clip.name}, {device}"
        failure = ours(program, folder, clip, device)
        if failure:
            results.append(Result(name, 0, 0, 0, ids.numel(), moved, failure))
            continue
        mine = np.fromfile(folder / "video.rgb", np.uint8).reshape(video.shape)
        other = predicted(folder).view(ids.shape) != ids
        other[0] = False  # the still's own masks
        psnr = psnr_of(mine, video)
        worst = float(margin[other].max()) if other.any() else 0.0
        if psnr < PSNR and 0 < worst < TIE:
            # Masks of random networks are noise: a tie can move a whole object.
            psnr = psnr_of(mine, expected(clip, predicted(folder).view(ids.shape))[0])
        results.append(Result(name, psnr, int(other.sum()), worst, ids.numel(), moved))
    return results


def check(program: Path, work: Path, devices: list[str]) -> list[Result]:
    with torch.no_grad():
        return [r for c in clips(work) for r in compare(program, work, c, devices)]
