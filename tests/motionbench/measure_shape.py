# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Measures how clips follow the shapes of trajectories that are given.

FOLDER has a folder a case: still.png, and the trajectory as traj00.png,
traj01.png ... in flat colours on black, its first frame the still's objects. Each
goes through the real ffmpeg (`mode=render`).

*Adherence*: the masks of the first frame, carried through the clip by dense
optical flow, against the trajectory's: mean intersection over union, over the
objects and all later frames. It asks whether the picture moved into the shape
that it was told; a clip that stands still is the other column.

With --shapes (make build/tests/full/shapes) how the objects were bent as well.
Needs numpy and opencv-python-headless. Run `python measure_shape.py --help`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
LEAST, MOST = 0.002, 0.6  # shares of the picture that an object may have


def read_trajectory(case: Path) -> tuple[list[Image], int]:
    """Ids of all frames, by the flat colours of the first; number of objects."""
    files = sorted(case.glob("traj[0-9]*.png"))
    frames = [cv2.imread(str(file)) for file in files]
    if not frames:
        sys.exit(f"{case}: there is no traj00.png")
    colours, counts = np.unique(frames[0].reshape(-1, 3), axis=0, return_counts=True)
    found = [c for c, n in zip(colours, counts) if n > 1e-4 * frames[0].size and c.any()]
    palette = np.array([[0, 0, 0], *found], np.int32)
    ids = [
        np.abs(frame[:, :, None].astype(np.int32) - palette).sum(3).argmin(2).astype(np.uint8)
        for frame in frames
    ]
    return ids, len(found)


def read_clip(path: Path) -> list[Image]:
    """All frames of a video."""
    video, frames = cv2.VideoCapture(str(path)), []
    while True:
        more, frame = video.read()
        if not more:
            return frames
        frames.append(frame)


def render(ffmpeg: str, case: Path, options: str, out: Path) -> list[Image]:
    """The case through the filter."""
    graph = f"[0][1]ttm=prompt='it moves':mode=render:seed=1{':' + options if options else ''}"
    command = [ffmpeg, "-v", "error", "-nostdin", "-y", "-i", case / "still.png"]
    command += ["-framerate", "8", "-i", case / "traj%02d.png", "-filter_complex", graph]
    command += ["-c:v", "ffv1", "-pix_fmt", "bgr0", out]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{case}: {done.stderr.strip()}")
    return read_clip(out)


def adherence(clip: list[Image], ids: list[Image], objects: int) -> float:
    """Mean IoU of the masks that the clip's flow carries with those given."""
    height, width = ids[0].shape
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = [
        cv2.cvtColor(cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        for f in clip
    ]
    place = np.stack(np.meshgrid(np.arange(width), np.arange(height)), 2).astype(np.float32)
    source, scores = place.copy(), {k: [] for k in range(1, objects + 1)}
    for t in range(1, min(len(grey), len(ids))):
        back = place + flow.calc(grey[t], grey[t - 1], None)
        source = cv2.remap(source, back, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for k, values in scores.items():
            first, given = ids[0] == k, ids[t] == k
            if not LEAST < first.mean() < MOST or not given.any():
                continue
            carried = cv2.remap(first.astype(np.float32), source, None, cv2.INTER_LINEAR) > 0.5
            values.append((carried & given).sum() / (carried | given).sum())
    means = [np.mean(values) for values in scores.values() if values]
    return float(np.mean(means)) if means else float("nan")


def main() -> None:
    """Print a line a case, then the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ffmpeg")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--options", default="", help="of the filter, a=b:c=d")
    parser.add_argument("--shapes", help="program that tells how objects are bent")
    arguments = parser.parse_args()
    rows = []
    for case in sorted(path.parent for path in arguments.folder.glob("*/still.png")):
        ids, objects = read_trajectory(case)
        with tempfile.TemporaryDirectory() as folder:
            clip = render(arguments.ffmpeg, case, arguments.options, Path(folder) / "clip.mkv")
        still = cv2.imread(str(case / "still.png"))
        rows.append((adherence([still] * len(ids), ids, objects), adherence(clip, ids, objects)))
        print(f"{case.name:24} still {rows[-1][0]:.3f}  clip {rows[-1][1]:.3f}", flush=True)
        if arguments.shapes:
            height, width = ids[0].shape
            size = [str(n) for n in (width, height, len(ids), objects)]
            data = np.stack(ids).tobytes()
            told = subprocess.run([arguments.shapes, *size], input=data, capture_output=True)
            print("    " + told.stdout.decode().strip().replace("\n", "\n    "), flush=True)
    if not rows:
        sys.exit(f"{arguments.folder}: there is no case")
    still, clip = np.nanmean(np.array(rows), axis=0)
    print(f"mean of {len(rows)}: still {still:.3f}, clip {clip:.3f}")


if __name__ == "__main__":
    main()
