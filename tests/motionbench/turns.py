# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Do the masks that stage 1 predicts show that an object turns?

Each object's first mask is turned about its centroid and compared with its mask
in every frame, moved and scaled to it; the angles of a clip are those of most
overlap whose steps are small. The same for the true masks at the size of stage
1. Only objects count whose own outline, turned, differs from itself.

    python tests/motionbench/turns.py
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

import run  # noqa: F401  (finds the scenes)
from filter import Filter, mask_ids
from motion import centroids
from scenes import generate
from suites import Case

ANGLES = 24
TURNING = ("spins", "rolls_left", "rolls_right", "swings")
OTHERS = ("stays_still", "moves_left", "moves_right", "moves_up")
_STEP = 2 * math.pi / ANGLES
_PULL = 0.04  # overlap that a step of one radian costs
_GRID = 32  # samples along the side of a mask that is compared


def around(mask: Tensor, centre: Tensor, reach: float, angle: float = 0) -> Tensor:
    """A mask [H, W] within `reach` pixels of a centre, turned clockwise."""
    at = (torch.arange(_GRID) + 0.5) / _GRID * 2 - 1
    y, x = torch.meshgrid(at * reach, at * reach, indexing="ij")
    cos, sin = math.cos(angle), math.sin(angle)
    from_x, from_y = centre[0] + cos * x + sin * y, centre[1] - sin * x + cos * y
    height, width = mask.shape
    grid = torch.stack([from_x / width * 2 - 1, from_y / height * 2 - 1], -1)
    image = mask[None, None].float()
    return functional.grid_sample(image, grid[None], align_corners=False)[0, 0]


def overlaps(masks: Tensor) -> Tensor:
    """IoU [F, ANGLES] of the first of masks bool [F, H, W], turned, with each.

    nan where less than 0.3 of its area is left.
    """
    centre, area = centroids(masks)
    centre = centre * masks.shape[1]
    reach = 2.2 * math.sqrt(float(area[0]) / math.pi)
    turned = torch.stack(
        [around(masks[0], centre[0], reach, _STEP * k) for k in range(ANGLES)]
    )
    out = torch.full((len(masks), ANGLES), math.nan)
    for index in range(len(masks)):
        size = math.sqrt(float(area[index] / area[0]))
        if size**2 >= 0.3:
            seen = around(masks[index], centre[index], reach * size)
            both = torch.minimum(turned, seen).flatten(1).sum(1)
            out[index] = both / torch.maximum(turned, seen).flatten(1).sum(1)
    return out


def best_angles(overlap: Tensor) -> Tensor:
    """Indices [F] of the angles of most overlap, beginning with 0 (Viterbi)."""
    score = overlap.nan_to_num(0)
    at = torch.arange(ANGLES)
    apart = (at[:, None] - at[None]).abs()
    apart = torch.minimum(apart, ANGLES - apart) * _STEP
    cost = torch.full((ANGLES,), math.inf)
    cost[0] = 0
    steps = []
    for row in score[1:]:
        least, came = (cost[:, None] + _PULL * apart.square()).min(0)
        steps.append(came)
        cost = least - row
    path = [int(cost.argmin())]
    for came in reversed(steps):
        path.append(int(came[path[-1]]))
    return torch.tensor(path[::-1])


def measure(masks: Tensor, turns: Tensor) -> tuple[float, float, float] | None:
    """IoU unturned, gain by turning, mean cosine of the angles' error.

    None for an object too small, or that looks much the same when turned.
    """
    overlap = overlaps(masks)
    alike = overlap[0, [ANGLES // 4, ANGLES // 2, 3 * ANGLES // 4]].mean()
    seen = ~overlap[:, 0].isnan()
    seen[0] = False
    if masks[0].sum() < 250 or alike > 0.75 or not seen.any():
        return None
    angles = best_angles(overlap)
    best = overlap.gather(1, angles[:, None])[:, 0]
    error = angles * _STEP - turns
    return (
        float(overlap[seen, 0].mean()),
        float((best - overlap[:, 0])[seen].mean()),
        float(error.cos()[seen].mean()),
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ffmpeg", type=Path, default=run.ROOT / "build/bin/ffmpeg")
    parser.add_argument("--model", type=Path, default=run.ROOT / "models/ttm-small")
    parser.add_argument("--scenes", type=int, default=320)
    parser.add_argument("--options", default="", help="further options of the filter")
    chosen = parser.parse_args()
    options = ":".join(["refine=none", *filter(None, [chosen.options])])
    ttm = Filter(chosen.ffmpeg, chosen.model, options)
    batch = generate(chosen.scenes, seed=8001, objects=(1, 3), split="held_out")
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for clip in range(chosen.scenes):
            verbs, ids = batch.verbs[clip], batch.ids[clip]
            if not set(verbs) & set(TURNING):
                continue
            case = Case(
                "turns", clip, batch.video[clip], ids, batch.captions[clip],
                batch.motion_captions[clip], batch.names[clip],
                batch.local_prompts[clip], verbs, batch.video[clip, 0], ids[0] == 0,
            )  # fmt: skip
            plan = mask_ids(ttm.run(case, Path(folder), "plan"))
            # As coarse as stage 1 sees them.
            true = ids[:, 1::2, 1::2].repeat_interleave(2, 1).repeat_interleave(2, 2)
            for kind, masks in (("true", true), ("predicted", plan)):
                masks = torch.cat([ids[:1], masks[1:]])
                for index, verb in enumerate(verbs):
                    if verb not in TURNING + OTHERS:
                        continue
                    value = measure(masks == index + 1, batch.turns[clip, index])
                    if value:
                        found.setdefault((verb, kind), []).append(value)
    print("| motion class | masks | objects | IoU unturned | gain | cosine of error |")
    print("|---|---|---|---|---|---|")
    for (verb, kind), values in sorted(found.items()):
        means = [sum(column) / len(values) for column in zip(*values)]
        cells = [f"{means[0]:.2f}", f"{means[1]:.2f}", f"{means[2]:.2f}"]
        print("| " + " | ".join([verb, kind, str(len(values)), *cells]) + " |")


if __name__ == "__main__":
    main()
