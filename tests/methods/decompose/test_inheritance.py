"""What a nation takes over from a sample: plans that are its own, and a shorter way to the same prices."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from allocator import FAMILIES, generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.inheritance import Estate, inherited
from allocator.methods.decompose.mixtures import mix
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import plans_of
from allocator.methods.decompose.sampling import smaller_nation, strata
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.plan.arrays import PlanArrays

OPTIONS = SolveOptions(tolerance=1e-4)


def begin(nation: Nation, crew: Workers, estate: Estate | None) -> ColumnGeneration:
    """Column generation from prices of zero."""
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(nation.formulation.instance)))
    prices = np.zeros(len(nation.couplings.limit))
    return nation.generation(Start(prices, 0.3, estate=estate), nothing, crew, "highs", OPTIONS)


def nation_and_sample(family: str, crew: Workers) -> tuple[Nation, Estate]:
    """A nation of 24 offices, and what two rounds over a third of them leave."""
    instance = generate_instance(family, offices=24, days=30)
    sample = smaller_nation(instance, 8)
    part = Nation.of(sample, strata(sample, [sample]))
    generation = begin(part, crew, None)
    for _ in range(2):
        generation.step(6, 1e-4)
    return Nation.of(instance, strata(instance, [sample])), Estate(sample, generation.pool)


@pytest.mark.parametrize("family", FAMILIES)
def test_blocks_of_the_same_offices_inherit(family: str) -> None:
    with closing(Workers(Clock(), 1)) as crew:
        nation, estate = nation_and_sample(family, crew)
    instance = nation.formulation.instance
    known = inherited(estate, instance, nation.blocks)
    drawn = {office.id for office in estate.instance.offices}
    for block, heritage in zip(nation.blocks, known, strict=True):
        inside = [instance.offices[office].id in drawn for office in block.offices]
        if heritage is None:
            continue
        assert all(inside)
        plans = heritage.plans
        assert (plans.packs.max(axis=0).toarray().ravel() <= block.trips.most).all()
        own = plans_of(block, plans.office, plans.packs)
        assert own.printed.tolist() == plans.printed.tolist()
        assert own.cost == pytest.approx(plans.cost)
        assert heritage.basis is not None
        prices = np.zeros(len(nation.couplings.limit))
        begun = mix(block, plans, prices, "highs", OPTIONS, heritage.basis)
        anew = mix(block, plans, prices, "highs", OPTIONS)
        assert begun.value.sum() == pytest.approx(anew.value.sum(), rel=1e-6)
    # Where offices stand alone the blocks of the sample are blocks of the nation.
    if not nation.has_senders:
        assert sum(heritage is not None for heritage in known) == len(estate.pool.blocks)


def test_an_heir_is_ahead_after_a_round() -> None:
    with closing(Workers(Clock(), 1)) as crew:
        nation, estate = nation_and_sample("printers", crew)
        first = begin(nation, crew, None).step(1, 0.0)
        heir = begin(nation, crew, estate).step(1, 0.0)
        last = begin(nation, crew, None).step(3, 0.0)
    assert heir.apart < 0.9 * first.apart
    assert last.estimate - heir.estimate < 0.9 * (last.estimate - first.estimate)


def test_nobody_inherits_from_nobody() -> None:
    instance = generate_instance("blanks", offices=6, days=10)
    nation = Nation.of(instance)
    assert inherited(None, instance, nation.blocks) == [None] * len(nation.blocks)
    other = generate_instance("blanks", offices=6, days=12)
    with closing(Workers(Clock(), 1)) as crew:
        generation = begin(Nation.of(other), crew, None)
    # The same offices with other trips.
    assert inherited(Estate(other, generation.pool), instance, nation.blocks) == [None] * len(nation.blocks)
