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
from typing import Any

import torch
from torch import Tensor

from bundle import (
    STAGES,
    Config,
    build_unet,
    load_config,
    load_text_encoder,
    load_tokenizer,
    load_unet,
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
    choose_device,
    half,
    learning_rate,
    load_checkpoint,
    numbers,
    save_checkpoint,
)
from masked_attention import Regions
from encoder import Clips, Encoder
from metrics import evaluate_flow, evaluate_motion, evaluate_video
from pipeline import Conditions, predict_sample


class Ring:
    """The last `size` encoded clips."""

    def __init__(self, size: int):
        self.size, self.data, self.filled, self.at = size, {}, 0, 0

    def add(self, clips: Clips) -> None:
        count = len(clips["text"])
        device = clips["text"].device
        where = (torch.arange(count, device=device) + self.at) % self.size
        for key, value in clips.items():
            if key not in self.data:
                shape = (self.size, *value.shape[1:])
                self.data[key] = torch.zeros(shape, dtype=value.dtype, device=device)
            self.data[key][where] = value
        self.at = (self.at + count) % self.size
        self.filled = min(self.filled + count, self.size)

    def draw(self, fresh: Clips, count: int, g: torch.Generator) -> Clips:
        """The fresh clips and older ones, `count` in all."""
        older = count - len(fresh["text"])
        pick = torch.randint(0, self.filled, (older,), generator=g, device=g.device)
        return {k: torch.cat([fresh[k], self.data[k][pick]]) for k in fresh}


def conditions(clips: Clips, meta: Config, levels: int) -> Conditions:
    inputs = {k: clips[k] for k in meta["inputs"] if k != "noise"}
    base = None if meta["residual"] == "none" else inputs[meta["residual"]]
    regions = {i: Regions(clips[f"ids{i}"], clips[f"bits{i}"]) for i in range(levels)}
    return Conditions(inputs, base, clips["target"][:, :1], regions)


class Stage:
    """The network with its loss."""

    def __init__(
        self, config: Config, stage: str, root: Path, device: str | torch.device = "cpu"
    ):
        self.config, self.stage, self.device = config, stage, torch.device(device)
        self.meta = stage_meta(config, stage)
        self.training = config[stage]["training"]
        self.levels = len(config[stage]["block_out_channels"])
        self.text_folder = root / "text_encoder"
        self.text_time = 0.0
        self.reload_text()
        tokenizer = load_tokenizer(root / "tokenizer")
        self.empty = token_ids(tokenizer, [""])[0].to(self.device)

    def reload_text(self) -> None:
        """Reads the text encoder if its file is new."""
        changed = (self.text_folder / "model.safetensors").stat().st_mtime
        if changed != self.text_time:
            self.text = load_text_encoder(self.text_folder).to(self.device)
            self.text.requires_grad_(False)
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
        u = torch.rand(len(clips["text"]), generator=g, device=g.device)
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
        where = {"generator": g, "device": g.device}
        sigma = torch.sigmoid(mean + spread * torch.randn(b, **where))
        sigma = torch.where(torch.rand(b, **where) < ones, 1.0, sigma)
        noise = torch.randn(target.shape, **where)
        s = sigma.view(b, 1, 1, 1, 1)
        noisy = (1 - s) * target + s * noise
        noisy[:, :1] = target[:, :1]
        cond = conditions(clips, self.meta, self.levels)
        blind = (torch.rand(b, **where) < 0.04).view(b, 1, 1, 1, 1)
        cond.inputs = {k: v.masked_fill(blind, 0.0) for k, v in cond.inputs.items()}
        with half(self.device):
            sample = predict_sample(unet, self.meta, noisy, sigma, cond, text, locals_)
        error = (sample - target)[:, 1:].square().mean(-1)
        knee = self.training.get("huber", 0)
        if knee:
            error = knee * ((error + knee**2).sqrt() - knee)
        weight = clips["weight"][:, 1:]
        return (error * weight).sum() / weight.sum()


