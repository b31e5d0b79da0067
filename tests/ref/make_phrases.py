# This file is part of ttm; licence: LGPL 2.1 or later, see LICENSE.
"""Write tests/data/phrases.txt: what the shipped bundle's captions say of motions.

One line a phrase: motion class, a tab, the phrase in the third person.

    python tests/ref/make_phrases.py
"""

from __future__ import annotations

import runpy
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PHRASES = SOURCE / "models" / "train" / "scenes" / "phrases.py"
TARGET = SOURCE / "tests" / "data" / "phrases.txt"


def main() -> None:
    words = runpy.run_path(str(PHRASES))
    lines: list[str] = []
    for verb, phrases in words["PHRASES"].items():
        lines += [f"{verb}\t{third} {rest}".rstrip() for third, _, rest in phrases]
    for (_, verb), phrases in words["CROSSING_PHRASES"].items():
        lines += [f"{verb}\t{third} {rest}".rstrip() for third, _, rest in phrases]
    unique = dict.fromkeys(line.format("the ball") for line in lines)
    TARGET.write_text("".join(line + "\n" for line in unique))


if __name__ == "__main__":
    main()
