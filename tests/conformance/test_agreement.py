"""Random small models: every solver finds the optimum that enumeration finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import SolveOptions, StopReason, dual_bound, verify_vector
from allocator.milp.model import MilpModel
from tests.conformance import cases
from tests.conformance.solvers import SOLVERS, able, backend

MIP = [pair for pair in SOLVERS if able(pair).integer]
LP = [pair for pair in SOLVERS if able(pair).duals]


@st.composite
def small_models(draw: st.DrawFn) -> MilpModel:
    """Up to 4 columns in small whole boxes, up to 4 rows of small whole numbers, half-open or ranged."""
    size = draw(st.integers(1, 4))
    count = draw(st.integers(0, 4))
    number = st.integers(-5, 5)
    matrix = [draw(st.lists(number, min_size=size, max_size=size)) for _ in range(count)]
    rows = []
    for _ in range(count):
        low, width = draw(st.integers(-8, 8)), draw(st.integers(0, 6))
        kind = draw(st.sampled_from(("E", "G", "L", "R")))
        rows.append(
            {"E": (low, low), "G": (low, cases.INF), "L": (-cases.INF, low), "R": (low, low + width)}[kind]
        )
    boxes = []
    for _ in range(size):
        low = draw(st.integers(-3, 2))
        boxes.append((low, low + draw(st.integers(0, 3))))
    objective = draw(st.lists(number, min_size=size, max_size=size))
    offset = draw(st.sampled_from((0.0, 7.25, -1000.0)))
    return cases.model(matrix, objective, rows=rows, columns=boxes, integer=True, offset=offset)


def enumerate_optimum(model: MilpModel) -> float | None:
    spans = [
        range(int(low), int(high) + 1)
        for low, high in zip(model.column_lower, model.column_upper, strict=True)
    ]
    points = np.array(list(itertools.product(*spans)), dtype=np.float64)
    activity = points @ model.matrix.toarray().T
    feasible = np.all((activity >= model.row_lower) & (activity <= model.row_upper), axis=1)
    return None if not feasible.any() else float((points[feasible] @ model.objective).min()) + model.offset


@settings(max_examples=30)
@given(model=small_models())
def test_integer_solvers_agree_with_enumeration(model: MilpModel) -> None:
    optimum = enumerate_optimum(model)
    for pair in MIP:
        result = backend(pair).solve(model, SolveOptions(solver=pair[1], gap=0.0))
        if optimum is None:
            assert result.stop is StopReason.INFEASIBLE, pair
            continue
        assert result.stop is StopReason.OPTIMAL, (pair, result)
        assert result.vector is not None
        assert verify_vector(model, result.vector)
        assert result.objective == pytest.approx(optimum, abs=1e-6), pair
        assert result.bound == pytest.approx(optimum, abs=1e-5), pair


@settings(max_examples=25)
@given(model=small_models())
def test_linear_solvers_agree_and_their_duals_prove_it(model: MilpModel) -> None:
    relaxed = model.relaxed()
    reference = backend(("highs", "simplex")).solve(relaxed, SolveOptions(solver="simplex"))
    assert reference.stop in (StopReason.OPTIMAL, StopReason.INFEASIBLE)
    for pair in LP:
        # That nothing is feasible a first-order method may not see in a minute.
        result = backend(pair).solve(relaxed, SolveOptions(solver=pair[1], time_limit=2.0))
        if pair[1] == "pdlp" and reference.objective is None and result.stop is StopReason.TIME_LIMIT:
            continue
        assert result.stop is reference.stop, (pair, result)
        if reference.objective is None:
            continue
        assert result.objective == pytest.approx(reference.objective, rel=5e-6, abs=5e-5), pair
        assert result.duals is not None
        proven = dual_bound(relaxed, result.duals)
        assert proven is not None
        assert proven <= reference.objective + 1e-6 * max(1.0, abs(reference.objective)), pair
        assert proven == pytest.approx(reference.objective, rel=5e-6, abs=5e-5), pair
