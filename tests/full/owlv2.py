# SPDX-License-Identifier: LGPL-2.1-or-later
"""OWLv2 at the size of owlv2-base-patch16 (and its ensemble, which has the same
configuration) here and in transformers: agreement, seconds, memory.

    python3 owlv2.py FOLDER --program FORWARD [--device cpu vulkan:0]

FOLDER/detector is what Owlv2ForObjectDetection saves with random weights (620 MB) and the
tokenizer of tests/ref/detector, so that the option detector takes it too; it is made where
it is missing. FORWARD is tests/full/forward (`make full-size` builds it).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import Owlv2Config, Owlv2ForObjectDetection

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "ref" / "check"), str(ROOT / "tests" / "ref")]

from full_size import begin, memory, print_time  # noqa: E402
from make_owlv2_references import patches  # noqa: E402
from record import randomise  # noqa: E402

SIDE, PATCH = 960, 16
WEIGHTS = "diffusion_pytorch_model.safetensors"
DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
OUTPUTS = ("out", "out/shift", "out/scale", "out/boxes", "out/objectness")


def picture() -> Tensor:
    generator = torch.Generator().manual_seed(960)
    return torch.randn((1, 3, SIDE, SIDE), generator=generator)


def heads(model: Owlv2ForObjectDetection) -> dict[str, Tensor]:
    """What the heads say of every place."""
    with torch.no_grad():
        feats = model.image_embedder(picture().to(model.dtype))[0]
        feats = feats.reshape(-1, feats.shape[-1])
        values = (
            model.class_head.dense0(feats),
            model.class_head.logit_shift(feats),
            model.class_head.logit_scale(feats),
            model.box_head(feats),
            model.objectness_head(feats),
        )
    return dict(zip(OUTPUTS, values))


def make(folder: Path) -> None:
    config = Owlv2Config(vision_config={"image_size": SIDE, "patch_size": PATCH})
    model = randomise(Owlv2ForObjectDetection(config), 1)
    part = folder / "detector"
    model.save_pretrained(part)
    tiny = ROOT / "tests" / "ref" / "detector" / "colours"
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json"):
        shutil.copy(tiny / name, part)
    steps = json.loads((tiny / "preprocessor_config.json").read_text())
    steps["size"] = {"height": SIDE, "width": SIDE}
    (part / "preprocessor_config.json").write_text(json.dumps(steps))
    reference = folder / "reference"
    reference.mkdir(exist_ok=True)
    stored = {f"run/{k}": v.contiguous() for k, v in heads(model).items()}
    stored["run/in/patches"] = patches(picture(), PATCH).contiguous()
    save_file(stored, str(reference / WEIGHTS))
    case = {"net": "detector", "runs": [{"name": "run", "graph": "picture"}]}
    (reference / "config.json").write_text(json.dumps(case))
    index = {
        "detector": ["transformers", "Owlv2ForObjectDetection"],
        "reference": ["ttm", "Reference"],
    }
    (folder / "model_index.json").write_text(json.dumps(index))


def run_torch(folder: Path, precision: str, forwards: int) -> None:
    """Prints what tests/full/forward prints, for transformers."""
    start = begin()
    model = Owlv2ForObjectDetection.from_pretrained(
        folder / "detector", dtype=DTYPES[precision]
    )
    print_time("load", start)
    out = {}
    for i in range(forwards):
        start = begin()
        out = heads(model)
        print_time("forward" if i else "first", start)
    memory()
    expected = load_file(folder / "reference" / WEIGHTS)
    for key, value in out.items():
        wanted = expected[f"run/{key}"].double()
        error = (value.double() - wanted).norm() / wanted.norm()
        print("_".join(["error", *key.split("/")[1:]]), f"{error:.3e}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", type=Path)
    parser.add_argument("--device", nargs="+", default=["cpu"])
    parser.add_argument("--precision", nargs="+", default=["f32", "bf16"])
    parser.add_argument("--forwards", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--torch", help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.torch:
        run_torch(options.folder, options.torch, options.forwards + 1)
        return 0
    if not (options.folder / "model_index.json").exists():
        make(options.folder)
    forwards, threads = str(options.forwards + 1), str(options.threads)
    for precision in options.precision:
        calls = {
            device: [options.program, options.folder, device, precision, threads, forwards]
            for device in options.device
        }
        calls["transformers"] = [
            sys.executable, __file__, options.folder, "--torch", precision,
            "--forwards", str(options.forwards), "--threads", threads,
        ]  # fmt: skip
        for name, call in calls.items():
            result = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)
            values = ", ".join(result.stdout.split("\n")[:-1])
            print(f"{precision} {name}: {values}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
