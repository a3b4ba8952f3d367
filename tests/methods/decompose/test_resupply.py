"""Better trips for given slots: valid, never dearer, near to what a solver finds on small instances."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import FAMILIES, Instance, generate_instance
from allocator.backends import SolveOptions, get_backend
from allocator.methods.clock import Clock
from allocator.methods.decompose.blocks import marked
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.programme import Programme, Worth
from allocator.methods.decompose.resupply import Resupply
from allocator.methods.decompose.savings import CardSavings
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import POLICIES
from allocator.methods.rounding import print_ready
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of, is_valid
from tests.tools.strategies import instances

OPTIONS = SolveOptions(gap=1e-6)


def resupply_of(instance: Instance, offices: int = 4) -> tuple[Resupply, Vector, list[Vector]]:
    """With prices of nothing."""
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    blocks = take_apart(formulation, couplings, offices)
    resupply = Resupply(formulation, couplings, blocks, Workers(Clock(), 1), "highs", OPTIONS)
    return resupply, np.zeros(len(couplings.limit)), [np.zeros(block.records.shape[0]) for block in blocks]


def at_full_speed(instance: Instance, plan: PlanArrays) -> PlanArrays:
    ready = print_ready(instance.arrays, plan.ingest)
    savings = CardSavings.of(instance, ready, np.zeros(len(instance.targets)))
    return replace(plan, cards=savings.print_all(instance, plan.packs))


@pytest.mark.parametrize("family", FAMILIES)
def test_trips_get_better_time_after_time(family: str) -> None:
    instance = generate_instance(family, offices=9, days=30, seed=1)
    plan = POLICIES["tiers"].plan(instance)
    resupply, prices, duals = resupply_of(instance)
    costs = [float(cost_of(instance, at_full_speed(instance, plan)).total)]
    for _ in range(2):
        new = resupply.improve(plan, prices, duals, 3, 5.0)
        assert is_valid(instance, new)
        assert (new.ingest == plan.ingest).all()
        costs.append(float(cost_of(instance, new).total))
        plan = new
    assert costs[1] < costs[0]
    assert costs[2] <= costs[1] * (1 + 1e-4)


def test_another_backend_chooses_trips_where_offices_lend() -> None:
    found = {}
    for family in ("lending", "hubs"):
        instance = generate_instance(family, offices=9, days=30, seed=1)
        own, prices, duals = resupply_of(instance)
        resupply = Resupply(
            own.formulation,
            own.couplings,
            own.blocks,
            own.workers,
            "highs",
            OPTIONS,
            search_backend="ortools",
        )
        found[family] = resupply.choosing
        plan = POLICIES["tiers"].plan(instance)
        plans = [each.improve(plan, prices, duals, 3, 5.0) for each in (own, resupply)]
        costs = [float(cost_of(instance, each).total) for each in plans]
        assert costs[1] == pytest.approx(costs[0], rel=2e-3)
    assert found == {"lending": "ortools", "hubs": "highs"}


@pytest.mark.parametrize("family", FAMILIES)
def test_little_is_left_to_a_solver_that_keeps_the_slots(family: str) -> None:
    instance = generate_instance(family, offices=5, days=25, seed=3)
    plan = POLICIES["proportional"].plan(instance)
    resupply, prices, duals = resupply_of(instance)
    new = plan
    for _ in range(3):
        better = resupply.improve(new, prices, duals, 4, 5.0)
        new = min(new, better, key=lambda each: cost_of(instance, each).total)
    formulation = resupply.formulation
    model, vector = formulation.model, formulation.embed(plan)
    slots = marked(len(vector), formulation.variables.ingest, formulation.variables.not_ingested)
    kept = replace(
        model,
        column_lower=np.where(slots, vector, model.column_lower),
        column_upper=np.where(slots, vector, model.column_upper),
    )
    best = get_backend("highs").solve(kept, SolveOptions(gap=1e-4, time_limit=20.0))
    assert best.objective is not None
    before, after = (float(cost_of(instance, each).total) for each in (plan, new))
    senders = any(map(sends, resupply.blocks))
    left = (0.15 if senders else 0.03) * (before - best.objective) + 1e-4 * best.objective
    assert after - best.objective <= left


def test_with_little_time_left_there_are_fewer_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = generate_instance("blanks", offices=9, days=30, seed=1)
    plan = POLICIES["tiers"].plan(instance)
    rounds = 0
    worth = Programme.worth

    def counted(
        programme: Programme, backend: str, options: SolveOptions, earlier: Programme | None
    ) -> Worth:
        nonlocal rounds
        rounds += 1
        return worth(programme, backend, options, earlier)

    monkeypatch.setattr(Programme, "worth", counted)
    for left, expected in ((math.inf, 3), (0.0, 1)):
        resupply, prices, duals = resupply_of(instance)
        rounds = 0
        new = resupply.improve(plan, prices, duals, 3, 1.0, left)
        assert rounds == expected
        assert cost_of(instance, new).total < cost_of(instance, at_full_speed(instance, plan)).total


@settings(max_examples=40)
@given(instance=instances(), policy=st.sampled_from(sorted(POLICIES)))
def test_any_plan_stays_valid(instance: Instance, policy: str) -> None:
    plan = POLICIES[policy].plan(instance)
    resupply, prices, duals = resupply_of(instance, 2)
    new = resupply.improve(plan, prices, duals, 2, 1.0)
    assert is_valid(instance, new)
