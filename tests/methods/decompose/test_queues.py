"""What queues cost, and what cards save of it by day, against a linear model of each day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from allocator.methods.decompose.queues import Queues
from allocator.milp.builder import ABSENT

Vector = NDArray[np.float64]
STREAMS, TIERS = 2, 2


def least_cost(queues: Queues, costs: Vector, upper: Vector, cards: float) -> float:
    """The cheapest queues of one office and day that have all but so many cards in them.

    The last columns are the cards of the streams.
    """
    width = len(costs) + STREAMS
    rows, limits = [np.append(np.zeros(len(costs)), np.ones(STREAMS))], [cards]
    for stream in range(STREAMS):
        own = [each[0, stream, 0] for each in (queues.waiting, queues.unprintable)]
        own = [column for column in own if column != ABSENT]
        row = np.zeros(width)
        row[[*own, len(costs) + stream]] = -1.0
        rows.append(row)
        limits.append(-queues.ready[0, stream, 0])
        for tier in range(TIERS):
            row = np.zeros(width)
            row[own] = 1.0
            row[queues.overdue[tier, 0, stream, 0]] = -1.0
            rows.append(row)
            limits.append(queues.tolerated[tier, 0, stream, 0])
    bounds = [(0, most) for most in upper] + [(0, None)] * STREAMS
    found = linprog(np.append(costs, np.zeros(STREAMS)), np.array(rows), limits, bounds=bounds)
    assert found.success
    return float(found.fun)


@given(seed=st.integers(0, 10**6), missing=st.booleans(), tight=st.booleans())
def test_savings_are_those_of_a_linear_model(seed: int, missing: bool, tight: bool) -> None:
    draw = np.random.default_rng(seed)
    places = np.arange(STREAMS)[None, :, None]
    overdue = 2 * STREAMS + np.arange(TIERS * STREAMS).reshape(TIERS, 1, STREAMS, 1)
    unprintable = STREAMS + places
    if missing:
        unprintable = np.where(places == 0, ABSENT, unprintable)
    count = 2 * STREAMS + TIERS * STREAMS
    costs = np.round(draw.uniform(-2, 5, count), 1)
    costs[2 * STREAMS :] = np.abs(costs[2 * STREAMS :])
    costs[STREAMS : STREAMS + missing] = 0.0  # there is no such column
    upper = draw.integers(0, 8, count).astype(np.float64)
    tolerated = draw.integers(-3, 10, overdue.shape).astype(np.float64)
    overdue_room = draw.integers(0, 8, overdue.shape) if tight else 100.0
    upper[overdue] = np.maximum(-tolerated, 0.0) + overdue_room
    upper[STREAMS : STREAMS + missing] = 0.0
    queued = upper[:STREAMS] + upper[STREAMS : 2 * STREAMS]
    room = np.minimum(queued, (tolerated + upper[overdue]).min(axis=0)[0, :, 0])
    queues = Queues(
        waiting=places,
        unprintable=unprintable,
        overdue=overdue,
        overdue_rows=overdue,
        tolerated=tolerated,
        ready=np.floor(draw.uniform(0, 1, STREAMS) * np.maximum(room, 0.0))[None, :, None],
    )
    waiting = queues.without_cards(costs, upper)
    savings = waiting.savings(tied=False)
    amount, rate = savings.amount[0, 0], savings.rate[0, 0]
    assert (amount >= 0).all()
    assert (np.diff(rate) <= 0).all()
    nothing = least_cost(queues, costs, upper, 0.0)
    assert waiting.cost[0] == pytest.approx(nothing, abs=1e-6)
    assert waiting.size[0] >= abs(nothing) - 1e-6
    for cards in np.linspace(0, queues.ready.sum(), 5):
        taken = np.diff(np.minimum(amount.cumsum(), cards), prepend=0.0)
        expected = nothing - least_cost(queues, costs, upper, float(cards))
        assert taken @ rate == pytest.approx(expected, abs=1e-6)
