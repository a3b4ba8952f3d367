"""Shares by largest remainder within bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.methods.policies.apportionment import admit_in_order, apportion, serve_in_order


def _apportion(
    total: int, weights: list[int], lower: list[int] | None = None, upper: list[int] | None = None
) -> list[int]:
    n = len(weights)
    return apportion(
        total,
        np.array(weights, dtype=np.int64),
        np.array(lower or [0] * n, dtype=np.int64),
        np.array(upper or [10**12] * n, dtype=np.int64),
        np.arange(n),
    ).tolist()


def test_largest_remainder() -> None:
    # Hamilton's example: shares 1.5, 2.7 and 5.8 of 10.
    assert _apportion(10, [15, 27, 58]) == [1, 3, 6]


def test_equal_remainders_go_by_order() -> None:
    assert _apportion(5, [1, 1, 1]) == [2, 2, 1]


def test_water_filling() -> None:
    assert _apportion(20, [1, 1, 1, 1], upper=[2, 9, 30, 30]) == [2, 6, 6, 6]
    assert _apportion(20, [1, 1, 1, 1], upper=[2, 4, 30, 30]) == [2, 4, 7, 7]


def test_lower_bounds_are_kept() -> None:
    # In proportion 0.1, 4.9 and 5: the first is lifted to 3, and the others share the 7 left.
    assert _apportion(10, [1, 49, 50], lower=[3, 0, 0]) == [3, 3, 4]


def test_more_than_anybody_can_use() -> None:
    assert _apportion(100, [1, 5], upper=[3, 4]) == [3, 4]


def test_weights_of_nothing_count_the_same_once_others_are_full() -> None:
    assert _apportion(7, [5, 0, 0], upper=[3, 9, 9]) == [3, 2, 2]


def test_numbers_beyond_64_bits() -> None:
    assert _apportion(10**12 - 1, [10**12, 10**12, 2 * 10**12]) == [25 * 10**10, 25 * 10**10, 5 * 10**11 - 1]


def test_lower_bounds_must_fit() -> None:
    with pytest.raises(ValueError, match="lower bounds"):
        _apportion(2, [1, 1], lower=[2, 2])


@st.composite
def _claims(draw: st.DrawFn) -> tuple[int, list[int], list[int], list[int]]:
    n = draw(st.integers(1, 6))
    weights = draw(st.lists(st.integers(0, 30), min_size=n, max_size=n))
    lower = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    upper = [low + draw(st.integers(0, 20)) for low in lower]
    return draw(st.integers(sum(lower), sum(upper) + 3)), weights, lower, upper


@given(_claims())
def test_shares_are_within_one_of_exact_shares(claims: tuple[int, list[int], list[int], list[int]]) -> None:
    total, weights, lower, upper = claims
    shares = _apportion(total, weights, lower, upper)
    assert sum(shares) == min(total, sum(upper))
    assert all(low <= share <= high for low, share, high in zip(lower, shares, upper, strict=True))
    for exact, share in zip(_exact_shares(total, weights, lower, upper), shares, strict=True):
        assert abs(share - exact) < 1 + Fraction(1, 10**6)


def _exact_shares(total: int, weights: list[int], lower: list[int], upper: list[int]) -> list[Fraction]:
    """clip(c · weight, lower, upper) with the c that uses up the total, by bisection.

    A weight of 0 counts as one so small that it takes what others can't, and as the same as another 0.
    """
    total = min(total, sum(upper))
    tiny = [Fraction(weight) or Fraction(1, 10**9) for weight in weights]

    def shares(factor: Fraction) -> list[Fraction]:
        return [
            min(max(factor * weight, Fraction(low)), Fraction(high))
            for weight, low, high in zip(tiny, lower, upper, strict=True)
        ]

    least, most = Fraction(0), Fraction(10**12)
    for _ in range(90):
        middle = (least + most) / 2
        least, most = (middle, most) if sum(shares(middle)) < total else (least, middle)
    return shares(most)


def test_serving_in_order() -> None:
    lower, upper, order = np.array([1, 4, 2]), np.array([5, 6, 3]), np.array([1, 0, 2])
    assert serve_in_order(9, lower, upper, order).tolist() == [3, 6, 0]
    assert serve_in_order(3, lower, upper, order).tolist() == [3, 0, 0]


def test_admission_passes_over_loads_that_do_not_fit() -> None:
    assert admit_in_order(5, np.array([4, 3, 1]), np.arange(3)).tolist() == [True, False, True]
