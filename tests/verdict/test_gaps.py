"""The gap and the avoidable gap."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan

import pytest

from allocator.verdict import avoidable_gap, gap


@pytest.mark.parametrize(
    ("cost", "bound", "expected"),
    [
        (100, 90, 0.1),
        (Fraction(1, 3), Fraction(1, 6), 0.5),
        (100, 100, 0.0),
        (100, -100, 2.0),
        (100, 101, -0.01),
        (0, 0, 0.0),
        (0, -5, 0.0),
        (100, None, None),
        (100, -inf, None),
        (100, nan, None),
    ],
)
def test_gap(cost: float, bound: float | None, expected: float | None) -> None:
    assert gap(cost, bound) == expected


@pytest.mark.parametrize(
    ("cost", "bound", "nothing", "expected"),
    [
        (150, 100, 200, 0.5),
        (200, 100, 200, 1.0),
        (300, 100, 200, 2.0),
        (100, 100, 200, 0.0),
        (200, 200, 200, 0.0),
        (0, 0, 0, 0.0),
        (201, 200, 200, None),
        (200, 200.5, 200, 0.0),
        (150, None, 200, None),
        (150, -inf, 200, None),
    ],
)
def test_avoidable_gap(cost: float, bound: float | None, nothing: float, expected: float | None) -> None:
    assert avoidable_gap(cost, bound, nothing) == expected
