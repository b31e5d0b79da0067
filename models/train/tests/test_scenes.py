# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The scene generator: what it draws is what its captions and masks say."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scenes import (
    DIRECTIONS,
    VERBS,
    captions,
    generate,
    generator,
    is_held_out,
    motion,
    outlines,
    render,
    textures,
)
from scenes.sheet import colour_ids, contact_sheet
from scenes.vocabulary import ADVERBS, PHRASES, VERB_INDEX, VERB_WEIGHTS


def centroids(ids: torch.Tensor, label: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Centroid [F,2] and area [F] of one id in ids [F,H,W]."""
    mask = (ids == label).double()
    area = mask.sum((1, 2))
    y = torch.arange(ids.shape[1]).double() + 0.5
    x = torch.arange(ids.shape[2]).double() + 0.5
    cx = (mask.sum(1) * x).sum(1) / area.clamp_min(1)
    cy = (mask.sum(2) * y).sum(1) / area.clamp_min(1)
    return torch.stack([cx, cy], 1), area


def test_shapes_and_types():
    scene = generate(5, frames=6, size=(48, 32), seed=3, max_objects=4)
    assert scene.video.shape == (5, 6, 32, 48, 3)
    assert scene.video.dtype == scene.ids.dtype == torch.uint8
    assert scene.ids.shape == (5, 6, 32, 48)
    assert scene.centres.shape == (5, 4, 6, 2)
    for b in range(5):
        count = int(scene.present[b].sum())
        assert 1 <= count <= 3
        assert len(scene.verbs[b]) == len(scene.local_prompts[b]) == count
        assert len(scene.names[b]) == len(set(scene.names[b])) == count
        assert int(scene.ids[b].max()) <= count


def test_the_seed_decides():
    one, two = generate(6, seed=11), generate(6, seed=11)
    assert torch.equal(one.video, two.video)
    assert torch.equal(one.ids, two.ids)
    assert one.captions == two.captions
    assert one.local_prompts == two.local_prompts
    other = generate(6, seed=12)
    assert one.captions != other.captions
    assert not torch.equal(one.video, other.video)
    held = generate(6, seed=11, split="held_out")
    assert one.captions != held.captions


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="split"):
        generate(1, split="test")
    with pytest.raises(ValueError, match="slots"):
        generate(1, objects=(1, 3), max_objects=2)


def test_masks_follow_the_stated_path():
    scene = generate(48, seed=5, objects=(1, 1))
    checked = 0
    for b in range(48):
        centre, area = centroids(scene.ids[b], 1)
        path, scale = scene.centres[b, 0].double(), scene.scales[b, 0].double()
        reach = scene.radii[b, 0] * scale * 1.6 + 1
        low, high = path - reach[:, None], path + reach[:, None]
        whole = (low > 0).all(1) & (high < 128).all(1)
        for f in whole.nonzero()[:, 0].tolist():
            assert (centre[f] - path[f]).norm() < 1.0, (b, f, scene.verbs[b])
            if whole[0]:
                ratio = (area[f] / area[0]).sqrt() / scale[f]
                assert abs(ratio - 1) < 0.08, (b, f, scene.verbs[b])
            checked += 1
    assert checked > 300


def test_ids_agree_with_half_covered_pixels():
    # A black object on white without shadow: the brightness is 1 - alpha.
    frames, side = 3, 40
    generator_ = torch.Generator().manual_seed(0)
    polygon = outlines.polygons(torch.tensor([outlines.OUTLINE_INDEX["star"]]),
                                generator_)  # fmt: skip
    grid = (torch.arange(textures.SPRITE) + 0.5) / textures.SPRITE
    distance = outlines.signed_distance(
        polygon, torch.tensor([3]), (grid * 2 - 1) * textures.EXTENT
    )
    sprite = torch.zeros(1, 5, textures.SPRITE, textures.SPRITE)
    sprite[:, 3] = distance
    video = torch.full((1, frames, side, side, 3), 255, dtype=torch.uint8)
    ids = torch.zeros(1, frames, side, side, dtype=torch.uint8)
    centre = torch.tensor([[[20.0, 20.0], [23.3, 18.1], [39.0, 2.0]]])
    one = torch.ones(1)
    render.paint(video, ids, sprite, centre, one * 9 + torch.zeros(1, frames),
                 one, torch.tensor([0]), torch.tensor([2]), 4)  # fmt: skip
    alpha = 1 - video[..., 0].float() / 255
    assert set(ids.unique().tolist()) == {0, 2}
    assert ((alpha > 0.51) <= (ids == 2)).all()
    assert ((ids == 2) <= (alpha > 0.49)).all()
    soft = ((alpha > 0.05) & (alpha < 0.95)).sum()
    assert soft > 30  # edges are anti-aliased
    area = (ids[0, 0] == 2).sum() / 81
    assert 0.8 < float(area) < 1.8


def test_known_areas():
    circle, square, ring = (
        outlines.OUTLINE_INDEX[name] for name in ("circle", "square", "ring")
    )
    kinds = torch.tensor([circle, square, ring])
    polygon = outlines.polygons(kinds, torch.Generator().manual_seed(1))
    grid = torch.linspace(-1.4, 1.4, 281)
    distance = outlines.signed_distance(polygon, kinds, grid)
    area = (distance < 0).sum((1, 2)) * 1e-4
    assert area[0] == pytest.approx(3.0, rel=0.07)
    assert area[1] == pytest.approx(2 * 1.12**2, rel=0.1)
    assert area[2] == pytest.approx(2.15, rel=0.1)
    assert distance[0, 140, 140] == pytest.approx(-0.95, abs=0.06)


def test_the_front_object_hides_the_others():
    # Within 0.4 of their radii these outlines are solid.
    solid = ("circle", "square")
    y, x = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")
    hidden = 0
    for seed in range(12):
        scene = generate(32, 8, (64, 64), seed=seed, objects=(3, 3))
        for b, kinds in enumerate(scene.kinds):
            front = int(scene.depth[b].argmax())
            if kinds[front] not in solid:
                continue
            for f in range(8):
                cores = []
                for l in range(3):
                    cx, cy = scene.centres[b, l, f].tolist()
                    radius = 0.4 * scene.radii[b, l] * scene.scales[b, l, f]
                    cores.append((x - cx) ** 2 + (y - cy) ** 2 < radius**2)
                assert (scene.ids[b, f][cores[front]] == front + 1).all()
                for l in range(3):
                    behind = l != front and kinds[l] != "ring"
                    hidden += behind and bool((cores[l] & cores[front]).any())
    assert hidden > 10  # some objects did pass behind another


def test_first_frames_hardly_overlap():
    scene = generate(64, seed=2, objects=(3, 3))
    for b in range(64):
        for label in (1, 2, 3):
            _, area = centroids(scene.ids[b, :1], label)
            assert area[0] > 0.2 * float(scene.radii[b, label - 1]) ** 2


@pytest.mark.parametrize("verb", VERBS)
def test_paths_are_what_the_verb_says(verb):
    numbers = torch.Generator().manual_seed(4)
    kind = torch.full((40,), VERB_INDEX[verb])
    shift, scale = motion.trajectories(
        kind, torch.full((40,), motion.NORMAL), 16, numbers
    )
    assert torch.equal(shift[:, 0], torch.zeros(40, 2))
    assert torch.equal(scale[:, 0], torch.ones(40))
    x, y = shift[..., 0], shift[..., 1]
    end = shift[:, -1]
    sized = verb in ("grows", "shrinks")
    assert bool((scale == 1).all()) != sized
    if verb in DIRECTIONS:
        way = torch.tensor(DIRECTIONS[verb])
        assert ((end * way).sum(1) > 0.25).all()
        assert ((end * way).sum(1) < 0.66).all()
        assert (
            (end - way * (end * way).sum(1, True) / way.dot(way)).abs() < 1e-5
        ).all()
    elif verb == "lifts_off":
        assert (end[:, 1] < -0.3).all() and (x == 0).all()
    elif verb == "falls":
        steps = y.diff(dim=1)
        assert (end[:, 1] > 0.3).all() and (steps.diff(dim=1) > 0).all()
    elif verb == "jumps":
        assert (y.amin(1) < -0.18).all() and (end.abs() < 1e-5).all()
    elif verb == "bounces":
        turns = (y.diff(dim=1).sign().diff(dim=1).abs() > 1).sum(1)
        assert (turns >= 3).all() and (y > -1e-5).all()
    elif verb == "grows":
        assert (scale.diff(dim=1) > 0).all() and (scale[:, -1] > 1.5).all()
    elif verb == "shrinks":
        assert (scale.diff(dim=1) < 0).all() and (scale[:, -1] < 0.55).all()
    elif verb == "circles":
        assert (x.amax(1) > 0.09).all() and (x.amin(1) < -0.09).all()
        assert (end.abs() < 1e-4).all()
    elif verb == "shakes":
        assert (x.diff(dim=1).sign().diff(dim=1).abs() > 1).sum(1).min() >= 3
        assert (y == 0).all()
    else:
        assert verb == "stays_still" and (shift == 0).all()


def test_paces_differ():
    kind = torch.full((50,), VERB_INDEX["moves_left"])
    far = []
    for pace in (motion.SLOW, motion.NORMAL, motion.FAST):
        numbers = torch.Generator().manual_seed(1)
        pace_ = torch.full((50,), pace)
        far.append(motion.trajectories(kind, pace_, 16, numbers)[0][:, -1, 0].abs())
    assert far[0].max() < far[1].min() and far[1].max() < far[2].min()


def _says(text: str, verb: str) -> bool:
    """Whether some phrase of the verb, in any form, is in the text."""
    words = text.lower().replace(".", " ").replace(",", " ").split()
    for adverb in {a for kind in ADVERBS.values() for a in kind}:
        words = [word for word in words if word != adverb]
    flat = " ".join(words)
    for third, ing, rest in PHRASES[verb]:
        for form in (third, ing):
            if f" {form} {rest} ".replace("  ", " ") in f" {flat} ":
                return True
    return False


def test_captions_are_true():
    for seed in range(8):
        scene = generate(16, frames=1, size=(16, 16), seed=seed)
        for b in range(16):
            moving = [v for v in scene.verbs[b] if v != "stays_still"]
            for text in (scene.captions[b], scene.motion_captions[b]):
                assert all(_says(text, verb) for verb in moving), text
            for l, prompt in enumerate(scene.local_prompts[b]):
                assert _says(prompt, scene.verbs[b][l]), prompt
                assert scene.names[b][l] in prompt.lower()
                others = set(scene.names[b]) - {scene.names[b][l]}
                assert not others & set(prompt.lower().strip(".").split())
                pace = scene.paces[b][l]
                said = set(prompt.lower().strip(".").split())
                assert bool(said & set(ADVERBS["slow"])) == (pace == "slow")
                assert bool(said & set(ADVERBS["fast"])) == (pace == "fast")


def test_motion_captions_name_no_looks():
    looks = set(generator.COLOUR_NAMES) | {"big", "large", "small", "little", "tiny"}
    looks.discard("orange")  # also a fruit
    coloured = 0
    for seed in range(4):
        scene = generate(16, frames=1, size=(16, 16), seed=seed)
        for b in range(16):
            said = scene.motion_captions[b].lower().replace(",", " ")
            assert not looks & set(said.replace(".", " ").split()), said
            full = scene.captions[b].lower()
            coloured += any(colour in full for colour in scene.colours[b])
    assert coloured > 50


def test_phrases_of_one_verb_are_not_another_direction():
    sides = {"left": "right", "right": "left", "up": "down", "down": "up"}
    for verb in DIRECTIONS:
        ways = verb.split("_")[1:]
        for _, _, rest in PHRASES[verb]:
            for way in ways:
                assert sides[way] not in rest, (verb, rest)


def test_held_out_never_in_train():
    rng = Random(0)
    train = [p for _ in range(2000) for p in generator._plan_clip(rng, (1, 3), False)]
    held = [p for _ in range(300) for p in generator._plan_clip(rng, (1, 3), True)]
    reserved = {(p.kind, p.colour, p.verb) for p in held}
    assert not reserved & {(p.kind, p.colour, p.verb) for p in train}
    assert all(is_held_out(p.kind, p.colour, p.verb) for p in held)
    # Each part alone is well known.
    assert {p.verb for p in train} == set(VERBS) == {p.verb for p in held}
    assert {p.colour for p in train} == set(generator.COLOUR_NAMES)
    scene = generate(8, frames=1, size=(16, 16), split="held_out")
    for kinds, colours, verbs in zip(scene.kinds, scene.colours, scene.verbs):
        assert all(map(is_held_out, kinds, colours, verbs))


def test_shares_of_the_verbs():
    total = sum(VERB_WEIGHTS.values())
    share = sum(VERB_WEIGHTS[verb] for verb in DIRECTIONS) / total
    assert 0.55 < share < 0.65
    assert 0.07 < VERB_WEIGHTS["stays_still"] / total < 0.09


@pytest.mark.parametrize("small", [64, 96])
def test_sizes_show_the_same_scene(small):
    large = generate(12, frames=4, size=(128, 128), seed=21)
    other = generate(12, frames=4, size=(small, small), seed=21)
    assert large.captions == other.captions
    ratio = 128 / small
    assert torch.allclose(large.centres, other.centres * ratio, atol=1e-3)
    resize = torch.nn.functional.interpolate
    big = large.video.flatten(0, 1).permute(0, 3, 1, 2).float()
    big = resize(big, (small, small), mode="area")
    low = other.video.flatten(0, 1).permute(0, 3, 1, 2).float()
    assert (big - low).abs().mean() < 5.0
    ids = resize(large.ids.float(), (small, small), mode="nearest-exact")
    assert (ids != other.ids.float()).float().mean() < 0.02


def test_still_objects_do_not_change_a_pixel():
    seen = 0
    for seed in range(40):
        scene = generate(1, frames=5, size=(64, 64), seed=seed, objects=(1, 1))
        if scene.verbs[0] == ["stays_still"]:
            assert (scene.video[0] == scene.video[0, :1]).all()
            assert (scene.ids[0] == scene.ids[0, :1]).all()
            seen += 1
        elif scene.verbs[0][0] in DIRECTIONS:
            assert (scene.video[0, 0] != scene.video[0, -1]).any()
    assert seen > 0


def test_indefinite_articles():
    words = captions.ObjectWords("apple", "", "", "falls", "")
    said = {captions._noun_phrase(Random(i), words, False) for i in range(50)}
    assert said == {"the apple", "an apple", "apple"}


def test_contact_sheet(tmp_path):
    scene = generate(2, frames=5, size=(16, 16), seed=1)
    path = tmp_path / "sheet.png"
    contact_sheet(scene.video, path, columns=3)
    import numpy as np
    from PIL import Image

    sheet = np.asarray(Image.open(path))
    assert sheet.shape == (2 * 18, 3 * 18, 3)
    assert (sheet[:16, :16] == scene.video[0, 0].numpy()).all()
    assert (sheet[18:34, 36:52] == scene.video[1, 4].numpy()).all()
    assert colour_ids(torch.tensor([0, 2])).tolist() == [[0, 0, 0], [0, 255, 0]]
