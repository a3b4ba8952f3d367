"""What an office prints with its blanks, against the recursion day by day."""

from __future__ import annotations

from hypothesis import given

from allocator.instance.models import Instance
from allocator.methods.policies.stores import Stores
from tests.tools.instances import tiny_instance
from tests.tools.strategies import instances


@given(instances())
def test_prints_all_it_can(instance: Instance) -> None:
    arrays = instance.arrays
    ready = arrays.ready_from_before.sum(axis=1)
    stores = Stores(instance, ready)
    for i in range(len(ready)):
        printed = 0
        for day in range(arrays.days):
            cards = int(arrays.blanks[i, day] * arrays.good_per_thousand[i] // 1000)
            with_blanks = min(printed + int(arrays.print_capacity[i, day]), int(ready[i, day]))
            short = with_blanks > cards
            printed = min(with_blanks, cards)
            assert stores.printed[i, day] == printed
            assert (stores.next_shortage[i, day] == day) == short


def _office(**fields: object) -> Stores:
    instance = tiny_instance(
        days=6,
        pack_size=10,
        streams=[{"id": "ready"}],
        offices=[{"id": "a", "demand": {"ready": {"backlog": [{"age_days": 1, "records": 40}]}}, **fields}],
    )
    return Stores(instance, instance.arrays.applied.sum(axis=1))


def test_store_holds_what_is_left_after_the_day_of_arrival() -> None:
    stores = _office(print_capacity=6, max_blanks=4)
    assert stores.try_packs(0, 1, arrival=2).excess_packs == 0
    assert stores.try_packs(0, 3, arrival=2).excess_packs == 2


def test_later_packs_keep_earlier_promises() -> None:
    stores = _office(print_capacity=5, max_blanks=5)
    stores.add_packs(0, 1, arrival=3)
    assert stores.try_packs(0, 1, arrival=1).excess_packs == 0  # 10 blanks, used up on days 1 and 2
    assert stores.try_packs(0, 1, arrival=2).excess_packs == 1  # 5 would be left for day 3: 10 then


def test_packs_for_others_are_not_used() -> None:
    stores = _office(print_capacity=5)
    assert stores.try_packs(0, 2, arrival=1, leave=4).printed.tolist() == [0] * 6
    stores.add_packs(0, 2, arrival=1, leave=4)
    assert stores.printed[0].tolist() == [0] * 6


def test_what_is_needed_is_not_lent() -> None:
    assert _office(print_capacity=5, blanks=39).lendable[0].tolist() == [0] * 6  # prints 30
    assert _office(print_capacity=5, blanks=40).lendable[0].tolist() == [1] * 6
    assert _office(print_capacity=9, blanks=60).lendable[0].tolist() == [2] * 6  # has 40 records


def test_spoiled_blanks() -> None:
    stores = _office(print_capacity=50, blanks=30, spoiled_per_thousand=500)
    assert stores.printed[0].tolist() == [15] * 6
    assert stores.cards_per_pack(0) == 5
