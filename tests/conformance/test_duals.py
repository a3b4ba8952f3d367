"""Duals mean the same everywhere: signs, strong duality, and a bound that can be proven from them."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.backends import SolveOptions, StopReason, dual_bound
from tests.conformance import cases
from tests.conformance.cases import Case
from tests.conformance.solvers import backend, those

Pair = tuple[str, str]


@those(linear=True, duals=True)
@pytest.mark.parametrize("case", cases.LINEAR, ids=lambda case: case.name)
def test_signs_and_strong_duality(pair: Pair, case: Case) -> None:
    result = backend(pair).solve(case.model, SolveOptions(solver=pair[1]))
    assert result.duals is not None
    assert result.reduced_costs is not None
    assert result.vector is not None
    assert result.duals.shape == case.model.row_lower.shape
    assert result.reduced_costs.shape == case.model.column_lower.shape
    activity = case.model.matrix @ result.vector
    for values, lower, upper, duals in (
        (activity, case.model.row_lower, case.model.row_upper, result.duals),
        (result.vector, case.model.column_lower, case.model.column_upper, result.reduced_costs),
    ):
        # A dual that is not zero names the side that binds.
        scale = 1e-4 * np.maximum(1.0, np.abs(values))
        assert np.all((duals < 1e-5) | (np.abs(values - lower) <= scale))
        assert np.all((duals > -1e-5) | (np.abs(values - upper) <= scale))
    proven = dual_bound(case.model, result.duals, 1e-6)
    assert proven == pytest.approx(case.optimum, rel=2e-6, abs=1e-5)


@those(linear=True, duals=True)
def test_a_known_dual(pair: Pair) -> None:
    """min -x - 2y, x + y <= 4: one more on the right-hand side is worth -1; y's bound is worth -1."""
    result = backend(pair).solve(cases.LINEAR[0].model, SolveOptions(solver=pair[1]))
    assert result.duals == pytest.approx(np.array([-1.0, 0.0]), abs=1e-5)
    assert result.reduced_costs == pytest.approx(np.array([0.0, -1.0]), abs=1e-5)


@those(linear=True, duals=True)
def test_duals_alone_are_the_same_duals(pair: Pair) -> None:
    """Whoever makes a bound of them anyway can leave it out."""
    model = cases.LINEAR[0].model
    alone = backend(pair).solve(model, SolveOptions(solver=pair[1], prove=False))
    proven = backend(pair).solve(model, SolveOptions(solver=pair[1]))
    assert (alone.stop, alone.objective) == (proven.stop, proven.objective)
    assert alone.duals == pytest.approx(proven.duals)
    assert proven.bound is not None
    assert alone.bound is None
    assert alone.reduced_costs is None


@those(integer=True)
def test_integer_models_have_no_duals(pair: Pair) -> None:
    result = backend(pair).solve(cases.INTEGER[0].model, SolveOptions(solver=pair[1]))
    assert result.stop is StopReason.OPTIMAL
    assert result.duals is None
    assert result.reduced_costs is None
