"""Every peer is a second opinion: on small instances its optimum is ours, and its plan passes the check."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from allocator import FAMILIES, Instance, load_plan, solve, verify
from allocator.instance.files import save_instance
from allocator.verdict import empty_cost
from benchmarks.peers.data import describe
from benchmarks.peers.interface import PEERS, load_peer
from tests.peers.run_cases import instance_of

ROOT = Path(__file__).parents[2]
RANDOM = ("full", *(str(seed) for seed in range(8)))
PROVING = 20.0
SEARCHING = 0.5


@pytest.fixture(params=PEERS)
def peer(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    for library in load_peer(name).LIBRARIES:
        try:
            version(library)
        except PackageNotFoundError:
            pytest.skip(f"{library} is not installed: pip install '.[bench]'")
    return name


@cache
def _ours(case: str, time_limit: float) -> tuple[float, float]:
    """Our bound and cost at gap 0."""
    outcome = solve(instance_of(case), method="direct", gap=0.0, time_limit=time_limit)
    assert outcome.bound is not None
    return outcome.bound, outcome.objective


def _theirs(name: str, time_limit: float, cases: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """By case, the peer's bound and the exact cost of its rounded plan."""
    command = [sys.executable, "-m", "tests.peers.run_cases", name, str(time_limit), *cases]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    for case, answer in answers.items():
        assert answer["valid"], case
        # The library's own packs are whole already, so that rounding had nothing to repair.
        assert answer["packs_rounded"] < 1e-4, case
    return answers


def test_its_optimum_is_ours(peer: str) -> None:
    """The instance with every feature, and random ones."""
    answers = _theirs(peer, PROVING, RANDOM)
    for case in RANDOM:
        bound, cost = _ours(case, PROVING)
        near = pytest.approx(cost, abs=2e-6 * max(1.0, cost))
        found = {"our bound": bound, "cost": answers[case]["cost"], "bound": answers[case]["bound"]}
        assert found == {"our bound": near, "cost": near, "bound": near}, f"case {case}: ours is {cost}"


def test_no_bound_is_above_a_valid_plan(peer: str) -> None:
    """Families take minutes to prove, so each side's bound must be below the other's plan."""
    answers = _theirs(peer, SEARCHING, tuple(FAMILIES))
    for case, answer in answers.items():
        bound, cost = _ours(case, SEARCHING)
        slack = 2e-6 * cost
        assert answer["bound"] is None or answer["bound"] <= cost + slack, case
        assert answer["cost"] is None or answer["cost"] >= bound - slack, case
    # Answers of nothing at all would pass the above; half a second may be too short for some of them.
    assert any((answer["bound"], answer["cost"]) != (None, None) for answer in answers.values())


def test_the_command_writes_a_plan_that_passes_the_check(tmp_path: Path) -> None:
    instance = instance_of("full")
    path, out = tmp_path / "full.json", tmp_path / "plan.json"
    save_instance(instance, path)
    command = [sys.executable, "-m", "benchmarks.peers", "pulp", str(path), "--out", str(out), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    row = json.loads(done.stdout)
    verdict = verify(instance, load_plan(out))
    assert verdict.valid
    assert row["cost"] == pytest.approx(float(verdict.cost.total))
    assert row["bound"] == pytest.approx(row["cost"], rel=1e-6)
    assert set(row["seconds"]) >= {"build", "solve", "total"}


@pytest.mark.parametrize("case", [*RANDOM, *FAMILIES])
def test_the_description_has_the_cost_of_doing_nothing(case: str) -> None:
    """With X = R = y = 0: what is constant, the overdue, blanks that lie idle and the targets."""
    instance: Instance = instance_of(case)
    data = describe(instance)
    overdue = sum(
        price * applied
        for queue in data.queues
        for tier in queue.tiers
        for price, applied in zip(tier.price, tier.applied, strict=True)
    )
    idle = sum(
        amount * (data.days - day) for store in data.stores for day, amount in enumerate(store.received)
    )
    short = sum(promise.penalty * promise.needed for promise in data.promises)
    expected = float(empty_cost(instance).total)
    found = data.constant + overdue + data.idle_blank_price * idle + short
    assert found == pytest.approx(expected, rel=1e-9)
