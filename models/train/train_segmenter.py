# SPDX-License-Identifier: CC0-1.0
"""Trains the promptable segmenter on the composites of segment_scenes.

    python train_segmenter.py --shards DIR --out DIR [--minutes 160] [--device auto]

The length is a time, not a number of steps, so that a slow machine ends when it
was told to; it goes on where a run before it stopped, or begins with the weights
of --start. The bundle with the moving
average of the weights is written every --every minutes.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import time
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from torch import Tensor

from common import choose_device, half
from segment_scenes.hints import KINDS, Finder, Plane, Points, sample
from segment_still import look
from segmenter import TTMSegmenter, load_segmenter, save_segmenter

SURE = 0.7  # an IoU of that is right
OWN_FROM = 0.2  # of the time: from then on coarse masks are also its own
SMALL = [(128, 128), (128, 96), (96, 128), (112, 128), (128, 112)]
FULL = [(160, 160), (160, 112), (112, 160), (128, 160), (160, 128)]


class Scenes:
    """Scenes of the shards that are there now; more may come while it trains."""

    def __init__(self, folders: list[tuple[Path, float]], rng: Generator):
        self.folders, self.rng = folders, rng
        self.open: dict[Path, tuple[float, np.ndarray]] = {}
        self.looked = -math.inf
        self.files: list[list[Path]] = [[] for _ in folders]

    def _look(self) -> None:
        if time.monotonic() - self.looked < 20:
            return
        self.looked = time.monotonic()
        for k, (folder, _) in enumerate(self.folders):
            files = sorted(folder.glob("shard-*.npy"))
            self.files[k] = [f for f in files if ".new" not in f.name]
        if not any(self.files):
            raise SystemExit(f"no shard-*.npy in {self.folders[0][0]}: draw some first")

    def next(self) -> np.ndarray:
        """A scene [S, S, 4] by chance."""
        self._look()
        odds = np.array([w * bool(f) for (_, w), f in zip(self.folders, self.files)])
        files = self.files[self.rng.choice(len(odds), p=odds / odds.sum())]
        path = files[self.rng.integers(len(files))]
        changed = path.stat().st_mtime
        if path not in self.open or self.open[path][0] != changed:
            self.open[path] = (changed, np.load(path, mmap_mode="r"))
        shard = self.open[path][1]
        return np.asarray(shard[self.rng.integers(len(shard))])


def jittered(rng: Generator, image: np.ndarray) -> np.ndarray:
    """Light and colour a little otherwise each time that a scene is seen."""
    x = image.astype(np.float32) / 255
    if rng.random() < 0.5:
        gain = np.exp(rng.normal(0, 0.08, 3) + rng.normal(0, 0.12))
        x = (x * gain.astype(np.float32) + rng.normal(0, 0.03)).clip(0, 1)
    return x * 2 - 1


def batch(
    scenes: Scenes, rng: Generator, count: int, size: tuple[int, int],
    kinds: dict[str, float] = KINDS, finder: Finder | None = None,
) -> tuple[Tensor, Tensor, Tensor, list[str]]:  # fmt: skip
    """Images, hints and masks in NCHW, channels last, and the kinds of hints."""
    images, hints, masks, names = [], [], [], []
    while len(names) < count:
        one = sample(rng, scenes.next(), size, kinds, finder)
        if one is None:
            continue
        images.append(jittered(rng, one.image))
        hints.append(one.hints)
        masks.append(one.mask[..., None])
        names.append(one.kind)
    planes = [
        torch.from_numpy(np.stack(x)).permute(0, 3, 1, 2)
        for x in (images, hints, masks)
    ]
    return planes[0], planes[1], planes[2], names


def overlap(logits: Tensor, mask: Tensor) -> Tensor:
    """IoU [N] of what is over a half with the mask."""
    a, b = logits > 0, mask > 0.5
    return (a & b).sum((1, 2, 3)) / (a | b).sum((1, 2, 3)).clamp(min=1)


def losses(
    logits: Tensor, score: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy, heavier at the outline; one less the soft IoU; and the
    cross-entropy of the score with whether the mask is right."""
    near = F.max_pool2d(mask, 5, 1, 2) + F.max_pool2d(-mask, 5, 1, 2)
    weight = 1 + 2 * near
    each = F.binary_cross_entropy_with_logits(logits, mask, reduction="none")
    entropy = (each * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3))
    p = logits.sigmoid()
    shared = (p * mask).sum((1, 2, 3))
    iou = 1 - (shared + 1) / ((p + mask - p * mask).sum((1, 2, 3)) + 1)
    right = (overlap(logits, mask) >= SURE).float()
    sure = F.binary_cross_entropy_with_logits(score[:, 0], right)
    return entropy.mean(), iou.mean(), sure


