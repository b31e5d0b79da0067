# SPDX-License-Identifier: CC0-1.0
"""Measures second stages apart from first ones: given the true trajectory.

What an arm's first stage gets wrong would hide what masked attention does.
Here every second stage gets the true masks (or the true optical flow) of the
same held-out scenes, and its clips are compared with the true ones, scene by
scene.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bundle import STAGES, Config, load_unet
from encoder import Encoder
from metrics import evaluate_video
from train_stage import Stage

MOTIONBENCH = Path(__file__).resolve().parents[2] / "tests" / "motionbench"
MEASURES = {"psnr": "PSNR", "object": "objects", "uncovered": "uncovered"}
SEED = 4242
Scores = dict[str, np.ndarray]  # of each scene, by measure; nan: not to be told


def scene_scores(config: Config, folder: Path, scenes: int) -> tuple[Scores, Tensor]:
    """PSNRs in dB of every scene, and its number of objects."""
    encoder = Encoder(config, STAGES[1], folder)
    stage = Stage(config, STAGES[1], folder)
    stage.text.eval()
    unet = load_unet(folder / STAGES[1])[0].eval()
    clips = encoder.draw(scenes, SEED, "held_out", keep=True)
    default = config["defaults"]
    found = [
        evaluate_video(
            unet, stage, encoder, {k: v[at : at + 1] for k, v in clips.items()},
            steps=default["steps"][1], guidance=default["guidance"][1],
        )
        for at in range(scenes)
    ]  # fmt: skip
    scores = {key: np.array([one[key] for one in found]) for key in MEASURES}
    for values in scores.values():  # no pixel of a kind, or none that differs
        values[~np.isfinite(values)] = np.nan
    return scores, clips["ids"][:, 0].flatten(1).amax(1)


def table(scores: dict[str, list[Scores]], objects: Tensor, base: str) -> str:
    """Markdown: means with 95 % intervals, and what each gains over `base`.

    scores has an entry for each seed of each arm, in the same order of seeds; `base`
    has all. Means are over scenes and seeds, intervals over the scenes of what their
    seeds average; where there are several, the gain of each is listed, too. Gains
    are of the same scenes and seeds, so their intervals are much narrower.
    """
    sys.path.insert(0, str(MOTIONBENCH))
    from intervals import summary

    lines = []
    kinds = {"one object": objects == 1, "several objects": objects > 1}
    for kind, which in kinds.items():
        chosen = which.cpu().numpy()
        heads = [f"{h}, dB | over {base}" for h in MEASURES.values()]
        lines += [
            f"| {kind}, {int(chosen.sum())} scenes | {' | '.join(heads)} |",
            "|---" * (1 + 2 * len(MEASURES)) + "|",
        ]
        for name, seeds in scores.items():
            cells = []
            for key in MEASURES:
                ours, theirs = (
                    np.stack([values[key][chosen] for values in some])
                    for some in (seeds, scores[base][: len(seeds)])
                )
                mean, low, high = summary(ours.mean(0))
                cells.append(f"{mean:.2f} ({low:.2f} to {high:.2f})")
                gains = ours - theirs
                mean, low, high = summary(gains.mean(0))
                text = f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"
                if len(seeds) > 1:
                    each = [f"{summary(gain)[0]:+.2f}" for gain in gains]
                    text += f"; {', '.join(each)}"
                cells.append("-" if name == base else text)
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


@torch.no_grad()
def compare(arms: dict[str, list[tuple[Config, Path]]], scenes: int, base: str) -> str:
    """The table of arms by name, each with its seeds' configurations and bundles."""
    scores: dict[str, list[Scores]] = {}
    objects = None
    for name, seeds in arms.items():
        scores[name] = []
        for seed, (config, folder) in enumerate(seeds):
            found, objects = scene_scores(config, folder, scenes)
            scores[name].append(found)
            told = f"{name}, seed {seed}: measured, given the true trajectory"
            print(told, file=sys.stderr, flush=True)
    return table(scores, objects, base)
