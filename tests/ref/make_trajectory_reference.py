# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes trajectory_cases.json with models/train/trajectory.py.

A small clip with two objects that move, grow, meet and get lost: grids, sets,
fit, refined ids and carried images, these also with objects that turn. A longer
one with sizes that change and sizes that only seem to: fit. Ids are digits in
strings.
Run: python tests/ref/make_trajectory_reference.py
"""

import json
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "train"))

import trajectory as tr  # noqa: E402

W, H, F, L = 24, 16, 6, 2


def scene():
    """ids [1, F, H, W]: a disc that grows and leaves to the right, a square that
    comes in from above and is lost twice."""
    y, x = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")
    ids = torch.zeros(F, H, W, dtype=torch.long)
    for t in range(F):
        square = ((x - 15 + 2 * t).abs() < 3) & ((y + 1 - 2 * t).abs() < 3)
        if t not in (2, 5):
            ids[t][square] = 2
        disc = (x - 5 - 4.6 * t) ** 2 + (y - 8 - 0.4 * t) ** 2
        ids[t][disc < (3 + 0.15 * t) ** 2] = 1
    return ids[None]


def sizes():
    """ids [1, 12, 32, 48]: a disc that grows to the border, one that shrinks and
    is partly hidden by a third, whose ragged mask is drawn out along its way."""
    f, h, w = 12, 32, 48
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    ids = torch.zeros(f, h, w, dtype=torch.long)
    for t in range(f):
        ragged = torch.randn(h, w) * (0.15 if t else 0)
        disc = (x - 12.3).square() + (y - 14.6).square()
        ids[t][disc < (5.2 + 0.8 * t) ** 2] = 1
        disc = (x - 34.1).square() + (y - 21.7).square()
        ids[t][disc.sqrt() < (8.4 - 0.45 * t) * (1 + ragged)] = 2
        way = ((x - 20 - 1.7 * t) / (4.3 + 0.3 * t)).square()
        disc = way + ((y - 5.5 - 0.6 * t) / 4.3).square()
        ids[t][disc.sqrt() < 1 + ragged] = 3
    ids[7][ids[7] == 2] = 0
    return ids[None]


def digits(ids):
    return "".join(str(int(v)) for v in ids.flatten())


def main():
    torch.manual_seed(5)
    ids = scene()
    first = ids[:, 0].clone()
    first[0, 0, 0] = 2  # the true masks differ a little from the prediction
    still = torch.rand(1, 3, H, W) * 2 - 1
    fit = tr.fit_similarity(first, ids, L)
    refined = tr.refine_ids(first, ids, fit)
    long = sizes()
    long_fit = tr.fit_similarity(long[:, 0], long, 3)
    rates = torch.tensor([-0.37, 0.9])[:, None]
    turning = tr.Fit(fit.centres, fit.scales.clone(), (rates * torch.arange(F))[None])
    turning.scales[0, :, 3] = torch.tensor([1.25, 0.75])
    turned = tr.refine_ids(first, ids, turning)
    grids, sets = {}, {}
    for h, w in ((8, 12), (4, 6), (2, 3)):
        grids[f"{h}x{w}"] = digits(tr.grid_ids(ids, L, h, w))
        for boxes in (False, True):
            bits = tr.cross_bits(ids, L, h, w, boxes).long()
            weights = 2 ** torch.arange(L)
            sets[f"{h}x{w} {int(boxes)}"] = digits((bits * weights).sum(-1))

    def image(x):  # [.., 3, H, W] -> [.., H, W, 3], rounded
        return [round(float(v), 6) for v in x.movedim(-3, -1).flatten()]

    out = {
        "width": W, "height": H, "frames": F, "objects": L,
        "first": digits(first), "ids": digits(ids), "still": image(still),
        "centres": [float(v) for v in fit.centres.flatten()],
        "scales": [float(v) for v in fit.scales.flatten()],
        "sizes": {
            "ids": digits(long), "scales": long_fit.scales.flatten().tolist(),
            "centres": long_fit.centres.flatten().tolist(),
        },
        "refined": digits(refined), "grids": grids, "sets": sets,
        "turns": [float(v) for v in turning.turns.flatten()],
        "turned": digits(turned),
        "carried": image(tr.carry(still, first, turned, turning)[0, 3]),
        "carried_unrefined": image(
            tr.carry(still, first, ids, turning, refined=False)[0, 3]
        ),
    }  # fmt: skip
    path = Path(__file__).with_name("trajectory_cases.json")
    path.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
