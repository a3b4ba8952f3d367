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
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.pricing import (
    Plans,
    card_worth,
    first_plans,
    mix,
    one_plan_each,
    price_block,
)
from allocator.methods.decompose.splitting import take_apart
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.verdict import empty_cost, verify
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.random_instances import TINY, Size, random_instance
from tests.tools.strategies import cases, instances

OPTIONS = SolveOptions(tolerance=1e-4)
SMALLER = Size(offices=2, days=4, streams=2, depots=2, lanes=4, records=5, packs=3, pack_size=4)


def prices_of(couplings: Couplings, kind: str, seed: int) -> Vector:
    """Prices of a kind: none, alike, very different, for few resources only, beyond all reason."""
    draw = np.random.default_rng(seed)
    count = len(couplings.limit)
    prices: Vector = {
        "none": np.zeros(count),
        "usual": draw.exponential(size=count),
        "uneven": 10.0 ** draw.uniform(-6, 6, count),
        "sparse": np.where(draw.uniform(size=count) < 0.2, 50 * draw.exponential(size=count), 0.0),
        "wild": 1e9 * draw.exponential(size=count),
    }[kind]
    capped: Vector = np.minimum(prices, couplings.ceiling)
    return capped


KINDS = ("none", "usual", "uneven", "sparse", "wild")
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


@settings(max_examples=30)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_a_mixture_is_feasible_and_costs_what_it_says(instance: Instance, kind: str, seed: int) -> None:
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    prices = prices_of(couplings, kind, seed)
    for block in take_apart(formulation, couplings, 16):
        plans = first(block, prices)
        mixture = mix(block, plans, prices, "highs", OPTIONS)
        scale = 1e-5 * (1.0 + np.abs(mixture.value))
        assert (np.abs(mixture.cost + mixture.use.T @ prices - mixture.value) <= scale).all()
        shares = np.bincount(plans.office, mixture.shares, len(block.offices))
        assert shares == pytest.approx(np.ones(len(block.offices)), abs=1e-6)
        assert (mixture.shares >= -1e-6).all()
        assert (card_worth(block, mixture.duals) >= 0).all()
        packs = plans.packs.T @ mixture.shares
        use = block.use @ mixture.point + block.trip_use @ packs
        assert mixture.use.sum(axis=1) == pytest.approx(use, rel=1e-6, abs=1e-6)


@settings(max_examples=20)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_more_rounds_never_make_the_mixture_worse(instance: Instance, kind: str, seed: int) -> None:
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    prices = prices_of(couplings, kind, seed)
    for block in take_apart(formulation, couplings, 16):
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


def test_the_lagrangian_is_rounded_down() -> None:
    exact = 3.0 + 0.1 + 0.2 - 0.25 * 8.0
    value = lagrangian([np.array([0.1]), np.array([0.2])], np.array([0.25]), np.array([8.0]), 3.0)
    assert exact - 1e-9 < value < exact


def test_one_plan_each_is_the_trips_given() -> None:
    instance = generate_instance("blanks", offices=6, days=20)
    formulation = formulate(instance)
    block = take_apart(formulation, find_couplings(formulation), 16)[0]
    draw = np.random.default_rng(0)
    packs = np.where(draw.uniform(size=len(block.trips.most)) < 0.2, block.trips.most, 0).astype(np.float64)
    plans = one_plan_each(block, packs)
    assert plans.office.tolist() == list(range(len(block.offices)))
    assert plans.packs.sum(axis=0).tolist() == packs.tolist()
    assert plans.cost.sum() == pytest.approx(packs @ block.price + block.fixed[packs > 0].sum())
    nothing = one_plan_each(block, 0 * packs)
    assert not nothing.cost.any()
    assert (nothing.printed <= plans.printed + 1e-9).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), kind=kinds)
@example(seed=166, kind="none")  # a tier that costs nothing limits what can be overdue
def test_what_is_proven_is_no_less_than_estimated(seed: int, kind: str) -> None:
    instance = random_instance(seed, SMALLER)
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    prices = prices_of(couplings, kind, seed)
    for block in take_apart(formulation, couplings, 16):
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
