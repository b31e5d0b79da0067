# SPDX-License-Identifier: CC0-1.0
"""Makes the piles that scenes are composed of from the packages' pictures.

    python -m segment_scenes.sources --work DIR

DIR/packages has the unpacked packages, DIR/assets the piles, DIR/photographs
shards of photographs as they are, whose masks were cut out by GrabCut in boxes
drawn by hand (photo_boxes.json, by the SHA-256 of the picture).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .packages import PACKAGES, carve, fetch, licences
from .photographs import Cut, cut_photograph, cut_piece, draw_photographs
from .piles import Pile

Picture = NDArray[np.uint8]
BOXES = Path(__file__).with_name("photo_boxes.json")
CLIPS, SHIPS = 1500, 60  # at most
DRAWN = (
    "symbols",
    "clothes/",
    "seasonal/han",
    "seasonal/east",
    "seasonal/hallow",
    "flags",
)
LEFT_OUT = ("alphabets", "cartoon", "money", "math", "roadsigns")
ACTIVITIES = (
    "explore_world_animals", "explore_farm_animals", "explore_monuments",
    "explore_world_music", "paintings", "categorization", "erase", "details",
)  # fmt: skip
WALLPAPERS = (
    ("lomiri-wallpapers-16.04", "*.jpg"), ("lomiri-wallpapers-20.04", "*.jpg"),
    ("mate-backgrounds", "nature/*.jpg"), ("ukui-wallpapers", "*.jpg"),
)  # fmt: skip


def shrink(picture: Picture, longest: int) -> Picture:
    """Not longer than that."""
    f = longest / max(picture.shape[:2])
    if f >= 1:
        return picture
    return cv2.resize(picture, None, fx=f, fy=f, interpolation=cv2.INTER_AREA)


def cut_out(file: Path, longest: int = 300) -> Picture | None:
    """RGBA of a picture with alpha, cut to what is there; None where that is not
    one thing of some body."""
    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        return None
    there = picture[..., 3] > 127
    if picture.dtype != np.uint8 or there.mean() < 0.02 or min(there.shape) < 48:
        return None
    ys, xs = np.nonzero(there)
    picture = picture[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    there = picture[..., 3] > 127
    if not 0.12 <= there.mean() <= 0.93 or min(there.shape) < 40:
        return None
    _, _, stats, _ = cv2.connectedComponentsWithStats(there.astype(np.uint8))
    if stats[1:, 4].max() < 0.8 * there.sum():
        return None
    return np.ascontiguousarray(shrink(picture, longest)[..., [2, 1, 0, 3]])


def photograph(file: Path, longest: int) -> Picture | None:
    """RGB of an opaque picture, or of the opaque rows of one; None where that is
    too small or nearly even."""
    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.dtype != np.uint8 or picture.ndim != 3:
        return None
    if picture.shape[2] == 4:
        opaque = picture[..., 3] > 250
        rows = np.nonzero(opaque.mean(1) > 0.97)[0]
        if len(rows) < 100:
            return None
        picture = picture[rows.min() : rows.max() + 1]
        if (picture[..., 3] > 250).mean() < 0.97:
            return None
    picture = picture[..., :3]
    if min(picture.shape[:2]) < 180 or picture.std() < 12:
        return None
    long = max(picture.shape[:2]) >= 2.2 * min(picture.shape[:2])
    picture = shrink(picture, 1000 if long else longest)
    if min(picture.shape[:2]) < 150:
        return None
    return np.ascontiguousarray(picture[..., ::-1])


def stamps(folder: Path) -> tuple[list[Picture], list[Picture]]:
    """Cut-out photographs, and the drawn ones among the stamps."""
    cut, drawn = [], []
    for file in sorted(folder.rglob("*.png")):
        name = str(file.relative_to(folder))
        picture = None if any(x in name for x in LEFT_OUT) else cut_out(file)
        if picture is None:
            continue
        solid = picture[picture[..., 3] > 200][:, :3] // 16
        flat = len(np.unique(solid, axis=0)) < 60
        (drawn if flat or any(x in name for x in DRAWN) else cut).append(picture)
    return cut, drawn


def ships(folder: Path) -> Iterator[Picture]:
    """Rendered ships, but for the dark ones."""
    count = 0
    for file in sorted(folder.rglob("ship/*.png")):
        picture = cut_out(file)
        if picture is None or picture[picture[..., 3] > 200][:, :3].mean() <= 40:
            continue
        count += 1
        if count > SHIPS:
            return
        yield picture


def clip_art(folder: Path, more: list[Path]) -> Iterator[Picture]:
    """Clip art by chance, and the files of more."""
    files = sorted(folder.rglob("*.png"))
    np.random.default_rng(0).shuffle(files)  # type: ignore[arg-type]
    count = 0
    for file in files:
        picture = cut_out(file, 240)
        if picture is not None:
            count += 1
            yield picture
        if count == CLIPS:
            break
    yield from (p for p in (cut_out(f, 240) for f in more) if p is not None)


def photo_files(packages: Path, carved: Path) -> Iterator[tuple[Path, int]]:
    """Files of photographs, and how long they may be."""
    for name in ACTIVITIES:
        yield from ((f, 640) for f in sorted(carved.glob(f"{name}-*")))
    for name, which in WALLPAPERS:
        yield from ((f, 1000) for f in sorted((packages / name).rglob(which)))
    wide = packages / "plasma-workspace-wallpapers/usr/share/wallpapers"
    for each in sorted(wide.glob("*/contents/images")):
        yield max(each.iterdir(), key=lambda f: f.stat().st_size), 1000
    for which in ("land/*.jpg", "scene/*.jpg"):
        found = sorted((packages / "endless-sky-data").rglob(which))
        yield from ((f, 640) for f in found)
    views = packages / "stellarium-data/usr/share/stellarium/landscapes"
    yield from ((f, 640) for f in sorted(views.rglob("*.png")))
    yield from (
        (f, 640) for f in sorted((packages / "gnome-backgrounds").rglob("wood*.webp"))
    )


def boxed(files: list[Path]) -> list[Cut]:
    """The photographs with boxes, cut out."""
    table = json.loads(BOXES.read_text())
    out = []
    for file in files:
        boxes = table.pop(hashlib.sha256(file.read_bytes()).hexdigest()[:16], None)
        if boxes:
            out.append(cut_photograph(cv2.imread(str(file))[..., ::-1], boxes))
    if table:
        print(len(table), "photographs with boxes are not in these packages")
    return out


def main() -> None:
    """Fetch the packages, print their licences, write piles and photographs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--work", type=Path, required=True)
    work = parser.parse_args().work
    packages, carved = work / "packages", work / "carved"
    fetch(packages)
    said = [f"{name}: {licences(packages, name)}" for name in PACKAGES]
    print("\n".join(said))
    (work / "licences.txt").write_text("\n".join(said) + "\n")
    print(carve(packages / "gcompris-qt-data", carved), "pictures in resource files")
    files = list(photo_files(packages, carved))
    photographs = boxed([f for f, _ in files])
    cut, drawn = stamps(packages / "tuxpaint-stamps-default")
    cut += list(ships(packages / "endless-sky-data"))
    cut += [piece for one in photographs for piece in cut_piece(one)]
    words = sorted(carved.glob("lang-*.webp"))
    drawn += list(clip_art(packages / "openclipart-png", words))
    photos = [photograph(f, m) for f, m in files]
    piles = {
        "cutouts": cut,
        "clips": drawn,
        "photos": [p for p in photos if p is not None],
    }
    for name, pictures in piles.items():
        Pile.of(pictures).save(work / "assets" / name)
    draw_photographs(photographs, work / "photographs")
    print(
        Counter({k: len(v) for k, v in piles.items()}), len(photographs), "with boxes"
    )


if __name__ == "__main__":
    main()
