# SPDX-License-Identifier: CC0-1.0
"""Writes the weighted mean of a part's weights in two bundles of one architecture.

    python average_bundles.py BEFORE AFTER --share 0.5 --parts image_to_motion,text_encoder

The parts of AFTER become (1 - share) BEFORE + share AFTER, in their own types. What
was trained further from one start lies close enough for that (Wortsman et al., "Model
soups", 2022).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load_file, save_file


def weight_file(part: Path) -> Path:
    """The one weight file of a part."""
    found = sorted(part.glob("*.safetensors"))
    if len(found) != 1:
        raise ValueError(f"{part}: {len(found)} weight files, one is needed")
    return found[0]


def average(before: Path, after: Path, share: float) -> None:
    """Puts the mean into the weight file `after`."""
    old, new = load_file(before), load_file(after)
    if {k: v.shape for k, v in old.items()} != {k: v.shape for k, v in new.items()}:
        raise ValueError(f"{before} and {after} have other tensors")
    with safe_open(after, "pt") as file:
        meta = file.metadata()
    mean = {
        k: ((1 - share) * old[k].float() + share * v.float()).to(v.dtype)
        for k, v in new.items()
    }
    save_file(mean, after, metadata=meta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    parser.add_argument("--parts", default="image_to_motion,text_encoder")
    args = parser.parse_args()
    for part in args.parts.split(","):
        average(
            weight_file(args.before / part), weight_file(args.after / part), args.share
        )


if __name__ == "__main__":
    main()
