"""Prices of resources to try: a bound must hold at any, and a mixture be what it says."""

from __future__ import annotations

import numpy as np

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector

KINDS = ("none", "usual", "uneven", "sparse", "wild")


def prices_of(couplings: Couplings, kind: str, seed: int) -> Vector:
    """Prices of a kind: none, alike, very different, for few resources only, beyond all reason."""
    draw = np.random.default_rng(seed)
    count = len(couplings.limit)
    prices: Vector = {
        "none": np.zeros(count),
        "usual": draw.exponential(size=count),
        "uneven": 10.0 ** draw.uniform(-6, 6, count),
        "sparse": np.where(draw.uniform(size=count) < 0.2, 50 * draw.exponential(size=count), 0.0),
        "wild": 1e9 * draw.exponential(size=count),
    }[kind]
    capped: Vector = np.minimum(prices, couplings.ceiling)
    return capped
