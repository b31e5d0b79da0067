# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""MotionBench, shapes: does the picture follow a trajectory that is given?

    python follow.py --out DIR
    python follow.py --suite drawn --refine shape --limit 8

The true masks of every scene of the suite "shapes, photographs" (or "shapes, drawn") go in as
a trajectory (mode=render), and the clip is held against the true one, where objects are in either
of its frame and the still: PSNR in dB, and SSIM. Beside each refine= stands the frozen
still. Writes follow.json and follow.md.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from appearance import dilated, psnr  # noqa: E402
from filter import Filter  # noqa: E402
from intervals import summary  # noqa: E402
from measure_detail import ssim_map  # noqa: E402
from suites import SCENES, SHAPE_SUITES  # noqa: E402

FROZEN = "frozen still"
_RIM = 2  # pixels around the masks that count too


def changed(ids: Tensor) -> Tensor:
    """Where objects are in each frame or in the still: bool [F, H, W]."""
    return dilated((ids > 0) | (ids[:1] > 0), _RIM)


def compare(clip: Tensor, true: Tensor, ids: Tensor) -> tuple[float, float]:
    """PSNR in dB and SSIM of clips uint8 [F, H, W, 3] where objects are.

    Frame 0, which is given, does not count; nan where nothing does.
    """
    where = changed(ids)[1:]
    error = (clip[1:].float() - true[1:].float())[where] / 255
    similar = ssim_map(clip[1:], true[1:])[where]
    return psnr(error), float(similar.mean()) if len(similar) else math.nan


def table(rows: dict[str, list[tuple[float, float]]]) -> str:
    """All rows as Markdown, with 95 % intervals."""
    lines = ["| | PSNR, dB | SSIM |", "|---|---|---|"]
    for name, values in rows.items():
        cells = []
        for column, digits in ((0, 2), (1, 3)):
            mean, low, high = summary([v[column] for v in values])
            cells.append(f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})")
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ffmpeg", type=Path, default=ROOT / "build/bin/ffmpeg")
    parser.add_argument("--suite", choices=tuple(SHAPE_SUITES), default="photographs")
    parser.add_argument(
        "--refine", action="append", default=[], metavar="NAME",
        help="a row for this; may be repeated (default: similarity and shape)",
    )  # fmt: skip
    parser.add_argument("--limit", type=int, default=SCENES)
    parser.add_argument("--options", default="", help="further options of the filter")
    parser.add_argument("--out", type=Path, help="folder for the results")
    chosen = parser.parse_args()
    if not chosen.ffmpeg.exists():
        parser.error(f"no {chosen.ffmpeg}: run `make ffmpeg`, or say --ffmpeg")
    return chosen


def main() -> None:
    """Command line."""
    chosen = arguments()
    torch.set_num_threads(1)  # the pictures are small
    rows: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for case in SHAPE_SUITES[chosen.suite](chosen.limit):
            clips = {FROZEN: case.video[:1].expand_as(case.video)}
            for name in chosen.refine or ["similarity", "shape"]:
                options = f"refine={name}" + (
                    ":" + chosen.options if chosen.options else ""
                )
                run = Filter(chosen.ffmpeg, options=options).run
                clips[f"refine={name}"] = run(case, Path(folder), "render")
            for name, clip in clips.items():
                value = compare(clip, case.video, case.ids)
                rows.setdefault(name, []).append(value)
            print(case.name, case.caption, file=sys.stderr, flush=True)
    text = table(rows)
    print(text, end="")
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "follow.md").write_text(text)
        (chosen.out / "follow.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
