# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes detector/: a tiny OWLv2 whose weights are set by hand so that it finds colours,
in the folder layout of transformers, and what transformers finds with it; and pictures
with what Owlv2ImageProcessor makes of them. For tests/unit/test_detect.c and
tests/ffmpeg/test_detector.sh; needs the packages of requirements.txt and torchvision:

    python3 tests/ref/make_detector_reference.py

How it works: a text's words for colours leave their own direction in the state of its end,
by an attention that looks at all tokens alike. A place of the picture has the same
direction as its mean colour, and a box of two by two places that it is the first of.

Pictures are padded with grey (0.5), as the model's authors do and transformers did before
version 5; that of transformers 5 pads with black, so padding is replaced here.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import (
    CLIPTokenizer,
    Owlv2Config,
    Owlv2ForObjectDetection,
    Owlv2ImageProcessor,
)

ROOT = Path(__file__).resolve().parent / "detector"
COLOURS = ("red", "green", "blue")
WORDS = ("a", "photo", "of", "ball", "kite", "bird", "cat", "green", "red", "blue")
SIDE, PATCH, TEXT, VISION = 24, 4, 8, 16
GRID = SIDE // PATCH


class GreyProcessor(Owlv2ImageProcessor):
    """Pads as the model's authors do."""

    def pad(self, images, constant_value=0.0, **kwargs):
        return super().pad(images, constant_value=0.5, **kwargs)


def write_tokenizer(folder: Path) -> CLIPTokenizer:
    """Letters, and merges that make the words, each from its beginning."""
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    vocabulary = ["!", *letters, *(f"{x}</w>" for x in letters)]
    merges = []
    for word in WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            pair, whole = (parts[0], parts[1]), parts[0] + parts[1]
            if pair not in merges:
                merges.append(pair)
                vocabulary.append(whole)
            parts = [whole, *parts[2:]]
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    ids = {token: i for i, token in enumerate(vocabulary)}
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps(ids))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": 16,
        "pad_token": "!",
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")
    return CLIPTokenizer(
        vocab=ids,
        merges=merges,
        pad_token="!",
        model_max_length=16,
    )


def directions() -> Tensor:
    """[colours, TEXT]: unit vectors without a mean, so that norms keep them."""
    one = torch.eye(TEXT)[: len(COLOURS)]
    one = one - one.mean(-1, keepdim=True)
    return one / one.norm(dim=-1, keepdim=True)


def inverse(x: float) -> float:
    """Of the sigmoid, as compute_box_bias() has it."""
    return math.log(x + 1e-4) - math.log1p(-x + 1e-4)


def fill(model: Owlv2ForObjectDetection, ids: dict[str, int]) -> None:
    for name, p in model.named_parameters():
        p.zero_()
        if "norm" in name and name.endswith("weight"):
            p.fill_(1)
    owl = model.owlv2
    text, vision = owl.text_model, owl.vision_model
    for i, colour in enumerate(COLOURS):
        text.embeddings.token_embedding.weight[ids[f"{colour}</w>"]] = directions()[i]
    nothing = torch.eye(TEXT)[TEXT - 1] - 1 / TEXT  # what no colour leaves
    text.embeddings.token_embedding.weight[-1] = 1e-3 * nothing
    attention = text.encoder.layers[0].self_attn
    attention.v_proj.weight.copy_(torch.eye(TEXT))
    attention.out_proj.weight.copy_(torch.eye(TEXT))
    owl.text_projection.weight.copy_(torch.eye(TEXT))

    # how much of each colour: a channel less the mean of the others, both signs
    mean = torch.tensor(Owlv2ImageProcessor.image_mean)
    std = torch.tensor(Owlv2ImageProcessor.image_std)
    pure = 1.5 * torch.eye(3) - 0.5
    half = VISION // 2
    weight = vision.embeddings.patch_embedding.weight
    for sign, start in ((1, 0), (-1, half)):
        rows = sign * pure * std / PATCH**2
        weight[start : start + 3] = rows[:, :, None, None].expand(-1, -1, PATCH, PATCH)
        offset = sign * (pure @ mean)
        vision.embeddings.position_embedding.weight[1:, start : start + 3] = offset
        # the token of the whole takes the sign away again
        vision.embeddings.class_embedding[start : start + half] = sign
    model.class_head.dense0.weight[:, :3] = 2 * directions().T
    model.class_head.dense0.bias.fill_(0.1)  # for places that have no colour
    model.class_head.logit_shift.bias.fill_(-0.5)
    model.class_head.logit_scale.bias.fill_(10)
    # two by two places around the place's lower right corner
    size = inverse(2 / GRID) - inverse(1 / GRID)
    model.box_head.dense2.bias.copy_(torch.tensor([0, 0, size, size]))
    model.objectness_head.dense2.bias.fill_(1)


