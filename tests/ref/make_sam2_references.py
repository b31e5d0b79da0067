# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/sam2: a tiny Sam2Model of transformers with the values that PyTorch computes,
for tests/nets, as make_net_references.py does for other networks. Run it from anywhere:

    python3 tests/ref/make_sam2_references.py

A run of the decoder also has "scores" and "object", and what the whole model gives from the
picture on: "several" and "several_scores" for multimask_output, "single" without.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "check"))

from record import Recorder, versions  # noqa: E402
from sam2 import (  # noqa: E402
    Hints,
    prompts,
    random_sam2,
    record_sam2_runs,
    sam2_config,
    watch_sam2,
)

SEED = 300
# windows that are padded, a block with global attention, a background that is no square
BACKBONE = {
    "image_size": 32,
    "blocks_per_stage": [1, 2, 3, 1],
    "embed_dim_per_stage": [8, 12, 16, 24],
    "num_attention_heads_per_stage": [1, 2, 2, 3],
    "window_size_per_stage": [4, 2, 6, 3],
    "global_attention_blocks": [4],
    "window_positional_embedding_background_size": [3, 5],
}
DECODER = {
    "mlp_dim": 24,
    "num_attention_heads": 2,
    "iou_head_hidden_dim": 12,
}
RUNS: dict[str, Hints] = {
    "point": [(11.5, 20.25, 1)],
    "box": [(3.0, 6.0, 2), (25.5, 31.0, 3)],
    "many": [(11.5, 20.5, 1), (30.0, 2.0, 0), (3.0, 6.0, 2), (25.5, 31.0, 3)],
}


def main() -> None:
    torch.set_num_threads(1)
    model = random_sam2(sam2_config(BACKBONE, 16, DECODER, {}), SEED)
    model.half().float()  # as the file holds them
    r = Recorder(ROOT / "nets" / "sam2", "segmenter", "transformers", model)
    watch_sam2(r, model)

    def whole(picture: Tensor, name: str, hints: Hints) -> None:
        """The model's own way from a picture to masks, in f64."""
        model.double()
        points, labels = prompts(hints, torch.float64)
        for several in (True, False):
            out = model(
                pixel_values=picture.double(),
                input_points=points,
                input_labels=labels,
                multimask_output=several,
            )
            kind = "several" if several else "single"
            r.run = name
            r.put(kind, out.pred_masks[:, 0])
            r.put(f"{kind}_scores", out.iou_scores[0])
        model.float()

    with torch.no_grad():
        record_sam2_runs(r, model, SEED, {"encode": RUNS}, whole)
    for name in [k for k in r.tensors if "/node/" in k]:
        if "layer_norm" in name or name.startswith(("point/", "box/")):
            del r.tensors[name]
    r.save(dtype=torch.float16)
    path = r.folder / "reference" / "config.json"
    runs = json.loads(path.read_text())["runs"]
    for run in runs:
        run.pop("layers")
        errors = run.pop("errors")
        for precision in ("bf16", "f16"):
            run[f"{precision}_error"] = round(errors[precision], 6)
    path.write_text(json.dumps({"runs": runs, "versions": versions()}, indent=1) + "\n")
    for name in ("model_index.json", "segmenter/config.json"):
        path = r.folder / name
        path.write_text(json.dumps(json.loads(path.read_text()), indent=1) + "\n")


if __name__ == "__main__":
    main()
