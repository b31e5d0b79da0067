# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Puppets: they do what their sentences say, and where each pixel was is known."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from random import Random

import pytest
import torch
from torch.nn.functional import grid_sample

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scenes import SHAPE_VERBS, generate, puppets
from scenes.actions import BIPED, Actor
from scenes.animal_actions import QUADRUPED, SNAKE, VEHICLE
from scenes.bodies import QUADRUPEDS, biped, quadruped, snake
from scenes.bones import ROOT, Body, Bone, Pose, View, ground, plant, posed
from scenes.puppets import PuppetPlan, make_puppet, plan_puppet, verbs_of
from scenes.regions import make_region
from scenes.shape_words import (
    SHAPE_PAIR_WEIGHTS,
    SPECIES,
    TRAVELS,
    WAYS,
    shape_phrases,
)
from scenes.things import vehicle

FRAMES = 16


def puppet(noun: str, verb: str, way: str = "", seed: str = "a", **more: str):
    plan = PuppetPlan(noun, "red", verb, way, **more)
    return make_puppet(plan, seed, FRAMES, 0.25, False)


def box(made, frame: int) -> torch.Tensor:
    """Width and height of a puppet in a frame, in frame heights."""
    reach = made.radii[:, frame]
    ends = torch.cat([made.start[:, frame, :2], made.end[:, frame, :2]])
    reach = torch.cat([reach[:, 0], reach[:, 1]])[:, None]
    return (ends + reach).amax(0) - (ends - reach).amin(0)


def test_bones_turn_and_hang_together() -> None:
    body = Body(
        "arm",
        [
            Bone("upper", ROOT, 0.5, 2.0, (0.1, 0.1), swing=math.pi / 2),
            Bone("lower", "upper", 1.0, 1.0, (0.1, 0.1)),
            Bone("side", "upper", 0.5, 1.0, (0.1, 0.1), spread=-math.pi / 2),
        ],
    )
    pose = Pose(2)
    pose.add("upper", torch.tensor([0.0, -math.pi / 2]))
    joints = posed(body, pose)
    want = [[(0.5, 2, 0), (2.5, 0, 0)], [(0.5, 3, 0), (3.5, 0, 0)],
            [(0.5, 1, 1), (1.5, 0, 1)]]  # fmt: skip
    assert torch.allclose(joints.end, torch.tensor(want), atol=1e-5)
    pose.add("elbow", 1.0)
    with pytest.raises(ValueError, match="arm: no bones .'elbow'"):
        posed(body, pose)


def test_views_of_the_three_axes() -> None:
    axes = torch.eye(3)
    side = View(0.0).project(axes)
    assert torch.allclose(
        side, torch.tensor([[1.0, 0, 0], [0, -1, 0], [0, 0, 1]]), atol=1e-6
    )
    front = View(math.pi / 2).project(axes)  # its right is the picture's left
    want = torch.tensor([[0.0, 0, 1], [0, -1, 0], [-1, 0, 0]])
    assert torch.allclose(front, want, atol=1e-6)
    above = View(0.0, math.pi / 2).project(axes)  # what is near is low
    want = torch.tensor([[1.0, 0, 0], [0, 0, 1], [0, 1, 0]])
    assert torch.allclose(above, want, atol=1e-6)


@pytest.mark.parametrize("noun", puppets.PUPPET_NOUNS)
def test_every_noun_does_all_of_its_verbs(noun: str) -> None:
    assert "stands" in verbs_of(noun)
    for verb in verbs_of(noun) if noun not in SPECIES["region"] else ():
        ways = ("left", "right", "") if verb in TRAVELS else ("",)
        for way in ways:
            made = puppet(noun, verb, way, f"{noun} {verb}")
            for part in (made.start, made.end, made.radii, made.path, made.colours):
                assert part.isfinite().all(), (noun, verb)
            assert box(made, 0).max() == pytest.approx(0.5, abs=1e-4)
            assert (made.radii > 0).any(1).all()
            assert made.path[0].abs().max() == 0


def test_every_verb_and_noun_is_drawn() -> None:
    rng = Random(1)
    plans = [plan_puppet(rng, False) for _ in range(6000)]
    assert {plan.verb for plan in plans} == set(SHAPE_VERBS) - set(SHAPE_PAIR_WEIGHTS)
    assert {plan.noun for plan in plans} == set(puppets.PUPPET_NOUNS)
    assert {plan.way for plan in plans} == set(WAYS)
    assert set(SPECIES["quadruped"]) <= set(QUADRUPEDS)


