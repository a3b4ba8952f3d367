"""How far the master's prices may go from the best ones known: a box that learns from each step."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector

_DAY_REACH = 0.001  # of the reach of the slots' prices at knots: what a single day may differ by besides
_LEVEL_SHORTER = 0.8
_SHORTEST, _SHORTER, _LONGER = 0.25, 0.6, 1.6
_NOISE = 1e-7  # of the bound: a promise of no more says nothing
_GOOD = 0.3  # of what the master promised, where a step was as good as could be hoped


class Box:
    """The reach of each price (resources,), and of the slots' prices at every fifteenth day (knots,).

    Prices of slots move together: a slot a day earlier is worth a day's waiting more, whatever the
    level, while columns say little of single days. So the box is narrow for single days and wide for
    a broken line through the knots, in the spirit of the dual-optimal inequalities of Ben Amor,
    Desrosiers and Valério de Carvalho (2006). Its size follows the trust-region rule: by what a step
    brought of what it promised.
    """

    def __init__(self, reach: Vector, slots: NDArray[np.bool_], level_reach: float) -> None:
        """`reach` (resources,) of single prices, `level_reach` of those of `slots` (resources,) together."""
        self.reach, self.level_reach = reach, level_reach
        self.counts = ~slots  # whose slack is strain; slots can nearly always change days
        self.level = sp.csr_array(slots[None, :].astype(np.float64))

    @classmethod
    def open(cls, resources: int) -> Box:
        """A box that leaves prices free."""
        return cls(np.full(resources, np.inf), np.zeros(resources, dtype=np.bool_), 0.0)

    @classmethod
    def around(cls, couplings: Couplings, prices: Vector, reach: float) -> Box:
        """`reach` is a share of the greatest price of a kind: how wrong the prices (resources,) may be."""
        kinds = np.array(couplings.kind)
        width = np.zeros(len(prices))
        slots = kinds == "quota"
        for kind in dict.fromkeys(couplings.kind):
            at = kinds == kind
            greatest = float(np.max(prices[at], initial=0.0))
            width[at] = reach * greatest * (_DAY_REACH if kind == "quota" else 1.0)
            finite = at & np.isfinite(couplings.ceiling)
            width[finite] = np.maximum(width[finite], reach * couplings.ceiling[finite])
        return cls(width, slots, reach * float(np.max(prices[slots], initial=0.0)))

    def learn(self, before: float, promised: float, came: float, strain: float) -> None:
        """Take what a step came to, from where it began and what the master promised at most.

        `strain` is how much of the promise is only due to the width of the box.
        """
        hoped = promised - before
        if hoped <= _NOISE * abs(before):
            return
        part = (came - before) / hoped
        if part > _GOOD or (part > 0 and strain > _GOOD * hoped):
            factor = _LONGER
        elif part >= 0:
            factor = 1.0
        else:
            factor = max(_SHORTEST, min(_SHORTER, -1.0 / part))
        self.reach = factor * self.reach
        self.level_reach *= max(factor, _LEVEL_SHORTER)
