"""Known optima, and models without one."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.backends import SolveOptions, StopReason, verify_vector
from allocator.milp.model import MilpModel
from tests.conformance import cases
from tests.conformance.cases import Case
from tests.conformance.solvers import able, backend, those

Pair = tuple[str, str]


def check(pair: Pair, case: Case) -> None:
    result = backend(pair).solve(case.model, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.OPTIMAL, result
    assert result.vector is not None
    assert verify_vector(case.model, result.vector)
    assert result.objective == pytest.approx(case.optimum, rel=2e-6, abs=1e-5)
    assert result.objective == pytest.approx(case.model.value(result.vector), rel=1e-12)
    assert result.bound == pytest.approx(case.optimum, rel=2e-6, abs=1e-5)
    assert result.gap is not None
    assert result.gap <= 1e-5
    assert result.solver == pair[1]
    assert 0.0 <= result.hand_over_seconds <= result.seconds
    assert np.array_equal(result.vector[case.model.integer], np.rint(result.vector[case.model.integer]))


@those(linear=True)
@pytest.mark.parametrize("case", cases.LINEAR, ids=lambda case: case.name)
def test_linear(pair: Pair, case: Case) -> None:
    check(pair, case)


@those(integer=True)
@pytest.mark.parametrize("case", cases.INTEGER, ids=lambda case: case.name)
def test_integer(pair: Pair, case: Case) -> None:
    check(pair, case)


@those(integer=True, linear=True)
@pytest.mark.parametrize("case", cases.MIXED, ids=lambda case: case.name)
def test_mixed(pair: Pair, case: Case) -> None:
    check(pair, case)


@pytest.mark.parametrize("case", cases.MIXED, ids=lambda case: case.name)
def test_cp_sat_claims_nothing_for_continuous_columns(case: Case) -> None:
    result = backend(("ortools", "cp-sat")).solve(case.model, SolveOptions(solver="cp-sat"))
    assert result.stop is StopReason.FAILED
    assert result.bound is None
    assert "continuous" in result.message
    if result.vector is not None:
        assert verify_vector(case.model, result.vector)
        assert result.objective is not None
        assert result.objective >= case.optimum - 1e-6


@those(linear=True)
@pytest.mark.parametrize(
    "model", [cases.INFEASIBLE, cases.CROSSED_ROW, cases.CROSSED_COLUMN], ids=["rows", "row", "column"]
)
def test_infeasible(pair: Pair, model: MilpModel) -> None:
    result = backend(pair).solve(model, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.INFEASIBLE
    assert result.vector is None
    assert result.objective is None
    assert result.bound is None
    assert result.duals is None
    assert result.gap is None


@those(integer=True)
def test_integer_infeasible(pair: Pair) -> None:
    result = backend(pair).solve(cases.NO_WHOLE_POINT, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.INFEASIBLE
    assert result.vector is None


@those(linear=True)
def test_unbounded(pair: Pair) -> None:
    result = backend(pair).solve(cases.UNBOUNDED, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.UNBOUNDED
    assert result.bound is None


@those(integer=True, linear=True)
def test_integer_unbounded(pair: Pair) -> None:
    result = backend(pair).solve(cases.UNBOUNDED_INTEGER, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.UNBOUNDED
    assert result.bound is None


@those(integer=True)
def test_fractional_coefficients_work_or_fail_honestly(pair: Pair) -> None:
    """1000 slots yield 1000/991 records each: CP-SAT scales such rows, and cannot vouch for its bound."""
    ratio = 1000 / 991
    model = cases.model(
        [[ratio, -1.0], [1.0, ratio]], [1.0, -0.37], rows=[(3.3, cases.INF), (-cases.INF, 900.7)],
        columns=[(0, 1000), (0, 1000)], integer=True,
    )  # fmt: skip
    result = backend(pair).solve(model, SolveOptions(solver=pair[1]))
    reference = backend(("highs", "highs")).solve(model, SolveOptions(gap=0.0))
    assert result.vector is not None
    assert verify_vector(model, result.vector)
    assert result.objective == pytest.approx(reference.objective)
    if pair[1] == "cp-sat":
        assert result.bound is None
        assert "fractional" in result.message
    else:
        assert result.stop is StopReason.OPTIMAL


@those(integer=False)
def test_models_that_make_no_sense_are_refused(pair: Pair) -> None:
    short = cases.model([[1, 1]], [1, 1], rows=[(0, 1)], columns=[(0, 1)] * 2)
    object.__setattr__(short, "row_upper", np.ones(3))
    with pytest.raises(ValueError, match="row_upper"):
        backend(pair).solve(short, SolveOptions(solver=pair[1]))
    nan = cases.model([[1, 1]], [1, float("nan")], rows=[(0, 1)], columns=[(0, 1)] * 2)
    with pytest.raises(ValueError, match="NaN"):
        backend(pair).solve(nan, SolveOptions(solver=pair[1]))


@pytest.mark.parametrize("name", ["highs", "ortools", "pulp"])
def test_default_solver_fits_the_model(name: str) -> None:
    for case in (cases.LINEAR[0], cases.INTEGER[0], cases.MIXED[0]):
        result = backend((name, "")).solve(case.model, SolveOptions())
        assert result.stop is StopReason.OPTIMAL
        assert result.objective == pytest.approx(case.optimum)
        assert able((name, result.solver)).bound
