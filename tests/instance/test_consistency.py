"""What is refused, with the path to it, what was found and what was expected."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from allocator.errors import InputError, Problem
from allocator.instance.files import parse_instance
from tests.tools.instances import Document, full_document, tiny_document

Change = Callable[[Document], Any]


def problems(change: Change, document: Document | None = None) -> list[Problem]:
    """The problems of the full instance after a change."""
    document = full_document() if document is None else document
    change(document)
    with pytest.raises(InputError) as caught:
        parse_instance(json.dumps(document))
    return list(caught.value.problems)


def put(path: str, value: object) -> Change:
    """Set the field at a path such as offices.0.demand.first.arrivals."""

    def change(document: Document) -> None:
        target: Any = document
        *parents, last = path.split(".")
        for part in parents:
            target = target[int(part)] if part.isdigit() else target[part]
        target[int(last) if last.isdigit() else last] = value

    return change


FIRST = "offices.0.demand.first"

REFUSED = [
    # unknown and missing fields
    (put("bogus", 1), "bogus", "1", "no such field: it is unknown here"),
    (put("offices.0.blank", 3), "offices[0].blank", "3", "no such field: it is unknown here"),
    (put(f"{FIRST}.age", 3), "offices[0].demand.first.age", "3", "no such field: it is unknown here"),
    (lambda d: d.pop("pack_size"), "pack_size", "", "this field, it is required"),
    (lambda d: d.pop("start"), "start", "", "this field, it is required"),
    (
        lambda d: d["offices"][1].pop("print_capacity"),
        "offices[1].print_capacity",
        "",
        "this field, it is required",
    ),
    (lambda d: d["costs"].pop("end_days"), "costs.end_days", "", "this field, it is required"),
    (lambda d: d["lanes"][0].pop("lead_days"), "lanes[0].lead_days", "", "this field, it is required"),
    # types
    (put("days", "6"), "days", '"6"', "a whole number"),
    (put("days", True), "days", "true", "a whole number"),
    (put("quota", 1.5), "quota", "1.5", "a whole number"),
    (put("quota", None), "quota", "null", "a whole number"),
    (put("name", 3), "name", "3", "a text"),
    (put("name", ""), "name", '""', "a text that is not empty"),
    (put("offices.0.priority", "2"), "offices[0].priority", '"2"', "a number"),
    (put("offices.0.demand", []), "offices[0].demand", "a list of 0", "an object"),
    (put("targets", {}), "targets", "an object", "a list"),
    (put("streams.1.needs_ingestion", 0), "streams[1].needs_ingestion", "0", "true or false"),
    (put("lanes.2.open.4", 0), "lanes[2].open[4]", "0", "true or false"),
    (put("schema_version", 2), "schema_version", "2", "1"),
    # domains
    (put("quota", -1), "quota", "-1", "at least 0"),
    (put("quota.5", -6), "quota[5]", "-6", "at least 0"),
    (put("pack_size", 0), "pack_size", "0", "at least 1"),
    (put("pack_size", 10**12 + 1), "pack_size", "1000000000001", "at most 1000000000000"),
    (put("offices.0.blanks", -5), "offices[0].blanks", "-5", "at least 0"),
    (put("offices.0.spoiled_per_thousand", 1000), "offices[0].spoiled_per_thousand", "1000", "at most 999"),
    (put("offices.0.priority", -0.5), "offices[0].priority", "-0.5", "at least 0"),
    (put(f"{FIRST}.backlog.0.age_days", 0), "offices[0].demand.first.backlog[0].age_days", "0", "at least 1"),
    (put(f"{FIRST}.arrivals.2", -1), "offices[0].demand.first.arrivals[2]", "-1", "at least 0"),
    (put("costs.overdue.0.after_days", 0), "costs.overdue[0].after_days", "0", "at least 1"),
    (put("costs.end_days", 1e16), "costs.end_days", "10000000000000000", "at most 1000000000000000"),
    (put("costs.end_days", 1e-31), "costs.end_days", "1E-31", "at most 30 decimals"),
    (put("targets.0.share", 1.1), "targets[0].share", "1.1", "at most 1"),
    (put("depots.0.lat", 90.5), "depots[0].lat", "90.5", "at most 90"),
    (put("depots.0.lon", -181), "depots[0].lon", "-181", "at least -180"),
    (put("lanes.1.min_packs", 0), "lanes[1].min_packs", "0", "at least 1"),
    # dates and days
    (put("start", "2015-02-29"), "start", '"2015-02-29"', "a date, YYYY-MM-DD"),
    (put("start", "20150228"), "start", '"20150228"', "a date, YYYY-MM-DD"),
    (put("start", "2015-2-28"), "start", '"2015-2-28"', "a date, YYYY-MM-DD"),
    (put("start", "2015-02-28T00:00:00"), "start", '"2015-02-28T00:00:00"', "a date, YYYY-MM-DD"),
    (put("start", 20150228), "start", "20150228", "a date, YYYY-MM-DD"),
    (put("start", "9999-12-30"), "days", "6", "a horizon that ends before the year 10000"),
    (put("storage.expansions.0.day", 6), "storage.expansions[0].day", "6", "a day of the horizon, 0 to 5"),
    (put("depots.0.deliveries.1.day", 6), "depots[0].deliveries[1].day", "6", "a day of the horizon, 0 to 5"),
    (
        put("offices.0.in_transit.0.day", 9),
        "offices[0].in_transit[0].day",
        "9",
        "a day of the horizon, 0 to 5",
    ),
    (put("targets.2.day", 6), "targets[2].day", "6", "a day of the horizon, 0 to 5"),
    # one value per day
    (put("quota", [1, 2]), "quota", "a list of 2", "one value for each of the 6 days, or one for all"),
    (
        put("offices.0.ingest_capacity", [1] * 7),
        "offices[0].ingest_capacity",
        "a list of 7",
        "one value for each of the 6 days, or one for all",
    ),
    (
        put(f"{FIRST}.arrivals", []),
        "offices[0].demand.first.arrivals",
        "a list of 0",
        "one value for each of the 6 days, or one for all",
    ),
    (
        put("lanes.2.open", [True]),
        "lanes[2].open",
        "a list of 1",
        "one value for each of the 6 days, or one for all",
    ),
    # ids
    (put("offices.2.id", "city"), "offices[2].id", '"city"', "an id that no other office has"),
    (put("offices.2.id", "hub"), "offices[2].id", '"hub"', "an id that no depot has"),
    (put("depots.1.id", "hub"), "depots[1].id", '"hub"', "an id that no other depot has"),
    (put("streams.2.id", "ready"), "streams[2].id", '"ready"', "an id that no other stream has"),
    (put("targets.1.id", "nation"), "targets[1].id", '"nation"', "an id that no other target has"),
    (put("lanes.5.id", "lend"), "lanes[5].id", '"lend"', "an id that no other lane has"),
    (put("lanes.4.id", "hub>city"), "lanes[4].id", '"hub>city"', "an id that no other lane has"),
    (put("lanes.0.from", "nowhere"), "lanes[0].from", '"nowhere"', "the id of a depot or an office"),
    (put("lanes.0.to", "nowhere"), "lanes[0].to", '"nowhere"', "the id of a depot or an office"),
    (put("lanes.0.to", "hub"), "lanes[0].to", '"hub"', "another place than `from`"),
    (put("offices.0.demand.nobody", {}), "offices[0].demand.nobody", '"nobody"', "a stream id"),
    (put("targets.1.office", "x"), "targets[1].office", '"x"', "null or a known office"),
    (put("targets.2.province", "x"), "targets[2].province", '"x"', "null or a known province"),
    (put("targets.3.stream", "x"), "targets[3].stream", '"x"', "null or a known stream"),
    # fields that belong together
    (put("costs.waiting_day", 10.2), "costs.unprintable_day", "10.1", "at least waiting_day, 10.2"),
    (put("depots.0.reserve", 31), "depots[0].reserve", "31", "at most stock, 30"),
    (put("lanes.1.max_packs", 1), "lanes[1].max_packs", "1", "at least min_packs, 2"),
    (
        put("offices.0.demand.ready.ingested", [{"ready_day": 0, "age_days": 30, "records": 1}]),
        "offices[0].demand.ready.ingested",
        "a list of 1",
        "nothing here: this stream needs no ingestion",
    ),
    (
        put(f"{FIRST}.ingested.1.age_days", 39),
        "offices[0].demand.first.ingested[1].age_days",
        "39",
        "at least 40, the age of the oldest in backlog",
    ),
    (
        put(f"{FIRST}.ingested.0.ready_day", 4),
        "offices[0].demand.first.ingested[1].ready_day",
        "3",
        "at least 4: older ones are ready no later",
    ),
]


@pytest.mark.parametrize(("change", "path", "found", "expected"), REFUSED, ids=[row[1] for row in REFUSED])
def test_refused_once_and_told_where(change: Change, path: str, found: str, expected: str) -> None:
    (problem,) = [item for item in problems(change) if item.path == path]
    assert problem.found == found
    assert problem.expected.startswith(expected)


def test_all_problems_are_told_at_once() -> None:
    def change(document: Document) -> None:
        for path, value in (
            ("bogus", 1),
            ("days", 5),
            ("offices.0.print_capacity", "many"),
            ("offices.2.id", "coast"),
            ("lanes.0.to", "nowhere"),
            ("costs.waiting_day", 11),
            ("targets.0.share", 2),
        ):
            put(path, value)(document)
        document.pop("pack_size")

    found = {problem.path for problem in problems(change)}
    assert found >= {
        "bogus",
        "pack_size",
        "quota",  # six values, now for five days
        "offices[0].print_capacity",
        "offices[2].id",
        "lanes[0].to",
        "costs.unprintable_day",
        "targets[0].share",
        "targets[0].day",
    }


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have(text: str) -> None:
    document = json.dumps(tiny_document()).replace('"end_days": 0', f'"end_days": {text}')
    with pytest.raises(InputError, match=text):
        parse_instance(document)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_not_a_finite_number_from_python(value: float) -> None:
    from pydantic import ValidationError

    from allocator.instance.models import Instance

    document = tiny_document()
    document["costs"]["end_days"] = value
    with pytest.raises(ValidationError, match="finite"):
        Instance.model_validate(document)


def test_no_stream_and_no_office_are_refused() -> None:
    (problem,) = problems(put("streams", []), tiny_document())
    assert (problem.path, problem.found) == ("streams", "a list of 0")
    (problem,) = problems(put("offices", []), tiny_document())
    assert (problem.path, problem.found) == ("offices", "a list of 0")


def test_one_bad_office_is_not_also_a_missing_one() -> None:
    (problem,) = problems(put("offices.0.print_capacity", -1), tiny_document())
    assert problem.path == "offices[0].print_capacity"


@pytest.mark.parametrize("days", [10**12, 60_000_000])
def test_a_horizon_that_would_fill_the_memory(days: int) -> None:
    found = problems(put("days", days), tiny_document())
    assert {problem.path for problem in found} == {"days"}
    assert any("at most 50,000,000" in problem.expected for problem in found)


def test_lanes_that_would_fill_the_memory() -> None:
    lanes = [
        {"id": str(n), "from": "d", "to": "a", "lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0}
        for n in range(100)
    ]
    document = tiny_document(days=1_000_000, depots=[{"id": "d"}], lanes=lanes)
    (problem,) = problems(lambda _: None, document)
    assert problem.expected.startswith("lanes x days of at most 50,000,000")


def test_two_lanes_between_the_same_places_need_ids() -> None:
    document = full_document()
    document["lanes"].append(dict(document["lanes"][0]))
    (problem,) = problems(lambda _: None, document)
    assert problem.path == "lanes[6].id"
    document["lanes"][6]["id"] = "second"
    assert parse_instance(json.dumps(document)).lanes[6].id == "second"


def test_an_office_that_no_lane_reaches_is_allowed() -> None:
    document = full_document()
    document["lanes"] = []
    assert parse_instance(json.dumps(document)).lanes == ()


@pytest.mark.parametrize("value", ["x", 3, None, [], {}, True, [None], [[1]], {"a": 1}])
@pytest.mark.parametrize(
    "path",
    [
        "days", "quota", "start", "storage", "streams", "costs", "depots", "offices", "lanes", "targets",
        "storage.expansions", "offices.0", "offices.0.demand", FIRST, f"{FIRST}.backlog", f"{FIRST}.ingested",
        f"{FIRST}.arrivals", "offices.0.in_transit", "depots.0.deliveries", "lanes.0", "lanes.2.open",
        "targets.0", "costs.overdue", "streams.0", "streams.0.id", "offices.0.id", "lanes.0.from",
    ],
)  # fmt: skip
def test_whatever_stands_in_a_field_is_refused_or_used(path: str, value: object) -> None:
    document = full_document()
    put(path, value)(document)
    with contextlib.suppress(InputError):
        parse_instance(json.dumps(document)).arrays.applied.sum()
