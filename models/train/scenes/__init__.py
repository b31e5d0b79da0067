# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Procedural scenes: clips of moving objects with captions and exact masks.

    from scenes import generate
    batch = generate(32, frames=16, size=(128, 128), seed=7)
    batch.video, batch.ids, batch.captions, batch.motion_captions

With puppets=0.5 half of the objects are articulated: see puppets.py.

Everything is drawn here; no picture of anyone else is used.
"""

from .generator import MAX_OBJECTS, SceneBatch, generate
from .origins import pixels, rigid_origins
from .puppets import PUPPET_NOUNS
from .shape_words import SHAPE_VERBS, TRAVELS
from .sheet import colour_ids, contact_sheet
from .vocabulary import COLOURS, DIRECTIONS, KINDS, NOUNS, SHAPES, VERBS, is_held_out

__all__ = [
    "COLOURS",
    "DIRECTIONS",
    "KINDS",
    "MAX_OBJECTS",
    "NOUNS",
    "PUPPET_NOUNS",
    "SHAPES",
    "SHAPE_VERBS",
    "TRAVELS",
    "VERBS",
    "SceneBatch",
    "colour_ids",
    "contact_sheet",
    "generate",
    "is_held_out",
    "pixels",
    "rigid_origins",
]
