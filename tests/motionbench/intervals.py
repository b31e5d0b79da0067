# This file is part of ttm.
#
# ttm is free software; you can redistribute it and/or modify it under the
# terms of the GNU Lesser General Public License as published by the Free
# Software Foundation; either version 2.1 of the License, or (at your option)
# any later version.

"""Confidence intervals at 95 %: Wilson's for rates, the bootstrap for the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

RESAMPLES = 2000
_Z = 1.959964


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson score interval of the rate hits / count; (nan, nan) of nothing."""
    if count == 0:
        return (math.nan, math.nan)
    share = hits / count
    centre = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z / (1 + _Z**2 / count)
    half *= math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    return (max(0.0, centre - half), min(1.0, centre + half))


def bootstrap(
    count: int,
    statistic: Callable[[np.ndarray], float],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of statistic(indices) over `count` drawn items.

    The indices are those of a resample with replacement; the draws are fixed
    by `seed`, so that the same results give the same interval.
    """
    if count == 0:
        return (math.nan, math.nan)
    draws = np.random.default_rng(seed).integers(0, count, (resamples, count))
    values = np.array([statistic(draw) for draw in draws])
    values = values[~np.isnan(values)]
    if not len(values):
        return (math.nan, math.nan)
    low, high = np.percentile(values, (2.5, 97.5))
    return (float(low), float(high))


def summary(
    values: Sequence[float], function: Callable[[np.ndarray], float] = np.mean
) -> tuple[float, float, float]:
    """(value, low, high) of a mean or median; nan values are left out."""
    known = np.array([v for v in values if not math.isnan(v)], float)
    if not len(known):
        return (math.nan, math.nan, math.nan)
    low, high = bootstrap(len(known), lambda index: float(function(known[index])))
    return (float(function(known)), low, high)
