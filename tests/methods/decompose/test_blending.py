"""Plans between those that are mixed: whole, as much in all, and possible."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from allocator import generate_instance
from allocator.methods.decompose.blending import blended
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.plans import plans_of
from allocator.methods.decompose.splitting import take_apart
from allocator.milp.formulation import formulate


@pytest.fixture(scope="module")
def block() -> Block:
    formulation = formulate(generate_instance("lending", offices=12, days=40, seed=4))
    blocks = take_apart(formulation, find_couplings(formulation), 4)
    return max(blocks, key=lambda block: len(block.trips.office))


def trips_of(block: Block, office: int) -> list[int]:
    """Some that can bring a hundred packs."""
    trips = block.trips
    return np.nonzero((trips.office == office) & (trips.most >= 60) & (trips.least == 1))[0][:3].tolist()


def test_a_plan_takes_from_each_source_what_the_mixture_does(block: Block) -> None:
    first, second, third = trips_of(block, 1)
    loads = np.zeros((3, len(block.trips.office)))
    loads[0, first], loads[1, second], loads[1, third], loads[2, first] = 40.0, 41.0, 20.0, 1.0
    plans = plans_of(block, np.array([1, 1, 1]), sp.csr_array(loads))
    found = blended(block, plans, np.array([0.25, 0.75, 1e-6]))
    assert found.office.tolist() == [1] * 5
    assert found.packs.toarray()[:3] == pytest.approx(loads)
    rounded, total = found.packs.toarray()[3:]
    assert rounded[[first, second, third]].tolist() == [10.0, 31.0, 15.0]
    assert total[[first, second, third]].tolist() == [10.0, 31.0, 15.0]  # 10, 40.75 and 55.75 by then
    assert rounded.sum() == total.sum() == 56.0
    same = plans_of(block, np.array([1, 1]), sp.csr_array(np.stack([rounded, total])))
    assert found.cost[3:] == pytest.approx(same.cost)
    assert found.printed[3:] == pytest.approx(same.printed)


def test_what_has_been_carried_is_rounded_where_loads_are_small(block: Block) -> None:
    trips = trips_of(block, 0)
    loads = np.zeros((3, len(block.trips.office)))
    for plan, trip in enumerate(trips):
        loads[plan, trip] = 1.0
    plans = plans_of(block, np.zeros(3, dtype=np.int64), sp.csr_array(loads))
    rounded, total = blended(block, plans, np.full(3, 1.0 / 3.0)).packs.toarray()[3:]
    assert rounded.sum() == 0.0
    assert total[trips].tolist() == [0.0, 1.0, 0.0]


def test_whole_choices_have_nothing_between_them(block: Block) -> None:
    plans = plans_of(block, np.array([0, 1]), sp.csr_array((2, len(block.trips.office))))
    assert blended(block, plans, np.ones(2)) is plans
