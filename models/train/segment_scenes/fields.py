# SPDX-License-Identifier: CC0-1.0
"""Smooth random fields, colours and warps; images are float32 RGB of 0 .. 1."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.float32]


def smooth(rng: Generator, size: int, cells: float) -> Image:
    """[size, size] of mean 0 and about one in size, some cells bumps across."""
    n = max(2, int(round(cells)) + 2)
    small = rng.standard_normal((n, n)).astype(np.float32)
    return cv2.resize(small, (size, size), interpolation=cv2.INTER_CUBIC)


def blur(x: Image, sigma: float) -> Image:
    """A Gaussian; nothing below a fifth of a pixel."""
    return cv2.GaussianBlur(x, (0, 0), sigma) if sigma > 0.2 else x


def jitter(rng: Generator, x: Image, amount: float = 1.0) -> Image:
    """Brightness, contrast, gamma, white balance and saturation by chance."""
    x = np.clip(x, 0, 1) ** float(np.exp(rng.normal(0, 0.22) * amount))
    gain = np.exp(rng.normal(0, 0.07, 3) * amount) * np.exp(
        rng.normal(0, 0.15) * amount
    )
    x = x * gain.astype(np.float32)
    grey = x.mean(-1, keepdims=True)
    x = grey + (x - grey) * float(np.exp(rng.normal(0, 0.25) * amount))
    mean = x.mean((0, 1), keepdims=True)
    return mean + (x - mean) * float(np.exp(rng.normal(0, 0.15) * amount))


def photo_crop(
    rng: Generator, photo: NDArray[np.uint8], size: int, least: float = 0.25
) -> Image:
    """A square piece of a photograph, at least that share of its smaller side."""
    h, w = photo.shape[:2]
    side = int(min(h, w) * np.exp(rng.uniform(np.log(least), 0)))
    side = max(side, 24)
    y, x = rng.integers(0, h - side + 1), rng.integers(0, w - side + 1)
    part = photo[y : y + side, x : x + side]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    way = cv2.INTER_AREA if side > size else cv2.INTER_CUBIC
    part = cv2.resize(np.ascontiguousarray(part), (size, size), interpolation=way)
    return part.astype(np.float32) / 255


def affine(
    rng: Generator, h: int, w: int, size: int, scale: float, centre: tuple[float, float]
) -> NDArray[np.float32]:
    """The matrix that puts an h x w picture, its longer side scaled to that share
    of the size, turned, mirrored and stretched a little, at the centre."""
    angle = np.deg2rad(
        rng.normal(0, 12) if rng.random() < 0.85 else rng.uniform(-180, 180)
    )
    stretch = np.exp(rng.normal(0, 0.12))
    unit = scale * size / max(h, w)
    sx, sy = unit * stretch, unit / stretch
    if rng.random() < 0.5:
        sx = -sx
    c, s = np.cos(angle), np.sin(angle)
    shear = rng.normal(0, 0.1)
    m = np.array([[c, -s], [s, c]]) @ np.array([[1, shear], [0, 1]]) @ np.diag([sx, sy])
    t = np.array(centre) * size - m @ np.array([w / 2, h / 2])
    return np.concatenate([m, t[:, None]], 1).astype(np.float32)


def bend(rng: Generator, rgba: Image, strength: float) -> Image:
    """A smooth warp, so that one cut-out has many outlines."""
    size = rgba.shape[0]
    yy, xx = np.mgrid[:size, :size].astype(np.float32)
    dx, dy = (smooth(rng, size, 3) * strength * size for _ in range(2))
    return cv2.remap(
        rgba, xx + dx, yy + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )
