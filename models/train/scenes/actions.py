# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""What bodies do: angles of their bones over a clip, by verb.

Each action is a function of an Actor that returns a Pose; times run from 0 to 1
over the clip. What walks is planted: the foot that stands does not slip.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from .bones import ROOT, Body, Pose, ground, hold, lowest, plant, posed

QUARTER = math.pi / 2


@dataclass
class Actor:
    """Who acts: a body, its luck, the number of frames and how it is seen.

    pace scales how fast or far it goes, near is the side ("r" or "l") towards the
    viewer, across says that it is seen from the front, ahead is 1 where it faces the
    right of the picture and -1 where it faces the left, turn is -1 or 1 for what is
    done to the left or to the right of the picture (0: not said).
    """

    body: Body
    rng: Random
    frames: int
    pace: float = 1.0
    near: str = "r"
    across: bool = False
    ahead: float = 1.0
    turn: float = 0.0

    def __post_init__(self) -> None:
        last = max(self.frames - 1, 1)
        self.time = torch.arange(self.frames) / last

    @property
    def far(self) -> str:
        return "l" if self.near == "r" else "r"

    def between(self, low: float, high: float) -> float:
        return self.rng.uniform(low, high)

    def phase(self, low: float, high: float) -> Tensor:
        """Angle [F] of something that goes round low to high times a clip."""
        turns = self.between(low, high) * self.pace
        return math.tau * (turns * self.time + self.rng.random())

    def rise(self, start: float, end: float) -> Tensor:
        """Smoothly from 0 to 1 between two times, sooner at a higher pace."""
        end = start + (end - start) / max(self.pace, 0.7)
        part = ((self.time - start) / (end - start)).clamp(0, 1)
        return part * part * (3 - 2 * part)

    def pose(self) -> Pose:
        return Pose(self.frames)


Action = Callable[[Actor], Pose]


# Two legs.


def _two_legs(
    actor: Actor, phase: Tensor, swing: float, knee: float, amount: Tensor | float
) -> Pose:
    """Legs and arms of a gait, the right leg in front at phase pi / 2."""
    pose = actor.pose()
    for side, shift in (("r", 0.0), ("l", math.pi)):
        angle = phase + shift
        thigh = amount * swing * angle.sin()
        bent = amount * (0.08 + knee * angle.cos().clamp(min=0))
        pose.add("thigh_" + side, thigh + 0.25 * bent)
        pose.add("shin_" + side, -bent)
        pose.add("foot_" + side, -0.6 * thigh + 0.4 * bent)
        pose.add("arm_" + side, -0.8 * amount * swing * angle.sin())
    return pose


def biped_walks(actor: Actor) -> Pose:
    phase = actor.phase(1.4, 2.2)
    amount: Tensor | float = 1.0
    if actor.rng.random() < 0.3:  # sets out from where it stands
        phase = phase - phase[0]
        amount = actor.rise(-0.05, 0.2)
    pose = _two_legs(
        actor, phase, actor.between(0.3, 0.5), actor.between(0.6, 0.9), amount
    )
    pose.add("spine", actor.between(-0.06, 0.02) + 0.02 * (2 * phase).sin())
    for side in "rl":
        pose.add("forearm_" + side, 0.25)
    ground(actor.body, pose)
    plant(actor.body, pose)
    return pose


def biped_runs(actor: Actor) -> Pose:
    phase = actor.phase(2.2, 3.0)
    pose = _two_legs(
        actor, phase, actor.between(0.6, 0.8), actor.between(1.4, 1.8), 1.0
    )
    pose.add("spine", -actor.between(0.12, 0.25))
    for side in "rl":
        pose.add("forearm_" + side, actor.between(1.2, 1.6))
    ground(actor.body, pose, 0.05 * phase.sin().square())
    plant(actor.body, pose)
    # In the air it goes on as fast as on the ground on average.
    far = pose.shift[-1, 0].clamp(max=1.6)
    pose.shift[:, 0] = far * actor.time
    return pose


def _crouch(actor: Actor, deep: Tensor) -> Pose:
    """Knees bent by a share [F] of all that they can, the trunk a little forward."""
    pose = actor.pose()
    for side in "rl":
        pose.add("thigh_" + side, 1.45 * deep)
        pose.add("shin_" + side, -1.9 * deep)
        pose.add("foot_" + side, 0.45 * deep)
    pose.add("spine", -0.45 * deep)
    return pose


