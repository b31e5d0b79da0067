# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Ids read back from what mode=plan draws."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from filter import COLOURS, mask_ids
from tints import TINTS, tint_table


@pytest.fixture(scope="module")
def tints() -> Tensor:
    """Bytes [L, TINTS, 3] of the objects' tints, float."""
    table = tint_table(torch.arange(len(COLOURS) + 1)[None])[0, 1:]
    return ((table + 1) * 127.5).view(len(COLOURS), TINTS, 3)


def test_tints_are_the_objects_colours(tints: Tensor) -> None:
    assert tints[:, 0].round().int().tolist() == [list(c) for c in COLOURS]


@pytest.mark.parametrize("share", [1, 0.75, 0.52, 0.48, 0.2, 0])
def test_ids_of_tints_and_edges(tints: Tensor, share: float) -> None:
    video = (share * tints).round().to(torch.uint8)[None]
    ids = torch.arange(1, len(COLOURS) + 1)[:, None].expand(-1, TINTS)
    assert torch.equal(mask_ids(video)[0].long(), ids * (share > 0.5))
