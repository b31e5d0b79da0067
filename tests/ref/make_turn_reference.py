# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes turn_cases.json with models/train/tints.py.

A clip of six objects whose tints are those of a network at its worst: a disc that
rolls and leaves, a box that swings, an L that wavers but does not turn, a disc that
spins the other way and is lost for a while, and two that are too small to tell, one
too thin for inner pixels. Mean levels, turns, and the rows of frame 0. Ids and
levels are characters from "0" on in strings.
Run: python tests/ref/make_turn_reference.py
"""

import json
import math
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "train"))

import tints  # noqa: E402

W, H, F, L = 56, 40, 14, 6


def moves():
    """Centres [L, F, 2] and turns [L, F]."""
    t = torch.arange(F).float()
    zero = torch.zeros(F)
    centres = [
        (34 + 1.8 * t, 9 + zero),
        (12 + zero, 11 + 0.3 * t),
        (13 + 0.5 * t, 30 + zero),
        (38 + zero, 28.5 + zero),
        (52.5 + zero, 36.5 + zero),
        (25 + zero, 37.5 + zero),
    ]
    turns = [
        1.8 * t / 7, 0.7 * torch.sin(2 * math.pi * t / 9), 0.2 * torch.sin(2 * t),
        -0.55 * t, 0.4 * t, 0.5 * t,
    ]  # fmt: skip
    centres = torch.stack([torch.stack(pair, -1) for pair in centres])
    return centres, torch.stack(turns)


def shapes(dx, dy):
    """Which of the objects covers a place of its own, [L, ...]."""
    far = dx.square() + dy.square()
    box = (dx.abs() < 9) & (dy.abs() < 5)
    corner = (dx.abs() < 7) & (dy.abs() < 7) & ~((dx > -2) & (dy < 2))
    line = (dx.abs() < 10) & (dy.abs() < 0.7)
    return torch.stack([far < 49, box, corner, far < 64, far < 3, line])


def scene():
    """ids and levels [1, F, H, W]."""
    centres, turns = moves()
    y, x = torch.meshgrid(torch.arange(H) + 0.5, torch.arange(W) + 0.5, indexing="ij")
    ids = torch.zeros(1, F, H, W, dtype=torch.long)
    levels = torch.zeros(1, F, H, W)
    for l in range(L):
        for t in range(F):
            if l == 3 and t in (5, 6):
                continue
            cos, sin = torch.cos(turns[l, t]), torch.sin(turns[l, t])
            dx, dy = (p - c for p, c in zip((x, y), centres[l, t]))
            here = shapes(cos * dx + sin * dy, cos * dy - sin * dx)[l]
            ids[0, t][here] = l + 1
            levels[0, t][here] = tints.levels_of(turns[l, t])
    # Noise of all pixels, much of some, and a frame that says something else.
    levels = levels + 0.8 * torch.randn(ids.shape)
    levels += torch.where(torch.rand(ids.shape) < 0.1, 8 * torch.randn(ids.shape), 0)
    levels[0, 9][ids[0, 9] == 2] = 12
    levels = levels.round().clamp(0, tints.TINTS - 1).long()
    return ids, torch.where(ids > 0, levels, 0)


def characters(values):
    return "".join(chr(ord("0") + int(v)) for v in values.flatten())


def main():
    torch.manual_seed(11)
    ids, levels = scene()
    means, counts = tints.mean_levels(ids, levels, L)
    turns = tints.fit_turns(ids, levels, L)
    rest = torch.full_like(ids[:, 0], tints.REST)
    rows = tints.join_rows(ids[:, 0], rest)
    out = {
        "width": W, "height": H, "frames": F, "objects": L,
        "ids": characters(ids), "levels": characters(levels),
        "rows": [int(v) for v in rows.flatten()],
        "means": [float(v) for v in means.flatten()],
        "pixels": [int(v) for v in counts.flatten()],
        "turns": [float(v) for v in turns.flatten()],
    }  # fmt: skip
    path = Path(__file__).with_name("turn_cases.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
