# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures how what moving objects uncover is filled, on photographs.

Holes in the shapes of other photographs' objects (the outlines of
photographs/composites.json) are cut into photographs, so that the truth behind
them is known. Filled by the library (build/tests/plate/fill), OpenCV's two
methods and G'MIC's inpaint_matchpatch; with --ffmpeg a flat shape is pasted
there instead and led out of the picture by a trajectory, and the filter's last
frame is looked at. Needs numpy and opencv; scikit-image and scikit-learn bring
some of the photographs. Run `python measure_plate.py --help`.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "photographs"
Array = np.ndarray
METRICS = ("PSNR", "SSIM", "MS-SSIM", "gradient")
OWN = (
    "astronaut", "brick", "cat", "coffee", "galaxies", "grass", "gravel",
    "raccoon", "retina", "rocket",
)  # fmt: skip
SHARES = (0.04, 0.15)  # of the picture that a hole takes, least and most
WORST_INSIDE = 0.6  # share of a shape that is inside the picture, at least
FRAMES = 16


@dataclass
class Case:
    """A photograph (RGB) and a hole in the shape of something else."""

    name: str
    image: Array  # uint8 [H, W, 3]
    hole: Array  # bool [H, W]


@dataclass
class Score:
    """One way on one case; means over the hole."""

    way: str
    case: str
    seconds: float
    values: dict[str, float]


def photographs() -> dict[str, Array]:
    """Name to RGB: the repository's own, scikit-image's and scikit-learn's."""
    found = {}
    for name in OWN:
        path = FOLDER / f"{name}.jpg"
        if not path.exists():
            path = ROOT / "docs" / "photos" / f"{name}.jpg"
        found[name] = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    try:
        from skimage import data

        found["motorcycle"] = data.stereo_motorcycle()[0]
        found["coins"] = cv2.cvtColor(data.coins(), cv2.COLOR_GRAY2RGB)
        found["camera"] = cv2.cvtColor(data.camera(), cv2.COLOR_GRAY2RGB)
    except ImportError:
        print("without scikit-image's photographs", file=sys.stderr)
    try:
        from sklearn.datasets import load_sample_image

        found["china"] = load_sample_image("china.jpg")
        found["flower"] = load_sample_image("flower.jpg")
    except ImportError:
        print("without scikit-learn's photographs", file=sys.stderr)
    return found


def shape_in(outline: Array, size: tuple[int, int], numbers) -> Array:
    """A hole bool [H, W]: the outline somewhere, of some size, maybe mirrored."""
    height, width = size
    points = outline - outline.min(0)
    if numbers.random() < 0.5:
        points[:, 0] = points[:, 0].max() - points[:, 0]
    area = cv2.contourArea(points.astype(np.float32))
    wanted = numbers.uniform(*SHARES) * height * width
    points *= math.sqrt(wanted / area)
    points *= min(1, 0.9 * width / points[:, 0].max(), 0.9 * height / points[:, 1].max())
    box = points.max(0)
    while True:
        low = -0.3 * box
        corner = numbers.uniform(low, (width, height) - box - low)
        full = np.zeros((3 * height, 3 * width), np.uint8)
        moved = points + corner + (width, height)
        cv2.fillPoly(full, [moved.round().astype(np.int32)], 1)
        part = full[height : 2 * height, width : 2 * width]
        if part.sum() >= WORST_INSIDE * full.sum():
            return part > 0


def cases(holes: int, seed: int) -> list[Case]:
    """Holes of each photograph, in the shapes of what other photographs show."""
    table = json.loads((FOLDER / "composites.json").read_text())["cutouts"]
    out = []
    for index, (name, image) in enumerate(photographs().items()):
        numbers = np.random.default_rng([seed, index])
        others = [k for k, v in table.items() if v["photo"] != f"{name}.jpg"]
        for shape in numbers.permutation(others)[:holes]:
            outline = np.array(table[shape]["outline"], float)
            hole = shape_in(outline, image.shape[:2], numbers)
            out.append(Case(f"{name}-{shape}", np.ascontiguousarray(image), hole))
    return out


def luma(image: Array) -> Array:
    """BT.601 luma, float64 [H, W] of 0 .. 255."""
    return image.astype(float) @ np.array([0.299, 0.587, 0.114])


