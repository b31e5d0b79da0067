# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The words of the scenes: colours, shapes, nouns, verbs and their phrases."""

from __future__ import annotations

from itertools import product

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

# Motion classes and how often each is drawn (they need not sum to one).
VERB_WEIGHTS: dict[str, float] = {
    "moves_left": 0.115,
    "moves_right": 0.115,
    "moves_up": 0.115,
    "moves_down": 0.115,
    "moves_up_left": 0.035,
    "moves_up_right": 0.035,
    "moves_down_left": 0.035,
    "moves_down_right": 0.035,
    "lifts_off": 0.04,
    "falls": 0.06,
    "jumps": 0.05,
    "bounces": 0.04,
    "grows": 0.045,
    "shrinks": 0.035,
    "circles": 0.025,
    "shakes": 0.025,
    "stays_still": 0.08,
}
VERBS = tuple(VERB_WEIGHTS)
VERB_INDEX = {verb: index for index, verb in enumerate(VERBS)}

# Verbs whose pace may be said ("slowly", "quickly").
PACED = frozenset([*DIRECTIONS, "grows", "shrinks", "circles", "shakes", "lifts_off"])
ADVERBS = {
    "slow": ("slowly", "slowly", "slowly", "gently", "gradually"),
    "fast": ("quickly", "quickly", "fast", "rapidly"),
}

# A phrase is (third person, gerund, rest): "moves" / "moving" + "to the left".
Phrase = tuple[str, str, str]

_GO = (
    ("moves", "moving"), ("moves", "moving"), ("moves", "moving"),
    ("goes", "going"), ("slides", "sliding"), ("drifts", "drifting"),
    ("glides", "gliding"), ("travels", "travelling"), ("flies", "flying"),
    ("runs", "running"), ("rolls", "rolling"), ("heads", "heading"),
)  # fmt: skip
_SIDE = ("{}", "{}", "to the {}", "to the {}", "{}ward", "{}wards",
         "towards the {}")  # fmt: skip
_DIAGONAL = ("{0} and to the {1}", "{0} and {1}", "diagonally {0} and {1}",
             "{0} to the {1}", "to the {2} {1}", "diagonally {0} {1}",
             "towards the {3} {1}")  # fmt: skip


def _phrases(
    verbs: tuple[tuple[str, str], ...], rests: tuple[str, ...]
) -> tuple[Phrase, ...]:
    return tuple((v[0], v[1], rest) for v, rest in product(verbs, rests))


def _side(word: str) -> tuple[str, ...]:
    return tuple(form.format(word) for form in _SIDE)


def _diagonal(vertical: str, side: str) -> tuple[str, ...]:
    far = {"up": ("upper", "top"), "down": ("lower", "bottom")}[vertical]
    return tuple(form.format(vertical, side, *far) for form in _DIAGONAL)


_UP = _phrases(_GO, ("up", "up", "upward", "upwards", "to the top"))
_RISE = _phrases(
    (("rises", "rising"), ("rises", "rising"), ("climbs", "climbing"),
     ("ascends", "ascending")), ("", "", "up")
) + _phrases(
    (("floats", "floating"), ("flies", "flying"), ("soars", "soaring")),
    ("up", "upward"),
)  # fmt: skip
_DOWN = _phrases(_GO, ("down", "down", "downward", "downwards"))
_SINK = _phrases(
    (("sinks", "sinking"), ("descends", "descending"),
     ("lowers", "lowering")), ("", "", "down")
) + _phrases((("floats", "floating"), ("comes", "coming")), ("down",))  # fmt: skip

PHRASES: dict[str, tuple[Phrase, ...]] = {
    "moves_left": _phrases(_GO, _side("left")),
    "moves_right": _phrases(_GO, _side("right")),
    "moves_up": _UP + _RISE * 2,
    "moves_down": _DOWN + _SINK * 2,
    "moves_up_left": _phrases(_GO, _diagonal("up", "left")),
    "moves_up_right": _phrases(_GO, _diagonal("up", "right")),
    "moves_down_left": _phrases(_GO, _diagonal("down", "left")),
    "moves_down_right": _phrases(_GO, _diagonal("down", "right")),
    "lifts_off": (
        ("lifts", "lifting", "off"),
        ("lifts", "lifting", "off"),
        ("takes", "taking", "off"),
        ("blasts", "blasting", "off"),
        ("launches", "launching", "upward"),
        ("shoots", "shooting", "up"),
        ("lifts", "lifting", "off the ground"),
    ),
    "falls": (
        ("falls", "falling", ""),
        ("falls", "falling", "down"),
        ("drops", "dropping", ""),
        ("drops", "dropping", "down"),
        ("falls", "falling", "to the ground"),
        ("drops", "dropping", "to the ground"),
        ("plunges", "plunging", "down"),
    ),
    "jumps": (
        ("jumps", "jumping", ""),
        ("jumps", "jumping", ""),
        ("jumps", "jumping", "up"),
        ("hops", "hopping", ""),
        ("leaps", "leaping", "up"),
        ("jumps", "jumping", "up and down"),
        ("leaps", "leaping", "into the air"),
    ),
    "bounces": (
        ("bounces", "bouncing", ""),
        ("bounces", "bouncing", ""),
        ("bounces", "bouncing", "on the floor"),
        ("bounces", "bouncing", "off the ground"),
        ("bounces", "bouncing", "up and down"),
        ("drops and bounces", "dropping and bouncing", ""),
        ("falls and bounces", "falling and bouncing", ""),
    ),
    "grows": (
        ("grows", "growing", ""),
        ("grows", "growing", "bigger"),
        ("gets", "getting", "bigger"),
        ("gets", "getting", "larger"),
        ("becomes", "becoming", "larger"),
        ("expands", "expanding", ""),
        ("comes", "coming", "closer"),
    ),
    "shrinks": (
        ("shrinks", "shrinking", ""),
        ("shrinks", "shrinking", ""),
        ("gets", "getting", "smaller"),
        ("becomes", "becoming", "smaller"),
        ("contracts", "contracting", ""),
        ("moves", "moving", "away"),
    ),
    "circles": (
        ("circles", "circling", ""),
        ("circles", "circling", "around"),
        ("moves", "moving", "in a circle"),
        ("moves", "moving", "in circles"),
        ("goes", "going", "around in a circle"),
        ("flies", "flying", "in a circle"),
    ),
    "shakes": (
        ("shakes", "shaking", ""),
        ("shakes", "shaking", "from side to side"),
        ("wobbles", "wobbling", ""),
        ("moves", "moving", "from side to side"),
        ("moves", "moving", "back and forth"),
        ("trembles", "trembling", ""),
    ),
    "stays_still": (
        ("stays", "staying", "still"),
        ("stays", "staying", "still"),
        ("does not move", "not moving", ""),
        ("remains", "remaining", "still"),
        ("remains", "remaining", "in place"),
        ("stays", "staying", "in place"),
        ("stands", "standing", "still"),
        ("stays", "staying", "where it is"),
        ("rests", "resting", ""),
    ),
}

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
