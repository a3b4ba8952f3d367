"""Plans made of prices: a first one, and turns of trips and slots from there."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from allocator import Instance, generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.planning import Planner
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import get_policy
from allocator.methods.record import Record
from allocator.plan.arrays import PlanArrays


def planner_of(instance: Instance) -> Planner:
    """Before the first pricing, where nothing has a price."""
    clock = Clock()
    record, nation = Record(instance, clock), Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    start = Start(nation.couplings.limit * 0.0)
    options = SolveOptions(tolerance=1e-4, prove=False)
    generation = nation.generation(start, nothing, Workers(clock, 1), "highs", options)
    return Planner(record, clock, nation, generation)


@pytest.fixture
def begun() -> Planner:
    """With a first plan, after three rounds of pricing."""
    planner = planner_of(generate_instance("quota", offices=12, days=24))
    for _ in range(3):
        planner.generation.step(2, 1e-3)
    planner.begin(10.0)
    return planner


def test_a_turn_follows_a_first_plan_even_where_prices_are_next(begun: Planner) -> None:
    planner, record, first = begun, begun.record, begun.record.cost
    assert planner.improve(5, 0.0, 10.0, lambda: True) == 1
    assert record.cost < first
    record.offer_bound(0.0)
    assert planner.improve(5, 1.0, 10.0) == 0  # the gap is reached


def test_slots_stay_where_trips_alone_reach_the_gap(begun: Planner) -> None:
    planner, record, first = begun, begun.record, begun.record.cost
    record.offer_bound(0.9 * first)
    with patch.object(planner, "_spread", side_effect=AssertionError):
        assert planner.improve(1, 0.1 - 1e-9, 10.0) == 1
    assert record.cost < first


@pytest.mark.parametrize("family", ["blanks", "hubs"])
def test_a_turn_from_an_earlier_plan_says_what_packs_are_worth(family: str) -> None:
    instance = generate_instance(family, offices=16, days=24)
    planner = planner_of(instance)
    record, generation = planner.record, planner.generation
    record.offer_plan(get_policy("proportional").plan(instance), "start")
    planner.plan, before = record.plan, record.cost
    planner.resume(0.0, 10.0)
    assert record.cost < before
    packs = np.isin(generation.couplings.kind, ["depot", "handling"])
    assert generation.prices[packs].max() > 0
    assert (generation.prices[~packs] == 0).all()
    assert (generation.prices == generation.best_prices).all()
    standing = generation.step(8, 1e-4, exact=True)
    assert standing.bound <= record.cost
    # With no price for packs nothing but their freight would be in the bound.
    assert standing.bound > planner_of(instance).generation.step(8, 1e-4, exact=True).bound


def test_nothing_is_begun_again_where_the_plan_is_good_enough() -> None:
    planner = planner_of(generate_instance("blanks", offices=8, days=10))
    planner.record.offer_bound(0.0)
    planner.resume(1.0, 10.0)
    assert not planner.generation.prices.any()
