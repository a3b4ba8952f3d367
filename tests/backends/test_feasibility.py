"""Vectors are believed only when they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator.backends import verify_vector
from allocator.backends.feasibility import whole
from allocator.milp.model import Block
from tests.conformance import cases

MODEL = replace(
    cases.model(
        [[1, 1], [1000, 0]],
        [1, 1],
        rows=[(3, 3), (-cases.INF, 5e6)],
        columns=[(0, 5000), (-5000, 9)],
        integer=[True, False],
    ),
    rows=(Block("balance", 0, ("office",), np.array([[4], [7]])),),
    columns=(Block("cards", 0, ("day",), np.array([[0], [1]])),),
)


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        ([1.0, 2.0], ""),
        ([1.0, 2.0 + 9e-7], ""),
        ([1.0, 2.0 + 9e-6], "balance[office=4] is violated by"),
        ([5000.0 + 1e-7, -4997.0], ""),  # 1e-4 of 5e6: relative to the row's activity
        ([5001.0, -4998.0], "balance[office=7] is violated by 0.0002"),
        ([-1.0, 4.0], "cards[day=0] leaves its bounds by 1"),
        ([0.5, 2.5], "cards[day=0] = 0.5 is not whole"),
        ([float("nan"), 2.0], "a value is not a finite number"),
        ([float("inf"), 2.0], "a value is not a finite number"),
    ],
)
def test_verdict_and_reason(vector: list[float], message: str) -> None:
    verification = verify_vector(MODEL, np.array(vector))
    assert bool(verification) == (message == "")
    assert verification.message.startswith(message)


def test_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="2 columns"):
        verify_vector(MODEL, np.zeros(3))


def test_integers_are_rounded_where_that_holds() -> None:
    knapsack = cases.INTEGER[0].model
    assert np.array_equal(whole(knapsack, np.array([0.9999999, 0.0, 1e-8, 1.0])), [1.0, 0.0, 0.0, 1.0])
    tied = cases.model([[1e6, -1]], [1, 1], rows=[(0, 0)], columns=[(0, 1), (0, 1e6)], integer=[True, False])
    raw = np.array([0.9999999, 999999.9])
    assert verify_vector(tied, raw)
    assert np.array_equal(whole(tied, raw), raw)
