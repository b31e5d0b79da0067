# SPDX-License-Identifier: CC0-1.0
"""Scenes drawn ahead by a process of its own into a ring of files.

A shard is one uint8 array [scenes, size, size, 4]: red, green, blue and whose
pixel it is. Scene n of shard k has the seed (k * scenes + n), so that any shard
can be drawn again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .compose import SIZE, scene
from .objects import Assets
from .piles import Pile

SCENES = 512
PILES = ("cutouts", "clips", "photos")


def load_assets(folder: Path) -> Assets:
    """The piles of a folder, as prepare_sources wrote them."""
    return Assets(*(Pile.load(folder / name) for name in PILES))


def draw_shard(
    assets: Assets, index: int, scenes: int = SCENES, size: int = SIZE
) -> NDArray[np.uint8]:
    """[scenes, size, size, 4]."""
    out = np.zeros((scenes, size, size, 4), np.uint8)
    for n in range(scenes):
        rng = np.random.default_rng(index * scenes + n)
        out[n, ..., :3], out[n, ..., 3] = scene(rng, assets, size)
    return out


def shard_file(folder: Path, slot: int) -> Path:
    """Where the ring's slot lies."""
    return folder / f"shard-{slot:03}.npy"


def main() -> None:
    """Draw shards from number --first on, over the oldest ones of the ring."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1 << 30)
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--ring", type=int, default=48, help="files at most")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    assets = load_assets(chosen.assets)
    for index in range(chosen.first, chosen.first + chosen.count):
        target = shard_file(chosen.out, index % chosen.ring)
        beside = target.with_suffix(".new.npy")
        np.save(beside, draw_shard(assets, index, chosen.scenes))
        beside.replace(target)


if __name__ == "__main__":
    main()
