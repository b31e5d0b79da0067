# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Composites on real photographs, with masks that were drawn by hand.

photographs/composites.json has the outlines of the cut-outs (polygons in
pixels of their photograph) and says what is pasted where. As the background
is a photograph of its own, it is known behind the objects too, and as the
cut-outs are moved by the paths of models/train/scenes, so is the true clip.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter
from torch import Tensor
from torch.nn import functional

from scenes import VERBS
from scenes.motion import NORMAL, trajectories

FOLDER = Path(__file__).parent / "photographs"
SIZE = (448, 336)  # width and height of every composite
FRAMES = 16
_FINE = 4  # outlines are drawn this much larger, for soft edges


@dataclass
class Composite:
    """A still with its true clip; ids as in models/train/scenes."""

    video: Tensor  # uint8 [F, H, W, 3]
    ids: Tensor  # uint8 [F, H, W]
    background: Tensor  # uint8 [H, W, 3]
    caption: str
    motion: str
    names: list[str]
    prompts: list[str]
    verbs: list[str]


def photograph(name: str) -> Image.Image:
    """A photograph of the folder (or of docs/photos) in RGB."""
    path = FOLDER / name
    if not path.exists():
        path = FOLDER.parents[2] / "docs" / "photos" / name
    return Image.open(path).convert("RGB")


def outline_matte(entry: dict[str, Any], size: tuple[int, int]) -> Image.Image:
    """What an outline encloses, 0 to 255 with soft edges, in its photograph."""
    matte = Image.new("L", (size[0] * _FINE, size[1] * _FINE))
    points = [(x * _FINE, y * _FINE) for x, y in entry["outline"]]
    ImageDraw.Draw(matte).polygon(points, fill=255)
    matte = matte.filter(ImageFilter.GaussianBlur(_FINE * 0.6))
    return matte.resize(size, Image.Resampling.BOX)


def cut_out(entry: dict[str, Any]) -> Image.Image:
    """RGBA of what an outline encloses, cropped to it."""
    photo = photograph(entry["photo"])
    photo.putalpha(outline_matte(entry, photo.size))
    return photo.crop(photo.getchannel("A").getbbox())


def backdrops(count: int) -> Tensor:
    """Backgrounds uint8 [count, H, W, 3] of SIZE: those of the composites in turn."""
    table = json.loads((FOLDER / "composites.json").read_text())["composites"]
    pictures = [
        _backdrop(table[index % len(table)]["background"]) for index in range(count)
    ]
    return (torch.stack(pictures) * 255 + 0.5).to(torch.uint8).permute(0, 2, 3, 1)


def skin(name: str, left: int, top: int, side: int) -> Tensor:
    """A square of a photograph [3, side, side], around 0, as the texture of a body."""
    photo = photograph(name).crop((left, top, left + side, top + side))
    pixels = torch.from_numpy(np.array(photo)).permute(2, 0, 1).float() / 255
    return pixels - pixels.mean((1, 2), keepdim=True)


def _layer(entry: dict[str, Any], cutouts: dict[str, Any]) -> Tensor:
    """Premultiplied RGBA [4, H, W] of one object where it is in frame 0."""
    picture = cut_out(cutouts[entry["cutout"]])
    height = round(entry["height"] * SIZE[1])
    width = max(1, round(picture.width * height / picture.height))
    picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    canvas = Image.new("RGBA", SIZE)
    x, y = entry["at"]  # of the middle, in shares of width and height
    corner = (round(x * SIZE[0] - width / 2), round(y * SIZE[1] - height / 2))
    canvas.paste(picture, corner)
    pixels = torch.from_numpy(np.array(canvas)).permute(2, 0, 1).float() / 255
    return torch.cat([pixels[:3] * pixels[3:], pixels[3:]])


def _moved(layer: Tensor, entry: dict[str, Any], seed: int) -> Tensor:
    """The layer along its motion class's path: [F, 4, H, W]."""
    verb = torch.tensor([VERBS.index(entry["verb"])])
    numbers = torch.Generator().manual_seed(seed)
    radius = torch.tensor([entry["height"] / 2])
    shift, scale, _ = trajectories(
        verb, torch.tensor([NORMAL]), radius, FRAMES, numbers
    )
    height, width = layer.shape[1:]
    centre = torch.tensor([entry["at"][0] * width, entry["at"][1] * height])
    y, x = torch.meshgrid(
        torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij"
    )
    away = torch.stack([x, y], -1) - centre - shift[0, :, None, None] * height
    source = centre + away / scale[0, :, None, None, None]
    source = source / torch.tensor([width / 2, height / 2]) - 1
    return functional.grid_sample(
        layer.expand(FRAMES, *layer.shape), source, align_corners=False
    )


def _backdrop(entry: dict[str, Any]) -> Tensor:
    """The background [3, H, W]: a part of a photograph of SIZE's aspect."""
    photo = photograph(entry["photo"])
    left, top, width = entry["crop"]
    box = (left, top, left + width, top + width * SIZE[1] / SIZE[0])
    photo = photo.resize(SIZE, Image.Resampling.LANCZOS, box=box)
    return torch.from_numpy(np.array(photo)).permute(2, 0, 1).float() / 255


def composites() -> list[Composite]:
    """All composites, in the order of the file; always the same pixels."""
    table = json.loads((FOLDER / "composites.json").read_text())
    out = []
    for index, entry in enumerate(table["composites"]):
        background = _backdrop(entry["background"])
        frames = background.expand(FRAMES, *background.shape).clone()
        ids = torch.zeros(FRAMES, SIZE[1], SIZE[0], dtype=torch.uint8)
        for slot, thing in enumerate(entry["objects"]):
            layer = _layer(thing, table["cutouts"])
            layers = _moved(layer, thing, 100 * index + slot)
            layers[0] = layer
            frames = frames * (1 - layers[:, 3:]) + layers[:, :3]
            ids[layers[:, 3] > 0.5] = slot + 1
        video = (frames.clamp(0, 1) * 255 + 0.5).to(torch.uint8)
        still = (background * 255 + 0.5).to(torch.uint8).permute(1, 2, 0)
        out.append(
            Composite(
                video.permute(0, 2, 3, 1).contiguous(), ids, still,
                entry["caption"], entry["motion"],
                [thing["name"] for thing in entry["objects"]],
                [thing["prompt"] for thing in entry["objects"]],
                [thing["verb"] for thing in entry["objects"]],
            )
        )  # fmt: skip
    return out