def biped_hops(actor: Actor) -> Pose:
    count = actor.rng.choice((2, 3)) if actor.pace >= 1 else 2
    part = (count * actor.time) % 1.0
    part[-1] = 1.0
    air = ((part - 0.3) / 0.7).clamp(0, 1)
    deep = (
        0.45 * (part / 0.3).clamp(max=1).mul(math.pi).sin()
        + 0.2 * (air * math.pi).sin()
    )
    pose = _crouch(actor, deep)
    for side in "rl":
        pose.add("arm_" + side, 0.5 * (air * math.pi).sin())
    ground(actor.body, pose, actor.between(0.14, 0.22) * 4 * air * (1 - air))
    return pose


def _lift_arm(actor: Actor, pose: Pose, side: str, share: Tensor, high: float) -> None:
    """Raises an arm to the side where that shows, else to the front."""
    if actor.across:
        pose.add("arm_" + side, 0.0, -(1.0 if side == "r" else -1.0) * high * share)
    else:
        pose.add("arm_" + side, high * share)
    pose.add("forearm_" + side, 0.15 * share)


def _arms(up: bool, both: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        high = actor.between(1.5, 2.7)
        share = actor.rise(0.05, actor.between(0.6, 0.95))
        share = share if up else 1 - share
        for side in "rl" if both else actor.near:
            _lift_arm(actor, pose, side, share, high)
        ground(actor.body, pose)
        return pose

    return action


def biped_waves(actor: Actor) -> Pose:
    pose = actor.pose()
    start = 0.22 if actor.rng.random() < 0.6 else -0.5
    share = actor.rise(start - 0.22, start)
    side = actor.near
    _lift_arm(actor, pose, side, share, actor.between(1.9, 2.4))
    swing = share * actor.between(0.4, 0.65) * actor.phase(2.5, 3.6).sin()
    sign = 1.0 if side == "r" else -1.0
    if actor.across:
        pose.add("forearm_" + side, 0.0, sign * (swing - 0.25 * share))
    else:
        pose.add("forearm_" + side, swing + 0.25 * share)
    ground(actor.body, pose)
    return pose


def back_and_forth(actor: Actor, cycles: tuple[float, float]) -> Tensor:
    """A sine [F] that begins at rest."""
    turns = actor.between(*cycles) * actor.pace
    return (math.tau * turns * actor.time).sin()


def nods(actor: Actor) -> Pose:
    pose = actor.pose()
    pose.add("neck", -actor.between(0.3, 0.5) * back_and_forth(actor, (1.6, 2.6)))
    return standing(actor, pose)


def shakes_head(actor: Actor) -> Pose:
    pose = actor.pose()
    turn = actor.between(0.6, 0.9) * back_and_forth(actor, (1.8, 2.8))
    pose.add(
        "neck", 0.0, *((0.0, turn) if actor.body.species == "biped" else (turn, 0.0))
    )
    return standing(actor, pose)


def turns_head(actor: Actor) -> Pose:
    pose = actor.pose()
    sign = actor.turn or (-1.0 if actor.near == "r" else 1.0)
    turn = sign * actor.between(0.8, 1.2) * actor.rise(0.1, 0.8)
    pose.add(
        "neck", 0.0, *((0.0, turn) if actor.body.species == "biped" else (turn, 0.0))
    )
    return standing(actor, pose)


def standing(actor: Actor, pose: Pose) -> Pose:
    """On the ground by its feet, where it has some."""
    if actor.body.stands:
        ground(actor.body, pose)
    return pose


def biped_bows(actor: Actor) -> Pose:
    pose = actor.pose()
    down = actor.rise(0.05, 0.5)
    if actor.rng.random() < 0.5:
        down = down - actor.rise(0.55, 1.0)
    deep = actor.between(0.8, 1.3) * down
    pose.add("spine", -deep)
    for side in "rl":
        pose.add("arm_" + side, 0.8 * deep)
    return standing(actor, pose)


def _sits(down: bool) -> Action:
    def action(actor: Actor) -> Pose:
        deep = actor.rise(0.05, actor.between(0.7, 0.95))
        deep = deep if down else 1 - deep
        pose = actor.pose()
        for side in "rl":
            pose.add("thigh_" + side, 1.5 * deep)
            pose.add("shin_" + side, -1.5 * deep)
        pose.add("spine", -0.35 * (deep * math.pi).sin() + 0.05 * deep)
        for side in "rl":
            pose.add("arm_" + side, 0.35 * deep)
            pose.add("forearm_" + side, 0.6 * deep)
        ground(actor.body, pose)
        plant(actor.body, pose)
        return pose

    return action


def biped_lies_down(actor: Actor) -> Pose:
    pose, down = actor.pose(), actor.rise(0.05, 0.9)
    bent = (down * math.pi).sin()
    pose.add(ROOT, 1.5 * down)
    for side in "rl":
        pose.add("thigh_" + side, 1.2 * bent)
        pose.add("shin_" + side, -1.4 * bent)
    pose.add("spine", -0.5 * bent)
    ground(actor.body, pose)
    pose.shift[:, 0] -= 0.15 * down
    return pose


def biped_stretches(actor: Actor) -> Pose:
    pose = actor.pose()
    up = actor.rise(0.0, 0.5)
    for side in "rl":
        _lift_arm(actor, pose, side, up, actor.between(2.6, 3.0))
    pose.add("spine", 0.25 * actor.rise(0.3, 0.9))
    for side in "rl":
        pose.add("foot_" + side, -0.4 * actor.rise(0.3, 0.8))
    return standing(actor, pose)


def biped_dances(actor: Actor) -> Pose:
    beat = actor.phase(1.6, 2.4)
    pose = _crouch(actor, 0.12 * (1 - (2 * beat).cos()))
    sway = actor.between(0.12, 0.25)
    roll = (
        {"twist": sway * beat.sin()} if actor.across else {"swing": sway * beat.sin()}
    )
    pose.add("spine", **roll)
    for side, shift in (("r", 0.0), ("l", actor.rng.choice((0.0, math.pi)))):
        high = actor.between(0.8, 1.8) * (0.6 + 0.4 * (beat + shift).sin())
        _lift_arm(actor, pose, side, torch.ones(actor.frames), 1.0)
        pose.add(
            "arm_" + side, 0.3 * high, -(1.0 if side == "r" else -1.0) * 0.4 * high
        )
        pose.add("forearm_" + side, 0.7 + 0.6 * (beat + shift).cos())
        pose.add("thigh_" + side, 0.3 * (beat + shift).sin().clamp(min=0))
        pose.add("shin_" + side, -0.5 * (beat + shift).sin().clamp(min=0))
    ground(actor.body, pose)
    return pose


def biped_pushups(actor: Actor) -> Pose:
    """The toes stay; arms bend so that the hands stay under the shoulders."""
    beat = math.tau * actor.between(1.5, 2.5) * actor.pace * actor.time
    start = actor.rng.choice((0.0, math.pi))
    bent = 0.15 + 0.42 * (1 - (beat + start).cos())  # half the angle of the elbow
    body = actor.body
    bone = {b.name: b for b in body.bones}
    arm = (bone["arm_r"].length + bone["forearm_r"].length + bone["hand_r"].length) / 2
    spine = bone["spine"].length * 0.88
    leg = bone["thigh_r"].length + bone["shin_r"].length
    rise = (2 * arm * bent.cos() / (spine + leg)).clamp(max=0.8).asin()
    pose = actor.pose()
    pose.add(ROOT, rise - QUARTER)
    for side in "rl":
        pose.add("arm_" + side, QUARTER - rise - bent)
        pose.add("forearm_" + side, 2 * bent - 0.1)
        pose.add("hand_" + side, QUARTER - bent)
        pose.add("foot_" + side, -0.5)
    pose.add("neck", 0.3)
    hold(body, pose, body.feet)
    ground(body, pose)
    return pose


def biped_squats(actor: Actor) -> Pose:
    beat = math.tau * actor.between(1.0, 2.0) * actor.pace * actor.time
    deep = actor.between(0.35, 0.5) * (1 - beat.cos())
    pose = _crouch(actor, deep)
    for side in "rl":
        pose.add("arm_" + side, 1.3 * deep)
    ground(actor.body, pose)
    plant(actor.body, pose)
    return pose


def biped_claps(actor: Actor) -> Pose:
    pose = actor.pose()
    beat = (
        0.5 - 0.5 * (math.tau * actor.between(2.5, 3.5) * actor.pace * actor.time).cos()
    )
    for side, sign in (("r", 1.0), ("l", -1.0)):
        pose.add("arm_" + side, 1.0, sign * 0.35 * (1 - 1.6 * beat))
        pose.add("forearm_" + side, 0.5, sign * 0.6 * (1 - beat))
    return standing(actor, pose)


def biped_kicks(actor: Actor) -> Pose:
    pose = actor.pose()
    back = actor.rise(0.0, 0.25) - actor.rise(0.25, 0.45)
    front = actor.rise(0.3, 0.55) - 0.9 * actor.rise(0.65, 1.0)
    side, other = actor.near, actor.far
    pose.add("thigh_" + side, -0.5 * back + actor.between(1.0, 1.5) * front)
    pose.add("shin_" + side, -1.1 * back - 0.1 * front)
    pose.add("spine", 0.18 * front)
    pose.add("arm_" + other, 0.6 * front)
    ground(actor.body, pose)
    return pose


def shakes_hands(actor: Actor) -> Pose:
    """The right hand goes out, then up and down: in time with the other's, and at the
    same share of the height."""
    pose, body = actor.pose(), actor.body
    rest = posed(body, pose)
    low = lowest(body, rest)[0]
    high = (rest.end[:, 0, 1] + rest.radii[:, 1]).max()
    bones = [body.bones[body.index(name + "_r")] for name in ("arm", "forearm", "hand")]
    drop = rest.start[body.index("arm_r"), 0, 1] - (low + 0.58 * (high - low))
    raised = (drop / sum(bone.length for bone in bones)).clamp(-0.9, 0.9).acos()
    out = actor.rise(0.0, 0.35)
    beat = (math.tau * 3.0 * (actor.time - 0.35)).sin() * (actor.time > 0.35)
    pose.add("arm_r", float(raised) * out + 0.14 * beat)
    pose.add("forearm_r", -bones[1].swing * out)  # straight
    return standing(actor, pose)


def biped_plays(actor: Actor) -> Pose:
    """Hops on the spot with its arms thrown up, out of time with the other."""
    count = 3 if actor.ahead > 0 else 2
    part = (count * actor.time) % 1.0
    part[-1] = 1.0
    air = ((part - 0.25) / 0.75).clamp(0, 1)
    pose = _crouch(actor, 0.4 * (part / 0.25).clamp(max=1).mul(math.pi).sin())
    for side in "rl":
        pose.add("arm_" + side, 0.5 + 1.2 * (air * math.pi).sin())
        pose.add("forearm_" + side, 0.4)
    ground(actor.body, pose, 0.1 * 4 * air * (1 - air))
    return pose


def leans(actor: Actor) -> Pose:
    """About where it stands, in the plane of the picture."""
    pose = actor.pose()
    lean = -actor.turn * actor.between(0.25, 0.45) * actor.rise(0.05, 0.8)
    if actor.across:  # its own right is the picture's left
        pose.add(ROOT, twist=lean)
    else:
        pose.add(ROOT, swing=actor.ahead * lean)
    hold(actor.body, pose, actor.body.feet)
    return standing(actor, pose)


BIPED: dict[str, Action] = {
    "walks": biped_walks, "runs": biped_runs, "hops": biped_hops,
    "waves": biped_waves, "raises_arm": _arms(True, False),
    "lowers_arm": _arms(False, False), "raises_arms": _arms(True, True),
    "lowers_arms": _arms(False, True), "nods": nods, "shakes_head": shakes_head,
    "turns_head": turns_head, "bows": biped_bows, "sits_down": _sits(True),
    "stands_up": _sits(False), "lies_down": biped_lies_down,
    "stretches": biped_stretches, "dances": biped_dances,
    "does_pushups": biped_pushups, "squats": biped_squats, "claps": biped_claps,
    "kicks": biped_kicks, "leans_left": leans, "leans_right": leans,
    "shakes_hands": shakes_hands, "plays_with": biped_plays,
}  # fmt: skip
