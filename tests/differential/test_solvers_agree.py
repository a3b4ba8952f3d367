"""Every solver, the enumeration and the verdict say the same of the same instance."""

from __future__ import annotations

from functools import cache

import pytest

from allocator import Instance, solve, verify
from allocator.backends import BACKENDS, get_backend
from allocator.instance.generate import generate_instance
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.random_instances import TINY, random_instance

SOLVERS = [
    (backend, solver)
    for backend in BACKENDS
    for solver, able in get_backend(backend).solvers().items()
    if able.integer
]
TOLERANCE = 1e-6


@cache
def _optimum(seed: int) -> float | None:
    try:
        return float(find_optimum(random_instance(seed, TINY), 20_000).cost)
    except TooLargeError:
        return None


def _interval(instance: Instance, backend: str, solver: str, time_limit: float) -> tuple[float, float]:
    outcome = solve(instance, backend=backend, solver=solver, gap=0.0, time_limit=time_limit)
    if solver != "cp-sat":  # where its scaling loses something it proves nothing, and says so
        assert outcome.failure is None
    verdict = verify(instance, outcome.plan)
    assert verdict.valid
    assert float(verdict.cost.total) == outcome.objective
    assert outcome.bound is not None
    return outcome.bound, outcome.objective


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("backend", "solver"), SOLVERS)
def test_the_optimum_of_tiny_instances(backend: str, solver: str, seed: int) -> None:
    optimum = _optimum(seed)
    if optimum is None:
        pytest.skip("too many plans to try them all")
    bound, cost = _interval(random_instance(seed, TINY), backend, solver, 20)
    slack = TOLERANCE * max(1.0, optimum)
    assert cost == pytest.approx(optimum, abs=slack)
    assert bound <= optimum + slack
    if solver != "cp-sat":  # it works in whole numbers, and proves a bound only where scaling loses nothing
        assert bound == pytest.approx(optimum, abs=slack)


@pytest.mark.parametrize("seed", range(100, 106))
def test_intervals_overlap_on_random_instances(seed: int) -> None:
    instance = random_instance(seed)
    intervals = {pair: _interval(instance, *pair, 10) for pair in SOLVERS}
    highest = max(bound for bound, _ in intervals.values())
    lowest = min(cost for _, cost in intervals.values())
    assert highest <= lowest + TOLERANCE * max(1.0, abs(lowest)), intervals


@pytest.mark.parametrize("family", ["blanks", "lending", "hubs", "election", "outages"])
def test_intervals_overlap_on_generated_instances(family: str) -> None:
    instance = generate_instance(family, offices=3, days=14, seed=1)
    intervals = {pair: _interval(instance, *pair, 1.5) for pair in SOLVERS}
    highest = max(bound for bound, _ in intervals.values())
    lowest = min(cost for _, cost in intervals.values())
    assert highest <= lowest * (1 + TOLERANCE), intervals
