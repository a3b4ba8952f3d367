"""What the fields of an instance must be to each other.

The checks read plain data (mappings from a file) and models alike, and pass over whatever is not of
the right type, since that is reported where the field itself is checked. So one call reports all.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_QUEUE_DAYS = 50_000_000  # rows x days: beyond it the arrays would fill the memory
_ALIASES = {"from": "origin", "to": "destination"}

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Inconsistency:
    location: Location
    found: object
    expected: str


def find_inconsistencies(instance: object) -> Iterator[Inconsistency]:
    """Every contradiction between the fields of an instance, given as a mapping or as a model."""
    view = _View(instance)
    yield from _check_horizon(view)
    yield from _check_daily_lengths(view)
    yield from _check_days_in_horizon(view)
    yield from _check_unique_ids(view)
    yield from _check_costs(view)
    yield from _check_depots(view)
    yield from _check_demand(view)
    yield from _check_lanes(view)
    yield from _check_targets(view)


class _View:
    """The parts of an instance that are well enough typed to be looked at."""

    def __init__(self, instance: object) -> None:
        self.instance = instance
        self.days = _count(_get(instance, "days"))
        self.streams = list(_rows(instance, "streams"))
        self.depots = list(_rows(instance, "depots"))
        self.offices = list(_rows(instance, "offices"))
        self.lanes = list(_rows(instance, "lanes"))
        self.targets = list(_rows(instance, "targets"))

    def demands(self) -> Iterator[tuple[Location, object, object]]:
        """(location, stream id, demand)"""
        for location, office in self.offices:
            demand = _get(office, "demand")
            if isinstance(demand, Mapping):
                for stream, queue in demand.items():
                    yield (*location, "demand", stream), stream, queue

    def texts(self, rows: list[tuple[Location, object]], name: str = "id") -> set[str]:
        return {text for _, row in rows if (text := _text(_get(row, name))) is not None}


def _check_horizon(view: _View) -> Iterator[Inconsistency]:
    if not view.days:
        return
    queues = len(view.offices) * len(view.streams)
    for name, rows in (
        ("offices x streams", queues),
        ("lanes", len(view.lanes)),
        ("depots", len(view.depots)),
    ):
        if rows * view.days > MAX_QUEUE_DAYS:
            expected = f"{name} x days of at most {MAX_QUEUE_DAYS:,} (here {rows * view.days:,})"
            yield Inconsistency(("days",), view.days, expected)
    start = _get(view.instance, "start")
    try:
        date = datetime.date.fromisoformat(start) if isinstance(start, str) else start
        if isinstance(date, datetime.date):
            date + datetime.timedelta(days=view.days)
    except (ValueError, OverflowError):
        if not isinstance(start, str) or view.days > 3_000_000:
            yield Inconsistency(("days",), view.days, "a horizon that ends before the year 10000")


def _check_daily_lengths(view: _View) -> Iterator[Inconsistency]:
    def daily() -> Iterator[tuple[Location, object]]:
        yield ("quota",), _get(view.instance, "quota")
        for location, office in view.offices:
            for name in ("ingest_capacity", "print_capacity"):
                yield (*location, name), _get(office, name)
        for location, _, queue in view.demands():
            yield (*location, "arrivals"), _get(queue, "arrivals")
        for location, lane in view.lanes:
            yield (*location, "open"), _get(lane, "open")

    if view.days is None:
        return
    for location, value in daily():
        if isinstance(value, list | tuple) and len(value) != view.days:
            expected = f"one value for each of the {view.days} days, or one for all"
            yield Inconsistency(location, value, expected)


def _check_days_in_horizon(view: _View) -> Iterator[Inconsistency]:
    def dated() -> Iterator[tuple[Location, object]]:
        storage = _get(view.instance, "storage")
        yield from _rows(storage, "expansions", ("storage",))
        for location, depot in view.depots:
            yield from _rows(depot, "deliveries", location)
        for location, office in view.offices:
            yield from _rows(office, "in_transit", location)
        yield from view.targets

    if not view.days:
        return
    for location, row in dated():
        day = _count(_get(row, "day"))
        if day is not None and day >= view.days:
            yield Inconsistency((*location, "day"), day, f"a day of the horizon, 0 to {view.days - 1}")


def _check_unique_ids(view: _View) -> Iterator[Inconsistency]:
    kinds = {
        "stream": view.streams,
        "depot": view.depots,
        "office": view.offices,
        "lane": view.lanes,
        "target": view.targets,
    }
    for kind, rows in kinds.items():
        seen: set[str] = set()
        for location, row in rows:
            identifier = _lane_id(row) if kind == "lane" else _text(_get(row, "id"))
            if identifier is not None and identifier in seen:
                expected = f"an id that no other {kind} has"
                if kind == "lane":
                    expected += " (two lanes between the same places need ids of their own)"
                yield Inconsistency((*location, "id"), identifier, expected)
            elif identifier is not None:
                seen.add(identifier)
    depots = view.texts(view.depots)
    for location, office in view.offices:
        identifier = _text(_get(office, "id"))
        if identifier in depots:
            yield Inconsistency((*location, "id"), identifier, "an id that no depot has")


def _check_costs(view: _View) -> Iterator[Inconsistency]:
    costs = _get(view.instance, "costs")
    unprintable, waiting = _number(_get(costs, "unprintable_day")), _number(_get(costs, "waiting_day"))
    if unprintable is not None and waiting is not None and unprintable < waiting:
        yield Inconsistency(("costs", "unprintable_day"), unprintable, f"at least waiting_day, {waiting}")


def _check_depots(view: _View) -> Iterator[Inconsistency]:
    for location, depot in view.depots:
        stock, reserve = _count(_get(depot, "stock", 0)), _count(_get(depot, "reserve", 0))
        if stock is not None and reserve is not None and reserve > stock:
            yield Inconsistency((*location, "reserve"), reserve, f"at most stock, {stock}")


def _check_demand(view: _View) -> Iterator[Inconsistency]:
    needs_ingestion = {
        _text(_get(stream, "id")): _get(stream, "needs_ingestion", False) for _, stream in view.streams
    }
    for location, stream, queue in view.demands():
        if stream not in needs_ingestion:
            yield Inconsistency(location, stream, f"a stream id, one of {_listing(needs_ingestion)}")
        elif needs_ingestion[_text(stream)] is False and list(_rows(queue, "ingested")):
            expected = "nothing here: this stream needs no ingestion (use backlog)"
            yield Inconsistency((*location, "ingested"), _get(queue, "ingested"), expected)
        yield from _check_order_of_ingested(location, queue)


def _check_order_of_ingested(location: Location, queue: object) -> Iterator[Inconsistency]:
    """Who was ingested before day 0 came before all who were not, and older ones are ready no later."""
    oldest_backlog = max(
        (age for _, row in _rows(queue, "backlog") if (age := _count(_get(row, "age_days"))) is not None),
        default=0,
    )
    rows = []
    for place, row in _rows(queue, "ingested", location):
        age, ready = _count(_get(row, "age_days")), _count(_get(row, "ready_day"))
        if age is None or ready is None:
            continue
        rows.append((-age, ready, place))
        if age < oldest_backlog:
            expected = (
                f"at least {oldest_backlog}, the age of the oldest in backlog (first come, first served)"
            )
            yield Inconsistency((*place, "age_days"), age, expected)
    latest_of_older, latest_of_same, age_now = 0, 0, None
    for negative_age, ready, place in sorted(rows, key=lambda item: item[:2]):
        if negative_age != age_now:
            latest_of_older, age_now = max(latest_of_older, latest_of_same), negative_age
        if ready < latest_of_older:
            expected = f"at least {latest_of_older}: older ones are ready no later"
            yield Inconsistency((*place, "ready_day"), ready, expected)
        latest_of_same = max(latest_of_same, ready)


def _check_lanes(view: _View) -> Iterator[Inconsistency]:
    places = view.texts(view.depots) | view.texts(view.offices)
    for location, lane in view.lanes:
        origin, destination = _text(_get(lane, "from")), _text(_get(lane, "to"))
        for name, place in (("from", origin), ("to", destination)):
            if place is not None and place not in places:
                yield Inconsistency((*location, name), place, "the id of a depot or an office")
        if origin is not None and origin == destination:
            yield Inconsistency((*location, "to"), destination, "another place than `from`")
        least, most = _count(_get(lane, "min_packs", 1)), _count(_get(lane, "max_packs"))
        if least is not None and most is not None and most < least:
            yield Inconsistency((*location, "max_packs"), most, f"at least min_packs, {least}")


def _check_targets(view: _View) -> Iterator[Inconsistency]:
    known = {
        "office": view.texts(view.offices),
        "province": view.texts(view.offices, "province"),
        "stream": view.texts(view.streams),
    }
    for location, target in view.targets:
        for name, values in known.items():
            value = _text(_get(target, name))
            if value is not None and value not in values:
                yield Inconsistency((*location, name), value, f"null or a known {name}")


def _get(item: object, name: str, default: Any = None) -> Any:
    if isinstance(item, Mapping):
        return item.get(name, item.get(_ALIASES.get(name, name), default))
    return getattr(item, _ALIASES.get(name, name), default)


def _rows(item: object, name: str, location: Location = ()) -> Iterator[tuple[Location, object]]:
    value = _get(item, name)
    if isinstance(value, list | tuple):
        for index, row in enumerate(value):
            yield (*location, name, index), row


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _number(value: object) -> Decimal | int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _lane_id(lane: object) -> str | None:
    own = _text(_get(lane, "id"))
    origin, destination = _text(_get(lane, "from")), _text(_get(lane, "to"))
    return own if own is not None or origin is None or destination is None else f"{origin}>{destination}"


def _listing(values: Iterable[object]) -> str:
    names = [str(value) for value in values]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
