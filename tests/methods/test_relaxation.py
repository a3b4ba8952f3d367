"""The bound in closed form is a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.instance.models import Instance
from allocator.methods.relaxation import relaxation_bound
from allocator.plan.models import Plan
from allocator.verdict import empty_cost, verify
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.instances import tiny_instance
from tests.tools.random_instances import TINY, random_instance
from tests.tools.strategies import cases


@given(case=cases(careful=True))
def test_below_every_valid_plan(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    verdict = verify(instance, plan)
    bound = relaxation_bound(instance)
    assert bound <= float(empty_cost(instance).total)
    if verdict.valid:
        assert bound <= float(verdict.cost.total)


@given(seed=st.integers(0, 10**9))
def test_below_the_optimum(seed: int) -> None:
    instance = random_instance(seed, TINY)
    try:
        optimum = find_optimum(instance, 20_000)
    except TooLargeError:
        return
    assert relaxation_bound(instance) <= float(optimum.cost) + 1e-9


def test_by_hand() -> None:
    """Quota 3 a day for 5 records, a printer that makes 2 cards a day, blanks enough.

    Day 0: of 5 at most 3 are ingested, so U >= 2; at most 2 get a card, so U + W >= 3.
    Day 1: all can be ingested, U >= 0; at most 4 have a card, U + W >= 1.
    With 10 for U and 4 for W: 6 x 2 + 4 x 3 + 6 x 0 + 4 x 1 = 28, and the last day's 4 once more.
    """
    instance = tiny_instance(
        days=2,
        quota=3,
        costs={"unprintable_day": 10, "waiting_day": 4, "end_days": 1},
        offices=[
            {
                "id": "a",
                "blanks": 9,
                "print_capacity": 2,
                "demand": {"first": {"backlog": [{"age_days": 1, "records": 5}]}},
            }
        ],
    )
    assert relaxation_bound(instance) == pytest.approx(32.0, rel=1e-6)
