# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Contact sheets of clips: python -m scenes.preview OUT.png"""

from __future__ import annotations

import argparse
import sys
import time

import torch

from .generator import generate
from .sheet import colour_ids, contact_sheet


def main(argv: list[str] | None = None) -> int:
    """Writes clips over their masks, prints their captions and the pace."""
    parser = argparse.ArgumentParser(prog="scenes.preview", description=__doc__)
    parser.add_argument("out", help="PNG file to write")
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--split", choices=("train", "held_out"), default="train")
    args = parser.parse_args(argv)
    began = time.perf_counter()
    scene = generate(
        args.clips, args.frames, (args.size, args.size), args.seed, split=args.split
    )
    spent = time.perf_counter() - began
    both = torch.stack([scene.video, colour_ids(scene.ids)], 1).flatten(0, 1)
    contact_sheet(both, args.out, args.columns)
    for b, caption in enumerate(scene.captions):
        print(f"{b}: {caption}\n   motion: {scene.motion_captions[b]}")
        for verb, prompt in zip(scene.verbs[b], scene.local_prompts[b]):
            print(f"   {verb}: {prompt}")
    print(f"{args.clips / spent:.1f} clips/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
