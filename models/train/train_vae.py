# SPDX-License-Identifier: CC0-1.0
"""Trains the autoencoder on scenes, colour-coded masks and carried images."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

import scenes
from bundle import Config, build_vae, load_config, load_vae, save_vae
from common import (
    TRAINED_COLOURS,
    Ema,
    Log,
    Optimizers,
    Schedule,
    Workers,
    choose_device,
    draw_colours,
    half,
    images,
    learning_rate,
    load_checkpoint,
    numbers,
    paint_ids,
    save_checkpoint,
)
import dense
from tints import REST, SPAN, levels_of, paint_tints


def draw_images(
    count: int,
    edge: int,
    seed: int,
    size: tuple[int, int],
    holes: bool = True,
    device: torch.device | str = "cpu",
    trajectory: str = "masks",
    masks_share: float = 0.3,
    puppets: float = 0.0,
) -> Tensor:
    """[count, 3, edge, edge] in [-1, 1]: half pictures, the rest masks and
    pictures with grey holes (none without `holes`: nothing like them is ever
    decoded); crops of full-size clips and whole small clips. Masks are as stage
    1's trajectory, masks_share is their part; puppets is that of the objects that
    are articulated."""
    g = numbers(seed)
    clips, frames = max(count // 4, 1), 4
    small = bool(torch.rand((), generator=g) < 0.4)
    drawn = (edge, edge) if small else size
    batch = scenes.generate(
        clips, frames, drawn, seed=seed, objects=(1, scenes.MAX_OBJECTS),
        device=device, puppets=puppets, dense=trajectory == "dense",
    )  # fmt: skip
    video = images(batch.video)
    colours = mask_colours(clips, trajectory, g)
    masks = mask_images(batch, colours, trajectory, g)
    roll = torch.rand(clips, frames, generator=g)
    # Holes as carrying leaves them: another frame's objects cut out.
    other = batch.ids.roll(1, 1) if roll[0, 0] < 0.5 else batch.ids.roll(1, 0)
    holed = torch.where((other > 0)[:, :, None], 0.0, video)
    if not holes:
        holed = video
    kind = roll[:, :, None, None, None].to(device)
    mixed = torch.where(
        kind < masks_share, masks, torch.where(kind < masks_share + 0.2, holed, video)
    )
    y = int(torch.randint(0, drawn[1] - edge + 1, (), generator=g))
    x = int(torch.randint(0, drawn[0] - edge + 1, (), generator=g))
    mixed = mixed[..., y : y + edge, x : x + edge]
    return mixed.flatten(0, 1)[:count].contiguous()


def mask_colours(clips: int, trajectory: str, g: torch.Generator) -> Tensor:
    """Palette entries [B, L + 1] that a trajectory of that kind may have."""
    among = dense.OBJECTS if trajectory == "dense" else TRAINED_COLOURS
    return draw_colours(clips, scenes.MAX_OBJECTS, g, among)


def mask_images(
    batch: scenes.SceneBatch,
    colours: Tensor,
    trajectory: str,
    any_tint: torch.Generator | None = None,
) -> Tensor:
    """Colour-coded masks [B, F, 3, H, W] of drawn clips as stage 1 has them; with
    any_tint half of the objects have random tints, as few turn, and the positions
    of dense ones are turned at random, so that all colours come everywhere."""
    colours = colours.to(batch.ids.device)
    if trajectory == "dense":
        ids = batch.ids.long()
        boxes = dense.boxes_of(ids[:, 0], colours.shape[1] - 1)
        places = dense.positions_of(batch.origins, ids, boxes)
        if any_tint:
            angle = math.tau * torch.rand(len(ids), 1, 1, 1, generator=any_tint)
            cos, sin = angle.cos().to(ids.device), angle.sin().to(ids.device)
            x, y = (places - 0.5).unbind(-1)
            places = torch.stack([cos * x - sin * y, sin * x + cos * y], -1) + 0.5
            places = places.clamp(0, 1)
        return dense.paint_dense(ids, places, colours)
    if trajectory != "tinted":
        return paint_ids(batch.ids, colours)
    levels = levels_of(batch.turns.cpu())
    if any_tint:
        draw = torch.rand(2, *levels.shape, generator=any_tint)
        levels = torch.where(draw[0] < 0.5, REST + SPAN * (2 * draw[1] - 1), levels)
    colours, levels = colours[:, : 1 + levels.shape[1]], levels.to(colours.device)
    return paint_tints(batch.ids.long(), levels, colours)


def _gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]


def _ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean structural similarity over 7 x 7 windows of [-1, 1] images."""
    pool = lambda t: F.avg_pool2d(t, 7, 3)  # noqa: E731
    ma, mb = pool(a), pool(b)
    va, vb = pool(a * a) - ma * ma, pool(b * b) - mb * mb
    cov = pool(a * b) - ma * mb
    c1, c2 = 0.02**2, 0.06**2
    return (
        (2 * ma * mb + c1) * (2 * cov + c2)
        / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    ).mean()  # fmt: skip


