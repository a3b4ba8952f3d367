"""One case for each bottleneck, small enough to count on fingers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from allocator.explanation import Bottleneck, explain
from allocator.instance.models import Instance
from allocator.plan.models import Plan
from tests.tools.instances import tiny_instance
from tests.tools.plans import make_plan

DAYS = 3


def one_office(**changes: Any) -> Instance:
    """Ten applicants since yesterday; slots, blanks and printers in plenty; 3 and 2 a day to wait."""
    office: dict[str, Any] = {"id": "a", "print_capacity": 100, "blanks": 100}
    office["demand"] = {"first": {"backlog": [{"age_days": 1, "records": 10}]}}
    document: dict[str, Any] = {
        "days": DAYS,
        "quota": 100,
        "costs": {"unprintable_day": 3, "waiting_day": 2, "end_days": 0},
        "offices": [office | changes.pop("office", {})],
    }
    return tiny_instance(**(document | changes))


def charged(instance: Instance, plan: Plan) -> dict[Bottleneck, Fraction]:
    return {charge.bottleneck: charge.cost for charge in explain(instance, plan).offices[0].charges}


def follow(instance: Instance, ingest: dict[int, int], cards: dict[int, int], **packs: Any) -> Plan:
    """A plan of the one office, by day."""
    return make_plan(
        instance,
        ingest={("a", "first", day): records for day, records in ingest.items()},
        cards={("a", "first", day): number for day, number in cards.items()},
        **packs,
    )


def test_slots() -> None:
    instance = one_office(quota=[4, 0, 6])
    plan = follow(instance, {0: 4, 2: 6}, {0: 4, 2: 6})
    assert charged(instance, plan) == {Bottleneck.SLOT: 6 * 3 * 2}
    (charge,) = explain(instance, plan).offices[0].charges
    assert (charge.first_day, charge.last_day, charge.record_days) == (0, 1, 12)
    assert (charge.most_records, charge.worst_day, charge.end) == (6, 0, 0)


def test_storage() -> None:
    instance = one_office(storage={"free": 4, "expansions": [{"day": 1, "records": 6}]})
    assert charged(instance, follow(instance, {0: 4, 1: 6}, {0: 4, 1: 6})) == {Bottleneck.STORAGE: 6 * 3}


def test_the_offices_own_link() -> None:
    instance = one_office(office={"ingest_capacity": 4})
    plan = follow(instance, {0: 4, 1: 4, 2: 2}, {0: 4, 1: 4, 2: 2})
    assert charged(instance, plan) == {Bottleneck.LINK: 6 * 3 + 2 * 3}


def test_what_the_link_could_not_have_taken_is_not_charged_to_slots() -> None:
    """No slots at all, and a link of 4 a day: 4, then 8, then all 10 lack but a slot."""
    instance = one_office(quota=0, office={"ingest_capacity": 4})
    assert charged(instance, follow(instance, {}, {})) == {
        Bottleneck.SLOT: 3 * (4 + 8 + 10),
        Bottleneck.LINK: 3 * (6 + 2),
    }


def test_slots_left_unused() -> None:
    instance = one_office()
    assert charged(instance, follow(instance, {1: 10}, {1: 10})) == {Bottleneck.UNUSED_SLOT: 10 * 3}


def test_processing_cannot_be_helped() -> None:
    instance = one_office(processing_days=2)
    assert charged(instance, follow(instance, {0: 10}, {2: 10})) == {Bottleneck.PROCESSING: 10 * 3 * 2}


def test_blanks() -> None:
    instance = one_office(office={"blanks": 4, "in_transit": [{"day": 2, "cards": 6}]})
    assert charged(instance, follow(instance, {0: 10}, {0: 4, 2: 6})) == {Bottleneck.BLANK: 6 * 2 * 2}


def test_spoiled_blanks_are_no_blanks() -> None:
    """Half are spoiled: 10 blanks are 5 cards."""
    instance = one_office(office={"blanks": 10, "spoiled_per_thousand": 500})
    assert charged(instance, follow(instance, {0: 10}, {0: 5})) == {Bottleneck.BLANK: 5 * 2 * 3}


def test_printers() -> None:
    instance = one_office(office={"print_capacity": 4})
    plan = follow(instance, {0: 10}, {0: 4, 1: 4, 2: 2})
    assert charged(instance, plan) == {Bottleneck.PRINTER: 6 * 2 + 2 * 2}


def test_what_the_printers_could_not_have_printed_is_not_charged_to_blanks() -> None:
    instance = one_office(office={"print_capacity": 4, "blanks": 0})
    assert charged(instance, follow(instance, {0: 10}, {})) == {
        Bottleneck.BLANK: 2 * (4 + 8 + 10),
        Bottleneck.PRINTER: 2 * (6 + 2),
    }


def test_printers_left_unused() -> None:
    instance = one_office()
    assert charged(instance, follow(instance, {0: 10}, {1: 10})) == {Bottleneck.UNUSED_PRINTER: 10 * 2}


def test_blanks_that_are_lent_are_missing_at_the_lender() -> None:
    """All ten go to b on day 1; until then they are not the office's to print with."""
    lane = {"from": "a", "to": "b", "lead_days": 0, "fixed_cost": 7, "cost_per_pack": 1}
    lender = one_office(office={"blanks": 10}).offices[0].model_dump(by_alias=True)
    instance = one_office(offices=[lender, {"id": "b", "print_capacity": 0}], lanes=[lane])
    plan = follow(instance, {0: 10}, {}, packs={("a>b", 1): 10})
    explanation = explain(instance, plan)
    own = {charge.bottleneck: charge.cost for charge in explanation.offices[0].charges}
    assert own == {Bottleneck.BLANK: 10 * 2 * 3}
    other = {charge.bottleneck: charge.cost for charge in explanation.offices[1].charges}
    assert other[Bottleneck.FREIGHT] == 7 + 10  # whoever gets the blanks


