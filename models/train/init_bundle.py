# SPDX-License-Identifier: CC0-1.0
"""Writes the parts of a bundle that are not there yet, with random weights.

A complete bundle of the final shapes lets other programs be tested long
before the training is done.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from bundle import (
    STAGES,
    build_text_encoder,
    build_unet,
    build_vae,
    load_config,
    load_tokenizer,
    save_index,
    save_text_encoder,
    save_unet,
    save_vae,
    stage_meta,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/small.json")
    parser.add_argument("--bundle", default="../ttm-small")
    parser.add_argument(
        "--index-only", action="store_true", help="rewrite only the indexes"
    )
    args = parser.parse_args()
    config, root = load_config(args.config), Path(args.bundle)
    save_index(config, root)
    if args.index_only:
        return
    torch.manual_seed(config["seed"])
    if not (root / "vae" / "config.json").exists():
        save_vae(build_vae(config), root / "vae")
    if not (root / "text_encoder" / "config.json").exists():
        vocab = len(load_tokenizer(root / "tokenizer"))
        save_text_encoder(build_text_encoder(config, vocab), root / "text_encoder")
    for stage in STAGES:
        if not (root / stage / "config.json").exists():
            unet = build_unet(config, stage)
            # Zero layers would hide errors of other programs.
            for parameter in unet.parameters():
                if parameter.ndim > 1 and not parameter.any():
                    torch.nn.init.normal_(parameter, std=0.02)
            save_unet(unet, stage_meta(config, stage), root / stage)


if __name__ == "__main__":
    main()
