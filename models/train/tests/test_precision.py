# SPDX-License-Identifier: CC0-1.0
"""Trajectories do not depend on the precision that networks run in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trajectory import carry, fit_similarity, refine_ids  # noqa: E402


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_changes_nothing(dtype: torch.dtype) -> None:
    ids = torch.zeros(1, 3, 128, 128, dtype=torch.long)
    for t in range(3):  # large enough for sums beyond 65504
        ids[0, t, 30 + 7 * t : 100 + 7 * t, 20 + 5 * t : 97 + 5 * t] = 1
    still = torch.rand(1, 3, 128, 128)
    results = []
    for enabled in (False, True):
        with torch.autocast("cpu", dtype, enabled=enabled):
            fit = fit_similarity(ids[:, 0], ids, 1)
            used = refine_ids(ids[:, 0], ids, fit)
            results.append((fit.centres, carry(still, ids[:, 0], used, fit)))
    for plain, cast in zip(*results):
        assert torch.equal(plain, cast)
