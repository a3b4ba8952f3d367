"""Prices to begin with: those of relaxations, mended on samples."""

from __future__ import annotations

from contextlib import closing

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


def found(instance: Instance) -> Start:
    clock = Clock(None)
    record = Record(instance, clock)
    record.offer_plan(get_policy("proportional").plan(instance), "policy")
    with closing(Workers(clock, 1)) as workers:
        return StartPrices(instance, clock, workers, "highs", OPTIONS).find(record, Nation.of(instance))


def test_a_small_nation_begins_with_those_of_relaxations() -> None:
    start = found(generate_instance("quota", offices=12, days=10))
    assert len(start.trials) == 3
    assert start.prices.max() > 0


def test_samples_mend_prices_and_leave_their_plans() -> None:
    start = found(generate_instance("quota", offices=120, days=10))
    assert start.estate is not None
    assert not start.trials
    assert start.prices.max() > 0
