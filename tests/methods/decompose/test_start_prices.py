"""Prices to begin with: those of samples, from their relaxations or from prices that are known."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from allocator import generate_instance
from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.start_prices import StartPrices
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import get_policy
from allocator.methods.record import Record

OPTIONS = SolveOptions(tolerance=1e-4, prove=False)


def found(instance: Instance, known: float | None) -> tuple[Start | None, Start]:
    """What is known, every price the same, and what comes of it; or of relaxations where nothing is."""
    clock = Clock(None)
    record = Record(instance, clock)
    record.offer_plan(get_policy("proportional").plan(instance), "policy")
    nation = Nation.of(instance)
    start = None if known is None else Start(np.full(len(nation.couplings.limit), known), 0.1)
    with closing(Workers(clock, 1)) as workers:
        prices = StartPrices(instance, clock, workers, "highs", OPTIONS, relaxed=known is None)
        return start, prices.find(record, nation, start)


def test_known_prices_are_what_a_small_nation_begins_with() -> None:
    known, start = found(generate_instance("quota", offices=12, days=10), 7.0)
    assert start is known


def test_a_small_nation_without_any_begins_with_those_of_relaxations() -> None:
    start = found(generate_instance("quota", offices=12, days=10), None)[1]
    assert len(start.trials) == 3
    assert start.prices.max() > 0


@pytest.mark.parametrize("known", [0.0, None])
def test_samples_mend_prices_and_leave_their_plans(known: float | None) -> None:
    instance = generate_instance("quota", offices=120, days=10)
    start = found(instance, known)[1]
    assert start.estate is not None
    assert not start.trials
    assert start.prices.max() > 0
