# This file is part of ttm; licence: LGPL 2.1 or later, see LICENSE.
"""Write libavfilter_ttm/prompt/tokenizer_tables.h and tokenizer_nfc.h.

CLIPTokenizer depends on the Unicode version that each step of the tokenizers
library was built with, so the tables are made by asking that library about
every code point; only combining classes and decompositions start from
Python's unicodedata and are corrected to what the library does.

    python tests/ref/tokenizer_tables.py [FOLDER]
"""

import sys
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Regex, normalizers

SOURCE = Path(__file__).resolve().parents[2]
FOLDER = SOURCE / "libavfilter_ttm" / "prompt"
POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
NFC, NFD = normalizers.NFC(), normalizers.NFD()
MARKS = "\u0301\u0323\u0338\u05b0"


def members(pattern):
    """Code points that the library's regular expressions put in a class."""
    find = normalizers.Replace(Regex(pattern), "\x00")
    return [c for c in POINTS if c and find.normalize_str(chr(c)) == "\x00"]


def ranges(points):
    """[first, last] of each run of neighbours."""
    found = []
    for c in points:
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return found


def lowercase():
    """[first, last, step, delta] of the mappings to one other code point."""
    lower = normalizers.Lowercase()
    found = []
    for c in POINTS:
        small = lower.normalize_str(chr(c))
        if len(small) != 1:
            # the only one: the dot above of U+0130 is in the C code
            assert (c, small) == (0x130, "i\u0307")
            continue
        delta = ord(small) - c
        if not delta:
            continue
        last = found[-1] if found else None
        if (
            last
            and last[3] == delta
            and c - last[1] <= 2
            and last[2] in (0, c - last[1])
        ):
            last[1], last[2] = c, c - last[1]
        else:
            found.append([c, c, 0, delta])
    return [[first, end, step or 1, delta] for first, end, step, delta in found]


def combining_classes():
    """Class of each mark that the library knows (an older Unicode version)."""
    classes = {}
    for c in POINTS:
        value = unicodedata.combining(chr(c))
        texts = [t for m in MARKS for t in ("a" + chr(c) + m, "a" + m + chr(c))]
        same = [unicodedata.normalize("NFC", t) == NFC.normalize_str(t) for t in texts]
        if value and all(same):
            classes[c] = value
    return classes


def decompositions():
    """One step of each canonical decomposition, without Hangul syllables."""
    steps = {}
    for c in POINTS:
        text = unicodedata.decomposition(chr(c))
        if not text or text.startswith("<"):
            continue
        step = [int(t, 16) for t in text.split()]
        if NFD.normalize_str(chr(c)) == chr(c):
            continue
        steps[c] = step + [0] * (2 - len(step))
    return steps


def compositions(steps):
    """Code points that NFC makes from their two parts, in order of these."""
    made = []
    for c, (a, b) in steps.items():
        if b and NFC.normalize_str(chr(a) + chr(b)) == chr(c):
            made.append(c)
    return sorted(made, key=lambda c: steps[c])


def rows(values, text, width=78):
    """C initialisers, as many a line as fit."""
    lines, line = [], "   "
    for value in values:
        piece = " " + text(value) + ","
        if len(line) + len(piece) > width:
            lines.append(line)
            line = "   "
        line += piece
    return "\n".join([*lines, line])


def write(path, purpose, tables):
    head = (
        (SOURCE / "libavfilter_ttm" / "util" / "log.h")
        .read_text()
        .split("/** @file")[0]
    )
    guard = "TTM_PROMPT_" + path.stem.upper() + "_H"
    out = [
        head + f"/**\n * @file\n * {purpose}\n * Made by tests/ref/tokenizer_tables.py"
        f" from tokenizers {tokenizers.__version__}: do not edit.\n */\n",
        f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n",
    ]
    for comment, declaration, body in tables:
        out.append(f"/* {comment} */\nstatic const {declaration} = {{\n{body}\n}};\n")
    path.write_text("\n".join(out) + f"\n#endif /* {guard} */\n")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    pair = lambda r: "{ 0x%x, 0x%x }" % tuple(r)
    write(
        folder / "tokenizer_tables.h",
        "Letters, numbers and lower case.",
        [
            (
                "first and last code point of runs of letters",
                "uint32_t letters[][2]",
                rows(ranges(members(r"\p{L}")), pair),
            ),
            (
                "the same of numbers",
                "uint32_t numbers[][2]",
                rows(ranges(members(r"\p{N}")), pair),
            ),
            (
                "first, last, step; what to add for the small letter",
                "int32_t lower[][4]",
                rows(lowercase(), lambda r: "{ 0x%x, 0x%x, %d, %d }" % tuple(r)),
            ),
        ],
    )
    classes, steps = combining_classes(), decompositions()
    runs = []
    for c, value in sorted(classes.items()):
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == value:
            runs[-1][1] = c
        else:
            runs.append([c, c, value])
    order = sorted(steps)
    made = compositions(steps)
    write(
        folder / "tokenizer_nfc.h",
        "Canonical decomposition and composition.",
        [
            (
                "first, last, canonical combining class",
                "uint32_t classes[][3]",
                rows(runs, lambda r: "{ 0x%x, 0x%x, %d }" % tuple(r)),
            ),
            (
                "code point, its two parts; one part: the second is 0",
                "uint32_t decompositions[][3]",
                rows(
                    order,
                    lambda c: "{%#x,%#x,%s}"
                    % (c, steps[c][0], "%#x" % steps[c][1] if steps[c][1] else "0"),
                    98,
                ),
            ),
            (
                "rows of decompositions that compose again, by first and second part",
                "uint16_t compositions[]",
                rows([order.index(c) for c in made], str),
            ),
        ],
    )


main()
