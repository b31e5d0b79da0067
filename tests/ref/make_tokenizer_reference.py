# This file is part of ttm; licence: LGPL 2.1 or later, see LICENSE.
"""Write tests/ref/tokenizer/: a small CLIP vocabulary and what transformers'
CLIPTokenizer makes of generated texts with it.

    python tests/ref/make_tokenizer_reference.py

cases.json holds: "texts", pairs of a text and its ids without padding, each id
as two digits of base 64 (the alphabet is "digits"); "bytes", the same for
texts that are not valid UTF-8, in hexadecimal; "padded", the same for a
configuration whose pad token is "!"; "hashes", FNV-1a over what the
tokenizers library knows about all code points.
"""

import json
import random
import tempfile
from collections import Counter
from pathlib import Path

from tokenizers import Regex, normalizers
from transformers import CLIPTokenizer

FOLDER = Path(__file__).resolve().parent / "tokenizer"
START, END = "<|startoftext|>", "<|endoftext|>"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
LENGTH = 24
MERGES = 260

WORDS = """the a an and of to in on at by with from over under behind before
red green blue yellow small large round square dog cat bird boat rocket balloon
wheel child woman man dancer river street field mountain photo painting clip
lifts lifting lifted off moves moving moved slowly quickly turns turning rises
rising falls falling it's don't they're we've i'm you'll he'd isn't 's 't 're
café naïve über straße fiancée ångström señor piñata ελληνικά σιγμα русский
ракета летит 東京 写真 한국 日本 ... !! ?! -- () [] :) <3 c++ 3d 2024 100% $5
🚀 🎉 👍 é à ü the the a a of rocket rocket dog dog hahaha aaaa ooooo ooooo""".split()
# "a b" ranks between "b cd" and "a bcd": when "abcd" is joined, it is out of date
WORDS += 9 * ["bcd"] + 5 * ["abcd"] + 2 * ["abe", "abf", "abg"]

ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz" * 4 + "    ABCXYZ" + "'.,!?-",
    "0123456789" + "٣४五Ⅷ½²" + " .,:/%",
    "áàâäãåçéèêëíìîïñóòôöõúùûüýÿßøæœđłşžČĆŠÑÉÀÔÜİıſẞ ",
    "aeioucnsd" + "\u0301\u0300\u0302\u0308\u0327\u0323\u0328\u0331\u0345 ",
    "αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΣΩάέήίόύώϊΐ ",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГЁё ",
    "日本語東京写真中文字漢画像動的物体 ー・。、「」",
    "한국어사진움직임\u1112\u1161\u11ab\u1100\u116e\u11a8 ",
    "ابتثجحخدذرزסעפצקרשת \u05b0\u05bc\u0651\u064e",
    "हिन्दीกขคำ้ไทยবাংলা ",
    "🚀🎉👍🏽👩\u200d🚀❤\ufe0f☃✓→∞≠√€£¥©®™ ",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ab1",
    "\x01\x02\x07\x08\t\n\x0b\x0c\r\x1b\x1f\x7f\x80\x85\x9f\xa0\xad ab",
    "\u2000\u2003\u2009\u200b\u200d\u2028\u2029\u202f\u205f\u3000\u1680\ufeff ab\ufffd",
    "𝐀𝐛𝒞𝓓𝔈𝕗𝖌𐐀𐐁𞤀𞤢𝟏𝟚ﬁﬂǅǆℵΩKÅⅠⅰⓐⒶ豈樂ᴬᵃ",
    "ᾂᾼῌΐΰᾳǛǭṩẛṨạ\u0307s\u0323\u0307が\u3099か\u3099\u0915\u093c\u1d15e",
]
PIECES = [*WORDS, "'s", "'T", "'RE", "'ve", "'M", "'ll", "'D", "''s", "'", "it's", "I'M",
          START, END, END.upper(), START.title(), "<|", "|>", "<|endoftext", "!", "#",
          "  ", "\t", "\n", "\u3000", ".", "q", "77", "a7b", "~", "İ", "ΑΣ"]  # fmt: skip


def byte_symbols():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return {b: chr(b) for b in printable} | {
        b: chr(256 + i) for i, b in enumerate(rest)
    }


def join(symbols, pair):
    out = []
    for s in symbols:
        if out and (out[-1], s) == pair:
            out[-1] += s
        else:
            out.append(s)
    return out


def learn(words):
    """Plain byte-pair encoding of the words."""
    table = byte_symbols()
    split = {w: [table[b] for b in w.lower().encode()] for w in words}
    split = {w: [*s[:-1], s[-1] + "</w>"] for w, s in split.items()}
    merges = []
    while len(merges) < MERGES:
        pairs = Counter()
        for word, symbols in split.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        split = {w: join(s, best) for w, s in split.items()}
    return merges


