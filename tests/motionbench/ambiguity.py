# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""How far a prompt leaves the trajectory open: IoU of two true ways to obey it.

    python tests/motionbench/ambiguity.py

For the objects of the single suite the motion class and pace are drawn anew,
several times, and the first-frame mask is moved along. Printed are the mean
trajectory IoU of one such draw with another, which a model that samples
perfectly would get, and that of the best of the draws with all others, which
is about the most that a model that plays safe could get.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from appearance import carried_masks  # noqa: E402
from intervals import summary  # noqa: E402
from motion import trajectory_iou  # noqa: E402
from scenes import VERBS  # noqa: E402
from scenes.motion import trajectories  # noqa: E402
from suites import drawn_batch  # noqa: E402
from tracking import Track  # noqa: E402

DRAWS = 8


def main() -> None:
    """Print both means with their intervals."""
    torch.set_num_threads(1)
    batch = drawn_batch("single")
    frames, height = batch.ids.shape[1:3]
    another, best = [], []
    for clip, verbs in enumerate(batch.verbs):
        mask = batch.ids[clip, 0] == 1
        if not bool(mask.any()):
            continue
        verb = torch.tensor([VERBS.index(verbs[0])] * DRAWS)
        pace = ("slow", "", "fast").index(batch.paces[clip][0])
        numbers = torch.Generator().manual_seed(clip)
        radius = batch.radii[clip, :1].expand(DRAWS) / height
        shift, scale, turn = trajectories(
            verb, torch.tensor([pace] * DRAWS), radius, frames, numbers
        )
        centre = batch.centres[clip, 0, 0] / height
        ways = [
            carried_masks(
                mask, Track(shift[i], scale[i], torch.zeros(frames), centre, turn[i])
            )
            for i in range(DRAWS)
        ]
        table = torch.tensor([[trajectory_iou(a, b) for a in ways] for b in ways])
        others = (table.nansum(1) - 1) / (DRAWS - 1)
        another.append(float(others.mean()))
        best.append(float(others.max()))
    for title, values in (("another draw", another), ("best draw", best)):
        value, low, high = summary(values)
        print(f"{title}: {value:.3f} ({low:.3f} to {high:.3f}), {len(values)} scenes")


if __name__ == "__main__":
    main()
