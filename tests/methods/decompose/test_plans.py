"""Plans of offices are the trips that they are made of."""

from __future__ import annotations

import numpy as np
import pytest

from allocator import generate_instance
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.splitting import take_apart
from allocator.milp.formulation import formulate


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
