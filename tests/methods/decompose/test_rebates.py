"""Trips with a rebate for packs beyond a load: the search knows what they cost, however many there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from allocator import generate_instance
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import beyond, plans_of
from allocator.methods.decompose.pricing import Charge
from allocator.methods.decompose.rebates import Twins
from allocator.methods.decompose.restocking import Savings
from allocator.methods.decompose.senders import sends


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_costs_less_than_the_search_finds_and_its_own_costs_that(seed: int) -> None:
    random = np.random.default_rng(seed)
    for each in filter(sends, Nation.of(generate_instance("hubs", offices=6, days=30, seed=seed)).blocks):
        trips = len(each.trips.office)
        usual = random.integers(1, 4, trips).astype(np.float64)
        block = replace(each, usual=np.minimum(usual, each.trips.most))
        price = block.price * random.uniform(0.2, 1.5, trips)
        charge = Charge(block.fixed, price, np.zeros(trips), random.uniform(0.0, 0.9, trips) * price)
        worth = Savings.steady(block.full_worth * random.uniform(0.1, 1.0))
        found = charge.restock(block, worth, exact=True)
        best = plans_of(block, found.office, found.packs)
        costs = charge.costs(block, best) - worth.of(best.office, best.printed)
        np.testing.assert_allclose(
            [costs[found.office == office].min() for office in range(len(block.offices))],
            found.value,
            rtol=1e-6,
        )
        # Others: more or fewer packs on trips of these, and trips at random.
        packs = np.concatenate([found.packs.toarray(), random.integers(0, 2, (len(found.office), trips))])
        office = np.tile(found.office, 2)
        packs = np.maximum(
            packs + random.integers(-1, 3, packs.shape) * (random.random(packs.shape) < 0.1), 0
        )
        packs = np.minimum(packs, block.trips.most) * (block.trips.office == office[:, None])
        others = plans_of(block, office, sp.csr_array(packs.astype(np.float64)))
        costs = charge.costs(block, others) - worth.of(office, others.printed)
        assert (costs >= found.value[office] - 1e-6 * np.abs(found.value[office]) - 1.0).all()


def test_twins_follow_their_trips_and_share_what_these_carry() -> None:
    (block, *_) = filter(sends, Nation.of(generate_instance("hubs", offices=6, days=30)).blocks)
    trips = len(block.trips.office)
    usual = np.full(trips, 2.0)
    rebated = np.arange(trips) % 2 == 0
    twins = Twins.of(block.trips, usual, rebated)
    doubled = rebated & (block.trips.most > 2)
    assert np.array_equal(np.bincount(twins.trip, minlength=trips), 1 + doubled)
    found = twins.opportunities
    assert (np.diff(found.office) >= 0).all()
    assert found.most[~twins.is_twin & doubled[twins.trip]].max() == 2
    assert found.least[twins.is_twin].min() == 3
    packs = sp.csr_array(np.full((1, len(twins.trip)), 2.0))
    together = twins.together(packs, block.trips.most).toarray()[0]
    assert np.array_equal(together, np.minimum(np.where(doubled, 4.0, 2.0), block.trips.most))


def test_beyond_the_usual_load() -> None:
    packs = sp.csr_array(np.array([[0.0, 3.0, 1.0], [5.0, 2.0, 0.0]]))
    more = beyond(packs, np.array([2.0, 2.0, 1.0])).toarray()
    assert more.tolist() == [[0.0, 1.0, 0.0], [3.0, 0.0, 0.0]]
