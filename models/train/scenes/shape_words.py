# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""The words for bodies that change their shape: nouns, verbs, phrases."""

from __future__ import annotations

from .phrases import Phrase, _phrases

# Nouns of each species. A noun goes with one species only.
SPECIES: dict[str, tuple[str, ...]] = {
    "biped": (
        "person", "man", "woman", "boy", "girl", "child", "robot", "dancer",
        "player", "runner", "gorilla", "monkey", "bear", "doll", "toy",
    ),
    "quadruped": (
        "dog", "cat", "fox", "wolf", "horse", "cow", "sheep", "goat", "pig",
        "deer", "zebra", "camel", "giraffe", "elephant", "lion", "tiger", "rabbit",
        "mouse", "meerkat",
    ),
    "bird": ("bird", "duck", "owl", "eagle", "crow", "pigeon", "heron", "flamingo",
             "penguin", "parrot"),
    "insect": ("butterfly", "bee", "moth"),
    "fish": ("fish", "shark", "dolphin", "whale", "eel"),
    "snake": ("snake", "worm", "caterpillar"),
    "plant": ("tree", "palm", "flower", "sunflower", "tulip", "grass", "reed",
              "seaweed", "flame"),
    "cloth": ("flag", "banner", "curtain", "towel", "scarf"),
    "hand": ("hand",),
    "vehicle": ("car", "bus", "truck", "van", "tractor", "taxi", "train", "bicycle",
                "motorcycle", "scooter"),
    "region": ("water", "river", "stream", "sea", "lake", "waterfall", "lava",
               "smoke", "steam"),
}  # fmt: skip
SPECIES_WEIGHTS: dict[str, float] = {
    "biped": 0.32, "quadruped": 0.22, "bird": 0.11, "insect": 0.04, "fish": 0.07,
    "snake": 0.03, "plant": 0.06, "cloth": 0.04, "hand": 0.03, "vehicle": 0.08, "region": 0.05,
}  # fmt: skip

# Verbs of shape, in a fixed order: their places decide what is held out. How often
# each is drawn among those that a body can do.
SHAPE_WEIGHTS: dict[str, float] = {
    "walks": 3.0, "runs": 1.6, "trots": 1.0, "gallops": 1.0, "hops": 1.0,
    "waves": 1.2, "raises_arm": 1.2, "lowers_arm": 0.6, "raises_arms": 1.0,
    "lowers_arms": 0.6, "nods": 0.7, "shakes_head": 0.6, "turns_head": 0.6,
    "bows": 0.8, "sits_down": 0.8, "stands_up": 0.8, "lies_down": 0.7,
    "stretches": 0.7, "dances": 1.0, "does_pushups": 0.6, "squats": 0.6,
    "claps": 0.5, "kicks": 0.7, "leans_left": 0.6, "leans_right": 0.6,
    "flies": 2.0, "flaps": 1.2, "glides": 0.8, "swims": 2.0, "wriggles": 0.8,
    "slithers": 1.2, "grazes": 1.0, "pecks": 0.8, "wags_tail": 0.8,
    "opens_mouth": 0.6, "closes_mouth": 0.4, "raises_paw": 0.6,
    "spreads_wings": 0.6, "folds_wings": 0.4, "closes_hand": 0.8,
    "opens_hand": 0.8, "sways": 1.6, "flutters": 1.0, "drives": 2.0,
    "stands": 0.7, "flows": 2.0, "ripples": 1.2,
}  # fmt: skip
# Verbs of shape that two of a kind do with each other, and the share of the clips with
# two puppets or more that have such a pair.
SHAPE_PAIR_WEIGHTS: dict[str, float] = {"shakes_hands": 0.07, "plays_with": 0.07}
SHAPE_VERBS = (*SHAPE_WEIGHTS, *SHAPE_PAIR_WEIGHTS)
# What goes somewhere: its way may be said, else it goes where it faces.
TRAVELS = frozenset(
    ["walks", "runs", "trots", "gallops", "flies", "glides", "swims", "slithers",
     "drives"]
)  # fmt: skip
# What flows stays where it is: only what is in it goes, and the way is always said,
# but for these.
FALLS: dict[str, str] = {
    "waterfall": "down", "lava": "down", "smoke": "up", "steam": "up",
}  # fmt: skip
# Whose pace may be said.
PACED_SHAPES = TRAVELS | {
    "flows", "ripples",
    "hops", "waves", "nods", "shakes_head", "dances", "squats", "does_pushups",
    "flaps", "wriggles", "sways", "wags_tail", "raises_arm", "raises_arms", "bows",
}  # fmt: skip

