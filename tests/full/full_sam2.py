# SPDX-License-Identifier: LGPL-2.1-or-later
"""SAM 2.1 of full size here and in transformers: agreement, seconds, memory.

    python3 full_sam2.py FOLDER --program FORWARD [--model tiny] [--precision f32 bf16]

FOLDER gets a Sam2Model of the published shapes with random weights and what PyTorch makes
of a picture of 1024 x 1024 and of a box. FORWARD is tests/full/forward (`make full-sam2`
builds it and calls this). Both sides run in processes of their own, in turn.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import Sam2Model

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "ref" / "check")]

from full_size import DTYPES, WEIGHTS, begin, print_time, read  # noqa: E402
from sam2 import decode, encode, prompts, random_sam2, sam2_config  # noqa: E402

SIDE = 1024
BOX = [(210.0, 340.0, 2), (700.0, 905.0, 3)]
# facebookresearch/sam2, sam2/configs/sam2.1
SHAPES = {
    "tiny": (96, 1, [1, 2, 7, 2], [5, 7, 9], [8, 4, 14, 7], 7),
    "small": (96, 1, [1, 2, 11, 2], [7, 10, 13], [8, 4, 14, 7], 7),
    "base-plus": (112, 2, [2, 3, 16, 3], [12, 16, 20], [8, 4, 14, 7], 14),
    "large": (144, 2, [2, 6, 36, 4], [23, 33, 43], [8, 4, 16, 8], 7),
}


def make_model(name: str) -> Sam2Model:
    width, heads, blocks, everywhere, windows, background = SHAPES[name]
    backbone = {
        "image_size": SIDE,
        "blocks_per_stage": blocks,
        "embed_dim_per_stage": [width << i for i in range(4)],
        "num_attention_heads_per_stage": [heads << i for i in range(4)],
        "window_size_per_stage": windows,
        "global_attention_blocks": everywhere,
        "window_positional_embedding_background_size": [background] * 2,
    }
    return random_sam2(sam2_config(backbone, 256, {}, {}), 1)


def picture() -> Tensor:
    return torch.randn((1, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(3))


def make_case(folder: Path, graph: str, values: dict[str, Tensor], out: Tensor) -> None:
    case = folder / graph
    (case / "reference").mkdir(parents=True)
    (case / "segmenter").symlink_to((folder / "segmenter").resolve())
    stored = {f"run/in/{k}": v for k, v in values.items()} | {"run/out": out}
    stored = {
        k: (v.permute(0, 2, 3, 1) if v.ndim == 4 else v).float().contiguous()
        for k, v in stored.items()
    }
    run = {"name": "run", "graph": graph, "height": SIDE, "width": SIDE, "points": len(BOX)}
    (case / "reference" / "config.json").write_text(
        json.dumps({"net": "segmenter", "runs": [run]})
    )
    save_file(stored, str(case / "reference" / WEIGHTS))
    index = {"segmenter": ["transformers", "Sam2Model"], "reference": ["ttm", "Reference"]}
    (case / "model_index.json").write_text(json.dumps(index))


def make_cases(folder: Path, name: str) -> None:
    model = make_model(name)
    model.save_pretrained(folder / "segmenter")
    with torch.no_grad():
        features = encode(model, picture())
        masks, _, _ = decode(model, features, BOX)
    make_case(folder, "encoder", {"image": picture()}, features[2])
    points, labels = prompts(BOX, torch.float32)
    inputs = {"points": points[0, 0] + 0.5, "labels": labels[0, 0]}
    inputs |= {f"features.{i}": x for i, x in enumerate(features)}
    make_case(folder, "decoder", inputs, masks)


def run_torch(folder: Path, graph: str, precision: str, forwards: int) -> None:
    """Prints what tests/full/forward prints, for PyTorch."""
    start = begin()
    dtype = DTYPES[precision]
    model = Sam2Model.from_pretrained(folder / "segmenter", dtype=dtype).eval()
    stored = load_file(folder / graph / "reference" / WEIGHTS)
    features = [
        stored[f"run/in/features.{i}"].permute(0, 3, 1, 2).to(dtype)
        for i in range(3 if graph == "decoder" else 0)
    ]
    image = picture().to(dtype)
    print_time("load", start)
    for i in range(forwards):
        start = begin()
        with torch.no_grad():
            if graph == "encoder":
                out = encode(model, image)[2]
            else:
                # two of them, with and without several masks: half of the time counts
                out = decode(model, features, BOX)[0]
        print_time("forward" if i else "first", start)
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    expected = stored["run/out"].double()
    error = (out.permute(0, 2, 3, 1).double() - expected).norm() / expected.norm()
    print(f"error {error:.3e}")


def compare(options: argparse.Namespace, folder: Path, graph: str, precision: str) -> bool:
    forwards = options.forwards + 1
    ours = [options.program, folder / graph, options.device, precision, options.threads, forwards]
    theirs = [sys.executable, __file__, folder, "--torch", graph, precision,
              "--forwards", forwards - 1, "--threads", options.threads]  # fmt: skip
    print(f"{folder.name} {graph} {precision}", flush=True)
    errors = []
    for title, call in (("ttm", ours), ("PyTorch", theirs)):
        side = read([str(x) for x in call])
        halves = 2 if title == "PyTorch" and graph == "decoder" else 1
        time = {
            k: statistics.median(side[k]) / halves for k in ("forward", "forward_cpu")
        }
        opened = side["load"][0] + side.get("prepare", [0])[0]
        print(
            f"  {title:8} open {opened:6.2f} s, forward {time['forward']:7.3f} s,"
            f" of all cores {time['forward_cpu']:7.3f} s,"
            f" peak {max(side['peak']) / 2**30:5.2f} GiB, error {side['error'][0]:.1e}",
            flush=True,
        )
        errors.append(side["error"][0])
    return errors[0] <= (1e-4 if precision == "f32" else 1.25 * errors[1])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--program", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--model", nargs="+", default=["tiny"], choices=list(SHAPES))
    parser.add_argument("--precision", nargs="+", default=["f32", "bf16"])
    parser.add_argument("--forwards", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--torch", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.torch:
        run_torch(options.folder, *options.torch, options.forwards + 1)
        return 0
    results = []
    for name in options.model:
        folder = options.folder / f"sam2-{name}"
        if not (folder / "decoder").is_dir():
            make_cases(folder, name)
        for precision in options.precision:
            for graph in ("encoder", "decoder"):
                results.append(compare(options, folder, graph, precision))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
