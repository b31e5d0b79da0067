# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Tables of few and of several results, and results.json there and back."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import motion
import results
from results import FROZEN, TRUE, Rows
from score import ClipScore, ObjectScore
from tables import Row, measure


def clip(suite: str, index: int, as_told: bool = True, value: float = 1) -> ClipScore:
    """A clip of one object; value stands for what is measured of it."""
    features = [value + index + 0.1 * k for k in range(16)]
    thing = ObjectScore(
        "falls", "the cube falls", as_told, None, value, 0.1, None, value, value,
        math.nan, features, [0.0, 0.3],
    )  # fmt: skip
    return ClipScore(
        suite, index, f"scene {index}", 40, math.nan, 60, 0.9, value, math.nan, [thing]
    )


def rows(names: dict[str, bool], suites: tuple[str, ...], count: int = 4) -> Rows:
    """Rows, by name whether their objects do as told; and the baselines."""
    all_names = {TRUE: True, FROZEN: False} | names
    return {
        suite: {
            name: Row(name, suite, [clip(suite, i, told) for i in range(count)])
            for name, told in all_names.items()
        }
        for suite in suites
    }


def lines_of(text: str, begin: str) -> list[list[str]]:
    """The cells of the table whose heading begins so, without the heading."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(begin)) + 2
    end = lines.index("", at)
    return [[c.strip() for c in line.split("|")[1:-1]] for line in lines[at:end]]


def test_frechet_needs_two_vectors() -> None:
    two = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert motion.frechet(two, two) == pytest.approx(0, abs=1e-9)
    assert math.isnan(motion.frechet(two[:1], two))
    assert math.isnan(motion.frechet(two, two[:1]))


def test_a_suite_with_one_object() -> None:
    few = rows({"model": True}, ("single",), count=1)
    values = measure(few["single"]["model"], few["single"][TRUE])
    assert all(math.isnan(v) for v in values["frechet"])
    assert values["binding"][0] == 1 and values["colour_drift"] == (1, 1, 1)
    text, data = results.report(few)
    assert lines_of(text, "| single | FD |")[2][:2] == ["model", "-"]
    assert "### single: 1 scenes, 1 objects" in text
    again = json.loads(json.dumps(results.without_nan(data), allow_nan=False))
    assert again["metrics"]["single"]["model"]["frechet"] == [None] * 3


def test_single_and_multi_apart_with_intervals(tmp_path: Path) -> None:
    arms = {"TI2V, one stage": False, "both (TTM)": True}
    text = results.write(rows(arms, ("single", "multi")), tmp_path / "new")
    assert text == (tmp_path / "new" / "results.md").read_text()
    for suite in ("single", "multi"):
        table = lines_of(text, f"| {suite} | FD | CF | T: binding | V: ΔE00 | AD |")
        assert [row[0] for row in table] == [TRUE, FROZEN, *arms]
        assert [row[3] for row in table[2:]] == [
            "0.000 (0.000 to 0.490)", "1.000 (0.510 to 1.000)",
        ]  # fmt: skip
    assert "### both (TTM): by motion class, all suites" in text


def test_separate_runs_are_put_together(tmp_path: Path) -> None:
    both, ti2v = {"both (TTM)": True}, {"TI2V, one stage": False}
    results.write(rows(both, ("single", "multi")), tmp_path / "a")
    results.write(rows(ti2v, ("single",)), tmp_path / "b")
    paths = [f"{tmp_path}/{name}/results.json" for name in "ab"]
    table = results.read_all(paths)
    assert list(table["single"]) == [TRUE, FROZEN, *both, *ti2v]
    assert list(table["multi"]) == [TRUE, FROZEN, *both]
    whole = results.report(rows(both | ti2v, ("single",)))[0]
    merged = results.report({"single": table["single"]})[0]
    assert merged == whole


def test_labels_rename_models_only(tmp_path: Path) -> None:
    results.write(rows({"x": True}, ("single",)), tmp_path / "x")
    results.write(rows({"x": True, "y": True}, ("single",)), tmp_path / "xy")
    one, two = (f"{tmp_path}/{name}/results.json" for name in ("x", "xy"))
    table = results.read_all([one, f"later={one}", f"two={two}"])
    names = ["x", "later", "two: x", "two: y"]
    assert list(table["single"]) == [TRUE, FROZEN, *names]
    assert [row.name for row in table["single"].values()] == list(table["single"])


def test_what_does_not_go_together(tmp_path: Path) -> None:
    results.write(rows({"x": True}, ("single",)), tmp_path / "x")
    results.write(rows({"y": True}, ("single",), count=3), tmp_path / "y")
    x, y = (f"{tmp_path}/{name}/results.json" for name in "xy")
    with pytest.raises(ValueError, match="row 'x' already"):
        results.read_all([x, x])
    with pytest.raises(ValueError, match="suite single: .* other scenes"):
        results.read_all([x, y])
    with pytest.raises(ValueError, match="no results.json at"):
        results.read_all([f"{tmp_path}/z/results.json"])
    for text in ('{"clips": {"single": {}}}', "[]", "{"):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(ValueError):
            results.read_all([f"{tmp_path}/bad.json"])
