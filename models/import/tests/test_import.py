# SPDX-License-Identifier: LGPL-2.1-or-later
"""Imported bundles compute what the base models compute; wrong inputs are named.

The checkpoints have random weights, the names and depths of the public ones
and small widths. TTM_FORWARD names the program that runs our networks
(make build/tests/full/forward); `make check` of this folder sets it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from diffusers import (
    AutoencoderKL, MotionAdapter, UNet2DConditionModel, UNetMotionModel,
)  # fmt: skip
from safetensors.torch import load_file, save_file
from torch import Tensor

FOLDER = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(FOLDER))

from import_bundle import STAGES, WEIGHTS, main  # noqa: E402
from make_checkpoints import configurations, make  # noqa: E402

from bundle import load_bundle  # noqa: E402
from masked_attention import Regions, set_regions  # noqa: E402

FRAMES, SIZE, TOKENS, OBJECTS = 2, 16, 7, 2


@pytest.fixture(scope="session")
def source(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    make(folder, configurations(True), True, torch.float32)
    return folder


@pytest.fixture(scope="session")
def bundle(source: Path) -> Path:
    arguments = [source / "sd", source / "adapter", source / "bundle"]
    assert main([*map(str, arguments), "--dtype", "f32"]) == 0
    return source / "bundle"


@pytest.fixture(scope="session")
def base(source: Path) -> UNetMotionModel:
    """What diffusers itself makes of the two."""
    unet = UNet2DConditionModel.from_pretrained(source / "sd" / "unet")
    adapter = MotionAdapter.from_pretrained(source / "adapter")
    return UNetMotionModel.from_unet2d(unet, adapter).eval()


def noise(seed: int, *shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="session")
def values() -> dict[str, Tensor]:
    """Inputs of a forward; the conditions are not zero."""
    return {
        "noise": noise(1, FRAMES, 4, SIZE, SIZE),
        "image": noise(2, 1, 4, SIZE, SIZE),
        "mask": noise(3, FRAMES, 4, SIZE, SIZE),
        "text": noise(4, 1, TOKENS, 48),
        "locals": noise(5, OBJECTS, TOKENS, 48),
        "time": torch.tensor([401.0]),
    }


def frames_first(x: Tensor) -> Tensor:
    """[1, C, F, h, w] to [F, C, h, w] and back."""
    return x[0].transpose(0, 1) if x.ndim == 5 else x.transpose(0, 1)[None]


@pytest.fixture(scope="session")
def expected(base, values) -> Tensor:
    text = values["text"].expand(FRAMES, -1, -1)
    with torch.no_grad():
        out = base(frames_first(values["noise"]), values["time"], text).sample
    return frames_first(out)


def ids(level: int) -> Tensor:
    """[F, h, w]: two objects, one of which moves."""
    side = SIZE >> level
    out = torch.zeros(FRAMES, side, side, dtype=torch.int64)
    for t in range(FRAMES):
        out[t, : side // 2, : side // 2] = 1
        out[t, side // 2 :, t : t + max(side // 4, 1)] = 2
    return out


@pytest.mark.parametrize("stage", STAGES)
def test_equals_the_base_in_torch(bundle, values, expected, stage) -> None:
    loaded = load_bundle_unet(bundle, stage)
    unet, meta = loaded
    assert meta["masked_blocks"] == (0 if stage == STAGES[0] else 6)
    regions = {}
    for level in range(3):
        grid = ids(level)[None]
        bits = torch.stack([grid == i + 1 for i in range(OBJECTS)], -1)
        regions[level] = Regions(grid, bits)
    set_regions(
        unet, meta["masked_blocks"], regions, values["locals"].flatten(0, 1)[None]
    )
    x = torch.cat(
        [values["noise"], values["image"].expand(FRAMES, -1, -1, -1), values["mask"]], 1
    )
    with torch.no_grad():
        out = unet(
            frames_first(x), values["time"], values["text"].expand(FRAMES, -1, -1)
        )
    assert torch.allclose(frames_first(out.sample), expected, atol=1e-5)


def load_bundle_unet(bundle: Path, stage: str):
    from bundle import load_unet

    return load_unet(bundle / stage)


@pytest.mark.parametrize("stage", STAGES)
def test_equals_the_base_in_c(bundle, values, expected, tmp_path, stage) -> None:
    """The same by our networks, on the plain path and the fast one."""
    program = os.environ.get("TTM_FORWARD")
    assert program, "TTM_FORWARD is not set: run `make -C models/import check`"
    stored = {f"run/in/{k}": v for k, v in values.items()}
    if stage == STAGES[1]:
        bits = torch.arange(OBJECTS).repeat_interleave(TOKENS)
        stored["run/in/local_key_sets"] = 1 << bits
        for level in range(3):
            grid = ids(level).flatten()
            stored[f"run/in/regions.{level}"] = grid
            stored[f"run/in/sets.{level}"] = torch.where(
                grid > 0, 1 << (grid - 1).clamp(min=0), 0
            )
    else:
        del stored["run/in/locals"]
    stored["run/out"] = expected
    write_case(tmp_path, bundle, stage, stored)
    for device, limit in (("cpu:reference", 1e-5), ("cpu", 1e-4)):
        result = subprocess.run(
            [program, str(tmp_path), device, "f32", "1", "1"],
            capture_output=True,
            text=True,
        )
        lines = [x.split() for x in result.stdout.splitlines()]
        errors = [float(value) for name, value in lines if name == "error"]
        assert len(errors) == 1 and errors[0] <= limit, result.stdout + result.stderr


def write_case(folder: Path, bundle: Path, stage: str, tensors: dict) -> None:
    (folder / stage).symlink_to(bundle / stage)
    reference = folder / "reference"
    reference.mkdir()
    index = {stage: ["diffusers", "UNetMotionModel"], "reference": ["ttm", "Reference"]}
    (folder / "model_index.json").write_text(json.dumps(index))
    run = {"name": "run", "frames": FRAMES, "height": SIZE, "width": SIZE,
           "tokens": TOKENS, "objects": OBJECTS}  # fmt: skip
    (reference / "config.json").write_text(json.dumps({"net": stage, "runs": [run]}))
    stored = {}
    for name, x in tensors.items():
        x = x.permute(0, 2, 3, 1) if x.ndim == 4 else x
        stored[name] = x.float().contiguous()
    save_file(stored, str(reference / WEIGHTS))


def test_bundle_is_whole(bundle: Path, source: Path) -> None:
    whole = load_bundle(bundle)
    assert whole.index["ttm"]["defaults"]["size"] == [512, 512]
    assert whole.scheduler["_class_name"] == "DDIMScheduler"
    vae = AutoencoderKL.from_pretrained(source / "sd" / "vae")
    assert whole.vae.config.scaling_factor == vae.config.scaling_factor
    for name, value in vae.state_dict().items():
        assert torch.equal(value, whole.vae.state_dict()[name]), name


@pytest.mark.parametrize("suffix", [".safetensors", ".ckpt"])
def test_single_files_give_the_same(bundle, source, tmp_path, suffix) -> None:
    path = source / "sd.safetensors"
    if suffix == ".ckpt":
        path = tmp_path / "sd.ckpt"
        torch.save({"state_dict": load_file(source / "sd.safetensors")}, path)
    arguments = [path, source / "adapter", tmp_path / "b", "--config", source / "sd"]
    assert main([*map(str, arguments), "--dtype", "f32"]) == 0
    files = sorted(p.relative_to(bundle) for p in bundle.rglob("*.safetensors"))
    assert len(files) == 4
    for file in files:
        a, b = load_file(bundle / file), load_file(tmp_path / "b" / file)
        assert a.keys() == b.keys()
        for name in a:
            assert torch.equal(a[name], b[name]), name


class Payload:
    def __reduce__(self):
        return (print, ("this must not run",))


def change(path: Path, function) -> None:
    tensors = load_file(path)
    function(tensors)
    save_file(tensors, str(path), {"format": "pt"})


@pytest.fixture
def copy(source: Path, tmp_path: Path) -> Path:
    """A copy of the checkpoints that a test may damage."""
    subprocess.run(
        ["cp", "-r", source / "sd", source / "adapter", tmp_path], check=True
    )
    return tmp_path


def fails(capsys, *arguments) -> str:
    assert main([str(a) for a in arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("import_bundle: ") and error.count("\n") == 1
    return error


def test_wrong_folders(copy: Path, capsys) -> None:
    sd, adapter, out = copy / "sd", copy / "adapter", copy / "out"
    assert "nothing" in fails(capsys, copy / "nothing", adapter, out)
    assert "nothing" in fails(capsys, sd, copy / "nothing", out)
    assert "model_index.json" in fails(capsys, adapter, adapter, out)
    assert "exists" in fails(capsys, sd, adapter, sd)
    assert "masked_blocks" in fails(capsys, sd, adapter, out, "--masked-blocks", 0, 99)
    (sd / "tokenizer" / "merges.txt").unlink()
    assert "merges.txt" in fails(capsys, sd, adapter, copy / "out2")


def test_wrong_tensors(copy: Path, capsys) -> None:
    sd, adapter = copy / "sd", copy / "adapter"
    path = adapter / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | {"block_out_channels": [32, 64]}))
    assert "adapter" in fails(capsys, sd, adapter, copy / "out")
    path.write_text(json.dumps(config | {"motion_layers_per_block": 1}))
    assert "adapter" in fails(capsys, sd, adapter, copy / "out")
    path.write_text(json.dumps(config))
    (adapter / WEIGHTS).write_text("no tensors")
    assert "adapter" in fails(capsys, sd, adapter, copy / "out")


def test_wrong_single_files(source: Path, tmp_path: Path, capsys) -> None:
    adapter, out, good = source / "adapter", tmp_path / "out", source / "sd.safetensors"
    config = ["--config", source / "sd"]
    assert "--config" in fails(capsys, good, adapter, out)
    other = adapter / WEIGHTS
    assert "original" in fails(capsys, other, adapter, out, *config)
    torch.save({"state_dict": Payload()}, tmp_path / "bad.ckpt")
    error = fails(capsys, tmp_path / "bad.ckpt", adapter, out, *config)
    assert "more than tensors" in error and "must not run" not in error
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(good.read_bytes()[:5000])
    assert "damaged" in fails(capsys, cut, adapter, out, *config)
    fewer = tmp_path / "fewer.safetensors"
    fewer.write_bytes(good.read_bytes())
    key = "cond_stage_model.transformer.text_model.final_layer_norm.weight"
    change(fewer, lambda tensors: tensors.pop(key))
    assert "final_layer_norm" in fails(capsys, fewer, adapter, out, *config)


def test_v_prediction_is_the_papers_schedule(source: Path, tmp_path: Path) -> None:
    arguments = [source / "sd", source / "adapter", tmp_path / "b"]
    assert main([*map(str, arguments), "--prediction", "v_prediction"]) == 0
    path = tmp_path / "b" / "scheduler" / "scheduler_config.json"
    scheduler = json.loads(path.read_text())
    assert scheduler["prediction_type"] == "v_prediction"
    assert scheduler["rescale_betas_zero_snr"]
    for stage in STAGES:
        config = json.loads((tmp_path / "b" / stage / "config.json").read_text())
        assert config["ttm"]["prediction"] == "v_prediction"
