"""Any duals prove a bound; wrong ones prove a weak one or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.backends import dual_bound
from tests.conformance import cases
from tests.conformance.test_agreement import enumerate_optimum, small_models


def test_known_duals() -> None:
    model = cases.LINEAR[0].model  # min -x - 2y, x + y <= 4, 3x + y <= 7, x >= 0, 0 <= y <= 3
    assert dual_bound(model, np.array([-1.0, 0.0])) == -7.0
    assert dual_bound(model, np.array([-2.0, 0.0])) == -8.0
    assert dual_bound(model, np.zeros(2)) is None  # -x falls for ever
    assert dual_bound(model, np.array([-1.0 + 1e-7, 0.0])) is None
    assert dual_bound(model, np.array([-1.0 + 1e-7, 0.0]), 1e-6) == pytest.approx(-7.0, abs=1e-5)


def test_a_dual_for_a_side_that_is_open_is_dropped() -> None:
    model = cases.model([[1, 1]], [1, 1], rows=[(3, cases.INF)], columns=[(0, 9)] * 2)
    assert dual_bound(model, np.array([-5.0])) == 0.0
    assert dual_bound(model, np.array([1.0])) == 3.0


def test_offset_is_included_and_rounding_on_free_columns_forgiven() -> None:
    third = 1.0 / 3.0
    model = cases.model(
        [[third, 0.1]],
        [0.7 * third, 0.7 * 0.1],
        rows=[(3, 3)],
        columns=[(-cases.INF, cases.INF)] * 2,
        offset=5.0,
    )
    assert dual_bound(model, np.array([0.7])) == pytest.approx(7.1)


@given(model=small_models(), data=st.data())
def test_no_duals_prove_too_much(model: object, data: st.DataObject) -> None:
    assert hasattr(model, "row_lower")
    duals = data.draw(
        st.lists(st.floats(-20, 20), min_size=len(model.row_lower), max_size=len(model.row_lower))
    )
    optimum = enumerate_optimum(model)
    bound = dual_bound(model, np.array(duals, dtype=np.float64))
    if optimum is not None and bound is not None:
        assert bound <= optimum + 1e-9 * max(1.0, abs(optimum))
