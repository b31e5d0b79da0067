# SPDX-License-Identifier: CC0-1.0
"""The distribution's packages that the segmenter's pictures come from.

Only Debian's own client fetches them, nothing is installed, and what their
copyright files say is printed and kept beside the piles. The pictures are used
for training alone; none of them is in this project.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

PACKAGES = (
    "tuxpaint-stamps-default",  # photographs cut out: animals, food, vehicles, tools
    "openclipart-png",  # outlines of thousands of things
    "gcompris-qt-data",  # photographs of animals, tools, fish, monuments
    "endless-sky-data",  # landscapes, and rendered ships with alpha
    "stellarium-data",  # panoramas
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "ukui-wallpapers",
    "gnome-backgrounds",
)


def fetch(folder: Path) -> None:
    """Download and unpack what is not there yet; needs apt and dpkg."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PACKAGES:
        target = folder / name
        if target.exists():
            continue
        subprocess.run(["apt-get", "download", name], cwd=folder, check=True)
        archive = next(folder.glob(f"{name}_*.deb"))
        beside = folder / f"{name}.part"
        subprocess.run(["dpkg", "-x", str(archive), str(beside)], check=True)
        beside.rename(target)
        archive.unlink()


def licences(folder: Path, name: str) -> str:
    """What a package's copyright file says, in a line: each licence, how often."""
    text = (folder / name / "usr/share/doc" / name / "copyright").read_text("utf-8")
    named = re.findall(r"^License:[ \t]*(\S.*)$", text, re.M)
    if named:
        found = Counter(x.strip() for x in named)
        return ", ".join(f"{k} ({n})" for k, n in found.most_common())
    shorter = ("Public Domain Dedication", "Attribution-ShareAlike", "General Public")
    return "no table; speaks of: " + ", ".join(x for x in shorter if x in text)


def carve(resources: Path, out: Path) -> int:
    """The pictures inside Qt's resource files: each has its length before it."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for file in sorted(resources.rglob("*.rcc")):
        data = file.read_bytes()
        for match in re.finditer(rb"\xff\xd8\xff|\x89PNG\r\n|RIFF....WEBP", data, re.S):
            start = match.start()
            length = int.from_bytes(data[start - 4 : start], "big")
            if not 5000 < length <= len(data) - start:
                continue
            kind = {b"\xff\xd8": "jpg", b"\x89P": "png"}.get(match.group()[:2], "webp")
            name = f"{file.stem}-{start}.{kind}"
            (out / name).write_bytes(data[start : start + length])
            count += 1
    return count
