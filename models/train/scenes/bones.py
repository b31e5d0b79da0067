# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Skeletons: bones in a tree, their positions over a clip, seen from one side.

Coordinates of a body are x forward, y up and z to its right; a bone's own are x
along it, and what its rotations make of y and z. Units are body heights, about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

ROOT = "root"  # the name of what bones without a parent hang on


@dataclass
class Bone:
    """One bone and the part of the body drawn around it.

    The part is a cone with round ends (or flat ones) of radii at both ends. A bone
    begins at a place of its parent: a share of its length along it, and an offset
    beside it in its own y and z. Angles are radians: swing turns it from x to y,
    spread from x to -z, twist around itself, in that order.
    """

    name: str
    parent: str
    at: float
    length: float
    radii: tuple[float, float]
    swing: float = 0.0
    spread: float = 0.0
    twist: float = 0.0
    beside: tuple[float, float] = (0.0, 0.0)
    colour: str = "body"
    flat: bool = False
    bulge: float = 1.0  # how round it looks: 0 as a sheet
    lift: float = 0.0  # nearer to the viewer than it is, so that it is seen


@dataclass
class Body:
    """A puppet: its bones, parents before their children."""

    species: str
    bones: list[Bone]
    feet: tuple[str, ...] = ()  # bones whose ends may stand on the ground
    stands: bool = True  # on the ground, and casts its shadow there

    def index(self, name: str) -> int:
        return next(i for i, bone in enumerate(self.bones) if bone.name == name)

    def has(self, name: str) -> bool:
        return any(bone.name == name for bone in self.bones)

    def named(self, prefix: str) -> list[str]:
        """Names of the bones that begin with prefix, in order."""
        return [b.name for b in self.bones if b.name.startswith(prefix)]


@dataclass
class Pose:
    """Angles of bones over F frames, added to those at rest.

    `angles` holds, by the name of a bone, swing, spread and twist [F, 3] of it;
    the root turns in the same way and is shifted by [F, 3]. `lengths` holds factors [F] of bones' lengths.
    """

    frames: int
    angles: dict[str, Tensor] = field(default_factory=dict)
    lengths: dict[str, Tensor] = field(default_factory=dict)
    shift: Tensor | None = None

    def __post_init__(self) -> None:
        if self.shift is None:
            self.shift = torch.zeros(self.frames, 3)

    def add(
        self,
        bone: str,
        swing: Tensor | float = 0.0,
        spread: Tensor | float = 0.0,
        twist: Tensor | float = 0.0,
    ) -> None:
        """Adds to the angles of a bone: numbers, or [F]."""
        parts = [
            torch.as_tensor(part, dtype=torch.float32).expand(self.frames)
            for part in (swing, spread, twist)
        ]
        new = torch.stack(parts, 1)
        self.angles[bone] = self.angles[bone] + new if bone in self.angles else new


@dataclass
class Joints:
    """Where the P bones of a body are in F frames."""

    start: Tensor  # [P, F, 3]
    end: Tensor  # [P, F, 3]
    radii: Tensor  # [P, 2]


def _rotation(angles: Tensor) -> Tensor:
    """Rotations [F, 3, 3] of swing, spread and twist [F, 3]."""
    zero, one = torch.zeros(len(angles)), torch.ones(len(angles))
    (cz, cy, cx), (sz, sy, sx) = angles.cos().unbind(1), angles.sin().unbind(1)
    rows = (
        (cz, -sz, zero, sz, cz, zero, zero, zero, one),
        (cy, zero, sy, zero, one, zero, -sy, zero, cy),
        (one, zero, zero, zero, cx, -sx, zero, sx, cx),
    )
    swing, spread, twist = (torch.stack(row, 1).view(-1, 3, 3) for row in rows)
    return swing @ spread @ twist


