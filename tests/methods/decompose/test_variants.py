"""Plans on their own: worth no less than the bound says, and a basis to settle them from."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import generate_instance
from allocator.backends import BasisStatus, SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.completion import saved_on
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.pricing import price_block
from allocator.methods.decompose.restocking import Savings
from allocator.methods.decompose.settling import Piece, settle, settled
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.variants import find_variants
from allocator.methods.decompose.workers import Workers
from allocator.plan.arrays import PlanArrays

OPTIONS = SolveOptions(tolerance=1e-7)


def priced(family: str) -> tuple[Nation, ColumnGeneration]:
    """A small nation after some rounds of prices."""
    instance = generate_instance(family, offices=12, days=45)
    nation = Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    with closing(Workers(Clock(), 1)) as crew:
        start = np.zeros(len(nation.couplings.limit))
        generation = nation.generation(Start(start, 0.3), nothing, crew, "highs", OPTIONS)
        generation.box.reach[:] = generation.box.level_reach = 1e5
        for _ in range(8):
            generation.step(6, 1e-4)
    return nation, generation


@pytest.mark.parametrize("family", ["quota", "blanks", "outages"])
def test_no_plan_is_worth_more_than_the_bound_allows(family: str) -> None:
    nation, generation = priced(family)
    prices, pool = generation.best_prices, generation.pool
    shares = generation.plan_shares()
    for k, block in enumerate(pool.blocks):
        best = price_block(block, pool.plans[k], prices, 10, 1e-6, True, "highs", OPTIONS)
        known = len(best.mixture.shares)
        plans = best.plans.some(np.arange(known))
        own = np.append(shares[k], np.zeros(known))[:known]
        ceiling = nation.couplings.ceiling
        found = find_variants(block, plans, best.mixture, own, prices, ceiling, "highs", OPTIONS)
        more, option, basis = found.plans, found.option, found.basis
        assert len(more.office) == known + 2 * len(block.offices)
        charged = option.value + option.use.T @ prices
        least = np.full(len(block.offices), np.inf)
        np.minimum.at(least, option.office, charged)
        # What was looked at is at its true cost.
        for look in found.looks:
            assert (least <= (look.cost + look.use.T @ prices) * (1 + 1e-9) + 1e-3).all()
        assert (least >= best.bound[block.office_component] * (1 - 1e-6) - 1e-3).all()
        assert basis is not None
        assert (basis.columns == BasisStatus.BASIC).sum() + (basis.rows == BasisStatus.BASIC).sum() == len(
            basis.rows
        )
        # Whatever is chosen, the basis leads to the same records as none.
        nothing = np.zeros(len(block.trip_columns))
        point = np.zeros(block.records.shape[1])
        piece = Piece(block, one_plan_each(block, nothing), settled(block, point, nothing))
        from_basis, cold = (settle(piece, prices, "highs", OPTIONS, start)[0] for start in (basis, None))
        assert from_basis is not None
        assert cold is not None
        values = [float((each.cost + each.use.T @ prices).sum()) for each in (from_basis, cold)]
        assert values[0] == pytest.approx(values[1], rel=1e-7)


@given(seed=st.integers(0, 2**32 - 1))
def test_cards_save_day_by_day(seed: int) -> None:
    draw = np.random.default_rng(seed)
    offices, days, steps, plans = draw.integers(1, 4, size=4)
    amount = draw.choice([0.0, 1.0, 2.5, np.inf], size=(offices, days, steps))
    rate = -np.sort(-draw.integers(0, 9, size=(offices, days, steps)).astype(np.float64), axis=2)
    office = draw.integers(0, offices, size=plans)
    printed = draw.uniform(0, 6, size=(plans, days))
    expected = [
        sum(saved_on(cards[day], day, amount[own], rate[own]) for day in range(days))
        for own, cards in zip(office, printed, strict=True)
    ]
    assert Savings(amount, rate).of(office, printed) == pytest.approx(expected)