@pytest.mark.parametrize("verb", sorted(TRAVELS))
def test_the_sentence_says_where_it_goes(verb: str) -> None:
    for noun in puppets.PUPPET_NOUNS:
        if verb not in verbs_of(noun):
            continue
        for way, sign in (("left", -1.0), ("right", 1.0)):
            for seed in "ab":
                end = puppet(noun, verb, way, seed).path[-1]
                assert sign * float(end[0]) > 0.06, (noun, verb, way)
                assert sign * float(end[0]) > abs(float(end[1])), (noun, verb, way)


@pytest.mark.parametrize("way", ["towards", "away"])
@pytest.mark.parametrize("noun", ["person", "bus"])
def test_what_comes_grows_and_gets_lower(noun: str, way: str) -> None:
    made = puppet(noun, "walks" if noun == "person" else "drives", way)
    grown = box(made, FRAMES - 1)[1] / box(made, 0)[1]
    assert (grown > 1.25) if way == "towards" else (grown < 0.75)
    # Where it stands.
    low = made.path[:, 1] + torch.stack([box(made, f)[1] / 2 for f in range(FRAMES)])
    assert (low[-1] > low[0]) == (way == "towards")


def limbs(body: Body, action, seed: int = 0, **more):
    actor = Actor(body, Random(seed), 64, **more)
    return posed(body, action(actor))


@pytest.mark.parametrize("noun", ["man", "dog"])
def test_the_foot_that_stands_does_not_slip(noun: str) -> None:
    two = noun == "man"
    body = (biped if two else quadruped)(Random(3), noun, 0.7)
    action = (BIPED if two else QUADRUPED)["walks"]
    for seed in range(4):
        joints = limbs(body, action, seed)
        feet = torch.stack([joints.end[body.index(name)] for name in body.feet])
        # The lowest one over both frames of a step.
        low = (feet[:, :-1, 1] + feet[:, 1:, 1]).argmin(0)
        step = (feet[:, 1:, 0] - feet[:, :-1, 0]).gather(0, low[None])[0]
        assert step.abs().max() < 1e-4
        whole = joints.start[body.index("neck"), :, 0]
        assert whole[-1] - whole[0] > 0.3
        # Each foot stands at some time, and one after the other.
        assert len(set(low.tolist())) >= 2
    # Without planting it slips.
    pose = Pose(64)
    swing = torch.linspace(-0.4, 0.4, 64)
    pose.add(body.feet[0].replace("_paw", "").replace("foot", "thigh"), swing)
    ground(body, pose)
    before = posed(body, pose).end[body.index(body.feet[0]), :, 0]
    plant(body, pose)
    after = posed(body, pose).end[body.index(body.feet[0]), :, 0]
    assert (before[-1] - before[0]).abs() > 0.1
    assert (after[-1] - after[0]).abs() <= (before[-1] - before[0]).abs() + 1e-5


def test_legs_alternate() -> None:
    body = biped(Random(1), "woman", 0.6)
    joints = limbs(body, BIPED["walks"], 2)
    right, left = (
        joints.end[body.index("foot_" + s), :, 0]
        - joints.start[body.index("spine"), :, 0]
        for s in "rl"
    )
    right, left = right - right.mean(), left - left.mean()
    assert float((right * left).sum() / (right.norm() * left.norm())) < -0.8