class Training:
    """Network, optimizer, moving average, and the time that it has had."""

    def __init__(self, minutes: float, device: torch.device, peak: float):
        torch.manual_seed(1)
        self.net = TTMSegmenter().to(device, memory_format=torch.channels_last)
        self.mean = TTMSegmenter().to(device)
        self.mean.load_state_dict(self.net.state_dict())
        decayed = [p for p in self.net.parameters() if p.ndim > 1]
        plain = [p for p in self.net.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": 0.02},
                {"params": plain, "weight_decay": 0.0},
            ],
            lr=peak, betas=(0.9, 0.98), fused=True,
        )  # fmt: skip
        self.device, self.peak, self.minutes = device, peak, minutes
        self.step, self.seconds = 0, 0.0

    @property
    def progress(self) -> float:
        """0 .. 1 of the time."""
        return min(1.0, self.seconds / (60 * self.minutes))

    def rate(self) -> float:
        """Warm-up, then half a cosine."""
        warm = min(1.0, (self.step + 1) / 200)
        return (
            self.peak
            * warm
            * (0.02 + 0.98 * (1 + math.cos(math.pi * self.progress)) / 2)
        )

    def advance(
        self, images: Tensor, hints: Tensor, masks: Tensor
    ) -> tuple[list[float], Tensor]:
        """A step; the three losses, and each sample's IoU."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        kind = torch.channels_last
        images, hints, masks = (
            x.to(self.device, memory_format=kind) for x in (images, hints, masks)
        )
        with half(self.device):
            logits, score = self.net(images, hints)
        parts = losses(logits.float(), score.float(), masks)
        self.optimizer.zero_grad(set_to_none=True)
        (parts[0] + parts[1] + 0.1 * parts[2]).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        keep = min(0.998, self.step / (self.step + 20))
        with torch.no_grad():
            ours, theirs = self.mean.parameters(), self.net.parameters()
            torch._foreach_lerp_(list(ours), list(theirs), 1 - keep)
        return [float(p.detach()) for p in parts], overlap(logits.detach(), masks)

    def first_pass(
        self, image: np.ndarray, positive: Points, negative: Points
    ) -> Plane:
        """The mask that the moving average finds in a whole scene."""
        h, w = image.shape[:2]
        return look(self.mean, image, (0, 0, w, h), None, positive, negative).mask

    def begin_with(self, trained: TTMSegmenter) -> None:
        """Its weights instead of random ones."""
        for net in (self.net, self.mean):
            net.load_state_dict(trained.state_dict())

    def save(self, path: Path) -> None:
        """A checkpoint, replaced as a whole."""
        state = {
            "net": self.net.state_dict(), "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step, "seconds": self.seconds,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]


def main() -> None:
    """Train until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shards", type=Path, required=True, help="of segment_scenes")
    parser.add_argument("--also", type=Path, help="shards of photographs as they are")
    parser.add_argument("--also-share", type=float, default=0.15)
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    parser.add_argument("--work", type=Path, required=True, help="for checkpoints")
    parser.add_argument("--minutes", type=float, default=160)
    parser.add_argument("--start", type=Path, help="a folder of trained weights")
    parser.add_argument("--every", type=float, default=10, help="minutes a bundle")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--peak", type=float, default=1.5e-3)
    parser.add_argument("--full-from", type=float, default=0.28)
    parser.add_argument("--device", default="auto")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    chosen.work.mkdir(parents=True, exist_ok=True)
    run = Training(chosen.minutes, choose_device(chosen.device), chosen.peak)
    if chosen.start:
        run.begin_with(load_segmenter(chosen.start))
    checkpoint = chosen.work / "segmenter.pt"
    if checkpoint.exists():
        run.load(checkpoint)
    rng = np.random.default_rng(run.step + 7)
    folders = [(chosen.shards, 1 - chosen.also_share)]
    if chosen.also:
        folders.append((chosen.also, chosen.also_share))
    scenes = Scenes(folders, rng)
    log = (chosen.work / "segmenter.log").open("a")
    sums: dict[str, list[float]] = defaultdict(list)
    saved, last = run.seconds, time.monotonic()
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    while run.progress < 1 and not stop:
        sizes = FULL if run.progress >= chosen.full_from else SMALL
        size = sizes[rng.integers(len(sizes)) if rng.random() < 0.6 else 0]
        finder = run.first_pass if run.progress >= OWN_FROM else None
        *planes, names = batch(scenes, rng, chosen.batch, size, KINDS, finder)
        parts, ious = run.advance(*planes)
        for name, value in zip(("entropy", "iou", "sure"), parts):
            sums[name].append(value)
        for kind, value in zip(names, ious.tolist()):
            sums["IoU " + kind].append(value)
        now = time.monotonic()
        run.seconds, last = run.seconds + now - last, now
        if run.step % 100 == 0:
            said = " ".join(f"{k} {np.mean(v):.3f}" for k, v in sorted(sums.items()))
            line = f"step {run.step} min {run.seconds / 60:.1f} rate {run.rate():.2e} {said}"
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()
            sums.clear()
        if run.seconds - saved > 60 * chosen.every or run.progress >= 1 or stop:
            saved = run.seconds
            save_segmenter(run.mean, chosen.out)
            run.save(checkpoint)


if __name__ == "__main__":
    main()
