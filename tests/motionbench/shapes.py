# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""MotionBench, shapes: do puppets change their shape as told?

    python shapes.py --out DIR
    python shapes.py --model small=models/ttm-small --model other=DIR --out DIR
    python shapes.py --suite photographs --out DIR

Every scene of the suite "shapes, drawn" (or "shapes, photographs") goes through the real ffmpeg with mode=plan,
and its trajectory is held against the true one. Beside the models stand the true
clips, the frozen still, and a rigid copy: the still's mask moved and scaled as the
true one. docs/motionbench.md defines the measures. Writes shapes.json and shapes.md.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from filter import Filter, mask_ids  # noqa: E402
from intervals import summary, wilson  # noqa: E402
from motion import centroids, mask_track, trajectory_iou  # noqa: E402
from scenes import TRAVELS  # noqa: E402
from shape_measures import (
    foot_slip,
    gait_rhythm,
    same_rhythm,
    shape_score,
)  # noqa: E402
from suites import SCENES, SHAPE_SUITES, Case  # noqa: E402
from results import without_nan  # noqa: E402

TRUE, FROZEN, RIGID = "true clips", "frozen still", "rigid copy"
GAITS = ("walks", "runs", "trots", "gallops")
_NEAR = 0.06  # how far what stays in its place may go, in frame heights


@dataclass
class PuppetScore:
    """Measures of one puppet's masks; None or nan where one does not apply."""

    case: int
    verb: str
    prompt: str
    trajectory_iou: float
    shape_iou: float
    rigid_iou: float  # the shape IoU of a rigid copy
    gain: float  # share of the way from there to the true shape
    place: bool | None  # goes where it should, or stays where it should
    shape: bool  # changes its shape as the true one does
    rhythm: bool | None  # of gaits: the true one's beats
    slip: float  # of gaits

    @property
    def as_told(self) -> bool:
        return self.shape and self.place is not False


def place_as_told(verb: str, masks: Tensor, true: Tensor) -> bool | None:
    """Whether an object's masks [F, H, W] go where they should.

    What travels must have its farthest point within 45 degrees of the true one's and
    at least 0.35 times as far (None where the true one is hardly gone); what acts in
    its place must not go farther than half as far again as the true one does.
    """
    path, due = mask_track(masks).offsets, mask_track(true).offsets
    reach, far = path.norm(dim=1), due.norm(dim=1)
    if verb not in TRAVELS:
        return bool(reach.max() <= max(_NEAR, 1.5 * float(far.max())))
    if far.max() < 0.07:
        return None
    one, other = path[int(reach.argmax())], due[int(far.argmax())]
    along = float(one @ other)
    right = along >= math.sqrt(0.5) * float(one.norm() * other.norm())
    return right and float(one.norm()) >= max(0.07, 0.35 * float(other.norm()))


def rigid_copy(true: Tensor) -> Tensor:
    """The first of masks [F, H, W], moved and scaled to the others' centroids and
    areas."""
    centre, area = centroids(true)
    f, h, w = true.shape
    x, y = torch.arange(w) + 0.5, (torch.arange(h) + 0.5)[:, None]
    out = []
    for t in range(f):
        if not area[t]:
            out.append(torch.zeros_like(true[0]))
            continue
        scale = float((area[t] / area[0].clamp_min(1)).sqrt())
        at = centre[t] * h, centre[0] * h
        from_x = ((x - at[0][0]) / scale + at[1][0]).expand(h, w)
        from_y = ((y - at[0][1]) / scale + at[1][1]).expand(h, w)
        inside = (from_x >= 0) & (from_x < w) & (from_y >= 0) & (from_y < h)
        column = from_x.floor().long().clamp(0, w - 1)
        row = from_y.floor().long().clamp(0, h - 1)
        out.append(true[0][row, column] & inside)
    return torch.stack(out)


