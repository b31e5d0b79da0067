# SPDX-License-Identifier: CC0-1.0
"""Turns scenes into what a training step needs: latents, regions, token ids."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

import scenes
from bundle import STAGES, Config, load_tokenizer, load_vae, stage_meta, token_ids
import dense
from common import TRAINED_COLOURS, draw_colours, half, images, numbers, paint_ids
from pipeline import encode_clip
from tints import fit_turns, levels_of, paint_tints
from trajectory import carry, fit_similarity, refine_ids, regions_of

OBJECTS = scenes.MAX_OBJECTS
Clips = dict[str, Tensor]


class Encoder:
    """Turns scenes into latents, regions and token ids."""

    def __init__(
        self, config: Config, stage: str, root: Path, device: str | torch.device = "cpu"
    ):
        self.config, self.stage, self.device = config, stage, torch.device(device)
        self.meta = stage_meta(config, stage)
        self.vae = load_vae(root / "vae").to(device, memory_format=torch.channels_last)
        self.vae.requires_grad_(False)
        self.tokenizer = load_tokenizer(root / "tokenizer")
        training = config[stage]["training"]
        self.weights = training.get("verb_weights")
        self.puppets = training.get("puppets", 0.0)
        self.levels = len(config[stage]["block_out_channels"])
        # What stage 1 predicts; stage 2 has to be told.
        first = config[STAGES[0]] or {}
        self.dense = first.get("trajectory") == "dense"
        flow = self.meta.get("trajectory") == "flow"
        self.origins = self.dense or (flow and self.puppets > 0)

    @torch.no_grad()
    def draw(
        self, clips: int, seed: int, split: str = "train", keep: bool = False
    ) -> Clips:
        """keep adds the pixels, which only the metrics need."""
        batch = scenes.generate(
            clips, self.config["frames"], tuple(self.meta["size"]), seed=seed,
            objects=(1, OBJECTS), split=split, device=self.device,
            weights=self.weights if split == "train" else None,
            puppets=self.puppets,
            dense=self.origins,
        )  # fmt: skip
        g = numbers(seed, self.device)
        among = dense.OBJECTS if self.dense else TRAINED_COLOURS
        colours = draw_colours(clips, OBJECTS, g, among)
        video, ids = images(batch.video), batch.ids.long()
        flow = flow_images(batch) if self.meta.get("trajectory") == "flow" else None
        with half(self.device):
            if self.stage == "image_to_motion":
                painted = self._painted(batch, ids, colours, flow)
                out = self._motion(video[:, 0], ids, painted)
                texts = batch.motion_captions
            else:
                out = self._video(batch, video, ids, colours, g, flow)
                texts = batch.captions
        local = [(p + [""] * OBJECTS)[:OBJECTS] for p in batch.local_prompts]
        out["text"] = token_ids(self.tokenizer, texts).to(self.device)
        flat = token_ids(self.tokenizer, [p for one in local for p in one])
        flat = flat.to(self.device)
        out["locals"] = flat.view(clips, OBJECTS, -1)
        if keep:
            out |= {"video": video, "ids": batch.ids, "colours": colours}
            out["turns"] = batch.turns.to(self.device)
            if batch.origins is not None:
                out["origins"] = batch.origins
            if flow is not None:
                out["flow_images"] = flow
        return out

    def _painted(
        self,
        batch: scenes.SceneBatch,
        ids: Tensor,
        colours: Tensor,
        flow: Tensor | None,
    ) -> Tensor:
        """The trajectory as images, as the stage's settings have it."""
        if flow is not None:
            return flow
        if self.dense:
            boxes = dense.boxes_of(ids[:, 0], OBJECTS)
            places = dense.positions_of(batch.origins, ids, boxes)
            return dense.paint_dense(ids, places, colours)
        if self.meta.get("trajectory") != "tinted":
            return paint_ids(ids, colours)
        return paint_tints(ids, levels_of(batch.turns.to(ids.device)), colours)

    def _motion(self, still: Tensor, ids: Tensor, painted: Tensor) -> Clips:
        target = encode_clip(self.vae, painted)
        return {
            "image": encode_clip(self.vae, still[:, None]),
            "mask": target[:, :1],
            "target": target,
            **self._regions(ids),
            "weight": _cells((ids > 0) | (ids[:, :1] > 0)),
        }

    def _video(
        self,
        batch: scenes.SceneBatch,
        video: Tensor,
        ids: Tensor,
        colours: Tensor,
        g: torch.Generator,
        flow: Tensor | None,
    ) -> Clips:
        needs, first, used = self.meta["inputs"], ids[:, 0], ids
        parts = {"target": video}
        if "carried" in needs and self.dense:
            places = disturbed(batch.origins, g)
            parts["carried"] = dense.carry_dense(video[:, 0], first, ids, places)
        elif "carried" in needs:
            # Half of the fits see masks as coarse as stage 1's.
            seen = ids
            if torch.rand((), generator=g, device=g.device) < 0.5:
                seen = ids[:, :, 1::2, 1::2].repeat_interleave(2, 2)
                seen = seen.repeat_interleave(2, 3)
            fit = fit_similarity(first, seen, OBJECTS)
            if (self.config[STAGES[0]] or {}).get("trajectory") == "tinted":
                turns = batch.turns.to(self.device)
                fit.turns = seen_turns(seen, turns, g)
            used = refine_ids(first, seen, fit)
            exact = torch.rand(ids.shape[0], generator=g, device=g.device) < 0.15
            used = torch.where(exact[:, None, None, None], ids, used)
            parts["carried"] = carry(video[:, 0], first, used, fit)
        if "mask" in needs:
            parts["mask"] = paint_ids(used, colours)
        if "flow" in needs:
            parts["flow"] = flow
        out = {name: encode_clip(self.vae, part) for name, part in parts.items()}
        seen_any = (ids > 0) | (used > 0) | (first[:, None] > 0)
        out |= {"image": out["target"][:, :1], "weight": _cells(seen_any)}
        return out | self._regions(used)

    def _regions(self, ids: Tensor) -> Clips:
        h, w = (s // 8 for s in reversed(self.meta["size"]))
        found = regions_of(ids, OBJECTS, (h, w), self.meta, self.levels)
        out = {}
        for level, one in found.items():
            out[f"ids{level}"], out[f"bits{level}"] = one.ids, one.bits
        return out


def seen_turns(ids: Tensor, turns: Tensor, g: torch.Generator) -> Tensor:
    """Turns [B, L, F] that the fit finds of objects that truly turn by as much, if
    the tints of the first stage are off by up to a fifth of the angle."""
    off = 0.8 + 0.4 * torch.rand(turns.shape[:2], generator=g, device=g.device)
    levels = levels_of(turns * off[..., None]).round().long()
    levels = F.pad(levels, (0, 0, 1, 0))  # of the background: 0
    b, f, h, w = ids.shape
    levels = levels.transpose(1, 2).gather(2, ids.flatten(2)).view(b, f, h, w)
    return fit_turns(ids, levels, turns.shape[1])


def disturbed(origins: Tensor, g: torch.Generator) -> Tensor:
    """Origins [B, F, H, W, 2] as a first stage predicts them: off by a smooth field of
    up to a fiftieth of the height or so, that changes from frame to frame."""
    b, f, h, w, _ = origins.shape
    size = 0.02 * h * torch.rand(b, 1, 1, 1, 1, generator=g, device=g.device).square()
    coarse = torch.randn(b * f, 2, 8, 8, generator=g, device=g.device)
    field = F.interpolate(coarse, (h, w), mode="bilinear", align_corners=False)
    field = field.view(b, f, 2, h, w).movedim(2, -1) * size
    field[:, 0] = 0
    return origins + field


def flow_images(batch: scenes.SceneBatch) -> Tensor:
    """Optical flow from frame 0 as images [B, F, 3, H, W] in [-1, 1].

    What is visible at a pixel has moved by (red, green) / 2 frame heights, red
    to the right and green down, since frame 0; blue is 0.
    """
    b, f, h, w = batch.ids.shape
    device = batch.ids.device
    here = scenes.pixels(h, w, device)
    if batch.origins is not None:  # puppets have no other
        moved = F.pad(here - batch.origins, (0, 1)).movedim(-1, 2)
        flow = (moved * (2 / h)).clamp(-1, 1)
        return flow.masked_fill((batch.ids == 0)[:, :, None], 0.0)
    flow = torch.zeros(b, f, 3, h, w, device=device)
    for l in range(batch.centres.shape[1]):
        was = scenes.rigid_origins(
            batch.centres[:, l], batch.scales[:, l], batch.turns[:, l], (h, w)
        )
        moved = F.pad(here - was, (0, 1)).movedim(-1, 2)
        mine = (batch.ids == l + 1)[:, :, None]
        flow = torch.where(mine, (moved * (2 / h)).clamp(-1, 1), flow)
    return flow


def _cells(pixels: Tensor) -> Tensor:
    """Loss weight of each latent cell: 4 where any pixel is set, else 1."""
    b, f, h, w = pixels.shape
    cells = pixels.view(b, f, h // 8, 8, w // 8, 8).any(5).any(3)
    return 1.0 + 3.0 * cells.float()
