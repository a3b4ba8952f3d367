"""How long each phase takes for a fixed piece of work, against a calibration measured beside it.

    pytest -n 0 benchmarks/phases             # fails where a phase takes FACTOR times as long as it did
    pytest -n 0 benchmarks/phases --renew     # after a change that is meant to cost time: new ratios

A ratio is the fastest round of the phase by the fastest round of a numpy and scipy workload in the same
run, in processor time of this process: a slow machine changes both, a busy one neither, and the factor
leaves room for what is left.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from allocator.backends import SolveOptions, get_backend
from allocator.backends.highs import hand_over as give_to_highs
from allocator.instance.arrays import build_arrays
from allocator.instance.files import load_instance
from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.methods.policies import get_policy
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import FractionalPlan, formulate
from allocator.verdict import verify

pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed: pip install '.[test]'")

FACTOR = 4.0
RATIOS = Path(__file__).with_name("ratios.json")
INSTANCE = Path(__file__).parents[2] / "instances" / "kepri-2017.json"


@cache
def instance() -> Instance:
    return load_instance(INSTANCE)


@cache
def fractional() -> FractionalPlan:
    """The relaxation's decisions, of which none need be whole."""
    formulation = formulate(instance())
    result = get_backend("highs").solve(formulation.model.relaxed(), SolveOptions(threads=1))
    assert result.vector is not None
    return formulation.extract(result.vector)


def load() -> Callable[[], object]:
    return lambda: load_instance(INSTANCE)


def arrays() -> Callable[[], object]:
    given = instance()
    return lambda: build_arrays(given)


def build() -> Callable[[], object]:
    given = instance()
    return lambda: formulate(given)


def hand_over() -> Callable[[], object]:
    model = formulate(instance()).model
    return lambda: give_to_highs(model)


def linear_programme() -> Callable[[], object]:
    small = formulate(generate_instance("quota", offices=6, days=20, seed=1)).model.relaxed()
    backend = get_backend("highs")
    return lambda: backend.solve(small, SolveOptions(threads=1))


def rounding() -> Callable[[], object]:
    given, decisions = instance(), fractional()
    return lambda: round_plan(given, decisions)


def check() -> Callable[[], object]:
    given = instance()
    plan = round_plan(given, fractional())
    return lambda: verify(given, plan)


def policy() -> Callable[[], object]:
    given, proportional = instance(), get_policy("proportional")
    return lambda: proportional.plan(given)


PHASES = (load, arrays, build, hand_over, linear_programme, rounding, check, policy)


def _calibrate() -> float:
    """Seconds of work like the phases': Python objects, numpy arrays, sparse matrices."""
    random = np.random.default_rng(0)
    row, column = random.integers(0, 5000, (2, 50_000))
    values = random.uniform(size=50_000)
    best = float("inf")
    for _ in range(8):
        begun = time.process_time()
        matrix = sp.coo_array((values, (row, column)), shape=(5000, 5000)).tocsr()
        for _ in range(10):
            values = np.abs(matrix @ values[:5000]).repeat(10) + 1e-3
            values.sort()
        table = {index: str(value) for index, value in enumerate(values[:10_000].tolist())}
        assert len(table) == 10_000
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: str(phase.__name__))
def test_a_phase_takes_no_more_than_it_did(
    phase: Callable[[], Callable[[], object]], benchmark: Any, request: pytest.FixtureRequest
) -> None:
    work = phase()
    work()  # imports and compiled code are not what is measured
    calibration = _calibrate()
    benchmark.pedantic(work, rounds=5, iterations=1)
    if benchmark.stats is None:
        pytest.skip("pytest-benchmark measures nothing in several processes: give -n 0")
    # Before and after, so that a machine that gets busy in between is not held against the phase.
    calibration = max(calibration, _calibrate())
    ratio = benchmark.stats.stats.min / calibration
    name = phase.__name__
    stored = json.loads(RATIOS.read_text()) if RATIOS.exists() else {}
    if request.config.getoption("--renew"):
        RATIOS.write_text(json.dumps(stored | {name: float(f"{ratio:.3g}")}, indent=2, sort_keys=True) + "\n")
        return
    assert name in stored, f"no ratio of phase {name}: run with --renew"
    limit = FACTOR * stored[name]
    assert ratio <= limit, (
        f"{name} takes {ratio:.3g} times the calibration, {ratio / stored[name]:.1f} times as long as when "
        f"{RATIOS.name} was written; if that is meant, run with --renew"
    )


def test_every_phase_has_a_ratio_and_no_other() -> None:
    assert set(json.loads(RATIOS.read_text())) == {phase.__name__ for phase in PHASES}
