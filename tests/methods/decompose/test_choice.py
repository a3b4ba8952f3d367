"""The choice of plans against every combination of them."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.backends import Basis, SolveOptions, SolveResult, StopReason
from allocator.methods.decompose.choice import choose
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.programme import Choice, Option, Programme
from allocator.milp.model import MilpModel, Vector
from tests.methods.decompose.test_programme import NOTHING, OPTIONS, random_options


def cost(options: list[Option], plans: list[list[int]], limit: Vector, ceiling: Vector) -> float:
    used = sum(each.use.toarray()[:, own].sum(axis=1) for each, own in zip(options, plans, strict=True))
    over = np.maximum(used - limit, 0.0)
    if over[0] > 0:
        return np.inf
    values = sum(each.value[own].sum() for each, own in zip(options, plans, strict=True))
    return float(values + ceiling[1] * over[1])


@given(seed=st.integers(0, 10**6), started=st.booleans())
def test_no_combination_is_cheaper(seed: int, started: bool) -> None:
    options, limit, ceiling = random_options(seed)
    programme = Programme(options, limit, ceiling)
    chosen = choose(programme, NOTHING if started else None, "highs", OPTIONS)
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


def test_the_relaxation_has_more_time_than_the_search_and_is_solved_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options, limit, ceiling = random_options(2)
    programme = Programme(options, limit, ceiling)
    limits: list[float | None] = []

    def noted(model: MilpModel, backend: str, own: SolveOptions, basis: Basis | None) -> SolveResult:
        limits.append(own.time_limit)
        return solve_piece(model, backend, own, basis)

    for user in ("choice", "programme"):
        monkeypatch.setattr(f"allocator.methods.decompose.{user}.solve_piece", noted)
    timed = replace(OPTIONS, time_limit=5.0)
    assert choose(programme, NOTHING, "highs", timed) is not None
    programme.worth("highs", OPTIONS)
    assert choose(programme, NOTHING, "highs", timed) is not None
    assert limits == [15.0, None]  # that of the worth is there already for the second choice


@pytest.mark.parametrize(("gap", "annealed"), [(0.0, True), (1.0, False)])
def test_a_choice_near_enough_to_the_relaxation_is_not_searched_on(
    gap: float, annealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, limit, _ = random_options(2)
    programme = Programme(options, limit, np.full(2, np.inf))
    calls: list[float] = []

    def noted(own: Programme, objective: Vector, found: Vector, relaxation: object, seconds: float) -> Vector:
        calls.append(seconds)
        return found

    def stopped(*_: object) -> tuple[list[Choice], StopReason]:
        return NOTHING, StopReason.TIME_LIMIT

    monkeypatch.setattr("allocator.methods.decompose.choice._annealed", noted)
    monkeypatch.setattr("allocator.methods.decompose.choice._searched", stopped)
    assert choose(programme, NOTHING, "highs", replace(OPTIONS, gap=gap, time_limit=4.0)) is not None
    assert bool(calls) == annealed


def test_at_a_high_price_nothing_is_used() -> None:
    options, limit, ceiling = random_options(1)
    chosen = choose(Programme(options, limit, ceiling), None, "highs", OPTIONS, np.full(2, 1000.0))
    assert chosen is not None
    for each, own in zip(options, chosen, strict=True):
        used = each.uses(own)
        least = [each.use.toarray()[:, each.office == office].sum(axis=0).min() for office in (0, 1)]
        assert used.sum() == pytest.approx(sum(least))
