# SPDX-License-Identifier: CC0-1.0
"""Drawn stand-ins for the packages' pictures, so that no test downloads any."""

from __future__ import annotations

import cv2
import numpy as np

from segment_scenes.objects import Assets
from segment_scenes.piles import Pile


def photo(rng: np.random.Generator) -> np.ndarray:
    """RGB [200, 260, 3]: bumps of two sizes."""
    small = rng.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    fine = rng.integers(0, 60, (200, 260, 3)).astype(np.uint8)
    return cv2.add(cv2.resize(small, (260, 200)) // 2, fine)


def thing(rng: np.random.Generator) -> np.ndarray:
    """RGBA [90, 120, 4]: an ellipse with a bar."""
    out = np.zeros((90, 120, 4), np.uint8)
    out[..., :3] = rng.integers(0, 256, 3)
    alpha = np.zeros((90, 120), np.uint8)
    cv2.ellipse(alpha, (60, 45), (50, int(rng.integers(20, 40))), 0, 0, 360, 255, -1)
    cv2.rectangle(alpha, (50, 40), (70, 88), 255, -1)
    out[..., 3] = alpha
    return out


def assets(seed: int = 0) -> Assets:
    """A few of each."""
    rng = np.random.default_rng(seed)
    return Assets(
        Pile.of(thing(rng) for _ in range(4)),
        Pile.of(thing(rng) for _ in range(3)),
        Pile.of(photo(rng) for _ in range(4)),
    )


def marked_scene(seed: int = 0, size: int = 128) -> np.ndarray:
    """[size, size, 4]: a bright disc and a bright bar on a dark, grainy ground."""
    rng = np.random.default_rng(seed)
    out = np.zeros((size, size, 4), np.uint8)
    out[..., :3] = rng.integers(0, 60, (size, size, 3))
    ids = np.zeros((size, size), np.uint8)
    x, y = (int(v) for v in rng.integers(size // 3, size // 2, 2))
    cv2.circle(ids, (x, y), size // 5, 1, -1)
    cv2.rectangle(ids, (size * 3 // 4, size // 3), (size * 7 // 8, size - 9), 2, -1)
    out[ids == 1, :3] = (200, 180, 90)
    out[ids == 2, :3] = (90, 190, 220)
    out[..., 3] = ids
    return out
