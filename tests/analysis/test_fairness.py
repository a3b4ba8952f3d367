"""Gini and the worst share, against their definitions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.analysis.fairness import gini, worst_share

offices = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=6)


@given(offices)
def test_gini_is_its_definition(rows: list[tuple[int, int]]) -> None:
    people = [value for value, number in rows for _ in range(number)]
    found = gini([value for value, _ in rows], [number for _, number in rows])
    if not any(people):
        assert found is None
        return
    differences = sum(abs(one - other) for one in people for other in people)
    mean = sum(people) / len(people)
    assert found == pytest.approx(differences / (2 * len(people) ** 2 * mean), abs=1e-12)


@given(offices)
def test_worst_share_is_the_mean_of_the_greatest(rows: list[tuple[int, int]]) -> None:
    people = sorted((value for value, number in rows for _ in range(10 * number)), reverse=True)
    tenth = people[: len(people) // 10]
    found = worst_share([value for value, _ in rows], [10 * number for _, number in rows], Fraction(1, 10))
    assert found == Fraction(sum(tenth), len(tenth))


def test_by_hand() -> None:
    assert gini([0, 10], [1, 1]) == 0.5
    assert gini([7, 7, 7], [1, 5, 2]) == 0
    assert worst_share([1, 5, 9], [10, 9, 1], Fraction(1, 10)) == 7
