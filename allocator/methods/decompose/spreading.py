"""Cards given to those on whom they save the most, day by day, compiled: see `savings`."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]


@numba.njit(cache=True)
def spread_cards(
    office: Indices,
    printed: Vector,
    level: Vector,
    amount: Vector,
    rate: Vector,
    stream: Indices,
    streams: int,
) -> tuple[Vector, Vector]:
    """(P,) what `printed` (P, T) cards save, and (P, S, T) whose they are by the day."""
    plans, days = printed.shape
    steps = level.shape[2]
    saved = np.zeros(plans)
    cards = np.zeros((plans, streams, days))
    done = np.empty(streams)
    for plan in range(plans):
        i = office[plan]
        done[:] = 0.0
        before = 0.0
        for day in range(days):
            left = printed[plan, day] - before
            before = printed[plan, day]
            for step in range(steps):
                s = stream[i, day, step]
                taken = min(left, level[i, day, step] - done[s])
                if taken > 0.0:
                    done[s] += taken
                    left -= taken
                start = level[i, day, step] - amount[i, day, step]
                saved[plan] += rate[i, day, step] * min(max(done[s] - start, 0.0), amount[i, day, step])
            for s in range(streams):
                cards[plan, s, day] = done[s]
    return saved, cards
