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
SEEDS = range(12)
TIME_LIMIT = 20.0


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
def _interval(case: str) -> tuple[float, float]:
    """Our bound and cost at gap 0."""
    outcome = solve(_instance(case), method="direct", gap=0.0, time_limit=TIME_LIMIT)
    assert outcome.bound is not None
    return outcome.bound, outcome.objective


def _agrees(name: str, case: str) -> None:
    instance = _instance(case)
    answer = load_peer(name).solve(instance, TIME_LIMIT, 0, Stopwatch())
    judged = judge(instance, answer)
    assert judged is not None
    assert judged.verdict.valid, judged.verdict.violations
    assert answer.bound is not None
    bound, cost = _interval(case)
    slack = 2e-6 * max(1.0, cost)
    assert bound == pytest.approx(cost, abs=slack)
    assert judged.cost == pytest.approx(cost, abs=slack)
    assert answer.bound == pytest.approx(cost, abs=slack)
    # Not after rounding only: the library's own decisions are whole already.
    assert answer.packs == pytest.approx(answer.packs.round(), abs=1e-4)


def test_the_optimum_of_the_instance_with_every_feature(peer: str) -> None:
    _agrees(peer, "full")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_of_random_instances(peer: str, seed: int) -> None:
    _agrees(peer, str(seed))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_optimum_of_every_family(peer: str, family: str) -> None:
    _agrees(peer, family)