def ssim_maps(a: Array, b: Array) -> tuple[Array, Array]:
    """SSIM and its contrast-structure part (Wang et al. 2004), of luma."""

    def blur(v: Array) -> Array:
        return cv2.GaussianBlur(v, (11, 11), 1.5, borderType=cv2.BORDER_REFLECT_101)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    both = blur(a * b) - mean_a * mean_b
    structure = (2 * both + c2) / (var_a + var_b + c2)
    light = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return light * structure, structure


def half(v: Array) -> Array:
    """Means of 2 x 2 pixels."""
    height, width = v.shape[0] // 2 * 2, v.shape[1] // 2 * 2
    v = v[:height, :width].astype(float)
    return (v[::2, ::2] + v[1::2, ::2] + v[::2, 1::2] + v[1::2, 1::2]) / 4


def multi_scale_ssim(a: Array, b: Array, hole: Array) -> float:
    """MS-SSIM (Wang et al. 2003) of the hole; as many of its five scales as fit."""
    weights = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
    value, used, region = 1.0, 0.0, hole.astype(float)
    for scale, weight in enumerate(weights):
        where = region >= 0.5
        last = scale == len(weights) - 1 or min(a.shape) < 44 or where.sum() < 64
        full, structure = ssim_maps(a, b)
        mean = float((full if last else structure)[where].mean())
        value *= max(mean, 1e-3) ** weight
        used += weight
        if last:
            break
        a, b, region = half(a), half(b), half(region)
    return value ** (1 / used)


def gradient_similarity(a: Array, b: Array, hole: Array) -> float:
    """Gradient-magnitude similarity (Xue et al. 2014), its mean over the hole.

    Prewitt gradients of halved luma, the paper's constant of 170.
    """
    kernel = np.array([[1, 0, -1]] * 3) / 3

    def magnitude(v: Array) -> Array:
        v = half(v)
        return np.hypot(cv2.filter2D(v, -1, kernel), cv2.filter2D(v, -1, kernel.T))

    x, y = magnitude(a), magnitude(b)
    similar = (2 * x * y + 170) / (x * x + y * y + 170)
    return float(similar[half(hole) >= 0.5].mean())


def measure(filled: Array, case: Case) -> dict[str, float]:
    """The metrics of a filled picture against the photograph, in the hole."""
    error = filled.astype(float) - case.image.astype(float)
    mean = float((error[case.hole] ** 2).mean())
    a, b = luma(filled), luma(case.image)
    return {
        "PSNR": 10 * math.log10(255**2 / max(mean, 1e-3)),
        "SSIM": float(ssim_maps(a, b)[0][case.hole].mean()),
        "MS-SSIM": multi_scale_ssim(a, b, case.hole),
        "gradient": gradient_similarity(a, b, case.hole),
    }


def run(command: list[str]) -> None:
    """A program that must succeed."""
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)}\n{result.stderr.decode()}")


def fill_library(program: Path) -> Callable[[Case], Array]:
    """The library's own, by its test program."""

    def fill(case: Case) -> Array:
        height, width = case.hole.shape
        with tempfile.TemporaryDirectory() as folder:
            image, hole, out = (Path(folder) / n for n in ("in", "hole", "out"))
            image.write_bytes(blackened(case).tobytes())
            hole.write_bytes(case.hole.astype(np.uint8).tobytes())
            names = [str(image), str(hole), str(out)]
            run([str(program), str(width), str(height), *names])
            pixels = np.fromfile(out, np.uint8)
        return pixels.reshape(height, width, 3)

    return fill


def blackened(case: Case) -> Array:
    """The photograph without what it shows in the hole: the fill is to be honest."""
    return np.where(case.hole[..., None], np.uint8(0), case.image)


def fill_opencv(method: int) -> Callable[[Case], Array]:
    """OpenCV's, within 5 pixels."""

    def fill(case: Case) -> Array:
        return cv2.inpaint(blackened(case), case.hole.astype(np.uint8), 5, method)

    return fill


def fill_gmic(case: Case) -> Array:
    """G'MIC's inpaint_matchpatch with its defaults."""
    with tempfile.TemporaryDirectory() as folder:
        image, hole, out = (f"{folder}/{n}.png" for n in ("in", "hole", "out"))
        cv2.imwrite(image, blackened(case)[..., ::-1])
        cv2.imwrite(hole, case.hole.astype(np.uint8) * 255)
        run(["gmic", image, hole, "-inpaint_matchpatch[0]", "[1]", "-o[0]", out])
        return cv2.imread(out)[..., ::-1]


