# This file is part of ttm, licensed under the LGPL 2.1 or later.
"""Writes tests/ref/bundle: a complete bundle with tiny random networks.

It makes no useful video, but every unit of a clip runs on it in seconds.
Run: python tests/ref/make_tiny_bundle.py TOKENIZER_FOLDER
"""

import json
import shutil
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[2]
TRAIN = ROOT / "models" / "train"
sys.path.insert(0, str(TRAIN))

from bundle import (  # noqa: E402
    STAGES, build_text_encoder, build_unet, build_vae, load_tokenizer,
    save_index, save_text_encoder, save_unet, save_vae, stage_meta,
)  # fmt: skip


def tiny_config():
    config = json.loads((TRAIN / "configs" / "small.json").read_text())
    config |= {"name": "tiny", "frames": 4, "size": [32, 32]}
    config["vae"] = {"block_out_channels": [8, 8, 8, 8],
                     "latent_channels": 4, "norm_num_groups": 4}  # fmt: skip
    config["text"] = {"hidden": 16, "layers": 1, "heads": 2}
    for stage in STAGES:
        config[stage] |= {
            "size": [32, 32], "block_out_channels": [8, 16],
            "num_attention_heads": [1, 2], "norm_num_groups": 4,
            "attention_levels": [True, True], "masked_blocks": 2,
        }  # fmt: skip
    # Flat masks; make_pipeline_reference.py tints them too.
    config["image_to_motion"].pop("trajectory", None)
    # All three forwards of the guidance in stage 1, two in stage 2.
    config["defaults"] |= {"steps": [2, 2], "guidance": [2.0, 1.5],
                           "image_guidance": [1.5, 1.0]}  # fmt: skip
    # Any length of a test is generated, none interpolated.
    config["defaults"]["generated_frames"] = 32
    return config


def main():
    config, root = tiny_config(), Path(__file__).with_name("bundle")
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(sys.argv[1], root / "tokenizer")
    torch.manual_seed(7)
    save_index(config, root)
    save_vae(build_vae(config), root / "vae")
    vocab = len(load_tokenizer(root / "tokenizer"))
    save_text_encoder(build_text_encoder(config, vocab), root / "text_encoder")
    for stage in STAGES:
        unet = build_unet(config, stage)
        for parameter in unet.parameters():
            if parameter.ndim > 1 and not parameter.any():
                torch.nn.init.normal_(parameter, std=0.02)
        save_unet(unet, stage_meta(config, stage), root / stage)


if __name__ == "__main__":
    main()
