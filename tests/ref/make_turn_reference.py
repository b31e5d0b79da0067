# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes turn_cases.json with models/train/shading.py.

A clip of five objects whose shades are those of a network at its worst: a disc
that rolls and leaves, a box that swings, an L that is noisy but stays upright, a
disc that spins and is lost for a while, and one that is too small to tell. Turns,
and the rows of frame 0. Ids and levels are digits in strings.
Run: python tests/ref/make_turn_reference.py
"""

import json
import math
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "train"))

import shading  # noqa: E402
import trajectory as tr  # noqa: E402

W, H, F, L = 56, 40, 14, 5


def moves():
    """Centres [1, L, F, 2], scales and turns [1, L, F]."""
    t = torch.arange(F).float()
    zero = torch.zeros(F)
    centres = [
        (34 + 1.8 * t, 9 + zero),
        (12 + zero, 11 + 0.3 * t),
        (13 + 0.5 * t, 30 + zero),
        (38 + zero, 28.5 + zero),
        (51.5 + zero, 36.5 + zero),
    ]
    turns = [
        1.8 * t / 7, 0.7 * torch.sin(2 * math.pi * t / 9), zero, -0.55 * t, 0.4 * t
    ]  # fmt: skip
    scales = [zero + 1, zero + 1, zero + 1, 1 + 0.03 * t, zero + 1]
    centres = torch.stack([torch.stack(pair, -1) for pair in centres])
    return centres[None], torch.stack(scales)[None], torch.stack(turns)[None]


def shapes(dx, dy):
    """Which of the objects covers a place of its own, [L, ...]."""
    far = dx.square() + dy.square()
    box = (dx.abs() < 9) & (dy.abs() < 5)
    corner = (dx.abs() < 7) & (dy.abs() < 7) & ~((dx > -2) & (dy < 2))
    return torch.stack([far < 49, box, corner, far < 64, far < 6.5])


def scene():
    """ids and levels [1, F, H, W]."""
    centres, scales, turns = moves()
    y, x = torch.meshgrid(torch.arange(H) + 0.5, torch.arange(W) + 0.5, indexing="ij")
    ids = torch.zeros(1, F, H, W, dtype=torch.long)
    for l in range(L):
        for t in range(F):
            if l == 3 and t in (5, 6):
                continue
            cos, sin = torch.cos(turns[0, l, t]), torch.sin(turns[0, l, t])
            dx, dy = (
                (p - c) / scales[0, l, t] for p, c in zip((x, y), centres[0, l, t])
            )
            here = shapes(cos * dx + sin * dy, cos * dy - sin * dx)[l]
            ids[0, t][here] = l + 1
    levels = shading.turned_levels(ids, centres, scales, turns).float()
    # Some pixels of every level, and a whole frame that says nothing.
    noise = torch.where(torch.rand(ids.shape) < 0.25, 1.0, 0.0)
    levels[0, 9] = torch.where(ids[0, 9] == 2, 2.0, levels[0, 9])
    levels = levels + (1.6 * torch.randn(ids.shape) * noise).round()
    levels = levels.clamp(0, shading.SHADES - 1).long()
    return ids, torch.where(ids > 0, levels, 0)


def digits(ids):
    return "".join(str(int(v)) for v in ids.flatten())


def main():
    torch.manual_seed(11)
    ids, levels = scene()
    first = ids[:, 0]
    fit = tr.fit_similarity(first, ids, L)
    own = shading.first_levels(first, L)
    known = torch.cat([own[:, None], levels[:, 1:]], 1)
    turns = shading.fit_turns(ids, known, fit.scales, L)
    rows = shading.join_rows(first, own)
    out = {
        "width": W, "height": H, "frames": F, "objects": L,
        "ids": digits(ids), "levels": digits(levels),
        "rows": [int(v) for v in rows.flatten()],
        "turns": [float(v) for v in turns.flatten()],
    }  # fmt: skip
    path = Path(__file__).with_name("turn_cases.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
