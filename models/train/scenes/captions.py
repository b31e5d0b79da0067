# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Writes a scene's captions: global, motion only, and one prompt per object."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .vocabulary import ADVERBS, PHRASES, Phrase


@dataclass
class ObjectWords:
    """What is said about one object."""

    noun: str
    colour: str
    size: str  # "", "small", "big", ...
    verb: str  # a key of vocabulary.PHRASES
    pace: str  # "", "slow" or "fast"


def _join_words(*words: str) -> str:
    return " ".join(word for word in words if word)


def _article(phrase: str) -> str:
    return "an" if phrase[0] in "aeiou" else "a"


def _noun_phrase(rng: Random, words: ObjectWords, full: bool) -> str:
    """ "a big red ball" where full, else "the ball"."""
    if full:
        size = words.size if rng.random() < 0.6 else ""
        colour = words.colour if rng.random() < 0.93 else ""
        phrase = _join_words(size, colour, words.noun)
    else:
        phrase = words.noun
    draw = rng.random()
    if draw < (0.45 if full else 0.8):
        return "the " + phrase
    if draw < 0.93:
        return f"{_article(phrase)} {phrase}"
    return phrase


def _verb_phrase(
    rng: Random, phrase: Phrase, adverb: str, gerund: bool, auxiliary: bool
) -> str:
    """The verb with its adverb at one of three places."""
    third, ing, rest = phrase
    verb = ing if gerund or auxiliary else third
    head = "is" if auxiliary and not gerund else ""
    place = rng.randrange(3) if adverb else 0
    if place == 0:
        return _join_words(head, verb, rest, adverb)
    if place == 1:
        return _join_words(head, adverb, verb, rest)
    return _join_words(head, verb, adverb, rest)


def _clause(
    rng: Random, words: ObjectWords, phrase: Phrase, adverb: str, full: bool
) -> str:
    auxiliary = rng.random() < 0.15
    gerund = not auxiliary and rng.random() < (0.12 if full else 0.04)
    return _join_words(
        _noun_phrase(rng, words, full),
        _verb_phrase(rng, phrase, adverb, gerund, auxiliary),
    )


def _join_clauses(rng: Random, clauses: list[str]) -> str:
    if len(clauses) == 1:
        return clauses[0]
    style = rng.random()
    if style < 0.15:
        return ". ".join(clauses)
    if style < 0.3:
        return ", ".join(clauses)
    last = rng.choice((" while ", " while ", " and ", " and ", ", and ",
                       ", while ", " as "))  # fmt: skip
    between = rng.choice((", ", ", ", " and ")) if "while" in last else ", "
    return between.join(clauses[:-1]) + last + clauses[-1]


def _finish(rng: Random, text: str) -> str:
    if rng.random() < 0.15:
        text = text[0].upper() + text[1:]
    if rng.random() < 0.25:
        text += "."
    return text


def _choose(rng: Random, words: ObjectWords) -> tuple[Phrase, str]:
    phrase = rng.choice(PHRASES[words.verb])
    adverb = rng.choice(ADVERBS[words.pace]) if words.pace else ""
    return phrase, adverb


def write(
    rng: Random, objects: list[ObjectWords], place: str
) -> tuple[str, str, list[str]]:
    """Returns (global caption, motion caption, local prompts in id order).

    place is where the scene is ("on grass") or "" to leave it out. Objects are
    named in random order; a still object among moving ones may go unsaid.
    """
    said = [_choose(rng, words) for words in objects]
    order = list(range(len(objects)))
    rng.shuffle(order)
    moving = [i for i in order if objects[i].verb != "stays_still"]
    if moving and rng.random() < 0.15:
        order = moving

    def clause(index: int, full: bool) -> str:
        # Half of the prompts repeat the caption's verb, half say it otherwise.
        words = objects[index]
        phrase, adverb = said[index]
        if rng.random() < 0.5:
            phrase, adverb = _choose(rng, words)
        return _clause(rng, words, phrase, adverb, full)

    clauses = [clause(i, True) for i in order]
    if place:
        spot = rng.random()
        if spot < 0.5:
            text = _join_clauses(rng, clauses) + " " + place
        elif spot < 0.8:
            text = f"{place}, " + _join_clauses(rng, clauses)
        else:
            text = _join_clauses(rng, clauses) + ", " + place
    else:
        text = _join_clauses(rng, clauses)
    motion = _join_clauses(rng, [clause(i, False) for i in order])
    local = [_finish(rng, clause(i, True)) for i in range(len(objects))]
    return _finish(rng, text), _finish(rng, motion), local
