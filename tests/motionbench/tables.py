# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Sums the scores of clips up and prints them as Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from intervals import bootstrap, summary, wilson
from motion import frechet
from score import ClipScore, ObjectScore

GOALS = {
    "single": {"binding": ">= 0.97"},
    "multi": {"binding": ">= 0.92"},
    "any": {
        "trajectory_iou": ">= 0.75",
        "background_psnr": ">= 35",
        "colour_drift": "< 3",
        "magnitude_ratio": "1",
    },
}
# Metric, its heading and decimals; the first tables are laid out like the
# paper's, which have FVD, CF, ViCLIP-T, ViCLIP-V and AD.
PAPER = (
    ("frechet", "FD", 1),
    ("consistency", "CF", 3),
    ("binding", "T: binding", 3),
    ("colour_drift", "V: ΔE00", 2),
    ("displacement", "AD", 3),
)
MOTION = (
    ("binding", "binding", 3),
    ("swap_rate", "swap rate", 3),
    ("plan_binding", "binding, stage 1", 3),
    ("size_kept", "size kept", 3),
    ("trajectory_iou", "trajectory IoU", 3),
    ("centroid_error", "centroid error, %", 2),
    ("magnitude_ratio", "magnitude ratio", 2),
)
LOOKS = (
    ("colour_drift", "colour drift, ΔE00", 2),
    ("shape_drift", "shape drift", 3),
    ("background_psnr", "background, dB", 1),
    ("uncovered_psnr", "uncovered, dB", 1),
    ("first_frame_psnr", "first frame, dB", 1),
    ("seconds", "s a clip", 1),
)

Value = tuple[float, float, float]  # with the ends of its interval


@dataclass
class Row:
    """All clips of one suite by one model or baseline."""

    name: str
    suite: str
    clips: list[ClipScore]

    @property
    def objects(self) -> list[ObjectScore]:
        return [item for clip in self.clips for item in clip.objects]


def _rate(flags: list[bool]) -> Value:
    hits = sum(flags)
    low, high = wilson(hits, len(flags))
    return (hits / len(flags) if flags else math.nan, low, high)


def _by_scene(row: Row, name: str) -> Value:
    """Mean over objects; the bootstrap draws scenes, whose objects go together."""
    lists = [[getattr(o, name) for o in clip.objects] for clip in row.clips]
    lists = [[v for v in values if not math.isnan(v)] for values in lists]
    sums = np.array([sum(values) for values in lists], float)
    counts = np.array([len(values) for values in lists], float)
    if not counts.sum():
        return (math.nan, math.nan, math.nan)

    def mean(index: np.ndarray) -> float:
        count = counts[index].sum()
        return float(sums[index].sum() / count) if count else math.nan

    return (mean(np.arange(len(lists))), *bootstrap(len(lists), mean))


def _frechet(row: Row, truth: Row) -> Value:
    ours = [np.array([o.features for o in clip.objects]) for clip in row.clips]
    theirs = np.concatenate(
        [np.array([o.features for o in clip.objects]) for clip in truth.clips]
    )

    def distance(index: np.ndarray) -> float:
        return frechet(np.concatenate([ours[i] for i in index]), theirs)

    low, high = bootstrap(len(ours), distance, 300)
    return (distance(np.arange(len(ours))), low, high)


def measure(row: Row, truth: Row) -> dict[str, Value]:
    """Every metric of a row; truth is the row of the true clips."""
    objects = row.objects
    out: dict[str, Value] = {
        "binding": _rate([o.as_told for o in objects if o.as_told is not None]),
        "swap_rate": _rate([o.swapped for o in objects if o.swapped is not None]),
        "plan_binding": _rate(
            [o.plan_as_told for o in objects if o.plan_as_told is not None]
        ),
        "size_kept": _rate([o.size_kept for o in objects if o.size_kept is not None]),
        "frechet": _frechet(row, truth),
    }
    for name in ("trajectory_iou", "magnitude_ratio", "colour_drift", "shape_drift"):
        out[name] = _by_scene(row, name)
    error = _by_scene(row, "centroid_error")
    out["centroid_error"] = (100 * error[0], 100 * error[1], 100 * error[2])
    # Decibels have a ceiling, so their median is meant.
    statistics: dict[str, Callable[[np.ndarray], Any]] = {
        "background_psnr": np.median,
        "uncovered_psnr": np.median,
        "first_frame_psnr": np.median,
        "consistency": np.mean,
        "displacement": np.mean,
        "seconds": np.median,
    }
    for name, function in statistics.items():
        out[name] = summary([getattr(c, name) for c in row.clips], function)
    return out


def _cell(value: Value, digits: int, interval: bool = True) -> str:
    if math.isnan(value[0]):
        return "-"
    text = f"{value[0]:.{digits}f}"
    if interval and not math.isnan(value[1]):
        text += f" ({value[1]:.{digits}f} to {value[2]:.{digits}f})"
    return text


def _table(heading: list[str], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def paper_tables(table: dict[str, dict[str, dict[str, Value]]]) -> list[str]:
    """For single and multi each: FD CF T V AD, a row a model."""
    lines = []
    for suite in ("single", "multi"):
        body = [
            [name, *(_cell(values[key], digits) for key, _, digits in PAPER)]
            for name, values in table.get(suite, {}).items()
        ]
        if body:
            lines += _table([suite, *(title for _, title, _ in PAPER)], body)
    return lines


def suite_tables(
    suite: str, rows: dict[str, dict[str, Value]], clips: int, objects: int
) -> list[str]:
    """The metrics of one suite with their intervals, and the goals."""
    lines = [f"### {suite}: {clips} scenes, {objects} objects", ""]
    for columns in (MOTION, LOOKS):
        body = [
            [name, *(_cell(values[key], digits) for key, _, digits in columns)]
            for name, values in rows.items()
        ]
        goals = GOALS["any"] | GOALS.get(suite, {})
        if suite in GOALS and any(key in goals for key, _, _ in columns):
            body.append(["goal", *(goals.get(key, "") for key, _, _ in columns)])
        lines += _table(["", *(title for _, title, _ in columns)], body)
    return lines


def class_table(rows: list[Row], truth: list[Row]) -> list[str]:
    """Binding by motion class, over all suites of one model."""
    ours = [o for row in rows for o in row.objects]
    true = [o for row in truth for o in row.objects]
    body = []
    for verb in sorted({o.verb for o in ours}):
        told = [o.as_told for o in ours if o.verb == verb]
        value = _rate([flag for flag in told if flag is not None])
        planned = [o.plan_as_told for o in ours if o.verb == verb]
        known = [o.as_told for o in true if o.verb == verb]
        ceiling = _rate([flag for flag in known if flag is not None])
        iou = [o.trajectory_iou for o in ours if o.verb == verb]
        body.append(
            [
                verb, str(len(iou)), _cell(value, 3),
                _cell(_rate([p for p in planned if p is not None]), 3, False),
                _cell(ceiling, 3, False),
                _cell(summary(iou), 2, False),
            ]
        )  # fmt: skip
    return _table(
        ["motion class", "objects", "binding", "stage 1", "true clips",
         "trajectory IoU"], body
    )  # fmt: skip
