# SPDX-License-Identifier: LGPL-2.1-or-later
"""Token ids of generated texts against transformers' CLIPTokenizer."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from transformers import CLIPTokenizer

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "ref"))

from make_tokenizer_reference import texts  # noqa: E402

COUNT = 10000


def long_texts(rng: random.Random) -> Iterator[str]:
    """Much more than fits, in one word and in many, and nothing at all."""
    yield from ("", " ", "\t\n", "\u3000", "\u200d", "a" * 100000, "é" * 30000)
    yield from ("ab " * 30000, "🚀" * 20000, "👩\u200d🚀 " * 5000, "\u0301" * 9000)
    # text-like code points of all planes
    planes = [(33, 0x2FF), (0x300, 0x1FFF), (0x2000, 0xD7FF), (0xE000, 0xFFFD)]
    planes += [(0x10000, 0x1FFFF), (0x20000, 0x2FFFF), (0xE0000, 0x10FFFF)]
    for i in range(1500):
        low, high = planes[i % len(planes)]
        points = (rng.randint(low, high) for _ in range(rng.randint(1, 40)))
        yield "".join(map(chr, points))


def folders(work: Path) -> Iterator[Path]:
    """The vocabularies: that of the tests, short and as long as CLIP's, and
    that of the shipped bundle."""
    yield ROOT / "tests" / "ref" / "tokenizer"
    yield ROOT / "models" / "ttm-small" / "tokenizer"
    copy = work / "tokenizer-77"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "tests" / "ref" / "tokenizer", copy)
    path = copy / "tokenizer_config.json"
    config = json.loads(path.read_text()) | {"model_max_length": 77}
    path.write_text(json.dumps(config))
    yield copy


def check(program: Path, work: Path) -> list[tuple[str, int, int]]:
    """(vocabulary, texts, texts with other ids) of each vocabulary."""
    rng = random.Random(5)
    unusual = list(long_texts(rng))
    strings = unusual + list(texts(rng, COUNT - len(unusual)))
    path = work / "texts"
    path.write_bytes(b"".join(s.encode() + b"\0" for s in strings))
    results = []
    for folder in folders(work):
        done = subprocess.run(
            [program, "tokens", folder, path], capture_output=True, text=True
        )
        ours = [[int(i) for i in line.split()] for line in done.stdout.splitlines()]
        tokenizer = CLIPTokenizer.from_pretrained(str(folder))
        theirs = tokenizer(
            strings,
            padding="max_length",
            truncation=True,
            max_length=tokenizer.model_max_length,
        ).input_ids
        wrong = abs(len(ours) - len(theirs))
        for text, a, b in zip(strings, ours, theirs):
            if a != b:
                wrong += 1
                print(f"# {folder.name}: other ids for {text[:60]!r}", file=sys.stderr)
        name = str(folder.relative_to(ROOT)) if ROOT in folder.parents else folder.name
        results.append((name, len(strings), wrong))
    return results