def write_vocabulary():
    merges = learn(Counter(WORDS))
    symbols = list(byte_symbols().values())
    tokens = symbols + [s + "</w>" for s in symbols]
    # texts with these have unknown symbols
    for missing in ("7", "7</w>", "~</w>", byte_symbols()[0xE3]):
        tokens.remove(missing)
    parts = {p for pair in merges for p in pair}
    assert parts <= {*tokens, *("".join(m) for m in merges)}
    tokens += dict.fromkeys("".join(m) for m in merges)
    tokens += [START, END]
    dump = lambda name, value: (FOLDER / name).write_text(
        json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    dump("vocab.json", {t: i for i, t in enumerate(tokens)})
    (FOLDER / "merges.txt").write_text(
        "\n".join(["#version: 0.2", *(" ".join(m) for m in merges)]) + "\n",
        encoding="utf-8",
    )
    dump(
        "tokenizer_config.json",
        {
            "tokenizer_class": "CLIPTokenizer",
            "model_max_length": LENGTH,
            "bos_token": START,
            "eos_token": END,
            "unk_token": END,
            "pad_token": END,
        },
    )


def texts(rng, count):
    """Generated texts without zeros, each once."""
    seen = {"", " ", "a", "\u0301", "a" * 300, "lift" * 40, "é" * 50}
    seen |= {letter * n for letter in "ao" for n in range(2, 12)} | {
        "abcd",
        "abe",
        "ababcd",
    }
    yield from sorted(seen)
    while len(seen) < count:
        if rng.random() < 0.5:
            text = "".join(
                rng.choice(["", " ", " ", " "]) + rng.choice(PIECES)
                for _ in range(rng.randint(1, 6))
            )
        else:
            text = "".join(
                "".join(rng.choices(rng.choice(ALPHABETS), k=rng.randint(1, 5)))
                for _ in range(rng.randint(1, 4))
            )
        if rng.random() < 0.1:
            text = text.upper()
        if text not in seen:
            seen.add(text)
            yield text


def wrong_bytes(rng, count):
    """Byte strings with broken UTF-8."""
    for _ in range(count):
        data = bytearray()
        for _ in range(rng.randint(1, 5)):
            good = rng.choice(["ab", "é", "東", "🚀", " ", "x"]).encode()
            data += good[: rng.randint(1, len(good))]
            if rng.random() < 0.6:
                data.append(
                    rng.choice(
                        [
                            0x80,
                            0xBF,
                            0xC0,
                            0xC1,
                            0xC3,
                            0xE0,
                            0xED,
                            0xA0,
                            0x9F,
                            0xF0,
                            0x8F,
                            0xF4,
                            0x90,
                            0xF5,
                            0xFF,
                        ]
                    )
                )
        yield bytes(data)


def fnv(values):
    """64-bit FNV-1a over 32-bit little-endian words."""
    value = 0xCBF29CE484222325
    for word in values:
        for byte in word.to_bytes(4, "little"):
            value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def hashes():
    """What the library knows: members of the classes; changed code points."""
    points = [c for c in range(1, 0x110000) if not 0xD800 <= c <= 0xDFFF]
    out = {}
    for name, pattern in (
        ("letters", r"\p{L}"),
        ("numbers", r"\p{N}"),
        ("spaces", r"\s"),
    ):
        find = normalizers.Replace(Regex(pattern), "\x00")
        out[name] = fnv(c for c in points if find.normalize_str(chr(c)) == "\x00")
    for name, step, mark in (
        ("lower", normalizers.Lowercase(), ""),
        ("nfc", normalizers.NFC(), "\u0323\u0301"),
    ):
        words = []
        for c in points:
            text = step.normalize_str(chr(c) + mark)
            if text != chr(c) + mark:
                words += [c, *map(ord, text)]
        out[name] = fnv(words)
    return out


def load(**changes):
    if not changes:
        return CLIPTokenizer.from_pretrained(FOLDER)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("vocab.json", "merges.txt"):
            (Path(folder) / name).write_bytes((FOLDER / name).read_bytes())
        config = json.loads((FOLDER / "tokenizer_config.json").read_text()) | changes
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(config))
        return CLIPTokenizer.from_pretrained(folder)


def encode(tokenizer, text):
    ids = tokenizer(text, max_length=LENGTH, truncation=True)["input_ids"]
    return "".join(DIGITS[i // 64] + DIGITS[i % 64] for i in ids)


def main():
    FOLDER.mkdir(exist_ok=True)
    write_vocabulary()
    rng = random.Random(1)
    plain, padded = load(), load(pad_token="!")
    wrong = sorted(set(wrong_bytes(rng, 200)))
    cases = {
        "digits": DIGITS,
        "hashes": hashes(),
        "texts": [[t, encode(plain, t)] for t in texts(rng, 2400)],
        "bytes": [
            [b.hex(), encode(plain, b.decode("utf-8", "replace"))] for b in wrong
        ],
        "padded": [[t, encode(padded, t)] for t in texts(rng, 60)],
    }
    lines = []
    for key, value in cases.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(v, ensure_ascii=False) for v in value)
            lines.append(f'"{key}": [\n{rows}\n]')
        else:
            lines.append(f'"{key}": {json.dumps(value)}')
    (FOLDER / "cases.json").write_text(
        "{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
