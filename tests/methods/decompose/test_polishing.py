"""A plan improved part by part stays valid, and never gets dearer."""

from __future__ import annotations

import pytest

from allocator import FAMILIES, Instance, generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.polishing import Polish
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import POLICIES
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import formulate
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of, is_valid

OPTIONS = SolveOptions(gap=1e-6)


def polish_of(instance: Instance, plan: PlanArrays) -> Polish:
    formulation = formulate(instance)
    return Polish(formulation, find_couplings(formulation), plan)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("policy", "together"), [("tiers", 1), ("proportional", 3)])
def test_no_limit_is_broken_and_nothing_is_lost(family: str, policy: str, together: int) -> None:
    instance = generate_instance(family, offices=9, days=15, seed=1)
    plan = POLICIES[policy].plan(instance)
    polish = polish_of(instance, plan)
    costs = [polish.formulation.model.value(polish.vector)]
    for first in range(0, len(polish.parts), together):
        chosen = list(range(first, min(first + together, len(polish.parts))))
        polish.improve(chosen, Workers(Clock(), 1), "highs", OPTIONS)
        costs.append(polish.formulation.model.value(polish.vector))
        assert (polish.used <= polish.couplings.limit + 1e-6)[polish.couplings.ceiling == float("inf")].all()
    assert costs == sorted(costs, reverse=True)
    better = round_plan(instance, polish.plan())
    assert is_valid(instance, better)
    assert cost_of(instance, better).total < cost_of(instance, plan).total
