"""The choice of plans against every combination of them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from allocator.backends import Basis, SolveOptions, SolveResult
from allocator.backends.bases import fitted, still_feasible
from allocator.methods.decompose.choice import Choice, Option, Programme
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.senders import Senders
from allocator.milp.model import MilpModel, Vector

OPTIONS = SolveOptions(gap=1e-9)


def idle_senders(resources: int, rows: int = 0) -> Senders:
    """Senders with so many rows of their own, and nothing to decide."""
    nothing, none = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Senders(
        none,
        np.zeros(rows, dtype=np.int64),
        nothing,
        nothing,
        nothing,
        np.zeros(0, dtype=np.bool_),
        sp.csr_array((resources, 0)),
        sp.csr_array((rows, 0)),
        np.zeros(rows),
        np.zeros(rows),
    )


def option(office: list[int], value: list[float], use: ArrayLike) -> Option:
    return Option(
        np.array(office),
        np.array(value),
        sp.csr_array(np.array(use, dtype=np.float64)),
        sp.csr_array((0, len(office))),
        idle_senders(len(np.array(use))),
    )


def random_options(seed: int) -> tuple[list[Option], Vector, Vector]:
    """Two blocks of two offices with nothing and two plans each; two limits, one of them soft."""
    draw = np.random.default_rng(seed)
    options = []
    for _ in range(2):
        office = [0, 1, 0, 0, 1, 1]
        value = [0.0, 0.0, *(-draw.integers(1, 20, 4)).tolist()]
        use = np.concatenate([np.zeros((2, 2)), draw.integers(0, 4, (2, 4))], axis=1)
        options.append(option(office, value, use.tolist()))
    return options, draw.integers(0, 8, 2).astype(np.float64), np.array([np.inf, 3.0])


def cost(options: list[Option], plans: list[list[int]], limit: Vector, ceiling: Vector) -> float:
    used = sum(each.use.toarray()[:, own].sum(axis=1) for each, own in zip(options, plans, strict=True))
    over = np.maximum(used - limit, 0.0)
    if over[0] > 0:
        return np.inf
    values = sum(each.value[own].sum() for each, own in zip(options, plans, strict=True))
    return float(values + ceiling[1] * over[1])


NOTHING = [Choice(np.array([0, 1]), np.zeros(0))] * 2


@given(seed=st.integers(0, 10**6), started=st.booleans())
def test_no_combination_is_cheaper(seed: int, started: bool) -> None:
    options, limit, ceiling = random_options(seed)
    programme = Programme(options, limit, ceiling)
    chosen = programme.solve(NOTHING if started else None, "highs", OPTIONS)
    assert chosen is not None
    every = list(itertools.product([0, 2, 3], [1, 4, 5]))
    best = min(
        cost(options, [list(first), list(second)], limit, ceiling)
        for first, second in itertools.product(every, every)
    )
    plans = [each.plans.tolist() for each in chosen]
    assert cost(options, plans, limit, ceiling) == pytest.approx(best)
    assert programme.value(chosen) == pytest.approx(best)
    used = sum(each.uses(own) for each, own in zip(options, chosen, strict=True))
    assert programme.use(chosen).sum(axis=1) == pytest.approx(used)


@given(seed=st.integers(0, 10**6))
def test_worth_is_a_bound_with_prices_of_what_is_short(seed: int) -> None:
    options, limit, ceiling = random_options(seed)
    programme = Programme(options, limit, ceiling)
    worth = programme.worth("highs", OPTIONS)
    assert (worth.prices >= 0).all()
    assert (worth.prices <= ceiling + 1e-6).all()
    bound = -float(worth.prices @ limit)
    for each in options:
        charged = each.value + each.use.T @ worth.prices
        bound += sum(charged[each.office == office].min() for office in (0, 1))
    chosen = programme.solve(NOTHING, "highs", OPTIONS)
    assert chosen is not None
    assert bound <= programme.value(chosen) + 1e-6
    for each, reduced in zip(options, worth.reduced, strict=True):
        charged = each.value + each.use.T @ worth.prices
        for office in (0, 1):
            own = each.office == office
            assert reduced[own] - reduced[own].min() == pytest.approx(charged[own] - charged[own].min())


def test_the_relaxation_has_more_time_than_the_search_and_is_solved_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options, limit, ceiling = random_options(2)
    programme = Programme(options, limit, ceiling)
    limits: list[float | None] = []

    def noted(model: MilpModel, backend: str, own: SolveOptions, basis: Basis | None) -> SolveResult:
        limits.append(own.time_limit)
        return solve_piece(model, backend, own, basis)

    monkeypatch.setattr("allocator.methods.decompose.choice.solve_piece", noted)
    timed = replace(OPTIONS, time_limit=5.0)
    assert programme.solve(NOTHING, "highs", timed) is not None
    programme.worth("highs", OPTIONS)
    assert programme.solve(NOTHING, "highs", timed) is not None
    assert limits == [15.0, None]  # that of the worth is there already for the second choice


@given(seed=st.integers(0, 10**6), plans=st.integers(2, 6))
def test_with_more_plans_the_relaxation_goes_on_where_it_was(seed: int, plans: int) -> None:
    options, limit, ceiling = random_options(seed)
    fewer = [
        option(each.office[:plans].tolist(), each.value[:plans].tolist(), each.use.toarray()[:, :plans])
        for each in options
    ]
    earlier, programme = (Programme(own, limit, ceiling) for own in (fewer, options))
    earlier.worth("highs", OPTIONS)
    basis = programme._basis_of(earlier)
    assert still_feasible(basis, *fitted(basis, programme.model), programme.model)
    values = []
    for before in (None, earlier):
        worth = programme.worth("highs", OPTIONS, before)
        charged = [each.value + each.use.T @ worth.prices for each in options]
        least = sum(
            own[each.office == k].min() for each, own in zip(options, charged, strict=True) for k in (0, 1)
        )
        values.append(least - float(worth.prices @ limit))
    assert values[0] == pytest.approx(values[1])


def test_with_other_rows_of_senders_the_relaxation_begins_anew() -> None:
    options, limit, ceiling = random_options(3)
    earlier = Programme(options, limit, ceiling)
    earlier.worth("highs", OPTIONS)
    row = replace(
        options[0].senders, matrix=sp.csr_array((1, 0)), row_lower=np.zeros(1), row_upper=np.zeros(1)
    )
    options[0] = replace(options[0], senders=row, of_senders=sp.csr_array((1, len(options[0].office))))
    programme = Programme(options, limit, ceiling)
    assert len(programme._basis_of(earlier).columns) == 0
    assert programme.worth("highs", OPTIONS, earlier).prices == pytest.approx(
        earlier.worth("highs", OPTIONS).prices
    )


def test_at_a_high_price_nothing_is_used() -> None:
    options, limit, ceiling = random_options(1)
    chosen = Programme(options, limit, ceiling).solve(None, "highs", OPTIONS, np.array([1000.0, 1000.0]))
    assert chosen is not None
    for each, own in zip(options, chosen, strict=True):
        used = each.uses(own)
        least = [each.use.toarray()[:, each.office == office].sum(axis=0).min() for office in (0, 1)]
        assert used.sum() == pytest.approx(sum(least))
