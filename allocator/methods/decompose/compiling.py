"""Compiled code made ready while other work goes on, or loaded from what was compiled before."""

from __future__ import annotations

import os

import numpy as np
import scipy.sparse as sp

from allocator.methods.decompose.annealing import Alternatives, anneal, mend
from allocator.methods.decompose.completion import completions
from allocator.methods.decompose.labelling import Stock, Trips, most_promising, search
from allocator.methods.decompose.printing import full_speed
from allocator.methods.decompose.restocking import Depletion, Opportunities, Savings, restock
from allocator.methods.decompose.spreading import spread_cards
from allocator.methods.decompose.stockouts import saved_in_all, stream_savings

_ONE, _GRID, _NOTHING = np.ones(1), np.ones((1, 1)), np.zeros(1, dtype=np.int64)


def compile_all() -> None:
    """Call everything that is compiled, so that this process has it.

    Processes begin at one end or the other: the first time, when all of it takes half a minute, they find
    in the cache what others have compiled meanwhile.
    """
    parts = (_search, _settling, _annealing, _completions, _sorting)
    for part in parts if os.getpid() % 2 else reversed(parts):
        part()
    _restocking()


def _search() -> None:
    stock = Stock(_ONE, 1.0, _ONE, _ONE, 1.0)
    trips = Trips(_NOTHING, _NOTHING, _NOTHING, _ONE, _ONE, _NOTHING, _NOTHING[None] - 1, _GRID)
    streams = stream_savings(np.ones((1, 1, 1)), np.ones((1, 1, 1)))
    search(stock, trips, _GRID, _GRID, streams, 1, 9.0, np.ones(2), np.ones((1, 2, 2)), 1.0, 1, 9, 1)
    saved_in_all(streams, _GRID)


def _completions() -> None:
    trip, behind = (_NOTHING, _NOTHING, _NOTHING, _ONE, _ONE), np.zeros(2)
    completions(_ONE, 1.0, _ONE, _ONE, *trip, _GRID, _GRID, np.ones(2), behind, 2, 2, 1.0, False)


def _sorting() -> None:
    most_promising(_NOTHING, _ONE, 1)  # a third of what the search takes to compile


def _restocking() -> None:
    restock(_depletion(), _trips(), _ONE, _ONE, Savings.steady(np.ones((1, 2))))


def _settling() -> None:
    step = np.ones((1, 1, 1))
    spread_cards(_NOTHING, _GRID, step, step, step, np.zeros((1, 1, 1), dtype=np.int64), 1)
    full_speed(_depletion(), _trips(), _NOTHING, sp.csr_array(_GRID))


def _annealing() -> None:
    plan = Alternatives(_NOTHING, _ONE, sp.csc_array(_GRID), _ONE, _ONE, np.zeros(1, dtype=np.bool_))
    anneal(plan, mend(plan, _NOTHING), _NOTHING, temperature=1.0, moves=1, seed=0)


def _depletion() -> Depletion:
    days = np.ones((1, 2))
    return Depletion(0 * days, _ONE, days, days, np.full(1, np.inf))


def _trips() -> Opportunities:
    return Opportunities(_NOTHING, _NOTHING, _NOTHING, _NOTHING + 1, _NOTHING + 1, _NOTHING + 1)
