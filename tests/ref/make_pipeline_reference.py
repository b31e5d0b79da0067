# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes pipeline_case.json: one clip of tests/ref/bundle made by PyTorch, and
pipeline_tinted.json: the same with a tinted trajectory.

Still, masks and noise are given by formulas that the test repeats in C (the
noise is Philox and Box-Muller as in util/rng.h), so that both programs must
give the same trajectory and the same frames up to rounding.
Run: python tests/ref/make_pipeline_reference.py
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "train"))

from bundle import load_bundle  # noqa: E402
from pipeline import generate  # noqa: E402

SIZE, FRAMES, SEED = 32, 4, 5
GLOBAL = "the red box moves right while the blue box jumps"
MOTION = "the box moves right and the box jumps"
LOCALS = ["the red box moves right", "the blue box jumps"]


def philox(counter, key):
    """Philox4x32-10 of [N, 4] counters."""
    c = counter.astype(np.uint64)
    k0, k1 = key
    mask = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        p0 = c[:, 0] * np.uint64(0xD2511F53)
        p1 = c[:, 2] * np.uint64(0xCD9E8D57)
        c = np.stack(
            [(p1 >> np.uint64(32)) ^ c[:, 1] ^ np.uint64(k0), p1 & mask,
             (p0 >> np.uint64(32)) ^ c[:, 3] ^ np.uint64(k1), p0 & mask], 1
        )  # fmt: skip
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c


def philox_normal(seed, stream, count):
    """Normal numbers of a seed of up to 64 bits, as util/rng.h makes them."""
    blocks = (count + 3) // 4
    counter = np.zeros((blocks, 4), np.uint64)
    counter[:, 0] = np.arange(blocks)
    counter[:, 2] = stream
    x = philox(counter, (seed & 0xFFFFFFFF, seed >> 32)).astype(np.float64)
    u, v = (x[:, 0::2] + 1) / 2**32, x[:, 1::2] / 2**32
    r = np.sqrt(-2 * np.log(u))
    pairs = np.stack([r * np.cos(2 * np.pi * v), r * np.sin(2 * np.pi * v)], 2)
    return torch.from_numpy(pairs.reshape(-1)[:count]).float()


def scene():
    """The still [3, 32, 32] in [-1, 1] and its ids."""
    y, x = np.mgrid[:SIZE, :SIZE]
    ids = np.zeros((SIZE, SIZE), np.int64)
    ids[9:22, 5:14] = 1
    ids[12:25, 19:27] = 2
    colours = np.array([[90, 110, 100], [210, 40, 30], [40, 60, 220]])
    still = colours[ids] + ((x * 3 + y * 5) % 17)[..., None]
    still = torch.from_numpy(still).permute(2, 0, 1).float() / 127.5 - 1
    return still, torch.from_numpy(ids)


def write(bundle, name):
    still, ids = scene()
    h = SIZE // 8
    channels = bundle.vae.config.latent_channels
    shape = (FRAMES, h, h, channels)
    count = FRAMES * h * h * channels
    result = generate(
        bundle, still, ids, GLOBAL, MOTION, LOCALS,
        tuple(philox_normal(SEED, i, count).view(shape) for i in (1, 2)),
    )  # fmt: skip
    video = ((result.video + 1) * 127.5).round().int().permute(0, 2, 3, 1)
    out = {
        "size": SIZE, "frames": FRAMES, "seed": SEED, "prompt": GLOBAL,
        "predicted": "".join(str(int(v)) for v in result.predicted.flatten()),
        "ids": "".join(str(int(v)) for v in result.ids.flatten()),
        "video": "".join(f"{int(v):02x}" for v in video.flatten()),
    }  # fmt: skip
    path = Path(__file__).with_name(name)
    path.write_text(json.dumps(out, indent=0) + "\n")


def main():
    bundle = load_bundle(Path(__file__).with_name("bundle"))
    write(bundle, "pipeline_case.json")
    bundle.metas["image_to_motion"]["trajectory"] = "tinted"
    write(bundle, "pipeline_tinted.json")


if __name__ == "__main__":
    main()
