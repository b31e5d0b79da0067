# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures the filter's frames at 2x and 4x the model's size on held-out scenes.

Held-out scenes are drawn at 256x256 and 512x512 with their true clips.
Stills and masks go through the real ffmpeg, once with the true trajectory
(`mode=render`: what stage 2 and the frames at the output's size are worth) and
once without (`full`), with and without `detail` and `refine`. Run
`python measure_detail.py --help`.
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
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from intervals import summary  # noqa: E402
from scenes import generate  # noqa: E402
from tints import TINTS, WHITE, levels_of  # noqa: E402

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))
SUITES = (("single", 5201, (1, 1)), ("multi", 5202, (2, 3)))
REGIONS = ("whole", "objects", "uncovered", "seams")
WAYS = {
    "plain upscaling": "detail=0:refine=none",
    "plain upscaling, refined": "detail=0:refine=similarity",
    "detail": "detail=1:refine=none",
    "detail, refined": "detail=1:refine=similarity",
    "defaults": "",
}


@dataclass
class Score:
    """PSNR in dB and SSIM of one clip by region; nan where there is none."""

    way: str
    mode: str
    size: int
    scene: str
    psnr: dict[str, float]
    ssim: dict[str, float]


def mask_frames(ids: Tensor, white: Tensor | None = None) -> np.ndarray:
    """Colour-coded frames uint8 [F, H, W, 3] of ids [F, H, W], mixed with a share
    of white [F, H, W] but for the first."""
    palette = torch.tensor([(0, 0, 0), *COLOURS], dtype=torch.float)
    frames = palette[ids.long()]
    if white is not None:
        frames[1:] += white[1:, ..., None] * (255 - frames[1:])
        # The mean over a tint is then not rounded.
        noise = torch.Generator().manual_seed(1)
        frames[1:] += torch.rand(frames[1:].shape, generator=noise) - 0.5
    return frames.clamp(0, 255).round().to(torch.uint8).numpy()


def white_shares(ids: Tensor, turns: Tensor) -> Tensor:
    """The share of white of a tinted trajectory (docs/bundle.md), [F, H, W].

    ids [F, H, W]; turns [L, F] of the objects. What never turns is plain.
    """
    shares = torch.zeros(ids.shape)
    for l, turn in enumerate(turns):
        if bool(turn.any()):
            share = (WHITE / (TINTS - 1) * levels_of(turn))[:, None, None]
            shares = torch.where(ids == l + 1, share, shares)
    return shares


def regions(ids: Tensor) -> dict[str, Tensor]:
    """Bool [F, H, W] by region of ids [F, H, W]; frame 0 is the still's.

    Seams are within 1.5 % of the height of an edge between ids; uncovered is
    background that an object of frame 0 has left, seams excluded.
    """
    reach = max(1, round(ids.shape[1] * 0.015))
    padded = ids[:, None].float()
    span = 2 * reach + 1
    high = F.max_pool2d(padded, span, 1, reach)[:, 0]
    low = -F.max_pool2d(-padded, span, 1, reach)[:, 0]
    seams = high != low
    return {
        "whole": torch.ones_like(seams),
        "objects": ids > 0,
        "uncovered": (ids == 0) & (ids[:1] > 0) & ~seams,
        "seams": seams,
    }