def score(case: Case, ids: Tensor) -> list[PuppetScore]:
    """Measures of a trajectory, ids uint8 [F, H, W]."""
    out = []
    for index, verb in enumerate(case.verbs):
        true, masks = case.ids == index + 1, (ids == index + 1).clone()
        masks[0] = true[0]
        told = shape_score(masks, true)
        rhythm, slip = None, math.nan
        if verb in GAITS:
            rhythm = same_rhythm(gait_rhythm(masks), gait_rhythm(true))
            slip = foot_slip(masks)
        out.append(
            PuppetScore(
                case.index, verb, case.prompts[index], trajectory_iou(masks, true),
                told.iou, told.rigid, told.gain, place_as_told(verb, masks, true),
                told.as_told, rhythm, slip,
            )
        )  # fmt: skip
    return out


def _rate(flags: list[bool]) -> str:
    if not flags:
        return "-"
    low, high = wilson(sum(flags), len(flags))
    return f"{sum(flags) / len(flags):.3f} ({low:.3f} to {high:.3f})"


def _mean(values: list[float]) -> str:
    value, low, high = summary(values)
    return "-" if math.isnan(value) else f"{value:.3f} ({low:.3f} to {high:.3f})"


def table(rows: dict[str, list[PuppetScore]]) -> str:
    """All rows as Markdown, with 95 % intervals."""
    heading = ["", "binding", "place", "shape", "trajectory IoU", "shape IoU", "of the way",
               "rhythm", "foot slip"]  # fmt: skip
    lines = ["| " + " | ".join(heading) + " |", "|" + "---|" * len(heading)]
    for name, scores in rows.items():
        cells = [
            name,
            _rate([s.as_told for s in scores]),
            _rate([s.place for s in scores if s.place is not None]),
            _rate([s.shape for s in scores]),
            _mean([s.trajectory_iou for s in scores]),
            _mean([s.shape_iou for s in scores]),
            _mean([s.gain for s in scores]),
            _rate([s.rhythm for s in scores if s.rhythm is not None]),
            _mean([s.slip for s in scores]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ffmpeg", type=Path, default=ROOT / "build/bin/ffmpeg")
    parser.add_argument(
        "--model", action="append", default=[], metavar="NAME=PATH",
        help="a row for this bundle; may be repeated (default: models/ttm-small)",
    )  # fmt: skip
    parser.add_argument("--suite", choices=tuple(SHAPE_SUITES), default="drawn")
    parser.add_argument(
        "--limit", type=int, default=SCENES, help="only the first scenes"
    )
    parser.add_argument("--options", default="", help="further options of the filter")
    parser.add_argument("--out", type=Path, help="folder for the results")
    chosen = parser.parse_args()
    if not chosen.ffmpeg.exists():
        parser.error(f"no {chosen.ffmpeg}: run `make ffmpeg`, or say --ffmpeg")
    models = {}
    for text in chosen.model or [f"ttm-small={ROOT / 'models/ttm-small'}"]:
        name, equals, path = text.partition("=")
        if not equals or not (Path(path) / "model_index.json").exists():
            parser.error(f"--model {text}: not NAME=PATH with a bundle at PATH")
        if name in models or name in (TRUE, FROZEN, RIGID):
            parser.error(f"--model {text}: the name {name} is taken")
        models[name] = Filter(chosen.ffmpeg, Path(path).resolve(), chosen.options)
    chosen.models = models
    return chosen


def main() -> None:
    """Command line."""
    chosen = arguments()
    torch.set_num_threads(1)  # the pictures are small
    rows: dict[str, list[PuppetScore]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for case in SHAPE_SUITES[chosen.suite](chosen.limit):
            still = case.ids[:1].expand_as(case.ids)
            copy = torch.zeros_like(case.ids)
            for index in range(len(case.verbs)):
                copy[rigid_copy(case.ids == index + 1)] = index + 1
            found = {TRUE: case.ids, FROZEN: still, RIGID: copy}
            for name, model in chosen.models.items():
                found[name] = mask_ids(model.run(case, Path(folder), "plan"))
            for name, ids in found.items():
                rows.setdefault(name, []).extend(score(case, ids))
            print(case.name, case.caption, file=sys.stderr, flush=True)
    text = table(rows)
    print(text, end="")
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "shapes.md").write_text(text)
        data = {name: [asdict(s) for s in scores] for name, scores in rows.items()}
        (chosen.out / "shapes.json").write_text(
            json.dumps(without_nan(data), indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
