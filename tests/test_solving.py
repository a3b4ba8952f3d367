"""The front door: always a checked plan, never worse than the best policy's, in time."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import InputError, Instance, Outcome, Plan, generate_instance, parse_plan, solve, verify
from allocator.backends import BackendError, SolveOptions, SolveResult, StopReason
from allocator.backends.highs import HighsBackend
from allocator.instance.generate import FAMILIES
from allocator.methods.policies import POLICIES
from allocator.methods.record import Report
from allocator.milp.model import MilpModel
from allocator.plan.files import dump_plan
from allocator.solving import Request, choose_method
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

    monkeypatch.setattr("allocator.solving.work.solve_direct", fail)
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


def test_auto_is_decided_by_size_and_by_what_is_asked() -> None:
    small, large = (
        generate_instance("quota", offices=12, days=20),
        generate_instance("quota", offices=40, days=60),
    )
    few_days = generate_instance("quota", offices=40, days=59)
    few_offices = generate_instance("quota", offices=39, days=90)
    assert [choose_method(each, Request()) for each in (small, few_days, few_offices)] == ["direct"] * 3
    assert choose_method(large, Request()) == "decompose"
    assert choose_method(large, Request(solver="highs")) == "direct"
    assert choose_method(small, Request(rounds=2)) == "decompose"
    assert choose_method(large, Request(method="direct")) == "direct"
    assert choose_method(large, Request(method="policy:equal")) == "policy:equal"


@pytest.fixture(scope="module")
def decomposed() -> Outcome:
    return solve(_DECOMPOSED, method="decompose", workers=1, rounds=2, gap=0.0, time_limit=120)


_DECOMPOSED = generate_instance("election", offices=12, days=24)


def test_decompose_tells_how_it_went(decomposed: Outcome) -> None:
    assert decomposed.failure is None
    assert verify(_DECOMPOSED, decomposed.plan).valid
    assert decomposed.objective <= min(decomposed.policy_costs.values())
    assert decomposed.bound is not None
    assert decomposed.bound <= decomposed.objective
    solution = decomposed.plan.solution
    assert (solution.method, solution.backend, solution.solver) == ("decompose", "highs", None)
    assert (solution.workers, solution.rounds) == (1, decomposed.rounds)
    document = decomposed.as_dict()
    assert (document["workers"], document["rounds"]) == (1, decomposed.rounds)
    assert decomposed.rounds in {1, 2}


def test_decompose_keeps_its_prices_in_the_plan(decomposed: Outcome) -> None:
    prices = parse_plan(dump_plan(decomposed.plan)).solution.prices
    assert prices == decomposed.plan.solution.prices
    assert prices is not None
    assert len(prices.slot) == _DECOMPOSED.days
    assert set(prices.blank) <= {depot.id for depot in _DECOMPOSED.depots}


@pytest.mark.parametrize("method", ["direct", "decompose"])
def test_a_plan_to_start_from_is_never_lost(decomposed: Outcome, method: str) -> None:
    outcome = solve(_DECOMPOSED, method=method, start=decomposed.plan, time_limit=1e-6)
    assert outcome.objective == decomposed.objective
    assert outcome.source == "start"
    assert outcome.policy_plan is not decomposed.decisions
    kept = decomposed.plan.solution.prices if method == "decompose" else None
    assert outcome.plan.solution.prices == kept
    assert outcome.as_dict()["start_cost"] == outcome.objective


def test_a_plan_of_a_changed_instance_is_made_valid(decomposed: Outcome) -> None:
    """The link to the data centre is down for five days, under another name."""
    quota = [0 if 5 <= day < 10 else int(amount) for day, amount in enumerate(_DECOMPOSED.arrays.quota)]
    document = _DECOMPOSED.model_dump(mode="python", by_alias=True)
    changed = Instance.model_validate(document | {"name": "outage", "quota": quota})
    assert not verify(changed, decomposed.plan.model_copy(update={"instance": "outage"})).valid
    outcome = solve(
        changed, method="decompose", start=decomposed.plan, workers=1, rounds=1, gap=0.0, time_limit=120
    )
    assert outcome.failure is None
    assert verify(changed, outcome.plan).valid
    assert outcome.plan.instance == "outage"
    assert outcome.start_cost is not None
    assert outcome.objective <= outcome.start_cost <= outcome.empty_cost


def test_a_plan_to_start_from_of_something_else_is_refused_all_at_once() -> None:
    plan = Plan.model_validate(
        {
            "schema_version": 1,
            "instance": "other",
            "shipments": [{"lane": "nowhere", "day": 99, "packs": 1}],
            "cards": [{"office": "city", "stream": "x", "day": 0, "cards": 1}],
        }
    )
    with pytest.raises(InputError) as caught:
        solve(full_instance(), start=plan)
    assert [problem.path for problem in caught.value.problems] == [
        "cards[0].stream",
        "shipments[0].lane",
        "shipments[0].day",
    ]


def test_an_interrupt_of_decompose_returns_the_best_plan_so_far() -> None:
    instance = generate_instance("quota", offices=40, days=60)
    interrupt = threading.Event()

    def on_report(report: Report) -> None:
        if report.phase.startswith("prices"):
            interrupt.set()

    outcome = solve(instance, gap=0.0, time_limit=120, interrupt=interrupt, on_report=on_report, workers=1)
    assert outcome.method == "decompose"
    assert outcome.status == "interrupted"
    assert outcome.failure is None
    assert outcome.objective <= min(outcome.policy_costs.values())
    assert outcome.bound is not None


def test_a_failure_of_decompose_leaves_the_policies_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BackendError("no prices today")

    monkeypatch.setattr("allocator.methods.decompose.engine.Decomposition.solve", fail)
    outcome = solve(full_instance(), method="decompose", workers=1, time_limit=10)
    assert outcome.failure == "no prices today"
    assert (outcome.rounds, outcome.plan.solution.prices) == (0, None)
    assert verify(full_instance(), outcome.plan).valid


def test_threads_limit_the_processes_of_decompose() -> None:
    for options in ({"threads": 1}, {"threads": 4, "workers": 1}):
        assert solve(full_instance(), method="decompose", rounds=1, gap=0.0, **options).workers == 1


def test_decompose_has_nothing_to_do_where_a_policy_s_plan_is_good_enough() -> None:
    outcome = solve(tiny_instance(), method="decompose", gap=0.0)
    assert (outcome.status, outcome.rounds, outcome.workers) == ("optimal", 0, None)


def test_the_engine_s_log_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []
    instance = generate_instance("quota", offices=6, days=12)
    solve(instance, method="decompose", workers=1, rounds=1, gap=0.0, on_log=lines.append)
    assert lines
    assert all(isinstance(line, str) for line in lines)


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({"method": "decompose", "solver": "highs"}, ["solver"]),
        ({"method": "decompose", "workers": 0, "rounds": 0}, ["workers", "rounds"]),
        ({"method": "direct", "workers": 2, "rounds": 3}, ["workers", "rounds"]),
        ({"method": "policy:equal", "workers": 2}, ["workers"]),
        ({"method": "policy:equal", "start": Plan(schema_version=1, instance="tiny")}, ["starting plan"]),
    ],
)
def test_an_option_that_the_method_has_no_use_for(options: dict[str, Any], paths: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        solve(tiny_instance(), **options)
    assert [problem.path for problem in caught.value.problems] == paths


def test_auto_takes_the_options_of_either_method() -> None:
    assert solve(tiny_instance(), workers=1, threads=1).method == "direct"
