# SPDX-License-Identifier: CC0-1.0
"""The comparisons: equal networks, the masks they see, optical flow."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import arms  # noqa: E402
import scenes  # noqa: E402
from arms import arm_config, folder_name, merged, part_name  # noqa: E402
from bundle import STAGES, build_unet, stage_meta  # noqa: E402
from common import images  # noqa: E402
from encoder import flow_images  # noqa: E402
from given_trajectory import MEASURES, table  # noqa: E402
from train_stage import train  # noqa: E402
from trajectory import regions_of  # noqa: E402

CONFIG = json.loads((ROOT / "configs" / "arms.json").read_text())
ARMS = list(CONFIG["arms"])


def test_networks_are_equal_in_size_and_steps() -> None:
    sizes, steps = set(), set()
    for arm in ARMS:
        config, total = arm_config(CONFIG, arm, 0), 0
        for stage in STAGES:
            if config[stage]:
                unet = build_unet(config, stage)
                sizes.add(sum(p.numel() for p in unet.parameters()))
                total += config[stage]["training"]["steps"]
        steps.add(total)
    assert max(sizes) < 1.005 * min(sizes)
    assert len(steps) == 1


def test_arms_share_what_is_the_same() -> None:
    def parts(stage: str, seed: int) -> dict[str, str]:
        configs = {arm: arm_config(CONFIG, arm, seed) for arm in ARMS}
        return {a: part_name(c, stage) for a, c in configs.items() if c[stage]}

    first, second = (parts(stage, 0) for stage in STAGES)
    masked = [a for a in first if a != "optical flow"]
    assert len(masked) == 4 and len({first[a] for a in masked}) == 1
    assert first["optical flow"] not in {first[a] for a in masked}
    assert len(set(second.values())) == len(ARMS)
    assert not set(second.values()) & set(parts(STAGES[1], 1).values())
    assert len({folder_name(a, s) for a in ARMS for s in (0, 1)}) == 2 * len(ARMS)


def test_scaled_and_merged() -> None:
    whole = arm_config(CONFIG, "both (TTM)", 0)
    tenth = arm_config(CONFIG, "both (TTM)", 0, 0.1)
    for stage in STAGES:
        steps = whole[stage]["training"]["steps"]
        assert tenth[stage]["training"]["steps"] == round(steps / 10)
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}
    assert merged({"a": {"b": 1}}, {"a": None}) == {"a": None}


@pytest.mark.parametrize("arm", [a for a in ARMS if not a.startswith("TI2V")])
def test_who_sees_what(arm: str) -> None:
    # Object 1 left, object 2 right, no object 3; they stay in their halves.
    ids = torch.zeros(1, 2, 64, 64, dtype=torch.long)
    ids[..., 10:30, 4:20], ids[..., 10:30, 40:60] = 1, 2
    meta = stage_meta(arm_config(CONFIG, arm, 0), STAGES[1])
    one = regions_of(ids, 3, (8, 8), meta, 2)[0]
    apart = len(one.ids.unique()) == 3
    assert apart == (arm in ("masked self only", "both (TTM)"))
    assert not one.bits[..., 2].any()
    cross = arm in ("masked cross only", "both (TTM)")
    assert bool(one.bits[..., :2].all()) != cross
    if cross:
        assert not (one.bits[..., 0] & one.bits[..., 1]).any()


def test_flow_leads_back_to_the_first_frame() -> None:
    verbs = ("moves_left", "spins", "grows", "swings", "rolls_right")
    batch = scenes.generate(16, 6, (96, 96), seed=8, objects=(1, 1), verbs=verbs)
    flow, video = flow_images(batch), images(batch.video)
    assert (flow[:, 0].abs() < 1e-5).all() and flow.abs().max() <= 1
    at = (torch.arange(96) + 0.5) / 48 - 1
    grid = torch.stack(torch.meshgrid(at, at, indexing="xy"), -1)
    ratios = []
    for b in range(16):
        # Red and green are twice the shift over the height: a grid's own unit.
        source = grid - flow[b, -1, :2].permute(1, 2, 0)
        back = F.grid_sample(video[b, :1], source[None], align_corners=False)[0]
        inside = batch.ids[b, -1] == 1
        inside &= (source.abs() < 1).all(-1) & (flow[b, -1].abs().amax(0) < 1)
        if inside.sum() < 60:
            continue
        error = (back - video[b, -1])[:, inside].abs().mean()
        still = (video[b, 0] - video[b, -1])[:, inside].abs().mean()
        ratios.append(float(error / still))
        assert (flow[b, -1, :, batch.ids[b, -1] == 0] == 0).all()
    assert len(ratios) > 10 and sum(ratios) / len(ratios) < 0.3, ratios


def test_trained_first_measured_apart_and_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = json.loads(json.dumps(CONFIG))
    for stage in STAGES:
        config[stage]["block_out_channels"] = [32, 32]
        config[stage]["num_attention_heads"] = [1, 1]
        few = {"steps": 1, "batch": 1, "fresh": 1, "held_out": 1, "save_every": 1}
        config[stage]["training"] |= few
    (tmp_path / "arms.json").write_text(json.dumps(config))
    names, work = ("both (TTM)", "optical flow"), tmp_path / "arms"

    def run(*arguments: str) -> None:
        given = ["--config", tmp_path / "arms.json", "--work", work]
        given += ["--start", ROOT.parent / "ttm-small", "--suites", "single"]
        monkeypatch.setattr(sys, "argv", ["arms.py", *map(str, given), *arguments])
        arms.main()

    run("--arms", ";".join(names), "--train-only")
    weights = list(work.glob("parts/*/bundle/*/diffusion_pytorch_model.safetensors"))
    weights = [w for w in weights if w.parent.name in STAGES]
    assert len(weights) == 4 and not list(work.glob("results.*"))
    before = [w.stat().st_mtime_ns for w in weights]
    for index, name in enumerate(names):
        out = tmp_path / str(index)
        known = ["--with", str(tmp_path / "0/results.json")] if index else []
        run(
            "--arms", name, "--limit", "1", "--given", "2", "--out", str(out), *known
        )  # fmt: skip
        assert (out / "single-00.png").exists()
        assert f"| {name} |" in (out / "given.md").read_text()
    assert [w.stat().st_mtime_ns for w in weights] == before
    out = tmp_path / "second"
    run("--second-stages", "--given", "2", "--out", str(out))
    assert len(list(work.glob("parts/*/bundle"))) == 4 + 3
    for index in work.glob("bundles/*-second-stage/model_index.json"):
        assert STAGES[0] not in json.loads(index.read_text())
    lines = (out / "given.md").read_text().splitlines()
    arms_of = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert arms_of[1:6] == ARMS[1:] and not (out / "results.json").exists()
    import results  # arms.measure has put its folder on the path

    paths = [str(tmp_path / str(i) / "results.json") for i in range(len(names))]
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["results.py", *paths])
    results.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| single | FD |")
    assert tuple(line.split("|")[1].strip() for line in lines[4:6]) == names


def test_gains_are_of_the_same_scenes() -> None:
    nan = float("nan")
    base = {"psnr": np.array([20.0, 30.0, 10.0]), "object": np.array([nan, 12.0, 16.0]),
            "uncovered": np.array([nan, nan, nan])}  # fmt: skip
    more = {key: values + 1.5 for key, values in base.items()}
    text = table({"base": [base], "more": [more]}, torch.tensor([1, 2, 3]), "base")
    one, several = (block.splitlines() for block in text.strip().split("\n\n"))
    assert one[0].startswith("| one object, 1 scenes |") and len(several) == 4
    cells = [cell.strip() for cell in several[3].split("|")[1:-1]]
    assert cells[0] == "more" and cells[1].startswith("21.50 (")
    assert cells[2] == "+1.50 (+1.50 to +1.50)"
    assert cells[3].startswith("15.50") and cells[5].startswith("nan")
    assert several[2].split("|")[3].strip() == "-"


def test_gains_are_of_the_same_seeds() -> None:
    def scores(*values: float) -> dict[str, np.ndarray]:
        return {key: np.array(values) for key in MEASURES}

    seeds = {
        "base": [scores(10, 20), scores(14, 24)],
        "more": [scores(11, 21), scores(17, 27)],
        "once": [scores(10, 19)],
    }
    lines = table(seeds, torch.tensor([1, 1]), "base").splitlines()
    base, more, once = (
        [cell.strip() for cell in line.split("|")] for line in lines[2:5]
    )
    assert base[2] == "17.00 (12.00 to 22.00)" and base[3] == "-"
    assert more[2] == "19.00 (14.00 to 24.00)"
    assert more[3] == "+2.00 (+2.00 to +2.00); +1.00, +3.00"
    assert once[3] == "-0.50 (-1.00 to +0.00)"


def test_more_fresh_clips_than_a_batch_has(tmp_path: Path) -> None:
    config = arm_config(CONFIG, "both (TTM)", 0)
    config[STAGES[0]]["training"]["fresh"] = 9
    with pytest.raises(ValueError, match='image_to_motion: "fresh" must be .* 8'):
        train(STAGES[0], config, tmp_path, tmp_path)
