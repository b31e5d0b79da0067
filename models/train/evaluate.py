# SPDX-License-Identifier: CC0-1.0
"""Measures a bundle on held-out scenes: each stage alone, and both together.

Held-out scenes combine shapes, colours and verbs as training never does. The
end-to-end part gives the pipeline the still, its masks and the prompts only.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from torch import Tensor

import scenes
from bundle import STAGES, Bundle, Config, load_bundle, write_json
from common import half, images, numbers
from metrics import (
    save_sheet,
    evaluate_motion,
    evaluate_video,
    foreground_iou,
    moved_as_told,
    psnr,
)
from pipeline import generate
from encoder import Encoder
from train_stage import Stage
from trajectory import fit_similarity

FRAMES = (0, 5, 10, 15)
END_TO_END = "end_to_end"


def bundle_config(bundle: Bundle) -> Config:
    """What Encoder and Stage need to know, read off a bundle."""
    config: Config = {
        "frames": bundle.index["ttm"]["defaults"]["frames"],
        "shift_terminal": bundle.scheduler.get("shift_terminal") or 0.0,
    }
    for stage in STAGES:
        widths = bundle.unets[stage].config.block_out_channels
        config[stage] = dict(bundle.metas[stage])
        config[stage] |= {"block_out_channels": widths, "training": {}}
    return config


def stages_alone(
    bundle: Bundle,
    root: Path,
    clips: int,
    out: Path,
    grid: list[tuple[int, float]],
    stages: list[str],
) -> list[Config]:
    """Every (steps, guidance) of the grid for the stages, on the same clips."""
    config, results = bundle_config(bundle), []
    measures = dict(zip(STAGES, (evaluate_motion, evaluate_video)))
    for stage in stages:
        measure = measures[stage]
        encoder, loss = Encoder(config, stage, root), Stage(config, stage, root)
        held = encoder.draw(clips, 1234, "held_out", keep=True)
        for steps, guidance in grid:
            begin = time.time()
            sheet = out / f"{stage}-{steps}-{guidance:g}.png"
            values = measure(
                bundle.unets[stage], loss, encoder, held, sheet, steps, guidance
            )
            seconds = (time.time() - begin) / clips
            record = {"stage": stage, "steps": steps, "guidance": guidance}
            results.append(record | values | {"seconds_per_clip": seconds})
            print(json.dumps(results[-1]), flush=True)
    return results


def end_to_end(
    bundle: Bundle, clips: int, out: Path, options: dict[str, object], seed: int = 4321
) -> Config:
    """Stills to clips; masks tracked by the pipeline's own trajectory."""
    frames = bundle.index["ttm"]["defaults"]["frames"]
    size = bundle.index["ttm"]["defaults"]["size"]
    batch = scenes.generate(clips, frames, tuple(size), seed=seed, split="held_out")
    video = images(batch.video)
    g = numbers(11)
    channels = bundle.vae.config.latent_channels
    told: list[bool] = []
    by_verb: dict[str, list[bool]] = {}
    sums = {"iou_predicted": 0.0, "iou_used": 0.0, "background_psnr": 0.0}
    rows: list[Tensor] = []
    begin = time.time()
    for b in range(clips):
        noise = tuple(
            torch.randn(frames, s[1] // 8, s[0] // 8, channels, generator=g)
            for s in (bundle.metas[n]["size"] for n in STAGES)
        )
        count = len(batch.local_prompts[b])
        with half(video.device):
            made = generate(
                bundle, video[b, 0], batch.ids[b, 0].long(), batch.captions[b],
                batch.motion_captions[b], batch.local_prompts[b], noise, **options,
            )  # fmt: skip
        true = batch.ids[b : b + 1].long()
        first = true[:, 0]
        here = torch.stack([(first == l + 1).any() for l in range(count)])[None]
        right = moved_as_told(
            fit_similarity(first, made.ids[None], count),
            fit_similarity(first, true, count),
            here,
            size[0],
        )
        told += right
        verbs = [v for v, seen in zip(batch.verbs[b], here[0].tolist()) if seen]
        for verb, good in zip(verbs, right):
            by_verb.setdefault(verb, []).append(good)
        sums["iou_predicted"] += foreground_iou(made.predicted[None], true, count)
        sums["iou_used"] += foreground_iou(made.ids[None], true, count)
        never = (made.ids == 0).all(0) & (first[0] == 0)
        still = video[b, :1].expand_as(made.video)
        where = never.expand(1, frames, -1, -1)
        sums["background_psnr"] += psnr(made.video[None], still[None], where)
        if b < 12:
            pick = list(FRAMES)
            rows.append(torch.cat([video[b, pick], made.video[pick]]))
    save_sheet(rows, out / "end_to_end.png")
    result = {k: v / clips for k, v in sums.items()}
    result["told"] = sum(told) / max(len(told), 1)
    result["told_by_verb"] = {
        v: f"{sum(r)} of {len(r)}" for v, r in sorted(by_verb.items())
    }
    result |= {"objects": len(told), "seconds_per_clip": (time.time() - begin) / clips}
    print(json.dumps(result), flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", default="../ttm-small")
    parser.add_argument("--out", default="work/evaluation")
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--grid", default="1:1,2:1,4:1,4:2", help="steps:guidance,...")
    parser.add_argument("--refine", default="")
    parts = [*STAGES, END_TO_END]
    parser.add_argument("--parts", nargs="+", choices=parts, default=parts)
    args = parser.parse_args()
    torch.set_grad_enabled(False)
    root, out = Path(args.bundle), Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    bundle = load_bundle(root)
    grid = [g.split(":") for g in args.grid.split(",") if g]
    pairs = [(int(s), float(w)) for s, w in grid]
    stages = [part for part in args.parts if part != END_TO_END]
    alone = stages_alone(bundle, root, args.clips, out, pairs, stages)
    results: Config = {"stages": alone}
    options: dict[str, object] = {"refine": args.refine} if args.refine else {}
    if END_TO_END in args.parts:
        results[END_TO_END] = end_to_end(bundle, args.clips, out, options)
    write_json(out / "metrics.json", results)


if __name__ == "__main__":
    main()
