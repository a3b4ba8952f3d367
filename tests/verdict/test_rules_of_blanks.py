"""The rules about blanks and packs, 6 and 8 to 11: each just kept and broken by one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from allocator.verdict import verify
from tests.tools.plans import make_plan
from tests.tools.rule_cases import build, the_violation, violations


def test_6_a_card_needs_a_blank() -> None:
    instance = build(offices__0__blanks=2, offices__0__in_transit=[{"day": 1, "cards": 1}])
    kept = {("a", "ready", 0): 2, ("a", "ready", 1): 1}
    assert violations(instance, make_plan(instance, cards=kept)) == []
    broken = the_violation(instance, make_plan(instance, cards={("a", "ready", 0): 3}))
    assert (broken.rule, broken.office, broken.day) == (6, "a", 0)
    assert (broken.found, broken.limit, broken.amount) == (-1, 0, 1)


def test_6_spoiled_blanks_are_counted_exactly() -> None:
    # A card takes 1000/667 blanks: 2 cards need 2.9985, which 3 blanks are; 3 cards need 4.4978.
    instance = build(offices__0__blanks=3, offices__0__spoiled_per_thousand=333)
    assert violations(instance, make_plan(instance, cards={("a", "ready", 2): 2})) == []
    broken = the_violation(instance, make_plan(instance, cards={("a", "ready", 2): 3}))
    assert broken.rule == 6
    assert broken.amount == Fraction(3000, 667) - 3


def test_6_a_pack_needs_blanks_and_those_of_the_day_can_be_used() -> None:
    instance = build(offices__1__blanks=9)
    # On day 1 a pack passes through the east to b, and b sends one on, on the same day.
    moves = {("hub>east", 0): 1, ("east>b", 1): 1, ("b>a", 1): 1}
    assert violations(instance, make_plan(instance, packs=moves, cards={("b", "ready", 1): 9})) == []
    broken = violations(instance, make_plan(instance, packs={("b>a", 1): 1}))
    assert [(v.rule, v.office, v.day, v.found) for v in broken] == [(6, "b", 1, -1), (6, "b", 2, -1)]


def test_8_the_store_bounds_what_is_left_on_days_on_which_packs_arrive() -> None:
    instance = build(offices__0__blanks=5, offices__0__max_blanks=12)
    packs = {("hub>a", 0): 1}
    # 15 blanks on day 1, of which 3 are used: 12 are left.
    assert violations(instance, make_plan(instance, packs=packs, cards={("a", "ready", 1): 3})) == []
    # One card less: 13 left on day 1; on day 2 nothing arrives, so that the 13 break no rule any more.
    broken = the_violation(instance, make_plan(instance, packs=packs, cards={("a", "ready", 1): 2}))
    assert (broken.rule, broken.office, broken.day) == (8, "a", 1)
    assert (broken.found, broken.limit) == (13, 12)


def test_8_a_full_store_breaks_nothing_until_packs_arrive_by_a_lane() -> None:
    instance = build(offices__0__max_blanks=5, offices__0__in_transit=[{"day": 1, "cards": 50}])
    assert violations(instance, make_plan(instance)) == []
    broken = the_violation(instance, make_plan(instance, packs={("b>a", 0): 1}))
    assert (broken.rule, broken.day, broken.found, broken.limit) == (8, 1, 99 + 50 + 10, 5)


def test_8_counts_fractions_of_spoiled_blanks() -> None:
    # 3 cards take 3000/667 = 4.4978 of 15 blanks: 10.5022 are left, one more than 10 allows.
    changes = {"blanks": 5, "spoiled_per_thousand": 333, "max_blanks": 10}
    instance = build(**{f"offices__0__{name}": value for name, value in changes.items()})
    packs = {("hub>a", 0): 1}
    assert violations(instance, make_plan(instance, packs=packs, cards={("a", "ready", 1): 4})) == []
    broken = the_violation(instance, make_plan(instance, packs=packs, cards={("a", "ready", 1): 3}))
    assert (broken.rule, broken.amount) == (8, 15 - Fraction(3000, 667) - 10)


@pytest.mark.parametrize(("packs", "limit"), [(1, 2), (5, 4)])
def test_9_a_trip_is_of_a_size_that_the_lane_takes(packs: int, limit: int) -> None:
    instance = build(lanes__0__min_packs=2, lanes__0__max_packs=4)
    for kept in (2, 4):
        assert violations(instance, make_plan(instance, packs={("hub>a", 0): kept})) == []
    broken = the_violation(instance, make_plan(instance, packs={("hub>a", 0): packs}))
    assert (broken.rule, broken.lane, broken.day) == (9, "hub>a", 0)
    assert (broken.found, broken.limit, broken.amount) == (packs, limit, 1)


def test_9_repeated_rows_are_one_trip() -> None:
    instance = build(lanes__0__min_packs=2, lanes__0__fixed_cost=7)
    plan = make_plan(instance, packs={("hub>a", 0): 1})
    twice = plan.model_copy(update={"shipments": plan.shipments * 2})
    verdict = verify(instance, twice)
    assert verdict.valid
    assert verdict.cost.trips == 7


def test_9_nothing_leaves_on_days_on_which_the_lane_is_closed() -> None:
    instance = build(lanes__0__open=[True, False, True])
    assert violations(instance, make_plan(instance, packs={("hub>a", 0): 1})) == []
    broken = the_violation(instance, make_plan(instance, packs={("hub>a", 1): 1}))
    assert (broken.rule, broken.lane, broken.day, broken.found, broken.limit) == (9, "hub>a", 1, 1, 0)
    assert "not open" in broken.message


def test_9_nothing_leaves_that_arrives_after_the_last_day() -> None:
    instance = build()
    assert violations(instance, make_plan(instance, packs={("hub>a", 1): 1})) == []
    broken = the_violation(instance, make_plan(instance, packs={("hub>a", 2): 1}))
    assert (broken.rule, broken.lane, broken.day, broken.found, broken.limit) == (9, "hub>a", 2, 1, 0)
    assert "after the last day" in broken.message


def test_10_a_depot_keeps_its_reserve() -> None:
    deliveries = [{"day": 1, "cards": 4}, {"day": 1, "cards": 5}]
    instance = build(depots__0={"id": "hub", "stock": 31, "reserve": 10, "deliveries": deliveries})
    assert violations(instance, make_plan(instance, packs={("hub>a", 0): 2, ("hub>a", 1): 1})) == []
    broken = violations(instance, make_plan(instance, packs={("hub>a", 0): 2, ("hub>a", 1): 2}))
    assert [(v.rule, v.depot, v.day, v.found, v.limit) for v in broken] == [
        (10, "hub", 1, 0, 10),
        (10, "hub", 2, 0, 10),
    ]
    # Three packs on day 0 are too many until the deliveries of day 1.
    broken_once = the_violation(instance, make_plan(instance, packs={("hub>a", 0): 3}))
    assert (broken_once.rule, broken_once.day, broken_once.found, broken_once.limit) == (10, 0, 1, 10)


def test_10_just_kept_and_broken_by_one_blank() -> None:
    packs = {("hub>a", 0): 2}
    for reserve, amounts in ((10, []), (11, [1, 1, 1])):
        instance = build(depots__0={"id": "hub", "stock": 30, "reserve": reserve})
        found = violations(instance, make_plan(instance, packs=packs))
        assert [v.amount for v in found] == amounts


def test_10_packs_that_arrive_at_a_depot_can_leave_on_the_same_day() -> None:
    instance = build()
    assert violations(instance, make_plan(instance, packs={("hub>east", 0): 1, ("east>b", 1): 1})) == []
    broken = the_violation(instance, make_plan(instance, packs={("hub>east", 0): 1, ("east>b", 0): 1}))
    assert (broken.rule, broken.depot, broken.day, broken.found, broken.limit) == (10, "east", 0, -10, 0)


def test_11_a_depot_dispatches_so_many_packs_a_day() -> None:
    instance = build(depots__0={"id": "hub", "stock": 90, "max_packs_per_day": 3})
    kept = {("hub>a", 0): 2, ("hub>east", 0): 1, ("hub>a", 1): 3}
    assert violations(instance, make_plan(instance, packs=kept)) == []
    broken = the_violation(instance, make_plan(instance, packs=kept | {("hub>east", 0): 2}))
    assert (broken.rule, broken.depot, broken.lane, broken.day) == (11, "hub", None, 0)
    assert (broken.found, broken.limit) == (4, 3)


def test_a_violation_as_json_names_only_the_places_that_apply() -> None:
    instance = build(offices__0__blanks=3, offices__0__spoiled_per_thousand=500)
    broken = the_violation(instance, make_plan(instance, cards={("a", "ready", 2): 2}))
    assert broken.as_dict() == {
        "rule": 6,
        "message": "blanks used and sent away exceed those the office had by 1",
        "day": 2,
        "office": "a",
        "amount": 1,
        "found": -1,
        "limit": 0,
    }
