# SPDX-License-Identifier: CC0-1.0
"""What should stage 1 predict? Plain, tinted and dense masks against optical flow.

The first stages of configs/trajectories.json have equal parameters (but for the input
channels), steps and scenes, and one autoencoder and text encoder, those of the bundle
they start from: it must have been trained on dense colours (configs/dense.json). What
is compared is where each pixel of an object comes from, on held-out scenes most of
whose objects are puppets:

- plain masks: the similarity fit of the predicted masks; tinted ones with their turns;
- dense masks: the predicted places;
- optical flow: itself.

Pixels that a prediction gives to another object, or to none, count as if they had not
moved. Trained stages are kept in the work folder and not trained again.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from pathlib import Path

import torch
from torch import Tensor

import dense
import scenes
from arms import SHARED, arm_config, folder_name
from bundle import Config, load_config, load_unet, write_json
from common import choose_device, half
from encoder import Clips, Encoder
from metrics import fit_origins, foreground_iou, sampled
from pipeline import decode_clip
from stray import drop_stray
from tints import decode_rows, fit_turns, split_rows
from train_stage import Stage, train
from trajectory import decode_ids, fit_similarity

STAGE = "image_to_motion"
OBJECTS = scenes.MAX_OBJECTS


def found_origins(
    kind: str, image: Tensor, clips: Clips
) -> tuple[Tensor, Tensor | None]:
    """Places in the still [B, F, H, W, 2] by a trajectory image [B, F, 3, H, W] of a
    kind, and the ids [B, F, H, W] in it (None of flow)."""
    h, w = image.shape[-2:]
    if kind == "flow":
        moved = image[:, :, :2].movedim(2, -1) * (h / 2)
        return scenes.pixels(h, w, image.device) - moved, None
    first, colours = clips["ids"][:, 0].long(), clips["colours"]
    if kind == "dense":
        ids, places = dense.decode_dense(image, colours)
    elif kind == "tinted":
        ids, levels = split_rows(decode_rows(image, colours))
    else:
        ids = decode_ids(image, colours)
    ids[:, 0] = first
    ids = drop_stray(ids, OBJECTS)
    if kind == "dense":
        places = dense.smooth_positions(ids, places)
        boxes = dense.boxes_of(first, OBJECTS)
        return dense.origins_of(places, ids, boxes), ids
    fit = fit_similarity(first, ids, OBJECTS)
    if kind == "tinted":
        fit.turns = fit_turns(ids, levels, OBJECTS)
    return fit_origins(fit, ids), ids


def measure(kind: str, image: Tensor, clips: Clips) -> dict[str, float]:
    """Mean error of the places of true objects' pixels, in frame heights, that of a
    still, and the masks' IoU (nan of flow)."""
    true = clips["ids"].long()
    origins, ids = found_origins(kind, image, clips)
    here = scenes.pixels(*true.shape[2:], true.device)
    if ids is not None:
        origins = torch.where((ids == true)[..., None], origins, here)
    where = (true > 0)[:, 1:]
    error = [
        float((at - clips["origins"]).norm(dim=-1)[:, 1:][where].mean()) / true.shape[2]
        for at in (origins, here)
    ]
    iou = float("nan") if ids is None else foreground_iou(ids, true, OBJECTS)
    return {"error": error[0], "still": error[1], "iou": iou}


@torch.no_grad()
def measured(config: Config, bundle: Path, clips: int) -> dict[str, float]:
    """The measures of a trained first stage; the same scenes for all arms."""
    device = choose_device()
    encoder, stage = (make(config, STAGE, bundle, device) for make in (Encoder, Stage))
    encoder.origins = True
    held = encoder.draw(clips, 4242, "held_out", keep=True)
    unet = load_unet(bundle / STAGE)[0].to(device)
    latents = sampled(unet, stage, encoder, held, 4, 2.0)
    with half(device):
        image = decode_clip(encoder.vae, latents).clamp(-1, 1)
    return measure(stage.meta.get("trajectory", "masks"), image, held)


def table(results: dict[str, list[dict[str, float]]]) -> str:
    """Means over the seeds, and the least and greatest."""
    lines = [
        "| stage 1 predicts | error of places, % of the height | a still's | IoU |",
        "|---|---|---|---|",
    ]
    for arm, runs in results.items():
        cells = [arm]
        for key, factor in (("error", 100), ("still", 100), ("iou", 1)):
            values = [run[key] * factor for run in runs]
            mean = sum(values) / len(values)
            text = f"{mean:.2f} ({min(values):.2f} to {max(values):.2f})"
            cells.append("-" if math.isnan(mean) else text)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/trajectories.json")
    parser.add_argument("--start", default="work/dense/bundle")
    parser.add_argument("--work", default="work/trajectories")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1, help="of the steps")
    parser.add_argument("--clips", type=int, default=48, help="held out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    config, work = load_config(args.config), Path(args.work)
    results: dict[str, list[dict[str, float]]] = {}
    for arm in config["arms"]:
        for seed in range(args.seeds):
            mine = arm_config(config, arm, seed, args.scale)
            part = work / folder_name(arm, seed)
            for name in SHARED:
                if not (part / "bundle" / name).exists():
                    shutil.copytree(Path(args.start) / name, part / "bundle" / name)
            train(STAGE, mine, part / "bundle", part)
            run = measured(mine, part / "bundle", args.clips)
            results.setdefault(arm, []).append(run)
            print(json.dumps({"arm": arm, "seed": seed} | run), flush=True)
    text = table(results)
    print(text, end="")
    # JSON has no nan.
    kept = {
        arm: [{k: None if math.isnan(v) else v for k, v in run.items()} for run in runs]
        for arm, runs in results.items()
    }
    write_json(work / "results.json", kept)
    (work / "results.md").write_text(text)


if __name__ == "__main__":
    main()
