# SPDX-License-Identifier: LGPL-2.1-or-later
"""Networks of full size here and in PyTorch: agreement, seconds, memory.

    python3 full_size.py FOLDER --program FORWARD [--precision f32 bf16]

FOLDER/bundle is what models/import makes of the checkpoints of random weights
by models/import/make_checkpoints.py; both are made where they are missing
(9 GB). FORWARD is tests/full/forward (`make full-size` builds it and calls
this). Both sides run in processes of their own, in turn, `--rounds` times, each
with `--forwards` forwards after a first one; the medians of all are compared.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from diffusers import UNetMotionModel
from safetensors.torch import load_file, save_file
from torch import Tensor

ROOT = Path(__file__).resolve().parents[2]
STAGE = "image_to_motion"
WEIGHTS = "diffusion_pytorch_model.safetensors"
SIDE, TOKENS = 64, 77
DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def make_bundle(folder: Path) -> None:
    tool = ROOT / "models" / "import"
    if not (folder / "bundle").is_dir():
        call = [sys.executable, tool / "make_checkpoints.py", folder]
        subprocess.run(call, check=True)
        parts = [folder / "sd", folder / "adapter", folder / "bundle"]
        call = [sys.executable, tool / "import_bundle.py", *parts]
        subprocess.run(call, check=True)


def inputs(frames: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(frames)

    def noise(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    return {
        "noise": noise(frames, 4, SIDE, SIDE),
        "image": noise(1, 4, SIDE, SIDE),
        "mask": noise(frames, 4, SIDE, SIDE),
        "text": noise(1, TOKENS, 768),
        "time": torch.tensor([401.0]),
    }


def load(folder: Path, dtype: torch.dtype) -> UNetMotionModel:
    """diffusers' class on the bundle's weights, without a copy on the way."""
    part = folder / "bundle" / STAGE
    config = json.loads((part / "config.json").read_text())
    config.pop("ttm")
    with torch.device("meta"):
        unet = UNetMotionModel.from_config(config)
    tensors = load_file(part / WEIGHTS)
    state = {k: tensors.pop(k).to(dtype) for k in list(tensors)}
    unet.load_state_dict(state, assign=True)
    return unet.eval()


def forward(unet: UNetMotionModel, values: dict[str, Tensor]) -> Tensor:
    frames = values["noise"].shape[0]
    image = values["image"].expand(frames, -1, -1, -1)
    x = torch.cat([values["noise"], image, values["mask"]], 1)
    x = x.transpose(0, 1)[None].to(unet.dtype)
    text = values["text"].expand(frames, -1, -1).to(unet.dtype)
    with torch.no_grad():
        return unet(x, values["time"], text).sample[0].transpose(0, 1)


def memory() -> None:
    for line in Path("/proc/self/status").read_text().splitlines():
        for key, name in (("RssAnon:", "anonymous"), ("RssFile:", "file")):
            if line.startswith(key):
                print(name, int(line.split()[1]) * 1024)


def begin() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def print_time(name: str, start: tuple[float, float]) -> None:
    wall, cpu = begin()
    print(f"{name} {wall - start[0]:.4f}\n{name}_cpu {cpu - start[1]:.4f}", flush=True)


def run_torch(folder: Path, precision: str, frames: int, forwards: int) -> None:
    """Prints what tests/full/forward prints, for PyTorch."""
    start = begin()
    unet, values = load(folder, DTYPES[precision]), inputs(frames)
    print_time("load", start)
    for i in range(forwards):
        start = begin()
        out = forward(unet, values)
        print_time("forward" if i else "first", start)
    memory()
    expected = load_file(folder / f"case{frames}" / "reference" / WEIGHTS)["run/out"]
    error = (out.permute(0, 2, 3, 1).double() - expected).norm() / expected.norm()
    print(f"error {error:.3e}")


def make_case(folder: Path, unet: UNetMotionModel, frames: int) -> None:
    """A bundle of the stage and of what PyTorch computes in f32."""
    case = folder / f"case{frames}"
    values = inputs(frames)
    stored = {f"run/in/{k}": v for k, v in values.items()}
    stored["run/out"] = forward(unet, values)
    stored = {
        k: (v.permute(0, 2, 3, 1) if v.ndim == 4 else v).contiguous()
        for k, v in stored.items()
    }
    (case / "reference").mkdir(parents=True)
    (case / STAGE).symlink_to((folder / "bundle" / STAGE).resolve())
    run = {"name": "run", "frames": frames, "height": SIDE, "width": SIDE,
           "tokens": TOKENS, "objects": 0}  # fmt: skip
    config = {"net": STAGE, "runs": [run]}
    (case / "reference" / "config.json").write_text(json.dumps(config))
    save_file(stored, str(case / "reference" / WEIGHTS))
    index = {STAGE: ["diffusers", "UNetMotionModel"], "reference": ["ttm", "Reference"]}
    (case / "model_index.json").write_text(json.dumps(index))


def read(call: list) -> dict[str, list[float]]:
    result = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)
    values: dict[str, list[float]] = {}
    for line in result.stdout.splitlines():
        name, value = line.split()
        values.setdefault(name, []).append(float(value))
    return values


def compare(options: argparse.Namespace, precision: str, frames: int) -> bool:
    folder = options.folder
    case = folder / f"case{frames}"
    threads, forwards = options.threads, options.forwards + 1
    ours = [options.program, case, "cpu", precision, threads, forwards]
    theirs = [sys.executable, __file__, folder, "--torch", precision, frames,
              "--forwards", forwards, "--threads", threads]  # fmt: skip
    sides: list[dict[str, list[float]]] = [{}, {}]
    for _ in range(options.rounds):
        for side, call in zip(sides, (ours, theirs)):
            for name, values in read([str(x) for x in call]).items():
                side.setdefault(name, []).extend(values)
    print(f"{precision}, {frames} frames of {SIDE}x{SIDE} latents")
    for title, side in zip(("ttm", "PyTorch"), sides):
        median = {k: statistics.median(v) for k, v in side.items()}
        gib = {k: max(side[k]) / 2**30 for k in ("anonymous", "file")}
        print(
            f"  {title:8} open {median['load'] + median.get('prepare', 0):6.2f} s,"
            f" forward {median['forward']:6.2f} s,"
            f" of all cores {median['forward_cpu']:6.2f} s,"
            f" own memory {gib['anonymous']:5.2f} GiB, of files {gib['file']:5.2f} GiB,"
            f" error {max(side['error']):.1e}"
        )
    for key, what in (("forward", "clock"), ("forward_cpu", "processor time")):
        mine, other = (statistics.median(s[key]) for s in sides)
        print(f"  ttm is {other / mine:.2f} times as fast by {what}", flush=True)
    errors = [max(s["error"]) for s in sides]
    return errors[0] <= (1e-4 if precision == "f32" else 1.25 * errors[1])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", type=Path)
    parser.add_argument("--precision", nargs="+", default=["f32", "bf16"])
    parser.add_argument("--frames", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--forwards", type=int, default=2)
    parser.add_argument("--threads", type=int, default=0, help="0: one a core")
    parser.add_argument("--torch", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads or torch.get_num_threads())
    if options.torch:
        precision, frames = options.torch
        run_torch(options.folder, precision, int(frames), options.forwards)
        return 0
    make_bundle(options.folder)
    missing = [n for n in options.frames if not (options.folder / f"case{n}").is_dir()]
    if missing:
        unet = load(options.folder, torch.float32)
        for frames in missing:
            make_case(options.folder, unet, frames)
        del unet
    results = [
        compare(options, precision, frames)
        for precision in options.precision
        for frames in options.frames
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
