# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""What animals and things do: see actions.py."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .actions import (
    QUARTER,
    Action,
    Actor,
    back_and_forth,
    nods,
    shakes_head,
    standing,
    turns_head,
)
from .bones import ROOT, Pose, ground, hold, plant

# Four legs. Phases of the legs in parts of a cycle.
_WALK = {"hind_l": 0.0, "fore_l": 0.25, "hind_r": 0.5, "fore_r": 0.75}
_TROT = {"hind_l": 0.0, "fore_r": 0.0, "hind_r": 0.5, "fore_l": 0.5}
_GALLOP = {"hind_l": 0.0, "hind_r": 0.1, "fore_l": 0.5, "fore_r": 0.6}
_BOUND = {"hind_l": 0.0, "hind_r": 0.0, "fore_l": 0.45, "fore_r": 0.45}


def _four_legs(
    actor: Actor, phase: Tensor, order: dict[str, float], swing: float, knee: float
) -> Pose:
    pose = actor.pose()
    for leg, part in order.items():
        angle = phase + math.tau * part
        thigh = swing * angle.sin()
        bent = 0.05 + knee * angle.cos().clamp(min=0)
        pose.add(leg, thigh + 0.35 * bent)
        pose.add(leg + "_shin", -bent)
        pose.add(leg + "_paw", -0.5 * thigh + 0.4 * bent)
    return pose


def _goes(order: dict[str, float], turns: tuple[float, float], swing: float,
          knee: float, flight: float) -> Action:  # fmt: skip

    def action(actor: Actor) -> Pose:
        phase = actor.phase(*turns)
        pose = _four_legs(actor, phase, order, swing * actor.between(0.85, 1.15), knee)
        pose.add("neck", 0.05 * (2 * phase).sin())
        pose.add("tail_0", 0.1 * phase.sin())
        bounding = order is _GALLOP or order is _BOUND
        if bounding:
            pitch = 0.12 * (phase + 0.6).sin()
            pose.add(ROOT, pitch)
            pose.add("neck", -pitch)
            ground(actor.body, pose, flight * (phase + 2.2).sin().clamp(min=0))
        else:
            ground(actor.body, pose, flight * phase.sin().square())
        plant(actor.body, pose)
        if flight:
            pose.shift[:, 0] = pose.shift[-1, 0].clamp(0.3, 1.6) * actor.time
        return pose

    return action


def grazes(actor: Actor) -> Pose:
    pose = actor.pose()
    down = (
        actor.rise(0.0, 0.55) if actor.rng.random() < 0.7 else torch.ones(actor.frames)
    )
    nibble = 0.08 * down * actor.phase(2.0, 3.5).sin()
    neck = actor.body.bones[actor.body.index("neck")]
    # Until the head is low: from its rise at rest to steeply down.
    pose.add("neck", -(neck.swing + actor.between(0.55, 0.8)) * down + nibble)
    pose.add("head", (0.9 * neck.swing - 0.6) * down + nibble)
    return standing(actor, pose)


def wags_tail(actor: Actor) -> Pose:
    pose = actor.pose()
    wag = actor.phase(3.0, 4.5)
    for number in range(3):
        bend = (wag - 0.5 * number).sin()
        pose.add(f"tail_{number}", 0.3 * bend, 0.35 * bend)
    return standing(actor, pose)