WAYS: dict[str, tuple[str, ...]] = {
    "left": ("to the left", "left", "leftward", "towards the left"),
    "right": ("to the right", "right", "rightward", "towards the right"),
    "towards": ("towards the camera", "towards the viewer", "closer", "nearer"),
    "away": ("away", "away", "into the distance", "away from the camera"),
    "up": ("up", "upward", "upwards", ""),
    "down": ("down", "downward", "downwards", ""),
    "": ("", "", "", "forward", "along"),
}

_WALK = _phrases(
    (("walks", "walking"), ("walks", "walking"), ("strolls", "strolling"),
     ("strides", "striding"), ("steps", "stepping"), ("marches", "marching"),
     ("wanders", "wandering"), ("paces", "pacing")), ("",)
)  # fmt: skip
_RUN = _phrases(
    (("runs", "running"), ("runs", "running"), ("jogs", "jogging"),
     ("races", "racing"), ("sprints", "sprinting"), ("dashes", "dashing")), ("",)
)  # fmt: skip
_RAISE = (("raises", "raising"), ("lifts", "lifting"), ("puts up", "putting up"))
_LOWER = (("lowers", "lowering"), ("drops", "dropping"), ("puts down", "putting down"))
_ARM = ("an arm", "its arm", "his arm", "her arm", "one arm", "a hand", "its hand")
_ARMS = ("both arms", "its arms", "his arms", "her arms", "both hands", "the arms")

