"""The rules about records and printers, 1 to 5 and 7: each just kept and broken by one."""

from __future__ import annotations

from allocator.verdict import RULES
from tests.tools.plans import make_plan
from tests.tools.rule_cases import build, the_violation, violations


def test_rules_are_listed_in_the_order_of_the_contract() -> None:
    assert [int((rule.__doc__ or "").split(".")[0]) for rule in RULES] == list(range(1, 12))


def test_1_quota_bounds_all_offices_of_a_day() -> None:
    instance = build(quota=[5, 9, 0])
    kept = {("a", "first", 0): 2, ("b", "first", 0): 3, ("a", "first", 1): 5, ("b", "first", 1): 4}
    assert violations(instance, make_plan(instance, ingest=kept)) == []
    broken = the_violation(instance, make_plan(instance, ingest=kept | {("b", "first", 0): 4}))
    assert (broken.rule, broken.day, broken.found, broken.limit, broken.amount) == (1, 0, 6, 5, 1)
    assert (broken.office, broken.stream, broken.lane, broken.depot) == (None, None, None, None)
    assert broken.message == "6 records ingested, the quota is 5"


def test_1_unused_slots_are_lost() -> None:
    instance = build(quota=[5, 5, 5])
    broken = the_violation(instance, make_plan(instance, ingest={("a", "first", 1): 6}))
    assert (broken.rule, broken.day, broken.amount) == (1, 1, 1)


def test_2_storage_bounds_all_ingestion_so_far() -> None:
    storage = {"free": 3, "expansions": [{"day": 1, "records": 4}, {"day": 1, "records": 1}]}
    instance = build(storage=storage)
    kept = {("a", "first", 0): 1, ("b", "first", 0): 2, ("a", "first", 1): 3, ("a", "first", 2): 2}
    assert violations(instance, make_plan(instance, ingest=kept)) == []
    broken = the_violation(
        instance, make_plan(instance, ingest=kept | {("b", "first", 0): 3, ("a", "first", 2): 1})
    )
    assert (broken.rule, broken.day, broken.found, broken.limit) == (2, 0, 4, 3)
    broken = the_violation(instance, make_plan(instance, ingest=kept | {("a", "first", 2): 3}))
    assert (broken.rule, broken.day, broken.found, broken.limit) == (2, 2, 9, 8)


def test_3_office_link_bounds_all_streams_of_an_office() -> None:
    streams = [{"id": "first", "needs_ingestion": True}, {"id": "ready", "needs_ingestion": True}]
    instance = build(streams=streams, offices__0__ingest_capacity=[4, 0, 9])
    kept = {("a", "first", 0): 1, ("a", "ready", 0): 3, ("b", "first", 0): 9}
    assert violations(instance, make_plan(instance, ingest=kept)) == []
    broken = the_violation(instance, make_plan(instance, ingest=kept | {("a", "first", 0): 2}))
    assert (broken.rule, broken.office, broken.stream, broken.day) == (3, "a", None, 0)
    assert (broken.found, broken.limit) == (5, 4)
    broken = the_violation(instance, make_plan(instance, ingest={("a", "first", 1): 1}))
    assert (broken.rule, broken.day, broken.found, broken.limit) == (3, 1, 1, 0)


def test_4_nobody_is_ingested_twice_or_before_applying() -> None:
    instance = build(
        offices__0__demand={"first": {"backlog": [{"age_days": 1, "records": 2}], "arrivals": [0, 3, 0]}}
    )
    kept = {("a", "first", 0): 2, ("a", "first", 1): 3}
    assert violations(instance, make_plan(instance, ingest=kept)) == []
    # One too early on day 0 is made up for on day 1, when enough have applied.
    broken = the_violation(instance, make_plan(instance, ingest={("a", "first", 0): 3, ("a", "first", 1): 2}))
    assert (broken.rule, broken.office, broken.stream, broken.day) == (4, "a", "first", 0)
    assert (broken.found, broken.limit) == (3, 2)
    # One too many on day 1 stays one too many.
    both = violations(instance, make_plan(instance, ingest=kept | {("a", "first", 1): 4}))
    assert [(v.rule, v.day, v.found, v.limit) for v in both] == [(4, 1, 6, 5), (4, 2, 6, 5)]


def test_4_who_was_ingested_before_is_not_ingested_again() -> None:
    ingested = [{"ready_day": 0, "age_days": 2, "records": 4}]
    instance = build(offices__0__demand={"first": {"ingested": ingested, "arrivals": [0, 0, 1]}})
    assert violations(instance, make_plan(instance, ingest={("a", "first", 2): 1})) == []
    broken = the_violation(instance, make_plan(instance, ingest={("a", "first", 2): 2}))
    assert (broken.rule, broken.found, broken.limit) == (4, 2, 1)


def test_4_nothing_is_ingested_where_it_is_not_needed() -> None:
    instance = build()
    broken = the_violation(instance, make_plan(instance, ingest={("b", "ready", 1): 1}))
    assert (broken.rule, broken.office, broken.stream, broken.day) == (4, "b", "ready", 1)
    assert (broken.found, broken.limit) == (1, 0)


def test_5_a_card_needs_a_print_ready_record() -> None:
    instance = build(processing_days=1)
    ingest = {("a", "first", 0): 4}
    kept = {("a", "first", 1): 4, ("a", "ready", 0): 9}
    assert violations(instance, make_plan(instance, ingest=ingest, cards=kept)) == []
    early = make_plan(instance, ingest=ingest, cards={("a", "first", 0): 1, ("a", "first", 1): 3})
    broken = the_violation(instance, early)
    assert (broken.rule, broken.office, broken.stream, broken.day) == (5, "a", "first", 0)
    assert (broken.found, broken.limit) == (1, 0)
    more = violations(instance, make_plan(instance, ingest=ingest, cards={("a", "first", 1): 5}))
    assert [(v.rule, v.day, v.found, v.limit) for v in more] == [(5, 1, 5, 4), (5, 2, 5, 4)]


def test_5_records_ingested_before_are_ready_from_their_day_on() -> None:
    ingested = [{"ready_day": 1, "age_days": 2, "records": 4}]
    instance = build(offices__0__demand={"first": {"ingested": ingested}})
    assert violations(instance, make_plan(instance, cards={("a", "first", 1): 4})) == []
    broken = the_violation(instance, make_plan(instance, cards={("a", "first", 0): 1}))
    assert (broken.rule, broken.day, broken.found, broken.limit) == (5, 0, 1, 0)


def test_7_printers_bound_all_streams_of_an_office() -> None:
    instance = build(offices__0__print_capacity=[5, 0, 9])
    kept = {("a", "first", 0): 2, ("a", "ready", 0): 3}
    ingest = {("a", "first", 0): 9}
    assert violations(instance, make_plan(instance, ingest=ingest, cards=kept)) == []
    broken = the_violation(instance, make_plan(instance, ingest=ingest, cards=kept | {("a", "ready", 0): 4}))
    assert (broken.rule, broken.office, broken.stream, broken.day) == (7, "a", None, 0)
    assert (broken.found, broken.limit) == (6, 5)
    broken = the_violation(instance, make_plan(instance, cards={("a", "ready", 1): 1}))
    assert (broken.rule, broken.day, broken.found, broken.limit) == (7, 1, 1, 0)
