"""Plans that are of no use are forgotten, and what is left is worth the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Instance, generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.forgetting import of_use, remembered, without_forgotten
from allocator.methods.decompose.mixtures import mix
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import first_plans
from allocator.methods.decompose.pricing import price_block
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.plan.arrays import PlanArrays
from tests.tools.prices import KINDS, blocks_at
from tests.tools.strategies import instances

OPTIONS = SolveOptions(tolerance=1e-4)


def test_what_was_not_used_for_four_rounds_is_forgotten() -> None:
    last = np.zeros(0, dtype=np.int64)
    used = np.array([True, False, False])
    for now in range(1, 5):
        kept, last = remembered(last, used, now)
        assert kept.tolist() == [0, 1, 2]
    kept, last = remembered(last, np.array([True, False, True]), 5)
    assert kept.tolist() == [0, 2]
    assert last.tolist() == [5, 5]
    kept, last = remembered(last, np.array([False, False, False]), 6)
    assert last.tolist() == [5, 5, 6]  # the last one is new


@settings(max_examples=30)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_what_is_left_is_worth_the_same_and_begins_where_it_ended(
    instance: Instance, kind: str, seed: int
) -> None:
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        priced = price_block(block, first_plans(block, prices), prices, 4, 1e-4, False, "highs", OPTIONS)
        used = of_use(block, priced.plans, priced.mixture)
        assert used[len(priced.mixture.shares) :].all()
        kept = np.nonzero(used)[0]
        left = without_forgotten(block, priced.mixture, kept)
        assert left.shares.sum() == pytest.approx(priced.mixture.shares.sum())
        mixed = priced.plans.some(kept[kept < len(priced.mixture.shares)])
        assert mixed.packs.T @ left.shares == pytest.approx(
            priced.plans.some(np.arange(len(priced.mixture.shares))).packs.T @ priced.mixture.shares
        )
        again = mix(block, mixed, prices, "highs", OPTIONS, left.basis)
        assert again.value == pytest.approx(priced.mixture.value, rel=1e-6, abs=1e-3)
        # Doing without trips stays a choice.
        idle = np.diff(priced.plans.some(kept).packs.indptr) == 0
        assert set(priced.plans.office[kept[idle]].tolist()) == set(range(len(block.offices)))


@pytest.mark.parametrize(("family", "forgets"), [("blanks", True), ("lending", False)])
def test_column_generation_forgets_and_is_as_near(family: str, *, forgets: bool) -> None:
    instance = generate_instance(family, offices=12, days=24)
    nation = Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    generation = nation.generation(
        Start(nation.couplings.limit * 0.0, 0.3), nothing, Workers(Clock(), 1), "highs", OPTIONS
    )
    forgot = 0
    for _ in range(12):
        before = sum(len(plans.office) for plans in generation.pool.plans)
        standing = generation.step(2, 1e-4)
        forgot += sum(len(plans.office) for plans in generation.pool.plans) < before
        for plans, mixture, shares in zip(
            generation.pool.plans, generation.pool.mixtures, generation.plan_shares(), strict=True
        ):
            assert len(mixture.shares) <= len(plans.office) == len(shares)
    assert (forgot > 0) == forgets
    assert standing.ahead < 1e-2
    bound = generation.step(8, 1e-4, exact=True).bound
    assert bound <= generation.best_estimate + 1e-6 * abs(bound)
    assert bound >= (1.0 - 2e-3) * generation.best_estimate
