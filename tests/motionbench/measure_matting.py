# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures the edges of objects that are estimated from a still, on composites.

Things cut out of photographs (photographs/composites.json) are put before other
photographs with an alpha that is known: sharp, out of focus, blurred by motion, and
with hair. The estimate gets the picture and a mask; how far is its alpha from
the true one along the mask's edge, and its object from the true one when both are put
before another background? Ways: the mask with an edge a pixel soft ("mask"), the
library's (build/tests/plate/matte), and PyMatting's closed-form matting with its
multi-level foreground, where that is installed. Run `python measure_matting.py --help`.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from measure_plate import FOLDER, ROOT, photographs, run

Array = np.ndarray
KINDS = ("sharp", "focus", "motion", "hair")
SIDE = 400  # pixels of a picture
RADIUS = 8  # pixels that an edge may reach, as the filter takes it at this size
HEIGHTS = (0.4, 0.7)  # of a thing, of the picture's side


@dataclass
class Case:
    """A picture with a thing in it, and the truth about it."""

    name: str
    kind: str
    image: Array  # uint8 [H, W, 3]
    mask: Array  # uint8 [H, W], 0 or 1: what a segmenter would say
    alpha: Array  # float [H, W]
    own: Array  # float [H, W, 3], the thing's colours everywhere
    elsewhere: Array  # uint8 [H, W, 3], another background


Way = Callable[[Case], tuple[Array, Array]]  # alpha and the thing's colours