def tiny(ids: dict[str, int]) -> Owlv2ForObjectDetection:
    common = {"num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 4}
    text = common | {
        "vocab_size": len(ids),
        "hidden_size": TEXT,
        "max_position_embeddings": 16,
        "bos_token_id": ids["<|startoftext|>"],
        "eos_token_id": ids["<|endoftext|>"],
    }
    vision = common | {
        "hidden_size": VISION,
        "image_size": SIDE,
        "patch_size": PATCH,
        "layer_norm_eps": 1.0,  # a little colour stays little
    }
    model = Owlv2ForObjectDetection(
        Owlv2Config(text_config=text, vision_config=vision, projection_dim=TEXT)
    )
    fill(model.eval(), ids)
    return model


def draw() -> Tensor:
    """A still [64, 96, 3]: grey, with black squares of 32 whose first quarter has a
    colour: red, blue, and green twice."""
    still = torch.full((64, 96, 3), 128, dtype=torch.uint8)
    for x, y, colour in (
        (0, 0, (255, 0, 0)),
        (64, 0, (0, 0, 255)),
        (0, 32, (0, 255, 0)),
        (64, 32, (20, 235, 20)),
    ):
        still[y : y + 32, x : x + 32] = 0
        still[y : y + 16, x : x + 16] = torch.tensor(colour, dtype=torch.uint8)
    return still


def found(model, tokenizer, processor, still: Tensor, texts: list[str]) -> list[dict]:
    """What transformers sees of each text, the best first."""
    tokens = tokenizer(texts, padding="max_length", return_tensors="pt")
    pixels = processor(images=still.permute(2, 0, 1), return_tensors="pt").pixel_values
    out = model(**tokens, pixel_values=pixels)
    h, w, _ = still.shape
    cx, cy, bw, bh = (out.pred_boxes[0] * max(h, w)).unbind(-1)
    boxes = torch.stack((cx - bw / 2, cy - bh / 2, cx + bw / 2, cy + bh / 2), -1)
    scores = out.logits[0].sigmoid()
    rows = []
    for i, text in enumerate(texts):
        order = scores[:, i].argsort(descending=True, stable=True)
        best = [p for p in order.tolist() if scores[p, i] >= 0.1] or order[:1].tolist()
        rows.append(
            {
                "text": text,
                "ids": tokens.input_ids[i].tolist(),
                "scores": [round(float(scores[p, i]), 6) for p in best],
                "boxes": [[round(float(v), 3) for v in boxes[p]] for p in best],
            }
        )
    return rows


def pictures() -> dict[str, Tensor]:
    """What is made of drawn pictures before the network, channels last."""
    tensors = {}
    for i, (h, w, side) in enumerate(
        ((23, 27, 12), (40, 9, 10), (14, 16, 16), (7, 5, 12), (24, 24, 10))
    ):
        y, x, c = torch.meshgrid(*map(torch.arange, (h, w, 3)), indexing="ij")
        picture = (x * 37 + y * 91 + c * 53 + x * y * 7) % 256
        picture = picture.to(torch.uint8).permute(2, 0, 1)
        size = {"height": side, "width": side}
        # a square one needs no padding: transformers as it is
        kind = Owlv2ImageProcessor if h == w else GreyProcessor
        made = kind(size=size)(images=picture, return_tensors="pt").pixel_values[0]
        tensors[f"{i}/made"] = made.permute(1, 2, 0).contiguous()
    return tensors


def main() -> None:
    torch.set_num_threads(1)
    shutil.rmtree(ROOT, ignore_errors=True)
    folder = ROOT / "colours"
    tokenizer = write_tokenizer(folder)
    ids = json.loads((folder / "vocab.json").read_text())
    processor = GreyProcessor(size={"height": SIDE, "width": SIDE})
    with torch.no_grad():
        model = tiny(ids)
        model.save_pretrained(folder)
        processor.save_pretrained(folder)
        path = folder / "preprocessor_config.json"
        config = json.loads(path.read_text())
        config["image_processor_type"] = "Owlv2ImageProcessor"
        path.write_text(json.dumps(config, indent=1) + "\n")
        texts = [
            "a photo of a red ball",
            "a photo of a blue kite",
            "a photo of a green bird",
            "a photo of a cat",
        ]
        still = draw()
        rows = found(model, tokenizer, processor, still, texts)
        (ROOT / "found.json").write_text(json.dumps({"rows": rows}, indent=1) + "\n")
        save_file(pictures(), str(ROOT / "pictures.safetensors"))
    for path in ROOT.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


if __name__ == "__main__":
    main()
