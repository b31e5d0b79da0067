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
from its results; suites that it has and this run is not asked for as well.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from filter import COLOURS, Filter, mask_ids  # noqa: E402
from score import ClipScore, ObjectScore, score  # noqa: E402
from suites import SUITES, Case, load  # noqa: E402
from tables import Row, class_table, measure, paper_table, suite_tables  # noqa: E402
from tracking import Track, track  # noqa: E402

TRUE, FROZEN = "true clips", "frozen still"


def sheet(rows: list[Tensor], path: Path) -> None:
    """Every third frame of clips uint8 [F, H, W, 3], one below the other."""
    lines = [torch.cat(list(row[::3]), 1) for row in rows]
    Image.fromarray(torch.cat(lines, 0).numpy()).save(path)


def painted(ids: Tensor) -> Tensor:
    """Ids uint8 [F, H, W] as colours uint8 [F, H, W, 3]."""
    palette = torch.tensor([(0, 0, 0), *COLOURS], dtype=torch.uint8)
    return palette[ids.long()]


def run_case(
    case: Case, filters: dict[str, Filter], baselines: bool, folder: Path,
    sheets: Path | None,
) -> dict[str, ClipScore]:  # fmt: skip
    """The scores of one scene, by row."""
    true_paths: list[Track] = [track(case.video, mask) for mask in case.masks]
    out: dict[str, ClipScore] = {}
    if baselines:
        still = case.video[:1].expand_as(case.video)
        ids = case.ids[:1].expand_as(case.ids)
        out[TRUE] = score(case, case.video, case.ids, true_paths, math.nan)
        out[FROZEN] = score(case, still, ids, true_paths, math.nan)
    rows = [case.video]
    for name, ttm in filters.items():
        begin = time.monotonic()
        clip = ttm.run(case, folder)
        seconds = time.monotonic() - begin
        plan = mask_ids(ttm.run(case, folder, "plan")) if ttm.plans else None
        out[name] = score(case, clip, plan, true_paths, seconds)
        rows += [clip] if plan is None else [painted(plan), clip]
    if sheets:
        sheet(rows, sheets / f"{case.name}.png")
    return out


def without_nan(value: Any) -> Any:
    """The value with None for nan, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def earlier(path: Path) -> dict[str, dict[str, Row]]:
    """The rows of the results.json of another run."""
    clips = json.loads(path.read_text())["clips"]

    def restored(kind: type, values: dict[str, Any]) -> Any:
        floats = {f.name for f in fields(kind) if f.type == "float"}
        return kind(
            **{
                key: math.nan if value is None and key in floats else value
                for key, value in values.items()
            }
        )

    out: dict[str, dict[str, Row]] = {}
    for suite, named in clips.items():
        for name, scores in named.items():
            row = Row(name, suite, [])
            for values in scores:
                objects = [restored(ObjectScore, o) for o in values["objects"]]
                row.clips.append(restored(ClipScore, values | {"objects": objects}))
            out.setdefault(suite, {})[name] = row
    return out


def report(rows: dict[str, dict[str, Row]]) -> tuple[str, dict[str, Any]]:
    """Markdown and JSON of rows[suite][name]."""
    table = {
        suite: {name: measure(row, named[TRUE]) for name, row in named.items()}
        for suite, named in rows.items()
    }
    lines = paper_table(table)
    for suite, values in table.items():
        truth = rows[suite][TRUE]
        lines += suite_tables(suite, values, len(truth.clips), len(truth.objects))
    names = {name: None for named in rows.values() for name in named}
    for name in names:
        if name not in (TRUE, FROZEN):
            having = [named for named in rows.values() if name in named]
            lines += [f"### {name}: by motion class, all suites", ""]
            lines += class_table(
                [named[name] for named in having], [named[TRUE] for named in having]
            )
    details = {
        suite: {name: [asdict(clip) for clip in row.clips] for name, row in named.items()}
        for suite, named in rows.items()
    }  # fmt: skip
    return "\n".join(lines), {"metrics": table, "clips": details}


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
    parser.add_argument("--with", type=Path, dest="earlier", metavar="RESULTS",
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
        if name in (TRUE, FROZEN) or name in models:
            parser.error(f"--model {text}: the name {name} is taken")
        models[name] = Path(path).resolve()
    chosen.models = models
    return chosen


def write(rows: dict[str, dict[str, Row]], folder: Path) -> None:
    """results.md and results.json."""
    text, data = report(rows)
    (folder / "results.md").write_text(text)
    (folder / "results.json").write_text(json.dumps(without_nan(data), indent=1))


def main() -> None:
    """Command line."""
    chosen = arguments()
    torch.set_num_threads(1)  # the pictures are small
    filters = {
        name: Filter(chosen.ffmpeg, path, chosen.options, chosen.by)
        for name, path in chosen.models.items()
    }
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
    rows: dict[str, dict[str, Row]] = {}
    for path in chosen.earlier:
        for suite, named in earlier(path).items():
            rows.setdefault(suite, {}).update(named)
    with tempfile.TemporaryDirectory() as folder:
        for suite in chosen.suites:
            known = rows.get(suite, {})
            cases = load(suite, chosen.limit)
            if known and len(next(iter(known.values())).clips) != len(cases):
                raise SystemExit(f"--with: other scenes of suite {suite}")
            fresh: dict[str, Row] = {}
            for case in cases:
                scores = run_case(
                    case, filters, TRUE not in known, Path(folder), chosen.out
                )
                for name, clip in scores.items():
                    fresh.setdefault(name, Row(name, suite, [])).clips.append(clip)
                print(case.name, case.caption, file=sys.stderr)
            rows[suite] = known | fresh
            if chosen.out:  # after every suite, as a run may be long
                write(rows, chosen.out)
    if chosen.out:
        write(rows, chosen.out)
    print(report(rows)[0])


if __name__ == "__main__":
    main()
