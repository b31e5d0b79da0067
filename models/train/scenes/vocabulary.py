# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The words of the scenes: colours, shapes, nouns, motion classes."""

from __future__ import annotations

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.85, 0.12, 0.10),
    "orange": (0.96, 0.52, 0.08),
    "yellow": (0.95, 0.86, 0.15),
    "green": (0.16, 0.62, 0.20),
    "blue": (0.12, 0.30, 0.85),
    "purple": (0.50, 0.18, 0.70),
    "pink": (0.97, 0.55, 0.72),
    "brown": (0.45, 0.27, 0.13),
    "white": (0.94, 0.94, 0.93),
    "black": (0.09, 0.09, 0.10),
}
COLOUR_NAMES = tuple(COLOURS)

# Geometric shapes: outline name -> the nouns that captions use for it.
SHAPES: dict[str, tuple[str, ...]] = {
    "circle": ("ball", "ball", "circle", "disc", "sphere"),
    "square": ("square", "box", "cube", "block"),
    "triangle": ("triangle", "triangle", "pyramid"),
    "star": ("star",),
    "ring": ("ring", "ring", "hoop"),
    "heart": ("heart",),
    "cross": ("cross", "plus"),
    "blob": ("blob", "stone", "cloud", "rock"),
}

# Cut-outs: any of these nouns goes with any cut-out outline except where
# OUTLINE_NOUNS gives an outline of its own. The point is that a network learns
# to move whatever the mask covers, not to know what a cat looks like.
NOUNS = tuple(
    [
        "rocket",
        "cat",
        "cup",
        "car",
        "bird",
        "boat",
        "dog",
        "balloon",
        "kite",
        "leaf",
        "person",
        "horse",
        "plane",
        "fish",
        "truck",
        "bus",
        "bear",
        "duck",
        "rabbit",
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "bottle",
        "hat",
        "shoe",
        "book",
        "apple",
        "orange",
        "pear",
        "flower",
        "tree",
        "mushroom",
        "butterfly",
        "bee",
        "turtle",
        "snail",
        "frog",
        "robot",
        "toy",
        "doll",
        "ship",
        "drone",
        "helicopter",
        "train",
        "bicycle",
        "motorcycle",
        "lamp",
        "clock",
        "vase",
        "pot",
        "teapot",
        "chair",
        "guitar",
        "umbrella",
        "bag",
        "box",
        "candle",
        "feather",
        "bubble",
        "ghost",
        "fox",
        "sheep",
        "cow",
        "elephant",
        "penguin",
        "owl",
        "mouse",
        "spider",
        "dragon",
        "spaceship",
        "satellite",
        "parachute",
        "skier",
        "surfer",
        "dancer",
        "runner",
        "player",
        "object",
        "thing",
    ]
)
CUTOUTS = ("soft", "ellipse", "rocket", "cup", "car", "bird", "figure", "leaf")
OUTLINE_NOUNS: dict[str, str] = {
    "rocket": "rocket", "spaceship": "rocket", "cup": "cup", "pot": "cup",
    "vase": "cup", "car": "car", "truck": "car", "bus": "car", "bird": "bird",
    "plane": "bird", "person": "figure", "man": "figure", "woman": "figure",
    "child": "figure", "leaf": "leaf", "feather": "leaf", "balloon": "ellipse",
}  # fmt: skip

DIRECTIONS: dict[str, tuple[float, float]] = {
    "moves_left": (-1.0, 0.0),
    "moves_right": (1.0, 0.0),
    "moves_up": (0.0, -1.0),
    "moves_down": (0.0, 1.0),
    "moves_up_left": (-0.75, -0.75),
    "moves_up_right": (0.75, -0.75),
    "moves_down_left": (-0.75, 0.75),
    "moves_down_right": (0.75, 0.75),
}

# Motion classes and how often each is drawn (they need not sum to one). New
# ones go to the end: the place in this list decides what is held out.
VERB_WEIGHTS: dict[str, float] = {
    "moves_left": 0.1,
    "moves_right": 0.1,
    "moves_up": 0.1,
    "moves_down": 0.1,
    "moves_up_left": 0.035,
    "moves_up_right": 0.035,
    "moves_down_left": 0.035,
    "moves_down_right": 0.035,
    "lifts_off": 0.04,
    "falls": 0.06,
    "jumps": 0.05,
    "bounces": 0.06,
    "grows": 0.04,
    "shrinks": 0.035,
    "circles": 0.03,
    "shakes": 0.03,
    "stays_still": 0.09,
    "rolls_left": 0.025,
    "rolls_right": 0.025,
    "spins": 0.03,
    "swings": 0.04,
    "comes_closer": 0.04,
    "goes_away": 0.035,
    "follows": 0.0,
    "swaps_places": 0.0,
}
VERBS = tuple(VERB_WEIGHTS)
VERB_INDEX = {verb: index for index, verb in enumerate(VERBS)}

# Motion classes that need a second object, and the share of the clips with
# two objects or more that have such a pair.
PAIR_WEIGHTS: dict[str, float] = {"follows": 0.12, "swaps_places": 0.08}

# Straight motions along one axis may begin or end outside of the frame.
CROSSINGS: dict[str, tuple[float, float]] = {
    "moves_left": (-1.0, 0.0),
    "moves_right": (1.0, 0.0),
    "moves_up": (0.0, -1.0),
    "moves_down": (0.0, 1.0),
}

# Verbs whose pace may be said ("slowly", "quickly").
PACED = frozenset(
    [*DIRECTIONS, "grows", "shrinks", "circles", "shakes", "lifts_off",
     "rolls_left", "rolls_right", "spins", "swings", "comes_closer", "goes_away"]
)  # fmt: skip

BACKGROUNDS: dict[str, tuple[str, ...]] = {
    "noise": (
        "on the ground", "on a textured background", "in front of a wall",
        "on grass", "on sand", "over a rough surface",
    ),
    "leaves": (
        "over leaves", "among pebbles", "on a pattern of stones",
        "in front of many shapes", "on a colourful background",
    ),
    "flat": (
        "on a plain background", "in front of a plain wall", "on a table",
        "against a smooth background",
    ),
    "sky": (
        "under the sky", "in a field", "by the sea", "in the open air",
        "in a landscape",
    ),
}  # fmt: skip
BACKGROUND_KINDS = tuple(BACKGROUNDS)


KINDS = tuple(SHAPES) + tuple(f"noun:{noun}" for noun in NOUNS)
KIND_INDEX = {kind: index for index, kind in enumerate(KINDS)}


def reserved_colour(kind: str, verb: str) -> str:
    """The one colour of each (shape or noun, verb) that train never shows."""
    index = 7 * KIND_INDEX[kind] + 3 * VERB_INDEX[verb]
    return COLOUR_NAMES[index % len(COLOUR_NAMES)]


def is_held_out(kind: str, colour: str, verb: str) -> bool:
    """True where (kind, colour, verb) is reserved for split="held_out"."""
    return reserved_colour(kind, verb) == colour
