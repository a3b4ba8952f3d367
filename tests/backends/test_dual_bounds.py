"""Bounds by component are proven: never above what exact arithmetic makes of the same duals."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from allocator.backends import SolveOptions, dual_bound, dual_bounds, get_backend
from allocator.milp.model import MilpModel, Vector
from tests.conformance import cases
from tests.conformance.test_agreement import small_models

WILD = st.sampled_from((math.nan, math.inf, -math.inf, 1e308, -1e308, 1e200, -1e-320, 1e17))
DUALS = st.floats(-20, 20) | WILD


def joined(models: list[MilpModel]) -> tuple[MilpModel, np.ndarray, np.ndarray]:
    """One model of several independent ones, and the component of each row and column."""
    whole = MilpModel(
        name="joined",
        objective=np.concatenate([each.objective for each in models]),
        offset=3.5,
        matrix=sp.csr_array(sp.block_diag([each.matrix for each in models], format="csr")),
        row_lower=np.concatenate([each.row_lower for each in models]),
        row_upper=np.concatenate([each.row_upper for each in models]),
        column_lower=np.concatenate([each.column_lower for each in models]),
        column_upper=np.concatenate([each.column_upper for each in models]),
        integer=np.concatenate([each.integer for each in models]),
    )
    numbers = np.arange(len(models))
    rows, columns = ([each.shape[axis] for each in models] for axis in (0, 1))
    return whole, np.repeat(numbers, rows), np.repeat(numbers, columns)


def exact_bound(model: MilpModel, duals: Vector) -> Fraction:
    """What duals prove without the offset; those that are no numbers, or call for an open side, left out."""
    sides = np.where(duals > 0.0, model.row_lower, model.row_upper)
    usable = [
        Fraction(dual) if math.isfinite(dual) and math.isfinite(side) else Fraction(0)
        for dual, side in zip(duals.tolist(), sides.tolist(), strict=True)
    ]
    bound = sum((dual * Fraction(side) for dual, side in zip(usable, sides.tolist(), strict=True) if dual),
                Fraction(0))  # fmt: skip
    dense = model.matrix.toarray()
    for column, cost in enumerate(model.objective.tolist()):
        left = Fraction(cost) - sum(
            (Fraction(entry) * dual for entry, dual in zip(dense[:, column].tolist(), usable, strict=True)),
            Fraction(0),
        )
        bound += min(
            left * Fraction(float(side[column])) for side in (model.column_lower, model.column_upper)
        )
    return bound


@given(models=st.lists(small_models(), min_size=1, max_size=3), data=st.data())
def test_never_above_exact_arithmetic(models: list[MilpModel], data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from((1.0, 1 / 3, 1e9 / 7)))
    models = [
        replace(each, matrix=each.matrix * scale, objective=each.objective * scale * 1.1) for each in models
    ]
    whole, of_row, of_column = joined(models)
    rows = whole.shape[0]
    duals = np.array(data.draw(st.lists(DUALS, min_size=rows, max_size=rows)), dtype=np.float64)
    bounds = dual_bounds(whole, duals, of_row, of_column, len(models))
    assert bounds.shape == (len(models),)
    for number, each in enumerate(models):
        assert not math.isnan(bounds[number])
        exact = exact_bound(each, duals[of_row == number])
        assert bounds[number] == -math.inf or Fraction(bounds[number]) <= exact


@given(models=st.lists(small_models(), min_size=1, max_size=3))
def test_duals_of_the_optimum_prove_it_in_each_component(models: list[MilpModel]) -> None:
    whole, of_row, of_column = joined([each.relaxed() for each in models])
    result = get_backend("highs").solve(whole, SolveOptions())
    if result.duals is None:
        return
    bounds = dual_bounds(whole, result.duals, of_row, of_column, len(models))
    for bound, each in zip(bounds, models, strict=True):
        alone = get_backend("highs").solve(replace(each.relaxed(), offset=0.0), SolveOptions())
        assert bound == pytest.approx(alone.objective, rel=1e-6, abs=1e-6)


@given(model=small_models(), data=st.data())
def test_on_the_whole_it_is_the_dual_bound_less_its_rounding(model: MilpModel, data: st.DataObject) -> None:
    rows, columns = model.shape
    duals = np.array(data.draw(st.lists(st.floats(-20, 20), min_size=rows, max_size=rows)))
    everywhere = np.zeros(rows, dtype=np.int64), np.zeros(columns, dtype=np.int64)
    (bound,) = dual_bounds(model, duals, *everywhere, 1)
    known = dual_bound(model, duals)
    assert known is not None
    assert bound + model.offset == pytest.approx(known, abs=1e-10 * (1.0 + np.abs(duals).sum()))


def test_an_open_side_proves_nothing_unless_the_sign_is_certain() -> None:
    model = cases.LINEAR[0].model  # min -x - 2y, x + y <= 4, 3x + y <= 7, x >= 0, 0 <= y <= 3
    places = np.zeros(2, dtype=np.int64)
    assert dual_bounds(model, np.zeros(2), places, places, 1).tolist() == [-math.inf]
    assert dual_bounds(model, np.array([-1.0, 0.0]), places, places, 1).tolist() == [-math.inf]
    assert dual_bounds(model, np.array([-1.25, 0.0]), places, places, 1) == pytest.approx(np.array([-7.25]))


def test_a_component_without_anything_is_worth_nothing() -> None:
    model = cases.LINEAR[1].model
    row, columns = np.array([2]), np.array([2, 2])
    bounds = dual_bounds(model, np.array([1.0]), row, columns, 4)
    assert bounds == pytest.approx(np.array([0.0, 0.0, 3.0, 0.0]))
