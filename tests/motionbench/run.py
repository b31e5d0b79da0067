# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""MotionBench: do the objects move as told, and what becomes of the picture?

Every scene goes through the real ffmpeg: a still, the masks of its objects and
their prompts in, a clip out, and once more with mode=plan for the trajectory.
The objects are then tracked in the clip by a tracker that knows neither prompt
nor trajectory. docs/motionbench.md defines the metrics.

    python run.py --out DIR
    python run.py --model small=models/ttm-small --model other=DIR --out DIR
    python run.py --with OTHER/results.json --model new=DIR --out DIR

With --with, rows that an earlier run measured (baselines or models) are taken
from its results, as [LABEL=]results.json of results.py; suites that it has and
this run is not asked for as well.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Protocol

import torch
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from filter import COLOURS, Filter, mask_ids  # noqa: E402
from results import (  # noqa: E402
    BASELINES,
    FROZEN,
    TRUE,
    Rows,
    check,
    read_all,
    report,
    write,
)
from score import ClipScore, score  # noqa: E402
from suites import SUITES, Case, load  # noqa: E402
from tables import Row  # noqa: E402
from tracking import track  # noqa: E402


class Maker(Protocol):
    """What makes clips of scenes: filter.Filter, or the comparisons' ArmModel."""

    @property
    def plans(self) -> bool:
        """Whether it makes a trajectory of masks."""

    def run(self, case: Case, folder: Path, mode: str = "full") -> Tensor:
        """The clip, or with mode "plan" the trajectory: uint8 [F, H, W, 3]."""


def sheet(rows: list[Tensor], path: Path) -> None:
    """Every third frame of clips uint8 [F, H, W, 3], one below the other."""
    lines = [torch.cat(list(row[::3]), 1) for row in rows]
    Image.fromarray(torch.cat(lines, 0).numpy()).save(path)


def painted(ids: Tensor) -> Tensor:
    """Ids uint8 [F, H, W] as colours uint8 [F, H, W, 3]."""
    palette = torch.tensor([(0, 0, 0), *COLOURS], dtype=torch.uint8)
    return palette[ids.long()]


def run_case(
    case: Case, makers: dict[str, Maker], baselines: bool, folder: Path,
    sheets: Path | None,
) -> dict[str, ClipScore]:  # fmt: skip
    """The scores of one scene, by row."""
    true_paths = track(case.video, case.masks)
    out: dict[str, ClipScore] = {}
    if baselines:
        still = case.video[:1].expand_as(case.video)
        ids = case.ids[:1].expand_as(case.ids)
        out[TRUE] = score(case, case.video, case.ids, true_paths, math.nan)
        out[FROZEN] = score(case, still, ids, true_paths, math.nan)
    rows = [case.video]
    for name, maker in makers.items():
        begin = time.monotonic()
        clip = maker.run(case, folder)
        seconds = time.monotonic() - begin
        plan = mask_ids(maker.run(case, folder, "plan")) if maker.plans else None
        out[name] = score(case, clip, plan, true_paths, seconds)
        rows += [clip] if plan is None else [painted(plan), clip]
    if sheets:
        sheet(rows, sheets / f"{case.name}.png")
    return out


def run_suites(
    suites: list[str], limit: int | None, makers: dict[str, Maker], rows: Rows,
    out: Path | None,
) -> None:  # fmt: skip
    """Measures all suites and adds to rows; these and sheets go to out, if any.

    Baselines that rows has already are not measured again. ValueError if rows
    has one of the names, or other scenes.
    """
    if out:
        out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for suite in suites:
            known, cases = rows.setdefault(suite, {}), load(suite, limit)
            fresh = [*(b for b in BASELINES if TRUE not in known), *makers]
            for name in fresh:  # before the work
                check(known, name, [(c.index, c.caption) for c in cases])
            known |= {name: Row(name, suite, []) for name in fresh}
            for case in cases:
                baselines = TRUE in fresh
                scores = run_case(case, makers, baselines, Path(folder), out)
                for name, clip in scores.items():
                    known[name].clips.append(clip)
                print(case.name, case.caption, file=sys.stderr, flush=True)
            if out:  # after every suite, as a run may be long
                write(rows, out)


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
    parser.add_argument("--suites", default=",".join(SUITES), help="of " + str(SUITES))
    parser.add_argument("--with", dest="earlier", metavar="RESULTS",
                        action="append", default=[],
                        help="a results.json whose rows are taken over")  # fmt: skip
    parser.add_argument("--limit", type=int, help="only the first scenes of a suite")
    parser.add_argument("--by", choices=("masks", "prompt"), default="masks",
                        help="how the filter learns of the objects")  # fmt: skip
    parser.add_argument("--options", default="", help="further options of the filter")
    parser.add_argument("--out", type=Path, help="folder for results and sheets")
    chosen = parser.parse_args()
    chosen.suites = [suite for suite in chosen.suites.split(",") if suite]
    unknown = set(chosen.suites) - set(SUITES)
    if unknown:
        parser.error(f"unknown suite {', '.join(sorted(unknown))}; there are {SUITES}")
    if not chosen.ffmpeg.exists():
        parser.error(f"no {chosen.ffmpeg}: run `make ffmpeg`, or say --ffmpeg")
    models = {}
    for text in chosen.model or [f"ttm-small={ROOT / 'models/ttm-small'}"]:
        name, equals, path = text.partition("=")
        if not equals or not (Path(path) / "model_index.json").exists():
            parser.error(f"--model {text}: not NAME=PATH with a bundle at PATH")
        if name in BASELINES or name in models:
            parser.error(f"--model {text}: the name {name} is taken")
        models[name] = Path(path).resolve()
    chosen.models = models
    return chosen


def main() -> None:
    """Command line."""
    chosen = arguments()
    torch.set_num_threads(1)  # the pictures are small
    filters = {
        name: Filter(chosen.ffmpeg, path, chosen.options, chosen.by)
        for name, path in chosen.models.items()
    }
    try:
        rows = read_all(chosen.earlier)
        run_suites(chosen.suites, chosen.limit, filters, rows, chosen.out)
    except ValueError as error:
        raise SystemExit(str(error)) from error
    print(report(rows)[0])


if __name__ == "__main__":
    main()