def _jaw(opens: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        wide = actor.rise(0.1, actor.between(0.5, 0.9))
        wide = wide if opens else 1 - wide
        pose.add("jaw", -actor.between(0.5, 0.8) * wide)
        if actor.body.has("neck"):
            pose.add("head", 0.25 * wide)
        return standing(actor, pose)

    return action


def _dog_sits(down: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        deep = actor.rise(0.05, 0.85)
        deep = deep if down else 1 - deep
        tilt = 0.5 * deep
        pose.add(ROOT, tilt)
        pose.add("neck", -0.6 * tilt)
        for side in "rl":
            pose.add("fore_" + side, -tilt)
            pose.add("hind_" + side, 1.0 * deep - tilt)
            pose.add(f"hind_{side}_shin", -1.7 * deep)
            pose.add(f"hind_{side}_paw", 0.9 * deep)
        hold(actor.body, pose, ("fore_r_paw", "fore_l_paw"))
        ground(actor.body, pose)
        return pose

    return action


def _dog_lies(down: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        deep = actor.rise(0.05, 0.9)
        deep = deep if down else 1 - deep
        for side in "rl":
            pose.add("fore_" + side, -0.4 * deep)
            pose.add(f"fore_{side}_shin", 1.7 * deep)
            pose.add(f"fore_{side}_paw", -1.0 * deep)
            pose.add("hind_" + side, 1.1 * deep)
            pose.add(f"hind_{side}_shin", -2.0 * deep)
            pose.add(f"hind_{side}_paw", 0.9 * deep)
        return standing(actor, pose)

    return action


def dog_stretches(actor: Actor) -> Pose:
    """The chest goes down, the forelegs forward."""
    pose = actor.pose()
    deep = actor.rise(0.0, 0.6)
    pose.add(ROOT, -0.4 * deep)
    for side in "rl":
        pose.add("fore_" + side, 1.0 * deep + 0.4 * deep)
        pose.add(f"fore_{side}_shin", 0.2 * deep)
        pose.add("hind_" + side, 0.4 * deep)
    pose.add("neck", 0.5 * deep)
    hold(actor.body, pose, ("hind_r_paw", "hind_l_paw"))
    return standing(actor, pose)


def raises_paw(actor: Actor) -> Pose:
    pose = actor.pose()
    up = actor.rise(0.05, 0.6)
    side = actor.near
    pose.add("fore_" + side, actor.between(0.9, 1.4) * up)
    pose.add(f"fore_{side}_shin", -actor.between(0.3, 1.2) * up)
    return standing(actor, pose)


def dog_plays(actor: Actor) -> Pose:
    """Goes down with its chest and springs up again, wagging its tail."""
    pose = actor.pose()
    count = 2 if actor.ahead > 0 else 3
    part = (count * actor.time) % 1.0
    part[-1] = 1.0
    deep = (part / 0.5).clamp(max=1).mul(math.pi).sin()
    air = ((part - 0.5) / 0.5).clamp(0, 1)
    pose.add(ROOT, -0.35 * deep + 0.15 * (air * math.pi).sin())
    for side in "rl":
        pose.add("fore_" + side, 1.1 * deep)
        pose.add("hind_" + side, 0.35 * deep)
    pose.add("neck", 0.4 * deep)
    pose.add("tail_0", 0.4 * actor.phase(3.0, 4.0).sin())
    hold(actor.body, pose, ("hind_r_paw", "hind_l_paw"))
    ground(actor.body, pose, 0.08 * 4 * air * (1 - air))
    return pose


QUADRUPED: dict[str, Action] = {
    "walks": _goes(_WALK, (1.5, 2.2), 0.36, 0.5, 0.0),
    "trots": _goes(_TROT, (2.0, 2.8), 0.45, 0.7, 0.02),
    "gallops": _goes(_GALLOP, (2.2, 3.0), 0.75, 0.9, 0.06),
    "runs": _goes(_GALLOP, (2.4, 3.2), 0.7, 0.9, 0.05),
    "hops": _goes(_BOUND, (2.2, 3.0), 0.5, 0.8, 0.1),
    "grazes": grazes, "nods": nods, "shakes_head": shakes_head,
    "turns_head": turns_head, "wags_tail": wags_tail, "opens_mouth": _jaw(True),
    "closes_mouth": _jaw(False), "sits_down": _dog_sits(True),
    "stands_up": _dog_lies(False), "lies_down": _dog_lies(True),
    "stretches": dog_stretches, "raises_paw": raises_paw, "plays_with": dog_plays,
}  # fmt: skip


# Birds.


def _legs_up(actor: Actor, pose: Pose) -> None:
    """Legs laid back, as in the air."""
    for side in "rl":
        pose.add("leg_" + side, -1.2)
        pose.add("shin_" + side, 0.2)
        pose.add("foot_" + side, -1.0)


def _fold(actor: Actor, pose: Pose, share: Tensor | float) -> None:
    """Wings laid to the body by a share."""
    for side, sign in (("r", 1.0), ("l", -1.0)):
        for rib in range(3):
            # Hanging on bones that point sideways, from there back along the body.
            pose.add(f"rib{rib}_{side}", 0.0, -sign * 1.35 * share)
            pose.add(f"tip{rib}_{side}", 0.0, -sign * 0.1 * share)
        pose.add("wing_" + side, twist=sign * 0.35 * share)


def _beat(actor: Actor, pose: Pose, angle: Tensor, mean: float, wide: float) -> None:
    """Wings up by mean + wide sin(angle), their tips behind."""
    for side, sign in (("r", 1.0), ("l", -1.0)):
        pose.add("wing_" + side, twist=-sign * (mean + wide * angle.sin()))
        for rib in range(3):
            pose.add(f"tip{rib}_{side}", -0.0, sign * 0.1 * (angle - 0.9).sin())


def _level(actor: Actor, pose: Pose, more: Tensor | float = 0.0) -> None:
    """The trunk as in flight."""
    trunk = actor.body.bones[actor.body.index("trunk")]
    pose.add("trunk", 0.12 - trunk.swing + more)
    pose.add("neck", 0.3 * trunk.swing)


def _flight(actor: Actor, beats: bool, travels: bool) -> Pose:
    pose = actor.pose()
    _level(actor, pose)
    _legs_up(actor, pose)
    angle = actor.phase(2.6, 4.0) if beats else actor.phase(0.4, 0.7)
    wide = actor.between(0.6, 0.95) if beats else 0.06
    _beat(actor, pose, angle, 0.15 if beats else actor.between(0.0, 0.3), wide)
    if travels:
        rise = actor.between(-0.25, 0.25)
        pose.shift[:, 0] = actor.between(0.4, 0.8) * actor.pace * actor.time
        pose.shift[:, 1] = rise * actor.time
    pose.shift[:, 1] -= 0.035 * (angle.sin() if beats else 0.0)
    return pose


def bird_flies(actor: Actor) -> Pose:
    return _flight(actor, True, True)


def bird_flaps(actor: Actor) -> Pose:
    return _flight(actor, True, False)


def bird_glides(actor: Actor) -> Pose:
    return _flight(actor, False, True)


def _bird_legs(actor: Actor, phase: Tensor) -> Pose:
    pose = actor.pose()
    _fold(actor, pose, 1.0)
    for side, shift in (("r", 0.0), ("l", math.pi)):
        angle = phase + shift
        bent = 0.9 * angle.cos().clamp(min=0)
        pose.add("leg_" + side, 0.5 * angle.sin() + 0.4 * bent)
        pose.add("shin_" + side, -bent)
        pose.add("foot_" + side, -0.5 * angle.sin() + 0.3 * bent)
    return pose


def bird_walks(actor: Actor) -> Pose:
    phase = actor.phase(1.8, 2.8)
    pose = _bird_legs(actor, phase)
    pose.add("neck", 0.12 * (2 * phase).sin())
    ground(actor.body, pose)
    plant(actor.body, pose)
    return pose


def bird_hops(actor: Actor) -> Pose:
    pose = actor.pose()
    _fold(actor, pose, 1.0)
    count = actor.rng.choice((2, 3))
    part = (count * actor.time) % 1.0
    air = ((part - 0.2) / 0.8).clamp(0, 1)
    ground(actor.body, pose, 0.1 * 4 * air * (1 - air))
    gone = (count * actor.time).floor() + air
    gone[-1] = count
    pose.shift[:, 0] += actor.between(0.1, 0.18) * gone
    return pose


def bird_pecks(actor: Actor) -> Pose:
    pose = actor.pose()
    _fold(actor, pose, 1.0)
    turns = actor.between(1.5, 2.5) * actor.pace
    deep = 0.5 - 0.5 * (math.tau * turns * actor.time).cos()
    pose.add("trunk", -0.8 * deep)
    for side in "rl":
        pose.add("leg_" + side, 0.8 * deep)
    pose.add("neck", -0.6 * deep)
    pose.add("head", 0.2 * deep)
    return standing(actor, pose)


def _wings(spreads: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        share = actor.rise(0.1, 0.8)
        _fold(actor, pose, 1 - share if spreads else share)
        open_ = share if spreads else 1 - share
        for side, sign in (("r", 1.0), ("l", -1.0)):
            pose.add("wing_" + side, twist=-sign * 0.8 * open_)
        return standing(actor, pose)

    return action


def _folded(action: Action) -> Action:
    """An action of the head of a bird that sits."""

    def both(actor: Actor) -> Pose:
        pose = action(actor)
        _fold(actor, pose, 1.0)
        return standing(actor, pose)

    return both


BIRD: dict[str, Action] = {
    "flies": bird_flies, "flaps": bird_flaps, "glides": bird_glides,
    "walks": bird_walks, "hops": bird_hops, "pecks": bird_pecks,
    "spreads_wings": _wings(True), "folds_wings": _wings(False),
    "nods": _folded(nods), "turns_head": _folded(turns_head),
    "opens_mouth": _folded(_jaw(True)), "closes_mouth": _folded(_jaw(False)),
}  # fmt: skip


# Insects, fish, snakes.


def _insect(travels: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        angle = actor.phase(2.5, 4.2)
        open_ = 0.62 - 0.6 * angle.sin()
        for side, sign in (("r", 1.0), ("l", -1.0)):
            pose.add("wing_" + side, twist=-sign * open_)
        if travels:
            pose.shift[:, 0] = actor.between(0.3, 0.6) * actor.pace * actor.time
        return pose

    return action


INSECT: dict[str, Action] = {"flies": _insect(True), "flaps": _insect(False)}


def _fish(wave: float, travel: tuple[float, float]) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        flat = actor.body.has("nose")  # dolphins and whales beat up and down
        phase = actor.phase(1.6, 2.6)
        parts = actor.body.named("body_")
        for number, name in enumerate(parts):
            bend = (
                wave
                * (0.1 + 0.55 * number / len(parts))
                * (phase - 0.75 * number).sin()
            )
            pose.add(name, *((bend, 0.0) if flat else (0.35 * bend, bend)))
        pose.add(
            ROOT,
            *(
                (-0.1 * wave * phase.sin(), 0.0)
                if flat
                else (0.0, -0.12 * wave * phase.sin())
            ),
        )
        if travel[1] > 0:
            pose.shift[:, 0] = actor.between(*travel) * actor.pace * actor.time
            pose.shift[:, 1] = actor.between(-0.15, 0.15) * actor.time
        return pose

    return action


FISH: dict[str, Action] = {
    "swims": _fish(1.0, (0.45, 0.9)), "wriggles": _fish(1.5, (0.0, 0.0)),
    "glides": _fish(0.08, (0.4, 0.8)), "opens_mouth": _jaw(True),
    "closes_mouth": _jaw(False),
}  # fmt: skip


def _snake(travels: bool) -> Action:
    """Its body goes along one curve, or beats in place."""

    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        parts = actor.body.named("body_")
        # Angle of the path at the way s from the head, in waves of the body.
        waves, high = actor.between(1.3, 1.9), actor.between(0.6, 0.9)
        speed = actor.between(0.35, 0.6) * actor.pace if travels else 0.0
        turns = 0.0 if travels else actor.between(1.5, 2.5) * actor.pace
        start = actor.rng.random()

        def angle(back: float) -> Tensor:
            along = waves * (speed * actor.time - back) + turns * actor.time + start
            return high * (math.tau * along).sin()

        pose.add(ROOT, 0.0, angle(0.0))
        for number, name in enumerate(parts):
            back, before = ((number + k) / len(parts) for k in (0.5, -0.5))
            # Upside down behind the head, so to the other side.
            pose.add(name, 0.0, angle(max(before, 0.0)) - angle(back))
        if travels:
            # The head goes where it looks.
            step = speed / max(actor.frames - 1, 1)
            heading = (angle(0.0)[1:] + angle(0.0)[:-1]) / 2
            pose.shift[1:, 0] = (heading.cos() * step).cumsum(0)
            pose.shift[1:, 2] = -(heading.sin() * step).cumsum(0)
        return pose

    return action


SNAKE: dict[str, Action] = {"slithers": _snake(True), "wriggles": _snake(False)}


# Things.


def sways(actor: Actor) -> Pose:
    """Stems bend to and fro, their tops most and last."""
    pose = actor.pose()
    phase, wide = actor.phase(0.9, 1.8), actor.between(0.05, 0.11)
    for bone in actor.body.bones:
        kind, _, number = bone.name.partition("_")
        if kind in ("stem", "blade"):
            late = 0.35 * int(number.split("_")[0])
            pose.add(bone.name, wide * (0.6 + 0.3 * late) * (phase - late).sin())
        elif kind in ("branch", "leaf"):
            own = 0.7 * actor.rng.random()
            pose.add(bone.name, 0.9 * wide * (phase - 1.0 - own).sin())
    return pose


def plant_leans(actor: Actor) -> Pose:
    pose = actor.pose()
    lean = -actor.turn * actor.between(0.1, 0.2) * actor.rise(0.05, 0.8)
    for bone in actor.body.bones:
        if bone.name.partition("_")[0] in ("stem", "blade"):
            pose.add(bone.name, lean)
    return pose


def plant_flutters(actor: Actor) -> Pose:
    """Leaves tremble each by itself, stems hardly; tongues of fire leap."""
    pose = actor.pose()
    for bone in actor.body.bones:
        kind, _, number = bone.name.partition("_")
        phase = actor.phase(2.0, 4.0)
        if kind in ("leaf", "branch", "petal"):
            pose.add(bone.name, actor.between(0.1, 0.25) * phase.sin())
        elif kind == "blade":
            wide = 0.06 * (1 + int(number.split("_")[0]))
            pose.add(bone.name, wide * phase.sin())
            pose.lengths[bone.name] = 1 + 0.18 * (phase + 1.0).sin()
    return pose


PLANT: dict[str, Action] = {
    "sways": sways, "leans_left": plant_leans, "leans_right": plant_leans,
    "flutters": plant_flutters,
}  # fmt: skip


def cloth_flutters(actor: Actor) -> Pose:
    """A wave runs from the pole to the free edge."""
    pose = actor.pose()
    phase, wide = actor.phase(1.6, 3.0), actor.between(0.2, 0.35)
    strips = actor.body.named("strip_")
    hangs = not actor.body.stands

    def slope(number: float) -> Tensor:
        grown = min(1.0, 0.3 + number / len(strips))
        return wide * grown * (phase - 0.85 * number).sin()

    for number, name in enumerate(strips):
        bend = slope(number) - (slope(number - 1) if number else 0.0)
        deep = 1.6 * bend  # and to the viewer
        pose.add(name, bend * (0.5 if hangs else 1.0), deep)
    return pose


CLOTH: dict[str, Action] = {"flutters": cloth_flutters}


def hand_waves(actor: Actor) -> Pose:
    pose = actor.pose()
    swing = actor.between(0.3, 0.5) * back_and_forth(actor, (2.0, 3.2))
    pose.add("wrist", 0.35 * swing)
    pose.add("palm", 0.7 * swing)
    return pose


def _fist(closes: bool) -> Action:
    def action(actor: Actor) -> Pose:
        pose = actor.pose()
        share = actor.rise(0.1, 0.85)
        share = share if closes else 1 - share
        for number in range(4):
            # Towards the viewer: the fingers' own z.
            pose.add(f"finger_{number}", 0.0, -1.3 * share)
            pose.add(f"tip_{number}", 0.0, -1.7 * share)
        pose.add("finger_4", -1.0 * share, -0.7 * share)
        pose.add("tip_4", -0.5 * share)
        return pose

    return action


HAND: dict[str, Action] = {
    "waves": hand_waves, "closes_hand": _fist(True), "opens_hand": _fist(False),
}  # fmt: skip


def vehicle_drives(actor: Actor) -> Pose:
    """Wheels turn as far as they go."""
    pose = actor.pose()
    far = actor.between(0.45, 0.9) * actor.pace
    way = far * (actor.time if actor.rng.random() < 0.6 else actor.time**1.6)
    pose.shift[:, 0] = way
    for bone in actor.body.bones:
        if bone.name.startswith("wheel_"):
            pose.add(bone.name, -way / bone.radii[0])
    pose.shift[:, 1] = 0.004 * actor.phase(4.0, 6.0).sin()
    return pose


VEHICLE: dict[str, Action] = {"drives": vehicle_drives}
FRONT: dict[str, Action] = {"drives": Actor.pose}  # its path and size are the view's
