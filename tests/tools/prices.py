"""Prices of resources to try: a bound must hold at any, and a mixture be what it says."""

from __future__ import annotations

import numpy as np

from allocator import Instance
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.splitting import take_apart
from allocator.milp.formulation import formulate
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


def blocks_at(instance: Instance, kind: str, seed: int) -> tuple[list[Block], Vector]:
    """The blocks of an instance, and prices of a kind."""
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    return take_apart(formulation, couplings, 16), prices_of(couplings, kind, seed)
