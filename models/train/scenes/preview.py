# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Contact sheets of clips: python -m scenes.preview OUT.png

With --each-verb there is one clip for every motion class, in order, two to a
row, and no masks, with --each-shape one for every verb of shape; --colours reduces
the picture to so many colours.
"""

from __future__ import annotations

import argparse
import sys
import time

import torch
from PIL import Image
from torch import Tensor

from .generator import MAX_OBJECTS, generate
from .sheet import colour_ids, contact_sheet
from .shape_words import SHAPE_PAIR_WEIGHTS, SHAPE_VERBS
from .vocabulary import PAIR_WEIGHTS, VERBS


def one_of_each(frames: int, size: int, seed: int) -> tuple[Tensor, list[str]]:
    """A clip for every motion class, uint8 [V,F,H,W,3], and their prompts."""
    clips, prompts = [], []
    for number, verb in enumerate(VERBS):
        pair = verb in PAIR_WEIGHTS
        for attempt in range(100):
            scene = generate(
                8, frames, (size, size), seed + 1000 * number + attempt,
                objects=(2, 2) if pair else (1, 1),
                verbs=VERBS if pair else (verb,),
            )  # fmt: skip
            found = [b for b in range(8) if verb in scene.verbs[b]]
            if found:
                break
        clips.append(scene.video[found[0]])
        l = scene.verbs[found[0]].index(verb)
        prompts.append(f"{verb}: {scene.local_prompts[found[0]][l]}")
    return torch.stack(clips), prompts


def one_of_each_shape(frames: int, size: int, seed: int) -> tuple[Tensor, list[str]]:
    """A clip for every verb of shape, uint8 [V,F,H,W,3], and their prompts."""
    clips, prompts = [], []
    for number, verb in enumerate(SHAPE_VERBS):
        pair = verb in SHAPE_PAIR_WEIGHTS
        scene = generate(
            1, frames, (size, size), seed + 1000 * number,
            objects=(2, 2) if pair else (1, 1), puppets=1.0,
            shapes=None if pair else (verb,),
            weights=dict.fromkeys(PAIR_WEIGHTS, 0.0)
            | dict.fromkeys(SHAPE_PAIR_WEIGHTS, 0.0)
            | ({verb: 1.0} if pair else {}),
        )  # fmt: skip
        clips.append(scene.video[0])
        prompts.append(f"{verb}: {scene.local_prompts[0][0]}")
    return torch.stack(clips), prompts


def main(argv: list[str] | None = None) -> int:
    """Writes clips over their masks, prints their captions and the pace."""
    parser = argparse.ArgumentParser(prog="scenes.preview", description=__doc__)
    parser.add_argument("out", help="PNG file to write")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--objects", type=int, default=MAX_OBJECTS, help="at most")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--split", choices=("train", "held_out"), default="train")
    parser.add_argument("--each-verb", action="store_true")
    parser.add_argument("--each-shape", action="store_true")
    parser.add_argument(
        "--puppets", type=float, default=0.0, help="share of the objects"
    )
    parser.add_argument("--colours", type=int, default=0)
    args = parser.parse_args(argv)
    if args.each_verb or args.each_shape:
        draw = one_of_each if args.each_verb else one_of_each_shape
        both, prompts = draw(args.frames, args.size, args.seed)
        print("\n".join(prompts))
        pick = torch.linspace(0, args.frames - 1, args.columns).round().long()
        both = both[:, pick]
        if len(both) % 2:
            both = torch.cat([both, torch.full_like(both[:1], 255)])
        both = both.unflatten(0, (-1, 2)).flatten(1, 2)
        contact_sheet(both, args.out, 2 * args.columns)
    else:
        began = time.perf_counter()
        scene = generate(
            args.clips, args.frames, (args.size, args.size), args.seed,
            objects=(1, args.objects), split=args.split, puppets=args.puppets,
        )  # fmt: skip
        spent = time.perf_counter() - began
        both = torch.stack([scene.video, colour_ids(scene.ids)], 1).flatten(0, 1)
        contact_sheet(both, args.out, args.columns)
        for b, caption in enumerate(scene.captions):
            print(f"{b}: {caption}\n   motion: {scene.motion_captions[b]}")
            for verb, prompt in zip(scene.verbs[b], scene.local_prompts[b]):
                print(f"   {verb}: {prompt}")
        print(f"{args.clips / spent:.1f} clips/s")
    if args.colours:
        with Image.open(args.out) as sheet:
            small = sheet.convert("RGB").quantize(
                args.colours, dither=Image.Dither.NONE
            )
        small.save(args.out, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
