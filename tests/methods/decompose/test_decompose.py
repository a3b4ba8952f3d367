"""The method as a whole: checked plans, true bounds, and agreement with `direct` and between backends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from allocator import FAMILIES, Instance, Outcome, generate_instance, solve, verify
from allocator.backends import BACKENDS, SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.engine import Decomposition
from allocator.methods.decompose.linear import sample_prices
from allocator.methods.decompose.mixtures import mix
from allocator.methods.decompose.plans import first_plans
from allocator.methods.decompose.resupply import Resupply
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.decompose.whole_components import Found
from allocator.methods.record import Record, Report
from allocator.milp.formulation import formulate
from allocator.plan.arrays import PlanArrays
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.random_instances import TINY, random_instance

OTHERS = [backend for backend in BACKENDS if backend != "highs"]


def decompose(instance: Instance, *, rounds: int | None = 2, backend: str = "highs") -> Outcome:
    return solve(
        instance, method="decompose", rounds=rounds, workers=1, backend=backend, gap=0.0, time_limit=None
    )


def assert_sound(outcome: Outcome) -> None:
    """A plan that the exact check passes, and a bound that it does not beat."""
    assert outcome.failure is None
    verdict = verify(outcome.instance, outcome.plan)
    assert verdict.valid
    assert float(verdict.cost.total) == outcome.objective
    assert outcome.objective <= outcome.empty_cost
    assert outcome.bound is not None
    assert outcome.bound <= outcome.objective


def assert_overlap(*outcomes: Outcome) -> None:
    """No bound is above any plan: solvers' own tolerance aside."""
    highest = max(each.bound for each in outcomes if each.bound is not None)
    lowest = min(each.objective for each in outcomes)
    assert highest <= lowest + 1e-6 * max(1.0, abs(lowest))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_agrees_with_direct(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20, seed=2)
    parts = decompose(instance)
    assert_sound(parts)
    assert_overlap(parts, solve(instance, method="direct", time_limit=1, gap=0.001))
    # Far from the empty plan: the parts fit together.
    assert parts.avoidable_gap is not None
    assert parts.avoidable_gap < 0.5


@pytest.mark.parametrize("seed", range(100, 120))
def test_random_instances_agree_with_their_optimum(seed: int) -> None:
    instance = random_instance(seed, TINY)
    outcome = decompose(instance)
    assert_sound(outcome)
    try:
        optimum = float(find_optimum(instance, 20_000).cost)
    except TooLargeError:
        return
    slack = 1e-9 * max(1.0, optimum)
    assert outcome.bound is not None
    assert outcome.bound <= optimum + slack
    assert optimum <= outcome.objective + slack


@pytest.mark.parametrize("seed", range(20))
def test_random_instances_of_every_feature(seed: int) -> None:
    outcome = decompose(random_instance(seed))
    assert_sound(outcome)


@pytest.mark.parametrize(
    ("backend", "family"),
    [
        ("ortools", "blanks"),
        ("ortools", "election"),
        ("pulp", "quota"),
        ("pulp", "blanks"),
        ("pulp", "election"),
        ("pulp", "hubs"),
        ("ortools", "quota"),
        ("ortools", "hubs"),
    ],
)
def test_backends_for_the_pieces_agree(backend: str, family: str) -> None:
    instance = generate_instance(family, offices=6, days=12)
    usual, other = decompose(instance), decompose(instance, backend=backend)
    assert_sound(usual)
    assert_sound(other)
    assert_overlap(usual, other)
    assert usual.bound == pytest.approx(other.bound, rel=0.02)


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("family", ["quota", "lending", "election"])
def test_linear_pieces_have_the_same_value_with_every_backend(backend: str, family: str) -> None:
    instance = generate_instance(family, offices=8, days=15)
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    options = SolveOptions()
    prices = sample_prices(formulation, couplings, "highs", options)
    for block in take_apart(formulation, couplings, 4):
        plans = first_plans(block, prices)
        usual, other = (mix(block, plans, prices, name, options) for name in ("highs", backend))
        assert usual.value.sum() == pytest.approx(other.value.sum(), rel=1e-6)


@pytest.mark.parametrize("family", ["quota", "hubs"])
def test_the_same_again(family: str) -> None:
    instance = generate_instance(family, offices=10, days=20)
    one, two = decompose(instance), decompose(instance)
    assert (one.objective, one.bound) == (two.objective, two.bound)
    assert one.plan.solution.prices == two.plan.solution.prices
    assert np.array_equal(one.decisions.packs, two.decisions.packs)
    assert np.array_equal(one.decisions.ingest, two.decisions.ingest)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 1.0])
def test_any_time_limit_has_a_plan(seconds: float) -> None:
    instance = generate_instance("quota", offices=12, days=20)
    outcome = solve(instance, method="decompose", workers=1, time_limit=seconds, gap=0.0)
    assert outcome.failure is None
    assert verify(instance, outcome.plan).valid
    assert outcome.objective < outcome.empty_cost
    assert outcome.seconds["total"] < seconds + 8.0
    if outcome.bound is not None:
        assert outcome.bound <= outcome.objective


