"""The choice of whole plans: within the limits of packs, near its relaxation, at prices of its own."""

from __future__ import annotations

import numpy as np
import pytest

from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.whole_choice import WholeChoice
from allocator.methods.decompose.whole_plans import WholePlans, as_whole, find_whole_plans
from tests.methods.decompose.test_variants import OPTIONS, priced


def looks_of(generation: ColumnGeneration) -> list[list[WholePlans]]:
    pool, result = generation.pool, []
    for block, plans, mixture in zip(pool.blocks, pool.plans, pool.mixtures, strict=True):
        mixed = plans.some(np.arange(len(mixture.shares)))
        found = find_whole_plans(block, mixed, generation.best_prices, "highs", OPTIONS, mixture.basis, None)
        result.append(found.looks)
    return result


def nothing_of(generation: ColumnGeneration) -> list[WholePlans]:
    return [
        as_whole(
            block,
            one_plan_each(block, np.zeros(len(block.trips.office))),
            generation.best_prices,
            "highs",
            OPTIONS,
        )
        for block in generation.pool.blocks
    ]


@pytest.mark.parametrize("family", ["quota", "blanks"])
def test_a_choice_keeps_the_limits_of_packs_and_comes_near_its_relaxation(family: str) -> None:
    nation, generation = priced(family)
    couplings, blocks = nation.couplings, generation.pool.blocks
    whole = WholeChoice(generation, looks_of(generation))
    # Mixtures of mixtures cost no more than of whole plans.
    assert whole.estimate >= generation.best_estimate * (1 - 1e-6)
    assert whole.ahead == np.inf
    whole.step()
    before = whole.ahead
    for _ in range(5):
        whole.step()
    assert -1e-6 <= whole.ahead < max(before, 1e-6)
    now = nothing_of(generation)
    chosen = whole.choose(now)
    used = sum(block.trip_use @ each.packs for block, each in zip(blocks, chosen, strict=True))
    assert (used <= couplings.limit + 1e-6)[couplings.in_packs].all()
    total = np.stack([each.use for each in chosen], axis=1).sum(axis=1)
    assert total[couplings.in_packs] == pytest.approx(used[couplings.in_packs])
    # What it asks for of slots is about what there is.
    slots = np.array(couplings.kind) == "quota"
    assert total[slots].sum() <= 1.05 * couplings.limit[slots].sum()
    nobody = sum(float(each.cost.sum()) for each in now) + generation.constant
    costs = [
        as_whole(block, one_plan_each(block, each.packs), generation.best_prices, "highs", OPTIONS).cost.sum()
        for block, each in zip(blocks, chosen, strict=True)
    ]
    assert sum(costs) + generation.constant < nobody
    assert [each.packs.tolist() for each in whole.choose(now)] == [each.packs.tolist() for each in chosen]
