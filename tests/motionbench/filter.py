# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Puts a scene through the real ffmpeg: still, masks and prompts in, clip out."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from suites import Case

# The first colours of objects (docs/bundle.md); mode=plan emits them.
COLOURS = (
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255),
)  # fmt: skip


def mask_image(ids: Tensor) -> Image.Image:
    """Colour-coded masks of ids [H, W]."""
    picture = np.zeros((*ids.shape, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        picture[(ids == index + 1).numpy()] = colour
    return Image.fromarray(picture)


def objects_json(motion: str, names: list[str], prompts: list[str]) -> dict[str, Any]:
    """What the filter's `objects` option takes, with the colours of mask_image."""
    rows = [
        {"name": name, "prompt": prompt, "color": "#%02x%02x%02x" % colour}
        for name, prompt, colour in zip(names, prompts, COLOURS)
    ]
    return {"motion": motion, "objects": rows}


def mask_ids(video: Tensor) -> Tensor:
    """Ids uint8 [F, H, W] of colour-coded frames uint8 [F, H, W, 3].

    An object's colour is mixed with up to 0.75 of white in a tinted trajectory, and
    with black at its edges: the object whose mixture is nearest, where it is more
    than half.
    """
    pixels = video.float()
    white = torch.full((3,), 255.0)
    least = torch.full(pixels.shape[:-1], torch.inf)
    ids = torch.zeros(pixels.shape[:-1], dtype=torch.uint8)
    for index, colour in enumerate(COLOURS):
        parts = torch.stack([torch.tensor(colour, dtype=torch.float), white])
        own, light = (pixels @ torch.linalg.pinv(parts)).clamp_min(0).unbind(-1)
        light = torch.minimum(light, own * 0.75 / 0.25)
        mixed = own[..., None] * parts[0] + light[..., None] * parts[1]
        away = (pixels - mixed).square().sum(-1)
        found = torch.where(own + light > 0.5, index + 1, 0).to(torch.uint8)
        ids = torch.where(away < least, found, ids)
        least = torch.minimum(away, least)
    return ids


@dataclass
class Filter:
    """An ffmpeg, a bundle and further options of the filter."""

    ffmpeg: Path
    model: Path | None = None  # None is the filter's own default
    options: str = ""
    by: str = "masks"  # or "prompt": the finder looks for the objects

    @property
    def plans(self) -> bool:
        """Whether the bundle has a stage 1, whose trajectory can be had."""
        if self.model is None:
            return True
        index = json.loads((self.model / "model_index.json").read_text())
        return "image_to_motion" in index

    def run(self, case: Case, folder: Path, mode: str = "full") -> Tensor:
        """The clip, or with mode "plan" the trajectory: uint8 [F, H, W, 3].

        With mode "render" the true masks are the trajectory.
        """
        still = case.video[0]
        Image.fromarray(still.numpy()).save(folder / "still.png")
        masks = "masks.png" if mode != "render" else "masks-%03d.png"
        for t, ids in enumerate(case.ids if mode == "render" else case.ids[:1]):
            mask_image(ids).save(folder / masks.replace("%03d", f"{t:03}"))
        (folder / "prompt.txt").write_text(case.caption + "\n")
        text = f"ttm=promptfile={folder}/prompt.txt:seed={case.index}:mode={mode}"
        inputs = ["-i", str(folder / "still.png")]
        if self.by == "masks":
            scene = objects_json(case.motion, case.names, case.prompts)
            (folder / "objects.json").write_text(json.dumps(scene))
            text += f":objects={folder}/objects.json"
            text += "" if mode == "render" else ":masks=1"
            inputs += ["-framerate", "8", "-i", str(folder / masks)]
        if self.model is not None:
            text += f":model={self.model}"
        if self.options:
            text += ":" + self.options
        graph = ("[0:v][1:v]" if self.by == "masks" else "[0:v]") + text
        command = [str(self.ffmpeg), "-v", "error", "-nostdin", *inputs]
        command += ["-filter_complex", graph, "-f", "rawvideo", "-pix_fmt", "rgb24"]
        result = subprocess.run([*command, "-"], capture_output=True, check=False)
        if result.returncode:
            raise SystemExit(f"{' '.join(command)} -\n{result.stderr.decode()}")
        pixels = torch.frombuffer(bytearray(result.stdout), dtype=torch.uint8)
        if pixels.numel() != case.video.numel():
            raise SystemExit(
                f"{case.name}: {pixels.numel() / still.numel():g} frames came out,"
                f" the true clip has {len(case.video)}; set frames= in --options"
            )
        return pixels.view(case.video.shape)
