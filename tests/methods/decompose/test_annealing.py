"""Simulated annealing: valid choices, the best ones of small cases, the same again for the same seed."""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from allocator.methods.decompose.annealing import Alternatives, anneal, mend

MOVES = 20_000


def case(seed: int, offices: int, plans: int, limits: int) -> Alternatives:
    """Plans whose cost falls with what they use; the first one of each office uses nothing."""
    rng = np.random.default_rng(seed)
    use = rng.integers(0, 4, (offices, plans, limits)).astype(np.float64)
    use[:, 0] = 0.0
    cost = 50.0 - use.sum(axis=2) * rng.uniform(2.0, 9.0, (offices, plans))
    limit = np.floor(use.max(axis=1).sum(axis=0) * 0.4)
    place = np.repeat(np.arange(offices), plans)
    matrix = sp.csc_array(use.reshape(-1, limits).T)
    return Alternatives(place, cost.ravel(), matrix, limit, np.full(limits, 5.0))


def keeps_limits(plans: Alternatives, chosen: np.ndarray) -> bool:
    return bool((plans.use[:, chosen].sum(axis=1) <= plans.limit + 1e-9).all())


def optimum(plans: Alternatives, offices: int, count: int) -> float:
    """By looking at every choice."""
    choices = np.array(list(itertools.product(range(count), repeat=offices))) + count * np.arange(offices)
    use = plans.use.toarray()[:, choices].sum(axis=2)
    valid = (use <= plans.limit[:, None] + 1e-9).all(axis=0)
    return float(plans.cost[choices[valid]].sum(axis=1).min())


@given(st.integers(0, 10_000), st.floats(1e-3, 50.0))
def test_one_plan_for_each_office_within_the_limits(seed: int, temperature: float) -> None:
    plans = case(seed, offices=5, plans=4, limits=3)
    nothing = 4 * np.arange(5)
    chosen = anneal(plans, nothing + 3, nothing, temperature=temperature, moves=MOVES, seed=1)
    assert (plans.place[chosen] == np.arange(5)).all()
    assert keeps_limits(plans, chosen)
    assert optimum(plans, 5, 4) - 1e-9 <= plans.cost[chosen].sum() <= plans.cost[nothing].sum()


@given(st.integers(0, 10_000))
def test_what_is_mended_keeps_the_limits_and_its_offices(seed: int) -> None:
    plans = case(seed, offices=5, plans=4, limits=3)
    nothing = 4 * np.arange(5)
    mended = mend(plans, nothing + 3)
    assert (plans.place[mended] == np.arange(5)).all()
    assert keeps_limits(plans, mended)
    assert mend(plans, nothing).tolist() == nothing.tolist()


def test_the_one_that_mends_the_most_for_its_cost_changes() -> None:
    # Each office has a plan that uses 4 and one that uses none, 8, 3 and 6 dearer: there is room for 8.
    use = sp.csc_array(np.array([[4.0, 0.0, 4.0, 0.0, 4.0, 0.0]]))
    cost = np.array([0.0, 8.0, 0.0, 3.0, 0.0, 6.0])
    plans = Alternatives(np.repeat(np.arange(3), 2), cost, use, np.array([8.0]), np.ones(1))
    assert mend(plans, np.array([0, 2, 4])).tolist() == [0, 3, 4]


def test_near_the_best_choices_of_small_cases() -> None:
    nothing = 4 * np.arange(5)
    found = best = 0.0
    for seed in range(20):
        plans = case(seed, offices=5, plans=4, limits=3)
        found += plans.cost[anneal(plans, nothing + 3, nothing, temperature=5.0, moves=MOVES, seed=1)].sum()
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
