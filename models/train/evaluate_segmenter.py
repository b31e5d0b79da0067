# SPDX-License-Identifier: CC0-1.0
"""How well the segmenter finds objects of photographs whose outlines are known.

    python evaluate_segmenter.py --bundle ../ttm-small/segmenter [--stills DIR]

Without --stills: the photographs of tests/motionbench with outlines drawn by
hand, as they are and as composites. With it: DIR/NAME/still.png, and the ids as
flat colours in DIR/NAME/traj00.png. A line an object: IoU by a tight box, by one
that is 20 pixels too large a side (at 512 pixels), by a point at the deepest
place, and with no hint at all (the best of the things found).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from segment_scenes.hints import bounds
from segment_still import Found, by_box, by_nothing, by_points
from segmenter import TTMSegmenter, load_segmenter

BENCH = Path(__file__).resolve().parents[2] / "tests" / "motionbench"
WAYS = ("box", "loose", "point", "nothing")
COLOURS = np.array(
    [
        (0, 0, 0),
        (230, 25, 75),
        (60, 180, 75),
        (0, 130, 200),
        (255, 225, 25),
        (145, 30, 180),
    ]
)
Still = tuple[str, NDArray[np.uint8], list[NDArray[np.bool_]]]


def own_stills() -> Iterator[Still]:
    """Photographs and composites of tests/motionbench."""
    sys.path.append(str(BENCH))
    from found import subjects
    from photographs import composites

    for case in subjects():
        yield case.names[0], case.video[0].numpy(), [case.ids[0].numpy() == 1]
    for index, made in enumerate(composites()):
        ids = made.ids[0].numpy()
        masks = [ids == k for k in range(1, len(made.names) + 1)]
        yield f"composite {index}", made.video[0].numpy(), masks


def given_stills(folder: Path) -> Iterator[Still]:
    """Stills of a folder with their ids as colours."""
    for each in sorted(folder.iterdir()):
        if not (each / "still.png").exists():
            continue
        still = cv2.imread(str(each / "still.png"))[..., ::-1]
        flat = cv2.imread(str(each / "traj00.png"))[..., ::-1].astype(int)
        ids = np.stack([np.abs(flat - c).sum(2) for c in COLOURS]).argmin(0)
        masks = [ids == k for k in range(1, ids.max() + 1)]
        masks = [m for m in masks if 0.002 < m.mean() < 0.6]
        yield each.name, np.ascontiguousarray(still), masks


def overlap(found: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    """IoU."""
    return float((found & mask).sum() / max(1, (found | mask).sum()))


def find(
    net: TTMSegmenter, still: NDArray[np.uint8], mask: NDArray[np.bool_],
    free: list[Found],
) -> dict[str, Found]:  # fmt: skip
    """The object by each of the ways."""
    h, w = mask.shape
    box = bounds(mask)
    more = 20 * max(h, w) / 512
    loose = (
        max(0.0, box[0] - more), max(0.0, box[1] - more),
        min(float(w), box[2] + more), min(float(h), box[3] + more),
    )  # fmt: skip
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    empty = Found(np.zeros(mask.shape, np.float32), 0.0)
    best = max(free, key=lambda f: overlap(f.mask > 0.5, mask), default=empty)
    return {
        "box": by_box(net, still, box),
        "loose": by_box(net, still, loose),
        "point": by_points(net, still, [(int(x), int(y))]),
        "nothing": best,
    }


def shown(
    still: NDArray[np.uint8], mask: NDArray[np.bool_], ways: dict[str, Found], side: int
) -> NDArray[np.uint8]:
    """The still with the true outline in green, and what each way finds in red."""
    columns = []
    for name in ("", *ways):
        x = still.astype(np.float32)
        if name:
            over = (ways[name].mask > 0.5)[..., None]
            x = np.where(over, x * 0.45 + np.array([255, 0, 0]) * 0.55, x * 0.7)
        x = np.ascontiguousarray(x.clip(0, 255).astype(np.uint8))
        edges, _ = cv2.findContours(
            mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE
        )
        cv2.drawContours(x, edges, -1, (0, 255, 0), max(1, x.shape[0] // 200))
        square = cv2.resize(x, (side, side), interpolation=cv2.INTER_AREA)
        if name:
            text = f"{name} {overlap(ways[name].mask > 0.5, mask):.2f} s{ways[name].sure:.2f}"
            cv2.putText(square, text, (3, 12), 0, 0.36, (255, 255, 0), 1, cv2.LINE_AA)
        columns.append(square)
    return np.concatenate(columns, 1)


def main() -> None:
    """Print a line an object and the means."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--stills", type=Path)
    parser.add_argument("--sheet", type=Path, help="a picture of all that was found")
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    net = load_segmenter(chosen.bundle)
    values: dict[str, list[float]] = {way: [] for way in WAYS}
    scores: list[tuple[str, float, float]] = []
    rows = []
    for name, still, masks in (
        given_stills(chosen.stills) if chosen.stills else own_stills()
    ):
        free = by_nothing(net, still)
        for mask in masks:
            ways = find(net, still, mask, free)
            for way, found in ways.items():
                values[way].append(overlap(found.mask > 0.5, mask))
                scores.append((way, found.sure, values[way][-1]))
            if not chosen.quiet:
                print(name, " ".join(f"{w} {v[-1]:.2f}" for w, v in values.items()))
            rows.append(shown(still, mask, ways, 150))
    count = len(values["box"])
    print(
        f"{count} objects:",
        " ".join(f"{w} {np.mean(v):.3f}" for w, v in values.items()),
    )
    for ways in (("box", "loose", "point"), ("nothing",)):
        for least in (0.5, 0.6, 0.7, 0.8, 0.9):
            sure = [iou for way, score, iou in scores if way in ways and score >= least]
            if sure:
                right = np.mean(np.array(sure) >= 0.7)
                print(
                    f"{'/'.join(ways)}: score >= {least}: {len(sure)} sure, {right:.2f} right"
                )
    if chosen.sheet:
        half = (len(rows) + 1) // 2
        blank = np.zeros_like(rows[0])
        rows += [blank] * (2 * half - len(rows))
        both = [np.concatenate([a, b], 1) for a, b in zip(rows[:half], rows[half:])]
        cv2.imwrite(str(chosen.sheet), np.concatenate(both, 0)[..., ::-1])


if __name__ == "__main__":
    main()
