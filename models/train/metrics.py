# SPDX-License-Identifier: CC0-1.0
"""Sampled metrics of both stages on held-out scenes, and sample sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

import scenes
import dense
from common import half, numbers, paint_ids
from pipeline import Prompts, decode_clip, sample_stage
from stray import drop_stray
from tints import decode_rows, fit_turns, levels_of, paint_tints, split_rows
from trajectory import Fit, decode_ids, fit_similarity, refine_ids

SHOWN = (0, 4, 8, 12, 15)  # frames on sample sheets


def foreground_iou(predicted: Tensor, true: Tensor, objects: int) -> float:
    """Mean over objects of IoU over all frames but the first; [B, F, H, W]."""
    values = []
    for b in range(true.shape[0]):
        for l in range(1, objects + 1):
            p, t = predicted[b, 1:] == l, true[b, 1:] == l
            if (true[b, 0] == l).any() and t.any():
                values.append(float((p & t).sum() / (p | t).sum()))
    return sum(values) / max(len(values), 1)


def moved_as_told(predicted: Fit, true: Fit, present: Tensor, edge: int) -> list[bool]:
    """Whether each object's tracked path agrees with the true one.

    A moving object (over 4 % of the frame) must go the same way (cosine of
    whole paths above 0.7) and about as far (0.35 to 2.5 times); a resting one
    must stay within 8 %; one that changes size by over 25 % must change to
    the same side by over 10 %.
    """
    out = []
    for b, l in present.nonzero().tolist():
        p = (predicted.centres[b, l] - predicted.centres[b, l, :1]).flatten() / edge
        t = (true.centres[b, l] - true.centres[b, l, :1]).flatten() / edge
        reach = float(t.view(-1, 2).norm(dim=-1).max())
        if reach > 0.04:
            cosine = float((p @ t) / (p.norm() * t.norm()).clamp_min(1e-6))
            ratio = float(p.norm() / t.norm())
            right = cosine > 0.7 and 0.35 < ratio < 2.5
        else:
            right = float(p.view(-1, 2).norm(dim=-1).max()) < 0.08
            size = float(true.scales[b, l, -1].log())
            if abs(size) > 0.22:
                mine = float(predicted.scales[b, l, -1].log())
                right = right and mine * size > 0 and abs(mine) > 0.1
        out.append(right)
    return out


def psnr(a: Tensor, b: Tensor, where: Tensor | None = None) -> float:
    """Of [-1, 1] images [B, F, 3, H, W]; where [B, F, H, W] selects pixels."""
    error = (a - b).square().mean(2)
    if where is not None:
        error = error[where]
    return float(10 * torch.log10(4 / error.mean()))


def held_out_prompts(stage: Any, clips: dict[str, Tensor]) -> Prompts:
    text, locals_ = stage.encode_text(clips)
    empty = {
        "text": stage.empty.expand_as(clips["text"]),
        "locals": stage.empty.expand_as(clips["locals"]),
    }
    empty_text, empty_locals = stage.encode_text(empty)
    return Prompts(text, locals_, empty_text, empty_locals)


def sampled(
    unet: Any, stage: Any, encoder: Any, clips: dict[str, Tensor], steps: int,
    guidance: float,
) -> Tensor:  # fmt: skip
    """Latents of the clips sampled from what the stage is given of them."""
    from train_stage import conditions

    target = clips["target"]
    # Drawn on the CPU, so that devices can be compared.
    noise = torch.randn(target.shape, generator=numbers(5)).to(target.device)
    with half(target.device):
        return sample_stage(
            unet, stage.meta, noise, conditions(clips, stage.meta, stage.levels),
            held_out_prompts(stage, clips), steps, guidance,
            terminal=encoder.config["shift_terminal"],
        )  # fmt: skip


def save_sheet(rows: list[Tensor], path: Path | None) -> None:
    """Rows of frames [n, 3, H, W] in [-1, 1] below each other."""
    if path is None:
        return
    lines = [torch.cat(list(r), dim=2) for r in rows]
    picture = torch.cat(lines, dim=1).clamp(-1, 1)
    data = ((picture + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()
    Image.fromarray(data).save(path)


@torch.no_grad()
def evaluate_motion(
    unet: Any, stage: Any, encoder: Any, clips: dict[str, Tensor],
    sheet: Path | None = None, steps: int = 4, guidance: float = 2.0,
    objects: int = scenes.MAX_OBJECTS,
) -> dict[str, float]:  # fmt: skip
    """IoU and share of objects moving as told, sampled; raw and refined."""
    colours = clips["colours"]
    x = sampled(unet, stage, encoder, clips, steps, guidance)
    with half(x.device):
        image = decode_clip(encoder.vae, x)
    true = clips["ids"].long()
    first, edge = true[:, 0], true.shape[-1]
    kind = stage.meta.get("trajectory")
    tinted = kind == "tinted"
    if kind == "dense":
        predicted, places = dense.decode_dense(image, colours)
    elif tinted:
        predicted, levels = split_rows(decode_rows(image, colours))
    else:
        predicted = decode_ids(image, colours)
    predicted[:, 0] = first
    predicted = drop_stray(predicted, objects)
    fit = fit_similarity(first, predicted, objects)
    present = torch.stack(
        [(first == l + 1).flatten(1).any(1) for l in range(objects)], 1
    )
    turned = {}
    if tinted:
        fit.turns = fit_turns(predicted, levels, objects)
        turned = turn_scores(fit.turns, clips["turns"], present)
    if kind == "dense":
        places = dense.smooth_positions(predicted, places)
        boxes = dense.boxes_of(first, objects)
        found = dense.origins_of(places, predicted, boxes)
        turned = origin_scores(found, clips["origins"], predicted, true, fit)
    refined = refine_ids(first, predicted, fit)
    true_fit = fit_similarity(first, true, objects)
    told = moved_as_told(fit, true_fit, present, edge)
    rows = []
    for b in range(min(len(true), 8)):
        pick = list(SHOWN)
        one, colour = slice(b, b + 1), colours[b : b + 1]
        shown = [paint_ids(true[one], colour)[0], paint_ids(refined[one], colour)[0]]
        if tinted:
            shown[0] = decode_clip(encoder.vae, clips["target"][one])[0]
            shown.insert(1, image[b].clamp(-1, 1))
            fitted = levels_of(fit.turns[one])
            shown[2] = paint_tints(refined[one], fitted, colour)[0]
        elif kind == "dense":
            shown[0] = decode_clip(encoder.vae, clips["target"][one])[0]
            shown.insert(1, image[b].clamp(-1, 1))
        else:
            shown.insert(1, paint_ids(predicted[one], colour)[0])
        rows.append(torch.cat([clip[pick] for clip in shown]))
    save_sheet(rows, sheet)
    return {
        "iou": foreground_iou(predicted, true, objects),
        "iou_refined": foreground_iou(refined, true, objects),
        "iou_static": foreground_iou(first[:, None].expand_as(true), true, objects),
        "told": sum(told) / max(len(told), 1),
        **turned,
    }


def fit_origins(fit: Fit, ids: Tensor) -> Tensor:
    """Places in the still [B, F, H, W, 2] that a similarity fit gives the pixels of
    objects in ids [B, F, H, W]; the background stays."""
    h, w = ids.shape[2:]
    out = scenes.pixels(h, w, ids.device).expand(*ids.shape, 2)
    for l in range(fit.scales.shape[1]):
        was = scenes.rigid_origins(
            fit.centres[:, l], fit.scales[:, l], fit.turns[:, l], (h, w)
        )
        out = torch.where((ids == l + 1)[..., None], was, out)
    return out


def origin_scores(
    found: Tensor, origins: Tensor, predicted: Tensor, true: Tensor, fit: Fit
) -> dict[str, float]:
    """Mean distance of the places in the still [B, F, H, W, 2] that pixels come from,
    in frame heights, where ids [B, F, H, W] agree: as found, as the similarity fit of
    the predicted ids has it, and as if nothing had moved."""
    h, w = true.shape[2:]
    agree = ((predicted == true) & (true > 0))[:, 1:]
    rigid = fit_origins(fit, true)
    parts = {"origins": found, "origins_rigid": rigid, "origins_still": None}
    here = scenes.pixels(h, w, true.device)
    return {
        name: float(
            ((here if part is None else part) - origins)
            .norm(dim=-1)[:, 1:][agree]
            .mean()
        )
        / h
        for name, part in parts.items()
    }


def turn_scores(found: Tensor, true: Tensor, present: Tensor) -> dict[str, float]:
    """Of fitted turns [B, L, F] of objects that turn: mean cosine of the angle's
    error in frames 1 on ("turned"; "upright": had they not), the share that turns
    at all, and that with the right sign and at least half as far; of the others
    the share that does not ("unturned")."""
    far = true.abs().amax(2)
    does, not_ = present & (far > 0.3), present & (far == 0)
    last = true.abs().argmax(2, keepdim=True)
    there, here = true.gather(2, last)[..., 0], found.gather(2, last)[..., 0]
    parts = {
        "turned": ((found - true)[:, :, 1:].cos().mean(2), does),
        "upright": (true[:, :, 1:].cos().mean(2), does),
        "turning": ((found != 0).any(2).float(), does),
        "turned_half": ((here / there.where(does, 1) > 0.5).float(), does),
        "unturned": ((found == 0).all(2).float(), not_),
    }
    return {k: float(v[where].mean()) for k, (v, where) in parts.items() if where.any()}


@torch.no_grad()
def evaluate_flow(
    unet: Any, stage: Any, encoder: Any, clips: dict[str, Tensor],
    sheet: Path | None = None, steps: int = 4, guidance: float = 2.0,
) -> dict[str, float]:  # fmt: skip
    """Mean error of the sampled flow on the true objects, in frame heights."""
    true = clips["flow_images"]
    x = sampled(unet, stage, encoder, clips, steps, guidance)
    with half(x.device):
        found = decode_clip(encoder.vae, x).clamp(-1, 1)
    objects = clips["ids"][:, 1:] > 0
    pick, rows = list(SHOWN), []
    for b in range(min(len(true), 8)):
        rows.append(torch.cat([true[b, pick], found[b, pick]]))
    save_sheet(rows, sheet)
    error = (found - true)[:, 1:, :2].norm(dim=2) / 2
    still = true[:, 1:, :2].norm(dim=2) / 2
    return {
        "flow_error": float(error[objects].mean()),
        "flow_error_static": float(still[objects].mean()),
    }


@torch.no_grad()
def evaluate_video(
    unet: Any, stage: Any, encoder: Any, clips: dict[str, Tensor],
    sheet: Path | None = None, steps: int = 2, guidance: float = 1.0,
) -> dict[str, float]:  # fmt: skip
    """PSNR given the trajectory: whole, objects, uncovered; and baselines."""
    x = sampled(unet, stage, encoder, clips, steps, guidance)
    with half(x.device):
        video = decode_clip(encoder.vae, x).clamp(-1, 1)
        ceiling = decode_clip(encoder.vae, clips["target"]).clamp(-1, 1)
        others = {"": video, "_ceiling": ceiling}
        if "carried" in clips:
            carried = decode_clip(encoder.vae, clips["carried"])
            others["_carried"] = carried.clamp(-1, 1)
    true, ids = clips["video"], clips["ids"].long()
    objects, uncovered = ids > 0, (ids[:, :1] > 0) & (ids == 0)
    out = {}
    for name, other in others.items():
        out["psnr" + name] = psnr(other[:, 1:], true[:, 1:])
        out["object" + name] = psnr(other, true, objects)
        out["uncovered" + name] = psnr(other, true, uncovered)
    still = true[:, :1].expand_as(true)
    out["psnr_still"] = psnr(still[:, 1:], true[:, 1:])
    rows = []
    for b in range(min(len(true), 8)):
        pick = list(SHOWN[1:])
        shown = (true, others.get("_carried"), video)
        rows.append(torch.cat([v[b, pick] for v in shown if v is not None]))
    save_sheet(rows, sheet)
    return out
