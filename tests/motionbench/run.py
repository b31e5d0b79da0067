# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures the filter on held-out scenes: do the objects move as told?

Every scene goes through the real ffmpeg: a still, the masks of its objects and
their prompts in, a clip out. Each object is then tracked in the clip by a
tracker that knows neither prompt nor trajectory, and its path is judged by its
motion class. Run `python run.py --help`.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from motion_classes import UNJUDGED, moved_as_told  # noqa: E402
from scenes import VERBS, SceneBatch, generate  # noqa: E402
from tracking import track  # noqa: E402

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))


@dataclass
class ObjectResult:
    """Verdicts on one object of one scene."""

    scene: int
    objects: int
    verb: str
    prompt: str
    as_told: bool  # in the clip of the filter
    as_told_true: bool  # the same tracker and judge on the true clip
    end: list[float]  # offset of the last frame in frame heights, tracked


def background_psnr(video: Tensor, still: Tensor, ids: Tensor) -> float:
    """PSNR in dB over the pixels that no object ever covers. uint8 inputs."""
    untouched = (ids == 0).all(0)
    if not bool(untouched.any()):
        return math.nan
    error = (video.double() - still.double())[:, untouched]
    mean = float((error**2).mean())
    return 99.0 if mean == 0 else 10 * math.log10(255**2 / mean)


def mask_image(ids: Tensor) -> Image.Image:
    """Colour-coded masks of ids [H, W]."""
    picture = np.zeros((*ids.shape, 3), np.uint8)
    for index, colour in enumerate(COLOURS):
        picture[(ids == index + 1).numpy()] = colour
    return Image.fromarray(picture)


def run_filter(
    ffmpeg: Path, folder: Path, batch: SceneBatch, clip: int, options: str, by: str
) -> Tensor:
    """Put one scene through the filter; the clip as uint8 [F, H, W, 3]."""
    still, ids = batch.video[clip, 0], batch.ids[clip, 0]
    Image.fromarray(still.numpy()).save(folder / "still.png")
    mask_image(ids).save(folder / "masks.png")
    (folder / "prompt.txt").write_text(batch.captions[clip] + "\n")
    filter_text = f"ttm=promptfile={folder}/prompt.txt:seed={clip}"
    inputs = ["-i", str(folder / "still.png")]
    if by == "masks":
        rows = [
            {"name": name, "prompt": prompt, "color": "#%02x%02x%02x" % COLOURS[index]}
            for index, (name, prompt) in enumerate(
                zip(batch.names[clip], batch.local_prompts[clip])
            )
        ]
        scene = {"motion": batch.motion_captions[clip], "objects": rows}
        (folder / "objects.json").write_text(json.dumps(scene))
        filter_text += f":objects={folder}/objects.json:masks=1"
        inputs += ["-i", str(folder / "masks.png")]
    graph = ("[0:v][1:v]" if by == "masks" else "[0:v]") + filter_text
    command = [str(ffmpeg), "-v", "error", "-nostdin", *inputs, "-filter_complex"]
    command += [graph + (":" + options if options else "")]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}\n{result.stderr.decode()}")
    pixels = torch.frombuffer(bytearray(result.stdout), dtype=torch.uint8)
    return pixels.view(-1, *still.shape)


def interval(hits: int, count: int) -> tuple[float, float]:
    """Wilson score interval of a share at 95 %."""
    if count == 0:
        return (math.nan, math.nan)
    z, share = 1.96, hits / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return (centre - half, centre + half)


def share_row(title: str, results: list[ObjectResult]) -> str:
    """A Markdown row: title, objects, share as told, interval, ceiling."""
    hits, count = sum(r.as_told for r in results), len(results)
    low, high = interval(hits, count)
    ceiling = sum(r.as_told_true for r in results) / max(1, count)
    return (
        f"| {title} | {count} | {hits / max(1, count):.3f} | "
        f"{low:.2f} to {high:.2f} | {ceiling:.3f} |"
    )


def report(results: list[ObjectResult], psnr: list[float], seconds: float) -> str:
    """The tables in Markdown."""
    lines = [
        "| objects | measured | as told | 95 % interval | true clips |",
        "|---|---|---|---|---|",
        share_row("all", results),
        share_row("one in the scene", [r for r in results if r.objects == 1]),
        share_row("two or three", [r for r in results if r.objects > 1]),
        "",
        "| motion class | measured | as told | 95 % interval | true clips |",
        "|---|---|---|---|---|",
    ]
    for verb in sorted({r.verb for r in results}):
        lines.append(share_row(verb, [r for r in results if r.verb == verb]))
    known = [value for value in psnr if not math.isnan(value)]
    lines += [
        "",
        f"Background that no object covers: median PSNR {np.median(known):.1f} dB"
        f" over {len(known)} scenes. {seconds:.1f} s a clip.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ffmpeg", type=Path, default=ROOT / "build/bin/ffmpeg")
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5000)
    parser.add_argument("--by", choices=("masks", "prompt"), default="masks",
                        help="how the filter learns of the objects")  # fmt: skip
    parser.add_argument("--options", default="", help="further options of the filter")
    parser.add_argument("--out", type=Path, help="folder for results and sheets")
    arguments = parser.parse_args()
    batch = generate(
        arguments.scenes, seed=arguments.seed, objects=(1, 3), split="held_out",
        verbs=tuple(verb for verb in VERBS if verb not in UNJUDGED),
    )  # fmt: skip
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    results: list[ObjectResult] = []
    psnr: list[float] = []
    seconds = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        for clip in range(arguments.scenes):
            begin = time.monotonic()
            video = run_filter(
                arguments.ffmpeg, Path(temporary), batch, clip,
                arguments.options, arguments.by,
            )  # fmt: skip
            seconds += time.monotonic() - begin
            psnr.append(background_psnr(video, batch.video[clip, 0], batch.ids[clip]))
            for index, verb in enumerate(batch.verbs[clip]):
                mask = batch.ids[clip, 0] == index + 1
                path = track(video, mask)
                true = track(batch.video[clip], mask)
                results.append(
                    ObjectResult(
                        clip, len(batch.verbs[clip]), verb,
                        batch.local_prompts[clip][index],
                        moved_as_told(verb, path.offsets, path.scales, true.offsets),
                        moved_as_told(verb, true.offsets, true.scales, true.offsets),
                        [round(float(v), 3) for v in path.offsets[-1]],
                    )
                )  # fmt: skip
            if arguments.out and clip < 12:
                rows = [batch.video[clip, ::3], video[::3]]
                tall = torch.cat([torch.cat(list(row), 1) for row in rows], 0)
                Image.fromarray(tall.numpy()).save(arguments.out / f"{clip:03}.png")
            print(f"{clip + 1}/{arguments.scenes} {batch.captions[clip]}",
                  file=sys.stderr)  # fmt: skip
    text = report(results, psnr, seconds / arguments.scenes)
    print(text)
    if arguments.out:
        (arguments.out / "results.md").write_text(text)
        rows_json = [asdict(result) for result in results]
        (arguments.out / "results.json").write_text(json.dumps(rows_json, indent=1))


if __name__ == "__main__":
    main()
