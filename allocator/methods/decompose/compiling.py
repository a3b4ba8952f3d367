"""Compiled code made ready while other work goes on, or loaded from what was compiled before."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from allocator.methods.decompose.annealing import Alternatives, anneal
from allocator.methods.decompose.labelling import spread_cards
from allocator.methods.decompose.printing import full_speed
from allocator.methods.decompose.restocking import Depletion, Opportunities, Savings, restock


def compile_all() -> None:
    """Call everything that is compiled, so that this process has it."""
    one, days = np.ones(1), np.ones((1, 2))
    nothing = np.zeros(1, dtype=np.int64)
    depletion = Depletion(0 * days, one, days, days, np.full(1, np.inf))
    trips = Opportunities(nothing, nothing, nothing, nothing + 1, nothing + 1, nothing + 1)
    restock(depletion, trips, one, one, Savings.steady(days))
    step = np.ones((1, 1, 1))
    spread_cards(nothing, one[None], step, step, step, np.zeros((1, 1, 1), dtype=np.int64), 1)
    full_speed(depletion, trips, nothing, sp.csr_array(np.ones((1, 1))))
    anneal(Alternatives(nothing, one, sp.csc_array(np.ones((1, 1))), one, one), nothing, nothing, 1.0, 1, 0)