def fill_filter(ffmpeg: Path) -> Callable[[Case], Array]:
    """The whole filter: a flat shape is pasted over the hole and led away."""

    def fill(case: Case) -> Array:
        height, width = case.hole.shape
        still = np.where(case.hole[..., None], np.uint8((200, 40, 160)), case.image)
        table = {
            "motion": "the shape moves left",
            "objects": [
                {"name": "shape", "prompt": "the shape moves left", "color": "#ff0000"}
            ],
        }
        columns = np.nonzero(case.hole.any(0))[0]
        left = columns[0] + columns[-1] < width
        way = (columns[-1] + 1 if left else width - columns[0]) * (-1 if left else 1)
        frames = np.zeros((FRAMES, height, width, 3), np.uint8)
        for t in range(FRAMES):
            shift = np.float32([[1, 0, way * min(1, t / (FRAMES - 4))], [0, 1, 0]])
            moved = cv2.warpAffine(case.hole.astype(np.uint8), shift, (width, height))
            frames[t, ..., 0] = 255 * moved
        with tempfile.TemporaryDirectory() as folder:
            cv2.imwrite(f"{folder}/still.png", still[..., ::-1])
            Path(f"{folder}/masks.rgb").write_bytes(frames.tobytes())
            Path(f"{folder}/objects.json").write_text(json.dumps(table))
            size = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
            run([
                str(ffmpeg), "-v", "error", "-nostdin", "-i", f"{folder}/still.png",
                *size, "-framerate", "8", "-i", f"{folder}/masks.rgb",
                "-filter_complex",
                f"[0:v][1:v]ttm=objects={folder}/objects.json:mode=render:seed=1",
                *size[:4], f"{folder}/out.rgb",
            ])  # fmt: skip
            clip = np.fromfile(f"{folder}/out.rgb", np.uint8)
        return clip.reshape(-1, height, width, 3)[-1]

    return fill


def table(scores: list[Score]) -> str:
    """Markdown: means over the cases."""
    lines = ["| way | " + " | ".join(METRICS) + " | seconds |", "|---|" + "---|" * 5]
    for way in dict.fromkeys(s.way for s in scores):
        rows = [s for s in scores if s.way == way]
        cells = [f"{np.mean([s.values['PSNR'] for s in rows]):.2f} dB"]
        cells += [f"{np.mean([s.values[m] for s in rows]):.3f}" for m in METRICS[1:]]
        cells.append(f"{np.mean([s.seconds for s in rows]):.2f}")
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def sheet(case: Case, made: dict[str, Array], path: Path) -> None:
    """The hole, the ways and the truth around the hole, side by side."""
    rows, columns = np.nonzero(case.hole)
    margin = max(24, int(0.3 * max(np.ptp(rows), np.ptp(columns))))
    top, left = max(rows.min() - margin, 0), max(columns.min() - margin, 0)
    window = np.s_[top : rows.max() + margin, left : columns.max() + margin]
    pictures = [np.where(case.hole[..., None], np.uint8(255), case.image)]
    pictures += [*made.values(), case.image]
    line = np.concatenate([p[window] for p in pictures], 1)
    cv2.imwrite(str(path), line[..., ::-1])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    program = ROOT / "build/tests/plate/fill"
    parser.add_argument("--program", type=Path, default=program)
    parser.add_argument("--ffmpeg", type=Path, help="measure this filter too")
    parser.add_argument("--ways", nargs="*", default=["ours", "telea", "ns", "gmic"])
    parser.add_argument("--holes", type=int, default=2, help="of each photograph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for results and sheets")
    arguments = parser.parse_args()
    ways = {
        "ours": fill_library(arguments.program),
        "telea": fill_opencv(cv2.INPAINT_TELEA),
        "ns": fill_opencv(cv2.INPAINT_NS),
        "gmic": fill_gmic,
    }
    chosen = {way: ways[way] for way in arguments.ways}
    if arguments.ffmpeg:
        chosen["filter"] = fill_filter(arguments.ffmpeg)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    scores = []
    for case in cases(arguments.holes, arguments.seed):
        made = {}
        for way, fill in chosen.items():
            begin = time.monotonic()
            made[way] = fill(case)
            seconds = time.monotonic() - begin
            scores.append(Score(way, case.name, seconds, measure(made[way], case)))
        if arguments.out:
            sheet(case, made, arguments.out / f"{case.name}.png")
            values = json.dumps([asdict(s) for s in scores], indent=1)
            (arguments.out / "results.json").write_text(values)
    text = table(scores)
    if arguments.out:
        (arguments.out / "results.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
