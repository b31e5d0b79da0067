# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""How the motion classes are said: phrases, adverbs, synonyms."""

from __future__ import annotations

from itertools import product

ADVERBS = {
    "slow": ("slowly", "slowly", "slowly", "gently", "gradually", "leisurely"),
    "fast": ("quickly", "quickly", "fast", "rapidly", "swiftly", "speedily"),
}

# A phrase is (third person, gerund, rest): "moves" / "moving" + "to the left".
Phrase = tuple[str, str, str]

_GO = (
    ("moves", "moving"), ("moves", "moving"), ("moves", "moving"),
    ("goes", "going"), ("slides", "sliding"), ("drifts", "drifting"),
    ("glides", "gliding"), ("travels", "travelling"), ("flies", "flying"),
    ("runs", "running"), ("heads", "heading"),
)  # fmt: skip
_ROLL = (("rolls", "rolling"), ("rolls", "rolling"), ("tumbles", "tumbling"))
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
        ("swells", "swelling", ""),
    ),
    "shrinks": (
        ("shrinks", "shrinking", ""),
        ("shrinks", "shrinking", ""),
        ("gets", "getting", "smaller"),
        ("becomes", "becoming", "smaller"),
        ("contracts", "contracting", ""),
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
    "rolls_left": _phrases(_ROLL, _side("left")),
    "rolls_right": _phrases(_ROLL, _side("right")),
    # Always clockwise, whether or not it is said.
    "spins": (
        ("spins", "spinning", ""),
        ("spins", "spinning", "around"),
        ("rotates", "rotating", ""),
        ("rotates", "rotating", "clockwise"),
        ("turns", "turning", "around"),
        ("twirls", "twirling", ""),
        ("whirls", "whirling", "around"),
    ),
    "swings": (
        ("swings", "swinging", ""),
        ("swings", "swinging", ""),
        ("swings", "swinging", "back and forth"),
        ("swings", "swinging", "like a pendulum"),
        ("sways", "swaying", ""),
        ("dangles", "dangling", ""),
    ),
    "comes_closer": (
        ("comes", "coming", "closer"),
        ("comes", "coming", "closer"),
        ("comes", "coming", "nearer"),
        ("approaches", "approaching", ""),
        ("moves", "moving", "closer"),
        ("gets", "getting", "closer"),
        ("comes", "coming", "towards the camera"),
        ("moves", "moving", "towards the viewer"),
    ),
    "goes_away": (
        ("goes", "going", "away"),
        ("goes", "going", "away"),
        ("moves", "moving", "away"),
        ("recedes", "receding", ""),
        ("backs", "backing", "away"),
        ("goes", "going", "further away"),
        ("moves", "moving", "into the distance"),
    ),
    # {} is the other object.
    "follows": (
        ("follows", "following", "{}"),
        ("follows", "following", "{}"),
        ("chases", "chasing", "{}"),
        ("pursues", "pursuing", "{}"),
        ("goes", "going", "after {}"),
        ("runs", "running", "after {}"),
        ("moves", "moving", "behind {}"),
        ("trails", "trailing", "behind {}"),
    ),
    "swaps_places": (
        ("swaps", "swapping", "places with {}"),
        ("swaps", "swapping", "places with {}"),
        ("swaps", "swapping", "positions with {}"),
        ("trades", "trading", "places with {}"),
        ("switches", "switching", "places with {}"),
        ("changes", "changing", "places with {}"),
        ("exchanges", "exchanging", "places with {}"),
    ),
}

# Both objects of a pair in one clause: "the cat and the dog swap places".
TOGETHER: dict[str, tuple[Phrase, ...]] = {
    "swaps_places": (
        ("swap", "swapping", "places"),
        ("swap", "swapping", "positions"),
        ("trade", "trading", "places"),
        ("switch", "switching", "places"),
        ("change", "changing", "places"),
    )
}


def _entering(way: str) -> tuple[Phrase, ...]:
    side = {"left": "right", "right": "left", "up": "bottom", "down": "top"}[way]
    return (
        ("enters", "entering", f"from the {side}"),
        ("comes", "coming", f"in from the {side}"),
        ("moves", "moving", f"in from the {side}"),
        ("appears", "appearing", f"from the {side}"),
        ("enters", "entering", f"the picture from the {side}"),
    )


def _leaving(way: str) -> tuple[Phrase, ...]:
    if way in ("up", "down"):
        rests = (f"at the {'top' if way == 'up' else 'bottom'}", f"{way}wards")
    else:
        rests = (f"to the {way}", f"on the {way}")
    return _phrases(
        (("leaves", "leaving"), ("exits", "exiting"), ("leaves the frame",
          "leaving the frame"), ("moves out", "moving out"),
         ("disappears", "disappearing")), rests,
    )  # fmt: skip


# Said of straight motions that begin or end outside of the frame.
CROSSING_PHRASES: dict[tuple[str, str], tuple[Phrase, ...]] = {
    (event, f"moves_{way}"): phrases(way)
    for event, phrases in (("enters", _entering), ("leaves", _leaving))
    for way in ("left", "right", "up", "down")
}
