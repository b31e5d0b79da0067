# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""results.json: written, read again, and several put together into one table.

    python results.py [LABEL=]DIR/results.json ... [--out DIR]

Prints the tables of all rows that the files have, and writes them as
results.md and results.json. With a label, the file's models are called that;
one that has several gets "label: model".
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "models" / "train")]

from score import ClipScore, ObjectScore  # noqa: E402
from tables import (  # noqa: E402
    Row,
    class_table,
    measure,
    paper_tables,
    suite_tables,
)

TRUE, FROZEN = "true clips", "frozen still"
BASELINES = (TRUE, FROZEN)

Rows = dict[str, dict[str, Row]]  # by suite and name


def without_nan(value: Any) -> Any:
    """The value with None for nan, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def read(path: Path) -> Rows:
    """The rows of the results.json of another run; ValueError if it is none."""
    data = json.loads(path.read_text())
    clips = data.get("clips", {}) if isinstance(data, dict) else {}
    if not clips or any(TRUE not in named for named in clips.values()):
        raise ValueError(f"{path}: not the results.json of a run, which has {TRUE!r}")

    def restored(kind: type, values: dict[str, Any]) -> Any:
        floats = {f.name for f in fields(kind) if f.type == "float"}
        return kind(
            **{
                key: math.nan if value is None and key in floats else value
                for key, value in values.items()
            }
        )

    out: Rows = {}
    for suite, named in clips.items():
        for name, scores in named.items():
            row = Row(name, suite, [])
            for values in scores:
                objects = [restored(ObjectScore, o) for o in values["objects"]]
                row.clips.append(restored(ClipScore, values | {"objects": objects}))
            out.setdefault(suite, {})[name] = row
    return out


def labelled(rows: Rows, label: str) -> Rows:
    """The rows with their models (not the baselines) called after a label."""
    models = {name for named in rows.values() for name in named} - set(BASELINES)
    new = {m: label if len(models) == 1 else f"{label}: {m}" for m in models}
    return {
        suite: {
            new.get(name, name): Row(new.get(name, name), suite, row.clips)
            for name, row in named.items()
        }
        for suite, named in rows.items()
    }


def check(known: dict[str, Row], name: str, scenes: list[tuple[int, str]]) -> None:
    """ValueError if a row of these scenes (index, caption) does not go to known."""
    if name in known and name not in BASELINES:
        raise ValueError(f"there is a row {name!r} already; put LABEL= before a path")
    for other in known.values():
        if scenes != [(clip.index, clip.caption) for clip in other.clips]:
            raise ValueError(
                f"suite {other.suite}: {name!r} is of other scenes than {other.name!r}"
            )


def add(rows: Rows, more: Rows) -> None:
    """Puts more into rows; of baselines that both have, those of rows stay.

    ValueError if both have a row, or have different scenes of a suite.
    """
    for suite, named in more.items():
        known = rows.setdefault(suite, {})
        for name, row in named.items():
            check(known, name, [(clip.index, clip.caption) for clip in row.clips])
        rows[suite] = known | {n: r for n, r in named.items() if n not in known}


def read_all(texts: list[str]) -> Rows:
    """The rows of all files, each given as PATH or LABEL=PATH."""
    rows: Rows = {}
    for text in texts:
        label, equals, path = text.partition("=")
        if not equals:
            label, path = "", text
        if not Path(path).is_file():
            raise ValueError(f"{text}: no results.json at {path}")
        more = read(Path(path))
        try:
            add(rows, labelled(more, label) if label else more)
        except ValueError as error:
            raise ValueError(f"{text}: {error}") from error
    return rows


def report(rows: Rows) -> tuple[str, dict[str, Any]]:
    """Markdown and JSON of all rows."""
    table = {
        suite: {name: measure(row, named[TRUE]) for name, row in named.items()}
        for suite, named in rows.items()
    }
    lines = paper_tables(table)
    for suite, values in table.items():
        truth = rows[suite][TRUE]
        lines += suite_tables(suite, values, len(truth.clips), len(truth.objects))
    names = {name: None for named in rows.values() for name in named}
    for name in names:
        if name not in BASELINES:
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


def write(rows: Rows, folder: Path) -> str:
    """results.md and results.json in the folder; returns the former's text."""
    text, data = report(rows)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text(text)
    (folder / "results.json").write_text(json.dumps(without_nan(data), indent=1))
    return text


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", nargs="+", metavar="[LABEL=]results.json")
    parser.add_argument("--out", type=Path, help="folder for the common results")
    chosen = parser.parse_args()
    try:
        rows = read_all(chosen.results)
    except ValueError as error:
        parser.error(str(error))
    print(write(rows, chosen.out) if chosen.out else report(rows)[0])


if __name__ == "__main__":
    main()