def test_idle_blanks() -> None:
    costs = {"unprintable_day": 3, "waiting_day": 2, "end_days": 0, "idle_blank_day": 0.5}
    instance = one_office(costs=costs, office={"blanks": 14})
    assert charged(instance, follow(instance, {0: 10}, {0: 10})) == {
        Bottleneck.IDLE_BLANKS: 4 * 3 * Fraction(1, 2)
    }


def test_freight_between_depots_is_the_nations() -> None:
    lane = {"from": "d", "to": "e", "lead_days": 0, "fixed_cost": 7, "cost_per_pack": 2}
    instance = one_office(depots=[{"id": "d", "stock": 9}, {"id": "e"}], lanes=[lane])
    explanation = explain(instance, follow(instance, {0: 10}, {0: 10}, packs={("d>e", 1): 3}))
    (charge,) = explanation.national_charges
    assert (charge.bottleneck, charge.cost, charge.first_day) == (Bottleneck.FREIGHT, 7 + 2 * 3, 1)
    assert explanation.offices[0].charges == ()


def test_a_promise_is_the_offices_own_or_the_nations() -> None:
    targets = [
        {"day": 1, "share": 1, "penalty_per_record": 5, "office": "a"},
        {"day": 2, "share": 0.5, "penalty_per_record": 7},
    ]
    instance = one_office(targets=targets)
    explanation = explain(instance, follow(instance, {0: 10}, {}))
    (own,) = (c for c in explanation.offices[0].charges if c.bottleneck is Bottleneck.TARGETS)
    assert (own.cost, own.first_day, own.last_day) == (50, 1, 1)
    (national,) = explanation.national_charges
    assert (national.cost, national.first_day) == (35, 2)


def test_the_end_is_charged_with_the_last_day() -> None:
    """What is ingested counts as ready: 4 in processing at the waiting price, 6 not ingested at the other."""
    costs = {"unprintable_day": 3, "waiting_day": 2, "end_days": 10}
    instance = one_office(costs=costs, quota=[0, 0, 4], processing_days=1)
    explanation = explain(instance, follow(instance, {2: 4}, {}))
    charges = {charge.bottleneck: charge for charge in explanation.offices[0].charges}
    assert charges[Bottleneck.SLOT].end == 6 * 3 * 10
    assert charges[Bottleneck.SLOT].cost == 3 * (10 + 10 + 6) + 6 * 3 * 10
    assert charges[Bottleneck.PROCESSING].end == 4 * 2 * 10
    assert charges[Bottleneck.PROCESSING].cost == 4 * 3 + 4 * 2 * 10


def test_overdue_is_charged_to_the_longest_waiting() -> None:
    """On days 1 and 2 all ten have waited 2 days; 4 print-ready ones lack a blank, the other 6 a slot."""
    costs = {
        "unprintable_day": 3, "waiting_day": 2, "end_days": 0, "overdue": [{"after_days": 2, "per_day": 1}]
    }  # fmt: skip
    instance = one_office(costs=costs, quota=[4, 0, 0], office={"blanks": 0})
    assert charged(instance, follow(instance, {0: 4}, {})) == {
        Bottleneck.BLANK: 4 * 2 * 3 + 4 * 1 * 2,
        Bottleneck.SLOT: 6 * 3 * 3 + 6 * 1 * 2,
    }


def test_the_dearest_stream_stands_first_in_line() -> None:
    """Four printers' slots a day, and none used: the dear six lack blanks before the cheap six do."""
    streams = [{"id": "cheap"}, {"id": "dear", "weight": 2}]
    demand = {name: {"backlog": [{"age_days": 1, "records": 6}]} for name in ("cheap", "dear")}
    instance = one_office(
        streams=streams, days=1, office={"print_capacity": 8, "blanks": 0, "demand": demand}
    )
    assert charged(instance, make_plan(instance)) == {
        Bottleneck.BLANK: 6 * 2 * 2 + 2 * 2,
        Bottleneck.PRINTER: 4 * 2,
    }
