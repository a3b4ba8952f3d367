"""What offices that lend need not keep: by hand, and on instances in which much is lent."""

from __future__ import annotations

import numpy as np
import pytest

from allocator import generate_instance
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.policies import POLICIES
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation, formulate
from allocator.plan.arrays import PlanArrays
from tests.tools.instances import tiny_instance

DAYS = 6


def lending_instance() -> Formulation:
    """A depot, a lender with 25 blanks of its own, and a borrower; 10 blanks in a pack."""
    return formulate(
        tiny_instance(
            days=DAYS,
            quota=100,
            pack_size=10,
            offices=[
                {"id": "lender", "print_capacity": 100, "blanks": 25, "demand": {"first": {"arrivals": 9}}},
                {"id": "borrower", "print_capacity": 100, "demand": {"first": {"arrivals": 9}}},
            ],
            depots=[{"id": "depot", "stock": 100}],
            lanes=[
                {"from": "depot", "to": "lender", "lead_days": 0, "fixed_cost": 1, "cost_per_pack": 1},
                {"from": "lender", "to": "borrower", "lead_days": 1, "fixed_cost": 1, "cost_per_pack": 1},
            ],
        )
    )


def only_block(formulation: Formulation) -> Block:
    (block,) = take_apart(formulation, find_couplings(formulation), 4)
    return block


def plan_with(packs: list[list[int]]) -> PlanArrays:
    nothing = np.zeros((2, 1, DAYS), dtype=np.int64)
    return PlanArrays(ingest=nothing, packs=np.array(packs), cards=nothing)


@pytest.mark.parametrize(
    ("packs", "kept"),
    [
        # Nothing is sent on: all is kept, two packs that were there and one that comes on day 3.
        ([[0, 0, 0, 1, 0, 0], [0] * 6], {(0, 0): 2, (0, 3): 1}),
        # A pack goes on day 4. The one of day 3 is passed on at once, since the stock never was needed.
        ([[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0]], {(0, 0): 2, (1, 5): 1}),
        # It goes on day 2: of what was there, since nothing else is there by then.
        ([[0, 0, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0]], {(0, 0): 1, (0, 3): 1, (1, 3): 1}),
        # All that was there and half of what comes.
        ([[0, 0, 0, 2, 0, 0], [0, 2, 0, 0, 1, 0]], {(0, 3): 1, (1, 2): 2, (1, 5): 1}),
    ],
)
def test_packs_are_kept_unless_they_must_go(packs: list[list[int]], kept: dict[tuple[int, int], int]) -> None:
    formulation = lending_instance()
    block = only_block(formulation)
    vector = formulation.embed(plan_with(packs))
    point, own = block.read(vector)
    places = zip(block.trips.office.tolist(), block.trips.arrival.tolist(), own.tolist(), strict=True)
    assert {(office, day): amount for office, day, amount in places if amount} == kept
    written = np.zeros(len(vector))
    block.write(written, point, own)
    assert (formulation.extract(written).packs == np.array(packs)).all()


def test_a_trip_for_nothing_else_is_a_trip() -> None:
    """Both packs of the trip are passed on: its fixed cost is in the records then."""
    formulation = lending_instance()
    block = only_block(formulation)
    point, own = block.read(formulation.embed(plan_with([[2, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0]])))
    trip = np.nonzero((block.trips.office == 0) & (block.trip_columns != ABSENT) & (block.trips.arrival == 0))
    assert own[trip] == 0
    assert point[block.transshipment.packs[trip]] == 2
    assert point[block.transshipment.trip[trip]] == 1
    assert block.records.objective[block.transshipment.trip[trip]] == 1


def test_offices_print_no_more_from_what_they_keep_than_the_plan_lets_them() -> None:
    instance = generate_instance("lending", offices=30, days=30)
    formulation = formulate(instance)
    lent = 0.0
    for policy in POLICIES.values():
        plan = policy.plan(instance)
        vector = formulation.embed(plan)
        cards = plan.cards.sum(axis=1).cumsum(axis=1)
        for block in take_apart(formulation, find_couplings(formulation), 8):
            point, kept = block.read(vector)
            assert (cards[block.offices] <= one_plan_each(block, kept).printed + 1e-6).all()
            lent += point[block.transshipment.packs[block.transshipment.packs != ABSENT]].sum()
    assert lent > 0
