"""Blocks at any prices: the proven bound is below every plan, and mixtures are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from allocator import Instance, Plan, generate_instance
from allocator.backends import SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.column_generation import lagrangian
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.plans import Plans, first_plans, one_plan_each
from allocator.methods.decompose.pricing import price_block
from allocator.methods.decompose.splitting import take_apart
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.verdict import empty_cost, verify
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.prices import KINDS, blocks_at, prices_of
from tests.tools.random_instances import TINY, Size, random_instance
from tests.tools.strategies import cases, instances

OPTIONS = SolveOptions(tolerance=1e-4)
SMALLER = Size(offices=2, days=4, streams=2, depots=2, lanes=4, records=5, packs=3, pack_size=4)


kinds = st.sampled_from(KINDS)


def first(block: Block, prices: Vector) -> Plans:
    return one_plan_each(block, np.zeros(len(block.trips.office))).joined(first_plans(block, prices))


def bound_at(instance: Instance, kind: str, seed: int) -> float:
    """The proven bound at such prices."""
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    prices = prices_of(couplings, kind, seed)
    bounds = []
    for block in take_apart(formulation, couplings, 2):
        priced = price_block(block, first(block, prices), prices, 2, 1e-6, True, "highs", OPTIONS)
        bounds.append(priced.bound)
        assert (priced.estimate <= priced.mixture.value + 1e-3 + 1e-6 * np.abs(priced.mixture.value)).all()
    return lagrangian(bounds, prices, couplings.limit, formulation.model.offset)


def below(bound: float, cost: float) -> bool:
    return bound <= cost + 1e-9 * max(1.0, abs(cost))


@given(case=cases(careful=True), kind=kinds, seed=st.integers(0, 99))
def test_the_bound_is_below_any_valid_plan(case: tuple[Instance, Plan], kind: str, seed: int) -> None:
    instance, plan = case
    bound = bound_at(instance, kind, seed)
    assert below(bound, float(empty_cost(instance).total))
    verdict = verify(instance, plan)
    if verdict.valid:
        assert below(bound, float(verdict.cost.total))


@settings(max_examples=60)
@given(seed=st.integers(0, 10**9), size=st.sampled_from([TINY, SMALLER]), kind=kinds)
def test_the_bound_is_below_the_optimum(seed: int, size: Size, kind: str) -> None:
    instance = random_instance(seed, size)
    try:
        optimum = find_optimum(instance, 5_000)
    except TooLargeError:
        assume(False)
    assert below(bound_at(instance, kind, seed % 1000), float(optimum.cost))


@settings(max_examples=20)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_more_rounds_never_make_the_mixture_worse(instance: Instance, kind: str, seed: int) -> None:
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        plans = first(block, prices)
        once, often = (
            price_block(block, plans, prices, rounds, 0.0, False, "highs", OPTIONS) for rounds in (1, 4)
        )
        slack = 1e-3 + 1e-6 * abs(once.mixture.value.sum())
        assert often.mixture.value.sum() <= once.mixture.value.sum() + slack
        assert (often.estimate >= once.estimate - slack).all()
        assert len(often.plans.office) >= len(once.plans.office)


@pytest.mark.parametrize("family", ["quota", "blanks", "hubs", "lending"])
def test_rounds_close_the_gap_of_a_block(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20)
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    prices = np.zeros(len(couplings.limit))
    for block in take_apart(formulation, couplings, 16):
        priced = price_block(block, first(block, prices), prices, 20, 1e-7, True, "highs", SolveOptions())
        value = priced.mixture.value.sum()
        assert priced.bound.sum() == pytest.approx(value, rel=1e-4)
        assert (priced.bound >= priced.estimate - 1e-6 * np.abs(priced.estimate)).all() or (
            priced.bound <= priced.mixture.value
        ).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), kind=kinds)
@example(seed=166, kind="none")  # a tier that costs nothing limits what can be overdue
def test_what_is_proven_is_no_less_than_estimated(seed: int, kind: str) -> None:
    instance = random_instance(seed, SMALLER)
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        priced = price_block(block, first(block, prices), prices, 3, 1e-6, True, "highs", OPTIONS)
        size = np.abs(priced.mixture.value) + prices.max(initial=0.0) * 100 + 1.0
        assert (priced.bound >= priced.estimate - 2e-3 * len(block.offices) - 1e-7 * size).all()


def test_keeping_the_rows_of_each_day_proves_more() -> None:
    """Where plans print in steps the bound can be above what the mixture of them costs at prices."""
    instance = generate_instance("quota", offices=8, days=60)
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    left = instance.days - couplings.place[:, 0]
    prices = np.where(np.array(couplings.kind) == "quota", 9000.0 * left, 0.0)
    (block,) = take_apart(formulation, couplings, 8)
    priced = price_block(block, first(block, prices), prices, 12, 1e-7, True, "highs", OPTIONS)
    assert priced.bound.sum() > 1.0001 * priced.mixture.value.sum()
