# SPDX-License-Identifier: CC0-1.0
"""Trains one stage: image_to_motion or motion_to_video.

Scenes are drawn and encoded as training goes; encoded clips are kept in a ring
and seen a few times with fresh noise, because encoding costs about as much as
a step. The autoencoder comes from the bundle and does not change. The first
stage goes on training the text encoder for its first part ("text_until") and
the second reads it again whenever it has changed, so that both can train side
by side.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor

import scenes
from bundle import (
    STAGES,
    Config,
    build_unet,
    load_config,
    load_text_encoder,
    load_tokenizer,
    load_unet,
    load_vae,
    save_text_encoder,
    save_unet,
    stage_meta,
    token_ids,
)
from common import (
    Ema,
    Log,
    Optimizers,
    Schedule,
    Workers,
    draw_colours,
    images,
    learning_rate,
    load_checkpoint,
    paint_ids,
    save_checkpoint,
)
from masked_attention import Regions
from metrics import evaluate_motion, evaluate_video
from pipeline import Conditions, encode_clip, predict_sample
from trajectory import carry, fit_similarity, refine_ids, regions_of

OBJECTS = scenes.MAX_OBJECTS
Clips = dict[str, Tensor]


class Encoder:
    """Turns scenes into latents, regions and token ids."""

    def __init__(self, config: Config, stage: str, root: Path):
        self.config, self.stage = config, stage
        self.meta = stage_meta(config, stage)
        self.vae = load_vae(root / "vae").to(memory_format=torch.channels_last)
        self.vae.requires_grad_(False)
        self.tokenizer = load_tokenizer(root / "tokenizer")
        self.levels = len(config[stage]["block_out_channels"])

    @torch.no_grad()
    def draw(
        self, clips: int, seed: int, split: str = "train", keep: bool = False
    ) -> Clips:
        """keep adds the pixels, which only the metrics need."""
        batch = scenes.generate(
            clips, self.config["frames"], tuple(self.meta["size"]), seed=seed,
            objects=(1, OBJECTS), split=split,
        )  # fmt: skip
        g = torch.Generator().manual_seed(seed)
        colours = draw_colours(clips, OBJECTS, g)
        video, ids = images(batch.video), batch.ids.long()
        with torch.autocast("cpu", torch.bfloat16):
            if self.stage == "image_to_motion":
                out = self._motion(video[:, 0], ids, colours)
                texts = batch.motion_captions
            else:
                out = self._video(video, ids, colours, g)
                texts = batch.captions
        local = [(p + [""] * OBJECTS)[:OBJECTS] for p in batch.local_prompts]
        out["text"] = token_ids(self.tokenizer, texts)
        flat = token_ids(self.tokenizer, [p for one in local for p in one])
        out["locals"] = flat.view(clips, OBJECTS, -1)
        if keep:
            out |= {"video": video, "ids": batch.ids, "colours": colours}
        return out

    def _motion(self, still: Tensor, ids: Tensor, colours: Tensor) -> Clips:
        target = encode_clip(self.vae, paint_ids(ids, colours))
        return {
            "image": encode_clip(self.vae, still[:, None]),
            "mask": target[:, :1],
            "target": target,
            **self._regions(ids),
            "weight": _cells((ids > 0) | (ids[:, :1] > 0)),
        }

    def _video(
        self, video: Tensor, ids: Tensor, colours: Tensor, g: torch.Generator
    ) -> Clips:
        # Half of the fits see masks as coarse as stage 1's.
        first = ids[:, 0]
        seen = ids
        if torch.rand((), generator=g) < 0.5:
            seen = ids[:, :, 1::2, 1::2].repeat_interleave(2, 2).repeat_interleave(2, 3)
        fit = fit_similarity(first, seen, OBJECTS)
        used = refine_ids(first, seen, fit)
        exact = torch.rand(ids.shape[0], generator=g) < 0.15
        used = torch.where(exact[:, None, None, None], ids, used)
        carried = carry(video[:, 0], first, used, fit)
        parts = [video, paint_ids(used, colours), carried]
        target, mask, moved = (encode_clip(self.vae, p) for p in parts)
        seen_any = (ids > 0) | (used > 0) | (first[:, None] > 0)
        return {
            "image": target[:, :1],
            "mask": mask,
            "carried": moved,
            "target": target,
            **self._regions(used),
            "weight": _cells(seen_any),
        }

    def _regions(self, ids: Tensor) -> Clips:
        h, w = (s // 8 for s in reversed(self.meta["size"]))
        found = regions_of(ids, OBJECTS, (h, w), self.meta, self.levels)
        out = {}
        for level, one in found.items():
            out[f"ids{level}"], out[f"bits{level}"] = one.ids, one.bits
        return out


def _cells(pixels: Tensor) -> Tensor:
    """Loss weight of each latent cell: 4 where any pixel is set, else 1."""
    b, f, h, w = pixels.shape
    cells = pixels.view(b, f, h // 8, 8, w // 8, 8).any(5).any(3)
    return 1.0 + 3.0 * cells.float()


class Ring:
    """The last `size` encoded clips."""

    def __init__(self, size: int):
        self.size, self.data, self.filled, self.at = size, {}, 0, 0

    def add(self, clips: Clips) -> None:
        count = len(clips["text"])
        where = (torch.arange(count) + self.at) % self.size
        for key, value in clips.items():
            if key not in self.data:
                shape = (self.size, *value.shape[1:])
                self.data[key] = torch.zeros(shape, dtype=value.dtype)
            self.data[key][where] = value
        self.at = (self.at + count) % self.size
        self.filled = min(self.filled + count, self.size)

    def draw(self, fresh: Clips, count: int, g: torch.Generator) -> Clips:
        """The fresh clips and older ones, `count` in all."""
        older = count - len(fresh["text"])
        pick = torch.randint(0, self.filled, (older,), generator=g)
        return {k: torch.cat([fresh[k], self.data[k][pick]]) for k in fresh}


def conditions(clips: Clips, meta: Config, levels: int) -> Conditions:
    inputs = {k: clips[k] for k in meta["inputs"] if k != "noise"}
    base = None if meta["residual"] == "none" else inputs[meta["residual"]]
    regions = {
        i: Regions(clips[f"ids{i}"], clips[f"bits{i}"]) for i in range(levels)
    }
    return Conditions(inputs, base, clips["target"][:, :1], regions)


class Stage:
    """The network with its loss."""

    def __init__(self, config: Config, stage: str, root: Path):
        self.config, self.stage = config, stage
        self.meta = stage_meta(config, stage)
        self.training = config[stage]["training"]
        self.levels = len(config[stage]["block_out_channels"])
        self.text_folder = root / "text_encoder"
        self.text_time = 0.0
        self.reload_text()
        tokenizer = load_tokenizer(root / "tokenizer")
        self.empty = token_ids(tokenizer, [""])[0]

    def reload_text(self) -> None:
        """Reads the text encoder if its file is new."""
        changed = (self.text_folder / "model.safetensors").stat().st_mtime
        if changed != self.text_time:
            self.text = load_text_encoder(self.text_folder).requires_grad_(False)
            self.text_time = changed

    def encode_text(self, clips: Clips) -> tuple[Tensor, Tensor]:
        b, objects, length = clips["locals"].shape
        ids = torch.cat([clips["text"], clips["locals"].flatten(0, 1)])
        hidden = self.text(input_ids=ids).last_hidden_state
        return hidden[:b], hidden[b:].reshape(b, objects * length, -1)

    def drop(self, clips: Clips, g: torch.Generator) -> Clips:
        """Leaves out prompts (for guidance, and so that either suffices) or
        the visual conditions of some clips."""
        out = dict(clips)
        u = torch.rand(len(clips["text"]), generator=g)
        no_text, no_locals = u < 0.15, (u < 0.10) | (u > 0.95)
        out["text"] = torch.where(no_text[:, None], self.empty, clips["text"])
        out["locals"] = torch.where(
            no_locals[:, None, None], self.empty, clips["locals"]
        )
        return out

    def loss(self, unet, clips: Clips, g: torch.Generator) -> Tensor:
        target = clips["target"]
        b = target.shape[0]
        text, locals_ = self.encode_text(self.drop(clips, g))
        mean, spread, ones = self.training["times"]
        sigma = torch.sigmoid(mean + spread * torch.randn(b, generator=g))
        sigma = torch.where(torch.rand(b, generator=g) < ones, 1.0, sigma)
        noise = torch.randn(target.shape, generator=g)
        s = sigma.view(b, 1, 1, 1, 1)
        noisy = (1 - s) * target + s * noise
        noisy[:, :1] = target[:, :1]
        cond = conditions(clips, self.meta, self.levels)
        blind = (torch.rand(b, generator=g) < 0.04).view(b, 1, 1, 1, 1)
        cond.inputs = {
            k: torch.where(blind, torch.zeros(()), v) for k, v in cond.inputs.items()
        }
        with torch.autocast("cpu", torch.bfloat16):
            sample = predict_sample(
                unet, self.meta, noisy, sigma, cond, text, locals_
            )
        error = (sample - target)[:, 1:].square().mean(-1)
        knee = self.training.get("huber", 0)
        if knee:
            error = knee * ((error + knee**2).sqrt() - knee)
        weight = clips["weight"][:, 1:]
        return (error * weight).sum() / weight.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--config", default="configs/small.json")
    parser.add_argument("--work", default="work")
    parser.add_argument("--bundle", default="../ttm-small")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument(
        "--resume-bundle", action="store_true", help="start from its weights"
    )
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    workers = Workers()
    config, root, work = load_config(args.config), Path(args.bundle), Path(args.work)
    torch.manual_seed(config["seed"])
    encoder, stage = Encoder(config, args.stage, root), Stage(config, args.stage, root)
    c = stage.training
    start = args.resume_bundle and (root / args.stage / "config.json").exists()
    unet = load_unet(root / args.stage)[0] if start else build_unet(config, args.stage)
    unet.train()
    stage.text.requires_grad_(c["text_until"] > 0)
    modules = [unet, stage.text] if c["text_until"] > 0 else [unet]
    optimizer, ema = Optimizers(modules, c["rate"]), Ema(unet, c["ema"])
    text_ema = Ema(stage.text, c["ema"])
    first, spent = 0, 0.0
    saved = load_checkpoint(work / f"{args.stage}.pt")
    if saved:
        unet.load_state_dict(saved["model"])
        ema.module.load_state_dict(saved["ema"])
        ema.steps = text_ema.steps = saved["step"]
        stage.text.load_state_dict(saved["text"])
        text_ema.module.load_state_dict(saved["text_ema"])
        optimizer.load_state_dict(saved["optimizer"])
        first, spent = saved["step"], saved["spent"]
    log = Log(work / f"{args.stage}.log")
    schedule = Schedule(c["steps"], args.minutes, spent)
    log(parameters=sum(p.numel() for p in unet.parameters()), start=first)
    evaluate = evaluate_motion if args.stage == STAGES[0] else evaluate_video
    ring, step, mean, times = Ring(c["ring"]), first, 0.0, [0.0, 0.0]
    held = None
    while (p := workers.agree(schedule.progress(step))) < 1:
        begin = time.time()
        turn = step * workers.count + workers.rank
        g = torch.Generator().manual_seed(config["seed"] * 7 + turn)
        fresh = c["fresh"] if ring.filled else c["batch"]
        drawn = encoder.draw(fresh, config["seed"] + 1_000_000 + turn)
        ring.add(drawn)
        times[0] += time.time() - begin
        loss = stage.loss(unet, ring.draw(drawn, c["batch"], g), g)
        loss.backward()
        workers.average(optimizer.params)
        rate = learning_rate(c["rate"], step, p, c["hold"])
        norm = optimizer.step(rate)
        ema.update(unet)
        if p < c["text_until"]:
            text_ema.update(stage.text)
        elif c["text_until"] > 0:
            stage.text.load_state_dict(text_ema.module.state_dict())
            stage.text.requires_grad_(False)
        else:
            stage.reload_text()
        times[1] += time.time() - begin
        mean = mean * 0.98 + 0.02 * loss.item() if mean else loss.item()
        step += 1
        if workers.rank:
            continue
        if step % 50 == 0:
            log(
                step=step, eta=schedule.eta(step), rate=rate, norm=norm, loss=mean,
                seconds=times[1] / 50, drawing=times[0] / 50,
            )  # fmt: skip
            times = [0.0, 0.0]
        if step % c["save_every"] == 0 or schedule.progress(step) >= 1:
            if held is None:
                held = encoder.draw(c["held_out"], 77, "held_out", keep=True)
            sheet = work / f"{args.stage}-{step}.png"
            trained, stage.text = stage.text, text_ema.module
            if c["text_until"] == 0:
                stage.text = trained
            log(step=step, **evaluate(ema.module, stage, encoder, held, sheet))
            stage.text = trained
            state = {
                "model": unet.state_dict(),
                "ema": ema.module.state_dict(),
                "text": stage.text.state_dict(),
                "text_ema": text_ema.module.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step,
                "spent": schedule.elapsed,
            }
            save_checkpoint(work / f"{args.stage}.pt", state)
            save_unet(ema.module, stage.meta, root / args.stage)
            if 0 < p < c["text_until"] + 0.1:
                save_text_encoder(text_ema.module, stage.text_folder)


if __name__ == "__main__":
    main()
