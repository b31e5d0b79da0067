# SPDX-License-Identifier: CC0-1.0
"""Trains and measures the paper's comparisons at equal parameters and steps.

The arms of configs/arms.json differ from each other in what they list there
and in nothing else: TI2V in one stage (with the steps of both), masked
attention replaced by the same layers without a mask, and optical flow in place
of masks. All share the autoencoder, tokenizer and text encoder of the bundle
they start from, and arms with the same first stage share that too. Measured
like the filter, by tests/motionbench, on clips of the Python pipeline.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from bundle import (
    STAGES,
    Bundle,
    Config,
    build_unet,
    load_config,
    load_text_encoder,
    load_tokenizer,
    load_unet,
    load_vae,
    save_index,
)
from common import choose_device, half, numbers
from given_trajectory import compare
from pipeline import (
    Conditions,
    decode_clip,
    encode_clip,
    encode_prompts,
    generate,
    resize_ids,
    resize_image,
    sample_stage,
)
from train_stage import train
from trajectory import regions_of

SHARED = ("vae", "tokenizer", "text_encoder")
BASE = "no masked attention"  # what the others are compared with
MOTIONBENCH = Path(__file__).resolve().parents[2] / "tests" / "motionbench"


def merged(base: Config, changes: Config) -> Config:
    """base with changes put over it, dictionaries entry by entry."""
    out = copy.deepcopy(base)
    for key, value in changes.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merged(out[key], value) if both else value
    return out


def arm_config(config: Config, arm: str, seed: int, scale: float = 1) -> Config:
    """The configuration of one arm; scale multiplies the steps."""
    base = {k: v for k, v in config.items() if k != "arms"}
    out = merged(base, config["arms"][arm])
    out["seed"] = base["seed"] + seed
    for stage in STAGES:
        if out[stage]:
            training = out[stage]["training"]
            training["steps"] = max(1, round(training["steps"] * scale))
    return out


def part_name(config: Config, stage: str) -> str:
    """A name for all stages that are trained in exactly this way."""
    text = json.dumps([config[stage], config["seed"], config["frames"]], sort_keys=True)
    return f"{stage}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def folder_name(arm: str, seed: int) -> str:
    words = "".join(c if c.isalnum() else " " for c in arm.lower()).split()
    return f"{'-'.join(words)}-{seed}"


def prepare(config: Config, start: Path, work: Path) -> Path:
    """Trains what the arm of this configuration lacks; returns its bundle."""
    parts = []
    for stage in STAGES:
        if not config[stage]:
            continue
        part = work / "parts" / part_name(config, stage)
        bundle = part / "bundle"
        if not bundle.exists():
            for name in SHARED:
                shutil.copytree(start / name, bundle / name)
        # Finds its own checkpoint, and nothing to do if it was finished.
        train(stage, config, bundle, part)
        parts.append(bundle / stage)
    return assemble(config, start, parts, work / "bundles")


def assemble(config: Config, start: Path, parts: list[Path], out: Path) -> Path:
    """A bundle in the diffusers layout of shared and trained parts."""
    name = config["name"]
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    for part in [start / shared for shared in SHARED] + parts:
        shutil.copytree(part, folder / part.name)
    save_index(config, folder)
    index = json.loads((folder / "model_index.json").read_text())
    for stage in STAGES:
        if not config[stage]:
            del index[stage]
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    return folder


def load_arm(folder: Path) -> Bundle:
    """A bundle that may lack the first stage."""
    index = json.loads((folder / "model_index.json").read_text())
    loaded = {stage: load_unet(folder / stage) for stage in STAGES if stage in index}
    return Bundle(
        index,
        load_tokenizer(folder / "tokenizer"),
        load_text_encoder(folder / "text_encoder"),
        load_vae(folder / "vae"),
        {stage: unet for stage, (unet, _) in loaded.items()},
        {stage: meta for stage, (_, meta) in loaded.items()},
        json.loads((folder / "scheduler" / "scheduler_config.json").read_text()),
    )


@torch.no_grad()
def without_masks(
    bundle: Bundle,
    still: Tensor,
    masks: Tensor,
    prompt: str,
    motion: str,
    locals_: list[str],
    noise: dict[str, Tensor],
) -> Tensor:
    """A clip [F, 3, H, W] of one stage, or of two with optical flow between.

    masks [H, W] only tell which prompts there are.
    """
    default = bundle.index["ttm"]["defaults"]
    latents: dict[str, Tensor] = {}
    for at, stage in enumerate(STAGES):
        if stage not in bundle.unets:
            continue
        unet, meta = bundle.unets[stage], bundle.metas[stage]
        w, h = meta["size"]
        image = encode_clip(bundle.vae, resize_image(still[None], h, w)[:, None])
        given = {"image": image} | latents
        start = noise[stage][None]
        ids = resize_ids(masks[None], h, w)[:, None].expand(-1, start.shape[1], -1, -1)
        regions = regions_of(
            ids, len(locals_), tuple(image.shape[2:4]), meta, len(unet.down_blocks)
        )
        first = image
        if stage == STAGES[0]:  # no flow yet
            nothing = torch.zeros(1, 1, 3, h, w)
            first = encode_clip(bundle.vae, nothing)
        base = None if meta["residual"] == "none" else given[meta["residual"]]
        text = prompt if stage == STAGES[1] else motion
        x = sample_stage(
            unet, meta, start, Conditions(given, base, first, regions),
            encode_prompts(bundle, [text], [locals_]), default["steps"][at],
            default["guidance"][at], default["image_guidance"][at],
            bundle.scheduler.get("shift_terminal") or 0.0,
        )  # fmt: skip
        if stage == STAGES[0]:
            latents["flow"] = x
    return decode_clip(bundle.vae, x).clamp(-1, 1)[0]


@dataclass
class ArmModel:
    """Makes MotionBench's clips as its filter does, in Python."""

    bundle: Bundle
    painted: Tensor  # uint8 [L + 1, 3] colours of object ids

    @property
    def plans(self) -> bool:
        """Whether there is a trajectory of masks."""
        metas = self.bundle.metas
        return STAGES[0] in metas and metas[STAGES[0]].get("trajectory") != "flow"

    def run(self, case: object, folder: Path, mode: str = "full") -> Tensor:
        """uint8 [F, H, W, 3] of the scene: the clip, or with "plan" its masks."""
        frames, height, width, _ = case.video.shape
        still = (case.video[0].float() / 127.5 - 1).permute(2, 0, 1)
        masks = case.ids[0].long()
        channels, noise = self.bundle.vae.config.latent_channels, {}
        for at, (stage, meta) in enumerate(self.bundle.metas.items()):
            w, h = (s // 8 for s in meta["size"])
            noise[stage] = torch.randn(
                frames, h, w, channels, generator=numbers(2 * case.index + at)
            )
        with half("cpu"):
            if self.plans:
                made = generate(
                    self.bundle, still, masks, case.caption, case.motion,
                    case.prompts, tuple(noise.values()),
                )  # fmt: skip
                video = made.video
                if mode == "plan":
                    ids = resize_ids(made.predicted, height, width)
                    return self.painted[ids]
            else:
                video = without_masks(
                    self.bundle, still, masks, case.caption, case.motion,
                    case.prompts, noise,
                )  # fmt: skip
        video = F.interpolate(video.float(), (height, width), mode="bicubic")
        video = ((video.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return video.permute(0, 2, 3, 1)


def measure(
    models: dict[str, Path], suites: list[str], limit: int, out: Path,
    earlier: Path | None = None,
) -> str:  # fmt: skip
    """MotionBench's tables of all bundles, by name, as Markdown; files in out.

    The baselines are taken from the results.json `earlier` if there is one.
    """
    sys.path.insert(0, str(MOTIONBENCH))
    from filter import COLOURS
    from results import Rows, read, write
    from run import BASELINES, run_suites

    painted = torch.tensor([(0, 0, 0), *COLOURS], dtype=torch.uint8)
    makers = {n: ArmModel(load_arm(path), painted) for n, path in models.items()}
    rows: Rows = {}
    if earlier:
        for suite, named in read(earlier).items():
            rows[suite] = {n: row for n, row in named.items() if n in BASELINES}
    run_suites(suites, limit, makers, rows, out)
    return write(rows, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", default="configs/arms.json")
    parser.add_argument("--start", default="../ttm-small", help="bundle to share")
    parser.add_argument("--work", default="work/arms")
    parser.add_argument("--arms", default="", help="names, separated by ';'")
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--scale", type=float, default=1, help="times the steps")
    parser.add_argument("--suites", default="single,multi")
    parser.add_argument("--limit", type=int, default=64, help="scenes of each suite")
    parser.add_argument("--given", type=int, default=96, metavar="SCENES",
                        help="for the second stages given the true trajectory")  # fmt: skip
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--with", dest="earlier", type=Path, metavar="RESULTS",
                        help="a results.json that has the baselines")  # fmt: skip
    parser.add_argument("--out", help="folder for the results (default: --work)")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--dry", action="store_true", help="only list the arms")
    only.add_argument("--train-only", action="store_true", help="measure nothing")
    parser.add_argument("--second-stages", action="store_true",
                        help="only these: they need no first stage to be measured "
                        "given the true trajectory")  # fmt: skip
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    config, start, work = load_config(args.config), Path(args.start), Path(args.work)
    arms = [a.strip() for a in args.arms.split(";") if a.strip()] or list(
        config["arms"]
    )
    unknown = set(arms) - set(config["arms"])
    if unknown:
        parser.error(f"no arms {sorted(unknown)}; there are {list(config['arms'])}")
    models: dict[str, Path] = {}
    two_stages: dict[str, list[tuple[Config, Path]]] = {}
    for seed in range(args.seeds):
        for arm in arms:
            one = arm_config(config, arm, seed, args.scale)
            one["name"] = folder_name(arm, seed)
            if args.second_stages:
                if not one[STAGES[0]]:
                    continue
                one[STAGES[0]] = None
                one["name"] += "-second-stage"
            trained = [stage for stage in STAGES if one[stage]]
            sizes = {
                stage: sum(p.numel() for p in build_unet(one, stage).parameters())
                for stage in trained
            }
            steps = {stage: one[stage]["training"]["steps"] for stage in trained}
            print(json.dumps({"arm": arm, "seed": seed, "parameters": sizes,
                              "steps": steps}), flush=True)  # fmt: skip
            if not args.dry:
                name = arm if args.seeds == 1 else f"{arm}, seed {seed}"
                models[name] = prepare(one, start, work)
                if args.second_stages or len(trained) == 2:
                    two_stages.setdefault(arm, []).append((one, models[name]))
    if models:
        print(f"device of training: {choose_device().type}")
    if models and not args.train_only:
        out = Path(args.out or work)
        suites = [suite for suite in args.suites.split(",") if suite]
        if suites and not args.second_stages:
            print(measure(models, suites, args.limit, out, args.earlier))
        if two_stages and args.given:
            base = BASE if BASE in two_stages else next(iter(two_stages))
            text = compare(two_stages, args.given, base)
            out.mkdir(parents=True, exist_ok=True)
            (out / "given.md").write_text(text)
            print(text)


if __name__ == "__main__":
    main()
