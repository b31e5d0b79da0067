# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes stray_cases.json with models/train/stray.py.

Clips of four objects as a network paints them at its worst: one is left with
pieces all over the frame, one leaves over the border and shows again, one comes
and goes inside the frame, one is not there in frame 0. As predicted and without
stray pieces, in 16 frames and in 11. Ids are digits in strings.
Run: python tests/ref/make_stray_reference.py
"""

import json
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "train"))

from stray import drop_stray  # noqa: E402

W, H, F, SHORT, L = 44, 30, 16, 11, 4


def scene(frames, g):
    """Ids [1, F, H, W]."""
    y, x = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")
    ids = torch.zeros(1, frames, H, W, dtype=torch.long)
    for t in range(frames):
        p = t / (frames - 1)
        rise = 7 - 60 * p * (1 - p)
        places = [
            (8 + 24 * p, 18, 5, True),
            (30 + 6 * p, rise, 4, True),
            (12, 8 + 14 * p, 4, not 0.3 < p < 0.6),
            (34, 24, 3, p > 0.4),
        ]
        for l, (cx, cy, radius, seen) in enumerate(places, 1):
            if seen:
                ids[0, t][(x - cx).square() + (y - cy).square() < radius**2] = l
        for _ in range(10 if t else 0):
            l, across, down = torch.randint(0, 2**20, (3,), generator=g).tolist()
            w, h = torch.randint(1, 7, (2,), generator=g).tolist()
            across, down = across % (W - w), down % (H - h)
            ids[0, t, down : down + h, across : across + w] = l % L + 1
    return ids


def digits(ids):
    return "".join(str(int(v)) for v in ids.flatten())


def main():
    g = torch.Generator().manual_seed(3)
    out = {"width": W, "height": H, "objects": L}
    for name, frames in (("", F), ("short_", SHORT)):
        ids = scene(frames, g)
        out[f"{name}ids"] = digits(ids)
        out[f"{name}kept"] = digits(drop_stray(ids, L))
    path = Path(__file__).with_name("stray_cases.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
