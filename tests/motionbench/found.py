# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""How well the filter finds objects from the words of the prompt alone.

    python tests/motionbench/found.py [--ffmpeg PATH]

IoU of the found masks (frame 0 of mode=plan) with the hand-made ones, on the
16 composites and on photographs whose own subject has an outline; and how many of
those that the filter is sure of are right (IoU of at least 0.7).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from filter import Filter, mask_ids  # noqa: E402
from intervals import summary  # noqa: E402
from photographs import FOLDER, outline_matte, photograph  # noqa: E402
from suites import Case, load  # noqa: E402

SUBJECTS = {
    "rocket": "the rocket lifts off",
    "saucer": "the red saucer moves left",
    "cat": "the cat grows",
    "raccoon": "the raccoon moves right",
    "astronaut": "the orange astronaut moves up",
    "shuttle": "the white shuttle on the right lifts off",
    "planet": "the orange planet shrinks",
}


def subjects() -> list[Case]:
    """Photographs as they are; clips of 16 equal frames."""
    cutouts = json.loads((FOLDER / "composites.json").read_text())["cutouts"]
    out = []
    for name, prompt in SUBJECTS.items():
        photo = photograph(cutouts[name]["photo"])
        matte = np.array(outline_matte(cutouts[name], photo.size))
        still = torch.from_numpy(np.array(photo))
        out.append(
            Case(
                "subject", len(out), still.expand(16, *still.shape),
                torch.from_numpy(matte > 127).to(torch.uint8).expand(16, -1, -1),
                prompt, prompt, [name], [prompt], ["stays_still"], still,
                torch.ones(still.shape[:2], dtype=torch.bool),
            )
        )  # fmt: skip
    return out


def place(case: Case, index: int) -> int:
    """Where the prompt names an object; ValueError if it does not."""
    return case.caption.index(case.names[index])


def main() -> None:
    """Print a line an object, and the mean."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ffmpeg", type=Path, default=ROOT / "build/bin/ffmpeg")
    parser.add_argument("--out", type=Path, help="folder for pictures")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    sure: list[tuple[bool, float]] = []
    for title, cases in (("composites", load("photos")), ("subjects", subjects())):
        values = []
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                report = Path(folder) / "report.json"
                options = f"threads=1:report={report}"
                ttm = Filter(chosen.ffmpeg, options=options, by="prompt")
                found = mask_ids(ttm.run(case, Path(folder), "plan"))[0]
                said_of = json.loads(report.read_text())["objects"]
            # The filter's objects are in the order of the prompt.
            said = sorted(range(len(case.names)), key=lambda i: place(case, i))
            for index, own_id in enumerate(said):
                name = case.names[own_id]
                mask = case.ids[0] == own_id + 1
                each = [(found == i) for i in range(1, int(found.max()) + 1)]
                ious = [float((m & mask).sum() / (m | mask).sum()) for m in each]
                own = ious[index] if index < len(ious) else 0.0
                values.append(own)
                best = max(ious, default=0.0)
                certain = index < len(said_of) and bool(said_of[index]["sure"])
                sure.append((certain, own))
                print(
                    f"{case.name} {name}: {own:.2f} (best of all found {best:.2f})"
                    f"{'' if certain else ', not sure'}"
                )
            if chosen.out:
                chosen.out.mkdir(parents=True, exist_ok=True)
                tint = torch.tensor([[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]])
                colour = tint[found.long().clamp(max=3)]
                shown = torch.where(
                    found[..., None] > 0, (case.video[0] + colour) // 2, case.video[0]
                )
                picture = Image.fromarray(shown.to(torch.uint8).numpy())
                picture.save(chosen.out / f"{case.name}.png")
        mean, low, high = summary(values)
        print(f"{title}: mean IoU {mean:.3f} ({low:.3f} to {high:.3f})")
    certain = [iou for is_sure, iou in sure if is_sure]
    doubted = [iou for is_sure, iou in sure if not is_sure]
    print(
        f"sure of {len(certain)} of {len(sure)}, right in "
        f"{sum(iou >= 0.7 for iou in certain)}; of the {len(doubted)} others "
        f"{sum(iou < 0.7 for iou in doubted)} are wrong"
    )


if __name__ == "__main__":
    main()
