"""Components as mixed-integer models: a bound above that of mixtures, and below every plan."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from allocator import generate_instance, solve
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.whole_components import prove_components
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of

OPTIONS = SolveOptions(tolerance=1e-4)


@pytest.mark.parametrize("family", ["quota", "hubs", "lending"])
def test_bounds_are_between_those_of_mixtures_and_plans(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20)
    nation = Nation.of(instance)
    vector = nation.formulation.embed(PlanArrays.empty(instance))
    clock = Clock(60)
    with closing(Workers(clock, 1)) as crew:
        start = np.zeros(len(nation.couplings.limit))
        generation = nation.generation(Start(start, 0.3), nation.decisions(vector), crew, "highs", OPTIONS)
        generation.box.reach[:] = generation.box.level_reach = 1e5
        for _ in range(5):
            generation.step(6, 1e-4)
        generation.step(6, 1e-6, exact=True)
        assert generation.proof is not None
        before = generation.proof
        bounds = list(prove_components(nation, before.prices, vector, clock, crew, "highs", SolveOptions()))
    components = {(k, c) for k, block in enumerate(nation.blocks) for c in block.office_component.tolist()}
    assert {(found.block, found.component) for found in bounds} == components
    for found in bounds:
        generation.raise_bound(found.block, found.component, found.least)
    # Trips with packs to be passed on, or from hubs, are whole only here.
    assert generation.proof.bound > (1.0 if family == "quota" else 1.0001) * before.bound - 1.0
    direct = solve(instance, method="direct", time_limit=2)
    costs = [float(cost_of(instance, policy.plan(instance)).total) for policy in POLICIES.values()]
    assert generation.proof.bound <= min(direct.objective, *costs) * (1 + 1e-9)


def test_there_is_nothing_without_time() -> None:
    instance = generate_instance("quota", offices=4, days=10)
    nation = Nation.of(instance)
    vector = nation.formulation.embed(PlanArrays.empty(instance))
    clock = Clock(0.5)
    prices = np.zeros(len(nation.couplings.limit))
    with closing(Workers(clock, 1)) as crew:
        assert list(prove_components(nation, prices, vector, clock, crew, "highs", SolveOptions())) == []


@pytest.mark.parametrize("backend", ["highs", "ortools", "pulp"])
def test_a_solve_spends_the_time_left_on_its_components(backend: str) -> None:
    instance = generate_instance("outages", offices=8, days=20)
    rounds = solve(instance, method="decompose", rounds=12, workers=1, gap=1e-9, backend=backend)
    for seconds in (4, 16, 64):
        phases: list[str] = []
        outcome = solve(
            instance,
            method="decompose",
            workers=1,
            time_limit=seconds,
            gap=1e-9,
            backend=backend,
            on_report=lambda report, phases=phases: phases.append(report.phase),
        )
        # A slow machine has no time left of a short limit.
        if "bound" in phases:
            break
    assert outcome.failure is None
    assert "bound" in phases
    assert outcome.bound is not None
    assert rounds.bound is not None
    assert rounds.bound * (1 - 1e-6) <= outcome.bound <= min(outcome.objective, rounds.objective)
