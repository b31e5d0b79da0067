# SPDX-License-Identifier: CC0-1.0
"""What all training programs share: schedule, EMA, log, checkpoints, colours."""

from __future__ import annotations

import copy
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Colours of object ids 1 to 16 in colour-coded masks; 0 is black.
PALETTE = (
    "000000 ff0000 00ff00 0000ff ffff00 ff00ff 00ffff ff8000 8000ff ffffff"
    " 0080ff 80ff00 ff0080 804000 008040 808080 400080"
).split()
COLOURS = (
    torch.tensor([[int(c[i : i + 2], 16) for i in (0, 2, 4)] for c in PALETTE]) / 127.5
    - 1
)  # [17, 3] in [-1, 1]
TRAINED_COLOURS = 8  # training permutes objects among the first so many


def choose_device(name: str = "auto") -> torch.device:
    """The device called name; "auto" is CUDA where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def half(device: torch.device | str) -> torch.autocast:
    """Matrix products and convolutions in bfloat16 on that device.

    In f32 on a CPU whose convolutions in bfloat16 take a hundred times as long.
    """
    kind = torch.device(device).type
    fast = kind != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(kind, torch.bfloat16, enabled=fast)


def numbers(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of random numbers on a device."""
    return torch.Generator(device).manual_seed(seed)


def paint_ids(ids: Tensor, colours: Tensor) -> Tensor:
    """Colour-coded masks [B, F, 3, H, W] in [-1, 1] of ids [B, F, H, W].

    colours [B, L + 1] holds the palette entry of each id (0 for background).
    """
    b, f, h, w = ids.shape
    table = COLOURS.to(ids.device)[colours]  # [B, L + 1, 3]
    flat = ids.reshape(b, -1, 1).long().expand(-1, -1, 3)
    return table.gather(1, flat).view(b, f, h, w, 3).permute(0, 1, 4, 2, 3)


def draw_colours(
    batch: int,
    objects: int,
    generator: torch.Generator,
    among: int = TRAINED_COLOURS,
) -> Tensor:
    """A random palette entry of the first `among` for each object, [B, L + 1], where
    the generator is."""
    device = generator.device
    keys = torch.rand(batch, among, generator=generator, device=device)
    chosen = keys.argsort(1)[:, :objects] + 1
    return F.pad(chosen, (1, 0))


def images(video: Tensor) -> Tensor:
    """uint8 [..., H, W, 3] to float [..., 3, H, W] in [-1, 1]."""
    return (video.float() / 127.5 - 1).movedim(-1, -3)


class Schedule:
    """Progress from 0 to 1 by steps, or sooner by a limit of wall time."""

    def __init__(self, steps: int, minutes: float, spent: float = 0.0):
        self.steps, self.seconds = steps, minutes * 60
        self.start = time.time() - spent

    @property
    def elapsed(self) -> float:
        return time.time() - self.start

    def progress(self, step: int) -> float:
        by_time = self.elapsed / self.seconds if self.seconds else 0.0
        return min(1.0, max(step / self.steps, by_time))

    def eta(self, step: int) -> float:
        p = self.progress(step)
        return self.elapsed * (1 - p) / max(p, 1e-6)


def learning_rate(peak: float, step: int, progress: float, hold: float) -> float:
    """Warm-up, constant until `hold`, then a cosine down to 2 % of the peak."""
    rate = peak * min(1.0, (step + 1) / 100)
    if progress > hold:
        late = (progress - hold) / (1 - hold)
        rate *= 0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * late))
    return rate


class Ema:
    """Moving average of a module's parameters."""

    def __init__(self, module: nn.Module, decay: float = 0.998):
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        mine, theirs = list(self.module.parameters()), list(module.parameters())
        torch._foreach_lerp_(mine, theirs, 1 - decay)


