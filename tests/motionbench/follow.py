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
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from appearance import dilated  # noqa: E402
from filter import mask_image, objects_json  # noqa: E402
from intervals import summary  # noqa: E402
from suites import SCENES, SHAPE_SUITES, Case  # noqa: E402

FROZEN = "frozen still"
_WINDOW = 7  # of SSIM, in pixels
_RIM = 2  # pixels around the masks that count too


def changed(ids: Tensor) -> Tensor:
    """Where objects are in each frame or in the still: bool [F, H, W]."""
    return dilated((ids > 0) | (ids[:1] > 0), _RIM)


def psnr(clip: Tensor, true: Tensor, where: Tensor) -> float:
    """Of clips uint8 [F, H, W, 3], at the pixels of `where` [F, H, W], in dB.

    Frame 0, which is given, does not count; nan where nothing does.
    """
    error = (clip[1:].float() - true[1:].float()).square().mean(-1)[where[1:]]
    if not len(error):
        return math.nan
    return float(10 * torch.log10(255**2 / error.mean().clamp_min(1e-3)))


def ssim(clip: Tensor, true: Tensor, where: Tensor) -> float:
    """Mean structural similarity (Wang et al., 2004) of the same pixels' luma."""
    weights = torch.tensor([0.299, 0.587, 0.114])
    x, y = (v[1:].float() @ weights for v in (clip, true))

    def mean(v: Tensor) -> Tensor:
        return functional.avg_pool2d(
            v[:, None], _WINDOW, 1, _WINDOW // 2, count_include_pad=False
        )[:, 0]

    mx, my = mean(x), mean(y)
    vx, vy = mean(x * x) - mx * mx, mean(y * y) - my * my
    both = mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    value = (2 * mx * my + c1) * (2 * both + c2)
    value = value / ((mx * mx + my * my + c1) * (vx + vy + c2))
    chosen = value[where[1:]]
    return float(chosen.mean()) if len(chosen) else math.nan


def render(ffmpeg: Path, case: Case, folder: Path, options: str) -> Tensor:
    """The clip from the still and the true masks: uint8 [F, H, W, 3]."""
    Image.fromarray(case.video[0].numpy()).save(folder / "still.png")
    for t, ids in enumerate(case.ids):
        mask_image(ids).save(folder / f"masks-{t:02}.png")
    scene = objects_json(case.motion, case.names, case.prompts)
    (folder / "objects.json").write_text(json.dumps(scene))
    graph = f"[0:v][1:v]ttm=objects={folder}/objects.json:mode=render:seed={case.index}"
    if options:
        graph += ":" + options
    command = [
        str(ffmpeg), "-v", "error", "-nostdin", "-i", str(folder / "still.png"),
        "-framerate", "8", "-i", str(folder / "masks-%02d.png"),
        "-filter_complex", graph, "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}\n{result.stderr.decode()}")
    pixels = torch.frombuffer(bytearray(result.stdout), dtype=torch.uint8)
    if pixels.numel() != case.video.numel():
        raise SystemExit(f"{case.name}: {pixels.numel()} bytes came out")
    return pixels.view(case.video.shape)


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
                options = f"refine={name}"
                if chosen.options:
                    options += ":" + chosen.options
                clip = render(chosen.ffmpeg, case, Path(folder), options)
                clips[f"refine={name}"] = clip
            where = changed(case.ids)
            for name, clip in clips.items():
                value = psnr(clip, case.video, where), ssim(clip, case.video, where)
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
