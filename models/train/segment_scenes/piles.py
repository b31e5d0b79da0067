# SPDX-License-Identifier: CC0-1.0
"""Piles: many pictures of different sizes in one file that is mapped, not read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


class Pile:
    """uint8 pictures [h, w, channels], one after the other."""

    def __init__(self, pixels: Picture, shapes: NDArray[np.int64]):
        self.pixels, self.shapes = pixels, shapes
        sizes = shapes.prod(1) if len(shapes) else np.zeros(0, np.int64)
        self.starts = np.concatenate([[0], sizes.cumsum()])

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, index: int) -> Picture:
        part = self.pixels[self.starts[index] : self.starts[index + 1]]
        return part.reshape(self.shapes[index])

    @staticmethod
    def of(pictures: Iterable[Picture]) -> Pile:
        """A pile in memory."""
        every = list(pictures)
        shapes = np.array([p.shape for p in every], np.int64).reshape(-1, 3)
        parts = [np.ascontiguousarray(p).reshape(-1) for p in every]
        flat = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
        return Pile(flat, shapes)

    def save(self, stem: Path) -> None:
        """stem.npy and stem-shapes.npy."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        np.save(stem.with_name(stem.name + "-shapes.npy"), self.shapes)
        np.save(stem.with_name(stem.name + ".npy"), self.pixels)

    @staticmethod
    def load(stem: Path) -> Pile:
        """The pixels stay in the file until they are asked for."""
        return Pile(
            np.load(stem.with_name(stem.name + ".npy"), mmap_mode="r"),
            np.load(stem.with_name(stem.name + "-shapes.npy")),
        )
