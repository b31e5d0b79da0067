# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes nets/sam2: a tiny Sam2Model of transformers with the values that PyTorch computes,
for tests/nets, as make_net_references.py does for other networks. Run it from anywhere:

    python3 tests/ref/make_sam2_references.py

A run of the decoder also has "scores" and "object", and "figure" and "score": what becomes of
"still", a picture of another size, by transformers' own way from pixels to a mask.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers.image_utils import IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "check"))

from record import Recorder, versions  # noqa: E402
from sam2 import (  # noqa: E402
    Hints,
    prompts,
    random_sam2,
    record_decoder,
    record_encoder,
    sam2_config,
    watch_sam2,
)

SEED = 300
SIDE, WIDTH, HEIGHT = 32, 40, 28
# windows that are padded, a block with global attention, a background that is no square
BACKBONE = {
    "image_size": SIDE,
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
    # the single mask is stable for the box, and not for the many hints
    "dynamic_multimask_stability_delta": 0.02,
    "dynamic_multimask_stability_thresh": 0.93,
}
# in pixels of the still; tests/nets/test_sam2.c has the same
RUNS: dict[str, Hints] = {
    "point": [(14.5, 17.5, 1)],
    "box": [(4, 5, 2), (32, 27, 3)],
    "many": [(14.5, 17.5, 1), (37.5, 1.5, 0), (4, 5, 2), (32, 27, 3)],
}


def draw_still() -> Tensor:
    """[1, 3, HEIGHT, WIDTH] of 0 .. 255: coarse noise, enlarged, and some fine."""
    generator = torch.Generator().manual_seed(SEED)
    coarse = torch.rand((1, 3, 5, 7), generator=generator)
    still = F.interpolate(coarse, (HEIGHT, WIDTH), mode="bilinear")
    still += 0.1 * torch.rand(still.shape, generator=generator)
    return (still * 230).round()


def processed(still: Tensor) -> Tensor:
    """As Sam2ImageProcessor does it, but without its rounding to 8 bits on the way."""
    small = F.interpolate(still.double() / 255, (SIDE, SIDE), mode="bilinear", antialias=True)
    mean, deviation = (
        torch.tensor(x).double().view(1, 3, 1, 1)
        for x in (IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD)
    )
    return (small - mean) / deviation


def stretched(hints: Hints) -> Hints:
    return [(x * SIDE / WIDTH, y * SIDE / HEIGHT, label) for x, y, label in hints]


def main() -> None:
    torch.set_num_threads(1)
    model = random_sam2(sam2_config(BACKBONE, 16, DECODER, {}), SEED)
    model.half().float()  # as the file holds them
    r = Recorder(ROOT / "nets" / "sam2", "segmenter", "transformers", model)
    watch_sam2(r, model)
    still = draw_still()
    picture = processed(still)

    def whole(name: str, hints: Hints) -> None:
        points, labels = prompts(hints, torch.float64)
        model.double()
        out = model(
            pixel_values=picture,
            input_points=points,
            input_labels=labels,
            multimask_output=len(hints) == 1,
        )
        model.float()
        best = out.iou_scores[0, 0].argmax()
        mask = out.pred_masks[:, 0, best][:, None]
        mask = F.interpolate(mask, (HEIGHT, WIDTH), mode="bilinear", align_corners=False)
        r.run = name
        r.put("figure", mask.sigmoid())
        r.put("score", out.iou_scores[0, 0, best][None])

    with torch.no_grad():
        exact = record_encoder(r, model, "encode", picture.float())
        r.put("still", still)
        for name, hints in RUNS.items():
            record_decoder(r, model, name, exact, stretched(hints))
            whole(name, stretched(hints))
    for name in [k for k in r.tensors if "/node/" in k]:
        if (
            "layer_norm" in name
            or "attn.proj" in name
            or name.startswith(("point/", "box/"))
        ):
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