def loss_of(
    vae: AutoencoderKL, x: Tensor, noise: float
) -> tuple[Tensor, dict[str, Tensor]]:
    """Reconstruction plus a pull of each latent channel to mean 0 and std 1."""
    with half(x.device):
        with torch.set_grad_enabled(next(vae.encoder.parameters()).requires_grad):
            z = vae.encode(x).latent_dist.mean
        y = vae.decode(z + noise * torch.randn_like(z)).sample
    z, y = z.float(), y.float()
    error = y - x
    l1 = error.abs().mean()
    edges = sum((a - b).abs().mean() for a, b in zip(_gradients(y), _gradients(x)))
    flat = z.transpose(0, 1).flatten(1)
    pull = (flat.std(1) - 1).square().mean() + flat.mean(1).square().mean()
    # Colour of whole cells, which the fine texture would else drown.
    coarse = F.avg_pool2d(error, 4).abs().mean() + F.avg_pool2d(error, 8).abs().mean()
    tint = (error - error.mean(1, keepdim=True)).abs().mean()
    whole = error.mean((2, 3)).abs().mean()
    l1 = l1 + coarse + tint + whole
    loss = l1 + 0.5 * edges + 0.1 * (1 - _ssim(y, x)) + error.square().mean()
    return loss + 0.05 * pull, {
        "l1": l1.detach(),
        "mse": error.square().mean().detach(),
        "pull": pull.detach(),
    }


def trajectory_of(config: Config) -> str:
    """What stage 1's masks are: "masks", "tinted" or "dense"."""
    return config["image_to_motion"].get("trajectory", "masks")


def psnr(a: Tensor, b: Tensor) -> float:
    """Of [-1, 1] images, peak 2."""
    return float(10 * torch.log10(4 / (a - b).square().mean()))


@torch.no_grad()
def evaluate(vae: AutoencoderKL, config: Config, clips: int = 8) -> dict[str, float]:
    """PSNR on held-out clips: pictures, pictures at 64 pixels, masks."""
    out, device = {}, next(vae.parameters()).device
    for name, size in (("full", tuple(config["size"])), ("small", (64, 64))):
        batch = scenes.generate(
            clips, 2, size, seed=99, split="held_out", device=device,
            puppets=config["vae"]["training"].get("puppets", 0.0),
            dense=trajectory_of(config) == "dense",
        )  # fmt: skip
        g = numbers(1, device)
        x = images(batch.video).flatten(0, 1)
        colours = mask_colours(clips, trajectory_of(config), g)
        m = mask_images(batch, colours, trajectory_of(config)).flatten(0, 1)
        for kind, picture in (("picture", x), ("mask", m)):
            with half(x.device):
                y = vae.decode(vae.encode(picture).latent_dist.mean).sample
            out[f"psnr_{kind}_{name}"] = psnr(y.float().clamp(-1, 1), picture)
    return out