def top(made, frame: int) -> float:
    """The highest point, y down."""
    least = torch.minimum(made.start[:, frame, 1] - made.radii[:, frame, 0],
                          made.end[:, frame, 1] - made.radii[:, frame, 1])  # fmt: skip
    return float(least.min())


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_what_people_do(seed: str) -> None:
    def heights(verb: str) -> tuple[float, float]:
        made = puppet("man", verb, seed=seed)
        return float(box(made, 0)[1]), float(box(made, FRAMES - 1)[1])

    first, last = heights("sits_down")
    assert last < 0.85 * first
    first, last = heights("stands_up")
    assert first < 0.85 * last
    lies = puppet("man", "lies_down", seed=seed)
    assert box(lies, FRAMES - 1)[1] < 0.45 * box(lies, 0)[1]
    raised = puppet("man", "raises_arms", seed=seed)
    lowered = puppet("man", "lowers_arms", seed=seed)
    spread = lambda made, f: float(box(made, f)[0] + box(made, f)[1])  # noqa: E731
    assert spread(raised, FRAMES - 1) > 1.1 * spread(raised, 0)
    assert spread(lowered, 0) > 1.1 * spread(lowered, FRAMES - 1)
    pushed = puppet("man", "does_pushups", seed=seed)
    assert box(pushed, 0)[0] > box(pushed, 0)[1]
    for verb, sign in (("leans_left", -1.0), ("leans_right", 1.0)):
        made = puppet("man", verb, seed=seed)
        high = made.end[:, 0, 1].argmin()
        assert sign * float((made.end[high, -1] - made.end[high, 0])[0]) > 0.03
    hops = puppet("man", "hops", seed=seed)
    tops = [top(hops, f) for f in range(FRAMES)]
    assert min(tops) < tops[0] - 0.02 and abs(tops[-1] - tops[0]) < 0.05


def test_what_animals_and_things_do() -> None:
    cow = puppet("cow", "grazes", seed="d")
    bird = puppet("eagle", "flaps")
    spans = torch.stack([box(bird, f)[1] for f in range(FRAMES)])
    assert spans.max() > 1.15 * spans.min()
    fist, open_ = puppet("hand", "closes_hand"), puppet("hand", "opens_hand")
    assert box(fist, FRAMES - 1)[1] < 0.9 * box(fist, 0)[1]
    assert box(open_, FRAMES - 1)[1] > 1.1 * box(open_, 0)[1]
    assert cow.start.diff(dim=1).abs().max() > 0.01
    tree = puppet("tree", "sways")
    assert (tree.path[:, 0].abs() < 0.12).all()


def test_wheels_roll_as_far_as_they_go() -> None:
    body = vehicle(Random(2), "car", 0.5)
    actor = Actor(body, Random(1), FRAMES)
    pose = VEHICLE["drives"](actor)
    radius = body.bones[body.index("wheel_0")].radii[0]
    turned = pose.angles["wheel_0"][:, 0]
    assert torch.allclose(-turned * radius, pose.shift[:, 0], atol=1e-5)
    assert pose.shift[-1, 0] > 0.3


def test_snakes_go_along_their_own_curve() -> None:
    """Where the middle of the body is, the head has been."""
    body = snake(Random(0), "snake", 0.5)
    joints = posed(body, SNAKE["slithers"](Actor(body, Random(5), 200)))
    head = joints.start[body.index("head")]
    middle = joints.end[body.index("body_3"), -1]
    gap = (head - middle).norm(dim=1).min()
    assert gap < 0.05
    assert (head[-1] - middle).norm() > 0.2


@pytest.mark.parametrize("way", ["left", "right", "down", "up"])
def test_what_flows_came_from_upstream(way: str) -> None:
    noun = {"down": "waterfall", "up": "smoke"}.get(way, "river")
    made = make_region(PuppetPlan(noun, "blue", "flows", way), "a", FRAMES, 0.3, False)
    at = torch.tensor([[0.0, 0.0], [0.1, -0.05]])
    was = made.origins(at)
    assert torch.allclose(was[0], at, atol=1e-6)
    moved = at - was[-1]
    x, y = {"left": (-1, 0), "right": (1, 0), "down": (0, 1), "up": (0, -1)}[way]
    assert (moved @ torch.tensor([x, y], dtype=torch.float) > 0.2).all()
    assert (moved[:, 0 if y else 1].abs() < 0.02).all()


def test_ripples_come_back() -> None:
    made = make_region(PuppetPlan("lake", "blue", "ripples"), "b", 64, 0.3, False)
    off = (made.origins(torch.zeros(1, 2)) - 0)[:, 0].norm(dim=1)
    assert off[0] == 0 and 0.004 < off.max() < 0.04
    assert (off[20:] < 0.2 * off.max()).any()


