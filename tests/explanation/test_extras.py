"""What one more slot or pack saves: against counting by hand, and against another instance."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings

from allocator.explanation import explain
from allocator.explanation.following import followed_cards, followed_cost, one_more_slot
from allocator.explanation.missing import usable_blanks
from allocator.instance.models import Delivery, Instance
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan, Prices, Solution
from allocator.verdict import Curves, is_valid, verify
from tests.explanation.test_by_hand import follow, one_office
from tests.tools.strategies import cases

LANE = {"from": "d", "to": "a", "lead_days": 1, "fixed_cost": 7, "cost_per_pack": 2}


def test_one_more_slot_moves_one_record_through() -> None:
    """It is ingested and printed on day 0 and not on day 2: two days at the price of the unprintable."""
    instance = one_office(quota=[4, 0, 6])
    plan = follow(instance, {0: 4, 2: 6}, {0: 4, 2: 6})
    extra = explain(instance, plan).offices[0].one_more_slot
    assert extra is not None
    assert (extra.day, extra.gain, extra.price) == (0, 3 * 2, None)
    assert (extra.own, extra.others, extra.other_places) == (4, 0, 0)


def test_one_more_slot_without_a_blank_saves_the_difference_of_the_prices() -> None:
    instance = one_office(quota=[4, 0, 6], office={"blanks": 0})
    extra = explain(instance, follow(instance, {0: 4, 2: 6}, {})).offices[0].one_more_slot
    assert extra is not None
    assert extra.gain == (3 - 2) * 2


def test_no_slot_is_missing_where_only_the_link_is() -> None:
    instance = one_office(office={"ingest_capacity": 4})
    plan = follow(instance, {0: 4, 1: 4, 2: 2}, {0: 4, 1: 4, 2: 2})
    assert explain(instance, plan).offices[0].one_more_slot is None


def test_one_more_pack_prints_as_many_cards_as_it_holds() -> None:
    """Sent on day 0, three blanks arrive on day 1: three people wait two days less."""
    instance = one_office(pack_size=3, depots=[{"id": "d"}], lanes=[LANE], office={"blanks": 0})
    plan = follow(instance, {0: 10}, {})
    extra = explain(instance, plan).offices[0].one_more_pack
    assert extra is not None
    assert (extra.day, extra.dispatch_day, extra.depot, extra.lane) == (1, 0, "d", "d>a")
    assert (extra.gain, extra.price) == (3 * 2 * 2, None)


def test_a_pack_has_the_price_of_its_blanks_and_of_its_way() -> None:
    instance = one_office(
        pack_size=3, depots=[{"id": "d"}], lanes=[LANE], office={"blanks": 0}, quota=[4, 0, 6]
    )
    prices = Prices(slot=(1.5, 0.5, 0.25), blank={"d": (10.0, 20.0, 30.0)})
    plan = follow(instance, {0: 4, 2: 6}, {}).model_copy(update={"solution": Solution(prices=prices)})
    explanation = explain(instance, plan)
    (office,) = explanation.offices
    assert explanation.prices_known
    assert office.one_more_slot is not None
    assert office.one_more_slot.price == 1.5
    assert office.one_more_pack is not None
    assert office.one_more_pack.price == 3 * 10 + 2 + 7  # and the trip, as none goes that day


def test_a_pack_that_lies_idle_is_charged_for_it() -> None:
    """One blank is wanted and five come: four lie idle on days 1 and 2."""
    costs = {"unprintable_day": 3, "waiting_day": 2, "end_days": 0, "idle_blank_day": 0.5}
    instance = one_office(pack_size=5, costs=costs, depots=[{"id": "d"}], lanes=[LANE], office={"blanks": 9})
    extra = explain(instance, follow(instance, {0: 10}, {0: 9})).offices[0].one_more_pack
    assert extra is not None
    assert extra.gain == 1 * 2 * 2 - 4 * Fraction(1, 2) * 2


@settings(max_examples=40)
@given(cases(careful=True))
def test_one_more_pack_is_a_pack_in_transit(case: tuple[Instance, Plan]) -> None:
    """The gain is the difference to an instance in which the pack has been on its way since before."""
    instance, plan = case
    assume(is_valid(instance, plan))
    arrays = plan_to_arrays(plan, instance)
    as_it_is = followed_cost(Curves(instance, arrays))
    for i, explained in enumerate(explain(instance, plan).offices):
        extra = explained.one_more_pack
        if extra is None:
            continue
        office = instance.offices[i]
        more = Delivery(day=extra.day, cards=instance.pack_size)
        offices = list(instance.offices)
        offices[i] = office.model_copy(update={"in_transit": (*office.in_transit, more)})
        richer = instance.model_copy(update={"offices": tuple(offices)})
        assert as_it_is[i] - followed_cost(Curves(richer, arrays))[i] == extra.gain


@settings(max_examples=40)
@given(cases(careful=True))
def test_an_office_that_is_followed_keeps_the_rules(case: tuple[Instance, Plan]) -> None:
    """And prints no less than the plan."""
    instance, plan = case
    assume(is_valid(instance, plan))
    arrays = plan_to_arrays(plan, instance)
    curves = Curves(instance, arrays)
    cards = followed_cards(curves, curves.ready, usable_blanks(curves))
    assert verify(instance, PlanArrays(arrays.ingest, arrays.packs, cards)).violations == ()
    assert (np.cumsum(cards.sum(axis=1), axis=1) >= curves.printed.sum(axis=1)).all()


@settings(max_examples=40)
@given(cases(careful=True))
def test_one_more_slot_is_one_the_office_can_use(case: tuple[Instance, Plan]) -> None:
    """Only what the nation lacks is broken by it: the quota or the storage."""
    instance, plan = case
    assume(is_valid(instance, plan))
    curves = Curves(instance, plan_to_arrays(plan, instance))
    for i, explained in enumerate(explain(instance, plan).offices):
        if (extra := explained.one_more_slot) is None:
            continue
        day = np.full(len(instance.offices), -1)
        day[i] = extra.day
        needing = np.flatnonzero(curves.given.needs_ingestion).tolist()
        for s in needing:
            ingest = one_more_slot(curves, np.full(len(day), s), day)
            found = verify(instance, PlanArrays(ingest, curves.plan.packs, curves.plan.cards))
            assert {violation.rule for violation in found.violations} <= {1, 2}


@pytest.mark.parametrize("prices", [None, Prices(slot=(1.0,))])
def test_prices_that_do_not_cover_the_horizon_are_none(prices: Prices | None) -> None:
    instance = one_office(quota=0)
    plan = follow(instance, {}, {}).model_copy(update={"solution": Solution(prices=prices)})
    explanation = explain(instance, plan)
    assert not explanation.prices_known
    extra = explanation.offices[0].one_more_slot
    assert extra is not None
    assert extra.price is None
