# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Writes the stills of the gallery, with masks and prompts, to docs/gallery.

    python tests/motionbench/gallery_stills.py

Two photographs as they are with outlines of photographs/composites.json, five
of the composites, and four drawn held-out scenes at 256 x 256, not chosen by
their clips: the first of the multi suite.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from filter import mask_image, objects_json  # noqa: E402
from photographs import FOLDER, composites, outline_matte, photograph  # noqa: E402
from suites import drawn_batch  # noqa: E402

OUT = ROOT / "docs" / "gallery"
COMPOSITES = {"raccoon": 3, "badge": 4, "cat": 6, "astronaut": 8, "shuttle": 12}


def write(
    name: str, still: Image.Image, ids: Tensor, motion: str, names: list[str],
    prompts: list[str], suffix: str = ".jpg",
) -> None:  # fmt: skip
    """One still, its masks and its prompts."""
    still.save(OUT / (name + suffix), quality=88)
    mask_image(ids).save(OUT / f"{name}-masks.png", optimize=True)
    text = json.dumps(objects_json(motion, names, prompts), indent=1)
    (OUT / f"{name}.json").write_text(text + "\n")


def main() -> None:
    """Write them all."""
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    cutouts = json.loads((FOLDER / "composites.json").read_text())["cutouts"]
    for name, cutout, noun, prompt in (
        ("liftoff", "shuttle", "shuttle", "the white shuttle lifts off"),
        ("coffee", "saucer", "saucer", "the red saucer moves left"),
    ):
        photo = photograph(cutouts[cutout]["photo"])
        matte = outline_matte(cutouts[cutout], photo.size)
        ids = torch.from_numpy(np.array(matte) > 127).to(torch.uint8)
        write(name, photo, ids, prompt, [noun], [prompt])
    made = composites()
    for name, index in COMPOSITES.items():
        scene = made[index]
        still = Image.fromarray(scene.video[0].numpy())
        write(name, still, scene.ids[0], scene.motion, scene.names, scene.prompts)
    batch = drawn_batch("multi", (256, 256))
    for index in range(4):
        still = Image.fromarray(batch.video[index, 0].numpy())
        write(
            f"multi-{index:02}", still, batch.ids[index, 0],
            batch.motion_captions[index], batch.names[index],
            batch.local_prompts[index],
        )  # fmt: skip


if __name__ == "__main__":
    main()
