# SPDX-License-Identifier: CC0-1.0
"""Trains a small CLIP byte-pair vocabulary on the scenes' captions."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import scenes
from bundle import Config, load_config, load_tokenizer, write_json

START, END = "<|startoftext|>", "<|endoftext|>"


def byte_symbols() -> list[str]:
    """The printable character that CLIP's vocabulary uses for each byte.

    Printable Latin-1 bytes stand for themselves, the others for the code
    points from 256 on, in order; the list is in CLIP's order (printable first).
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def caption_words(count: int, seed: int, puppets: float = 0.0) -> Counter[str]:
    """Words of captions, motion captions and local prompts."""
    words: Counter[str] = Counter()
    for part in range(0, count, 256):
        batch = scenes.generate(
            256, 1, (16, 16), seed=seed + part, objects=(1, scenes.MAX_OBJECTS),
            puppets=puppets,
        )  # fmt: skip
        prompts = batch.captions + batch.motion_captions
        prompts += [p for local in batch.local_prompts for p in local]
        for prompt in prompts:
            words.update(prompt.lower().replace(".", " ").replace(",", " ").split())
    return words


def learn_merges(words: Counter[str], count: int) -> list[tuple[str, str]]:
    """Plain byte-pair encoding: the most frequent pair is merged, repeatedly."""
    parts = {w: tuple(w[:-1]) + (w[-1] + "</w>",) for w in words}
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in parts.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        for word, symbols in parts.items():
            parts[word] = _merge(symbols, best)
    return merges


def _merge(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out: list[str] = []
    i = 0
    while i < len(symbols):
        if symbols[i : i + 2] == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return tuple(out)


def save_tokenizer(
    merges: list[tuple[str, str]], max_length: int, folder: Path
) -> None:
    """Writes the four files of a CLIPTokenizer."""
    symbols = byte_symbols()
    tokens = symbols + [s + "</w>" for s in symbols]
    tokens += ["".join(pair) for pair in merges] + [START, END]
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "vocab.json", {t: i for i, t in enumerate(tokens)})
    lines = ["#version: 0.2"] + [" ".join(pair) for pair in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    write_json(folder / "special_tokens_map.json", special)
    settings: Config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": max_length,
        "do_lower_case": True,
        "add_prefix_space": False,
        "errors": "replace",
    }
    write_json(folder / "tokenizer_config.json", settings | special)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="configs/small.json")
    parser.add_argument("--bundle", default="../ttm-small")
    args = parser.parse_args()
    config = load_config(args.config)
    c, folder = config["tokenizer"], Path(args.bundle) / "tokenizer"
    words = caption_words(c["captions"], config["seed"], c.get("puppets", 0.0))
    save_tokenizer(learn_merges(words, c["merges"]), c["max_length"], folder)
    tokenizer = load_tokenizer(folder)
    lengths = [len(tokenizer(w).input_ids) - 2 for w in words]
    whole = sum(n == 1 for n in lengths)
    print(f"{len(tokenizer)} tokens; {whole} of {len(words)} words are one token")


if __name__ == "__main__":
    main()