class Trainer:
    """Everything that a checkpoint holds."""

    def __init__(self, stage: Stage, unet: torch.nn.Module):
        c = stage.training
        self.stage, self.unet, self.step = stage, unet, 0
        self.reads_text = c["text_until"] <= 0
        stage.text.requires_grad_(not self.reads_text)
        modules = [unet] if self.reads_text else [unet, stage.text]
        self.optimizer, self.ema = Optimizers(modules, c["rate"]), Ema(unet, c["ema"])
        self.text_ema = Ema(stage.text, c["ema"])

    def load(self, saved: dict[str, Any]) -> None:
        self.unet.load_state_dict(saved["model"])
        self.ema.module.load_state_dict(saved["ema"])
        self.ema.steps = self.text_ema.steps = self.step = saved["step"]
        self.stage.text.load_state_dict(saved["text"])
        self.text_ema.module.load_state_dict(saved["text_ema"])
        self.optimizer.load_state_dict(saved["optimizer"])

    def state(self, spent: float) -> dict[str, Any]:
        return {
            "model": self.unet.state_dict(),
            "ema": self.ema.module.state_dict(),
            "text": self.stage.text.state_dict(),
            "text_ema": self.text_ema.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "spent": spent,
        }

    def after_step(self, progress: float) -> None:
        """Averages weights; decides which text encoder the next step reads."""
        self.ema.update(self.unet)
        if self.reads_text:
            self.stage.reload_text()
        elif progress < self.stage.training["text_until"]:
            self.text_ema.update(self.stage.text)
        else:
            self.stage.text.load_state_dict(self.text_ema.module.state_dict())
            self.stage.text.requires_grad_(False)

    def evaluate(
        self, encoder: Encoder, held: Clips, sheet: Path | None
    ) -> dict[str, float]:
        """Sampled metrics of the averaged weights."""
        trained = self.stage.text
        if not self.reads_text:
            self.stage.text = self.text_ema.module
        measure = evaluate_video
        if self.stage.stage == "image_to_motion":
            flow = self.stage.meta.get("trajectory") == "flow"
            measure = evaluate_flow if flow else evaluate_motion
        values = measure(self.ema.module, self.stage, encoder, held, sheet)
        self.stage.text = trained
        return values

    def save(self, root: Path) -> None:
        """Puts the averaged weights into the bundle."""
        save_unet(self.ema.module, self.stage.meta, root / self.stage.stage)
        if not self.reads_text:
            save_text_encoder(self.text_ema.module, self.stage.text_folder)


def train(
    name: str,
    config: Config,
    root: Path,
    work: Path,
    minutes: float = 0,
    resume_bundle: bool = False,
    device: torch.device | None = None,
    rate: float = 0,
) -> None:
    """Trains stage name of the bundle at root; checkpoints, log, sheets in work.

    Stops after the configured steps or minutes, of which it may be given fewer. A
    rate replaces the configured one.
    """
    workers, device = Workers(), device or choose_device()
    torch.manual_seed(config["seed"])
    c = config[name]["training"]
    peak = rate or c["rate"]
    if not 1 <= c["fresh"] <= c["batch"]:
        raise ValueError(f'{name}: "fresh" must be from 1 to "batch", {c["batch"]}')
    encoder = Encoder(config, name, root, device)
    stage = Stage(config, name, root, device)
    start = resume_bundle and (root / name / "config.json").exists()
    unet = load_unet(root / name)[0] if start else build_unet(config, name)
    trainer = Trainer(stage, unet.to(device).train())
    spent = 0.0
    saved = load_checkpoint(work / f"{name}.pt", device)
    if saved:
        trainer.load(saved)
        spent = saved["spent"]
    log = Log(work / f"{name}.log")
    schedule = Schedule(c["steps"], minutes or c.get("minutes", 0), spent)
    count = sum(p.numel() for p in unet.parameters())
    log(parameters=count, start=trainer.step, device=device.type)
    ring, held, mean, times = Ring(c["ring"]), None, 0.0, [0.0, 0.0]
    while (p := workers.agree(schedule.progress(trainer.step))) < 1:
        begin = time.time()
        turn = trainer.step * workers.count + workers.rank
        g = numbers(config["seed"] * 7 + turn, device)
        fresh = c["fresh"] if ring.filled else c["batch"]
        drawn = encoder.draw(fresh, config["seed"] + 1_000_000 + turn)
        ring.add(drawn)
        times[0] += time.time() - begin
        loss = stage.loss(unet, ring.draw(drawn, c["batch"], g), g)
        loss.backward()
        workers.average(trainer.optimizer.params)
        rate = learning_rate(peak, trainer.step, p, c["hold"])
        norm = trainer.optimizer.step(rate)
        trainer.after_step(p)
        times[1] += time.time() - begin
        trainer.step += 1
        step = trainer.step
        if workers.rank:
            continue
        if step % 10 == 0:  # reading the loss waits for the device
            mean = mean * 0.82 + 0.18 * loss.item() if mean else loss.item()
        if step % 50 == 0:
            log(
                step=step, eta=schedule.eta(step), rate=rate, norm=float(norm),
                loss=mean, seconds=times[1] / 50, drawing=times[0] / 50,
            )  # fmt: skip
            times = [0.0, 0.0]
        if step % c["save_every"] == 0 or schedule.progress(step) >= 1:
            if held is None:
                held = encoder.draw(c["held_out"], 77, "held_out", keep=True)
            sheet = work / f"{name}-{step}.png"
            log(step=step, **trainer.evaluate(encoder, held, sheet))
            save_checkpoint(work / f"{name}.pt", trainer.state(schedule.elapsed))
            trainer.save(root)


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
    parser.add_argument("--rate", type=float, default=0, help="of learning, at most")
    parser.add_argument("--threads", type=int, default=1, help="on a CPU")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    train(
        args.stage, load_config(args.config), Path(args.bundle), Path(args.work),
        args.minutes, args.resume_bundle, choose_device(args.device),
        args.rate,
    )  # fmt: skip


if __name__ == "__main__":
    main()