SHAPE_PHRASES: dict[str, tuple[Phrase, ...]] = {
    "walks": _WALK,
    "runs": _RUN,
    "trots": _phrases((("trots", "trotting"), ("trots", "trotting"),
                       ("ambles", "ambling")), ("",)),
    "gallops": _phrases((("gallops", "galloping"), ("gallops", "galloping"),
                         ("bolts", "bolting"), ("canters", "cantering")), ("",)),
    "hops": _phrases((("hops", "hopping"), ("hops", "hopping"), ("bounces", "bouncing"),
                      ("jumps", "jumping")), ("", "up and down", "about")),
    "waves": (
        ("waves", "waving", ""), ("waves", "waving", "hello"),
        ("waves", "waving", "its hand"), ("waves", "waving", "his hand"),
        ("waves", "waving", "her hand"), ("waves", "waving", "goodbye"),
        ("waves", "waving", "at the camera"), ("beckons", "beckoning", ""),
    ),
    "raises_arm": _phrases(_RAISE, _ARM),
    "lowers_arm": _phrases(_LOWER, _ARM),
    "raises_arms": _phrases(_RAISE, _ARMS) + (("throws up", "throwing up", "its arms"),),
    "lowers_arms": _phrases(_LOWER, _ARMS),
    "nods": (("nods", "nodding", ""), ("nods", "nodding", "its head"),
             ("nods", "nodding", "its head up and down"), ("bobs", "bobbing", "its head"),
             ("nods", "nodding", "yes")),
    "shakes_head": (("shakes", "shaking", "its head"), ("shakes", "shaking", "his head"),
                    ("shakes", "shaking", "her head"), ("says", "saying", "no")),
    "turns_head": (("turns", "turning", "its head"), ("turns", "turning", "his head"),
                   ("turns", "turning", "her head"), ("looks", "looking", "around"),
                   ("looks", "looking", "aside")),
    "bows": (("bows", "bowing", ""), ("bows", "bowing", "down"),
             ("bends", "bending", "forward"), ("bends", "bending", "over"),
             ("takes", "taking", "a bow")),
    "sits_down": (("sits", "sitting", "down"), ("sits", "sitting", "down"),
                  ("takes", "taking", "a seat"), ("sits", "sitting", "on its haunches")),
    "stands_up": (("stands", "standing", "up"), ("gets", "getting", "up"),
                  ("stands", "standing", "up from the ground"), ("rises", "rising", "to its feet")),
    "lies_down": (("lies", "lying", "down"), ("lies", "lying", "down"),
                  ("lays", "laying", "itself down"), ("lies", "lying", "down on the ground")),
    "stretches": (("stretches", "stretching", ""), ("stretches", "stretching", ""),
                  ("stretches", "stretching", "itself"), ("has", "having", "a stretch")),
    "dances": (("dances", "dancing", ""), ("dances", "dancing", ""),
               ("dances", "dancing", "to the music"), ("dances", "dancing", "about"),
               ("grooves", "grooving", ""), ("sways and dances", "swaying and dancing", "")),
    "does_pushups": (("does", "doing", "push-ups"), ("does", "doing", "push-ups"),
                     ("does", "doing", "pushups"), ("does", "doing", "press-ups"),
                     ("does", "doing", "push ups")),
    "squats": (("squats", "squatting", ""), ("does", "doing", "squats"),
               ("squats", "squatting", "down and up"), ("crouches", "crouching", "down"),
               ("does", "doing", "knee bends")),
    "claps": (("claps", "clapping", ""), ("claps", "clapping", "its hands"),
              ("applauds", "applauding", ""), ("claps", "clapping", "both hands")),
    "kicks": (("kicks", "kicking", ""), ("kicks", "kicking", "a leg"),
              ("kicks", "kicking", "its leg up"), ("kicks", "kicking", "in the air")),
    "leans_left": (("leans", "leaning", "left"), ("leans", "leaning", "to the left"),
                   ("tilts", "tilting", "to the left"), ("bends", "bending", "to the left")),
    "leans_right": (("leans", "leaning", "right"), ("leans", "leaning", "to the right"),
                    ("tilts", "tilting", "to the right"), ("bends", "bending", "to the right")),
    "flies": _phrases((("flies", "flying"), ("flies", "flying"), ("wings", "winging"),
                       ("flits", "flitting")), ("", "through the air")),
    "flaps": (("flaps", "flapping", "its wings"), ("flaps", "flapping", ""),
              ("beats", "beating", "its wings"), ("flutters", "fluttering", "its wings"),
              ("hovers", "hovering", ""), ("flaps", "flapping", "its wings in place")),
    "glides": _phrases((("glides", "gliding"), ("glides", "gliding"), ("soars", "soaring"),
                        ("sails", "sailing")), ("", "through the air")),
    "swims": _phrases((("swims", "swimming"), ("swims", "swimming"), ("dives", "diving")),
                      ("", "through the water")),
    "wriggles": (("wriggles", "wriggling", ""), ("squirms", "squirming", ""),
                 ("writhes", "writhing", ""), ("wiggles", "wiggling", "")),
    "slithers": _phrases((("slithers", "slithering"), ("crawls", "crawling"),
                          ("creeps", "creeping"), ("winds", "winding"),
                          ("slides", "sliding")), ("",)),
    "grazes": (("grazes", "grazing", ""), ("eats", "eating", "grass"),
               ("lowers", "lowering", "its head"), ("bends", "bending", "down to eat"),
               ("lowers", "lowering", "its head to the ground"), ("drinks", "drinking", "")),
    "pecks": (("pecks", "pecking", ""), ("pecks", "pecking", "at the ground"),
              ("picks", "picking", "up seeds"), ("pecks", "pecking", "for food")),
    "wags_tail": (("wags", "wagging", "its tail"), ("wags", "wagging", "its tail"),
                  ("swishes", "swishing", "its tail"), ("swings", "swinging", "its tail")),
    "opens_mouth": (("opens", "opening", "its mouth"), ("opens", "opening", "its jaws"),
                    ("yawns", "yawning", ""), ("opens", "opening", "its beak")),
    "closes_mouth": (("closes", "closing", "its mouth"), ("shuts", "shutting", "its mouth"),
                     ("closes", "closing", "its beak")),
    "raises_paw": (("raises", "raising", "a paw"), ("lifts", "lifting", "its paw"),
                   ("lifts", "lifting", "a leg"), ("gives", "giving", "its paw")),
    "spreads_wings": (("spreads", "spreading", "its wings"), ("opens", "opening", "its wings"),
                      ("unfolds", "unfolding", "its wings")),
    "folds_wings": (("folds", "folding", "its wings"), ("closes", "closing", "its wings")),
    "closes_hand": (("closes", "closing", ""), ("makes", "making", "a fist"),
                    ("clenches", "clenching", ""), ("closes", "closing", "into a fist")),
    "opens_hand": (("opens", "opening", ""), ("opens", "opening", "up"),
                   ("spreads", "spreading", "its fingers")),
    "sways": (("sways", "swaying", ""), ("sways", "swaying", "in the wind"),
              ("swings", "swinging", "in the wind"), ("bends", "bending", "in the breeze"),
              ("rocks", "rocking", "to and fro")),
    "flutters": (("flutters", "fluttering", ""), ("flutters", "fluttering", "in the wind"),
                 ("flaps", "flapping", "in the wind"), ("waves", "waving", "in the breeze"),
                 ("ripples", "rippling", ""), ("flickers", "flickering", "")),
    "drives": _phrases((("drives", "driving"), ("drives", "driving"), ("rides", "riding"),
                        ("rolls", "rolling"), ("goes", "going")), ("", "down the road")),
    "stands": (("stands", "standing", "still"), ("stays", "staying", "still"),
               ("does not move", "not moving", ""), ("poses", "posing", ""),
               ("remains", "remaining", "in place"), ("waits", "waiting", "")),
    # {} is the other.
    "shakes_hands": (("shakes", "shaking", "hands with {}"),
                     ("shakes", "shaking", "the hand of {}"),
                     ("greets", "greeting", "{}"), ("gives", "giving", "its hand to {}")),
    "plays_with": (("plays", "playing", "with {}"), ("plays", "playing", "with {}"),
                   ("romps", "romping", "with {}"), ("frolics", "frolicking", "with {}")),
    "flows": _phrases((("flows", "flowing"), ("flows", "flowing"),
                       ("streams", "streaming"), ("runs", "running"),
                       ("pours", "pouring")), ("",)),
    "ripples": (("ripples", "rippling", ""), ("ripples", "rippling", "in the wind"),
                ("shimmers", "shimmering", ""), ("surges", "surging", ""),
                ("makes", "making", "waves"), ("rises and falls", "rising and falling", "")),
}  # fmt: skip


# Both of a pair in one clause.
SHAPE_TOGETHER: dict[str, tuple[Phrase, ...]] = {
    "shakes_hands": (("shake", "shaking", "hands"), ("greet", "greeting", "each other")),
    "plays_with": (("play", "playing", "together"), ("play", "playing", "with each other"),
                   ("romp", "romping", "")),
}  # fmt: skip


def shape_phrases(verb: str, way: str) -> tuple[Phrase, ...]:
    """How it is said that something does `verb`, and which way it goes ("", or one
    of WAYS: then it is said)."""
    phrases = SHAPE_PHRASES[verb]
    if verb not in TRAVELS and verb != "flows":
        return phrases
    return tuple(
        (third, gerund, " ".join(part for part in (rest, said) if part))
        for third, gerund, rest in phrases
        for said in WAYS[way]
    )
