"""The bound of the engine holds for every valid plan, at any prices: the property that all rests on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Instance, generate_instance, solve
from allocator.backends import SolveOptions
from allocator.methods.decompose.column_generation import lagrangian
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import first_plans, one_plan_each
from allocator.methods.decompose.pricing import price_block
from allocator.methods.policies import POLICIES
from allocator.verdict import cost_of
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.random_instances import TINY, random_instance
from tests.tools.strategies import instances

FAMILIES = ("quota", "blanks", "hubs", "lending", "election", "quota-step")


def bound_at(instance: Instance, scale: float, seed: int) -> float:
    """The bound at random prices of about this size."""
    nation = Nation.of(instance)
    couplings = nation.couplings
    prices = scale * np.random.default_rng(seed).exponential(size=len(couplings.limit))
    prices = np.minimum(prices, couplings.ceiling)
    bounds = []
    for block in nation.blocks:
        plans = one_plan_each(block, np.zeros(len(block.trips.office)))
        plans = plans.joined(first_plans(block, prices))
        options = SolveOptions(tolerance=1e-4)
        priced = price_block(block, plans, prices, 3, 1e-6, True, "highs", options)
        bounds.append(priced.bound)
    return lagrangian(bounds, prices, couplings.limit, nation.formulation.model.offset)


@settings(max_examples=15)
@given(instance=instances(), scale=st.sampled_from([0.0, 0.1, 1.0, 10.0, 1e4]), seed=st.integers(0, 99))
def test_the_bound_is_below_every_policy(instance: Instance, scale: float, seed: int) -> None:
    bound = bound_at(instance, scale, seed)
    for policy in POLICIES.values():
        cost = float(cost_of(instance, policy.plan(instance)).total)
        assert bound <= cost + 1e-6 * max(1.0, abs(cost))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_bound_of_a_family_is_below_its_policies(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20)
    for scale in (0.0, 1e2, 1e5):
        bound = bound_at(instance, scale, 0)
        for policy in POLICIES.values():
            assert bound <= float(cost_of(instance, policy.plan(instance)).total)


@pytest.mark.parametrize("seed", [0, 2])
def test_the_bound_at_good_prices_of_hubs_is_below_the_optimum(seed: int) -> None:
    instance = generate_instance("hubs", offices=4, days=40, seed=seed)
    direct = solve(instance, method="direct", time_limit=8, gap=1e-6)
    parts = solve(instance, method="decompose", rounds=15, workers=1, time_limit=60, gap=0.0)
    assert parts.bound is not None
    assert 0.99 * direct.objective <= parts.bound <= direct.objective * (1 + 1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_direct_and_decompose_agree(family: str) -> None:
    instance = generate_instance(family, offices=6, days=15)
    direct = solve(instance, method="direct", time_limit=10)
    parts = solve(instance, method="decompose", rounds=6, workers=1, time_limit=60, gap=0.0)
    assert direct.bound is not None
    assert parts.bound is not None
    assert parts.verdict.valid
    assert parts.bound <= direct.objective * (1 + 1e-9)
    assert direct.bound <= parts.objective * (1 + 1e-6)


@pytest.mark.parametrize("backend", ["ortools", "pulp"])
def test_other_backends_for_the_pieces_agree(backend: str) -> None:
    instance = generate_instance("islands", offices=6, days=15)
    usual = solve(instance, method="decompose", rounds=4, workers=1, time_limit=60)
    other = solve(instance, method="decompose", rounds=4, workers=1, time_limit=60, backend=backend)
    assert usual.bound is not None
    assert other.bound is not None
    assert other.failure is None
    assert other.bound <= usual.objective
    assert usual.bound <= other.objective


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_of_tiny_instances_lies_between(seed: int) -> None:
    instance = random_instance(seed, TINY)
    try:
        optimum = float(find_optimum(instance).cost)
    except TooLargeError:
        pytest.skip("too many plans to enumerate")
    outcome = solve(instance, method="decompose", rounds=3, workers=1, time_limit=30, gap=0.0)
    assert outcome.bound is not None
    assert outcome.bound <= optimum + 1e-6 * max(1.0, abs(optimum))
    assert optimum <= outcome.objective + 1e-9 * max(1.0, abs(optimum))
