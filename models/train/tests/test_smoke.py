# SPDX-License-Identifier: CC0-1.0
"""make smoke trains every part for a few steps; about two minutes of one core."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bundle import STAGES, load_bundle  # noqa: E402

LOGS = ("vae", "text", *STAGES)


def make(goal: str, work: Path) -> str:
    # Not what a make that runs this test was called with.
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    result = subprocess.run(
        ["make", goal, f"PY={sys.executable}", f"SMOKE_WORK={work}", "DEVICE=cpu"],
        cwd=ROOT,
        env=kept | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def records(work: Path, name: str) -> list[dict]:
    lines = (work / f"{name}.log").read_text().splitlines()
    return [json.loads(line) for line in lines]


def digests(work: Path) -> dict[str, str]:
    files = sorted((work / "bundle").rglob("*.safetensors"))
    return {f.parent.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("smoke")
    make("smoke", folder)
    return folder


def test_the_bundle_is_whole(work: Path) -> None:
    bundle = load_bundle(work / "bundle")
    assert set(bundle.unets) == set(STAGES)
    assert bundle.index["ttm"]["name"] == "ttm-smoke"


def test_metrics_are_logged_and_sheets_drawn(work: Path) -> None:
    last = {name: records(work, name) for name in LOGS}
    assert any("psnr_mask_full" in r for r in last["vae"])
    assert any("held_out_verb" in r for r in last["text"])
    assert 0 <= last["image_to_motion"][-1]["iou"] <= 1
    assert last["motion_to_video"][-1]["psnr"] > 5
    for stage in STAGES:
        assert list(work.glob(f"{stage}-*.png"))
    metrics = json.loads((work / "evaluation" / "metrics.json").read_text())
    assert metrics["end_to_end"]["objects"] >= 2
    assert {r["stage"] for r in metrics["stages"]} == set(STAGES)


def test_a_second_run_goes_on_where_the_first_ended(work: Path) -> None:
    before = digests(work)
    assert len(before) == 4
    make("smoke-again", work)
    for stage in STAGES:
        starts = [r["start"] for r in records(work, stage) if "start" in r]
        assert starts == [0, 3], stage
    after = digests(work)
    # Nothing was left to do for these.
    for name in ("text_encoder", *STAGES):
        assert after[name] == before[name], name