def posed(body: Body, pose: Pose) -> Joints:
    """Positions of all bones; unknown names in the pose are an error."""
    frames = pose.frames
    unknown = set(pose.angles) - {ROOT} - {bone.name for bone in body.bones}
    if unknown:
        raise ValueError(f"{body.species}: no bones {sorted(unknown)}")
    none = torch.zeros(frames, 3)
    rotations = {ROOT: _rotation(pose.angles.get(ROOT, none))}
    begins = {ROOT: pose.shift}
    longs = {ROOT: torch.ones(frames)}
    starts, ends = [], []
    for bone in body.bones:
        turned = rotations[bone.parent]
        rest = torch.tensor([bone.swing, bone.spread, bone.twist])
        place = torch.tensor([bone.at, *bone.beside]).expand(frames, 3).clone()
        if bone.parent != ROOT:
            place[:, 0] *= longs[bone.parent]
        start = begins[bone.parent] + (turned @ place[..., None])[..., 0]
        rotation = turned @ _rotation(rest + pose.angles.get(bone.name, none))
        length = bone.length * pose.lengths.get(bone.name, torch.ones(frames))
        rotations[bone.name], begins[bone.name] = rotation, start
        longs[bone.name] = length
        starts.append(start)
        ends.append(start + rotation[..., 0] * length[:, None])
    radii = torch.tensor([bone.radii for bone in body.bones])
    return Joints(torch.stack(starts), torch.stack(ends), radii)


def lowest(body: Body, joints: Joints, names: tuple[str, ...] = ()) -> Tensor:
    """Height [F] of the lowest point of the named bones, of all if none is."""
    chosen = [body.index(name) for name in names] or range(len(body.bones))
    chosen = list(chosen)
    start = joints.start[chosen, :, 1] - joints.radii[chosen, :1]
    end = joints.end[chosen, :, 1] - joints.radii[chosen, 1:]
    return torch.minimum(start, end).amin(0)


def ground(body: Body, pose: Pose, height: Tensor | float = 0.0) -> None:
    """Shifts the pose up or down so that its lowest point is at a height [F]."""
    pose.shift = pose.shift.clone()
    pose.shift[:, 1] += height - lowest(body, posed(body, pose))


def plant(body: Body, pose: Pose) -> None:
    """Moves the root forward so that the foot that stands does not slip.

    Of the feet the lowest one stands; from each frame to the next the root goes
    as far as that foot, in the later of both frames, has gone back.
    """
    joints = posed(body, pose)
    feet = [body.index(name) for name in body.feet]
    ends = joints.end[feet]  # [feet, F, 3]
    # Who is the lowest over both frames of a step.
    low = (ends[:, :-1, 1] + ends[:, 1:, 1]).argmin(0)
    back = ends[:, :-1, 0] - ends[:, 1:, 0]
    step = back.gather(0, low[None])[0]
    pose.shift = pose.shift.clone()
    pose.shift[1:, 0] += step.cumsum(0)


def hold(body: Body, pose: Pose, names: tuple[str, ...]) -> None:
    """Shifts the pose so that the ends of the named bones stay where they are in
    frame 0, on average."""
    ends = posed(body, pose).end[[body.index(name) for name in names]].mean(0)
    pose.shift = pose.shift - (ends - ends[:1])


@dataclass
class View:
    """Where a body is seen from: yaw is 0 from its right side (it faces to the
    right), pi / 2 from the front, pi from its left; pitch looks down on it."""

    yaw: float
    pitch: float = 0.0

    def project(self, points: Tensor) -> Tensor:
        """Of points [..., 3]: x to the right, y down, and depth to the viewer."""
        x, y, z = points.unbind(-1)
        side = x * math.cos(self.yaw) - z * math.sin(self.yaw)
        near = x * math.sin(self.yaw) + z * math.cos(self.yaw)
        up = y * math.cos(self.pitch) - near * math.sin(self.pitch)
        near = near * math.cos(self.pitch) + y * math.sin(self.pitch)
        return torch.stack([side, -up, near], -1)