def phases_of(instance: Instance) -> list[str]:
    seen: list[str] = []
    record = Record(instance, Clock(None), lambda report: seen.append(report.phase))
    with Decomposition.begun(instance, record.clock, "highs", SolveOptions(), workers=1) as decomposition:
        decomposition.solve(record, rounds=2)
    return list(dict.fromkeys(seen))


def test_an_interrupt_in_any_phase_keeps_a_checked_plan() -> None:
    instance = generate_instance("quota", offices=10, days=15)
    phases = phases_of(instance)
    assert phases[0] == "build"
    assert phases[-1] in ("trips", "slots", "prices, round 2")
    for phase in phases:
        interrupt = threading.Event()

        def listen(report: Report, phase: str = phase, interrupt: threading.Event = interrupt) -> None:
            if report.phase == phase:
                interrupt.set()

        outcome = solve(
            instance,
            method="decompose",
            workers=1,
            rounds=2,
            gap=0.0,
            time_limit=None,
            interrupt=interrupt,
            on_report=listen,
        )
        assert outcome.failure is None
        assert verify(instance, outcome.plan).valid
        assert outcome.status == "interrupted"
        assert outcome.objective < outcome.empty_cost
        assert outcome.bound is None or outcome.bound <= outcome.objective


def test_progress_only_gets_better() -> None:
    instance = generate_instance("election", offices=10, days=20)
    reports: list[Report] = []
    outcome = solve(
        instance, method="decompose", workers=1, rounds=4, gap=0.0, time_limit=None, on_report=reports.append
    )
    costs = [report.cost for report in reports]
    assert costs == sorted(costs, reverse=True)
    bounds = [report.bound for report in reports if report.bound is not None]
    assert bounds == sorted(bounds)
    assert costs[-1] == outcome.objective
    assert outcome.bound == bounds[-1]
    assert [report.seconds for report in reports] == sorted(report.seconds for report in reports)


def test_more_rounds_never_end_worse() -> None:
    instance = generate_instance("blanks", offices=10, days=20)
    few, many = decompose(instance, rounds=1), decompose(instance, rounds=6)
    assert many.rounds is not None
    assert few.rounds == 1
    assert 1 <= many.rounds <= 6
    assert_overlap(few, many)
    assert few.gap is not None
    assert many.gap is not None
    assert many.gap <= few.gap + 1e-3


@pytest.mark.parametrize("no_good", [1.0, -1.0])
def test_an_earlier_solve_is_resumed_unless_its_prices_are_no_good(
    no_good: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = generate_instance("blanks", offices=12, days=24)
    earlier = decompose(instance, rounds=4)
    document = instance.model_dump(mode="python", by_alias=True)
    quota = [0 if day == 9 else int(amount) for day, amount in enumerate(instance.arrays.quota)]
    changed = Instance.model_validate(document | {"quota": quota})
    monkeypatch.setattr("allocator.methods.decompose.engine._NO_GOOD", no_good)
    phases: list[str] = []
    outcome = solve(
        changed,
        method="decompose",
        start=earlier.plan,
        rounds=1,
        workers=1,
        gap=0.0,
        time_limit=None,
        on_report=lambda report: phases.append(report.phase),
    )
    assert_sound(outcome)
    assert_overlap(outcome, decompose(changed, rounds=4))
    assert outcome.gap is not None
    assert outcome.gap < 0.02
    assert any(phase.startswith("start prices") for phase in phases) == (no_good < 0)


@pytest.mark.parametrize(("asked", "chooses"), [(None, "ortools"), ("highs", "highs"), ("pulp", "pulp")])
def test_the_backend_asked_for_solves_all_pieces(
    asked: str | None, chooses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends: list[str] = []
    improve = Resupply.improve

    def noted(self: Resupply, *args: Any) -> PlanArrays:
        backends.append(self.choosing)
        return improve(self, *args)

    def not_proven(*args: Any) -> Iterator[Found]:
        backends.append(args[-2])
        return iter(())

    monkeypatch.setattr(Resupply, "improve", noted)
    monkeypatch.setattr("allocator.methods.decompose.engine.prove_components", not_proven)
    instance = generate_instance("lending", offices=4, days=15)
    outcome = solve(instance, method="decompose", backend=asked, workers=1, gap=0.0, time_limit=None)
    assert_sound(outcome)
    assert len(backends) > 1
    assert set(backends) == {chooses}


def test_a_nation_in_which_nothing_can_be_done() -> None:
    instance = generate_instance("quota", offices=4, days=5)
    idle = instance.model_copy(
        update={
            "offices": tuple(office.model_copy(update={"print_capacity": 0}) for office in instance.offices),
            "quota": 0,
        }
    )
    idle = Instance.model_validate(idle.model_dump(by_alias=True))
    outcome = decompose(idle)
    assert_sound(outcome)
    assert outcome.objective == outcome.empty_cost
    assert outcome.bound == pytest.approx(outcome.empty_cost, rel=1e-6)