def test_regions_keep_their_outline_and_their_content_goes() -> None:
    scene = generate(4, 6, (96, 96), seed=6, objects=(1, 1), puppets=1.0,
                     shapes=("flows", "ripples"), dense=True)  # fmt: skip
    assert all(kinds[0].split(":")[1] in SPECIES["region"] for kinds in scene.kinds)
    assert (scene.ids == scene.ids[:, :1]).all() and (scene.ids > 0).any()
    mine = scene.ids > 0
    assert (scene.video != scene.video[:, :1])[mine][:, 0].float().mean() > 0.3
    assert (scene.video == scene.video[:, :1])[~mine].float().mean() > 0.9  # but edges
    for prompts, ways in zip(scene.local_prompts, scene.ways):
        if ways[0] in ("left", "right"):
            assert ways[0] in prompts[0]


def test_too_few_nouns_for_a_clip() -> None:
    """Only one noun closes a hand: the others stay as they were."""
    scene = generate(2, 2, (32, 32), seed=1, objects=(3, 3), puppets=1.0,
                     shapes=("closes_hand",))  # fmt: skip
    for names, verbs in zip(scene.names, scene.verbs):
        assert names.count("hand") <= 1 and len(set(names)) == 3
        assert verbs.count("closes_hand") == names.count("hand")
    assert any("hand" in names for names in scene.names)


@pytest.mark.parametrize("verb", SHAPE_PAIR_WEIGHTS)
@pytest.mark.parametrize("split", ["train", "held_out"])
def test_pairs_face_each_other(verb: str, split: str) -> None:
    scene = generate(4, 8, (96, 96), seed=3, objects=(2, 3), puppets=1.0, split=split,
                     weights={"follows": 0.0, "swaps_places": 0.0, "shakes_hands": 0.0,
                              "plays_with": 0.0, verb: 1.0})  # fmt: skip
    for b in range(4):
        pair = [l for l, v in enumerate(scene.verbs[b]) if v == verb]
        assert len(pair) == 2
        one, two = sorted(pair, key=lambda l: float(scene.centres[b, l, 0, 0]))
        assert scene.others[b][one] == two and scene.others[b][two] == one
        if (scene.ids[b, 0] == one + 1).any() and (scene.ids[b, 0] == two + 1).any():
            rows = [(scene.ids[b, 0] == l + 1).any(1).nonzero()[-1] for l in pair]
            assert (rows[0] - rows[1]).abs() <= 4  # on one ground
        # Both are named where either is spoken of.
        for l, other in ((one, two), (two, one)):
            words = scene.local_prompts[b][l].lower()
            assert scene.names[b][l] in words and scene.names[b][other] in words
        gap = float(scene.centres[b, two, 0, 0] - scene.centres[b, one, 0, 0])
        assert 0.1 * 96 < gap < 96
        if verb == "shakes_hands":  # they meet at the end
            last = scene.ids[b, -1]
            near = torch.nn.functional.max_pool2d(
                (last == one + 1)[None].float(), 5, 1, 2
            )[0]
            hidden = not (last == two + 1).any() or not (last == one + 1).any()
            assert hidden or ((near > 0) & (last == two + 1)).any()


def test_pairs_alone_are_no_choice() -> None:
    with pytest.raises(ValueError, match="no verb of shape to draw from"):
        generate(1, 2, (16, 16), puppets=1.0, shapes=("shakes_hands",))


def test_standing_puppets_do_not_change_a_pixel() -> None:
    scene = generate(
        4, 5, (64, 64), seed=2, objects=(1, 1), puppets=1.0, shapes=("stands",)
    )
    assert scene.verbs == [["stands"]] * 4
    assert (scene.video == scene.video[:, :1]).all()
    assert (scene.ids == scene.ids[:, :1]).all()


def test_the_seed_decides_and_rigid_scenes_stay() -> None:
    one = generate(3, 6, (64, 64), seed=9, puppets=0.7, dense=True)
    two = generate(3, 6, (64, 64), seed=9, puppets=0.7, dense=True)
    assert torch.equal(one.video, two.video) and torch.equal(one.origins, two.origins)
    assert one.captions == two.captions
    plain = generate(3, 6, (64, 64), seed=9)
    none = generate(3, 6, (64, 64), seed=9, puppets=0.0, dense=True)
    assert torch.equal(plain.video, none.video) and plain.origins is None
    # Rigid objects keep their kinds beside puppets.
    for mixed, before in zip(one.kinds, plain.kinds):
        for kind, was in zip(mixed, before):
            assert kind == was or kind.startswith("puppet:")


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="puppets must be a share"):
        generate(1, puppets=1.5)
    with pytest.raises(ValueError, match="unknown verbs of shape .'melts'"):
        generate(1, puppets=1.0, shapes=("walks", "melts"))
    with pytest.raises(ValueError, match="no verb of shape to draw from"):
        generate(1, puppets=1.0, shapes=())


