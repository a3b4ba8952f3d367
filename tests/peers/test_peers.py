"""Every peer is a second opinion: on small instances its optimum is ours, and its plan passes the check."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from allocator import FAMILIES, Instance, generate_instance, load_plan, save_instance, solve, verify
from benchmarks.peers.interface import PEERS, Stopwatch, load_peer
from benchmarks.peers.judging import judge
from tests.tools.instances import full_instance
from tests.tools.random_instances import random_instance

ROOT = Path(__file__).parents[2]
SEEDS = range(10)
PROVING = 20.0
SEARCHING = 0.7



@pytest.fixture(params=PEERS)
def peer(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    _skip_without_its_libraries(name)
    return name


def _skip_without_its_libraries(name: str) -> None:
    for library in load_peer(name).LIBRARIES:
        try:
            version(library)
        except PackageNotFoundError:
            pytest.skip(f"{library} is not installed: pip install 'allocator[bench]'")


@cache
def _instance(case: str) -> Instance:
    if case == "full":
        return full_instance()
    if case in FAMILIES:
        return generate_instance(case, offices=4, days=10, seed=1)
    return random_instance(int(case))


@cache
def _ours(case: str, time_limit: float) -> tuple[float, float]:
    """Our bound and cost at gap 0."""
    outcome = solve(_instance(case), method="direct", gap=0.0, time_limit=time_limit)
    assert outcome.bound is not None
    return outcome.bound, outcome.objective


def _theirs(name: str, case: str, time_limit: float) -> tuple[float | None, float | None]:
    """The peer's bound and the exact cost of its rounded plan, which is valid."""
    answer = load_peer(name).solve(_instance(case), time_limit, 0, Stopwatch())
    judged = judge(_instance(case), answer)
    if judged is None:
        return answer.bound, None
    assert judged.verdict.valid, judged.verdict.violations
    # The library's own packs are whole already.
    assert answer.packs == pytest.approx(judged.packs, abs=1e-4)
    return answer.bound, judged.cost


def _agree_on_the_optimum(name: str, case: str) -> None:
    bound, cost = _ours(case, PROVING)
    slack = 2e-6 * max(1.0, cost)
    assert bound == pytest.approx(cost, abs=slack)
    their_bound, their_cost = _theirs(name, case, PROVING)
    assert their_cost == pytest.approx(cost, abs=slack)
    assert their_bound == pytest.approx(cost, abs=slack)


def test_the_optimum_of_the_instance_with_every_feature(peer: str) -> None:
    _agree_on_the_optimum(peer, "full")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_of_random_instances(peer: str, seed: int) -> None:
    _agree_on_the_optimum(peer, str(seed))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_bound_is_above_a_valid_plan(peer: str, family: str) -> None:
    """Instances that take minutes to prove: each side's bound must be below the other's plan."""
    bound, cost = _ours(family, 2 * SEARCHING)
    slack = 2e-6 * cost
    their_bound, their_cost = _theirs(peer, family, SEARCHING)
    assert their_bound is None or their_bound <= cost + slack
    assert their_cost is None or their_cost >= bound - slack
    assert (their_bound, their_cost) != (None, None)
