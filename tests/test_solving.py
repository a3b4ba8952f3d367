"""The front door: always a checked plan, never worse than the best policy's, in time."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allocator.solving
from allocator import InputError, generate_instance, solve, verify
from allocator.backends import BackendError, SolveOptions, SolveResult, StopReason
from allocator.backends.highs import HighsBackend
from allocator.instance.generate import FAMILIES
from allocator.methods.policies import POLICIES
from allocator.methods.record import Report
from allocator.milp.model import MilpModel
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.instances import full_instance, tiny_instance
from tests.tools.random_instances import TINY, random_instance


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_finds_and_proves_the_optimum_of_tiny_instances(seed: int) -> None:
    instance = random_instance(seed, TINY)
    try:
        optimum = find_optimum(instance, 20_000)
    except TooLargeError:
        return
    outcome = solve(instance, gap=0.0, time_limit=30)
    assert outcome.objective == pytest.approx(float(optimum.cost), rel=1e-6, abs=1e-6)
    assert outcome.bound == pytest.approx(float(optimum.cost), rel=1e-6, abs=1e-6)
    assert outcome.status == "optimal"


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_valid_plan_in_a_second(family: str) -> None:
    instance = generate_instance(family)
    begun = time.monotonic()
    outcome = solve(instance, time_limit=1)
    assert time.monotonic() - begun < 5.0
    assert verify(instance, outcome.plan).valid
    assert outcome.objective <= min(outcome.policy_costs.values())
    assert outcome.bound is not None
    assert outcome.bound <= outcome.objective


def test_a_policy_s_plan_however_short_the_time() -> None:
    outcome = solve(generate_instance("quota"), time_limit=1e-6)
    assert outcome.source == "policy:proportional"
    assert outcome.bound is not None


def test_the_outcome_tells_what_the_plan_tells() -> None:
    outcome = solve(full_instance(), gap=0.0, time_limit=30)
    assert outcome.status == "optimal"
    assert outcome.plan.solution.objective == outcome.objective
    assert outcome.plan.solution.bound == outcome.bound
    assert outcome.plan.solution.method == "direct"
    assert set(outcome.policy_costs) == set(POLICIES)
    assert outcome.best_policy in POLICIES
    assert outcome.seconds["total"] >= outcome.seconds["build"] + outcome.seconds["solve"]
    assert outcome.as_dict()["kpis"]["cards"] == outcome.verdict.kpis.cards


def test_an_interrupt_returns_the_best_plan_so_far() -> None:
    instance = generate_instance("quota", offices=30, days=60)
    interrupt = threading.Event()

    def on_report(report: Report) -> None:
        if report.phase in {"strengthen", "solve"}:
            interrupt.set()

    begun = time.monotonic()
    outcome = solve(instance, gap=0.0, time_limit=120, interrupt=interrupt, on_report=on_report)
    assert time.monotonic() - begun < 30.0
    assert outcome.status == "interrupted"
    assert outcome.objective <= min(outcome.policy_costs.values())


def test_a_failing_backend_leaves_the_policies_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise BackendError("no solver today")

    monkeypatch.setattr(allocator.solving, "solve_direct", fail)
    outcome = solve(full_instance(), time_limit=10)
    assert outcome.failure == "no solver today"
    assert verify(full_instance(), outcome.plan).valid


@pytest.mark.parametrize("stop", [StopReason.FAILED, StopReason.INFEASIBLE])
def test_a_solver_that_gives_up_is_told_of(monkeypatch: pytest.MonkeyPatch, stop: StopReason) -> None:
    def give_up(self: HighsBackend, model: MilpModel, options: SolveOptions) -> SolveResult:
        return SolveResult(stop=stop, vector=options.start, message="tired")

    monkeypatch.setattr(HighsBackend, "solve", give_up)
    outcome = solve(full_instance(), gap=0.0, time_limit=10)
    assert outcome.failure is not None
    assert ("tired" if stop is StopReason.FAILED else "infeasible") in outcome.failure
    assert verify(full_instance(), outcome.plan).valid


def test_a_solver_of_another_backend_or_kind_is_explained() -> None:
    with pytest.raises(InputError, match="cbc is a solver of backend pulp"):
        solve(tiny_instance(), solver="cbc")
    with pytest.raises(InputError, match="simplex solves linear models only"):
        solve(tiny_instance(), solver="simplex")


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_policy_gives_its_own_plan(name: str) -> None:
    outcome = solve(full_instance(), method=f"policy:{name}")
    assert outcome.source == f"policy:{name}"
    assert outcome.objective == outcome.policy_costs[name]
    assert outcome.bound is not None


def test_what_does_not_exist_is_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        solve(tiny_instance(), method="magic", backend="abacus", time_limit=0, gap=-1, threads=0)
    assert [problem.path for problem in caught.value.problems] == [
        "method",
        "backend",
        "time limit",
        "gap",
        "threads",
    ]
