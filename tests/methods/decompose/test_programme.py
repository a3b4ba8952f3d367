"""The programme of the choice of trips: what packs are worth in it, and where its relaxation goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from allocator.backends import SolveOptions
from allocator.backends.bases import fitted, still_feasible
from allocator.methods.decompose.choice import choose
from allocator.methods.decompose.programme import Choice, Option, Programme
from allocator.methods.decompose.senders import Senders
from allocator.milp.model import Vector

OPTIONS = SolveOptions(gap=1e-9)
NOTHING = [Choice(np.array([0, 1]), np.zeros(0))] * 2


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


@given(seed=st.integers(0, 10**6))
def test_the_model_costs_what_its_blocks_do_and_what_exceeds_soft_limits(seed: int) -> None:
    options, limit, ceiling = random_options(seed)
    programme = Programme(options, limit, ceiling)
    chosen = [Choice(np.array([2, 4]), np.zeros(0)), Choice(np.array([3, 1]), np.zeros(0))]
    vector = programme.vector_of(chosen)
    own = [each.value[choice.plans].sum() for each, choice in zip(options, chosen, strict=True)]
    assert programme.values(vector) == pytest.approx(own)
    over = max(0.0, programme.use(chosen).sum(axis=1)[1] - limit[1])
    assert programme.value(chosen) == pytest.approx(sum(own) + 3.0 * over)


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
    chosen = choose(programme, NOTHING, "highs", OPTIONS)
    assert chosen is not None
    assert bound <= programme.value(chosen) + 1e-6
    for each, reduced in zip(options, worth.reduced, strict=True):
        charged = each.value + each.use.T @ worth.prices
        for office in (0, 1):
            own = each.office == office
            assert reduced[own] - reduced[own].min() == pytest.approx(charged[own] - charged[own].min())


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
