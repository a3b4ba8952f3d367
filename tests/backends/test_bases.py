"""Bases fitted to other models, and how HiGHS goes on from them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocator.backends import Basis, BasisStatus, SolveOptions, StopReason, get_backend, highs, highs_basis
from allocator.backends.bases import basis_at, fitted, still_feasible
from tests.conformance import cases

LOWER, BASIC, UPPER, ZERO = BasisStatus
TEXTBOOK = cases.LINEAR[0].model  # min -x - 2y, x + y <= 4, 3x + y <= 7, x >= 0, 0 <= y <= 3
OPTIMAL = basis_at(TEXTBOOK, np.array([1.0, 3.0]), np.array([0, -2]))


def codes(*statuses: BasisStatus) -> np.ndarray:
    return np.array(statuses, dtype=np.int8)


def test_a_vertex_and_what_is_basic_tell_the_basis() -> None:
    assert OPTIMAL.columns.tolist() == [BASIC, UPPER]
    assert OPTIMAL.rows.tolist() == [UPPER, BASIC]
    fixed = cases.model([[1, 1]], [1, 1], rows=[(2, 2)], columns=[(1, 1), (-cases.INF, cases.INF)])
    found = basis_at(fixed, np.array([1.0, 1.0]), np.array([1]))
    assert (found.columns.tolist(), found.rows.tolist()) == ([LOWER, BASIC], [LOWER])


def test_what_is_new_is_at_its_lower_bound_or_basic_and_no_bound_is_infinite() -> None:
    model = cases.model(
        [[1] * 6] * 2,
        [1] * 6,
        rows=[(-cases.INF, 4), (0, 1)],
        columns=[(0, 5), (-cases.INF, 5), (0, cases.INF), (0, 5), (-cases.INF, cases.INF), (-cases.INF, 7)],
    )
    columns, rows = fitted(Basis(codes(UPPER, LOWER, UPPER, ZERO, LOWER), codes(LOWER)), model)
    assert columns.tolist() == [UPPER, UPPER, LOWER, LOWER, ZERO, UPPER]
    assert rows.tolist() == [UPPER, BASIC]


@pytest.mark.parametrize(
    ("change", "feasible"),
    [
        ({}, True),
        ({"objective": np.array([5.0, 1.0])}, True),
        ({"row_upper": np.array([4.0, 6.5])}, True),  # what is left of it is enough: the point uses 6
        ({"row_upper": np.array([4.0, 5.5])}, False),
        ({"row_upper": np.array([5.0, 7.0])}, False),  # the vertex is now (2, 3), and beyond the second row
        ({"column_upper": np.array([0.5, 3.0])}, False),
        ({"column_upper": np.array([9.0, 2.0])}, False),
        ({"column_upper": np.array([9.0, cases.INF])}, False),
    ],
)
def test_a_basis_is_feasible_where_its_point_is_and_every_status_says_where(
    change: dict[str, Any], feasible: bool
) -> None:
    model = replace(TEXTBOOK, **change)
    assert still_feasible(OPTIMAL, *fitted(OPTIMAL, model), model) is feasible
    unknown = replace(OPTIMAL, point=None)
    assert not still_feasible(unknown, *fitted(unknown, model), model)


def test_highs_keeps_the_edge_weights_of_slacks_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to: list[dict[str, int]] = []
    monkeypatch.setattr(highs_basis, "_set", lambda solver, settings: set_to.append(settings))
    nothing = Basis(codes(), codes())
    for basis in (nothing, Basis(codes(UPPER, LOWER), codes(BASIC)), replace(OPTIMAL, point=None)):
        assert get_backend("highs").solve(TEXTBOOK, SolveOptions(basis=basis)).objective == -7.0
    weights = [settings["simplex_dual_edge_weight_strategy"] for settings in set_to]
    assert weights == [-1, -1, 1]  # HiGHS's own choice, which are exact ones, and approximate ones


def test_highs_begins_anew_when_it_gives_up_on_a_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    known, asked = highs._reasons, []

    def nothing_at_first(highspy: Any) -> dict[Any, StopReason]:
        asked.append(highspy)
        return {} if len(asked) == 1 else known(highspy)

    monkeypatch.setattr(highs, "_reasons", nothing_at_first)
    result = get_backend("highs").solve(TEXTBOOK, SolveOptions(basis=OPTIMAL))
    assert len(asked) == 2
    assert (result.stop, result.objective) == (StopReason.OPTIMAL, -7.0)


def test_highs_starts_no_thread_for_a_small_model_and_a_basis(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    known = highs.run
    monkeypatch.setattr(highs, "run", lambda session, work: started.append(work) or known(session, work))
    for options, threads in (
        (SolveOptions(), 1),
        (SolveOptions(basis=OPTIMAL), 0),
        (SolveOptions(basis=OPTIMAL, time_limit=9.0, threads=1), 0),
        (SolveOptions(basis=OPTIMAL, threads=2), 0),  # HiGHS refuses a new number in one and the same thread
        (SolveOptions(basis=OPTIMAL, on_log=print), 1),
    ):
        started.clear()
        assert get_backend("highs").solve(TEXTBOOK, options).objective == -7.0
        assert len(started) == threads
