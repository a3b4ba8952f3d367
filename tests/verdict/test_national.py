"""The verdict is quick at national size."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from allocator.instance.models import Instance
from allocator.plan.arrays import plan_from_arrays
from allocator.verdict import cost_of, is_valid, verify
from tests.tools.national import DAYS, OFFICES, national_document, national_plan

pytestmark = pytest.mark.national


@pytest.fixture(scope="module")
def instance() -> Instance:
    instance = Instance.model_validate(national_document())
    assert instance.arrays.shape == (OFFICES, 3, DAYS)
    return instance


def best_of_three(run: Callable[[], object]) -> float:
    """Seconds of the quickest run: a busy machine slows some, a slow program all."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def test_the_whole_verdict_takes_a_second_at_most(instance: Instance) -> None:
    arrays = national_plan(instance)
    plan = plan_from_arrays(arrays, instance)
    assert len(plan.ingest) + len(plan.cards) > 150_000
    assert verify(instance, plan).valid
    assert best_of_three(lambda: verify(instance, arrays)) < 1
    # From a file's rows it takes some tenths more; twice the time leaves room for a busy machine.
    assert best_of_three(lambda: verify(instance, plan)) < 2


def test_the_cheap_answers_take_a_fraction_of_it(instance: Instance) -> None:
    arrays = national_plan(instance)
    assert best_of_three(lambda: cost_of(instance, arrays)) < 0.2
    assert best_of_three(lambda: is_valid(instance, arrays)) < 0.2
