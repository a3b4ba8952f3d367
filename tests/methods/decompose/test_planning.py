"""Plans made of prices: a first one, and turns of trips and slots from there."""

from __future__ import annotations

from allocator import generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.planning import Planner
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.methods.record import Record
from allocator.plan.arrays import PlanArrays


def test_a_turn_follows_a_first_plan_even_where_prices_are_next() -> None:
    instance = generate_instance("quota", offices=12, days=24)
    clock = Clock()
    record, nation = Record(instance, clock), Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    start = Start(nation.couplings.limit * 0.0)
    options = SolveOptions(tolerance=1e-4, prove=False)
    generation = nation.generation(start, nothing, Workers(clock, 1), "highs", options)
    for _ in range(3):
        generation.step(2, 1e-3)
    planner = Planner(record, clock, nation, generation)
    planner.begin(10.0)
    first = record.cost
    assert planner.improve(5, 0.0, 10.0, lambda: True) == 1
    assert record.cost < first
    record.offer_bound(0.0)
    assert planner.improve(5, 1.0, 10.0) == 0  # the gap is reached
