# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures of measure_shape.py on clips whose adherence is known; needs OpenCV."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

cv2 = pytest.importorskip("cv2")
np = pytest.importorskip("numpy")

import measure_shape  # noqa: E402

SIZE, FRAMES, STEP = 128, 5, 3


def scene(t: int) -> tuple[measure_shape.Image, measure_shape.Image]:
    """Picture and trajectory of frame t: a textured square goes right."""
    noise = np.random.default_rng(3).integers(0, 255, (2, SIZE, SIZE, 3), np.uint8)
    picture, thing = (cv2.GaussianBlur(n, (0, 0), 2) for n in noise)
    picture, thing = picture // 2, thing // 2 + 128
    colours = np.zeros((SIZE, SIZE, 3), np.uint8)
    x = 30 + STEP * t
    picture[40:80, x : x + 40] = thing[40:80, 30:70]
    colours[40:80, x : x + 40] = (75, 25, 230)
    return picture, colours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    case = tmp_path / "cases" / "square"
    case.mkdir(parents=True)
    cv2.imwrite(str(case / "still.png"), scene(0)[0])
    for t in range(FRAMES):
        cv2.imwrite(str(case / f"traj{t:02}.png"), scene(t)[1])
    return tmp_path / "cases"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["measure_shape.py", *words])
    measure_shape.main()


def numbers(line: str) -> list[float]:
    return [float(w.strip(",")) for w in line.split() if w.strip(",")[:2] in ("0.", "1.")]


@pytest.mark.parametrize(("moves", "low", "high"), [(1, 0.9, 1.0), (0, 0.6, 0.75)])
def test_main_prints_what_the_clip_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    moves: int, low: float, high: float,
) -> None:  # fmt: skip
    """A clip that goes along is near 1; one that stands still has the masks' own IoU,
    28 / 52 in the last frame."""
    clip = [scene(moves * t)[0] for t in range(FRAMES)]
    asked = []

    def render(ffmpeg: str, case: Path, options: str, out: Path) -> list:
        asked.append((ffmpeg, case.name, options))
        return clip

    monkeypatch.setattr(measure_shape, "render", render)
    tool = folder.parent / "shapes"
    tool.write_text("#!/bin/sh\nwc -c | sed 's/^/read /'; echo of $*\n")
    tool.chmod(0o755)
    run(monkeypatch, "ffmpeg", str(folder), "--options", "a=1", "--shapes", str(tool))
    lines = capsys.readouterr().out.splitlines()
    assert asked == [("ffmpeg", "square", "a=1")]
    still, moved = numbers(lines[0])
    own = [(40 - STEP * t) / (40 + STEP * t) for t in range(1, FRAMES)]
    assert still == pytest.approx(sum(own) / len(own), abs=0.03)
    assert low < moved <= high
    assert lines[1].split() == ["read", str(FRAMES * SIZE * SIZE)]
    assert lines[2].split() == ["of", str(SIZE), str(SIZE), str(FRAMES), "1"]
    assert lines[3].startswith("mean of 1:")
    assert numbers(lines[3]) == [still, moved]


def test_render_says_what_ffmpeg_said(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho there is no bundle >&2; exit 1\n")
    broken.chmod(0o755)
    with pytest.raises(SystemExit, match="square.*there is no bundle"):
        measure_shape.render(str(broken), folder / "square", "", tmp_path / "clip.mkv")


def test_folders_without_cases(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="there is no case"):
        run(monkeypatch, "ffmpeg", str(tmp_path / "empty"))
    for file in (folder / "square").glob("traj*.png"):
        file.unlink()
    with pytest.raises(SystemExit, match="there is no traj00.png"):
        run(monkeypatch, "ffmpeg", str(folder))