def material(image: Array, inside: Array) -> Array:
    """The colours of what is inside, going on outside."""
    core = cv2.erode(inside, np.ones((11, 11), np.uint8))
    _, labels = cv2.distanceTransformWithLabels(
        1 - core, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(core)
    table = np.zeros((labels.max() + 1, 3), np.uint8)
    table[labels[rows, columns]] = image[rows, columns]
    outside = cv2.GaussianBlur(table[labels], (0, 0), 1.0)
    return np.where(core[..., None] > 0, image, outside)


def hair(alpha: Array, numbers: np.random.Generator) -> Array:
    """Strands from the edge outwards, a pixel or two wide."""
    contours, _ = cv2.findContours(
        (alpha > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    points = max(contours, key=len)[:, 0].astype(float)
    fine = np.zeros([4 * n for n in alpha.shape], np.uint8)
    for index in range(0, len(points), 3):
        if numbers.random() < 0.3:
            continue
        before, after = points[index - 4], points[(index + 4) % len(points)]
        along = (after - before) / (np.linalg.norm(after - before) + 1e-6)
        way = np.array([along[1], -along[0]]) + numbers.normal(0, 0.5, 2)
        place, strand = points[index] - 2 * way, []
        for _ in range(int(numbers.uniform(4, RADIUS + 1))):
            strand.append(4 * place + 2)
            way = way + numbers.normal(0, 0.25, 2)
            place = place + way / (np.linalg.norm(way) + 1e-6)
        line = np.array(strand).round().astype(np.int32)[:, None]
        cv2.polylines(
            fine, [line], False, 255, int(numbers.integers(3, 7)), cv2.LINE_AA
        )
    drawn = cv2.resize(fine, alpha.shape[::-1], interpolation=cv2.INTER_AREA) / 255
    return np.maximum(alpha, drawn)


def soften(sharp: Array, kind: str, numbers: np.random.Generator) -> Array:
    """The alpha of a shape of a kind."""
    if kind == "focus":
        return cv2.GaussianBlur(sharp, (0, 0), numbers.uniform(1.5, RADIUS / 3))
    if kind == "motion":
        length = int(numbers.integers(5, RADIUS + 2))
        kernel = np.zeros((length, length))
        angle = numbers.uniform(0, math.pi)
        for step in np.linspace(-0.5, 0.5, 4 * length):
            x, y = (length - 1) * (
                0.5 + step * np.array([math.cos(angle), math.sin(angle)])
            )
            kernel[int(round(y)), int(round(x))] += 1
        return cv2.filter2D(sharp, -1, kernel / kernel.sum())
    return hair(sharp, numbers) if kind == "hair" else sharp


def rough_mask(alpha: Array, numbers: np.random.Generator) -> Array:
    """What a segmenter says: half of it or more, a pixel or two off here and there."""
    waves = cv2.GaussianBlur(numbers.normal(0, 1, alpha.shape), (0, 0), RADIUS)
    soft = cv2.GaussianBlur(alpha, (0, 0), 2.0)
    return (soft + 0.25 * (waves / waves.std()).clip(-1.5, 1.5) > 0.5).astype(np.uint8)


def square(image: Array, numbers: np.random.Generator) -> Array:
    """A square part of a photograph."""
    side = min(image.shape[:2])
    top, left = (int(numbers.integers(n - side + 1)) for n in image.shape[:2])
    part = image[top : top + side, left : left + side]
    return cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def make_case(name: str, kind: str, seed: list[int]) -> Case:
    """A thing before a photograph that it is not from."""
    numbers = np.random.default_rng(seed)
    entry = json.loads((FOLDER / "composites.json").read_text())["cutouts"][name]
    pictures = photographs()
    image = pictures[entry["photo"].removesuffix(".jpg")]
    outline = np.array(entry["outline"], float)
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline.round().astype(np.int32)], 1)
    others = sorted(k for k in pictures if f"{k}.jpg" != entry["photo"])
    behind, elsewhere = (
        square(pictures[others[k]], numbers)
        for k in numbers.permutation(len(others))[:2]
    )
    scale = numbers.uniform(*HEIGHTS) * SIDE / max(np.ptp(outline, axis=0))
    middle = (outline.min(0) + outline.max(0)) / 2
    warp = np.hstack([np.eye(2) * scale, (SIDE / 2 - scale * middle)[:, None]])
    own = cv2.warpAffine(
        material(image, inside), warp, (SIDE, SIDE), flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    fine = np.zeros((4 * SIDE, 4 * SIDE), np.uint8)
    drawn = 4 * (outline * scale + warp[:, 2])
    cv2.fillPoly(fine, [drawn.round().astype(np.int32)], 255)
    sharp = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / 255
    alpha = soften(sharp, kind, numbers)
    picture = alpha[..., None] * own + (1 - alpha[..., None]) * behind
    picture += numbers.normal(0, 2, picture.shape)
    mask = rough_mask(sharp if kind == "hair" else alpha, numbers)
    return Case(
        f"{name}-{kind}", kind, picture.clip(0, 255).round().astype(np.uint8), mask,
        alpha, own.astype(float), elsewhere,
    )  # fmt: skip


def by_mask(case: Case) -> tuple[Array, Array]:
    """The mask, its edge a pixel soft."""
    return cv2.blur(case.mask.astype(float), (3, 3)), case.image.astype(float)


def by_library(program: Path) -> Way:
    """The library's, by its test program."""

    def estimate(case: Case) -> tuple[Array, Array]:
        with tempfile.TemporaryDirectory() as folder:
            image, ids, alpha, own = (
                f"{folder}/{n}" for n in ("in", "ids", "alpha", "own")
            )
            Path(image).write_bytes(case.image.tobytes())
            Path(ids).write_bytes(case.mask.tobytes())
            size = [str(n) for n in case.mask.shape[::-1]]
            run([str(program), *size, image, ids, str(RADIUS), alpha, own, "1"])
            return (
                np.fromfile(alpha, np.uint8).reshape(case.mask.shape) / 255,
                np.fromfile(own, np.uint8).reshape(case.image.shape).astype(float),
            )

    return estimate


def by_pymatting(case: Case) -> tuple[Array, Array]:
    """PyMatting's closed form, of the same band."""
    from pymatting import estimate_alpha_cf, estimate_foreground_ml

    def square_of(side: int) -> Array:
        return np.ones((2 * side + 1, 2 * side + 1), np.uint8)

    trimap = np.full(case.mask.shape, 0.5)
    trimap[cv2.erode(case.mask, square_of(RADIUS // 2)) > 0] = 1
    trimap[cv2.dilate(case.mask, square_of(RADIUS)) == 0] = 0
    image = case.image / 255.0
    alpha = estimate_alpha_cf(image, trimap)
    return alpha, 255 * estimate_foreground_ml(image, alpha)


def measure(case: Case, alpha: Array, own: Array) -> tuple[float, float]:
    """Mean error of alpha, and RMS error of colours elsewhere, along the edge."""
    side = np.ones((2 * RADIUS + 5, 2 * RADIUS + 5), np.uint8)
    band = cv2.dilate(case.mask, side) != cv2.erode(case.mask, side)
    new, true = (
        a[..., None] * colours + (1 - a[..., None]) * case.elsewhere
        for a, colours in ((alpha, own), (case.alpha, case.own))
    )
    error = np.abs(alpha - case.alpha)[band].mean()
    return float(error), float(np.sqrt(((new - true)[band] ** 2).mean()))


def sheet(case: Case, made: dict[str, tuple[Array, Array]], path: Path) -> None:
    """Picture, alphas, and what each way puts elsewhere; the truth last."""
    rows, columns = np.nonzero(cv2.dilate(case.mask, np.ones((41, 41), np.uint8)))
    window = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    top, low = [case.image], [np.repeat(255 * case.mask[..., None], 3, 2)]
    for alpha, own in [*made.values(), (case.alpha, case.own)]:
        top.append(np.repeat(255 * alpha[..., None], 3, 2))
        low.append(alpha[..., None] * own + (1 - alpha[..., None]) * case.elsewhere)
    lines = [np.concatenate([p[window] for p in line], 1) for line in (top, low)]
    picture = np.concatenate(lines).clip(0, 255).round().astype(np.uint8)
    cv2.imwrite(str(path), picture[..., ::-1])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    program = ROOT / "build/tests/plate/matte"
    parser.add_argument("--program", type=Path, default=program)
    parser.add_argument("--ways", nargs="*", default=["mask", "ours", "pymatting"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for the sheets")
    arguments = parser.parse_args()
    ways: dict[str, Way] = {
        "mask": by_mask, "ours": by_library(arguments.program), "pymatting": by_pymatting,
    }  # fmt: skip
    table = json.loads((FOLDER / "composites.json").read_text())["cutouts"]
    scores: dict[tuple[str, str], list[tuple[float, float]]] = {}
    seconds = dict.fromkeys(arguments.ways, 0.0)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(table):
        for number, kind in enumerate(KINDS):
            case, made = make_case(name, kind, [arguments.seed, index, number]), {}
            for way in arguments.ways:
                begin = time.monotonic()
                made[way] = ways[way](case)
                seconds[way] += time.monotonic() - begin
                scores.setdefault((way, kind), []).append(measure(case, *made[way]))
            if arguments.out:
                sheet(case, made, arguments.out / f"{case.name}.png")
    print("| way | " + " | ".join(KINDS) + " | seconds |")
    print("|---|" + "---|" * (len(KINDS) + 1))
    for way in arguments.ways:
        cells = []
        for kind in KINDS:
            alpha, colour = np.mean(scores[way, kind], axis=0)
            cells.append(f"{alpha:.3f}, {colour:.1f}")
        count = len(table) * len(KINDS)
        print(f"| {way} | " + " | ".join(cells) + f" | {seconds[way] / count:.2f} |")


if __name__ == "__main__":
    main()
