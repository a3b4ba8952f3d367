"""Simulated annealing: valid choices, the best ones of small cases, the same again for the same seed."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from allocator.methods.decompose.annealing import Alternatives, anneal, mend

MOVES = 20_000
HARD = np.zeros(1, dtype=np.bool_)


def case(seed: int, offices: int, plans: int, limits: int, soft: int = 0) -> Alternatives:
    """Plans whose cost falls with what they use; the first one of each office uses nothing.

    The first limits may be `soft`.
    """
    rng = np.random.default_rng(seed)
    use = rng.integers(0, 4, (offices, plans, limits)).astype(np.float64)
    use[:, 0] = 0.0
    cost = 50.0 - use.sum(axis=2) * rng.uniform(2.0, 9.0, (offices, plans))
    limit = np.floor(use.max(axis=1).sum(axis=0) * 0.4)
    place = np.repeat(np.arange(offices), plans)
    matrix = sp.csc_array(use.reshape(-1, limits).T)
    return Alternatives(place, cost.ravel(), matrix, limit, np.full(limits, 5.0), np.arange(limits) < soft)


def keeps_limits(plans: Alternatives, chosen: np.ndarray) -> bool:
    hard = ~plans.soft
    return bool((plans.use[:, chosen].sum(axis=1)[hard] <= plans.limit[hard] + 1e-9).all())


def value(plans: Alternatives, chosen: np.ndarray) -> float:
    """What a choice costs, with what it exceeds soft limits by."""
    excess = np.maximum(plans.use[:, chosen].sum(axis=1) - plans.limit, 0.0)[plans.soft]
    return float(plans.cost[chosen].sum() + plans.price[plans.soft] @ excess)


def optimum(plans: Alternatives, offices: int, count: int) -> float:
    """By looking at every choice."""
    choices = np.array(list(itertools.product(range(count), repeat=offices))) + count * np.arange(offices)
    return min(value(plans, choice) for choice in choices if keeps_limits(plans, choice))


@given(st.integers(0, 10_000), st.floats(1e-3, 50.0), st.integers(0, 3))
def test_one_plan_for_each_office_within_the_limits(seed: int, temperature: float, soft: int) -> None:
    plans = case(seed, offices=5, plans=4, limits=3, soft=soft)
    nothing = 4 * np.arange(5)
    chosen = anneal(plans, nothing + 3, nothing, temperature=temperature, moves=MOVES, seed=1)
    assert (plans.place[chosen] == np.arange(5)).all()
    assert keeps_limits(plans, chosen)
    assert optimum(plans, 5, 4) - 1e-9 <= value(plans, chosen) <= value(plans, nothing)


@given(st.integers(0, 10_000), st.integers(0, 3))
def test_what_is_mended_keeps_the_limits_and_its_offices(seed: int, soft: int) -> None:
    plans = case(seed, offices=5, plans=4, limits=3, soft=soft)
    nothing = 4 * np.arange(5)
    mended = mend(plans, nothing + 3)
    assert (plans.place[mended] == np.arange(5)).all()
    assert keeps_limits(plans, mended)
    assert mend(plans, nothing).tolist() == nothing.tolist()


def test_the_one_that_mends_the_most_for_its_cost_changes() -> None:
    # Each office has a plan that uses 4 and one that uses none, 8, 3 and 6 dearer: there is room for 8.
    use = sp.csc_array(np.array([[4.0, 0.0, 4.0, 0.0, 4.0, 0.0]]))
    cost = np.array([0.0, 8.0, 0.0, 3.0, 0.0, 6.0])
    plans = Alternatives(np.repeat(np.arange(3), 2), cost, use, np.array([8.0]), np.ones(1), HARD)
    assert mend(plans, np.array([0, 2, 4])).tolist() == [0, 3, 4]


def test_what_is_mended_pays_for_soft_limits() -> None:
    # The same, but that plans of the second and the third use what costs 2 beyond 1.
    use = sp.csc_array(np.array([[4.0, 0.0, 4.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 3.0, 0.0, 4.0]]))
    cost = np.array([0.0, 6.5, 0.0, 3.0, 0.0, 6.0])
    plans = Alternatives(
        np.repeat(np.arange(3), 2),
        cost,
        use,
        np.array([8.0, 1.0]),
        np.array([1.0, 2.0]),
        np.array([False, True]),
    )
    assert mend(plans, np.array([0, 2, 4])).tolist() == [1, 2, 4]
    roomy = replace(plans, limit=np.array([8.0, 2.0]))
    assert mend(roomy, np.array([0, 2, 4])).tolist() == [0, 3, 4]


@pytest.mark.parametrize("soft", [0, 1, 3])
def test_near_the_best_choices_of_small_cases(soft: int) -> None:
    nothing = 4 * np.arange(5)
    found = best = 0.0
    for seed in range(20):
        plans = case(seed, offices=5, plans=4, limits=3, soft=soft)
        found += value(plans, anneal(plans, nothing + 3, nothing, temperature=5.0, moves=MOVES, seed=1))
        best += optimum(plans, 5, 4)
    assert found <= 1.01 * best


def test_never_dearer_than_what_is_known() -> None:
    plans = case(3, offices=30, plans=6, limits=8)
    nothing = 6 * np.arange(30)
    first = anneal(plans, nothing + 5, nothing, temperature=5.0, moves=MOVES, seed=1)
    again = anneal(plans, nothing + 5, first, temperature=1e-9, moves=MOVES, seed=2)
    assert keeps_limits(plans, again)
    assert plans.cost[first].sum() < 0.8 * plans.cost[nothing].sum()
    assert plans.cost[again].sum() <= plans.cost[first].sum()


def test_the_same_for_the_same_seed() -> None:
    plans = case(4, offices=20, plans=6, limits=8)
    nothing = 6 * np.arange(20)
    one, two = (anneal(plans, nothing, nothing, temperature=5.0, moves=MOVES, seed=7) for _ in range(2))
    assert one.tolist() == two.tolist()
