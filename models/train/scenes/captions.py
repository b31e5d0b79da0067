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

from .phrases import ADVERBS, CROSSING_PHRASES, PHRASES, TOGETHER, Phrase
from .shape_words import SHAPE_PHRASES, SHAPE_TOGETHER, shape_phrases


@dataclass
class ObjectWords:
    """What is said about one object."""

    noun: str
    colour: str
    size: str  # "", "small", "big", ...
    verb: str  # a key of phrases.PHRASES or shape_words.SHAPE_PHRASES
    pace: str  # "", "slow" or "fast"
    crossing: str = ""  # "enters" or "leaves" where the path does
    other: int | None = None  # index of the other object of a pair
    way: str = ""  # of verbs of shape: a key of shape_words.WAYS


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
    rng: Random, phrase: Phrase, adverb: str, gerund: bool, auxiliary: str
) -> str:
    """The verb with its adverb at one of three places."""
    third, ing, rest = phrase
    verb = ing if gerund or auxiliary else third
    place = rng.randrange(3) if adverb else 0
    if place == 0:
        return _join_words(auxiliary, verb, rest, adverb)
    if place == 1:
        return _join_words(auxiliary, adverb, verb, rest)
    return _join_words(auxiliary, verb, adverb, rest)


def _clause(
    rng: Random, subject: str, phrase: Phrase, adverb: str, full: bool, be: str = "is"
) -> str:
    """Subject and verb in one of several orders; full texts vary more."""
    form = rng.random()
    rare = 1.0 if full else 0.35
    if adverb and form < 0.08:
        return f"{adverb} {subject} " + _verb_phrase(rng, phrase, "", False, "")
    if form < 0.08 + 0.12 * rare:
        return f"{subject} " + _verb_phrase(rng, phrase, adverb, True, "")
    if form < 0.08 + 0.15 * rare:
        return f"there {be} {subject} " + _verb_phrase(rng, phrase, adverb, True, "")
    if form < 0.08 + 0.18 * rare:
        return f"{subject} that " + _verb_phrase(rng, phrase, adverb, False, be)
    if form < 0.08 + 0.33 * rare:
        return f"{subject} " + _verb_phrase(rng, phrase, adverb, False, be)
    return f"{subject} " + _verb_phrase(rng, phrase, adverb, False, "")


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
    if words.verb in SHAPE_PHRASES:
        choice = shape_phrases(words.verb, words.way)
    else:
        choice = PHRASES[words.verb]
    if words.crossing and rng.random() < 0.6:
        choice = CROSSING_PHRASES[words.crossing, words.verb]
    adverb = rng.choice(ADVERBS[words.pace]) if words.pace else ""
    return rng.choice(choice), adverb


def write(
    rng: Random, objects: list[ObjectWords], place: str
) -> tuple[str, str, list[str]]:
    """Returns (global caption, motion caption, local prompts in id order).

    place is where the scene is ("on grass") or "" to leave it out. Objects are
    named in random order; still objects among moving ones may go unsaid. Two
    objects that do something with each other may share a clause.
    """
    said = [_choose(rng, words) for words in objects]
    order = list(range(len(objects)))
    rng.shuffle(order)
    moving = [i for i in order if objects[i].verb not in ("stays_still", "stands")]
    if moving and rng.random() < 0.15:
        order = moving

    def clause(index: int, full: bool) -> str:
        # Half of the prompts repeat the caption's verb, half say it otherwise.
        words = objects[index]
        phrase, adverb = said[index]
        if rng.random() < 0.5:
            phrase, adverb = _choose(rng, words)
        if words.other is not None:
            named = _noun_phrase(rng, objects[words.other], full and rng.random() < 0.4)
            phrase = (*phrase[:2], phrase[2].format(named))
        return _clause(rng, _noun_phrase(rng, words, full), phrase, adverb, full)

    both = TOGETHER | SHAPE_TOGETHER

    def clauses(full: bool) -> list[str]:
        out, done = [], set()
        for index in order:
            words = objects[index]
            if index in done:
                continue
            if words.verb not in both:
                out.append(clause(index, full))
                continue
            # What both do is said once.
            done.add(words.other)
            if rng.random() < 0.5:
                out.append(clause(index, full))
                continue
            pair = (index, words.other)
            subject = " and ".join(_noun_phrase(rng, objects[i], full) for i in pair)
            phrase = rng.choice(both[words.verb])
            out.append(_clause(rng, subject, phrase, "", full, "are"))
        return out

    text = _join_clauses(rng, clauses(True))
    if place:
        spot = rng.random()
        if spot < 0.5:
            text = f"{text} {place}"
        elif spot < 0.8:
            text = f"{place}, {text}"
        else:
            text = f"{text}, {place}"
    motion = _join_clauses(rng, clauses(False))
    local = [_finish(rng, clause(i, True)) for i in range(len(objects))]
    return _finish(rng, text), _finish(rng, motion), local