class Log:
    """One JSON object a line in a file, and the same in words on stdout."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a")

    def __call__(self, **values: Any) -> None:
        record = {"time": time.strftime("%H:%M:%S"), **values}
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()
        words = [
            f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}"
            for k, v in record.items()
        ]
        print(" ".join(words), file=sys.stdout, flush=True)


class Muon(torch.optim.Optimizer):
    """Momentum orthogonalised by Newton-Schulz iterations, for matrices.

    Convolution kernels count as [out, in * k * k]. The update is scaled to the
    root mean square that AdamW has, so that both take the same learning rate.
    """

    def __init__(self, params: list[Tensor], lr: float, momentum: float = 0.95):
        super().__init__([{"params": params}], {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(p)
                state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(state["momentum"], group["momentum"])
                flat = update.reshape(p.shape[0], -1)
                scale = 0.2 * max(flat.shape) ** 0.5
                update = _orthogonal(flat).reshape(p.shape)
                p.mul_(1 - group["lr"] * 0.01)
                p.add_(update, alpha=-group["lr"] * scale)


def _orthogonal(m: Tensor) -> Tensor:
    """About U V^T of the singular value decomposition, in five iterations."""
    x = m.bfloat16()
    wide = x.shape[0] <= x.shape[1]
    x = x if wide else x.T
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x if wide else x.T).float()


class Workers:
    """Processes that train together: each has one thread and its own data.

    One thread each and one exchange a step keep small machines busier than
    one process with many threads, above all when other programs run too.
    Set by the environment (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT).
    """

    def __init__(self) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        if self.count > 1:
            torch.distributed.init_process_group("gloo")  # CPUs only

    def average(self, params: list[Tensor]) -> None:
        """Averages gradients over the processes."""
        if self.count == 1:
            return
        grads = [p.grad for p in params if p.grad is not None]
        flat = torch.cat([g.flatten() for g in grads])
        torch.distributed.all_reduce(flat)
        flat /= self.count
        for g, part in zip(grads, flat.split([g.numel() for g in grads])):
            g.copy_(part.view_as(g))

    def agree(self, value: float) -> float:
        """Rank 0's value for all, so that all stop at the same step."""
        if self.count == 1:
            return value
        box = torch.tensor([value], dtype=torch.float64)
        torch.distributed.broadcast(box, 0)
        return float(box)


class Optimizers:
    """Muon for the matrices, fused AdamW for the rest."""

    def __init__(self, modules: list[nn.Module], rate: float):
        matrices, rest = [], []
        for module in modules:
            for name, p in module.named_parameters():
                if not p.requires_grad:
                    continue
                edge = "conv_in" in name or "conv_out" in name or "embed" in name
                (rest if p.ndim < 2 or edge else matrices).append(p)
        self.params = matrices + rest
        self.parts = [
            Muon(matrices, rate),
            torch.optim.AdamW(
                rest, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True
            ),
        ]

    def step(self, rate: float, limit: float = 1.0) -> Tensor:
        """Clips, steps and clears; returns the gradient's norm (on its device).

        Gradients count as zero where their norm is not finite.
        """
        norm = torch.nn.utils.clip_grad_norm_(self.params, limit)
        # No branch on the norm: a GPU would have to be waited for. Clipping
        # has turned all into nan, or into zero and nan.
        for p in self.params:
            if p.grad is not None:
                p.grad.nan_to_num_(0.0, 0.0, 0.0)
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad(set_to_none=True)
        return norm

    def state_dict(self) -> list[dict[str, Any]]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, state: list[dict[str, Any]]) -> None:
        for part, one in zip(self.parts, state):
            part.load_state_dict(one)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Replaces the file only once the new one is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    torch.save(state, temporary)
    os.replace(temporary, path)


def load_checkpoint(
    path: Path, device: torch.device | str = "cpu"
) -> dict[str, Any] | None:
    """The state that save_checkpoint wrote, or None if there is none."""
    if not path.exists():
        return None
    return torch.load(path, map_location=device, weights_only=True)