@torch.no_grad()
def finish(vae: AutoencoderKL, config: Config, noise: float) -> None:
    """Sets the latents' scale and shift, and a constant posterior width."""
    values, device = [], next(vae.parameters()).device
    for seed in range(6):
        size = tuple(config["size"])
        x = draw_images(
            32, 64, 10_000_000 + seed, size, device=device,
            trajectory=trajectory_of(config),
            puppets=config["vae"]["training"].get("puppets", 0.0),
        )  # fmt: skip
        values.append(vae.encode(x).latent_dist.mean)
    z = torch.cat(values)
    scale, shift = 1 / float(z.std()), float(z.mean())
    vae.register_to_config(scaling_factor=scale, shift_factor=shift)
    mean = vae.quant_conv.out_channels // 2
    vae.quant_conv.weight[mean:] = 0
    vae.quant_conv.bias[mean:] = 2 * torch.log(torch.tensor(noise))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/small.json")
    parser.add_argument("--work", default="work", help="checkpoints and logs")
    parser.add_argument("--bundle", default="../ttm-small")
    parser.add_argument("--minutes", type=float, default=0, help="time limit")
    parser.add_argument("--resume-bundle", action="store_true")
    parser.add_argument(
        "--decoder-only",
        action="store_true",
        help="improve the bundle's decoder; latents stay as they are",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1")
    args = parser.parse_args()
    device = choose_device(args.device)
    config, work = load_config(args.config), Path(args.work)
    c = config["vae"]["training"]
    if args.decoder_only:
        c = c | config["vae"]["decoder_training"]
    torch.manual_seed(config["seed"])
    workers = Workers()
    folder = Path(args.bundle) / "vae"
    old = args.resume_bundle or args.decoder_only
    vae = load_vae(folder) if old else build_vae(config)
    kept = {k: vae.config[k] for k in ("scaling_factor", "shift_factor")}
    if args.decoder_only:
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
    vae.train().to(device, memory_format=torch.channels_last)
    vae.register_to_config(scaling_factor=1.0, shift_factor=0.0)
    optimizer = Optimizers([vae], c["rate"])
    ema, first, spent = Ema(vae, 0.995), 0, 0.0
    checkpoint = work / ("decoder.pt" if args.decoder_only else "vae.pt")
    saved = load_checkpoint(checkpoint, device)
    if saved:
        vae.load_state_dict(saved["model"])
        ema.module.load_state_dict(saved["ema"])
        if "optimizer" in saved:
            optimizer.load_state_dict(saved["optimizer"])
        first, spent = saved["step"], saved["spent"]
    log = Log(work / "vae.log")
    minutes = args.minutes or c.get("minutes", 0)
    schedule = Schedule(c["steps"], minutes, spent)
    log(parameters=sum(p.numel() for p in vae.parameters()), start=first)
    step = first
    while (p := workers.agree(schedule.progress(step))) < 1:
        full = p > c["full_size_from"]
        if args.decoder_only:  # both sizes that are decoded, as wholes
            full = step % 3 > 0
        edge = config["size"][0] if full else 64
        count = c["batch"] // 4 if full else c["batch"]
        seed = config["seed"] + step * workers.count + workers.rank
        size = (edge, edge) if args.decoder_only else tuple(config["size"])
        # Stage 1 decodes masks, at its own size, stage 2 pictures.
        share = 0.3 if not args.decoder_only else 0.1 if full else 0.8
        x = draw_images(
            count, edge, seed, size, not args.decoder_only, device,
            trajectory_of(config), share, c.get("puppets", 0.0),
        )  # fmt: skip
        noise = c["latent_noise"] * (1.0 if p < 0.7 else 0.5)
        loss, parts = loss_of(vae, x.to(memory_format=torch.channels_last), noise)
        loss.backward()
        workers.average(optimizer.params)
        rate = learning_rate(c["rate"], step, p, c["hold"])
        norm = optimizer.step(rate)
        ema.update(vae)
        step += 1
        if workers.rank:
            continue
        if step % 50 == 0:
            log(step=step, eta=schedule.eta(step), rate=rate, norm=float(norm),
                **{k: float(v) for k, v in parts.items()})  # fmt: skip
        if step % c["save_every"] == 0 or schedule.progress(step) >= 1:
            log(step=step, **evaluate(ema.module, config))
            state = {
                "model": vae.state_dict(),
                "ema": ema.module.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step,
                "spent": schedule.elapsed,
            }
            save_checkpoint(checkpoint, state)
            done = build_vae(config).to(device)
            done.load_state_dict(ema.module.state_dict())
            if args.decoder_only:
                done.register_to_config(**kept)
            else:
                finish(done, config, c["latent_noise"])
            save_vae(done, folder)


if __name__ == "__main__":
    main()