def ssim_map(a: Tensor, b: Tensor) -> Tensor:
    """SSIM [F, H, W] of the luma of uint8 clips [F, H, W, 3] (Wang et al. 2004).

    Gaussian window of 11 with sigma 1.5, the constants of the paper.
    """
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=torch.float)
    x, y = ((v.float() @ weights)[:, None] for v in (a, b))
    ramp = torch.arange(11, dtype=torch.float) - 5
    line = torch.exp(-(ramp**2) / (2 * 1.5**2))
    line = line / line.sum()

    def blur(v: Tensor) -> Tensor:
        v = F.conv2d(F.pad(v, (5, 5, 0, 0), "reflect"), line.view(1, 1, 1, 11))
        return F.conv2d(F.pad(v, (0, 0, 5, 5), "reflect"), line.view(1, 1, 11, 1))

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    both = blur(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    value = (2 * mean_x * mean_y + c1) * (2 * both + c2)
    value = value / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return value[:, 0]


def score(video: Tensor, true: Tensor, ids: Tensor) -> tuple[dict, dict]:
    """PSNR and SSIM by region over all frames but the first. uint8 clips."""
    where = regions(ids)
    error = (video.float() - true.float()).square().mean(-1)
    similar = ssim_map(video, true)
    psnr, ssim = {}, {}
    for name in REGIONS:
        region = where[name][1:]
        if not bool(region.any()):
            psnr[name] = ssim[name] = math.nan
            continue
        mean = float(error[1:][region].mean())
        psnr[name] = 10 * math.log10(255**2 / max(mean, 1e-3))
        ssim[name] = float(similar[1:][region].mean())
    return psnr, ssim


def run_filter(
    ffmpeg: Path, folder: Path, batch, clip: int, mode: str, options: str,
    tinted: bool,
) -> Tensor:  # fmt: skip
    """Put one scene through the filter; the clip as uint8 [F, H, W, 3]."""
    video, ids = batch.video[clip], batch.ids[clip]
    height, width = ids.shape[1:]
    Image.fromarray(video[0].numpy()).save(folder / "still.png")
    white = None
    if tinted:
        white = white_shares(ids, batch.turns[clip])
    (folder / "masks.rgb").write_bytes(mask_frames(ids, white).tobytes())
    rows = [
        {"name": name, "prompt": prompt, "color": "#%02x%02x%02x" % colour}
        for name, prompt, colour in zip(
            batch.names[clip], batch.local_prompts[clip], COLOURS
        )
    ]
    scene = {"motion": batch.motion_captions[clip], "objects": rows}
    (folder / "objects.json").write_text(json.dumps(scene))
    (folder / "prompt.txt").write_text(batch.captions[clip] + "\n")
    text = f"ttm=promptfile={folder}/prompt.txt:objects={folder}/objects.json"
    text += f":seed={clip}" + (":" + options if options else "")
    text += ":mode=render" if mode == "render" else ":masks=1"
    frames = len(ids) if mode == "render" else 1
    command = [str(ffmpeg), "-v", "error", "-nostdin", "-i", f"{folder}/still.png"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-framerate", "8", "-i", f"{folder}/masks.rgb", "-filter_complex"]
    command += [f"[1:v]trim=end_frame={frames}[m];[0:v][m]{text}"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}\n{result.stderr.decode()}")
    pixels = torch.frombuffer(bytearray(result.stdout), dtype=torch.uint8)
    if pixels.numel() != video.numel():
        raise SystemExit(f"{pixels.numel() / video[0].numel():g} frames came out")
    return pixels.view(video.shape)


def table(scores: list[Score], mode: str, size: int) -> str:
    """Markdown of one mode and size; means over scenes with 95 % intervals."""
    lines = [
        "| way | " + " | ".join(f"{r} dB" for r in REGIONS) + " | "
        + " | ".join(f"{r} SSIM" for r in REGIONS) + " |",
        "|---|" + "---|" * (2 * len(REGIONS)),
    ]  # fmt: skip
    for way in WAYS:
        rows = [s for s in scores if (s.way, s.mode, s.size) == (way, mode, size)]
        if not rows:
            continue
        cells = []
        for region in REGIONS:
            mean, low, high = summary([s.psnr[region] for s in rows])
            cells.append(f"{mean:.2f} ± {(high - low) / 2:.2f}")
        for region in REGIONS:
            mean, low, high = summary([s.ssim[region] for s in rows])
            cells.append(f"{mean:.3f} ± {(high - low) / 2:.3f}")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def sheet(clips: dict[str, Tensor], true: Tensor, path: Path) -> None:
    """Middle and last frame of the true clip and of every way, side by side."""
    frames = (len(true) // 2, len(true) - 1)
    columns = [true, *clips.values()]
    rows = [torch.cat([clip[f] for clip in columns], 1) for f in frames]
    Image.fromarray(torch.cat(rows, 0).numpy()).save(path)


def write(scores: list[Score], arguments: argparse.Namespace, seconds: float) -> str:
    """Markdown of all scores, in the output folder too if there is one."""
    text = ""
    for size in sorted({s.size for s in scores}):
        for mode in sorted({s.mode for s in scores}, reverse=True):
            rows = [s for s in scores if (s.mode, s.size) == (mode, size)]
            scenes = len({s.scene for s in rows})
            what = "true trajectory" if mode == "render" else "own trajectory"
            text += f"{size}x{size}, {what}, {scenes} scenes:\n\n"
            text += f"{table(scores, mode, size)}\n\n"
    text += f"{len(scores)} clips, {seconds / len(scores):.1f} s each.\n"
    if arguments.out:
        (arguments.out / "results.md").write_text(text)
    return text


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--ffmpeg", type=Path, default=ROOT / "build/bin/ffmpeg")
    parser.add_argument("--scenes", type=int, default=16, help="of each suite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512])
    parser.add_argument("--modes", nargs="+", default=["render", "full"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS)[:4])
    parser.add_argument("--options", default="", help="further options of the filter")
    parser.add_argument(
        "--tinted", action="store_true",
        help="draw the true trajectory so: the bundle's is tinted (docs/bundle.md)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="folder for results and sheets")
    arguments = parser.parse_args()
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    scores: list[Score] = []
    begin = time.monotonic()
    for size in arguments.sizes:
        for suite, seed, objects in SUITES:
            batch = generate(
                arguments.scenes, size=(size, size), seed=seed, objects=objects,
                split="held_out",
            )  # fmt: skip
            for clip in range(arguments.scenes):
                name = f"{suite}-{clip:02}"
                true, ids = batch.video[clip], batch.ids[clip]
                for mode in arguments.modes:
                    made = {}
                    for way in arguments.ways:
                        options = ":".join(
                            o for o in (WAYS[way], arguments.options) if o
                        )
                        with tempfile.TemporaryDirectory() as folder:
                            made[way] = run_filter(
                                arguments.ffmpeg, Path(folder), batch, clip, mode,
                                options, arguments.tinted,
                            )  # fmt: skip
                        scores.append(
                            Score(way, mode, size, name, *score(made[way], true, ids))
                        )
                    if arguments.out and clip < 4:
                        sheet(made, true, arguments.out / f"{size}-{name}-{mode}.png")
                print(f"{size} {name} {batch.captions[clip]}", file=sys.stderr)
                if arguments.out:  # what is there if it is interrupted
                    values = json.dumps([asdict(s) for s in scores], indent=1)
                    (arguments.out / "results.json").write_text(values)
    print(write(scores, arguments, time.monotonic() - begin))


if __name__ == "__main__":
    main()
