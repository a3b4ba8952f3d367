"""Whole plans: their records are the best that go with their trips, and what they cost is what those do."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.backends import SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.pricing import price_block
from allocator.methods.decompose.settling import Piece, settle, settled
from allocator.methods.decompose.whole_plans import WholePlans, as_whole, find_whole_plans
from allocator.milp.model import Vector
from tests.methods.decompose.test_variants import priced

OPTIONS = SolveOptions(tolerance=1e-7)


def settled_value(block: Block, packs: Vector, prices: Vector) -> Vector:
    """(J,) what offices cost with the best records for packs (E,), which are found from nothing."""
    point = np.zeros(block.records.shape[1])
    plans = one_plan_each(block, packs)
    best, _ = settle(Piece(block, plans, settled(block, point, packs)), prices, "highs", OPTIONS)
    assert best is not None
    value: Vector = (best.cost + best.use.T @ prices)[block.office_component]
    return value


def value(whole: WholePlans, prices: Vector) -> Vector:
    charged: Vector = whole.cost + whole.use.T @ prices
    return charged


@pytest.mark.parametrize("family", ["quota", "blanks", "outages"])
def test_they_cost_what_their_trips_cost_with_the_best_records(family: str) -> None:
    _, generation = priced(family)
    prices, pool = generation.best_prices, generation.pool
    for block, plans, mixture in zip(pool.blocks, pool.plans, pool.mixtures, strict=True):
        known = len(mixture.shares)
        found = find_whole_plans(
            block, plans.some(np.arange(known)), prices, "highs", OPTIONS, mixture.basis, None
        )
        assert len(found.looks) == 4
        again = find_whole_plans(
            block, plans.some(np.arange(known)), prices, "highs", OPTIONS, found.basis, found.own
        )
        best = price_block(block, plans, prices, 10, 1e-6, True, "highs", OPTIONS)
        least = best.bound[block.office_component]
        offices = np.arange(len(block.offices))
        for look in [*found.looks, *again.looks]:
            assert (look.plans.office == offices).all()
            packs = look.plans.packs_of(offices)
            assert value(look, prices) == pytest.approx(settled_value(block, packs, prices), rel=1e-6)
            assert (value(look, prices) >= least * (1 - 1e-6) - 1e-3).all()
        # The first answer is better than doing nothing, wherever anything is.
        nothing = as_whole(
            block, one_plan_each(block, np.zeros(len(block.trips.office))), prices, "highs", OPTIONS
        )
        assert value(nothing, prices) == pytest.approx(
            settled_value(block, np.zeros(len(block.trips.office)), prices), rel=1e-6
        )
        assert value(found.looks[0], prices).sum() < value(nothing, prices).sum()
