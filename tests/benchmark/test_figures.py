"""Exponents, profiles and targets from data of which the answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.benchmark.figures import (
    best_known,
    growth,
    performance_profile,
    refuted,
    seconds_to_gap,
    seconds_to_target,
)
from allocator.benchmark.results import Result


@given(exponent=st.floats(-2, 4), factor=st.floats(0.01, 100))
def test_exponent_of_a_power_law(exponent: float, factor: float) -> None:
    law = growth([(x, factor * x**exponent) for x in (40.0, 80.0, 160.0, 514.0)])
    assert law is not None
    assert law.exponent == pytest.approx(exponent, abs=1e-9)
    assert law.factor == pytest.approx(factor)
    assert law.standard_error == pytest.approx(0, abs=1e-6)
    assert law.at(100.0) == pytest.approx(factor * 100**exponent)


def test_exponent_by_hand() -> None:
    """In logarithms of base 2: (0, 0), (1, 1), (2, 4), so slope 2, start -1/3, residuals 1/3, -2/3, 1/3."""
    law = growth([(1, 1), (2, 2), (4, 16)])
    assert law is not None
    assert law.exponent == pytest.approx(2)
    assert law.factor == pytest.approx(2 ** (-1 / 3))
    assert law.standard_error == pytest.approx(math.sqrt(6 / 9 / 1 / 2))
    assert str(law) == "2.00 ± 0.58"


def test_no_exponent_from_one_size() -> None:
    assert growth([(40, 3), (40, 4), (80, 0)]) is None
    assert growth([]) is None


def test_profile_by_hand() -> None:
    times = {"quick": {"a": 1.0, "b": 4.0, "c": math.inf}, "sure": {"a": 3.0, "b": 2.0, "c": math.inf}}
    assert performance_profile(times) == {
        "quick": [(1.0, 1 / 3), (2.0, 2 / 3)],
        "sure": [(1.0, 1 / 3), (3.0, 2 / 3)],
    }


def test_time_to_target(result: Callable[..., Result]) -> None:
    best = best_known([result(), result(contender="other", cost=104.0)])["a"]
    assert seconds_to_target(result(), best) == 5.0
    assert seconds_to_target(result(cost=101.9), best) == 5.0
    boaster = result(cost=150.0)
    assert math.isinf(seconds_to_target(boaster, best)), "claims 100 on the way, its plan costs 150"
    silent = result(trajectory=())
    assert seconds_to_target(silent, best) == 10.0
    assert math.isinf(seconds_to_target(result(cost=None, status="crash"), best))


def test_time_to_gap(result: Callable[..., Result]) -> None:
    assert seconds_to_gap(result(), 0.1) == 5.0
    assert seconds_to_gap(result(), 0.01) is None
    assert seconds_to_gap(result(bound=99.5), 0.01) == 10.0


def test_refuted_bound_does_not_count(result: Callable[..., Result]) -> None:
    wrong = result(contender="boaster", cost=130.0, bound=110.0)
    runs = [result(), wrong]
    assert refuted(runs) == [wrong]
    assert best_known(runs)["a"].bound == 90.0
