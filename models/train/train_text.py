# SPDX-License-Identifier: CC0-1.0
"""Pre-trains the text encoder: read each object's motion off a prompt.

A head with one learned query a noun looks at the hidden states of a prompt
and predicts that object's path, size over time, verb and colour. Scenes'
geometry gives the answers without drawing large pictures. The head is thrown
away; the encoder is then frozen, so that both stages can train at once.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import scenes
import scenes.generator
from bundle import (
    Config,
    build_text_encoder,
    load_config,
    load_tokenizer,
    save_text_encoder,
    token_ids,
)
from common import (
    Ema,
    Log,
    Optimizers,
    Schedule,
    choose_device,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
)

NOUN_LIST = sorted(
    {noun for nouns in scenes.SHAPES.values() for noun in nouns}
    | set(scenes.NOUNS)
    | set(scenes.PUPPET_NOUNS)
)
NOUN_INDEX = {noun: i for i, noun in enumerate(NOUN_LIST)}
COLOUR_INDEX = {name: i for i, name in enumerate(scenes.COLOURS)}
VERB_INDEX = {name: i for i, name in enumerate(scenes.VERBS + scenes.SHAPE_VERBS)}


class Reader(nn.Module):
    """Hidden states [N, T, D] and nouns [N] -> predictions about the noun."""

    def __init__(self, dim: int, frames: int):
        super().__init__()
        self.query = nn.Embedding(len(NOUN_LIST), dim)
        self.key, self.value = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.out = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, 3 * frames + len(VERB_INDEX) + len(COLOUR_INDEX)),
        )

    def forward(self, hidden: Tensor, nouns: Tensor) -> Tensor:
        heads = 4
        n, t, d = hidden.shape
        q = self.query(nouns).view(n, heads, 1, d // heads)
        k = self.key(hidden).view(n, t, heads, -1).transpose(1, 2)
        v = self.value(hidden).view(n, t, heads, -1).transpose(1, 2)
        weights = ((q @ k.transpose(-1, -2)) * (d // heads) ** -0.5).softmax(-1)
        return self.out((weights @ v).reshape(n, d))


def _nothing_drawn() -> None:
    """Scenes keep their words and paths but are not painted (much faster)."""
    generator = scenes.generator
    generator.textures.sprites = lambda looks, numbers: looks.colour
    generator.textures.backgrounds = lambda kind, size, numbers: torch.zeros(
        len(kind), 3, *size
    )
    generator.render.paint = lambda *arguments: None
    generator.puppet_paint.paint_puppet = lambda *arguments: None
    generator.puppet_paint.shade_floor = lambda *arguments: None
    generator.paint_region = lambda *arguments: None


def draw(
    clips: int, frames: int, seed: int, split: str = "train", puppets: float = 0.0
):
    """Prompts, the noun asked about, and the answers."""
    batch = scenes.generate(
        clips, frames, (16, 16), seed=seed, objects=(1, scenes.MAX_OBJECTS),
        split=split, puppets=puppets,
    )  # fmt: skip
    prompts, nouns, paths, verbs, colours = [], [], [], [], []
    for b in range(clips):
        for l, noun in enumerate(batch.names[b]):
            where = (batch.centres[b, l] - batch.centres[b, l, :1]) / 16
            answer = torch.cat([where.flatten() * 3, batch.scales[b, l].log() * 2])
            for kind in range(3):
                prompt = (
                    batch.local_prompts[b][l],
                    batch.captions[b],
                    batch.motion_captions[b],
                )[kind]
                if kind and noun not in prompt.lower().replace(".", "").split():
                    continue  # unsaid still objects
                prompts.append(prompt)
                nouns.append(NOUN_INDEX[noun])
                paths.append(answer)
                verbs.append(VERB_INDEX[batch.verbs[b][l]])
                said = batch.colours[b][l] in prompt
                colours.append(COLOUR_INDEX[batch.colours[b][l]] if said else -100)
    return (
        prompts,
        torch.tensor(nouns),
        torch.stack(paths),
        torch.tensor(verbs),
        torch.tensor(colours),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/small.json")
    parser.add_argument("--work", default="work")
    parser.add_argument("--bundle", default="../ttm-small")
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1")
    args = parser.parse_args()
    device, work = choose_device(args.device), Path(args.work)
    config: Config = load_config(args.config)
    c, root = config["text"]["training"], Path(args.bundle)
    torch.manual_seed(config["seed"])
    _nothing_drawn()
    tokenizer = load_tokenizer(root / "tokenizer")
    text = build_text_encoder(config, len(tokenizer)).train()
    nn.init.normal_(text.get_input_embeddings().weight, std=0.3)
    frames = config["frames"]
    reader = Reader(config["text"]["hidden"], frames).to(device)
    text.to(device)
    optimizer = Optimizers([text, reader], c["rate"])
    ema = Ema(text, 0.99)
    step, spent = 0, 0.0
    saved = load_checkpoint(work / "text.pt", device)
    if saved:
        text.load_state_dict(saved["model"])
        reader.load_state_dict(saved["reader"])
        ema.module.load_state_dict(saved["ema"])
        optimizer.load_state_dict(saved["optimizer"])
        step = ema.steps = saved["step"]
        spent = saved["spent"]
    log, begun = Log(work / "text.log"), step
    puppets = c.get("puppets", 0.0)
    schedule = Schedule(c["steps"], args.minutes or c.get("minutes", 0), spent)

    def losses(model: nn.Module, data) -> tuple[Tensor, float, float]:
        nouns, paths, verbs, colours = (part.to(device) for part in data[1:])
        ids = token_ids(tokenizer, data[0]).to(device)
        hidden = model(input_ids=ids).last_hidden_state
        path, verb, colour = reader(hidden, nouns).split(
            [3 * frames, len(VERB_INDEX), len(COLOUR_INDEX)], dim=-1
        )
        error = F.smooth_l1_loss(path, paths)
        loss = 4 * error + 0.3 * F.cross_entropy(verb, verbs)
        loss = loss + 0.3 * F.cross_entropy(colour, colours)
        right = float((verb.argmax(-1) == verbs).float().mean())
        return loss, error.item(), right

    while schedule.progress(step) < 1:
        p = schedule.progress(step)
        data = draw(c["batch"], frames, config["seed"] + step, puppets=puppets)
        loss, error, right = losses(text, data)
        loss.backward()
        rate = learning_rate(c["rate"], step, p, 0.4)
        optimizer.step(rate)
        ema.update(text)
        step += 1
        if step % 50 == 0 or schedule.progress(step) >= 1:
            with torch.no_grad():
                held = losses(ema.module, draw(128, frames, 7, "held_out", puppets))
            log(
                step=step, eta=schedule.eta(step), loss=loss.item(), path=error,
                verb=right, held_out_path=held[1], held_out_verb=held[2],
            )  # fmt: skip
            state = {
                "model": text.state_dict(),
                "reader": reader.state_dict(),
                "ema": ema.module.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step,
                "spent": schedule.elapsed,
            }
            save_checkpoint(work / "text.pt", state)
    # Once stage 1 has gone on with it, it must not be put back.
    if step > begun or not (root / "text_encoder" / "config.json").exists():
        save_text_encoder(ema.module, root / "text_encoder")


if __name__ == "__main__":
    main()