def test_pixels_come_from_where_it_is_said() -> None:
    """The still, taken from each pixel's origin, is nearer to the clip than the
    still itself, and most origins lie on the object."""
    scene = generate(12, 8, (128, 128), seed=4, objects=(1, 2), puppets=1.0, dense=True,
                     weights={"follows": 0.0, "swaps_places": 0.0})  # fmt: skip
    b, f, h, w, _ = scene.origins.shape
    grid = (scene.origins * (2 / h) - 1).flatten(1, 2)
    still = scene.video[:, 0].permute(0, 3, 1, 2).float()
    moved = grid_sample(still, grid, align_corners=False, padding_mode="border")
    moved = moved.view(b, 3, f, h, w).permute(0, 2, 3, 4, 1)
    video = scene.video.float()
    mine = scene.ids > 0
    wrong = (moved - video).abs().mean(-1)[mine].median()
    stays = (still.permute(0, 2, 3, 1)[:, None] - video).abs().mean(-1)[mine].median()
    assert wrong < 0.5 * stays and wrong < 14
    at = scene.origins.floor().long().clamp(0, h - 1)
    index = (at[..., 1] * w + at[..., 0]).flatten(1)
    found = scene.ids[:, 0].flatten(1).gather(1, index).view(b, f, h, w)
    assert (found == scene.ids)[mine].float().mean() > 0.9
    # In frame 0 all is where it is, to the pixel.
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    here = torch.stack([x, y], -1) + 0.5
    off = (scene.origins[:, 0] - here).norm(dim=-1)
    assert off.max() < 0.6 and off[mine[:, 0]].median() < 1e-2


def test_held_out_puppets_are_of_their_own() -> None:
    rng = Random(3)
    for held_out in (False, True):
        for _ in range(300):
            plan = plan_puppet(rng, held_out)
            reserved = puppets.reserved_puppet_colour(plan.noun, plan.verb)
            assert (plan.colour == reserved) == held_out
    builds: dict[bool, list[float]] = {False: [], True: []}
    before = puppets._BUILDERS["hand"]
    for held_out, found in builds.items():

        def noted(rng: Random, noun: str, build: float) -> Body:
            found.append(build)
            return before(rng, noun, build)

        puppets._BUILDERS["hand"] = noted
        try:
            for seed in range(200):
                make_puppet(
                    PuppetPlan("hand", "red", "waves"), str(seed), 4, 0.2, held_out
                )
        finally:
            puppets._BUILDERS["hand"] = before
    low, high = puppets.HELD_OUT_BUILD
    assert all(low <= build < high for build in builds[True])
    assert not any(low <= build < high for build in builds[False])
    assert min(builds[False]) < 0.1 and max(builds[False]) > 0.9


def test_captions_say_the_way() -> None:
    scene = generate(60, 2, (16, 16), seed=8, objects=(1, 1), puppets=1.0)
    said = 0
    for prompts, ways, verbs in zip(scene.local_prompts, scene.ways, scene.verbs):
        words = prompts[0].lower().replace(".", "").split()
        if ways[0] in ("left", "right"):
            assert any(word.startswith(ways[0]) for word in words)
            said += 1
        elif not verbs[0].startswith("leans"):  # which has its side in the verb
            assert not any(word.startswith(("left", "right")) for word in words)
    assert said > 8


def test_no_phrase_means_two_things_to_one_body() -> None:
    for noun in puppets.PUPPET_NOUNS:
        seen: dict[tuple[str, str], str] = {}
        for verb in verbs_of(noun):
            if verb in SHAPE_PAIR_WEIGHTS:
                assert all("{}" in rest for *_, rest in shape_phrases(verb, ""))
            for third, _, rest in shape_phrases(verb, ""):
                assert seen.setdefault((third, rest), verb) == verb, (noun, third, rest)
